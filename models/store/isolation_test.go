package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"rapport/migrations"
	"rapport/models/store/storetest"
)

// filler puts rows into every table, whatever its columns: texts are the row's
// id, so that references between rows of one id hold.
type filler struct {
	t      *testing.T
	db     *sql.DB // as the program uses it: foreign keys on, no superuser
	engine string
	tables schema
	order  []string
	words  map[string][]string // "table.column" to what a CHECK lets in
}

func newFiller(t *testing.T, w *storetest.World) *filler {
	t.Helper()
	f := &filler{t: t, db: w.DB.Pool(), engine: w.DB.Engine(), tables: readSchema(t, w.DB.Engine(), w.OwnerDB), words: map[string][]string{}}
	for _, part := range regexp.MustCompile(`(?s)(?:CREATE|ALTER) TABLE (\w+) .*?;\n`).FindAllStringSubmatch(allMigrations(t), -1) {
		for _, m := range regexp.MustCompile(`(\w+) IN \('([^)]*)'\)`).FindAllStringSubmatch(part[0], -1) {
			if key := part[1] + "." + m[1]; f.words[key] == nil {
				f.words[key] = strings.Split(m[2], "','")
			}
		}
	}
	for done := map[string]bool{}; len(f.order) < len(f.tables); {
		before := len(f.order)
		for _, name := range slices.Sorted(maps.Keys(f.tables)) {
			if !done[name] && !slices.ContainsFunc(f.tables[name].Refs, func(r string) bool { return !done[target(r)] && target(r) != name }) {
				f.order, done[name] = append(f.order, name), true
			}
		}
		if len(f.order) == before {
			t.Fatal("references go in a circle")
		}
	}
	return f
}

// allMigrations is the text of every migration for SQLite.
func allMigrations(t *testing.T) string {
	t.Helper()
	files := migrations.Files("sqlite")
	names, err := fs.Glob(files, "*.sql")
	if err != nil || len(names) == 0 {
		t.Fatalf("%v, %v", names, err)
	}
	var all strings.Builder
	for _, name := range names {
		ddl, err := fs.ReadFile(files, name)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(ddl)
	}
	return all.String()
}

var refForm = regexp.MustCompile(`^\((.*?)\) -> (\w+) `)

func target(ref string) string { return refForm.FindStringSubmatch(ref)[2] }

// localColumns are a reference's own columns without practice_id.
func localColumns(ref string) []string {
	cols := strings.Split(refForm.FindStringSubmatch(ref)[1], ", ")
	return slices.DeleteFunc(cols, func(c string) bool { return c == "practice_id" })
}

// kept are values that a CHECK over several columns asks for; of the row "z"
// those that keep it out of a unique index over open work.
var kept = map[string]any{"order_series.allowed": 9, "disclosures.basis": "own_order"}

var keptOfZ = map[string]any{"change_requests.status": "withdrawn", "sessions.state": "void"}

func (f *filler) row(name, practice, id string, n int) map[string]any {
	v := map[string]any{}
	for col, fam := range f.tables[name].Columns {
		key := name + "." + col
		switch word := f.words[key]; {
		case col == "practice_id", key == "practices.id":
			v[col] = practice
		case id == "z" && keptOfZ[key] != nil:
			v[col] = keptOfZ[key]
		case kept[key] != nil:
			v[col] = kept[key]
		case word != nil:
			v[col] = word[0]
		default:
			v[col] = map[string]any{"text": id, "integer": n, "boolean": true, "time": time.Unix(1e9, 0).UTC(), "bytes": []byte(id), "float": 1.5}[strings.TrimSuffix(fam, " null")]
		}
	}
	for _, r := range f.tables[name].Refs { // a revision of itself is none
		for _, col := range localColumns(r) {
			if target(r) == name && strings.HasSuffix(f.tables[name].Columns[col], " null") {
				v[col] = nil
			}
		}
	}
	return v
}

// lone is a row that leans on the row x of its practice as little as it must,
// so that no unique index stands in its way.
func (f *filler) lone(name, practice, id string, n int) map[string]any {
	v := f.row(name, practice, id, n)
	for _, r := range f.tables[name].Refs {
		_, shared := sharedTables[target(r)]
		for _, col := range localColumns(r) {
			switch {
			case strings.HasSuffix(f.tables[name].Columns[col], " null"):
				v[col] = nil
			case shared:
				v[col] = "y"
			default:
				v[col] = "x"
			}
		}
	}
	return v
}

func (f *filler) insert(tx *sql.Tx, name string, v map[string]any) error {
	var cols, marks []string
	var args []any
	for col, x := range v {
		cols, args = append(cols, col), append(args, x)
		if f.engine == "postgres" {
			marks = append(marks, fmt.Sprintf("$%d", len(args)))
		} else {
			marks = append(marks, "?")
		}
	}
	_, err := tx.Exec("INSERT INTO "+name+" ("+strings.Join(cols, ", ")+") VALUES ("+strings.Join(marks, ", ")+")", args...)
	return err
}

// in runs g in a transaction that entered the practice, and keeps what it did
// when asked.
func (f *filler) in(practice string, keep bool, g func(tx *sql.Tx)) {
	f.t.Helper()
	tx, err := f.db.BeginTx(context.Background(), nil)
	if err != nil {
		f.t.Fatal(err)
	}
	defer tx.Rollback()
	if f.engine == "postgres" {
		if _, err := tx.Exec("SELECT set_config('app.practice', $1, true)", practice); err != nil {
			f.t.Fatal(err)
		}
	}
	g(tx)
	if keep {
		if err := tx.Commit(); err != nil {
			f.t.Fatal(err)
		}
	}
}

// single tables have one row for each practice, or one for all.
var single = []string{"practices", "audit_heads", "signing_keys"}

// fill makes the practices A with the rows x and y, and B with x alone.
func (f *filler) fill() {
	f.t.Helper()
	for _, r := range []struct {
		practice, id string
		n            int
	}{{"A", "x", 1}, {"A", "y", 2}, {"B", "x", 1}} {
		f.in(r.practice, true, func(tx *sql.Tx) {
			for _, name := range f.order {
				_, shared := sharedTables[name]
				if name != "practices" && shared && r.practice == "B" || slices.Contains(single, name) && r.id == "y" {
					continue
				}
				if err := f.insert(tx, name, f.row(name, r.practice, r.id, r.n)); err != nil {
					f.t.Fatalf("fill %s: %v (a new CHECK over several columns? give it a value in kept)", name, err)
				}
			}
		})
	}
}

// fenced are the practice's tables.
func (f *filler) fenced() []string {
	return slices.DeleteFunc(slices.Clone(f.order), func(name string) bool { _, shared := sharedTables[name]; return shared })
}

// TestAReferenceIntoAnotherPracticeIsRefused tries every reference between
// practice tables with a row that exists in the other practice only.
func TestAReferenceIntoAnotherPracticeIsRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		f := newFiller(t, w)
		f.fill()
		tried := 0
		for _, name := range f.fenced() {
			for _, r := range f.tables[name].Refs {
				if _, shared := sharedTables[target(r)]; shared {
					continue
				}
				for _, id := range []string{"x", "y"} {
					v := f.lone(name, "B", "z", 3)
					for _, col := range localColumns(r) {
						v[col] = id
					}
					f.in("B", false, func(tx *sql.Tx) {
						err := f.insert(tx, name, v)
						if id == "x" && err != nil {
							t.Errorf("%s %s: a reference inside the practice: %v", name, r, err)
						}
						if id == "y" && (err == nil || !strings.Contains(strings.ToLower(err.Error()), "foreign key")) {
							t.Errorf("%s %s: a reference into another practice: %v, want a foreign key error", name, r, err)
						}
					})
				}
				tried++
			}
		}
		if tried < 25 {
			t.Errorf("only %d references were tried", tried)
		}
	})
}

// TestATransactionInOnePracticeSeesNoRowOfAnother looks at every practice table
// as the program's role: row-level security alone, without the store's
// conditions.
func TestATransactionInOnePracticeSeesNoRowOfAnother(t *testing.T) {
	w := storetest.NewWorld(t, "postgres")
	f := newFiller(t, w)
	f.fill()
	count := func(tx *sql.Tx, name, where string) (n int) {
		t.Helper()
		if err := tx.QueryRow("SELECT count(*) FROM " + name + where).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	for _, name := range f.fenced() {
		f.in("A", false, func(tx *sql.Tx) {
			if n := count(tx, name, ""); n == 0 || n != count(tx, name, " WHERE practice_id = 'A'") {
				t.Errorf("%s: in A, %d rows are seen", name, n)
			}
			for _, q := range []string{"UPDATE " + name + " SET practice_id = practice_id WHERE practice_id <> 'A'", "DELETE FROM " + name + " WHERE practice_id <> 'A'"} {
				r, err := tx.Exec(q)
				if err != nil {
					t.Fatal(err)
				}
				if n, _ := r.RowsAffected(); n != 0 {
					t.Errorf("%s: in A, %s met %d rows", name, q, n)
				}
			}
			if err := f.insert(tx, name, f.row(name, "B", "z", 3)); err == nil || !strings.Contains(err.Error(), "row-level security") {
				t.Errorf("%s: in A, a row of B could be inserted: %v", name, err)
			}
		})
		for _, nobody := range []string{"", "C", "A' OR 'a'='a"} {
			f.in(nobody, false, func(tx *sql.Tx) {
				if n := count(tx, name, ""); n != 0 {
					t.Errorf("%s: in %q, %d rows are seen", name, nobody, n)
				}
			})
		}
	}
	for _, db := range []*sql.DB{w.DB.Pool(), w.OwnerDB} { // a pooled connection after its transaction; the owner, whom FORCE binds
		for _, name := range f.fenced() {
			if r := rows(t, db, "SELECT count(*) FROM "+name); r[0][0] != "0" {
				t.Errorf("%s: without a practice, %s rows are seen", name, r[0][0])
			}
		}
	}
}
