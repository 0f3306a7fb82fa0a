package api_test

import (
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"rapport/api/apitest"
)

// TestEveryListIsTheSamePageByPage walks each list one item at a time, as each
// who may read it, and compares with the list on one page: nothing is missing,
// nothing comes twice, and the order is the same.
func TestEveryListIsTheSamePageByPage(t *testing.T) {
	eachNetwork(t, func(n *network) {
		ops := operationsOf(n.API.OpenAPI())
		walked, long := 0, 0
		for _, name := range slices.SortedFunc(maps.Keys(ops), byPath) {
			op := ops[name]
			paged := false
			for _, p := range op.Parameters {
				paged = paged || p.In == "query" && p.Name == "cursor"
			}
			if op.Method != "GET" || !paged || op.Tags[0] == "audit" || op.Tags[0] == "server" { // these tell of the trail, which grows as it is read
				continue
			}
			path := n.requestOf(op.OperationID, op.Method, op.Path).path
			for _, p := range n.principals {
				whole, next := page(p.call.Get(asking(path, "limit=200")))
				if next != "" || len(whole) < 2 {
					continue
				}
				var parts []string
				for cursor, pages := "", 0; ; pages++ {
					r := p.call.Get(asking(path, "limit=1", "cursor="+url.QueryEscape(cursor)))
					items, further := page(r)
					parts = append(parts, items...)
					if cursor = further; cursor == "" || pages > 2*len(whole) || len(items) > 1 {
						break
					}
				}
				if !slices.Equal(parts, whole) {
					n.t.Errorf("%s as %s: %d items one by one, %d on one page\n one by one %.600s\n on one page %.600s", name, p.name, len(parts), len(whole),
						strings.Join(parts, "\n  "), strings.Join(whole, "\n  "))
				}
				walked, long = walked+1, max(long, len(whole))
			}
			for _, p := range n.principals {
				if r := p.call.Get(asking(path, "cursor=nonsense")); r.Status >= 500 {
					n.t.Errorf("%s as %s with a cursor of nonsense: %d %s", name, p.name, r.Status, r.Body)
				}
			}
		}
		if walked < 25 || long < 4 {
			n.t.Errorf("only %d lists were walked, the longest of %d", walked, long)
		}
	})
}

func asking(path string, queries ...string) string {
	sep := "?"
	if strings.Contains(path, "?") {
		sep = "&"
	}
	return path + sep + strings.TrimSuffix(strings.Join(queries, "&"), "&cursor=")
}

// page is what one page holds, each item as its text, and where the next begins.
func page(r *apitest.Response) (items []string, next string) {
	var p struct {
		Items []json.RawMessage
		Next  string `json:"next_cursor"`
	}
	if r.Status != 200 || json.Unmarshal(r.Body, &p) != nil {
		return nil, ""
	}
	for _, i := range p.Items {
		items = append(items, string(i))
	}
	return items, p.Next
}
