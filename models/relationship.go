package models

import "time"

// Relationship is one practice × one provider: what the practice thinks of
// them, how often it wants to be in touch, and what they said. It is private
// to the practice and never leaves it.
type Relationship struct {
	ID                 RelationshipID
	PracticeID         PracticeID
	ProviderID         ProviderID
	Tier               Tier
	WantedIntervalDays int     // how long without contact is too long; 0: no wish
	PreferredChannel   Channel // as they told this practice
	Accepting          Accepting
	AcceptingOn        Date // when they said so
	Notes              string
	Checklist          Checklist
	FirstContactAt     *time.Time
	LastContactAt      *time.Time // any try
	LastReachedAt      *time.Time // the cadence runs from here
	NextStep           string
	NextStepOn         Date
	CallBackAt         *time.Time
	CreatedAt          time.Time
	Version            int
}

// Tier is how much the practice invests in a relationship.
type Tier string

// The tiers. Select ones are few: a few good partners beat many.
const (
	TierNone     Tier = ""
	TierSelect   Tier = "select"
	TierPartner  Tier = "partner"
	TierProspect Tier = "prospect"
)

// Accepting says whether a provider takes new patients.
type Accepting string

// The answers; empty is not known.
const (
	AcceptingUnknown Accepting = ""
	AcceptingYes     Accepting = "yes"
	AcceptingNo      Accepting = "no"
)

// ReferralList says whether an office keeps a list of those it refers to.
type ReferralList string

// The answers; empty is not asked.
const (
	ListNone   ReferralList = "none"
	ListExists ReferralList = "exists"
	ListListed ReferralList = "listed" // and this practice is on it
)

// Checklist is the outreach script of a new office with its typed answers
// (PRODUCT §3.9). A nil or empty field is not asked yet.
type Checklist struct {
	ContactAllowed           *bool        `json:"contact_allowed,omitempty"` // a client's release lets us name them
	Introduced               *bool        `json:"introduced,omitempty"`
	MassageReferralsPerMonth *float64     `json:"massage_referrals_per_month,omitempty"`
	CurrentTherapist         string       `json:"current_therapist,omitempty"`
	ReferralList             ReferralList `json:"referral_list,omitempty"`
	FewMinutesWithDoctor     *bool        `json:"few_minutes_with_doctor,omitempty"`
	AcceptingNew             Accepting    `json:"accepting_new,omitempty"`
	AcceptingOn              Date         `json:"accepting_on,omitempty"`
	PacketWanted             Channel      `json:"packet_wanted,omitempty"` // letter, fax or email: a promise of the practice
	PacketSentOn             Date         `json:"packet_sent_on,omitempty"`
	FollowedUpOn             Date         `json:"followed_up_on,omitempty"`
	FirstReferralOn          Date         `json:"first_referral_on,omitempty"`
	Script                   string       `json:"script,omitempty"` // shared_patient or no_patient_in_common
}

// ContactChannel is how a contact was made.
type ContactChannel string

// The channels of contacts.
const (
	ContactCall    ContactChannel = "call"
	ContactVisit   ContactChannel = "visit"
	ContactLetter  ContactChannel = "letter"
	ContactEmail   ContactChannel = "email"
	ContactFax     ContactChannel = "fax"
	ContactMeeting ContactChannel = "meeting"
)

// ContactOutcome is what came of a contact.
type ContactOutcome string

// The outcomes. Reached and received ones reset the cadence; what was only
// sent, a voicemail or no answer do not.
const (
	ReachedProvider ContactOutcome = "reached_provider"
	ReachedStaff    ContactOutcome = "reached_staff"
	Voicemail       ContactOutcome = "voicemail"
	NoAnswer        ContactOutcome = "no_answer"
	Received        ContactOutcome = "received"
	ContactSent     ContactOutcome = "sent" // by the program itself: a packet, a thank-you
)

// Resets says that an outcome counts as being in touch.
func (o ContactOutcome) Resets() bool {
	return o == ReachedProvider || o == ReachedStaff || o == Received
}

// Contact is one logged touch with a provider or their office. It is never
// changed; what is wrong is said by a further contact.
type Contact struct {
	ID             ContactID
	RelationshipID RelationshipID
	At             time.Time
	Channel        ContactChannel
	Direction      string // "out" or "in"
	StaffID        StaffID
	WithName       string
	WithRole       string
	Outcome        ContactOutcome
	Note           string
	NextStep       string
	NextStepOn     Date
	CallBackAt     *time.Time
	Checklist      Checklist // what was answered this time
	Clients        []ClientID
	Breach         bool // clients were spoken of without a release; stands for the owner to review
	CreatedBy      UserID
	CreatedAt      time.Time
}

// OfficeStaff is a named person at an office, as this practice knows them.
type OfficeStaff struct {
	ID        StaffID
	OfficeID  OfficeID
	Name      string
	Role      string
	Phone     string
	BestTime  string
	Note      string
	EndedAt   *time.Time
	CreatedAt time.Time
	Version   int
}
