package api_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/getkin/kin-openapi/openapi3"

	"rapport/api/apitest"
	"rapport/api/wire"
	"rapport/models/store/storetest"
)

// operationsOf lists every operation of the contract as "METHOD path".
func operationsOf(o *huma.OpenAPI) map[string]*huma.Operation {
	out := map[string]*huma.Operation{}
	for _, p := range o.Paths {
		for _, op := range []*huma.Operation{p.Get, p.Post, p.Put, p.Patch, p.Delete} {
			if op != nil {
				out[op.Method+" "+op.Path] = op
			}
		}
	}
	return out
}

// TestTheContractIsValidOpenAPI lets another library read it.
func TestTheContractIsValidOpenAPI(t *testing.T) {
	s := serve(t, storetest.NewWorld(t, "sqlite"))
	r := s.Anonymous().Get("/api/openapi.json").Want(200)
	if r.Header.Get("Content-Type") != "application/openapi+json" || r.Text("openapi") != "3.1.0" || r.Text("info.title") != "Rapport" {
		t.Errorf("head: %.200s", r.Body)
	}
	doc, err := openapi3.NewLoader().LoadFromData(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestRoutesAndContractAreTheSame: no route without its description, no
// description without a route, and no route that an earlier one swallows.
func TestRoutesAndContractAreTheSame(t *testing.T) {
	s := serve(t, storetest.NewWorld(t, "sqlite"))
	described := operationsOf(s.API.OpenAPI())
	param := regexp.MustCompile(`:(\w+)`)
	served := map[string]bool{}
	var before []string
	for _, r := range s.App.GetRoutes(true) {
		path := param.ReplaceAllString(r.Path, "{$1}")
		if r.Method == http.MethodHead || !strings.HasPrefix(path, "/api/v1/") {
			continue
		}
		name := r.Method + " " + path
		if served[name] {
			t.Errorf("%s is registered twice", name)
		}
		served[name] = true
		if described[name] == nil {
			t.Errorf("%s is not in the OpenAPI document", name)
		}
		for _, earlier := range before {
			if regexp.MustCompile("^" + regexp.MustCompile(`\\\{\w+\\\}`).ReplaceAllString(regexp.QuoteMeta(earlier), "[^/]+") + "$").MatchString(name) {
				t.Errorf("%s swallows %s; register the literal path first", earlier, name)
			}
		}
		before = append(before, name)
	}
	for name := range described {
		if !served[name] {
			t.Errorf("%s is described and not served", name)
		}
	}
	if len(served) < 80 {
		t.Errorf("only %d routes", len(served))
	}
}

func TestEveryOperationTellsWhatItDoesAndAnswers(t *testing.T) {
	s := serve(t, storetest.NewWorld(t, "sqlite"))
	o := s.API.OpenAPI()
	var tags []string
	for _, tag := range o.Tags {
		tags = append(tags, tag.Name)
	}
	ids := map[string]string{}
	for name, op := range operationsOf(o) {
		if op.Summary == "" || strings.HasSuffix(op.Summary, ".") || strings.ToUpper(op.Summary[:1]) != op.Summary[:1] {
			t.Errorf("%s: summary %q", name, op.Summary)
		}
		if len(op.Tags) != 1 || !slices.Contains(tags, op.Tags[0]) {
			t.Errorf("%s: tags %v; one of %v", name, op.Tags, tags)
		}
		if ids[op.OperationID] != "" || !regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`).MatchString(op.OperationID) {
			t.Errorf("%s: operation id %q, also of %q", name, op.OperationID, ids[op.OperationID])
		}
		ids[op.OperationID] = name
		success := 0
		for status, r := range op.Responses {
			if status < "300" {
				success++
			} else if !strings.HasPrefix(r.Ref, "#/components/responses/") || o.Components.Responses[strings.TrimPrefix(r.Ref, "#/components/responses/")] == nil {
				t.Errorf("%s: %s is no problem document", name, status)
			}
		}
		for _, want := range []string{"400", "401", "404", "422", "500", "503"} {
			if op.Responses[want] == nil {
				t.Errorf("%s: %s is not described", name, want)
			}
		}
		if success != 1 {
			t.Errorf("%s: %d kinds of success", name, success)
		}
	}
	for name, schema := range o.Components.Schemas.Map() {
		visit(schema, func(s *huma.Schema) {
			if s.UniqueItems { // huma panics on lists of objects then
				t.Errorf("%s: leave uniqueItems to the rules", name)
			}
		})
	}
}

func visit(s *huma.Schema, f func(*huma.Schema)) {
	if s == nil {
		return
	}
	f(s)
	visit(s.Items, f)
	for _, p := range s.Properties {
		visit(p, f)
	}
}

// TestTheDocsPageIsCompleteAndNeedsNoScript reads the page as a browser would.
func TestTheDocsPageIsCompleteAndNeedsNoScript(t *testing.T) {
	s := serve(t, storetest.NewWorld(t, "sqlite"))
	r := s.Anonymous().Get("/api/docs").Want(200)
	page := string(r.Body)
	if r.Header.Get("Content-Security-Policy") != wire.CSP || r.Header.Get("Content-Type") != "text/html; charset=utf-8" {
		t.Errorf("headers %v", r.Header)
	}
	if bad := regexp.MustCompile(`(?i)<script|<style|\sstyle=|\son[a-z]+=|javascript:|ZgotmplZ|<no value>|src=`).FindString(page); bad != "" {
		t.Errorf("the page has %q", bad)
	}
	ids := map[string]bool{}
	for _, m := range regexp.MustCompile(`\sid="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if ids[m[1]] {
			t.Errorf("id %q twice", m[1])
		}
		ids[m[1]] = true
	}
	for _, m := range regexp.MustCompile(`href="#([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if !ids[m[1]] {
			t.Errorf("the page has a link to #%s, and nothing there", m[1])
		}
	}
	for name, op := range operationsOf(s.API.OpenAPI()) {
		if !ids[op.OperationID] {
			t.Errorf("%s is not on the page", name)
		}
	}
	for _, code := range []string{"scope_violation", "not_found", "release_required", "idempotency.body_differs"} {
		if !ids[code] {
			t.Errorf("the code %s is not on the page", code)
		}
	}
	style := s.Anonymous().Get("/api/docs.css").Want(200)
	if style.Header.Get("Content-Type") != "text/css; charset=utf-8" || strings.Contains(string(style.Body), "url(") {
		t.Error("the style sheet is served wrongly, or fetches something")
	}
}

// TestExamplesOnTheDocsPageFitTheirSchemas validates each example body with
// the rules that judge real ones.
func TestExamplesOnTheDocsPageFitTheirSchemas(t *testing.T) {
	s := serve(t, storetest.NewWorld(t, "sqlite"))
	o := s.API.OpenAPI()
	bodies := exampleBodies(s)
	tried := 0
	for _, name := range slices.Sorted(maps.Keys(operationsOf(o))) {
		op := operationsOf(o)[name]
		if op.RequestBody == nil || op.RequestBody.Content["application/json"] == nil {
			continue
		}
		var v any
		if err := json.Unmarshal([]byte(bodies[op.OperationID]), &v); err != nil {
			t.Errorf("%s: %v: %s", name, err, bodies[op.OperationID])
			continue
		}
		res := &huma.ValidateResult{}
		huma.Validate(o.Components.Schemas, op.RequestBody.Content["application/json"].Schema, huma.NewPathBuffer(nil, 0), huma.ModeWriteToServer, v, res)
		for _, e := range res.Errors {
			t.Errorf("%s: %v", name, e)
		}
		tried++
	}
	if tried < 40 {
		t.Errorf("only %d examples", tried)
	}
}

// exampleBodies are the bodies that the docs page shows, by operation id.
func exampleBodies(s *apitest.Server) map[string]string {
	page := string(s.Anonymous().Get("/api/docs").Want(200).Body)
	sections := regexp.MustCompile(`(?s)<details class="op" id="([a-z-]+)">(.*?)</details>`).FindAllStringSubmatch(page, -1)
	bodies := map[string]string{}
	for _, m := range sections {
		if e := regexp.MustCompile(`(?s)<pre[^>]*><code>(.*?)</code></pre>`).FindStringSubmatch(m[2]); e != nil {
			bodies[m[1]] = strings.NewReplacer("&#34;", `"`, "&#39;", "'", "&lt;", "<", "&gt;", ">", "&#43;", "+", "&amp;", "&").Replace(e[1])
		}
	}
	return bodies
}
