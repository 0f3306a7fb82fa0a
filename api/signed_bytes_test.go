package api_test

import (
	"bytes"
	"context"
	"testing"

	"rapport/models"
	"rapport/models/store/storetest"
	"rapport/referral"
)

// TestSignedBytesStayWhateverChangesAround: report, release and packet are the
// bytes that were signed and sent, after everybody they name has changed, and
// after another server has opened the database.
func TestSignedBytesStayWhateverChangesAround(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			n := seeded(t, engine)
			w := n.World
			papers := []string{"/reports/" + n.report + "/pdf", "/releases/" + n.release + "/document", "/packets/" + n.packet + "/pdf"}
			was := map[string][]byte{}
			for _, p := range papers {
				was[p] = n.As(w.Therapist).Get("/api/v1" + p).Want(200).Body
			}
			doctors := n.As(w.Doctor).Get("/api/v1" + papers[0]).Want(200).Body
			preview := n.As(w.Therapist).Get("/api/v1/reports/" + n.reportDraft + "/preview").Want(200).Body
			same := func(after string) {
				t.Helper()
				for p, want := range was {
					if got := n.As(w.Therapist).Get("/api/v1" + p).Want(200); !bytes.Equal(got.Body, want) {
						t.Errorf("after %s, %s is not what was signed", after, p)
					}
				}
				if got := n.As(w.Doctor).Get("/api/v1" + papers[0]).Want(200); !bytes.Equal(got.Body, doctors) || !bytes.Equal(doctors, was[papers[0]]) {
					t.Errorf("after %s the doctor reads another report than was signed", after)
				}
			}
			same("nothing")
			patch := func(by models.Actor, path string, body map[string]any) {
				t.Helper()
				n.As(by).Patch("/api/v1"+path, body, "If-Match", n.version("/api/v1"+path)).Want(200)
			}
			patch(w.Owner, "/clients/"+n.client, map[string]any{"name": map[string]any{"given": "Ann", "family": "Quintero"}, "birth_date": "1984-05-18", "phone": "+1 206 555 0777"})
			same("a client's new name")
			patch(w.Owner, "/practice", map[string]any{"name": "Another Name", "phone": "+1 206 555 0778", "address": map[string]any{"line1": "1 Other St", "city": "Tacoma", "state": "WA", "postal_code": "98402"},
				"settings": map[string]any{"letterhead_lines": []string{"Massage that writes back"}}})
			same("a new letterhead")
			n.As(w.Owner).Put("/api/v1/practice/profile", map[string]any{"about": "Quite another practice.", "treats": []string{"Feet"}}, "If-Match", n.version("/api/v1/practice/profile")).Want(200)
			same("a new profile")
			patch(w.Doctor, "/providers/"+string(w.Provider.ID), map[string]any{"credentials": "MD", "offices": []any{map[string]any{"id": w.Provider.Offices[0].ID, "name": "Moved Clinic",
				"address": map[string]any{"line1": "9 New Ave", "city": "Olympia", "state": "WA", "postal_code": "98501"}}}})
			same("the provider's new office")
			n.As(w.Therapist).Put("/api/v1/me/licence", map[string]any{"state": "OR", "number": "OR70000001", "expires_on": "2030-01-31"}).Want(200)
			same("another licence")
			if again := n.As(w.Therapist).Get("/api/v1/reports/" + n.reportDraft + "/preview").Want(200).Body; bytes.Equal(again, preview) {
				t.Error("nothing of this changes what is not signed: the test changes nothing")
			}
			anew(t, w, n, was)
		})
	}
}

// anew reads the papers as a server that was just started does.
func anew(t *testing.T, w *storetest.World, n *network, was map[string][]byte) {
	t.Helper()
	net := referral.New(w.Open(), n.Tokens, nil, referral.Config{PublicURL: "https://elsewhere.example", Now: w.Clock.Now})
	ctx := context.Background()
	report, err := net.ReportPDF(ctx, w.Therapist, models.ReportID(n.report))
	if err != nil || !bytes.Equal(report.Bytes, was["/reports/"+n.report+"/pdf"]) {
		t.Errorf("after a restart the report differs (%v)", err)
	}
	release, err := net.ReleaseDocument(ctx, w.Therapist, models.ReleaseID(n.release))
	if err != nil || !bytes.Equal(release.Bytes, was["/releases/"+n.release+"/document"]) {
		t.Errorf("after a restart the release differs (%v)", err)
	}
	packet, err := net.PacketPDF(ctx, w.Therapist, models.PacketID(n.packet))
	if err != nil || !bytes.Equal(packet, was["/packets/"+n.packet+"/pdf"]) {
		t.Errorf("after a restart the packet differs (%v)", err)
	}
}
