package referral

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"rapport/documents"
	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// enclosable is what a packet may hold beside the letter itself.
var enclosable = []models.Category{models.CategoryReferral, models.CategoryDemographics, models.CategoryPrescriptionStatus, models.CategoryMeasures}

var enclosedLabels = map[models.Category]string{models.CategoryReferral: "this letter", models.CategoryDemographics: "how to reach the client",
	models.CategoryPrescriptionStatus: "the present order and its visits", models.CategoryMeasures: "outcome measures"}

func enclosedWords(cs []models.Category) (words []string) {
	for _, c := range cs {
		words = append(words, enclosedLabels[c])
	}
	return words
}

// sendReferral hands a referral to the other side. One that goes out passes
// the gate with its packet; one that came in by phone is shown to who made it.
func (n *Network) sendReferral(tx *store.Tx, by models.Actor, practice models.Practice, r *models.Referral, step ReferralStep) error {
	if r.Direction == models.Inbound {
		return tx.GrantOnce("referral", string(r.ID), r.ProviderID)
	}
	c, err := tx.Client(r.ClientID)
	if err != nil {
		return err
	}
	if c.State != models.ClientActive {
		return fault.New(fault.Conflict, "client.proposed", "This person is not in the practice's care yet. Accept them first.")
	}
	to, err := tx.Provider(r.ProviderID)
	if err != nil {
		return err
	}
	if err := lookTwice(tx, practice, to, step.Confirm); err != nil {
		return err
	}
	if r.Channel, err = channelOf(tx, to, step.Channel); err != nil {
		return err
	}
	if r.Channel != models.ByPortal {
		if err := mayPost(tx, to.ID); err != nil {
			return err
		}
	}
	if err := n.enclose(tx, by, practice, c, to, r); err != nil {
		return err
	}
	return tx.GrantOnce("referral", string(r.ID), r.ProviderID)
}

// lookTwice asks for confirmation where the recipient is doubtful, and offers
// others.
func lookTwice(tx *store.Tx, practice models.Practice, to models.Provider, confirmed bool) error {
	if confirmed {
		return nil
	}
	s, err := tx.RecipientStanding(to.ID)
	if err != nil {
		return err
	}
	doubts := s.Doubts(practice.Today(tx.Now()))
	if len(doubts) == 0 {
		return nil
	}
	others, err := tx.Alternatives(to, practice.Address, 5)
	if err != nil {
		return err
	}
	return models.ConfirmRecipient(doubts, others)
}

// enclose draws the packet with what the client's release covers now, and asks
// the gate for exactly that.
func (n *Network) enclose(tx *store.Tx, by models.Actor, practice models.Practice, c models.Client, to models.Provider, r *models.Referral) error {
	ask := models.Ask{ClientID: c.ID, ProviderID: to.ID, Categories: []models.Category{models.CategoryReferral}, Purpose: models.PurposeReferral}
	covered, err := n.covered(tx, ask)
	if err != nil {
		return err
	}
	r.Enclosed = []models.Category{models.CategoryReferral}
	for _, x := range enclosable[1:] {
		if slices.Contains(covered, x) {
			r.Enclosed = append(r.Enclosed, x)
		}
	}
	v, err := n.tellReferral(tx, *r, r.Channel)
	if err == nil {
		err = v.Refusal(false)
	}
	if err != nil {
		return err
	}
	r.ReleaseID = v.ReleaseID
	pdf, err := drawPacket(tx, by, practice, c, to, *r)
	if err != nil {
		return err
	}
	d, err := tx.AddDocument(c.ID, "referral_packet", "application/pdf", pdf)
	r.DocumentID = d.ID
	return err
}

func drawPacket(tx *store.Tx, by models.Actor, practice models.Practice, c models.Client, to models.Provider, r models.Referral) ([]byte, error) {
	address, err := addressee(tx, to)
	if err != nil {
		return nil, err
	}
	p := documents.ReferralPaper{Identity: documents.Identity{DocumentID: string(r.ID), At: tx.Now()}, Practice: letterheadOf(practice), To: address,
		Client: documents.Person{Name: c.Name.String(), Born: c.BirthDate}, On: practice.Today(tx.Now()), Urgent: r.Priority == models.Urgent, WantedBy: r.WantedBy,
		Reason: r.Reason, Enclosed: enclosedWords(r.Enclosed), AnswerBy: r.DueOn, ReplyTo: "Answer in the portal, or call " + practice.Phone}
	for _, x := range enclosable {
		if !slices.Contains(r.Enclosed, x) {
			p.LeftOut = append(p.LeftOut, enclosedLabels[x])
		}
	}
	if practice.Fax != "" {
		p.ReplyTo = "Fax " + practice.Fax + " or answer in the portal"
	}
	release, err := tx.Release(r.ReleaseID)
	if err != nil {
		return nil, err
	}
	if release.SignedAt != nil {
		p.Release = "Disclosed under the client's authorization signed " + release.SignedAt.In(practice.Location()).Format("Jan 2, 2006") + "."
	}
	if slices.Contains(r.Enclosed, models.CategoryDemographics) {
		p.Reach = slices.DeleteFunc([]string{c.Phone, c.Email}, func(s string) bool { return s == "" })
	}
	if err := packetOrder(tx, practice, r, &p); err != nil {
		return nil, err
	}
	if slices.Contains(r.Enclosed, models.CategoryMeasures) {
		readings, err := tx.Readings(c.ID, store.ReadingFilter{})
		if err != nil {
			return nil, err
		}
		for _, o := range models.OutcomeTable(readings) {
			p.Measures = append(p.Measures, measureLine(o, ""))
		}
	}
	if p.Signature, err = signatureOf(tx, by, practice); err != nil {
		return nil, err
	}
	b, _ := json.Marshal(p)
	sum := sha256.Sum256(b)
	p.ContentHash = hex.EncodeToString(sum[:])
	return documents.ReferralPacket(p)
}

// packetOrder puts the order in force into the packet, where it is released.
func packetOrder(tx *store.Tx, practice models.Practice, r models.Referral, p *documents.ReferralPaper) error {
	if !slices.Contains(r.Enclosed, models.CategoryPrescriptionStatus) {
		return nil
	}
	l, err := tx.Prescriptions(store.OrderFilter{ClientID: r.ClientID, Statuses: []models.PrescriptionStatus{models.OrderActive}}, models.Page{Limit: 1})
	if err != nil || len(l.Items) == 0 {
		return err
	}
	o := l.Items[0]
	uses, err := tx.SeriesUses([]models.SeriesID{o.SeriesID})
	if err != nil {
		return err
	}
	v, err := orderViewOf(o, uses[o.SeriesID], practice, practice.Today(tx.Now()))
	if err != nil {
		return err
	}
	p.Order = &documents.OrderSummary{IssuedOn: o.IssuedOn, Diagnoses: o.Content.DiagnosisCodes, Regions: regionLabels(o.Content.Scope.Regions),
		Used: v.Visits.Used, Left: v.Visits.Left, Booked: v.Visits.Booked, Allowed: v.Visits.Allowed, ValidUntil: v.Until}
	if f := o.Content.Scope.Frequency; f != nil {
		p.Order.Frequency = f.String()
	}
	return nil
}

// signatureOf is who sends a letter.
func signatureOf(tx *store.Tx, by models.Actor, practice models.Practice) (documents.Signature, error) {
	u, err := tx.User(by.UserID)
	s := documents.Signature{Name: u.Name, Licence: strings.TrimSpace(u.Licence.State + " " + u.Licence.Number),
		At: "Written " + tx.Now().In(practice.Location()).Format("Jan 2, 2006, 3:04 PM MST")}
	if s.Licence != "" {
		s.Role = "Massage therapist"
	}
	return s, err
}

// ReferralPacket gives the packet exactly as it went out. A provider's reading
// passes the gate again.
func (n *Network) ReferralPacket(ctx context.Context, by models.Actor, id models.ReferralID) (models.Document, error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.Document, error) {
		if err := mayOnReferral(by, models.ReadReferrals); err != nil {
			return models.Document{}, err
		}
		r, err := heldReferral(tx, by, id)
		if err != nil {
			return models.Document{}, err
		}
		tx.Log("referral.packet", "referral", string(id), r.ClientID, "")
		if r.DocumentID == "" || r.Direction == models.Inbound {
			return models.Document{}, fault.New(fault.Conflict, "referral.no_packet", "There is a packet once a referral has gone out from the practice.")
		}
		if by.Outsider() {
			v, err := n.tellReferral(tx, r, models.ByPortal)
			if err == nil {
				err = v.Refusal(true)
			}
			if err != nil {
				return models.Document{}, err
			}
		}
		return tx.Document(r.DocumentID)
	})
}
