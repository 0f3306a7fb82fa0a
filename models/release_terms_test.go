package models

import (
	"bytes"
	"image"
	"image/png"
	"strings"
	"testing"
	"time"

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

// TestLengthsOfAReleaseAreCountedInCharacters: two hundred letters fit, whatever
// script they are of, and one more does not.
func TestLengthsOfAReleaseAreCountedInCharacters(t *testing.T) {
	for name, c := range map[string]struct {
		most int
		code string
		try  func(string) error
	}{
		"recipient": {200, "recipient.too_long", func(s string) error {
			var l fault.List
			Recipient{Name: s}.validate(&l, "/recipients/0")
			return l.Invalid("")
		}},
		"representative": {500, "representative.too_long", func(s string) error {
			terms := ReleaseTerms{Recipients: []Recipient{{ProviderID: "p"}}, Categories: []Category{CategoryMeasures}, Purpose: PurposeCoordination, ExpiresOn: "2026-12-31",
				Representative: &Representative{Name: s, Relation: "mother", Authority: "parent"}}
			return terms.Validate(Client{BirthDate: "2020-01-01"}, "2026-03-02")
		}},
		"witness": {200, "signature.witness", func(s string) error {
			return SignatureDraft{Method: SignedTyped, Name: "Ana Silva", ElectronicRecordsConsent: true, Witness: s}.Validate()
		}},
		"reason of a revocation": {1000, "reason.too_long", func(s string) error {
			return RevocationDraft{ReceivedAt: time.Unix(1, 0), Channel: "letter", Reason: s}.Validate(time.Unix(2, 0))
		}},
	} {
		if err := c.try(strings.Repeat("ễ", c.most)); err != nil {
			t.Errorf("%s of %d characters: %v", name, c.most, err)
		}
		if f, ok := fault.As(c.try(strings.Repeat("ễ", c.most+1))); !ok || f.Violations[0].Code != c.code {
			t.Errorf("%s of %d characters: %v, want %s", name, c.most+1, f, c.code)
		}
	}
}

func TestARecipientIsNamedOnce(t *testing.T) {
	terms := ReleaseTerms{Recipients: []Recipient{{ProviderID: "p"}, {OfficeID: "o"}, {ProviderID: "p"}}, Categories: []Category{CategoryMeasures},
		Purpose: PurposeCoordination, ExpiresOn: "2026-12-31"}
	f, ok := fault.As(terms.Validate(Client{BirthDate: "1984-05-17"}, "2026-03-02"))
	if !ok || len(f.Violations) != 1 || f.Violations[0].Code != "recipient.twice" || f.Violations[0].Pointer != "/recipients/2" {
		t.Errorf("got %v", f)
	}
}
