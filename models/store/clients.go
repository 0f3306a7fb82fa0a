package store

import (
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"rapport/models"
)

type clientRow struct {
	PracticeID string
	ID         string
	Given      string
	Family     string
	Folded     string
	BirthDate  string
	Email      string
	Phone      string
	ReferredBy string
	State      string
	CreatedAt  time.Time
	Version    int
}

func (clientRow) TableName() string { return "clients" }

var clientColumns = []any{"id", "given", "family", "birth_date", "email", "phone", "referred_by", "state", "created_at", "version"}

func (r clientRow) client() models.Client {
	return models.Client{ID: models.ClientID(r.ID), PracticeID: models.PracticeID(r.PracticeID), Name: models.PersonName{Given: r.Given, Family: r.Family},
		BirthDate: models.Date(r.BirthDate), Email: r.Email, Phone: r.Phone, ReferredBy: r.ReferredBy, State: models.ClientState(r.State),
		CreatedAt: r.CreatedAt, Version: r.Version}
}

// Fold lowers a name and takes its marks off, so that "nguyen" finds "Nguyễn".
func Fold(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r):
			return -1
		case r == 'đ' || r == 'Đ':
			return 'd'
		case r == 'ł' || r == 'Ł':
			return 'l'
		case r == 'ø' || r == 'Ø':
			return 'o'
		case r == '\'' || r == '’':
			return -1
		case r == '-' || r == '‐' || r == '‑':
			return ' ' // both halves of a double name are found
		}
		return unicode.ToLower(r)
	}, norm.NFD.String(s))
	return strings.Join(strings.Fields(s), " ")
}

// AddClient inserts a client of the transaction's practice.
func (t *Tx) AddClient(c models.Client) error {
	return shared[clientRow](t).Create(t.ctx, &clientRow{PracticeID: string(t.practice), ID: string(c.ID), Given: c.Name.Given, Family: c.Name.Family,
		Folded: Fold(c.Name.Family + " " + c.Name.Given), BirthDate: string(c.BirthDate), Email: c.Email, Phone: c.Phone, ReferredBy: c.ReferredBy,
		State: string(c.State), CreatedAt: c.CreatedAt, Version: 1})
}

// Client reads one client; another practice's is not found.
func (t *Tx) Client(id models.ClientID) (models.Client, error) {
	r, err := scoped[clientRow](t).Select("practice_id", clientColumns...).Where("id = ?", string(id)).Take(t.ctx)
	return r.client(), missing(err, "client")
}

// Clients lists active clients by name; q matches the start of a family or any
// later part of the name, without accents.
func (t *Tx) Clients(q string, page models.Page) (models.List[models.Client], error) {
	c := scoped[clientRow](t).Select("practice_id", append(clientColumns, "folded")...).Where("state = ?", string(models.ClientActive))
	if f := Fold(q); f != "" {
		f = strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(f)
		c = c.Where(`(folded LIKE ? ESCAPE '\' OR folded LIKE ? ESCAPE '\')`, f+"%", "% "+f+"%")
	}
	if name, id, ok := splitCursor(page.Cursor); ok {
		c = c.Where("(folded > ? OR (folded = ? AND id > ?))", name, name, id)
	}
	rows, err := c.Order("folded").Order("id").Limit(page.Limit + 1).Find(t.ctx)
	return pageOf(rows, page.Limit, clientRow.client, func(r clientRow) string { return joinCursor(r.Folded, r.ID) }), err
}

// UpdateClient writes what a person may change, when the version is still the one they saw.
func (t *Tx) UpdateClient(c models.Client, seen int) error {
	return stale(scoped[clientRow](t).Where("id = ? AND version = ?", string(c.ID), seen).
		Select("given", "family", "folded", "birth_date", "email", "phone", "referred_by", "state", "version").
		Updates(t.ctx, clientRow{Given: c.Name.Given, Family: c.Name.Family, Folded: Fold(c.Name.Family + " " + c.Name.Given), BirthDate: string(c.BirthDate),
			Email: c.Email, Phone: c.Phone, ReferredBy: c.ReferredBy, State: string(c.State), Version: seen + 1}))
}
