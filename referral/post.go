package referral

import (
	"rapport/documents"
	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// postMoves keeps who stands for where a provider's post goes from now on. A
// changed address or fax was checked by nobody yet, unless who changed it
// speaks for everybody or says so.
func postMoves(tx *store.Tx, old models.Provider, p *models.Provider, verified bool) error {
	by := tx.By()
	for i, o := range p.Offices {
		if o.PostWords() == old.Offices[i].PostWords() {
			if verified {
				if err := checkedPost(tx, p.ID, o); err != nil {
					return err
				}
			}
			continue
		}
		if err := tx.ConfirmPost(p.ID, o); err != nil {
			return err
		}
		if speaksForAll(by, p.ID) {
			continue
		}
		if !verified {
			p.VerifiedOn = ""
		}
		if err := tx.Unverify(o.ID, p.ID); err != nil {
			return err
		}
	}
	return nil
}

// speaksForAll: what the provider, or the operator, says of the record holds
// for every practice.
func speaksForAll(by models.Actor, p models.ProviderID) bool {
	return by.Kind == models.ActorSystem || by.Is(models.Operator) || by.OwnRecord(p) && len(by.VouchedBy) == 0
}

// checkedPost keeps that who acts checked where a provider's post goes. What
// holds for every practice goes on doing so.
func checkedPost(tx *store.Tx, p models.ProviderID, offices ...models.Office) error {
	for _, o := range offices {
		known, err := tx.PostConfirmed(p, o)
		if err == nil && (!known || tx.PracticeID() == "") {
			err = tx.ConfirmPost(p, o)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// postOf is the office to which a provider's letters and faxes go. ok is false
// where another practice wrote it and this one has not checked it.
func postOf(tx *store.Tx, p models.Provider) (o models.Office, ok bool, err error) {
	if len(p.Offices) == 0 {
		return o, true, nil
	}
	o = p.Offices[0]
	ok, err = tx.PostConfirmed(p.ID, o)
	return o, ok, err
}

// addressee is a provider with the office to which their post goes. Where
// another practice wrote that office, the paper leaves it out.
func addressee(tx *store.Tx, p models.Provider) (documents.Addressee, error) {
	to := documents.Addressee{Name: p.DisplayName(), Phone: p.Phone}
	o, ok, err := postOf(tx, p)
	if ok && o.ID != "" {
		to.Office, to.Address, to.Phone, to.Fax = o.Name, o.Address.Lines(), o.Phone, o.Fax
	}
	return to, err
}

// mayPost refuses a letter or fax to where another practice says the provider
// works: 409 delivery.office_unconfirmed.
func mayPost(tx *store.Tx, id models.ProviderID) error {
	p, err := tx.Provider(id)
	if err != nil {
		return err
	}
	o, ok, err := postOf(tx, p)
	if err == nil && !ok {
		err = fault.New(fault.Conflict, "delivery.office_unconfirmed",
			"Another practice wrote the address or fax of this provider's office. Check it with the office and say in the directory that it is right, then print or fax.").
			Ref("provider_id", string(p.ID)).Ref("office_id", string(o.ID))
	}
	return err
}
