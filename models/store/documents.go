package store

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"rapport/models"
	"rapport/models/fault"
)

type documentRow struct {
	PracticeID string
	ID         string
	ClientID   string
	Kind       string
	MediaType  string
	SHA256     string `gorm:"column:sha256"`
	Size       int
	Sealed     []byte
	CreatedAt  time.Time
}

func (documentRow) TableName() string { return "documents" }

// AddDocument seals and stores bytes for ever; the hash is of the plain bytes.
func (t *Tx) AddDocument(client models.ClientID, kind, mediaType string, b []byte) (models.Document, error) {
	sum := sha256.Sum256(b)
	d := models.Document{ID: models.DocumentID(t.NewID()), PracticeID: t.practice, ClientID: client, Kind: kind, MediaType: mediaType,
		SHA256: hex.EncodeToString(sum[:]), Size: len(b), Bytes: b, CreatedAt: t.now}
	sealed, err := t.sealBytes("documents", string(d.ID), "sealed", b)
	if err != nil {
		return d, err
	}
	return d, shared[documentRow](t).Create(t.ctx, &documentRow{PracticeID: string(t.practice), ID: string(d.ID), ClientID: string(client), Kind: kind,
		MediaType: mediaType, SHA256: d.SHA256, Size: d.Size, Sealed: sealed, CreatedAt: t.now})
}

// Document reads stored bytes and checks their hash each time.
func (t *Tx) Document(id models.DocumentID) (models.Document, error) {
	r, err := scoped[documentRow](t).Select("practice_id", "id", "client_id", "kind", "media_type", "sha256", "size", "sealed", "created_at").
		Where("id = ?", string(id)).Take(t.ctx)
	if err != nil {
		return models.Document{}, missing(err, "document")
	}
	b, err := t.openBytes("documents", r.ID, "sealed", r.Sealed)
	if err != nil {
		return models.Document{}, fault.New(fault.Internal, "document.damaged", "The stored document cannot be read. The operator has been told.").Because(err)
	}
	if sum := sha256.Sum256(b); hex.EncodeToString(sum[:]) != r.SHA256 {
		return models.Document{}, fault.New(fault.Internal, "document.damaged", "The stored document does not match its hash. The operator has been told.")
	}
	return models.Document{ID: models.DocumentID(r.ID), PracticeID: t.practice, ClientID: models.ClientID(r.ClientID), Kind: r.Kind, MediaType: r.MediaType,
		SHA256: r.SHA256, Size: r.Size, Bytes: b, CreatedAt: r.CreatedAt}, nil
}
