package referral

import (
	"context"
	"slices"
	"strings"

	"rapport/documents"
	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// CardsQuery chooses whose cards are drawn: one provider's, or those of all
// partners. Cards for clients show only partners who take new patients, and
// only what the directory says.
type CardsQuery struct {
	ProviderID models.ProviderID
	ForClients bool
}

// mostCards is how many cards one paper has at most.
const mostCards = 40

// PartnerCards draws the cards, four on a page.
func (n *Network) PartnerCards(ctx context.Context, by models.Actor, q CardsQuery) ([]byte, error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) ([]byte, error) {
		if err := by.May(models.ReadRelationships); err != nil {
			return nil, err
		}
		practice, err := tx.Practice(tx.PracticeID())
		if err != nil {
			return nil, err
		}
		tx.Log("relationship.cards", "practice", string(practice.ID), "", models.TraceID(q.ProviderID))
		known, err := carded(tx, q)
		if err != nil {
			return nil, err
		}
		p := documents.CardsPaper{Practice: letterheadOf(practice), At: tx.Now(), On: practice.Today(tx.Now()), ForClients: q.ForClients}
		for _, r := range known {
			c, accepts, err := cardOf(tx, practice, r)
			if err != nil {
				return nil, err
			}
			if accepts || !q.ForClients {
				p.Cards = append(p.Cards, c)
			}
		}
		if len(p.Cards) == 0 {
			return nil, fault.New(fault.Conflict, "cards.none", "There is nobody to make a card of: choose partners by their tier, and ask whether they take new patients.")
		}
		return documents.PartnerCards(p)
	})
}

// carded are the relationships that cards are made of.
func carded(tx *store.Tx, q CardsQuery) ([]models.Relationship, error) {
	if q.ProviderID != "" {
		r, err := tx.RelationshipWith(q.ProviderID)
		return []models.Relationship{r}, err
	}
	lines, err := tx.RelationshipLines()
	var out []models.Relationship
	for _, l := range lines {
		if l.Tier != models.TierSelect && l.Tier != models.TierPartner || len(out) == mostCards {
			continue
		}
		out = append(out, l.Relationship)
	}
	return out, err
}

// cardOf is one card, and whether the partner takes new patients.
func cardOf(tx *store.Tx, practice models.Practice, r models.Relationship) (c documents.PartnerCard, accepts bool, err error) {
	v, err := viewed(tx, r)
	if err != nil {
		return c, false, err
	}
	p := v.Provider
	c = documents.PartnerCard{Name: p.DisplayName(), Phone: p.Phone, Email: p.Email, Notes: r.Notes, Next: r.NextStep}
	if d, ok := models.DisciplineOf(p.Taxonomy); ok {
		c.Discipline = d.Label
	}
	prefers := slices.DeleteFunc([]models.Channel{r.PreferredChannel, p.PreferredChannel}, func(c models.Channel) bool { return c == "" })
	if len(p.Offices) > 0 {
		o := p.Offices[0]
		c.Office, c.Address, c.Phone, c.Fax = o.Name, o.Address.Lines(), o.Phone, o.Fax
		if o.Email != "" {
			c.Email = o.Email
		}
		for _, h := range o.Hours {
			c.Hours = append(c.Hours, strings.ToUpper(h.Day[:1])+h.Day[1:3]+" "+h.From+"–"+h.Until)
		}
		if o.PreferredChannel != "" {
			prefers = append(prefers, o.PreferredChannel)
		}
	}
	if len(prefers) > 0 {
		c.Prefers = channelSaid[prefers[0]]
	}
	answer := r.Accepting
	if answer == models.AcceptingUnknown {
		answer = p.Accepting
	}
	c.Accepting = string(answer)
	if w := r.Checklist.PacketWanted; w != "" {
		c.Likes = "our packet by " + channelSaid[w]
	}
	for _, s := range v.Staff {
		c.Staff = append(c.Staff, strings.Join(nonEmpty(s.Name, s.Role, s.Phone, s.BestTime), ", "))
	}
	c.NextOn = r.NextStepOn
	c.LastOn, c.Last, err = lastWords(tx, practice, r)
	return c, answer == models.AcceptingYes, err
}

var outcomeSaid = map[models.ContactOutcome]string{models.ReachedProvider: "reached the doctor", models.ReachedStaff: "reached the staff", models.Voicemail: "voicemail",
	models.NoAnswer: "no answer", models.Received: "heard from them", models.ContactSent: "sent something"}

var channelSaid = map[models.Channel]string{models.ByPortal: "the portal", models.ByLink: "a link by e-mail", models.ByLetter: "letter", models.ByFax: "fax", models.ByEmail: "e-mail",
	models.ByPhone: "phone"}

// lastWords says when there was contact last, and what came of it.
func lastWords(tx *store.Tx, practice models.Practice, r models.Relationship) (on models.Date, said string, err error) {
	l, err := tx.Contacts(store.ContactFilter{RelationshipID: r.ID}, models.Page{Limit: 1})
	if err != nil || len(l.Items) == 0 {
		return "", "", err
	}
	return practice.Today(l.Items[0].At), outcomeSaid[l.Items[0].Outcome], nil
}
