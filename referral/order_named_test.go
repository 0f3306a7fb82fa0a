package referral

import (
	"testing"

	"rapport/models"
)

func TestAPrescriberOrdersForWhomAReleaseLetsThemKnow(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		order := func(by models.Actor) error {
			content := c.order.Content
			content.Scope.Regions = []models.RegionSide{{Region: "neck", Side: models.SideBoth}}
			v, err := c.net.WritePrescription(c.ctx, by, models.PrescriptionDraft{ClientID: c.client.ID, Content: content})
			if err == nil && (v.ClientID != c.client.ID || v.Content.ClientName != c.client.Name || v.Now != models.OrderDraft) {
				t.Errorf("the order %+v", v)
			}
			return err
		}
		code(t, order(c.Doctor), "not_found") // no release, and no order of theirs that they wrote here
		r := c.signed(t, of(models.CategoryProgressReport))
		if err := order(c.Doctor); err != nil {
			t.Fatal(err)
		}
		code(t, order(c.Doctor2), "not_found")
		c.revoke(t, r)
		code(t, order(c.Doctor), "release.ended")
	})
}
