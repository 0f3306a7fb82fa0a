package api_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"rapport/api/apitest"
	"rapport/models"
)

// asked is a request with one mistake in it, and the code that it hears: as
// the code of the problem or among its reasons.
type asked struct {
	code string
	who  models.Actor
	path string // "POST /clients"
	body any
}

// trails are the tables that a refusal writes to.
var trails = []string{"audit_events", "audit_heads", "disclosures", "sign_ins"}

// refuses asks for each and wants a 4xx that names the code and says something.
// On SQLite, where every row can be read, it wants that they wrote nothing else.
func (n *network) refuses(list []asked) {
	n.t.Helper()
	kept := func() map[string][]map[string]string {
		if n.World.DB.Engine() != "sqlite" {
			return nil
		}
		rows := n.World.Kept()
		maps.DeleteFunc(rows, func(table string, _ []map[string]string) bool { return slices.Contains(trails, table) })
		return rows
	}
	before := kept()
	for _, a := range list {
		who := n.Anonymous()
		if a.who.UserID != "" {
			who = n.As(a.who)
		}
		method, path, _ := strings.Cut(a.path, " ")
		headers := []string{"Idempotency-Key", n.World.NewID()}
		if method == http.MethodPatch || method == http.MethodPut {
			headers = append(headers, "If-Match", who.Get("/api/v1"+path).Header.Get("ETag"))
		}
		r := who.Do(method, "/api/v1"+path, a.body, headers...)
		n.heard(r, a.code)
	}
	if after := kept(); !reflect.DeepEqual(before, after) {
		n.t.Errorf("what was refused wrote %v", changed(before, after))
	}
}

// heard wants a refusal with this code, each of whose reasons says something.
func (n *network) heard(r *apitest.Response, code string) {
	n.t.Helper()
	var p struct {
		Code, Detail string
		Violations   []struct{ Code, Message string }
	}
	if err := json.Unmarshal(r.Body, &p); err != nil {
		n.t.Errorf("%s: %d %s", code, r.Status, r.Body)
		return
	}
	found := p.Code == code && p.Detail != ""
	for _, v := range p.Violations {
		found = found || v.Code == code && v.Message != ""
	}
	if !found || r.Status < 400 || r.Status >= 500 {
		n.t.Errorf("want %s, got %d %s", code, r.Status, r.Body)
	}
}

// with is a copy of a body with one value more: with(b, "scope/minutes", 90);
// nil takes it away.
func with(body any, path string, value any) map[string]any {
	b, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	var root map[string]any
	if err := json.Unmarshal(b, &root); err != nil {
		panic(err)
	}
	at, keys := root, strings.Split(path, "/")
	for _, k := range keys[:len(keys)-1] {
		if at[k] == nil {
			at[k] = map[string]any{}
		}
		at = at[k].(map[string]any)
	}
	if last := keys[len(keys)-1]; value == nil {
		delete(at, last)
	} else {
		at[last] = value
	}
	return root
}

// times is a list of n equal things.
func times(n int, x any) (list []any) {
	for range n {
		list = append(list, x)
	}
	return list
}

func eachNetwork(t *testing.T, f func(n *network)) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) { f(seeded(t, engine)) })
	}
}

func long(n int) string { return strings.Repeat("x", n) }

func TestWhatAnOrderIsRefusedFor(t *testing.T) {
	eachNetwork(t, func(n *network) {
		w := n.World
		order := neckOrderBody(w)
		paper := with(order, "prescriber_id", w.Provider.ID)
		var goals []string
		for i := range 21 {
			goals = append(goals, fmt.Sprint("Goal ", i))
		}
		form, kind := scanForm(n.t, "picture", pngScan(n.t))
		n.heard(n.As(w.Doctor).Post("/api/v1/prescriptions/"+n.draft+"/attachments", form, "Content-Type", kind), "file.one")
		n.refuses([]asked{
			{"client.one", w.Doctor, "POST /prescriptions", with(order, "client_id", n.client)},
			{"prescriber.not_you", w.Doctor, "POST /prescriptions", with(order, "prescriber_id", w.Provider2.ID)},
			{"source.transcribed_only", w.Doctor, "POST /prescriptions", with(order, "issued_on", "2026-03-01")},
			{"opening.transcribed_only", w.Doctor, "POST /prescriptions", with(order, "opening", map[string]any{"used": 1, "as_of": "2026-03-01"})},
			{"practice.required", w.Doctor, "POST /prescriptions", with(order, "practice_id", nil)},
			{"prescriber.required", w.Owner, "POST /prescriptions", order},
			{"source.unknown", w.Owner, "POST /prescriptions", with(paper, "source", "rumour")},
			{"verbal.required", w.Owner, "POST /prescriptions", with(paper, "source", "verbal")},
			{"issued_on.future", w.Owner, "POST /prescriptions", with(paper, "issued_on", "2026-03-03")},
			{"opening.as_of", w.Owner, "POST /prescriptions", with(paper, "opening", map[string]any{"used": 1, "as_of": "2026-03-03"})},
			{"opening.used", w.Owner, "POST /prescriptions", with(paper, "opening", map[string]any{"used": 5, "as_of": "2026-03-01"})},
			{"goals.too_many", w.Doctor, "POST /prescriptions", with(order, "goals", goals)},
			{"diagnosis.required", w.Doctor, "POST /prescriptions", with(order, "diagnosis_codes", []any{})},
			{"diagnosis.invalid", w.Doctor, "POST /prescriptions", with(order, "diagnosis_codes", []any{"neck"})},
			{"procedure.invalid", w.Doctor, "POST /prescriptions", with(order, "procedure_codes", []any{"massage"})},
			{"instrument.unknown", w.Doctor, "POST /prescriptions", with(order, "instruments", []any{"horoscope"})},
			{"precaution.unknown", w.Doctor, "POST /prescriptions", with(order, "scope/precautions", []any{"no_moon"})},
			{"technique.unknown", w.Doctor, "POST /prescriptions", with(order, "scope/techniques", map[string]any{"only": []any{"magic"}})},
			{"techniques.only_or_except", w.Doctor, "POST /prescriptions", with(order, "scope/techniques", map[string]any{"only": []any{"swedish"}, "except": []any{"cupping"}})},
			{"region.unknown", w.Doctor, "POST /prescriptions", with(order, "scope/regions", []any{map[string]any{"region": "soul"}})},
			{"region.required", w.Doctor, "POST /prescriptions", with(order, "scope/regions", []any{})},
			{"region.duplicate", w.Doctor, "POST /prescriptions", with(order, "scope/regions", times(2, map[string]any{"region": "neck", "side": "left"}))},
			{"sessions_total.required", w.Doctor, "POST /prescriptions", with(order, "scope/sessions_total", nil)},
			{"sessions_total.range", w.Doctor, "POST /prescriptions", with(order, "scope/sessions_total", 1001)},
			{"minutes.range", w.Doctor, "POST /prescriptions", with(order, "scope/minutes_per_session", 1000)},
			{"frequency.sessions", w.Doctor, "POST /prescriptions", with(order, "scope/frequency/sessions", 0)},
			{"frequency.per", w.Doctor, "POST /prescriptions", with(order, "scope/frequency/per", "moon")},
			{"frequency.window", w.Doctor, "POST /prescriptions", with(order, "scope/frequency/window", "open")},
			{"dates.order", w.Doctor, "POST /prescriptions", with(order, "valid_until", "2026-03-01")},
			{"dates.too_far", w.Doctor, "POST /prescriptions", with(order, "valid_until", "2036-03-03")},
			{"expiry.unknown", w.Doctor, "POST /prescriptions", with(order, "expiry", "soft")},
			{"clock.unknown", w.Doctor, "POST /prescriptions", with(order, "clock", "sundial")},
			{"expiry.sliding_first_session", w.Doctor, "POST /prescriptions", with(with(order, "expiry", "sliding"), "clock", "first_session")},
			{"report_every.invalid", w.Doctor, "POST /prescriptions", with(order, "report_every", map[string]any{"sessions": 101, "days": 30})},
			{"claim.payer_required", w.Doctor, "POST /prescriptions", with(order, "claim", map[string]any{"payer_name": "", "claim_number": "SB-1"})},
			{"claim.injured_on_future", w.Doctor, "POST /prescriptions", with(order, "claim", map[string]any{"payer_name": "L&I", "claim_number": "SB-1", "injured_on": "2026-03-03"})},
			{"signature.required", w.Doctor, "POST /prescriptions/" + n.draft + "/submission", map[string]any{}},
			{"received_on.future", w.Owner, "POST /prescriptions/" + n.submitted + "/acceptance", map[string]any{"received_on": "2026-03-03"}},
			{"reason.required", w.Owner, "POST /prescriptions/" + n.submitted + "/declination", map[string]any{"reason": " "}},
			{"scope.required", w.Owner, "POST /prescriptions/" + n.order + "/verbal-orders", map[string]any{"scope": map[string]any{}, "given_by": "Dr. Nguyễn",
				"taken_at": "2026-03-02T19:30:00Z", "read_back": true}},
			{"verbal.read_back", w.Owner, "POST /prescriptions/" + n.order + "/verbal-orders", map[string]any{"scope": map[string]any{"minutes_per_session": 45},
				"given_by": "Dr. Nguyễn", "taken_at": "2026-03-02T19:30:00Z", "read_back": false}},
			{"verbal.given_by", w.Owner, "POST /prescriptions/" + n.order + "/verbal-orders", map[string]any{"scope": map[string]any{"minutes_per_session": 45},
				"given_by": " ", "taken_at": "2026-03-02T19:30:00Z", "read_back": true}},
			{"verbal.taken_at", w.Owner, "POST /prescriptions/" + n.order + "/verbal-orders", map[string]any{"scope": map[string]any{"minutes_per_session": 45},
				"given_by": "Dr. Nguyễn", "taken_at": "2026-02-01T19:30:00Z", "read_back": true}},
			{"asked_by.unknown", w.Owner, "POST /prescriptions/" + n.suspended + "/change-requests", with(n.wish(), "asked_by", "neighbour")},
			{"words.required", w.Owner, "POST /prescriptions/" + n.suspended + "/change-requests", with(n.wish(), "words", " ")},
			{"proposed.required", w.Owner, "POST /prescriptions/" + n.suspended + "/change-requests", with(n.wish(), "proposed", nil)},
			{"proposed.no_change", w.Owner, "POST /prescriptions/" + n.suspended + "/change-requests", with(n.wish(), "proposed/minutes_per_session", 30)},
			{"via.unknown", w.Owner, "POST /change-requests/" + n.change + "/recorded-answer", map[string]any{"via": "post", "decision": "declined", "reason": "No."}},
			{"scope.not_with_decline", w.Doctor, "POST /change-requests/" + n.change + "/decision", map[string]any{"decision": "declined", "reason": "No.",
				"scope": map[string]any{"minutes_per_session": 45}}},
			{"reason.required", w.Doctor, "POST /change-requests/" + n.change + "/decision", map[string]any{"decision": "declined"}},
		})
	})
}

func TestWhatASessionIsRefusedFor(t *testing.T) {
	eachNetwork(t, func(n *network) {
		w, visit := n.World, neckVisit(n.World, n.fresh, n.freshClient)
		nprs := func(change ...any) map[string]any {
			m := map[string]any{"instrument": "nprs", "value": 4, "taken": "before"}
			for i := 0; i < len(change); i += 2 {
				m[change[i].(string)] = change[i+1]
			}
			return m
		}
		measured := func(m any) map[string]any { return with(visit, "measures", []any{m}) }
		n.refuses([]asked{
			{"measure.too_many", w.Therapist, "POST /sessions", with(visit, "measures", times(61, nprs()))},
			{"measure.range", w.Therapist, "POST /sessions", measured(nprs("value", 11))},
			{"measure.instrument", w.Therapist, "POST /sessions", measured(nprs("instrument", "horoscope"))},
			{"measure.taken", w.Therapist, "POST /sessions", measured(nprs("taken", "later"))},
			{"region.required", w.Therapist, "POST /sessions", with(visit, "regions", []any{})},
			{"region.side_required", w.Therapist, "POST /sessions", with(visit, "regions", []any{map[string]any{"region": "neck"}})},
			{"region.side_unknown", w.Therapist, "POST /sessions", with(visit, "regions", []any{map[string]any{"region": "neck", "side": "behind"}})},
			{"region.side_not_applicable", w.Therapist, "POST /sessions", with(visit, "regions", []any{map[string]any{"region": "head", "side": "left"}})},
			{"screening.unanswered", w.Therapist, "POST /sessions", with(visit, "screening/reviewed", false)},
			{"screening.unknown", w.Therapist, "POST /sessions", with(visit, "screening/findings", []any{map[string]any{"key": "bad_luck"}})},
			{"safety.region_required", w.Therapist, "POST /sessions", with(visit, "screening/findings", []any{map[string]any{"key": "open_wound"}})},
			{"started_at.future", w.Therapist, "POST /sessions", with(visit, "started_at", "2026-03-03T20:00:00Z")},
			{"booking.other_client", w.Therapist, "POST /sessions", with(visit, "booking_id", n.booking)},
			{"deviation.reason_required", w.Therapist, "POST /sessions", with(visit, "deviation", map[string]any{"reason": " "})},
			{"text.required", w.Therapist, "POST /sessions/" + n.signed + "/addenda", map[string]any{"text": " "}},
			{"text.required", w.Therapist, "POST /sessions/" + n.signed + "/void", map[string]any{"reason": " "}},
			{"therapist.unknown", w.Desk, "POST /bookings", with(bookingBody(n.fresh, n.freshClient, "2026-03-10T20:00:00Z"), "therapist_id", w.Stranger.UserID)},
			{"starts_at.past", w.Desk, "POST /bookings", bookingBody(n.fresh, n.freshClient, "2026-03-01T20:00:00Z")},
			{"starts_at.too_far", w.Desk, "POST /bookings", bookingBody(n.fresh, n.freshClient, "2029-03-01T20:00:00Z")},
		})
	})
}

func TestWhatAReleaseIsRefusedFor(t *testing.T) {
	eachNetwork(t, func(n *network) {
		w, draft := n.World, releaseBody(n.World)
		member := map[string]any{"provider_id": w.Provider.ID, "role": "prescriber", "may_be_told": true}
		at, sign := "POST /clients/"+n.client+"/releases", map[string]any{"method": "typed", "name": "Ana Silva", "electronic_records_consent": true}
		n.refuses([]asked{
			{"recipients.required", w.Therapist, at, with(draft, "recipients", []any{})},
			{"recipient.twice", w.Therapist, at, with(draft, "recipients", times(2, map[string]any{"provider_id": w.Provider.ID}))},
			{"recipient.invalid", w.Therapist, at, with(draft, "recipients", []any{map[string]any{"phone": "555"}})},
			{"categories.required", w.Therapist, at, with(draft, "categories", []any{})},
			{"category.unknown", w.Therapist, at, with(draft, "categories", []any{"gossip"})},
			{"purpose.unknown", w.Therapist, at, with(draft, "purpose", "curiosity")},
			{"expiry.required", w.Therapist, at, with(draft, "expires_on", nil)},
			{"expires_on.past", w.Therapist, at, with(draft, "expires_on", "2026-03-01")},
			{"expiry_event.invalid", w.Therapist, at, with(with(draft, "expires_on", nil), "expiry_event", "never")},
			{"representative.incomplete", w.Therapist, at, with(draft, "representative", map[string]any{"name": "Rosa Silva"})},
			{"signature.method", w.Desk, "POST /releases/" + n.releaseDraft + "/signature", with(sign, "method", "stamped")},
			{"signature.name", w.Desk, "POST /releases/" + n.releaseDraft + "/signature", with(sign, "name", " ")},
			{"signature.image", w.Desk, "POST /releases/" + n.releaseDraft + "/signature", with(sign, "method", "drawn")},
			{"signature.consent", w.Desk, "POST /releases/" + n.releaseDraft + "/signature", with(sign, "electronic_records_consent", false)},
			{"email.invalid", w.Desk, "POST /releases/" + n.releaseDraft + "/signing-link", map[string]any{"email": "nobody"}},
			{"birth_date.required", models.Actor{}, "POST /sign/sign", sign},
			{"birth_date.required", models.Actor{}, "POST /sign/sign/document", map[string]any{}},
			{"birth_date.required", models.Actor{}, "POST /links/report/report", map[string]any{}},
			{"release.not_signed", w.Owner, "POST /releases/" + n.releaseDraft + "/revocation", map[string]any{"channel": "letter"}},
			{"received_at.future", w.Owner, "POST /releases/" + n.release + "/revocation", map[string]any{"received_at": "2026-03-03T20:00:00Z", "channel": "letter"}},
			{"channel.required", w.Owner, "POST /releases/" + n.release + "/revocation", map[string]any{"channel": " "}},
			{"reason.too_long", w.Owner, "POST /releases/" + n.release + "/revocation", map[string]any{"channel": "letter", "reason": long(1001)}},
			{"release.no_event", w.Owner, "POST /releases/" + n.release + "/expiry-event", map[string]any{"occurred_on": "2026-03-02"}},
			{"occurred_on.future", w.Owner, "POST /releases/" + n.releaseEvent + "/expiry-event", map[string]any{"occurred_on": "2026-03-03"}},
			{"care_team.too_long", w.Desk, "PUT /clients/" + n.client + "/care-team", times(51, member)},
			{"provider.twice", w.Desk, "PUT /clients/" + n.client + "/care-team", times(2, member)},
			{"name.invalid", w.Desk, "POST /clients", with(clientBody("Bea"), "name/given", long(101))},
			{"name.required", w.Desk, "POST /clients", with(clientBody("Bea"), "name", map[string]any{"given": " ", "family": ""})},
			{"birth_date.invalid", w.Desk, "POST /clients", with(clientBody("Bea"), "birth_date", "2026-03-03")},
		})
	})
}

func TestWhatAReportIsRefusedFor(t *testing.T) {
	eachNetwork(t, func(n *network) {
		w, payer := n.World, map[string]any{"payer_name": "L&I", "claim_number": "SB-1"}
		send := func(channel string) map[string]any {
			return map[string]any{"provider_id": w.Provider.ID, "channel": channel}
		}
		n.refuses([]asked{
			{"report.one_recipient", w.Therapist, "POST /reports", with(with(n.reportBody(), "payer", payer), "provider_id", w.Provider.ID)},
			{"report.payer", w.Therapist, "POST /reports", with(n.reportBody(), "payer", with(payer, "claim_number", " "))},
			{"report.kind", w.Therapist, "POST /reports", with(n.reportBody(), "kind", "weekly")},
			{"report.dates", w.Therapist, "POST /reports", with(with(n.reportBody(), "from", "2026-03-02"), "to", "2026-03-01")},
			{"report.begun", w.Therapist, "POST /reports", with(n.reportBody(), "kind", "discharge")},
			{"revision.reason", w.Therapist, "POST /reports/" + n.report + "/revisions", map[string]any{"reason": " "}},
			{"report.signed", w.Therapist, "PATCH /reports/" + n.report, map[string]any{"kind": "initial"}},
			{"report.not_signed", w.Therapist, "POST /reports/" + n.reportDraft + "/deliveries", send("portal")},
			{"delivery.channel", w.Therapist, "POST /reports/" + n.reportReady + "/deliveries", send("pigeon")},
			{"override.reason", w.Therapist, "POST /reports/" + n.reportReady + "/deliveries", with(send("letter"), "override", map[string]any{"basis": "treatment", "reason": "x"})},
			{"override.basis", w.Therapist, "POST /reports/" + n.reportReady + "/deliveries", with(send("letter"), "override", map[string]any{"basis": "curiosity", "reason": "Acute pain."})},
			{"delivery.not_a_letter", w.Therapist, "GET /deliveries/" + n.delivery + "/cover", nil},
			{"delivery.proof_state", w.Therapist, "POST /deliveries/" + n.letter + "/events", map[string]any{"state": "opened", "note": "x"}},
			{"delivery.proof_note", w.Therapist, "POST /deliveries/" + n.letter + "/events", map[string]any{"state": "sent", "note": " "}},
			{"delivery.proof_time", w.Therapist, "POST /deliveries/" + n.letter + "/events", map[string]any{"state": "sent", "note": "x", "at": "2026-03-03T20:00:00Z"}},
			{"client.required", w.Doctor, "POST /document-requests", with(n.asking(), "client_id", "")},
			{"request.kind", w.Doctor, "POST /document-requests", with(n.asking(), "kind", "x_ray")},
			{"request.wanted_by", w.Doctor, "POST /document-requests", with(n.asking(), "wanted_by", "2026-03-01")},
			{"note.required", w.Therapist, "POST /messages/" + n.message + "/resolution", map[string]any{"outcome": "sent"}},
		})
		at := "/api/v1/reports/" + n.report + "/acknowledgement"
		n.As(w.Doctor).Post(at, map[string]any{"reply": "Thank you."}, "Idempotency-Key", "one").Want(200)
		n.As(w.Doctor).Post(at, map[string]any{"reply": "Thank you."}, "Idempotency-Key", "two").Want(200)
		n.refuses([]asked{{"report.acknowledged", w.Doctor, "POST /reports/" + n.report + "/acknowledgement", map[string]any{"reply": "On second thoughts."}}})
	})
}
