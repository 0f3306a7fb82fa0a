package view

import (
	"strconv"
	"strings"

	"rapport/models"
)

// Regions are named for people.
func Regions(list []models.RegionSide) string {
	var out []string
	for _, r := range list {
		out = append(out, r.Label())
	}
	return strings.Join(out, "; ")
}

// Often says a frequency: "1 session a week, Monday to Sunday".
func Often(f *models.Frequency) string {
	if f == nil {
		return "no limit, as the prescriber wrote"
	}
	s := plural(f.Sessions, "session", "sessions") + " a " + string(f.Per)
	switch {
	case f.Window == models.Rolling && f.Per == models.PerWeek:
		return s + ", counted over any 7 days"
	case f.Window == models.Rolling && f.Per == models.PerMonth:
		return s + ", counted over any 30 days"
	case f.Per == models.PerWeek:
		return s + ", Monday to Sunday"
	case f.Per == models.PerMonth:
		return s + ", by the calendar"
	}
	return s
}

// TechniqueWords says what an order allows.
func TechniqueWords(r *models.TechniqueRule) string {
	names := func(list []models.Technique) string {
		var out []string
		for _, t := range list {
			out = append(out, t.Label())
		}
		return strings.Join(out, ", ")
	}
	switch {
	case r == nil || len(r.Only)+len(r.Except) == 0:
		return "as the therapist judges"
	case len(r.Only) > 0:
		return "only " + names(r.Only)
	}
	return "all but " + names(r.Except)
}

// PrecautionWords lists precautions.
func PrecautionWords(list []models.Precaution) string {
	var out []string
	for _, p := range list {
		out = append(out, p.Label())
	}
	return strings.Join(out, "; ")
}

// Total says how many visits an order has.
func Total(s models.Scope) string {
	if s.SessionsTotal == 0 {
		return "no limit, as the prescriber wrote"
	}
	return plural(s.SessionsTotal, "visit", "visits")
}

// InShort says a scope on one line: "Neck · 30 min · 1 a week · 4 visits".
func InShort(s models.Scope) string {
	var places []string
	for _, r := range s.Regions {
		places = append(places, r.Label())
	}
	out := []string{strings.Join(places, ", "), strconv.Itoa(s.MinutesPerSession) + " min"}
	if s.Frequency != nil {
		out = append(out, strconv.Itoa(s.Frequency.Sessions)+" a "+string(s.Frequency.Per))
	}
	if s.SessionsTotal > 0 {
		out = append(out, plural(s.SessionsTotal, "visit", "visits"))
	}
	return strings.Join(out, " · ")
}

// Tone is the colour of a chip; the word says the same.
type Tone string

// The tones.
const (
	Plain Tone = ""
	Good  Tone = "good"
	Warm  Tone = "warm"
	Bad   Tone = "bad"
	Calm  Tone = "calm"
)

// State is a status as people read it.
type State struct {
	Words string
	Tone  Tone
}

var orderStates = map[models.PrescriptionStatus]State{
	models.OrderDraft: {"Draft", Plain}, models.OrderSubmitted: {"Waiting for acceptance", Warm}, models.OrderActive: {"Active", Good},
	models.OrderSuspended: {"Suspended", Warm}, models.OrderDeclined: {"Declined", Bad}, models.OrderSuperseded: {"Replaced by a newer version", Plain},
	models.OrderRevoked: {"Revoked", Bad}, models.OrderEnteredInError: {"Entered in error", Bad}, models.OrderCompleted: {"All visits used", Calm},
	models.OrderExpired: {"Expired", Plain},
}

var changeStates = map[models.ChangeStatus]State{
	models.ChangeDrafted: {"Draft", Plain}, models.ChangeSent: {"Sent", Calm}, models.ChangeSeen: {"Seen by the prescriber", Calm},
	models.ChangeApproved: {"Approved", Good}, models.ChangeDeclined: {"Declined", Bad}, models.ChangeLapsed: {"Lapsed without an answer", Warm},
	models.ChangeWithdrawn: {"Withdrawn", Plain}, models.ChangeExplained: {"Explained, plan stands", Plain},
}

var deliveryStates = map[models.DeliveryState]State{
	models.DeliveryPrepared: {"Prepared", Plain}, models.DeliveryQueued: {"Waiting to go out", Calm}, models.DeliverySent: {"Sent", Calm},
	models.DeliveryDelivered: {"Delivered", Calm}, models.DeliveryOpened: {"Opened", Good}, models.DeliveryDownloaded: {"Downloaded", Good},
	models.DeliveryAcknowledged: {"Acknowledged", Good}, models.DeliveryFailed: {"Failed: needs you", Bad},
	models.DeliveryUncertain: {"Uncertain: needs you", Warm}, models.DeliveryStopped: {"Stopped by the release", Bad},
}

var releaseStates = map[models.ReleaseStatus]State{
	models.ReleaseDraft: {"Not signed yet", Warm}, models.ReleaseActive: {"In force", Good}, models.ReleaseRevoked: {"Revoked", Bad},
	models.ReleaseExpired: {"Expired", Plain},
}

var reportStates = map[models.ReportStatus]State{
	models.ReportDraft: {"Draft", Warm}, models.ReportSigned: {"Signed", Good}, models.ReportNeedsRevision: {"Needs a revision", Bad},
	models.ReportSuperseded: {"Replaced by a revision", Plain},
}

var noteStates = map[models.SessionState]State{
	models.NoteOpen: {"Note not signed", Warm}, models.NoteSigned: {"Signed", Good}, models.NoteVoid: {"Voided", Bad},
}

var bookingStates = map[models.BookingState]State{
	models.BookingBooked: {"Booked", Calm}, models.BookingStarted: {"Started", Good}, models.BookingCompleted: {"Done", Good},
	models.BookingCancelled: {"Cancelled", Plain}, models.BookingNoShow: {"Did not come", Warm},
}

var messageStates = map[models.MessageState]State{
	models.MessageQueued: {"Waiting to go out", Calm}, models.MessageSending: {"On its way", Calm}, models.MessageSent: {"Sent", Good},
	models.MessageFailed: {"Failed: needs you", Bad}, models.MessageUncertain: {"Uncertain: needs you", Warm}, models.MessageStopped: {"Stopped", Plain},
}

var messageKinds = map[models.MessageKind]string{
	models.MessageInvitation: "Invitation", models.MessageSigningLink: "Link to sign a release", models.MessageReportNotice: "Notice: a report waits",
	models.MessageReportLink: "Link to a report", models.MessageChangeNotice: "Notice: a change request waits", models.MessageChangeLink: "Link to a change request",
	models.MessageChangeDecided: "Notice: a change request was answered", models.MessageOrderNotice: "Notice: an order came in",
	models.MessageOrderAnswered: "Notice: an order was answered", models.MessageCountersign: "Notice: an order waits for a signature",
	models.MessageOrderEnding: "Notice: an order is running out", models.MessageDeviation: "Notice: work outside an order", models.MessageReply: "Notice: a doctor replied",
	models.MessageReleaseCopy: "Copy of a signed release", models.MessageReferral: "Notice: a referral waits", models.MessageReferralNews: "Notice: a referral moved on",
	models.MessageThanks: "Thank you for a referral", models.MessagePacket: "The intro packet", models.MessageDocumentAsked: "Notice: a document is asked for",
	models.MessageDocumentNews: "Notice: news about a document",
}

var reportKinds = map[models.ReportKind]string{models.ReportInitial: "Initial report", models.ReportProgress: "Progress report", models.ReportDischarge: "Discharge report"}

var sessionKinds = map[models.SessionKind]string{models.Prescribed: "Prescribed care", models.Deviation: "Deviation from the order",
	models.SelfPay: "Self-pay, outside the order", models.Stopped: "Stopped by the safety check"}

var roleNames = map[models.Role]string{models.Owner: "Owner", models.Therapist: "Therapist", models.FrontDesk: "Front desk",
	models.ProviderRole: "Provider", models.ProviderStaff: "Provider's staff", models.Operator: "Operator"}

// OrderState, ChangeState and so on give the words and the colour of a status.
func OrderState(s models.PrescriptionStatus) State { return stateOf(orderStates, s) }

// ChangeState is the state of a change request.
func ChangeState(s models.ChangeStatus) State { return stateOf(changeStates, s) }

// changeStateOf is where a request stands for its reader: a prescriber is not
// told that they saw it.
func changeStateOf(v ChangeView) State {
	if !v.Practice && v.Sheet.Request.Status.Open() {
		return State{"Open", Warm}
	}
	return ChangeState(v.Sheet.Request.Status)
}

// DeliveryStateOf is how far a report came. What went astray was not stopped by
// the release.
func DeliveryStateOf(d models.Delivery) State {
	if d.Misdirected() {
		return State{"Stopped: it went astray", Bad}
	}
	return stateOf(deliveryStates, d.State)
}

// ReleaseState is the state of a release.
func ReleaseState(s models.ReleaseStatus) State { return stateOf(releaseStates, s) }

// ReportState is the state of a report.
func ReportState(s models.ReportStatus) State { return stateOf(reportStates, s) }

// NoteState is the state of a session's note.
func NoteState(s models.SessionState) State { return stateOf(noteStates, s) }

// BookingStateOf is the state of a booking.
func BookingStateOf(s models.BookingState) State { return stateOf(bookingStates, s) }

// MessageState is the state of a message.
func MessageState(s models.MessageState) State { return stateOf(messageStates, s) }

func stateOf[K ~string](table map[K]State, key K) State {
	if s, ok := table[key]; ok {
		return s
	}
	return State{Words: strings.ReplaceAll(string(key), "_", " ")}
}

// ReportKindWords names a kind of report.
func ReportKindWords(k models.ReportKind) string { return reportKinds[k] }

// SessionKindWords names a kind of session.
func SessionKindWords(k models.SessionKind) string { return sessionKinds[k] }

// RoleWords names roles: "Owner, Therapist".
func RoleWords(roles ...models.Role) string {
	var out []string
	for _, r := range roles {
		out = append(out, roleNames[r])
	}
	return strings.Join(out, ", ")
}

// MessageKindWords names a kind of message.
func MessageKindWords(k models.MessageKind) string {
	if w, ok := messageKinds[k]; ok {
		return w
	}
	return strings.ReplaceAll(string(k), "_", " ")
}

// reasons are the codes that a mail or a delivery stopped for, in words.
var reasons = map[string]string{"delivery.interrupted": "the server stopped while it was sending", "delivery.gave_up": "every attempt failed",
	"delivery.failed_by_hand": "somebody noted that it failed", "mail.header_refused": "the address cannot be written to",
	"mail.address_invalid": "the address cannot be written to", "mail.refused": "the receiving server refused it", "mail.no_answer": "the mail server gave no answer",
	"mail.unreachable": "the mail server could not be reached", "mail.broken_off": "the connection broke off", "mail.failed": "sending failed",
	"delivery.address_unconfirmed": "the address was not confirmed yet", "delivery.no_address": "no address is known", "delivery.stopped": "somebody stopped it",
	"delivery.misdirected": "it reached somebody else",
	"release_required":     "no release covers it now", "release.ended": "the client’s release ended", "report.exceeds_release": "the release covers less than this"}

// ReasonWords turns a code into a few words; it is shown beside what it explains.
func ReasonWords(code string) string {
	if code == "" {
		return ""
	}
	return "Reason: " + whyWords(code) + "."
}
