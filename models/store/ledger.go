package store

import (
	"maps"
	"slices"
)

// VerifyLedger compares every decision with its event on the trail, whose
// chain says whether the event itself was touched. It calls odd for each
// number where one of them is missing or they differ, and counts what it saw.
func (t *Tx) VerifyLedger(odd func(seq int64, why string)) (checked int, err error) {
	const batch = 500
	for after := int64(0); ; {
		events, err := scoped[auditRow](t).Select("practice_id", "seq", "object_id", "detail").Where("action = ? AND seq > ?", Disclosed, after).
			Order("seq").Limit(batch).Find(t.ctx)
		if err != nil {
			return checked, err
		}
		until := int64(1<<63 - 1)
		if len(events) == batch {
			until = events[batch-1].Seq
		}
		rows, err := scoped[disclosureRow](t).Select("practice_id", disclosureColumns...).Where("seq > ? AND seq <= ?", after, until).Order("seq").Find(t.ctx)
		if err != nil {
			return checked, err
		}
		t.compare(events, rows, odd)
		checked += len(events)
		if len(events) < batch {
			return checked, nil
		}
		after = until
	}
}

func (t *Tx) compare(events []auditRow, rows []disclosureRow, odd func(int64, string)) {
	strange := map[int64]string{} // told by number, so that the first comes first
	said := map[int64]auditRow{}
	for _, e := range events {
		said[e.Seq] = e
	}
	for _, r := range rows {
		e, ok := said[r.Seq]
		delete(said, r.Seq)
		if !ok {
			strange[r.Seq] = "a disclosure without its event on the trail"
			continue
		}
		d, err := t.disclosure(r)
		if err != nil {
			strange[r.Seq] = "a disclosure that does not open"
			continue
		}
		if e.ObjectID != r.ID || e.Detail != d.Digest() {
			strange[r.Seq] = "a disclosure that differs from its event on the trail"
		}
	}
	for seq := range said {
		strange[seq] = "an event on the trail without its disclosure"
	}
	for _, seq := range slices.Sorted(maps.Keys(strange)) {
		odd(seq, strange[seq])
	}
}
