package referral

import (
	"errors"
	"slices"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// about is what would be told, as the ledger keeps it: never clinical detail.
type about struct {
	ObjectKind  string
	ObjectID    string
	Description string // "Progress report of 2026-03-14"
	Channel     string // portal | link | letter | email | api | spoken
	Override    *models.Override
}

// tell asks the release gate and puts its answer into the ledger, allowed or
// refused, with the verb's own commit or beside its refusal. The caller turns
// a refused verdict into verdict.Refusal(by.Outsider()) and returns that.
//
// It fills in what the gate needs to know about this moment and holds the
// client's releases until the commit, so that no revocation comes between the
// answer and what is told. It belongs into a verb opened by locked.
func (n *Network) tell(tx *store.Tx, ask models.Ask, a about) (models.Verdict, error) {
	return n.ruling(tx, ask, a, func(models.Verdict) bool { return true })
}

// mayTell asks the release gate before anything is told: only its refusal is on
// record, because nobody was told what it allowed.
func (n *Network) mayTell(tx *store.Tx, ask models.Ask, a about) (models.Verdict, error) {
	return n.ruling(tx, ask, a, func(v models.Verdict) bool { return !v.Allowed })
}

func (n *Network) ruling(tx *store.Tx, ask models.Ask, a about, kept func(models.Verdict) bool) (models.Verdict, error) {
	ask, all, err := n.asked(tx, ask)
	if err != nil {
		return models.Verdict{}, err
	}
	to, err := recipientOf(tx, ask)
	if err != nil {
		return models.Verdict{}, err
	}
	ask.Override = a.Override
	if a.ObjectKind == "report" {
		ask.Report = models.ReportID(a.ObjectID)
	}
	if a.ObjectKind == "release" { // about a form itself only that form can answer
		all = slices.DeleteFunc(all, func(r models.Release) bool { return string(r.ID) != a.ObjectID })
	}
	v := models.JudgeReleases(ask, all)
	if kept(v) {
		disclose(tx, ask, to, v, a)
	}
	return v, nil
}

// disclose puts the gate's answer into the ledger.
func disclose(tx *store.Tx, ask models.Ask, to models.Recipient, v models.Verdict, a about) {
	d := models.Disclosure{ClientID: ask.ClientID, Recipient: to, Categories: ask.Categories, Purpose: ask.Purpose, Description: a.Description,
		ObjectKind: a.ObjectKind, ObjectID: a.ObjectID, Channel: a.Channel, Allowed: v.Allowed, Basis: v.Basis, RuleVersion: models.GateRuleVersion,
		ReleaseID: v.ReleaseID, ReleaseVersion: v.ReleaseVersion}
	for _, r := range v.Reasons {
		d.Reasons = append(d.Reasons, r.Code)
	}
	if v.Basis == models.BasisOverride {
		d.Override = a.Override
	}
	tx.Disclose(d)
}

// asking is the gate with what is the same in all questions about one provider
// in a practice, for many clients at once.
type asking struct {
	ask      models.Ask
	to       models.Recipient
	practice models.Practice
	releases map[models.ClientID][]models.Release
}

// askingFor begins to ask for who acts for a provider.
func askingFor(tx *store.Tx, by models.Actor) (*asking, error) {
	p, at, err := tx.Standing(by.ProviderID)
	return &asking{ask: models.Ask{ProviderID: p.ID, Offices: at}, to: models.Recipient{ProviderID: p.ID, Label: p.DisplayName()}}, err
}

// enter goes into a practice.
func (a *asking) enter(tx *store.Tx, id models.PracticeID) (err error) {
	if err = tx.Enter(id); err != nil {
		return err
	}
	a.practice, err = tx.Practice(id)
	a.ask.Mode, a.ask.At, a.ask.On = a.practice.Mode, tx.Now(), a.practice.Today(tx.Now())
	return err
}

// hold reads the releases of some clients and keeps them until the commit.
func (a *asking) hold(tx *store.Tx, clients []models.ClientID) error {
	a.releases = map[models.ClientID][]models.Release{}
	if len(clients) == 0 {
		return nil
	}
	slices.Sort(clients)
	all, err := tx.ReleasesForGate(slices.Compact(clients)...)
	for _, r := range all {
		a.releases[r.ClientID] = append(a.releases[r.ClientID], r)
	}
	return err
}

// judge answers one question about a client whose releases are held.
func (a *asking) judge(q models.Ask) (models.Ask, models.Verdict) {
	if q.Prescriber != "" {
		q.Prescriber = a.ask.ProviderID
	}
	q.ProviderID, q.Offices, q.Mode, q.At, q.On = a.ask.ProviderID, a.ask.Offices, a.ask.Mode, a.ask.At, a.ask.On
	return q, models.JudgeReleases(q, a.releases[q.ClientID])
}

// tellClient puts into the ledger what the client themself was given.
func (n *Network) tellClient(tx *store.Tx, client models.ClientID, categories []models.Category, a about) {
	tx.Disclose(models.Disclosure{ClientID: client, Recipient: models.Recipient{Label: "The client"}, Categories: categories, Purpose: models.PurposeAtRequest,
		Description: a.Description, ObjectKind: a.ObjectKind, ObjectID: a.ObjectID, Channel: a.Channel, Allowed: true, Basis: models.BasisIndividual,
		RuleVersion: models.GateRuleVersion})
}

// covered is what the recipient's release lets them know now: of several
// releases, the one that covers most of ask.Categories. Nothing is told by it.
func (n *Network) covered(tx *store.Tx, ask models.Ask) ([]models.Category, error) {
	ask, all, err := n.asked(tx, ask)
	if err != nil {
		return nil, err
	}
	return models.CoveredBy(ask, all), nil
}

// asked completes the question, in which the record that stayed stands for one
// that was merged into it, and reads the client's releases under a lock.
func (n *Network) asked(tx *store.Tx, ask models.Ask) (models.Ask, []models.Release, error) {
	p, err := tx.Practice(tx.PracticeID())
	if err != nil {
		return ask, nil, err
	}
	ask.Mode, ask.At, ask.On = p.Mode, tx.Now(), p.Today(tx.Now())
	same := ask.Prescriber == ask.ProviderID
	if ask.ProviderID, err = survivor(tx, ask.ProviderID); err != nil {
		return ask, nil, err
	}
	if same {
		ask.Prescriber = ask.ProviderID
	} else if ask.Prescriber, err = survivor(tx, ask.Prescriber); err != nil {
		return ask, nil, err
	}
	if ask.Offices, err = tx.OfficesOf(ask.ProviderID); err != nil {
		return ask, nil, err
	}
	all, err := tx.ReleasesForGate(ask.ClientID)
	return ask, all, err
}

// survivor is the record that stayed; a record that nobody knows is left to the
// gate, whose answer is the same as for anybody who is not named.
func survivor(tx *store.Tx, id models.ProviderID) (models.ProviderID, error) {
	if id == "" {
		return "", nil
	}
	known, err := tx.Survivor(id)
	if errors.Is(err, fault.NotFound) {
		return id, nil
	}
	return known, err
}

// recipientOf names who would be told, as the directory knows them now.
func recipientOf(tx *store.Tx, ask models.Ask) (models.Recipient, error) {
	if ask.Payer != nil {
		return *ask.Payer, nil
	}
	if ask.ProviderID == "" {
		return models.Recipient{}, fault.New(fault.Invalid, "recipient.required", "Say who would be told.")
	}
	p, err := tx.Provider(ask.ProviderID)
	return models.Recipient{ProviderID: p.ID, Label: p.DisplayName()}, err
}
