package web_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"rapport/api/apitest"
	"rapport/models"
	"rapport/models/store"
	"rapport/models/store/storetest"
	"rapport/referral/otp"
)

// practiced is the portal of a practice in the middle of its work: one thing in
// each state that a page or a form needs. The matrix starts from it.
type practiced struct {
	*site
	api     *apitest.Server
	staff   models.Actor      // of the doctor
	admin   models.Actor      // the operator
	chief   models.Actor      // another owner, who acts over the API meanwhile
	rival   models.Actor      // the owner of the other practice
	ids     map[string]string // what stands for a part of a path, by the word before it
	other   map[string]string // the same things in another state, by a name
	people  []visitor
	restore func()                     // brings the database back to what was seeded
	passes  map[string]string          // codes of authenticator apps, by whose
	known   map[string]bool            // ids that were seeded
	fields  map[string]map[string]bool // of each form that was shown
}

func (p *practiced) make(by models.Actor, path string, body any, headers ...string) string {
	p.t.Helper()
	r := p.api.As(by).Post("/api/v1"+path, body, append([]string{"Idempotency-Key", p.w.NewID()}, headers...)...)
	if r.Status >= 300 {
		p.t.Fatalf("seed %s: %d %s", path, r.Status, r.Body)
	}
	return r.Text("id")
}

func seeded(t testing.TB, engine string) *practiced {
	t.Helper()
	w := storetest.NewWorld(t, engine)
	p := &practiced{api: apitest.New(t, w), ids: map[string]string{}, other: map[string]string{}, passes: map[string]string{}, fields: map[string]map[string]bool{}}
	p.site = &site{t: t, w: w}
	p.staff = w.Person("front@greenlake.example", "Pat Lee", models.RoleGrant{Role: models.ProviderStaff, ProviderID: w.Provider.ID})
	p.admin = w.Person("op@rapport.example", "Omar Diaz", models.RoleGrant{Role: models.Operator})
	p.other["unowned"] = p.make(p.admin, "/practices", map[string]any{"name": "Unowned Massage", "time_zone": "UTC", "owner": map[string]any{"name": "Una Ode", "email": "una@example.org"}})
	p.chief = w.Person("maria@ballard.example", "Maria Roth", models.RoleGrant{Role: models.Owner, PracticeID: w.Practice.ID})
	p.rival = w.Person("ruth@fremont.example", "Ruth Cole", models.RoleGrant{Role: models.Owner, PracticeID: w.Other.ID}, models.RoleGrant{Role: models.Therapist, PracticeID: w.Other.ID})
	p.orders()
	p.releases()
	p.care()
	p.papers()
	p.relations()
	p.records()
	p.links()
	p.site = newSite(t, w, publicURL)
	p.visitors()
	p.api.As(p.chief).Get("/api/v1/me").Want(200)
	p.restore = w.Image()
	return p
}

func orderOf(w *storetest.World) map[string]any {
	return map[string]any{"practice_id": w.Practice.ID, "client": map[string]any{"name": map[string]any{"given": "Ana", "family": "Silva"}, "birth_date": "1984-05-17"},
		"diagnosis_codes": []string{"M54.2"}, "valid_from": "2026-03-02", "valid_until": "2026-03-29", "focus_reason": "The neck must calm down first.",
		"scope": map[string]any{"regions": []any{map[string]any{"region": "neck", "side": "both"}}, "minutes_per_session": 30, "sessions_total": 4,
			"frequency": map[string]any{"sessions": 1, "per": "week", "window": "calendar"}}}
}

var typed = map[string]any{"signature": map[string]any{"method": "typed", "name": "Linh Nguyễn"}}

// accepted is an order that went the whole way, and its client.
func (p *practiced) accepted() (order, client string) {
	p.t.Helper()
	order = p.make(p.w.Doctor, "/prescriptions", orderOf(p.w))
	p.make(p.w.Doctor, "/prescriptions/"+order+"/submission", typed)
	return order, p.api.As(p.w.Therapist).Post("/api/v1/prescriptions/"+order+"/acceptance", map[string]any{}).Want(200).Text("client_id")
}

func (p *practiced) orders() {
	w := p.w
	p.other["draft"], p.other["submitted"] = p.make(w.Doctor, "/prescriptions", orderOf(w)), p.make(w.Doctor, "/prescriptions", orderOf(w))
	p.make(w.Doctor, "/prescriptions/"+p.other["submitted"]+"/submission", typed)
	p.ids["orders"], p.ids["clients"] = p.accepted()
	p.other["suspended"], _ = p.accepted()
	p.make(w.Therapist, "/prescriptions/"+p.other["suspended"]+"/suspension", map[string]any{"reason": "Fever."})
	p.other["paused"], _ = p.accepted()
	p.make(w.Doctor, "/prescriptions/"+p.other["paused"]+"/suspension", map[string]any{"reason": "Wait for the picture."})
	p.other["fresh"], p.other["fresh client"] = p.accepted()
	body := orderOf(w)
	body["prescriber_id"] = w.Provider.ID
	p.other["unscanned"], p.other["paper"] = p.make(w.Owner, "/prescriptions", body), p.make(w.Owner, "/prescriptions", body)
	form, kind := scan(p.t, "file", nil)
	p.ids["scans"] = p.api.As(w.Owner).Post("/api/v1/prescriptions/"+p.other["paper"]+"/attachments", form, "Content-Type", kind).Want(201).Text("id")
	p.make(w.Owner, "/prescriptions/"+p.other["paper"]+"/submission", map[string]any{})
	p.make(w.Owner, "/prescriptions/"+p.other["paper"]+"/acceptance", map[string]any{"received_on": "2026-03-01"})
}

// scan is a form with a picture in it.
func scan(t testing.TB, name string, fields map[string][]string) (body []byte, contentType string) {
	t.Helper()
	var b, picture bytes.Buffer
	m := multipart.NewWriter(&b)
	for k, list := range fields {
		for _, v := range list {
			_ = m.WriteField(k, v)
		}
	}
	f, err := m.CreateFormFile(name, "scan.png")
	if err == nil {
		err = png.Encode(&picture, image.NewGray(image.Rect(0, 0, 30, 30)))
	}
	if err == nil {
		_, err = f.Write(picture.Bytes())
	}
	if err != nil || m.Close() != nil {
		t.Fatal(err)
	}
	return b.Bytes(), m.FormDataContentType()
}

func (p *practiced) releases() {
	w, at := p.w, "/clients/"+p.ids["clients"]+"/releases"
	body := map[string]any{"recipients": []any{map[string]any{"provider_id": w.Provider.ID}}, "purpose": "coordination", "expires_on": "2026-12-31",
		"categories": []string{"progress_report", "measures", "session_notes", "referral", "demographics"}}
	p.other["unsigned"], p.ids["releases"] = p.make(w.Therapist, at, body), p.make(w.Therapist, at, body)
	p.make(w.Desk, "/releases/"+p.ids["releases"]+"/signature", map[string]any{"method": "typed", "name": "Ana Silva", "electronic_records_consent": true, "witness": "Dana Kim"})
}

func (p *practiced) visit(order, client string) string {
	return p.make(p.w.Therapist, "/sessions", map[string]any{"client_id": client, "prescription_id": order, "started_at": p.w.Clock.Now().Add(-40 * time.Minute), "minutes": 30,
		"regions": []any{map[string]any{"region": "neck", "side": "both"}}, "screening": map[string]any{"reviewed": true, "findings": []any{}},
		"soap": map[string]any{"subjective": "Stiff", "objective": "Tight", "assessment": "Better", "plan": "Weekly"}})
}

func (p *practiced) care() {
	w := p.w
	p.ids["sessions"] = p.visit(p.ids["orders"], p.ids["clients"])
	p.make(w.Therapist, "/sessions/"+p.ids["sessions"]+"/signature", map[string]any{})
	order, client := p.accepted()
	p.other["open note"] = p.visit(order, client)
	booked, client := p.accepted()
	p.ids["bookings"] = p.make(w.Desk, "/bookings", map[string]any{"client_id": client, "prescription_id": booked, "starts_at": "2026-03-02T21:00:00Z", "minutes": 30,
		"regions": []any{map[string]any{"region": "neck", "side": "both"}}})
	wish := map[string]any{"asked_by": "client", "words": "My jaw aches too.", "explanation_given": "I ask your doctor.", "proposed": map[string]any{"minutes_per_session": 45}}
	p.ids["changes"] = p.make(w.Therapist, "/prescriptions/"+p.ids["orders"]+"/change-requests", wish)
	wish["outcome"] = "explained"
	p.other["explained"] = p.make(w.Therapist, "/prescriptions/"+booked+"/change-requests", wish)
}

// papers are reports, referrals and what the doctor asked for.
func (p *practiced) papers() {
	w := p.w
	report := func(kind string) string {
		return p.make(w.Therapist, "/reports", map[string]any{"client_id": p.ids["clients"], "prescription_id": p.ids["orders"], "kind": kind, "narrative": map[string]any{"recommendation": "Carry on weekly"}})
	}
	p.other["report draft"], p.ids["reports"] = report("discharge"), report("progress")
	p.make(w.Therapist, "/reports/"+p.ids["reports"]+"/signature", map[string]any{})
	for _, channel := range []string{"portal", "letter", "link"} {
		p.other[channel] = p.make(w.Therapist, "/reports/"+p.ids["reports"]+"/deliveries", map[string]any{"provider_id": w.Provider.ID, "channel": channel})
	}
	p.ids["deliveries"] = p.other["letter"]
	p.api.Deliver()
	referral := func(channel string) string {
		id := p.make(w.Desk, "/referrals", map[string]any{"direction": "outbound", "client_id": p.ids["clients"], "provider_id": w.Provider.ID, "reason": "Numb fingers."})
		p.make(w.Desk, "/referrals/"+id+"/actions/send", map[string]any{"channel": channel}, "If-Match", `"1"`)
		return id
	}
	p.ids["referrals"], p.other["faxed"] = referral("portal"), referral("fax")
	p.other["referred"] = p.api.As(w.Owner).Get("/api/v1/referrals?direction=inbound&state=visit_done&client_id=" + p.ids["clients"]).Want(200).Text("items.0.id")
	p.ids["requests"] = p.make(w.Doctor, "/document-requests", map[string]any{"client_id": p.ids["clients"], "kind": "progress_report", "wanted_by": "2026-03-20"})
}

// relations are whom the practice knows. The first provider keeps a record of
// their own; the other one's is the directory's.
func (p *practiced) relations() {
	w := p.w
	known := p.make(w.Desk, "/relationships", map[string]any{"provider_id": w.Provider.ID})
	p.ids["promises"] = p.make(w.Desk, "/promises", map[string]any{"relationship_id": known, "owed_by": "us", "what": "Our packet", "due_on": "2026-03-09"})
	p.api.As(w.Owner).Put("/api/v1/practice/profile", map[string]any{"about": "Two therapists in Ballard.", "treats": []string{"Neck pain"}, "report_within_days": 3}, "If-Match", `"1"`).Want(200)
	p.ids["packets"] = p.make(w.Desk, "/relationships/"+known+"/packets", map[string]any{"channel": "letter"})
	p.ids["figures"] = "loops_closed"
}

// records are of the directory: one twice, with an office and its staff.
func (p *practiced) records() {
	w := p.w
	twin := func() string {
		return p.make(w.Owner, "/providers", map[string]any{"name": map[string]any{"given": "Ola", "family": "Berg"}, "office": map[string]any{"name": "Berg Clinic", "preferred_channel": "letter"}})
	}
	p.ids["providers"], p.other["twin"] = twin(), twin()
	p.ids["offices"] = p.api.As(w.Owner).Get("/api/v1/providers/" + p.ids["providers"]).Want(200).Text("offices.0.id")
	p.ids["staff"] = p.make(w.Desk, "/offices/"+p.ids["offices"]+"/staff", map[string]any{"name": "Uma Ray"})
	p.ids["colleagues"] = string(w.Desk.UserID)
}

// links are letters of which the token is known, one that failed, and the
// second factors of two people.
func (p *practiced) links() {
	w, client := p.w, models.ClientID(p.ids["clients"])
	invitation := p.make(w.Owner, "/practice/colleagues", map[string]any{"name": "Ines Roy", "email": "ines@ballard.example", "role": "front_desk"})
	p.api.Deliver() // a mail that leaves later would close the link
	p.api.Box.Fail(func(models.Mail) error { return &models.SendError{Verdict: models.SendNever, Code: "mail.refused_550"} })
	w.Write(func(tx *store.Tx) error {
		id, err := tx.Post(models.Message{Kind: models.MessageReportLink, To: "linh@greenlake.example", ObjectKind: "thing", ObjectID: "thing-1", LinkKind: models.LinkReport})
		p.ids["messages"] = string(id)
		for token, l := range map[string]models.Link{
			"invitations": {Kind: models.LinkInvitation, ObjectID: invitation},
			"sign":        {Kind: models.LinkSign, ObjectID: p.other["unsigned"], ClientID: client},
			"decide":      {Kind: models.LinkChange, ObjectID: p.ids["changes"], ClientID: client, ProviderID: w.Provider.ID},
			"open":        {Kind: models.LinkReport, ObjectID: p.other["link"], ClientID: client, ProviderID: w.Provider.ID},
		} {
			l.TokenHash, l.Email = models.HashToken(token), "ana@example.org"
			p.ids[token] = token
			if err == nil {
				err = tx.AddLink(l)
			}
		}
		return err
	})
	p.api.Deliver()
	p.api.Box.Fail(nil)
}

// factors: the therapist drew an authenticator app; the front desk has one, and
// somebody knows their password; the owner is asked for a new passkey, and signed
// in a second time.
func (p *practiced) factors() {
	p.t.Helper()
	p.passes["drawn"] = p.code(p.w.Therapist)
	p.as("dana@ballard.example")
	desk, half := p.browser(), p.browser()
	codes, err := p.net.ConfirmOTP(context.Background(), p.w.Desk, p.code(p.w.Desk))
	if err != nil {
		p.t.Fatal(err)
	}
	p.passes["recovery"] = codes[0]
	for _, b := range []*browser{desk, half} {
		b.submit("/sign-in", "/sign-in", "email", "dana@ballard.example", "password", secretWords).ok(http.StatusSeeOther)
	}
	p.people = append(p.people, visitor{name: "half", at: half})
	desk.submit("/sign-in/code", "/sign-in/code", "otp", codes[1]).ok(http.StatusSeeOther)
	p.people = append(p.people, visitor{name: "front_desk", at: desk})
	owner, d, next := p.people[1].at, p.device(), p.device()
	d.addsPasskey(owner)
	p.passes["passkey"] = between(owner.get("/account").body, `action="/account/passkeys/`, `/remove"`)
	asked := p.browser().asks()
	p.passes["question"], p.passes["answer"] = asked.form(answerAt).Get("token"), d.answer(asked)
	asked = owner.submit("/account/passkeys/new", "/account/passkeys/new", "password", secretWords).ok(http.StatusOK)
	p.passes["new question"], p.passes["new passkey"] = asked.form("/account/passkeys").Get("token"), next.make(asked)
	p.browser().submit("/sign-in", "/sign-in", "email", "olga@ballard.example", "password", secretWords).ok(http.StatusSeeOther)
	p.passes["session"] = between(owner.get("/account").body, `action="/account/sessions/`, `/end"`)
	p.ids["free"] = string(p.w.Client("Bea", "Ortiz").ID)
}

// code begins an authenticator app for somebody and returns its first code.
func (p *practiced) code(a models.Actor) string {
	p.t.Helper()
	e, err := p.net.StartOTP(context.Background(), a, secretWords)
	if err != nil {
		p.t.Fatal(err)
	}
	c, err := otp.Code(e.Secret, models.OTPStep(p.w.Clock.Now()))
	if err != nil {
		p.t.Fatal(err)
	}
	return c
}

// visitor is somebody with a browser, signed in or not.
type visitor struct {
	name    string
	at      *browser
	session string // the token of the session's forms
	open    string // the token of forms that need no sign-in
}

func (p *practiced) visitors() {
	p.people = []visitor{{name: "nobody", at: p.browser()}}
	for _, who := range [][2]string{{"owner", "olga@ballard.example"}, {"therapist", "jose@ballard.example"}, {"provider", "linh@greenlake.example"},
		{"staff", "front@greenlake.example"}, {"operator", "op@rapport.example"}, {"rival", "ruth@fremont.example"}, {"ungranted", "sean@northgate.example"}} {
		p.people = append(p.people, visitor{name: who[0], at: p.as(who[1])})
	}
	p.factors()
	order := []string{"nobody", "half", "owner", "therapist", "front_desk", "provider", "staff", "operator", "rival", "ungranted"}
	slices.SortFunc(p.people, func(a, b visitor) int { return slices.Index(order, a.name) - slices.Index(order, b.name) })
	for i, v := range p.people {
		if v.name != "nobody" && v.name != "half" {
			p.people[i].session = v.at.get("/account").form("/sign-out").Get("_csrf")
		}
		p.people[i].open = v.at.get("/sign-in").form("/sign-in").Get("_csrf")
	}
}

// fresh is the visitor's browser as it was signed in.
func (v visitor) fresh() *browser {
	return &browser{s: v.at.s, cookies: maps.Clone(v.at.cookies), host: v.at.host}
}

// posts sends a form with the token that the page would have.
func (v visitor) posts(path string, form url.Values) seen {
	v.at.s.t.Helper()
	var got seen
	for _, token := range []string{v.session, v.open} {
		form.Set("_csrf", token)
		body, kind := []byte(form.Encode()), "application/x-www-form-urlencoded"
		if form.Has("scan") {
			body, kind = scan(v.at.s.t, "scan", form)
		}
		req := httptest.NewRequest(http.MethodPost, path, bytes.NewReader(body))
		req.Header.Set("Content-Type", kind)
		req.Header.Set("Sec-Fetch-Site", "same-origin")
		if got = v.fresh().do(req); got.status != http.StatusForbidden || !strings.Contains(got.body, "out of date") {
			return got
		}
	}
	v.at.s.t.Errorf("POST %s by %s: no token of theirs fits", path, v.name)
	return got
}
