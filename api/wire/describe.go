package wire

import (
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// described is the operation for huma and OpenAPI.
func (op Operation) described() huma.Operation {
	h := huma.Operation{OperationID: op.ID, Method: op.Method, Path: op.Path, Summary: op.Summary, Tags: []string{op.Tag}, DefaultStatus: op.Status,
		MaxBodyBytes: MaxUpload + 1, BodyReadTimeout: -1, Responses: map[string]*huma.Response{}}
	if !op.Public {
		h.Security = []map[string][]string{{"bearer": {}}}
	}
	header := func(name, about string, required bool) {
		h.Parameters = append(h.Parameters, &huma.Param{Name: name, In: "header", Required: required, Description: about, Schema: &huma.Schema{Type: huma.TypeString}})
	}
	if op.keyed() {
		header("Idempotency-Key", "The same key and body give the same answer for 7 days.", op.KeyRequired)
	}
	if op.MatchRequired {
		header("If-Match", "The ETag you last saw.", true)
	} else if op.Method != http.MethodGet && strings.Contains(op.Path, "{id}") {
		header("If-Match", "The ETag you last saw; with it the request is refused when somebody was faster.", false)
	}
	for _, s := range op.refusals() {
		h.Responses[strconv.Itoa(s)] = &huma.Response{Ref: "#/components/responses/" + refusalName(s)}
	}
	return h
}

// refusals are the statuses that an operation can answer besides success.
func (op Operation) refusals() []int {
	out := []int{400, 401, 403, 404, 409, 410, 422, 429, 500, 503}
	if op.Method != http.MethodGet {
		out = append(out, 412, 413, 415)
	}
	if op.MatchRequired {
		out = append(out, 428)
	}
	return out
}

func refusalName(status int) string { return strings.ReplaceAll(http.StatusText(status), " ", "") }

// describeBytes says of which media types an answer of bytes is.
func describeBytes(op Operation, out reflect.Type, h *huma.Operation) {
	f, ok := out.FieldByName("Body")
	if !ok || f.Type != reflect.TypeFor[[]byte]() {
		return
	}
	if len(op.Produces) == 0 {
		op.Produces = []string{"application/pdf"}
	}
	content := map[string]*huma.MediaType{}
	for _, t := range op.Produces {
		content[t] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
	}
	h.Responses[strconv.Itoa(max(op.Status, http.StatusOK))] = &huma.Response{Content: content}
}

// describeRefusals adds the problem documents that operations refer to.
func describeRefusals(api huma.API, op Operation) {
	c := api.OpenAPI().Components
	if c.Responses == nil {
		c.Responses = map[string]*huma.Response{}
	}
	for _, s := range op.refusals() {
		if c.Responses[refusalName(s)] == nil {
			c.Responses[refusalName(s)] = &huma.Response{Description: http.StatusText(s), Content: map[string]*huma.MediaType{
				problemType: {Schema: c.Schemas.Schema(reflect.TypeFor[Problem](), true, "Problem")}}}
		}
	}
}

// fileBody is what uploads are.
var fileBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"multipart/form-data": {
	Schema: &huma.Schema{Type: huma.TypeObject, Required: []string{"file"}, Properties: map[string]*huma.Schema{
		"file": {Type: huma.TypeString, Format: "binary", Description: "A PDF, PNG or JPEG of at most 10 MiB"}}}}}}
