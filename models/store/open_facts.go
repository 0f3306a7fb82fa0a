package store

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"rapport/models"
)

// factsAt is how many things are read in one go.
const factsAt = 200

// OpenFromFacts computes from the things themselves what stands in worklists,
// in batches; the table of open items is not read.
func (t *Tx) OpenFromFacts(settings models.PracticeSettings, f func([]models.OpenItem) error) error {
	for _, part := range []func(models.PracticeSettings, string) ([]models.OpenItem, string, error){t.ordersFrom, t.referralsFrom, t.changesFrom, t.releasesFrom, t.promisesFrom} {
		for after := ""; ; {
			items, last, err := part(settings, after)
			if err == nil {
				err = f(items)
			}
			if err != nil {
				return err
			}
			if last == "" {
				break
			}
			after = last
		}
	}
	return nil
}

const seriesFrom = `SELECT practice_id, id, client_id, current_id, allowed, opening_used, used, last_number, reported_at, discharged
	FROM order_series WHERE practice_id = ? AND id > ? ORDER BY id LIMIT ?`

func (t *Tx) ordersFrom(settings models.PracticeSettings, after string) ([]models.OpenItem, string, error) {
	var rows []seriesRow
	if err := t.g.Raw(seriesFrom, string(t.practice), after, factsAt).Scan(&rows).Error; err != nil || len(rows) == 0 {
		return nil, "", err
	}
	list := make([]clockRow, len(rows))
	for i := range rows {
		list[i].Row = rows[i]
	}
	clocks, err := t.clocks(list)
	if err != nil {
		return nil, "", err
	}
	items, err := t.orderItems(clocks, settings)
	return items, rows[len(rows)-1].ID, err
}

func (t *Tx) referralsFrom(settings models.PracticeSettings, after string) ([]models.OpenItem, string, error) {
	rows, err := scoped[referralRow](t).Select("practice_id", referralColumns...).Where(openReferral).Where(notTheirs).Where("id > ?", after).Order("id").Limit(factsAt).Find(t.ctx)
	return placed(rows, err, settings, func(r referralRow) (models.OpenFacts, string, error) {
		v, err := t.referral(r)
		return models.OpenFacts{Referral: &models.ReferralStanding{Referral: v}}, r.ID, err
	})
}

func (t *Tx) changesFrom(settings models.PracticeSettings, after string) ([]models.OpenItem, string, error) {
	rows, err := scoped[changeRow](t).Select("practice_id", changeColumns...).Where("status IN ?", openChanges).Where("id > ?", after).Order("id").Limit(factsAt).Find(t.ctx)
	return placed(rows, err, settings, func(r changeRow) (models.OpenFacts, string, error) {
		v, err := t.changeRequest(r)
		return models.OpenFacts{Change: &v}, r.ID, err
	})
}

func (t *Tx) promisesFrom(settings models.PracticeSettings, after string) ([]models.OpenItem, string, error) {
	rows, err := scoped[promiseRow](t).Select("practice_id", promiseColumns...).Where("state = ?", string(models.PromiseOpen)).Where("id > ?", after).Order("id").Limit(factsAt).Find(t.ctx)
	if err != nil {
		return nil, "", err
	}
	with, ids := map[string]models.ProviderID{}, []string{}
	for _, r := range rows {
		ids = append(ids, r.RelationshipID)
	}
	known, err := scoped[relationshipRow](t).Select("practice_id", "id", "provider_id").Where("id IN ?", ids).Find(t.ctx)
	for _, r := range known {
		with[r.ID] = models.ProviderID(r.ProviderID)
	}
	return placed(rows, err, settings, func(r promiseRow) (models.OpenFacts, string, error) {
		v, err := t.promise(r)
		return models.OpenFacts{Promise: &models.PromiseStanding{Promise: v, ProviderID: with[r.RelationshipID]}}, r.ID, err
	})
}

func (t *Tx) releasesFrom(_ models.PracticeSettings, after string) ([]models.OpenItem, string, error) {
	var clients []models.ClientID
	err := t.g.Raw("SELECT DISTINCT client_id FROM releases WHERE practice_id = ? AND client_id > ? AND status = 'active' ORDER BY client_id LIMIT ?",
		string(t.practice), after, factsAt).Scan(&clients).Error
	if err != nil || len(clients) == 0 {
		return nil, "", err
	}
	var out []models.OpenItem
	for _, c := range clients {
		_, items, err := t.releaseItems(c)
		if err != nil {
			return nil, "", err
		}
		out = append(out, items...)
	}
	return out, string(clients[len(clients)-1]), nil
}

func placed[R any](rows []R, err error, settings models.PracticeSettings, facts func(R) (models.OpenFacts, string, error)) ([]models.OpenItem, string, error) {
	if err != nil || len(rows) == 0 {
		return nil, "", err
	}
	var out []models.OpenItem
	last := ""
	for _, r := range rows {
		f, id, err := facts(r)
		if err != nil {
			return nil, "", err
		}
		if i, ok := f.Place(settings); ok {
			out = append(out, i)
		}
		last = id
	}
	return out, last, nil
}

// openKey is what one row of the lists is about.
type openKey struct {
	kind models.OpenKind
	id   string
	ring int
}

func keyOf(i models.OpenItem) openKey { return openKey{i.Kind, i.ObjectID, i.Ring} }

func (k openKey) String() string { return fmt.Sprintf("open_items %s %s", k.kind, k.id) }

// openItems reads the whole table of a practice, for the check and the first
// filling.
func (t *Tx) openItems() (map[openKey]models.OpenItem, error) {
	rows, err := scoped[openRow](t).Select("practice_id", openColumns...).Find(t.ctx)
	out := make(map[openKey]models.OpenItem, len(rows))
	for _, r := range rows {
		i := r.item()
		out[keyOf(i)] = i
	}
	return out, err
}

// FillWorklists writes the open items of a practice whose lists were never
// filled; afterwards each change keeps its own row.
func (t *Tx) FillWorklists() error {
	if filled, err := t.filled(); err != nil || filled {
		return err
	}
	p, err := t.Home()
	if err != nil {
		return err
	}
	have, err := t.openItems()
	if err != nil {
		return err
	}
	err = t.OpenFromFacts(p.Settings, func(items []models.OpenItem) error {
		for _, i := range items {
			key := keyOf(i)
			if have[key] != t.openRow(i).item() {
				if err := t.keepOpen(i); err != nil {
					return err
				}
			}
			delete(have, key)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for key := range have {
		if err := t.closeRing(key); err != nil {
			return err
		}
	}
	return t.exec("UPDATE practices SET worklists_at = ? WHERE id = ?", t.now, string(t.practice))
}

func (t *Tx) filled() (bool, error) {
	var n int
	err := t.g.Raw("SELECT COUNT(*) FROM practices WHERE id = ? AND worklists_at IS NOT NULL", string(t.practice)).Scan(&n).Error
	return n > 0, err
}

// ForgetOpenItems takes out what stood in a list until a day that is past.
func (t *Tx) ForgetOpenItems(today models.Date) error {
	return t.exec("DELETE FROM open_items WHERE practice_id = ? AND until_on < ?", string(t.practice), today)
}

// VerifyWorklists computes what is open from the things themselves and
// compares it with the lists; what stands in none any more today is left out.
func (t *Tx) VerifyWorklists(c *Checked) error {
	p, err := t.Home()
	if err != nil {
		return err
	}
	have, err := t.openItems()
	if err != nil {
		return err
	}
	if len(have) == 0 { // after a migration that emptied the lists, the server's next pass fills them
		if filled, err := t.filled(); err != nil || !filled {
			return err
		}
	}
	today := p.Today(t.now)
	over := func(i models.OpenItem) bool { return !i.UntilOn.IsZero() && i.UntilOn.Before(today) }
	err = t.OpenFromFacts(p.Settings, func(items []models.OpenItem) error {
		for _, i := range items {
			key := keyOf(i)
			got, is := have[key]
			delete(have, key)
			c.Open++
			switch want := t.openRow(i).item(); {
			case over(want) && (!is || over(got)):
			case !is:
				c.add(t, "worklists", key.String(), "it is open and stands in no worklist")
			case got != want:
				c.add(t, "worklists", key.String(), fmt.Sprintf("it stands in %s for %s, its facts say %s for %s", got.Worklist, got.Side, want.Worklist, want.Side))
			}
		}
		return nil
	})
	for _, key := range slices.SortedFunc(maps.Keys(have), func(a, b openKey) int {
		return cmp.Or(cmp.Compare(a.String(), b.String()), cmp.Compare(a.ring, b.ring))
	}) {
		if !over(have[key]) {
			c.add(t, "worklists", key.String(), "it stands in "+string(have[key].Worklist)+" and is closed")
		}
	}
	return err
}
