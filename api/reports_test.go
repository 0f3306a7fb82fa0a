package api_test

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"rapport/api/apitest"
	"rapport/models"
	"rapport/models/store"
	"rapport/models/store/storetest"
)

// treated is an order in force with two signed sessions.
func treated(w *storetest.World, c models.Client) models.Prescription {
	p := models.Prescription{ID: models.PrescriptionID(w.NewID()), SeriesID: models.SeriesID(w.NewID()), Version: 1, ClientID: c.ID, PrescriberID: w.Provider.ID,
		Status: models.OrderActive, Source: models.FromPortal, CreatedBy: w.Doctor.UserID, CreatedAt: w.Clock.Now(), Content: models.OrderContent{ValidFrom: "2026-03-01",
			ValidUntil: "2026-06-30", Expiry: models.Strict, Clock: models.ClockIssued, Scope: models.Scope{Regions: []models.RegionSide{{Region: "neck"}}, MinutesPerSession: 30, SessionsTotal: 6}}}
	w.Write(func(tx *store.Tx) error {
		if err := tx.AddSeries(models.Series{ID: p.SeriesID, ClientID: c.ID, CurrentID: p.ID, Allowed: 6}); err != nil {
			return err
		}
		if err := tx.AddPrescription(p); err != nil {
			return err
		}
		for i, pain := range []float64{7, 3} {
			at := w.Clock.Now().AddDate(0, 0, i-2)
			s := models.Session{ID: models.SessionID(w.NewID()), ClientID: c.ID, PrescriptionID: p.ID, SeriesID: p.SeriesID, TherapistID: w.Therapist.UserID, Kind: models.Prescribed,
				State: models.NoteSigned, VisitNumber: i + 1, StartedAt: at, LocalDate: models.DateOf(at, w.Practice.Location()), Minutes: 30, Regions: []models.RegionSide{{Region: "neck"}},
				SOAP:     models.SOAP{Subjective: "S", Objective: "O", Assessment: "A", Plan: "P"},
				Readings: []models.Reading{{Instrument: models.NPRS, Value: &pain, Taken: models.TakenBefore}}, SignedAt: &at, SignedBy: w.Therapist.UserID, CreatedAt: at}
			if _, err := tx.TakeVisit(p.SeriesID); err != nil {
				return err
			}
			s.ContentSHA256 = s.ContentHash()
			if err := tx.AddSession(s); err != nil {
				return err
			}
		}
		return nil
	})
	return p
}

// release has the client sign for these categories.
func release(s *apitest.Server, c models.Client, categories ...string) string {
	w := s.World
	body := releaseBody(w)
	body["categories"] = categories
	id := s.As(w.Therapist).Post("/api/v1/clients/"+string(c.ID)+"/releases", body).Want(201).Text("id")
	s.As(w.Desk).Post("/api/v1/releases/"+id+"/signature", map[string]any{"method": "typed", "name": "Ana Silva", "electronic_records_consent": true, "witness": "Dana Kim"}).Want(200)
	return id
}

func TestTheReportJourneyOverHTTP(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := apitest.New(t, w)
		c := w.Client("Ana", "Silva")
		p := treated(w, c)
		me, doctor := s.As(w.Therapist), s.As(w.Doctor)
		if clock := me.Get("/api/v1/clients/" + string(c.ID) + "/report-clock").Want(200); clock.Text("items.0.kind") != "initial" || clock.Text("items.0.state") != "overdue" {
			t.Errorf("clock %s", clock.Body)
		}
		r := me.Post("/api/v1/reports", map[string]any{"client_id": c.ID, "prescription_id": p.ID, "kind": "progress"}).Want(201)
		at := "/api/v1/reports/" + r.Text("id")
		if r.Text("status") != "draft" || r.Text("provider_id") != string(w.Provider.ID) || r.Text("missing.0.code") != "report.recommendation" || r.Header.Get("Location") != at {
			t.Errorf("draft %s", r.Body)
		}
		me.Post(at+"/signature", map[string]any{}).Refused(422, "report.incomplete")
		me.Patch(at, map[string]any{"narrative": map[string]any{"recommendation": "Go on"}}).Refused(428, "if_match.required")
		me.Patch(at, map[string]any{"narrative": map[string]any{"recommendation": "Go on"}}, "If-Match", r.Header.Get("ETag")).Want(200)
		me.Patch(at, map[string]any{"from": "2026-01-01"}, "If-Match", r.Header.Get("ETag")).Refused(412, "version.stale")
		me.Get(at+"/pdf").Refused(409, "report.not_signed")
		if pdf := me.Get(at + "/preview").Want(200); pdf.Header.Get("Content-Type") != "application/pdf" {
			t.Errorf("preview %s", pdf.Header)
		}
		id := release(s, c, "progress_report", "measures", "session_notes")
		signed := me.Post(at+"/signature", map[string]any{}).Want(200)
		if signed.Text("status") != "signed" || len(signed.Text("sha256")) != 64 || signed.At("partial") != false {
			t.Errorf("signed %s", signed.Body)
		}
		send := map[string]any{"provider_id": w.Provider.ID, "channel": "portal"}
		me.Post(at+"/deliveries", send).Refused(400, "idempotency.key_required")
		doctor.Get(at+"/pdf").Refused(404, "not_found")
		one := me.Post(at+"/deliveries", send, "Idempotency-Key", "k1").Want(201)
		two := me.Post(at+"/deliveries", send, "Idempotency-Key", "k1").Want(201)
		if one.Text("id") == "" || one.Text("id") != two.Text("id") || one.Text("state") != "queued" {
			t.Errorf("one key gave two deliveries: %s %s", one.Body, two.Body)
		}
		pdf := doctor.Get(at + "/pdf").Want(200)
		if sum := sha256.Sum256(pdf.Body); hex.EncodeToString(sum[:]) != signed.Text("sha256") || pdf.Header.Get("ETag") != `"`+signed.Text("sha256")+`"` {
			t.Error("the doctor got other bytes than were signed")
		}
		if l := doctor.Get("/api/v1/reports").Want(200); l.Text("items.0.id") != r.Text("id") || l.Text("items.0.client_name.family") != "Silva" || l.Text("items.0.delivery.state") != "downloaded" {
			t.Errorf("the doctor's list %s", l.Body)
		}
		if ack := doctor.Post(at+"/acknowledgement", map[string]any{"reply": "Thanks"}).Want(200); ack.Text("state") != "acknowledged" || strings.Contains(string(ack.Body), `:""`) {
			t.Errorf("answer %s", ack.Body)
		}
		if d := me.Get("/api/v1/deliveries?report_id=" + r.Text("id")).Want(200); d.Text("items.0.reply") != "Thanks" || d.Text("items.0.events.0.state") != "prepared" {
			t.Errorf("deliveries %s", d.Body)
		}
		if clock := me.Get("/api/v1/report-clocks").Want(200); clock.At("items.0") != nil {
			t.Errorf("nothing is owed after the report: %s", clock.Body)
		}
		s.As(w.Owner).Post("/api/v1/releases/"+id+"/revocation", map[string]any{"received_at": w.Clock.Now(), "channel": "letter"}).Want(200)
		doctor.Get(at+"/pdf").Refused(410, "release.ended")
		doctor.Get(at).Refused(410, "release.ended")
		if l := doctor.Get("/api/v1/reports").Want(200); l.Text("items.0.withheld") != "release.ended" || strings.Contains(string(l.Body), "Silva") {
			t.Errorf("the doctor's list after the revocation %s", l.Body)
		}
		me.Post(at+"/deliveries", send, "Idempotency-Key", "k2").Refused(403, "release_required")
		s.As(w.Doctor2).Get(at+"/pdf").Refused(404, "not_found")
		s.As(w.Stranger).Get(at+"/pdf").Refused(404, "not_found")
		s.As(w.Desk).Get(at).Refused(403, "role.not_allowed")
		if strings.Contains(s.Logged(), "Silva") {
			t.Error("the log names the client")
		}
	})
}

func TestDeliveriesByHandAndOverridesOverHTTP(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := apitest.New(t, w)
		c := w.Client("Ana", "Silva")
		p := treated(w, c)
		me := s.As(w.Therapist)
		r := me.Post("/api/v1/reports", map[string]any{"client_id": c.ID, "prescription_id": p.ID, "kind": "progress", "narrative": map[string]any{"recommendation": "Go on"}}).Want(201)
		at := "/api/v1/reports/" + r.Text("id")
		me.Post(at+"/signature", nil).Want(200)
		send := map[string]any{"provider_id": w.Provider.ID, "channel": "letter"}
		if no := me.Post(at+"/deliveries", send, "Idempotency-Key", "a").Refused(403, "release_required"); strings.Join(no.Violations(), " ") != "release.none" {
			t.Errorf("reasons %v", no.Violations())
		}
		send["override"] = map[string]any{"basis": "treatment", "reason": "Acute pain, seen tomorrow."}
		d := me.Post(at+"/deliveries", send, "Idempotency-Key", "b").Want(201)
		if d.Text("state") != "prepared" || d.Text("override.basis") != "treatment" {
			t.Errorf("delivery %s", d.Body)
		}
		by := "/api/v1/deliveries/" + d.Text("id")
		if cover := me.Get(by + "/cover").Want(200); cover.Header.Get("Content-Type") != "application/pdf" {
			t.Errorf("cover %s", cover.Header)
		}
		me.Post(by+"/events", map[string]any{"state": "opened", "note": "x"}).Refused(422, "validation")
		me.Post(by+"/events", map[string]any{"state": "sent", "note": ""}).Refused(422, "validation")
		me.Post(by+"/events", map[string]any{"state": "sent", "note": "x", "at": w.Clock.Now().Add(time.Hour)}).Refused(422, "validation")
		if x := me.Post(by+"/events", map[string]any{"state": "sent", "note": "Fax 12:04, page 4 of 4"}).Want(200); x.Text("state") != "sent" || x.Text("events.1.note") != "Fax 12:04, page 4 of 4" {
			t.Errorf("proof %s", x.Body)
		}
		if l := s.As(w.Owner).Get("/api/v1/overrides").Want(200); l.Text("items.0.id") != d.Text("id") || l.Text("items.0.override.reason") == "" || l.Text("items.0.client_name.family") != "Silva" {
			t.Errorf("overrides %s", l.Body)
		}
		w.Clock.Advance(73 * time.Hour)
		me = s.As(w.Therapist)
		me.Get(by+"/cover").Refused(403, "release_required")
		if x := me.Post(by+"/misdirected", map[string]any{"note": "Wrong fax number"}).Want(200); x.Text("state") != "stopped" || x.Text("reason") != "delivery.misdirected" {
			t.Errorf("misdirected %s", x.Body)
		}
		me.Post(by+"/events", map[string]any{"state": "delivered", "note": "late"}).Refused(409, "delivery.stopped")
		s.As(w.Stranger).Get(by).Refused(404, "not_found")
		s.As(w.Doctor).Get("/api/v1/overrides").Refused(403, "role.not_allowed")
	})
}

func TestALinkOpensAReportOnceOverHTTP(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := apitest.New(t, w)
		c := w.Client("Ana", "Silva")
		p := treated(w, c)
		me, anyone := s.As(w.Therapist), s.Anonymous()
		release(s, c, "progress_report", "measures")
		r := me.Post("/api/v1/reports", map[string]any{"client_id": c.ID, "prescription_id": p.ID, "kind": "progress", "narrative": map[string]any{"recommendation": "Go on"}}).Want(201)
		at := "/api/v1/reports/" + r.Text("id")
		signed := me.Post(at+"/signature", nil).Want(200)
		d := me.Post(at+"/deliveries", map[string]any{"provider_id": w.Provider.ID, "channel": "link"}, "Idempotency-Key", "a").Want(201)
		w.Write(func(tx *store.Tx) error {
			return tx.AddLink(models.Link{TokenHash: models.HashToken("secret"), Kind: models.LinkReport, ObjectID: d.Text("id"), ClientID: c.ID, ProviderID: w.Provider.ID, Email: "x@y.example"})
		})
		link := "/api/v1/links/report/secret"
		if page := anyone.Get(link).Want(200); page.At("tries_left") != 5.0 || strings.Contains(string(page.Body), "Silva") {
			t.Errorf("page %s", page.Body)
		}
		anyone.Get("/api/v1/links/report/other").Refused(404, "not_found")
		anyone.Post(link, map[string]any{}).Refused(422, "validation")
		anyone.Post(link, map[string]any{"birth_date": "1984-05-18"}).Refused(403, "link.birth_date")
		right := map[string]any{"birth_date": "1984-05-17", "reply": "Seen"}
		anyone.Post(link+"/acknowledgement", right).Refused(409, "link.not_opened")
		pdf := anyone.Post(link, map[string]any{"birth_date": "1984-05-17"}).Want(200)
		if sum := sha256.Sum256(pdf.Body); hex.EncodeToString(sum[:]) != signed.Text("sha256") {
			t.Error("the link gave other bytes than were signed")
		}
		anyone.Post(link, map[string]any{"birth_date": "1984-05-17"}).Refused(410, "link.ended")
		anyone.Post(link+"/acknowledgement", right).Want(204)
		if got := me.Get("/api/v1/deliveries/" + d.Text("id")).Want(200); got.Text("state") != "acknowledged" || got.Text("reply") != "Seen" {
			t.Errorf("delivery %s", got.Body)
		}
		anyone.Post(link+"/misdirected", nil).Want(204)
		anyone.Post(link+"/acknowledgement", right).Refused(410, "link.ended")
	})
}
