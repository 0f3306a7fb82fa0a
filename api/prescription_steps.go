package api

import (
	"context"
	"io"
	"mime/multipart"

	"rapport/api/wire"
	"rapport/models"
	"rapport/models/fault"
)

type reasonIn struct {
	Reason string `json:"reason" maxLength:"4000"`
}

// stepPrescription is the handler of every step that only needs a reason.
func (a *API) stepPrescription(verb func(context.Context, models.Actor, models.PrescriptionID, string) (models.OrderView, error)) func(context.Context, *struct {
	OrderPath
	Body reasonIn
}) (*prescriptionAnswer, error) {
	return func(ctx context.Context, in *struct {
		OrderPath
		Body reasonIn
	}) (*prescriptionAnswer, error) {
		v, err := verb(ctx, wire.Actor(ctx), in.ID, in.Body.Reason)
		return answerOrder(wire.Actor(ctx), v, err)
	}
}

func (a *API) submitPrescription(ctx context.Context, in *struct {
	OrderPath
	Body struct {
		Signature     *OrderSignatureIn `json:"signature,omitempty" doc:"The prescriber's; the practice leaves it out"`
		ContentSHA256 string            `json:"content_sha256,omitempty" maxLength:"64" doc:"The hash of what was read, to refuse a draft that changed meanwhile"`
	}
}) (*prescriptionAnswer, error) {
	v, err := a.net.SubmitPrescription(ctx, wire.Actor(ctx), in.ID, models.Submission{Signature: in.Body.Signature.draft(), ContentSHA256: in.Body.ContentSHA256})
	return answerOrder(wire.Actor(ctx), v, err)
}

func (a *API) acceptPrescription(ctx context.Context, in *struct {
	OrderPath
	Body struct {
		ClientID   models.ClientID `json:"client_id,omitempty" doc:"The client's record, when the practice knows them already"`
		ReceivedOn models.Date     `json:"received_on,omitempty" format:"date" doc:"Default today"`
	}
}) (*prescriptionAnswer, error) {
	v, err := a.net.AcceptPrescription(ctx, wire.Actor(ctx), in.ID, models.Acceptance{ClientID: in.Body.ClientID, ReceivedOn: in.Body.ReceivedOn})
	return answerOrder(wire.Actor(ctx), v, err)
}

func (a *API) resumePrescription(ctx context.Context, in *struct {
	OrderPath
	Body struct {
		Reason string `json:"reason,omitempty" maxLength:"1000"`
	}
}) (*prescriptionAnswer, error) {
	v, err := a.net.ResumePrescription(ctx, wire.Actor(ctx), in.ID, in.Body.Reason)
	return answerOrder(wire.Actor(ctx), v, err)
}

func (a *API) countersignPrescription(ctx context.Context, in *struct {
	OrderPath
	Body struct {
		Signature OrderSignatureIn `json:"signature"`
	}
}) (*prescriptionAnswer, error) {
	v, err := a.net.CountersignPrescription(ctx, wire.Actor(ctx), in.ID, in.Body.Signature.draft())
	return answerOrder(wire.Actor(ctx), v, err)
}

func (a *API) renewPrescription(ctx context.Context, in *struct {
	OrderPath
	Body struct {
		Signature *OrderSignatureIn `json:"signature,omitempty" doc:"The prescriber's, to sign and submit at once; else a draft for their signature"`
	}
}) (*prescriptionAnswer, error) {
	v, err := a.net.RenewPrescription(ctx, wire.Actor(ctx), in.ID, in.Body.Signature.draft())
	return answerOrder(wire.Actor(ctx), v, err)
}

func (a *API) noteVerbalOrder(ctx context.Context, in *struct {
	OrderPath
	Body struct {
		VerbalIn
		Scope           *scopePatchIn          `json:"scope,omitempty" doc:"What changed; with change_request_id the default is what was proposed"`
		ChangeRequestID models.ChangeRequestID `json:"change_request_id,omitempty" doc:"The request that the call answered"`
	}
}) (*prescriptionAnswer, error) {
	v, err := a.net.NoteVerbalOrder(ctx, wire.Actor(ctx), in.ID, models.VerbalOrderDraft{VerbalDraft: *in.Body.verbal(), Scope: in.Body.Scope.patch(),
		ChangeRequestID: in.Body.ChangeRequestID})
	return answerOrder(wire.Actor(ctx), v, err)
}

func (a *API) attachScan(ctx context.Context, in *struct {
	OrderPath
	RawBody multipart.Form
}) (*struct{ Body attachmentOut }, error) {
	files := in.RawBody.File["file"]
	if len(files) != 1 || len(in.RawBody.File) != 1 {
		var l fault.List
		l.Add("file.one", "/file", "Send exactly one file, in the part named file.")
		return nil, l.Invalid("The scan is missing.")
	}
	f, err := files[0].Open()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, models.AttachmentMost+1))
	if err != nil {
		return nil, err
	}
	scan, err := a.net.AttachScan(ctx, wire.Actor(ctx), in.ID, b)
	if err != nil {
		return nil, err
	}
	return &struct{ Body attachmentOut }{newAttachmentOut(scan)}, nil
}

// scanAnswer is handed out to be saved, never shown inside our own pages.
type scanAnswer struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	NoSniff     string `header:"X-Content-Type-Options"`
	Body        []byte
}

var scanNames = map[string]string{"application/pdf": "scan.pdf", "image/png": "scan.png", "image/jpeg": "scan.jpg"}

func (a *API) readAttachment(ctx context.Context, in *struct {
	OrderPath
	Attachment string `path:"attachment" maxLength:"60"`
}) (*scanAnswer, error) {
	d, err := a.net.Attachment(ctx, wire.Actor(ctx), in.ID, in.Attachment)
	if err != nil {
		return nil, err
	}
	return &scanAnswer{d.MediaType, `attachment; filename="` + scanNames[d.MediaType] + `"`, "nosniff", d.Bytes}, nil
}
