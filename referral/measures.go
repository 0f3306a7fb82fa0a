package referral

import (
	"context"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// Measures is the course of a client's readings, each beside the first of its
// kind; an empty instrument means all.
func (n *Network) Measures(ctx context.Context, by models.Actor, id models.ClientID, instrument models.InstrumentKey) ([]models.Measured, error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) ([]models.Measured, error) {
		if by.Outsider() {
			return n.sharedMeasures(tx, by, id, instrument)
		}
		if err := by.May(models.ReadSessions); err != nil {
			return nil, err
		}
		c, err := tx.Client(id)
		if err != nil {
			return nil, err
		}
		if err := knownInstrument(instrument); err != nil {
			tx.Log("measures.read", "client", string(id), c.ID, models.Untraced)
			return nil, err
		}
		tx.Log("measures.read", "client", string(id), c.ID, string(instrument))
		readings, err := tx.Readings(id, store.ReadingFilter{Instrument: instrument})
		return models.Course(readings), err
	})
}

func knownInstrument(key models.InstrumentKey) error {
	if _, known := models.LookupInstrument(key); known || key == "" {
		return nil
	}
	return fault.New(fault.Invalid, "measure.instrument", "This is not a known instrument; the vocabulary has the keys.")
}

// Screening is the red-flag check as the practice asks it.
func (n *Network) Screening(ctx context.Context, by models.Actor) ([]models.Contraindication, error) {
	return look(ctx, n, by, func(_ context.Context, tx *store.Tx) ([]models.Contraindication, error) {
		if err := by.May(models.ReadPractice); err != nil {
			return nil, err
		}
		p, err := tx.Practice(tx.PracticeID())
		return p.Settings.Screening(), err
	})
}
