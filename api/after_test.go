package api_test

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"rapport/api/apitest"
	"rapport/models"
	"rapport/models/store/storetest"
)

// after is what ends somebody's access: who they were, and what happened. As
// them a caller asks who signed in before it.
type after struct {
	name string
	who  models.Actor
	end  func(n *network, in *apitest.Response)
	anew bool // they sign in once more, which they still may
}

func afters(w *storetest.World) []after {
	revoked := func(n *network, _ *apitest.Response) { n.revokeAll() }
	expired := func(n *network, _ *apitest.Response) {
		n.note()
		w.Clock.Set(time.Date(2027, 1, 2, 20, 0, 0, 0, time.UTC))
	}
	return []after{
		{"signed_out", w.Therapist, func(n *network, in *apitest.Response) {
			n.With(in.Text("access_token")).Post("/api/v1/auth/sign-out", nil).Want(204)
		}, false},
		{"password", w.Therapist, func(n *network, _ *apitest.Response) {
			other := signIn(n.Server, jose, chosen).Want(200).Text("access_token")
			n.With(other).Post("/api/v1/auth/password", map[string]string{"old_password": chosen, "password": "blue lakes in late june"}).Want(204)
		}, false},
		{"refresh", w.Therapist, func(n *network, in *apitest.Response) {
			for _, want := range []int{200, 401} {
				n.Anonymous().Post("/api/v1/auth/refresh", map[string]string{"refresh_token": in.Text("refresh_token")}).Want(want)
			}
		}, false},
		{"role_ended", w.Therapist, func(n *network, _ *apitest.Response) {
			n.As(w.Owner).Put("/api/v1/practice/colleagues/"+string(w.Therapist.UserID), map[string]any{"roles": []string{}}).Want(200)
		}, false},
		{"suspended", w.Therapist, func(n *network, _ *apitest.Response) {
			if _, err := n.Net.SuspendPractice(context.Background(), models.System(""), w.Practice.ID, true); err != nil {
				n.t.Fatal(err)
			}
		}, false},
		{"revoked", w.Doctor, revoked, false},
		{"rev_staff", models.Actor{}, revoked, false},
		{"expired", w.Doctor, expired, true},
		{"exp_staff", models.Actor{}, expired, true},
		{"order_end", w.Doctor, func(n *network, in *apitest.Response) {
			n.revokeAll(n.releaseEvent)
			n.With(in.Text("access_token")).Get("/api/v1/reports/" + n.report).Want(200)
			n.With(in.Text("access_token")).Post("/api/v1/prescriptions/"+n.order+"/revocation", map[string]any{"reason": "Surgery first."}, "Idempotency-Key", "end").Want(200)
			n.note()
		}, false},
	}
}

const jose, linh, pat = "jose@ballard.example", "linh@greenlake.example", "front@greenlake.example"

// revokeAll takes the client's releases back, but for some.
func (n *network) revokeAll(but ...string) {
	n.t.Helper()
	for _, id := range n.releasesOf() {
		if !slices.Contains(but, id) {
			n.make(n.World.Owner, "/releases/"+id+"/revocation", map[string]any{"channel": "letter"})
		}
	}
}

// releasesOf are the client's releases in force.
func (n *network) releasesOf() (ids []string) {
	n.t.Helper()
	var list struct{ Items []struct{ ID, Status string } }
	n.As(n.World.Owner).Get("/api/v1/clients/" + n.client + "/releases").Want(200).JSON(&list)
	for _, r := range list.Items {
		if r.Status == "active" {
			ids = append(ids, r.ID)
		}
	}
	if len(ids) < 3 {
		n.t.Fatalf("releases in force: %v", ids)
	}
	return ids
}

func (n *network) note() {
	n.t.Helper()
	n.make(n.World.Owner, "/releases/"+n.releaseEvent+"/expiry-event", map[string]any{"occurred_on": "2026-03-02"})
}

// ownOrder are the operations that show a prescriber their own order, whatever
// became of the release (PRODUCT §3.4).
var ownOrder = []string{"list-prescriptions", "read-prescription", "read-prescription-document", "read-attachment", "list-change-requests", "read-change-request"}

// ownStatus are those that name the client with what they sent and asked for
// while nobody took a release back: one that ran out freezes nothing.
var ownStatus = []string{"list-clients", "read-client", "list-sessions", "list-referrals", "list-document-requests"}

// TestAfterItEndedNothingOfTheClientIsRead: each event, and then every reading
// operation, compared with testdata/after.txt. Whoever has no session or no
// place any more is refused everything; whom no release names any more reads
// what they wrote themselves, and nothing that the practice wrote.
func TestAfterItEndedNothingOfTheClientIsRead(t *testing.T) {
	if *update {
		afterEach(t, "sqlite")
		return
	}
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) { t.Parallel(); afterEach(t, engine) })
	}
}

func afterEach(t *testing.T, engine string) {
	n := seeded(t, engine)
	ops := operationsOf(n.API.OpenAPI())
	names := slices.DeleteFunc(slices.SortedFunc(maps.Keys(ops), byPath), func(name string) bool {
		return ops[name].Method != http.MethodGet || len(ops[name].Security) == 0
	})
	rows := map[string]string{}
	head := fmt.Sprintf("%-62s", "")
	for _, a := range afters(n.World) {
		head += fmt.Sprintf(" %-10s", a.name)
		n.begin()
		email := jose
		switch {
		case strings.HasSuffix(a.name, "_staff"):
			email = pat
		case a.who.ProviderID != "":
			email = linh
		}
		in := signIn(n.Server, email, chosen).Want(200)
		a.end(n, in)
		if a.anew {
			in = signIn(n.Server, email, chosen).Want(200)
		}
		for _, name := range names {
			op := ops[name]
			r := n.requestOf(op.OperationID, op.Method, op.Path)
			got := n.With(in.Text("access_token")).Get(r.path)
			rows[name] += fmt.Sprintf(" %-10d", got.Status)
			n.tellsNothing(a.name+", "+op.OperationID, email != jose, got)
		}
	}
	var b strings.Builder
	b.WriteString(head + "\n")
	for _, name := range names {
		b.WriteString(strings.TrimRight(fmt.Sprintf("%-62s", name)+rows[name], " ") + "\n")
	}
	golden(t, "testdata/after.txt", b.String())
}

// begin gives those who will sign in a password, and the client a name that
// nobody else here has.
func (n *network) begin() {
	n.t.Helper()
	n.World.Clock.Set(storetest.Start)
	n.restore()
	for _, email := range []string{jose, linh, pat} {
		n.SetPassword(email, chosen)
	}
	at := "/api/v1/clients/" + n.client
	n.As(n.World.Owner).Patch(at, map[string]any{"name": map[string]any{"given": "Ana", "family": "Quintero"}, "birth_date": "1984-05-17", "email": "ana.quintero@example.org"}, "If-Match", n.version(at)).Want(200)
}

// tellsNothing looks for what the practice wrote about the client.
func (n *network) tellsNothing(what string, outsider bool, got *apitest.Response) {
	n.t.Helper()
	if !outsider {
		if got.Status == 200 && strings.Contains(string(got.Body), "Quintero") || got.Status >= 500 {
			n.t.Errorf("%s: %d %s", what, got.Status, got.Body)
		}
		return
	}
	event, op, _ := strings.Cut(what, ", ")
	own := slices.Contains(ownOrder, op) || strings.HasPrefix(event, "exp") && slices.Contains(ownStatus, op)
	words := []string{"Stiff", "Tight", "Go on", "Numb fingers", "My jaw", "quintero@"}
	if !own {
		words = append(words, "Quintero", "%PDF-")
	}
	for _, word := range words {
		if got.Status == 200 && strings.Contains(string(got.Body), word) {
			n.t.Errorf("%s tells %q: %.300q", what, word, got.Body)
		}
	}
}
