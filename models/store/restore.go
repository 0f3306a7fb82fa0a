package store

import (
	"context"

	"rapport/models"
)

// AfterRestore hands mails that a backup still held as queued to a person:
// they may have gone out after the copy was made. It returns how many.
func (d *DB) AfterRestore(ctx context.Context) (int, error) {
	var ids []models.PracticeID
	err := d.Read(ctx, models.System(""), func(_ context.Context, tx *Tx) (err error) { ids, err = tx.PracticeIDs(); return err })
	total := 0
	for _, id := range append(ids, models.NetworkPractice) {
		if err != nil {
			return total, err
		}
		err = d.Write(ctx, models.System(id), func(_ context.Context, tx *Tx) error {
			n, err := scoped[messageRow](tx).Where("state IN ('queued', 'sending')").Select("state", "reason").
				Updates(tx.ctx, messageRow{State: string(models.MessageUncertain), Reason: "restored"})
			if n > 0 {
				tx.Log("messages.restored", "practice", string(id), "", "")
			}
			total += n
			return err
		})
	}
	return total, err
}
