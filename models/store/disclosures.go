package store

import (
	"time"

	"rapport/models"
)

type disclosureRow struct {
	PracticeID     string
	ID             string
	Seq            int64
	ClientID       string
	At             time.Time
	Principal      string
	Recipient      asJSON[models.Recipient]
	ProviderID     *string
	Categories     asJSON[[]models.Category]
	Purpose        string
	Description    string
	ObjectKind     string
	ObjectID       string
	Channel        string
	Allowed        bool
	Basis          string
	Reasons        asJSON[[]string]
	RuleVersion    string
	ReleaseID      *string
	ReleaseVersion int
	Override       []byte
}

func (disclosureRow) TableName() string { return "disclosures" }

// Disclosed is the audit action of a gate decision: its object is the
// disclosure, its detail the decision's digest.
const Disclosed = "disclosure.decide"

// Disclose puts a gate decision into the ledger. Like the trail it is written
// with the commit, under the head of the trail: its number is that of its own
// audit event, so that the order of decisions and revocations is one.
func (t *Tx) Disclose(d models.Disclosure) {
	d.ID, d.PracticeID, d.At, d.ActorID = models.DisclosureID(t.NewID()), t.practice, t.now, t.by.Principal()
	outcome := "allowed"
	if !d.Allowed {
		outcome = "refused"
	}
	t.told = append(t.told, d)
	t.trail = append(t.trail, models.AuditEvent{PracticeID: t.practice, At: t.now, Principal: t.by.Principal(), Action: Disclosed,
		ObjectKind: "disclosure", ObjectID: string(d.ID), ClientID: d.ClientID, Outcome: outcome, Detail: d.Digest()})
}

// Told is what was decided so far.
func (t *Tx) Told() []models.Disclosure { return t.told }

// AppendRefused puts the trail of a refused verb on record with the refusal's
// code, and the gate's refusals with it. What the gate had allowed was not
// told, because the verb failed: it is not a disclosure.
func (t *Tx) AppendRefused(events []models.AuditEvent, told []models.Disclosure, code string) {
	refused := map[string]models.Disclosure{}
	for _, d := range told {
		if !d.Allowed {
			refused[string(d.ID)] = d
		}
	}
	for _, e := range events {
		if e.Action != Disclosed {
			e.Outcome = code
			t.trail = append(t.trail, e)
		} else if d, ok := refused[e.ObjectID]; ok {
			t.told = append(t.told, d)
			t.trail = append(t.trail, e)
		}
	}
}

// Refuse rewrites what was logged so far as the trail of a refusal whose other
// writes stay.
func (t *Tx) Refuse(code string) {
	events, told := t.trail, t.told
	t.trail, t.told = nil, nil
	t.AppendRefused(events, told, code)
}

// writeDisclosures inserts the decisions among the events that were just numbered.
func (t *Tx) writeDisclosures(events []auditRow) error {
	var rows []disclosureRow
	for _, e := range events {
		if e.Action != Disclosed {
			continue
		}
		for _, d := range t.told {
			if string(d.ID) != e.ObjectID {
				continue
			}
			r, err := t.newDisclosureRow(d, e.Seq)
			if err != nil {
				return err
			}
			rows = append(rows, r)
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return shared[disclosureRow](t).CreateInBatches(t.ctx, &rows, atOnce)
}

func (t *Tx) newDisclosureRow(d models.Disclosure, seq int64) (disclosureRow, error) {
	var override []byte
	var err error
	if d.Override != nil {
		override, err = t.seal("disclosures", string(d.ID), "override", d.Override)
	}
	return disclosureRow{PracticeID: string(d.PracticeID), ID: string(d.ID), Seq: seq, ClientID: string(d.ClientID), At: d.At, Principal: d.ActorID,
		Recipient: jsonOf(d.Recipient), ProviderID: opt(d.Recipient.ProviderID), Categories: jsonOf(d.Categories), Purpose: string(d.Purpose),
		Description: d.Description, ObjectKind: d.ObjectKind, ObjectID: d.ObjectID, Channel: d.Channel, Allowed: d.Allowed, Basis: d.Basis,
		Reasons: jsonOf(d.Reasons), RuleVersion: d.RuleVersion, ReleaseID: opt(d.ReleaseID), ReleaseVersion: d.ReleaseVersion, Override: override}, err
}

func (t *Tx) disclosure(r disclosureRow) (models.Disclosure, error) {
	d := models.Disclosure{ID: models.DisclosureID(r.ID), PracticeID: models.PracticeID(r.PracticeID), Seq: r.Seq, ClientID: models.ClientID(r.ClientID), At: r.At,
		ActorID: r.Principal, Recipient: r.Recipient.V, Categories: r.Categories.V, Purpose: models.Purpose(r.Purpose), Description: r.Description,
		ObjectKind: r.ObjectKind, ObjectID: r.ObjectID, Channel: r.Channel, Allowed: r.Allowed, Basis: r.Basis, Reasons: r.Reasons.V,
		RuleVersion: r.RuleVersion, ReleaseID: val[models.ReleaseID](r.ReleaseID), ReleaseVersion: r.ReleaseVersion}
	return d, t.open("disclosures", r.ID, "override", r.Override, &d.Override)
}

var disclosureColumns = []any{"id", "seq", "client_id", "at", "principal", "recipient", "categories", "purpose", "description", "object_kind", "object_id",
	"channel", "allowed", "basis", "reasons", "rule_version", "release_id", "release_version", "override"}

// Disclosures lists decisions about a client, newest first. before is the
// number of the last one seen, 0 at the start; since leaves older ones out.
func (t *Tx) Disclosures(client models.ClientID, before int64, since time.Time, limit int) ([]models.Disclosure, error) {
	c := scoped[disclosureRow](t).Select("practice_id", disclosureColumns...).Where("client_id = ? AND at >= ?", string(client), since)
	if before > 0 {
		c = c.Where("seq < ?", before)
	}
	rows, err := c.Order("seq DESC").Limit(limit).Find(t.ctx)
	if err != nil {
		return nil, err
	}
	return t.disclosures(rows)
}

func (t *Tx) disclosures(rows []disclosureRow) (out []models.Disclosure, err error) {
	out = make([]models.Disclosure, len(rows))
	for i, r := range rows {
		if out[i], err = t.disclosure(r); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// WasTold says that a provider was told about an object before: it tells
// "ended" from "never delivered".
func (t *Tx) WasTold(kind, object string, to models.ProviderID) (bool, error) {
	n, err := scoped[disclosureRow](t).Where("object_kind = ? AND object_id = ? AND (provider_id = ? OR provider_id IN (SELECT id FROM providers WHERE merged_into = ?)) AND allowed = ?",
		kind, object, string(to), string(to), true).Count(t.ctx, "*")
	return n > 0, err
}
