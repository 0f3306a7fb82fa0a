package store

import (
	"time"

	"rapport/models"
)

// ReferralMoments lists when each provider referred somebody to the practice,
// in order: drafts and mistakes do not count.
func (t *Tx) ReferralMoments() (map[models.ProviderID][]time.Time, error) {
	rows, err := scoped[referralRow](t).Select("provider_id", "sent_at", "created_at").
		Where("direction = ? AND state NOT IN ('draft','entered_in_error')", string(models.Inbound)).Order("created_at").Order("id").Find(t.ctx)
	if err != nil {
		return nil, err
	}
	all := map[models.ProviderID][]time.Time{}
	for _, r := range rows {
		at := r.CreatedAt
		if r.SentAt != nil {
			at = *r.SentAt
		}
		all[models.ProviderID(r.ProviderID)] = append(all[models.ProviderID(r.ProviderID)], at)
	}
	return all, nil
}
