package referral

import (
	"bytes"
	"crypto/rand"
	"os/exec"
	"strings"
	"testing"
	"time"

	"rapport/models"
	"rapport/models/store"
	"rapport/referral/delivery"
	"rapport/referral/mail"
)

// clinic is a desk with an order in force and a post office.
type clinic struct {
	*desk
	order models.Prescription
	box   *mail.Memory
	post  *delivery.Delivery
}

func eachClinic(t *testing.T, f func(t *testing.T, c *clinic)) {
	eachDesk(t, func(t *testing.T, d *desk) {
		c := &clinic{desk: d, box: &mail.Memory{}}
		var err error
		c.post, err = delivery.New(delivery.Config{DB: d.DB, Network: d.net, Sender: c.box, PublicURL: "https://rapport.example", Now: d.Clock.Now, Random: rand.Reader})
		if err != nil {
			t.Fatal(err)
		}
		d.DB.SetQueue(c.post)
		c.order = models.Prescription{ID: models.PrescriptionID(d.NewID()), PracticeID: d.Practice.ID, SeriesID: models.SeriesID(d.NewID()), Version: 1, ClientID: d.client.ID,
			PrescriberID: d.Provider.ID, Status: models.OrderActive, Source: models.FromPortal, IssuedOn: "2026-03-01", CreatedBy: d.Doctor.UserID, CreatedAt: d.Clock.Now(),
			Content: models.OrderContent{DiagnosisCodes: []string{"M54.2"}, Scope: models.Scope{Regions: []models.RegionSide{{Region: "neck"}}, MinutesPerSession: 30, SessionsTotal: 12,
				Frequency: &models.Frequency{Sessions: 1, Per: models.PerWeek, Window: models.Calendar}}, ValidFrom: "2026-03-01", ValidUntil: "2026-06-30", Expiry: models.Strict,
				Clock: models.ClockIssued, Instruments: []models.InstrumentKey{models.NDI}, Prescriber: models.Prescriber{ProviderID: d.Provider.ID, Name: "Linh Nguyễn, DC"}}}
		c.order.ContentSHA256 = c.order.Content.SHA256()
		d.Write(func(tx *store.Tx) error {
			if err := tx.AddSeries(models.Series{ID: c.order.SeriesID, ClientID: d.client.ID, CurrentID: c.order.ID, Allowed: 12}); err != nil {
				return err
			}
			return tx.AddPrescription(c.order)
		})
		f(t, c)
	})
}

// session adds a signed session of a day with an NDI reading, and moves the
// clock to its evening.
func (c *clinic) session(t *testing.T, day models.Date, ndi float64, change ...func(*models.Session)) models.Session {
	t.Helper()
	at := day.Time(c.Practice.Location()).Add(10 * time.Hour).UTC()
	c.Clock.Set(at.Add(8 * time.Hour))
	signed := at.Add(time.Hour)
	s := models.Session{ID: models.SessionID(c.NewID()), PracticeID: c.Practice.ID, ClientID: c.client.ID, PrescriptionID: c.order.ID, SeriesID: c.order.SeriesID,
		TherapistID: c.Therapist.UserID, Kind: models.Prescribed, State: models.NoteSigned, StartedAt: at, LocalDate: day, Minutes: 30,
		Regions: []models.RegionSide{{Region: "neck"}}, Techniques: []models.Technique{"petrissage"}, Version: 1,
		SOAP:     models.SOAP{Subjective: "Stiff after driving.", Objective: "Tender trapezius.", Assessment: "Looser.", Plan: "Same again."},
		Readings: []models.Reading{{Instrument: models.NDI, Value: &ndi, Taken: models.TakenBefore}}, SignedAt: &signed, SignedBy: c.Therapist.UserID,
		CreatedBy: c.Therapist.UserID, CreatedAt: at}
	for _, f := range change {
		f(&s)
	}
	c.Write(func(tx *store.Tx) error {
		var err error
		if s.VisitNumber, err = tx.TakeVisit(s.SeriesID); err != nil {
			return err
		}
		s.ContentSHA256 = s.ContentHash()
		return tx.AddSession(s)
	})
	return s
}

func (c *clinic) outline(change ...func(*models.ReportOutline)) models.ReportOutline {
	o := models.ReportOutline{ClientID: c.client.ID, PrescriptionID: c.order.ID, Kind: models.ReportProgress,
		Narrative: models.Narrative{Summary: "Turning is easier.", Recommendation: "Continue as ordered."}}
	for _, f := range change {
		f(&o)
	}
	return o
}

func (c *clinic) report(t *testing.T, change ...func(*models.ReportOutline)) models.ReportView {
	t.Helper()
	r, err := c.net.DraftReport(c.ctx, c.Therapist, c.outline(change...))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// written is a signed report over three sessions.
func (c *clinic) written(t *testing.T, change ...func(*models.ReportOutline)) SignedReport {
	t.Helper()
	for i, ndi := range []float64{24, 18, 11} {
		c.session(t, models.Date("2026-03-09").AddDays(7*i), ndi)
	}
	r, err := c.net.SignReport(c.ctx, c.Therapist, c.report(t, change...).ID)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (c *clinic) send(t *testing.T, id models.ReportID, by models.Channel) models.Delivery {
	t.Helper()
	d, err := c.net.DeliverReport(c.ctx, c.Therapist, id, models.DeliveryDraft{ProviderID: c.Provider.ID, Channel: by})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (c *clinic) work(t *testing.T) {
	t.Helper()
	if _, err := c.post.Drain(c.ctx); err != nil {
		t.Fatal(err)
	}
}

func (c *clinic) delivery(t *testing.T, id models.DeliveryID) models.Delivery {
	t.Helper()
	d, err := c.net.Delivery(c.ctx, c.Therapist, id)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func states(d models.Delivery) string {
	var all []string
	for _, e := range d.Events {
		all = append(all, string(e.State))
	}
	return strings.Join(all, " ")
}

func everything(x *models.ReleaseTerms) { x.Categories = models.ReportCategories() }

// text reads the words of a PDF.
func text(t *testing.T, pdf []byte) string {
	t.Helper()
	cmd := exec.Command("pdftotext", "-layout", "-", "-")
	cmd.Stdin = bytes.NewReader(pdf)
	b, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(string(b)), " ")
}
