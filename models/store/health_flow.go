package store

import (
	"bytes"
	"database/sql"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"time"

	"rapport/models"
)

// healthReferrals gathers the referrals of each relationship and direction:
// when each was sent and what came of it. One pass here counts them all; ten
// conditional counts in the statement cost twice as much. SQLite writes the
// instant to the minute and a mark; PostgreSQL, where a calculation for each row
// is dear, gives the instants of all, and again of those that stand out: the
// first of their provider, those called off, those still open.
func (t *Tx) healthReferrals() string {
	told := `group_concat(substr(sent_at, 1, 16) || (` + flowMarks + `))`
	if t.db.pg {
		told = `array_agg(sent_at), array_agg(sent_at) FILTER (WHERE first_of_provider), array_agg(sent_at) FILTER (WHERE state = 'declined' OR state = 'cancelled'),
			array_agg(sent_at) FILTER (WHERE (outcome_at IS NULL OR seen_at IS NULL) AND state <> 'declined' AND state <> 'cancelled')`
	}
	return `SELECT relationship_id, direction, ` + told + ` FROM referrals WHERE practice_id = ? AND sent_at < ? AND state <> 'draft' AND state <> 'entered_in_error'`
}

// flowMarks says what came of a referral in one digit: 1 the first of their
// provider, 2 not called off, 4 closed, that is sent and seen.
const flowMarks = `CASE WHEN first_of_provider THEN 1 ELSE 0 END + CASE WHEN state = 'declined' OR state = 'cancelled' THEN 0
	WHEN outcome_at IS NULL OR seen_at IS NULL THEN 2 ELSE 6 END`

func (t *Tx) countReferrals(at healthAt, known map[string]*models.HealthFacts) error {
	where, args := at.one("relationship_id", []any{at.practice, at.to})
	var id, direction string
	var text sql.RawBytes
	var told [4][]time.Time
	into := []any{&id, &direction, &text}
	if t.db.pg {
		into = []any{&id, &direction, &told[0], &told[1], &told[2], &told[3]}
	}
	spans := at.spans()
	var marks []int64
	return t.each(func(row scanner) (err error) {
		if err := row.Scan(into...); err != nil {
			return err
		}
		if marks = marks[:0]; t.db.pg {
			for _, sent := range told[0] {
				marks = append(marks, sent.Unix()/60*8+6)
			}
		} else if marks, err = marksOf(text, marks); err != nil {
			return err
		}
		f, flow := known[id], spans.flow(marks)
		if t.db.pg {
			spans.standOut(&flow, told[1], told[2], told[3])
		}
		switch {
		case f == nil:
		case models.Direction(direction) == models.Outbound:
			f.Out = flow
		default:
			f.In, f.InDays = flow, daysOf(marks, at.shift)
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

// standOut corrects the flow of referrals that were all counted as closed and
// none as the first of their provider.
func (s flowSpans) standOut(n *models.Flow, first, off, open []time.Time) {
	window := func(sent []time.Time, to int64) (n int) {
		for _, t := range sent {
			if minute := t.Unix() / 60; minute >= s.since && minute < to {
				n++
			}
		}
		return n
	}
	called := window(off, s.begun)
	n.First = window(first, math.MaxInt64)
	n.Loops.Of -= called
	n.Loops.Part -= called + window(open, s.begun)
}

// daysOf are the days of referrals since 1970, some seconds east of UTC: each
// once, in order. A bit for each day is faster than sorting them.
func daysOf(marks []int64, east int) []int {
	if len(marks) == 0 {
		return nil
	}
	day := func(mark int64) int { return (int(mark>>3)*60 + east) / 86400 }
	first := day(slices.Min(marks))
	seen := make([]uint64, (day(slices.Max(marks))-first)/64+1)
	for _, mark := range marks {
		d := day(mark) - first
		seen[d/64] |= 1 << (d % 64)
	}
	var days []int
	for i, word := range seen {
		for ; word != 0; word &= word - 1 {
			days = append(days, first+i*64+bits.TrailingZeros64(word))
		}
	}
	return days
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
