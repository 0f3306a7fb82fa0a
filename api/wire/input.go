package wire

import (
	"encoding"
	"errors"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
)

// input is how a request becomes the struct that a handler takes. Its fields
// are tagged as huma's are: path, query (with explode), Body of JSON, RawBody of
// a form. Where a default stands, an absent value is that one.
type input struct {
	shape    reflect.Type
	params   []param
	body     []int // index of Body; nil without one
	schema   *huma.Schema
	optional bool    // the body is a pointer, which stays nil
	presets  []param // defaults of the body's own fields
	form     []int   // index of RawBody; nil without one
}

// param is a field of the path or of the query.
type param struct {
	index             []int
	in, name, preset  string
	explode, required bool
	schema            *huma.Schema
}

// inputOf reads the tags of an input and describes it in the operation.
func inputOf(shape reflect.Type, h *huma.Operation, known huma.Registry) input {
	in := input{shape: shape}
	for _, f := range reflect.VisibleFields(shape) {
		switch {
		case f.Anonymous || !f.IsExported():
		case f.Name == "Body":
			in.body, in.schema = f.Index, huma.SchemaFromField(known, f, hint(shape, f.Name, h.OperationID+"Request"))
			in.presets = presets(f)
			in.optional = f.Type.Kind() == reflect.Pointer
			h.RequestBody = &huma.RequestBody{Required: !in.optional, Content: map[string]*huma.MediaType{"application/json": {Schema: in.schema}}}
			in.schema.PrecomputeMessages()
		case f.Name == "RawBody":
			in.form = f.Index
			h.RequestBody = fileBody
		default:
			p := paramOf(f, known)
			in.params = append(in.params, p)
			described := &huma.Param{Name: p.name, In: p.in, Required: p.required, Description: p.schema.Description, Schema: p.schema}
			if p.in == "query" {
				described.Explode = &p.explode
			}
			h.Parameters = append(h.Parameters, described)
		}
	}
	return in
}

// hint is the name of a schema whose type has none.
func hint(parent reflect.Type, field, other string) string {
	if parent.Name() != "" {
		return parent.Name() + field
	}
	return other
}

func paramOf(f reflect.StructField, known huma.Registry) param {
	p := param{index: f.Index, in: "path", name: f.Tag.Get("path"), required: true, preset: f.Tag.Get("default"), schema: huma.SchemaFromField(known, f, "")}
	if p.name == "" {
		name, explode, _ := strings.Cut(f.Tag.Get("query"), ",")
		p.in, p.name, p.explode, p.required = "query", name, explode == "explode", f.Tag.Get("required") == "true"
	}
	if p.name == "" {
		panic("wire: field " + f.Name + " comes neither from the path nor from the query")
	}
	return p
}

// presets are the fields of a body that have a default.
func presets(body reflect.StructField) (out []param) {
	if body.Type.Kind() != reflect.Struct {
		return nil
	}
	for _, f := range reflect.VisibleFields(body.Type) {
		if preset := f.Tag.Get("default"); preset != "" {
			out = append(out, param{index: append(slices.Clone(body.Index), f.Index...), preset: preset})
		}
	}
	return out
}

const bodyRequired = "request body is required"

// mistakes are what huma's own validation says of a request, and the status of
// its answer.
type mistakes struct {
	status int
	what   string
	found  huma.ValidateResult
	at     *huma.PathBuffer
}

func (m *mistakes) add(err string, path ...string) {
	m.at.Reset()
	for _, p := range path {
		m.at.Push(p)
	}
	m.found.Add(m.at, nil, err)
}

// read fills a new input from the request; m has every mistake at once.
func (in input) read(api huma.API, ctx huma.Context) (reflect.Value, *mistakes) {
	v := reflect.New(in.shape)
	m := &mistakes{status: http.StatusUnprocessableEntity, what: "validation failed", at: huma.NewPathBuffer(make([]byte, 0, 128), 0)}
	in.unknown(ctx, m)
	for _, p := range in.params {
		p.read(api, ctx, v.Elem().FieldByIndex(p.index), m)
	}
	switch {
	case in.form != nil:
		form, err := ctx.GetMultipartForm()
		if err != nil {
			m.add("cannot read multipart form", "body")
			break
		}
		v.Elem().FieldByIndex(in.form).Set(reflect.ValueOf(*form))
	case in.body != nil:
		in.readBody(api, ctx, v.Elem(), m)
	}
	return v, m
}

// unknown finds query parameters that the operation does not have.
func (in input) unknown(ctx huma.Context, m *mistakes) {
	u := ctx.URL()
	if u.RawQuery == "" {
		return
	}
	for key := range u.Query() {
		if !slices.ContainsFunc(in.params, func(p param) bool { return p.in == "query" && p.name == key }) {
			m.add("unknown query parameter", "query", key)
		}
	}
}

func (p param) read(api huma.API, ctx huma.Context, to reflect.Value, m *mistakes) {
	var sent []string
	switch text := ctx.Param(p.name); {
	case p.in == "path" && text != "":
		sent = []string{text}
	case p.in == "query" && p.explode:
		u := ctx.URL()
		sent = u.Query()[p.name]
	case p.in == "query":
		if text := ctx.Query(p.name); text != "" {
			sent = []string{text}
		}
	}
	if len(sent) == 0 && p.preset != "" {
		sent = []string{p.preset}
	}
	if len(sent) == 0 {
		if p.required {
			m.add("required "+p.in+" parameter is missing", p.in, p.name)
		}
		return
	}
	value, err := place(to, sent)
	if err != nil {
		m.add(err.Error(), p.in, p.name)
		return
	}
	m.at.Reset()
	m.at.Push(p.in)
	m.at.Push(p.name)
	huma.Validate(api.OpenAPI().Components.Schemas, p.schema, m.at, huma.ModeWriteToServer, value, &m.found)
}

// place sets a field to what was sent, and returns it as the schema sees it.
func place(to reflect.Value, sent []string) (any, error) {
	if to.Kind() == reflect.Slice {
		list := reflect.MakeSlice(to.Type(), len(sent), len(sent))
		for i, s := range sent {
			list.Index(i).SetString(s)
		}
		to.Set(list)
		return sent, nil
	}
	text := sent[0]
	switch to.Kind() {
	case reflect.String:
		to.SetString(text)
		return text, nil
	case reflect.Int:
		n, err := strconv.Atoi(text)
		if err != nil {
			return nil, errors.New("expected an integer")
		}
		to.SetInt(int64(n))
		return int64(n), nil
	case reflect.Float64:
		x, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return nil, errors.New("expected a number")
		}
		to.SetFloat(x)
		return x, nil
	case reflect.Bool:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return nil, errors.New("expected true or false")
		}
		to.SetBool(b)
		return b, nil
	}
	if err := to.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(text)); err != nil {
		return nil, errors.New("invalid value")
	}
	return text, nil
}

// readBody checks the JSON against its schema, then gives it to the struct.
func (in input) readBody(api huma.API, ctx huma.Context, v reflect.Value, m *mistakes) {
	body := humafiber.Unwrap(ctx).Request().Body()
	if len(body) == 0 && in.optional {
		return
	}
	if len(body) == 0 {
		m.status, m.what = http.StatusBadRequest, bodyRequired
		m.add(bodyRequired, "body")
		return
	}
	var parsed any
	if err := decode(body, &parsed); err != nil {
		m.status = http.StatusBadRequest
		m.add(err.Error(), "body")
		return
	}
	m.at.Reset()
	m.at.Push("body")
	huma.Validate(api.OpenAPI().Components.Schemas, in.schema, m.at, huma.ModeWriteToServer, parsed, &m.found)
	if err := decode(body, v.FieldByIndex(in.body).Addr().Interface()); err != nil {
		if len(m.found.Errors) == 0 {
			m.add(err.Error(), "body")
		}
		return
	}
	for _, p := range in.presets {
		if f := v.FieldByIndex(p.index); f.IsZero() {
			f.SetString(p.preset)
		}
	}
}
