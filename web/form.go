package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"mime/multipart"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"rapport/api/wire"
	"rapport/models"
	"rapport/models/fault"
)

// form is what was sent: copies of its values, and its files.
type form struct {
	values map[string][]string
	files  map[string][]*multipart.FileHeader
}

// maxFields bounds a form; the longest of ours has about 150.
const maxFields = 600

func readForm(c *fiber.Ctx) (form, error) {
	f := form{values: map[string][]string{}}
	if strings.HasPrefix(c.Get(fiber.HeaderContentType), fiber.MIMEMultipartForm) {
		m, err := c.MultipartForm()
		if err != nil {
			return f, fault.New(fault.Malformed, "malformed", "The form cannot be read.").Because(err)
		}
		f.files = m.File
		for k, v := range m.Value {
			f.values[k] = slices.Clone(v)
		}
	} else {
		for k, v := range c.Request().PostArgs().All() {
			f.values[string(k)] = append(f.values[string(k)], string(v))
		}
	}
	if len(f.values) > maxFields {
		return f, fault.New(fault.TooLarge, "too_large", "The form has too many fields.")
	}
	for name, list := range f.values {
		for i, v := range list {
			if !wire.Keepable(name) || !wire.Keepable(v) {
				f.values = map[string][]string{}
				return f, fault.New(fault.Malformed, "malformed", "The form holds a text that is not UTF-8, or the character U+0000. Type it again.")
			}
			list[i] = strings.ReplaceAll(v, "\r\n", "\n")
		}
	}
	return f, nil
}

// get is the first value of a field without the blanks around it.
func (f form) get(name string) string {
	if v := f.values[name]; len(v) > 0 {
		return strings.TrimSpace(v[0])
	}
	return ""
}

// raw is the first value as it was typed; passwords keep their blanks.
func (f form) raw(name string) string {
	if v := f.values[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

func (f form) ticked(name string) bool { return f.get(name) != "" }

// list is every value of a field that is not empty.
func (f form) list(name string) []string {
	var out []string
	for _, v := range f.values[name] {
		if v = strings.TrimSpace(v); v != "" {
			out = append(out, v)
		}
	}
	return out
}

// words divides a line at commas, semicolons and blanks.
func (f form) words(name string) []string {
	return strings.FieldsFunc(f.get(name), func(r rune) bool { return strings.ContainsRune(",; \n\t", r) })
}

// lines divides a text at its line breaks.
func (f form) lines(name string) []string {
	var out []string
	for _, s := range strings.Split(f.get(name), "\n") {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// number reads a whole number; what is not one is added to the list as wrong.
func (f form) number(name string, l *fault.List) int {
	s := f.get(name)
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		l.Add("field.number", "/"+name, "Write a whole number here.")
	}
	return n
}

// date reads a day; what is not one is added to the list as wrong.
func (f form) date(name string, l *fault.List) models.Date {
	s := f.get(name)
	if s == "" {
		return ""
	}
	d, err := models.ParseDate(s)
	if err != nil {
		l.Add("date.invalid", "/"+name, "Write a day like 2026-03-14.")
	}
	return d
}

// regions reads a region picker: one field for each region, with the sides
// that were ticked.
func (f form) regions(prefix string) []models.RegionSide {
	var out []models.RegionSide
	for _, r := range models.Regions() {
		switch sides := f.list(prefix + "." + string(r.Key)); {
		case len(sides) == 0:
		case len(sides) > 1:
			out = append(out, models.RegionSide{Region: r.Key, Side: models.SideBoth})
		case sides[0] == "yes":
			out = append(out, models.RegionSide{Region: r.Key})
		default:
			out = append(out, models.RegionSide{Region: r.Key, Side: models.Side(sides[0])})
		}
	}
	return out
}

func keys[K ~string](list []string) []K {
	var out []K
	for _, s := range list {
		out = append(out, K(s))
	}
	return out
}

// signature reads a signature box.
func (f form) signature() models.SignatureDraft {
	d := models.SignatureDraft{Method: models.SignedTyped, Name: f.get("name"), Witness: f.get("witness"),
		ElectronicRecordsConsent: f.ticked("electronic_records_consent")}
	if f.get("method") != string(models.SignedDrawn) {
		return d
	}
	d.Method = models.SignedDrawn
	if b64, ok := strings.CutPrefix(f.get("image"), "data:image/png;base64,"); ok {
		d.Image, _ = base64.StdEncoding.DecodeString(b64) // what is no picture is refused by the verb
	}
	return d
}

// file reads an uploaded file whole; nil when none was chosen.
func (f form) file(name string) ([]byte, error) {
	if len(f.files[name]) == 0 {
		return nil, nil
	}
	r, err := f.files[name][0].Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var b bytes.Buffer
	_, err = io.Copy(&b, r)
	return b.Bytes(), err
}

// sum is the same for the same form, whoever's token it carries.
func (f form) sum() string {
	names := make([]string, 0, len(f.values))
	for k := range f.values {
		if k != "_csrf" && k != "_key" {
			names = append(names, k)
		}
	}
	slices.Sort(names)
	h := sha256.New()
	for _, k := range names {
		for _, v := range f.values[k] {
			_, _ = io.WriteString(h, strconv.Quote(k)+strconv.Quote(v))
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}
