package models

import "time"

// BookingState of a booking.
type BookingState string

// The states.
const (
	BookingBooked    BookingState = "booked"
	BookingStarted   BookingState = "started"
	BookingCompleted BookingState = "completed"
	BookingCancelled BookingState = "cancelled"
	BookingNoShow    BookingState = "no_show"
)

// Booking is a session to come.
type Booking struct {
	ID             BookingID
	PracticeID     PracticeID
	ClientID       ClientID
	PrescriptionID PrescriptionID
	SeriesID       SeriesID
	TherapistID    UserID
	StartsAt       time.Time
	LocalDate      Date
	Minutes        int
	Regions        []RegionSide
	State          BookingState
	CreatedAt      time.Time
	Version        int
}

// SessionKind says under what a session was done.
type SessionKind string

// The kinds. A stopped session was ended by a red flag: no number, not counted.
const (
	Prescribed SessionKind = "prescribed"
	Deviation  SessionKind = "deviation"
	SelfPay    SessionKind = "self_pay"
	Stopped    SessionKind = "stopped"
)

// SessionState of the note.
type SessionState string

// The states: open notes may be edited, signed ones only get addenda.
const (
	NoteOpen   SessionState = "open"
	NoteSigned SessionState = "signed"
	NoteVoid   SessionState = "void"
)

// SOAP is the note in words.
type SOAP struct {
	Subjective string `json:"subjective"`
	Objective  string `json:"objective"`
	Assessment string `json:"assessment"`
	Plan       string `json:"plan"`
}

// Session is one visit that was completed (or stopped).
type Session struct {
	ID              SessionID
	PracticeID      PracticeID
	ClientID        ClientID
	PrescriptionID  PrescriptionID // the version in force when it was completed
	SeriesID        SeriesID
	BookingID       BookingID
	TherapistID     UserID
	Kind            SessionKind
	State           SessionState
	VisitNumber     int     // 0 when it takes no visit; never reused
	VisitRank       int     // k of n among non-void numbered ones, derived
	Visits          *Visits // the order's counter at the moment of reading, derived
	StartedAt       time.Time
	LocalDate       Date
	Minutes         int // hands-on
	Regions         []RegionSide
	Techniques      []Technique
	PrecautionsRead []Precaution
	Screening       Screening
	SOAP            SOAP
	Response        string
	AskDoctor       string // complaint outside the diagnosis
	DeviationReason string
	Violations      []string // codes a deviation was recorded against
	ScopeSnapshot   *Scope
	Readings        []Reading
	Addenda         []Addendum
	SignedAt        *time.Time
	SignedBy        UserID
	Signer          string // name of SignedBy, derived
	TherapistName   string // derived
	ContentSHA256   string // at signing
	VoidedAt        *time.Time
	VoidedBy        UserID
	VoidReason      string
	CreatedBy       UserID
	CreatedAt       time.Time
	Version         int
}

// Addendum is a remark after signing.
type Addendum struct {
	ID       string
	AuthorID UserID
	Author   string
	At       time.Time
	Text     string
}

// ReferralOutDraft is opened by a red flag in the same transaction.
type ReferralOutDraft struct {
	ID         string
	PracticeID PracticeID
	ClientID   ClientID
	SessionID  SessionID
	Findings   []string
	CreatedAt  time.Time
}

// BookingLine is a booking with the names that a list shows.
type BookingLine struct {
	Booking
	Client    PersonName
	Therapist string
}

// SessionLine is a session as a list shows it: names and figures, no note.
type SessionLine struct {
	Session
	Client    PersonName
	Therapist string
	Allowed   int // visits of the order; 0 without a limit or an order
}

// SeriesDays are the days that count under an order.
type SeriesDays struct {
	First  Date   // of the earliest session that stands, zero when there is none
	Done   []Date // of the sessions that stand, of any version
	Booked []Date // of the open bookings
}
