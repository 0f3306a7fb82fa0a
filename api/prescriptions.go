package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"rapport/api/wire"
	"rapport/models"
	"rapport/referral"
)

func (a *API) prescriptionRoutes(api huma.API) {
	const tag, base = "prescriptions", "/api/v1/prescriptions"
	wire.Handle(api, wire.Operation{ID: "write-prescription", Method: http.MethodPost, Path: base, Tag: tag, Status: 201,
		Summary: "Write an order, as its provider or transcribed by the practice"}, a.writePrescription)
	wire.Handle(api, wire.Operation{ID: "list-prescriptions", Method: http.MethodGet, Path: base, Tag: tag,
		Summary: "The practice's orders, or those a provider wrote, newest first"}, a.listPrescriptions)
	wire.Handle(api, wire.Operation{ID: "read-prescription", Method: http.MethodGet, Path: base + "/{id}", Tag: tag,
		Summary: "Read one version with its visits and effective window"}, a.readPrescription)
	wire.Handle(api, wire.Operation{ID: "change-prescription", Method: http.MethodPatch, Path: base + "/{id}", Tag: tag, MatchRequired: true,
		Summary: "Change a draft"}, a.changePrescription)
	wire.Handle(api, wire.Operation{ID: "read-prescription-document", Method: http.MethodGet, Path: base + "/{id}/document", Tag: tag,
		Summary: "The order on paper"}, a.readPrescriptionDocument)
	wire.Handle(api, wire.Operation{ID: "submit-prescription", Method: http.MethodPost, Path: base + "/{id}/submission", Tag: tag,
		Summary: "Sign and submit; the practice submits a transcription with its scan"}, a.submitPrescription)
	wire.Handle(api, wire.Operation{ID: "accept-prescription", Method: http.MethodPost, Path: base + "/{id}/acceptance", Tag: tag,
		Summary: "Put a submitted order in force"}, a.acceptPrescription)
	wire.Handle(api, wire.Operation{ID: "decline-prescription", Method: http.MethodPost, Path: base + "/{id}/declination", Tag: tag,
		Summary: "Send a submitted order back with a reason"}, a.stepPrescription(a.net.DeclinePrescription))
	wire.Handle(api, wire.Operation{ID: "revoke-prescription", Method: http.MethodPost, Path: base + "/{id}/revocation", Tag: tag,
		Summary: "Take one's own order back"}, a.stepPrescription(a.net.RevokePrescription))
	wire.Handle(api, wire.Operation{ID: "suspend-prescription", Method: http.MethodPost, Path: base + "/{id}/suspension", Tag: tag,
		Summary: "Stop an order for a while"}, a.stepPrescription(a.net.SuspendPrescription))
	wire.Handle(api, wire.Operation{ID: "resume-prescription", Method: http.MethodPost, Path: base + "/{id}/resumption", Tag: tag,
		Summary: "Lift a suspension"}, a.resumePrescription)
	wire.Handle(api, wire.Operation{ID: "enter-prescription-in-error", Method: http.MethodPost, Path: base + "/{id}/entered-in-error", Tag: tag,
		Summary: "Mark an order that should never have been"}, a.stepPrescription(a.net.EnterPrescriptionInError))
	wire.Handle(api, wire.Operation{ID: "countersign-prescription", Method: http.MethodPost, Path: base + "/{id}/countersignature", Tag: tag,
		Summary: "The prescriber's signature under a verbal or transcribed order"}, a.countersignPrescription)
	wire.Handle(api, wire.Operation{ID: "renew-prescription", Method: http.MethodPost, Path: base + "/{id}/renewal", Tag: tag, Status: 201,
		Summary: "Make the next order from this one"}, a.renewPrescription)
	wire.Handle(api, wire.Operation{ID: "note-verbal-order", Method: http.MethodPost, Path: base + "/{id}/verbal-orders", Tag: tag, Status: 201,
		Summary: "Open the scope as the prescriber stated it on the phone"}, a.noteVerbalOrder)
	wire.Handle(api, wire.Operation{ID: "attach-scan", Method: http.MethodPost, Path: base + "/{id}/attachments", Tag: tag, Status: 201, Upload: true,
		Summary: "Attach a scan: PDF, PNG or JPEG of at most 10 MiB, in the part named file"}, a.attachScan)
	wire.Handle(api, wire.Operation{ID: "read-attachment", Method: http.MethodGet, Path: base + "/{id}/attachments/{attachment}", Tag: tag,
		Produces: []string{"application/pdf", "image/png", "image/jpeg"}, Summary: "Read a scan"}, a.readAttachment)
}

// OrderPath is embedded in inputs; huma finds fields of exported types only.
type OrderPath struct {
	ID models.PrescriptionID `path:"id"`
}

// OrderSignatureIn is a prescriber's signing act.
type OrderSignatureIn struct {
	Method models.SignatureMethod `json:"method" doc:"typed or drawn"`
	Name   string                 `json:"name" maxLength:"200"`
	Image  string                 `json:"image,omitempty" maxLength:"280000" doc:"A drawn signature: PNG of at most 200 KB as base64 or data URL"`
}

func (in *OrderSignatureIn) draft() *models.SignatureDraft {
	if in == nil {
		return nil
	}
	d := SignatureIn{Method: in.Method, Name: strings.TrimSpace(in.Name), Image: in.Image}.draft()
	return &d
}

type prescriptionIn struct {
	ClientID       models.ClientID        `json:"client_id,omitempty"`
	Client         *clientIn              `json:"client,omitempty" doc:"Somebody the practice does not know yet"`
	PracticeID     models.PracticeID      `json:"practice_id,omitempty" doc:"With client, by a provider"`
	PrescriberID   models.ProviderID      `json:"prescriber_id,omitempty" doc:"By the practice: whose order it transcribes"`
	Source         models.OrderSource     `json:"source,omitempty" doc:"By the practice: paper or verbal"`
	Verbal         *VerbalIn              `json:"verbal,omitempty"`
	Opening        *openingIn             `json:"opening,omitempty" doc:"By the practice: visits used elsewhere"`
	IssuedOn       models.Date            `json:"issued_on,omitempty" format:"date" doc:"By the practice: the day on the paper"`
	DiagnosisCodes []string               `json:"diagnosis_codes" maxItems:"20"`
	ProcedureCodes []models.Procedure     `json:"procedure_codes,omitempty" maxItems:"20"`
	Scope          scopeIn                `json:"scope"`
	ValidFrom      models.Date            `json:"valid_from" format:"date"`
	ValidUntil     models.Date            `json:"valid_until" format:"date"`
	Expiry         models.Expiry          `json:"expiry,omitempty" default:"strict" doc:"strict or sliding"`
	Clock          models.Clock           `json:"clock,omitempty" default:"issued" doc:"issued, received or first_session"`
	Instructions   string                 `json:"instructions,omitempty"`
	FocusReason    string                 `json:"focus_reason,omitempty" doc:"The prescriber's plain reason, to be said to the client"`
	Goals          []string               `json:"goals,omitempty" maxItems:"50"`
	Instruments    []models.InstrumentKey `json:"instruments,omitempty" maxItems:"20"`
	ReportEvery    reportEveryIn          `json:"report_every,omitempty"`
	Claim          *claimIn               `json:"claim,omitempty"`
}

func (in prescriptionIn) draft() models.PrescriptionDraft {
	d := models.PrescriptionDraft{ClientID: in.ClientID, PracticeID: in.PracticeID, PrescriberID: in.PrescriberID, Source: in.Source, Verbal: in.Verbal.verbal(),
		Opening: in.Opening.opening(), IssuedOn: in.IssuedOn, Content: models.OrderContent{DiagnosisCodes: in.DiagnosisCodes, ProcedureCodes: in.ProcedureCodes,
			Scope: in.Scope.scope(), ValidFrom: in.ValidFrom, ValidUntil: in.ValidUntil, Expiry: in.Expiry, Clock: in.Clock, Instructions: in.Instructions,
			FocusReason: in.FocusReason, Goals: in.Goals, Instruments: in.Instruments, ReportEvery: models.ReportEvery{Sessions: in.ReportEvery.Sessions, Days: in.ReportEvery.Days}, Claim: in.Claim.claim()}}
	if in.Client != nil {
		c := in.Client.draft()
		d.Client = &c
	}
	return d
}

func (a *API) writePrescription(ctx context.Context, in *struct{ Body prescriptionIn }) (*prescriptionAnswer, error) {
	v, err := a.net.WritePrescription(ctx, wire.Actor(ctx), in.Body.draft())
	return answerOrder(wire.Actor(ctx), v, err)
}

func (a *API) listPrescriptions(ctx context.Context, in *struct {
	wire.PageIn
	Status   models.PrescriptionStatus `query:"status" doc:"Also the derived completed and expired"`
	ClientID models.ClientID           `query:"client_id"`
}) (*struct {
	Body wire.ListOut[prescriptionOut]
}, error) {
	page, err := in.Page()
	if err != nil {
		return nil, err
	}
	by := wire.Actor(ctx)
	l, err := a.net.Prescriptions(ctx, by, referral.OrderQuery{ClientID: in.ClientID, Status: in.Status}, page)
	if err != nil {
		return nil, err
	}
	return &struct {
		Body wire.ListOut[prescriptionOut]
	}{wire.MapList(l, newPrescriptionOut(models.PartyOf(by)))}, nil
}

func (a *API) readPrescription(ctx context.Context, in *OrderPath) (*prescriptionAnswer, error) {
	v, err := a.net.Prescription(ctx, wire.Actor(ctx), in.ID)
	return answerOrder(wire.Actor(ctx), v, err)
}

type prescriptionPatchIn struct {
	DiagnosisCodes *[]string               `json:"diagnosis_codes,omitempty" maxItems:"20"`
	ProcedureCodes *[]models.Procedure     `json:"procedure_codes,omitempty" maxItems:"20"`
	Scope          *scopeIn                `json:"scope,omitempty"`
	ValidFrom      *models.Date            `json:"valid_from,omitempty" format:"date"`
	ValidUntil     *models.Date            `json:"valid_until,omitempty" format:"date"`
	Expiry         *models.Expiry          `json:"expiry,omitempty"`
	Clock          *models.Clock           `json:"clock,omitempty"`
	Instructions   *string                 `json:"instructions,omitempty"`
	FocusReason    *string                 `json:"focus_reason,omitempty"`
	Goals          *[]string               `json:"goals,omitempty" maxItems:"50"`
	Instruments    *[]models.InstrumentKey `json:"instruments,omitempty" maxItems:"20"`
	ReportEvery    *reportEveryIn          `json:"report_every,omitempty"`
	Claim          *claimIn                `json:"claim,omitempty"`
	Opening        *openingIn              `json:"opening,omitempty"`
}

func (in prescriptionPatchIn) patch() models.PrescriptionPatch {
	p := models.PrescriptionPatch{DiagnosisCodes: in.DiagnosisCodes, ProcedureCodes: in.ProcedureCodes, ValidFrom: in.ValidFrom, ValidUntil: in.ValidUntil,
		Expiry: in.Expiry, Clock: in.Clock, Instructions: in.Instructions, FocusReason: in.FocusReason, Goals: in.Goals, Instruments: in.Instruments,
		Claim: in.Claim.claim(), Opening: in.Opening.opening()}
	if in.Scope != nil {
		s := in.Scope.scope()
		p.Scope = &s
	}
	if in.ReportEvery != nil {
		r := models.ReportEvery{Sessions: in.ReportEvery.Sessions, Days: in.ReportEvery.Days}
		p.ReportEvery = &r
	}
	return p
}

func (a *API) changePrescription(ctx context.Context, in *struct {
	OrderPath
	Body prescriptionPatchIn
}) (*prescriptionAnswer, error) {
	v, err := a.net.ChangeDraftPrescription(ctx, wire.Actor(ctx), in.ID, in.Body.patch())
	return answerOrder(wire.Actor(ctx), v, err)
}

func (a *API) readPrescriptionDocument(ctx context.Context, in *OrderPath) (*pdfAnswer, error) {
	p, err := a.net.PrescriptionPaper(ctx, wire.Actor(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return newPDFAnswer("prescription", "", p.Bytes), nil
}
