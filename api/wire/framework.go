package wire

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"rapport/models/fault"
)

// framework holds the refusals that huma or Fiber decide, by their status.
var framework = map[int]*fault.Error{
	400: fault.New(fault.Malformed, "malformed", "The request cannot be read."),
	401: fault.New(fault.Unauthenticated, "sign_in.required", "Sign in first: send the access token as Authorization: Bearer."),
	404: fault.New(fault.NotFound, "not_found", "There is nothing here."),
	405: fault.New(wrongMethod, "method_not_allowed", "This address knows other methods; see Allow."),
	408: fault.New(tooSlow, "too_slow", "The request took too long to arrive."),
	413: fault.New(fault.TooLarge, "too_large", "A request has at most 1 MiB; a scan at most 10 MiB as multipart/form-data."),
	415: fault.New(fault.Unsupported, "media_type", "Send the body as application/json in UTF-8."),
	422: fault.New(fault.Invalid, "validation", "The request needs correction."),
	431: fault.New(largeHeaders, "headers_too_large", "The headers have at most 8 KiB together."),
}

// ofFramework is the fault of a status that huma or Fiber chose; what it said
// stays in the log, because it can quote the request.
func ofFramework(s int, cause error) *fault.Error {
	e, ok := framework[s]
	if !ok {
		e = fault.New(fault.Internal, "internal", internalText)
	}
	return e.Because(cause)
}

// humaFault shapes huma's refusals. Submitted values are never echoed. A path
// that does not fit is nothing to correct: there is nothing at that address.
func humaFault(s int, msg string, errs ...error) *fault.Error {
	if s == http.StatusBadRequest && msg == bodyRequired {
		return fault.New(fault.Malformed, "body.required", "Send a JSON body; {} when there is nothing to say.")
	}
	var list []fault.Violation
	for _, err := range errs {
		d, ok := err.(huma.ErrorDetailer)
		if !ok {
			continue
		}
		detail := d.ErrorDetail()
		if strings.HasPrefix(detail.Location, "path.") {
			return framework[404]
		}
		list = append(list, violation(detail))
	}
	slices.SortStableFunc(list, func(a, b fault.Violation) int { return strings.Compare(a.Pointer, b.Pointer) })
	return ofFramework(s, errors.Join(errs...)).With(list...)
}

var (
	requiredProperty = regexp.MustCompile(`^expected required property (.+) to be present$`)
	oneOf            = regexp.MustCompile(`^expected value to be one of "(.*)"$`)
	jsonAt           = regexp.MustCompile(`^` + jsonPrefix + `(.*?): (.*)$`)
)

// violation says in our words what huma found. Only sentences that are made of
// the schema pass; those of parsers can quote what was sent.
func violation(d *huma.ErrorDetail) fault.Violation {
	v := fault.Violation{Code: "field.invalid", Pointer: pointer(d.Location), Message: "This value has the wrong form."}
	switch m := d.Message; {
	case m == "unexpected property":
		v.Code, v.Message = "field.unknown", "There is no such field."
	case m == "unknown query parameter":
		v.Code, v.Message = "field.unknown", "There is no such query parameter."
	case strings.HasPrefix(m, "required ") && strings.HasSuffix(m, " parameter is missing"), m == "File required":
		v.Code, v.Message = "field.required", "This field is required."
	case requiredProperty.MatchString(m):
		v.Code, v.Message = "field.required", "This field is required."
		v.Pointer += "/" + escape(requiredProperty.FindStringSubmatch(m)[1])
	case oneOf.MatchString(m):
		v.Message, v.Allowed = "This is none of the allowed values.", strings.Split(oneOf.FindStringSubmatch(m)[1], ", ")
	case jsonAt.MatchString(m):
		found := jsonAt.FindStringSubmatch(m)
		v.Pointer, v.Message = found[1], found[2]
	case strings.HasPrefix(m, "expected "):
		m, _, _ = strings.Cut(m, ": ") // behind it stands what a parser said
		v.Message = "E" + m[1:] + "."
	}
	return v
}

// pointer turns huma's "body.regions[0].side" into "/regions/0/side"; what is
// not in the body keeps its place: "/query/limit".
func pointer(location string) string {
	at := strings.TrimPrefix(strings.TrimPrefix(location, "body"), ".")
	if at == "" {
		return ""
	}
	if len(at) > 200 {
		at = strings.ToValidUTF8(at[:200], "")
	}
	at = strings.NewReplacer("[", "/", "]", "", ".", "/").Replace(escape(at))
	return "/" + strings.TrimPrefix(at, "/") // a body that is a list begins with its place in it
}

func escape(key string) string { return strings.NewReplacer("~", "~0", "/", "~1").Replace(key) }

// useProblems makes our problems the only ones that huma knows. Keys are exact:
// "Name" is not "name".
var useProblems = sync.OnceFunc(func() {
	huma.NewError = func(s int, msg string, errs ...error) huma.StatusError { return ProblemOf(humaFault(s, msg, errs...)) }
	huma.NewErrorWithContext = func(ctx huma.Context, s int, msg string, errs ...error) huma.StatusError {
		f := humaFault(s, msg, errs...)
		if StatusOf(f.Kind) >= 500 {
			f = f.Because(errors.Join(append(errs, fmt.Errorf("huma: %d %s", s, msg))...))
		}
		return answerable(ctx.Context(), f)
	}
	huma.DefaultArrayNullable = false
	huma.ValidateStrictCasing = true
})
