package referral

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// of is a release to the doctor for these kinds alone.
func of(kinds ...models.Category) func(*models.ReleaseTerms) {
	return func(x *models.ReleaseTerms) { x.Categories = kinds }
}

// shares is what somebody reads of the clinic's client, in short: each read
// with its figure, or the code of its refusal.
func (c *clinic) shares(t *testing.T, by models.Actor, signed, open models.Session) string {
	t.Helper()
	say := func(err error, n int) string {
		if err != nil {
			return fault.CodeOf(err)
		}
		return fmt.Sprint(n)
	}
	client, e1 := c.net.Client(c.ctx, by, c.client.ID)
	all, e2 := c.net.Clients(c.ctx, by, "silv", models.Page{Limit: 10})
	lines, e3 := c.net.Sessions(c.ctx, by, SessionFilter{ClientID: c.client.ID}, models.Page{Limit: 10})
	every, e4 := c.net.Sessions(c.ctx, by, SessionFilter{}, models.Page{Limit: 10})
	note, e5 := c.net.Session(c.ctx, by, signed.ID)
	_, e6 := c.net.Session(c.ctx, by, open.ID)
	if fault.CodeOf(e6) == "" {
		t.Error("an open note was read")
	}
	measured, e7 := c.net.Measures(c.ctx, by, c.client.ID, "")
	booked, e8 := c.net.Bookings(c.ctx, by, BookingFilter{ClientID: c.client.ID}, models.Page{Limit: 10})
	page, e9 := c.net.SharedClient(c.ctx, by, c.Practice.ID, c.client.ID)
	words := 0
	for _, s := range page.Sessions {
		if s.SOAP.Subjective != "" {
			words++
		}
		if s.State == models.NoteVoid && (s.SOAP.Subjective != "" || page.Shared.Sees(models.CategorySessionNotes) && s.VoidedAt == nil) {
			t.Errorf("taken back: %+v", s)
		}
	}
	if e3 == nil && e4 == nil && len(lines.Items) != len(every.Items) {
		t.Errorf("%d sessions of the client, %d of all", len(lines.Items), len(every.Items))
	}
	if e1 == nil && (client.Email != "") != page.Shared.Sees(models.CategoryDemographics) {
		t.Errorf("the address %q", client.Email)
	}
	return fmt.Sprintf("client %s list %s sessions %s note %s+%d measures %s bookings %s page %s orders %d sessions %d words %d measures %d booked %d", say(e1, len(client.Name.Family)), say(e2, len(all.Items)),
		say(e3, len(lines.Items)), say(e5, len(note.SOAP.Subjective)), len(note.Readings), say(e7, len(measured)), say(e8, len(booked.Items)), say(e9, len(page.Releases)), len(page.Orders),
		len(page.Sessions), words, len(page.Measured), len(page.Booked))
}

// visited is a client with two signed visits, one taken back, one open, and a
// booking.
func (c *clinic) visited(t *testing.T) (signed, open models.Session) {
	t.Helper()
	signed = c.session(t, "2026-03-02", 24)
	c.session(t, "2026-03-09", 18)
	void := c.session(t, "2026-03-16", 12)
	open = c.session(t, "2026-03-23", 11, func(s *models.Session) { s.State, s.SignedAt, s.SignedBy = models.NoteOpen, nil, "" })
	if _, err := c.net.VoidSession(c.ctx, c.Owner, void.ID, "Another client's."); err != nil {
		t.Fatal(err)
	}
	c.Write(func(tx *store.Tx) error {
		return tx.AddBooking(models.Booking{ID: models.BookingID(c.NewID()), PracticeID: c.Practice.ID, ClientID: c.client.ID, PrescriptionID: c.order.ID, SeriesID: c.order.SeriesID,
			TherapistID: c.Therapist.UserID, StartsAt: c.Clock.Now().AddDate(0, 0, 7), LocalDate: "2026-03-30", Minutes: 30, State: models.BookingBooked, CreatedAt: c.Clock.Now(), Version: 1})
	})
	return signed, open
}

func TestAProviderReadsWhatTheReleaseCovers(t *testing.T) {
	const nothing = "client not_found list 0 sessions not_found note not_found+0 measures not_found bookings not_found page not_found orders 0 sessions 0 words 0 measures 0 booked 0"
	for name, want := range map[string]struct {
		kinds    []models.Category
		own      bool
		released string
	}{
		"nothing":             {released: nothing},
		"own order":           {own: true, released: "client 5 list 1 sessions 3 note not_found+0 measures release_required bookings 1 page 0 orders 1 sessions 3 words 0 measures 0 booked 1"},
		"demographics":        {kinds: []models.Category{models.CategoryDemographics}, released: "client 5 list 1 sessions report.exceeds_release note not_found+0 measures report.exceeds_release bookings report.exceeds_release page 1 orders 1 sessions 0 words 0 measures 0 booked 0"},
		"prescription_status": {kinds: []models.Category{models.CategoryPrescriptionStatus}, released: "client 5 list 1 sessions 3 note not_found+0 measures report.exceeds_release bookings 0 page 1 orders 1 sessions 3 words 0 measures 0 booked 0"},
		"session_notes":       {kinds: []models.Category{models.CategorySessionNotes}, released: "client 5 list 1 sessions 3 note 20+0 measures report.exceeds_release bookings 0 page 1 orders 1 sessions 3 words 2 measures 0 booked 0"},
		"measures":            {kinds: []models.Category{models.CategoryMeasures}, released: "client 5 list 1 sessions report.exceeds_release note not_found+0 measures 2 bookings report.exceeds_release page 1 orders 1 sessions 0 words 0 measures 2 booked 0"},
		"progress_report":     {kinds: []models.Category{models.CategoryProgressReport}, released: "client 5 list 1 sessions report.exceeds_release note not_found+0 measures report.exceeds_release bookings report.exceeds_release page 1 orders 1 sessions 0 words 0 measures 0 booked 0"},
		"hiv":                 {kinds: []models.Category{models.CategoryHIV}, released: nothing},
		"all, own order":      {kinds: models.ReportCategories(), own: true, released: "client 5 list 1 sessions 3 note 20+1 measures 2 bookings 1 page 1 orders 1 sessions 3 words 2 measures 2 booked 1"},
	} {
		t.Run(name, func(t *testing.T) {
			eachClinic(t, func(t *testing.T, c *clinic) {
				if want.own {
					c.granted()
				}
				signed, open := c.visited(t)
				if len(want.kinds) > 0 {
					c.signed(t, of(want.kinds...))
				}
				staff := c.Person("pat@greenlake.example", "Pat Lee", models.RoleGrant{Role: models.ProviderStaff, ProviderID: c.Provider.ID})
				for who, by := range map[string]models.Actor{"doctor": c.Doctor, "staff": staff} {
					if got := c.shares(t, by, signed, open); got != want.released {
						t.Errorf("%s:\n got %s\nwant %s", who, got, want.released)
					}
				}
				if got := c.shares(t, c.Doctor2, signed, open); got != nothing {
					t.Errorf("another provider: %s", got)
				}
			})
		})
	}
}

func TestWhatWasSharedEndsWithTheRelease(t *testing.T) {
	const ended = "client release.ended list 0 sessions release.ended note release.ended+0 measures release.ended bookings release.ended page release.ended orders 0 sessions 0 words 0 measures 0 booked 0"
	for name, end := range map[string]func(*testing.T, *clinic, ReleaseView){
		"revoked": func(t *testing.T, c *clinic, r ReleaseView) { c.granted(); c.revoke(t, r) },
		"expired": func(_ *testing.T, c *clinic, _ ReleaseView) { c.Clock.Advance(365 * 24 * time.Hour) },
	} {
		t.Run(name, func(t *testing.T) {
			eachClinic(t, func(t *testing.T, c *clinic) {
				signed, open := c.visited(t)
				r := c.signed(t, of(models.ReportCategories()...))
				if _, err := c.net.SharedClient(c.ctx, c.Doctor, "", c.client.ID); err != nil {
					t.Fatal(err)
				}
				if d, err := c.net.ReleaseDocument(c.ctx, c.Doctor, r.ID); err != nil || d.SHA256 != r.DocumentSHA256 {
					t.Errorf("the signed form: %v", err)
				}
				_, err := c.net.ReleaseDocument(c.ctx, c.Doctor2, r.ID)
				code(t, err, "not_found")
				if l, err := c.net.Releases(c.ctx, c.Doctor, c.client.ID, models.Page{Limit: 10}); err != nil || len(l.Items) != 1 {
					t.Errorf("%d releases, %v", len(l.Items), err)
				}
				end(t, c, r)
				if got := c.shares(t, c.Doctor, signed, open); got != ended {
					t.Errorf(" got %s\nwant %s", got, ended)
				}
				_, err = c.net.ReleaseDocument(c.ctx, c.Doctor, r.ID)
				code(t, err, "release.ended")
				_, err = c.net.Releases(c.ctx, c.Doctor, c.client.ID, models.Page{Limit: 10})
				code(t, err, "release.ended")
			})
		})
	}
}

// TestAnOfficeSharesWithWhoWorksThereNow: also with somebody who came after the
// signature, and no more with who left.
func TestAnOfficeSharesWithWhoWorksThereNow(t *testing.T) {
	for name, empties := range map[string]string{"nobody works there at the signing": "UPDATE provider_roles SET until = since", "nobody ever worked there": "DELETE FROM provider_roles"} {
		t.Run(name, func(t *testing.T) { eachClinic(t, func(t *testing.T, c *clinic) { c.laterColleague(t, empties) }) })
	}
}

func (c *clinic) laterColleague(t *testing.T, empties string) {
	signed, open := c.visited(t)
	if _, err := c.OwnerDB.Exec(empties); err != nil {
		t.Fatal(err)
	}
	r := c.signed(t, func(x *models.ReleaseTerms) {
		x.Recipients, x.Categories = []models.Recipient{{OfficeID: c.Provider.Offices[0].ID}}, []models.Category{models.CategorySessionNotes}
	})
	come := models.Provider{ID: models.ProviderID(c.NewID()), Name: models.PersonName{Given: "Mei", Family: "Tanaka"}, CreatedAt: c.Clock.Now()}
	c.Write(func(tx *store.Tx) error { return tx.AddProvider(come) })
	mei := c.Person("mei@greenlake.example", "Mei Tanaka", models.RoleGrant{Role: models.ProviderRole, ProviderID: come.ID})
	const reads = "client 5 list 1 sessions 3 note 20+0 measures report.exceeds_release bookings 0 page 1 orders 0 sessions 3 words 2 measures 0 booked 0"
	if got := c.shares(t, mei, signed, open); got == reads {
		t.Error("somebody who never worked there reads it")
	}
	c.Write(func(tx *store.Tx) error { return tx.AddProviderRole(come.ID, c.Provider.Offices[0].ID) })
	if got := c.shares(t, mei, signed, open); got != reads {
		t.Errorf(" got %s\nwant %s", got, reads)
	}
	if l, err := c.net.Releases(c.ctx, mei, "", models.Page{Limit: 10}); err != nil || len(l.Items) != 1 || l.Items[0].ID != r.ID {
		t.Errorf("their releases: %+v, %v", l.Items, err)
	}
	if v, err := c.net.Release(c.ctx, mei, r.ID); err != nil || v.Client == nil {
		t.Errorf("the release: %+v, %v", v, err)
	}
	if d, err := c.net.ReleaseDocument(c.ctx, mei, r.ID); err != nil || d.SHA256 != r.DocumentSHA256 {
		t.Errorf("the signed form: %v", err)
	}
	if _, err := c.OwnerDB.Exec("UPDATE provider_roles SET until = since WHERE provider_id = '" + string(come.ID) + "'"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.net.Client(c.ctx, mei, c.client.ID); err == nil {
		t.Error("who left reads on")
	}
	if l, err := c.net.Releases(c.ctx, mei, "", models.Page{Limit: 10}); err != nil || len(l.Items) != 0 {
		t.Errorf("who left lists %+v, %v", l.Items, err)
	}
	_, err := c.net.Release(c.ctx, mei, r.ID)
	code(t, err, "not_found")
}

// TestAReleaseToOnePersonLeadsNoColleagueIntoThePractice: they leave nothing on
// its trail, and a damaged note answers them as one that does not exist.
func TestAReleaseToOnePersonLeadsNoColleagueIntoThePractice(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		signed, _ := c.visited(t)
		c.signed(t, of(models.CategorySessionNotes))
		entered := func() []models.PracticeID {
			ids, err := look(c.ctx, c.net, c.Doctor2, func(_ context.Context, tx *store.Tx) ([]models.PracticeID, error) { return tx.PracticesOf() })
			if err != nil {
				t.Fatal(err)
			}
			return ids
		}
		c.Write(func(tx *store.Tx) error { return tx.AddProviderRole(c.Provider2.ID, c.Provider.Offices[0].ID) })
		if got := entered(); len(got) != 0 {
			t.Errorf("a colleague enters %q", got)
		}
		other := c.Client("Bo", "Lindqvist") // about whom the colleague may ask
		mine := c.client
		c.client = other
		c.signed(t, of(models.CategorySessionNotes), func(x *models.ReleaseTerms) { x.Recipients = []models.Recipient{{ProviderID: c.Provider2.ID}} })
		c.client = mine
		if got := entered(); len(got) != 1 {
			t.Errorf("with a release of their own they enter %q", got)
		}
		runs(t, c.behind(t), "UPDATE sessions SET note = CAST('x' AS "+map[string]string{"sqlite": "BLOB", "postgres": "BYTEA"}[c.DB.Engine()]+") WHERE id = '"+string(signed.ID)+"'")
		_, err := c.net.Session(c.ctx, c.Doctor2, signed.ID)
		code(t, err, "not_found")
		_, err = c.net.Session(c.ctx, c.Doctor, signed.ID)
		code(t, err, "note.damaged")
	})
}

// told counts the lines of the ledger of a verb, and says the last one.
func (c *clinic) told(t *testing.T, f func() error) string {
	t.Helper()
	before := len(c.log(t, models.DisclosuresFull))
	err := f()
	log := c.log(t, models.DisclosuresFull)
	out := fmt.Sprint(len(log) - before)
	for _, d := range log[:len(log)-before] {
		out += fmt.Sprintf(" %v %s %v", d.Allowed, d.Basis, d.Categories)
	}
	if err != nil {
		out += " " + fault.CodeOf(err)
	}
	return out
}

func TestAViewOfAClientIsOneLineInTheLedger(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		c.granted()
		c.visited(t)
		page := func() error { _, err := c.net.SharedClient(c.ctx, c.Doctor, "", c.client.ID); return err }
		list := func() error {
			_, err := c.net.Sessions(c.ctx, c.Doctor, SessionFilter{}, models.Page{Limit: 10})
			return err
		}
		measures := func() error { _, err := c.net.Measures(c.ctx, c.Doctor, c.client.ID, ""); return err }
		for want, f := range map[string]func() error{"1 true own_order [prescription_status]": page, "1 false  [measures] release_required": measures} {
			if got := c.told(t, f); got != want {
				t.Errorf("before the release: %s, want %s", got, want)
			}
		}
		c.signed(t, of(models.CategorySessionNotes, models.CategoryMeasures))
		for _, x := range []struct {
			want string
			f    func() error
		}{{"2 true own_order [prescription_status] true release [session_notes measures]", page}, {"1 true release [session_notes]", list}, {"1 true release [measures]", measures}} {
			if got := c.told(t, x.f); got != x.want {
				t.Errorf("got %s, want %s", got, x.want)
			}
		}
	})
}

// TestAWishThatNamesAClientIsALineInTheLedger: when it is made, answered once
// more, listed and taken back.
func TestAWishThatNamesAClientIsALineInTheLedger(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		c.granted()
		c.signed(t, of(models.CategoryMeasures), func(x *models.ReleaseTerms) { x.Recipients = []models.Recipient{{ProviderID: c.Provider2.ID}} })
		for want, by := range map[string]models.Actor{"1 true own_order [prescription_status]": c.Doctor, "1 true release [measures]": c.Doctor2} {
			var made models.RequestLine
			again := models.WithIdempotency(c.ctx, models.Idempotency{Route: "POST /api/v1/document-requests", Key: want, BodySHA256: "b"})
			named := func(l models.RequestLine, err error) error {
				if err == nil && l.Client.Family != "Silva" {
					t.Errorf("the wish names %q", l.Client)
				}
				return err
			}
			ask := func() (err error) {
				made, err = c.net.AskForDocument(again, by, models.RequestDraft{ClientID: c.client.ID, Kind: "session_notes"})
				return named(made, err)
			}
			for _, f := range []func() error{ask, ask, func() error {
				l, err := c.net.DocumentRequests(c.ctx, by, models.RequestOpen, models.Page{Limit: 10})
				if err != nil || len(l.Items) != 1 {
					t.Fatalf("%d listed, %v", len(l.Items), err)
				}
				return named(l.Items[0], err)
			}, func() error { return named(c.net.WithdrawDocument(c.ctx, by, made.ID)) }} {
				if got := c.told(t, f); got != want {
					t.Errorf("got %s, want %s", got, want)
				}
			}
			none := func() error {
				_, err := c.net.DocumentRequests(c.ctx, by, models.RequestSent, models.Page{Limit: 10})
				return err
			}
			if got := c.told(t, none); got != "0" {
				t.Errorf("a list without the wish: %s", got)
			}
		}
	})
}

// TestOwnOrdersStandBeforeManyOfOthers also when the others' are newer.
func TestOwnOrdersStandBeforeManyOfOthers(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		c.granted()
		c.Write(func(tx *store.Tx) error {
			for range 101 {
				o := c.order
				o.ID, o.SeriesID, o.PrescriberID = models.PrescriptionID(c.NewID()), models.SeriesID(c.NewID()), c.Provider2.ID
				if err := errors.Join(tx.AddSeries(models.Series{ID: o.SeriesID, ClientID: o.ClientID, CurrentID: o.ID, Allowed: 12}), tx.AddPrescription(o)); err != nil {
					return err
				}
			}
			return nil
		})
		v, err := c.net.SharedClient(c.ctx, c.Doctor, c.Practice.ID, c.client.ID)
		if err != nil || len(v.Orders) != 1 || v.Orders[0].ID != c.order.ID {
			t.Errorf("%d orders, %v", len(v.Orders), err)
		}
	})
}

// TestASharedPageAsksTheSameForManyVisits counts statements, trail included.
func TestASharedPageAsksTheSameForManyVisits(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		c.granted()
		c.visited(t)
		c.signed(t, of(models.ReportCategories()...))
		count := func(f func() error) int {
			return c.Statements(func() {
				if err := f(); err != nil {
					t.Fatal(err)
				}
			})
		}
		reads := map[string]func() error{
			"page": func() error {
				_, err := c.net.SharedClient(c.ctx, c.Doctor, c.Practice.ID, c.client.ID)
				return err
			},
			"list": func() error {
				_, err := c.net.Sessions(c.ctx, c.Doctor, SessionFilter{}, models.Page{Limit: 50})
				return err
			},
			"clients": func() error { _, err := c.net.Clients(c.ctx, c.Doctor, "", models.Page{Limit: 50}); return err },
		}
		few := map[string]int{}
		for name, f := range reads {
			few[name] = count(f)
		}
		for i := range 8 {
			c.session(t, models.Date("2026-03-24").AddDays(i), 10)
		}
		for i := range 8 {
			c.client = c.Client("Ana", fmt.Sprint("Silva ", i))
			c.signed(t, of(models.CategorySessionNotes))
		}
		c.client.ID = c.order.ClientID
		for name, f := range reads {
			if n := count(f); n != few[name] {
				t.Errorf("%s: %d statements, %d with more rows", name, few[name], n)
			}
		}
		t.Logf("statements: %v", few)
	})
}

// TestConcurrentRevocationsEndWhatIsShared races a revocation with readers of
// the sessions: whoever read them stands in the ledger before the revocation.
func TestConcurrentRevocationsEndWhatIsShared(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		c.visited(t)
		yes, no := 0, 0
		for round := range 12 {
			r := c.signed(t, of(models.CategorySessionNotes))
			answers := make([]error, 4)
			start := make(chan bool)
			var wg sync.WaitGroup
			for i := range answers {
				wg.Go(func() {
					<-start
					time.Sleep(time.Duration(i*round%5) * time.Millisecond)
					f := SessionFilter{ClientID: c.client.ID}
					if i%2 > 0 {
						f.ClientID = "" // among all, where what is not shown is left out
					}
					l, err := c.net.Sessions(c.ctx, c.Doctor, f, models.Page{Limit: 10})
					if answers[i] = err; err == nil && len(l.Items) == 0 {
						answers[i] = fault.Gone
					}
				})
			}
			var revoked error
			wg.Go(func() {
				<-start
				time.Sleep(time.Duration(round%4) * time.Millisecond)
				_, revoked = c.net.RevokeRelease(c.ctx, c.Owner, r.ID, models.RevocationDraft{Channel: "letter"})
			})
			close(start)
			wg.Wait()
			for _, err := range append(answers, revoked) {
				switch {
				case err == nil:
					yes++
				case errors.Is(err, fault.Gone):
					no++
				default:
					t.Errorf("got %v", err)
				}
			}
			yes-- // the revocation itself
		}
		if yes == 0 || no == 0 {
			t.Errorf("%d read and %d refused: the race was never close", yes, no)
		}
		c.checkOrder(t, yes)
	})
}
