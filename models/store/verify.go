package store

import (
	"fmt"

	"rapport/models"
)

// Broken is the first row of a kind that does not fit.
type Broken struct {
	Check      string // audit | heads | disclosures | documents | prescriptions | notes | visits | worklists
	PracticeID models.PracticeID
	Row        string // table and key
	Why        string
}

// Checked counts what was looked at.
type Checked struct {
	Events, Disclosures, Documents, Prescriptions, Series, Open int
	Heads                                                       int // signed earlier, and compared
	Broken                                                      []Broken
}

func (c *Checked) add(t *Tx, check, row, why string) {
	for _, b := range c.Broken {
		if b.Check == check && b.PracticeID == t.practice {
			return // the first broken row of each check names the place
		}
	}
	c.Broken = append(c.Broken, Broken{check, t.practice, row, why})
}

// VerifyTrail walks the practice's trail from the start to its head.
func (t *Tx) VerifyTrail(c *Checked) error {
	var seq int64
	var hash string
	for {
		events, err := t.Audit(seq, 1000)
		if err != nil {
			return err
		}
		if len(events) == 0 {
			break
		}
		c.Events += len(events)
		if bad := models.VerifyChain(seq, hash, events); bad != 0 {
			c.add(t, "audit", fmt.Sprintf("audit_events seq %d", bad), "the event or its place in the chain was changed")
			return nil
		}
		last := events[len(events)-1]
		seq, hash = last.Seq, last.Hash
	}
	headSeq, headHash, err := t.AuditHead()
	if err == nil && (headSeq != seq || headHash != hash) {
		c.add(t, "audit", fmt.Sprintf("audit_events seq %d", seq+1), "the end of the trail is missing")
	}
	return err
}

// VerifyDisclosures compares the ledger of decisions with the trail.
func (t *Tx) VerifyDisclosures(c *Checked) error {
	n, err := t.VerifyLedger(func(seq int64, why string) {
		c.add(t, "disclosures", fmt.Sprintf("disclosures seq %d", seq), why)
	})
	c.Disclosures += n
	return err
}

// VerifyDocuments opens each stored document and packet and compares its hash.
func (t *Tx) VerifyDocuments(c *Checked) error {
	after := ""
	for {
		rows, err := scoped[documentRow](t).Select("id").Where("id > ?", after).Order("id").Limit(200).Find(t.ctx)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return t.verifyPackets(c)
		}
		for _, r := range rows {
			after = r.ID
			c.Documents++
			if _, err := t.Document(models.DocumentID(r.ID)); err != nil {
				c.add(t, "documents", "documents id "+r.ID, "the bytes do not open or do not match their hash")
			}
		}
	}
}

// VerifyReferences compares the hashes that releases and reports remember with
// those of the documents they name.
func (t *Tx) VerifyReferences(c *Checked) error {
	for _, q := range []struct{ table, sql string }{
		{"releases", "SELECT r.id FROM releases r LEFT JOIN documents d ON d.practice_id = r.practice_id AND d.id = r.document_id WHERE r.practice_id = ? AND r.status <> 'draft' AND (d.sha256 IS NULL OR d.sha256 <> r.document_sha256) ORDER BY r.id LIMIT 1"},
		{"reports", "SELECT r.id FROM reports r LEFT JOIN documents d ON d.practice_id = r.practice_id AND d.id = r.document_id WHERE r.practice_id = ? AND r.status <> 'draft' AND (d.sha256 IS NULL OR d.sha256 <> r.sha256) ORDER BY r.id LIMIT 1"},
	} {
		var id string
		if err := t.g.Raw(q.sql, string(t.practice)).Scan(&id).Error; err != nil {
			return err
		}
		if id != "" {
			c.add(t, "documents", q.table+" id "+id, "it names a document with another hash")
		}
	}
	return nil
}

// VerifyVisits counts the sessions of each series again and compares with the
// counter; it also finds a counter beyond the order.
func (t *Tx) VerifyVisits(c *Checked) error {
	type row struct {
		ID                   string
		Used, LastNumber     int
		Counted, Highest     int
		Allowed, OpeningUsed *int
	}
	var rows []row
	err := t.g.Raw(`SELECT s.id, s.used, s.last_number, s.allowed, s.opening_used,
		(SELECT COUNT(*) FROM sessions v WHERE v.practice_id = s.practice_id AND v.series_id = s.id AND v.visit_number IS NOT NULL AND v.state <> 'void') AS counted,
		(SELECT COALESCE(MAX(v.visit_number), 0) FROM sessions v WHERE v.practice_id = s.practice_id AND v.series_id = s.id) AS highest
		FROM order_series s WHERE s.practice_id = ? ORDER BY s.id`, string(t.practice)).Scan(&rows).Error
	for _, r := range rows {
		c.Series++
		switch {
		case r.Used != r.Counted:
			c.add(t, "visits", "order_series id "+r.ID, fmt.Sprintf("the counter says %d, the sessions say %d", r.Used, r.Counted))
		case r.Highest > r.LastNumber:
			c.add(t, "visits", "order_series id "+r.ID, "a session has a number that was never given")
		case r.Allowed != nil && r.OpeningUsed != nil && r.Used+*r.OpeningUsed > *r.Allowed:
			c.add(t, "visits", "order_series id "+r.ID, "more visits than the order allows")
		}
	}
	return err
}

// VerifyPrescriptions opens each order and computes its content hash again.
func (t *Tx) VerifyPrescriptions(c *Checked) error {
	after := ""
	for {
		rows, err := scoped[prescriptionRow](t).Select("id").Where("id > ? AND status <> ?", after, string(models.OrderDraft)).Order("id").Limit(200).Find(t.ctx)
		if err != nil || len(rows) == 0 {
			return err
		}
		for _, r := range rows {
			after = r.ID
			c.Prescriptions++
			p, err := t.Prescription(models.PrescriptionID(r.ID))
			if err != nil || p.Verify() != nil {
				c.add(t, "prescriptions", "prescriptions id "+r.ID, "the content does not open or does not match its hash")
			}
		}
	}
}

// VerifyNotes opens the words of each session: they are sealed to their row.
func (t *Tx) VerifyNotes(c *Checked) error {
	after := ""
	for {
		rows, err := scoped[sessionRow](t).Select("practice_id", "id", "note").Where("id > ?", after).Order("id").Limit(500).Find(t.ctx)
		if err != nil || len(rows) == 0 {
			return err
		}
		for _, r := range rows {
			after = r.ID
			if _, err := t.openBytes("sessions", r.ID, "note", r.Note); err != nil {
				c.add(t, "notes", "sessions id "+r.ID, "its note does not open")
			}
		}
	}
}
