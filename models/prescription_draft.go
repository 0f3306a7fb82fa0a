package models

import (
	"time"

	"rapport/models/fault"
)

// PrescriptionDraft is a new order as somebody writes it. Client and
// prescriber inside Content are filled from the records, never typed.
type PrescriptionDraft struct {
	ClientID     ClientID
	Client       *ClientDraft // somebody the practice does not know yet
	PracticeID   PracticeID
	PrescriberID ProviderID // by the practice: whose order it transcribes
	Content      OrderContent
	Source       OrderSource  // by the practice: paper or verbal
	Verbal       *VerbalDraft // by the practice
	Opening      *Opening     // by the practice
	IssuedOn     Date         // by the practice: the day on the paper
}

// CheckSide adds what does not fit the side that writes.
func (d PrescriptionDraft) CheckSide(by Actor, l *fault.List) {
	if (d.ClientID == "") == (d.Client == nil) {
		l.Add("client.one", "/client_id", "Name a known client by client_id, or a new one by client; one of the two.")
	}
	if PartyOf(by) == PrescriberParty {
		if d.PrescriberID != "" && d.PrescriberID != by.ProviderID {
			l.Add("prescriber.not_you", "/prescriber_id", "You order for your own provider only; leave prescriber_id out.")
		}
		if d.Opening != nil {
			l.Add("opening.transcribed_only", "/opening", "Only a transcribed order carries an opening balance.")
		}
		if d.Verbal != nil || d.Source != "" || !d.IssuedOn.IsZero() {
			l.Add("source.transcribed_only", "/source", "Source, verbal and issued_on belong to orders that the practice transcribes.")
		}
		if d.Client != nil && d.PracticeID == "" {
			l.Add("practice.required", "/practice_id", "Say at which practice the new client is to be treated.")
		}
		return
	}
	if d.PrescriberID == "" {
		l.Add("prescriber.required", "/prescriber_id", "Say whose order is transcribed.")
	}
	if (d.Source == FromVerbal) != (d.Verbal != nil) {
		l.Add("verbal.required", "/verbal", "A verbal order says who gave it, when, and that it was read back; a paper order does not.")
	}
	if d.Source != FromPaper && d.Source != FromVerbal {
		l.Put(fault.Violation{Code: "source.unknown", Pointer: "/source", Message: "The practice transcribes from paper (or fax), or notes a verbal order.", Allowed: []OrderSource{FromPaper, FromVerbal}})
	}
}

// PrescriptionPatch replaces parts of a draft; nil keeps.
type PrescriptionPatch struct {
	DiagnosisCodes *[]string
	ProcedureCodes *[]Procedure
	Scope          *Scope
	ValidFrom      *Date
	ValidUntil     *Date
	Expiry         *Expiry
	Clock          *Clock
	Instructions   *string
	FocusReason    *string
	Goals          *[]string
	Instruments    *[]InstrumentKey
	ReportEvery    *ReportEvery
	Claim          *Claim
	Opening        *Opening
}

// Apply lays the patch over a draft's content.
func (p PrescriptionPatch) Apply(c OrderContent) OrderContent {
	set(&c.DiagnosisCodes, p.DiagnosisCodes)
	set(&c.ProcedureCodes, p.ProcedureCodes)
	set(&c.Scope, p.Scope)
	set(&c.ValidFrom, p.ValidFrom)
	set(&c.ValidUntil, p.ValidUntil)
	set(&c.Expiry, p.Expiry)
	set(&c.Clock, p.Clock)
	set(&c.Instructions, p.Instructions)
	set(&c.FocusReason, p.FocusReason)
	set(&c.Goals, p.Goals)
	set(&c.Instruments, p.Instruments)
	set(&c.ReportEvery, p.ReportEvery)
	if p.Claim != nil {
		c.Claim = p.Claim
	}
	return c
}

// Submission is what the submitter hands in: the prescriber signs, and may
// name the hash of what they read.
type Submission struct {
	Signature     *SignatureDraft
	ContentSHA256 string
}

// Acceptance may attach the order to a client that the practice knows already.
type Acceptance struct {
	ClientID   ClientID
	ReceivedOn Date // default today
}

// VerbalOrderDraft is a phoned answer to an order in force.
type VerbalOrderDraft struct {
	VerbalDraft
	Scope           ScopePatch
	ChangeRequestID ChangeRequestID // which request it answers, if any
}

// AnswerDraft is a prescriber's answer that the practice records.
type AnswerDraft struct {
	Decision
	Via          string       // fax_back | verbal
	AttachmentID string       // fax_back: the scan of the signed form
	Verbal       *VerbalDraft // verbal
}

// Ways in which an answer reached the practice.
const (
	ViaPortal  = "portal"
	ViaLink    = "link"
	ViaFaxBack = "fax_back"
	ViaVerbal  = "verbal"
)

// SignOrder makes the evidence of the prescriber's signature under an order.
func SignOrder(by Actor, d SignatureDraft, sha string, intent, identified string, at time.Time, zone string) (Signature, error) {
	var l fault.List
	d.checkMark(&l, "/signature")
	return Signature{Method: d.Method, Name: d.Name, Image: d.Image, Intent: intent, IdentifiedBy: identified, SignerID: by.UserID, At: at, Zone: zone,
		IP: by.IP, Agent: by.Agent, DocumentSHA256: sha}, l.Invalid("The signature needs correction.")
}

func (d SignatureDraft) checkMark(l *fault.List, pointer string) {
	checkText(l, pointer+"/name", d.Name, 200)
	if d.Name == "" {
		l.Add("signature.name", pointer+"/name", "Type your name to sign.")
	}
	switch d.Method {
	case SignedTyped:
		if len(d.Image) > 0 {
			l.Add("signature.image", pointer+"/image", "A typed signature has no picture.")
		}
	case SignedDrawn:
		if t, err := ScanType(d.Image); err != nil || t != "image/png" || len(d.Image) > 300<<10 {
			l.Add("signature.image", pointer+"/image", "Draw your signature in the box, or type your name instead. A drawn one is a PNG picture of at most 300 KiB.")
		}
	default:
		l.Put(fault.Violation{Code: "signature.method", Pointer: pointer + "/method", Message: "A signature is typed or drawn.", Allowed: []SignatureMethod{SignedTyped, SignedDrawn}})
	}
}
