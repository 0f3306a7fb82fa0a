package models_test

import (
	"testing"
	"time"

	"rapport/models"
)

func TestAFurtherVisitMovesTheDayOnWhichTheOutcomeIsOwed(t *testing.T) {
	first, second := time.Date(2026, 5, 4, 17, 0, 0, 0, time.UTC), time.Date(2026, 5, 26, 5, 0, 0, 0, time.UTC) // in Seattle the second is on the 25th
	r := models.Referral{State: models.ReferralVisitDone, FirstVisitAt: &first, LastVisitAt: &first, DueOn: "2026-05-18"}
	if got := r.SeenAgain(second, pacific); got.DueOn != "2026-06-08" || !got.LastVisitAt.Equal(second) || !got.FirstVisitAt.Equal(first) {
		t.Errorf("%+v", got)
	}
	r.State = models.ReferralCancellationRequested
	if got := r.SeenAgain(second, pacific); got.DueOn != "2026-05-18" || !got.LastVisitAt.Equal(second) {
		t.Errorf("%+v", got)
	}
}
