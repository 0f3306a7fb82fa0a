package store

import (
	"time"

	"rapport/models"
)

type changeRow struct {
	PracticeID     string
	ID             string
	SeriesID       string
	PrescriptionID string
	ClientID       string
	PrescriberID   string
	Status         string
	AskedBy        string
	Words          []byte
	ShareWords     bool
	Proposed       asJSON[models.ScopePatch]
	SentAt         *time.Time
	SeenAt         *time.Time
	LapsesOn       models.Date
	DecidedAt      *time.Time
	Decision       []byte
	DecidedVia     string
	NewVersionID   *string
	CreatedBy      string
	CreatedAt      time.Time
	RowVersion     int
}

func (changeRow) TableName() string { return "change_requests" }

var changeColumns = []any{"id", "series_id", "prescription_id", "client_id", "prescriber_id", "status", "asked_by", "words", "share_words", "proposed",
	"sent_at", "seen_at", "lapses_on", "decided_at", "decision", "decided_via", "new_version_id", "created_by", "created_at", "row_version"}

// changeWords and changeDecision are what is sealed of a change request.
type changeWords struct{ Words, Explanation string }

type changeDecision struct {
	Reason string
	Scope  *models.ScopePatch
}

func (t *Tx) changeRow(c models.ChangeRequest) (changeRow, error) {
	id := string(c.ID)
	r := changeRow{PracticeID: string(t.practice), ID: id, SeriesID: string(c.SeriesID), PrescriptionID: string(c.PrescriptionID), ClientID: string(c.ClientID),
		PrescriberID: string(c.PrescriberID), Status: string(c.Status), AskedBy: c.AskedBy, ShareWords: c.ShareWords, Proposed: jsonOf(c.Proposed),
		SentAt: c.SentAt, SeenAt: c.SeenAt, LapsesOn: c.LapsesOn, DecidedAt: c.DecidedAt, DecidedVia: c.DecidedVia, NewVersionID: opt(c.NewVersionID),
		CreatedBy: string(c.CreatedBy), CreatedAt: c.CreatedAt, RowVersion: c.RowVersion}
	var err error
	if r.Words, err = t.seal("change_requests", id, "words", changeWords{c.Words, c.ExplanationGiven}); err != nil {
		return r, err
	}
	if c.DecisionReason != "" || c.DecidedScope != nil {
		r.Decision, err = t.seal("change_requests", id, "decision", changeDecision{c.DecisionReason, c.DecidedScope})
	}
	return r, err
}

func (t *Tx) changeRequest(r changeRow) (models.ChangeRequest, error) {
	c := models.ChangeRequest{ID: models.ChangeRequestID(r.ID), PracticeID: t.practice, SeriesID: models.SeriesID(r.SeriesID),
		PrescriptionID: models.PrescriptionID(r.PrescriptionID), ClientID: models.ClientID(r.ClientID), PrescriberID: models.ProviderID(r.PrescriberID),
		Status: models.ChangeStatus(r.Status), AskedBy: r.AskedBy, ShareWords: r.ShareWords, Proposed: r.Proposed.V, SentAt: r.SentAt, SeenAt: r.SeenAt,
		LapsesOn: r.LapsesOn, DecidedAt: r.DecidedAt, DecidedVia: r.DecidedVia, NewVersionID: val[models.PrescriptionID](r.NewVersionID),
		CreatedBy: models.UserID(r.CreatedBy), CreatedAt: r.CreatedAt, RowVersion: r.RowVersion}
	var w changeWords
	var d changeDecision
	if err := t.open("change_requests", r.ID, "words", r.Words, &w); err != nil {
		return c, err
	}
	err := t.open("change_requests", r.ID, "decision", r.Decision, &d)
	c.Words, c.ExplanationGiven, c.DecisionReason, c.DecidedScope = w.Words, w.Explanation, d.Reason, d.Scope
	return c, err
}

// AddChangeRequest inserts a wish; a second open one of the same order breaks
// a unique index, so the verb asks OpenChangeRequest under the series' lock.
func (t *Tx) AddChangeRequest(c models.ChangeRequest) error {
	c.RowVersion = 1
	r, err := t.changeRow(c)
	if err != nil {
		return err
	}
	if err := shared[changeRow](t).Create(t.ctx, &r); err != nil {
		return err
	}
	return t.placeChange(c)
}

// ChangeRequest reads one; another practice's is not found.
func (t *Tx) ChangeRequest(id models.ChangeRequestID) (models.ChangeRequest, error) {
	r, err := scoped[changeRow](t).Select("practice_id", changeColumns...).Where("id = ?", string(id)).Take(t.ctx)
	if err != nil {
		return models.ChangeRequest{}, missing(err, "change request")
	}
	return t.changeRequest(r)
}

var openChanges = []models.ChangeStatus{models.ChangeDrafted, models.ChangeSent, models.ChangeSeen}

// OpenChangeRequest gives the id of the order's open request, "" when there is none.
func (t *Tx) OpenChangeRequest(id models.SeriesID) (models.ChangeRequestID, error) {
	rows, err := scoped[changeRow](t).Select("id").Where("series_id = ? AND status IN ?", string(id), openChanges).Limit(1).Find(t.ctx)
	if err != nil || len(rows) == 0 {
		return "", err
	}
	return models.ChangeRequestID(rows[0].ID), nil
}

// ChangeFilter narrows a list of change requests; empty fields do not.
type ChangeFilter struct {
	SeriesID models.SeriesID
	ClientID models.ClientID
	Status   models.ChangeStatus
}

// ChangeRequests lists the practice's requests, the newest first.
func (t *Tx) ChangeRequests(f ChangeFilter, page models.Page) (models.List[models.ChangeRequest], error) {
	c := scoped[changeRow](t).Select("practice_id", changeColumns...)
	if f.SeriesID != "" {
		c = c.Where("series_id = ?", string(f.SeriesID))
	}
	if f.ClientID != "" {
		c = c.Where("client_id = ?", string(f.ClientID))
	}
	if f.Status != "" {
		c = c.Where("status = ?", string(f.Status))
	}
	if id, _, _ := splitCursor(page.Cursor); id != "" {
		c = c.Where("id < ?", id)
	}
	rows, err := c.Order("id DESC").Limit(page.Limit + 1).Find(t.ctx)
	if err != nil {
		return models.List[models.ChangeRequest]{}, err
	}
	var broken error
	l := pageOf(rows, page.Limit, func(r changeRow) models.ChangeRequest {
		c, err := t.changeRequest(r)
		if err != nil {
			broken = err
		}
		return c
	}, func(r changeRow) string { return joinCursor(r.ID) })
	return l, broken
}

// UpdateChangeRequest moves a request along; the wish itself never changes.
func (t *Tx) UpdateChangeRequest(c models.ChangeRequest, seen int) error {
	r, err := t.changeRow(c)
	if err != nil {
		return err
	}
	r.RowVersion = seen + 1
	err = stale(scoped[changeRow](t).Where("id = ? AND row_version = ?", r.ID, seen).
		Select("status", "proposed", "sent_at", "seen_at", "lapses_on", "decided_at", "decision", "decided_via", "new_version_id", "row_version").Updates(t.ctx, r))
	if err != nil {
		return err
	}
	return t.placeChange(c)
}

// ChangeRequestsToLapse lists the practice's unanswered requests whose last
// day is before today.
func (t *Tx) ChangeRequestsToLapse(today models.Date, limit int) ([]models.ChangeRequestID, error) {
	rows, err := scoped[changeRow](t).Select("id").Where("lapses_on < ? AND status IN ?", today, []models.ChangeStatus{models.ChangeSent, models.ChangeSeen}).
		Order("lapses_on").Order("id").Limit(limit).Find(t.ctx)
	out := make([]models.ChangeRequestID, len(rows))
	for i, r := range rows {
		out[i] = models.ChangeRequestID(r.ID)
	}
	return out, err
}

const providerMail = `SELECT u.email FROM users u JOIN user_roles r ON r.user_id = u.id
	WHERE r.provider_id = ? AND r.role = ? AND u.disabled = ? AND (r.practice_id IS NULL OR r.practice_id = ?)
	GROUP BY u.id, u.email ORDER BY MIN(COALESCE(r.practice_id, '')), u.id`

// ProviderMailboxes lists the addresses of those who sign in as a provider and
// may enter this practice; first those whom no practice bounds.
func (t *Tx) ProviderMailboxes(id models.ProviderID) ([]string, error) {
	out := []string{}
	err := t.g.Raw(providerMail, string(id), string(models.ProviderRole), false, string(t.practice)).Scan(&out).Error
	return out, err
}
