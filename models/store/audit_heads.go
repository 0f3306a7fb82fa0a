package store

import (
	"context"
	"fmt"

	"rapport/models"
)

// Heads signs where the trail of each practice ends now, the network's last.
func (d *DB) Heads(ctx context.Context) ([]models.AuditHead, error) {
	sign, _, err := d.cfg.Master.HeadKeys()
	if err != nil {
		return nil, err
	}
	ids, err := d.trails(ctx)
	var out []models.AuditHead
	for _, id := range ids {
		if err != nil {
			break
		}
		err = d.Read(ctx, models.System(id), func(_ context.Context, tx *Tx) error {
			seq, hash, err := tx.AuditHead()
			out = append(out, models.AuditHead{Practice: id, Events: seq, Hash: hash, At: tx.Now()}.Sign(sign))
			return err
		})
	}
	return out, err
}

// trails are whose trails there are.
func (d *DB) trails(ctx context.Context) (ids []models.PracticeID, err error) {
	err = d.Read(ctx, models.System(""), func(_ context.Context, tx *Tx) (err error) { ids, err = tx.PracticeIDs(); return err })
	return append(ids, models.NetworkPractice), err
}

// VerifyHeads looks whether each head, as it was signed earlier, still is on the
// trail it names: a trail that was cut behind it, or written anew, is broken.
func (d *DB) VerifyHeads(ctx context.Context, heads []models.AuditHead, c *Checked) error {
	_, prove, err := d.cfg.Master.HeadKeys()
	if err != nil {
		return err
	}
	for _, h := range heads {
		err := d.Read(ctx, models.System(h.Practice), func(_ context.Context, tx *Tx) error {
			c.Heads++
			row := fmt.Sprintf("audit_events seq %d", h.Events)
			if !h.SignedBy(prove) {
				c.add(tx, "heads", fmt.Sprintf("line %d of the file", h.Line), "none of this server's keys signed it")
				return nil
			}
			seq, _, err := tx.AuditHead()
			if err != nil || h.Events == 0 {
				return err
			}
			if seq < h.Events {
				c.add(tx, "heads", row, fmt.Sprintf("the trail was cut: on %s it had %d events, now it has %d", h.At.Format("2006-01-02 15:04 MST"), h.Events, seq))
				return nil
			}
			events, err := tx.Audit(h.Events-1, 1)
			if err == nil && (len(events) == 0 || events[0].Seq != h.Events || events[0].Hash != h.Hash) {
				c.add(tx, "heads", row, "the trail was written anew: this event was another on "+h.At.Format("2006-01-02 15:04 MST"))
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
