package web

import (
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"rapport/models"
	"rapport/models/fault"
	"rapport/web/view"
)

func (r *request) releasePage() error { return r.showRelease(fiber.StatusOK, view.Form{}) }

func (r *request) releaseView(id models.ReleaseID) (view.ReleaseView, error) {
	v, err := r.net.Release(r.ctx, r.by, id)
	if err != nil {
		return view.ReleaseView{}, err
	}
	c, err := r.net.Client(r.ctx, r.by, v.ClientID)
	return view.ReleaseView{Client: c, Practice: r.practice, Release: v.Release, Status: v.Status, KeptUntil: v.KeptUntil,
		MayWrite: r.by.May(models.WriteReleases) == nil, Now: r.localNow()}, err
}

// localNow is this moment as a form's field writes it.
func (r *request) localNow() string {
	return r.local(r.set.Now())
}

// local is an instant as a field for a time takes it, in the page's zone.
func (r *request) local(t time.Time) string {
	return t.In(r.location()).Format("2006-01-02T15:04")
}

// moment reads a local time of the page.
func (r *request) moment(name string, l *fault.List) time.Time {
	s := r.form.get(name)
	if s == "" {
		return time.Time{}
	}
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05"} {
		t, err := time.ParseInLocation(layout, s, r.location())
		if err == nil && t.Format(layout) != s { // the hour that summer time skips
			l.Add("time.invalid", "/"+name, "The clock skipped this hour on that day; write a time before or after it.")
			return time.Time{}
		}
		if err == nil {
			return t.UTC()
		}
	}
	l.Add("time.invalid", "/"+name, "Write a day and a time, for example 2026-03-14 15:30.")
	return time.Time{}
}

func (r *request) showRelease(status int, form view.Form) error {
	v, err := r.releaseView(models.ReleaseID(r.param("id")))
	if err != nil {
		return err
	}
	return r.show(status, "Release", func(p view.Page) templ.Component { return view.ReleasePage(p, form, v) })
}

// refusedRelease shows the release again with the reason.
func (r *request) refusedRelease(err error) error {
	e, ok := refusal(err)
	if !ok {
		return err
	}
	return r.showRelease(statusOf(err), view.Form{Values: r.form.values, Refusal: e})
}

func (r *request) sendSigningLink() error {
	id := models.ReleaseID(r.param("id"))
	if _, err := r.net.SendSigningLink(r.once("link"), r.by, id, r.form.get("email")); err != nil {
		return r.refusedRelease(err)
	}
	return r.to("/releases/"+string(id), "link_sent")
}

// revokeRelease works from this moment on; when it was received is kept too. A
// form knows minutes: "this minute" is now and not the future.
func (r *request) revokeRelease() error {
	id := models.ReleaseID(r.param("id"))
	var l fault.List
	d := models.RevocationDraft{ReceivedAt: r.moment("received_at", &l), Channel: r.form.get("channel"), Reason: r.form.get("reason")}
	if err := l.Invalid("The revocation needs correction."); err != nil {
		return r.refusedRelease(err)
	}
	if d.ReceivedAt.IsZero() {
		d.ReceivedAt = r.set.Now()
	}
	if _, err := r.net.RevokeRelease(r.once("revoke"), r.by, id, d); err != nil {
		return r.refusedRelease(err)
	}
	return r.to("/releases/"+string(id), "release_revoked")
}

func (r *request) releaseDocument() error {
	d, err := r.net.ReleaseDocument(r.ctx, r.by, models.ReleaseID(r.param("id")))
	if err != nil {
		return err
	}
	return r.pdf("release", r.param("id"), d.Bytes)
}

var consent = view.Consent{Words: models.ElectronicConsent, Intent: models.SigningIntent}

func (r *request) signReleasePage() error { return r.showSigning(fiber.StatusOK, view.Form{}) }

func (r *request) showSigning(status int, form view.Form) error {
	v, err := r.releaseView(models.ReleaseID(r.param("id")))
	if err != nil {
		return err
	}
	if v.Status != models.ReleaseDraft {
		return r.to("/releases/"+string(v.Release.ID), "")
	}
	return r.show(status, "Please read and sign", func(p view.Page) templ.Component {
		p.Signs = true
		return view.SignHere(p, form, v, consent)
	})
}

func (r *request) signRelease() error {
	id := models.ReleaseID(r.param("id"))
	v, err := r.net.SignRelease(models.WithIfMatch(r.once("sign"), r.version()), r.by, id, r.form.signature())
	if e, ok := refusal(err); ok {
		return r.showSigning(statusOf(err), view.Form{Values: r.form.values, Refusal: e})
	}
	if err != nil {
		return err
	}
	return r.to("/releases/"+string(id), onPaper("release_signed", v.Warnings))
}
