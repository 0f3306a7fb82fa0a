package referral

import (
	"context"
	"slices"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// LogContact appends one line to the contact log. Clients who were spoken of
// are asked of the gate first; without a release the line is refused, or, when
// it was said already, kept with the breach for the owner to see.
func (n *Network) LogContact(ctx context.Context, by models.Actor, id models.RelationshipID, d models.ContactDraft) (models.ContactLine, error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.ContactLine, error) {
		if err := by.May(models.WriteRelationships); err != nil {
			return models.ContactLine{}, err
		}
		r, err := tx.LockRelationship(id)
		if err != nil {
			return models.ContactLine{}, err
		}
		contact := models.ContactID(tx.NewID())
		tx.Log("contact.add", "contact", string(contact), "", string(r.ID))
		p, err := tx.Practice(tx.PracticeID())
		if err != nil {
			return models.ContactLine{}, err
		}
		c, err := checked(tx, by, r, p, contact, d)
		if err != nil {
			return models.ContactLine{}, err
		}
		if c.Breach, err = n.spoken(tx, r, c, d); err != nil {
			return models.ContactLine{}, err
		}
		if err := tx.AddContact(c); err != nil {
			return models.ContactLine{}, err
		}
		if err := tx.SetRelationship(r.Touched(c, models.DateOf(c.At, p.Location())), r.Version); err != nil {
			return models.ContactLine{}, err
		}
		if err := n.contactKeeps(tx, r, c); err != nil {
			return models.ContactLine{}, err
		}
		if d.Promise != nil {
			if _, err := promised(tx, by, r.ID, *d.Promise, "contact", string(c.ID)); err != nil {
				return models.ContactLine{}, err
			}
		}
		if err := wishedFor(tx, by, r, p, c); err != nil {
			return models.ContactLine{}, err
		}
		doctor, err := tx.Provider(r.ProviderID)
		return models.ContactLine{Contact: c, ProviderID: r.ProviderID, Provider: doctor.DisplayName(), By: by.Name}, err
	})
}

// checked is the contact that a draft means, or everything that is wrong.
func checked(tx *store.Tx, by models.Actor, r models.Relationship, p models.Practice, id models.ContactID, d models.ContactDraft) (models.Contact, error) {
	zone, err := zoneOf(tx, r.ProviderID, p)
	if err != nil {
		return models.Contact{}, err
	}
	var form fault.List
	if d.StaffID != "" {
		s, err := tx.Staff(d.StaffID)
		switch {
		case fault.CodeOf(err) == "not_found":
			form.Add("staff.unknown", "/with/staff_id", "There is no such person at an office.")
		case err != nil:
			return models.Contact{}, err
		default:
			at, err := tx.OfficesOf(r.ProviderID)
			if err != nil {
				return models.Contact{}, err
			}
			if !slices.Contains(at, s.OfficeID) {
				form.Add("staff.elsewhere", "/with/staff_id", "This person works at another office. Choose somebody of the provider's own, or write the name.")
			}
			if d.WithName == "" {
				d.WithName, d.WithRole = s.Name, s.Role
			}
		}
	}
	d = d.Defaults(tx.Now())
	back, err := d.Check(tx.Now(), p.Today(tx.Now()), zone)
	if f, ok := fault.As(err); ok {
		return models.Contact{}, f.With(form.Items()...)
	}
	if err := form.Invalid("The contact needs correction."); err != nil {
		return models.Contact{}, err
	}
	return d.NewContact(id, r.ID, by.UserID, back, tx.Now()), nil
}

// spoken asks the gate for each client who was spoken of and writes what was
// told into the ledger. It says whether something was told without a release.
func (n *Network) spoken(tx *store.Tx, r models.Relationship, c models.Contact, d models.ContactDraft) (breach bool, err error) {
	var reasons []fault.Violation
	for _, client := range c.Clients {
		if _, err := tx.Client(client); err != nil {
			return false, err
		}
		a := about{ObjectKind: "contact", ObjectID: string(c.ID), Description: "Spoken of in a contact", Channel: "spoken"}
		ask := models.Ask{ClientID: client, ProviderID: r.ProviderID, Categories: d.Said, Purpose: models.PurposeCoordination}
		v, err := n.tell(tx, ask, a)
		if err != nil {
			return false, err
		}
		if v.Allowed {
			continue
		}
		breach, reasons = true, append(reasons, v.Reasons...)
		if !d.AlreadySaid {
			continue
		}
		to, err := recipientOf(tx, ask)
		if err != nil {
			return false, err
		}
		tx.Disclose(models.Disclosure{ClientID: client, Recipient: to, Categories: d.Said, Purpose: ask.Purpose, Description: a.Description, ObjectKind: a.ObjectKind,
			ObjectID: a.ObjectID, Channel: a.Channel, Allowed: true, Basis: models.BasisOverride, RuleVersion: models.GateRuleVersion,
			Override: &models.Override{Basis: models.AlreadySaid, Reason: "Told in a contact, no release covered it", By: tx.By().UserID, At: tx.Now()}})
	}
	if breach && !d.AlreadySaid {
		return false, fault.New(fault.Forbidden, "release_required", "No release lets you speak of this client with them. Leave the client out, or ask for a release first. If it was said already, log it as already_said: it is kept for the owner to review.").With(reasons...)
	}
	return breach, nil
}

// wishedFor opens the promise that the office's wish for the packet makes,
// unless one is owed already. The agreed call is none: it stands by its hour on
// top of whom to call next.
func wishedFor(tx *store.Tx, by models.Actor, before models.Relationship, p models.Practice, c models.Contact) error {
	d, wished := c.PacketPromise(before.Checklist, models.DateOf(c.At, p.Location()), p.Today(tx.Now()))
	if !wished {
		return nil
	}
	owed, err := tx.OpenPromises(models.Settles{ProviderID: before.ProviderID, AnyClient: true, OwedBy: d.OwedBy, Kinds: []models.PromiseKind{d.Kind}})
	if err != nil || len(owed) > 0 {
		return err
	}
	_, err = promised(tx, by, before.ID, d, "packet_wish", string(c.ID))
	return err
}

// contactKeeps settles the promises that a contact keeps.
func (n *Network) contactKeeps(tx *store.Tx, r models.Relationship, c models.Contact) error {
	s := models.Settles{ProviderID: r.ProviderID, OwedBy: models.OwedByUs, Kind: "contact", ID: string(c.ID)}
	if on := c.Checklist.PacketSentOn; !on.IsZero() && on != r.Checklist.PacketSentOn {
		s.Kinds, s.On = []models.PromiseKind{models.PromisePacket}, on
		packet := s
		packet.AnyClient = true
		if err := keeps(tx, packet); err != nil {
			return err
		}
	}
	switch written := c.Channel == models.ContactLetter || c.Channel == models.ContactEmail || c.Channel == models.ContactFax; {
	case c.Outcome == models.Received && written:
		s.OwedBy, s.Kinds = models.OwedByThem, []models.PromiseKind{models.PromiseLetter, models.PromiseDocument, models.PromiseReport}
	case c.Outcome == models.Received || c.Direction == "in" && c.Outcome.Resets():
		s.OwedBy, s.Kinds = models.OwedByThem, []models.PromiseKind{models.PromiseCall}
	case c.Outcome.Resets():
		s.Kinds = []models.PromiseKind{models.PromiseCall}
	case c.Outcome == models.ContactSent:
		s.Kinds = []models.PromiseKind{models.PromiseLetter}
	default:
		return nil
	}
	p, err := tx.Practice(tx.PracticeID())
	if err != nil {
		return err
	}
	s.On = models.DateOf(c.At, p.Location())
	for _, client := range append([]models.ClientID{""}, c.Clients...) {
		s.ClientID = client
		if err := keeps(tx, s); err != nil {
			return err
		}
	}
	return nil
}

// ContactQuery narrows the log; empty fields do not.
type ContactQuery struct {
	RelationshipID models.RelationshipID
	Breach         bool // only those that spoke of clients without a release
}

// Contacts is the log, the newest first.
func (n *Network) Contacts(ctx context.Context, by models.Actor, q ContactQuery, page models.Page) (models.List[models.ContactLine], error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.List[models.ContactLine], error) {
		var none models.List[models.ContactLine]
		if err := by.May(models.ReadRelationships); err != nil {
			return none, err
		}
		if q.Breach {
			if err := by.May(models.ReadDisclosures); err != nil {
				return none, err
			}
		}
		if q.RelationshipID != "" {
			if _, err := tx.Relationship(q.RelationshipID); err != nil {
				return none, err
			}
		}
		tx.Log("contact.list", "relationship", string(q.RelationshipID), "", "")
		l, err := tx.Contacts(store.ContactFilter{RelationshipID: q.RelationshipID, Breach: q.Breach}, page)
		for _, c := range l.Items {
			for _, client := range c.Clients {
				tx.Log("contact.read", "contact", string(c.ID), client, "")
			}
		}
		return l, err
	})
}

// AddStaff keeps a named person at an office, as this practice knows them.
func (n *Network) AddStaff(ctx context.Context, by models.Actor, s models.OfficeStaff) (models.OfficeStaff, error) {
	return decide(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.OfficeStaff, error) {
		if err := by.May(models.WriteRelationships); err != nil {
			return models.OfficeStaff{}, err
		}
		if err := s.Validate(); err != nil {
			return models.OfficeStaff{}, err
		}
		if _, err := tx.Office(s.OfficeID); err != nil {
			return models.OfficeStaff{}, err
		}
		s.ID, s.CreatedAt, s.Version, s.EndedAt = models.StaffID(tx.NewID()), tx.Now(), 1, nil
		tx.Log("office_staff.add", "office_staff", string(s.ID), "", "")
		return s, tx.AddStaff(s)
	})
}

// StaffChange corrects a person; nil leaves a field as it is.
type StaffChange struct {
	Name, Role, Phone, BestTime, Note *string
	Left                              bool // they work there no more
}

// ChangeStaff corrects a person at an office, or says that they left.
func (n *Network) ChangeStaff(ctx context.Context, by models.Actor, id models.StaffID, c StaffChange) (models.OfficeStaff, error) {
	return decide(ctx, n, by, func(ctx context.Context, tx *store.Tx) (models.OfficeStaff, error) {
		if err := by.May(models.WriteRelationships); err != nil {
			return models.OfficeStaff{}, err
		}
		s, err := tx.Staff(id)
		if err != nil {
			return s, err
		}
		tx.Log("office_staff.change", "office_staff", string(id), "", "")
		if err := fresh(ctx, s.Version); err != nil {
			return s, err
		}
		for to, from := range map[*string]*string{&s.Name: c.Name, &s.Role: c.Role, &s.Phone: c.Phone, &s.BestTime: c.BestTime, &s.Note: c.Note} {
			if from != nil {
				*to = *from
			}
		}
		if err := s.Validate(); err != nil {
			return s, err
		}
		if at := tx.Now(); c.Left && s.EndedAt == nil {
			s.EndedAt = &at
		}
		if err := tx.SetStaff(s, s.Version); err != nil {
			return s, err
		}
		s.Version++
		return s, nil
	})
}

// Staff lists whom the practice knows at an office.
func (n *Network) Staff(ctx context.Context, by models.Actor, office models.OfficeID) ([]models.OfficeStaff, error) {
	return look(ctx, n, by, func(_ context.Context, tx *store.Tx) ([]models.OfficeStaff, error) {
		if err := by.May(models.ReadRelationships); err != nil {
			return nil, err
		}
		if _, err := tx.Office(office); err != nil {
			return nil, err
		}
		return tx.StaffOf(office)
	})
}
