package models

import (
	"bytes"
	"image"
	"image/png"
	"testing"

	"rapport/models/fault"
)

func TestRecipientsAreNamedInExactlyOneWay(t *testing.T) {
	for name, c := range map[string]struct {
		r    Recipient
		good bool
	}{
		"provider":           {Recipient{ProviderID: "p"}, true},
		"office":             {Recipient{OfficeID: "o"}, true},
		"payer with claim":   {Recipient{PayerName: "L&I", ClaimNumber: "SB-1"}, true},
		"words":              {Recipient{Name: "Dr. Who", Role: "family doctor"}, true},
		"nobody":             {Recipient{}, false},
		"payer alone":        {Recipient{PayerName: "L&I"}, false},
		"claim alone":        {Recipient{ClaimNumber: "SB-1"}, false},
		"phone alone":        {Recipient{Phone: "555"}, false},
		"provider at office": {Recipient{ProviderID: "p", OfficeID: "o"}, false},
	} {
		var l fault.List
		c.r.validate(&l, "/recipients/0")
		if (len(l.Items()) == 0) != c.good {
			t.Errorf("%s: got %+v", name, l.Items())
		}
	}
}

func TestAMinorsReleaseDescribesWhoSigns(t *testing.T) {
	terms := ReleaseTerms{Recipients: []Recipient{{ProviderID: "p"}}, Categories: []Category{CategoryMeasures}, Purpose: PurposeCoordination, ExpiresOn: "2026-12-31"}
	for born, minor := range map[Date]bool{"2008-03-02": false, "2008-03-03": true, "2020-01-01": true, "1984-05-17": false} {
		err := terms.Validate(Client{BirthDate: born}, "2026-03-02")
		f, refused := fault.As(err)
		if refused != minor || refused && f.Violations[0].Code != "representative.required" {
			t.Errorf("born %s: got %v", born, err)
		}
	}
	terms.Representative = &Representative{Name: "Bo", Relation: "mother", Authority: "parent of an unemancipated minor"}
	if err := terms.Validate(Client{BirthDate: "2020-01-01"}, "2026-03-02"); err != nil {
		t.Error(err)
	}
}

func TestAnExpiryEventHappensSomeDay(t *testing.T) {
	for event, good := range map[string]bool{"My care under this order ends": true, "Settlement of claim SB-1": true, "none": false, " Never. ": false, "N/A": false,
		"until  revoked": false, "end of the study": false, "": false, "...": false, "No Expiration Date": false} {
		if got := endsSomeDay(event); got != good {
			t.Errorf("%q: got %v, want %v", event, got, good)
		}
	}
}

func TestADrawnSignatureIsAPictureByItsContent(t *testing.T) {
	draw := func(w, h int) []byte {
		var b bytes.Buffer
		if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, w, h))); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	good := draw(300, 100)
	for name, c := range map[string]struct {
		b    []byte
		good bool
	}{"png": {good, true}, "nothing": {nil, false}, "jpeg": {[]byte("\xff\xd8\xff\xe0JFIF"), false}, "cut short": {good[:len(good)/2], false},
		"too many pixels": {draw(4096, 2048), false}, "too many bytes": {append(good, make([]byte, MaxSignatureBytes)...), false}, "svg": {[]byte("<svg onload=alert(1)>"), false}} {
		if got := drawing(c.b); got != c.good {
			t.Errorf("%s: got %v", name, got)
		}
	}
}
