package store

import (
	"bytes"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"rapport/models"
)

// healthReferrals gathers the referrals of each relationship and direction:
// when each was sent, to the minute, and what came of it. One pass here counts
// them all; ten conditional counts in the statement cost twice as much.
func (t *Tx) healthReferrals() string {
	marks := `group_concat(substr(sent_at, 1, 16) || (` + flowMarks + `))`
	if t.db.pg {
		marks = `array_agg(floor(date_part('epoch', sent_at) / 60)::int8 * 8 + ` + flowMarks + `)`
	}
	return `SELECT relationship_id, direction, ` + marks + ` FROM referrals WHERE practice_id = ? AND sent_at < ? AND state <> 'draft' AND state <> 'entered_in_error'`
}

// flowMarks says what came of a referral in one digit: 1 the first of their
// provider, 2 not called off, 4 closed, that is sent and seen.
const flowMarks = `CASE WHEN first_of_provider THEN 1 ELSE 0 END + CASE WHEN state = 'declined' OR state = 'cancelled' THEN 0
	WHEN outcome_at IS NULL OR seen_at IS NULL THEN 2 ELSE 6 END`

func (t *Tx) countReferrals(at healthAt, known map[string]*models.HealthFacts) error {
	where, args := at.one("relationship_id", []any{at.practice, at.to})
	var id, direction string
	var text sql.RawBytes
	var marks []int64
	into := []any{&id, &direction, &text}
	if t.db.pg {
		into[2] = &marks
	}
	spans := at.spans()
	return t.each(func(row scanner) (err error) {
		if err := row.Scan(into...); err != nil {
			return err
		}
		if !t.db.pg {
			if marks, err = marksOf(text, marks[:0]); err != nil {
				return err
			}
		}
		f := known[id]
		switch {
		case f == nil:
		case models.Direction(direction) == models.Outbound:
			f.Out = spans.flow(marks)
		default:
			f.In, f.InDays = spans.flow(marks), daysOf(marks, at.shift)
		}
		return nil
	}, t.healthReferrals()+where+" GROUP BY relationship_id, direction", args...)
}

// flowSpans are the instants of healthAt in minutes since 1970; a day begins
// on a whole minute everywhere.
type flowSpans struct{ since, recent, before, week, season, begun int64 }

func (at healthAt) spans() flowSpans {
	m := func(t time.Time) int64 { return t.Unix() / 60 }
	return flowSpans{m(at.since), m(at.recent), m(at.before), m(at.week), m(at.season), m(at.begun)}
}

// flow counts referrals, each as its minute times eight and its marks.
func (s flowSpans) flow(marks []int64) (n models.Flow) {
	n.Ever = len(marks)
	for _, mark := range marks {
		minute, came := mark>>3, mark&7
		switch {
		case minute >= s.recent:
			n.Recent++
		case minute >= s.before:
			n.Before++
		}
		switch {
		case minute >= s.week:
			n.Week++
		case minute >= s.season:
			n.Season++
		}
		if minute < s.since {
			continue
		}
		n.Window++
		n.First += int(came & 1)
		if minute < s.begun {
			n.Loops.Of += int(came >> 1 & 1)
			n.Loops.Part += int(came >> 2 & 1)
		}
	}
	return n
}

// daysOf are the days of referrals since 1970, some seconds east of UTC: each
// once, in order.
func daysOf(marks []int64, east int) []int {
	days := make([]int, 0, len(marks))
	for _, mark := range marks {
		if d := (int(mark>>3)*60 + east) / 86400; len(days) == 0 || days[len(days)-1] != d {
			days = append(days, d)
		}
	}
	slices.Sort(days)
	return slices.Compact(days)
}

// marksOf reads what SQLite gathered: UTC to the minute as it keeps time, and
// the digit, between commas.
func marksOf(text []byte, into []int64) ([]int64, error) {
	const form = "2006-01-02 15:04"
	for part := range bytes.SplitSeq(text, []byte(",")) {
		if len(part) != len(form)+1 {
			return nil, fmt.Errorf("a referral's instant has %d characters", len(part))
		}
		n := func(from, to int) (n int) {
			for _, digit := range part[from:to] {
				n = n*10 + int(digit-'0')
			}
			return n
		}
		at := time.Date(n(0, 4), time.Month(n(5, 7)), n(8, 10), n(11, 13), n(14, 16), 0, 0, time.UTC)
		into = append(into, at.Unix()/60*8+int64(part[len(form)]-'0'))
	}
	return into, nil
}
