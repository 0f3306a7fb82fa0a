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

// visits is a list over the visits of clients: tied names a page of those about
// which the gate is asked, read gives some of them as far as they are shared,
// and keep takes one of what was read with who it is about.
type visits struct {
	client models.ClientID // only theirs
	want   models.Category
	what   string // for the ledger
	tied   func(store.TiedFilter, models.Page) (models.List[store.TiedVisit], error)
	read   func(v store.SharedVisits, only []string, p models.Page) (of []visit, next string, err error)
	keep   func(i int, c models.SharedClient)
}

type visit struct {
	id     string
	client models.ClientID
}

// listVisits reads visits of one client or of all, practice by practice. It
// costs as much as the page is long: only whom a page is about is asked for, and
// what is not shown of it is filled up in further rounds. Each client on the
// page stands in the ledger once.
func (a *asking) listVisits(tx *store.Tx, page models.Page, action string, v visits) (string, error) {
	told := map[models.ClientID]bool{}
	keep := func(i int, c models.SharedClient) {
		v.keep(i, c)
		if !told[c.ID] {
			a.tellVisits(tx, c, v.want, v.what)
		}
		told[c.ID] = true
	}
	if v.client != "" {
		c, err := a.find(tx, "", v.client, v.want, action, "client", string(v.client))
		if err != nil {
			return "", err
		}
		shared, known := a.visitsOf([]models.SharedClient{c})
		if len(known) == 0 {
			return "", a.lacks(tx, c, v.want, v.what)
		}
		of, next, err := v.read(shared, nil, page)
		for i := range of {
			keep(i, c)
		}
		return next, err
	}
	return a.inPractices(tx, page, action, func(p models.Page) (int, string, error) {
		l, err := v.tied(store.TiedFilter{ProviderID: a.ask.ProviderID, Offices: a.ask.Offices}, models.Page{Limit: max(p.Limit, readAtLeast), Cursor: p.Cursor})
		if err != nil || len(l.Items) == 0 {
			return 0, "", err
		}
		shared, known, err := a.seenVisits(tx, l.Items, v.want)
		if err != nil || len(known) == 0 {
			return 0, l.NextCursor, err
		}
		only := make([]string, len(l.Items))
		for i, x := range l.Items {
			only[i] = x.ID
		}
		of, _, err := v.read(shared, only, models.Page{Limit: len(only)})
		if err != nil {
			return 0, "", err
		}
		next := l.NextCursor
		if len(of) > p.Limit {
			of = of[:p.Limit]
			next = store.CursorOf(of[p.Limit-1].id)
		}
		for i, x := range of {
			keep(i, known[x.client])
		}
		return len(of), next, nil
	})
}

// seenVisits judges the clients of some visits.
func (a *asking) seenVisits(tx *store.Tx, visits []store.TiedVisit, want models.Category) (store.SharedVisits, map[models.ClientID]models.SharedClient, error) {
	var clients []models.TiedClient
	met := map[models.ClientID]bool{}
	for _, v := range visits {
		if !met[v.Client.ID] {
			clients = append(clients, v.Client)
		}
		met[v.Client.ID] = true
	}
	seen, err := a.seen(tx, clients, want)
	shared, known := a.visitsOf(seen)
	return shared, known, err
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
	out.NextCursor, err = a.listVisits(tx, page, "session.list", visits{client: f.ClientID, want: models.CategorySessionNotes, what: "List of sessions",
		tied: func(who store.TiedFilter, p models.Page) (models.List[store.TiedVisit], error) {
			narrow, fits, err := narrowSessions(tx, f)
			if err != nil || !fits {
				return models.List[store.TiedVisit]{}, err
			}
			return tx.TiedSessions(who, a.ask.On, narrow, p)
		},
		read: func(v store.SharedVisits, only []string, p models.Page) (of []visit, next string, err error) {
			narrow, fits, err := narrowSessions(tx, f)
			if err != nil || !fits {
				return nil, "", err
			}
			if f.TherapistID != "" { // who treated is part of the note
				v.Visits, v.Own = nil, nil
			}
			narrow.Shared, narrow.IDs = &v, only
			l, err = tx.Sessions(narrow, p)
			for _, s := range l.Items {
				of = append(of, visit{string(s.ID), s.ClientID})
			}
			return of, l.NextCursor, err
		},
		keep: func(i int, c models.SharedClient) { out.Items = append(out.Items, toldLine(l.Items[i], c)) }})
	return out, err
}

// narrowSessions is the filter as this practice understands it; an order that
// it does not have fits nothing.
func narrowSessions(tx *store.Tx, f SessionFilter) (narrow store.SessionFilter, fits bool, err error) {
	narrow = store.SessionFilter{ClientID: f.ClientID, TherapistID: f.TherapistID, State: f.State}
	if f.PrescriptionID == "" {
		return narrow, true, nil
	}
	order, err := tx.Prescription(f.PrescriptionID)
	if fault.CodeOf(err) == "not_found" {
		return narrow, false, nil
	}
	narrow.SeriesID = order.SeriesID
	return narrow, err == nil, err
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
	narrow := store.BookingFilter{Day: f.Day, ClientID: f.ClientID, State: f.State}
	out.NextCursor, err = a.listVisits(tx, page, "booking.list", visits{client: f.ClientID, want: models.CategoryPrescriptionStatus, what: "Visits under an own order",
		tied: func(who store.TiedFilter, p models.Page) (models.List[store.TiedVisit], error) {
			return tx.TiedBookings(who, a.ask.On, narrow, p)
		},
		read: func(v store.SharedVisits, only []string, p models.Page) (of []visit, next string, err error) {
			narrow := narrow
			narrow.Shared, narrow.IDs = &v, only
			l, err = tx.Bookings(narrow, p)
			for _, b := range l.Items {
				of = append(of, visit{string(b.ID), b.ClientID})
			}
			return of, l.NextCursor, err
		},
		keep: func(i int, _ models.SharedClient) {
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
