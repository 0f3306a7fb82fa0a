package view

import (
	"fmt"
	"strings"

	"rapport/models"
)

// Account is what "Your sign-in" shows.
type Account struct {
	Email    string
	Treats   bool // somewhere, so that they have a licence
	Licence  models.Licence
	OTP      models.OTP
	Passkeys []models.Passkey
	Offered  bool // browsers make passkeys for this address
	SignIns  []models.SignIn
	Here     models.SignInID // the session that asks
}

// Enrolment is an authenticator app's secret: to type, to open, to photograph.
type Enrolment struct {
	Secret, URI string
	Picture     [][]bool // rows of dark and light
}

// Groups parts the secret in fours, as apps show it.
func (e Enrolment) Groups() string {
	var out []string
	for s := e.Secret; s != ""; {
		n := min(4, len(s))
		out, s = append(out, s[:n]), s[n:]
	}
	return strings.Join(out, " ")
}

func (e Enrolment) box() string { return fmt.Sprintf("0 0 %d %d", len(e.Picture), len(e.Picture)) }

// dark draws the dark squares, one line for each run of them.
func (e Enrolment) dark() string {
	var b strings.Builder
	for y, row := range e.Picture {
		for x := 0; x < len(row); x++ {
			from := x
			for x < len(row) && row[x] {
				x++
			}
			if x > from {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", from, y, x-from, x-from)
			}
		}
	}
	return b.String()
}

// Ask is what a browser is asked about a passkey.
type Ask struct {
	Token, Options string // the options are JSON of WebAuthn
	Name           string // of a new passkey
	Next           string // where a sign-in leads
}

// passkeyUse says when a passkey was used, in the page's zone.
func (p Page) passkeyUse(k models.Passkey) string {
	if k.UsedAt == nil {
		return "set up " + p.When(k.CreatedAt) + ", not used yet"
	}
	return "last used " + p.When(*k.UsedAt)
}

// AgentWords names a browser as people know it: "Firefox on Windows".
func AgentWords(agent string) string {
	first := func(pairs ...string) string {
		for i := 0; i < len(pairs); i += 2 {
			if strings.Contains(agent, pairs[i]) {
				return pairs[i+1]
			}
		}
		return ""
	}
	browser := first("Edg", "Edge", "OPR/", "Opera", "Firefox/", "Firefox", "FxiOS", "Firefox", "Chrom", "Chrome", "CriOS", "Chrome", "Safari/", "Safari")
	system := first("iPhone", "iPhone", "iPad", "iPad", "Android", "Android", "Windows", "Windows", "Mac OS", "Mac", "CrOS", "ChromeOS", "Linux", "Linux")
	switch {
	case browser != "" && system != "":
		return browser + " on " + system
	case browser != "":
		return browser
	}
	return "Another program"
}

func signInWords(s models.SignIn) string {
	if s.Realm == models.RealmAPI && AgentWords(s.Agent) == "Another program" {
		return "A program, by the API"
	}
	return AgentWords(s.Agent)
}

func factorState(o models.OTP) State {
	if o.On() {
		return State{"On", Good}
	}
	return State{"Off", ""}
}

func licenceWords(l models.Licence) string {
	if l.Number == "" {
		return "No licence is written down."
	}
	out := strings.TrimSpace(l.State + " " + l.Number)
	if !l.ExpiresOn.IsZero() {
		out += ", until " + Day(l.ExpiresOn)
	}
	return out
}
