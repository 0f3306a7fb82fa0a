package referral

import (
	"context"
	"fmt"
	"testing"

	"rapport/models"
	"rapport/models/store"
)

func TestPassesMakeAnOlderDirectoryFindable(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		err := d.DB.Write(d.ctx, models.System(""), func(_ context.Context, tx *store.Tx) error {
			for i := range indexBatch + 3 {
				if err := tx.AddProvider(models.Provider{ID: models.ProviderID(tx.NewID()), Name: models.PersonName{Given: "Old", Family: fmt.Sprintf("Entry%c", 'a'+i%26)}, CreatedAt: tx.Now()}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range []string{"DELETE FROM provider_words", "DELETE FROM word_typos", "UPDATE providers SET indexed = ''"} {
			if _, err := d.OwnerDB.Exec(s); err != nil {
				t.Fatal(err)
			}
		}
		found := func(q string) int {
			l, err := d.net.Providers(d.ctx, d.Desk, models.ProviderQuery{Q: q}, models.Page{Limit: 100})
			if err != nil {
				t.Fatal(err)
			}
			return len(l.Items)
		}
		if n := found("nguyen"); n != 0 {
			t.Fatalf("%d found without an index", n)
		}
		for range 2 {
			if err := d.net.RunPasses(d.ctx); err != nil {
				t.Fatal(err)
			}
			if found("nguyen") != 1 || found("nguyne") != 1 || found("entryb old") < 19 {
				t.Errorf("found %d, %d, %d", found("nguyen"), found("nguyne"), found("entryb old"))
			}
		}
		var left int
		if err := d.OwnerDB.QueryRow("SELECT count(*) FROM providers WHERE indexed <> folded").Scan(&left); err != nil || left != 0 {
			t.Errorf("%d left, %v", left, err)
		}
	})
}
