package store

import (
	"time"

	"rapport/models"
)

const unreadReports = `SELECT d.report_id, d.id AS delivery_id, d.client_id, d.created_at AS sent_at, c.given, c.family, r.categories, d.override
	FROM grants g JOIN reports r ON r.practice_id = g.practice_id AND r.id = g.object_id AND r.status IN ('signed','needs_revision')
	JOIN deliveries d ON d.practice_id = r.practice_id AND d.report_id = r.id AND d.provider_id = g.provider_id
	JOIN clients c ON c.practice_id = d.practice_id AND c.id = d.client_id
	WHERE g.practice_id = ? AND g.provider_id = ? AND g.object_kind = 'report' AND d.channel = 'portal' AND d.state <> 'stopped'
	AND NOT EXISTS (SELECT 1 FROM deliveries o WHERE o.practice_id = d.practice_id AND o.report_id = d.report_id AND o.provider_id = d.provider_id
		AND (o.state IN ('opened','downloaded','acknowledged') OR o.channel = 'portal' AND o.state <> 'stopped' AND o.id > d.id))
	ORDER BY d.id LIMIT ?`

// UnreadReports reads the reports in a provider's portal that they have not
// opened, the oldest first, each with its newest delivery. A revision replaces
// the report that it corrects.
func (t *Tx) UnreadReports(to models.ProviderID, most int) ([]models.UnreadReport, error) {
	rows, err := asked[struct {
		ReportID, DeliveryID, ClientID string
		SentAt                         time.Time
		Given, Family                  string
		Categories                     asJSON[[]models.Category]
		Override                       []byte
	}](t, unreadReports, string(t.practice), string(to), most)
	if err != nil {
		return nil, err
	}
	out := make([]models.UnreadReport, len(rows))
	for i, r := range rows {
		out[i] = models.UnreadReport{ReportID: models.ReportID(r.ReportID), DeliveryID: models.DeliveryID(r.DeliveryID), ClientID: models.ClientID(r.ClientID),
			Client: models.PersonName{Given: r.Given, Family: r.Family}, Categories: r.Categories.V, SentAt: r.SentAt}
		if out[i].Override, err = openOptional[models.Override](t, "deliveries", r.DeliveryID, "override", r.Override); err != nil {
			return nil, err
		}
	}
	return out, err
}
