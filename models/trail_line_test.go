package models_test

import (
	"testing"
	"time"

	"rapport/models"
)

func TestARecordOnTheTrailHasTheTitleThatPeopleKnow(t *testing.T) {
	at := time.Date(2026, 3, 3, 2, 0, 0, 0, time.UTC) // still March 2 in Seattle
	seattle := time.FixedZone("PST", -8*3600)
	for _, c := range []struct {
		kind, want string
		r          models.TrailRecord
	}{
		{"session", "Session of Mar 2, 2026", models.TrailRecord{From: "2026-03-02"}},
		{"booking", "Visit of Mar 2, 2026", models.TrailRecord{At: at}},
		{"report", "Progress report, Jan 5, 2026 to Mar 2, 2026, to Linh Nguyễn, DC", models.TrailRecord{Sort: "progress", From: "2026-01-05", Until: "2026-03-02", Name: "Linh Nguyễn, DC"}},
		{"delivery", "Initial report of Mar 2, 2026", models.TrailRecord{Sort: "initial", From: "2026-03-02", Until: "2026-03-02"}},
		{"prescription", "Order of Mar 2, 2026 by Linh Nguyễn, DC", models.TrailRecord{At: at, Name: "Linh Nguyễn, DC"}},
		{"release", "Release, not signed", models.TrailRecord{}},
		{"release", "Release of Mar 2, 2026", models.TrailRecord{At: at}},
		{"referral", "Referral from Linh Nguyễn, DC, Mar 2, 2026", models.TrailRecord{Sort: "inbound", At: at, Name: "Linh Nguyễn, DC"}},
		{"referral", "Referral to Linh Nguyễn, DC, Mar 2, 2026", models.TrailRecord{Sort: "outbound", At: at, Name: "Linh Nguyễn, DC"}},
		{"document_request", "Request for progress report by Priya Raman, MD, Mar 2, 2026", models.TrailRecord{Sort: "progress_report", At: at, Name: "Priya Raman, MD"}},
		{"contact", "Call of Mar 2, 2026 with Priya Raman, MD", models.TrailRecord{Sort: "call", At: at, Name: "Priya Raman, MD"}},
		{"disclosure", "Progress report of Mar 2, 2026 to Priya Raman, MD", models.TrailRecord{Words: "Progress report of 2026-03-02", Name: "Priya Raman, MD"}},
		{"packet", "Intro packet of Mar 2, 2026, Priya Raman, MD", models.TrailRecord{Sort: "email", At: at, Name: "Priya Raman, MD"}},
		{"link", "Link to sign a release for Ana Silva", models.TrailRecord{Sort: "sign", Name: "Ana Silva"}},
		{"provider", "Priya Raman, MD", models.TrailRecord{Name: "Priya Raman, MD"}},
		{"practice", "", models.TrailRecord{At: at}},
	} {
		c.r.Kind = c.kind
		l := models.TrailLine{AuditEvent: models.AuditEvent{ObjectKind: c.kind}, Record: c.r}
		if l.Entitle(seattle); l.Title != c.want {
			t.Errorf("%s is called %q, not %q", c.kind, l.Title, c.want)
		}
	}
	l := models.TrailLine{AuditEvent: models.AuditEvent{ObjectKind: "session"}}
	if l.Entitle(seattle); l.Title != "" {
		t.Errorf("a record that is not there is called %q", l.Title)
	}
}
