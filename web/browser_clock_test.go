package web_test

import (
	"crypto/sha256"
	"encoding/hex"
	"path"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"rapport/models"
	"rapport/models/store/storetest"
)

// clocked is an order under WAC 296-23-250 on two phones: a report after six
// visits or a month, whichever comes first.
type clocked struct {
	story
	s *site
}

func TestTheWashingtonRuleOnTwoPhones(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) { theRule(t, storetest.NewWorld(t, engine)) })
	}
}

func theRule(t *testing.T, w *storetest.World) {
	s, address := served(t, w)
	browser := aBrowser(t)
	s.password("jose@ballard.example")
	s.password("linh@greenlake.example")
	x := &clocked{story{w: w, client: w.Client("Ana", "Silva"), therapist: phone(t, browser, address, "the therapist"), doctor: phone(t, browser, address, "the doctor")}, s}
	s.mayBeTold(x.client.ID, models.CategoryDemographics, models.CategoryPrescriptionStatus, models.CategoryMeasures, models.CategoryProgressReport, models.CategorySessionNotes)
	x.ordered()
	x.record(x.therapist)
	x.visits(5, 9, 12, 16) // of March
	x.on(time.March, 19)
	x.therapist.open("/today").reads("Write the initial report").readsNot("progress report").open(x.order).reads("5 of 20")
	x.record(x.therapist)
	x.therapist.reads("Visit 6", "The progress report to Linh Nguyễn, DC is due").open("/today").reads("1 report due", "Write the progress report · Linh Nguyễn, DC")
	x.on(time.March, 20)
	x.therapist.open("/reports").reads("Owed now", "1 overdue", "Progress report to Linh Nguyễn, DC")
	x.told("Six visits, pain halved.")
	x.therapist.open("/today").reads("0 reports due").readsNot("Write the progress report").open("/clients/" + string(x.client.ID)).reads("Nothing is owed now")
	x.visits(23)
	x.on(time.April, 21)
	x.therapist.open("/today").reads("0 reports due").readsNot("Write the progress report")
	x.on(time.April, 22)
	x.therapist.open("/today").reads("1 report due", "Write the progress report · Linh Nguyễn, DC").open(x.order).reads("7 of 20")
	x.told("One visit in a month, holding.")
	x.therapist.open("/today").reads("0 reports due")
}

// ordered is written with the rule on it, and accepted.
func (x *clocked) ordered() {
	x.doctor.signIn("linh@greenlake.example").press(`a[href="/provider/orders/new"]`).unfold(`[name="report_every/sessions"]`).
		write("client/name/given", "Ana", "client/name/family", "Silva", "diagnosis_codes", "M54.2", "scope/sessions_total", "20", "report_every/sessions", "6", "report_every/days", "30").
		choose("practice_id", string(x.w.Practice.ID), "client/birth_date", string(x.client.BirthDate), "scope/frequency/sessions", "2", "valid_until", "2026-06-30").
		tap(`label[for="f-scope-regions-neck-left"]`, `label[for="f-scope-regions-neck-right"]`).press(`button[name="act"][value="sign"]`).reads("Reports after 6 visits or 30 days, whichever is first")
	x.therapist.signIn("jose@ballard.example").press(`a[href^="/orders/"]`).choose("client_id", string(x.client.ID)).press(`form[action$="/accept"] button.main`).reads("0 of 20")
	x.order = x.therapist.address()
}

// on is noon of a day; who was signed in signs in anew.
func (x *clocked) on(m time.Month, day int) {
	x.w.Clock.Set(time.Date(2026, m, day, 19, 0, 0, 0, time.UTC))
	x.therapist.signIn("jose@ballard.example")
	x.doctor.signIn("linh@greenlake.example")
}

// visits are recorded and signed without the browser.
func (x *clocked) visits(days ...int) {
	t := x.s.t
	t.Helper()
	six, three := 6.0, 3.0
	for _, d := range days {
		x.w.Clock.Set(time.Date(2026, time.March, d, 19, 0, 0, 0, time.UTC))
		done, err := x.s.net.RecordSession(t.Context(), x.w.Therapist, models.SessionDraft{ClientID: x.client.ID, PrescriptionID: models.PrescriptionID(path.Base(x.order)),
			StartedAt: x.w.Clock.Now().Add(-time.Hour), Minutes: 30, Regions: []models.RegionSide{{Region: "neck", Side: models.SideLeft}}, Screening: models.Screening{Reviewed: true},
			SOAP:     models.SOAP{Subjective: "Stiff", Objective: "Tight", Assessment: "Easier", Plan: "Weekly"},
			Readings: []models.Reading{{Instrument: models.NPRS, Taken: models.TakenBefore, Value: &six}, {Instrument: models.NPRS, Taken: models.TakenAfter, Value: &three}}})
		if err == nil {
			_, err = x.s.net.SignSession(t.Context(), x.w.Therapist, done.ID)
		}
		if err != nil {
			t.Fatalf("the visit on March %d: %v", d, err)
		}
	}
}

// told goes from what is due to the file in the doctor's hands.
func (x *clocked) told(summary string) {
	x.therapist.open("/today").press(`#open a[href$="/reports/new?kind=progress"]`).reads("The progress report", " due ").
		write("narrative/summary", summary, "narrative/recommendation", "Continue as ordered.").
		press(`main form[action$="/reports/new"] button.main`).reads("Ready to sign", "Progress report").press(`form[action$="/sign"] button.main`).
		press(`form[action$="/deliver"] button.main`).reads("In the portal")
	report := x.therapist.address()
	if _, err := x.s.out.Drain(x.s.t.Context()); err != nil {
		x.s.t.Fatal(err)
	}
	x.doctor.open("/provider").reads("Read the report").press(`a[href="/provider` + report + `"]`)
	var want string
	x.doctor.do(chromedp.Text(".mono", &want, chromedp.ByQuery))
	if got := sha256.Sum256(x.doctor.saves(`a[download][href$="/pdf"]`)); hex.EncodeToString(got[:]) != want {
		x.doctor.t.Errorf("the doctor's file has the fingerprint %x, the page says %s", got, want)
	}
	x.therapist.open(report).reads("Downloaded")
}
