package models

import (
	"slices"
	"strings"

	"rapport/models/fault"
)

// ChangeDraft is a wish outside scope as the therapist writes it down.
type ChangeDraft struct {
	AskedBy          string // client | therapist
	Words            string
	ShareWords       bool // the client agrees that the prescriber reads the words
	Proposed         ScopePatch
	ExplanationGiven string
	Explained        bool    // the wish ends with the explanation; nothing is sent
	Channel          Channel // how the prescriber is asked; "" chooses
}

// AskedByClient and AskedByTherapist say whose wish it is.
const (
	AskedByClient    = "client"
	AskedByTherapist = "therapist"
)

// Validate checks a wish against the order in force; used counts the visits
// taken with the opening balance.
func (d ChangeDraft) Validate(c OrderContent, used int) error {
	var l fault.List
	if d.AskedBy != AskedByClient && d.AskedBy != AskedByTherapist {
		l.Put(fault.Violation{Code: "asked_by.unknown", Pointer: "/asked_by", Message: "The client or the therapist asks.", Allowed: []string{AskedByClient, AskedByTherapist}})
	}
	checkText(&l, "/words", d.Words, 2000)
	checkText(&l, "/explanation_given", d.ExplanationGiven, 2000)
	if strings.TrimSpace(d.Words) == "" {
		l.Add("words.required", "/words", "Keep the wish in the words it was said in.")
	}
	if d.Explained && strings.TrimSpace(d.ExplanationGiven) == "" {
		l.Add("explanation.required", "/explanation_given", "A wish that ends with an explanation keeps the explanation.")
	}
	if d.Channel != "" && !slices.Contains(changeChannels, d.Channel) {
		l.Put(fault.Violation{Code: "channel.unknown", Pointer: "/channel", Message: "The prescriber is asked in the portal, by one-time link, or on a fax-back form.", Allowed: changeChannels})
	}
	if !d.Explained && d.Proposed.Empty() {
		l.Add("proposed.required", "/proposed", "Name what should change, for example the regions.")
	}
	if !d.Proposed.Empty() {
		d.Proposed.Validate(c, used, &l, "/proposed")
		if d.Proposed.Merge(c).SHA256() == c.SHA256() {
			l.Add("proposed.no_change", "/proposed", "The order allows this already; nothing would change.")
		}
	}
	return l.Invalid("The change request needs correction.")
}

var changeChannels = []Channel{ByPortal, ByLink, ByFaxBack}

// ByFaxBack is a paper form that the office signs and faxes back.
const ByFaxBack Channel = "fax_back"

type changeEdge struct {
	from, to ChangeStatus
	who      []Party
}

// changeEdges is the table of PRODUCT §3.2. The practice approves or declines
// only when it records the prescriber's answer from paper or the phone.
var changeEdges = []changeEdge{
	{ChangeDrafted, ChangeSent, practiceOnly},
	{ChangeDrafted, ChangeExplained, practiceOnly},
	{ChangeDrafted, ChangeWithdrawn, practiceOnly},
	{ChangeExplained, ChangeSent, practiceOnly},
	{ChangeSent, ChangeSeen, prescriberOnly},
	{ChangeSent, ChangeApproved, bothSides},
	{ChangeSent, ChangeDeclined, bothSides},
	{ChangeSent, ChangeWithdrawn, practiceOnly},
	{ChangeSent, ChangeLapsed, []Party{SystemParty}},
	{ChangeSeen, ChangeApproved, bothSides},
	{ChangeSeen, ChangeDeclined, bothSides},
	{ChangeSeen, ChangeWithdrawn, practiceOnly},
	{ChangeSeen, ChangeLapsed, []Party{SystemParty}},
}

// ChangeSteps lists where a party may take a change request from a state.
func ChangeSteps(from ChangeStatus, who Party) []ChangeStatus {
	steps := []ChangeStatus{}
	for _, e := range changeEdges {
		if e.from == from && slices.Contains(e.who, who) {
			steps = append(steps, e.to)
		}
	}
	return steps
}

// Open says that an answer is awaited.
func (s ChangeStatus) Open() bool { return s == ChangeDrafted || s == ChangeSent || s == ChangeSeen }

// Lapsed says that the time to answer is over on a day; lapses_on is the last
// day on which an answer counts.
func (c ChangeRequest) Lapsed(today Date) bool {
	return c.Status == ChangeLapsed || (c.Status == ChangeSent || c.Status == ChangeSeen) && today.After(c.LapsesOn)
}

// Step returns the request in its next state. After the time to answer it is
// 409 change.lapsed, whether or not the server has marked it so; after an
// answer 409 change.decided; else 409 change.status with the steps there are.
func (c ChangeRequest) Step(to ChangeStatus, who Party, today Date) (ChangeRequest, error) {
	if who != SystemParty && c.Lapsed(today) {
		return c, fault.New(fault.Conflict, "change.lapsed", "This request was not answered in time, so the order stays as it is. Send a new request, or write a new order.")
	}
	steps := ChangeSteps(c.Status, who)
	if slices.Contains(steps, to) {
		c.Status = to
		return c, nil
	}
	if c.Status == ChangeApproved || c.Status == ChangeDeclined {
		return c, fault.New(fault.Conflict, "change.decided", "This request was answered already: "+string(c.Status)+".")
	}
	return c, fault.New(fault.Conflict, "change.status", "This request is "+string(c.Status)+"; that step is not possible from there.").
		With(fault.Violation{Code: "change.status", Message: "These states can follow.", Allowed: steps, Got: c.Status})
}

// Decision is the prescriber's answer. Scope, where given, is laid over the
// current scope instead of what was proposed.
type Decision struct {
	Approve bool
	Reason  string
	Scope   *ScopePatch
	Name    string // typed by a prescriber without an account
}

// Patch is what an approval lays over the order.
func (d Decision) Patch(proposed ScopePatch) ScopePatch {
	if d.Scope != nil {
		return *d.Scope
	}
	return proposed
}

// Validate checks an answer; a refusal says why.
func (d Decision) Validate() error {
	var l fault.List
	checkText(&l, "/reason", d.Reason, 2000)
	checkText(&l, "/name", d.Name, 200)
	if !d.Approve && strings.TrimSpace(d.Reason) == "" {
		l.Add("reason.required", "/reason", "Say why, so that the therapist can tell the client.")
	}
	if !d.Approve && d.Scope != nil {
		l.Add("scope.not_with_decline", "/scope", "A declined request changes nothing; leave scope out.")
	}
	return l.Invalid("The decision needs correction.")
}

// ForPrescriber is the request as the prescriber may read it: the client's
// words only when the client agreed.
func (c ChangeRequest) ForPrescriber() ChangeRequest {
	if !c.ShareWords {
		c.Words = ""
	}
	return c
}

// Frozen is the request as its prescriber sees it after the release ended: what
// was asked and what they answered, in nobody's words, and not what the
// practice did with it since.
func (c ChangeRequest) Frozen() ChangeRequest {
	c.Words, c.ExplanationGiven = "", ""
	if c.Status == ChangeWithdrawn {
		c.Status, c.DecidedAt = ChangeSent, nil
		if c.SeenAt != nil {
			c.Status = ChangeSeen
		}
	}
	return c
}
