package store

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"rapport/models"
	"rapport/models/fault"
)

type packetRow struct {
	PracticeID     string
	ID             string
	RelationshipID string
	Channel        string
	SHA256         string `gorm:"column:sha256"`
	PDF            []byte `gorm:"column:pdf"` // sealed like every paper
	MessageID      *string
	ContactID      *string
	CreatedBy      string
	CreatedAt      time.Time
}

func (packetRow) TableName() string { return "packets" }

var packetColumns = []any{"id", "relationship_id", "channel", "sha256", "message_id", "contact_id", "created_by", "created_at"}

func (r packetRow) packet() models.Packet {
	return models.Packet{ID: models.PacketID(r.ID), RelationshipID: models.RelationshipID(r.RelationshipID), Channel: models.ContactChannel(r.Channel), SHA256: r.SHA256,
		MessageID: val[models.MessageID](r.MessageID), ContactID: val[models.ContactID](r.ContactID), CreatedBy: models.UserID(r.CreatedBy), CreatedAt: r.CreatedAt}
}

// AddPacket keeps a packet as it was drawn.
func (t *Tx) AddPacket(p models.Packet, pdf []byte) error {
	sealed, err := t.sealBytes("packets", string(p.ID), "pdf", pdf)
	if err != nil {
		return err
	}
	return shared[packetRow](t).Create(t.ctx, &packetRow{PracticeID: string(t.practice), ID: string(p.ID), RelationshipID: string(p.RelationshipID), Channel: string(p.Channel),
		SHA256: p.SHA256, PDF: sealed, MessageID: opt(p.MessageID), ContactID: opt(p.ContactID), CreatedBy: string(p.CreatedBy), CreatedAt: p.CreatedAt})
}

// LockPacket reads a packet without its bytes and holds its row until the commit.
func (t *Tx) LockPacket(id models.PacketID) (models.Packet, error) {
	r, err := table[packetRow](t).ForUpdate().Select("practice_id", packetColumns...).Where("practice_id = ? AND id = ?", string(t.practice), string(id)).Take(t.ctx)
	return r.packet(), missing(err, "packet")
}

// PacketWentOut notes the contact that says so, once.
func (t *Tx) PacketWentOut(id models.PacketID, c models.ContactID) error {
	n, err := scoped[packetRow](t).Where("id = ? AND contact_id IS NULL", string(id)).Update(t.ctx, "contact_id", string(c))
	return one(n, err, "packet")
}

// PacketPDF reads a packet's bytes and checks their hash; another practice's is
// not found.
func (t *Tx) PacketPDF(id models.PacketID) ([]byte, error) {
	r, err := scoped[packetRow](t).Select("practice_id", "id", "sha256", "pdf").Where("id = ?", string(id)).Take(t.ctx)
	if err != nil {
		return nil, missing(err, "packet")
	}
	b, err := t.openBytes("packets", r.ID, "pdf", r.PDF)
	if sum := sha256.Sum256(b); err != nil || hex.EncodeToString(sum[:]) != r.SHA256 {
		return nil, fault.New(fault.Internal, "packet.damaged", "The stored packet cannot be read. Send it anew.").Because(err)
	}
	return b, nil
}

// verifyPackets opens each stored packet.
func (t *Tx) verifyPackets(c *Checked) error {
	after := ""
	for {
		rows, err := scoped[packetRow](t).Select("id").Where("id > ?", after).Order("id").Limit(200).Find(t.ctx)
		if err != nil || len(rows) == 0 {
			return err
		}
		for _, r := range rows {
			after = r.ID
			c.Documents++
			if _, err := t.PacketPDF(models.PacketID(r.ID)); err != nil {
				c.add(t, "documents", "packets id "+r.ID, "the bytes do not open or do not match their hash")
			}
		}
	}
}

const packetLines = `SELECT k.practice_id, k.id, k.relationship_id, k.channel, k.sha256, k.message_id, k.contact_id, k.created_by, k.created_at, m.state AS mail
	FROM packets k LEFT JOIN messages m ON m.practice_id = k.practice_id AND m.id = k.message_id
	WHERE k.practice_id = ? AND k.relationship_id = ? AND (? = '' OR k.id < ?) ORDER BY k.id DESC LIMIT ?`

// Packets lists what was sent to somebody, the newest first.
func (t *Tx) Packets(r models.RelationshipID, page models.Page) (models.List[models.Packet], error) {
	type line struct {
		Row  packetRow `gorm:"embedded"`
		Mail *string
	}
	var rows []line
	before, _, _ := splitCursor(page.Cursor)
	err := t.g.Raw(packetLines, string(t.practice), string(r), before, before, page.Limit+1).Scan(&rows).Error
	return pageOf(rows, page.Limit, func(l line) models.Packet {
		p := l.Row.packet()
		p.Mail = val[models.MessageState](l.Mail)
		return p
	}, func(l line) string { return joinCursor(l.Row.ID) }), err
}

const recentReadings = `SELECT m.client_id, m.session_id, m.position, m.instrument, m.value, m.taken, m.region, m.side, m.motion, m.taken_at, s.local_date
	FROM measures m JOIN sessions s ON s.practice_id = m.practice_id AND s.id = m.session_id
	WHERE m.practice_id = ? AND s.state <> 'void' AND m.taken_at >= ? ORDER BY m.taken_at, m.session_id, m.position`

// RecentReadings reads all clients' readings since a moment, client by client.
func (t *Tx) RecentReadings(since time.Time) (map[models.ClientID][]models.TimedReading, error) {
	var rows []struct {
		Row       measureRow `gorm:"embedded"`
		LocalDate models.Date
	}
	err := t.g.Raw(recentReadings, string(t.practice), since.UTC()).Scan(&rows).Error
	out := map[models.ClientID][]models.TimedReading{}
	for _, r := range rows {
		id := models.ClientID(r.Row.ClientID)
		out[id] = append(out[id], models.TimedReading{SessionID: models.SessionID(r.Row.SessionID), At: r.Row.TakenAt, On: r.LocalDate, Reading: r.Row.reading()})
	}
	return out, err
}
