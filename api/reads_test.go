package api_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"rapport/models"
	"rapport/models/store"
)

// unaudited are the operations that may leave nothing on the trail, each with
// why: they answer nothing about a client.
var unaudited = map[string]string{
	"start-otp":             "names no client: the caller's own account",
	"refresh":               "names no client: the caller's own account",
	"me":                    "names no client: the caller's own account",
	"list-disciplines":      "the same for everybody",
	"read-vocabulary":       "the same for everybody",
	"read-screening":        "the same for everybody",
	"read-report-link":      "shows no name before the birth date is given, and the trying of it is on the trail",
	"read-signing-link":     "shows no name before the birth date is given, and the trying of it is on the trail",
	"read-network":          "providers and counts; no client",
	"export-network":        "providers and counts; no client",
	"read-outreach":         "providers and counts; no client",
	"list-relationships":    "providers and counts; no client",
	"read-relationship":     "providers and counts; no client",
	"list-packets":          "providers and counts; no client",
	"list-providers":        "the directory, which all practices share",
	"read-provider":         "the directory, which all practices share",
	"list-duplicates":       "the directory, which all practices share",
	"list-office-staff":     "the directory, which all practices share",
	"list-practices":        "the directory, which all practices share",
	"read-practice":         "the practice itself and its people",
	"list-colleagues":       "the practice itself and its people",
	"list-invitations":      "the practice itself and its people",
	"read-practice-profile": "the practice itself and its people",
	"preview-packet":        "the practice itself and its people",
	"print-packet":          "the practice itself and its people",
}

// TestEveryOperationThatTellsOfAClientIsOnTheTrail tries each operation as
// whoever may, and looks whether an event was written. A new operation is
// audited, or stands in unaudited with its reason.
func TestEveryOperationThatTellsOfAClientIsOnTheTrail(t *testing.T) {
	n := seeded(t, "sqlite")
	ops := operationsOf(n.API.OpenAPI())
	for _, name := range slices.SortedFunc(maps.Keys(ops), byPath) {
		op := ops[name]
		r := n.requestOf(op.OperationID, op.Method, op.Path)
		for _, p := range n.principals {
			before := n.events()
			if a := p.call.Do(op.Method, r.path, r.body, r.headers...); a.Status >= 300 {
				continue
			}
			left := n.events() - before
			if why := unaudited[op.OperationID]; left == 0 && why == "" {
				t.Errorf("%s (%s) as %s leaves nothing on the trail", name, op.OperationID, p.name)
			} else if left > 0 && why != "" {
				t.Errorf("%s (%s) is on the trail, and unaudited says why not: %s", name, op.OperationID, why)
			}
			n.restore()
			break
		}
	}
}

// events counts what is on all trails.
func (n *network) events() (sum int64) {
	n.t.Helper()
	err := n.World.DB.Read(context.Background(), models.System(""), func(_ context.Context, tx *store.Tx) error {
		ids, err := tx.PracticeIDs()
		for _, id := range append(ids, models.NetworkPractice) {
			if err == nil {
				err = tx.Enter(id)
			}
			if err == nil {
				var seq int64
				seq, _, err = tx.AuditHead()
				sum += seq
			}
		}
		return err
	})
	if err != nil {
		n.t.Fatal(err)
	}
	return sum
}

// TestNothingIsToldWhileTheTrailCannotBeWritten: an answer about a client comes
// after its line on the trail, so without the line there is no answer.
func TestNothingIsToldWhileTheTrailCannotBeWritten(t *testing.T) {
	for engine, down := range map[string]string{
		"sqlite":   "CREATE TRIGGER no_trail BEFORE INSERT ON audit_events BEGIN SELECT RAISE(ABORT, 'the trail is full'); END",
		"postgres": "REVOKE INSERT ON audit_events FROM rapport_app",
	} {
		t.Run(engine, func(t *testing.T) {
			n := seeded(t, engine)
			if _, err := n.World.OwnerDB.Exec(down); err != nil {
				t.Fatal(err)
			}
			ops, silent := operationsOf(n.API.OpenAPI()), 0
			for _, name := range slices.SortedFunc(maps.Keys(ops), byPath) {
				op := ops[name]
				if unaudited[op.OperationID] != "" || op.Tags[0] == "sign-in" { // no client in either
					continue
				}
				r := n.requestOf(op.OperationID, op.Method, op.Path)
				for _, p := range n.principals {
					a := p.call.Do(op.Method, r.path, r.body, r.headers...)
					told := strings.Contains(string(a.Body), "Silva") || strings.Contains(string(a.Body), n.client) || strings.Contains(string(a.Body), "my care under this order ends")
					switch {
					case told, a.Status == 500, a.Status < 300 && op.Method != "GET":
						t.Errorf("%s as %s: %d %.200s", name, p.name, a.Status, a.Body)
					case a.Status == 503:
						a.Refused(503, "audit.unavailable")
						silent++
					}
				}
			}
			if silent < 200 {
				t.Errorf("only %d requests heard that the trail cannot be written", silent)
			}
		})
	}
}
