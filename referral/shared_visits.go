package referral

import (
	"errors"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// visitsOf says which visits of some clients may be read, and of whom any.
func (a *asking) visitsOf(clients []models.SharedClient) (store.SharedVisits, map[models.ClientID]models.SharedClient) {
	v, known := store.SharedVisits{Prescriber: a.ask.ProviderID}, map[models.ClientID]models.SharedClient{}
	for _, c := range clients {
		switch {
		case c.Shared.Sees(models.CategorySessionNotes):
			v.Notes = append(v.Notes, c.ID)
		case c.Shared.Sees(models.CategoryPrescriptionStatus):
			v.Visits = append(v.Visits, c.ID)
		case !c.Shared.Own:
			continue
		}
		if c.Shared.Own {
			v.Own = append(v.Own, c.ID)
		}
		known[c.ID] = c
	}
	return v, known
}

// visits is a list over the visits of clients: read gives a page of it with the
// client of each row, keep takes a row with who it is about.
type visits struct {
	client models.ClientID // only theirs
	want   models.Category
	what   string // for the ledger
	read   func(store.SharedVisits, models.Page) (of []models.ClientID, next string, err error)
	keep   func(i int, c models.SharedClient)
}

// listVisits reads visits of one client or of all, practice by practice. Each client
// on the page stands in the ledger once.
func (a *asking) listVisits(tx *store.Tx, page models.Page, action string, v visits) (string, error) {
	each := func(clients []models.SharedClient, p models.Page) (int, string, error) {
		visits, known := a.visitsOf(clients)
		if len(known) == 0 {
			return 0, "", nil
		}
		of, next, err := v.read(visits, p)
		told := map[models.ClientID]bool{}
		for i, id := range of {
			v.keep(i, known[id])
			if !told[id] {
				a.tellVisits(tx, known[id], v.want, v.what)
			}
			told[id] = true
		}
		return len(of), next, err
	}
	if v.client != "" {
		c, err := a.find(tx, "", v.client, v.want, action, "client", string(v.client))
		if err != nil {
			return "", err
		}
		if _, known := a.visitsOf([]models.SharedClient{c}); len(known) == 0 {
			return "", a.lacks(tx, c, v.want, v.what)
		}
		_, next, err := each([]models.SharedClient{c}, page)
		return next, err
	}
	return a.inPractices(tx, page, func(p models.Page) (int, string, error) {
		tx.Log(action, "practice", string(tx.PracticeID()), "", "")
		clients, _, err := a.tied(tx, "", "", v.want, models.Page{Limit: manyClients})
		if err != nil {
			return 0, "", err
		}
		return each(clients, p)
	})
}

// tellVisits keeps that visits were shown: under the release where it covers
// them, else because the order is the provider's own.
func (a *asking) tellVisits(tx *store.Tx, c models.SharedClient, want models.Category, description string) {
	if !c.Shared.Sees(want) && !c.Shared.Sees(models.CategoryPrescriptionStatus) {
		c.Shared = c.Shared.ByOwn()
	}
	a.tell(tx, c, description, want, models.CategoryPrescriptionStatus)
}

// sharedSessions lists what a provider may read of sessions, without notes.
func (n *Network) sharedSessions(tx *store.Tx, by models.Actor, f SessionFilter, page models.Page) (out models.List[models.SessionLine], err error) {
	out.Items = []models.SessionLine{}
	a, err := asksForShared(tx, by)
	if err != nil {
		return out, err
	}
	var l models.List[models.SessionLine]
	out.NextCursor, err = a.listVisits(tx, page, "session.list", visits{f.ClientID, models.CategorySessionNotes, "List of sessions", func(v store.SharedVisits, p models.Page) (of []models.ClientID, next string, err error) {
		narrow := store.SessionFilter{ClientID: f.ClientID, TherapistID: f.TherapistID, State: f.State, Shared: &v}
		if f.TherapistID != "" { // who treated is part of the note
			v.Visits, v.Own = nil, nil
		}
		if f.PrescriptionID != "" {
			order, err := tx.Prescription(f.PrescriptionID)
			if fault.CodeOf(err) == "not_found" {
				return nil, "", nil
			}
			if err != nil {
				return nil, "", err
			}
			narrow.SeriesID = order.SeriesID
		}
		l, err = tx.Sessions(narrow, p)
		for _, s := range l.Items {
			of = append(of, s.ClientID)
		}
		return of, l.NextCursor, err
	}, func(i int, c models.SharedClient) { out.Items = append(out.Items, toldLine(l.Items[i], c)) }})
	return out, err
}

// toldLine is a line of the list as the release lets it be read.
func toldLine(l models.SessionLine, c models.SharedClient) models.SessionLine {
	notes := c.Shared.Sees(models.CategorySessionNotes)
	if l.Session = l.Told(notes, c.Shared.Sees(models.CategoryMeasures)); !notes {
		l.Therapist = ""
	}
	return l
}

// among looks for something in each practice that holds anything for who asks,
// and stays in the one that has it; where none has it, it is not found.
func among[T any](tx *store.Tx, noun string, read func() (T, error)) (found T, at models.PracticeID, err error) {
	practices, err := tx.PracticesOf()
	if err != nil {
		return found, "", err
	}
	for _, p := range practices {
		if err := tx.Enter(p); err != nil {
			return found, "", err
		}
		if found, err = read(); !errors.Is(err, fault.NotFound) {
			return found, p, err
		}
	}
	return found, "", fault.Missing(noun)
}

// sharedSession reads one signed session with its note.
func (n *Network) sharedSession(tx *store.Tx, by models.Actor, id models.SessionID) (models.Session, error) {
	var none models.Session
	a, err := asksForShared(tx, by)
	if err != nil {
		return none, err
	}
	s, p, err := among(tx, "session", func() (models.Session, error) { return tx.SessionAbout(id) }) // the note itself only for who may see it
	if err != nil {
		return none, err
	}
	c, err := a.find(tx, p, s.ClientID, models.CategorySessionNotes, "session.read", "session", string(id))
	if fault.CodeOf(err) == "not_found" || err == nil && s.SignedAt == nil {
		return none, fault.Missing("session")
	}
	if err != nil {
		return none, err
	}
	if !c.Shared.Sees(models.CategorySessionNotes) {
		if err = a.lacks(tx, c, models.CategorySessionNotes, "Session of "+string(s.LocalDate)); fault.CodeOf(err) == "release.ended" {
			return none, err
		}
		return none, fault.Missing("session")
	}
	a.tell(tx, c, "Session of "+string(s.LocalDate), models.CategorySessionNotes, models.CategoryMeasures)
	if s, err = tx.Session(id); err != nil {
		return none, err
	}
	if err := named(tx, &s); err != nil {
		return none, err
	}
	return s.Told(true, c.Shared.Sees(models.CategoryMeasures)), nil
}

// sharedBookings lists when the visits under a provider's own orders are.
func (n *Network) sharedBookings(tx *store.Tx, by models.Actor, f BookingFilter, page models.Page) (out models.List[models.BookingLine], err error) {
	out.Items = []models.BookingLine{}
	a, err := asksForShared(tx, by)
	if err != nil {
		return out, err
	}
	var l models.List[models.BookingLine]
	out.NextCursor, err = a.listVisits(tx, page, "booking.list", visits{f.ClientID, models.CategoryPrescriptionStatus, "Visits under an own order", func(v store.SharedVisits, p models.Page) (of []models.ClientID, next string, err error) {
		l, err = tx.Bookings(store.BookingFilter{Day: f.Day, ClientID: f.ClientID, State: f.State, Shared: &v}, p)
		for _, b := range l.Items {
			of = append(of, b.ClientID)
		}
		return of, l.NextCursor, err
	}, func(i int, _ models.SharedClient) {
		out.Items = append(out.Items, models.BookingLine{Booking: l.Items[i].Told(), Client: l.Items[i].Client})
	}})
	return out, err
}

// sharedBooking reads one visit under a provider's own order.
func (n *Network) sharedBooking(tx *store.Tx, by models.Actor, id models.BookingID) (models.Booking, error) {
	var none models.Booking
	a, err := asksForShared(tx, by)
	if err != nil {
		return none, err
	}
	b, p, err := among(tx, "booking", func() (models.Booking, error) { return tx.Booking(id) })
	if err != nil {
		return none, err
	}
	if b.PrescriptionID == "" {
		return none, fault.Missing("booking")
	}
	c, err := a.find(tx, p, b.ClientID, models.CategoryPrescriptionStatus, "booking.read", "booking", string(id))
	if fault.CodeOf(err) == "not_found" || err == nil && !c.Shared.Own {
		return none, fault.Missing("booking")
	}
	if err != nil {
		return none, err
	}
	order, err := tx.Prescription(b.PrescriptionID)
	if err != nil {
		return none, err
	}
	if order.PrescriberID != a.ask.ProviderID {
		return none, fault.Missing("booking")
	}
	a.tellVisits(tx, c, models.CategoryPrescriptionStatus, "Visit of "+string(b.LocalDate))
	return b.Told(), nil
}

// sharedMeasures is the course of a client's readings under signed notes.
func (n *Network) sharedMeasures(tx *store.Tx, by models.Actor, id models.ClientID, instrument models.InstrumentKey) ([]models.Measured, error) {
	a, err := asksForShared(tx, by)
	if err != nil {
		return nil, err
	}
	if err := knownInstrument(instrument); err != nil {
		return nil, err
	}
	c, err := a.find(tx, "", id, models.CategoryMeasures, "measures.read", "client", string(id))
	if err != nil {
		return nil, err
	}
	if !c.Shared.Sees(models.CategoryMeasures) {
		return nil, a.lacks(tx, c, models.CategoryMeasures, "Measures")
	}
	a.tell(tx, c, "Measures", models.CategoryMeasures)
	readings, err := tx.Readings(id, store.ReadingFilter{Instrument: instrument, Signed: true})
	return models.Course(readings), err
}
