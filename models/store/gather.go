package store

import (
	"database/sql"
	"fmt"
	"reflect"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5/pgtype"
	"gorm.io/gorm"
)

// gather reads rows into T, each column into the field that GORM's schema names
// for it; a column without a field is left out, and NULL is the zero value.
// GORM's own reading gives the same at three times the cost, because it goes
// through a value in between for every field.
func gather[T any](each func(v any, read func()) error) ([]T, error) {
	var v, zero T
	out := []T{}
	err := each(&v, func() {
		out = append(out, v)
		v = zero
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// eachRow reads one row after the other into v and says so.
func eachRow(g *gorm.DB, v any, read func()) error {
	begin, row := into(g, v, read)
	return eachOf(g, begin, row)
}

// into finds where the columns of an answer go in v, and reads a row there.
func into(g *gorm.DB, v any, read func()) (begin func(columns []string) error, row func(scanner) error) {
	var places []any
	return func(columns []string) (err error) {
			places, err = placesOf(g, v, columns)
			return err
		}, func(row scanner) error {
			if err := row.Scan(places...); err != nil {
				return err
			}
			read()
			return nil
		}
}

// placesOf says where each column of a query goes.
func placesOf(g *gorm.DB, v any, columns []string) ([]any, error) {
	fields, err := fieldsOf(g, v, columns)
	if err != nil {
		return nil, err
	}
	row := reflect.ValueOf(v).Elem()
	places := make([]any, len(columns))
	for i, index := range fields {
		if index == nil {
			places[i] = new(any)
			continue
		}
		at := row.FieldByIndex(index).Addr()
		switch places[i] = at.Interface(); places[i].(type) {
		case sql.Scanner:
		default:
			places[i] = nullable(at)
		}
	}
	return places, nil
}

// shapes keeps where the columns of a query go in a row's type; the program
// has a few hundred of them.
var shapes sync.Map // of shape to [][]int

type shape struct {
	row     reflect.Type
	columns string
}

func fieldsOf(g *gorm.DB, v any, columns []string) ([][]int, error) {
	key := shape{reflect.TypeOf(v), strings.Join(columns, ",")}
	if known, ok := shapes.Load(key); ok {
		return known.([][]int), nil
	}
	s := &gorm.Statement{DB: g}
	if err := s.Parse(v); err != nil {
		return nil, err
	}
	fields := make([][]int, len(columns))
	for i, name := range columns {
		if f := s.Schema.LookUpField(name); f != nil {
			fields[i] = f.StructField.Index
		}
	}
	shapes.Store(key, fields)
	return fields, nil
}

// nullable lets NULL be the zero value where database/sql would refuse it.
func nullable(at reflect.Value) any {
	switch at.Elem().Kind() {
	case reflect.String:
		return (*text)(at.Convert(reflect.TypeFor[*string]()).Interface().(*string))
	case reflect.Int:
		return (*whole)(at.Convert(reflect.TypeFor[*int]()).Interface().(*int))
	case reflect.Int64:
		return (*long)(at.Convert(reflect.TypeFor[*int64]()).Interface().(*int64))
	}
	return at.Interface() // pointers, bytes, moments, and what is never NULL
}

// text reads a text column.
type text string

func (s *text) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*s = ""
	case string:
		*s = text(v)
	case []byte:
		*s = text(v)
	default:
		return fmt.Errorf("text column: cannot scan %T", v)
	}
	return nil
}

// ScanText is Scan without a value in between.
func (s *text) ScanText(v pgtype.Text) error {
	*s = text(v.String)
	return nil
}

// whole and long read a column of whole numbers.
type (
	whole int
	long  int64
)

func (n *whole) Scan(v any) error { return scanned(n, v) }
func (n *long) Scan(v any) error  { return scanned(n, v) }

func scanned[N ~int | ~int64](n *N, v any) error {
	switch v := v.(type) {
	case nil:
		*n = 0
	case int64:
		*n = N(v)
	default:
		return fmt.Errorf("number column: cannot scan %T", v)
	}
	return nil
}

// ScanInt64 is Scan without a value in between.
func (n *whole) ScanInt64(v pgtype.Int8) error {
	*n = whole(v.Int64)
	return nil
}

// ScanInt64 is Scan without a value in between.
func (n *long) ScanInt64(v pgtype.Int8) error {
	*n = long(v.Int64)
	return nil
}
