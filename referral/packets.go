package referral

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"rapport/documents"
	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// PacketPreview draws the packet as it would go out today, addressed to nobody.
func (n *Network) PacketPreview(ctx context.Context, by models.Actor) ([]byte, error) {
	return look(ctx, n, by, func(_ context.Context, tx *store.Tx) ([]byte, error) {
		if err := by.May(models.ReadRelationships); err != nil {
			return nil, err
		}
		return drawIntro(tx, by, documents.Addressee{})
	})
}

// drawIntro draws the packet from the practice's profile and its people.
func drawIntro(tx *store.Tx, by models.Actor, to documents.Addressee) ([]byte, error) {
	profile, err := tx.Profile()
	if err == nil {
		err = profile.MustBeWritten()
	}
	if err != nil {
		return nil, err
	}
	practice, err := tx.Practice(tx.PracticeID())
	if err != nil {
		return nil, err
	}
	today := practice.Today(tx.Now())
	p := documents.IntroPaper{Identity: documents.Identity{At: tx.Now()}, Practice: letterheadOf(practice), To: to, On: today, About: profile.About, Treats: profile.Treats,
		Techniques: techniqueLabels(profile.Techniques), Languages: profile.Languages, Payment: profile.Payment, Hours: profile.Hours, HowToRefer: profile.HowToRefer,
		Access: profile.Access, ReportWithin: profile.ReportWithinDays, Reports: practice.Settings.ReportEvery, FaxTo: practice.Settings.ReplyByFaxNumber}
	team, err := tx.Colleagues()
	if err != nil {
		return nil, err
	}
	for _, u := range team {
		if u.Treats(practice.ID) {
			p.Therapists = append(p.Therapists, documents.TherapistLine{Name: u.Name, Licence: u.Licence.Printed(today), NPI: u.Licence.NPI, Training: strings.Join(u.Licence.Certifications, ", ")})
		}
	}
	readings, err := tx.RecentReadings(tx.Now().Add(-2 * 365 * 24 * time.Hour))
	if err != nil {
		return nil, err
	}
	for _, r := range models.PacketResults(readings) {
		in, _ := models.LookupInstrument(r.Instrument)
		p.Results = append(p.Results, documents.ResultLine{Instrument: in.Name, Clients: r.Clients, Improved: r.Improved})
	}
	if p.Signature, err = signatureOf(tx, by, practice); err != nil {
		return nil, err
	}
	return documents.IntroPacket(p)
}

// SendPacket introduces the practice to somebody: by a mail that carries the
// packet, or on paper that a person prints and sends or hands over. On paper
// it counts as gone out now; a mail, once the mail server took it.
func (n *Network) SendPacket(ctx context.Context, by models.Actor, id models.RelationshipID, way models.ContactChannel) (models.Packet, error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.Packet, error) {
		if err := by.May(models.WriteRelationships); err != nil {
			return models.Packet{}, err
		}
		r, err := tx.LockRelationship(id)
		if err != nil {
			return models.Packet{}, err
		}
		if err := models.CheckPacketChannel(way); err != nil {
			return models.Packet{}, err
		}
		p := models.Packet{ID: models.PacketID(tx.NewID()), RelationshipID: r.ID, Channel: way, CreatedBy: by.UserID, CreatedAt: tx.Now()}
		tx.Log("packet.send", "packet", string(p.ID), "", string(r.ID))
		to, err := tx.Provider(r.ProviderID)
		if err != nil {
			return models.Packet{}, err
		}
		whom, err := addressee(tx, to)
		if err != nil {
			return models.Packet{}, err
		}
		pdf, err := drawIntro(tx, by, whom)
		if err != nil {
			return models.Packet{}, err
		}
		sum := sha256.Sum256(pdf)
		p.SHA256 = hex.EncodeToString(sum[:])
		if way == models.ContactEmail {
			return p, mailPacket(tx, &p, to, pdf)
		}
		if err := tx.AddPacket(p, pdf); err != nil {
			return models.Packet{}, err
		}
		return p, packetWentOut(tx, &p, tx.Now())
	})
}

// mailPacket promises the mail that carries the packet.
func mailPacket(tx *store.Tx, p *models.Packet, to models.Provider, pdf []byte) error {
	address, err := packetMailbox(tx, to)
	if err != nil {
		return err
	}
	if p.MessageID, err = tx.Post(models.Message{Kind: models.MessagePacket, To: address, ObjectKind: "packet", ObjectID: string(p.ID), ProviderID: to.ID}); err != nil {
		return err
	}
	p.Mail = models.MessageQueued
	return tx.AddPacket(*p, pdf)
}

// packetMailbox is where an office gets letters that name nobody: where the
// provider signs in, else the office's address or the provider's, as far as this
// practice stands for it.
func packetMailbox(tx *store.Tx, to models.Provider) (string, error) {
	boxes, err := tx.ProviderMailboxes(to.ID)
	if err != nil {
		return "", err
	}
	if len(boxes) > 0 {
		return boxes[0], nil
	}
	for _, o := range to.Offices {
		if o.Email == "" {
			continue
		}
		if ok, err := tx.PostConfirmed(to.ID, o); ok || err != nil {
			return o.Email, err
		}
	}
	if address, err := addressOf(tx, to); address != "" || err != nil {
		return address, err
	}
	return "", fault.New(fault.Invalid, "packet.no_address", "Neither this provider nor their office has an e-mail address. Add one to the directory, or print the packet.")
}

// packetWentOut writes the contact that says so, and keeps the promise of it.
func packetWentOut(tx *store.Tx, p *models.Packet, at time.Time) error {
	r, err := tx.LockRelationship(p.RelationshipID)
	if err != nil {
		return err
	}
	practice, err := tx.Home() // it went out, even when the practice was suspended meanwhile
	if err != nil {
		return err
	}
	on := practice.Today(at)
	c := p.Contact(models.ContactID(tx.NewID()), r, at, on)
	if err := tx.AddContact(c); err != nil {
		return err
	}
	tx.Log("contact.add", "contact", string(c.ID), "", string(r.ID))
	if err := tx.SetRelationship(r.Touched(c, on), r.Version); err != nil {
		return err
	}
	p.ContactID = c.ID
	if err := tx.PacketWentOut(p.ID, c.ID); err != nil {
		return err
	}
	return keeps(tx, models.Settles{ProviderID: r.ProviderID, AnyClient: true, OwedBy: models.OwedByUs, Kinds: []models.PromiseKind{models.PromisePacket}, Kind: "contact", ID: string(c.ID), On: on})
}

// packetSettled lets a packet follow its mail: it went out when the mail
// server took it, or when a person says so.
func packetSettled(_ *Network, _ context.Context, tx *store.Tx, m models.Message) error {
	if m.State != models.MessageSent {
		return nil
	}
	p, err := tx.LockPacket(models.PacketID(m.ObjectID))
	if err != nil || p.ContactID != "" {
		return err
	}
	at := tx.Now()
	if m.SentAt != nil {
		at = *m.SentAt
	}
	return packetWentOut(tx, &p, at)
}

// Packets lists what was sent to somebody, the newest first.
func (n *Network) Packets(ctx context.Context, by models.Actor, id models.RelationshipID, page models.Page) (models.List[models.Packet], error) {
	return look(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.List[models.Packet], error) {
		if err := by.May(models.ReadRelationships); err != nil {
			return models.List[models.Packet]{}, err
		}
		if _, err := tx.Relationship(id); err != nil {
			return models.List[models.Packet]{}, err
		}
		return tx.Packets(id, page)
	})
}

// PacketPDF gives a packet exactly as it was drawn, to be printed.
func (n *Network) PacketPDF(ctx context.Context, by models.Actor, id models.PacketID) ([]byte, error) {
	return look(ctx, n, by, func(_ context.Context, tx *store.Tx) ([]byte, error) {
		if err := by.May(models.ReadRelationships); err != nil {
			return nil, err
		}
		return tx.PacketPDF(id)
	})
}

// PacketWay is how somebody's packet would best go out, and whether a mail can.
func (n *Network) PacketWay(ctx context.Context, by models.Actor, id models.ProviderID) (way models.ContactChannel, mailable bool, err error) {
	way, err = look(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.ContactChannel, error) {
		if err := by.May(models.ReadRelationships); err != nil {
			return "", err
		}
		to, err := tx.Provider(id)
		if err != nil {
			return "", err
		}
		r, err := tx.RelationshipWith(to.ID)
		if err != nil && !errors.Is(err, fault.NotFound) {
			return "", err
		}
		_, none := packetMailbox(tx, to)
		if _, refused := fault.As(none); none != nil && !refused {
			return "", none
		}
		mailable = none == nil
		preferred := to.PreferredChannel
		if preferred == "" && len(to.Offices) > 0 {
			preferred = to.Offices[0].PreferredChannel
		}
		return models.PacketWay(r, preferred, mailable), nil
	})
	return way, mailable, err
}
