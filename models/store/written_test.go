package store

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"gorm.io/driver/postgres"
	"gorm.io/gorm"

	"rapport/models"
)

// TestWrittenStatementsAreNumberedAsGORMWould: or left to it.
func TestWrittenStatementsAreNumberedAsGORMWould(t *testing.T) {
	g, err := gorm.Open(postgres.New(postgres.Config{DSN: "host=/nowhere", Conn: nil}), &gorm.Config{DryRun: true, DisableAutomaticPing: true})
	if err != nil {
		t.Fatal(err)
	}
	at, name := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), "n"
	for _, c := range []struct {
		query string
		args  []any
		ours  bool
	}{
		{"SELECT 1", nil, true},
		{"SELECT ? + ?", []any{1, int64(2)}, true},
		{"a = ? AND b IN ? AND c = ?", []any{models.PracticeID("p"), []string{"x", "y", "z"}, true}, true},
		{"a IN ?", []any{[]string{"one"}}, true},
		{"a IN ?", []any{[]string{}}, false},
		{"a IN (?)", []any{[]string{"x", "y"}}, false},
		{"a = (? + 1)", []any{3}, true},
		{"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", []any{"a", nil, at, &at, &name, []byte("b"), 1.5, models.Date("2026-03-02"), 9, 10, 11, 12}, true},
		{"a IN ?", []any{[]int{1, 2}}, false},
		{"a IN ?", []any{[]models.ClientID{"c"}}, false},
		{"a = ?", []any{jsonOf([]string{"x"})}, false},
		{"a = ?", []any{gorm.Expr("b + ?", 1)}, false},
		{"é = ? /* ü */", []any{"张"}, true},
		{"a = ? AND b = ?", []any{"one too few"}, false},
		{"a = ?", []any{"one", "too many"}, false},
	} {
		said := g.Raw(c.query, c.args...).Statement
		got, ours := numbered(c.query, c.args)
		if ours != c.ours {
			t.Errorf("%s %v: ours is %v", c.query, c.args, ours)
		}
		if ours && (got.sql != said.SQL.String() || !slices.EqualFunc(got.args, said.Vars, func(a, b any) bool { return fmt.Sprintf("%T %v", a, a) == fmt.Sprintf("%T %v", b, b) })) {
			t.Errorf("%s\nours   %s %v\nGORM's %s %v", c.query, got.sql, got.args, said.SQL.String(), said.Vars)
		}
	}
}
