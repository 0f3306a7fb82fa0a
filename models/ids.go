// Package models says what is true: the nouns of PRODUCT §1 and the rules over
// them as pure functions of facts and time. It knows no database, no clock, no
// randomness and no transport.
package models

import (
	"slices"
	"strings"
)

// Ids are UUIDv7 text, opaque to callers; one type for each noun, so that the
// compiler refuses a client where a provider is due.
type (
	PracticeID      string
	UserID          string
	ProviderID      string
	OfficeID        string
	ClientID        string
	ReleaseID       string
	PrescriptionID  string
	SeriesID        string
	ChangeRequestID string
	BookingID       string
	SessionID       string
	ReportID        string
	DeliveryID      string
	DisclosureID    string
	DocumentID      string
	LinkID          string
	SignInID        string
	MessageID       string
	RelationshipID  string
	ContactID       string
	StaffID         string
	ReferralID      string
	PromiseID       string
	RequestID       string // of a document
)

// Untraced stands on the audit trail for a text that does not belong there.
const Untraced = "?"

// TraceID is an id as the audit trail keeps it: what has not the form of a
// UUID came from a request and may be anything, also words about a client.
func TraceID[T ~string](id T) string {
	if id == "" || isUUID(string(id)) {
		return string(id)
	}
	return Untraced
}

// TraceKey is a key as the audit trail keeps it: one of the known ones.
func TraceKey[T ~string](key T, known ...T) string {
	if key == "" || slices.Contains(known, key) {
		return string(key)
	}
	return Untraced
}

func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i, c := range []byte(s) {
		switch dash := i == 8 || i == 13 || i == 18 || i == 23; {
		case dash != (c == '-'), !dash && !strings.ContainsRune("0123456789abcdef", rune(c)):
			return false
		}
	}
	return true
}
