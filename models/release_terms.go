package models

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"image/png"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"rapport/models/fault"
)

// ReleaseTerms are what a therapist prepares for the client to sign.
type ReleaseTerms struct {
	Recipients     []Recipient
	Categories     []Category
	Purpose        Purpose
	ExpiresOn      Date
	ExpiryEvent    string
	Representative *Representative
}

// maxRecipients keeps a release specific.
const maxRecipients = 20

// Validate checks what 45 CFR 164.508(c) asks of the form; today is the
// practice's day. Whether recipients are in the directory the verb asks.
func (d ReleaseTerms) Validate(c Client, today Date) error {
	var l fault.List
	if len(d.Recipients) == 0 || len(d.Recipients) > maxRecipients {
		l.Add("recipients.required", "/recipients", "Say who may be told. A release names 1 to 20 recipients: a provider, an office, a payer with claim number, or a person in words.")
	}
	for i, r := range d.Recipients {
		r.validate(&l, "/recipients/"+strconv.Itoa(i))
		if slices.Contains(d.Recipients[:i], r) {
			l.Add("recipient.twice", "/recipients/"+strconv.Itoa(i), "This recipient is named already.")
		}
	}
	if len(d.Categories) == 0 {
		l.Add("categories.required", "/categories", "Say what may be told: at least one kind of information.")
	}
	ValidateCategories(d.Categories, "/categories", &l)
	ValidatePurpose(d.Purpose, "/purpose", &l)
	d.validateEnd(&l, today)
	d.validateSigner(&l, c, today)
	return l.Invalid("The release needs correction.")
}

func (d ReleaseTerms) validateEnd(l *fault.List, today Date) {
	switch event := strings.TrimSpace(d.ExpiryEvent); {
	case d.ExpiresOn.IsZero() && event == "":
		l.Add("expiry.required", "/expires_on", "A release ends on a day or by an event (45 CFR 164.508(c)(1)(v)). Give one of them.")
	case event != "" && !endsSomeDay(event):
		l.Add("expiry_event.invalid", "/expiry_event", "Name an event tied to the client or the purpose, for example: my care under this order ends. A release without an end is not valid.")
	case len([]rune(event)) > 300:
		l.Add("expiry_event.invalid", "/expiry_event", "An expiry event has at most 300 characters.")
	}
	if !d.ExpiresOn.IsZero() && d.ExpiresOn.Before(today) {
		l.Put(fault.Violation{Code: "expires_on.past", Pointer: "/expires_on", Message: "The last day lies in the past.", Allowed: "from " + string(today), Got: d.ExpiresOn})
	}
}

// validateSigner wants the authority of whoever signs for the client. For a
// minor that is a parent or guardian, or the law under which the minor signs
// alone, written down as authority (45 CFR 164.502(g)(3)).
func (d ReleaseTerms) validateSigner(l *fault.List, c Client, today Date) {
	switch r := d.Representative; {
	case r == nil && c.BirthDate.AddMonths(12*18).After(today):
		l.Add("representative.required", "/representative", "The client is a minor: name the parent or guardian who signs, or the client with the rule under which a minor may sign alone, and their authority.")
	case r == nil:
	case !r.complete():
		l.Add("representative.incomplete", "/representative", "For a representative give name, relation and authority to sign (45 CFR 164.508(c)(1)(vi)).")
	case longest(r.Name, r.Relation, r.Authority, r.DocumentSeen) > 500:
		l.Add("representative.too_long", "/representative", "Each part has at most 500 characters.")
	}
}

// validate wants exactly one way of naming somebody.
func (r Recipient) validate(l *fault.List, pointer string) {
	ways := 0
	for _, is := range []bool{r.ProviderID != "", r.OfficeID != "", r.PayerName+r.ClaimNumber != "", r.Name+r.Phone+r.Role != ""} {
		if is {
			ways++
		}
	}
	switch {
	case ways != 1:
		l.Put(fault.Violation{Code: "recipient.invalid", Pointer: pointer, Message: "Name each recipient in exactly one way.",
			Allowed: []string{"provider_id", "office_id", "payer_name with claim_number", "name with phone and role"}})
	case r.PayerName+r.ClaimNumber != "" && (strings.TrimSpace(r.PayerName) == "" || strings.TrimSpace(r.ClaimNumber) == ""):
		l.Add("recipient.invalid", pointer, "A payer is named with the claim number.")
	case r.Unmatched() && strings.TrimSpace(r.Name) == "":
		l.Add("recipient.invalid", pointer+"/name", "Give the person's name.")
	}
	if longest(r.PayerName, r.ClaimNumber, r.Name, r.Phone, r.Role) > 200 {
		l.Add("recipient.too_long", pointer, "Each part of a name has at most 200 characters.")
	}
}

// longest counts characters, not bytes: a name in any script has the same room.
func longest(parts ...string) (most int) {
	for _, s := range parts {
		most = max(most, utf8.RuneCountInString(s))
	}
	return most
}

// ContentSHA256 is the hash over what the client agrees to, in canonical form.
func (r Release) ContentSHA256() string {
	b, _ := json.Marshal([]any{r.ID, r.PracticeID, r.ClientID, r.Recipients, r.Categories, r.Purpose, r.ExpiresOn, r.ExpiryEvent, r.Representative, r.FormVersion})
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// The words that a signer sees; the version is kept with each signature (15
// USC 7001(c)).
const (
	ElectronicConsentVersion = "electronic-records-1"
	ElectronicConsent        = "I agree to sign this form electronically and to get my copy electronically. I may ask for a paper copy at any time, free of charge, " +
		"and may withdraw this agreement by telling the practice; that does not undo what I signed. It covers this form only. " +
		"To read it I need a device that shows PDF files, and I can read this one."
	SigningIntent = "I have read this form and sign it: I give the permission that it describes."
)

// What a drawn signature may be.
const (
	MaxSignatureBytes  = 200 << 10
	maxSignaturePixels = 4 << 20
)

// Validate checks the signing act of a client or representative. A drawn
// signature is a PNG by its content, not by its name.
func (s SignatureDraft) Validate() error {
	var l fault.List
	if s.Method != SignedDrawn && s.Method != SignedTyped {
		l.Put(fault.Violation{Code: "signature.method", Pointer: "/method", Message: "A signature is drawn or typed.", Allowed: []SignatureMethod{SignedDrawn, SignedTyped}})
	}
	if n := len([]rune(strings.TrimSpace(s.Name))); n < 2 || n > 200 {
		l.Add("signature.name", "/name", "Type the full name of the person who signs.")
	}
	if !s.ElectronicRecordsConsent {
		l.Put(fault.Violation{Code: "signature.consent", Pointer: "/electronic_records_consent", Message: "Without the consent to electronic records the form is signed on paper.", Allowed: true})
	}
	if longest(s.Witness) > 200 {
		l.Add("signature.witness", "/witness", "A witness's name has at most 200 characters.")
	}
	switch {
	case s.Method == SignedDrawn && !drawing(s.Image):
		l.Add("signature.image", "/image", "Draw your signature in the box, or type your name instead. A drawn one is a PNG picture of at most 200 KB.")
	case s.Method == SignedTyped && len(s.Image) > 0:
		l.Add("signature.image", "/image", "A typed signature comes without a picture.")
	}
	return l.Invalid("The signature needs correction.")
}

func drawing(b []byte) bool {
	if len(b) == 0 || len(b) > MaxSignatureBytes {
		return false
	}
	c, err := png.DecodeConfig(bytes.NewReader(b))
	if err != nil || c.Width < 1 || c.Height < 1 || c.Width*c.Height > maxSignaturePixels {
		return false
	}
	_, err = png.Decode(bytes.NewReader(b))
	return err == nil
}

// Validate checks a revocation against the moment it is entered.
func (r RevocationDraft) Validate(now time.Time) error {
	var l fault.List
	if r.ReceivedAt.After(now) {
		l.Put(fault.Violation{Code: "received_at.future", Pointer: "/received_at", Message: "A revocation counts from the moment it was received, which is not in the future.", Allowed: "until " + now.Format(time.RFC3339)})
	}
	if c := strings.TrimSpace(r.Channel); c == "" || len(c) > 40 {
		l.Add("channel.required", "/channel", "Say how the revocation came: in_person, letter, fax, email, phone or portal.")
	}
	if len([]rune(r.Reason)) > 1000 {
		l.Add("reason.too_long", "/reason", "A reason has at most 1000 characters.")
	}
	return l.Invalid("The revocation needs correction.")
}

// RevocationDraft is what the practice knows when the client takes a release back.
type RevocationDraft struct {
	ReceivedAt time.Time
	Channel    string
	Reason     string
}
