package api

import (
	"bytes"
	_ "embed" // the page's template, its style and the table of codes
	"encoding/json"
	"fmt"
	"html/template"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"rapport/models/fault"
)

//go:embed docs.html
var docsTemplate string

//go:embed docs.css
var docsStyle []byte

// docField is one line of a body or one parameter.
type docField struct {
	Name     string // its last part; Under is what stands before it
	Under    string
	Depth    int
	Type     string
	Shape    string // the named shape it has, told apart
	About    string
	Limits   string
	Allowed  []string
	Required bool
	Absent   bool // of an answer: not always there
}

type docAnswer struct {
	Status, About string
	Types         []string
	Headers       []string
	Shape         string // a named shape, told apart
}

// docShape is a named shape of answers.
type docShape struct {
	Name   string
	Fields []docField
}

type docOperation struct {
	ID, Method, Path, Summary string
	Public                    bool
	Params, Body              []docField
	BodyType, Example         string
	Answer                    docAnswer
	Refusals                  []string
}

type docTag struct {
	ID, Name, About string
	Operations      []docOperation
}

// docsPage renders the contract for people. It is complete: every operation,
// field and code, without a script.
func docsPage(o *huma.OpenAPI) ([]byte, error) {
	t, err := template.New("docs").Parse(docsTemplate)
	if err != nil {
		return nil, err
	}
	r := &reader{schemas: o.Components.Schemas, seen: map[string]bool{}}
	var page struct {
		About  string
		Tags   []docTag
		Shapes []docShape
		Codes  []fault.Code
	}
	page.About, page.Codes = o.Info.Description, fault.Codes()
	for _, tag := range o.Tags {
		d := docTag{ID: "tag-" + strings.ReplaceAll(tag.Name, " ", "-"), Name: strings.ToUpper(tag.Name[:1]) + tag.Name[1:], About: tag.Description}
		for _, path := range slices.Sorted(maps.Keys(o.Paths)) {
			for _, op := range operations(o.Paths[path]) {
				if slices.Contains(op.Tags, tag.Name) {
					d.Operations = append(d.Operations, r.operation(op))
				}
			}
		}
		page.Tags = append(page.Tags, d)
	}
	for i := 0; i < len(r.shapes); i++ { // telling one can name more
		name := r.shapes[i]
		page.Shapes = append(page.Shapes, docShape{name, r.fields(&huma.Schema{Ref: schemaPrefix + name}, "", 0, true, nil)})
	}
	slices.SortFunc(page.Shapes, func(a, b docShape) int { return strings.Compare(a.Name, b.Name) })
	var b bytes.Buffer
	err = t.Execute(&b, page)
	return b.Bytes(), err
}

// operations of a path in the order of a thing's life.
func operations(p *huma.PathItem) []*huma.Operation {
	return slices.DeleteFunc([]*huma.Operation{p.Post, p.Get, p.Put, p.Patch, p.Delete}, func(o *huma.Operation) bool { return o == nil })
}

// reader follows references into the schemas and gathers the shapes to be told.
type reader struct {
	schemas huma.Registry
	shapes  []string
	seen    map[string]bool
}

// shape notes the named shape of a schema or of its items; "" when it has none.
func (r *reader) shape(s *huma.Schema) string {
	if s.Type == huma.TypeArray {
		s = s.Items
	}
	name, named := strings.CutPrefix(s.Ref, schemaPrefix)
	if !named || r.resolve(s).Type != huma.TypeObject {
		return ""
	}
	if !r.seen[name] {
		r.seen[name] = true
		r.shapes = append(r.shapes, name)
	}
	return name
}

func (r *reader) operation(op *huma.Operation) docOperation {
	d := docOperation{ID: op.OperationID, Method: op.Method, Path: op.Path, Summary: op.Summary, Public: len(op.Security) == 0}
	for _, p := range op.Parameters {
		f := r.field(p.Name, p.Schema, p.Required)
		f.Under, f.About = p.In+" ", first(p.Description, f.About)
		d.Params = append(d.Params, f)
	}
	slices.SortStableFunc(d.Params, func(a, b docField) int { return strings.Compare(order(a.Under), order(b.Under)) })
	if op.RequestBody != nil {
		for kind, m := range op.RequestBody.Content {
			d.BodyType, d.Body = kind, r.fields(m.Schema, "", 0, false, nil)
			if kind == "application/json" {
				b, err := json.MarshalIndent(r.example("", m.Schema, 0), "", "  ")
				if err == nil {
					d.Example = string(b)
				}
			}
		}
	}
	for _, status := range slices.Sorted(maps.Keys(op.Responses)) {
		if n, _ := strconv.Atoi(status); n >= 400 {
			d.Refusals = append(d.Refusals, status)
			continue
		}
		res := op.Responses[status]
		d.Answer = docAnswer{Status: status, About: first(res.Description, "OK"), Types: slices.Sorted(maps.Keys(res.Content)), Headers: slices.Sorted(maps.Keys(res.Headers))}
		if n, _ := strconv.Atoi(status); res.Description == "" {
			d.Answer.About = http.StatusText(n)
		}
		for _, m := range res.Content {
			if m.Schema.Format != "binary" {
				d.Answer.Shape = r.shape(m.Schema)
			}
		}
	}
	return d
}

// order puts path parameters first and headers last.
func order(in string) string {
	return map[string]string{"path ": "1", "query ": "2"}[in] + in
}

func first(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}

func (r *reader) resolve(s *huma.Schema) *huma.Schema {
	for s != nil && s.Ref != "" {
		s = r.schemas.SchemaFromRef(s.Ref)
	}
	return s
}

// fields lays a schema out as lines; a shape inside itself is not opened again,
// and named ones not at all when they are told apart.
func (r *reader) fields(s *huma.Schema, under string, depth int, apart bool, open []*huma.Schema) []docField {
	s = r.resolve(s)
	if s != nil && s.Type == huma.TypeArray {
		s, under = r.resolve(s.Items), under+"[]"
	}
	if s == nil || slices.Contains(open, s) || depth > 6 {
		return nil
	}
	names := slices.Sorted(maps.Keys(s.Properties))
	slices.SortStableFunc(names, func(a, b string) int {
		return strings.Compare(strconv.FormatBool(slices.Contains(s.Required, b)), strconv.FormatBool(slices.Contains(s.Required, a)))
	})
	var out []docField
	for _, name := range names {
		f := r.field(name, s.Properties[name], slices.Contains(s.Required, name))
		if f.Depth = depth; under != "" {
			f.Under = under + "."
		}
		if apart {
			f.Required, f.Absent = false, !f.Required
			f.Shape = r.shape(s.Properties[name])
		}
		if out = append(out, f); f.Shape == "" {
			out = append(out, r.fields(s.Properties[name], f.Under+name, depth+1, apart, append(slices.Clone(open), s))...)
		}
	}
	return out
}

func (r *reader) field(name string, s *huma.Schema, required bool) docField {
	f := docField{Name: name, Required: required, About: s.Description}
	s = r.resolve(s)
	if f.About == "" {
		f.About = s.Description
	}
	item := s
	f.Type = typeWords[s.Type]
	if s.Type == huma.TypeArray {
		item = r.resolve(s.Items)
		f.Type = map[string]string{huma.TypeString: "list of texts", huma.TypeObject: "list of objects"}[item.Type]
		f.Type = first(f.Type, "list of numbers")
	}
	if w := formatWords[item.Format]; w != "" {
		f.Type = w
	}
	if s.Nullable {
		f.Type += " or null"
	}
	for _, v := range item.Enum {
		f.Allowed = append(f.Allowed, fmt.Sprint(v))
	}
	f.Limits = limits(s)
	return f
}

var typeWords = map[string]string{huma.TypeString: "text", huma.TypeInteger: "whole number", huma.TypeNumber: "number", huma.TypeBoolean: "true or false",
	huma.TypeObject: "object", "": "any value"}

var formatWords = map[string]string{"date": "day, YYYY-MM-DD", "date-time": "time, RFC 3339", "binary": "file", "email": "e-mail address"}

func limits(s *huma.Schema) string {
	var out []string
	say := func(format string, n any) { out = append(out, fmt.Sprintf(format, n)) }
	if s.MaxLength != nil {
		say("at most %d characters", *s.MaxLength)
	}
	if s.MaxItems != nil {
		say("at most %d", *s.MaxItems)
	}
	if s.Minimum != nil {
		say("from %g", *s.Minimum)
	}
	if s.Maximum != nil {
		say("to %g", *s.Maximum)
	}
	if s.Default != nil {
		say("default %v", s.Default)
	}
	return strings.Join(out, ", ")
}
