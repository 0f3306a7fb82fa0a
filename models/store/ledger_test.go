package store_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
	"rapport/models/store/storetest"
)

func signedRelease(w *storetest.World, c models.Client) models.Release {
	at := w.Clock.Now()
	r := models.Release{ID: models.ReleaseID(w.NewID()), PracticeID: w.Practice.ID, ClientID: c.ID, Status: models.ReleaseDraft, Purpose: models.PurposeCoordination,
		Recipients: []models.Recipient{{ProviderID: w.Provider.ID, Label: "Linh Nguyễn, DC"}, {Name: "Dr. Words", Label: "Dr. Words"}},
		Categories: []models.Category{models.CategoryHIV}, ExpiresOn: "2026-12-31", FormVersion: models.ReleaseFormVersion,
		Representative: &models.Representative{Name: "Bo Silva", Relation: "mother", Authority: "parent"}, CreatedBy: w.Owner.UserID, Version: 1}
	w.Write(func(tx *store.Tx) error {
		if err := tx.AddRelease(r); err != nil {
			return err
		}
		d, err := tx.AddDocument(c.ID, "signed_release", "application/pdf", []byte("%PDF signed"))
		if err != nil {
			return err
		}
		r.SignedAt, r.Signature, r.DocumentID, r.DocumentSHA256 = &at, &models.Signature{Name: "Bo Silva", At: at}, d.ID, d.SHA256
		return tx.SignRelease(r)
	})
	r.Status, r.Version, r.CreatedAt = models.ReleaseActive, 2, at
	return r
}

func told(c models.Client, r models.Release, p models.ProviderID) models.Disclosure {
	return models.Disclosure{ClientID: c.ID, Recipient: models.Recipient{ProviderID: p, Label: "Linh Nguyễn, DC"}, Categories: r.Categories, Purpose: r.Purpose,
		Description: "Progress report", ObjectKind: "report", ObjectID: "rep", Channel: "portal", Allowed: true, Basis: models.BasisRelease, RuleVersion: "gate-1",
		ReleaseID: r.ID, ReleaseVersion: r.Version}
}

func TestAReleaseComesBackWhole(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		r := signedRelease(w, w.Client("Ana", "Silva"))
		w.Write(func(tx *store.Tx) error {
			got, err := tx.Release(r.ID)
			if err != nil || got.Status != models.ReleaseActive || got.Representative.Authority != "parent" || got.Signature.Name != "Bo Silva" ||
				len(got.Recipients) != 2 || got.Recipients[1].Name != "Dr. Words" || got.ExpiresOn != "2026-12-31" || !got.SignedAt.Equal(*r.SignedAt) || got.Version != 2 {
				t.Errorf("got %+v, %v", got, err)
			}
			return nil
		})
		err := w.DB.Read(context.Background(), w.Stranger, func(_ context.Context, tx *store.Tx) error { _, err := tx.Release(r.ID); return err })
		if !errors.Is(err, fault.NotFound) {
			t.Errorf("another practice: %v, want not found", err)
		}
		rows, err := w.OwnerDB.Query("SELECT representative, signature FROM releases")
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var a, b []byte
			if err := rows.Scan(&a, &b); err != nil || strings.Contains(string(a)+string(b), "Silva") {
				t.Errorf("a name stands in clear in the table (%v)", err)
			}
		}
	})
}

// forgeries is what nobody may do behind the store's back, by engine where
// the words differ.
var forgeries = []struct{ what, sqlite, postgres string }{
	{"change a decision", "UPDATE disclosures SET allowed = NOT allowed", ""},
	{"delete a decision", "DELETE FROM disclosures", ""},
	{"replace a decision", "INSERT OR REPLACE INTO disclosures SELECT practice_id, id, seq, client_id, at, principal, recipient, provider_id, categories, purpose, 'forged', object_kind, object_id, channel, allowed, basis, reasons, rule_version, release_id, release_version, override FROM disclosures",
		"INSERT INTO disclosures SELECT * FROM disclosures ON CONFLICT (practice_id, id) DO UPDATE SET description = 'forged'"},
	{"widen a signed release", "UPDATE releases SET categories = '[\"sud\"]'", ""},
	{"prolong a signed release", "UPDATE releases SET expires_on = '2099-01-01'", ""},
	{"swap the signed document's hash", "UPDATE releases SET document_sha256 = 'x'", ""},
	{"take the signature away", "UPDATE releases SET signature = NULL", ""},
	{"turn back to draft", "UPDATE releases SET status = 'draft'", ""},
	{"delete a release", "DELETE FROM releases", ""},
	{"name another doctor", "UPDATE release_recipients SET provider_id = (SELECT max(id) FROM providers) WHERE position = 0", ""},
	{"strike a recipient out", "DELETE FROM release_recipients", ""},
	{"add a recipient", "INSERT INTO release_recipients (practice_id, release_id, position, payer_name, claim_number, name, phone, role, label) SELECT practice_id, id, 9, 'L&I', '1', '', '', '', '' FROM releases", ""},
	{"change the trail", "UPDATE audit_events SET action = 'forged'", ""},
	{"cut the trail", "DELETE FROM audit_events", ""},
}

func TestTheLedgerAndSignedReleasesCannotBeForged(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		c := w.Client("Ana", "Silva")
		r := signedRelease(w, c)
		w.Write(func(tx *store.Tx) error { tx.Disclose(told(c, r, w.Provider.ID)); return nil })
		ctx := context.Background()
		conn, err := w.OwnerDB.Conn(ctx)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if w.DB.Engine() == "sqlite" { // as the program sets it
			if _, err := conn.ExecContext(ctx, "PRAGMA recursive_triggers = 1"); err != nil {
				t.Fatal(err)
			}
		} else if _, err := conn.ExecContext(ctx, "SELECT set_config('app.practice', $1, false)", string(w.Practice.ID)); err != nil {
			t.Fatal(err)
		}
		for _, f := range forgeries {
			sql := f.sqlite
			if w.DB.Engine() == "postgres" && f.postgres != "" {
				sql = f.postgres
			}
			res, err := conn.ExecContext(ctx, sql)
			if err == nil {
				n, _ := res.RowsAffected()
				t.Errorf("%s: %d rows, want a refusal", f.what, n)
			} else if !strings.Contains(err.Error(), "append-only") && !strings.Contains(err.Error(), "frozen") && !strings.Contains(err.Error(), "kept") {
				t.Errorf("%s: %v", f.what, err)
			}
		}
		w.Write(func(tx *store.Tx) error {
			l, err := tx.Disclosures(c.ID, 0, time.Time{}, 10)
			if len(l) != 1 || l[0].Description != "Progress report" || !l[0].Allowed {
				t.Errorf("ledger %+v", l)
			}
			return err
		})
	})
}

func TestDisclosuresStayInsideTheirPractice(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		c := w.Client("Ana", "Silva")
		r := signedRelease(w, c)
		d := told(c, r, w.Provider.ID)
		d.Override = &models.Override{Basis: "treatment", Reason: "On call", At: w.Clock.Now(), Until: w.Clock.Now()}
		w.Write(func(tx *store.Tx) error { tx.Disclose(d); return nil })
		err := w.DB.Write(context.Background(), w.Stranger, func(_ context.Context, tx *store.Tx) error {
			l, err := tx.Disclosures(c.ID, 0, time.Time{}, 10)
			was, err2 := tx.WasTold("report", "rep", w.Provider.ID)
			if len(l) != 0 || was {
				t.Errorf("another practice reads %+v, %v", l, was)
			}
			return errors.Join(err, err2)
		})
		if err != nil {
			t.Error(err)
		}
		w.Write(func(tx *store.Tx) error {
			l, err := tx.Disclosures(c.ID, 0, time.Time{}, 10)
			if err != nil || len(l) != 1 || l[0].Override == nil || l[0].Override.Reason != "On call" || l[0].ActorID != "system" || l[0].Seq != 1 {
				t.Errorf("own ledger %+v, %v", l, err)
			}
			was, err := tx.WasTold("report", "rep", w.Provider.ID)
			if !was {
				t.Error("the disclosure is not remembered")
			}
			return err
		})
	})
}

func TestVerifyFindsDecisionsThatDifferFromTheTrail(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		c := w.Client("Ana", "Silva")
		r := signedRelease(w, c)
		for range 3 {
			w.Write(func(tx *store.Tx) error {
				d := told(c, r, w.Provider.ID)
				d.Basis, d.Override = models.BasisOverride, &models.Override{Basis: "treatment", Reason: "On call", At: tx.Now(), Until: tx.Now()}
				tx.Disclose(d)
				return nil
			})
		}
		odd := map[int64]string{}
		check := func() {
			clear(odd)
			w.Write(func(tx *store.Tx) error {
				n, err := tx.VerifyLedger(func(seq int64, why string) { odd[seq] = why })
				if n != 3 {
					t.Errorf("%d checked, want 3", n)
				}
				return err
			})
		}
		if check(); len(odd) != 0 {
			t.Errorf("untouched: %v", odd)
		}
		for _, sql := range forge(w, "UPDATE disclosures SET description = 'nothing' WHERE seq = 2", "DELETE FROM disclosures WHERE seq = 3",
			"UPDATE disclosures SET override = (SELECT x.override FROM disclosures x WHERE x.seq = 2) WHERE seq = 1") {
			if _, err := w.OwnerDB.Exec(sql); err != nil {
				t.Fatal(err)
			}
		}
		if check(); len(odd) != 3 || !strings.Contains(odd[1], "not open") || !strings.Contains(odd[2], "differs") || !strings.Contains(odd[3], "without its disclosure") {
			t.Errorf("forged: %v", odd)
		}
	})
}

// forge takes the fences down first, as only the tables' owner can.
func forge(w *storetest.World, sql ...string) []string {
	if w.DB.Engine() == "sqlite" {
		return append([]string{"DROP TRIGGER disclosures_no_update", "DROP TRIGGER disclosures_no_delete"}, sql...)
	}
	return append([]string{"ALTER TABLE disclosures DISABLE TRIGGER disclosures_append_only", "ALTER TABLE disclosures NO FORCE ROW LEVEL SECURITY"}, sql...)
}
