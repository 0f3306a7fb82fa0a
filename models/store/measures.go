package store

import (
	"time"

	"rapport/models"
)

type measureRow struct {
	PracticeID string
	ID         string
	SessionID  string
	ClientID   string
	Position   int
	Instrument string
	Value      float64
	Answers    asJSON[[]*int]
	Taken      string
	Region     string
	Side       string
	Motion     string
	TakenAt    time.Time
}

func (measureRow) TableName() string { return "measures" }

var measureColumns = []any{"id", "session_id", "position", "instrument", "value", "answers", "taken", "region", "side", "motion", "taken_at"}

func (r measureRow) reading() models.Reading {
	return models.Reading{Instrument: models.InstrumentKey(r.Instrument), Value: &r.Value, Answers: r.Answers.V, Taken: models.Taken(r.Taken),
		Region: models.RegionKey(r.Region), Side: models.Side(r.Side), Motion: r.Motion}
}

func (t *Tx) addReadings(s models.Session) error {
	rows := make([]measureRow, 0, len(s.Readings))
	for i, m := range s.Readings {
		if m.Value == nil {
			continue
		}
		rows = append(rows, measureRow{PracticeID: string(t.practice), ID: t.NewID(), SessionID: string(s.ID), ClientID: string(s.ClientID), Position: i,
			Instrument: string(m.Instrument), Value: *m.Value, Answers: jsonOf(m.Answers), Taken: string(m.Taken), Region: string(m.Region),
			Side: string(m.Side), Motion: m.Motion, TakenAt: s.StartedAt.UTC()})
	}
	if len(rows) == 0 {
		return nil
	}
	return shared[measureRow](t).CreateInBatches(t.ctx, &rows, 100)
}

func (t *Tx) readingsOf(ids ...models.SessionID) (map[models.SessionID][]models.Reading, error) {
	return t.readingsWhere("session_id IN ?", ids)
}

func (t *Tx) readingsOfSeries(id models.SeriesID) (map[models.SessionID][]models.Reading, error) {
	return t.readingsWhere("session_id IN (SELECT id FROM sessions WHERE practice_id = ? AND series_id = ?)", string(t.practice), string(id))
}

func (t *Tx) readingsWhere(sql string, args ...any) (map[models.SessionID][]models.Reading, error) {
	rows, err := scoped[measureRow](t).Select("practice_id", measureColumns...).Where(sql, args...).Order("session_id").Order("position").Find(t.ctx)
	out := map[models.SessionID][]models.Reading{}
	for _, r := range rows {
		out[models.SessionID(r.SessionID)] = append(out[models.SessionID(r.SessionID)], r.reading())
	}
	return out, err
}

// ReadingFilter narrows a client's readings; empty fields do not.
type ReadingFilter struct {
	Instrument models.InstrumentKey
	SeriesID   models.SeriesID // of the order they were taken under
	Signed     bool            // only with a note that was signed
}

const timedReadings = `SELECT m.session_id, m.position, m.instrument, m.value, m.answers, m.taken, m.region, m.side, m.motion, m.taken_at, s.local_date
	FROM measures m JOIN sessions s ON s.practice_id = m.practice_id AND s.id = m.session_id
	WHERE m.practice_id = ? AND m.client_id = ? AND s.state <> 'void' AND (? = '' OR m.instrument = ?) AND (? = '' OR s.series_id = ?)
	AND (s.state = 'signed' OR ?)
	ORDER BY m.taken_at, m.session_id, m.position`

// Readings lists a client's readings of sessions that stand, the earliest
// first and within a session in the order they were written down.
func (t *Tx) Readings(client models.ClientID, f ReadingFilter) ([]models.TimedReading, error) {
	var rows []struct {
		Row       measureRow `gorm:"embedded"`
		LocalDate models.Date
	}
	err := t.g.Raw(timedReadings, string(t.practice), string(client), string(f.Instrument), string(f.Instrument), string(f.SeriesID), string(f.SeriesID), !f.Signed).Scan(&rows).Error
	out := make([]models.TimedReading, len(rows))
	for i, r := range rows {
		out[i] = models.TimedReading{SessionID: models.SessionID(r.Row.SessionID), At: r.Row.TakenAt, On: r.LocalDate, Reading: r.Row.reading()}
	}
	return out, err
}
