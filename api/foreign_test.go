package api_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"rapport/api/apitest"
	"rapport/models"
)

var (
	anyID      = regexp.MustCompile(`0196e000-0000-7000-8000-[0-9a-f]{12}`)
	nameOfCall = regexp.MustCompile(`"request_id":"[^"]*"`)
)

const missingID = "0196e000-ffff-7000-8000-00000000dead"

// rival owns the other practice: whatever they are refused, no role refuses.
func (n *network) rival() apitest.Caller {
	w := n.World
	return n.As(w.Person("ruth@fremont.example", "Ruth Cole", models.RoleGrant{Role: models.Owner, PracticeID: w.Other.ID}, models.RoleGrant{Role: models.Therapist, PracticeID: w.Other.ID}))
}

// elsewhere makes each id of a text one that nobody has, but for the ids of
// what all practices share.
func (n *network) elsewhere(s string) string {
	w := n.World
	shared := []string{string(w.Provider.ID), string(w.Provider2.ID), string(w.Provider.Offices[0].ID), n.twin, n.otherTwin, string(w.Other.ID)}
	return anyID.ReplaceAllStringFunc(s, func(id string) string {
		if slices.Contains(shared, id) {
			return id
		}
		return missingID
	})
}

func alike(t *testing.T, what string, foreign, missing *apitest.Response) {
	t.Helper()
	if foreign.Status != missing.Status || !bytes.Equal(nameOfCall.ReplaceAll(foreign.Body, nil), nameOfCall.ReplaceAll(missing.Body, nil)) {
		t.Errorf("%s:\n foreign %d %s\n missing %d %s", what, foreign.Status, foreign.Body, missing.Status, missing.Body)
	}
}

// TestForeignIDsAnywhereAnswerLikeMissingOnes: in the path, in a filter and in
// a body, an id of another practice tells its owner's rival no more than an id
// that nobody has.
func TestForeignIDsAnywhereAnswerLikeMissingOnes(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			n := seeded(t, engine)
			rival, ops := n.rival(), operationsOf(n.API.OpenAPI())
			tried := map[string]int{}
			for _, name := range slices.SortedFunc(maps.Keys(ops), byPath) {
				op := ops[name]
				if len(op.Security) == 0 {
					continue
				}
				r := n.requestOf(op.OperationID, op.Method, op.Path)
				if other := n.elsewhere(r.path); other != r.path {
					tried["path"]++
					foreign := rival.Do(op.Method, r.path, r.body, r.headers...)
					alike(t, name+", path", foreign, rival.Do(op.Method, other, r.body, slices.Concat(r.headers, []string{"Idempotency-Key", "other"})...))
					if foreign.Status != http.StatusNotFound && foreign.Status != http.StatusForbidden {
						t.Errorf("%s: a foreign object answers %d %s", name, foreign.Status, foreign.Body)
					}
				}
				if b, err := json.Marshal(r.body); err == nil && r.body != nil && n.elsewhere(string(b)) != string(b) && !strings.Contains(op.Path, "{") {
					tried["body"]++
					foreign := rival.Do(op.Method, r.path, b, r.headers...)
					alike(t, name+", body", foreign, rival.Do(op.Method, r.path, n.elsewhere(string(b)), slices.Concat(r.headers, []string{"Idempotency-Key", "other"})...))
					if foreign.Status < 300 {
						t.Errorf("%s: foreign ids in a body were taken: %s", name, foreign.Body)
					}
				}
				for _, p := range op.Parameters {
					id := map[string]string{"client_id": n.client, "prescription_id": n.order, "report_id": n.report, "relationship_id": n.relationship, "object_id": n.order, "actor": string(n.World.Desk.UserID), "therapist_id": string(n.World.Therapist.UserID)}[p.Name]
					if p.In != "query" || id == "" || strings.Contains(op.Path, "{") {
						continue
					}
					tried["query"]++
					alike(t, name+", "+p.Name, rival.Get(op.Path+"?"+p.Name+"="+id), rival.Get(op.Path+"?"+p.Name+"="+missingID))
				}
			}
			if tried["path"] < 60 || tried["body"] < 5 || tried["query"] < 6 {
				t.Errorf("tried only %v", tried)
			}
		})
	}
}

// TestWhatAPracticeKeepsOfASharedProviderIsItsOwn: the directory is shared, the
// notes, the people and the promises around it are not.
func TestWhatAPracticeKeepsOfASharedProviderIsItsOwn(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			n := seeded(t, engine)
			w := n.World
			at := "/api/v1/relationships/" + n.relationship
			n.As(w.Desk).Patch(at, map[string]any{"tier": "partner", "notes": "Zinnia likes lilies."}, "If-Match", n.version(at)).Want(200)
			n.make(w.Desk, "/relationships/"+n.relationship+"/contacts", map[string]any{"channel": "call", "with": map[string]any{"name": "Zinnia Roe", "role": "receptionist"}, "outcome": "reached_staff", "note": "Zinnia calls back."})
			n.make(w.Desk, "/offices/"+string(w.Provider.Offices[0].ID)+"/staff", map[string]any{"name": "Zinnia Roe"})
			n.make(w.Desk, "/promises", map[string]any{"relationship_id": n.relationship, "owed_by": "us", "what": "Zinnia's brochure", "due_on": "2026-03-09"})
			reads := []string{"/contacts", "/promises", "/relationships", "/network", "/network/export", "/outreach", "/worklists", "/providers", "/practice/colleagues", "/practice/figures", "/practice/invitations",
				"/providers/" + string(w.Provider.ID), "/providers/" + string(w.Provider.ID) + "/duplicates", "/offices/" + string(w.Provider.Offices[0].ID) + "/staff", "/partner-cards?provider_id=" + string(w.Provider.ID), "/contacts?provider_id=" + string(w.Provider.ID), "/worklists/promises", "/audit"}
			mine, rival, told := n.As(w.Owner), n.rival(), 0
			for _, path := range reads {
				if bytes.Contains(mine.Get("/api/v1"+path).Body, []byte("Zinnia")) {
					told++
				}
				for who, c := range map[string]apitest.Caller{"the other owner": rival, "the provider": n.As(w.Doctor)} {
					got := c.Get("/api/v1" + path)
					for _, word := range []string{"Zinnia", "Dana", n.relationship} {
						if bytes.Contains(got.Body, []byte(word)) {
							t.Errorf("GET %s tells %s %q: %s", path, who, word, got.Body)
						}
					}
				}
			}
			if told < 3 {
				t.Errorf("the owner themselves is told in %d places: this test looks in the wrong ones", told)
			}
		})
	}
}
