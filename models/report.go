package models

import (
	"time"

	"rapport/models/fault"
)

// ReportKind of a progress report.
type ReportKind string

// The kinds.
const (
	ReportInitial   ReportKind = "initial"
	ReportProgress  ReportKind = "progress"
	ReportDischarge ReportKind = "discharge"
)

// ReportStatus of a report.
type ReportStatus string

// The states. A report that quoted a session voided later needs a revision.
const (
	ReportDraft         ReportStatus = "draft"
	ReportSigned        ReportStatus = "signed"
	ReportNeedsRevision ReportStatus = "needs_revision"
	ReportSuperseded    ReportStatus = "superseded"
)

// Narrative is what the therapist writes into a report.
type Narrative struct {
	Summary        string            `json:"summary,omitempty"`
	Recommendation string            `json:"recommendation"`
	ReplyRequested bool              `json:"reply_requested,omitempty"`
	MissingReasons map[string]string `json:"missing_reasons,omitempty"` // instrument → why a value is missing
}

// Report is a SOAP progress report to one recipient.
type Report struct {
	ID                 ReportID
	PracticeID         PracticeID
	ClientID           ClientID
	PrescriptionID     PrescriptionID
	SeriesID           SeriesID
	ProviderID         ProviderID // the recipient, unless a payer is
	Payer              *Recipient
	Kind               ReportKind
	Status             ReportStatus
	From, To           Date
	Include            []Category // asked for; empty means what the release covers at signing
	CategoriesIncluded []Category // fixed at signing
	Partial            bool
	Narrative          Narrative
	SessionIDs         []SessionID // quoted, fixed at signing
	DocumentID         DocumentID
	SHA256             string
	SignedAt           *time.Time
	SignedBy           UserID
	Revision           int // from 1
	Revises            ReportID
	RevisionReason     string
	CreatedBy          UserID
	CreatedAt          time.Time
	Version            int
}

// DeliveryState is evidence, in order; failed and uncertain need a person.
type DeliveryState string

// The states of PRODUCT §3.6.
const (
	DeliveryPrepared     DeliveryState = "prepared"
	DeliveryQueued       DeliveryState = "queued"
	DeliverySent         DeliveryState = "sent"
	DeliveryDelivered    DeliveryState = "delivered"
	DeliveryOpened       DeliveryState = "opened"
	DeliveryDownloaded   DeliveryState = "downloaded"
	DeliveryAcknowledged DeliveryState = "acknowledged"
	DeliveryFailed       DeliveryState = "failed"
	DeliveryUncertain    DeliveryState = "uncertain"
	DeliveryStopped      DeliveryState = "stopped" // the gate said no at send
)

// Delivery is one report on its way to one provider by one channel.
type Delivery struct {
	ID          DeliveryID
	PracticeID  PracticeID
	ReportID    ReportID
	ClientID    ClientID
	ProviderID  ProviderID
	Channel     Channel
	State       DeliveryState
	Reason      string // code, when failed, stopped or uncertain
	MessageID   MessageID
	LinkID      LinkID
	Override    *Override
	Events      []DeliveryEvent
	Reply       string
	CreatedBy   UserID
	CreatedAt   time.Time
	ReleaseID   ReleaseID
	RevokedSeen bool
	Version     int
}

// ForRecipient is the delivery as its recipient may know it: not by whom, on
// what ground and with what evidence the practice sent it.
func (d Delivery) ForRecipient() Delivery {
	d.ClientID, d.ReleaseID, d.MessageID, d.LinkID, d.CreatedBy, d.Reason, d.RevokedSeen = "", "", "", "", "", "", false
	d.Override, d.Events = nil, nil
	return d
}

// DeliveryEvent is one piece of evidence, append-only.
type DeliveryEvent struct {
	At    time.Time
	State DeliveryState
	By    string // principal
	Note  string // "fax confirmation page 1 of 4", recorded by hand
}

// ReportLine is a report with the names that a list shows.
type ReportLine struct {
	Report
	Client    PersonName
	Recipient string
}

// ReportView is a report as its reader sees it: Gaps is what a draft lacks,
// Delivery what an outsider got it by.
type ReportView struct {
	ReportLine
	Practice string
	Signer   string // the practice's reader is told who signed
	Gaps     []fault.Violation
	Delivery *Delivery
	Withheld string // code of the refusal, where an outsider sees no more than that it exists
}

// DeliveryLine is a delivery with the names that a list shows.
type DeliveryLine struct {
	Delivery
	Client    PersonName
	Recipient string
}

// Document is stored bytes: signed forms, reports, scans. Sealed, immutable.
type Document struct {
	ID         DocumentID
	PracticeID PracticeID
	ClientID   ClientID
	Kind       string // release_form | signed_release | report | scan | fax_back
	MediaType  string
	SHA256     string // of the plain bytes
	Size       int
	Bytes      []byte
	CreatedAt  time.Time
}
