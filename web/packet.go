package web

import (
	"errors"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"rapport/models"
	"rapport/models/fault"
	"rapport/referral"
	"rapport/web/view"
)

func (r *request) packetPreview() error {
	b, err := r.net.PacketPreview(r.ctx, r.by)
	if err != nil {
		return err
	}
	return r.pdf("introduction", "", b)
}

func (r *request) packetPage() error { return r.showPacket(fiber.StatusOK, view.Form{}) }

// showPacket offers the ways in which the packet can go to somebody.
func (r *request) showPacket(status int, form view.Form) error {
	id := models.ProviderID(r.param("id"))
	v := view.PacketView{}
	var err error
	if v.Provider, err = r.net.Provider(r.ctx, r.by, id); err != nil {
		return err
	}
	if v.Profile, err = r.net.Profile(r.ctx, r.by); err != nil {
		return err
	}
	if v.Way, v.Mailable, err = r.net.PacketWay(r.ctx, r.by, v.Provider.ID); err != nil {
		return err
	}
	rel, err := r.net.RelationshipWith(r.ctx, r.by, id)
	if errors.Is(err, fault.NotFound) { // it begins when a packet goes out
		return r.show(status, "Send our packet", func(p view.Page) templ.Component { return view.SendPacket(p, form, v) })
	}
	if err != nil {
		return err
	}
	sent, err := r.net.Packets(r.ctx, r.by, rel.ID, models.Page{Limit: 10})
	if err != nil {
		return err
	}
	v.Sent = sent.Items
	return r.show(status, "Send our packet", func(p view.Page) templ.Component { return view.SendPacket(p, form, v) })
}

// sendPacket sends it, or logs that it goes out on paper and offers the print.
func (r *request) sendPacket() error {
	id := models.ProviderID(r.param("id"))
	rel, err := r.net.Relate(r.ctx, r.by, id)
	var p models.Packet
	if err == nil {
		p, err = r.net.SendPacket(r.once("packet"), r.by, rel.ID, models.ContactChannel(r.form.get("channel")))
	}
	if e, ok := refusal(err); ok {
		return r.showPacket(statusOf(err), view.Form{Values: r.form.values, Refusal: e})
	}
	if err != nil {
		return err
	}
	if p.Channel == models.ContactEmail {
		return r.to("/providers/"+string(id), "packet_mailed")
	}
	return r.to("/providers/"+string(id)+"/packet", "packet_printed")
}

func (r *request) packetPDF() error {
	b, err := r.net.PacketPDF(r.ctx, r.by, models.PacketID(r.param("id")))
	if err != nil {
		return err
	}
	return r.pdf("introduction", r.param("id"), b)
}

func (r *request) partnerCard() error {
	return r.cards(referral.CardsQuery{ProviderID: models.ProviderID(r.param("id"))})
}

// partnerCards asks for whom the cards are, and draws them.
func (r *request) partnerCards() error {
	if err := r.by.May(models.ReadRelationships); err != nil {
		return err
	}
	switch r.query("for") {
	case "practice":
		return r.cards(referral.CardsQuery{})
	case "clients":
		return r.cards(referral.CardsQuery{ForClients: true})
	}
	return r.show(fiber.StatusOK, "Partner cards", func(p view.Page) templ.Component { return view.PartnerCards(p, view.Form{}) })
}

func (r *request) cards(q referral.CardsQuery) error {
	b, err := r.net.PartnerCards(r.ctx, r.by, q)
	if e, ok := refusal(err); ok && q.ProviderID == "" {
		return r.show(statusOf(err), "Partner cards", func(p view.Page) templ.Component { return view.PartnerCards(p, view.Form{Refusal: e}) })
	}
	if err != nil {
		return err
	}
	return r.pdf("partner-cards", string(q.ProviderID), b)
}
