package main

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCalibratePrintsTheParametersOfAFile(t *testing.T) {
	var out, said strings.Builder
	if status := run([]string{"calibrate", "--from", "../../models/stillreferring/testdata/cdnow_summary.csv"}, strings.NewReader(""), &out, &said); status != 0 {
		t.Fatal(said.String())
	}
	var got map[string]float64
	if err := json.Unmarshal([]byte(out.String()), &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]float64{"r": 0.2426, "alpha": 4.4135, "a": 0.7929, "b": 2.4257, "log_likelihood": -9582.4256}
	for name, v := range want {
		if math.Abs(got[name]-v) > 0.0001 || len(got) != len(want) {
			t.Errorf("%s is %v, want %v; all: %s", name, got[name], v, out.String())
		}
	}
}

func TestCalibrateSaysWhatIsWrongWithAFile(t *testing.T) {
	for text, want := range map[string]string{
		"ID,frequency,T\n1,2,3\n":                      "no column recency",
		"ID,frequency,recency,T\n1,2,30,38\n2,x,1,2\n": "line 3: frequency is not a number",
		"ID,frequency,recency,T\n1,2,30,38\n":          "30 referrers",
	} {
		path := filepath.Join(t.TempDir(), "history.csv")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		var out, said strings.Builder
		if status := run([]string{"calibrate", "--from", path}, strings.NewReader(""), &out, &said); status != 1 || !strings.Contains(said.String(), want) {
			t.Errorf("%q: exit %d, %s", text, status, said.String())
		}
	}
}

func TestCalibrateNeedsAHistoryOfItsOwn(t *testing.T) {
	var out, said strings.Builder
	if status := run([]string{"calibrate", "--data-dir", t.TempDir()}, strings.NewReader(""), &out, &said); status != 1 || !strings.Contains(said.String(), "30 referrers") {
		t.Errorf("exit %d, %s%s", status, out.String(), said.String())
	}
}
