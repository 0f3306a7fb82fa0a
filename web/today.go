package web

import (
	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"rapport/models"
	"rapport/referral"
	"rapport/web/view"
)

// todayPage is the practice's day: what waits in the worklists, the most urgent
// in front, and what is in none of them.
func (r *request) todayPage() error {
	if r.runsServer() {
		return r.to("/server", "")
	}
	v := view.TodayView{Writes: r.by.May(models.WriteSessions) == nil}
	diary, err := r.net.Bookings(r.ctx, r.by, referral.BookingFilter{Day: r.today()}, models.Page{Limit: pageSize})
	if err != nil {
		return err
	}
	v.Bookings = diary.Items
	if v.Counts, err = r.net.Worklists(r.ctx, r.by); err != nil {
		return err
	}
	if v.Open, err = r.net.MostUrgent(r.ctx, r.by, view.OpenShown); err != nil {
		return err
	}
	clients, err := r.net.Clients(r.ctx, r.by, "", models.Page{Limit: 1})
	if err != nil {
		return err
	}
	v.Fresh, v.Owner = len(clients.Items) == 0, r.by.May(models.WritePractice) == nil
	if v.Writes {
		if err := r.todayNotes(&v); err != nil {
			return err
		}
	}
	return r.show(fiber.StatusOK, "Today", func(p view.Page) templ.Component {
		p.Wide = true
		return view.Today(p, v)
	})
}

// todayNotes are what only those see who treat: notes without a signature, how
// many reports went out on the day, mails that failed.
func (r *request) todayNotes(v *view.TodayView) error {
	f := referral.SessionFilter{State: models.NoteOpen, TherapistID: r.by.UserID}
	if r.by.Is(models.Owner) {
		f.TherapistID = ""
	}
	notes, err := r.net.Sessions(r.ctx, r.by, f, models.Page{Limit: pageSize})
	if err != nil {
		return err
	}
	v.Notes = notes.Items
	if v.Standing, err = r.net.ReportStanding(r.ctx, r.by); err != nil {
		return err
	}
	for _, state := range []models.MessageState{models.MessageFailed, models.MessageUncertain} {
		list, err := r.net.Messages(r.ctx, r.by, referral.MessageQuery{State: state}, models.Page{Limit: pageSize})
		if err != nil {
			return err
		}
		v.Failed += len(list.Items)
	}
	return nil
}
