package web

import (
	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"rapport/api/wire"
	"rapport/models"
	"rapport/models/fault"
	"rapport/referral"
	"rapport/web/view"
)

// signLinkPage is what a link to a release opens. Looking at it does nothing
// and names nobody, so that a mail program may look first.
func (r *request) signLinkPage() error { return r.showSignDoor(fiber.StatusOK, view.Form{}) }

func (r *request) showSignDoor(status int, form view.Form) error {
	l, err := r.net.SigningLink(r.ctx, r.by, r.param("token"))
	if fault.CodeOf(err) == "link.ended" {
		return r.showServed(status)
	}
	if err != nil {
		return err
	}
	title, words, button := "Your signed release", "A practice keeps a copy for you. To read it, or to take it back, say who you are.", "Show it"
	if l.Waiting {
		title, words, button = "A form waits for you", "A massage practice asks whether it may tell your doctors how you are doing. To read the form, say who you are.", "Read the form"
	}
	return r.show(status, title, func(p view.Page) templ.Component {
		return view.LinkDoor(p, form, r.c.Path(), title, words, button, view.Field{Label: "Birth date", Hint: "Yours; if you sign for somebody else, theirs."}, l.TriesLeft)
	})
}

// showServed thanks whoever opens a link again that served: what they decided by
// it, where the copy is and how to take a signature back.
func (r *request) showServed(status int) error {
	l, err := r.net.SpentSigningLink(r.ctx, r.by, r.param("token"))
	if err != nil {
		return err
	}
	title := "You signed this form"
	switch {
	case l.Revoked:
		title = "You took this release back"
	case l.Signed.IsZero():
		title = "You did not sign"
	}
	return r.show(status, title, func(p view.Page) templ.Component {
		p.Loc = l.Zone
		switch {
		case l.Revoked:
			return view.LinkDone(p, title, "Since then nothing more is told under it. If you want a copy for your papers, ask the practice for one.")
		case l.Signed.IsZero():
			return view.LinkDone(p, title, "You decided so on "+p.When(l.UsedAt)+". Nothing is told, and nothing changes in your care. If you want to read the form again, ask the practice.")
		}
		return view.LinkDone(p, title, "Thank you: it was signed on "+p.When(l.Signed)+", and this link has done its work. Your copy came by a second mail, with a link of its own: there you read it, save it, or take the release back. Is that mail gone? Ask the practice for a copy, and tell them whenever you want to take it back.")
	})
}

// useSignLink opens the form with the birth date, and takes what the client
// decides there. Reading and taking back go on while the disk is nearly full;
// signing waits.
func (r *request) useSignLink() error {
	var l fault.List
	born := r.form.date("birth_date", &l)
	if err := l.Invalid("Write the birth date."); err != nil {
		return r.refusedAtSignDoor(err)
	}
	token, act := r.param("token"), r.form.get("act")
	if act == "sign" || act == "decline" {
		if err := wire.Writable(r.ctx); err != nil {
			return err
		}
	}
	switch act {
	case "sign":
		return r.signByLink(token, born)
	case "decline":
		if _, err := r.net.DeclineByLink(r.once("decline"), r.by, token, born); err != nil {
			return r.refusedAtSignDoor(err)
		}
		return r.linkDone("You did not sign", "Nothing will be told, and nothing changes in your care. The practice sees that you decided so.")
	case "revoke":
		if _, err := r.net.RevokeByLink(r.once("revoke"), r.by, token, born, r.form.get("reason")); err != nil {
			return r.refusedAtSignDoor(err)
		}
		return r.linkDone("You took it back", "From now on nothing more is told under this release. The practice was informed.")
	}
	v, err := r.net.ReadReleaseByLink(r.ctx, r.by, token, born)
	if err != nil {
		return r.refusedAtSignDoor(err)
	}
	return r.showReading(fiber.StatusOK, view.Form{}, v, born)
}

func (r *request) showReading(status int, form view.Form, v referral.ReleaseReading, born models.Date) error {
	r.practice = v.At
	seen := view.ReleaseView{Client: v.Person, Practice: v.At, Release: v.Release, Status: v.Status}
	title := "Please read and sign"
	if v.Status != models.ReleaseDraft {
		title = "Your signed release"
	}
	return r.show(status, title, func(p view.Page) templ.Component {
		if v.Status != models.ReleaseDraft {
			return view.SignedByLink(p, form, r.c.Path(), string(born), seen)
		}
		p.Signs = true
		return view.SignByLink(p, form, r.c.Path(), string(born), seen, consent)
	})
}

func (r *request) signByLink(token string, born models.Date) error {
	_, err := r.net.SignByLink(r.once("sign"), r.by, token, born, r.form.signature())
	if e, ok := refusal(err); ok && e.Kind == fault.Invalid {
		v, err := r.net.ReadReleaseByLink(r.ctx, r.by, token, born)
		if err != nil {
			return r.refusedAtSignDoor(err)
		}
		return r.showReading(statusOf(e), view.Form{Values: r.form.values, Refusal: e}, v, born)
	}
	if err != nil {
		return r.refusedAtSignDoor(err)
	}
	return r.linkDone("Thank you, it is signed", "Your copy comes by mail with a link of its own. There you can also take the release back for 14 days; after that, tell the practice, whenever you like.")
}

func (r *request) refusedAtSignDoor(err error) error {
	if fault.CodeOf(err) == "link.ended" {
		return r.showServed(statusOf(err))
	}
	e, ok := refusal(err)
	if !ok {
		return err
	}
	return r.showSignDoor(statusOf(err), view.Form{Values: r.form.values, Refusal: e})
}

func (r *request) linkDone(title, words string) error {
	return r.show(fiber.StatusOK, title, func(p view.Page) templ.Component { return view.LinkDone(p, title, words) })
}

// signLinkDocument gives the form, or the signed copy, as PDF.
func (r *request) signLinkDocument() error {
	var l fault.List
	d, err := r.net.DocumentByLink(r.ctx, r.by, r.param("token"), r.form.date("birth_date", &l))
	if err != nil {
		return err
	}
	return r.pdf("release", string(d.ID), d.Bytes)
}
