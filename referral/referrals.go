package referral

import (
	"context"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// Refer writes a referral down as a draft. The practice writes those that go
// out, and those that a provider made on the phone or on paper; a provider
// writes those that come in, for a client they hold a grant for or a new one.
func (n *Network) Refer(ctx context.Context, by models.Actor, d models.ReferralOutline) (models.ReferralView, error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.ReferralView, error) {
		var none models.ReferralView
		if err := mayOnReferral(by, models.WriteReferrals); err != nil {
			return none, err
		}
		practice, err := n.enterToRefer(tx, by, &d)
		if err != nil {
			return none, err
		}
		d.Reason = norm.NFC.String(strings.TrimSpace(d.Reason))
		if err := d.Validate(practice.Today(tx.Now())); err != nil {
			return none, err
		}
		r := models.Referral{ID: models.ReferralID(tx.NewID()), Direction: d.Direction, ClientID: d.ClientID, ProviderID: d.ProviderID, Reason: d.Reason,
			Priority: d.Priority, WantedBy: d.WantedBy, CreatedBy: by.UserID, CreatedAt: tx.Now()}
		tx.Log("referral.write", "referral", string(r.ID), d.ClientID, "")
		to, err := tx.Provider(d.ProviderID)
		if err != nil {
			return none, err
		}
		r.ProviderID = to.ID // a merged record's id leads to the one that stayed
		if d.Client != nil {
			r.ClientID = models.ClientID(tx.NewID())
			err = proposeClient(tx, by, r.ClientID, *d.Client)
		} else {
			_, err = tx.Client(d.ClientID)
		}
		if err != nil {
			return none, err
		}
		if d.Client == nil && d.RedFlagID == "" {
			if err := notReferred(tx, by, r); err != nil {
				return none, err
			}
		}
		if r, err = openReferral(tx, practice, r); err != nil {
			return none, err
		}
		if d.RedFlagID != "" {
			if err := tx.SettleRedFlag(d.RedFlagID, r.ClientID, r.ID); err != nil {
				return none, err
			}
		}
		if by.Outsider() {
			if err := tx.Grant("referral", string(r.ID), r.ProviderID); err != nil {
				return none, err
			}
		}
		return n.referralView(tx, by, r)
	})
}

// mayOnReferral asks for the permission of the side that acts.
func mayOnReferral(by models.Actor, practice models.Action) error {
	if by.Outsider() {
		return by.May(models.ReceiveReferrals)
	}
	return by.May(practice)
}

// enterToRefer enters the practice that the referral is for. What a provider
// writes comes in; a client that they hold no grant for is not found, and one
// whose release to them was revoked is referred like somebody new.
func (n *Network) enterToRefer(tx *store.Tx, by models.Actor, d *models.ReferralOutline) (models.Practice, error) {
	if by.Outsider() {
		if d.Direction == models.Outbound {
			return models.Practice{}, fault.New(fault.Invalid, "validation", "The referral needs correction.").With(fault.Violation{Code: "direction.inbound",
				Pointer: "/direction", Message: "What a provider refers comes in to the practice.", Allowed: models.Inbound})
		}
		if d.ProviderID != "" && d.ProviderID != by.ProviderID {
			return models.Practice{}, fault.Missing("provider")
		}
		d.Direction, d.ProviderID, d.RedFlagID = models.Inbound, by.ProviderID, ""
		if d.ClientID != "" {
			if err := tx.EnterByGrant("client", string(d.ClientID), "client"); err != nil {
				return models.Practice{}, err
			}
			if _, err := n.stillShares(tx, d.ClientID, by.ProviderID); err != nil {
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

// notReferred refuses a second draft of one referral: 409 referral.begun names
// the first. A side does not learn of what the other has written and not sent.
func notReferred(tx *store.Tx, by models.Actor, r models.Referral) error {
	with, err := tx.EnsureRelationship(r.ProviderID)
	if err != nil {
		return err
	}
	before, err := tx.ReferredBefore(with.ID, r.Direction) // holds the relationship: of two at once, one is the second
	if err != nil || !before {
		return err
	}
	begun, err := tx.DraftLike(r, by.Outsider())
	if err == nil && begun != "" {
		return models.ErrReferralBegun(begun)
	}
	return err
}

// openReferral inserts a referral within the practice's relationship.
func openReferral(tx *store.Tx, practice models.Practice, r models.Referral) (models.Referral, error) {
	with, err := tx.EnsureRelationship(r.ProviderID)
	if err != nil {
		return r, err
	}
	before, err := tx.ReferredBefore(with.ID, r.Direction)
	if err != nil {
		return r, err
	}
	if r.Priority == "" {
		r.Priority = models.Routine
	}
	r.RelationshipID, r.FirstOfProvider = with.ID, !before
	r = r.Opened(practice.Today(tx.Now()))
	return r, tx.AddReferral(r)
}

// heldReferral locks a referral that the caller may know of; anything else is
// not found, also what a provider has written and not sent yet.
func heldReferral(tx *store.Tx, by models.Actor, id models.ReferralID) (models.Referral, error) {
	if by.Outsider() {
		if err := tx.EnterByGrant("referral", string(id), "referral"); err != nil {
			return models.Referral{}, err
		}
		return tx.LockReferral(id)
	}
	r, err := tx.LockReferral(id)
	if err != nil || r.State != models.ReferralDraft || r.Direction != models.Inbound {
		return r, err
	}
	theirs, err := tx.Granted("referral", string(id))
	if err == nil && theirs {
		err = fault.Missing("referral")
	}
	return r, err
}

// Referral reads one with its history. That a provider opened an outcome is
// evidence that it was seen.
func (n *Network) Referral(ctx context.Context, by models.Actor, id models.ReferralID) (models.ReferralView, error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.ReferralView, error) {
		if err := mayOnReferral(by, models.ReadReferrals); err != nil {
			return models.ReferralView{}, err
		}
		r, err := heldReferral(tx, by, id)
		if err != nil {
			return models.ReferralView{}, err
		}
		tx.Log("referral.read", "referral", string(id), r.ClientID, "")
		v, err := n.referralView(tx, by, r)
		if err != nil || !by.Outsider() || r.Direction != models.Inbound || v.Outcome == "" || r.SeenAt != nil {
			return v, err
		}
		if _, err := followReferral(tx, r, models.ReferralAct{Action: models.ActAcknowledge, Side: models.Initiator, By: by.Principal()}); err != nil {
			return v, err
		}
		if r, err = tx.Referral(id); err != nil {
			return v, err
		}
		return n.referralView(tx, by, r)
	})
}

// referralView is the referral as the caller sees it now. For an outsider the
// gate is asked and its answer kept.
func (n *Network) referralView(tx *store.Tx, by models.Actor, r models.Referral) (models.ReferralView, error) {
	v, err := namedReferral(tx, r)
	if err != nil {
		return v, err
	}
	if v.Events, err = tx.ReferralEvents(r.ID); err != nil || !by.Outsider() {
		return v, err
	}
	v.Reach.Client, v.Reach.ProviderSigns = "", false // what the practice alone knows
	return n.shownReferral(tx, v)
}

func namedReferral(tx *store.Tx, r models.Referral) (models.ReferralView, error) {
	v := models.ReferralView{Referral: r, PracticeID: tx.PracticeID()}
	c, practice, err := clientHere(tx, r.ClientID)
	if err != nil {
		return v, err
	}
	p, err := tx.Provider(r.ProviderID)
	v.Reach = models.ReferralReach{Client: c.Phone, Practice: practice.Phone, Provider: p.CallNumber(), ProviderSigns: p.HasAccount}
	v.Practice, v.TimeZone, v.Client, v.Born, v.Proposed, v.Provider = practice.Name, practice.TimeZone, c.Name, c.BirthDate, c.State == models.ClientProposed, p.DisplayName()
	return v, err
}

// shownReferral asks the gate before an outsider sees a referral. Who referred
// somebody sees their own referral and what became of it, like their own
// order; what was found, and every referral that goes out, needs the release.
func (n *Network) shownReferral(tx *store.Tx, v models.ReferralView) (models.ReferralView, error) {
	if v.Direction == models.Outbound {
		verdict, err := n.tellReferral(tx, v.Referral, models.ByPortal)
		if err == nil {
			err = verdict.Refusal(true)
		}
		v.FirstOfProvider, v.CreatedBy = false, ""
		return v, err
	}
	if v.State == models.ReferralDraft { // their own words, sent to nobody
		_, err := n.stillShares(tx, v.ClientID, v.ProviderID)
		if fault.CodeOf(err) != "release.ended" {
			return v, err
		}
		v = v.Frozen()
		v.State = models.ReferralDraft
		return v, nil
	}
	own, err := n.tell(tx, askForOwnReferral(v.Referral), about{ObjectKind: "referral", ObjectID: string(v.ID), Description: "Own referral and its status", Channel: "portal"})
	if err != nil {
		return v, err
	}
	if own.Ended {
		return v.Frozen(), own.Refusal(true)
	}
	covered, err := n.covered(tx, askForReferral(v.Referral))
	if err != nil || !slices.Contains(covered, models.CategoryReferral) {
		return v.ForReferrer(false), err
	}
	findings, err := n.tellReferral(tx, v.Referral, models.ByPortal)
	return v.ForReferrer(findings.Allowed), err
}

// tellReferral asks the gate for what a referral holds: for one that went out
// what its packet encloses.
func (n *Network) tellReferral(tx *store.Tx, r models.Referral, channel models.Channel) (models.Verdict, error) {
	return n.tell(tx, askForReferral(r), about{ObjectKind: "referral", ObjectID: string(r.ID), Description: "Referral", Channel: string(channel)})
}

func askForReferral(r models.Referral) models.Ask {
	what := r.Enclosed
	if len(what) == 0 {
		what = []models.Category{models.CategoryReferral}
	}
	return models.Ask{ClientID: r.ClientID, ProviderID: r.ProviderID, Categories: what, Purpose: models.PurposeReferral}
}

func askForOwnReferral(r models.Referral) models.Ask {
	return models.Ask{ClientID: r.ClientID, ProviderID: r.ProviderID, Prescriber: r.ProviderID,
		Categories: []models.Category{models.CategoryPrescriptionStatus}, Purpose: models.PurposeCoordination}
}

// ReferralQuery narrows a list of referrals; empty fields do not.
type ReferralQuery struct {
	Direction  models.Direction
	State      models.ReferralState
	ClientID   models.ClientID
	ProviderID models.ProviderID
	Open       bool // somebody has to act
}

func (q ReferralQuery) check() error {
	var l fault.List
	if q.State != "" && q.State.Label() == "" {
		l.Put(fault.Violation{Code: "state.unknown", Pointer: "/state", Message: "This is not a state of a referral.", Allowed: models.ReferralStates()})
	}
	if q.Direction != "" && q.Direction != models.Inbound && q.Direction != models.Outbound {
		l.Put(fault.Violation{Code: "direction.unknown", Pointer: "/direction", Message: "A referral comes in or goes out.", Allowed: []models.Direction{models.Inbound, models.Outbound}})
	}
	return l.Invalid("The list cannot be made.")
}

// Referrals lists the practice's referrals, or those between a provider and
// any practice, the newest first and without their history.
func (n *Network) Referrals(ctx context.Context, by models.Actor, q ReferralQuery, page models.Page) (models.List[models.ReferralView], error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.List[models.ReferralView], error) {
		var none models.List[models.ReferralView]
		if err := mayOnReferral(by, models.ReadReferrals); err != nil {
			return none, err
		}
		if err := q.check(); err != nil {
			return none, err
		}
		if by.Outsider() {
			return n.providersReferrals(tx, by, q, page)
		}
		tx.Log("referral.list", "practice", string(tx.PracticeID()), q.ClientID, "")
		return tx.Referrals(store.ReferralFilter{Direction: q.Direction, State: q.State, ClientID: q.ClientID, ProviderID: q.ProviderID, Open: q.Open}, page)
	})
}

// providersReferrals lists what a provider sent or was sent, over all
// practices; it looks on until the page is full.
func (n *Network) providersReferrals(tx *store.Tx, by models.Actor, q ReferralQuery, page models.Page) (models.List[models.ReferralView], error) {
	out := models.List[models.ReferralView]{Items: []models.ReferralView{}}
	for range maxRounds {
		grants, err := tx.Grants("referral", models.Page{Limit: page.Limit - len(out.Items), Cursor: page.Cursor})
		if err != nil {
			return out, err
		}
		for _, g := range grants.Items {
			if err := tx.Enter(g.PracticeID); err != nil {
				return out, err
			}
			v, fits, err := n.listedReferral(tx, models.ReferralID(g.ObjectID), q)
			if err != nil {
				return out, err
			}
			if fits {
				out.Items = append(out.Items, v)
			}
		}
		out.NextCursor, page.Cursor = grants.NextCursor, grants.NextCursor
		if page.Cursor == "" || len(out.Items) >= page.Limit {
			break
		}
	}
	return out, nil
}

// listedReferral filters before anything is told. What is not shown fits no
// state: the filter would tell it.
func (n *Network) listedReferral(tx *store.Tx, id models.ReferralID, q ReferralQuery) (v models.ReferralView, fits bool, err error) {
	r, err := tx.Referral(id)
	if err != nil || q.Direction != "" && r.Direction != q.Direction || q.ClientID != "" && r.ClientID != q.ClientID || q.State != "" && r.State != q.State ||
		q.Open && r.Turn() == "" {
		return v, false, err
	}
	if q.State != "" || q.Open || q.ClientID != "" {
		what := askForReferral(r)
		if r.Direction == models.Inbound {
			what = askForOwnReferral(r)
		}
		ask, all, err := n.asked(tx, what)
		if err != nil {
			return v, false, err
		}
		if verdict := models.JudgeReleases(ask, all); verdict.Ended || !verdict.Allowed {
			return v, false, nil
		}
	}
	tx.Log("referral.list", "referral", string(id), r.ClientID, "")
	if v, err = namedReferral(tx, r); err != nil {
		return v, false, err
	}
	shown, err := n.shownReferral(tx, v)
	if f, ok := fault.As(err); ok && (f.Kind == fault.Gone || f.Kind == fault.Forbidden) {
		return v.Withhold(f.Code), true, nil
	}
	return shown, true, err
}
