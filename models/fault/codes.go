package fault

import (
	_ "embed"
	"strings"
	"sync"
)

// table is made from the source by the test of package api.
//
//go:embed codes.md
var table string

// Code is one row of the table of refusals, codes.md.
type Code struct {
	Code, Status string
	Sentences    []string
}

// Codes is every refusal of the program with what it says, by code. The API's
// pages show it, and the portal says its sentences.
var Codes = sync.OnceValue(func() []Code {
	var out []Code
	for line := range strings.SplitSeq(table, "\n") {
		cells := strings.Split(strings.Trim(line, "| "), " | ")
		if len(cells) == 3 && cells[0] != "code" {
			out = append(out, Code{cells[0], cells[1], strings.Split(cells[2], " · ")})
		}
	}
	return out
})
