package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"rapport/migrations"
	"rapport/models/store"
)

type migrateCommand struct {
	settings
	MigrateDatabaseURL string `help:"The URL of the tables' owner on PostgreSQL." placeholder:"URL"`
}

// Run brings the schema up to this program; running it again changes nothing.
func (c migrateCommand) Run(out io.Writer) error {
	s, err := c.place()
	if err != nil {
		return err
	}
	if c.MigrateDatabaseURL != "" {
		s.DatabaseURL = c.MigrateDatabaseURL
	}
	db, err := s.open(nil, true)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := migrate(context.Background(), db); err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, "the schema is current")
	return err
}

// migrate applies our schema and the job queue's.
func migrate(ctx context.Context, db *store.DB) error {
	var err error
	if db.Engine() == "sqlite" {
		err = migrations.SQLite(ctx, db.Pool(), db.Path())
	} else {
		err = migrations.Postgres(ctx, db.Pool())
	}
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// current refuses a PostgreSQL schema that is behind this program.
func current(ctx context.Context, db *store.DB) error {
	behind, err := migrations.Pending(ctx, db.Pool(), db.Engine())
	if err != nil {
		return err
	}
	if behind {
		return errors.New("the database schema is behind this program; run rapport migrate as the owner, or serve --migrate")
	}
	return nil
}
