package models

import (
	"slices"
	"strings"
	"time"

	"rapport/models/fault"
)

// NetworkPractice stands in for a practice where none is concerned: messages and the
// trail of what a provider or the operator does outside every practice.
const NetworkPractice PracticeID = "network"

// Message is a notice on its way by mail. It holds no health details and no
// client's name: its words are fixed by its kind.
type Message struct {
	ID         MessageID
	PracticeID PracticeID
	Kind       MessageKind
	To         string
	ObjectKind string
	ObjectID   string
	LinkKind   LinkKind // a link is minted when the message is claimed
	LinkID     LinkID   // the link of the last claim
	Role       Role     // of an invitation
	ClientID   ClientID
	ProviderID ProviderID
	UserID     UserID // of an invitation to somebody known
	State      MessageState
	Attempts   int
	Reason     string // code: why it failed, stopped or is uncertain
	Note       string // of the person who settled it
	CreatedAt  time.Time
	SentAt     *time.Time
}

// LinkMailsPerHour is how many links one practice may mail to one address
// within an hour.
const LinkMailsPerHour = 30

// MessageKind chooses the subject and the text.
type MessageKind string

// The kinds.
const (
	MessageInvitation    MessageKind = "invitation"     // link to set a password
	MessageSigningLink   MessageKind = "signing_link"   // link for a client to sign a release
	MessageReportNotice  MessageKind = "report_notice"  // a report waits in the portal
	MessageReportLink    MessageKind = "report_link"    // link to a report for a doctor without account
	MessageChangeNotice  MessageKind = "change_notice"  // a change request waits in the portal
	MessageChangeLink    MessageKind = "change_link"    // link to decide a change request without account
	MessageChangeDecided MessageKind = "change_decided" // tells the practice
	MessageOrderNotice   MessageKind = "order_notice"   // tells the practice of a submitted order
	MessageOrderAnswered MessageKind = "order_answered" // tells the prescriber: accepted, declined, suspended
	MessageCountersign   MessageKind = "countersign"    // a verbal or paper order waits for the prescriber's signature
	MessageOrderEnding   MessageKind = "order_ending"   // few visits or days are left
	MessageDeviation     MessageKind = "deviation"      // work outside the scope was recorded
	MessageReply         MessageKind = "reply"          // a doctor acknowledged or answered a report
	MessageReleaseCopy   MessageKind = "release_copy"   // the client's copy can be fetched
	MessageReferral      MessageKind = "referral"       // a referral waits in the portal
	MessageReferralNews  MessageKind = "referral_news"  // a referral moved on
	MessageThanks        MessageKind = "thanks"         // thanks a provider for a referral
	MessagePacket        MessageKind = "packet"         // carries the intro packet to an office
	MessageDocumentAsked MessageKind = "document_asked" // tells the practice that a document is asked for
	MessageDocumentNews  MessageKind = "document_news"  // tells who asked, or was asked, that it is settled
)

// MessageKinds lists all of them.
func MessageKinds() []MessageKind {
	return []MessageKind{MessageInvitation, MessageSigningLink, MessageReportNotice, MessageReportLink, MessageChangeNotice, MessageChangeLink,
		MessageChangeDecided, MessageOrderNotice, MessageOrderAnswered, MessageCountersign, MessageOrderEnding, MessageDeviation, MessageReply,
		MessageReleaseCopy, MessageReferral, MessageReferralNews, MessageThanks,
		MessagePacket, MessageDocumentAsked, MessageDocumentNews}
}

// MessageState is how far a message came.
type MessageState string

// The states. A failed or uncertain message waits for a person.
const (
	MessageQueued    MessageState = "queued"
	MessageSending   MessageState = "sending"   // claimed; the mail may be out
	MessageSent      MessageState = "sent"      // the mail server took it
	MessageFailed    MessageState = "failed"    // refused for good
	MessageUncertain MessageState = "uncertain" // the process ended between claim and answer
	MessageStopped   MessageState = "stopped"   // the gate said no at send, or a person gave up
)

// MessageStates lists all of them.
func MessageStates() []MessageState {
	return []MessageState{MessageQueued, MessageSending, MessageSent, MessageFailed, MessageUncertain, MessageStopped}
}

// Validate refuses what no template or mail server can take.
func (m Message) Validate() error {
	var l fault.List
	if !slices.Contains(MessageKinds(), m.Kind) {
		l.Add("message.kind_unknown", "/kind", "There is no message of this kind.")
	}
	if at := strings.LastIndexByte(m.To, '@'); at < 1 || at == len(m.To)-1 || len(m.To) > 254 || strings.ContainsFunc(m.To, unfitInAddress) {
		l.Add("email.invalid", "/email", "Give one e-mail address, for example name@example.org.")
	}
	return l.Invalid("The message cannot be sent.")
}

func unfitInAddress(r rune) bool {
	return r <= ' ' || r == 0x7f || strings.ContainsRune(`<>,;:"()[]\`, r)
}

// Resolution is what a person found out about a message that failed or whose
// fate is unknown.
type Resolution struct {
	Outcome ResolutionOutcome
	Note    string
}

// ResolutionOutcome says how the message goes on.
type ResolutionOutcome string

// The outcomes.
const (
	ResolvedSent   ResolutionOutcome = "sent"    // it arrived, somebody checked
	ResolvedRetry  ResolutionOutcome = "retry"   // send it again
	ResolvedGaveUp ResolutionOutcome = "gave_up" // it will not be sent
)

// Resolve gives the message's next state. Only failed and uncertain messages
// wait for a person; "sent" needs a note that says how somebody knows.
func (m Message) Resolve(r Resolution) (MessageState, error) {
	next, known := map[ResolutionOutcome]MessageState{ResolvedSent: MessageSent, ResolvedRetry: MessageQueued, ResolvedGaveUp: MessageStopped}[r.Outcome]
	var l fault.List
	if !known {
		l.Put(fault.Violation{Code: "outcome.unknown", Pointer: "/outcome", Message: "The outcome is one of the listed ones.",
			Allowed: []ResolutionOutcome{ResolvedSent, ResolvedRetry, ResolvedGaveUp}})
	}
	if len([]rune(r.Note)) > 500 {
		l.Add("note.too_long", "/note", "A note has at most 500 characters.")
	}
	if r.Outcome == ResolvedSent && strings.TrimSpace(r.Note) == "" {
		l.Add("note.required", "/note", "Say how you know that it arrived.")
	}
	if err := l.Invalid("The resolution needs correction."); err != nil {
		return "", err
	}
	if m.State != MessageFailed && m.State != MessageUncertain {
		return "", fault.New(fault.Conflict, "message.not_waiting", "Only a message that failed or whose fate is unknown waits for a person.").
			With(fault.Violation{Code: "message.not_waiting", Message: "The message is in another state.",
				Allowed: []MessageState{MessageFailed, MessageUncertain}, Got: m.State})
	}
	return next, nil
}
