package web

import (
	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"rapport/models"
	"rapport/models/fault"
	"rapport/referral"
	"rapport/web/view"
)

func (r *request) sessionID() models.SessionID { return models.SessionID(r.param("id")) }

func (r *request) sessionPage() error {
	return r.showSession(fiber.StatusOK, r.sessionID(), view.Form{})
}

func (r *request) showSession(status int, id models.SessionID, form view.Form) error {
	s, err := r.net.Session(r.ctx, r.by, id)
	if err != nil {
		return err
	}
	c, err := r.net.Client(r.ctx, r.by, s.ClientID)
	if err != nil {
		return err
	}
	v := view.SessionView{Session: s, Client: c, Mine: s.TherapistID == r.by.UserID || s.CreatedBy == r.by.UserID, Owner: r.by.Is(models.Owner),
		Writes: r.by.May(models.WriteSessions) == nil}
	if s.State == models.NoteSigned {
		clock, owed, err := r.due(s.ClientID, s.SeriesID)
		if err != nil {
			return err
		}
		if owed {
			v.Due = clock
		}
	}
	return r.show(status, "Session", func(p view.Page) templ.Component { return view.SessionPage(p, form, v) })
}

func (r *request) afterSession(err error, said string) error {
	if e, ok := refusal(err); ok {
		return r.showSession(statusOf(err), r.sessionID(), view.Form{Values: r.form.values, Refusal: e})
	}
	if err != nil {
		return err
	}
	return r.to("/sessions/"+string(r.sessionID()), said)
}

func (r *request) signSession() error {
	_, err := r.net.SignSession(models.WithIfMatch(r.once("sign"), r.version()), r.by, r.sessionID())
	return r.afterSession(err, "session_signed")
}

func (r *request) addAddendum() error {
	_, err := r.net.AddAddendum(r.once("addendum"), r.by, r.sessionID(), r.form.get("text"))
	return r.afterSession(err, "addendum_added")
}

func (r *request) voidSession() error {
	_, err := r.net.VoidSession(r.once("void"), r.by, r.sessionID(), r.form.get("reason"))
	return r.afterSession(err, "session_voided")
}

func (r *request) notePage() error { return r.showNote(fiber.StatusOK, view.Form{}) }

func (r *request) showNote(status int, form view.Form) error {
	s, err := r.net.Session(r.ctx, r.by, r.sessionID())
	if err != nil {
		return err
	}
	c, err := r.net.Client(r.ctx, r.by, s.ClientID)
	if err != nil {
		return err
	}
	return r.show(status, "Edit the note", func(p view.Page) templ.Component { return view.NotePage(p, form, s, c) })
}

// changeNote saves an unsigned note when nobody else changed it meanwhile.
func (r *request) changeNote() error {
	soap, response, ask := r.form.soap(), r.form.get("response"), r.form.get("ask_doctor")
	_, err := r.net.ChangeNote(r.seen(), r.by, r.sessionID(), referral.NoteDraft{SOAP: &soap, Response: &response, AskDoctor: &ask})
	if e, ok := refusal(err); ok {
		return r.showNote(statusOf(err), view.Form{Values: r.form.values, Refusal: e})
	}
	if err != nil {
		return err
	}
	if r.form.get("act") != "sign" {
		return r.to("/sessions/"+string(r.sessionID()), "session_saved")
	}
	_, err = r.net.SignSession(r.once("sign"), r.by, r.sessionID())
	if e, ok := fault.As(err); ok && e.Kind != fault.Unavailable {
		return r.showSession(statusOf(err), r.sessionID(), view.Form{Refusal: e})
	}
	return r.afterSession(err, "session_signed")
}
