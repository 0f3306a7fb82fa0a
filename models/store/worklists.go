package store

import (
	"strings"

	"rapport/models"
)

// OpenFilter narrows a page of open things; empty fields do not.
type OpenFilter struct {
	Worklist   models.Worklist
	Side       models.OwedBy
	ProviderID models.ProviderID
	But        []models.Worklist // not these
}

const openLines = `SELECT i.practice_id, i.kind, i.object_id, i.worklist, i.side, i.from_on, i.until_on, i.clock, i.clock_on, i.action, i.client_id, i.provider_id, i.since,
	c.given AS client_given, c.family AS client_family, p.given, p.family, p.credentials, o.current_id, m.words
	FROM open_items i LEFT JOIN clients c ON c.practice_id = i.practice_id AND c.id = i.client_id LEFT JOIN providers p ON p.id = i.provider_id
	LEFT JOIN order_series o ON o.practice_id = i.practice_id AND o.id = i.object_id
	LEFT JOIN promises m ON m.practice_id = i.practice_id AND m.id = i.object_id
	WHERE i.practice_id = ? AND i.from_on <= ? AND i.until_on >= ?`

type openLineRow struct {
	Row          openRow `gorm:"embedded"`
	ClientGiven  *string
	ClientFamily *string
	Given        *string
	Family       *string
	Credentials  *string
	CurrentID    *string
	Words        []byte // of a promise, sealed
}

// OpenLines lists what is open on a day, the clock that ends first in front,
// with the people's names: one statement, however long the page is.
func (t *Tx) OpenLines(f OpenFilter, today models.Date, page models.Page) (models.List[models.OpenLine], error) {
	var q strings.Builder
	q.WriteString(openLines)
	args := []any{string(t.practice), string(today), string(today)}
	and := func(sql string, with ...any) {
		q.WriteString(" AND " + sql)
		args = append(args, with...)
	}
	if f.Worklist != "" {
		and("i.worklist = ?", string(f.Worklist))
	}
	if f.Side != "" {
		and("i.side = ?", string(f.Side))
	}
	if f.ProviderID != "" {
		and("i.provider_id = ?", string(f.ProviderID))
	}
	if len(f.But) > 0 {
		and("i.worklist NOT IN ?", f.But)
	}
	if day, rest, ok := splitCursor(page.Cursor); ok {
		id, kind, _ := strings.Cut(rest, cursorSeam)
		and("(i.clock_on, i.object_id, i.kind) > (?, ?, ?)", day, id, kind)
	}
	q.WriteString(" ORDER BY i.clock_on, i.object_id, i.kind LIMIT ?")
	rows, err := asked[openLineRow](t, q.String(), append(args, page.Limit+1)...)
	if err != nil {
		return models.List[models.OpenLine]{}, err
	}
	said := map[string]string{}
	for _, r := range rows {
		var words string
		if err := t.open("promises", r.Row.ObjectID, "words", r.Words, &words); err != nil {
			return models.List[models.OpenLine]{}, err
		}
		said[r.Row.ObjectID] = words
	}
	return pageOf(rows, page.Limit, func(r openLineRow) models.OpenLine {
		l := models.OpenLine{What: said[r.Row.ObjectID], OpenItem: r.Row.item(), LinkID: r.Row.ObjectID, PracticeID: t.practice,
			Client: models.PersonName{Given: val[string](r.ClientGiven), Family: val[string](r.ClientFamily)}}
		l.Left = l.DaysLeft(today)
		if l.ProviderID != "" {
			l.Provider = models.Provider{Name: models.PersonName{Given: val[string](r.Given), Family: val[string](r.Family)}, Credentials: val[string](r.Credentials)}.DisplayName()
		}
		if l.Kind == models.OpenOrder || l.Kind == models.OpenReport {
			l.LinkID = val[string](r.CurrentID)
		}
		return l
	}, func(r openLineRow) string { return joinCursor(r.Row.ClockOn, r.Row.ObjectID, r.Row.Kind) }), nil
}

const openCounts = `SELECT worklist, side, COUNT(*) AS n, SUM(CASE WHEN clock_on < ? THEN 1 ELSE 0 END) AS late FROM open_items
	WHERE practice_id = ? AND from_on <= ? AND until_on >= ? GROUP BY worklist, side`

// WorklistCounts says how long each list is on a day, in one statement.
func (t *Tx) WorklistCounts(today models.Date) ([]models.WorklistCount, error) {
	day := string(today)
	rows, err := asked[struct {
		Worklist, Side string
		N, Late        int
	}](t, openCounts, day, string(t.practice), day, day)
	out := make([]models.WorklistCount, 0, 7)
	for _, w := range models.Worklists() {
		c := models.WorklistCount{Name: w}
		for _, r := range rows {
			if r.Worklist != string(w) {
				continue
			}
			c.Late += r.Late
			if r.Side == string(models.OwedByUs) {
				c.Us += r.N
			} else {
				c.Them += r.N
			}
		}
		out = append(out, c)
	}
	return out, err
}
