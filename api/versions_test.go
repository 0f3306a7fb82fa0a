package api_test

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"testing"
)

// TestAnOldVersionIsRefusedWhereItIsNamed: whoever says which version they saw
// is not let through with an old one, also where nobody has to say.
func TestAnOldVersionIsRefusedWhereItIsNamed(t *testing.T) {
	eachNetwork(t, func(n *network) {
		ops := operationsOf(n.API.OpenAPI())
		object := regexp.MustCompile(`^/api/v1/[a-z-]+/\{id\}`)
		tried := 0
		for _, name := range slices.SortedFunc(maps.Keys(ops), byPath) {
			op := ops[name]
			read := ops["GET "+object.FindString(op.Path)]
			if op.Method == http.MethodGet || read == nil || unversioned[op.OperationID] != "" {
				continue
			}
			r := n.requestOf(op.OperationID, op.Method, op.Path)
			who := n.principals[n.caller(op, r)].call
			n.restore()
			if who.Get("/api/v1"+regexp.MustCompile(`^/[a-z-]+/[^/]+`).FindString(r.path[len("/api/v1"):])).Header.Get("ETag") == "" {
				n.t.Errorf("%s (%s): its object tells no version; name it in unversioned with the reason", name, op.OperationID)
				continue
			}
			a := who.Do(op.Method, r.path, r.body, append(slices.Clone(r.headers), "If-Match", `"999"`)...)
			if a.Status != http.StatusPreconditionFailed || a.Text("code") != "version.stale" {
				n.t.Errorf("%s (%s) takes an unknown version: %d %.300s", name, op.OperationID, a.Status, a.Body)
				n.restore()
			}
			tried++
		}
		if tried < 30 {
			n.t.Errorf("only %d operations", tried)
		}
	})
}

// unversioned are the operations under an object that leave it as it is.
var unversioned = map[string]string{
	"set-care-team":   "the team is a list of its own",
	"draft-release":   "makes a release",
	"introduce":       "makes a draft",
	"invite-provider": "makes an invitation",
	"log-contact":     "makes a contact",
	"send-packet":     "makes a packet",
	"print-thank-you": "a paper; printing it again changes nothing",
}
