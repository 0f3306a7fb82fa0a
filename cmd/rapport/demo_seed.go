package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"log/slog"
	"regexp"
	"slices"
	"time"

	"rapport/models"
	"rapport/models/store"
	"rapport/models/store/seal"
	"rapport/referral"
	"rapport/referral/delivery"
	"rapport/referral/mail"
)

// seeder lives through a year of a practice by the same verbs that people use,
// on a clock of its own.
type seeder struct {
	ctx       context.Context
	net       *referral.Network
	jobs      *delivery.Delivery
	box       *mail.Memory
	at        time.Time
	end       time.Time // the present, up to which the year is lived
	zone      *time.Location
	today     models.Date
	owner     models.Actor
	therapist models.Actor
	desk      models.Actor
	practice  models.PracticeID
	providers []models.Provider
	ties      []models.RelationshipID // by place in demoProviders
	staff     map[int]models.StaffID  // by place in demoStaff
	doctors   map[int]models.Actor    // by place in demoProviders, those who sign in
	clients   []models.Client
	events    []event
	posted    time.Time // when mail last went out
	reported  bool      // a report waits for it
}

// event is one thing that happens at its time.
type event struct {
	at time.Time
	do func() error
}

func newSeeder(ctx context.Context, end time.Time) *seeder {
	return &seeder{ctx: ctx, box: &mail.Memory{}, end: end, doctors: map[int]models.Actor{}, staff: map[int]models.StaffID{}}
}

func (s *seeder) now() time.Time { return s.at.Truncate(time.Second) }

// reseed makes the demo network anew, with a year that ends now. Durability is
// given up while it is made: a demo that was cut off is made again.
func reseed(ctx context.Context, c serving, now time.Time) error {
	if err := clear(c); err != nil {
		return err
	}
	master, err := madeSecret(c.SecretFile)
	if err != nil {
		return err
	}
	path, _ := c.sqlitePath()
	if err := private(path); err != nil {
		return err
	}
	s := newSeeder(ctx, now)
	db, err := s.open(c.DatabaseURL, master)
	if err != nil {
		return err
	}
	defer db.Close()
	return s.fill(db, c.PublicURL)
}

// open makes an empty database file ready for the year.
func (s *seeder) open(url string, master *seal.Master) (*store.DB, error) {
	db, err := store.Open(store.Config{URL: url, Now: s.now, NewID: newID, Master: master})
	if err != nil {
		return nil, err
	}
	if err = migrate(s.ctx, db); err == nil {
		_, err = db.Pool().ExecContext(s.ctx, "PRAGMA synchronous=OFF")
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// fill lives the demo year in a migrated database.
func (s *seeder) fill(db *store.DB, publicURL string) (err error) {
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	s.net = newNetwork(db, publicURL, quiet, s.now)
	if s.jobs, err = newDelivery(db, s.net, s.box, publicURL, quiet, s.now); err != nil {
		return err
	}
	return s.live()
}

// live puts the year in order and lives it. What is still to be mailed at its
// end is left to the server, so that its letters can be read in the demo.
func (s *seeder) live() error {
	var err error
	if s.zone, err = time.LoadLocation("America/Los_Angeles"); err != nil {
		return err
	}
	s.today = models.DateOf(s.end, s.zone)
	s.at = s.today.AddDays(-370).Time(s.zone).Add(9 * time.Hour)
	if err := errors.Join(s.people()); err != nil {
		return err
	}
	for _, e := range demoEpisodes {
		s.episode(e)
	}
	s.present()
	s.referrals()
	s.relations()
	slices.SortStableFunc(s.events, func(a, b event) int { return a.at.Compare(b.at) })
	for _, e := range s.events {
		if e.at.After(s.end) {
			e.at = s.end
		}
		if e.at.After(s.at) {
			s.at = e.at
		}
		if err := e.do(); err != nil {
			return fmt.Errorf("on %s: %w", s.at.Format(time.DateOnly), said(err))
		}
		if err := s.postNowAndThen(); err != nil {
			return err
		}
	}
	return nil
}

// postNowAndThen mails what waits: a report on the day it was sent, the rest
// within the week.
func (s *seeder) postNowAndThen() error {
	recent := s.end.Sub(s.at) < 20*time.Hour
	if since := s.at.Sub(s.posted); recent || since < 20*time.Hour || since < 7*24*time.Hour && !s.reported {
		return nil
	}
	return s.post()
}

func (s *seeder) post() error {
	s.posted, s.reported = s.at, false
	_, err := s.jobs.Drain(s.ctx)
	return err
}

// on is a time of a day, in the practice's zone.
func (s *seeder) on(day models.Date, hour, minute int) time.Time {
	return day.Time(s.zone).Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
}

func (s *seeder) later(at time.Time, do func() error) { s.events = append(s.events, event{at, do}) }

// people makes the practice, who runs the server, its colleagues, the directory and the clients.
func (s *seeder) people() error {
	p, err := s.net.CreatePractice(s.ctx, models.System(""), models.PracticeDraft{Name: "Ballard Massage", TimeZone: "America/Los_Angeles", Mode: models.Covered,
		Address: models.Address{Line1: "5000 Ballard Ave NW", City: "Seattle", State: "WA", PostalCode: "98107"}, Phone: "+1 206 555 0100", Email: "office@ballard.example",
		OwnerName: "Olga Müller", OwnerEmail: "olga@ballard.example", Password: demoPassword,
		Licence: models.Licence{State: "WA", Number: "MA60412233", ExpiresOn: s.today.AddMonths(20)}})
	if err != nil {
		return err
	}
	s.practice = p.ID
	if _, err := s.net.AddOperator(s.ctx, models.System(""), "ona@rapport.example", "Ona Perez", demoPassword); err != nil {
		return err
	}
	if s.owner, err = s.signIn("olga@ballard.example"); err != nil {
		return err
	}
	for _, c := range []struct {
		name, email string
		role        models.Role
		licence     models.Licence
		as          *models.Actor
	}{
		{"José Álvarez", "jose@ballard.example", models.Therapist, models.Licence{State: "WA", Number: "MA60778899", ExpiresOn: s.today.AddMonths(14)}, &s.therapist},
		{"Dana Kim", "dana@ballard.example", models.FrontDesk, models.Licence{}, &s.desk},
	} {
		if _, err := s.net.InviteColleague(s.ctx, s.owner, models.Invitation{Email: c.email, Name: c.name, Role: c.role, Licence: c.licence}); err != nil {
			return err
		}
		if *c.as, err = s.accept(c.email); err != nil {
			return err
		}
	}
	if err := s.directory(); err != nil {
		return err
	}
	for i, c := range demoClients {
		made, err := s.net.AddClient(s.ctx, s.desk, models.ClientDraft{Name: models.PersonName{Given: c.given, Family: c.family}, BirthDate: models.Date(c.born),
			Email: fmt.Sprintf("client%02d@mail.example", i+1), Phone: fmt.Sprintf("+1 206 555 %04d", 1000+i)})
		if err != nil {
			return err
		}
		s.clients = append(s.clients, made)
	}
	return nil
}

// directory adds the providers at their offices; some of them sign in.
func (s *seeder) directory() error {
	offices := map[int]models.OfficeID{}
	for _, d := range demoProviders {
		draft := models.ProviderDraft{Name: models.PersonName{Given: d.given, Family: d.family}, Credentials: d.credentials, NPI: d.npi, Taxonomy: d.taxonomy, Email: d.email}
		if id, known := offices[d.office]; known {
			draft.OfficeID = id
		} else {
			o := demoOffices[d.office]
			draft.Office = &o
		}
		p, err := s.net.AddProvider(s.ctx, s.owner, draft)
		if err != nil {
			return err
		}
		offices[d.office] = p.Offices[0].ID
		s.providers = append(s.providers, p)
	}
	for _, i := range demoDoctors {
		if _, err := s.net.InviteProvider(s.ctx, s.owner, s.providers[i].ID, demoProviders[i].email, models.ProviderRole, ""); err != nil {
			return err
		}
		var err error
		if s.doctors[i], err = s.accept(demoProviders[i].email); err != nil {
			return err
		}
	}
	if _, err := s.net.InviteProvider(s.ctx, s.owner, s.providers[0].ID, "staff@green.example", models.ProviderStaff, "Robin Castillo"); err != nil {
		return err
	}
	_, err := s.accept("staff@green.example")
	return err
}

// demoDoctors are the providers who sign in.
var demoDoctors = []int{0, 5, 6}

var invitationLink = regexp.MustCompile(`/invitations/([A-Za-z0-9_-]+)`)

// accept does what an invited person does: opens the mail, sets a password.
func (s *seeder) accept(email string) (models.Actor, error) {
	if err := s.post(); err != nil {
		return models.Actor{}, err
	}
	sent := s.box.Sent()
	m := invitationLink.FindStringSubmatch(sent[len(sent)-1].Text)
	if m == nil {
		return models.Actor{}, errors.New("the invitation holds no link")
	}
	if _, err := s.net.AcceptInvitation(s.ctx, models.Anonymous("127.0.0.1", "demo"), m[1], demoPassword, ""); err != nil {
		return models.Actor{}, err
	}
	return s.signIn(email)
}

func (s *seeder) signIn(email string) (models.Actor, error) {
	pair, err := s.net.SignIn(s.ctx, models.Anonymous("127.0.0.1", "demo"), email, demoPassword, "")
	if err != nil {
		return models.Actor{}, err
	}
	return s.net.Authenticate(s.ctx, pair.AccessToken, "")
}

// scan is a picture of a faxed order: grey lines on white paper.
func scan() []byte {
	img := image.NewGray(image.Rect(0, 0, 600, 780))
	for i := range img.Pix {
		img.Pix[i] = 0xfa
	}
	for line := range 22 {
		for x := 60; x < 540-(line*53)%200; x++ {
			for y := range 3 {
				img.SetGray(x, 80+line*28+y, color.Gray{Y: uint8(90 + (x*7+line*13)%60)})
			}
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err) // into memory, of a picture made here
	}
	return b.Bytes()
}
