package store_test

import (
	"context"
	"strings"
	"testing"

	"rapport/models"
	"rapport/models/store"
	"rapport/models/store/storetest"
)

// TestSignedHeadsFindATrailThatWasCutOrWrittenAnew does what somebody with all
// rights in the database can do so that the trail hangs together in itself.
func TestSignedHeadsFindATrailThatWasCutOrWrittenAnew(t *testing.T) {
	ctx := context.Background()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		log := func(action string) {
			w.Write(func(tx *store.Tx) error { tx.Log(action, "practice", "", "", ""); return nil })
		}
		for range 5 {
			log("client.read")
		}
		heads, err := w.DB.Heads(ctx)
		if err != nil || len(heads) != 3 || heads[0].Practice != w.Practice.ID || heads[0].Events < 5 || heads[2].Practice != models.NetworkPractice {
			t.Fatalf("%+v, %v", heads, err)
		}
		broken := func(heads []models.AuditHead) string {
			t.Helper()
			var c store.Checked
			if err := w.DB.VerifyHeads(ctx, heads, &c); err != nil {
				t.Fatal(err)
			}
			plain := ""
			for _, b := range c.Broken {
				plain += string(b.PracticeID) + " " + b.Row + " " + b.Why + "\n"
			}
			return plain
		}
		whole := func() {
			t.Helper()
			err := w.DB.Read(ctx, models.System(w.Practice.ID), func(_ context.Context, tx *store.Tx) error {
				var c store.Checked
				err := tx.VerifyTrail(&c)
				if len(c.Broken) > 0 {
					t.Errorf("the trail does not hang together, so the test is about nothing: %+v", c.Broken)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		log("client.read")
		if got := broken(heads); got != "" {
			t.Errorf("an honest trail: %s", got)
		}
		forged := append([]models.AuditHead{}, heads...)
		forged[1].Line = 4 // blank lines before it count
		forged[1].Hash = strings.Repeat("ab", 32)
		if got := broken(forged); !strings.Contains(got, "line 4 of the file") || !strings.Contains(got, "none of this server's keys") {
			t.Errorf("a forged head: %q", got)
		}

		behindTheStore(t, w, "DELETE FROM audit_events WHERE practice_id = '"+string(w.Practice.ID)+"' AND seq > 2",
			"UPDATE audit_heads SET seq = 2, hash = (SELECT hash FROM audit_events e WHERE e.practice_id = audit_heads.practice_id AND e.seq = 2) WHERE practice_id = '"+string(w.Practice.ID)+"'")
		whole()
		if got := broken(heads); !strings.HasPrefix(got, string(w.Practice.ID)) || !strings.Contains(got, "was cut") {
			t.Errorf("a cut trail: %q", got)
		}
		for range 6 { // and written on, past the old head
			log("client.list")
		}
		whole()
		if got := broken(heads); !strings.HasPrefix(got, string(w.Practice.ID)) || !strings.Contains(got, "written anew") {
			t.Errorf("a trail written anew: %q", got)
		}
	})
}

// behindTheStore runs statements as the owner of the tables, with the fences down.
func behindTheStore(t *testing.T, w *storetest.World, statements ...string) {
	t.Helper()
	first := []string{"DROP TRIGGER audit_events_no_delete"}
	if w.DB.Engine() == "postgres" {
		first = []string{"ALTER TABLE audit_events DISABLE TRIGGER USER", "ALTER TABLE audit_events NO FORCE ROW LEVEL SECURITY", "ALTER TABLE audit_heads NO FORCE ROW LEVEL SECURITY"}
	}
	for _, s := range append(first, statements...) {
		if _, err := w.OwnerDB.Exec(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}
