package api_test

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
)

// TestNoColumnIsWrittenThatIsNoField adds every column of every table to a right
// body of each operation, in each of its objects. All of them are refused by
// name, and not one row is different afterwards.
func TestNoColumnIsWrittenThatIsNoField(t *testing.T) {
	n := seeded(t, "sqlite") // the refusal comes before either engine
	ops, columns := operationsOf(n.API.OpenAPI()), n.World.Columns()
	tried := 0
	for _, name := range slices.SortedFunc(maps.Keys(ops), byPath) {
		op := ops[name]
		r := n.requestOf(op.OperationID, op.Method, op.Path)
		root, schema := parsed(r.body), bodySchema(op)
		if root == nil || schema == nil {
			continue
		}
		who := n.principals[n.caller(op, r)].call
		before := n.World.Kept()
		objects(root, schema, n.API.OpenAPI().Components.Schemas, "", func(at string, object map[string]any, s *huma.Schema) {
			added := 0
			for _, c := range columns {
				if _, own := s.Properties[c]; !own {
					object[c] = claimed(c)
					added++
				}
			}
			a := who.Do(op.Method, r.path, root, append([]string{"Idempotency-Key", n.World.NewID()}, headersOf(r)...)...)
			if a.Status != 422 && a.Status != 400 {
				t.Errorf("%s, %s with %d columns: %d %s", name, at, added, a.Status, a.Body)
			}
			for _, c := range columns {
				if _, own := s.Properties[c]; own {
					continue
				}
				delete(object, c)
				if !strings.Contains(string(a.Body), `"pointer":"`+at+"/"+c+`"`) {
					t.Errorf("%s: %s/%s is not refused: %.300s", name, at, c, a.Body)
				}
			}
			tried++
		})
		if after := n.World.Kept(); !reflect.DeepEqual(before, after) {
			t.Errorf("%s: rows were changed: %v", name, changed(before, after))
		}
	}
	if tried < 80 {
		t.Errorf("only %d objects", tried)
	}
}

// claimed is what somebody would like a column to hold.
func claimed(column string) any {
	switch {
	case strings.HasSuffix(column, "_id"), column == "id":
		return missingID
	case strings.HasSuffix(column, "_at"):
		return "2020-01-01T00:00:00Z"
	case column == "version", column == "used", column == "last_number":
		return 7
	}
	return "owner"
}

func parsed(body any) map[string]any {
	text, ok := body.(string)
	if !ok {
		if _, form := body.([]byte); form || body == nil {
			return nil
		}
		b, err := json.Marshal(body)
		if err != nil {
			return nil
		}
		text = string(b)
	}
	var root map[string]any
	if json.Unmarshal([]byte(text), &root) != nil {
		return nil
	}
	return root
}

func bodySchema(op *huma.Operation) *huma.Schema {
	if op.RequestBody == nil || op.RequestBody.Content["application/json"] == nil {
		return nil
	}
	return op.RequestBody.Content["application/json"].Schema
}

// objects visits each object of a body with its schema.
func objects(v any, s *huma.Schema, known huma.Registry, at string, visit func(at string, object map[string]any, s *huma.Schema)) {
	if s == nil {
		return
	}
	if s.Ref != "" {
		s = known.SchemaFromRef(s.Ref)
	}
	switch v := v.(type) {
	case map[string]any:
		if len(s.Properties) == 0 {
			return
		}
		visit(at, v, s)
		for k, inner := range v {
			objects(inner, s.Properties[k], known, at+"/"+k, visit)
		}
	case []any:
		if len(v) > 0 && s.Items != nil {
			objects(v[0], s.Items, known, at+"/0", visit)
		}
	}
}

// headersOf are the request's own, without its key.
func headersOf(r request) (out []string) {
	for i := 0; i+1 < len(r.headers); i += 2 {
		if r.headers[i] != "Idempotency-Key" {
			out = append(out, r.headers[i], r.headers[i+1])
		}
	}
	return out
}

// changed names the tables that are not the same.
func changed[R any](before, after map[string]R) (tables []string) {
	for table := range after {
		if !reflect.DeepEqual(before[table], after[table]) {
			tables = append(tables, table)
		}
	}
	slices.Sort(tables)
	return tables
}
