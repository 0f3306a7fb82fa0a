package view

import (
	"strings"
	"testing"

	"rapport/models"
)

func TestAMeasureThatWasReadOnceIsToldInWords(t *testing.T) {
	value := 24.0
	read := func(days ...models.Date) Trend {
		var list []models.Measured
		for _, d := range days {
			list = append(list, models.Measured{TimedReading: models.TimedReading{On: d, Reading: models.Reading{Instrument: models.NDI, Value: &value}}})
		}
		return Trends(list)[0]
	}
	once, often := read("2026-03-02"), read("2026-03-02", "2026-03-09")
	if once.Once != "One reading so far, Mar 2; lower is better." || once.Figures != "24 "+strings.TrimPrefix(often.Figures, "24 → 24 ") || often.Once != "" {
		t.Errorf("once %+v, twice %+v", once, often)
	}
}
