package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"rapport/api"
	"rapport/api/wire"
	"rapport/models/fault"
	"rapport/models/store"
	"rapport/referral"
	"rapport/referral/delivery"
	"rapport/web"
)

// serving is what serve and demo add to the settings.
type serving struct {
	settings
	Addr               string   `help:"Where to listen." default:"127.0.0.1:8080"`
	PublicURL          string   `help:"The address that people use; it begins every link in mails." placeholder:"URL"`
	TrustedProxies     []string `help:"Addresses whose X-Forwarded-For is believed."`
	SMTPURL            string   `name:"smtp-url" help:"smtp://user:password@host:587 or smtps://…; without it mails are files." placeholder:"URL"`
	MailDir            string   `help:"Where mails go as .eml files without SMTP." placeholder:"DIR"`
	MailFrom           string   `help:"Sender of mails." placeholder:"ADDRESS"`
	MigrateDatabaseURL string   `help:"The URL of the tables' owner on PostgreSQL, for --migrate." placeholder:"URL"`
	Migrate            bool     `help:"Bring a PostgreSQL schema up to date before serving."`
	DiskReserve        int      `help:"Megabytes (or a twentieth of a small disk) below which SQLite takes no new writes; 0: never." default:"200"`

	room room // asks the disk; nil: the machine's
}

// server is a whole running program; tests start it like main does.
type server struct {
	db     *store.DB
	net    *referral.Network
	worker *delivery.Delivery
	app    *fiber.App
	ln     net.Listener
	log    *slog.Logger
	free   func() error // gives the database file back
	low    func() bool  // says that the disk has no room; nil: it is not asked
}

// fill sets what follows from other settings.
func (s serving) fill() (serving, error) {
	var err error
	if s.settings, err = s.place(); err != nil {
		return s, err
	}
	if s.PublicURL == "" {
		s.PublicURL = "http://" + s.Addr
	}
	u, err := url.Parse(s.PublicURL)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || (u.Path != "" && u.Path != "/") {
		return s, errors.New("the public URL is http(s)://host[:port] without a path")
	}
	s.PublicURL = u.Scheme + "://" + u.Host
	for _, proxy := range s.TrustedProxies {
		if _, _, err := net.ParseCIDR(proxy); err != nil && net.ParseIP(proxy) == nil {
			return s, fmt.Errorf("%q is neither an address nor a network; trusted proxies look like 10.0.0.2 or 10.0.0.0/8", proxy)
		}
	}
	if s.MailDir == "" {
		s.MailDir = filepath.Join(s.DataDir, "mail")
	}
	if s.MailFrom == "" {
		s.MailFrom = "rapport@" + u.Hostname()
		if net.ParseIP(u.Hostname()) != nil {
			s.MailFrom = "rapport@localhost.localdomain"
		}
	}
	return s, nil
}

// prepare opens the database and brings its schema up: always on SQLite, on
// PostgreSQL only when asked, and then as the owner.
func (s serving) prepare(ctx context.Context, log *slog.Logger) (*store.DB, error) {
	if _, lite := s.sqlitePath(); s.Migrate && !lite {
		owner := s.settings
		if s.MigrateDatabaseURL != "" {
			owner.DatabaseURL = s.MigrateDatabaseURL
		}
		db, err := owner.open(log, true)
		if err != nil {
			return nil, err
		}
		if err := errors.Join(migrate(ctx, db), db.Close()); err != nil {
			return nil, err
		}
	}
	db, err := s.openWith(store.Config{Log: log})
	if err != nil {
		return nil, err
	}
	if db.Engine() == "sqlite" {
		err = migrate(ctx, db)
	} else if err = db.CheckRole(ctx); err == nil {
		err = current(ctx, db)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// start wires everything and listens; nothing is answered before it returns.
func (s serving) start(ctx context.Context, log *slog.Logger, demo bool) (*server, error) {
	free, err := s.hold(false)
	if err != nil {
		return nil, err
	}
	db, err := s.prepare(ctx, log)
	if err != nil {
		return nil, errors.Join(err, free())
	}
	srv := &server{db: db, log: log, free: free, net: newNetwork(db, s.PublicURL, log, time.Now)}
	sender, err := s.sender()
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if srv.worker, err = newDelivery(db, srv.net, sender, s.PublicURL, log, time.Now); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if srv.ln, err = net.Listen("tcp", s.Addr); err != nil {
		return nil, errors.Join(taken(err), db.Close())
	}
	if err := srv.worker.Start(ctx); err != nil {
		return nil, errors.Join(err, srv.ln.Close(), db.Close())
	}
	if s.room == nil {
		s.room = onDisk
	}
	srv.low = s.low(s.room)
	set := wire.Settings{DiskLow: srv.low, PublicURL: s.PublicURL, TrustedProxies: s.TrustedProxies, Now: time.Now, NewID: newID, Log: log}
	if blindProxy(s.PublicURL, s.TrustedProxies) {
		log.Warn("the public address is https and no trusted proxy is set: every address is then the proxy's, which the throttle and signatures would take for the person's; set RAPPORT_TRUSTED_PROXIES")
	}
	pages := web.Settings{PublicURL: s.PublicURL, Now: time.Now, Random: rand.Reader, Log: log}
	if demo {
		pages.Mails = func() ([]web.Mail, error) { return s.mails(db) }
	}
	srv.routes(set, pages)
	return srv, nil
}

// blindProxy says that somebody in front ends TLS whose word about addresses is
// not believed. The program itself never speaks TLS.
func blindProxy(publicURL string, proxies []string) bool {
	return strings.HasPrefix(publicURL, "https://") && len(proxies) == 0
}

// routes answers for health from the start. The tables of the API and of the
// pages, 7 MB with the code that makes them, are made for the first request
// that needs them; the tests make them too, so that it cannot fail.
func (s *server) routes(set wire.Settings, pages web.Settings) {
	s.app = wire.New(set)
	s.health(s.app)
	whole := sync.OnceValue(func() fasthttp.RequestHandler {
		app := wire.New(set)
		s.health(app)
		api.Mount(app, s.net, set)
		web.Mount(app, s.net, pages)
		return app.Handler()
	})
	health := s.app.Server().Handler
	s.app.Server().Handler = func(c *fasthttp.RequestCtx) {
		if path := string(c.Path()); c.IsGet() && (path == livePath || path == readyPath) {
			health(c)
			return
		}
		whole()(c)
	}
}

const livePath, readyPath = "/livez", "/readyz"

// health answers without sign-in: alive, and able to serve. With a disk nearly
// full it still serves readings, so no balancer may take it out; its text says so.
func (s *server) health(app *fiber.App) {
	app.Get(livePath, func(c *fiber.Ctx) error { return c.SendString("alive\n") })
	app.Get(readyPath, func(c *fiber.Ctx) error {
		if err := s.db.Ready(c.UserContext()); err != nil {
			s.log.Error("not ready", "cause", fault.Scrub(err))
			return c.Status(fiber.StatusServiceUnavailable).SendString("not ready\n")
		}
		if s.low != nil && s.low() {
			s.log.Error("the disk is nearly full: nothing new is written")
			return c.SendString("read only: the disk is nearly full\n")
		}
		return c.SendString("ready\n")
	})
}

// run serves until ctx ends, then drains: listener, requests, jobs, database.
func (s *server) run(ctx context.Context) error {
	served := make(chan error, 1)
	go func() { served <- s.app.Listener(s.ln) }()
	select {
	case err := <-served:
		return errors.Join(err, s.close())
	case <-ctx.Done():
	}
	for { // Shutdown before the listener is registered is lost (STYLE F7)
		err := s.app.ShutdownWithTimeout(20 * time.Second)
		select {
		case e := <-served:
			return errors.Join(err, e, s.close())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (s *server) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return errors.Join(s.worker.Stop(ctx), s.db.Close(), s.free())
}
