package store

import (
	"maps"
	"slices"
	"time"

	"rapport/models"
)

// healthAt is the day that health is judged on, with the instants at which its
// spans begin.
type healthAt struct {
	practice, only                                 string // only: one relationship; empty for all
	today, window                                  models.Date
	since, recent, before, week, season, begun, to time.Time
	shift                                          int // seconds from UTC to the practice's days, today
}

func healthOn(practice models.PracticeID, only models.RelationshipID, today models.Date, zone *time.Location) healthAt {
	start := func(days int) time.Time { return today.AddDays(-days).Time(zone).UTC() }
	_, shift := start(0).In(zone).Zone()
	return healthAt{practice: string(practice), only: string(only), today: today, window: today.AddDays(1 - models.HealthWindowDays), shift: shift,
		since: start(models.HealthWindowDays - 1), recent: start(models.MomentumDays - 1), before: start(4*models.MomentumDays - 1),
		week: start(6), season: start(6 + 84), begun: start(models.ClosureDays - 1), to: start(-1)}
}

// HealthFacts counts what the health of every relationship of the practice is
// judged by, or of one only, by aggregates over the events themselves. What
// the still-referring model says is not among them; InDays is what it reads.
func (t *Tx) HealthFacts(only models.RelationshipID, today models.Date, zone *time.Location) ([]models.HealthFacts, error) {
	at := healthOn(t.practice, only, today, zone)
	known, of, err := t.healthOf(at, zone)
	if err != nil || len(known) == 0 {
		return nil, err
	}
	for _, count := range []func(healthAt, map[string]*models.HealthFacts) error{t.countReferrals, t.countContacts, t.countPromises, t.countOutcomes} {
		if err := count(at, known); err != nil {
			return nil, err
		}
	}
	if err := t.countReports(at, of); err != nil {
		return nil, err
	}
	out := make([]models.HealthFacts, 0, len(known))
	for _, id := range slices.Sorted(maps.Keys(known)) {
		out = append(out, *known[id])
	}
	return out, nil
}

// one appends the condition on one relationship.
func (at healthAt) one(column string, args []any) (string, []any) {
	if at.only == "" {
		return "", args
	}
	return " AND " + column + " = ?", append(args, at.only)
}

const healthRelationships = `SELECT r.id, r.provider_id, CASE WHEN r.accepting <> '' THEN r.accepting ELSE p.accepting END, r.wanted_interval_days,
	r.last_reached_at, r.created_at, r.stated_rate FROM relationships r JOIN providers p ON p.id = r.provider_id WHERE r.practice_id = ?`

func (t *Tx) healthOf(at healthAt, zone *time.Location) (known, of map[string]*models.HealthFacts, err error) {
	where, args := at.one("r.id", []any{at.practice})
	known, of = map[string]*models.HealthFacts{}, map[string]*models.HealthFacts{}
	err = t.each(func(row scanner) error {
		f := &models.HealthFacts{Today: at.today}
		var reached *time.Time
		var created time.Time
		if err := row.Scan(&f.RelationshipID, &f.ProviderID, &f.Accepting, &f.WantedDays, &reached, &created, &f.StatedRate); err != nil {
			return err
		}
		if f.Reached = reached != nil; !f.Reached {
			reached = &created
		}
		f.SinceContact = max(0, models.DateOf(*reached, zone).DaysUntil(at.today))
		known[string(f.RelationshipID)], of[string(f.ProviderID)] = f, f
		return nil
	}, healthRelationships+where, args...)
	return known, of, err
}

// healthContacts counts along one index, in its order: PostgreSQL takes a span
// whose ends it does not know for a small one and would look up each contact.
const healthContacts = `SELECT relationship_id, COUNT(*) FILTER (WHERE at >= ? AND at < ?) FROM contacts WHERE practice_id = ?`

func (t *Tx) countContacts(at healthAt, known map[string]*models.HealthFacts) error {
	where, args := at.one("relationship_id", []any{at.since, at.to, at.practice})
	var id string
	var n int
	return t.each(func(row scanner) error {
		err := row.Scan(&id, &n)
		if f := known[id]; f != nil {
			f.Contacts = n
		}
		return err
	}, healthContacts+where+" GROUP BY relationship_id", args...)
}

// healthPromises counts those that fell due in the window, or were kept before.
const healthPromises = `SELECT relationship_id, owed_by, COUNT(*), COUNT(*) FILTER (WHERE state = 'kept' AND kept_on <= due_on) FROM promises
	WHERE practice_id = ? AND due_on >= ? AND state <> 'released' AND (due_on < ? OR state = 'kept')`

func (t *Tx) countPromises(at healthAt, known map[string]*models.HealthFacts) error {
	where, args := at.one("relationship_id", []any{at.practice, at.window, at.today})
	var id, by string
	var s models.Share
	return t.each(func(row scanner) error {
		err := row.Scan(&id, &by, &s.Of, &s.Part)
		switch f := known[id]; {
		case f == nil:
		case models.OwedBy(by) == models.OwedByUs:
			f.KeptByUs = s
		default:
			f.KeptByThem = s
		}
		return err
	}, healthPromises+where+" GROUP BY relationship_id, owed_by", args...)
}

// healthReports counts by provider and days how long reports took from the day
// they were owed, and how long the owed ones have waited.
func (t *Tx) healthReports() string {
	sent, open := "CAST(julianday(sent_on) - julianday(due_on) AS INTEGER)", "CAST(julianday(?) - julianday(clock_on) AS INTEGER)"
	if t.db.pg {
		sent, open = "(sent_on::date - due_on::date)", "(?::text::date - clock_on::date)"
	}
	return `SELECT provider_id, ` + sent + ` AS days, TRUE, COUNT(*) FROM reports
		WHERE practice_id = ? AND sent_on >= ? AND sent_on <= ? AND due_on IS NOT NULL AND provider_id IS NOT NULL GROUP BY provider_id, days
	UNION ALL SELECT provider_id, ` + open + ` AS days, FALSE, COUNT(*) FROM open_items
		WHERE practice_id = ? AND worklist = 'reports_due' AND from_on <= ? AND until_on >= ? AND provider_id IS NOT NULL GROUP BY provider_id, days`
}

func (t *Tx) countReports(at healthAt, of map[string]*models.HealthFacts) error {
	var provider string
	var w models.Wait
	return t.each(func(row scanner) error {
		err := row.Scan(&provider, &w.Days, &w.Ended, &w.Count)
		if f := of[provider]; f != nil {
			w.Days = max(0, w.Days)
			f.Reports = append(f.Reports, w)
		}
		return err
	}, t.healthReports(), at.practice, at.window, at.today, at.today, at.practice, at.today, at.today)
}

// healthOutcomes reads the first and the last reading of each instrument and
// place, of the clients that a provider sent in the window; it begins with
// those that have readings, who are fewer than the referrals (SQLite joins in
// the order in which a CROSS JOIN is written).
const healthOutcomes = `SELECT relationship_id, client_id, instrument, region, MAX(CASE WHEN nth = 1 THEN value END), MAX(CASE WHEN back = 1 THEN value END) FROM (
	SELECT r.relationship_id, m.client_id, m.instrument, m.region, m.side, m.motion, m.value,
		ROW_NUMBER() OVER (PARTITION BY r.relationship_id, m.client_id, m.instrument, m.region, m.side, m.motion ORDER BY m.taken_at, m.id) AS nth,
		ROW_NUMBER() OVER (PARTITION BY r.relationship_id, m.client_id, m.instrument, m.region, m.side, m.motion ORDER BY m.taken_at DESC, m.id DESC) AS back
	FROM (SELECT DISTINCT r.relationship_id, r.client_id
		FROM (SELECT DISTINCT client_id FROM measures WHERE practice_id = ? AND taken_at >= ?) measured
		CROSS JOIN referrals r WHERE r.practice_id = ? AND r.client_id = measured.client_id AND r.direction = 'inbound' AND r.sent_at >= ? AND r.sent_at < ?
			AND r.state <> 'draft' AND r.state <> 'entered_in_error'`

const healthOutcomesEnd = `) r JOIN measures m ON m.practice_id = ? AND m.client_id = r.client_id AND m.taken_at >= ? AND m.taken_at < ?
	JOIN sessions s ON s.practice_id = m.practice_id AND s.id = m.session_id AND s.state <> 'void') readings
	GROUP BY relationship_id, client_id, instrument, region, side, motion HAVING COUNT(*) > 1 ORDER BY relationship_id, client_id`

func (t *Tx) countOutcomes(at healthAt, known map[string]*models.HealthFacts) error {
	where, args := at.one("r.relationship_id", []any{at.practice, at.since, at.practice, at.since, at.to})
	var id, client, lastID, lastClient string
	var counted, better bool
	return t.each(func(row scanner) error {
		var in models.InstrumentKey
		var region models.RegionKey
		var first, last float64
		if err := row.Scan(&id, &client, &in, &region, &first, &last); err != nil {
			return err
		}
		if id != lastID || client != lastClient {
			lastID, lastClient, counted, better = id, client, false, false
		}
		f, c := known[id], models.Change(in, region, first, last)
		if f == nil || c.BeyondMDC == nil && c.BeyondMCID == nil {
			return nil
		}
		if !counted {
			counted = true
			f.Outcomes.Of++
		}
		if c.Real && !better {
			better = true
			f.Outcomes.Part++
		}
		return nil
	}, healthOutcomes+where+healthOutcomesEnd, append(args, at.practice, at.since, at.to)...)
}
