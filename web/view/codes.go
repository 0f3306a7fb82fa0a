package view

import (
	_ "embed"
	"strings"
	"sync"

	"rapport/models"
)

// codesTable is the table of refusals of the API's pages, kept alike by its test.
//
//go:embed codes.md
var codesTable string

// sentences has the first whole sentence of each refusal.
var sentences = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	for line := range strings.SplitSeq(codesTable, "\n") {
		cells := strings.Split(strings.Trim(line, "| "), " | ")
		if len(cells) != 3 {
			continue
		}
		for s := range strings.SplitSeq(cells[2], " · ") {
			if !strings.Contains(s, "…") {
				out[cells[0]] = s
				break
			}
		}
	}
	return out
})

// whyWords says in the middle of a line why something was refused or stopped. A
// code never stands on a page by itself.
func whyWords(code string) string {
	if w, ok := reasons[code]; ok {
		return w
	}
	if w, ok := models.GateWords(code); ok {
		return w
	}
	if s := Said(code, sentences()[code]); s != "" {
		return small(strings.TrimSuffix(s, "."))
	}
	return "the server refused it"
}
