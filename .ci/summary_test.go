package main

import (
	"strings"
	"testing"
)

func TestSummaryCountsLeavesByEngineAndFailsOnFailureSkipAndNothing(t *testing.T) {
	for name, c := range map[string]struct {
		in   string
		want []string
		hide string
		ok   bool
	}{
		"all pass": {
			in: `{"Action":"title","Output":"every test"}
{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"run","Package":"p","Test":"TestA/sqlite"}
{"Action":"output","Package":"p","Test":"TestA/sqlite","Output":"chatter\n"}
{"Action":"pass","Package":"p","Test":"TestA/sqlite"}
{"Action":"run","Package":"p","Test":"TestA/postgres"}
{"Action":"pass","Package":"p","Test":"TestA/postgres"}
{"Action":"pass","Package":"p","Test":"TestA"}
{"Action":"pass","Package":"p"}`,
			want: []string{"every test: SQLite", "every test: PostgreSQL", "ok    p", "2 passed, 0 failed\n"},
			hide: "chatter", ok: true,
		},
		"a subtest fails": {
			in: `{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"run","Package":"p","Test":"TestA/one"}
{"Action":"output","Package":"p","Test":"TestA/one","Output":"got 1, want 2\n"}
{"Action":"fail","Package":"p","Test":"TestA/one"}
{"Action":"fail","Package":"p","Test":"TestA"}
{"Action":"fail","Package":"p"}`,
			want: []string{"got 1, want 2", "FAIL  p", "0 passed, 1 failed\n"},
		},
		"a parent fails by itself": {
			in: `{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"run","Package":"p","Test":"TestA/one"}
{"Action":"pass","Package":"p","Test":"TestA/one"}
{"Action":"fail","Package":"p","Test":"TestA"}
{"Action":"fail","Package":"p"}`,
			want: []string{"1 passed, 1 failed\n"},
		},
		"a test crashes": {
			in: `{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Test":"TestA","Output":"panic: oh\n"}
{"Action":"fail","Package":"p"}`,
			want: []string{"panic: oh", "0 passed, 1 failed\n"},
		},
		"a package does not build": {
			in: `{"Action":"build-output","ImportPath":"p","Output":"undefined: x\n"}
{"Action":"build-fail","ImportPath":"p"}
{"Action":"fail","Package":"p","FailedBuild":"p"}`,
			want: []string{"undefined: x", "0 passed, 1 failed\n"},
		},
		"a test is skipped": {
			in: `{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"skip","Package":"p","Test":"TestA"}
{"Action":"pass","Package":"p"}`,
			want: []string{"not allowed", "0 passed, 1 failed\n"},
		},
		"nothing ran": {in: `{"Action":"skip","Package":"p"}`, want: []string{"0 passed, 0 failed\n"}},
		"other words": {in: "go: broken\n", want: []string{"go: broken"}},
	} {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			s := newSummary(&out)
			if err := s.read(strings.NewReader(c.in)); err != nil {
				t.Fatal(err)
			}
			if ok := s.close(); ok != c.ok {
				t.Errorf("ok = %v, want %v", ok, c.ok)
			}
			for _, want := range c.want {
				if !strings.Contains(out.String(), want) {
					t.Errorf("no %q in:\n%s", want, out.String())
				}
			}
			if c.hide != "" && strings.Contains(out.String(), c.hide) {
				t.Errorf("%q was shown", c.hide)
			}
		})
	}
}
