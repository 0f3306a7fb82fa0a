// Package models says what is true: the nouns of PRODUCT §1 and the rules over
// them as pure functions of facts and time. It knows no database, no clock, no
// randomness and no transport.
package models

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
)
