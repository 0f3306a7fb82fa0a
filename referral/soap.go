package referral

import (
	"context"
	"strings"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// Session reads one session with its note; an unknown or foreign id is not found.
func (n *Network) Session(ctx context.Context, by models.Actor, id models.SessionID) (models.Session, error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.Session, error) {
		if by.Outsider() {
			return n.sharedSession(tx, by, id)
		}
		if err := by.May(models.ReadSessions); err != nil {
			return models.Session{}, err
		}
		s, err := tx.Session(id)
		if err != nil {
			return s, err
		}
		tx.Log("session.read", "session", string(id), s.ClientID, "")
		if err := named(tx, &s); err != nil {
			return s, err
		}
		return counted(tx, s)
	})
}

// named puts the names to a session: who treated, and who signed.
func named(tx *store.Tx, s *models.Session) error {
	for id, name := range map[models.UserID]*string{s.TherapistID: &s.TherapistName, s.SignedBy: &s.Signer} {
		if id == "" {
			continue
		}
		u, err := tx.User(id)
		if err != nil {
			return err
		}
		*name = u.Name
	}
	if s.SignedBy == s.TherapistID {
		s.TherapistName = s.Signer
	}
	return nil
}

// counted puts the order's counter beside a session.
func counted(tx *store.Tx, s models.Session) (models.Session, error) {
	if s.SeriesID == "" {
		return s, nil
	}
	series, err := tx.Series(s.SeriesID)
	if err != nil {
		return s, err
	}
	booked, err := tx.OpenBookings(s.SeriesID)
	v := series.Visits(booked)
	s.Visits = &v
	return s, err
}

// SessionFilter narrows the inbox; empty fields do not.
type SessionFilter struct {
	ClientID       models.ClientID
	PrescriptionID models.PrescriptionID // any version of its order
	TherapistID    models.UserID
	State          models.SessionState
}

// Sessions is the inbox: the newest first, with names and without notes.
func (n *Network) Sessions(ctx context.Context, by models.Actor, f SessionFilter, page models.Page) (models.List[models.SessionLine], error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.List[models.SessionLine], error) {
		if by.Outsider() {
			return n.sharedSessions(tx, by, f, page)
		}
		if err := by.May(models.ReadSessions); err != nil {
			return models.List[models.SessionLine]{}, err
		}
		tx.Log("session.list", "session", "", f.ClientID, "")
		narrow := store.SessionFilter{ClientID: f.ClientID, TherapistID: f.TherapistID, State: f.State}
		if f.PrescriptionID != "" {
			p, err := tx.Prescription(f.PrescriptionID)
			if err != nil {
				return models.List[models.SessionLine]{}, err
			}
			narrow.SeriesID = p.SeriesID
		}
		return tx.Sessions(narrow, page)
	})
}

// NoteDraft is what may change while a note is open; nil keeps.
type NoteDraft struct {
	SOAP            *models.SOAP
	Response        *string
	AskDoctor       *string
	Minutes         *int
	Regions         *[]models.RegionSide
	Techniques      *[]models.Technique
	PrecautionsRead *[]models.Precaution
	Readings        *[]models.Reading
}

func (d NoteDraft) over(s models.Session) models.SessionDraft {
	out := models.SessionDraft{ClientID: s.ClientID, PrescriptionID: s.PrescriptionID, StartedAt: s.StartedAt, Minutes: s.Minutes, Regions: s.Regions,
		Techniques: s.Techniques, PrecautionsRead: s.PrecautionsRead, Screening: s.Screening, SOAP: s.SOAP, Response: s.Response, AskDoctor: s.AskDoctor,
		Readings: s.Readings}
	put(&out.SOAP, d.SOAP)
	put(&out.Response, d.Response)
	put(&out.AskDoctor, d.AskDoctor)
	put(&out.Minutes, d.Minutes)
	put(&out.Regions, d.Regions)
	put(&out.Techniques, d.Techniques)
	put(&out.PrecautionsRead, d.PrecautionsRead)
	put(&out.Readings, d.Readings)
	return out
}

func put[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

// ChangeNote edits an open note, when the caller saw its newest version. A
// prescribed session stays inside the scope it was done under.
func (n *Network) ChangeNote(ctx context.Context, by models.Actor, id models.SessionID, d NoteDraft) (models.Session, error) {
	return locked(ctx, n, by, func(ctx context.Context, tx *store.Tx) (models.Session, error) {
		s, err := n.openNote(ctx, tx, by, id, "session.change")
		if err != nil {
			return s, err
		}
		p, err := tx.Practice(tx.PracticeID())
		if err != nil {
			return s, err
		}
		c := d.over(s)
		var l fault.List
		c.Check(tx.Now(), p.Location(), "", &l)
		if s.Kind != models.Stopped {
			c.Missing(&l)
		}
		if err := refusal(l.Items(), models.Admission{Violations: s.Edited(c, p.Settings.Screening())}); err != nil {
			return s, err
		}
		s.SOAP, s.Response, s.AskDoctor, s.Minutes, s.Regions, s.Techniques = c.SOAP, c.Response, c.AskDoctor, c.Minutes, c.Regions, c.Techniques
		s.PrecautionsRead, s.Readings = c.PrecautionsRead, c.Scored()
		if err := tx.UpdateNote(s, s.Version); err != nil {
			return s, err
		}
		s.Version++
		return counted(tx, s)
	})
}

// openNote locks a session whose note is still open and which the caller saw
// in its newest version, where they say what they saw.
func (n *Network) openNote(ctx context.Context, tx *store.Tx, by models.Actor, id models.SessionID, action string) (models.Session, error) {
	if err := by.May(models.WriteSessions); err != nil {
		return models.Session{}, err
	}
	s, err := tx.LockSession(id)
	if err != nil {
		return s, err
	}
	tx.Log(action, "session", string(id), s.ClientID, "")
	if seen := models.IfMatchOf(ctx); seen != 0 && seen != s.Version {
		return s, fault.New(fault.Stale, "version.stale", "Somebody changed this in the meantime. Load it again and repeat your change.")
	}
	return s, s.NeedsState(models.NoteOpen)
}

// SignSession freezes the therapist's own note with its hash. Of two tabs one
// signs, the other is told that it is signed.
func (n *Network) SignSession(ctx context.Context, by models.Actor, id models.SessionID) (models.Session, error) {
	return locked(ctx, n, by, func(ctx context.Context, tx *store.Tx) (models.Session, error) {
		s, err := n.openNote(ctx, tx, by, id, "session.sign")
		if err != nil {
			return s, err
		}
		if s.TherapistID != by.UserID {
			return s, fault.New(fault.Forbidden, "session.not_yours", "Only the therapist who did the session signs its note.")
		}
		if err := s.SOAP.Signable(); err != nil {
			return s, err
		}
		p, err := tx.Practice(tx.PracticeID())
		if err != nil {
			return s, err
		}
		own, err := licence(tx, by.UserID)
		if err != nil {
			return s, err
		}
		if today := p.Today(tx.Now()); p.Settings.EnforceLicence && own.Lapsed(today) {
			return s, fault.New(fault.Conflict, "licence.lapsed", "Your licence has ended, and this practice lets nobody sign without one.").With(models.LicenceLapsed(own, today))
		}
		now := tx.Now()
		s.State, s.SignedAt, s.SignedBy, s.ContentSHA256 = models.NoteSigned, &now, by.UserID, s.ContentHash()
		if err := tx.SignSession(s, s.Version); err != nil {
			return s, err
		}
		s.Version++
		return counted(tx, s)
	})
}

// AddAddendum adds a later remark to a signed note, for ever.
func (n *Network) AddAddendum(ctx context.Context, by models.Actor, id models.SessionID, text string) (models.Session, error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.Session, error) {
		if err := by.May(models.WriteSessions); err != nil {
			return models.Session{}, err
		}
		s, err := tx.LockSession(id)
		if err != nil {
			return s, err
		}
		tx.Log("session.addendum", "session", string(id), s.ClientID, "")
		if err := seen(ctx, s.Version); err != nil {
			return s, err
		}
		if err := s.NeedsState(models.NoteSigned); err != nil {
			return s, err
		}
		if err := needsText(text, "/text", "Write the remark: 1 to 5000 characters."); err != nil {
			return s, err
		}
		a := models.Addendum{ID: tx.NewID(), AuthorID: by.UserID, Author: by.Name, At: tx.Now(), Text: text}
		s.Addenda = append(s.Addenda, a)
		if err := tx.AddAddendum(id, a); err != nil {
			return s, err
		}
		return counted(tx, s)
	})
}

func needsText(text, pointer, message string) error {
	if t := strings.TrimSpace(text); t != "" && len([]rune(text)) <= 5000 && !strings.ContainsRune(text, 0) {
		return nil
	}
	return fault.New(fault.Invalid, "validation", message).With(fault.Violation{Code: "text.required", Pointer: pointer, Message: message})
}

// VoidSession takes a session back with a reason: its visit is free again, its
// number stays spent, and reports that quoted it need a revision.
func (n *Network) VoidSession(ctx context.Context, by models.Actor, id models.SessionID, reason string) (models.Session, error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.Session, error) {
		if err := by.May(models.WriteSessions); err != nil {
			return models.Session{}, err
		}
		s, err := tx.Session(id)
		if err != nil {
			return s, err
		}
		if s.SeriesID != "" {
			if _, err := tx.LockSeries(s.SeriesID); err != nil {
				return s, err
			}
		}
		if s, err = tx.LockSession(id); err != nil {
			return s, err
		}
		tx.Log("session.void", "session", string(id), s.ClientID, "")
		if err := seen(ctx, s.Version); err != nil {
			return s, err
		}
		if !by.Is(models.Owner) && s.TherapistID != by.UserID {
			return s, fault.New(fault.Forbidden, "session.not_yours", "A session is taken back by the therapist who did it or by an owner of the practice.")
		}
		if s.State == models.NoteVoid {
			return s, s.NeedsState(models.NoteOpen)
		}
		if err := needsText(reason, "/reason", "Say why the session is taken back: 1 to 5000 characters."); err != nil {
			return s, err
		}
		return void(tx, s, by, reason)
	})
}

func void(tx *store.Tx, s models.Session, by models.Actor, reason string) (models.Session, error) {
	now := tx.Now()
	s.State, s.VoidedAt, s.VoidedBy, s.VoidReason, s.VisitRank = models.NoteVoid, &now, by.UserID, reason, 0
	if err := tx.VoidSession(s, s.Version); err != nil {
		return s, err
	}
	s.Version++
	if s.VisitNumber > 0 {
		if err := tx.GiveBackVisit(s.SeriesID); err != nil {
			return s, err
		}
	}
	if _, err := tx.MarkReportsQuoting(s.ID); err != nil {
		return s, err
	}
	if s.SeriesID != "" {
		if err := visitVoided(tx, s.SeriesID); err != nil {
			return s, err
		}
	}
	return counted(tx, s)
}
