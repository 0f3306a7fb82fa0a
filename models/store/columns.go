package store

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
)

// asJSON is a structured column kept as JSON text: lists of keys, settings.
type asJSON[T any] struct{ V T }

func jsonOf[T any](v T) asJSON[T] { return asJSON[T]{v} }

// Scan reads JSON text; an empty text is the zero value.
func (j *asJSON[T]) Scan(v any) error {
	var b []byte
	switch x := v.(type) {
	case nil:
		return nil
	case string:
		b = []byte(x)
	case []byte:
		b = x
	default:
		return fmt.Errorf("json column: cannot scan %T", v)
	}
	if len(b) == 0 {
		return nil
	}
	return json.Unmarshal(b, &j.V)
}

// Value writes JSON text.
func (j asJSON[T]) Value() (driver.Value, error) {
	b, err := json.Marshal(j.V)
	return string(b), err
}

// GormDataType keeps GORM from guessing.
func (asJSON[T]) GormDataType() string { return "text" }

// opt writes NULL for an empty id or text.
func opt[T ~string](s T) *string {
	if s == "" {
		return nil
	}
	v := string(s)
	return &v
}

// val reads NULL as empty.
func val[T ~string](s *string) T {
	if s == nil {
		return ""
	}
	return T(*s)
}
