package models_test

import (
	"fmt"
	"testing"
	"time"

	"rapport/models"
	"rapport/models/fault"
)

func TestEvidenceOfADeliveryOnlyGrows(t *testing.T) {
	for _, c := range []struct {
		from   models.DeliveryState
		reason string
		to     models.DeliveryState
		why    string
		want   string
	}{
		{models.DeliveryQueued, "", models.DeliverySent, "", "sent true"},
		{models.DeliveryQueued, "", models.DeliveryDownloaded, "", "downloaded true"},
		{models.DeliveryDownloaded, "", models.DeliverySent, "", "downloaded false"},
		{models.DeliveryDownloaded, "", models.DeliveryDownloaded, "", "downloaded false"},
		{models.DeliveryDownloaded, "", models.DeliveryFailed, "mail.refused", "downloaded false"},
		{models.DeliveryDownloaded, "", models.DeliveryStopped, "release_required", "downloaded false"},
		{models.DeliveryDownloaded, "", models.DeliveryStopped, models.ReasonMisdirected, "stopped true"},
		{models.DeliverySent, "", models.DeliveryFailed, "mail.refused", "failed true"},
		{models.DeliveryFailed, "mail.refused", models.DeliveryQueued, "", "queued true"},
		{models.DeliveryFailed, "mail.refused", models.DeliveryFailed, "mail.refused", "failed false"},
		{models.DeliveryUncertain, "delivery.interrupted", models.DeliverySent, "", "sent true"},
		{models.DeliveryUncertain, "delivery.interrupted", models.DeliveryOpened, "", "opened true"},
		{models.DeliveryStopped, "release_required", models.DeliverySent, "", "stopped false"},
		{models.DeliveryStopped, models.ReasonMisdirected, models.DeliveryOpened, "", "stopped false"},
	} {
		d, news := models.Delivery{State: c.from, Reason: c.reason}.Moved(c.to, c.why)
		if got := fmt.Sprintf("%s %v", d.State, news); got != c.want {
			t.Errorf("%s %s: got %q, want %q", c.from, c.to, got, c.want)
		}
	}
}

func TestProofByHandSaysHowItIsKnown(t *testing.T) {
	begun := time.Date(2026, 3, 2, 20, 0, 0, 0, time.UTC)
	now := begun.Add(time.Hour)
	for _, c := range []struct {
		p    models.Proof
		d    models.DeliveryState
		want string
	}{
		{models.Proof{State: models.DeliverySent, Note: "Fax 12:04"}, models.DeliveryPrepared, "internal"},
		{models.Proof{State: models.DeliveryFailed, Note: "Busy", At: begun}, models.DeliverySent, "internal"},
		{models.Proof{State: models.DeliverySent, Note: " "}, models.DeliveryPrepared, "delivery.proof_note"},
		{models.Proof{State: models.DeliveryOpened, Note: "x"}, models.DeliveryPrepared, "delivery.proof_state"},
		{models.Proof{State: models.DeliverySent, Note: "x", At: now.Add(time.Second)}, models.DeliveryPrepared, "delivery.proof_time"},
		{models.Proof{State: models.DeliverySent, Note: "x", At: begun.Add(-time.Second)}, models.DeliveryPrepared, "delivery.proof_time"},
		{models.Proof{State: models.DeliverySent, Note: "x"}, models.DeliveryStopped, "delivery.stopped"},
	} {
		err := c.p.Validate(models.Delivery{State: c.d, CreatedAt: begun}, now)
		got := fault.CodeOf(err)
		if f, ok := fault.As(err); ok && len(f.Violations) == 1 {
			got = f.Violations[0].Code
		}
		if got != c.want || (err == nil) != (c.want == "internal") {
			t.Errorf("%+v: got %v, want %s", c.p, err, c.want)
		}
	}
}

func TestTheContentsOfAReportStayWithinTheRelease(t *testing.T) {
	const letter, tables, notes, other = models.CategoryProgressReport, models.CategoryMeasures, models.CategorySessionNotes, models.CategoryReferral
	type cs = []models.Category
	for _, c := range []struct {
		name             string
		include, covered cs
		want             string
	}{
		{"all covered", nil, cs{notes, letter, tables, other}, "[progress_report measures session_notes] left [] omitted [] false"},
		{"the letter only", nil, cs{letter, other}, "[progress_report] left [measures session_notes] omitted [] true"},
		{"chosen and covered", cs{tables}, cs{letter, tables, notes}, "[progress_report measures] left [] omitted [session_notes] true"},
		{"chosen beyond", cs{letter, notes}, cs{letter, tables}, "report.exceeds_release"},
		{"letter not covered", nil, cs{tables, notes}, "report.exceeds_release"},
		{"no release yet", nil, nil, "[progress_report measures session_notes] left [] omitted [] false"},
		{"no release yet, chosen", cs{letter}, nil, "[progress_report] left [] omitted [measures session_notes] true"},
	} {
		got, err := models.ContentsOf(c.include, c.covered)
		text := fmt.Sprintf("%v left %v omitted %v %v", got.Categories, got.LeftOut, got.Omitted, got.Partial())
		if err != nil {
			text = fault.CodeOf(err)
		}
		if text != c.want {
			t.Errorf("%s: got %s, want %s", c.name, text, c.want)
		}
	}
}
