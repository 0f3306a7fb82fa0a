package referral

import (
	"context"
	"errors"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// note puts an event on the practice's trail, or on the network's where the
// actor is in no practice.
func note(tx *store.Tx, action, kind, id, detail string) error {
	if tx.PracticeID() == "" {
		if err := tx.Enter(models.NetworkPractice); err != nil {
			return err
		}
		defer func() { _ = tx.Enter("") }()
	}
	tx.Log(action, kind, id, "", detail)
	return nil
}

// AddProvider takes a clinician into the directory that all practices share.
// An NPI that is there already is 409 provider.npi_taken with the record's id.
func (n *Network) AddProvider(ctx context.Context, by models.Actor, d models.ProviderDraft) (models.Provider, error) {
	d.Email = models.NormalEmail(d.Email)
	p, err := decide(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.Provider, error) {
		if err := by.May(models.WriteDirectory); err != nil {
			return models.Provider{}, err
		}
		if err := d.Validate(); err != nil {
			return models.Provider{}, err
		}
		if d.NPI != "" {
			if _, err := tx.ProviderByNPI(d.NPI); err == nil {
				return models.Provider{}, fault.New(fault.Conflict, "provider.npi_taken", "The directory has a provider with this NPI already. Use that record.")
			} else if !errors.Is(err, fault.NotFound) {
				return models.Provider{}, err
			}
		}
		p := models.Provider{ID: models.ProviderID(tx.NewID()), Name: d.Name, Credentials: d.Credentials, NPI: d.NPI, Taxonomy: d.Taxonomy, Email: d.Email,
			Phone: d.Phone, CreatedAt: tx.Now(), Version: 1, Accepting: d.Accepting, PreferredChannel: d.PreferredChannel}
		if d.Accepting != models.AcceptingUnknown {
			p.AcceptingOn = models.Date(tx.Now().Format("2006-01-02"))
		}
		if d.Office != nil {
			o := *d.Office
			o.ID = models.OfficeID(tx.NewID())
			p.Offices = []models.Office{o}
		}
		if err := tx.AddProvider(p); err != nil {
			return models.Provider{}, err
		}
		if d.OfficeID != "" {
			if err := joinOffice(tx, p.ID, d.OfficeID); err != nil {
				return models.Provider{}, err
			}
		}
		if err := tx.ConfirmAddress(p.ID, p.Email); err != nil {
			return models.Provider{}, err
		}
		if err := tx.ConfirmPost(p.ID, p.Offices...); err != nil {
			return models.Provider{}, err
		}
		if tx.PracticeID() != "" { // whom a practice adds, it means to know
			if _, err := tx.EnsureRelationship(p.ID); err != nil {
				return models.Provider{}, err
			}
		}
		if err := note(tx, "provider.add", "provider", string(p.ID), ""); err != nil {
			return models.Provider{}, err
		}
		return tx.Provider(p.ID)
	})
	return p, n.nameTaken(ctx, by, d.NPI, err)
}

// joinOffice ties a provider to a known office; an unknown one is a wrong field.
func joinOffice(tx *store.Tx, p models.ProviderID, o models.OfficeID) error {
	if _, err := tx.Office(o); errors.Is(err, fault.NotFound) {
		return fault.New(fault.Invalid, "validation", "The provider's details need correction.").
			With(fault.Violation{Code: "office.unknown", Pointer: "/office_id", Message: "There is no such office."})
	} else if err != nil {
		return err
	}
	if err := tx.AddProviderRole(p, o); err != nil {
		return err
	}
	return tx.ConfirmWorkplace(p, o)
}

// nameTaken adds the id of the record that holds an NPI to the refusal; after a
// lost race only the index knew of it.
func (n *Network) nameTaken(ctx context.Context, by models.Actor, npi string, err error) error {
	f, ok := fault.As(err)
	if !ok || f.Code != "provider.npi_taken" {
		return err
	}
	taken, lookErr := look(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.Provider, error) { return tx.ProviderByNPI(npi) })
	if lookErr != nil {
		return err
	}
	return f.Ref("provider_id", string(taken.ID))
}

// Providers searches the directory.
func (n *Network) Providers(ctx context.Context, by models.Actor, q models.ProviderQuery, page models.Page) (models.List[models.Provider], error) {
	return look(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.List[models.Provider], error) {
		if err := by.May(models.ReadDirectory); err != nil {
			return models.List[models.Provider]{}, err
		}
		if err := q.Validate(); err != nil {
			return models.List[models.Provider]{}, err
		}
		return tx.Providers(q, page)
	})
}

// Provider reads one record of the directory.
func (n *Network) Provider(ctx context.Context, by models.Actor, id models.ProviderID) (models.Provider, error) {
	return look(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.Provider, error) {
		if err := by.May(models.ReadDirectory); err != nil {
			return models.Provider{}, err
		}
		p, err := tx.Provider(id)
		for i, o := range p.Offices {
			if err == nil && tx.PracticeID() != "" {
				var confirmed bool
				confirmed, err = tx.PostConfirmed(p.ID, o)
				p.Offices[i].Unconfirmed = !confirmed
			}
		}
		return p, err
	})
}

// ChangeProvider corrects a record. While nobody signs in as the provider,
// practices keep it right; from then on it is the provider's own (and their
// staff's), and a practice may only say that it is still right.
func (n *Network) ChangeProvider(ctx context.Context, by models.Actor, id models.ProviderID, c models.ProviderChange) (models.Provider, error) {
	npi := ""
	if c.NPI != nil {
		npi = *c.NPI
	}
	p, err := decide(ctx, n, by, func(ctx context.Context, tx *store.Tx) (models.Provider, error) {
		if err := by.May(models.WriteDirectory); err != nil && !by.OwnRecord(id) {
			return models.Provider{}, err
		}
		old, err := tx.Provider(id)
		if err != nil {
			return old, err
		}
		p, err := c.Apply(old, models.Date(tx.Now().Format("2006-01-02")))
		if err != nil {
			return p, err
		}
		p.Email = models.NormalEmail(p.Email)
		if err := mayCorrect(tx, by, old, p, c); err != nil {
			return p, err
		}
		if c.Email != nil || c.Verified {
			if err := tx.ConfirmAddress(p.ID, p.Email); err != nil {
				return p, err
			}
		}
		if err := postMoves(tx, old, &p, c.Verified); err != nil {
			return p, err
		}
		if err := tx.UpdateProvider(p, models.IfMatchOf(ctx)); err != nil {
			return p, err
		}
		if err := moveOffices(tx, p, c); err != nil {
			return p, err
		}
		if err := note(tx, "provider.change", "provider", string(p.ID), ""); err != nil {
			return p, err
		}
		return tx.Provider(p.ID)
	})
	return p, n.nameTaken(ctx, by, npi, err)
}

// mayCorrect refuses what is not the actor's to say about a record, or about an
// office where somebody else who signs in works.
func mayCorrect(tx *store.Tx, by models.Actor, old, p models.Provider, c models.ProviderChange) error {
	accounts, err := tx.HasAccounts(old.ID) // also of those whom another practice vouches for
	if err != nil {
		return err
	}
	old.HasAccount = accounts[old.ID]
	if identity := p.NPI != old.NPI || p.Email != old.Email; identity && !mayIdentify(by, old) {
		return fault.New(fault.Forbidden, "provider.has_account", "This provider signs in here: they change their own NPI and e-mail address.")
	}
	free := by.OwnRecord(old.ID) || by.Is(models.Operator) || by.Kind == models.ActorSystem
	if old.HasAccount && !free && !c.OnlyVerifies() {
		return owned(old.ID)
	}
	for _, o := range c.Offices {
		if by.Is(models.Operator) || by.Kind == models.ActorSystem {
			break
		}
		others, err := tx.OfficeHasOwner(o.ID, old.ID)
		if err != nil {
			return err
		}
		if others && !by.OwnRecord(old.ID) {
			return owned(old.ID)
		}
	}
	return nil
}

func owned(id models.ProviderID) *fault.Error {
	return fault.New(fault.Forbidden, "provider.owned", "This provider signs in here: they and their staff keep the record, or the operator does. You can say that it is still right.").
		Ref("provider_id", string(id))
}

// VerifyProvider says that somebody checked a record today and it is right.
func (n *Network) VerifyProvider(ctx context.Context, by models.Actor, id models.ProviderID) (models.Provider, error) {
	return decide(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.Provider, error) {
		if err := by.May(models.WriteDirectory); err != nil && !by.OwnRecord(id) {
			return models.Provider{}, err
		}
		p, err := tx.Provider(id)
		if err != nil {
			return p, err
		}
		if err := seen(ctx, p.Version); err != nil {
			return p, err
		}
		p.VerifiedOn = models.Date(tx.Now().Format("2006-01-02"))
		if err := tx.ConfirmAddress(p.ID, p.Email); err != nil {
			return p, err
		}
		if err := checkedPost(tx, p.ID, p.Offices...); err != nil {
			return p, err
		}
		if err := tx.UpdateProvider(p, p.Version); err != nil {
			return p, err
		}
		if err := note(tx, "provider.verify", "provider", string(p.ID), ""); err != nil {
			return p, err
		}
		return tx.Provider(p.ID)
	})
}

// mayIdentify: who a provider is, they say whom no practice bounds, and the
// operator; a practice says it while nobody signs in.
func mayIdentify(by models.Actor, p models.Provider) bool {
	if by.OwnRecord(p.ID) {
		return by.Is(models.ProviderRole) && len(by.VouchedBy) == 0
	}
	return !p.HasAccount || by.Is(models.Operator) || by.Kind == models.ActorSystem
}

// addressOf is a provider's address of the directory, empty where there is
// none. What another practice wrote there is 409 delivery.address_unconfirmed.
func addressOf(tx *store.Tx, p models.Provider) (string, error) {
	if p.Email == "" {
		return "", nil
	}
	confirmed, err := tx.AddressConfirmed(p.ID, p.Email)
	if err == nil && !confirmed {
		err = fault.New(fault.Conflict, "delivery.address_unconfirmed", "Another practice wrote this provider's e-mail address. Check it with the provider and save it in the directory, then send.")
	}
	return p.Email, err
}

func moveOffices(tx *store.Tx, p models.Provider, c models.ProviderChange) error {
	id := p.ID
	for _, change := range c.Offices {
		for _, o := range p.Offices {
			if o.ID != change.ID {
				continue
			}
			if err := tx.UpdateOffice(o); err != nil {
				return err
			}
		}
	}
	for _, o := range c.Leaves {
		if err := tx.EndProviderRole(id, o); err != nil {
			return err
		}
	}
	if c.Joins != nil {
		o := *c.Joins
		o.ID = models.OfficeID(tx.NewID())
		if err := tx.AddOffice(o); err != nil {
			return err
		}
		if err := tx.AddProviderRole(id, o.ID); err != nil {
			return err
		}
		return tx.ConfirmPost(id, o)
	}
	if c.JoinsID != "" {
		return joinOffice(tx, id, c.JoinsID)
	}
	return nil
}
