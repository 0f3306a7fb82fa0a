package api_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"rapport/api/apitest"
	"rapport/models"
	"rapport/models/store/storetest"
)

// pdfText is the text of a PDF, its lines joined by single blanks.
func pdfText(t *testing.T, pdf []byte) string {
	t.Helper()
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Fatal("pdftotext is needed to read documents: install the package poppler-utils")
	}
	file := filepath.Join(t.TempDir(), "report.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("pdftotext", "-layout", "-enc", "UTF-8", file, "-").CombinedOutput()
	if err != nil {
		t.Fatalf("pdftotext: %v\n%s", err, out)
	}
	return strings.Join(strings.Fields(string(out)), " ")
}

// journey is a client on the way from the release to the report.
type journey struct {
	*apitest.Server
	t                      *testing.T
	client, release, order string
}

func (j *journey) post(c apitest.Caller, path string, body any) *apitest.Response {
	j.t.Helper()
	return c.Post("/api/v1"+path, body, "Idempotency-Key", j.World.NewID())
}

func (j *journey) me() apitest.Caller     { return j.As(j.World.Therapist) }
func (j *journey) doctor() apitest.Caller { return j.As(j.World.Doctor) }

// visit records a session of 30 minutes on the neck and signs it.
func (j *journey) visit(change ...func(map[string]any)) *apitest.Response {
	j.t.Helper()
	s := j.post(j.me(), "/sessions", neckVisit(j.World, j.order, j.client, change...)).Want(201)
	return j.post(j.me(), "/sessions/"+s.Text("id")+"/signature", map[string]any{}).Want(200)
}

// day moves to noon of a day in Seattle.
func (j *journey) day(year int, month time.Month, day int) {
	j.World.Clock.Set(time.Date(year, month, day, 12, 0, 0, 0, j.World.Practice.Location()))
}

// ordered brings a client the practice knows to an order in force: the release
// signed, the order signed by the chiropractor and accepted.
func ordered(t *testing.T, w *storetest.World, s *apitest.Server, given, family string, change func(map[string]any)) *journey {
	t.Helper()
	j := &journey{Server: s, t: t}
	j.client = j.post(j.me(), "/clients", map[string]any{"name": map[string]any{"given": given, "family": family}, "birth_date": "1984-05-17"}).Want(201).Text("id")
	release := releaseBody(w)
	release["categories"] = []string{"progress_report", "measures", "session_notes"}
	j.release = j.post(j.me(), "/clients/"+j.client+"/releases", release).Want(201).Text("id")
	j.post(j.As(w.Desk), "/releases/"+j.release+"/signature", map[string]any{"method": "typed", "name": given + " " + family,
		"electronic_records_consent": true}).Want(200)
	body := neckOrderBody(w)
	body["client"] = map[string]any{"name": map[string]any{"given": given, "family": family}, "birth_date": "1984-05-17"}
	if change != nil {
		change(body)
	}
	j.order = j.post(j.doctor(), "/prescriptions", body).Want(201).Text("id")
	j.post(j.doctor(), "/prescriptions/"+j.order+"/submission", map[string]any{"signature": map[string]any{"method": "typed", "name": "Linh Nguyễn"}}).Want(200)
	if r := j.post(j.me(), "/prescriptions/"+j.order+"/acceptance", map[string]any{"client_id": j.client}).Want(200); r.Text("client_id") != j.client || r.Text("status") != "active" {
		t.Fatalf("accepted %s", r.Body)
	}
	return j
}

// visits fails unless both sides read the same counter.
func (j *journey) visits(used, left float64) {
	j.t.Helper()
	for who, c := range map[string]apitest.Caller{"practice": j.me(), "prescriber": j.doctor()} {
		r := c.Get("/api/v1/prescriptions/" + j.order).Want(200)
		if r.At("visits.used") != used || r.At("visits.left") != left {
			j.t.Errorf("the %s reads %v used and %v left, want %v and %v", who, r.At("visits.used"), r.At("visits.left"), used, left)
		}
	}
}

func TestNeckOnlyForFourWeeksAndTheClientAsksForLegs(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		j := ordered(t, w, apitest.New(t, w), "Ana", "Silva", func(b map[string]any) { b["instruments"] = []string{"nprs", "ndi"} })
		first := j.visit(func(b map[string]any) {
			b["measures"] = append(b["measures"].([]any), map[string]any{"instrument": "ndi", "value": 30, "taken": "before"})
		})
		if first.At("visit_number") != 1.0 || first.Text("state") != "signed" || first.At("visits.left") != 3.0 {
			t.Errorf("first session %s", first.Body)
		}
		j.day(2026, 3, 5)
		soon := j.post(j.me(), "/sessions", neckVisit(w, j.order, j.client)).Refused(409, "scope_violation")
		if soon.Text("violations.0.code") != "frequency.period" || soon.Text("violations.0.allowed.earliest_date") != "2026-03-09" {
			t.Errorf("twice in a week %s", soon.Body)
		}
		j.day(2026, 3, 9)
		j.askForLegs()
		j.day(2026, 3, 16)
		j.reportUntilAcknowledged()
		j.revokeAndLookAtTheLog()
	})
}

// askForLegs is the second session: legs are refused, the wish is kept, the
// original stands until the prescriber opens the scope.
func (j *journey) askForLegs() {
	t, w, old := j.t, j.World, j.order
	legs := func(b map[string]any) {
		b["minutes"] = 60
		b["regions"] = []any{map[string]any{"region": "neck", "side": "both"}, map[string]any{"region": "lower_limb", "side": "both"}, map[string]any{"region": "foot", "side": "both"}}
	}
	no := j.post(j.me(), "/sessions", neckVisit(w, old, j.client, legs)).Refused(409, "scope_violation")
	if got := strings.Join(no.Violations(), " "); got != "scope.region scope.region scope.minutes" {
		t.Errorf("legs are refused with %q: %s", got, no.Body)
	}
	const words = "My legs and feet are tired too."
	wish := map[string]any{"asked_by": "client", "words": words, "share_words": true, "explanation_given": "The neck first.",
		"proposed": map[string]any{"regions": []any{map[string]any{"region": "neck", "side": "both"}, map[string]any{"region": "lower_limb", "side": "both"},
			map[string]any{"region": "foot", "side": "both"}}}}
	asked := j.post(j.me(), "/prescriptions/"+old+"/change-requests", wish).Want(201)
	if asked.Text("words") != words || asked.Text("prescription.scope.regions.1.region") != "" {
		t.Errorf("the wish %s", asked.Body)
	}
	j.post(j.me(), "/sessions", neckVisit(w, old, j.client, legs)).Refused(409, "scope_violation") // asking opens nothing
	if r := j.visit(); r.At("visit_number") != 2.0 || r.Text("prescription_id") != old {
		t.Errorf("the original stands, but %s", r.Body)
	}
	if r := j.doctor().Get("/api/v1/change-requests/" + asked.Text("id")).Want(200); r.Text("words") != words || r.Text("status") != "seen" {
		t.Errorf("the prescriber reads %s", r.Body)
	}
	j.post(j.doctor(), "/change-requests/"+asked.Text("id")+"/decision", map[string]any{"decision": "declined", "reason": "Not yet."}).Want(200)
	if r := j.me().Get("/api/v1/prescriptions/" + old).Want(200); r.Text("status") != "active" || r.At("version") != 1.0 {
		t.Errorf("after the refusal %s", r.Body)
	}
	again := j.post(j.me(), "/prescriptions/"+old+"/change-requests", wish).Want(201)
	j.order = j.post(j.doctor(), "/change-requests/"+again.Text("id")+"/decision", map[string]any{"decision": "approved"}).Want(200).Text("new_prescription_id")
	r := j.me().Get("/api/v1/prescriptions/" + j.order).Want(200)
	if r.At("version") != 2.0 || r.Text("replaces") != old || r.Text("status") != "active" || r.Text("scope.regions.2.region") != "foot" {
		t.Errorf("version 2 %s", r.Body)
	}
	j.visits(2, 2)
	stale := j.post(j.me(), "/sessions", neckVisit(w, old, j.client)).Refused(409, "scope_violation")
	if got := stale.Violations(); !slices.Equal(got, []string{"order.not_active"}) || stale.Text("refs.current_prescription_id") != j.order {
		t.Errorf("the old order names %s", stale.Body)
	}
}

// reportUntilAcknowledged is the third session with legs and the report on all
// three, from its gaps to the doctor's answer.
func (j *journey) reportUntilAcknowledged() {
	t, w := j.t, j.World
	draft := j.post(j.me(), "/reports", map[string]any{"client_id": j.client, "prescription_id": j.order, "kind": "progress"}).Want(201)
	at := "/reports/" + draft.Text("id")
	gaps := func() []string {
		return j.post(j.me(), at+"/signature", map[string]any{}).Refused(422, "report.incomplete").Violations()
	}
	if got := gaps(); !slices.Contains(got, "report.measure") || !slices.Contains(got, "report.recommendation") {
		t.Errorf("gaps of the draft: %v", got)
	}
	third := j.visit(func(b map[string]any) {
		b["regions"] = []any{map[string]any{"region": "neck", "side": "both"}, map[string]any{"region": "lower_limb", "side": "both"}}
		b["measures"] = []any{map[string]any{"instrument": "ndi", "value": 15, "taken": "before"}, map[string]any{"instrument": "nprs", "value": 2, "taken": "after"}}
	})
	if third.At("visit_number") != 3.0 || third.Text("kind") != "prescribed" {
		t.Errorf("third session %s", third.Body)
	}
	j.visits(3, 1)
	if got := gaps(); !slices.Equal(got, []string{"report.recommendation"}) {
		t.Errorf("gaps with all measures: %v", got)
	}
	now := j.me().Get("/api/v1" + at).Want(200)
	j.me().Patch("/api/v1"+at, map[string]any{"narrative": map[string]any{"recommendation": "Continue once a week", "reply_requested": true}}, "If-Match", now.Header.Get("ETag")).Want(200)
	signed := j.post(j.me(), at+"/signature", map[string]any{}).Want(200)
	sent := j.post(j.me(), at+"/deliveries", map[string]any{"provider_id": w.Provider.ID, "channel": "portal"}).Want(201)
	mails := j.Deliver()
	if len(mails) == 0 || !slices.ContainsFunc(mails, func(m models.Mail) bool { return m.To == w.Provider.Email }) {
		t.Fatalf("the doctor got no notice among %d mails", len(mails))
	}
	for _, m := range mails {
		for _, secret := range []string{"Ana", "Silva", "1984", "neck", "Neck", "M54", "pain", "legs"} {
			if strings.Contains(m.Subject+m.Text, secret) {
				t.Errorf("a mail tells %q: %s\n%s", secret, m.Subject, m.Text)
			}
		}
	}
	pdf := j.doctor().Get("/api/v1" + at + "/pdf").Want(200)
	if sum := sha256.Sum256(pdf.Body); hex.EncodeToString(sum[:]) != signed.Text("sha256") {
		t.Error("the doctor got other bytes than were signed")
	}
	text := pdfText(t, pdf.Body)
	for _, fact := range []string{"Ana Silva", "Nguyễn", "José Álvarez", "Ballard Massage", "Continue once a week", "3 of 4", "1 left", "NDI", "M54.2", "Visit 3 of 4"} {
		if !strings.Contains(text, fact) {
			t.Errorf("the report does not say %q:\n%s", fact, text)
		}
	}
	j.post(j.doctor(), at+"/acknowledgement", map[string]any{"reply": "Go on."}).Want(200)
	if d := j.me().Get("/api/v1/deliveries/" + sent.Text("id")).Want(200); d.Text("state") != "acknowledged" || d.Text("reply") != "Go on." {
		t.Errorf("delivery %s", d.Body)
	}
	j.post(j.me(), "/sessions", neckVisit(w, j.order, j.client)).Refused(409, "scope_violation") // the week's visit is used
}

func (j *journey) revokeAndLookAtTheLog() {
	t, w := j.t, j.World
	report := j.doctor().Get("/api/v1/reports").Want(200).Text("items.0.id")
	j.post(j.me(), "/releases/"+j.release+"/revocation", map[string]any{"received_at": w.Clock.Now(), "channel": "letter"}).Want(200)
	j.doctor().Get("/api/v1/reports/"+report+"/pdf").Refused(410, "release.ended")
	var log struct {
		Items []struct {
			Verdict, Channel, Basis string
			ReleaseID               string `json:"release_id"`
			Reasons                 []string
		}
	}
	j.As(w.Owner).Get("/api/v1/clients/" + j.client + "/disclosures?view=full").Want(200).JSON(&log)
	told, kept := 0, 0
	for _, d := range log.Items {
		switch {
		case d.Verdict == "allowed" && d.Basis == "release" && d.ReleaseID == j.release:
			told++
		case d.Verdict == "refused" && len(d.Reasons) > 0:
			kept++
		}
	}
	if told < 2 || kept != 1 {
		t.Errorf("the log shows %d disclosures under the release and %d refusals, want at least 2 and 1: %+v", told, kept, log.Items)
	}
	own := j.doctor().Get("/api/v1/prescriptions/" + j.order).Want(200) // what they wrote stays theirs, how it goes does not
	if own.Text("scope.regions.0.region") != "neck" || own.At("visits") != nil {
		t.Errorf("after the revocation the prescriber reads %s", own.Body)
	}
}
