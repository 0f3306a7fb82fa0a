package store_test

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"rapport/models"
	"rapport/models/store"
	"rapport/models/store/storetest"
)

// visit is an open note of a visit under an order, n days after the world's start.
func visit(w *storetest.World, p models.Prescription, n int) models.Session {
	v, one := float64(n%10), 1
	at := storetest.Start.AddDate(0, 0, n)
	return models.Session{ID: models.SessionID(w.NewID()), PracticeID: w.Practice.ID, ClientID: p.ClientID, PrescriptionID: p.ID, SeriesID: p.SeriesID,
		TherapistID: w.Therapist.UserID, Kind: models.Prescribed, State: models.NoteOpen, StartedAt: at, LocalDate: models.DateOf(at, w.Practice.Location()), Minutes: 30,
		Regions: []models.RegionSide{{Region: "neck", Side: "left"}}, Techniques: []models.Technique{"swedish"}, PrecautionsRead: []models.Precaution{"no_heat"},
		Screening: models.Screening{Reviewed: true, Findings: []models.Finding{{Key: "pregnancy", Note: "side-lying"}}},
		SOAP:      models.SOAP{Subjective: "stiff", Objective: "o", Assessment: "a", Plan: "p"}, Response: "good", AskDoctor: "numb thumb",
		Violations: []string{"scope.minutes"}, ScopeSnapshot: &models.Scope{MinutesPerSession: 30, Regions: []models.RegionSide{{Region: "neck"}}},
		Readings:  []models.Reading{{Instrument: "nprs", Value: &v, Taken: "before"}, {Instrument: "grc11", Value: &v, Answers: []*int{&one, nil}, Taken: "after", Region: "neck", Side: "left"}},
		CreatedBy: w.Therapist.UserID, CreatedAt: w.Clock.Now(), Version: 1}
}

func take(w *storetest.World, s models.Session) models.Session {
	w.Write(func(tx *store.Tx) (err error) {
		if s.VisitNumber, err = tx.TakeVisit(s.SeriesID); err != nil {
			return err
		}
		return tx.AddSession(s)
	})
	return s
}

// tamper is what somebody with the database in hand could do.
func tamper(w *storetest.World, statement string) {
	w.T.Helper()
	if w.DB.Engine() == "postgres" {
		statement = "SET app.practice = '" + string(w.Practice.ID) + "'; " + statement
	}
	if _, err := w.OwnerDB.Exec(statement); err != nil {
		w.T.Fatal(err)
	}
}

func TestASessionComesBackAsItWasWritten(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := take(w, visit(w, order(w, w.Client("Ana", "Silva")), 0))
		w.Write(func(tx *store.Tx) error {
			got, err := tx.Session(s.ID)
			if err != nil {
				return err
			}
			s.VisitRank = 1
			if !reflect.DeepEqual(got, s) {
				t.Errorf("got  %+v\nwant %+v", got, s)
			}
			return nil
		})
	})
}

func TestASignedNoteIsFrozenAndItsHashIsChecked(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := take(w, visit(w, order(w, w.Client("Ana", "Silva")), 0))
		s.SOAP.Plan = "changed while open"
		at := w.Clock.Now()
		w.Write(func(tx *store.Tx) error {
			if err := tx.UpdateNote(s, 1); err != nil {
				return err
			}
			s.SignedAt, s.SignedBy, s.ContentSHA256 = &at, w.Therapist.UserID, s.ContentHash()
			if err := tx.SignSession(s, 2); err != nil {
				return err
			}
			if err := tx.UpdateNote(s, 3); err == nil {
				t.Error("a signed note was changed")
			}
			if err := tx.SignSession(s, 3); err == nil {
				t.Error("a note was signed twice")
			}
			_, err := tx.Session(s.ID)
			return err
		})
		if err := behind(w, "UPDATE sessions SET minutes = 60"); err == nil {
			t.Error("the database let a signed note change")
		}
		tamper(w, "UPDATE measures SET value = 1")
		w.Write(func(tx *store.Tx) error {
			if _, err := tx.Session(s.ID); err == nil {
				t.Error("a changed reading was not found by the hash")
			}
			return nil
		})
	})
}

func TestVisitsKeepTheirNumberAndCloseTheirRank(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		p := order(w, w.Client("Ana", "Silva"))
		var all []models.Session
		for i := range 3 {
			all = append(all, take(w, visit(w, p, 7*i)))
		}
		at := w.Clock.Now()
		w.Write(func(tx *store.Tx) error {
			second := all[1]
			second.VoidedAt, second.VoidedBy, second.VoidReason = &at, w.Owner.UserID, "wrong client"
			if err := tx.VoidSession(second, 1); err != nil {
				return err
			}
			got, err := tx.Session(second.ID)
			if err != nil || got.State != models.NoteVoid || got.VisitNumber != 2 || got.VisitRank != 0 || got.VoidReason != "wrong client" {
				t.Errorf("voided: %+v, %v", got, err)
			}
			third, err := tx.Session(all[2].ID)
			if err != nil || third.VisitNumber != 3 || third.VisitRank != 2 {
				t.Errorf("third: number %d, rank %d, %v", third.VisitNumber, third.VisitRank, err)
			}
			l, err := tx.Sessions(store.SessionFilter{SeriesID: p.SeriesID}, models.Page{Limit: 10})
			if err != nil || len(l.Items) != 3 || l.Items[0].VisitRank != 2 || l.Items[1].VisitRank != 0 || l.Items[2].VisitRank != 1 || l.Items[0].Allowed != 12 {
				t.Errorf("list: %+v, %v", l, err)
			}
			stands, err := tx.SessionsOfSeries(p.SeriesID, "2026-01-01", "2026-12-31")
			if err != nil || len(stands) != 2 || stands[1].VisitRank != 2 || len(stands[1].Readings) != 2 {
				t.Errorf("those that stand: %+v, %v", stands, err)
			}
			days, err := tx.SeriesDays(p.SeriesID)
			if err != nil || days.First != all[0].LocalDate || len(days.Done) != 2 {
				t.Errorf("days: %+v, %v", days, err)
			}
			return nil
		})
	})
}

func TestTheInboxIsNewestFirstPageByPage(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		p := order(w, w.Client("Ana", "Silva"))
		for i := range 5 {
			take(w, visit(w, p, i/2)) // two begin at the same time
		}
		w.Write(func(tx *store.Tx) error {
			var seen []models.SessionID
			last := time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
			for page := (models.Page{Limit: 2}); ; {
				l, err := tx.Sessions(store.SessionFilter{}, page)
				if err != nil {
					return err
				}
				for _, s := range l.Items {
					if s.StartedAt.After(last) || s.Client.String() != "Ana Silva" || s.Therapist != "José Álvarez" {
						t.Errorf("got %+v after %v", s, last)
					}
					last = s.StartedAt
					seen = append(seen, s.ID)
				}
				if page.Cursor = l.NextCursor; page.Cursor == "" {
					break
				}
			}
			distinct := map[models.SessionID]bool{}
			for _, id := range seen {
				distinct[id] = true
			}
			if len(seen) != 5 || len(distinct) != 5 {
				t.Errorf("saw %v", seen)
			}
			return nil
		})
	})
}

func TestReadingsOfStandingSessionsInOrder(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		p := order(w, w.Client("Ana", "Silva"))
		first, second := take(w, visit(w, p, 8)), take(w, visit(w, p, 1))
		w.Write(func(tx *store.Tx) error {
			got, err := tx.Readings(p.ClientID, store.ReadingFilter{Instrument: "nprs"})
			if err != nil || len(got) != 2 || got[0].SessionID != second.ID || *got[1].Reading.Value != 8 || got[1].On != first.LocalDate {
				t.Errorf("got %+v, %v", got, err)
			}
			at := w.Clock.Now()
			first.VoidedAt, first.VoidReason = &at, "double"
			if err := tx.VoidSession(first, 1); err != nil {
				return err
			}
			got, err = tx.Readings(p.ClientID, store.ReadingFilter{SeriesID: p.SeriesID})
			if err != nil || len(got) != 2 || got[0].SessionID != second.ID {
				t.Errorf("after the void: %+v, %v", got, err)
			}
			return nil
		})
	})
}

func TestBookingsListByDayAndHoldTheirPlace(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		p := order(w, w.Client("Ana", "Silva"))
		add := func(i int) models.Booking {
			at := storetest.Start.Add(time.Duration(i) * 12 * time.Hour)
			b := models.Booking{ID: models.BookingID(w.NewID()), PracticeID: w.Practice.ID, ClientID: p.ClientID, PrescriptionID: p.ID, SeriesID: p.SeriesID, TherapistID: w.Therapist.UserID,
				StartsAt: at, LocalDate: models.DateOf(at, w.Practice.Location()), Minutes: 30, Regions: []models.RegionSide{{Region: "neck", Side: "left"}},
				State: models.BookingBooked, CreatedAt: w.Clock.Now(), Version: 1}
			w.Write(func(tx *store.Tx) error { return tx.AddBooking(b) })
			return b
		}
		all := []models.Booking{add(2), add(0), add(1)}
		w.Write(func(tx *store.Tx) error {
			l, err := tx.Bookings(store.BookingFilter{Day: "2026-03-02"}, models.Page{Limit: 1})
			if err != nil || len(l.Items) != 1 || l.Items[0].ID != all[1].ID || l.NextCursor != "" || !reflect.DeepEqual(l.Items[0].Booking, all[1]) {
				t.Errorf("day: %+v, %v", l, err)
			}
			l, err = tx.Bookings(store.BookingFilter{ClientID: p.ClientID}, models.Page{Limit: 2})
			if err != nil || fmt.Sprint(l.Items[0].ID, l.Items[1].ID) != fmt.Sprint(all[1].ID, all[2].ID) {
				t.Errorf("client: %+v, %v", l, err)
			}
			if l, err = tx.Bookings(store.BookingFilter{}, models.Page{Limit: 2, Cursor: l.NextCursor}); err != nil || len(l.Items) != 1 || l.Items[0].ID != all[0].ID {
				t.Errorf("second page: %+v, %v", l, err)
			}
			if err := tx.MoveBooking(all[0], models.BookingNoShow); err != nil {
				return err
			}
			if err := tx.MoveBooking(all[0], models.BookingCancelled); err == nil {
				t.Error("an old version of a booking was moved")
			}
			n, err := tx.OpenBookings(p.SeriesID)
			if days, e := tx.SeriesDays(p.SeriesID); e != nil || n != 2 || len(days.Booked) != 2 || err != nil {
				t.Errorf("open: %d, %+v, %v, %v", n, days, err, e)
			}
			return nil
		})
	})
}

func TestPracticeMailIsForThoseWhoHoldARole(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		w.Write(func(tx *store.Tx) error {
			owners, err := tx.PracticeMail(models.Owner)
			both, err2 := tx.PracticeMail(models.Owner, models.Therapist)
			if fmt.Sprint(owners, err) != "[olga@ballard.example] <nil>" || fmt.Sprint(both, err2) != "[jose@ballard.example olga@ballard.example] <nil>" {
				t.Errorf("got %v, %v; %v, %v", owners, err, both, err2)
			}
			return nil
		})
	})
}
