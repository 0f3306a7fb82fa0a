package wire

import "testing"

func TestPointersNameThePlaceInTheBody(t *testing.T) {
	for at, want := range map[string]string{"body": "", "body.regions[0].side": "/regions/0/side", "body[0].role": "/0/role", "body[12]": "/12", "query.limit": "/query/limit",
		"body.a/b": "/a~1b"} {
		if got := pointer(at); got != want {
			t.Errorf("%s: %q, want %q", at, got, want)
		}
	}
}
