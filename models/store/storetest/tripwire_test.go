package storetest

import "testing"

func TestAStatementOnAPracticesTableWithoutThePracticeIsFound(t *testing.T) {
	for sql, astray := range map[string]bool{
		"SELECT id FROM clients WHERE practice_id = ? AND id = ?":                                                                      false,
		"SELECT `id` FROM `clients` WHERE practice_id = ? AND id = ?":                                                                  false,
		"SELECT practice_id, id FROM clients WHERE id = ?":                                                                             true,
		`SELECT "id" FROM "clients" WHERE id = $1`:                                                                                     true,
		"UPDATE order_series SET used = used + 1 WHERE id = ?":                                                                         true,
		"UPDATE order_series SET used = used + 1 WHERE practice_id = ? AND id = ?":                                                     false,
		"DELETE FROM `measures` WHERE session_id = ?":                                                                                  true,
		"INSERT INTO sessions (id, note) VALUES (?, ?)":                                                                                true,
		"INSERT INTO sessions (practice_id, id, note) VALUES (?, ?, ?)":                                                                false,
		"SELECT d.id FROM deliveries d JOIN reports r ON r.id = d.report_id WHERE d.practice_id = ?":                                   true,
		"SELECT d.id FROM deliveries d JOIN reports r ON r.practice_id = d.practice_id AND r.id = d.report_id WHERE d.practice_id = ?": false,
		"SELECT id FROM providers WHERE id = ?":                                                                                        false,
		"WITH e AS (INSERT INTO audit_events (practice_id, seq) VALUES (?, ?)) UPDATE audit_heads SET seq = ? WHERE practice_id = ?":   false,
		"WITH e AS (INSERT INTO audit_events (practice_id, seq) VALUES (?, ?)) UPDATE audit_heads SET seq = ?":                         true,
	} {
		if lacks := Astray(sql); (lacks != "") != astray {
			t.Errorf("%s: %q", sql, lacks)
		}
	}
}

func TestEachWorldKeepsTheStatementsThatNameNoPractice(t *testing.T) {
	Each(t, func(t *testing.T, w *World) {
		c := w.Client("Ana", "Silva")
		w.watch("SELECT given FROM clients WHERE id = '" + string(c.ID) + "'")
		w.mu.Lock()
		defer w.mu.Unlock()
		if len(w.astray) != 1 {
			t.Errorf("kept %v", w.astray)
		}
		clear(w.astray)
	})
}
