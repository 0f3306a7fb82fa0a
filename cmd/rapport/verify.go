package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"rapport/models"
	"rapport/models/store"
)

type verifyCommand struct {
	settings
	Heads string `help:"A file of what rapport audit head printed earlier: each head must still be on its trail." type:"existingfile" placeholder:"FILE"`
}

// Help is shown by rapport verify --help.
func (verifyCommand) Help() string {
	return "Checks the audit chain, the hashes of documents and prescriptions, the notes of sessions and the visit counters of every practice, and names the first row that does not fit."
}

// Run prints what was checked; a broken row makes the exit status 1.
func (c verifyCommand) Run(out io.Writer) error {
	s, err := c.place()
	if err != nil {
		return err
	}
	if err := s.present(); err != nil {
		return err
	}
	db, err := s.open(nil, true)
	if err != nil {
		return err
	}
	defer db.Close()
	var heads []models.AuditHead
	if c.Heads != "" {
		if heads, err = readHeads(c.Heads); err != nil {
			return err
		}
	}
	sum, err := verify(context.Background(), db)
	if err == nil {
		err = db.VerifyHeads(context.Background(), heads, &sum)
	}
	if err != nil {
		return err
	}
	if c.Heads != "" {
		fmt.Fprintf(out, "compared %d signed heads\n", sum.Heads)
	}
	fmt.Fprintf(out, "checked %d audit events, %d disclosures, %d documents, %d prescriptions, %d visit counters, %d open things\n",
		sum.Events, sum.Disclosures, sum.Documents, sum.Prescriptions, sum.Series, sum.Open)
	for _, b := range sum.Broken {
		fmt.Fprintf(out, "BROKEN %s: practice %s, %s: %s\n", b.Check, b.PracticeID, b.Row, b.Why)
	}
	if len(sum.Broken) > 0 {
		return errors.New("the records do not verify")
	}
	fmt.Fprintln(out, "everything fits")
	return nil
}

// verify looks at one practice after the other, each in a snapshot of its own.
func verify(ctx context.Context, db *store.DB) (store.Checked, error) {
	var sum store.Checked
	var ids []models.PracticeID
	err := db.Read(ctx, models.System(""), func(_ context.Context, tx *store.Tx) (err error) { ids, err = tx.PracticeIDs(); return err })
	for _, id := range ids {
		if err != nil {
			break
		}
		err = db.Read(ctx, models.System(id), func(_ context.Context, tx *store.Tx) error {
			for _, check := range []func(*store.Checked) error{tx.VerifyTrail, tx.VerifyDisclosures, tx.VerifyDocuments, tx.VerifyReferences, tx.VerifyPrescriptions, tx.VerifyNotes, tx.VerifyVisits, tx.VerifyWorklists} {
				if err := check(&sum); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err == nil { // what happened outside every practice is a trail and nothing else
		err = db.Read(ctx, models.System(models.NetworkPractice), func(_ context.Context, tx *store.Tx) error { return tx.VerifyTrail(&sum) })
	}
	return sum, err
}
