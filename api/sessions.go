package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"rapport/api/wire"
	"rapport/models"
	"rapport/referral"
)

func (a *API) sessionRoutes(api huma.API) {
	const tag, one = "sessions", "/api/v1/sessions/{id}"
	wire.Handle(api, wire.Operation{ID: "record-session", Method: http.MethodPost, Path: "/api/v1/sessions", Tag: tag, Status: 201, KeyRequired: true,
		Summary: "Write down a completed session; the order's scope decides"}, a.recordSession)
	wire.Handle(api, wire.Operation{ID: "list-sessions", Method: http.MethodGet, Path: "/api/v1/sessions", Tag: tag, Summary: "List sessions, the newest first; a provider lists what was shared, practice by practice"}, a.listSessions)
	wire.Handle(api, wire.Operation{ID: "read-session", Method: http.MethodGet, Path: one, Tag: tag, Summary: "Read a session with its note"}, a.readSession)
	wire.Handle(api, wire.Operation{ID: "change-session", Method: http.MethodPatch, Path: one, Tag: tag, MatchRequired: true, Summary: "Change a note that is not signed yet"}, a.changeSession)
	wire.Handle(api, wire.Operation{ID: "sign-session", Method: http.MethodPost, Path: one + "/signature", Tag: tag, Summary: "Sign your own note; it never changes afterwards"}, a.signSession)
	wire.Handle(api, wire.Operation{ID: "add-addendum", Method: http.MethodPost, Path: one + "/addenda", Tag: tag, Status: 201, Summary: "Add a remark to a signed note"}, a.addAddendum)
	wire.Handle(api, wire.Operation{ID: "void-session", Method: http.MethodPost, Path: one + "/void", Tag: tag, Summary: "Take a session back; its visit is free again"}, a.voidSession)
}

type screeningIn struct {
	Reviewed bool `json:"reviewed,omitempty" doc:"The practice's list was gone through with the client"`
	Findings []struct {
		Key    string           `json:"key" maxLength:"60"`
		Note   string           `json:"note,omitempty" maxLength:"2000"`
		Region models.RegionKey `json:"region,omitempty"`
		Side   models.Side      `json:"side,omitempty"`
	} `json:"findings,omitempty" maxItems:"60"`
}

func (in screeningIn) screening() models.Screening {
	s := models.Screening{Reviewed: in.Reviewed}
	for _, f := range in.Findings {
		s.Findings = append(s.Findings, models.Finding{Key: f.Key, Note: f.Note, Region: f.Region, Side: f.Side})
	}
	return s
}

type measureIn struct {
	Instrument models.InstrumentKey `json:"instrument"`
	Value      *float64             `json:"value,omitempty"`
	Answers    []*int               `json:"answers,omitempty" maxItems:"40" doc:"Instead of the value: the answers of the form, null for one left out"`
	Taken      models.Taken         `json:"taken" doc:"before or after the session"`
	Region     models.RegionKey     `json:"region,omitempty"`
	Side       *models.Side         `json:"side,omitempty" nullable:"true"`
	Motion     string               `json:"motion,omitempty"`
}

func readingsOf(in []measureIn) []models.Reading {
	var out []models.Reading
	for _, m := range in {
		r := models.Reading{Instrument: m.Instrument, Value: m.Value, Answers: m.Answers, Taken: m.Taken, Region: m.Region, Motion: m.Motion}
		if m.Side != nil {
			r.Side = *m.Side
		}
		out = append(out, r)
	}
	return out
}

// soapIn leaves each part out as people do; all are kept as they come.
type soapIn struct {
	Subjective string `json:"subjective,omitempty"`
	Objective  string `json:"objective,omitempty"`
	Assessment string `json:"assessment,omitempty"`
	Plan       string `json:"plan,omitempty"`
}

type sessionIn struct {
	ClientID        models.ClientID       `json:"client_id"`
	PrescriptionID  models.PrescriptionID `json:"prescription_id,omitempty" doc:"Left out for a self-pay session"`
	BookingID       models.BookingID      `json:"booking_id,omitempty"`
	StartedAt       time.Time             `json:"started_at"`
	Minutes         int                   `json:"minutes" doc:"Hands-on minutes"`
	Regions         []regionIn            `json:"regions" maxItems:"60"`
	Techniques      []models.Technique    `json:"techniques,omitempty" maxItems:"60"`
	PrecautionsRead []models.Precaution   `json:"precautions_acknowledged,omitempty" maxItems:"60"`
	Screening       screeningIn           `json:"screening,omitempty"`
	SOAP            soapIn                `json:"soap,omitempty"`
	Response        string                `json:"response,omitempty" doc:"How the client responded"`
	AskDoctor       string                `json:"ask_doctor,omitempty" doc:"A complaint outside the diagnosis, to ask the doctor about"`
	Measures        []measureIn           `json:"measures,omitempty"`
	Deviation       *struct {
		Reason string `json:"reason"`
	} `json:"deviation,omitempty" doc:"Keeps work that really happened outside the scope"`
}

func (in sessionIn) draft() models.SessionDraft {
	d := models.SessionDraft{ClientID: in.ClientID, PrescriptionID: in.PrescriptionID, BookingID: in.BookingID, StartedAt: in.StartedAt, Minutes: in.Minutes,
		Regions: regionsOf(in.Regions), Techniques: in.Techniques, PrecautionsRead: in.PrecautionsRead, Screening: in.Screening.screening(),
		SOAP: models.SOAP(in.SOAP), Response: in.Response, AskDoctor: in.AskDoctor, Readings: readingsOf(in.Measures)}
	if in.Deviation != nil {
		d.Deviation, d.DeviationReason = true, in.Deviation.Reason
	}
	return d
}

func (a *API) recordSession(ctx context.Context, in *struct{ Body sessionIn }) (*sessionAnswer, error) {
	s, err := a.net.RecordSession(ctx, wire.Actor(ctx), in.Body.draft())
	return newSessionAnswer(s, err)
}

type sessionPath struct {
	ID models.SessionID `path:"id"`
}

func (a *API) readSession(ctx context.Context, in *sessionPath) (*sessionAnswer, error) {
	s, err := a.net.Session(ctx, wire.Actor(ctx), in.ID)
	return newSessionAnswer(s, err)
}

type noteIn struct {
	SOAP            *soapIn              `json:"soap,omitempty"`
	Response        *string              `json:"response,omitempty"`
	AskDoctor       *string              `json:"ask_doctor,omitempty"`
	Minutes         *int                 `json:"minutes,omitempty"`
	Regions         *[]regionIn          `json:"regions,omitempty" maxItems:"60"`
	Techniques      *[]models.Technique  `json:"techniques,omitempty" maxItems:"60"`
	PrecautionsRead *[]models.Precaution `json:"precautions_acknowledged,omitempty" maxItems:"60"`
	Measures        *[]measureIn         `json:"measures,omitempty"`
}

func (in noteIn) draft() referral.NoteDraft {
	d := referral.NoteDraft{SOAP: (*models.SOAP)(in.SOAP), Response: in.Response, AskDoctor: in.AskDoctor, Minutes: in.Minutes, Techniques: in.Techniques,
		PrecautionsRead: in.PrecautionsRead}
	if in.Regions != nil {
		r := regionsOf(*in.Regions)
		d.Regions = &r
	}
	if in.Measures != nil {
		r := readingsOf(*in.Measures)
		d.Readings = &r
	}
	return d
}

func (a *API) changeSession(ctx context.Context, in *struct {
	ID   models.SessionID `path:"id"`
	Body noteIn
}) (*sessionAnswer, error) {
	s, err := a.net.ChangeNote(ctx, wire.Actor(ctx), in.ID, in.Body.draft())
	return newSessionAnswer(s, err)
}

func (a *API) signSession(ctx context.Context, in *struct {
	ID   models.SessionID `path:"id"`
	Body *struct{}
}) (*sessionAnswer, error) {
	s, err := a.net.SignSession(ctx, wire.Actor(ctx), in.ID)
	return newSessionAnswer(s, err)
}

func (a *API) addAddendum(ctx context.Context, in *struct {
	ID   models.SessionID `path:"id"`
	Body struct {
		Text string `json:"text"`
	}
}) (*sessionAnswer, error) {
	s, err := a.net.AddAddendum(ctx, wire.Actor(ctx), in.ID, in.Body.Text)
	return newSessionAnswer(s, err)
}

func (a *API) voidSession(ctx context.Context, in *struct {
	ID   models.SessionID `path:"id"`
	Body struct {
		Reason string `json:"reason"`
	}
}) (*sessionAnswer, error) {
	s, err := a.net.VoidSession(ctx, wire.Actor(ctx), in.ID, in.Body.Reason)
	return newSessionAnswer(s, err)
}

func (a *API) listSessions(ctx context.Context, in *struct {
	wire.PageIn
	ClientID       models.ClientID       `query:"client_id"`
	PrescriptionID models.PrescriptionID `query:"prescription_id" doc:"Any version of an order stands for all"`
	TherapistID    models.UserID         `query:"therapist_id"`
	State          models.SessionState   `query:"state" enum:"open,signed,void"`
}) (*struct{ Body wire.ListOut[sessionLineOut] }, error) {
	page, err := in.Page()
	if err != nil {
		return nil, err
	}
	f := referral.SessionFilter{ClientID: in.ClientID, PrescriptionID: in.PrescriptionID, TherapistID: in.TherapistID, State: in.State}
	l, err := a.net.Sessions(ctx, wire.Actor(ctx), f, page)
	if err != nil {
		return nil, err
	}
	return &struct{ Body wire.ListOut[sessionLineOut] }{wire.MapList(l, newSessionLineOut)}, nil
}
