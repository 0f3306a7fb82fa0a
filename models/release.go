package models

import "time"

// ReleaseStatus of a release. "expired" is derived from time, never stored.
type ReleaseStatus string

// The stored states.
const (
	ReleaseDraft    ReleaseStatus = "draft"
	ReleaseActive   ReleaseStatus = "active"
	ReleaseRevoked  ReleaseStatus = "revoked"
	ReleaseDeclined ReleaseStatus = "declined" // the client did not want to sign
	ReleaseExpired  ReleaseStatus = "expired"  // derived
)

// Recipient names who may be told: exactly one of provider, office, payer or a
// free-text name. A free-text name sends nothing until it is matched.
type Recipient struct {
	ProviderID  ProviderID `json:"provider_id,omitempty"`
	OfficeID    OfficeID   `json:"office_id,omitempty"`
	PayerName   string     `json:"payer_name,omitempty"`
	ClaimNumber string     `json:"claim_number,omitempty"`
	Name        string     `json:"name,omitempty"`
	Phone       string     `json:"phone,omitempty"`
	Role        string     `json:"role,omitempty"`
	Label       string     `json:"label,omitempty"` // as printed on the form at signing
}

// Representative signs for a client who cannot (45 CFR 164.502(g)).
type Representative struct {
	Name         string `json:"name"`
	Relation     string `json:"relation"`
	Authority    string `json:"authority"` // basis, required by 164.508(c)(1)(vi)
	DocumentSeen string `json:"document_seen,omitempty"`
}

// Release is the client's signed authorization to disclose named kinds of
// information to named providers (45 CFR 164.508).
type Release struct {
	ID             ReleaseID
	PracticeID     PracticeID
	ClientID       ClientID
	Status         ReleaseStatus
	Recipients     []Recipient
	Categories     []Category
	Purpose        Purpose
	ExpiresOn      Date   // last day, inclusive, in the practice's zone; or
	ExpiryEvent    string // an event tied to the client or the purpose
	EventOccurred  Date   // when the event is known to have happened
	Representative *Representative
	FormVersion    string     // the wording of the form, ReleaseFormVersion when drafted
	FormID         DocumentID // the exact form that was shown for signing
	FormSHA256     string
	Signature      *Signature
	SignedAt       *time.Time
	DocumentID     DocumentID // the signed form with its signature block
	DocumentSHA256 string
	CopyGivenAt    *time.Time // when the client got a copy (164.508(c)(4))
	RevokedAt      *time.Time // when the revocation was committed: the cut-off
	Revocation     *Revocation
	CreatedBy      UserID
	CreatedAt      time.Time
	Version        int
}

// Revocation is what is known about a revocation (164.508(b)(5)).
type Revocation struct {
	ReceivedAt time.Time `json:"received_at"`
	Channel    string    `json:"channel"`
	Reason     string    `json:"reason,omitempty"`
	ReceivedBy UserID    `json:"received_by,omitempty"`
}

// SignatureMethod is how a person signed.
type SignatureMethod string

// The methods.
const (
	SignedDrawn SignatureMethod = "drawn"
	SignedTyped SignatureMethod = "typed"
)

// SignatureDraft is what the signer hands in.
type SignatureDraft struct {
	Method                   SignatureMethod `json:"method"`
	Name                     string          `json:"name"`
	Image                    []byte          `json:"image,omitempty"` // PNG of a drawn signature
	ElectronicRecordsConsent bool            `json:"electronic_records_consent"`
	Witness                  string          `json:"witness,omitempty"`
}

// Signature is the evidence bundle of one signing act (DOMAIN §1.9).
type Signature struct {
	Method         SignatureMethod `json:"method"`
	Name           string          `json:"name"`
	Image          []byte          `json:"image,omitempty"`
	ConsentVersion string          `json:"consent_version,omitempty"` // electronic records statement shown
	Intent         string          `json:"intent"`                    // the words next to the button
	IdentifiedBy   string          `json:"identified_by"`             // in_person | one_time_link | signed_in
	AttendedBy     UserID          `json:"attended_by,omitempty"`     // the staff member who identified the signer in person
	SignerID       UserID          `json:"signer_id,omitempty"`
	Witness        string          `json:"witness,omitempty"`
	At             time.Time       `json:"at"`
	Zone           string          `json:"zone"`
	IP             string          `json:"ip,omitempty"`
	Agent          string          `json:"agent,omitempty"`
	DocumentSHA256 string          `json:"document_sha256"` // of the form that was shown
}

// Disclosure is one decision of the release gate, kept for ever.
type Disclosure struct {
	ID             DisclosureID
	PracticeID     PracticeID
	Seq            int64
	ClientID       ClientID
	At             time.Time
	ActorID        string // principal
	Recipient      Recipient
	Categories     []Category
	Purpose        Purpose
	Description    string // brief, no clinical detail: "Progress report of 2026-03-14"
	ObjectKind     string
	ObjectID       string
	Channel        string // portal | link | letter | email | api | spoken
	Allowed        bool
	Basis          string   // release | own_order | override | individual
	Reasons        []string // codes when refused
	RuleVersion    string
	ReleaseID      ReleaseID
	ReleaseVersion int
	Override       *Override
	Flagged        bool // derived: told after the client's revocation arrived and before it was entered
}

// Override lets a covered practice tell for treatment or emergency without a
// release: one report, one recipient, 72 hours, listed for review.
type Override struct {
	Basis      string     `json:"basis"` // treatment | emergency
	Reason     string     `json:"reason"`
	By         UserID     `json:"by"`
	At         time.Time  `json:"at"`
	Until      time.Time  `json:"until"`
	ProviderID ProviderID `json:"provider_id"`
	ReportID   ReportID   `json:"report_id"`
}
