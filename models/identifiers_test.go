package models_test

import (
	"encoding/csv"
	"os"
	"strconv"
	"strings"
	"testing"

	"rapport/models"
	"rapport/models/fault"
)

func vectors(t *testing.T, name string) [][]string {
	t.Helper()
	f, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil || len(lines) < 2 {
		t.Fatalf("%s: %d lines, %v", name, len(lines), err)
	}
	return lines[1:]
}

func TestNPIFollowsThePublishedVectors(t *testing.T) {
	for _, v := range vectors(t, "npi_vectors.csv") {
		if got, want := models.ValidNPI(v[0]), v[1] == "valid"; got != want {
			t.Errorf("%s (%s): got %v, want %v", v[0], v[2], got, want)
		}
	}
	for _, s := range []string{"", "12345678９3", "123456789 ", "1234567a93", "-234567893"} {
		if models.ValidNPI(s) {
			t.Errorf("%q was accepted", s)
		}
	}
}

func FuzzNPI(f *testing.F) {
	for _, s := range []string{"1234567893", "9876543213", "", "808401234567893"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !models.ValidNPI(s) {
			return
		}
		n, err := strconv.Atoi(s)
		if err != nil || n < 1_000_000_000 || n > 2_999_999_999 {
			t.Fatalf("%q is no ten-digit number beginning with 1 or 2", s)
		}
		if next := s[:9] + strconv.Itoa((n+1)%10); models.ValidNPI(next) {
			t.Errorf("%s and %s have the same check digit", s, next)
		}
	})
}

func TestDiagnosisCodesAreWrittenOneWay(t *testing.T) {
	for in, want := range map[string]string{
		"M54.2": "M54.2", "m542": "M54.2", " M54.50 ": "M54.50", "S13.4XXA": "S13.4XXA", "s134xxa": "S13.4XXA",
		"I10": "I10", "U07.1": "U07.1", "M1A.0": "M1A.0", "Z3A.20": "Z3A.20",
		"": "", "M5": "", "54.2": "", "M54.": "", "M54.12345": "", "MM4.2": "", "M5.42": "", "M54-2": "", "M54.2 neck": "",
	} {
		got, err := models.ICD10(in)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("ICD10(%q) = %q, %v; want %q", in, got, err, want)
		}
		if err != nil && fault.CodeOf(err) != "diagnosis.invalid" {
			t.Errorf("ICD10(%q): code %s", in, fault.CodeOf(err))
		}
	}
}

func FuzzICD10(f *testing.F) {
	for _, s := range []string{"M54.2", "s134xxa", "I10", "", "M54."} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		code, err := models.ICD10(s)
		if err != nil {
			return
		}
		again, err := models.ICD10(strings.ReplaceAll(code, ".", ""))
		if err != nil || again != code || len(code) < 3 || len(code) > 8 {
			t.Errorf("ICD10(%q) = %q, then %q, %v", s, code, again, err)
		}
	})
}

func TestTimedUnitsFollowTheEightMinuteRule(t *testing.T) {
	for _, v := range vectors(t, "timed_units.csv") {
		units, _ := strconv.Atoi(v[0])
		from, _ := strconv.Atoi(v[1])
		to, _ := strconv.Atoi(v[2])
		for m := from; m <= to; m++ {
			if got := models.TimedUnits(m); got != units {
				t.Errorf("%d minutes: got %d units, want %d", m, got, units)
			}
		}
	}
	if got := models.TimedUnits(-30); got != 0 {
		t.Errorf("negative minutes: got %d units", got)
	}
}
