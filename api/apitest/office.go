package apitest

import (
	"context"
	"database/sql"
	"io"
	"log/slog"
	"time"

	"rapport/models"
	"rapport/models/store/storetest"
	"rapport/referral/delivery"
	"rapport/referral/mail"
)

// both records a job for tests that only look, and inserts it for real.
type both struct {
	*storetest.Jobs
	office *delivery.Delivery
}

func (b both) Insert(ctx context.Context, tx *sql.Tx, job models.Job, runAt time.Time) error {
	if err := b.office.Insert(ctx, tx, job, runAt); err != nil {
		return err
	}
	return b.Jobs.Insert(ctx, tx, job, runAt)
}

// open gives the world a post office: what verbs post is sent by Deliver.
func (s *Server) open(random io.Reader, log *slog.Logger) {
	s.T.Helper()
	s.Box = &mail.Memory{}
	var err error
	s.Office, err = delivery.New(delivery.Config{DB: s.World.DB, Network: s.Net, Sender: s.Box, PublicURL: PublicURL, Now: s.World.Clock.Now, Random: random, Log: log})
	if err != nil {
		s.T.Fatal(err)
	}
	s.World.DB.SetQueue(both{s.World.Jobs, s.Office})
}

// Deliver works everything that is due by the world's clock and returns all
// mails sent so far, oldest first.
func (s *Server) Deliver() []models.Mail {
	s.T.Helper()
	if _, err := s.Office.Drain(context.Background()); err != nil {
		s.T.Fatal(err)
	}
	return s.Box.Sent()
}
