package api_test

import (
	"testing"

	"rapport/models/store"
)

// TestAListAsksTheSameForFiftyRowsAsForOne reads a client whole and the inbox
// over HTTP, sign-in and trail included. Six statements are enough, besides
// one that depends on the engine: PostgreSQL is told the practice that it
// fences, SQLite moves the head of the trail by itself.
func TestAListAsksTheSameForFiftyRowsAsForOne(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			p := newBusy(t, engine, 1)
			client, line, me := p.clients[0], p.dial(t), p.server.As(p.Therapist)
			add := func(i int) {
				if i > 0 {
					p.clients = append(p.clients, client)
					p.Write(func(tx *store.Tx) error { return p.prescribe(tx, client) })
				}
				p.release(client.ID)
				line.all(t, [][]byte{p.visit(t, i, p.NewID())}, 201)
			}
			of := "?limit=50&client_id=" + string(client.ID)
			paths := []string{"/api/v1/releases" + of, "/api/v1/prescriptions" + of, "/api/v1/sessions" + of, "/api/v1/sessions?limit=50", "/api/v1/worklists/reports_due?limit=50",
				"/api/v1/report-clocks?limit=50"}
			// the trail grows by its being read, so that only its statements are compared
			trail := "/api/v1/audit?limit=50&from=2020-01-01&client_id=" + string(client.ID)
			count := func(path string, rows int) int {
				return p.Statements(func() {
					if got := len(me.Get(path).Want(200).At("items").([]any)); got != rows {
						t.Errorf("%s: %d rows, want %d", path, got, rows)
					}
				}) - 1
			}
			one := map[string]int{}
			add(0)
			few := p.Statements(func() { me.Get(trail).Want(200) }) - 1
			for _, path := range paths {
				one[path] = count(path, 1)
			}
			for i := 1; i < 50; i++ {
				add(i)
			}
			if n := p.Statements(func() { me.Get(trail).Want(200) }) - 1; n != few || n > 6 {
				t.Errorf("%s: %d statements at first, %d later", trail, few, n)
			}
			for _, path := range paths {
				if n := count(path, 50); n != one[path] || n > 6 || n < 2 {
					t.Errorf("%s: %d statements for one row, %d for fifty", path, one[path], n)
				}
			}
		})
	}
}
