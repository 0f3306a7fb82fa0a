package store

import (
	"fmt"
	"testing"
)

// TestReadsAreWritten in one SELECT, and a kept query does not gather what
// others add to it.
func TestReadsAreWritten(t *testing.T) {
	for name, mistake := range map[string]func(*Tx){"no condition": func(t *Tx) { scoped[clientRow](t).Where("") }, "a column for a condition": func(t *Tx) { scoped[clientRow](t).Where("id", "x") },
		"no order": func(t *Tx) { scoped[clientRow](t).Order("") }} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s was taken", name)
				}
			}()
			mistake(&Tx{db: &DB{}})
		}()
	}
	pg, lite := &Tx{db: &DB{pg: true}, practice: "p"}, &Tx{db: &DB{}, practice: "p"}
	kept := scoped[clientRow](pg).Select("id", "given", "COALESCE(family, '') AS family").Where("state = ?", "active").Order("id")
	first, second := kept.Where("given = ? OR family = ?", "a", "b").Order("family DESC").Limit(3), kept.Where("email IS NULL").ForUpdate()
	for _, c := range []struct {
		got        *query
		text, args string
	}{
		{kept.query, `SELECT "id","given",COALESCE(family, '') AS family FROM "clients" WHERE (practice_id = ?) AND (state = ?) ORDER BY id`, "[p active]"},
		{first.query, `SELECT "id","given",COALESCE(family, '') AS family FROM "clients" WHERE (practice_id = ?) AND (state = ?) AND (given = ? OR family = ?) ORDER BY id,family DESC LIMIT ?`,
			"[p active a b 3]"},
		{second.query, `SELECT "id","given",COALESCE(family, '') AS family FROM "clients" WHERE (practice_id = ?) AND (state = ?) AND (email IS NULL) ORDER BY id FOR UPDATE`, "[p active]"},
		{shared[clientRow](pg).ForShare().query, `SELECT * FROM "clients" FOR SHARE`, "[]"},
		{shared[clientRow](pg).Select("id").Limit(0).query, `SELECT "id" FROM "clients" LIMIT ?`, "[0]"},
		{shared[clientRow](lite).Select("id").ForUpdate().query, `SELECT "id" FROM "clients"`, "[]"},
	} {
		if text, args := c.got.reads("clients"); text != c.text || fmt.Sprint(args) != c.args {
			t.Errorf("%s %v, want %s %s", text, args, c.text, c.args)
		}
	}
}
