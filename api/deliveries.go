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

func (a *API) deliveryRoutes(api huma.API) {
	const tag = "deliveries"
	wire.Handle(api, wire.Operation{ID: "deliver-report", Method: http.MethodPost, Path: "/api/v1/reports/{id}/deliveries", Tag: tag, Status: 201, KeyRequired: true,
		Summary: "Send a signed report, if the release gate lets it"}, a.deliverReport)
	wire.Handle(api, wire.Operation{ID: "list-deliveries", Method: http.MethodGet, Path: "/api/v1/deliveries", Tag: tag, Summary: "What was sent, and how far it came"}, a.listDeliveries)
	wire.Handle(api, wire.Operation{ID: "read-delivery", Method: http.MethodGet, Path: "/api/v1/deliveries/{id}", Tag: tag, Summary: "A delivery with its evidence"}, a.readDelivery)
	wire.Handle(api, wire.Operation{ID: "print-delivery-cover", Method: http.MethodGet, Path: "/api/v1/deliveries/{id}/cover", Tag: tag,
		Summary: "The cover sheet of a letter or fax; the release gate is asked again"}, a.printCover)
	wire.Handle(api, wire.Operation{ID: "record-delivery-proof", Method: http.MethodPost, Path: "/api/v1/deliveries/{id}/events", Tag: tag,
		Summary: "Record proof by hand: a fax confirmation, a tracking number"}, a.recordProof)
	wire.Handle(api, wire.Operation{ID: "report-misdirected", Method: http.MethodPost, Path: "/api/v1/deliveries/{id}/misdirected", Tag: tag,
		Summary: "A delivery reached somebody else: close it"}, a.reportMisdirected)
	wire.Handle(api, wire.Operation{ID: "list-overrides", Method: http.MethodGet, Path: "/api/v1/overrides", Tag: tag,
		Summary: "What was told without a release, for review"}, a.listOverrides)
}

type deliveryIn struct {
	ProviderID models.ProviderID `json:"provider_id,omitempty" doc:"The report's recipient; left out for a payer"`
	Channel    models.Channel    `json:"channel" doc:"portal, link or letter"`
	Override   *struct {
		Basis  string `json:"basis" doc:"treatment or emergency"`
		Reason string `json:"reason" maxLength:"500"`
	} `json:"override,omitempty" doc:"Without a release; covered practices only, 72 hours, reviewed"`
}

func (in deliveryIn) draft() models.DeliveryDraft {
	d := models.DeliveryDraft{ProviderID: in.ProviderID, Channel: in.Channel}
	if in.Override != nil {
		d.Override = &models.OverrideDraft{Basis: in.Override.Basis, Reason: in.Override.Reason}
	}
	return d
}

type deliveryEventOut struct {
	At    time.Time            `json:"at"`
	State models.DeliveryState `json:"state"`
	By    string               `json:"by"`
	Note  string               `json:"note,omitempty"`
}

type deliveryOut struct {
	ID         models.DeliveryID    `json:"id"`
	ReportID   models.ReportID      `json:"report_id"`
	ClientID   models.ClientID      `json:"client_id,omitempty" doc:"Left out of the recipient's own answer"`
	ClientName *models.PersonName   `json:"client_name,omitempty"`
	ProviderID models.ProviderID    `json:"provider_id,omitempty"`
	Recipient  string               `json:"recipient,omitempty"`
	Channel    models.Channel       `json:"channel"`
	State      models.DeliveryState `json:"state" enum:"prepared,queued,sent,delivered,opened,downloaded,acknowledged,failed,uncertain,stopped"`
	Reason     string               `json:"reason,omitempty" doc:"Code, when failed, uncertain or stopped"`
	MessageID  models.MessageID     `json:"message_id,omitempty"`
	ReleaseID  models.ReleaseID     `json:"release_id,omitempty"`
	Override   *overrideOut         `json:"override,omitempty"`
	Events     []deliveryEventOut   `json:"events,omitempty"`
	Reply      string               `json:"reply,omitempty"`
	CreatedAt  time.Time            `json:"created_at"`
}

func newDeliveryOut(d models.Delivery) deliveryOut {
	out := deliveryOut{ID: d.ID, ReportID: d.ReportID, ClientID: d.ClientID, ProviderID: d.ProviderID, Channel: d.Channel, State: d.State, Reason: d.Reason,
		MessageID: d.MessageID, ReleaseID: d.ReleaseID, Reply: d.Reply, CreatedAt: d.CreatedAt}
	if o := d.Override; o != nil {
		out.Override = &overrideOut{o.Basis, o.Reason, o.By, o.At, o.Until}
	}
	for _, e := range d.Events {
		out.Events = append(out.Events, deliveryEventOut{e.At, e.State, e.By, e.Note})
	}
	return out
}

func newDeliveryLineOut(l models.DeliveryLine) deliveryOut {
	out := newDeliveryOut(l.Delivery)
	out.ClientName, out.Recipient = &l.Client, l.Recipient
	return out
}

type deliveryAnswer struct {
	ETag     string `header:"ETag"`
	Location string `header:"Location"`
	Body     deliveryOut
}

func answerDelivery(d models.Delivery, err error) (*deliveryAnswer, error) {
	if err != nil {
		return nil, err
	}
	return &deliveryAnswer{ETag: wire.ETag(d.Version), Location: "/api/v1/deliveries/" + string(d.ID), Body: newDeliveryOut(d)}, nil
}

// DeliveryPath names a delivery.
type DeliveryPath struct {
	ID models.DeliveryID `path:"id"`
}

func (a *API) deliverReport(ctx context.Context, in *struct {
	ReportPath
	Body deliveryIn
}) (*deliveryAnswer, error) {
	return answerDelivery(a.net.DeliverReport(ctx, wire.Actor(ctx), in.ID, in.Body.draft()))
}

func (a *API) listDeliveries(ctx context.Context, in *struct {
	wire.PageIn
	ReportID models.ReportID      `query:"report_id"`
	State    models.DeliveryState `query:"state" enum:"prepared,queued,sent,delivered,opened,downloaded,acknowledged,failed,uncertain,stopped"`
}) (*struct{ Body wire.ListOut[deliveryOut] }, error) {
	page, err := in.Page()
	if err != nil {
		return nil, err
	}
	l, err := a.net.Deliveries(ctx, wire.Actor(ctx), referral.DeliveryQuery{ReportID: in.ReportID, State: in.State}, page)
	if err != nil {
		return nil, err
	}
	return &struct{ Body wire.ListOut[deliveryOut] }{wire.MapList(l, newDeliveryLineOut)}, nil
}

func (a *API) readDelivery(ctx context.Context, in *DeliveryPath) (*deliveryAnswer, error) {
	return answerDelivery(a.net.Delivery(ctx, wire.Actor(ctx), in.ID))
}

func (a *API) printCover(ctx context.Context, in *DeliveryPath) (*pdfAnswer, error) {
	b, err := a.net.DeliveryCover(ctx, wire.Actor(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return newPDFAnswer("cover", "", b), nil
}

func (a *API) recordProof(ctx context.Context, in *struct {
	DeliveryPath
	Body struct {
		State models.DeliveryState `json:"state" doc:"sent, delivered or failed"`
		Note  string               `json:"note" maxLength:"500" doc:"How you know it"`
		At    time.Time            `json:"at,omitempty" doc:"When it happened; now when left out"`
	}
}) (*deliveryAnswer, error) {
	return answerDelivery(a.net.RecordProof(ctx, wire.Actor(ctx), in.ID, models.Proof{State: in.Body.State, Note: in.Body.Note, At: in.Body.At}))
}

type misdirectedIn struct {
	Note string `json:"note,omitempty" maxLength:"500"`
}

func (in *misdirectedIn) note() string {
	if in == nil {
		return ""
	}
	return in.Note
}

func (a *API) reportMisdirected(ctx context.Context, in *struct {
	DeliveryPath
	Body *misdirectedIn
}) (*deliveryAnswer, error) {
	return answerDelivery(a.net.Misdirected(ctx, wire.Actor(ctx), in.ID, in.Body.note()))
}

func (a *API) listOverrides(ctx context.Context, in *struct{ wire.PageIn }) (*struct{ Body wire.ListOut[deliveryOut] }, error) {
	page, err := in.Page()
	if err != nil {
		return nil, err
	}
	l, err := a.net.Overrides(ctx, wire.Actor(ctx), page)
	if err != nil {
		return nil, err
	}
	return &struct{ Body wire.ListOut[deliveryOut] }{wire.MapList(l, newDeliveryLineOut)}, nil
}
