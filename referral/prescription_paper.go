package referral

import (
	"context"
	"fmt"
	"strings"
	"time"

	"rapport/documents"
	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// Paper is a drawn document with a name that tells nothing about a client.
type Paper struct {
	FileName string
	Bytes    []byte
}

// PrescriptionPaper draws one version of an order, for its own two sides.
func (n *Network) PrescriptionPaper(ctx context.Context, by models.Actor, id models.PrescriptionID) (Paper, error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) (Paper, error) {
		if err := mayOnOrder(by, models.OrderPrescription, models.ReadPrescriptions); err != nil {
			return Paper{}, err
		}
		p, err := visibleOrder(tx, by, id)
		if err != nil {
			return Paper{}, err
		}
		tx.Log("prescription.read_paper", "prescription", string(id), p.ClientID, "")
		view, err := n.orderView(tx, by, p)
		if err != nil {
			return Paper{}, err
		}
		paper, err := orderPaper(tx, view)
		if err != nil {
			return Paper{}, err
		}
		b, err := documents.Prescription(paper)
		return Paper{"order-" + string(id) + ".pdf", b}, err
	})
}

func orderPaper(tx *store.Tx, v models.OrderView) (documents.PrescriptionPaper, error) {
	c, s := v.Content, v.Content.Scope
	practice, err := tx.Practice(tx.PracticeID())
	if err != nil {
		return documents.PrescriptionPaper{}, err
	}
	doctor, err := prescriberAddress(tx, v.Prescription)
	if err != nil {
		return documents.PrescriptionPaper{}, err
	}
	paper := documents.PrescriptionPaper{
		Identity: documents.Identity{DocumentID: string(v.ID), ContentHash: v.ContentSHA256, At: v.CreatedAt, Revision: v.Version, Replaces: string(v.Replaces)},
		Status:   v.Now.Label(), Version: v.Version, Practice: practiceHead(practice), Prescriber: doctor, NPI: c.Prescriber.NPI, Licence: c.Prescriber.Licence,
		Client: documents.Person{Name: c.ClientName.String(), Born: c.ClientBirth}, IssuedOn: v.IssuedOn, Diagnoses: c.DiagnosisCodes,
		Regions: labelled(s.Regions), Minutes: s.MinutesPerSession, Visits: visitsInWords(s), ValidFrom: c.ValidFrom, ValidUntil: c.ValidUntil,
		Expiry: expiryWords[c.Expiry] + "; " + clockWords[c.Clock], Precaution: labelled(s.Precautions), Goals: c.Goals, Procedures: plainTexts(c.ProcedureCodes),
		Reports: reportsInWords(c.ReportEvery), SelfPay: "not allowed while this order is active", Reason: c.FocusReason, Words: c.Instructions, Source: sourceInWords(v.Prescription)}
	if v.Ended {
		paper.Status = "ended"
	}
	if s.SelfPayAllowed {
		paper.SelfPay = "allowed, as separate sessions"
	}
	if s.Frequency != nil {
		paper.Frequency = s.Frequency.String()
	}
	if s.Techniques != nil {
		paper.Allowed, paper.Excluded = labelled(s.Techniques.Only), labelled(s.Techniques.Except)
	}
	if c.Claim != nil {
		paper.Payer, paper.Claim = c.Claim.PayerName, c.Claim.ClaimNumber
	}
	for _, sig := range []*models.Signature{v.Signature, v.Countersigned} {
		if sig != nil {
			paper.Signature = documents.Signature{Name: sig.Name, Image: sig.Image, At: "Signed " + inZone(sig.At, practice)}
		}
	}
	return paper, nil
}

func inZone(at time.Time, p models.Practice) string {
	return at.In(p.Location()).Format("Jan 2, 2006, 3:04 PM MST")
}

func practiceHead(p models.Practice) documents.Letterhead {
	return documents.Letterhead{Name: p.Name, Address: append(p.Address.Lines(), p.Settings.LetterheadLines...), Phone: p.Phone, Fax: p.Fax, Email: p.Email}
}

// prescriberAddress is the prescriber as the order names them, at the office
// where they work now.
func prescriberAddress(tx *store.Tx, p models.Prescription) (documents.Addressee, error) {
	provider, err := tx.Provider(p.PrescriberID)
	if err != nil {
		return documents.Addressee{}, err
	}
	a, err := addressee(tx, provider)
	a.Name = p.Content.Prescriber.Name
	if a.Office == "" {
		a.Phone = ""
	}
	return a, err
}

var (
	expiryWords = map[models.Expiry]string{models.Strict: "not one day past", models.Sliding: "slides by up to seven days when the first session comes late"}
	clockWords  = map[models.Clock]string{models.ClockIssued: "counted from the first day of the order", models.ClockReceived: "counted from the day it is received",
		models.ClockFirstSession: "counted from the first session"}
)

func visitsInWords(s models.Scope) string {
	switch s.SessionsTotal {
	case 0:
		return "no limit set by the prescriber"
	case 1:
		return "1 visit"
	}
	return fmt.Sprintf("%d visits", s.SessionsTotal)
}

func reportsInWords(r models.ReportEvery) string {
	switch {
	case r.Sessions > 0 && r.Days > 0:
		return fmt.Sprintf("every %d visits or %d days, whichever is first", r.Sessions, r.Days)
	case r.Sessions > 0:
		return fmt.Sprintf("every %d visits", r.Sessions)
	case r.Days > 0:
		return fmt.Sprintf("every %d days", r.Days)
	}
	return "at the end"
}

func sourceInWords(p models.Prescription) string {
	switch p.Source {
	case models.FromPaper:
		return "Transcribed by the practice from paper, with its scan."
	case models.FromVerbal:
		if p.Verbal != nil && p.Countersigned == nil {
			return "Given by phone by " + p.Verbal.GivenBy + ", read back; to be countersigned by " + string(p.Verbal.CountersignBy) + "."
		}
		return "Given by phone, read back and countersigned."
	case models.FromChangeRequest:
		return "Changed at the request of the practice, approved by the prescriber."
	}
	return ""
}

func labelled[T interface{ Label() string }](list []T) (words []string) {
	for _, x := range list {
		words = append(words, x.Label())
	}
	return words
}

func plainTexts[T ~string](list []T) (words []string) {
	for _, x := range list {
		words = append(words, string(x))
	}
	return words
}

// FaxBackForm draws the form on which an office answers a change request by
// fax. What it tells the prescriber goes through the gate into the ledger.
func (n *Network) FaxBackForm(ctx context.Context, by models.Actor, id models.ChangeRequestID) (Paper, error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) (Paper, error) {
		if err := mayChange(by); err != nil {
			return Paper{}, err
		}
		c, err := visibleChange(tx, by, id)
		if err != nil {
			return Paper{}, err
		}
		tx.Log("change_request.fax_back", "change_request", string(id), c.ClientID, "")
		if c.Status != models.ChangeSent && c.Status != models.ChangeSeen {
			return Paper{}, fault.New(fault.Conflict, "change.status", "Only a request that waits for its answer has a form to fax.")
		}
		p, err := tx.Prescription(c.PrescriptionID)
		if err != nil {
			return Paper{}, err
		}
		v, err := n.orderView(tx, by, p)
		if err != nil {
			return Paper{}, err
		}
		told, err := n.tellOrder(tx, by, p, "change_request", string(id), "Change request as a fax-back form")
		if err != nil {
			return Paper{}, err
		}
		if told.Ended {
			v, c = v.Frozen(), c.Frozen()
		}
		if err := mayPost(tx, p.PrescriberID); err != nil {
			return Paper{}, err
		}
		form, err := faxBack(tx, c, v)
		if err != nil {
			return Paper{}, err
		}
		b, err := documents.FaxBack(form)
		return Paper{"change-request-" + string(id) + ".pdf", b}, err
	})
}

func faxBack(tx *store.Tx, c models.ChangeRequest, v models.OrderView) (documents.FaxBackPaper, error) {
	practice, err := tx.Practice(tx.PracticeID())
	if err != nil {
		return documents.FaxBackPaper{}, err
	}
	doctor, err := prescriberAddress(tx, v.Prescription)
	s := v.Content.Scope
	f := documents.FaxBackPaper{Identity: documents.Identity{DocumentID: string(c.ID), ContentHash: v.ContentSHA256, At: tx.Now()}, Practice: practiceHead(practice),
		Doctor: doctor, Client: documents.Person{Name: v.Content.ClientName.String(), Born: v.Content.ClientBirth}, On: practice.Today(tx.Now()),
		Order: documents.OrderSummary{IssuedOn: v.IssuedOn, Diagnoses: v.Content.DiagnosisCodes, Regions: labelled(s.Regions), Minutes: s.MinutesPerSession,
			Used: v.Visits.Used, Left: v.Visits.Left, Allowed: v.Visits.Allowed, ValidUntil: v.Until},
		ClientWords: c.ForPrescriber().Words, Changes: scopeChanges(v.Content, c.Proposed), LapsesOn: c.LapsesOn, FaxTo: practice.Settings.ReplyByFaxNumber, FormID: string(c.ID)}
	if v.Ended {
		f.Order.Ordered = visitsInWords(s)
	}
	if s.Frequency != nil {
		f.Order.Frequency = s.Frequency.String()
	}
	if v.Content.Claim != nil {
		f.Order.Claim = v.Content.Claim.ClaimNumber
	}
	return f, err
}

// scopeChanges sets what is beside what is asked for, field by field.
func scopeChanges(c models.OrderContent, p models.ScopePatch) (rows []documents.ScopeChange) {
	m := p.Merge(c)
	old, asked := scopeInWords(c), scopeInWords(m)
	for i, field := range scopeFields {
		if old[i] != asked[i] {
			rows = append(rows, documents.ScopeChange{Field: field, Now: old[i], Asked: asked[i]})
		}
	}
	return rows
}

var scopeFields = []string{"Regions", "Minutes each visit", "Visits", "Frequency", "Techniques", "Precautions", "Self-pay sessions", "Last day"}

func scopeInWords(c models.OrderContent) []string {
	s := c.Scope
	frequency, techniques, selfPay := "not limited", "", "not allowed"
	if s.Frequency != nil {
		frequency = s.Frequency.String()
	}
	if t := s.Techniques; t != nil {
		techniques = strings.Join(append(labelled(t.Only), prefixAll("not ", labelled(t.Except))...), ", ")
	}
	if s.SelfPayAllowed {
		selfPay = "allowed"
	}
	return []string{strings.Join(labelled(s.Regions), "; "), fmt.Sprintf("up to %d", s.MinutesPerSession), visitsInWords(s), frequency, techniques,
		strings.Join(labelled(s.Precautions), "; "), selfPay, string(c.ValidUntil)}
}

func prefixAll(prefix string, words []string) []string {
	for i := range words {
		words[i] = prefix + words[i]
	}
	return words
}
