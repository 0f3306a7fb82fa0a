package store_test

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
	"rapport/models/store/storetest"
)

func order(w *storetest.World, c models.Client) models.Prescription {
	p := models.Prescription{ID: models.PrescriptionID(w.NewID()), PracticeID: w.Practice.ID, SeriesID: models.SeriesID(w.NewID()), Version: 1, ClientID: c.ID,
		PrescriberID: w.Provider.ID, Status: models.OrderActive, Content: models.OrderContent{ValidFrom: "2026-03-01", ValidUntil: "2026-06-01"},
		Source: models.FromPortal, CreatedBy: w.Doctor.UserID, CreatedAt: w.Clock.Now()}
	w.Write(func(tx *store.Tx) error {
		if err := tx.AddSeries(models.Series{ID: p.SeriesID, ClientID: c.ID, CurrentID: p.ID, Allowed: 12}); err != nil {
			return err
		}
		return tx.AddPrescription(p)
	})
	return p
}

func draft(w *storetest.World, p models.Prescription) models.Report {
	return models.Report{ID: models.ReportID(w.NewID()), PracticeID: w.Practice.ID, ClientID: p.ClientID, PrescriptionID: p.ID, SeriesID: p.SeriesID,
		ProviderID: p.PrescriberID, Kind: models.ReportProgress, Status: models.ReportDraft, From: "2026-03-01", To: "2026-03-31",
		Include: []models.Category{models.CategoryMeasures}, Narrative: models.Narrative{Recommendation: "Continue"}, Revision: 1,
		CreatedBy: w.Therapist.UserID, CreatedAt: w.Clock.Now(), Version: 1}
}

func signReport(tx *store.Tx, r *models.Report) error {
	d, err := tx.AddDocument(r.ClientID, "report", "application/pdf", []byte("%PDF-"+string(r.ID)))
	if err != nil {
		return err
	}
	at := tx.Now()
	r.Status, r.DocumentID, r.SHA256, r.SignedAt, r.SignedBy = models.ReportSigned, d.ID, d.SHA256, &at, r.CreatedBy
	r.CategoriesIncluded = []models.Category{models.CategoryProgressReport}
	if err := tx.UpdateReport(*r, r.Version); err != nil {
		return err
	}
	r.Version++
	return nil
}

// behind runs a statement behind the store's back, as the owner of the tables
// inside the world's practice.
func behind(w *storetest.World, statement string) error {
	tx, err := w.OwnerDB.Begin()
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if w.DB.Engine() == "postgres" {
		if _, err := tx.Exec("SELECT set_config('app.practice', $1, true)", string(w.Practice.ID)); err != nil {
			return err
		}
	}
	_, err = tx.Exec(statement)
	return err
}

func TestReportRoundTripUntilItIsSignedAndFrozen(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		r := draft(w, order(w, w.Client("Ana", "Silva")))
		r.SessionIDs = []models.SessionID{"s-1", "s-2"}
		w.Write(func(tx *store.Tx) error {
			if err := tx.AddReport(r); err != nil {
				return err
			}
			got, err := tx.Report(r.ID)
			if err != nil || !reflect.DeepEqual(got, r) {
				t.Errorf("got %+v, %v, want %+v", got, err, r)
			}
			return signReport(tx, &r)
		})
		err := w.DB.Write(context.Background(), w.Owner, func(_ context.Context, tx *store.Tx) error { return tx.UpdateReport(r, r.Version) })
		if !errors.Is(err, fault.Stale) {
			t.Errorf("a signed report was written again: %v", err)
		}
		for _, forge := range []string{"UPDATE reports SET sha256 = 'x'", "UPDATE documents SET sha256 = 'x'", "DELETE FROM documents"} {
			if err := behind(w, forge); err == nil {
				t.Errorf("the database allowed %s", forge)
			}
		}
		w.Write(func(tx *store.Tx) error {
			if n, err := tx.MarkReportsQuoting("s-"); err != nil || n != 0 {
				t.Errorf("a part of an id: %d, %v", n, err)
			}
			if n, err := tx.MarkReportsQuoting("s-2"); err != nil || n != 1 {
				t.Errorf("got %d, %v, want 1", n, err)
			}
			got, err := tx.Report(r.ID)
			if got.Status != models.ReportNeedsRevision {
				t.Errorf("status %s, want needs_revision", got.Status)
			}
			return err
		})
	})
}

func TestAReportHasOneRevision(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		r := draft(w, order(w, w.Client("Ana", "Silva")))
		revise := func(tx *store.Tx) error {
			next := draft(w, models.Prescription{ID: r.PrescriptionID, SeriesID: r.SeriesID, ClientID: r.ClientID, PrescriberID: r.ProviderID})
			next.Revision, next.Revises, next.RevisionReason = 2, r.ID, "wrong side"
			return tx.AddReport(next)
		}
		w.Write(func(tx *store.Tx) error {
			if err := tx.AddReport(r); err != nil {
				return err
			}
			if err := signReport(tx, &r); err != nil {
				return err
			}
			return revise(tx)
		})
		err := w.DB.Write(context.Background(), w.Owner, func(_ context.Context, tx *store.Tx) error { return revise(tx) })
		if fault.CodeOf(err) != "report.revised" {
			t.Errorf("got %v, want report.revised", err)
		}
		w.Write(func(tx *store.Tx) error {
			if err := tx.SupersedeReport(r.ID); err != nil {
				return err
			}
			l, err := tx.Reports(store.ReportFilter{Status: models.ReportSuperseded}, models.Page{Limit: 5})
			if err != nil || len(l.Items) != 1 || l.Items[0].ID != r.ID || l.Items[0].Client.Family != "Silva" || l.Items[0].Recipient != "Linh Nguyễn, DC" {
				t.Errorf("got %v, %v", l, err)
			}
			return nil
		})
	})
}

func TestDeliveryKeepsItsEvidenceInOrder(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		r := draft(w, order(w, w.Client("Ana", "Silva")))
		d := models.Delivery{ID: models.DeliveryID(w.NewID()), PracticeID: w.Practice.ID, ReportID: r.ID, ClientID: r.ClientID, ProviderID: r.ProviderID,
			Channel: models.ByPortal, State: models.DeliveryPrepared, MessageID: "m-1", Override: &models.Override{Basis: "treatment", Reason: "urgent"},
			Events: []models.DeliveryEvent{{At: w.Clock.Now(), State: models.DeliveryPrepared, By: "user:1"}}, CreatedBy: w.Owner.UserID, CreatedAt: w.Clock.Now(), Version: 1}
		w.Write(func(tx *store.Tx) error {
			if err := tx.AddReport(r); err != nil {
				return err
			}
			if err := tx.AddDelivery(d); err != nil {
				return err
			}
			if got, err := tx.Delivery(d.ID); err != nil || !reflect.DeepEqual(got, d) {
				t.Errorf("got %+v, %v, want %+v", got, err, d)
			}
			return nil
		})
		var sent time.Time
		for _, state := range []models.DeliveryState{models.DeliverySent, models.DeliveryOpened} {
			w.Clock.Advance(time.Hour)
			if state == models.DeliverySent {
				sent = w.Clock.Now()
			}
			w.Write(func(tx *store.Tx) error {
				d, ok, err := tx.DeliveryOfMessage("m-1")
				if err != nil || !ok {
					t.Fatalf("delivery of the message: %v, %v", ok, err)
				}
				d.State = state
				if err := tx.SetDelivery(d, d.Version); err != nil {
					return err
				}
				return tx.AddDeliveryEvents(d.ID, models.DeliveryEvent{At: tx.Now(), State: state, By: "system"})
			})
		}
		w.Write(func(tx *store.Tx) error {
			at := w.Clock.Now()
			for _, s := range []models.Session{{State: models.NoteOpen}, {State: models.NoteVoid, VoidedAt: &at}} {
				s.ID, s.ClientID, s.PrescriptionID, s.SeriesID = models.SessionID(w.NewID()), r.ClientID, r.PrescriptionID, r.SeriesID
				s.TherapistID, s.Kind, s.StartedAt, s.LocalDate = w.Therapist.UserID, models.Deviation, at, "2026-03-02"
				if err := tx.AddSession(s); err != nil {
					return err
				}
			}
			rows, err := tx.ClocksOfClient(r.ClientID, "2026-03-02")
			if err != nil || len(rows) != 1 || rows[0].Sent == nil || !rows[0].Sent.Equal(sent) || rows[0].Discharged || len(rows[0].Visits) != 1 {
				t.Errorf("clock %+v, %v, want one visit and a report sent at %v", rows, err, sent)
			}
			if rows, err := tx.ClocksOfClient(r.ClientID, "2026-03-03"); err != nil || len(rows) != 0 {
				t.Errorf("nothing was done since, got %v, %v", rows, err)
			}
			l, err := tx.Deliveries(store.DeliveryFilter{ReportID: r.ID, Overridden: true}, models.Page{Limit: 5})
			if err != nil || len(l.Items) != 1 || len(l.Items[0].Events) != 3 || l.Items[0].Version != 3 {
				t.Errorf("got %+v, %v", l, err)
			}
			_, ok, err := tx.DeliveryOfMessage("m-2")
			if ok || err != nil {
				t.Errorf("another message: %v, %v", ok, err)
			}
			return nil
		})
	})
}
