package wire

import (
	"encoding/base64"

	"rapport/models"
	"rapport/models/fault"
)

// PageIn is the query of a list.
type PageIn struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"At most this many items"`
	Cursor string `query:"cursor" maxLength:"2000" doc:"next_cursor of the page before"`
}

// Page is the domain form; a cursor that is not ours is 422.
func (p PageIn) Page() (models.Page, error) {
	b, err := base64.RawURLEncoding.DecodeString(p.Cursor)
	if err != nil || !Keepable(string(b)) {
		return models.Page{}, fault.New(fault.Invalid, "cursor.invalid", "This cursor is not one of ours; begin without it.")
	}
	return models.Page{Limit: p.Limit, Cursor: p.Cursor}, nil
}

// ListOut is the body of every list.
type ListOut[T any] struct {
	Items      []T    `json:"items"`
	NextCursor string `json:"next_cursor,omitempty" doc:"Ask for the next page with it; absent on the last"`
}

// MapList gives each item its shape.
func MapList[S, T any](l models.List[S], f func(S) T) ListOut[T] {
	out := ListOut[T]{Items: make([]T, len(l.Items)), NextCursor: l.NextCursor}
	for i, x := range l.Items {
		out.Items[i] = f(x)
	}
	return out
}
