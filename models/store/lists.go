package store

import (
	"encoding/base64"
	"strings"

	"rapport/models"
)

// pageOf cuts the one row too many that says whether a next page exists.
func pageOf[R, T any](rows []R, limit int, to func(R) T, cursor func(R) string) models.List[T] {
	var l models.List[T]
	if len(rows) > limit {
		rows = rows[:limit]
		l.NextCursor = cursor(rows[limit-1])
	}
	l.Items = make([]T, len(rows))
	for i, r := range rows {
		l.Items[i] = to(r)
	}
	return l
}

// cursorSeam parts a cursor; no name holds a control character, and U+0000
// would be refused at the door because it cannot be kept.
const cursorSeam = "\x1f"

// joinCursor and splitCursor carry the place in an ordered list: opaque to
// callers, without a person's name in clear.
func joinCursor(parts ...string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strings.Join(parts, cursorSeam)))
}

func splitCursor(s string) (first, id string, ok bool) {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || s == "" {
		return "", "", false
	}
	return strings.Cut(string(b), cursorSeam)
}

// CursorOf and CursorID carry the place in a list that is cut in memory.
func CursorOf(id string) string { return joinCursor(id) }

// CursorID is the id that CursorOf was given; "" for what is no cursor of ours.
func CursorID(s string) string {
	id, _, _ := splitCursor(s)
	return id
}
