package api_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"rapport/api/apitest"
	"rapport/models/store"
	"rapport/models/store/storetest"
)

const clientsPath, keyHeader = "/api/v1/clients", "Idempotency-Key"

func clientBody(given string) map[string]any {
	return map[string]any{"name": map[string]string{"given": given, "family": "Álvarez"}, "birth_date": "1984-05-17"}
}

func keptKeys(t *testing.T, w *storetest.World, what string) (n int) {
	t.Helper()
	if err := w.OwnerDB.QueryRow("SELECT " + what + " FROM idempotency_keys").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func sameAnswer(t *testing.T, a, b *apitest.Response) {
	t.Helper()
	if a.Status != b.Status || string(a.Body) != string(b.Body) || a.Header.Get("ETag") != b.Header.Get("ETag") || a.Header.Get("Location") != b.Header.Get("Location") {
		t.Errorf("the answers differ:\n%d %s %v\n%d %s %v", a.Status, a.Body, a.Header, b.Status, b.Body, b.Header)
	}
}

// TestTheSameKeyGivesTheSameAnswer: also after the client changed in the
// meantime, and each time counted.
func TestTheSameKeyGivesTheSameAnswer(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := serve(t, w)
		owner := s.As(w.Owner)
		first := owner.Post(clientsPath, clientBody("Ana"), keyHeader, "k1").Want(201)
		if first.Header.Get("ETag") != `"1"` || first.Header.Get("Location") != clientsPath+"/"+first.Text("id") {
			t.Errorf("headers %v", first.Header)
		}
		owner.Patch(clientsPath+"/"+first.Text("id"), clientBody("Anna"), "If-Match", `"1"`).Want(200)
		sameAnswer(t, owner.Post(clientsPath, clientBody("Ana"), keyHeader, "k1"), first)
		w.Clock.Advance(6 * 24 * time.Hour)
		sameAnswer(t, s.As(w.Owner).Post(clientsPath, clientBody("Ana"), keyHeader, "k1"), first)
		if n := keptKeys(t, w, "replays"); n != 2 {
			t.Errorf("%d replays counted, want 2", n)
		}
		if n := len(clientsOf(t, s.As(w.Owner))); n != 1 {
			t.Errorf("%d clients, want 1", n)
		}
	})
}

func clientsOf(t *testing.T, c apitest.Caller) []any {
	t.Helper()
	items, _ := c.Get(clientsPath).Want(200).At("items").([]any)
	return items
}

func TestAKeyBelongsToOneBodyOnePersonAndOneRoute(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := serve(t, w)
		first := s.As(w.Owner).Post(clientsPath, clientBody("Ana"), keyHeader, "k1").Want(201)
		s.As(w.Owner).Post(clientsPath, clientBody("Bea"), keyHeader, "k1").Refused(422, "idempotency.body_differs")
		other := s.As(w.Desk).Post(clientsPath, clientBody("Ana"), keyHeader, "k1").Want(201)
		abroad := s.As(w.Stranger).Post(clientsPath, clientBody("Ana"), keyHeader, "k1").Want(201)
		if first.Text("id") == other.Text("id") || first.Text("id") == abroad.Text("id") {
			t.Error("an answer was given to somebody else")
		}
		if n := len(clientsOf(t, s.As(w.Owner))); n != 2 {
			t.Errorf("%d clients, want 2", n)
		}
	})
}

// TestARefusalIsDecidedAnew: only successes are kept, so that a key can be used
// again once its request has been mended or has become right.
func TestARefusalIsDecidedAnew(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := serve(t, w)
		unborn := clientBody("Ana")
		unborn["birth_date"] = "2026-03-05"
		s.As(w.Owner).Post(clientsPath, unborn, keyHeader, "k1").Want(422)
		if n := keptKeys(t, w, "count(*)"); n != 0 {
			t.Errorf("%d keys kept of a refusal", n)
		}
		w.Clock.Advance(4 * 24 * time.Hour)
		s.As(w.Owner).Post(clientsPath, unborn, keyHeader, "k1").Want(201)
	})
}

func TestAnExpiredKeyIsFree(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := serve(t, w)
		first := s.As(w.Owner).Post(clientsPath, clientBody("Ana"), keyHeader, "k1").Want(201)
		w.Clock.Advance(store.IdempotencyDays * 24 * time.Hour)
		second := s.As(w.Owner).Post(clientsPath, clientBody("Bea"), keyHeader, "k1").Want(201)
		if first.Text("id") == second.Text("id") {
			t.Error("an expired answer was given")
		}
		sameAnswer(t, s.As(w.Owner).Post(clientsPath, clientBody("Bea"), keyHeader, "k1"), second)
	})
}

// TestConcurrentRequestsWithOneKeyActOnce: whoever loses the race gets the
// winner's answer, or is told to ask again.
func TestConcurrentRequestsWithOneKeyActOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := serve(t, w)
		owner := s.As(w.Owner)
		answers := make([]*apitest.Response, 16)
		var wg sync.WaitGroup
		for i := range answers {
			wg.Go(func() { answers[i] = owner.Post(clientsPath, clientBody("Ana"), keyHeader, "k1") })
		}
		wg.Wait()
		ids := map[string]int{}
		for _, a := range answers {
			switch {
			case a.Status == 201:
				ids[a.Text("id")]++
			case a.Status == 409 && a.Text("code") == "idempotency.in_progress":
			default:
				t.Errorf("got %d %s", a.Status, a.Body)
			}
		}
		if len(ids) != 1 || len(clientsOf(t, owner)) != 1 {
			t.Errorf("answers name %v, %d clients exist; want one", ids, len(clientsOf(t, owner)))
		}
	})
}

// TestAnswersAreKeptSealed: the table of keys holds no client in the clear.
func TestAnswersAreKeptSealed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := serve(t, w)
		s.As(w.Owner).Post(clientsPath, clientBody("Wilhelmina"), keyHeader, "k1").Want(201)
		var response []byte
		if err := w.OwnerDB.QueryRow("SELECT response FROM idempotency_keys").Scan(&response); err != nil {
			t.Fatal(err)
		}
		if len(response) == 0 || strings.Contains(string(response), "Wilhelmina") {
			t.Errorf("stored: %q", response)
		}
	})
}
