package store

import (
	"time"

	"rapport/models"
)

type contactRow struct {
	PracticeID     string
	ID             string
	RelationshipID string
	At             time.Time
	Channel        string
	Direction      string
	StaffID        *string
	Words          []byte // sealed: contactWords
	Outcome        string
	NextStepOn     *string
	CallBackAt     *time.Time
	Checklist      asJSON[models.Checklist]
	Breach         bool
	CreatedBy      string
	CreatedAt      time.Time
}

func (contactRow) TableName() string { return "contacts" }

type contactClientRow struct {
	PracticeID   string
	ID           string
	ContactID    string
	ClientID     string
	DisclosureID *string // the ledger names the contact; it is written after this row
}

func (contactClientRow) TableName() string { return "contact_clients" }

// contactWords is what a person wrote about a contact.
type contactWords struct {
	WithName string `json:"with_name,omitempty"`
	WithRole string `json:"with_role,omitempty"`
	Note     string `json:"note,omitempty"`
	NextStep string `json:"next_step,omitempty"`
}

// AddContact appends to the log; nothing of it is ever changed.
func (t *Tx) AddContact(c models.Contact) error {
	words, err := t.seal("contacts", string(c.ID), "words", contactWords{c.WithName, c.WithRole, c.Note, c.NextStep})
	if err != nil {
		return err
	}
	err = shared[contactRow](t).Create(t.ctx, &contactRow{PracticeID: string(t.practice), ID: string(c.ID), RelationshipID: string(c.RelationshipID), At: c.At.UTC(),
		Channel: string(c.Channel), Direction: c.Direction, StaffID: opt(c.StaffID), Words: words, Outcome: string(c.Outcome), NextStepOn: opt(c.NextStepOn),
		CallBackAt: c.CallBackAt, Checklist: jsonOf(c.Checklist), Breach: c.Breach, CreatedBy: string(c.CreatedBy), CreatedAt: c.CreatedAt})
	if err != nil || len(c.Clients) == 0 {
		return err
	}
	rows := make([]contactClientRow, len(c.Clients))
	for i, client := range c.Clients {
		rows[i] = contactClientRow{PracticeID: string(t.practice), ID: t.NewID(), ContactID: string(c.ID), ClientID: string(client)}
	}
	return shared[contactClientRow](t).CreateInBatches(t.ctx, &rows, 100)
}

// ContactFilter narrows the log; empty fields do not.
type ContactFilter struct {
	ID             models.ContactID
	RelationshipID models.RelationshipID
	Breach         bool // only those that spoke of clients without a release
}

const contactLines = `SELECT c.practice_id, c.id, c.relationship_id, c.at, c.channel, c.direction, c.staff_id, c.words, c.outcome, c.next_step_on,
	c.call_back_at, c.checklist, c.breach, c.created_by, c.created_at, r.provider_id, p.given, p.family, p.credentials, u.name AS by_name,
	(SELECT MIN(k.id) FROM packets k WHERE k.practice_id = c.practice_id AND k.contact_id = c.id) AS packet_id
	FROM contacts c JOIN relationships r ON r.practice_id = c.practice_id AND r.id = c.relationship_id JOIN providers p ON p.id = r.provider_id
	LEFT JOIN users u ON u.id = c.created_by
	WHERE c.practice_id = ? AND (? = '' OR c.id = ?) AND (? = '' OR c.relationship_id = ?) AND (c.breach = ? OR c.breach = ?)
	AND (? = '' OR c.at < ? OR (c.at = ? AND c.id < ?)) ORDER BY c.at DESC, c.id DESC LIMIT ?`

type contactLineRow struct {
	Row         contactRow `gorm:"embedded"`
	ProviderID  string
	Given       string
	Family      string
	Credentials string
	ByName      *string
	PacketID    *string
}

// Contacts lists the log, the newest first, in two statements.
func (t *Tx) Contacts(f ContactFilter, page models.Page) (models.List[models.ContactLine], error) {
	before, id := timeCursor(page.Cursor)
	var rows []contactLineRow
	err := t.g.Raw(contactLines, string(t.practice), string(f.ID), string(f.ID), string(f.RelationshipID), string(f.RelationshipID), true, f.Breach,
		id, before, before, id, page.Limit+1).Scan(&rows).Error
	if err != nil {
		return models.List[models.ContactLine]{}, err
	}
	var bad error
	l := pageOf(rows, page.Limit, func(r contactLineRow) models.ContactLine {
		c, err := t.contactLine(r)
		if err != nil {
			bad = err
		}
		return c
	}, func(r contactLineRow) string { return joinCursor(r.Row.At.Format(time.RFC3339Nano), r.Row.ID) })
	if bad != nil {
		return l, bad
	}
	return l, t.clientsOf(l.Items)
}

func (t *Tx) contactLine(l contactLineRow) (models.ContactLine, error) {
	r := l.Row
	c := models.Contact{ID: models.ContactID(r.ID), RelationshipID: models.RelationshipID(r.RelationshipID), At: r.At, Channel: models.ContactChannel(r.Channel),
		Direction: r.Direction, StaffID: val[models.StaffID](r.StaffID), Outcome: models.ContactOutcome(r.Outcome), NextStepOn: val[models.Date](r.NextStepOn),
		CallBackAt: r.CallBackAt, Checklist: r.Checklist.V, Breach: r.Breach, CreatedBy: models.UserID(r.CreatedBy), CreatedAt: r.CreatedAt}
	var w contactWords
	err := t.open("contacts", r.ID, "words", r.Words, &w)
	c.WithName, c.WithRole, c.Note, c.NextStep = w.WithName, w.WithRole, w.Note, w.NextStep
	p := models.Provider{Name: models.PersonName{Given: l.Given, Family: l.Family}, Credentials: l.Credentials}
	return models.ContactLine{Contact: c, ProviderID: models.ProviderID(l.ProviderID), Provider: p.DisplayName(), By: val[string](l.ByName),
		PacketID: val[models.PacketID](l.PacketID)}, err
}

// clientsOf adds whom the contacts spoke of.
func (t *Tx) clientsOf(lines []models.ContactLine) error {
	at, ids := map[string]int{}, make([]string, len(lines))
	for i, c := range lines {
		at[string(c.ID)], ids[i] = i, string(c.ID)
	}
	if len(ids) == 0 {
		return nil
	}
	rows, err := scoped[contactClientRow](t).Select("practice_id", "id", "contact_id", "client_id").Where("contact_id IN ?", ids).Order("id").Find(t.ctx)
	for _, r := range rows {
		c := &lines[at[r.ContactID]]
		c.Clients = append(c.Clients, models.ClientID(r.ClientID))
	}
	return err
}

type officeStaffRow struct {
	PracticeID string
	ID         string
	OfficeID   string
	Name       string
	Role       string
	Phone      string
	BestTime   string
	Note       []byte // sealed
	CreatedAt  time.Time
	EndedAt    *time.Time
	Version    int
}

func (officeStaffRow) TableName() string { return "office_staff" }

var staffColumns = []any{"id", "office_id", "name", "role", "phone", "best_time", "note", "created_at", "ended_at", "version"}

func (t *Tx) staff(r officeStaffRow) (models.OfficeStaff, error) {
	s := models.OfficeStaff{ID: models.StaffID(r.ID), OfficeID: models.OfficeID(r.OfficeID), Name: r.Name, Role: r.Role, Phone: r.Phone, BestTime: r.BestTime,
		EndedAt: r.EndedAt, CreatedAt: r.CreatedAt, Version: r.Version}
	return s, t.open("office_staff", r.ID, "note", r.Note, &s.Note)
}

func (t *Tx) staffRow(s models.OfficeStaff) (officeStaffRow, error) {
	r := officeStaffRow{PracticeID: string(t.practice), ID: string(s.ID), OfficeID: string(s.OfficeID), Name: s.Name, Role: s.Role, Phone: s.Phone,
		BestTime: s.BestTime, CreatedAt: s.CreatedAt, EndedAt: s.EndedAt, Version: 1}
	var err error
	if s.Note != "" {
		r.Note, err = t.seal("office_staff", r.ID, "note", s.Note)
	}
	return r, err
}

// AddStaff keeps a named person at an office, as this practice knows them.
func (t *Tx) AddStaff(s models.OfficeStaff) error {
	r, err := t.staffRow(s)
	if err != nil {
		return err
	}
	return shared[officeStaffRow](t).Create(t.ctx, &r)
}

// SetStaff corrects a person, when the version is still the one seen.
func (t *Tx) SetStaff(s models.OfficeStaff, seen int) error {
	r, err := t.staffRow(s)
	if err != nil {
		return err
	}
	r.Version = seen + 1
	return stale(scoped[officeStaffRow](t).Where("id = ? AND version = ?", r.ID, seen).
		Select("name", "role", "phone", "best_time", "note", "ended_at", "version").Updates(t.ctx, r))
}

// Staff reads one person; another practice's is not found.
func (t *Tx) Staff(id models.StaffID) (models.OfficeStaff, error) {
	r, err := scoped[officeStaffRow](t).Select("practice_id", staffColumns...).Where("id = ?", string(id)).Take(t.ctx)
	if err != nil {
		return models.OfficeStaff{}, missing(err, "person at an office")
	}
	return t.staff(r)
}

// StaffOf lists whom the practice knows at some offices and who are still there.
func (t *Tx) StaffOf(offices ...models.OfficeID) ([]models.OfficeStaff, error) {
	if len(offices) == 0 {
		return nil, nil
	}
	rows, err := scoped[officeStaffRow](t).Select("practice_id", staffColumns...).Where("office_id IN ? AND ended_at IS NULL", offices).Order("name").Order("id").Find(t.ctx)
	if err != nil {
		return nil, err
	}
	out := make([]models.OfficeStaff, len(rows))
	for i, r := range rows {
		if out[i], err = t.staff(r); err != nil {
			return nil, err
		}
	}
	return out, nil
}
