package referral

import (
	"context"
	"time"

	"golang.org/x/text/unicode/norm"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// WritePrescription keeps a new order as a draft. A provider writes for a
// client whom they may know, or proposes a new client to a practice; the
// practice transcribes a paper or phoned order.
func (n *Network) WritePrescription(ctx context.Context, by models.Actor, d models.PrescriptionDraft) (models.OrderView, error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.OrderView, error) {
		var none models.OrderView
		if err := mayOnOrder(by, models.OrderPrescription, models.AcceptPrescription); err != nil {
			return none, err
		}
		if models.PartyOf(by) == models.PracticeParty && d.Source == "" {
			d.Source = models.FromPaper
			if d.Verbal != nil {
				d.Source = models.FromVerbal
			}
		}
		practice, err := enterToOrder(tx, by, &d)
		if err != nil {
			return none, err
		}
		p, err := draftOrder(tx, by, practice, d)
		if err != nil {
			return none, err
		}
		tx.Log("prescription.write", "prescription", string(p.ID), p.ClientID, "")
		if d.Client != nil {
			if err := proposeClient(tx, by, p.ClientID, *d.Client); err != nil {
				return none, err
			}
		}
		if err := addOrder(tx, p); err != nil {
			return none, err
		}
		if models.PartyOf(by) == models.PrescriberParty {
			if err := tx.Grant("prescription", string(p.ID), p.PrescriberID); err != nil {
				return none, err
			}
		}
		return n.orderView(tx, by, p)
	})
}

// mayOnOrder asks for the permission of the side that acts.
func mayOnOrder(by models.Actor, prescriber, practice models.Action) error {
	if by.Outsider() {
		return by.May(prescriber)
	}
	return by.May(practice)
}

// enterToOrder checks the form of the draft and enters the practice that the
// order is for.
func enterToOrder(tx *store.Tx, by models.Actor, d *models.PrescriptionDraft) (models.Practice, error) {
	var l fault.List
	d.CheckSide(by, &l)
	if err := l.Invalid("The order needs correction."); err != nil {
		return models.Practice{}, err
	}
	if models.PartyOf(by) == models.PrescriberParty {
		if d.PrescriberID = by.ProviderID; d.Client == nil {
			if err := enterForClient(tx, by, d.ClientID); err != nil {
				return models.Practice{}, err
			}
		} else if err := enterPractice(tx, d.PracticeID); err != nil {
			return models.Practice{}, err
		}
	}
	if d.PracticeID != "" && d.PracticeID != tx.PracticeID() {
		return models.Practice{}, fault.Missing("client")
	}
	return tx.Practice(tx.PracticeID())
}

// enterForClient enters the practice of a client whom the prescriber wrote down
// themselves, or whom the gate lets them know: by a release that names them, or
// by an order that the practice put under a client of its own. Anybody else is
// not found. A practice that is not listed for new patients still takes orders
// for those it treats.
func enterForClient(tx *store.Tx, by models.Actor, id models.ClientID) error {
	err := tx.EnterByGrant("client", string(id), "client")
	if e, ok := fault.As(err); !ok || e.Kind != fault.NotFound {
		return err
	}
	a, err := askingFor(tx, by)
	if err != nil {
		return err
	}
	c, err := a.find(tx, "", id, "", "client.read", "client", string(id))
	if err != nil {
		return err
	}
	a.tell(tx, c, "Who the client is")
	return tx.Enter(a.practice.ID)
}

func enterPractice(tx *store.Tx, id models.PracticeID) error {
	p, err := tx.Practice(id)
	if err != nil {
		return err
	}
	if !p.Settings.AcceptsOrders {
		return fault.New(fault.Conflict, "practice.not_accepting", "This practice takes no orders at the moment; choose another one.")
	}
	return tx.Enter(id)
}

// draftOrder fills what the records know and checks everything at once.
func draftOrder(tx *store.Tx, by models.Actor, practice models.Practice, d models.PrescriptionDraft) (models.Prescription, error) {
	var l fault.List
	now, today := tx.Now(), practice.Today(tx.Now())
	c := d.Content
	if known, err := tx.Survivor(d.PrescriberID); err == nil {
		d.PrescriberID = known
	}
	p := models.Prescription{ID: models.PrescriptionID(tx.NewID()), PracticeID: tx.PracticeID(), SeriesID: models.SeriesID(tx.NewID()), Version: 1,
		ClientID: d.ClientID, PrescriberID: d.PrescriberID, Status: models.OrderDraft, StatusBy: models.PartyOf(by), Source: models.FromPortal,
		Opening: d.Opening, IssuedOn: d.IssuedOn, CreatedBy: by.UserID, CreatedAt: now, RowVersion: 1}
	if d.Client != nil {
		p.ClientID = models.ClientID(tx.NewID())
		if f, ok := fault.As(d.Client.Validate(today)); ok {
			for _, v := range f.Violations {
				v.Pointer = "/client" + v.Pointer
				l.Put(v)
			}
		}
		c.ClientName, c.ClientBirth = d.Client.Name, d.Client.BirthDate
	} else {
		client, err := tx.Client(d.ClientID)
		if err != nil {
			return p, err
		}
		c.ClientName, c.ClientBirth = client.Name, client.BirthDate
	}
	if err := namePrescriber(tx, &c, d.PrescriberID); err != nil {
		return p, err
	}
	if c.ReportEvery == (models.ReportEvery{}) {
		c.ReportEvery = practice.Settings.ReportEvery
	}
	if models.PartyOf(by) == models.PracticeParty {
		p.Source, p.TranscribedBy = d.Source, by.UserID
		if p.IssuedOn.IsZero() {
			p.IssuedOn = today
		}
		if p.IssuedOn.After(today) {
			l.Add("issued_on.future", "/issued_on", "The day on the paper is not in the future.")
		}
		if err := noteVerbal(&p, by, d.Verbal, now, practice, nil, &l); err != nil {
			return p, err
		}
	}
	p.Content = c.Normalised(norm.NFC.String)
	p.ContentSHA256 = p.Content.SHA256()
	p.Content.Validate(&l, "", today)
	if d.Opening != nil {
		d.Opening.Validate(&l, "/opening", p.Content.Scope.SessionsTotal, today)
	}
	return p, l.Invalid("The order needs correction.")
}

// noteVerbal puts the phone note on an order; what is wrong with it joins the list.
func noteVerbal(p *models.Prescription, by models.Actor, d *models.VerbalDraft, now time.Time, practice models.Practice, pending *models.VerbalOrder, l *fault.List) error {
	if d == nil {
		return nil
	}
	v, err := d.Take(by.UserID, now, practice.Location(), pending)
	if f, ok := fault.As(err); ok {
		for _, x := range f.Violations {
			x.Pointer = "/verbal" + x.Pointer
			l.Put(x)
		}
		return nil
	}
	p.Verbal = &v
	return err
}

// namePrescriber writes the provider on the order as the directory has them.
func namePrescriber(tx *store.Tx, c *models.OrderContent, id models.ProviderID) error {
	provider, err := tx.Provider(id)
	if err != nil {
		return err
	}
	c.Prescriber = models.Prescriber{ProviderID: provider.ID, Name: provider.DisplayName(), NPI: provider.NPI, Licence: provider.Licence.Number}
	if provider.Licence.State != "" && provider.Licence.Number != "" {
		c.Prescriber.Licence += " (" + provider.Licence.State + ")"
	}
	return nil
}

// proposeClient adds the person of an order: proposed by a provider until the
// practice accepts, active when the practice itself writes them down.
func proposeClient(tx *store.Tx, by models.Actor, id models.ClientID, d models.ClientDraft) error {
	state := models.ClientActive
	if models.PartyOf(by) == models.PrescriberParty {
		state = models.ClientProposed
		if err := tx.Grant("client", string(id), by.ProviderID); err != nil {
			return err
		}
	}
	return tx.AddClient(models.Client{ID: id, PracticeID: tx.PracticeID(), Name: d.Name, BirthDate: d.BirthDate, Email: d.Email, Phone: d.Phone,
		ReferredBy: d.ReferredBy, State: state, CreatedAt: tx.Now(), Version: 1})
}

// addOrder inserts the first version of an order with its series.
func addOrder(tx *store.Tx, p models.Prescription) error {
	s := models.Series{ID: p.SeriesID, ClientID: p.ClientID, CurrentID: p.ID}
	limit(&s, p.Content)
	if err := tx.AddSeries(s); err != nil {
		return err
	}
	return tx.AddPrescription(p)
}

func limit(s *models.Series, c models.OrderContent) {
	s.Allowed, s.Unlimited = c.Scope.SessionsTotal, c.Scope.SessionsTotal == 0
}

// ChangeDraftPrescription replaces parts of an unsubmitted order.
func (n *Network) ChangeDraftPrescription(ctx context.Context, by models.Actor, id models.PrescriptionID, patch models.PrescriptionPatch) (models.OrderView, error) {
	return n.moveOrder(ctx, by, id, "prescription.change", [2]models.Action{models.OrderPrescription, models.AcceptPrescription}, func(tx *store.Tx, o *heldOrder) error {
		if o.order.Status != models.OrderDraft {
			return fault.New(fault.Conflict, "order.frozen", "A submitted order never changes. Ask for a change request, or write a new order.")
		}
		var l fault.List
		o.order.Content = patch.Apply(o.order.Content).Normalised(norm.NFC.String)
		o.order.ContentSHA256 = o.order.Content.SHA256()
		o.order.Content.Validate(&l, "", o.today)
		if patch.Opening != nil {
			if o.order.Opening = patch.Opening; o.order.Source == models.FromPortal {
				l.Add("opening.transcribed_only", "/opening", "Only a transcribed order carries an opening balance.")
			}
			patch.Opening.Validate(&l, "/opening", o.order.Content.Scope.SessionsTotal, o.today)
		}
		if err := l.Invalid("The order needs correction."); err != nil {
			return err
		}
		limit(&o.series.Series, o.order.Content)
		if err := tx.SetSeries(o.series.Series); err != nil {
			return err
		}
		return tx.UpdateDraft(o.order, o.order.RowVersion)
	})
}

// Prescription reads one version with what its series says today.
func (n *Network) Prescription(ctx context.Context, by models.Actor, id models.PrescriptionID) (models.OrderView, error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.OrderView, error) {
		if err := mayOnOrder(by, models.OrderPrescription, models.ReadPrescriptions); err != nil {
			return models.OrderView{}, err
		}
		p, err := visibleOrder(tx, by, id)
		if err != nil {
			return models.OrderView{}, err
		}
		tx.Log("prescription.read", "prescription", string(id), p.ClientID, "")
		return n.orderView(tx, by, p)
	})
}

// visibleOrder reads an order that the caller may know of; anything else is
// not found, like an order that does not exist.
func visibleOrder(tx *store.Tx, by models.Actor, id models.PrescriptionID) (models.Prescription, error) {
	if by.Outsider() && by.Kind == models.ActorUser {
		if err := tx.EnterByGrant("prescription", string(id), "prescription"); err != nil {
			return models.Prescription{}, err
		}
	}
	p, err := tx.Prescription(id)
	if err == nil && !p.VisibleTo(by) {
		err = fault.Missing("prescription")
	}
	return p, err
}
