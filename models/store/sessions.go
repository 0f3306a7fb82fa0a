package store

import (
	"time"

	"rapport/models"
	"rapport/models/fault"
)

type sessionRow struct {
	PracticeID     string
	ID             string
	ClientID       string
	PrescriptionID *string
	SeriesID       *string
	BookingID      *string
	TherapistID    string
	Kind           string
	State          string
	VisitNumber    *int
	StartedAt      time.Time
	LocalDate      models.Date
	Minutes        int
	Regions        asJSON[[]models.RegionSide]
	Techniques     asJSON[[]models.Technique]
	Precautions    asJSON[[]models.Precaution]
	Note           []byte
	Violations     asJSON[[]string]
	ScopeSnapshot  asJSON[*models.Scope]
	SignedAt       *time.Time
	SignedBy       *string
	ContentSHA256  string `gorm:"column:content_sha256"`
	VoidedAt       *time.Time
	VoidedBy       *string
	VoidReason     []byte
	CreatedBy      string
	CreatedAt      time.Time
	Version        int
}

func (sessionRow) TableName() string { return "sessions" }

var sessionColumns = []any{"id", "client_id", "prescription_id", "series_id", "booking_id", "therapist_id", "kind", "state", "visit_number", "started_at",
	"local_date", "minutes", "regions", "techniques", "precautions", "note", "violations", "scope_snapshot", "signed_at", "signed_by",
	"content_sha256", "voided_at", "voided_by", "void_reason", "created_by", "created_at", "version"}

// sealedNote is what a session says in words; it is sealed as one.
type sealedNote struct {
	Screening       models.Screening `json:"screening"`
	SOAP            models.SOAP      `json:"soap"`
	Response        string           `json:"response,omitempty"`
	AskDoctor       string           `json:"ask_doctor,omitempty"`
	DeviationReason string           `json:"deviation_reason,omitempty"`
}

func (t *Tx) sessionRow(s models.Session) (sessionRow, error) {
	r := sessionRow{PracticeID: string(t.practice), ID: string(s.ID), ClientID: string(s.ClientID), PrescriptionID: opt(s.PrescriptionID), SeriesID: opt(s.SeriesID),
		BookingID: opt(s.BookingID), TherapistID: string(s.TherapistID), Kind: string(s.Kind), State: string(s.State), StartedAt: s.StartedAt.UTC(),
		LocalDate: s.LocalDate, Minutes: s.Minutes, Regions: jsonOf(s.Regions), Techniques: jsonOf(s.Techniques), Precautions: jsonOf(s.PrecautionsRead),
		Violations: jsonOf(s.Violations), ScopeSnapshot: jsonOf(s.ScopeSnapshot), SignedAt: s.SignedAt, SignedBy: opt(s.SignedBy),
		ContentSHA256: s.ContentSHA256, VoidedAt: s.VoidedAt, VoidedBy: opt(s.VoidedBy), CreatedBy: string(s.CreatedBy), CreatedAt: s.CreatedAt, Version: s.Version}
	if s.VisitNumber > 0 {
		r.VisitNumber = &s.VisitNumber
	}
	var err error
	r.Note, err = t.seal("sessions", r.ID, "note", sealedNote{s.Screening, s.SOAP, s.Response, s.AskDoctor, s.DeviationReason})
	if err == nil && s.VoidReason != "" {
		r.VoidReason, err = t.seal("sessions", r.ID, "void_reason", s.VoidReason)
	}
	return r, err
}

// plain is a session without its words.
func (r sessionRow) plain() models.Session {
	s := models.Session{ID: models.SessionID(r.ID), PracticeID: models.PracticeID(r.PracticeID), ClientID: models.ClientID(r.ClientID),
		PrescriptionID: val[models.PrescriptionID](r.PrescriptionID), SeriesID: val[models.SeriesID](r.SeriesID), BookingID: val[models.BookingID](r.BookingID),
		TherapistID: models.UserID(r.TherapistID), Kind: models.SessionKind(r.Kind), State: models.SessionState(r.State), StartedAt: r.StartedAt,
		LocalDate: r.LocalDate, Minutes: r.Minutes, Regions: r.Regions.V, Techniques: r.Techniques.V, PrecautionsRead: r.Precautions.V,
		Violations: r.Violations.V, ScopeSnapshot: r.ScopeSnapshot.V, SignedAt: r.SignedAt, SignedBy: val[models.UserID](r.SignedBy),
		ContentSHA256: r.ContentSHA256, VoidedAt: r.VoidedAt, VoidedBy: val[models.UserID](r.VoidedBy), CreatedBy: models.UserID(r.CreatedBy),
		CreatedAt: r.CreatedAt, Version: r.Version}
	if r.VisitNumber != nil {
		s.VisitNumber = *r.VisitNumber
	}
	return s
}

func (t *Tx) session(r sessionRow) (models.Session, error) {
	s := r.plain()
	var n sealedNote
	if err := t.open("sessions", r.ID, "note", r.Note, &n); err != nil {
		return s, fault.New(fault.Internal, "note.damaged", "The stored note cannot be read. The operator has been told.").Because(err)
	}
	s.Screening, s.SOAP, s.Response, s.AskDoctor, s.DeviationReason = n.Screening, n.SOAP, n.Response, n.AskDoctor, n.DeviationReason
	return s, t.open("sessions", r.ID, "void_reason", r.VoidReason, &s.VoidReason)
}

// AddSession inserts a session with its readings.
func (t *Tx) AddSession(s models.Session) error {
	s.Version = 1
	t.rang(s.SeriesID)
	r, err := t.sessionRow(s)
	if err != nil {
		return err
	}
	if err := shared[sessionRow](t).Create(t.ctx, &r); err != nil {
		return err
	}
	return t.addReadings(s)
}

// Session reads one session with its readings, addenda and place among the
// visits; another practice's is not found. A signed note that no longer has
// its hash is refused: note.damaged.
func (t *Tx) Session(id models.SessionID) (models.Session, error) {
	r, err := scoped[sessionRow](t).Select("practice_id", sessionColumns...).Where("id = ?", string(id)).Take(t.ctx)
	if err != nil {
		return models.Session{}, missing(err, "session")
	}
	return t.whole(r)
}

// SessionAbout reads of a session only what says whether it may be read: of
// whom it is, its day, and when it was signed. It unseals nothing.
func (t *Tx) SessionAbout(id models.SessionID) (models.Session, error) {
	r, err := scoped[sessionRow](t).Select("practice_id", "id", "client_id", "local_date", "signed_at").Where("id = ?", string(id)).Take(t.ctx)
	return r.plain(), missing(err, "session")
}

// LockSession is Session that holds the row until the commit; a verb that also
// counts visits locks the series first.
func (t *Tx) LockSession(id models.SessionID) (models.Session, error) {
	r, err := table[sessionRow](t).ForUpdate().Select("practice_id", sessionColumns...).
		Where("practice_id = ? AND id = ?", string(t.practice), string(id)).Take(t.ctx)
	if err != nil {
		return models.Session{}, missing(err, "session")
	}
	return t.whole(r)
}

const visitRank = `SELECT o.opening_used + (SELECT COUNT(*) FROM sessions k WHERE k.practice_id = o.practice_id AND k.series_id = o.id
	AND k.state <> 'void' AND k.visit_number <= ?) FROM order_series o WHERE o.practice_id = ? AND o.id = ?`

// VisitRank is k of "visit k of n": the place of a number among the visits that
// stand, after those of the opening balance. A session without a number has none.
func (t *Tx) VisitRank(id models.SeriesID, number int) (rank int, err error) {
	if number == 0 {
		return 0, nil
	}
	err = t.g.Raw(visitRank, number, string(t.practice), string(id)).Scan(&rank).Error
	return rank, err
}

func (t *Tx) whole(r sessionRow) (models.Session, error) {
	s, err := t.session(r)
	if err != nil {
		return s, err
	}
	readings, err := t.readingsOf(s.ID)
	if s.Readings = readings[s.ID]; err != nil {
		return s, err
	}
	if err := intact(s); err != nil {
		return s, err
	}
	if s.State != models.NoteVoid {
		if s.VisitRank, err = t.VisitRank(s.SeriesID, s.VisitNumber); err != nil {
			return s, err
		}
	}
	addenda, err := t.addenda(s.ID)
	s.Addenda = addenda[s.ID]
	return s, err
}

// intact refuses a signed note that is not the one that was signed.
func intact(s models.Session) error {
	if s.State == models.NoteSigned && s.ContentHash() != s.ContentSHA256 {
		return fault.New(fault.Internal, "note.damaged", "The stored note does not match its hash. The operator has been told.")
	}
	return nil
}

// UpdateNote writes an open note and its readings, when the version is still
// the one that was seen. The database refuses it for a signed one too.
func (t *Tx) UpdateNote(s models.Session, seen int) error {
	r, err := t.sessionRow(s)
	if err != nil {
		return err
	}
	r.Version = seen + 1
	if err := stale(scoped[sessionRow](t).Where("id = ? AND version = ? AND state = ?", r.ID, seen, string(models.NoteOpen)).
		Select("note", "minutes", "regions", "techniques", "precautions", "kind", "violations", "version").Updates(t.ctx, r)); err != nil {
		return err
	}
	if _, err := scoped[measureRow](t).Where("session_id = ?", r.ID).Delete(t.ctx); err != nil {
		return err
	}
	return t.addReadings(s)
}

// SignSession freezes a note with its hash: of any number of signers one wins,
// the others get 412.
func (t *Tx) SignSession(s models.Session, seen int) error {
	return stale(scoped[sessionRow](t).Where("id = ? AND version = ? AND state = ?", string(s.ID), seen, string(models.NoteOpen)).
		Select("state", "signed_at", "signed_by", "content_sha256", "version").
		Updates(t.ctx, sessionRow{State: string(models.NoteSigned), SignedAt: s.SignedAt, SignedBy: opt(s.SignedBy), ContentSHA256: s.ContentSHA256, Version: seen + 1}))
}

// VoidSession takes a session back with a reason; its number stays spent.
func (t *Tx) VoidSession(s models.Session, seen int) error {
	t.rang(s.SeriesID)
	r, err := t.sessionRow(s)
	if err != nil {
		return err
	}
	return stale(scoped[sessionRow](t).Where("id = ? AND version = ? AND state <> ?", r.ID, seen, string(models.NoteVoid)).
		Select("state", "voided_at", "voided_by", "void_reason", "version").
		Updates(t.ctx, sessionRow{State: string(models.NoteVoid), VoidedAt: r.VoidedAt, VoidedBy: r.VoidedBy, VoidReason: r.VoidReason, Version: seen + 1}))
}

// SessionOfBooking says which session that stands completed a booking; "" is
// the answer while there is none.
func (t *Tx) SessionOfBooking(id models.BookingID) (models.SessionID, error) {
	rows, err := scoped[sessionRow](t).Select("id").Where("booking_id = ? AND state <> ?", string(id), string(models.NoteVoid)).Limit(1).Find(t.ctx)
	if err != nil || len(rows) == 0 {
		return "", err
	}
	return models.SessionID(rows[0].ID), nil
}
