package main

import (
	"context"
	"crypto/rand"
	"log/slog"
	"time"

	_ "time/tzdata" // practices have zones, wherever the program runs

	"rapport/models/store"
	"rapport/referral"
	"rapport/referral/delivery"
	"rapport/referral/mail"
	"rapport/referral/password"
	"rapport/referral/token"
)

// newNetwork wires the verbs with the machine's randomness and a clock.
func newNetwork(db *store.DB, publicURL string, log *slog.Logger, now func() time.Time) *referral.Network {
	tokens := token.New(token.Config{Issuer: publicURL, Now: now, Random: rand.Reader})
	return referral.New(db, tokens, password.New(rand.Reader), referral.Config{PublicURL: publicURL, Now: now, Random: rand.Reader, Log: log})
}

// sender is SMTP where a server is named, else a directory of files.
func (s serving) sender() (delivery.Sender, error) {
	if s.SMTPURL != "" {
		return mail.NewSMTP(s.SMTPURL, s.MailFrom, time.Now)
	}
	return mail.NewDirectory(s.MailDir, s.MailFrom, time.Now)
}

// newDelivery wires the jobs and hands them to the store as its queue. Without
// a network and a sender it only takes jobs in, for commands.
func newDelivery(db *store.DB, net delivery.Network, sender delivery.Sender, publicURL string, log *slog.Logger, now func() time.Time) (*delivery.Delivery, error) {
	d, err := delivery.New(delivery.Config{DB: db, Network: net, Sender: sender, PublicURL: publicURL, Now: now, Random: rand.Reader, Log: log})
	if err == nil {
		db.SetQueue(d)
	}
	return d, err
}

// network is a command's way to the verbs: database open, jobs taken in.
type network struct {
	*referral.Network
	db *store.DB
}

func (s settings) network(ctx context.Context) (network, error) {
	s, err := s.place()
	if err != nil {
		return network{}, err
	}
	db, err := s.open(nil, false)
	if err != nil {
		return network{}, err
	}
	if db.Engine() == "sqlite" {
		err = migrate(ctx, db)
	} else {
		err = current(ctx, db)
	}
	if err == nil {
		_, err = newDelivery(db, nil, nil, "", slog.New(slog.DiscardHandler), time.Now)
	}
	if err != nil {
		db.Close()
		return network{}, err
	}
	return network{newNetwork(db, "http://localhost", nil, time.Now), db}, nil
}
