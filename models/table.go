package models

import (
	"embed"
	"encoding/csv"
	"strconv"
)

// tables holds the read-only tables; tables/README.md names origin and licence.
//
//go:embed tables/*.csv tables/zip_places.csv.gz
var tables embed.FS

// row is one line of a table by column name.
type row map[string]string

// readTable reads an embedded table. A broken table is a broken build, so it
// panics: every table is read when the program starts, and by the tests.
func readTable(name string) []row {
	f, err := tables.Open("tables/" + name)
	if err != nil {
		panic(err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		panic(name + ": " + err.Error())
	}
	rows := make([]row, 0, len(lines)-1)
	for _, line := range lines[1:] {
		r := row{}
		for i, column := range lines[0] {
			r[column] = line[i]
		}
		rows = append(rows, r)
	}
	return rows
}

func (r row) yes(column string) bool { return r[column] == "yes" }

// number reads a number; an empty cell is nil.
func (r row) number(column string) *float64 {
	if r[column] == "" {
		return nil
	}
	v, err := strconv.ParseFloat(r[column], 64)
	if err != nil {
		panic(column + ": " + err.Error())
	}
	return &v
}

// must reads a number that every row has.
func (r row) must(column string) float64 {
	v := r.number(column)
	if v == nil {
		panic(column + " is empty")
	}
	return *v
}
