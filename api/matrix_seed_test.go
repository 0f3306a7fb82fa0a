package api_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"rapport/api/apitest"
	"rapport/models"
	"rapport/models/store"
	"rapport/models/store/storetest"
	"rapport/referral/otp"
)

// principal is somebody who tries every operation.
type principal struct {
	name string
	call apitest.Caller
}

// network is a practice in the middle of its work, with one thing in each state
// that an operation needs. The matrix and the hostile requests start from it.
type network struct {
	*apitest.Server
	t          *testing.T
	principals []principal
	examples   map[string]string // body by operation id, from the docs page
	restore    func()            // brings the database back to what was seeded

	client, order, draft, submitted, suspended, paper, scan         string
	releaseDraft, release, releaseEvent, releaseNamed               string
	open, signed, booking, change, report, reportDraft, reportReady string
	delivery, letter, message, invitation                           string
	fresh, freshClient, explained, refreshToken                     string
	faxed                                                           string // a referral on paper
	referral, referred                                              string // one that went out, one whose first visit was
	relationship, promise, person, asked, packet                    string
	twin, otherTwin                                                 string // two records of one provider
	unowned, firstCode, recovery                                    string // of the staff's drawn app, of the operator's
}

const chosen = "green hills in early may"

func seeded(t *testing.T, engine string) *network {
	t.Helper()
	w := storetest.NewWorld(t, engine)
	n := &network{Server: apitest.New(t, w), t: t}
	n.examples = exampleBodies(n.Server)
	n.SetPassword(olga, chosen)
	staff := w.Person("front@greenlake.example", "Pat Lee", models.RoleGrant{Role: models.ProviderStaff, ProviderID: w.Provider.ID})
	operator := w.Person("op@rapport.example", "Omar Diaz", models.RoleGrant{Role: models.Operator})
	n.factors(staff, operator)
	n.unowned = n.make(operator, "/practices", map[string]any{"name": "Unowned Massage", "time_zone": "UTC", "owner": map[string]any{"name": "Una Ode", "email": "una@example.org"}})
	n.twin = n.make(w.Owner, "/providers", map[string]any{"name": map[string]any{"given": "Ola", "family": "Berg"}})
	n.otherTwin = n.make(w.Owner, "/providers", map[string]any{"name": map[string]any{"given": "Ola", "family": "Berg"}})
	n.orders()
	n.releases()
	n.care()
	n.reports()
	n.referrals()
	n.letters()
	n.outreach()
	n.principals = []principal{{"anonymous", n.Anonymous()}, {"owner", n.As(w.Owner)}, {"therapist", n.As(w.Therapist)}, {"front_desk", n.As(w.Desk)},
		{"stranger", n.As(w.Stranger)}, {"provider", n.As(w.Doctor)}, {"ungranted", n.As(w.Doctor2)}, {"staff", n.As(staff)}, {"operator", n.As(operator)}}
	n.refreshToken = signIn(n.Server, olga, chosen).Want(200).Text("refresh_token")
	n.restore = w.Image()
	return n
}

// factors draws an authenticator app for one person and sets another's up.
func (n *network) factors(drawn, on models.Actor) {
	n.t.Helper()
	code := func(a models.Actor, email string) string {
		n.SetPassword(email, chosen)
		e, err := n.Net.StartOTP(context.Background(), a, chosen)
		if err != nil {
			n.t.Fatal(err)
		}
		c, err := otp.Code(e.Secret, models.OTPStep(n.World.Clock.Now()))
		if err != nil {
			n.t.Fatal(err)
		}
		return c
	}
	n.firstCode = code(drawn, "front@greenlake.example")
	codes, err := n.Net.ConfirmOTP(context.Background(), on, code(on, "op@rapport.example"))
	if err != nil {
		n.t.Fatal(err)
	}
	n.recovery = codes[0]
}

func (n *network) make(by models.Actor, path string, body any) string {
	n.t.Helper()
	r := n.As(by).Post("/api/v1"+path, body, "Idempotency-Key", n.World.NewID())
	if r.Status >= 300 {
		n.t.Fatalf("seed %s: %d %s", path, r.Status, r.Body)
	}
	return r.Text("id")
}

var typed = map[string]any{"method": "typed", "name": "Linh Nguyễn"}

func (n *network) orders() {
	w, sign := n.World, map[string]any{"signature": typed}
	order := func() string { return n.make(w.Doctor, "/prescriptions", neckOrderBody(w)) }
	n.draft, n.submitted = order(), order()
	n.make(w.Doctor, "/prescriptions/"+n.submitted+"/submission", sign)
	n.order, n.client = accepted(n.Server)
	n.suspended, _ = accepted(n.Server)
	n.make(w.Doctor, "/prescriptions/"+n.suspended+"/suspension", map[string]any{"reason": "Wait for the picture."})
	body := neckOrderBody(w)
	body["prescriber_id"] = w.Provider.ID
	n.paper = n.make(w.Owner, "/prescriptions", body)
	form, kind := scanForm(n.t, "file", pngScan(n.t))
	n.scan = n.As(w.Owner).Post("/api/v1/prescriptions/"+n.paper+"/attachments", form, "Content-Type", kind).Want(201).Text("id")
	n.make(w.Owner, "/prescriptions/"+n.paper+"/submission", map[string]any{})
	n.make(w.Owner, "/prescriptions/"+n.paper+"/acceptance", map[string]any{"received_on": "2026-03-01"})
}

func (n *network) releases() {
	w, at := n.World, "/clients/"+n.client+"/releases"
	draft := func(change func(map[string]any)) string {
		body := releaseBody(w)
		body["categories"] = []string{"progress_report", "measures", "session_notes"}
		change(body)
		return n.make(w.Therapist, at, body)
	}
	sign := func(id string) string {
		n.make(w.Desk, "/releases/"+id+"/signature", map[string]any{"method": "typed", "name": "Ana Silva", "electronic_records_consent": true, "witness": "Dana Kim"})
		return id
	}
	n.releaseDraft, n.release = draft(func(map[string]any) {}), sign(draft(func(map[string]any) {}))
	n.releaseEvent = sign(draft(func(b map[string]any) { delete(b, "expires_on"); b["expiry_event"] = "my care under this order ends" }))
	n.releaseNamed = sign(draft(func(b map[string]any) {
		b["recipients"] = []any{map[string]any{"name": "Maria Silva", "role": "sister"}}
	}))
}

func (n *network) care() {
	w := n.World
	n.signed = post(n.As(w.Therapist), w, neckVisit(w, n.order, n.client)).Want(201).Text("id")
	n.make(w.Therapist, "/sessions/"+n.signed+"/signature", map[string]any{})
	other, client := accepted(n.Server)
	n.open = post(n.As(w.Therapist), w, neckVisit(w, other, client)).Want(201).Text("id")
	n.fresh, n.freshClient = accepted(n.Server)
	booked, bookedClient := accepted(n.Server)
	n.booking = n.make(w.Desk, "/bookings", bookingBody(booked, bookedClient, "2026-03-02T21:00:00Z"))
	wish := n.wish()
	wish["outcome"] = "explained"
	n.explained = n.make(w.Therapist, "/prescriptions/"+booked+"/change-requests", wish)
	n.change = n.make(w.Therapist, "/prescriptions/"+n.order+"/change-requests", n.wish())
}

func bookingBody(order, client, at string) map[string]any {
	return map[string]any{"client_id": client, "prescription_id": order, "starts_at": at, "minutes": 30,
		"regions": []any{map[string]any{"region": "neck", "side": "both"}}}
}

func (n *network) wish() map[string]any {
	return map[string]any{"asked_by": "client", "words": "My jaw aches too.", "explanation_given": "I ask your doctor.",
		"proposed": map[string]any{"minutes_per_session": 45}}
}

func (n *network) reportBody() map[string]any {
	return map[string]any{"client_id": n.client, "prescription_id": n.order, "kind": "progress", "narrative": map[string]any{"recommendation": "Go on"}}
}

func (n *network) reports() {
	w := n.World
	report := func() string {
		id := n.make(w.Therapist, "/reports", n.reportBody())
		n.make(w.Therapist, "/reports/"+id+"/signature", map[string]any{})
		return id
	}
	last := n.reportBody()
	last["kind"] = "discharge" // another one than what is drafted anew
	n.reportDraft, n.reportReady, n.report = n.make(w.Therapist, "/reports", last), report(), report()
	send := func(channel string) string {
		return n.make(w.Therapist, "/reports/"+n.report+"/deliveries", map[string]any{"provider_id": w.Provider.ID, "channel": channel})
	}
	n.delivery, n.letter = send("portal"), send("letter")
	link := send("link")
	w.Write(func(tx *store.Tx) error {
		for _, token := range []string{"report", "opened"} {
			if err := tx.AddLink(models.Link{Kind: models.LinkReport, TokenHash: models.HashToken(token), ObjectID: link, ClientID: models.ClientID(n.client), ProviderID: w.Provider.ID}); err != nil {
				return err
			}
		}
		return nil
	})
	n.Anonymous().Post("/api/v1/links/report/opened", map[string]any{"birth_date": "1984-05-17"}).Want(200)
}

func (n *network) referrals() {
	w := n.World
	body := releaseBody(w)
	body["categories"] = []string{"referral", "demographics"}
	release := n.make(w.Therapist, "/clients/"+n.client+"/releases", body)
	n.make(w.Desk, "/releases/"+release+"/signature", map[string]any{"method": "typed", "name": "Ana Silva", "electronic_records_consent": true, "witness": "Dana Kim"})
	n.referral = n.make(w.Desk, "/referrals", n.outbound())
	n.As(w.Desk).Post("/api/v1/referrals/"+n.referral+"/actions/send", map[string]any{}, "If-Match", `"1"`).Want(200)
	n.faxed = n.make(w.Desk, "/referrals", n.outbound())
	n.As(w.Desk).Post("/api/v1/referrals/"+n.faxed+"/actions/send", map[string]any{"channel": "fax"}, "If-Match", `"1"`).Want(200)
	n.referred = n.As(w.Owner).Get("/api/v1/referrals?direction=inbound&state=visit_done&client_id=" + n.client).Want(200).Text("items.0.id")
}

func (n *network) outbound() map[string]any {
	return map[string]any{"direction": "outbound", "client_id": n.client, "provider_id": n.World.Provider.ID, "reason": "Numb fingers."}
}

func (n *network) outreach() {
	w := n.World
	n.relationship = n.make(w.Desk, "/relationships", map[string]any{"provider_id": w.Provider.ID})
	n.promise = n.make(w.Desk, "/promises", n.promiseBody())
	n.person = n.make(w.Desk, "/offices/"+string(w.Provider.Offices[0].ID)+"/staff", map[string]any{"name": "Pat Lee"})
	n.asked = n.make(w.Doctor, "/document-requests", n.asking())
	n.As(w.Owner).Put("/api/v1/practice/profile", profileBody(), "If-Match", `"1"`).Want(200)
	n.packet = n.make(w.Desk, "/relationships/"+n.relationship+"/packets", map[string]any{"channel": "letter"})
}

func (n *network) asking() map[string]any {
	return map[string]any{"client_id": n.client, "kind": "progress_report", "wanted_by": "2026-03-20"}
}

func (n *network) promiseBody() map[string]any {
	return map[string]any{"relationship_id": n.relationship, "owed_by": "us", "what": "Our packet", "due_on": "2026-03-09"}
}

func (n *network) letters() {
	w := n.World
	n.message = string(failed(n.Server))
	n.invitation = n.make(w.Owner, "/practice/colleagues", map[string]any{"name": "Ines Roy", "email": "ines@ballard.example", "role": "front_desk"})
	w.Write(func(tx *store.Tx) error {
		for token, l := range map[string]models.Link{
			"invitation": {Kind: models.LinkInvitation, ObjectID: n.invitation},
			"sign":       {Kind: models.LinkSign, ObjectID: n.releaseDraft, ClientID: models.ClientID(n.client)},
			"signed":     {Kind: models.LinkSign, ObjectID: n.release, ClientID: models.ClientID(n.client)},
			"decide":     {Kind: models.LinkChange, ObjectID: n.change, ClientID: models.ClientID(n.client), ProviderID: w.Provider.ID},
		} {
			l.TokenHash, l.Email = models.HashToken(token), "ana@example.org"
			if err := tx.AddLink(l); err != nil {
				return err
			}
		}
		return nil
	})
}

// request is a minimal valid request of an operation.
type request struct {
	path    string
	body    any
	headers []string
}

// version reads the ETag that an If-Match needs.
func (n *network) version(path string) string {
	for _, p := range n.principals {
		if r := p.call.Get(path); r.Status == http.StatusOK {
			return r.Header.Get("ETag")
		}
	}
	return `"1"`
}

// ids fill {id} by the path before it; an operation of another state has its
// own line in requests.
func (n *network) ids() map[string]string {
	return map[string]string{"clients": n.client, "prescriptions": n.order, "releases": n.release, "sessions": n.signed, "bookings": n.booking,
		"change-requests": n.change, "reports": n.report, "deliveries": n.delivery, "messages": n.message, "referrals": n.referral, "providers": string(n.World.Provider2.ID),
		"colleagues": string(n.World.Desk.UserID), "sign": "sign", "decide": "decide", "report": "report", "invitations": "invitation",
		"relationships": n.relationship, "promises": n.promise, "offices": string(n.World.Provider.Offices[0].ID), "office-staff": n.person, "document-requests": n.asked, "packets": n.packet}
}

// requests has one line for each operation whose example on the docs page or
// whose usual id does not do: path ids by name, and a body.
func (n *network) requests() map[string]request {
	w, born := n.World, map[string]any{"birth_date": "1984-05-17"}
	rx := func(id, step string) string { return "/api/v1/prescriptions/" + id + step }
	sig := map[string]any{"signature": typed}
	form, kind := scanForm(n.t, "file", pngScan(n.t))
	order := neckOrderBody(w)
	order["prescriber_id"] = w.Provider.ID
	signing := map[string]any{"birth_date": "1984-05-17", "method": "typed", "name": "Ana Silva", "electronic_records_consent": true}
	return map[string]request{
		"sign-in":                  {body: map[string]any{"email": olga, "password": chosen}},
		"confirm-otp":              {body: map[string]any{"otp": n.firstCode}},
		"remove-otp":               {body: map[string]any{"password": chosen, "otp": n.recovery}},
		"renew-recovery-codes":     {body: map[string]any{"password": chosen, "otp": n.recovery}},
		"change-password":          {body: map[string]any{"old_password": chosen, "password": "blue lakes in late june"}},
		"add-client":               {body: clientBody("Bea")},
		"change-client":            {body: clientBody("Ann")},
		"set-care-team":            {body: []any{map[string]any{"provider_id": w.Provider2.ID, "role": "prescriber", "may_be_told": true}}},
		"draft-release":            {body: releaseBody(w)},
		"sign-release":             {path: "/api/v1/releases/" + n.releaseDraft + "/signature", body: map[string]any{"method": "typed", "name": "Ana Silva", "electronic_records_consent": true, "witness": "Dana Kim"}},
		"send-signing-link":        {path: "/api/v1/releases/" + n.releaseDraft + "/signing-link", body: map[string]any{"email": "ana@example.org"}},
		"note-expiry-event":        {path: "/api/v1/releases/" + n.releaseEvent + "/expiry-event", body: map[string]any{"occurred_on": "2026-03-02"}},
		"match-recipient":          {path: "/api/v1/releases/" + n.releaseNamed + "/recipients/0/match", body: map[string]any{"provider_id": w.Provider2.ID}},
		"revoke-release":           {body: map[string]any{"received_at": "2026-03-02T20:00:00Z", "channel": "letter"}},
		"sign-by-link":             {body: signing},
		"revoke-by-link":           {path: "/api/v1/sign/signed/revocation", body: born},
		"decline-by-link":          {body: born},
		"read-document-by-link":    {body: born},
		"open-change-link":         {body: born},
		"open-report-link":         {body: born},
		"misdirected-by-link":      {body: map[string]any{"note": "Not mine"}},
		"acknowledge-by-link":      {path: "/api/v1/links/report/opened/acknowledgement", body: born},
		"decide-by-link":           {body: map[string]any{"birth_date": "1984-05-17", "decision": "approved", "name": "Linh Nguyễn"}},
		"write-prescription":       {body: order},
		"read-prescription":        {path: rx(n.order, "")},
		"change-prescription":      {path: rx(n.draft, ""), body: map[string]any{"instructions": "No rush."}},
		"submit-prescription":      {path: rx(n.draft, "/submission"), body: sig},
		"accept-prescription":      {path: rx(n.submitted, "/acceptance"), body: map[string]any{}},
		"decline-prescription":     {path: rx(n.submitted, "/declination"), body: map[string]any{"reason": "No room."}},
		"resume-prescription":      {path: rx(n.suspended, "/resumption"), body: map[string]any{}},
		"renew-prescription":       {body: sig},
		"countersign-prescription": {path: rx(n.paper, "/countersignature"), body: sig},
		"note-verbal-order":        {body: map[string]any{"scope": map[string]any{"minutes_per_session": 45}, "given_by": "Dr. Nguyễn", "taken_at": "2026-03-02T19:30:00Z", "read_back": true}},
		"attach-scan":              {path: rx(n.draft, "/attachments"), body: form, headers: []string{"Content-Type", kind}},
		"read-attachment":          {path: rx(n.paper, "/attachments/"+n.scan)},
		"ask-admissibility":        {path: rx(n.order, "/admissibility?on=2026-03-09&minutes=30&region=neck:both")},
		"ask-for-change":           {path: rx(n.suspended, "/change-requests"), body: n.wish()},
		"decide-change-request":    {body: map[string]any{"decision": "approved"}},
		"record-answer":            {body: map[string]any{"via": "verbal", "decision": "declined", "reason": "No.", "verbal": map[string]any{"given_by": "Dr. Nguyễn", "taken_at": "2026-03-02T19:30:00Z", "read_back": true}}},
		"reopen-change-request":    {path: "/api/v1/change-requests/" + n.explained + "/sending", body: map[string]any{}},
		"withdraw-change-request":  {body: map[string]any{}},
		"create-practice":          {body: map[string]any{"name": "Wallingford Massage", "time_zone": "America/Los_Angeles", "owner": map[string]any{"name": "Wanda Wells", "email": "wanda@example.org"}}},
		"ask-owner":                {path: "/api/v1/practices/" + n.unowned + "/owner-invitation", body: map[string]any{}},
		"suspend-practice":         {path: "/api/v1/practices/" + string(w.Other.ID) + "/suspension"},
		"resume-practice":          {path: "/api/v1/practices/" + string(w.Other.ID) + "/resumption"},
		"book":                     {body: bookingBody(n.fresh, n.freshClient, "2026-03-10T20:00:00Z")},
		"record-session":           {body: neckVisit(w, n.fresh, n.freshClient)},
		"change-session":           {path: "/api/v1/sessions/" + n.open, body: map[string]any{"minutes": 25}},
		"sign-session":             {path: "/api/v1/sessions/" + n.open + "/signature", body: map[string]any{}},
		"draft-report":             {body: n.reportBody()},
		"change-report":            {path: "/api/v1/reports/" + n.reportDraft, body: map[string]any{"narrative": map[string]any{"recommendation": "Pause"}}},
		"preview-report":           {path: "/api/v1/reports/" + n.reportDraft + "/preview"},
		"sign-report":              {path: "/api/v1/reports/" + n.reportDraft + "/signature", body: map[string]any{}},
		"deliver-report":           {path: "/api/v1/reports/" + n.reportReady + "/deliveries", body: map[string]any{"provider_id": w.Provider.ID, "channel": "portal"}},
		"revise-report":            {body: map[string]any{"reason": "A number was wrong."}},
		"print-delivery-cover":     {path: "/api/v1/deliveries/" + n.letter + "/cover"},
		"record-delivery-proof":    {path: "/api/v1/deliveries/" + n.letter + "/events", body: map[string]any{"state": "sent", "at": "2026-03-02T20:00:00Z", "note": "Posted."}},
		"refer":                    {body: n.outbound()},
		"act-on-referral":          {path: "/api/v1/referrals/" + n.referral + "/actions/accept", body: map[string]any{"said_by": "Robin, front desk"}, headers: []string{"If-Match", `"2"`}},
		"print-referral-cover":     {path: "/api/v1/referrals/" + n.faxed + "/cover"},
		"print-thank-you":          {path: "/api/v1/referrals/" + n.referred + "/thank-you", body: map[string]any{}},
		"resolve-message":          {body: map[string]any{"outcome": "gave_up"}},
		"add-provider":             {body: map[string]any{"name": map[string]any{"given": "Mei", "family": "Tanaka"}}},
		"merge-provider":           {path: "/api/v1/providers/" + n.twin + "/merge", body: map[string]any{"into": n.otherTwin}},
		"change-provider":          {path: "/api/v1/providers/" + string(w.Provider.ID), body: map[string]any{"phone": "+1 206 555 0199"}},
		"invite-provider":          {body: map[string]any{"email": "new@northgate.example", "role": "provider_staff"}},
		"accept-invitation":        {body: map[string]any{"password": "seven white herons at dawn"}},
		"invite-colleague":         {body: map[string]any{"name": "Uma Ray", "email": "uma@ballard.example", "role": "therapist"}},
		"change-colleague":         {body: map[string]any{"roles": []string{"front_desk"}}},
		"refresh":                  {body: map[string]any{"refresh_token": n.refreshToken}},
		"ask-for-document":         {body: n.asking()},
		"decline-document":         {body: map[string]any{"reason": "Care ended."}},
		"withdraw-document":        {body: map[string]any{}},
		"begin-relationship":       {body: map[string]any{"provider_id": w.Provider2.ID}},
		"list-figure-cases":        {path: "/api/v1/practice/figures/loops_closed"},
		"change-relationship":      {body: map[string]any{"tier": "partner", "wanted_interval_days": 60}},
		"log-contact":              {body: map[string]any{"channel": "call", "with": map[string]any{"name": "Pat Lee", "role": "receptionist"}, "outcome": "reached_staff"}},
		"write-practice-profile":   {body: profileBody()},
		"introduce":                {body: map[string]any{"provider_id": w.Provider.ID}},
		"send-packet":              {body: map[string]any{"channel": "letter"}},
		"print-partner-cards":      {path: "/api/v1/partner-cards?provider_id=" + string(w.Provider.ID)},
		"add-office-staff":         {body: map[string]any{"name": "Uma Ray", "role": "nurse"}},
		"change-office-staff":      {body: map[string]any{"phone": "+1 206 555 0110"}},
		"read-worklist":            {path: "/api/v1/worklists/promises"},
		"make-promise":             {body: n.promiseBody()},
		"keep-promise":             {body: map[string]any{}},
		"release-promise":          {body: map[string]any{"reason": "They moved away."}},
		"change-practice":          {body: map[string]any{"phone": "+1 206 555 0111"}},
	}
}

// requestOf is the request of an operation: its own line, or the usual id and
// the example of the docs page.
func (n *network) requestOf(id, method, path string) request {
	r := n.requests()[id]
	if r.path == "" {
		parts := strings.Split(path, "/")
		for i, p := range parts {
			if strings.HasPrefix(p, "{") {
				parts[i] = n.ids()[parts[i-1]]
			}
		}
		r.path = strings.Join(parts, "/")
	}
	if b := n.examples[id]; r.body == nil && b != "" {
		r.body = b
	}
	if method != http.MethodGet {
		r.headers = append(r.headers, "Idempotency-Key", fmt.Sprint("matrix-", id))
	}
	if method == http.MethodPatch || id == "write-practice-profile" {
		r.headers = append(r.headers, "If-Match", n.version(r.path))
	}
	return r
}
