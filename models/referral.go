package models

import "time"

// Direction is which way a referral goes, seen from the practice.
type Direction string

// The directions.
const (
	Inbound  Direction = "inbound"  // a provider sends the practice a client
	Outbound Direction = "outbound" // the practice sends a client to a provider
)

// ReferralState is our name of where a referral stands; BusinessStatus gives
// the BSeR code of it (HL7 BSeR TaskBusinessStatusCS).
type ReferralState string

// The states.
const (
	ReferralDraft                 ReferralState = "draft"
	ReferralReceived              ReferralState = "received"               // 2.0
	ReferralAccepted              ReferralState = "accepted"               // 3.0
	ReferralDeclined              ReferralState = "declined"               // 4.0, final
	ReferralActive                ReferralState = "active"                 // 5.1
	ReferralScheduled             ReferralState = "scheduled"              // 5.1.1
	ReferralNoShow                ReferralState = "no_show"                // 5.1.2
	ReferralAppointmentCancelled  ReferralState = "appointment_cancelled"  // 5.1.3
	ReferralVisitDone             ReferralState = "visit_done"             // 5.1.4
	ReferralCancellationRequested ReferralState = "cancellation_requested" // 5.2
	ReferralCancelled             ReferralState = "cancelled"              // 6.0, final
	ReferralCompleted             ReferralState = "completed"              // 7.0: the outcome was sent
	ReferralExpired               ReferralState = "expired"                // extension, final
	ReferralEnteredInError        ReferralState = "entered_in_error"       // extension, final
)

// ReferralSide is who acts in a referral, whichever way it goes: for an inbound one the
// provider is the initiator, for an outbound one the practice is.
type ReferralSide string

// The sides.
const (
	Initiator     ReferralSide = "initiator"
	RecipientSide ReferralSide = "recipient"
	SystemSide    ReferralSide = "system"
)

// ReferralAction is what somebody does to a referral.
type ReferralAction string

// The actions of PRODUCT §4 and the own ones of §5.
const (
	ActSend                ReferralAction = "send"
	ActAccept              ReferralAction = "accept"
	ActDecline             ReferralAction = "decline"
	ActSchedule            ReferralAction = "schedule"
	ActReschedule          ReferralAction = "reschedule"
	ActNoShow              ReferralAction = "no_show"
	ActCancelAppointment   ReferralAction = "cancel_appointment"
	ActInterimNote         ReferralAction = "interim_note"
	ActOutcome             ReferralAction = "outcome"
	ActRequestCancellation ReferralAction = "request_cancellation"
	ActConfirmCancellation ReferralAction = "confirm_cancellation"
	ActAcknowledge         ReferralAction = "acknowledge" // the outcome was seen: closes the loop
	ActLogAttempt          ReferralAction = "log_attempt"
	ActCloseUnreachable    ReferralAction = "close_unreachable"
	ActExpire              ReferralAction = "expire"
	ActEnterInError        ReferralAction = "enter_in_error"
	ActTakeVisitBack       ReferralAction = "take_visit_back" // its only visit was voided
)

// Priority of a referral.
type Priority string

// The priorities.
const (
	Routine Priority = "routine"
	Urgent  Priority = "urgent"
)

// Referral is a person sent from one professional to another, followed until
// the loop is closed: the outcome sent and seen.
type Referral struct {
	ID              ReferralID
	Direction       Direction
	ClientID        ClientID
	ProviderID      ProviderID // the other side
	RelationshipID  RelationshipID
	Reason          string
	Priority        Priority
	WantedBy        Date
	State           ReferralState
	BusinessStatus  string // the BSeR code of State
	ScheduledAt     *time.Time
	PrescriptionID  PrescriptionID // the order that it came with
	ReleaseID       ReleaseID      // under which the packet went out
	DocumentID      DocumentID     // the packet
	Enclosed        []Category     // what the packet holds
	Channel         Channel        // how it went out: portal, letter or fax
	Outcome         string
	Attempts        int  // logged tries to reach the client
	FirstOfProvider bool // the first referral in this direction with this provider
	DueOn           Date // when the side whose turn it is should have acted
	SentAt          *time.Time
	AnsweredAt      *time.Time // first acknowledgement: accepted or declined
	FirstVisitAt    *time.Time
	LastVisitAt     *time.Time
	OutcomeAt       *time.Time
	SeenAt          *time.Time
	ClosedAt        *time.Time
	ThankedAt       *time.Time
	CreatedBy       UserID
	CreatedAt       time.Time
	Version         int
}

// ReferralEvent is one step of a referral, kept for ever.
type ReferralEvent struct {
	ID          string
	ReferralID  ReferralID
	At          time.Time
	Action      ReferralAction
	Side        ReferralSide
	From, To    ReferralState
	Reason      string
	Note        string
	SaidBy      string // who said it, where the practice records a phoned answer
	ScheduledAt *time.Time
	By          string // principal
	CreatedAt   time.Time
}
