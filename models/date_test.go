package models_test

import (
	"encoding/json"
	"testing"
	"time"
	_ "time/tzdata"

	"pgregory.net/rapid"

	"rapport/models"
	"rapport/models/fault"
)

func TestParseDateAcceptsOnlyRealDaysInOneForm(t *testing.T) {
	for in, ok := range map[string]bool{
		"2026-03-14": true, "2024-02-29": true, "2000-02-29": true, "1900-01-01": true, "2200-12-31": true,
		"2026-02-29": false, "1900-02-29": false, "2026-3-14": false, "14.03.2026": false, "2026-04-31": false,
		"1899-12-31": false, "2201-01-01": false, "": false, "2026-03-14T00:00:00Z": false, " 2026-03-14": false,
	} {
		d, err := models.ParseDate(in)
		if (err == nil) != ok {
			t.Errorf("ParseDate(%q) = %q, %v; want accepted %v", in, d, err, ok)
		}
		if err != nil && fault.CodeOf(err) != "date.invalid" {
			t.Errorf("ParseDate(%q): code %s", in, fault.CodeOf(err))
		}
	}
}

func TestDateMovesOnTheCalendar(t *testing.T) {
	for _, c := range []struct {
		name      string
		got, want models.Date
	}{
		{"month clamps to the end", models.Date("2026-01-31").AddMonths(1), "2026-02-28"},
		{"month clamps to the leap day", models.Date("2024-01-31").AddMonths(1), "2024-02-29"},
		{"month keeps the day", models.Date("2026-03-14").AddMonths(1), "2026-04-14"},
		{"month passes the year's end", models.Date("2026-12-15").AddMonths(2), "2027-02-15"},
		{"month goes back and clamps", models.Date("2026-03-31").AddMonths(-1), "2026-02-28"},
		{"month goes back over the year", models.Date("2026-01-31").AddMonths(-2), "2025-11-30"},
		{"leap day after a year", models.Date("2024-02-29").AddMonths(12), "2025-02-28"},
		{"day passes the leap day", models.Date("2024-02-28").AddDays(1), "2024-02-29"},
		{"day passes the year's end", models.Date("2026-12-31").AddDays(1), "2027-01-01"},
		{"day goes back", models.Date("2026-03-01").AddDays(-1), "2026-02-28"},
		{"Monday of a Sunday", models.Date("2026-03-15").Monday(), "2026-03-09"},
		{"Monday of a Monday", models.Date("2026-03-09").Monday(), "2026-03-09"},
		{"Monday in the year before", models.Date("2027-01-01").Monday(), "2026-12-28"},
		{"first of the month", models.Date("2026-03-15").FirstOfMonth(), "2026-03-01"},
		{"first of no day", models.Date("").FirstOfMonth(), ""},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, c.got, c.want)
		}
	}
	if n := models.Date("2026-03-01").DaysUntil("2026-02-27"); n != -2 {
		t.Errorf("days back: got %d, want -2", n)
	}
}

func TestDateStartsAtItsFirstInstantInTheZone(t *testing.T) {
	for _, c := range []struct{ zone, day, want string }{
		{"America/Los_Angeles", "2026-03-08", "2026-03-08T08:00:00Z"}, // clocks change later that day
		{"America/Los_Angeles", "2026-07-01", "2026-07-01T07:00:00Z"},
		{"America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z"}, // no midnight: 00:00 became 01:00
		{"America/Havana", "2023-11-05", "2023-11-05T04:00:00Z"},    // midnight twice
		{"UTC", "2026-01-01", "2026-01-01T00:00:00Z"},
	} {
		loc, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		got := models.Date(c.day).Time(loc)
		if got.UTC().Format(time.RFC3339) != c.want {
			t.Errorf("%s in %s: got %s, want %s", c.day, c.zone, got.UTC().Format(time.RFC3339), c.want)
		}
		if models.DateOf(got, loc) != models.Date(c.day) || models.DateOf(got.Add(-time.Second), loc) == models.Date(c.day) {
			t.Errorf("%s in %s: %s is not its first instant", c.day, c.zone, got)
		}
	}
}

func TestDateIsReadFromColumnsAndJSON(t *testing.T) {
	for _, v := range []any{"2026-03-14", []byte("2026-03-14"), "2026-03-14T00:00:00Z", time.Date(2026, 3, 14, 9, 0, 0, 0, time.UTC)} {
		var d models.Date
		if err := d.Scan(v); err != nil || d != "2026-03-14" {
			t.Errorf("Scan(%v) = %q, %v", v, d, err)
		}
	}
	var d models.Date = "2026-03-14"
	if err := d.Scan(nil); err != nil || !d.IsZero() {
		t.Errorf("Scan(nil) = %q, %v", d, err)
	}
	if err := d.Scan(7); err == nil {
		t.Error("Scan(7) was accepted")
	}
	if v, err := models.Date("").Value(); v != nil || err != nil {
		t.Errorf("zero Value = %v, %v, want NULL", v, err)
	}
	if v, err := models.Date("2026-03-14").Value(); v != "2026-03-14" || err != nil {
		t.Errorf("Value = %v, %v", v, err)
	}
	for in, ok := range map[string]bool{`"2026-03-14"`: true, `null`: true, `""`: true, `"14/3/2026"`: false, `7`: false} {
		if err := json.Unmarshal([]byte(in), &d); (err == nil) != ok {
			t.Errorf("JSON %s: %v", in, err)
		}
	}
}

func anyDate(t *rapid.T) models.Date {
	day := time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 100_000).Draw(t, "day"))
	return models.DateOf(day, time.UTC)
}

func TestDateArithmeticAgreesWithItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, n := anyDate(t), rapid.IntRange(-400, 400).Draw(t, "n")
		moved := d.AddDays(n)
		if d.DaysUntil(moved) != n || moved.AddDays(-n) != d {
			t.Fatalf("%s + %d days = %s", d, n, moved)
		}
		if moved.After(d) != (n > 0) || moved.Before(d) != (n < 0) {
			t.Fatalf("%s and %s are in the wrong order", d, moved)
		}
		if monday := d.Monday(); monday.DaysUntil(d) < 0 || monday.DaysUntil(d) > 6 || monday.Time(time.UTC).Weekday() != time.Monday {
			t.Fatalf("Monday of %s is %s", d, monday)
		}
		m := d.AddMonths(n)
		if m[8:] > d[8:] || m.FirstOfMonth() != d.FirstOfMonth().AddMonths(n) {
			t.Fatalf("%s + %d months = %s", d, n, m)
		}
	})
}

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"2026-03-14", "2024-02-29", "", "0000-00-00", "2026-13-01"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := models.ParseDate(s)
		if err != nil {
			return
		}
		if string(d) != s || d.AddDays(0) != d || d.AddMonths(0) != d || len(s) != 10 {
			t.Errorf("ParseDate(%q) = %q", s, d)
		}
	})
}
