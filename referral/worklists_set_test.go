package referral_test

import (
	"slices"
	"testing"

	"rapport/models"
	"rapport/referral"
)

// TestWhatWaitsForAProviderAsksTheSameForMany: the gate is asked about each
// line, with as many statements for many as for one, and each line names its
// client and stands in the ledger once.
func TestWhatWaitsForAProviderAsksTheSameForMany(t *testing.T) {
	eachLoop(t, func(t *testing.T, l *loop) {
		waits := func() (list []models.OpenLine, statements int) {
			statements = l.Statements(func() {
				list = must2(l.net.Worklist(l.ctx, l.Doctor, referral.WorklistQuery{}, models.Page{Limit: 50}))(t).Items
			})
			return list, statements
		}
		first := l.outgoing()
		told := func() int {
			return l.count("SELECT COUNT(*) FROM disclosures WHERE object_kind = 'referral' AND description = 'Listed as waiting for an answer' AND object_id = '" + string(first) + "'")
		}
		one, few := waits()
		if len(one) != 1 || one[0].Client.Family != "Silva" || told() != 1 {
			t.Fatalf("waits: %+v, told %d times", one, told())
		}
		for _, name := range []string{"Lopez", "Moreau", "Novak", "Okafor", "Rossi"} {
			l.client = l.Client("Ana", name)
			l.outgoing()
		}
		all, many := waits()
		if len(all) != 6 || many != few || told() != 2 {
			t.Errorf("%d wait, %d statements for one and %d for many, told %d times", len(all), few, many, told())
		}
		if slices.ContainsFunc(all, func(x models.OpenLine) bool { return x.Client.Family == "" }) {
			t.Error("a line names nobody")
		}
		t.Logf("%d statements, trail and ledger included", few)
	})
}
