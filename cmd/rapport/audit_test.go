package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestVerifyComparesTheHeadsThatWereKeptElsewhere(t *testing.T) {
	dir, file := copyOfYear(t), filepath.Join(t.TempDir(), "heads")
	status, heads := command(t, "", "audit", "head", "--data-dir", dir)
	if status != 0 || strings.Count(heads, "\n") != 2 || !strings.Contains(heads, `"practice":"network"`) {
		t.Fatalf("%d %s", status, heads)
	}
	for _, c := range []struct {
		content string
		status  int
		has     string
	}{
		{heads + "\n" + heads, 0, "compared 4 signed heads\nchecked "},
		{"\n\n" + strings.Replace(heads, `"events":`, `"events":9`, 1), 1, "line 3 of the file: none of this server's keys signed it"},
		{"anything else\n", 1, "line 1 of "},
	} {
		if err := os.WriteFile(file, []byte(c.content), 0o600); err != nil {
			t.Fatal(err)
		}
		if status, said := command(t, "", "verify", "--heads", file, "--data-dir", dir); status != c.status || !strings.Contains(said, c.has) {
			t.Errorf("%d %s, want %d %q", status, said, c.status, c.has)
		}
	}
}
