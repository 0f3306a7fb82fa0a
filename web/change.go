package web

import (
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"rapport/models"
	"rapport/models/fault"
	"rapport/web/view"
)

func (r *request) askPage() error { return r.showAsk(fiber.StatusOK, view.Form{}) }

// showAsk begins a wish: with a region in the address the change is filled in
// already, and one button sends it.
func (r *request) showAsk(status int, form view.Form) error {
	if err := r.by.May(models.AcceptPrescription); err != nil {
		return err
	}
	o, err := r.net.Prescription(r.ctx, r.by, r.orderID())
	if err != nil {
		return err
	}
	f := view.AskForm{Order: o, Regions: o.Content.Scope.Regions}
	if region, ok := models.LookupRegion(models.RegionKey(r.query("region"))); ok {
		f.Wish = region.Key
		wish := models.RegionSide{Region: region.Key}
		if region.Lateral {
			wish.Side = models.SideBoth
		}
		f.Regions = append(f.Regions[:len(f.Regions):len(f.Regions)], wish)
		f.Words = "I would like work on this too: " + strings.ToLower(region.Label) + "."
	}
	return r.show(status, "Ask the doctor", func(p view.Page) templ.Component { return view.AskPage(p, form, f) })
}

// askForChange keeps the wish and sends it, or keeps it as explained.
func (r *request) askForChange() error {
	o, err := r.net.Prescription(r.ctx, r.by, r.orderID())
	if err != nil {
		return err
	}
	var l fault.List
	d := models.ChangeDraft{AskedBy: r.form.get("asked_by"), Words: r.form.get("words"), ShareWords: r.form.ticked("share_words"),
		Proposed: r.form.patch("proposed", o.Content, &l), ExplanationGiven: r.form.get("explanation_given"),
		Explained: r.form.get("act") == "explain", Channel: models.Channel(r.form.get("channel"))}
	var s models.ChangeSheet
	if err = l.Invalid("The change request needs correction."); err == nil {
		s, err = r.net.AskForChange(r.once("ask"), r.by, o.ID, d)
	}
	if e, ok := refusal(err); ok {
		return r.showAsk(statusOf(err), view.Form{Values: r.form.values, Refusal: e})
	}
	if err != nil {
		return err
	}
	said := "change_sent"
	if d.Explained {
		said = "change_explained"
	}
	return r.to("/changes/"+string(s.Request.ID), said)
}

func (r *request) changeID() models.ChangeRequestID { return models.ChangeRequestID(r.param("id")) }

func (r *request) changePage() error { return r.showChange(fiber.StatusOK, view.Form{}) }

func (r *request) showChange(status int, form view.Form) error {
	s, err := r.net.ChangeRequest(r.ctx, r.by, r.changeID())
	if err != nil {
		return err
	}
	v := view.ChangeView{Sheet: s, Diffs: view.Diffs(s.Order.Content, s.Request.Proposed), Practice: r.realm == practiceRealm,
		Action: r.c.Path(), Orders: r.orders(), Back: r.orders() + string(s.Order.ID), BackName: "Order"}
	v.Decides = r.realm == providerRealm && s.Request.Status.Open() && r.by.May(models.SignPrescription) == nil
	v.Action = strings.TrimSuffix(v.Action, "/decide") + "/decide"
	return r.show(status, "Change request", func(p view.Page) templ.Component { return view.ChangePage(r.zoned(p, s.Order), form, v) })
}

// decision reads the prescriber's answer.
func (f form) decision(c models.OrderContent, l *fault.List) models.Decision {
	d := models.Decision{Approve: f.get("act") == "approve", Reason: f.get("reason"), Name: f.get("name")}
	if d.Approve && f.ticked("other") {
		p := f.patch("scope", c, l)
		d.Scope = &p
	}
	return d
}

func (r *request) decideChange() error {
	s, err := r.net.ChangeRequest(r.ctx, r.by, r.changeID())
	if err != nil {
		return err
	}
	var l fault.List
	d := r.form.decision(s.Order.Content, &l)
	if err = l.Invalid("The answer needs correction."); err == nil {
		s, err = r.net.DecideChange(r.once("decide"), r.by, r.changeID(), d)
	}
	return r.changed(s, err, "change_answered")
}

func (r *request) changed(s models.ChangeSheet, err error, said string) error {
	if e, ok := refusal(err); ok {
		return r.showChange(statusOf(err), view.Form{Values: r.form.values, Refusal: e})
	}
	if err != nil {
		return err
	}
	if r.realm == providerRealm {
		return r.to("/provider/changes/"+string(s.Request.ID), said)
	}
	return r.to("/changes/"+string(s.Request.ID), said)
}

func (r *request) withdrawChange() error {
	s, err := r.net.WithdrawChange(r.once("withdraw"), r.by, r.changeID())
	return r.changed(s, err, "change_withdrawn")
}

// reopenChange sends a wish that had ended with an explanation, as it was kept.
func (r *request) reopenChange() error {
	s, err := r.net.ChangeRequest(r.ctx, r.by, r.changeID())
	if err != nil {
		return err
	}
	s, err = r.net.ReopenChange(r.once("reopen"), r.by, r.changeID(), s.Request.Proposed, "")
	return r.changed(s, err, "change_sent")
}

// recordAnswer notes what the prescriber said on the phone.
func (r *request) recordAnswer() error {
	var l fault.List
	a := models.AnswerDraft{Decision: models.Decision{Approve: r.form.get("act") == "approve", Reason: r.form.get("reason")}, Via: models.ViaVerbal,
		Verbal: &models.VerbalDraft{GivenBy: r.form.get("verbal/given_by"), TakenAt: r.moment("verbal/taken_at", &l), ReadBack: r.form.ticked("verbal/read_back")}}
	var s models.ChangeSheet
	err := l.Invalid("The answer needs correction.")
	if err == nil {
		s, err = r.net.RecordAnswer(r.once("answer"), r.by, r.changeID(), a)
	}
	return r.changed(s, err, "change_answered")
}

func (r *request) faxBackForm() error {
	p, err := r.net.FaxBackForm(r.ctx, r.by, r.changeID())
	if err != nil {
		return err
	}
	return r.pdf("fax-back", r.param("id"), p.Bytes)
}
