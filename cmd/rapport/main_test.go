package main

import (
	"strings"
	"testing"
)

func TestRunTellsDoneFromFailedFromNotUnderstood(t *testing.T) {
	for _, c := range []struct {
		args      []string
		exit      int
		out, said string
	}{
		{[]string{"version"}, 0, "rapport ", ""},
		{[]string{"--help"}, 0, "Usage: rapport", ""},
		{[]string{"refer"}, 2, "", "unexpected argument refer"},
		{nil, 0, "Usage: rapport", ""},
	} {
		var out, said strings.Builder
		if got := run(c.args, strings.NewReader(""), &out, &said); got != c.exit {
			t.Errorf("%q: exit = %d, want %d", c.args, got, c.exit)
		}
		if !strings.Contains(out.String(), c.out) || !strings.Contains(said.String(), c.said) {
			t.Errorf("%q: printed %q and %q, want %q and %q", c.args, out.String(), said.String(), c.out, c.said)
		}
	}
}
