package api

import (
	"time"

	"rapport/api/wire"
	"rapport/models"
)

type measureOut struct {
	Instrument models.InstrumentKey `json:"instrument"`
	Value      float64              `json:"value"`
	Answers    []*int               `json:"answers,omitempty"`
	Taken      models.Taken         `json:"taken"`
	Region     models.RegionKey     `json:"region,omitempty"`
	Side       models.Side          `json:"side,omitempty"`
	Motion     string               `json:"motion,omitempty"`
}

func newMeasureOut(r models.Reading) measureOut {
	out := measureOut{Instrument: r.Instrument, Answers: r.Answers, Taken: r.Taken, Region: r.Region, Side: r.Side, Motion: r.Motion}
	if r.Value != nil {
		out.Value = *r.Value
	}
	return out
}

type addendumOut struct {
	ID       string        `json:"id"`
	AuthorID models.UserID `json:"author_id"`
	Author   string        `json:"author"`
	At       time.Time     `json:"at"`
	Text     string        `json:"text"`
}

type sessionOut struct {
	ID              models.SessionID      `json:"id"`
	ClientID        models.ClientID       `json:"client_id"`
	PrescriptionID  models.PrescriptionID `json:"prescription_id,omitempty"`
	BookingID       models.BookingID      `json:"booking_id,omitempty"`
	TherapistID     models.UserID         `json:"therapist_id,omitempty"`
	Kind            models.SessionKind    `json:"kind,omitempty" doc:"prescribed, deviation, self_pay or stopped"`
	State           models.SessionState   `json:"state" doc:"open, signed or void"`
	VisitNumber     *int                  `json:"visit_number" nullable:"true" doc:"Never given twice; null when the session takes no visit"`
	VisitRank       *int                  `json:"visit_rank" nullable:"true" doc:"k of \"visit k of n\" among the visits that stand"`
	Visits          *models.Visits        `json:"visits,omitempty"`
	StartedAt       time.Time             `json:"started_at"`
	LocalDate       models.Date           `json:"local_date" format:"date"`
	Minutes         int                   `json:"minutes,omitempty"`
	Regions         []models.RegionSide   `json:"regions"`
	Techniques      []models.Technique    `json:"techniques"`
	PrecautionsRead []models.Precaution   `json:"precautions_acknowledged"`
	Screening       *models.Screening     `json:"screening,omitempty" doc:"Stays within the practice"`
	SOAP            models.SOAP           `json:"soap"`
	Response        string                `json:"response,omitempty"`
	AskDoctor       string                `json:"ask_doctor,omitempty"`
	Measures        []measureOut          `json:"measures"`
	Deviation       *deviationOut         `json:"deviation,omitempty"`
	Addenda         []addendumOut         `json:"addenda"`
	SignedAt        *time.Time            `json:"signed_at,omitempty"`
	SignedBy        models.UserID         `json:"signed_by,omitempty"`
	ContentSHA256   string                `json:"content_sha256,omitempty"`
	VoidedAt        *time.Time            `json:"voided_at,omitempty"`
	VoidedBy        models.UserID         `json:"voided_by,omitempty"`
	VoidReason      string                `json:"void_reason,omitempty"`
	CreatedAt       time.Time             `json:"created_at"`
}

type deviationOut struct {
	Reason     string   `json:"reason"`
	Violations []string `json:"violations" doc:"Codes of what the scope lock would have refused"`
}

func newSessionOut(s models.Session) sessionOut {
	out := sessionOut{ID: s.ID, ClientID: s.ClientID, PrescriptionID: s.PrescriptionID, BookingID: s.BookingID, TherapistID: s.TherapistID, Kind: s.Kind,
		State: s.State, VisitNumber: positive(s.VisitNumber), VisitRank: positive(s.VisitRank), Visits: s.Visits, StartedAt: s.StartedAt, LocalDate: s.LocalDate,
		Minutes: s.Minutes, Regions: listed(s.Regions), Techniques: listed(s.Techniques), PrecautionsRead: listed(s.PrecautionsRead),
		SOAP: s.SOAP, Response: s.Response, AskDoctor: s.AskDoctor, Measures: []measureOut{}, Addenda: []addendumOut{}, SignedAt: s.SignedAt, SignedBy: s.SignedBy,
		ContentSHA256: s.ContentSHA256, VoidedAt: s.VoidedAt, VoidedBy: s.VoidedBy, VoidReason: s.VoidReason, CreatedAt: s.CreatedAt}
	for _, r := range s.Readings {
		out.Measures = append(out.Measures, newMeasureOut(r))
	}
	for _, x := range s.Addenda {
		out.Addenda = append(out.Addenda, addendumOut(x))
	}
	if s.Screening.Reviewed || len(s.Screening.Findings) > 0 {
		out.Screening = &s.Screening
	}
	if s.Kind == models.Deviation {
		out.Deviation = &deviationOut{s.DeviationReason, listed(s.Violations)}
	}
	return out
}

// positive is null for what is not there.
func positive(n int) *int {
	if n == 0 {
		return nil
	}
	return &n
}

// listed is never null.
func listed[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

type sessionAnswer struct {
	ETag     string `header:"ETag"`
	Location string `header:"Location"`
	Body     sessionOut
}

func newSessionAnswer(s models.Session, err error) (*sessionAnswer, error) {
	if err != nil {
		return nil, err
	}
	return &sessionAnswer{ETag: wire.ETag(s.Version), Location: "/api/v1/sessions/" + string(s.ID), Body: newSessionOut(s)}, nil
}

type sessionLineOut struct {
	ID             models.SessionID      `json:"id"`
	ClientID       models.ClientID       `json:"client_id"`
	ClientName     models.PersonName     `json:"client_name"`
	PrescriptionID models.PrescriptionID `json:"prescription_id,omitempty"`
	TherapistID    models.UserID         `json:"therapist_id,omitempty"`
	Therapist      string                `json:"therapist,omitempty"`
	Kind           models.SessionKind    `json:"kind,omitempty"`
	State          models.SessionState   `json:"state"`
	VisitNumber    *int                  `json:"visit_number" nullable:"true"`
	VisitRank      *int                  `json:"visit_rank" nullable:"true"`
	VisitsAllowed  *int                  `json:"visits_allowed" nullable:"true"`
	StartedAt      time.Time             `json:"started_at"`
	LocalDate      models.Date           `json:"local_date" format:"date"`
	Minutes        int                   `json:"minutes,omitempty"`
	Regions        []models.RegionSide   `json:"regions"`
	SignedAt       *time.Time            `json:"signed_at,omitempty"`
}

func newSessionLineOut(l models.SessionLine) sessionLineOut {
	return sessionLineOut{ID: l.ID, ClientID: l.ClientID, ClientName: l.Client, PrescriptionID: l.PrescriptionID, TherapistID: l.TherapistID, Therapist: l.Therapist,
		Kind: l.Kind, State: l.State, VisitNumber: positive(l.VisitNumber), VisitRank: positive(l.VisitRank), VisitsAllowed: positive(l.Allowed),
		StartedAt: l.StartedAt, LocalDate: l.LocalDate, Minutes: l.Minutes, Regions: listed(l.Regions), SignedAt: l.SignedAt}
}
