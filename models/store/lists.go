package store

import (
	"encoding/base64"
	"encoding/json"
	"strings"

	"rapport/models"
	"rapport/models/fault"
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

// SealedCursor carries the place of a list over many practices to whoever asks,
// and to nobody else: the place may be a row that they are not shown, so that
// its id is sealed.
func (t *Tx) SealedCursor(list string, practice models.PracticeID, rest string) (string, error) {
	b, err := t.db.cfg.Master.Seal([]byte(string(practice)+cursorSeam+rest), t.cursorPlace(list))
	return joinCursor(base64.RawURLEncoding.EncodeToString(b)), err // text within, like every cursor
}

// OpenCursor reads what SealedCursor wrote; one that was changed, or given to
// somebody else or for another list, is refused. No cursor is the beginning.
func (t *Tx) OpenCursor(list, cursor string) (practice models.PracticeID, rest string, err error) {
	if cursor == "" {
		return "", "", nil
	}
	b, err := base64.RawURLEncoding.DecodeString(CursorID(cursor))
	if err == nil {
		b, err = t.db.cfg.Master.Open(b, t.cursorPlace(list))
	}
	if err != nil {
		return "", "", fault.New(fault.Invalid, "cursor.invalid", "This cursor is not one of ours; begin without it.")
	}
	at, rest, _ := strings.Cut(string(b), cursorSeam)
	return models.PracticeID(at), rest, nil
}

func (t *Tx) cursorPlace(list string) string {
	b, _ := json.Marshal([]string{"cursor", t.by.Principal(), string(t.by.ProviderID), list})
	return string(b)
}
