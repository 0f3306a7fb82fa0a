package store

import (
	"time"

	"rapport/models"
)

type addendumRow struct {
	PracticeID string
	ID         string
	SessionID  string
	AuthorID   string
	At         time.Time
	Text       []byte
}

func (addendumRow) TableName() string { return "addenda" }

// AddAddendum keeps a remark on a signed note for ever.
func (t *Tx) AddAddendum(id models.SessionID, a models.Addendum) error {
	sealed, err := t.seal("addenda", a.ID, "text", a.Text)
	if err != nil {
		return err
	}
	return shared[addendumRow](t).Create(t.ctx, &addendumRow{PracticeID: string(t.practice), ID: a.ID, SessionID: string(id), AuthorID: string(a.AuthorID), At: a.At, Text: sealed})
}

const addendaOf = `SELECT a.id, a.session_id, a.author_id, a.at, a.text, u.name AS author FROM addenda a LEFT JOIN users u ON u.id = a.author_id
	WHERE a.practice_id = ? AND a.session_id IN ? ORDER BY a.id`

func (t *Tx) addenda(ids ...models.SessionID) (map[models.SessionID][]models.Addendum, error) {
	var rows []struct {
		Row    addendumRow `gorm:"embedded"`
		Author *string
	}
	if err := t.g.Raw(addendaOf, string(t.practice), ids).Scan(&rows).Error; err != nil {
		return nil, err
	}
	out := map[models.SessionID][]models.Addendum{}
	for _, r := range rows {
		a := models.Addendum{ID: r.Row.ID, AuthorID: models.UserID(r.Row.AuthorID), Author: val[string](r.Author), At: r.Row.At}
		if err := t.open("addenda", r.Row.ID, "text", r.Row.Text, &a.Text); err != nil {
			return nil, err
		}
		of := models.SessionID(r.Row.SessionID)
		out[of] = append(out[of], a)
	}
	return out, nil
}

type referralOutRow struct {
	PracticeID string
	ID         string
	ClientID   string
	SessionID  string
	Findings   asJSON[[]string]
	CreatedAt  time.Time
	ReferralID *string // that came of it
}

func (referralOutRow) TableName() string { return "referral_out_drafts" }

// AddReferralOutDraft opens the referral that a red flag asks for.
func (t *Tx) AddReferralOutDraft(d models.ReferralOutDraft) error {
	return shared[referralOutRow](t).Create(t.ctx, &referralOutRow{PracticeID: string(t.practice), ID: d.ID, ClientID: string(d.ClientID),
		SessionID: string(d.SessionID), Findings: jsonOf(d.Findings), CreatedAt: d.CreatedAt})
}

// OpenRedFlags lists the drafts of which no referral has come yet, of one
// client or of all.
func (t *Tx) OpenRedFlags(client models.ClientID) ([]models.ReferralOutDraft, error) {
	c := scoped[referralOutRow](t).Select("practice_id", "id", "client_id", "session_id", "findings", "created_at").Where("referral_id IS NULL")
	if client != "" {
		c = c.Where("client_id = ?", string(client))
	}
	rows, err := c.Order("id").Limit(100).Find(t.ctx)
	out := make([]models.ReferralOutDraft, len(rows))
	for i, r := range rows {
		out[i] = models.ReferralOutDraft{ID: r.ID, PracticeID: t.practice, ClientID: models.ClientID(r.ClientID), SessionID: models.SessionID(r.SessionID),
			Findings: r.Findings.V, CreatedAt: r.CreatedAt}
	}
	return out, err
}

// SettleRedFlag names the referral that came of a red flag's draft; one that
// is settled, or another client's, is not found.
func (t *Tx) SettleRedFlag(id string, client models.ClientID, came models.ReferralID) error {
	n, err := scoped[referralOutRow](t).Where("id = ? AND client_id = ? AND referral_id IS NULL", id, string(client)).Update(t.ctx, "referral_id", string(came))
	return one(n, err, "red flag draft")
}
