package web_test

import (
	"crypto/sha256"
	"encoding/hex"
	"net"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"rapport/models"
	"rapport/models/store/storetest"
)

// served is the portal on a listener of this machine.
func served(t *testing.T, w *storetest.World) (*site, string) {
	t.Helper()
	return servedAs(t, w, "127.0.0.1")
}

// servedAs is served under a name of this machine.
func servedAs(t *testing.T, w *storetest.World, host string) (*site, string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	address := "http://" + net.JoinHostPort(host, port)
	s := newSite(t, w, address)
	done := make(chan error, 1)
	go func() { done <- s.app.Listener(l) }()
	t.Cleanup(func() {
		_ = s.app.ShutdownWithTimeout(5 * time.Second)
		<-done
	})
	return s, address
}

// story is the story on two phones.
type story struct {
	therapist, doctor *tab
	w                 *storetest.World
	client            models.Client
	order             string // path of the order in force, as the practice sees it
}

func TestTheStoryOnTwoPhones(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) { theStory(t, storetest.NewWorld(t, engine)) })
	}
}

func theStory(t *testing.T, w *storetest.World) {
	s, address := served(t, w)
	browser := aBrowser(t)
	s.password("jose@ballard.example")
	s.password("linh@greenlake.example")
	x := &story{w: w, client: w.Client("Ana", "Silva"), therapist: phone(t, browser, address, "the therapist"), doctor: phone(t, browser, address, "the doctor")}
	x.release()
	x.write()
	x.record(x.therapist)
	x.therapist.reads("Visit 1").open(x.order).reads("1 of 4")
	w.Clock.Advance(7 * 24 * time.Hour)
	x.therapist.signIn("jose@ballard.example")
	x.doctor.signIn("linh@greenlake.example")
	x.outside()
	x.wish()
	x.record(x.therapist, `label[for="f-regions-lower_limb-left"]`, `label[for="f-regions-lower_limb-right"]`, `label[for="f-regions-foot-left"]`)
	x.therapist.reads("Visit 2", "Whole leg (group), both sides", "Foot and toes, left").open("/clients/" + string(x.client.ID)).reads("Mar 9").open(x.order).reads("2 of 4")
	x.report()
	w.Clock.Advance(7 * 24 * time.Hour)
	plain := phone(t, browser, address, "the therapist without scripts", withoutScript())
	var ran string
	plain.do(chromedp.Navigate(`data:text/html,<title>no</title><script>document.title="ran"</script>`), chromedp.Title(&ran))
	if ran != "no" {
		t.Fatal("the browser runs scripts")
	}
	plain.signIn("jose@ballard.example").reads("Today")
	x.record(plain)
	plain.reads("Visit 3").open(x.order).reads("3 of 4")
}

// release is drawn with a finger and names the chiropractor.
func (x *story) release() {
	x.therapist.signIn("jose@ballard.example").reads("Today").open("/clients").press(`a[href="/clients/`+string(x.client.ID)+`"]`).reads("Ana Silva").
		press(`a[href$="/releases/new"]`).choose("recipient_other", string(x.w.Provider.ID)).press(`main form[action$="/releases/new"] button[type=submit]`).
		press(`a[href$="/sign"]`).reads("Permission to share my health information", "Linh Nguyễn").
		tap(`label[for="f-electronic_records_consent-yes"]`).draw().press(`form[action$="/sign"] button.main`).
		reads("Signed by Ana Silva")
	var width int
	x.therapist.do(chromedp.Evaluate(`document.querySelector("img[alt='Signature of Ana Silva']").naturalWidth`, &width))
	if width < 100 {
		x.therapist.t.Errorf("the drawn signature is shown %d pixels wide", width)
	}
}

// write is the chiropractor's order, and its acceptance.
func (x *story) write() {
	x.doctor.signIn("linh@greenlake.example").press(`a[href="/provider/orders/new"]`).
		write("client/name/given", "Ana", "client/name/family", "Silva", "diagnosis_codes", "M54.2", "scope/sessions_total", "4").
		choose("practice_id", string(x.w.Practice.ID), "client/birth_date", string(x.client.BirthDate), "scope/minutes_per_session", "30", "scope/frequency/sessions", "1", "valid_until", "2026-03-29").
		tap(`label[for="f-scope-regions-neck-left"]`, `label[for="f-scope-regions-neck-right"]`).press(`button[name="act"][value="sign"]`).reads("Neck")
	x.therapist.open("/today").press(`a[href^="/orders/"]`).reads("Accept this order?").choose("client_id", string(x.client.ID)).
		press(`form[action$="/accept"] button.main`).reads("0 of 4")
	x.order = x.therapist.address()
}

// record writes a session down and signs it, with the limits in sight; taps
// come on top of the neck.
func (x *story) record(b *tab, more ...string) {
	b.open(x.order).press(`a[href$="/sessions/new"]`).reads("The order allows", "Neck", "30 min", "not in the order").tap(more...).
		tap(`label[for="f-screening-reviewed-yes"]`, `label[for="f-regions-neck-left"]`, `label[for="f-nprs-before-6"]`, `label[for="f-nprs-after-3"]`).
		write("soap/subjective", "Stiff", "soap/objective", "Tight", "soap/assessment", "Easier", "soap/plan", "Weekly").
		press(`button[name="act"][value="sign"]`).reads("Ana Silva", "Signed")
}

// outside is the second session as the client would have it: legs and feet. The
// page has no box for them; sent all the same, the session is refused and
// nothing of it is kept.
func (x *story) outside() {
	b := x.therapist.open(x.order).press(`a[href$="/sessions/new"]`).unfold(`a.ask`)
	var boxes int
	b.do(chromedp.Evaluate(`document.querySelectorAll("[name='regions.lower_limb'], [name='regions.foot']").length`, &boxes))
	if boxes != 0 {
		b.t.Errorf("%d boxes for regions that the order does not name", boxes)
	}
	b.do(chromedp.Evaluate(`["lower_limb", "foot"].forEach(key => document.querySelector("main form").append(
		Object.assign(document.createElement("input"), {type: "hidden", name: "regions." + key, value: "left"})))`, nil),
		chromedp.Clear(`[name="minutes"]`, chromedp.ByQuery))
	b.tap(`label[for="f-screening-reviewed-yes"]`, `label[for="f-regions-neck-left"]`).write("minutes", "45", "soap/subjective", "Legs and feet, please").
		refuses(409, `button[name="act"][value="sign"]`).
		reads("Whole leg (group), left is not in the order.", "Foot and toes, left is not in the order.", "It allows: Neck (cervical), both sides.",
			"The order allows 30 hands-on minutes; fewer are fine.", "Ask the doctor for a change", "Did it happen all the same?")
	b.open(x.order).reads("1 of 4").open("/clients/" + string(x.client.ID)).reads("Mar 2").readsNot("Mar 9")
}

// wish is one tap away from the locked region; the doctor opens the order.
func (x *story) wish() {
	var ask string
	x.therapist.open(x.order).press(`a[href$="/sessions/new"]`).unfold(`a.ask`)
	x.therapist.do(chromedp.AttributeValue(`a.ask[href$="region=lower_limb"]`, "href", &ask, nil, chromedp.ByQuery))
	x.therapist.open(ask).reads("Ask the doctor").unfold(`label[for="f-proposed-regions-foot-left"]`).
		tap(`label[for="f-share_words-yes"]`, `label[for="f-proposed-regions-foot-left"]`, `label[for="f-proposed-regions-foot-right"]`).
		press(`button[name="act"][value="send"]`).reads("Change request", "Whole leg", "Foot and toes")
	change := x.therapist.address()
	x.doctor.open("/provider").reads("Answer the question").press(`a[href^="/provider/changes/"]`).reads("I would like work on this too", "Whole leg", "Foot and toes").
		press(`button[name="act"][value="approve"]`).reads("Approved")
	x.therapist.open(change).press(`a.main[href^="/orders/"]`).reads("Version 2", "1 of 4")
	x.order = x.therapist.address()
}

// report goes out, is downloaded and answered; it returns the report's path.
func (x *story) report() string {
	x.therapist.open(x.order+"/reports/new?kind=initial").write("narrative/recommendation", "Continue once a week.").
		press(`main form[action$="/reports/new"] button.main`).reads("Ready to sign").press(`form[action$="/sign"] button.main`).
		press(`form[action$="/deliver"] button.main`).reads("In the portal")
	report := x.therapist.address()
	x.doctor.open("/provider").reads("Read the report").press(`a[href^="/provider/reports/"]`)
	var want string
	x.doctor.do(chromedp.Text(".mono", &want, chromedp.ByQuery))
	if got := sha256.Sum256(x.doctor.saves(`a[download][href$="/pdf"]`)); hex.EncodeToString(got[:]) != want {
		x.doctor.t.Errorf("the doctor's file has the fingerprint %x, the page says %s", got, want)
	}
	x.doctor.write("reply", "Go on.").press(`form[action$="/acknowledge"] button.main`).reads("Your reply", "Go on.")
	x.therapist.open(report).reads("Go on.")
	return report
}
