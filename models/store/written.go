package store

import (
	"reflect"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"
)

// A statement that is written out goes to PostgreSQL past GORM, which would
// copy its state and write the text once more, byte by byte, for each.

// numbered gives the places of a written statement their numbers, as GORM
// would: a list of texts becomes (a, b, …), an empty one (NULL). False: an
// argument is of a kind that only GORM knows.
func numbered(query string, args []any) (statement, bool) {
	s := statement{args: make([]any, 0, len(args))}
	var b strings.Builder
	b.Grow(len(query) + 4*len(args))
	for _, a := range args {
		at := strings.IndexByte(query, '?')
		if at < 0 || !plainArgument(a) {
			return s, false
		}
		b.WriteString(query[:at])
		texts, many := a.([]string)
		switch {
		case !many:
			s.args = append(s.args, a)
			writePlace(&b, len(s.args))
		case len(texts) == 0 || strings.HasSuffix(query[:at], "("):
			return s, false
		default:
			for i, x := range texts {
				b.WriteByte("(,"[min(i, 1)])
				s.args = append(s.args, x)
				writePlace(&b, len(s.args))
			}
			b.WriteByte(')')
		}
		query = query[at+1:]
	}
	if strings.IndexByte(query, '?') >= 0 {
		return s, false
	}
	b.WriteString(query)
	s.sql = b.String()
	return s, true
}

func writePlace(b *strings.Builder, n int) {
	var digits [8]byte
	b.WriteByte('$')
	b.Write(strconv.AppendInt(digits[:0], int64(n), 10))
}

func plainArgument(a any) bool {
	switch a.(type) {
	case nil, string, int, int64, float64, bool, []byte, []string, time.Time, *time.Time, *string, *int:
		return true
	}
	k := reflect.TypeOf(a).Kind()
	return k == reflect.String || k == reflect.Int
}

// past is the connection that takes a written statement, and the statement.
func (t *Tx) past(query string, args []any) (*native, statement, bool) {
	n, ok := t.g.Statement.ConnPool.(*native)
	if !ok {
		return nil, statement{}, false
	}
	s, ok := numbered(query, args)
	if ok && t.db.cfg.Watch != nil {
		t.db.cfg.Watch(s.sql)
	}
	return n, s, ok
}

// query runs a written statement and hands over its rows.
func (t *Tx) query(begin func(columns []string) error, read func(scanner) error, query string, args ...any) error {
	if n, s, ok := t.past(query, args); ok {
		return t.translated(n.each(t.ctx, s.sql, s.args, begin, read))
	}
	return eachOf(t.g.Raw(query, args...), begin, read)
}

// exec runs a written statement that answers no rows.
func (t *Tx) exec(query string, args ...any) error {
	if n, s, ok := t.past(query, args); ok {
		_, err := n.ExecContext(t.ctx, s.sql, s.args...)
		return t.translated(err)
	}
	return t.g.Exec(query, args...).Error
}

// last is exec for what a transaction does last: on PostgreSQL it travels with
// the commit, which then tells its error.
func (t *Tx) last(query string, args ...any) error {
	n, s, ok := t.past(query, args)
	if !ok {
		return t.g.Exec(query, args...).Error
	}
	n.last = &s
	return nil
}

// each runs a statement that is written out and hands every row to f.
func (t *Tx) each(f func(scanner) error, query string, args ...any) error {
	return t.query(nil, f, query, args...)
}

// asked reads the rows of a written statement as gather does.
func asked[T any](t *Tx, query string, args ...any) ([]T, error) {
	return gather[T](func(v any, read func()) error { return t.askedInto(v, read, query, args) })
}

// askedInto reads one row after the other into v and says so.
func (t *Tx) askedInto(v any, read func(), query string, args []any) error {
	begin, row := into(t.g, v, read)
	return t.query(begin, row, query, args...)
}

// translated is an error as GORM's own reading tells it.
func (t *Tx) translated(err error) error {
	if of, ok := t.g.Dialector.(gorm.ErrorTranslator); ok && err != nil {
		return of.Translate(err)
	}
	return err
}
