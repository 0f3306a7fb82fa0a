package storetest

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"rapport/migrations"
	"rapport/models"
	"rapport/models/store"
	"rapport/models/store/seal"
)

// Clock stands still until a test moves it. The world begins on a Monday noon
// in the practice's zone.
type Clock struct {
	mu sync.Mutex
	at time.Time
}

// Now is the time the world has.
func (c *Clock) Now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.at }

// Set moves the clock anywhere.
func (c *Clock) Set(t time.Time) { c.mu.Lock(); defer c.mu.Unlock(); c.at = t }

// Advance moves the clock on.
func (c *Clock) Advance(d time.Duration) { c.Set(c.Now().Add(d)) }

// Start is the world's first moment: Monday 2026-03-02, 12:00 in Seattle.
var Start = time.Date(2026, 3, 2, 20, 0, 0, 0, time.UTC)

// World is a small network on a real database: a practice in Seattle with an
// owner, a therapist and a front desk; a second practice; two providers.
type World struct {
	T          testing.TB
	DB         *store.DB
	OwnerDB    *sql.DB // as the owner of the tables, for checks behind the store's back
	Clock      *Clock
	Practice   models.Practice
	Other      models.Practice
	Owner      models.Actor
	Therapist  models.Actor
	Desk       models.Actor
	Stranger   models.Actor // therapist of the other practice
	Provider   models.Provider
	Doctor     models.Actor // acts for Provider
	Provider2  models.Provider
	Doctor2    models.Actor
	Jobs       *Jobs
	mu         sync.Mutex
	ids        uint64
	statements atomic.Int64
	parameters atomic.Int64
	appURL     string
	master     *seal.Master
	astray     map[string]bool // statements that name no practice
}

// Jobs records what was enqueued, where a test needs no worker.
type Jobs struct {
	mu  sync.Mutex
	All []models.Job
}

// Insert records a job; it does not know of rollbacks.
func (j *Jobs) Insert(_ context.Context, _ *sql.Tx, job models.Job, _ time.Time) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.All = append(j.All, job)
	return nil
}

// Each runs a test on SQLite and on PostgreSQL, each with a world of its own.
func Each(t *testing.T, f func(t *testing.T, w *World)) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) { t.Parallel(); f(t, NewWorld(t, engine)) })
	}
}

var migrationKey = sync.OnceValue(func() string {
	h := sha256.New()
	fmt.Fprintf(h, "jobs %d\n", migrations.JobsVersion)
	for _, e := range []string{"sqlite", "postgres"} {
		_ = fs.WalkDir(migrations.Files(e), ".", func(p string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				b, _ := fs.ReadFile(migrations.Files(e), p)
				fmt.Fprintf(h, "%s %d\n", p, len(b))
				h.Write(b)
			}
			return err
		})
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
})

// Database returns the URLs of a fresh migrated database of an engine: as the
// program uses it, and as the owner of the tables.
func Database(t testing.TB, engine string) (app, owner string) {
	t.Helper()
	if engine == "postgres" {
		owner, app = Postgres(t, "schema-"+migrationKey(), func(ctx context.Context, dsn string) error {
			db, err := sql.Open("pgx", dsn)
			if err != nil {
				return err
			}
			defer db.Close()
			return migrations.Postgres(ctx, db)
		})
		return app, owner
	}
	path := SQLite(t, "schema", func(ctx context.Context, path string) error {
		d, err := store.Open(store.Config{URL: "sqlite:" + path, Now: time.Now})
		if err != nil {
			return err
		}
		defer d.Close()
		return migrations.SQLite(ctx, d.Pool(), path)
	})
	return "sqlite:" + path, "sqlite:" + path
}

// NewWorld makes the network on an engine.
func NewWorld(t testing.TB, engine string) *World {
	t.Helper()
	app, owner := Database(t, engine)
	m, err := seal.NewMaster()
	if err != nil {
		t.Fatal(err)
	}
	w := &World{T: t, Clock: &Clock{at: Start}, Jobs: &Jobs{}, appURL: app, master: m}
	t.Cleanup(w.tellAstray)
	w.DB = w.Open()
	driver := "sqlite"
	if engine == "postgres" {
		driver = "pgx"
	} else {
		owner = "file:" + filepath.ToSlash(owner[len("sqlite:"):]) + "?_pragma=busy_timeout(10000)"
	}
	if w.OwnerDB, err = sql.Open(driver, owner); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.OwnerDB.Close() })
	w.people()
	return w
}

// Open opens the world's database once more, like a second server process.
func (w *World) Open(change ...func(*store.Config)) *store.DB {
	w.T.Helper()
	cfg := store.Config{URL: w.appURL, Now: w.Clock.Now, NewID: w.NewID, Master: w.master, Watch: w.watch}
	for _, f := range change {
		f(&cfg)
	}
	d, err := store.Open(cfg)
	if err != nil {
		w.T.Fatal(err)
	}
	d.SetQueue(w.Jobs)
	w.T.Cleanup(func() { d.Close() })
	return d
}

// URL is where the program's role finds the database, for another process.
func (w *World) URL() string { return w.appURL }

// Master is the key that opens the world's database, for another process.
func (w *World) Master() *seal.Master { return w.master }

// Statements counts the statements of f, those that begin and end transactions
// not among them.
func (w *World) Statements(f func()) int {
	before := w.statements.Load()
	f()
	return int(w.statements.Load() - before)
}

// Parameters counts what the statements of f were given: ids that rows are
// asked for by, and values that are written.
func (w *World) Parameters(f func()) int {
	before := w.parameters.Load()
	f()
	return int(w.parameters.Load() - before)
}

// NewID counts, in the form of a UUIDv7.
func (w *World) NewID() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ids++
	return fmt.Sprintf("0196e000-0000-7000-8000-%012x", w.ids)
}

// Write runs f as the system in the world's practice and fails the test on an error.
func (w *World) Write(f func(tx *store.Tx) error) {
	w.T.Helper()
	if err := w.DB.Write(context.Background(), models.System(w.Practice.ID), func(_ context.Context, tx *store.Tx) error { return f(tx) }); err != nil {
		w.T.Fatal(err)
	}
}

func (w *World) people() {
	settings := models.DefaultSettings()
	w.Practice = models.Practice{ID: models.PracticeID(w.NewID()), Name: "Ballard Massage", TimeZone: "America/Los_Angeles", Mode: models.Covered, Settings: settings,
		Address: models.Address{Line1: "5000 Ballard Ave NW", City: "Seattle", State: "WA", PostalCode: "98107"}, Phone: "+1 206 555 0100", CreatedAt: Start}
	w.Other = models.Practice{ID: models.PracticeID(w.NewID()), Name: "Fremont Bodywork", TimeZone: "America/Los_Angeles", Mode: models.NotCovered, Settings: settings, CreatedAt: Start}
	office := models.Office{ID: models.OfficeID(w.NewID()), Name: "Green Lake Spine", Phone: "+1 206 555 0200", Fax: "+1 206 555 0201", PreferredChannel: models.ByPortal,
		Address: models.Address{Line1: "7200 E Green Lake Dr N", City: "Seattle", State: "WA", PostalCode: "98115"}}
	w.Provider = models.Provider{ID: models.ProviderID(w.NewID()), Name: models.PersonName{Given: "Linh", Family: "Nguyễn"}, Credentials: "DC", NPI: "1234567893",
		Taxonomy: "111N00000X", Email: "linh@greenlake.example", Offices: []models.Office{office}, CreatedAt: Start}
	w.Provider2 = models.Provider{ID: models.ProviderID(w.NewID()), Name: models.PersonName{Given: "Sean", Family: "O'Neill"}, Credentials: "MD", NPI: "1245319599",
		Taxonomy: "207Q00000X", Email: "sean@northgate.example", CreatedAt: Start}
	w.Write(func(tx *store.Tx) error {
		for _, p := range []models.Practice{w.Practice, w.Other} {
			if err := tx.AddPractice(p); err != nil {
				return err
			}
		}
		if err := tx.AddProvider(w.Provider); err != nil {
			return err
		}
		return tx.AddProvider(w.Provider2)
	})
	w.Practice.Version, w.Other.Version, w.Provider.Version, w.Provider2.Version = 1, 1, 1, 1
	w.Owner = w.Person("olga@ballard.example", "Olga Müller", models.RoleGrant{Role: models.Owner, PracticeID: w.Practice.ID}, models.RoleGrant{Role: models.Therapist, PracticeID: w.Practice.ID})
	w.Therapist = w.Person("jose@ballard.example", "José Álvarez", models.RoleGrant{Role: models.Therapist, PracticeID: w.Practice.ID})
	w.Desk = w.Person("dana@ballard.example", "Dana Kim", models.RoleGrant{Role: models.FrontDesk, PracticeID: w.Practice.ID})
	w.Stranger = w.Person("tom@fremont.example", "Tom Berg", models.RoleGrant{Role: models.Therapist, PracticeID: w.Other.ID})
	w.Doctor = w.Person("linh@greenlake.example", "Linh Nguyễn", models.RoleGrant{Role: models.ProviderRole, ProviderID: w.Provider.ID})
	w.Doctor2 = w.Person("sean@northgate.example", "Sean O'Neill", models.RoleGrant{Role: models.ProviderRole, ProviderID: w.Provider2.ID})
}

// Person adds a user with roles and returns them as an actor in the first role's place.
func (w *World) Person(email, name string, roles ...models.RoleGrant) models.Actor {
	w.T.Helper()
	u := models.User{ID: models.UserID(w.NewID()), Email: email, Name: name, SecurityStamp: "s", CreatedAt: w.Clock.Now(),
		Licence: models.Licence{State: "WA", Number: "MA60000001", ExpiresOn: "2028-01-31"}}
	a := models.Actor{Kind: models.ActorUser, UserID: u.ID, Name: name, PracticeID: roles[0].PracticeID, ProviderID: roles[0].ProviderID}
	w.Write(func(tx *store.Tx) error {
		if err := tx.AddUser(u); err != nil {
			return err
		}
		for _, g := range roles {
			a.Roles = append(a.Roles, g.Role)
			if err := tx.AddRole(u.ID, g); err != nil {
				return err
			}
		}
		return nil
	})
	return a
}

// Client adds a client of the world's practice.
func (w *World) Client(given, family string) models.Client {
	w.T.Helper()
	c := models.Client{ID: models.ClientID(w.NewID()), PracticeID: w.Practice.ID, Name: models.PersonName{Given: given, Family: family}, BirthDate: "1984-05-17",
		Email: "client@example.org", State: models.ClientActive, CreatedAt: w.Clock.Now(), Version: 1}
	w.Write(func(tx *store.Tx) error { return tx.AddClient(c) })
	return c
}
