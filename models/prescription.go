package models

import "time"

// PrescriptionStatus as stored; completed and expired are derived.
type PrescriptionStatus string

// The states of PRODUCT §3.3 and the edges of §5.
const (
	OrderDraft          PrescriptionStatus = "draft"
	OrderSubmitted      PrescriptionStatus = "submitted"
	OrderActive         PrescriptionStatus = "active"
	OrderSuspended      PrescriptionStatus = "suspended"
	OrderDeclined       PrescriptionStatus = "declined"
	OrderSuperseded     PrescriptionStatus = "superseded"
	OrderRevoked        PrescriptionStatus = "revoked"
	OrderEnteredInError PrescriptionStatus = "entered_in_error"
	OrderCompleted      PrescriptionStatus = "completed" // derived: all visits used
	OrderExpired        PrescriptionStatus = "expired"   // derived: past the window
)

// Period is the span of a frequency.
type Period string

// The periods.
const (
	PerDay   Period = "day"
	PerWeek  Period = "week"
	PerMonth Period = "month"
)

// Window says how a period is laid over the calendar.
type Window string

// Calendar is that day, that Monday to Sunday, that month in the practice's
// zone; rolling is any 1, 7 or 30 local days that contain the session.
const (
	Calendar Window = "calendar"
	Rolling  Window = "rolling"
)

// Frequency is at most Sessions in each Per.
type Frequency struct {
	Sessions int    `json:"sessions"`
	Per      Period `json:"per"`
	Window   Window `json:"window"`
}

// TechniqueRule is an allow-list or an exclusion, never both.
type TechniqueRule struct {
	Only   []Technique `json:"only,omitempty"`
	Except []Technique `json:"except,omitempty"`
}

// Scope is what a prescription allows.
type Scope struct {
	Regions           []RegionSide   `json:"regions"`
	UnsidedCoversBoth bool           `json:"unsided_covers_both,omitempty"`
	MinutesPerSession int            `json:"minutes_per_session"`
	SessionsTotal     int            `json:"sessions_total,omitempty"` // 0 only with Limit "none"
	Frequency         *Frequency     `json:"frequency,omitempty"`      // nil only with Limit "none"
	Limit             string         `json:"limit,omitempty"`          // "none" as stated by the prescriber
	Techniques        *TechniqueRule `json:"techniques,omitempty"`
	Precautions       []Precaution   `json:"precautions,omitempty"`
	SelfPayAllowed    bool           `json:"self_pay_allowed"`
}

// Expiry policy of an order.
type Expiry string

// Strict is not one day past; sliding may slide by at most seven days.
const (
	Strict  Expiry = "strict"
	Sliding Expiry = "sliding"
)

// Clock says which event anchors the validity window.
type Clock string

// The three anchors of PRODUCT §5.
const (
	ClockIssued       Clock = "issued"
	ClockReceived     Clock = "received"
	ClockFirstSession Clock = "first_session"
)

// OrderContent is what a provider signs. It is immutable once submitted; its
// canonical form is hashed.
type OrderContent struct {
	ClientName     PersonName      `json:"client_name"`
	ClientBirth    Date            `json:"client_birth_date"`
	DiagnosisCodes []string        `json:"diagnosis_codes"`
	ProcedureCodes []Procedure     `json:"procedure_codes,omitempty"`
	Scope          Scope           `json:"scope"`
	ValidFrom      Date            `json:"valid_from"`
	ValidUntil     Date            `json:"valid_until"`
	Expiry         Expiry          `json:"expiry"`
	Clock          Clock           `json:"clock"`
	Instructions   string          `json:"instructions,omitempty"`
	FocusReason    string          `json:"focus_reason,omitempty"`
	Goals          []string        `json:"goals,omitempty"`
	Instruments    []InstrumentKey `json:"instruments,omitempty"` // measures the prescriber wants reported
	ReportEvery    ReportEvery     `json:"report_every"`
	Claim          *Claim          `json:"claim,omitempty"`
	Prescriber     Prescriber      `json:"prescriber"`
}

// Claim is the payer's side of an order.
type Claim struct {
	PayerName   string `json:"payer_name"`
	ClaimNumber string `json:"claim_number"`
	InjuredOn   Date   `json:"injured_on,omitempty"`
}

// Prescriber is the provider as named on the order.
type Prescriber struct {
	ProviderID ProviderID `json:"provider_id"`
	Name       string     `json:"name"`
	NPI        string     `json:"npi,omitempty"`
	Licence    string     `json:"licence,omitempty"`
}

// Opening is the balance of an order that began elsewhere; transcribed orders
// only, fixed at acceptance.
type Opening struct {
	Used int  `json:"used"`
	AsOf Date `json:"as_of"`
}

// Prescription is one version of an order. Versions share a series.
type Prescription struct {
	ID            PrescriptionID
	PracticeID    PracticeID
	SeriesID      SeriesID
	Version       int // within the series, from 1
	Replaces      PrescriptionID
	RenewedFrom   PrescriptionID
	ClientID      ClientID
	PrescriberID  ProviderID
	Status        PrescriptionStatus
	StatusReason  string
	StatusBy      Party // who took the last step; for a draft, who began it
	Content       OrderContent
	ContentSHA256 string
	Source        OrderSource
	TranscribedBy UserID // by the practice, from paper or fax
	Opening       *Opening
	Signature     *Signature // the provider's intent act
	Verbal        *VerbalOrder
	Countersigned *Signature
	IssuedOn      Date // day of submission, in the practice's zone
	ReceivedOn    Date // day the practice received it
	SubmittedAt   *time.Time
	AcceptedAt    *time.Time
	AcceptedBy    UserID
	CreatedBy     UserID
	CreatedAt     time.Time
	RowVersion    int // for ETag
}

// OrderSource says how an order came in.
type OrderSource string

// The sources.
const (
	FromPortal        OrderSource = "portal" // by the provider, API or portal
	FromPaper         OrderSource = "paper"  // transcribed with its scan
	FromVerbal        OrderSource = "verbal"
	FromChangeRequest OrderSource = "change_request"
)

// VerbalOrder is an order taken on the phone; it must be countersigned within
// 14 days or it is suspended (42 CFR 410.61 practice).
type VerbalOrder struct {
	GivenBy       string    `json:"given_by"`
	TakenBy       UserID    `json:"taken_by"`
	TakenAt       time.Time `json:"taken_at"`
	ReadBack      bool      `json:"read_back"`
	CountersignBy Date      `json:"countersign_by"`
}

// Series carries what all versions of an order share.
type Series struct {
	ID          SeriesID
	PracticeID  PracticeID
	ClientID    ClientID
	CurrentID   PrescriptionID // the version in force, or the last one
	Allowed     int            // total of the current version; 0 with Unlimited
	Unlimited   bool
	OpeningUsed int
	Used        int // non-void completed sessions that hold a number
	LastNumber  int // only grows
}

// Visits is the counter that reads the same everywhere.
type Visits struct {
	Allowed int  `json:"allowed"`
	Used    int  `json:"used"`   // with the opening balance
	Booked  int  `json:"booked"` // open bookings
	Left    int  `json:"left"`
	Limited bool `json:"limited"`
	Opening int  `json:"opening,omitempty"`
}

// ChangeStatus of a change request (PRODUCT §3.2).
type ChangeStatus string

// The states.
const (
	ChangeDrafted   ChangeStatus = "drafted"
	ChangeSent      ChangeStatus = "sent"
	ChangeSeen      ChangeStatus = "seen"
	ChangeApproved  ChangeStatus = "approved"
	ChangeDeclined  ChangeStatus = "declined"
	ChangeLapsed    ChangeStatus = "lapsed"
	ChangeWithdrawn ChangeStatus = "withdrawn"
	ChangeExplained ChangeStatus = "explained"
)

// ScopePatch holds full fields merged over the current scope; nil keeps.
type ScopePatch struct {
	Regions           *[]RegionSide  `json:"regions,omitempty"`
	UnsidedCoversBoth *bool          `json:"unsided_covers_both,omitempty"`
	MinutesPerSession *int           `json:"minutes_per_session,omitempty"`
	SessionsTotal     *int           `json:"sessions_total,omitempty"`
	Frequency         *Frequency     `json:"frequency,omitempty"`
	Techniques        *TechniqueRule `json:"techniques,omitempty"`
	Precautions       *[]Precaution  `json:"precautions,omitempty"`
	SelfPayAllowed    *bool          `json:"self_pay_allowed,omitempty"`
	ValidUntil        *Date          `json:"valid_until,omitempty"`
}

// ChangeRequest is a wish outside scope, sent to the prescriber.
type ChangeRequest struct {
	ID               ChangeRequestID
	PracticeID       PracticeID
	SeriesID         SeriesID
	PrescriptionID   PrescriptionID // the version it asks to change
	ClientID         ClientID
	PrescriberID     ProviderID
	Status           ChangeStatus
	AskedBy          string // client | therapist
	Words            string // the client's words
	ShareWords       bool   // the client agrees that the prescriber reads them
	ExplanationGiven string
	Proposed         ScopePatch
	SentAt           *time.Time
	SeenAt           *time.Time
	LapsesOn         Date
	DecidedAt        *time.Time
	DecisionReason   string
	DecidedScope     *ScopePatch
	DecidedVia       string // portal | link | fax_back | verbal
	NewVersionID     PrescriptionID
	CreatedBy        UserID
	CreatedAt        time.Time
	RowVersion       int
}
