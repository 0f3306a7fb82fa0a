package storetest

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// Rows are the rows of each table, every value as text under its column.
type Rows map[string][]map[string]string

// Kept reads all tables of a world on SQLite, where no row hides from anybody.
func (w *World) Kept() Rows {
	w.T.Helper()
	all := Rows{}
	for _, t := range w.texts(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`) {
		all[t["name"]] = w.texts(`SELECT * FROM "` + t["name"] + `"`)
	}
	return all
}

// Columns are the names of all columns of those tables, each once.
func (w *World) Columns() (names []string) {
	w.T.Helper()
	for _, row := range w.texts(`SELECT DISTINCT c.name AS name FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table'`) {
		names = append(names, row["name"])
	}
	slices.Sort(names)
	return names
}

func (w *World) texts(query string) (out []map[string]string) {
	w.T.Helper()
	rows, err := w.OwnerDB.QueryContext(context.Background(), query)
	if err != nil {
		w.T.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	for err == nil && rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		err = rows.Scan(into...)
		row := map[string]string{}
		for i, c := range columns {
			row[c] = fmt.Sprint(values[i])
			if b, ok := values[i].([]byte); ok {
				row[c] = string(b)
			}
		}
		out = append(out, row)
	}
	if err == nil {
		err = rows.Err()
	}
	if err != nil {
		w.T.Fatal(err)
	}
	slices.SortFunc(out, func(a, b map[string]string) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	return out
}
