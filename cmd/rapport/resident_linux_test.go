package main

import (
	"os"
	"strconv"
	"strings"
	"testing"
)

func TestOnlyCodeAndConstantsOfTheProgramAreLetGo(t *testing.T) {
	const file = "/usr/local/bin/rapport"
	for line, want := range map[string]bool{
		"00400000-01700000 r-xp 00000000 fe:00 1 /usr/local/bin/rapport": true,
		"01700000-02c00000 r--p 013ff000 fe:00 1 /usr/local/bin/rapport": true,
		"02c00000-02e00000 rw-p 02846000 fe:00 1 /usr/local/bin/rapport": false, // variables
		"7f0000000000-7f0000100000 r-xp 00000000 fe:00 2 /lib/libc.so.6": false,
		"c000000000-c000400000 rw-p 00000000 00:00 0":                    false,
		"7ffe1000-7ffe2000 r-xp 00000000 00:00 0 [vdso]":                 false,
		"": false,
	} {
		if _, _, got := programPart(line, file); got != want {
			t.Errorf("%q: %v", line, got)
		}
	}
}

func TestAProgramThatLetGoHoldsLessAndGoesOn(t *testing.T) {
	before := programPages(t)
	letGo()
	if after := programPages(t); after >= before {
		t.Errorf("%d kB of the program before, %d after", before, after)
	}
	if s := strings.Repeat("ab", 3); s != "ababab" {
		t.Error(s)
	}
}

func programPages(t *testing.T) int {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "RssFile:")
	n, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		t.Fatal(err)
	}
	return n
}
