package store

import (
	"errors"
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
	ReferredBy []byte // sealed; NULL where nobody was named
	State      string
	CreatedAt  time.Time
	Version    int
}

func (clientRow) TableName() string { return "clients" }

var clientColumns = []any{"id", "given", "family", "birth_date", "email", "phone", "referred_by", "state", "created_at", "version"}

func (t *Tx) client(r clientRow) (models.Client, error) {
	c := models.Client{ID: models.ClientID(r.ID), PracticeID: models.PracticeID(r.PracticeID), Name: models.PersonName{Given: r.Given, Family: r.Family},
		BirthDate: models.Date(r.BirthDate), Email: r.Email, Phone: r.Phone, State: models.ClientState(r.State), CreatedAt: r.CreatedAt, Version: r.Version}
	return c, t.open("clients", r.ID, "referred_by", r.ReferredBy, &c.ReferredBy)
}

// clientRow seals who sent the client, which is written in free words.
func (t *Tx) clientRow(c models.Client) (clientRow, error) {
	r := clientRow{PracticeID: string(t.practice), ID: string(c.ID), Given: c.Name.Given, Family: c.Name.Family, Folded: Fold(c.Name.Family + " " + c.Name.Given),
		BirthDate: string(c.BirthDate), Email: c.Email, Phone: c.Phone, State: string(c.State), CreatedAt: c.CreatedAt}
	var err error
	if c.ReferredBy != "" {
		r.ReferredBy, err = t.seal("clients", r.ID, "referred_by", c.ReferredBy)
	}
	return r, err
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
	r, err := t.clientRow(c)
	if err != nil {
		return err
	}
	r.Version = 1
	return shared[clientRow](t).Create(t.ctx, &r)
}

// Client reads one client; another practice's is not found.
func (t *Tx) Client(id models.ClientID) (models.Client, error) {
	r, err := scoped[clientRow](t).Select("practice_id", clientColumns...).Where("id = ?", string(id)).Take(t.ctx)
	if err != nil {
		return models.Client{}, missing(err, "client")
	}
	return t.client(r)
}

// Named says that a name matches a search as Clients does: each word begins a
// word of the name, in any order, without accents.
func Named(q string, n models.PersonName) bool {
	for word := range strings.FieldsSeq(Fold(q)) {
		if !strings.Contains(" "+Fold(n.Family+" "+n.Given), " "+word) {
			return false
		}
	}
	return true
}

const (
	wordOfName    = `(folded LIKE ? ESCAPE '\' OR folded LIKE ? ESCAPE '\')`
	clientsByWord = `client_id IN (SELECT id FROM clients WHERE practice_id = ? AND ` + wordOfName + `)`
)

// begins is a word as the two patterns of wordOfName: at the start of the
// whole name, and at the start of a later word.
func begins(word string) (first, later string) {
	word = strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(word)
	return word + "%", "% " + word + "%"
}

// Clients lists active clients by name; each word of q begins a word of the
// name, without accents.
func (t *Tx) Clients(q string, page models.Page) (models.List[models.Client], error) {
	c := scoped[clientRow](t).Select("practice_id", append(clientColumns, "folded")...).Where("state = ?", string(models.ClientActive))
	for word := range strings.FieldsSeq(Fold(q)) {
		first, later := begins(word)
		c = c.Where(wordOfName, first, later)
	}
	if name, id, ok := splitCursor(page.Cursor); ok {
		c = c.Where("(folded > ? OR (folded = ? AND id > ?))", name, name, id)
	}
	rows, err := c.Order("folded").Order("id").Limit(page.Limit + 1).Find(t.ctx)
	if err != nil {
		return models.List[models.Client]{}, err
	}
	var broken error
	l := pageOf(rows, page.Limit, func(r clientRow) models.Client {
		c, err := t.client(r)
		broken = errors.Join(broken, err)
		return c
	}, func(r clientRow) string { return joinCursor(r.Folded, r.ID) })
	return l, broken
}

// UpdateClient writes what a person may change, when the version is still the one they saw.
func (t *Tx) UpdateClient(c models.Client, seen int) error {
	r, err := t.clientRow(c)
	if err != nil {
		return err
	}
	r.Version = seen + 1
	return stale(scoped[clientRow](t).Where("id = ? AND version = ?", r.ID, seen).
		Select("given", "family", "folded", "birth_date", "email", "phone", "referred_by", "state", "version").Updates(t.ctx, r))
}
