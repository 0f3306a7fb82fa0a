package web

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"rapport/models"
	"rapport/models/fault"
	"rapport/web/view"
)

func (r *request) recordPage() error { return r.showRecord(fiber.StatusOK, view.Form{}) }

// showRecord is the session form with the locked scope in sight; a booking
// fills in what was planned.
func (r *request) showRecord(status int, form view.Form) error {
	f, err := r.sessionForm()
	if err != nil {
		return err
	}
	return r.show(status, "Record a session", func(p view.Page) templ.Component { return view.RecordSession(p, form, f) })
}

func (r *request) sessionForm() (view.SessionForm, error) {
	f := view.SessionForm{Action: r.c.Path()}
	if err := r.by.May(models.WriteSessions); err != nil {
		return f, err
	}
	client := models.ClientID(r.param("client"))
	if id := r.param("id"); id != "" {
		o, err := r.net.Prescription(r.ctx, r.by, models.PrescriptionID(id))
		if err != nil {
			return f, err
		}
		f.Order, f.Visits, f.From, f.Until, client = &o.Prescription, o.Visits, o.From, o.Until, o.ClientID
		if f.Pace, err = r.net.Pace(r.ctx, r.by, o.ID, r.booking()); err != nil {
			return f, err
		}
		f.OrderName, f.AskURL, f.Measures = o.Content.Prescriber.Name, "/orders/"+id+"/ask", withoutPain(o.Content.Instruments)
	}
	if booking := r.booking(); booking != "" {
		b, err := r.net.Booking(r.ctx, r.by, booking)
		if err != nil {
			return f, err
		}
		f.BookingID, f.Minutes, f.Regions = b.ID, b.Minutes, b.Regions
		if b.StartsAt.Before(r.set.Now()) {
			f.StartsAt = r.local(b.StartsAt)
		}
	}
	if f.StartsAt == "" { // a session is written down when it is over
		f.StartsAt = r.local(r.set.Now().Add(-time.Duration(f.Planned()) * time.Minute))
	}
	var err error
	if f.Client, err = r.net.Client(r.ctx, r.by, client); err != nil {
		return f, err
	}
	f.Screening, err = r.net.Screening(r.ctx, r.by)
	return f, err
}

// booking is the one that the session completes, "" for none.
func (r *request) booking() models.BookingID {
	return models.BookingID(cmp.Or(r.form.get("booking_id"), r.query("booking")))
}

// withoutPain leaves out what the form asks anyway, and what takes more than
// one number.
func withoutPain(list []models.InstrumentKey) []models.InstrumentKey {
	var out []models.InstrumentKey
	for _, k := range list {
		if k != models.NPRS && k != models.ROM {
			out = append(out, k)
		}
	}
	return out
}

// recordSession writes the session down; what the order does not allow is
// refused with every reason, and may be kept as a deviation.
func (r *request) recordSession() error {
	f, err := r.sessionForm()
	if err != nil {
		return err
	}
	var l fault.List
	d := r.form.session(&l)
	d.ClientID, d.BookingID, d.StartedAt = f.Client.ID, f.BookingID, r.moment("started_at", &l)
	if f.Order != nil {
		d.PrescriptionID = f.Order.ID
	}
	var s models.Session
	err = l.Invalid("The session needs correction.")
	if err == nil && r.form.get("act") == "sign" { // before the session takes its visit
		err = d.SOAP.Signable()
	}
	if err == nil {
		s, err = r.net.RecordSession(r.once("record"), r.by, d)
	}
	e, refused := refusal(err)
	switch {
	case refused && e.Code == "safety.red_flag":
		return r.stopped(f, e)
	case refused:
		return r.show(statusOf(err), "Record a session", func(p view.Page) templ.Component {
			return view.RecordSession(p, view.Form{Values: r.form.values, Refusal: e}, f)
		})
	case err != nil:
		return err
	}
	if r.form.get("act") != "sign" {
		return r.to("/sessions/"+string(s.ID), "session_saved")
	}
	_, err = r.net.SignSession(r.once("sign"), r.by, s.ID)
	if e, ok := refusal(err); ok { // the session is kept; only its signature waits
		return r.showSession(statusOf(err), s.ID, view.Form{Refusal: e})
	}
	if err != nil {
		return err
	}
	return r.to("/sessions/"+string(s.ID), "session_signed")
}

// stopped shows a red flag: nothing else matters now.
func (r *request) stopped(f view.SessionForm, e *fault.Error) error {
	s := view.Stopped{Emergency: e.Refs["emergency"] != "", SessionID: e.Refs["stopped_session_id"], ReferID: e.Refs["referral_out_draft_id"]}
	var words []string
	for _, v := range e.Violations {
		words = append(words, v.Message)
	}
	return r.show(statusOf(e), "The session stops here", func(p view.Page) templ.Component { return view.SessionStopped(p, f.Client, s, words) })
}

// session reads what was done.
func (f form) session(l *fault.List) models.SessionDraft {
	return models.SessionDraft{Minutes: f.number("minutes", l), Regions: f.regions("regions"), Techniques: keys[models.Technique](f.list("techniques")),
		PrecautionsRead: keys[models.Precaution](f.list("precautions_acknowledged")), Screening: f.screening(), SOAP: f.soap(), Response: f.get("response"),
		AskDoctor: f.get("ask_doctor"), Readings: f.readings(l), Deviation: f.ticked("deviation"), DeviationReason: f.get("deviation/reason")}
}

func (f form) soap() models.SOAP {
	return models.SOAP{Subjective: f.get("soap/subjective"), Objective: f.get("soap/objective"), Assessment: f.get("soap/assessment"), Plan: f.get("soap/plan")}
}

// screening reads the safety check: one note and one place serve all answers.
func (f form) screening() models.Screening {
	s := models.Screening{Reviewed: f.ticked("screening/reviewed")}
	for _, k := range f.list("finding") {
		s.Findings = append(s.Findings, models.Finding{Key: k, Note: f.get("finding_note"), Region: models.RegionKey(f.get("finding_region")),
			Side: models.Side(f.get("finding_side"))})
	}
	return s
}

// readings reads pain before and after, the measures that the order asks for,
// and one motion.
func (f form) readings(l *fault.List) []models.Reading {
	var out []models.Reading
	add := func(field string, r models.Reading) {
		s := strings.Replace(f.get(field), ",", ".", 1)
		if s == "" {
			return
		}
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			l.Add("field.number", "/"+field, "Write a number here.")
			return
		}
		r.Value = &v
		out = append(out, r)
	}
	add("nprs.before", models.Reading{Instrument: models.NPRS, Taken: models.TakenBefore})
	add("nprs.after", models.Reading{Instrument: models.NPRS, Taken: models.TakenAfter})
	for _, in := range models.Instruments() {
		add("value."+string(in.Key), models.Reading{Instrument: in.Key, Taken: models.TakenBefore})
	}
	if region, motion, ok := strings.Cut(f.get("rom.motion"), "/"); ok {
		r := models.Reading{Instrument: models.ROM, Region: models.RegionKey(region), Motion: motion, Side: models.Side(f.get("rom.side"))}
		r.Taken = models.TakenBefore
		add("rom.before", r)
		r.Taken = models.TakenAfter
		add("rom.after", r)
	}
	return out
}
