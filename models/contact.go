package models

import (
	"slices"
	"strings"
	"time"

	"rapport/models/fault"
)

// Script is how an office is spoken to for the first time.
type Script string

// The scripts of PRODUCT §3.9.
const (
	ScriptShared   Script = "shared_patient"       // needs the client's release
	ScriptNoShared Script = "no_patient_in_common" // names no client
)

// CallBack is when to call again, in the office's own time.
type CallBack struct {
	On Date
	At string // HH:MM
}

// ContactDraft is one line of the contact log as it is typed. What is left out
// is read from the rest: now, outgoing, and an outcome that does not promise
// more than was said.
type ContactDraft struct {
	At          time.Time
	Channel     ContactChannel
	Direction   string
	StaffID     StaffID
	WithName    string
	WithRole    string
	Outcome     ContactOutcome
	Note        string
	NextStep    string
	NextStepOn  Date
	CallBack    *CallBack
	Checklist   Checklist
	Clients     []ClientID
	Said        []Category // what was said about them
	AlreadySaid bool       // it happened; keep it although no release covers it
	Promise     *PromiseDraft
}

// ContactChannels lists how a contact can be made.
func ContactChannels() []ContactChannel {
	return []ContactChannel{ContactCall, ContactVisit, ContactLetter, ContactEmail, ContactFax, ContactMeeting}
}

// ContactOutcomes lists what can come of a contact.
func ContactOutcomes() []ContactOutcome {
	return []ContactOutcome{ReachedProvider, ReachedStaff, Voicemail, NoAnswer, Received, ContactSent}
}

// Defaults fills in what was left out. A call without an outcome reached
// somebody only when somebody is named.
func (d ContactDraft) Defaults(now time.Time) ContactDraft {
	if d.At.IsZero() {
		d.At = now
	}
	d.At = d.At.UTC()
	if d.Direction == "" {
		d.Direction = "out"
		if d.Outcome == Received {
			d.Direction = "in"
		}
	}
	if d.Outcome == "" {
		written := d.Channel == ContactLetter || d.Channel == ContactEmail || d.Channel == ContactFax
		named := d.WithName != "" || d.StaffID != ""
		switch {
		case d.Direction == "in":
			d.Outcome = Received
		case written:
			d.Outcome = ContactSent
		case d.Channel == ContactCall && !named:
			d.Outcome = NoAnswer
		default:
			d.Outcome = ReachedStaff
		}
	}
	return d
}

// Check lists everything that is wrong with a draft whose defaults are filled.
// zone is the office's; the call-back is returned as an instant.
func (d ContactDraft) Check(now time.Time, today Date, zone *time.Location) (*time.Time, error) {
	var l fault.List
	if !slices.Contains(ContactChannels(), d.Channel) {
		l.Put(fault.Violation{Code: "contact.channel", Pointer: "/channel", Message: "A contact is made by one of the listed ways.", Allowed: ContactChannels()})
	}
	if !slices.Contains(ContactOutcomes(), d.Outcome) {
		l.Put(fault.Violation{Code: "contact.outcome", Pointer: "/outcome", Message: "The outcome is one of the listed ones.", Allowed: ContactOutcomes()})
	}
	if d.Direction != "out" && d.Direction != "in" {
		l.Put(fault.Violation{Code: "contact.direction", Pointer: "/direction", Message: "A contact goes out or comes in.", Allowed: []string{"out", "in"}})
	} else if d.Outcome == Received && d.Direction == "out" {
		l.Add("contact.direction", "/direction", "What was received came in.")
	}
	if d.At.After(now) {
		l.Add("time.future", "/at", "A contact is logged when it has happened. For a call to come, give the next step.")
	}
	if d.At.Before(now.AddDate(-10, 0, 0)) {
		l.Add("time.invalid", "/at", "This is more than ten years ago.")
	}
	text(&l, "/with/name", d.WithName, 120)
	text(&l, "/with/role", d.WithRole, 80)
	prose(&l, "/note", d.Note, 2000)
	text(&l, "/next_step/what", d.NextStep, 200)
	if d.NextStep == "" && !d.NextStepOn.IsZero() {
		l.Add("next_step.what", "/next_step/what", "Say what is to be done on that day.")
	}
	if d.NextStepOn.Before(DateOf(d.At, time.UTC).AddDays(-1)) && !d.NextStepOn.IsZero() {
		l.Add("next_step.past", "/next_step/due_on", "The next step comes after the contact.")
	}
	d.checkClients(&l)
	d.Checklist.check(&l, "/checklist", today)
	if d.Promise != nil {
		d.Promise.Check(&l, "/promise", today)
	}
	back := d.CallBack.instant(&l, zone, d.At)
	return back, l.Invalid("The contact needs correction.")
}

func (d ContactDraft) checkClients(l *fault.List) {
	if len(d.Clients) > 20 {
		l.Add("contact.clients", "/clients", "At most 20 clients are spoken of in one contact.")
	}
	if len(d.Clients) > 0 && len(d.Said) == 0 {
		l.Put(fault.Violation{Code: "contact.said_required", Pointer: "/said", Message: "Say which kinds of information were told about the clients.", Allowed: categories.keys()})
	}
	if len(d.Clients) == 0 && (len(d.Said) > 0 || d.AlreadySaid) {
		l.Add("contact.clients", "/clients", "Name the clients who were spoken of.")
	}
	ValidateCategories(d.Said, "/said", l)
	if Script(d.Checklist.Script) == ScriptNoShared && len(d.Clients) > 0 {
		l.Add("contact.no_names", "/clients", "This script speaks of no patient in common: leave out the clients, or use the script for a shared patient.")
	}
}

// check limits the typed answers of the outreach script.
func (c Checklist) check(l *fault.List, pointer string, today Date) {
	if r := c.MassageReferralsPerMonth; r != nil && (*r < 0 || *r > 1000) {
		l.Put(fault.Violation{Code: "number.out_of_range", Pointer: pointer + "/massage_referrals_per_month", Message: "This number is out of range.", Allowed: []int{0, 1000}})
	}
	text(l, pointer+"/current_therapist", c.CurrentTherapist, 120)
	if all := []ReferralList{"", ListNone, ListExists, ListListed}; !slices.Contains(all, c.ReferralList) {
		l.Put(fault.Violation{Code: "referral_list.unknown", Pointer: pointer + "/referral_list", Message: "There is no list, there is one, or this practice is on it.", Allowed: all[1:]})
	}
	checkAccepting(l, pointer+"/accepting_new", c.AcceptingNew)
	if all := []Channel{"", ByLetter, ByEmail, ByFax}; !slices.Contains(all, c.PacketWanted) {
		l.Put(fault.Violation{Code: "packet.channel", Pointer: pointer + "/packet_wanted", Message: "A packet goes out by letter, fax or e-mail.", Allowed: all[1:]})
	}
	if all := []string{"", string(ScriptShared), string(ScriptNoShared)}; !slices.Contains(all, c.Script) {
		l.Put(fault.Violation{Code: "script.unknown", Pointer: pointer + "/script", Message: "There is no such script.", Allowed: all[1:]})
	}
	for name, d := range map[string]Date{"accepting_on": c.AcceptingOn, "packet_sent_on": c.PacketSentOn, "followed_up_on": c.FollowedUpOn, "first_referral_on": c.FirstReferralOn} {
		if d.After(today) {
			l.Add("date.future", pointer+"/"+name, "This day is today or before.")
		}
	}
}

// With lays what was answered this time over what was known.
func (c Checklist) With(n Checklist) Checklist {
	over(&c.ContactAllowed, n.ContactAllowed)
	over(&c.Introduced, n.Introduced)
	over(&c.MassageReferralsPerMonth, n.MassageReferralsPerMonth)
	over(&c.FewMinutesWithDoctor, n.FewMinutesWithDoctor)
	over(&c.CurrentTherapist, n.CurrentTherapist)
	over(&c.ReferralList, n.ReferralList)
	over(&c.AcceptingNew, n.AcceptingNew)
	over(&c.AcceptingOn, n.AcceptingOn)
	over(&c.PacketWanted, n.PacketWanted)
	over(&c.PacketSentOn, n.PacketSentOn)
	over(&c.FollowedUpOn, n.FollowedUpOn)
	over(&c.FirstReferralOn, n.FirstReferralOn)
	over(&c.Script, n.Script)
	return c
}

// over replaces a value by one that was given.
func over[T comparable](to *T, v T) {
	var none T
	if v != none {
		*to = v
	}
}

// Touched is the relationship after a contact. Whoever was reached settles the
// next step that stood; a voicemail leaves it standing. An older contact that
// is logged late moves the ends of the history only.
func (r Relationship) Touched(c Contact, on Date) Relationship {
	latest := r.LastContactAt == nil || !c.At.Before(*r.LastContactAt)
	at := c.At
	if r.FirstContactAt == nil || at.Before(*r.FirstContactAt) {
		r.FirstContactAt = &at
	}
	if latest {
		r.LastContactAt = &at
	}
	if c.Outcome.Resets() && (r.LastReachedAt == nil || at.After(*r.LastReachedAt)) {
		r.LastReachedAt = &at
	}
	if latest && (c.Outcome.Resets() || c.NextStep != "" || c.CallBackAt != nil) {
		r.NextStep, r.NextStepOn, r.CallBackAt = c.NextStep, c.NextStepOn, c.CallBackAt
	}
	if c.Checklist.AcceptingNew != "" {
		if c.Checklist.AcceptingOn == "" {
			c.Checklist.AcceptingOn = on
		}
		if !c.Checklist.AcceptingOn.Before(r.AcceptingOn) {
			r.Accepting, r.AcceptingOn = c.Checklist.AcceptingNew, c.Checklist.AcceptingOn
		}
	}
	if latest {
		r.Checklist = r.Checklist.With(c.Checklist)
	} else {
		r.Checklist = c.Checklist.With(r.Checklist)
	}
	return r
}

// instant reads the call-back in the office's zone. An hour that summer time
// skips, what is no hour, and what is not after the contact are refused.
func (b *CallBack) instant(l *fault.List, zone *time.Location, after time.Time) *time.Time {
	if b == nil {
		return nil
	}
	const layout = "2006-01-02 15:04"
	typed := string(b.On) + " " + b.At
	t, err := time.ParseInLocation(layout, typed, zone)
	switch {
	case err != nil:
		l.Add("time.invalid", "/call_back", "Write a day and a time, for example 2026-03-14 and 15:30.")
	case t.Format(layout) != typed:
		l.Add("time.invalid", "/call_back/at", "The clock skipped this hour on that day; write a time before or after it.")
	case !t.After(after):
		l.Add("call_back.past", "/call_back", "The call-back comes after the contact.")
	default:
		t = t.UTC()
		return &t
	}
	return nil
}

// ContactLine is a contact in a list, with whose it is.
type ContactLine struct {
	Contact
	ProviderID ProviderID
	Provider   string
	By         string   // who logged it
	PacketID   PacketID // of the packet that it was about
}

// NewContact is the logged form of a checked draft.
func (d ContactDraft) NewContact(id ContactID, r RelationshipID, by UserID, callBack *time.Time, now time.Time) Contact {
	return Contact{ID: id, RelationshipID: r, At: d.At, Channel: d.Channel, Direction: d.Direction, StaffID: d.StaffID, WithName: strings.TrimSpace(d.WithName),
		WithRole: strings.TrimSpace(d.WithRole), Outcome: d.Outcome, Note: d.Note, NextStep: d.NextStep, NextStepOn: d.NextStepOn, CallBackAt: callBack,
		Checklist: d.Checklist, Clients: d.Clients, CreatedBy: by, CreatedAt: now}
}

// Validate checks a person at an office.
func (s OfficeStaff) Validate() error {
	var l fault.List
	if strings.TrimSpace(s.Name) == "" {
		l.Add("name.required", "/name", "Give the person's name.")
	}
	text(&l, "/name", s.Name, 120)
	text(&l, "/role", s.Role, 80)
	text(&l, "/phone", s.Phone, 40)
	text(&l, "/best_time", s.BestTime, 80)
	prose(&l, "/note", s.Note, 1000)
	return l.Invalid("The person's details need correction.")
}
