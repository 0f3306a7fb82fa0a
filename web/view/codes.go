package view

import (
	"slices"
	"strings"
	"sync"

	"rapport/models"
	"rapport/models/fault"
)

// sentences has the first whole sentence of each refusal.
var sentences = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	for _, c := range fault.Codes() {
		if i := slices.IndexFunc(c.Sentences, func(s string) bool { return !strings.Contains(s, "…") }); i >= 0 {
			out[c.Code] = c.Sentences[i]
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
