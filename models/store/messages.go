package store

import (
	"strings"
	"time"

	"rapport/models"
	"rapport/models/fault"
)

type messageRow struct {
	PracticeID string
	ID         string
	Kind       string
	Recipient  string
	ObjectKind string
	ObjectID   string
	LinkKind   string
	LinkID     *string
	Role       string
	ClientID   *string
	ProviderID *string
	UserID     *string
	State      string
	Attempts   int
	Reason     string
	Note       []byte
	CreatedAt  time.Time
	SentAt     *time.Time
}

func (messageRow) TableName() string { return "messages" }

var messageColumns = []any{"id", "kind", "recipient", "object_kind", "object_id", "link_kind", "link_id", "role", "client_id", "provider_id", "user_id",
	"state", "attempts", "reason", "note", "created_at", "sent_at"}

func (r messageRow) message() models.Message {
	return models.Message{ID: models.MessageID(r.ID), PracticeID: models.PracticeID(r.PracticeID), Kind: models.MessageKind(r.Kind), To: r.Recipient,
		ObjectKind: r.ObjectKind, ObjectID: r.ObjectID, LinkKind: models.LinkKind(r.LinkKind), LinkID: val[models.LinkID](r.LinkID),
		Role: models.Role(r.Role), ClientID: val[models.ClientID](r.ClientID), ProviderID: val[models.ProviderID](r.ProviderID),
		UserID: val[models.UserID](r.UserID), State: models.MessageState(r.State), Attempts: r.Attempts, Reason: r.Reason,
		CreatedAt: r.CreatedAt, SentAt: r.SentAt}
}

// JobMessage is the kind of job that sends one message; JobPass runs the
// periodic passes.
const (
	JobMessage = "message"
	JobPass    = "pass"
)

// Post promises a message: its row and its job commit with the verb or not at
// all. Outside every practice it is kept under models.NetworkPractice.
func (t *Tx) Post(m models.Message) (models.MessageID, error) {
	if err := m.Validate(); err != nil {
		return "", err
	}
	if t.practice == "" {
		if err := t.Enter(models.NetworkPractice); err != nil {
			return "", err
		}
		id, err := t.post(m)
		if err != nil {
			return "", err
		}
		return id, t.Enter("")
	}
	return t.post(m)
}

func (t *Tx) post(m models.Message) (models.MessageID, error) {
	if err := t.moderate(m); err != nil {
		return "", err
	}
	if m.ID == "" {
		m.ID = models.MessageID(t.NewID())
	}
	err := shared[messageRow](t).Create(t.ctx, &messageRow{PracticeID: string(t.practice), ID: string(m.ID), Kind: string(m.Kind), Recipient: m.To,
		ObjectKind: m.ObjectKind, ObjectID: m.ObjectID, LinkKind: string(m.LinkKind), Role: string(m.Role), ClientID: opt(m.ClientID),
		ProviderID: opt(m.ProviderID), UserID: opt(m.UserID), State: string(models.MessageQueued), CreatedAt: t.now})
	if err != nil {
		return "", err
	}
	return m.ID, t.EnqueueMessage(m.ID)
}

// moderate keeps anybody's mailbox from being flooded with links: 429
// mail.too_many. Notices are never refused: they come one for each event.
func (t *Tx) moderate(m models.Message) error {
	if m.LinkKind == "" {
		return nil
	}
	n, err := scoped[messageRow](t).Where("recipient = ? AND created_at > ? AND link_kind <> ?", m.To, t.now.Add(-time.Hour), "").Count(t.ctx, "id")
	if err != nil || n < models.LinkMailsPerHour {
		return err
	}
	f := fault.New(fault.RateLimited, "mail.too_many", "This address has been sent many links within an hour. Wait a while before the next.")
	f.RetryAfter = 3600
	return f
}

// EnqueueMessage asks for a queued message to be sent after the commit.
func (t *Tx) EnqueueMessage(id models.MessageID) error {
	return t.Enqueue(models.Job{Kind: JobMessage, PracticeID: t.practice, ObjectID: string(id)}, t.now)
}

// Message reads a message; another practice's is not found.
func (t *Tx) Message(id models.MessageID) (models.Message, error) {
	r, err := scoped[messageRow](t).Select("practice_id", messageColumns...).Where("id = ?", string(id)).Take(t.ctx)
	if err != nil {
		return models.Message{}, missing(err, "message")
	}
	m := r.message()
	return m, t.open("messages", r.ID, "note", r.Note, &m.Note)
}

// LockMessage reads a message, without its note, and holds its row until the commit.
func (t *Tx) LockMessage(id models.MessageID) (models.Message, error) {
	r, err := table[messageRow](t).ForUpdate().Select("practice_id", messageColumns...).Where("practice_id = ? AND id = ?", string(t.practice), string(id)).Take(t.ctx)
	return r.message(), missing(err, "message")
}

// MessageFilter narrows a list of messages; empty fields do not. To is a part
// of the address.
type MessageFilter struct {
	State models.MessageState
	To    string
}

// Messages lists the practice's messages without notes, newest first.
func (t *Tx) Messages(f MessageFilter, page models.Page) (models.List[models.Message], error) {
	c := scoped[messageRow](t).Select("practice_id", messageColumns...)
	if f.State != "" {
		c = c.Where("state = ?", string(f.State))
	}
	if f.To != "" {
		c = c.Where(`LOWER(recipient) LIKE ? ESCAPE '\'`, "%"+strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(strings.ToLower(f.To))+"%")
	}
	if id, _, ok := splitCursor(page.Cursor); ok || id != "" {
		c = c.Where("id < ?", id)
	}
	rows, err := c.Order("id DESC").Limit(page.Limit + 1).Find(t.ctx)
	return pageOf(rows, page.Limit, messageRow.message, func(r messageRow) string { return joinCursor(r.ID) }), err
}

// SetMessage moves a message on from the state that was seen; when it is no
// longer in that state, nothing is written and the answer is 409.
// The person's note is sealed; an empty one leaves what is stored.
func (t *Tx) SetMessage(m models.Message, seen models.MessageState) error {
	row := messageRow{LinkID: opt(m.LinkID), State: string(m.State), Attempts: m.Attempts, Reason: m.Reason, SentAt: m.SentAt}
	columns := []any{"state", "attempts", "reason", "sent_at"}
	if m.Note != "" {
		sealed, err := t.seal("messages", string(m.ID), "note", m.Note)
		if err != nil {
			return err
		}
		row.Note, columns = sealed, append(columns, "note")
	}
	n, err := scoped[messageRow](t).Where("id = ? AND state = ?", string(m.ID), string(seen)).
		Select("link_id", columns...).Updates(t.ctx, row)
	if err == nil && n == 0 {
		return fault.New(fault.Conflict, "message.moved", "The message moved on in the meantime. Load it again.")
	}
	return err
}
