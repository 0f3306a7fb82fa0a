package api

import (
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// samples are believable values by a field's name.
var samples = map[string]any{
	"given": "José", "family": "Álvarez", "name": "José Álvarez", "email": "jose@example.org", "phone": "+1 206 555 0100", "birth_date": "1984-05-17",
	"region": "neck", "side": "left", "diagnosis_codes": []string{"M54.2"}, "categories": []string{"progress_report", "measures"}, "purpose": "coordination",
	"minutes": 50, "minutes_per_session": 60, "sessions": 1, "per": "week", "window": "calendar", "techniques": []string{"swedish"},
	"precautions_acknowledged": []string{}, "password": "green hills in early may", "old_password": "blue lakes in late june", "otp": "123456",
	"method": "typed", "asked_by": "client", "words": "Could you work on my jaw too?", "decision": "approved", "channel": "portal", "kind": "progress",
	"reason": "The client feels well.", "text": "The client called on the next day.", "instrument": "nprs", "value": 4, "taken": "before",
	"time_zone": "America/Los_Angeles", "npi": "1234567893", "taxonomy": "111N00000X", "credentials": "DC", "role": "provider", "state": "WA", "city": "Seattle",
	"note": "Confirmed on the phone.", "sessions_total": 10, "recommendation": "continue",
}

// example is a body with what is required; where nothing is, with everything.
func (r reader) example(name string, s *huma.Schema, depth int) any {
	if s = r.resolve(s); s == nil || depth > 6 {
		return nil
	}
	if v, ok := samples[name]; ok && s.Type != huma.TypeObject && (s.Type == huma.TypeArray) == isList(v) && len(s.Enum) == 0 {
		return v
	}
	switch s.Type {
	case huma.TypeObject:
		out := map[string]any{}
		names := s.Required
		if len(names) == 0 && depth == 0 {
			for n := range s.Properties {
				names = append(names, n)
			}
		}
		for _, n := range names {
			out[n] = r.example(n, s.Properties[n], depth+1)
		}
		return out
	case huma.TypeArray:
		return []any{r.example(strings.TrimSuffix(name, "s"), s.Items, depth+1)}
	case huma.TypeInteger, huma.TypeNumber:
		return 1
	case huma.TypeBoolean:
		return true
	}
	switch {
	case len(s.Enum) > 0:
		return s.Enum[0]
	case s.Format == "date":
		return "2026-03-14"
	case s.Format == "date-time":
		return "2026-03-14T16:00:00Z"
	case name == "id" || strings.HasSuffix(name, "_id"):
		return "0196e000-0000-7000-8000-000000000001"
	}
	return "…"
}

func isList(v any) bool { _, ok := v.([]string); return ok }
