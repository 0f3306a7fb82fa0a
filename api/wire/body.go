package wire

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"rapport/models/fault"
)

// Formats are the bodies that the API reads and writes: JSON.
func Formats() map[string]huma.Format {
	f := huma.Format{Marshal: huma.DefaultJSONFormat.Marshal, Unmarshal: decode}
	return map[string]huma.Format{"application/json": f, "json": f}
}

// jsonPrefix begins the messages of decode, which are safe to show; between it
// and the first ": " stands a JSON pointer.
const jsonPrefix = "JSON "

const maxDepth = 64

// decode reads JSON strictly: UTF-8, no key twice, nothing behind the value.
func decode(data []byte, v any) error {
	if _, first := v.(*any); first {
		if err := strict(data); err != nil {
			return err
		}
	}
	err := json.Unmarshal(data, v)
	var wrong *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &wrong):
		at := ""
		if wrong.Field != "" {
			at = "/" + strings.ReplaceAll(escape(wrong.Field), ".", "/")
		}
		return sentence(jsonPrefix + at + ": This value has the wrong form.")
	case errors.As(err, &syntax):
		return sentence(fmt.Sprintf("%s: This is not JSON from byte %d on.", jsonPrefix, syntax.Offset))
	}
	if f, ok := fault.As(err); ok { // a type of ours refused its text
		return sentence(jsonPrefix + ": " + f.Text)
	}
	return err
}

// sentence is an error whose text a person reads.
type sentence string

func (s sentence) Error() string { return string(s) }

// strict walks the tokens for what json.Unmarshal forgives.
func strict(data []byte) error {
	if !utf8.Valid(data) {
		return sentence(jsonPrefix + ": The body is not UTF-8.")
	}
	type level struct {
		keys  map[string]bool // of an object; nil in a list
		isKey bool
	}
	var open []level
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	for {
		t, err := d.Token()
		if err != nil {
			return nil // its end, or a mistake that json.Unmarshal will name
		}
		if s, ok := t.(string); ok && strings.Contains(s, "\x00") {
			return sentence(jsonPrefix + ": A text holds the character U+0000, which cannot be kept.")
		}
		if n := len(open); n > 0 && open[n-1].keys != nil {
			if key, ok := t.(string); ok && open[n-1].isKey {
				if open[n-1].keys[key] {
					return sentence(jsonPrefix + ": One object has the same key twice.")
				}
				open[n-1].keys[key], open[n-1].isKey = true, false
				continue
			}
			open[n-1].isKey = true
		}
		switch t {
		case json.Delim('{'):
			open = append(open, level{map[string]bool{}, true})
		case json.Delim('['):
			open = append(open, level{})
		case json.Delim('}'), json.Delim(']'):
			open = open[:len(open)-1]
		}
		if len(open) > maxDepth {
			return sentence(fmt.Sprintf("%s: The body is nested more than %d levels deep.", jsonPrefix, maxDepth))
		}
	}
}

// mediaType refuses bodies of another kind; without a body none is needed.
func mediaType(op Operation, sent string, size int) *fault.Error {
	if op.Method == http.MethodGet || op.Method == http.MethodDelete || (size == 0 && sent == "") {
		return nil
	}
	if op.Upload {
		if isForm(sent) {
			return nil
		}
		return fault.New(fault.Unsupported, "media_type", "Send the body as multipart/form-data.")
	}
	t, charset, _ := strings.Cut(sent, ";")
	charset = strings.ToLower(strings.Trim(strings.TrimPrefix(strings.TrimSpace(strings.ToLower(charset)), "charset="), `" `))
	if !strings.EqualFold(strings.TrimSpace(t), fiber.MIMEApplicationJSON) || (charset != "" && charset != "utf-8") {
		return framework[http.StatusUnsupportedMediaType]
	}
	return nil
}

// bodyHash says which request a key stands for. A form's boundary differs from
// try to try, so its parts are hashed, each with its length before it.
func bodyHash(c *fiber.Ctx, op Operation) string {
	h := sha256.New()
	part := func(b []byte) {
		fmt.Fprintf(h, "%d:", len(b))
		h.Write(b)
	}
	part([]byte(c.OriginalURL()))
	form, err := (*multipart.Form)(nil), error(nil)
	if op.Upload {
		form, err = c.MultipartForm()
	}
	if form == nil || err != nil {
		part(c.Request().Body())
		return hex.EncodeToString(h.Sum(nil))
	}
	for _, name := range slices.Sorted(maps.Keys(form.Value)) {
		for _, v := range form.Value[name] {
			part([]byte(name))
			part([]byte(v))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(form.File)) {
		for _, f := range form.File[name] {
			part([]byte(name))
			part([]byte(f.Filename))
			part([]byte(f.Header.Get(fiber.HeaderContentType)))
			if r, err := f.Open(); err == nil {
				b, _ := io.ReadAll(r)
				_ = r.Close()
				part(b)
			}
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}
