package referral

import (
	"context"
	"errors"
	"time"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// AskForDocument is a provider's wish for a paper about a client whom they and
// a practice look after. It opens a promise owed by the practice; whether the
// paper may go is asked of the gate when it is sent.
func (n *Network) AskForDocument(ctx context.Context, by models.Actor, d models.RequestDraft) (models.RequestLine, error) {
	return decide(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.RequestLine, error) {
		if err := by.May(models.ReceiveReports); err != nil {
			return models.RequestLine{}, err
		}
		if err := d.Validate(models.DateOf(tx.Now(), time.UTC).AddDays(-1)); err != nil { // which practice's day counts is known below
			return models.RequestLine{}, err
		}
		if err := enterByClient(tx, by, d.ClientID); err != nil {
			return models.RequestLine{}, err
		}
		if _, err := n.stillShares(tx, d.ClientID, by.ProviderID); err != nil {
			return models.RequestLine{}, err
		}
		p, err := tx.Practice(tx.PracticeID())
		if err == nil {
			err = d.Validate(p.Today(tx.Now()))
		}
		if err != nil {
			return models.RequestLine{}, err
		}
		r := models.DocumentRequest{ID: models.RequestID(tx.NewID()), ClientID: d.ClientID, ProviderID: by.ProviderID, Kind: d.Kind, WantedBy: d.WantedBy, Note: d.Note,
			State: models.RequestOpen, CreatedBy: by.UserID, CreatedAt: tx.Now(), Version: 1}
		tx.Log("document_request.ask", "document_request", string(r.ID), r.ClientID, "")
		if err := tx.AddDocumentRequest(r); err != nil {
			return models.RequestLine{}, err
		}
		if err := tx.GrantOnce("document_request", string(r.ID), by.ProviderID); err != nil {
			return models.RequestLine{}, err
		}
		rel, err := tx.EnsureRelationship(by.ProviderID)
		if err != nil {
			return models.RequestLine{}, err
		}
		owed := models.PromiseDraft{ClientID: r.ClientID, OwedBy: models.OwedByUs, Kind: r.PromiseKind(), What: "They asked for a document", DueOn: r.DueOn(p.Today(tx.Now()))}
		if _, err := promised(tx, by, rel.ID, owed, "document_request", string(r.ID)); err != nil {
			return models.RequestLine{}, err
		}
		if err := tellPracticeOf(tx, r, models.MessageDocumentAsked); err != nil {
			return models.RequestLine{}, err
		}
		return n.shownRequest(tx, r, "Asked for a document")
	})
}

// enterByClient scopes the transaction to the practice that looks after the
// client together with who asks; anybody else's client is not found.
func enterByClient(tx *store.Tx, by models.Actor, id models.ClientID) error {
	practices, err := tx.PracticesOf()
	if err != nil {
		return err
	}
	for _, p := range practices {
		if err := tx.Enter(p); err != nil {
			return err
		}
		sent, told, err := tx.SharesCare(id, by.ProviderID)
		if err != nil || sent || told {
			return err
		}
	}
	a, err := asksForShared(tx, by) // whom a release lets them know they may ask about as well
	if err == nil {
		_, err = a.find(tx, "", id, "", "client.read", "client", string(id))
	}
	return err
}

// stillShares refuses what a provider asks about a client after the client's
// release to them ended: 410 release.ended. Who sent the client needs no
// release for that, but one that was revoked ends it, as it ends their order.
// It says what they may know of the client meanwhile.
func (n *Network) stillShares(tx *store.Tx, client models.ClientID, p models.ProviderID) (models.Shared, error) {
	sent, _, err := tx.SharesCare(client, p)
	if err != nil {
		return models.Shared{}, err
	}
	what := models.Ask{ClientID: client, ProviderID: p, Categories: []models.Category{models.CategoryPrescriptionStatus}, Purpose: models.PurposeCoordination}
	if sent {
		what.Prescriber = p
	}
	ask, all, err := n.asked(tx, what)
	if err != nil {
		return models.Shared{}, err
	}
	if v := models.JudgeReleases(ask, all); v.Ended {
		v.Allowed = false
		return models.Shared{}, v.Refusal(true)
	}
	ask.Prescriber = ""
	return models.JudgeSharing(ask, models.Ties{Ordered: sent}, all, ""), nil
}

// shownRequest is a request as who made it sees it now, with its line in the
// ledger.
func (n *Network) shownRequest(tx *store.Tx, r models.DocumentRequest, description string) (models.RequestLine, error) {
	l, s, err := n.requestSeen(tx, r)
	if err == nil {
		tellRequest(tx, l, s, description)
	}
	return l, err
}

// requestSeen is a request with what who made it may know of the client. It
// names nobody whom no release and no order of theirs lets them know.
func (n *Network) requestSeen(tx *store.Tx, r models.DocumentRequest) (models.RequestLine, models.Shared, error) {
	l, err := requestLine(tx, r)
	if err != nil {
		return l, models.Shared{}, err
	}
	s, err := n.stillShares(tx, r.ClientID, r.ProviderID)
	if fault.CodeOf(err) == "release.ended" {
		return l.Frozen(), s, nil
	}
	if !s.Allowed {
		l.Client = models.PersonName{}
	}
	return l, s, err
}

// tellRequest puts into the ledger that a request named its client.
func tellRequest(tx *store.Tx, l models.RequestLine, s models.Shared, description string) {
	if s.Allowed {
		disclose(tx, s.Ask, models.Recipient{ProviderID: s.Ask.ProviderID, Label: l.Provider}, s.Verdict,
			about{ObjectKind: "document_request", ObjectID: string(l.ID), Description: description, Channel: "portal"})
	}
}

func requestLine(tx *store.Tx, r models.DocumentRequest) (models.RequestLine, error) {
	l := models.RequestLine{DocumentRequest: r}
	c, err := tx.Client(r.ClientID)
	if err != nil {
		return l, err
	}
	doctor, err := tx.Provider(r.ProviderID)
	if err != nil {
		return l, err
	}
	p, err := tx.Practice(tx.PracticeID())
	l.Client, l.Provider, l.Practice = c.Name, doctor.DisplayName(), p.Name
	return l, err
}

// DocumentRequests lists what was asked for: of a practice, or by a provider.
func (n *Network) DocumentRequests(ctx context.Context, by models.Actor, state models.RequestState, page models.Page) (models.List[models.RequestLine], error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.List[models.RequestLine], error) {
		if by.Outsider() {
			return n.askedBy(tx, by, state, page)
		}
		if err := by.May(models.ReadRelationships); err != nil {
			return models.List[models.RequestLine]{}, err
		}
		tx.Log("document_request.list", "practice", string(tx.PracticeID()), "", "")
		l, err := tx.DocumentRequests(store.RequestFilter{State: state}, page)
		out := models.List[models.RequestLine]{NextCursor: l.NextCursor, Items: make([]models.RequestLine, len(l.Items))}
		for i, r := range l.Items {
			if out.Items[i], err = requestLine(tx, r); err != nil {
				return out, err
			}
		}
		return out, err
	})
}

// askedBy lists a provider's own wishes over all practices. What is no longer
// shown fits no state: the filter would tell it.
func (n *Network) askedBy(tx *store.Tx, by models.Actor, state models.RequestState, page models.Page) (models.List[models.RequestLine], error) {
	var out models.List[models.RequestLine]
	if err := by.May(models.ReceiveReports); err != nil {
		return out, err
	}
	grants, err := tx.Grants("document_request", page)
	out.NextCursor = grants.NextCursor
	for _, g := range grants.Items {
		if err := tx.Enter(g.PracticeID); err != nil {
			return out, err
		}
		l, err := tx.DocumentRequests(store.RequestFilter{ID: models.RequestID(g.ObjectID), ProviderID: by.ProviderID}, models.Page{Limit: 1})
		if err != nil {
			return out, err
		}
		for _, r := range l.Items {
			tx.Log("document_request.read", "document_request", string(r.ID), r.ClientID, "")
			line, seen, err := n.requestSeen(tx, r)
			if err != nil {
				return out, err
			}
			if state == "" || line.State == state {
				tellRequest(tx, line, seen, "Listed a request for a document")
				out.Items = append(out.Items, line)
			}
		}
	}
	return out, err
}

// DeclineDocument says no to a wish, with the reason that the provider reads.
func (n *Network) DeclineDocument(ctx context.Context, by models.Actor, id models.RequestID, reason string) (models.RequestLine, error) {
	return locked(ctx, n, by, func(ctx context.Context, tx *store.Tx) (models.RequestLine, error) {
		if err := by.May(models.WriteReports); err != nil {
			return models.RequestLine{}, err
		}
		r, err := endRequest(ctx, tx, id, models.RequestDeclined, reason, func(models.DocumentRequest) error { return nil })
		if err != nil {
			return models.RequestLine{}, err
		}
		return requestLine(tx, r)
	})
}

// WithdrawDocument takes a wish back.
func (n *Network) WithdrawDocument(ctx context.Context, by models.Actor, id models.RequestID) (models.RequestLine, error) {
	return locked(ctx, n, by, func(ctx context.Context, tx *store.Tx) (models.RequestLine, error) {
		if err := by.May(models.ReceiveReports); err != nil {
			return models.RequestLine{}, err
		}
		if err := tx.EnterByGrant("document_request", string(id), "request"); err != nil {
			return models.RequestLine{}, err
		}
		r, err := endRequest(ctx, tx, id, models.RequestWithdrawn, "", func(r models.DocumentRequest) error {
			if r.MustBeOpen() == nil {
				return nil
			}
			_, err := n.stillShares(tx, r.ClientID, r.ProviderID) // before the version: a stale one must not tell what happened since
			return err
		})
		if err != nil {
			return models.RequestLine{}, err
		}
		return n.shownRequest(tx, r, "Took a request for a document back")
	})
}

func endRequest(ctx context.Context, tx *store.Tx, id models.RequestID, to models.RequestState, reason string, may func(models.DocumentRequest) error) (models.DocumentRequest, error) {
	r, err := tx.LockDocumentRequest(id)
	if err != nil {
		return r, err
	}
	tx.Log("document_request."+string(to), "document_request", string(id), r.ClientID, "")
	if err := may(r); err != nil {
		return r, err
	}
	if err := fresh(ctx, r.Version); err != nil {
		return r, err
	}
	if to == models.RequestDeclined {
		if err := models.CheckReason(reason); err != nil {
			return r, err
		}
	}
	if err := r.MustBeOpen(); err != nil {
		return r, err
	}
	r.State, r.Reason = to, reason
	if _, err := tx.SettleDocumentRequest(r); err != nil {
		return r, err
	}
	at := tx.Now()
	r.SettledAt, r.Version = &at, r.Version+1
	if err := requestNews(tx, r); err != nil {
		return r, err
	}
	if p, open, err := tx.PromiseBySource("document_request", string(id)); err != nil {
		return r, err
	} else if open {
		p.State, p.Reason = models.PromiseReleased, "The request was "+string(to)
		if _, err := tx.SettlePromise(p); err != nil {
			return r, err
		}
	}
	return r, nil
}

// deliveryKeeps settles what a report that went out answers: the provider's
// wishes, and the promises of a report or document about this client.
func deliveryKeeps(tx *store.Tx, d models.Delivery, at time.Time) error {
	if d.ProviderID == "" {
		return nil
	}
	p, err := tx.Home() // it went out, even when the practice was suspended meanwhile
	if err != nil {
		return err
	}
	s := models.Settles{ProviderID: d.ProviderID, ClientID: d.ClientID, OwedBy: models.OwedByUs, Kinds: []models.PromiseKind{models.PromiseReport, models.PromiseDocument},
		Kind: "delivery", ID: string(d.ID), On: p.Today(at)}
	wishes, err := tx.DocumentRequests(store.RequestFilter{ClientID: d.ClientID, ProviderID: d.ProviderID, State: models.RequestOpen}, models.Page{Limit: 100})
	if err != nil {
		return err
	}
	if len(wishes.Items) > 0 {
		report, err := tx.Report(d.ReportID)
		if err != nil {
			return err
		}
		for _, r := range wishes.Items {
			if r.AnsweredBy(report) {
				err = errors.Join(err, answered(tx, r, s))
			}
		}
		if err != nil {
			return err
		}
	}
	return keeps(tx, s)
}

// answered ends a wish by what was sent, and keeps the promise it made.
func answered(tx *store.Tx, r models.DocumentRequest, s models.Settles) error {
	r.State, r.AnsweredKind, r.AnsweredID = models.RequestSent, s.Kind, s.ID
	done, err := tx.SettleDocumentRequest(r)
	if err != nil || !done {
		return err
	}
	tx.Log("document_request.sent", "document_request", string(r.ID), r.ClientID, "")
	p, open, err := tx.PromiseBySource("document_request", string(r.ID))
	if err != nil || !open {
		return err
	}
	p.State, p.KeptKind, p.KeptID, p.KeptOn = models.PromiseKept, s.Kind, s.ID, s.On
	_, err = tx.SettlePromise(p)
	return err
}
