package api_test

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"rapport/api"
	"rapport/api/apitest"
	"rapport/api/wire"
	"rapport/models"
	"rapport/models/store/storetest"
)

func TestWhatAReferralIsRefusedFor(t *testing.T) {
	eachNetwork(t, func(n *network) {
		w, out := n.World, n.outbound()
		step := func(id, action string) string { return "POST /referrals/" + id + "/actions/" + action }
		proposed := n.As(w.Owner).Get("/api/v1/prescriptions/" + n.submitted).Want(200).Text("client_id")
		draft := n.make(w.Desk, "/referrals", with(out, "client_id", proposed))
		n.refuses([]asked{
			{"direction.inbound", w.Doctor, "POST /referrals", with(out, "provider_id", nil)},
			{"direction.unknown", w.Owner, "GET /referrals?direction=sideways", nil},
			{"state.unknown", w.Owner, "GET /referrals?state=lost", nil},
			{"provider.required", w.Owner, "POST /referrals", with(out, "provider_id", nil)},
			{"client.one", w.Owner, "POST /referrals", with(out, "client_id", nil)},
			{"reason.required", w.Owner, "POST /referrals", with(out, "reason", " ")},
			{"wanted_by.past", w.Owner, "POST /referrals", with(out, "wanted_by", "2026-03-01")},
			{"referral.no_packet", w.Owner, "GET /referrals/" + n.referred + "/packet", nil},
			{"referral.no_visit_yet", w.Owner, "POST /referrals/" + n.referral + "/thank-you", map[string]any{}},
		})
		n.step(w.Owner, step(n.referral, "decline"), "reason.required", map[string]any{"said_by": "Robin, front desk"})
		n.step(w.Desk, step(draft, "send"), "client.proposed", map[string]any{})
		n.As(w.Doctor).Post("/api/v1/referrals/"+n.referral+"/actions/accept", map[string]any{}, "If-Match", n.tag(w.Doctor, "/referrals/"+n.referral)).Want(200)
		n.step(w.Doctor, step(n.referral, "schedule"), "scheduled_at.out_of_range", map[string]any{"scheduled_at": "2028-03-02T20:00:00Z"})
		n.step(w.Doctor, step(n.referral, "interim_note"), "note.required", map[string]any{"note": " "})
		n.As(w.Doctor).Post("/api/v1/referrals/"+n.referral+"/actions/schedule", map[string]any{"scheduled_at": "2026-03-09T20:00:00Z"}, "If-Match", n.tag(w.Doctor, "/referrals/"+n.referral)).Want(200)
		n.step(w.Doctor, step(n.referral, "reschedule"), "scheduled_at.required", map[string]any{})
	})
}

// step asks for a step of a referral at the version it has now.
func (n *network) step(who models.Actor, path, code string, body any) {
	n.t.Helper()
	path = path[len("POST "):]
	n.heard(n.As(who).Post("/api/v1"+path, body, "If-Match", n.tag(who, path[:len("/referrals/")+36]), "Idempotency-Key", n.World.NewID()), code)
}

// tag is the version of a thing as somebody reads it now.
func (n *network) tag(who models.Actor, path string) string {
	n.t.Helper()
	return n.As(who).Get("/api/v1" + path).Want(200).Header.Get("ETag")
}

func TestWhatTheContactLogIsRefusedFor(t *testing.T) {
	eachNetwork(t, func(n *network) {
		w, at := n.World, "POST /relationships/"+n.relationship+"/contacts"
		call := map[string]any{"channel": "call", "with": map[string]any{"name": "Pat Lee"}, "outcome": "reached_staff"}
		promise := n.promiseBody()
		n.refuses([]asked{
			{"contact.channel", w.Desk, at, with(call, "channel", "pigeon")},
			{"contact.outcome", w.Desk, at, with(call, "outcome", "charmed")},
			{"contact.direction", w.Desk, at, with(call, "direction", "sideways")},
			{"contact.clients", w.Desk, at, with(call, "said", []any{"measures"})},
			{"contact.said_required", w.Desk, at, with(call, "clients", []any{n.client})},
			{"time.future", w.Desk, at, with(call, "at", "2026-03-03T20:00:00Z")},
			{"next_step.past", w.Desk, at, with(call, "next_step", map[string]any{"what": "Call", "due_on": "2026-02-01"})},
			{"packet.channel", w.Desk, at, with(call, "checklist", map[string]any{"packet_wanted": "pigeon"})},
			{"date.future", w.Desk, at, with(call, "checklist", map[string]any{"packet_sent_on": "2026-03-03"})},
			{"referral_list.unknown", w.Desk, at, with(call, "checklist", map[string]any{"referral_list": "secret"})},
			{"script.unknown", w.Desk, at, with(call, "checklist", map[string]any{"script": "hamlet"})},
			{"promise.what", w.Desk, at, with(call, "promise", map[string]any{"owed_by": "us", "what": " ", "due_on": "2026-03-09"})},
			{"promise.relationship", w.Desk, "POST /promises", with(promise, "relationship_id", nil)},
			{"promise.one_source", w.Desk, "POST /promises", with(with(promise, "prescription_id", "order"), "referral_id", "referral")},
			{"promise.owed_by", w.Desk, "POST /promises", with(promise, "owed_by", "fate")},
			{"promise.kind", w.Desk, "POST /promises", with(promise, "kind", "moon")},
			{"promise.what", w.Desk, "POST /promises", with(promise, "what", " ")},
			{"promise.due_on", w.Desk, "POST /promises", with(promise, "due_on", "2036-03-09")},
			{"packet.way", w.Desk, "POST /relationships/" + n.relationship + "/packets", map[string]any{"channel": "call"}},
			{"date.future", w.Desk, "PATCH /relationships/" + n.relationship, map[string]any{"accepting_new": "yes", "accepting_on": "2026-03-03"}},
			{"cards.none", w.Desk, "GET /partner-cards", nil},
			{"office.unknown", w.Owner, "POST /providers", map[string]any{"name": map[string]any{"given": "Mei", "family": "Tanaka"}, "office_id": missingID}},
		})
		n.As(w.Desk).Post("/api/v1/promises/"+n.promise+"/keep", map[string]any{}, "Idempotency-Key", "kept").Want(200)
		n.refuses([]asked{{"promise.settled", w.Desk, "POST /promises/" + n.promise + "/release", map[string]any{"reason": "They moved away."}}})
	})
}

func TestWhatSettingsAreRefusedFor(t *testing.T) {
	eachNetwork(t, func(n *network) {
		w := n.World
		settings := func(key string, value any) map[string]any {
			return map[string]any{"settings": map[string]any{key: value}}
		}
		n.refuses([]asked{
			{"screening.row_invalid", w.Owner, "PATCH /practice", settings("extra_screening", []any{map[string]any{"key": "fever", "severity": "absolute", "finding": "Hot", "action": "Stop"}})},
			{"screening.not_hidable", w.Owner, "PATCH /practice", settings("hidden_screening", []any{"fever"})},
			{"number.out_of_range", w.Owner, "PATCH /practice", settings("change_lapse_days", 91)},
			{"time_zone.unknown", w.Owner, "PATCH /practice", map[string]any{"time_zone": "Local"}},
			{"role.unknown", w.Owner, "PUT /practice/colleagues/" + string(w.Desk.UserID), map[string]any{"roles": []any{"provider"}}},
			{"profile.about", w.Therapist, "PUT /practice/profile", with(profileBody(), "about", "")},
			{"profile.treats", w.Therapist, "PUT /practice/profile", with(profileBody(), "treats", []any{})},
			{"password.too_long", models.Actor{}, "POST /invitations/invitation", map[string]any{"password": long(201)}},
			{"password.too_short", models.Actor{}, "POST /invitations/invitation", map[string]any{"password": "kurz"}},
		})
		n.As(w.Owner).Patch("/api/v1/practice", settings("accepts_orders", false), "If-Match", n.tag(w.Owner, "/practice")).Want(200)
		n.refuses([]asked{{"practice.not_accepting", w.Doctor, "POST /prescriptions", neckOrderBody(w)}})
	})
}

// TestAPersonIsPutUnderOneClientOnce: an order or a referral that names somebody
// in care already is not put under another record.
func TestAPersonIsPutUnderOneClientOnce(t *testing.T) {
	eachNetwork(t, func(n *network) {
		w := n.World
		other := n.make(w.Desk, "/clients", clientBody("Bea"))
		order := n.make(w.Doctor, "/prescriptions", with(with(neckOrderBody(w), "client", nil), "client_id", n.client))
		n.make(w.Doctor, "/prescriptions/"+order+"/submission", map[string]any{"signature": typed})
		inbound := n.make(w.Doctor, "/referrals", map[string]any{"direction": "inbound", "client_id": n.client, "reason": "Stiff neck again."})
		if tag := n.tag(w.Doctor, "/referrals/"+inbound); n.As(w.Doctor).Get("/api/v1/referrals/"+inbound).Text("state") == "draft" {
			n.As(w.Doctor).Post("/api/v1/referrals/"+inbound+"/actions/send", map[string]any{}, "If-Match", tag).Want(200)
		}
		n.refuses([]asked{{"order.client_settled", w.Owner, "POST /prescriptions/" + order + "/acceptance", map[string]any{"client_id": other}}})
		n.step(w.Owner, "POST /referrals/"+inbound+"/actions/accept", "referral.client_settled", map[string]any{"client_id": other})
		n.make(w.Owner, "/prescriptions/"+order+"/acceptance", map[string]any{})
	})
}

// TestAMailAboutWhatWasAnsweredMeanwhileStays: who is asked looks into the
// portal before the mail leaves.
func TestAMailAboutWhatWasAnsweredMeanwhileStays(t *testing.T) {
	eachNetwork(t, func(n *network) {
		w := n.World
		id := n.make(w.Desk, "/referrals", n.outbound())
		n.As(w.Desk).Post("/api/v1/referrals/"+id+"/actions/send", map[string]any{}, "If-Match", `"1"`).Want(200)
		n.As(w.Doctor).Post("/api/v1/referrals/"+id+"/actions/accept", map[string]any{}, "If-Match", n.tag(w.Doctor, "/referrals/"+id)).Want(200)
		n.Deliver()
		var l struct {
			Items []struct {
				ObjectID string `json:"object_id"`
				Kind     string `json:"kind"`
				State    string `json:"state"`
				Reason   string `json:"reason"`
			}
		}
		n.As(w.Owner).Get("/api/v1/messages?limit=200").Want(200).JSON(&l)
		for _, m := range l.Items {
			if m.ObjectID == id && m.State == "stopped" && m.Reason == "referral.not_waiting" {
				return
			}
		}
		n.t.Errorf("no mail about the referral was held back: %+v", l.Items)
	})
}

func TestAnOrderHoldsTwentyScans(t *testing.T) {
	n := seeded(t, "sqlite") // the count is the same on both
	form, kind := scanForm(t, "file", pngScan(t))
	at := "/api/v1/prescriptions/" + n.draft + "/attachments"
	for range 20 {
		n.As(n.World.Doctor).Post(at, form, "Content-Type", kind).Want(201)
	}
	n.As(n.World.Doctor).Post(at, form, "Content-Type", kind).Refused(409, "attachment.too_many")
}

// TestPasswordsAreTakenOverHTTPSOnly asks a server without https from elsewhere
// and from its own machine.
func TestPasswordsAreTakenOverHTTPSOnly(t *testing.T) {
	s := apitest.New(t, storetest.NewWorld(t, "sqlite"))
	s.SetPassword(olga, chosen)
	set := wire.Settings{PublicURL: "http://rapport.example", Now: s.World.Clock.Now, NewID: s.World.NewID, Log: slog.New(slog.DiscardHandler), Budget: time.Minute,
		ReadTimeout: 300 * time.Millisecond, TrustedProxies: []string{"127.0.0.1"}}
	app := wire.New(set)
	api.Mount(app, s.Net, set)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = app.Listener(l) }()
	t.Cleanup(func() { _ = app.ShutdownWithTimeout(time.Second) })
	body := `{"email":"` + olga + `","password":"` + chosen + `"}`
	for from, want := range map[string]string{"203.0.113.9": "403 sign_in.insecure", "": "200 "} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+l.Addr().String()+"/api/v1/auth/token", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		if from != "" {
			req.Header.Set("X-Forwarded-For", from)
		}
		if got := said(t, req); got != want {
			t.Errorf("from %q: got %s, want %s", from, got, want)
		}
	}
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := io.WriteString(c, "POST /api/v1/auth/token HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"em"); err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(c); err != nil || !strings.Contains(string(b), " 408 ") || !strings.Contains(string(b), `"code":"too_slow"`) {
		t.Errorf("half a body: %q, %v", b, err)
	}
}

// said is the status and the problem's code.
func said(t *testing.T, req *http.Request) string {
	t.Helper()
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var p struct{ Code string }
	if err := json.NewDecoder(res.Body).Decode(&p); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(res.StatusCode, " ", p.Code)
}
