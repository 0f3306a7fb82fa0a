package web_test

import (
	"context"
	"testing"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"rapport/models/store/storetest"
)

// addAuthenticator gives a tab a device that knows its person.
func addAuthenticator(ctx context.Context) error {
	_, err := webauthn.AddVirtualAuthenticator(&webauthn.VirtualAuthenticatorOptions{Protocol: webauthn.AuthenticatorProtocolCtap2,
		Transport: webauthn.AuthenticatorTransportInternal, HasResidentKey: true, HasUserVerification: true, IsUserVerified: true,
		AutomaticPresenceSimulation: true}).Do(ctx)
	return err
}

// TestPasskeysWorkInABrowser sets a passkey up and signs in with it in
// Chromium, under the content policy that every page has.
func TestPasskeysWorkInABrowser(t *testing.T) {
	s, address := servedAs(t, storetest.NewWorld(t, "sqlite"), "localhost")
	s.password("olga@ballard.example")
	b := phone(t, aBrowser(t), address, "Olga", webauthn.Enable(), chromedp.ActionFunc(addAuthenticator))
	b.signIn("olga@ballard.example").open("/account").reads("Passkeys", "Add")
	b.open("/account/passkeys/new").write("name", "Work phone", "password", secretWords).press(`form[action="/account/passkeys/new"] button`)
	b.press(`form[data-passkey] button`).reads("The passkey is set up", "Work phone", "not used yet")
	b.tap(".whereabouts > summary").press(`form[action="/sign-out"] button`)
	b.press(`form[action="/sign-in/passkey"] button`)
	b.do(chromedp.WaitVisible(".whereabouts", chromedp.ByQuery))
	b.open("/account").reads("last used")
}
