package models

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"time"

	"rapport/models/fault"
)

// Date is a calendar day without a zone, written YYYY-MM-DD. The zero Date
// means "no day". Days of an order are days in the practice's zone.
type Date string

// ParseDate accepts exactly YYYY-MM-DD between 1900 and 2200.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() < 1900 || t.Year() > 2200 {
		return "", fault.New(fault.Invalid, "date.invalid", "A day is written YYYY-MM-DD, for example 2026-03-14.")
	}
	return Date(s), nil
}

// DateOf returns the day of an instant in a zone.
func DateOf(t time.Time, loc *time.Location) Date { return Date(t.In(loc).Format(time.DateOnly)) }

func (d Date) t() time.Time { t, _ := time.Parse(time.DateOnly, string(d)); return t }

// Words is the day as people read it: "Mon, Mar 2, 2026"; empty for no day.
func (d Date) Words() string {
	if d.IsZero() {
		return ""
	}
	return d.t().Format("Mon, Jan 2, 2006")
}

// IsZero says that no day is set.
func (d Date) IsZero() bool { return d == "" }

// Before and After compare days; the text form sorts.
func (d Date) Before(o Date) bool { return d < o }

// After says that d is a later day than o.
func (d Date) After(o Date) bool { return d > o }

// AddDays moves by whole days.
func (d Date) AddDays(n int) Date { return Date(d.t().AddDate(0, 0, n).Format(time.DateOnly)) }

// AddMonths moves by calendar months: the same day, clamped to the month's end.
func (d Date) AddMonths(n int) Date {
	t := d.t()
	first := time.Date(t.Year(), t.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return Date(time.Date(first.Year(), first.Month(), min(t.Day(), last), 0, 0, 0, 0, time.UTC).Format(time.DateOnly))
}

// DaysUntil counts days from d to o, negative when o is earlier.
func (d Date) DaysUntil(o Date) int { return int(o.t().Sub(d.t()).Hours() / 24) }

// Monday returns the first day of d's calendar week.
func (d Date) Monday() Date { return d.AddDays(-((int(d.t().Weekday()) + 6) % 7)) }

// FirstOfMonth returns the first day of d's month.
func (d Date) FirstOfMonth() Date {
	if d == "" {
		return ""
	}
	return d[:8] + "01"
}

// Time returns the first instant of d in a zone: midnight, or where the clocks
// jump over midnight, the instant after the jump. Where midnight comes twice
// it is the earlier one.
func (d Date) Time(loc *time.Location) time.Time {
	t := d.t()
	m := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, loc)
	if DateOf(m, loc) != d {
		_, jump := m.ZoneBounds()
		return jump
	}
	if early := m.Add(-time.Hour); DateOf(early, loc) == d {
		return early
	}
	return m
}

// Scan reads a text or timestamp column.
func (d *Date) Scan(v any) error {
	switch x := v.(type) {
	case nil:
		*d = ""
	case string:
		*d = Date(x[:min(len(x), 10)])
	case []byte:
		*d = Date(x[:min(len(x), 10)])
	case time.Time:
		*d = Date(x.Format(time.DateOnly))
	default:
		return fmt.Errorf("date: cannot scan %T", v)
	}
	return nil
}

// Value writes NULL for the zero Date.
func (d Date) Value() (driver.Value, error) {
	if d == "" {
		return nil, nil
	}
	return string(d), nil
}

// UnmarshalJSON refuses anything but YYYY-MM-DD, null and "".
func (d *Date) UnmarshalJSON(b []byte) error {
	var s *string
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	if s == nil || *s == "" {
		*d = ""
		return nil
	}
	v, err := ParseDate(*s)
	*d = v
	return err
}
