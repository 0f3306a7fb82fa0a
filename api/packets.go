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

func (a *API) packetRoutes(api huma.API) {
	const tag = "relationships"
	wire.Handle(api, wire.Operation{ID: "preview-packet", Method: http.MethodGet, Path: "/api/v1/practice/packet", Tag: tag, Summary: "The intro packet as it would go out today, addressed to nobody"}, a.previewPacket)
	wire.Handle(api, wire.Operation{ID: "send-packet", Method: http.MethodPost, Path: "/api/v1/relationships/{id}/packets", Tag: tag, Status: 201, Summary: "Introduce the practice: by mail, or on paper that is printed"}, a.sendPacket)
	wire.Handle(api, wire.Operation{ID: "list-packets", Method: http.MethodGet, Path: "/api/v1/relationships/{id}/packets", Tag: tag, Summary: "What was sent to them, newest first"}, a.listPackets)
	wire.Handle(api, wire.Operation{ID: "print-packet", Method: http.MethodGet, Path: "/api/v1/packets/{id}/pdf", Tag: tag, Summary: "A packet exactly as it was drawn"}, a.printPacket)
	wire.Handle(api, wire.Operation{ID: "print-partner-cards", Method: http.MethodGet, Path: "/api/v1/partner-cards", Tag: tag, Summary: "Cards of partners, four on a page: for the practice, or for its clients"}, a.printCards)
}

type packetOut struct {
	ID             models.PacketID       `json:"id"`
	RelationshipID models.RelationshipID `json:"relationship_id"`
	Channel        models.ContactChannel `json:"channel"`
	SHA256         string                `json:"sha256"`
	Mail           models.MessageState   `json:"mail,omitempty" doc:"How far the mail came that carries it"`
	ContactID      models.ContactID      `json:"contact_id,omitempty" doc:"The line of the log; missing until it has gone out"`
	CreatedAt      time.Time             `json:"created_at"`
}

func newPacketOut(p models.Packet) packetOut {
	return packetOut{p.ID, p.RelationshipID, p.Channel, p.SHA256, p.Mail, p.ContactID, p.CreatedAt}
}

func (a *API) previewPacket(ctx context.Context, _ *struct{}) (*pdfAnswer, error) {
	b, err := a.net.PacketPreview(ctx, wire.Actor(ctx))
	if err != nil {
		return nil, err
	}
	return newPDFAnswer("introduction", "", b), nil
}

func (a *API) sendPacket(ctx context.Context, in *struct {
	RelationshipPath
	Body struct {
		Channel models.ContactChannel `json:"channel" doc:"email, letter, fax, or visit: handed over"`
	}
}) (*struct{ Body packetOut }, error) {
	p, err := a.net.SendPacket(ctx, wire.Actor(ctx), in.ID, in.Body.Channel)
	if err != nil {
		return nil, err
	}
	return &struct{ Body packetOut }{newPacketOut(p)}, nil
}

func (a *API) listPackets(ctx context.Context, in *struct {
	RelationshipPath
	wire.PageIn
}) (*struct{ Body wire.ListOut[packetOut] }, error) {
	page, err := in.Page()
	if err != nil {
		return nil, err
	}
	l, err := a.net.Packets(ctx, wire.Actor(ctx), in.ID, page)
	if err != nil {
		return nil, err
	}
	return &struct{ Body wire.ListOut[packetOut] }{wire.MapList(l, newPacketOut)}, nil
}

func (a *API) printPacket(ctx context.Context, in *struct {
	ID models.PacketID `path:"id"`
}) (*pdfAnswer, error) {
	b, err := a.net.PacketPDF(ctx, wire.Actor(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return newPDFAnswer("introduction", "", b), nil
}

func (a *API) printCards(ctx context.Context, in *struct {
	ProviderID models.ProviderID `query:"provider_id" doc:"Only this one's"`
	ForClients bool              `query:"for_clients" doc:"Of partners who take new patients, with what the directory says"`
}) (*pdfAnswer, error) {
	b, err := a.net.PartnerCards(ctx, wire.Actor(ctx), referral.CardsQuery{ProviderID: in.ProviderID, ForClients: in.ForClients})
	if err != nil {
		return nil, err
	}
	return newPDFAnswer("partner-cards", "", b), nil
}
