package referral_test

import (
	"context"
	"strings"
	"testing"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store/storetest"
)

// TestTheTrailSaysWhomAndWhatEachEventIsAbout: names are read with the trail
// and stand in no event.
func TestTheTrailSaysWhomAndWhatEachEventIsAbout(t *testing.T) {
	eachOrders(t, func(t *testing.T, o *orders) {
		rx := o.accepted()
		b := models.BookingDraft{ClientID: rx.ClientID, PrescriptionID: rx.ID, Minutes: 30, StartsAt: o.Clock.Now().AddDate(0, 0, 2), Regions: []models.RegionSide{{Region: "neck", Side: models.SideLeft}}}
		if _, err := o.net.Book(o.ctx, o.Therapist, b); err != nil {
			t.Fatal(err)
		}
		if _, err := o.net.Prescription(o.ctx, o.Doctor, rx.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := o.net.Provider(o.ctx, o.Owner, rx.PrescriberID); err != nil {
			t.Fatal(err)
		}
		l, err := o.net.AuditTrail(o.ctx, o.Owner, models.TrailFilter{}, models.Page{Limit: 200})
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]models.TrailLine{}
		for _, e := range l.Items {
			seen[e.Action] = e
			if (e.ClientID != "") != (e.Client != models.PersonName{}) {
				t.Errorf("%s of client %q names %q", e.Action, e.ClientID, e.Client)
			}
		}
		doctor := o.Provider.DisplayName()
		for action, want := range map[string]string{"booking.add": "Visit of ", "prescription.accept": "Order of ", "prescription.read": "by " + doctor, "disclosure.decide": " to " + doctor} {
			if got := seen[action]; !strings.Contains(got.Title, want) {
				t.Errorf("%s is about %q, not %q", action, got.Title, want)
			}
		}
		if d := seen["disclosure.decide"]; d.Record.Kind != "prescription" || d.Record.ID != string(rx.ID) {
			t.Errorf("a decision is read at %+v", d.Record)
		}
		if d := seen["prescription.read"]; len(d.For) != 1 || d.For[0] != doctor || len(d.Roles) != 1 || d.Roles[0] != models.ProviderRole {
			t.Errorf("the doctor acts as %v for %v", d.Roles, d.For)
		}
		if d := seen["booking.add"]; len(d.For) != 0 || len(d.Roles) == 0 {
			t.Errorf("a colleague acts as %v for %v", d.Roles, d.For)
		}
		own, err := o.net.AuditTrail(o.ctx, o.Owner, models.TrailFilter{ObjectID: string(rx.ID)}, models.Page{Limit: 200})
		decided := false
		for _, e := range own.Items {
			decided = decided || e.Action == "disclosure.decide"
		}
		if err != nil || !decided {
			t.Errorf("what was decided about an order is not among what was done to it: %v", err)
		}
	})
}

func TestTheTrailRefusesWhatIsNoQuestion(t *testing.T) {
	eachOrders(t, func(t *testing.T, o *orders) {
		before := len(trail(t, o.World, o.Practice.ID))
		for code, f := range map[string]models.TrailFilter{"date.invalid": {From: "nonsense", Until: "2026-02-30"}, "audit.id_invalid": {Actor: "Silva", ClientID: "x", ObjectID: "1"},
			"audit.action_unknown": {Action: "reports"}, "audit.days_reversed": {From: "2026-03-02", Until: "2026-03-01"}} {
			_, err := o.net.AuditTrail(o.ctx, o.Owner, f, models.Page{Limit: 5})
			e, ok := fault.As(err)
			if !ok || e.Kind != fault.Invalid || e.Code != "validation" || e.Violations[0].Code != code {
				t.Errorf("%+v: %v", f, err)
			}
		}
		for _, cursor := range []string{"nonsense", "!", "MA", "LTU"} { // MA and LTU are 0 and -5
			_, err := o.net.AuditTrail(o.ctx, o.Owner, models.TrailFilter{}, models.Page{Limit: 5, Cursor: cursor})
			if fault.CodeOf(err) != "cursor.invalid" {
				t.Errorf("cursor %q: %v", cursor, err)
			}
			_, err = o.net.Disclosures(o.ctx, o.Owner, o.accepted().ClientID, models.DisclosuresFull, models.Page{Limit: 5, Cursor: cursor})
			if fault.CodeOf(err) != "cursor.invalid" {
				t.Errorf("disclosures after %q: %v", cursor, err)
			}
		}
		for _, e := range trail(t, o.World, o.Practice.ID)[before:] {
			if e.Action == "audit.read" && e.Outcome == "done" {
				t.Errorf("nothing was read, and the trail says %+v", e)
			}
		}
	})
}

// TestTheTrailNamesWhoSignedIn, although nobody was signed in yet, and finds
// their sign-ins among what they did.
func TestTheTrailNamesWhoSignedIn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		f := withFactor(t, w)
		_, _ = f.net.SignIn(context.Background(), nobody, olga, "not this one at all", "")
		f.signIn(f.recovery[0])
		l, err := f.net.AuditTrail(context.Background(), w.Owner, models.TrailFilter{Actor: w.Owner.UserID, Action: "sign_in"}, models.Page{Limit: 50})
		if err != nil || len(l.Items) != 2 {
			t.Fatalf("%d lines, %v", len(l.Items), err)
		}
		in, failed := l.Items[0], l.Items[1]
		if in.Action != "sign_in.api" || in.ActorName != "Olga Müller" || len(in.Roles) != 2 {
			t.Errorf("signed in: %+v", in)
		}
		if failed.Outcome != "sign_in.failed" || failed.ActorName != "" || failed.Account != "Olga Müller" {
			t.Errorf("failed: %+v", failed)
		}
	})
}

// TestTheTrailNamesNobodyOfWhatADoctorHasNotSent: who stands only in a doctor's
// draft is not named to the practice, nor is the draft; both are once it is sent.
func TestTheTrailNamesNobodyOfWhatADoctorHasNotSent(t *testing.T) {
	eachOrders(t, func(t *testing.T, o *orders) {
		d := o.neckOnly()
		d.Client = &models.ClientDraft{Name: models.PersonName{Given: "Eve", Family: "Roe"}, BirthDate: "1990-04-02"}
		rx := o.writes(d)
		named := func() (out string) {
			l, err := o.net.AuditTrail(o.ctx, o.Therapist, models.TrailFilter{}, models.Page{Limit: 200})
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range l.Items {
				out += e.Client.String() + " " + e.Title + ";"
			}
			return out
		}
		if s := named(); strings.Contains(s, "Roe") || strings.Contains(s, "Order of") {
			t.Errorf("before it is sent: %s", s)
		}
		must(o.t2(o.net.SubmitPrescription(o.ctx, o.Doctor, rx.ID, models.Submission{Signature: typed("Linh Nguyễn"), ContentSHA256: rx.ContentSHA256})))
		if s := named(); !strings.Contains(s, "Roe") || !strings.Contains(s, "Order of") {
			t.Errorf("after it is sent: %s", s)
		}
	})
}
