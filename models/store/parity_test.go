package store_test

import (
	"database/sql"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rapport/models/store/storetest"
)

// sharedTables are those that no practice owns, each with the reason. Every
// other table is a practice's: see TestEveryTableIsSharedOrFencedByPractice.
var sharedTables = map[string]string{
	"practices":        "the practices themselves",
	"users":            "a person may work in several practices and for providers",
	"user_roles":       "says in which practice or for which provider a user acts",
	"providers":        "the directory is common to all practices",
	"offices":          "the directory is common to all practices",
	"provider_roles":   "the directory is common to all practices",
	"sign_ins":         "belong to a user, before a practice is chosen",
	"refresh_tokens":   "belong to a sign-in",
	"sign_in_failures": "counted before anybody is known",
	"otp_secrets":      "belong to a user, before a practice is chosen",
	"recovery_codes":   "belong to a user, before a practice is chosen",
	"passkeys":         "belong to a user, and say who that is",
	"challenges":       "are met before anybody is known",
	"links":            "a token is looked up before its practice is known",
	"invitations":      "read by the invited, who belongs to no practice yet",
	"grants":           "lead a provider's id to the practice that holds the object",
	"idempotency_keys": "belong to a principal, who may be outside every practice",
	"signing_keys":     "of the server",
	"provider_merges":  "the directory is common to all practices",
	"provider_words":   "the search's index of the directory",
	"provider_places":  "the search's index of the directory",
	"word_typos":       "the search's index of the directory",
	"calibrations":     "the still-referring model of the whole network",
}

// foreignTables are made and kept by libraries on both engines.
func foreignTable(name string) bool {
	return strings.HasPrefix(name, "river_") || strings.HasPrefix(name, "goose_") || strings.HasPrefix(name, "sqlite_")
}

// schema of one engine in words that both share, by table.
type schema map[string]table

type table struct {
	Columns map[string]string // "text", "time null"
	Key     []string
	Indexes []string // "unique (a, b) where", by content, because names of implied ones differ
	Refs    []string // "(practice_id, client_id) -> clients (practice_id, id)"
	Checks  int
}

var families = map[string]string{
	"TEXT": "text", "INTEGER": "integer", "BOOLEAN": "boolean", "DATETIME": "time", "BLOB": "bytes", "REAL": "float",
	"text": "text", "bigint": "integer", "boolean": "boolean", "timestamp with time zone": "time", "bytea": "bytes", "double precision": "float",
}

func family(t *testing.T, declared string) string {
	t.Helper()
	f, ok := families[declared]
	if !ok {
		t.Errorf("type %q has no family: use one of %v", declared, slices.Sorted(maps.Keys(families)))
	}
	return f
}

// rows runs a query and returns every row as texts; NULL is "".
func rows(t *testing.T, db *sql.DB, query string, args ...any) [][]string {
	t.Helper()
	r, err := db.Query(query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer r.Close()
	names, err := r.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var all [][]string
	for r.Next() {
		cells, into := make([]sql.NullString, len(names)), make([]any, len(names))
		for i := range cells {
			into[i] = &cells[i]
		}
		if err := r.Scan(into...); err != nil {
			t.Fatal(err)
		}
		texts := make([]string, len(cells))
		for i, c := range cells {
			texts[i] = c.String
		}
		all = append(all, texts)
	}
	if err := r.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

func readSchema(t *testing.T, engine string, db *sql.DB) schema {
	t.Helper()
	s := schema{}
	if engine == "sqlite" {
		for _, r := range rows(t, db, "SELECT name, sql FROM sqlite_master WHERE type = 'table'") {
			if !foreignTable(r[0]) {
				s[r[0]] = readSQLiteTable(t, db, r[0], r[1])
			}
		}
		return s
	}
	for _, r := range rows(t, db, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'") {
		if !foreignTable(r[0]) {
			s[r[0]] = readPostgresTable(t, db, r[0])
		}
	}
	return s
}

func nullable(family string, null bool) string {
	if null {
		return family + " null"
	}
	return family
}

func readSQLiteTable(t *testing.T, db *sql.DB, name, ddl string) table {
	t.Helper()
	tab := table{Columns: map[string]string{}, Checks: strings.Count(ddl, "CHECK (")}
	for _, r := range rows(t, db, "SELECT name, type, \"notnull\", pk FROM pragma_table_info(?) ORDER BY pk", name) {
		// SQLite alone lets a key that is not an integer be NULL; ids never are.
		tab.Columns[r[0]] = nullable(family(t, r[1]), r[2] == "0" && r[3] == "0")
		if r[3] != "0" {
			tab.Key = append(tab.Key, r[0])
		}
	}
	for _, r := range rows(t, db, "SELECT name, \"unique\", origin, partial FROM pragma_index_list(?)", name) {
		if r[2] == "pk" {
			continue
		}
		var cols []string
		for _, c := range rows(t, db, "SELECT name FROM pragma_index_xinfo(?) WHERE key = 1 ORDER BY seqno", r[0]) {
			cols = append(cols, cmpOr(c[0], "expression"))
		}
		tab.Indexes = append(tab.Indexes, index(r[1] == "1", cols, r[3] == "1"))
	}
	refs := map[string][][]string{}
	for _, r := range rows(t, db, "SELECT id, \"table\", \"from\", \"to\" FROM pragma_foreign_key_list(?) ORDER BY id, seq", name) {
		refs[r[0]] = append(refs[r[0]], r)
	}
	for _, r := range refs {
		var from, to []string
		for _, c := range r {
			from, to = append(from, c[2]), append(to, c[3])
		}
		tab.Refs = append(tab.Refs, ref(from, r[0][1], to))
	}
	slices.Sort(tab.Indexes)
	slices.Sort(tab.Refs)
	return tab
}

func readPostgresTable(t *testing.T, db *sql.DB, name string) table {
	t.Helper()
	tab := table{Columns: map[string]string{}}
	for _, r := range rows(t, db, "SELECT column_name, data_type, is_nullable FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1", name) {
		tab.Columns[r[0]] = nullable(family(t, r[1]), r[2] == "YES")
	}
	for _, r := range rows(t, db, `SELECT i.indisprimary, i.indisunique, i.indpred IS NOT NULL,
		(SELECT string_agg(COALESCE(a.attname, 'expression'), ',' ORDER BY k.n) FROM unnest(i.indkey::int[]) WITH ORDINALITY k(col, n)
		 LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.col AND k.col <> 0 WHERE k.n <= i.indnkeyatts)
		FROM pg_index i WHERE i.indrelid = $1::regclass`, name) {
		cols := strings.Split(r[3], ",")
		if r[0] == "true" {
			tab.Key = cols
			continue
		}
		tab.Indexes = append(tab.Indexes, index(r[1] == "true", cols, r[2] == "true"))
	}
	for _, r := range rows(t, db, `SELECT c.contype, pg_get_constraintdef(c.oid) FROM pg_constraint c WHERE c.conrelid = $1::regclass`, name) {
		switch r[0] {
		case "c":
			tab.Checks++
		case "f":
			m := regexp.MustCompile(`^FOREIGN KEY \((.*?)\) REFERENCES (\w+)\((.*?)\)$`).FindStringSubmatch(r[1])
			if m == nil {
				t.Fatalf("%s: cannot read %s", name, r[1])
			}
			tab.Refs = append(tab.Refs, ref(strings.Split(m[1], ", "), m[2], strings.Split(m[3], ", ")))
		}
	}
	slices.Sort(tab.Indexes)
	slices.Sort(tab.Refs)
	return tab
}

func cmpOr(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

func index(unique bool, cols []string, partial bool) string {
	s := "(" + strings.Join(cols, ", ") + ")"
	if unique {
		s = "unique " + s
	}
	if partial {
		s += " where"
	}
	return s
}

func ref(from []string, to string, cols []string) string {
	return fmt.Sprintf("(%s) -> %s (%s)", strings.Join(from, ", "), to, strings.Join(cols, ", "))
}

// TestBothEnginesHaveTheSameSchema compares tables, columns, type families,
// nullability, keys, indexes, references and the number of checks.
func TestBothEnginesHaveTheSameSchema(t *testing.T) {
	lite, pg := storetest.NewWorld(t, "sqlite"), storetest.NewWorld(t, "postgres")
	got, want := readSchema(t, "sqlite", lite.OwnerDB), readSchema(t, "postgres", pg.OwnerDB)
	if len(got) < 30 {
		t.Fatalf("only %d tables were read", len(got))
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("PostgreSQL (-) and SQLite (+) differ:\n%s", d)
	}
}

// TestEveryTableIsSharedOrFencedByPractice: a table is listed as shared, or its
// key begins with practice_id, its references to other practice tables stay
// inside the practice, and PostgreSQL forces row-level security on it.
func TestEveryTableIsSharedOrFencedByPractice(t *testing.T) {
	w := storetest.NewWorld(t, "postgres")
	s := readSchema(t, "postgres", w.OwnerDB)
	fenced := map[string]bool{}
	for _, r := range rows(t, w.OwnerDB, `SELECT c.relname, p.qual, p.with_check, p.cmd, p.permissive, p.roles::text FROM pg_class c
		JOIN pg_policies p ON p.tablename = c.relname WHERE c.relrowsecurity AND c.relforcerowsecurity AND p.schemaname = 'public'`) {
		const one = "(practice_id = NULLIF(current_setting('app.practice'::text, true), ''::text))"
		if r[1] != one || r[2] != one || r[3] != "ALL" || r[4] != "PERMISSIVE" || r[5] != "{public}" || fenced[r[0]] {
			t.Errorf("%s: the policy is not the one of all tables, or there are two: %v", r[0], r[1:])
		}
		fenced[r[0]] = true
	}
	for name, tab := range s {
		if why, shared := sharedTables[name]; shared {
			if why == "" || fenced[name] {
				t.Errorf("%s: a shared table has a reason and no policy", name)
			}
			continue
		}
		if tab.Key[0] != "practice_id" {
			t.Errorf("%s: its key is %v; begin it with practice_id, or list the table as shared with a reason", name, tab.Key)
		}
		if !fenced[name] {
			t.Errorf("%s: row-level security is not forced; see migrations/postgres/00003_row_level_security.sql", name)
		}
		for _, r := range tab.Refs {
			to := regexp.MustCompile(`-> (\w+) `).FindStringSubmatch(r)[1]
			if _, shared := sharedTables[to]; !shared && (!strings.HasPrefix(r, "(practice_id, ") || !strings.Contains(r, to+" (practice_id, ")) {
				t.Errorf("%s: %s leaves the practice", name, r)
			}
		}
	}
	for name := range sharedTables {
		if _, ok := s[name]; !ok {
			t.Errorf("%s is listed as shared and does not exist", name)
		}
	}
}
