package models

import (
	"bytes"
	"slices"
)

// canonicalJSON sorts the members of each object by their names, which are
// plain. It takes what encoding/json wrote, without blanks, and asks nothing
// else of it: a map in between would read and write every value once more.
func canonicalJSON(written []byte) []byte {
	out, rest := sortedValue(make([]byte, 0, len(written)), written)
	if len(rest) != 0 {
		panic("models: this is not one JSON value")
	}
	return out
}

// sortedValue appends the value at the start of in, and returns what follows.
func sortedValue(out, in []byte) (done, rest []byte) {
	switch in[0] {
	case '{':
		return sortedObject(out, in[1:])
	case '[':
		out, in = append(out, '['), in[1:]
		for in[0] != ']' {
			if out, in = sortedValue(out, in); in[0] == ',' {
				out, in = append(out, ','), in[1:]
			}
		}
		return append(out, ']'), in[1:]
	case '"':
		n := textEnd(in)
		return appendText(out, in[:n]), in[n:]
	}
	n := bytes.IndexAny(in, ",]}") // a number, true, false or null
	if n < 0 {
		n = len(in)
	}
	return append(out, in[:n]...), in[n:]
}

// member is an object's "name":value.
type member struct{ name, all []byte }

func sortedObject(out, in []byte) (done, rest []byte) {
	members := make([]member, 0, 16)
	var room []byte
	for in[0] != '}' {
		n := textEnd(in)
		from := len(room)
		room = append(append(room, in[:n]...), ':')
		name := in[:n]
		if room, in = sortedValue(room, in[n+1:]); in[0] == ',' {
			in = in[1:]
		}
		members = append(members, member{name, room[from:len(room):len(room)]})
	}
	slices.SortFunc(members, func(a, b member) int { return bytes.Compare(a.name, b.name) })
	out = append(out, '{')
	for i, m := range members {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, m.all...)
	}
	return append(out, '}'), in[1:]
}

// textEnd is how many bytes the text at the start of in has, its quotes among them.
func textEnd(in []byte) int {
	for i := 1; ; i++ {
		switch in[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
}

// appendText appends a text. What was not UTF-8 stands as an escape in it; in
// the canonical form it is the replacement character itself, as it is for
// everybody who reads the content and writes it again.
func appendText(out, text []byte) []byte {
	const escape = `\ufffd`
	if !bytes.Contains(text, []byte(escape)) {
		return append(out, text...)
	}
	for i := 0; i < len(text); {
		switch {
		case bytes.HasPrefix(text[i:], []byte(escape)):
			out, i = append(out, "\ufffd"...), i+len(escape)
		case text[i] == '\\':
			out, i = append(out, text[i:i+2]...), i+2
		default:
			out, i = append(out, text[i]), i+1
		}
	}
	return out
}
