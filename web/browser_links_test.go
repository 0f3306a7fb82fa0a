package web_test

import (
	"testing"

	"github.com/chromedp/chromedp"

	"rapport/models"
	"rapport/models/store/storetest"
)

// TestTheClientSignsAndTakesBackOnTheirOwnPhone uses one-time links: the client
// signs with one and revokes with another, a stranger gives one back.
func TestTheClientSignsAndTakesBackOnTheirOwnPhone(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) { theLinks(t, storetest.NewWorld(t, engine)) })
	}
}

func theLinks(t *testing.T, w *storetest.World) {
	s, address := served(t, w)
	browser := aBrowser(t)
	s.password("jose@ballard.example")
	s.password("linh@greenlake.example")
	x := &story{w: w, client: w.Client("Ana", "Silva"), therapist: phone(t, browser, address, "the therapist"), doctor: phone(t, browser, address, "the doctor")}
	client := phone(t, browser, address, "the client")
	x.therapist.signIn("jose@ballard.example").open("/clients/"+string(x.client.ID)+"/releases/new").choose("recipient_other", string(w.Provider.ID)).
		press(`main form[action$="/releases/new"] button[type=submit]`).press(`form[action$="/send"] button[type=submit]`).reads("The link is on its way")
	release := x.therapist.address()
	client.opens(s.linkTo(x.client.Email, models.LinkSign), x.client.BirthDate).reads("Permission to share my health information", "Ana Silva", "Linh Nguyễn").
		tap(`label[for="f-electronic_records_consent-yes"]`, `label[for="f-method-typed"]`).write("name", "Ana Silva").press(`button[name="act"][value="sign"]`).reads("Thank you, it is signed")
	x.write()
	x.record(x.therapist)
	report := x.report()

	stranger := phone(t, browser, address, "a stranger")
	stray := x.strays(s, report)
	stranger.open(stray).reads("A report waits for you").readsNot("Ana", "Silva", "Linh", "Ballard").unfold(`[name="note"]`).write("note", "I am a florist").
		press(`button[name="act"][value="mistake"]`).reads("Thank you for saying so", "nothing was shown", "the practice has been told")
	stranger.answers(410, chromedp.Navigate(address+stray)).reads("This has ended").readsNot("Ana", "Silva", "Linh", "Ballard")
	x.therapist.open(report).reads("By one-time link", "Stopped: it went astray", "I am a florist").readsNot("Stopped by the release")
	x.doctor.open("/provider" + report).reads("Ana Silva") // what came in the portal did not stray

	copied := s.linkTo(x.client.Email, models.LinkSign)
	client.opens(copied, x.client.BirthDate).reads("Your signed release", "In force").unfold(`[name="reason"]`).reads("From now on nothing more is told").
		write("reason", "I have moved").press(`button[name="act"][value="revoke"]`).reads("You took it back")
	client.open(copied).reads("You took this release back").readsNot("Ana", "Silva")
	x.doctor.answers(410, chromedp.Navigate(address+"/provider"+report)).reads("This has ended").readsNot("Ana", "Silva")
	x.doctor.open("/provider").reads("The client’s release to you has ended; it can no longer be shown.")
	x.therapist.open(release).reads("Revoked", "I have moved").open(report).unfold(`form[action$="/deliver"]`)
	x.therapist.answers(403, chromedp.Click(`form[action$="/deliver"] button.main`, chromedp.ByQuery)).reads("release")
}

// strays sends the report once more, by a link that somebody else gets hold of.
func (x *story) strays(s *site, report string) string {
	x.therapist.open(report).unfold(`form[action$="/deliver"]`).tap(`label[for="f-channel-link"]`).press(`form[action$="/deliver"] button.main`).reads("On its way")
	return s.linkTo("linh@greenlake.example", models.LinkReport)
}

// opens answers a link's door with a birth date.
func (b *tab) opens(link string, born models.Date) *tab {
	b.t.Helper()
	return b.open(link).reads("Birth date").readsNot("Ana", "Silva", "Linh", "Ballard").choose("birth_date", string(born)).press(`main form button.main`)
}
