package store

import (
	"math"
	"time"

	"rapport/models"
	"rapport/models/fault"
)

// Throttled refuses while one of the subjects has to wait: 429 sign_in.throttled
// with the seconds that are left, alike for known and unknown accounts.
func (t *Tx) Throttled(subjects []models.Throttle) error {
	var left time.Duration
	for _, s := range subjects {
		var until time.Time
		if err := t.g.Raw("SELECT locked_until FROM sign_in_failures WHERE subject = ? AND locked_until > ?", s.Subject, t.now).Scan(&until).Error; err != nil {
			return err
		}
		if !until.IsZero() {
			left = max(left, until.Sub(t.now))
		}
	}
	if left <= 0 {
		return nil
	}
	return throttled(left)
}

// CountFailure adds a failed attempt to each subject and sets the pause that
// it costs, or refuses like Throttled where attempts at the same moment have
// set one already: the row is locked while it is counted, so that many guesses
// at once are no more than as many in turn. Failures older than a day are
// forgotten. paused is the longest pause that this failure began.
func (t *Tx) CountFailure(subjects []models.Throttle) (paused time.Duration, err error) {
	for _, s := range subjects {
		var row struct {
			Failures    int
			LockedUntil *time.Time
		}
		err := t.g.Raw(`INSERT INTO sign_in_failures (subject, failures, window_start) VALUES (?, 1, ?)
			ON CONFLICT (subject) DO UPDATE SET window_start = excluded.window_start,
			failures = CASE WHEN sign_in_failures.window_start < ? THEN 1 ELSE sign_in_failures.failures + 1 END RETURNING failures, locked_until`,
			s.Subject, t.now, t.now.Add(-models.FailureMemory)).Scan(&row).Error
		if err != nil {
			return 0, err
		}
		if row.LockedUntil != nil && row.LockedUntil.After(t.now) {
			return 0, throttled(row.LockedUntil.Sub(t.now))
		}
		if pause := s.Pause(row.Failures); pause > 0 {
			if err := t.g.Exec("UPDATE sign_in_failures SET locked_until = ? WHERE subject = ?", t.now.Add(pause), s.Subject).Error; err != nil {
				return 0, err
			}
			paused = max(paused, pause)
		}
	}
	return paused, nil
}

// CountStrangers counts a failure for an account that nobody has, all of them
// together over a day.
func (t *Tx) CountStrangers() (n int, err error) {
	err = t.g.Raw(`INSERT INTO sign_in_failures (subject, failures, window_start) VALUES ('strangers', 1, ?)
		ON CONFLICT (subject) DO UPDATE SET
		failures = CASE WHEN sign_in_failures.window_start < ? THEN 1 ELSE sign_in_failures.failures + 1 END,
		window_start = CASE WHEN sign_in_failures.window_start < ? THEN excluded.window_start ELSE sign_in_failures.window_start END RETURNING failures`,
		t.now, t.now.Add(-models.FailureMemory), t.now.Add(-models.FailureMemory)).Scan(&n).Error
	return n, err
}

// throttled is the refusal while a pause lasts.
func throttled(left time.Duration) error {
	f := fault.New(fault.RateLimited, "sign_in.throttled", "Too many failed attempts. Wait before you try again.")
	f.RetryAfter = int(math.Ceil(left.Seconds()))
	return f
}

// ForgetFailures clears a subject after a success.
func (t *Tx) ForgetFailures(s models.Throttle) error {
	return t.g.Exec("DELETE FROM sign_in_failures WHERE subject = ?", s.Subject).Error
}
