package wire

import (
	"fmt"
	"net/http"
	"reflect"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
)

// answer is how what a handler returns becomes a response: fields tagged header,
// and Body, which is JSON or bytes.
type answer struct {
	status  int
	headers []param
	body    []int // index of Body; nil without one
}

// answerOf reads the tags of an output and describes it in the operation.
func answerOf(shape reflect.Type, h *huma.Operation, known huma.Registry) answer {
	a := answer{status: h.DefaultStatus}
	body, found := shape.FieldByName("Body")
	switch {
	case found:
		a.body = body.Index
		a.status = max(a.status, http.StatusOK)
	case a.status == 0:
		a.status = http.StatusNoContent
	}
	key := strconv.Itoa(a.status)
	r := h.Responses[key]
	if r == nil {
		r = &huma.Response{}
		h.Responses[key] = r
	}
	r.Description = http.StatusText(a.status)
	if found {
		schema := huma.SchemaFromField(known, body, hint(shape, body.Name, h.OperationID+"Response"))
		if r.Content == nil {
			r.Content = map[string]*huma.MediaType{"application/json": {Schema: schema}}
		}
	}
	for _, f := range reflect.VisibleFields(shape) {
		if f.Anonymous || f.Name == "Body" {
			continue
		}
		name := f.Tag.Get("header")
		if r.Headers == nil {
			r.Headers = map[string]*huma.Param{}
		}
		r.Headers[name] = &huma.Header{Schema: huma.SchemaFromField(known, f, "")}
		a.headers = append(a.headers, param{index: f.Index, name: name})
	}
	return a
}

// write sends what a handler returned.
func (a answer) write(api huma.API, ctx huma.Context, out reflect.Value) {
	typed := false
	for _, h := range a.headers {
		if text := out.FieldByIndex(h.index).String(); text != "" {
			ctx.SetHeader(h.name, text)
			typed = typed || h.name == "Content-Type"
		}
	}
	if a.body == nil {
		ctx.SetStatus(a.status)
		return
	}
	body := out.FieldByIndex(a.body).Interface()
	if b, ok := body.([]byte); ok {
		ctx.SetStatus(a.status)
		_, _ = ctx.BodyWriter().Write(b)
		return
	}
	const kind = "application/json" // whatever is asked for: an answer in a form that helps beats 406
	if !typed {
		ctx.SetHeader("Content-Type", kind)
	}
	ctx.SetStatus(a.status)
	if err := api.Marshal(ctx.BodyWriter(), kind, body); err != nil {
		panic(fmt.Errorf("wire: %s %s: %w", ctx.Operation().Method, ctx.Operation().Path, err))
	}
}
