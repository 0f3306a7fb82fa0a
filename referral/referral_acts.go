package referral

import (
	"context"
	"slices"

	"golang.org/x/text/unicode/norm"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// ReferralStep is what comes with an action.
type ReferralStep struct {
	models.ReferralAct
	Confirm  bool            // the recipient was looked at twice
	Channel  models.Channel  // how a referral goes out: portal, letter or fax; as they prefer when empty
	ClientID models.ClientID // accept: the proposed client is this known one
}

// ReferralActions answers what the caller may do to this version now. The
// practice may also write down what the provider said.
func (n *Network) ReferralActions(ctx context.Context, by models.Actor, id models.ReferralID) (actions []models.AllowedAction, version int, err error) {
	type answer struct {
		Actions []models.AllowedAction
		Version int
	}
	a, err := locked(ctx, n, by, func(_ context.Context, tx *store.Tx) (answer, error) {
		if err := mayOnReferral(by, models.ReadReferrals); err != nil {
			return answer{}, err
		}
		r, err := heldReferral(tx, by, id)
		if err != nil {
			return answer{}, err
		}
		tx.Log("referral.actions", "referral", string(id), r.ClientID, "")
		if err := n.mayAct(tx, by, r); err != nil {
			return answer{}, err
		}
		practice, err := tx.Practice(tx.PracticeID())
		return answer{allowedTo(by, r, practice.Today(tx.Now())), r.Version}, err
	})
	return a.Actions, a.Version, err
}

// allowedTo are the actions of the caller's side; for the practice those of
// the other side behind them, with who said it.
func allowedTo(by models.Actor, r models.Referral, today models.Date) []models.AllowedAction {
	if by.Outsider() {
		return r.Allowed(r.PracticeSide().Other(), today)
	}
	out := r.Allowed(r.PracticeSide(), today)
	for _, a := range r.Allowed(r.PracticeSide().Other(), today) {
		if a.SaidBy = true; saidByNeeded(a.Action) {
			a.Requires = append(slices.Clone(a.Requires), models.NeedsSaidBy)
		}
		out = append(out, a)
	}
	return out
}

// saidByNeeded: what the practice writes down for the provider names who said
// it. That somebody was referred at all, the referral itself says.
func saidByNeeded(a models.ReferralAction) bool {
	return a != models.ActSend && a != models.ActEnterInError
}

// mayAct asks the gate before an outsider acts on, or learns what they may do
// to, what they may no longer see.
func (n *Network) mayAct(tx *store.Tx, by models.Actor, r models.Referral) error {
	if !by.Outsider() || r.Direction == models.Inbound && r.State == models.ReferralDraft {
		return nil
	}
	what := askForReferral(r)
	if r.Direction == models.Inbound {
		what = askForOwnReferral(r)
	}
	ask, all, err := n.asked(tx, what)
	if err != nil {
		return err
	}
	v := models.JudgeReleases(ask, all)
	if v.Ended {
		v.Allowed = false
	}
	return v.Refusal(true)
}

// ActOnReferral moves a referral along: the caller saw its newest version, and
// the table of transitions allows it.
func (n *Network) ActOnReferral(ctx context.Context, by models.Actor, id models.ReferralID, step ReferralStep) (models.ReferralView, error) {
	return locked(ctx, n, by, func(ctx context.Context, tx *store.Tx) (models.ReferralView, error) {
		var none models.ReferralView
		if err := mayOnReferral(by, models.WriteReferrals); err != nil {
			return none, err
		}
		r, err := heldReferral(tx, by, id)
		if err != nil {
			return none, err
		}
		tx.Log("referral.act", "referral", string(id), r.ClientID, models.TraceKey(step.Action, models.ReferralActions()...))
		if err := n.mayAct(tx, by, r); err != nil {
			return none, err
		}
		if seen := models.IfMatchOf(ctx); seen != 0 && seen != r.Version {
			return none, staleReferral(r)
		}
		practice, err := tx.Practice(tx.PracticeID())
		if err != nil {
			return none, err
		}
		act, err := actOf(tx, by, practice, r, step.ReferralAct)
		if err != nil {
			return none, err
		}
		before := r
		next, event, err := r.Apply(act)
		if err != nil {
			return none, err
		}
		switch act.Action {
		case models.ActSend:
			err = n.sendReferral(tx, by, practice, &next, step)
		case models.ActAccept:
			err = settleReferred(tx, &next, step.ClientID)
		}
		if err != nil {
			return none, err
		}
		if next, err = stepReferral(tx, before, next, event); err != nil {
			return none, err
		}
		if err := referralArrived(tx, practice, next, act); err != nil {
			return none, err
		}
		if err := referralNews(tx, by, practice, next, act.Action); err != nil {
			return none, err
		}
		return n.referralView(tx, by, next)
	})
}

// staleReferral is the refusal of who saw an older version; it says where the
// referral stands now.
func staleReferral(r models.Referral) error {
	return fault.New(fault.Stale, "version.stale", "Somebody moved this referral on in the meantime. It is "+r.State.Label()+" now; load it again.").
		With(fault.Violation{Code: "version.stale", Message: "This is where it stands.", Allowed: r.Version, Got: r.State}).Ref("state", string(r.State))
}

// actOf says whose act it is: the caller's own side's, or the provider's words
// as the practice writes them down.
func actOf(tx *store.Tx, by models.Actor, practice models.Practice, r models.Referral, a models.ReferralAct) (models.ReferralAct, error) {
	a.At, a.Zone, a.By, a.Followed = tx.Now(), practice.Location(), by.Principal(), false
	a.Reason, a.Note = norm.NFC.String(a.Reason), norm.NFC.String(a.Note)
	a.Side = r.PracticeSide()
	if by.Outsider() {
		a.Side, a.SaidBy = a.Side.Other(), ""
		return a, nil
	}
	theirs := a.Side.Other()
	if !models.ActsOf(a.Side, a.Action) && models.ActsOf(theirs, a.Action) {
		a.Side = theirs
		if a.SaidBy == "" && !saidByNeeded(a.Action) {
			p, err := tx.Provider(r.ProviderID)
			a.SaidBy = p.DisplayName()
			return a, err
		}
		return a, needsSpeaker(r, a)
	}
	a.SaidBy = ""
	return a, nil
}

func needsSpeaker(r models.Referral, a models.ReferralAct) error {
	if a.SaidBy != "" || !r.Offers(a) {
		return nil
	}
	var l fault.List
	l.Add("said_by.required", "/said_by", "Say who of the provider's office said so.")
	return l.Invalid("This step needs more.")
}

// stepReferral writes one step down. A first visit of somebody who was
// referred to the practice sends the thank-you.
func stepReferral(tx *store.Tx, before, next models.Referral, e models.ReferralEvent) (models.Referral, error) {
	if before.FirstVisitAt == nil && next.FirstVisitAt != nil && next.Direction == models.Inbound {
		if err := thankByMail(tx, &next); err != nil {
			return next, err
		}
	}
	if err := tx.UpdateReferral(next, before.Version); err != nil {
		return next, err
	}
	next.Version = before.Version + 1
	if next.State.Final() {
		if err := releaseFor(tx, next); err != nil {
			return next, err
		}
	}
	return next, tx.AddReferralEvent(e)
}

// settleReferred takes a proposed person into care, or puts the referral under
// the record that the practice has of them. The birth dates have to agree.
func settleReferred(tx *store.Tx, r *models.Referral, to models.ClientID) error {
	c, err := tx.Client(r.ClientID)
	if err != nil || c.State == models.ClientActive && (to == "" || to == c.ID) {
		return err
	}
	if c.State == models.ClientActive {
		return fault.New(fault.Conflict, "referral.client_settled", "This referral names a client of the practice already; leave client_id out.")
	}
	if to == "" || to == c.ID {
		c.State = models.ClientActive
		return tx.UpdateClient(c, c.Version)
	}
	known, err := tx.Client(to)
	if err != nil {
		return err
	}
	if known.State != models.ClientActive {
		return fault.Missing("client")
	}
	if known.BirthDate != c.BirthDate {
		return fault.New(fault.Invalid, "client.birth_date_differs", "The birth date in the referral differs from this client's. Choose the right client, or correct the record first.")
	}
	r.ClientID = to
	return tx.GrantOnce("client", string(to), r.ProviderID)
}

// newsworthy are the steps of which the other side gets a mail.
var newsworthy = []models.ReferralAction{models.ActSend, models.ActAccept, models.ActDecline, models.ActSchedule, models.ActReschedule, models.ActOutcome,
	models.ActCloseUnreachable, models.ActRequestCancellation, models.ActConfirmCancellation}

// referralNews tells the other side that something happened, without saying
// what. What the practice wrote down for the provider they know already.
func referralNews(tx *store.Tx, by models.Actor, practice models.Practice, r models.Referral, action models.ReferralAction) error {
	if !slices.Contains(newsworthy, action) {
		return nil
	}
	if by.Outsider() {
		return postToPractice(tx, models.MessageReferralNews, practice, "referral", string(r.ID))
	}
	if !models.ActsOf(r.PracticeSide(), action) {
		return nil
	}
	kind := models.MessageReferralNews
	if action == models.ActSend {
		if r.Direction == models.Outbound && r.Channel != models.ByPortal {
			return nil // it is on its way on paper
		}
		kind = models.MessageReferral
	}
	to, err := tx.ProviderMailboxes(r.ProviderID)
	for _, mail := range to {
		if err == nil {
			_, err = tx.Post(models.Message{Kind: kind, To: mail, ObjectKind: "referral", ObjectID: string(r.ID), ClientID: r.ClientID, ProviderID: r.ProviderID})
		}
	}
	return err
}

// referralMayGo asks again when word of a referral is about to leave: a notice
// of one that waits needs the release and a referral that still waits.
func referralMayGo(n *Network, _ context.Context, tx *store.Tx, m models.Message) error {
	if m.Kind != models.MessageReferral {
		return nil
	}
	r, err := tx.Referral(models.ReferralID(m.ObjectID))
	if err != nil {
		return err
	}
	if r.Direction == models.Inbound {
		return nil
	}
	if r.State != models.ReferralReceived {
		return fault.New(fault.Conflict, "referral.not_waiting", "This referral does not wait for an answer any more, so nobody is asked.")
	}
	v, err := n.tellReferral(tx, r, models.ByEmail)
	if err != nil {
		return err
	}
	return v.Refusal(false)
}
