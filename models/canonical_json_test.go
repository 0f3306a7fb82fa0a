package models

import (
	"bytes"
	"encoding/json"
	"math/rand"
	"reflect"
	"testing"
	"testing/quick"
)

// throughMap is the canonical form as anybody would make it again: read into a
// map and written, which sorts its keys.
func throughMap(t *testing.T, c OrderContent) []byte {
	t.Helper()
	b, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var tree map[string]any
	if err := d.Decode(&tree); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(tree); err != nil {
		t.Fatal(err)
	}
	return bytes.TrimRight(out.Bytes(), "\n")
}

func TestCanonicalOrderIsWhatAMapWouldWrite(t *testing.T) {
	same := func(c OrderContent) bool {
		want, got := throughMap(t, c), c.Canonical()
		if !bytes.Equal(want, got) {
			t.Logf("want %s\ngot  %s", want, got)
		}
		return bytes.Equal(want, got)
	}
	if !same(OrderContent{}) {
		t.Error("an empty order")
	}
	for _, text := range []string{"", "\xff", "a\xffb\\\xfe", `\ufffd`, `\\ufffd`, "\ufffd", `"`, `\"`, "<b>&</b>", "\u2028\u2029", "\x00\b\f\n\r\t\x1f", "José 張 \U0001F9E0", `{"a":[1]}`, `],}`} {
		c := OrderContent{Instructions: text, DiagnosisCodes: []string{text, text}, Goals: []string{text}, Prescriber: Prescriber{Name: text},
			Claim: &Claim{PayerName: text}, ProcedureCodes: []Procedure{Procedure(text)}, Scope: Scope{Regions: []RegionSide{{Region: RegionKey(text)}}}}
		if !same(c) {
			t.Errorf("%q", text)
		}
	}
	if err := quick.Check(same, &quick.Config{MaxCount: 2000, Rand: rand.New(rand.NewSource(1))}); err != nil {
		t.Error(err)
	}
}

// TestCanonicalOrderHasNoMaps: a name from a person would need more care in
// canonicalJSON.
func TestCanonicalOrderHasNoMaps(t *testing.T) {
	seen := map[reflect.Type]bool{}
	var look func(reflect.Type)
	look = func(x reflect.Type) {
		if seen[x] {
			return
		}
		seen[x] = true
		switch x.Kind() {
		case reflect.Map, reflect.Interface, reflect.Float32, reflect.Float64:
			t.Errorf("%s in an order", x)
		case reflect.Pointer, reflect.Slice, reflect.Array:
			look(x.Elem())
		case reflect.Struct:
			for i := range x.NumField() {
				look(x.Field(i).Type)
			}
		}
	}
	look(reflect.TypeFor[OrderContent]())
}
