package web

import (
	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"rapport/models"
	"rapport/models/fault"
	"rapport/referral"
	"rapport/web/view"
)

// clientPage is everything about one client, as far as the role goes.
func (r *request) clientPage() error {
	c, err := r.net.Client(r.ctx, r.by, models.ClientID(r.param("id")))
	if err != nil {
		return err
	}
	v := view.ClientView{Client: c, Writes: r.by.May(models.WriteSessions) == nil, Accepts: r.by.May(models.AcceptPrescription) == nil,
		Releases: r.by.May(models.WriteReleases) == nil, Discloses: r.by.May(models.ReadDisclosures) == nil, Audits: r.by.May(models.ReadAudit) == nil,
		Books: r.by.May(models.WriteBookings) == nil, Reporting: r.by.May(models.WriteReports) == nil}
	for _, part := range []func(*view.ClientView) error{r.clientPeople, r.clientOrders, r.clientNotes} {
		if err := part(&v); err != nil {
			return err
		}
	}
	return r.show(fiber.StatusOK, "Client", func(p view.Page) templ.Component {
		p.Wide = true
		return view.ClientPage(p, v)
	})
}

func (r *request) clientPeople(v *view.ClientView) error {
	var err error
	if v.Team, err = r.careTeam(v.Client.ID); err != nil {
		return err
	}
	list, err := r.net.Releases(r.ctx, r.by, v.Client.ID, models.Page{Limit: 20})
	for _, x := range list.Items {
		v.ReleaseList = append(v.ReleaseList, view.ReleaseLine{Release: x.Release, Status: x.Status})
	}
	return err
}

func (r *request) clientOrders(v *view.ClientView) error {
	orders, err := r.net.Prescriptions(r.ctx, r.by, referral.OrderQuery{ClientID: v.Client.ID}, models.Page{Limit: 20})
	if err != nil {
		return err
	}
	v.Outlooks = map[models.PrescriptionID]models.Outlook{}
	for _, o := range orders.Items {
		if o.Now == models.OrderActive {
			v.Active = append(v.Active, o)
			if v.Outlooks[o.ID], err = r.net.Outlook(r.ctx, r.by, o.ID); err != nil {
				return err
			}
		} else {
			v.Orders = append(v.Orders, o)
		}
	}
	diary, err := r.net.Bookings(r.ctx, r.by, referral.BookingFilter{ClientID: v.Client.ID, State: models.BookingBooked}, models.Page{Limit: 20})
	v.Bookings = diary.Items
	if err != nil {
		return err
	}
	referrals, err := r.net.Referrals(r.ctx, r.by, referral.ReferralQuery{ClientID: v.Client.ID}, models.Page{Limit: 10})
	v.Referrals = referrals.Items
	return err
}

func (r *request) clientNotes(v *view.ClientView) error {
	if r.by.May(models.ReadSessions) != nil {
		return nil
	}
	sessions, err := r.net.Sessions(r.ctx, r.by, referral.SessionFilter{ClientID: v.Client.ID}, models.Page{Limit: 10})
	if err != nil {
		return err
	}
	v.Sessions = sessions.Items
	reports, err := r.net.Reports(r.ctx, r.by, referral.ReportQuery{ClientID: v.Client.ID}, models.Page{Limit: 10})
	if err != nil {
		return err
	}
	v.Reports = reports.Items
	measured, err := r.net.Measures(r.ctx, r.by, v.Client.ID, "")
	if err != nil {
		return err
	}
	v.Trends = view.Trends(measured)
	v.Clocks, err = r.net.ReportClock(r.ctx, r.by, v.Client.ID)
	return err
}

// disclosuresPage is the ledger of what was told about a client, and to whom.
func (r *request) disclosuresPage() error {
	c, err := r.net.Client(r.ctx, r.by, models.ClientID(r.param("id")))
	if err != nil {
		return err
	}
	which, err := r.ledger()
	if err != nil {
		return err
	}
	list, err := r.net.Disclosures(r.ctx, r.by, c.ID, which, models.Page{Limit: 4 * pageSize, Cursor: r.query("after")})
	if err != nil {
		return err
	}
	return r.show(fiber.StatusOK, "Disclosures", func(p view.Page) templ.Component {
		return view.Disclosures(p, c, list.Items, which == models.DisclosuresStatutory, list.NextCursor)
	})
}

// ledger is the view of the disclosures that the address names, the full one
// without; any other is 422.
func (r *request) ledger() (models.DisclosureView, error) {
	switch v := models.DisclosureView(r.query("view")); v {
	case "", models.DisclosuresFull:
		return models.DisclosuresFull, nil
	case models.DisclosuresStatutory:
		return v, nil
	}
	return "", fault.New(fault.Invalid, "validation", "There is no such view of the disclosures.").With(fault.Violation{Code: "view.unknown", Pointer: "/view",
		Message: "The disclosures are shown in full, or as the statutory accounting.", Allowed: []models.DisclosureView{models.DisclosuresFull, models.DisclosuresStatutory}})
}

func (r *request) disclosureLog() error {
	which, err := r.ledger()
	if err != nil {
		return err
	}
	b, err := r.net.DisclosureLog(r.ctx, r.by, models.ClientID(r.param("id")), which)
	if err != nil {
		return err
	}
	return r.pdf("disclosures", r.param("id"), b)
}
