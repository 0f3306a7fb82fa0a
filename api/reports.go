package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"rapport/api/wire"
	"rapport/models"
	"rapport/models/fault"
	"rapport/referral"
)

func (a *API) reportRoutes(api huma.API) {
	const tag = "reports"
	wire.Handle(api, wire.Operation{ID: "draft-report", Method: http.MethodPost, Path: "/api/v1/reports", Tag: tag, Status: 201, Summary: "Begin a report to one recipient"}, a.draftReport)
	wire.Handle(api, wire.Operation{ID: "list-reports", Method: http.MethodGet, Path: "/api/v1/reports", Tag: tag,
		Summary: "The practice's reports; for a provider those delivered to their portal"}, a.listReports)
	wire.Handle(api, wire.Operation{ID: "read-report", Method: http.MethodGet, Path: "/api/v1/reports/{id}", Tag: tag, Summary: "Read a report; a draft says what it lacks"}, a.readReport)
	wire.Handle(api, wire.Operation{ID: "change-report", Method: http.MethodPatch, Path: "/api/v1/reports/{id}", Tag: tag, MatchRequired: true, Summary: "Change a draft"}, a.changeReport)
	wire.Handle(api, wire.Operation{ID: "preview-report", Method: http.MethodGet, Path: "/api/v1/reports/{id}/preview", Tag: tag,
		Summary: "A draft as it would be signed now; nothing is kept"}, a.previewReport)
	wire.Handle(api, wire.Operation{ID: "sign-report", Method: http.MethodPost, Path: "/api/v1/reports/{id}/signature", Tag: tag,
		Summary: "Freeze the report: contents, bytes and hash"}, a.signReport)
	wire.Handle(api, wire.Operation{ID: "revise-report", Method: http.MethodPost, Path: "/api/v1/reports/{id}/revisions", Tag: tag, Status: 201,
		Summary: "Begin the next revision of a signed report"}, a.reviseReport)
	wire.Handle(api, wire.Operation{ID: "download-report", Method: http.MethodGet, Path: "/api/v1/reports/{id}/pdf", Tag: tag,
		Summary: "Exactly the signed bytes; an outsider's read passes the release gate"}, a.downloadReport)
	wire.Handle(api, wire.Operation{ID: "acknowledge-report", Method: http.MethodPost, Path: "/api/v1/reports/{id}/acknowledgement", Tag: tag,
		Summary: "The recipient has read the report and may answer"}, a.acknowledgeReport)
	wire.Handle(api, wire.Operation{ID: "read-report-clock", Method: http.MethodGet, Path: "/api/v1/clients/{id}/report-clock", Tag: tag,
		Summary: "When the next report of each of a client's orders is owed"}, a.readReportClock)
	wire.Handle(api, wire.Operation{ID: "list-report-clocks", Method: http.MethodGet, Path: "/api/v1/report-clocks", Tag: tag,
		Summary: "Reports that are due or overdue, the longest owed first, and the share of reports sent by the day they were due"}, a.listReportClocks)
}

type narrativeIn struct {
	Summary        string            `json:"summary,omitempty" maxLength:"5000"`
	Recommendation string            `json:"recommendation,omitempty" maxLength:"5000" doc:"Required at signing"`
	ReplyRequested bool              `json:"reply_requested,omitempty"`
	MissingReasons map[string]string `json:"missing_reasons,omitempty" doc:"Instrument and why its value is missing"`
}

func (in *narrativeIn) narrative() *models.Narrative {
	if in == nil {
		return nil
	}
	return &models.Narrative{Summary: in.Summary, Recommendation: in.Recommendation, ReplyRequested: in.ReplyRequested, MissingReasons: in.MissingReasons}
}

type reportIn struct {
	ClientID       models.ClientID       `json:"client_id"`
	PrescriptionID models.PrescriptionID `json:"prescription_id"`
	ProviderID     models.ProviderID     `json:"provider_id,omitempty" doc:"The prescriber when left out"`
	Payer          *payerIn              `json:"payer,omitempty" doc:"Instead of a provider"`
	Kind           models.ReportKind     `json:"kind" doc:"initial, progress or discharge"`
	Include        []models.Category     `json:"include,omitempty" doc:"What the release covers when left out"`
	From           models.Date           `json:"from,omitempty" format:"date"`
	To             models.Date           `json:"to,omitempty" format:"date"`
	Narrative      *narrativeIn          `json:"narrative,omitempty"`
}

type payerIn struct {
	PayerName   string `json:"payer_name" maxLength:"200"`
	ClaimNumber string `json:"claim_number" maxLength:"200"`
}

func (in reportIn) outline() models.ReportOutline {
	o := models.ReportOutline{ClientID: in.ClientID, PrescriptionID: in.PrescriptionID, ProviderID: in.ProviderID, Kind: in.Kind, Include: in.Include, From: in.From, To: in.To}
	if n := in.Narrative.narrative(); n != nil {
		o.Narrative = *n
	}
	if in.Payer != nil {
		o.Payer = &models.Recipient{PayerName: in.Payer.PayerName, ClaimNumber: in.Payer.ClaimNumber}
	}
	return o
}

type reportChangeIn struct {
	Kind      *models.ReportKind `json:"kind,omitempty"`
	Include   *[]models.Category `json:"include,omitempty"`
	From      *models.Date       `json:"from,omitempty" format:"date"`
	To        *models.Date       `json:"to,omitempty" format:"date"`
	Narrative *narrativeIn       `json:"narrative,omitempty" doc:"Replaces all of it"`
}

type reportOut struct {
	ID                 models.ReportID       `json:"id"`
	PracticeID         models.PracticeID     `json:"practice_id"`
	PracticeName       string                `json:"practice_name,omitempty"`
	ClientID           models.ClientID       `json:"client_id,omitempty"`
	ClientName         *models.PersonName    `json:"client_name,omitempty"`
	PrescriptionID     models.PrescriptionID `json:"prescription_id,omitempty"`
	ProviderID         models.ProviderID     `json:"provider_id,omitempty"`
	Payer              *models.Recipient     `json:"payer,omitempty"`
	Recipient          string                `json:"recipient,omitempty"`
	Kind               models.ReportKind     `json:"kind"`
	Status             models.ReportStatus   `json:"status" enum:"draft,signed,needs_revision,superseded"`
	From               models.Date           `json:"from,omitempty"`
	To                 models.Date           `json:"to,omitempty"`
	Include            []models.Category     `json:"include,omitempty"`
	CategoriesIncluded []models.Category     `json:"categories_included,omitempty" doc:"Fixed at signing"`
	Partial            bool                  `json:"partial"`
	Narrative          *models.Narrative     `json:"narrative,omitempty"`
	SessionIDs         []models.SessionID    `json:"session_ids,omitempty"`
	SHA256             string                `json:"sha256,omitempty" doc:"Of the signed PDF"`
	SignedAt           *time.Time            `json:"signed_at,omitempty"`
	SignedBy           models.UserID         `json:"signed_by,omitempty"`
	Revision           int                   `json:"revision"`
	Revises            models.ReportID       `json:"revises,omitempty"`
	RevisionReason     string                `json:"revision_reason,omitempty"`
	CreatedAt          *time.Time            `json:"created_at,omitempty"`
	Missing            []fault.Violation     `json:"missing,omitempty" doc:"What a draft lacks for its signature"`
	Warnings           []fault.Violation     `json:"warnings,omitempty" doc:"Signs that the paper could not show"`
	Delivery           *deliveryOut          `json:"delivery,omitempty" doc:"For its recipient: how it came"`
	Withheld           string                `json:"withheld,omitempty" doc:"For its recipient: the code of why it can no longer be read"`
}

func newReportOut(v models.ReportView) reportOut {
	out := reportOut{ID: v.ID, PracticeID: v.PracticeID, PracticeName: v.Practice, ClientID: v.ClientID, PrescriptionID: v.PrescriptionID, ProviderID: v.ProviderID,
		Payer: v.Payer, Recipient: v.Recipient, Kind: v.Kind, Status: v.Status, From: v.From, To: v.To, Include: v.Include, CategoriesIncluded: v.CategoriesIncluded,
		Partial: v.Partial, SessionIDs: v.SessionIDs, SHA256: v.SHA256, SignedAt: v.SignedAt, SignedBy: v.SignedBy, Revision: v.Revision, Revises: v.Revises,
		RevisionReason: v.RevisionReason, Missing: v.Gaps, Withheld: v.Withheld}
	if v.ClientID != "" {
		out.ClientName, out.Narrative, out.CreatedAt = &v.Client, &v.Narrative, &v.CreatedAt
	}
	if v.Delivery != nil {
		d := newDeliveryOut(*v.Delivery)
		out.Delivery = &d
	}
	return out
}

type reportAnswer struct {
	ETag     string `header:"ETag"`
	Location string `header:"Location"`
	Body     reportOut
}

func answerReport(v models.ReportView, err error) (*reportAnswer, error) {
	if err != nil {
		return nil, err
	}
	return &reportAnswer{ETag: wire.ETag(v.Version), Location: "/api/v1/reports/" + string(v.ID), Body: newReportOut(v)}, nil
}

// ReportPath names a report.
type ReportPath struct {
	ID models.ReportID `path:"id"`
}

func (a *API) draftReport(ctx context.Context, in *struct{ Body reportIn }) (*reportAnswer, error) {
	return answerReport(a.net.DraftReport(ctx, wire.Actor(ctx), in.Body.outline()))
}

func (a *API) listReports(ctx context.Context, in *struct {
	wire.PageIn
	ClientID models.ClientID     `query:"client_id"`
	Status   models.ReportStatus `query:"status" enum:"draft,signed,needs_revision,superseded"`
}) (*struct{ Body wire.ListOut[reportOut] }, error) {
	page, err := in.Page()
	if err != nil {
		return nil, err
	}
	l, err := a.net.Reports(ctx, wire.Actor(ctx), referral.ReportQuery{ClientID: in.ClientID, Status: in.Status}, page)
	if err != nil {
		return nil, err
	}
	return &struct{ Body wire.ListOut[reportOut] }{wire.MapList(l, newReportOut)}, nil
}

func (a *API) readReport(ctx context.Context, in *ReportPath) (*reportAnswer, error) {
	return answerReport(a.net.Report(ctx, wire.Actor(ctx), in.ID))
}

func (a *API) changeReport(ctx context.Context, in *struct {
	ReportPath
	Body reportChangeIn
}) (*reportAnswer, error) {
	p := models.ReportPatch{Kind: in.Body.Kind, Include: in.Body.Include, From: in.Body.From, To: in.Body.To, Narrative: in.Body.Narrative.narrative()}
	return answerReport(a.net.ChangeReport(ctx, wire.Actor(ctx), in.ID, p))
}

func (a *API) previewReport(ctx context.Context, in *ReportPath) (*pdfAnswer, error) {
	b, err := a.net.PreviewReport(ctx, wire.Actor(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return newPDFAnswer("report-preview", "", b), nil
}

func (a *API) signReport(ctx context.Context, in *ReportPath) (*reportAnswer, error) {
	s, err := a.net.SignReport(ctx, wire.Actor(ctx), in.ID)
	answer, err := answerReport(s.ReportView, err)
	if err == nil {
		answer.Body.Warnings = s.Warnings
	}
	return answer, err
}

func (a *API) reviseReport(ctx context.Context, in *struct {
	ReportPath
	Body struct {
		Reason string `json:"reason" maxLength:"500"`
	}
}) (*reportAnswer, error) {
	return answerReport(a.net.ReviseReport(ctx, wire.Actor(ctx), in.ID, in.Body.Reason))
}

func (a *API) downloadReport(ctx context.Context, in *ReportPath) (*pdfAnswer, error) {
	d, err := a.net.ReportPDF(ctx, wire.Actor(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return newPDFAnswer("report", d.SHA256, d.Bytes), nil
}

// ReplyIn is a recipient's answer.
type ReplyIn struct {
	Reply string `json:"reply,omitempty" maxLength:"5000"`
}

func (a *API) acknowledgeReport(ctx context.Context, in *struct {
	ReportPath
	Body *ReplyIn
}) (*deliveryAnswer, error) {
	reply := ""
	if in.Body != nil {
		reply = in.Body.Reply
	}
	return answerDelivery(a.net.AcknowledgeReport(ctx, wire.Actor(ctx), in.ID, reply))
}

type clockOut struct {
	ClientID       models.ClientID       `json:"client_id"`
	ClientName     models.PersonName     `json:"client_name"`
	PrescriptionID models.PrescriptionID `json:"prescription_id"`
	ProviderID     models.ProviderID     `json:"provider_id"`
	Recipient      string                `json:"recipient"`
	Kind           models.ReportKind     `json:"kind" doc:"Of the report that is owed next"`
	State          models.ClockState     `json:"state" enum:"idle,running,due,overdue"`
	Reason         models.ClockReason    `json:"reason,omitempty" doc:"first_visit, sessions, days or end_of_order"`
	DueOn          models.Date           `json:"due_on,omitempty"`
	Since          models.Date           `json:"since,omitempty" doc:"First session after the last report sent"`
	Sessions       int                   `json:"sessions" doc:"Since then"`
	ReportEvery    models.ReportEvery    `json:"report_every"`
}

type clocksAnswer struct {
	Body struct {
		Items []clockOut `json:"items"`
	}
}

func answerClocks(lines []models.ReportClockLine, err error) (*clocksAnswer, error) {
	if err != nil {
		return nil, err
	}
	out := &clocksAnswer{}
	out.Body.Items = make([]clockOut, len(lines))
	for i, l := range lines {
		out.Body.Items[i] = answerClock(l)
	}
	return out, nil
}

func answerClock(l models.ReportClockLine) clockOut {
	return clockOut{l.ClientID, l.Client, l.PrescriptionID, l.ProviderID, l.Recipient, l.Kind, l.State, l.Reason, l.DueOn, l.Since, l.Sessions, l.Every}
}

func (a *API) readReportClock(ctx context.Context, in *struct {
	ID models.ClientID `path:"id"`
}) (*clocksAnswer, error) {
	return answerClocks(a.net.ReportClock(ctx, wire.Actor(ctx), in.ID))
}

type standingOut struct {
	Owed       int         `json:"owed" doc:"Orders that owe a report now"`
	Overdue    int         `json:"overdue" doc:"Of these, those whose due day is past"`
	Since      models.Date `json:"since"`
	Sent       int         `json:"sent" doc:"Reports that went out since then and answered a clock"`
	OnTime     int         `json:"on_time" doc:"Of these, sent by the day it was due. The figure time_to_report of the practice allows two working days more"`
	OnTimeRate *float64    `json:"on_time_rate,omitempty" minimum:"0" maximum:"1" doc:"on_time of sent, by the day it was due; absent while none was sent"`
}

type clocksOwed struct {
	Items      []clockOut  `json:"items"`
	NextCursor string      `json:"next_cursor,omitempty" doc:"Ask for the next page with it; absent on the last"`
	Standing   standingOut `json:"standing"`
}

func (a *API) listReportClocks(ctx context.Context, in *struct{ wire.PageIn }) (*struct{ Body clocksOwed }, error) {
	page, err := in.Page()
	if err != nil {
		return nil, err
	}
	l, err := a.net.ReportClocks(ctx, wire.Actor(ctx), page)
	if err != nil {
		return nil, err
	}
	s := l.Standing
	out := clocksOwed{NextCursor: l.NextCursor, Items: make([]clockOut, len(l.Items)),
		Standing: standingOut{Owed: s.Owed, Overdue: s.Overdue, Since: s.Since, Sent: s.Sent, OnTime: s.OnTime}}
	for i, line := range l.Items {
		out.Items[i] = answerClock(line)
	}
	if rate, ok := s.Rate(); ok {
		out.Standing.OnTimeRate = &rate
	}
	return &struct{ Body clocksOwed }{out}, nil
}
