package referral

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

func TestAReportGoesFromDraftToAnsweredPDF(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		c.signed(t, everything)
		r := c.written(t)
		if r.Status != models.ReportSigned || r.From != "2026-03-09" || r.To != "2026-03-23" || r.Partial || len(r.SessionIDs) != 3 || r.Recipient != "Linh Nguyễn, DC" {
			t.Errorf("signed %+v", r.Report)
		}
		d := c.send(t, r.ID, models.ByPortal)
		c.work(t)
		if sent := c.box.Sent(); len(sent) != 1 || sent[0].To != c.Provider.Email || strings.Contains(sent[0].Text+sent[0].Subject, "Silva") {
			t.Fatalf("mail %+v", sent)
		}
		v, err := c.net.Report(c.ctx, c.Doctor, r.ID)
		if err != nil || v.Client.Family != "Silva" || v.Delivery.State != models.DeliveryOpened {
			t.Fatalf("the doctor reads %+v, %v", v, err)
		}
		pdf, err := c.net.ReportPDF(c.ctx, c.Doctor, r.ID)
		if err != nil {
			t.Fatal(err)
		}
		again, err := c.net.ReportPDF(c.ctx, c.Therapist, r.ID)
		if sum := sha256.Sum256(pdf.Bytes); err != nil || !bytes.Equal(pdf.Bytes, again.Bytes) || hex.EncodeToString(sum[:]) != r.SHA256 {
			t.Errorf("two downloads differ or are not the signed bytes: %v", err)
		}
		words := text(t, pdf.Bytes)
		for _, want := range []string{"Progress report", "Ana Silva", "born May 17, 1984", "Linh Nguyễn, DC", "Green Lake Spine", "M54.2", "3 of 12 used, 9 left",
			"24 (Mar 9)", "18 (Mar 16)", "11 (Mar 23)", "-13 better", "yes (≥ 10.2)", "yes (≥ 7.5)", "Turning is easier.", "Continue as ordered.", "Stiff after driving.",
			"Visit 3 of 12", "José Álvarez", string(r.ID), "Page 1 of", "authorization signed Mar 2, 2026"} {
			if !strings.Contains(words, strings.ReplaceAll(want, "-13", "−13")) && !strings.Contains(words, want) {
				t.Errorf("the report does not say %q", want)
			}
		}
		if strings.Contains(words, "partial") {
			t.Error("a whole report calls itself partial")
		}
		if _, err := c.net.AcknowledgeReport(c.ctx, c.Doctor, r.ID, "Please go on."); err != nil {
			t.Fatal(err)
		}
		got := c.delivery(t, d.ID)
		if want := "prepared queued sent opened downloaded acknowledged"; states(got) != want || got.State != models.DeliveryAcknowledged || got.Reply != "Please go on." {
			t.Errorf("evidence %q %s, want %q", states(got), got.State, want)
		}
	})
}

func TestSigningListsEverythingThatIsMissing(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		c.session(t, "2026-03-09", 24, func(s *models.Session) { s.State, s.SignedAt, s.SOAP.Plan = models.NoteOpen, nil, "" })
		r := c.report(t, func(o *models.ReportOutline) { o.Narrative.Recommendation = "" })
		if len(r.Gaps) != 4 {
			t.Errorf("a draft shows %d gaps, want 4: %+v", len(r.Gaps), r.Gaps)
		}
		_, err := c.net.SignReport(c.ctx, c.Therapist, r.ID)
		f, _ := fault.As(err)
		if f == nil || f.Code != "report.incomplete" || len(f.Violations) != 4 {
			t.Fatalf("got %v, want report.incomplete with four reasons", err)
		}
		var got []string
		for _, v := range f.Violations {
			got = append(got, v.Code)
		}
		want := []string{"report.measure", "report.recommendation", "report.session_unsigned", "report.soap"}
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		_, err = c.net.ReportPDF(c.ctx, c.Therapist, r.ID)
		code(t, err, "report.not_signed")
		_, err = c.net.DeliverReport(c.ctx, c.Therapist, r.ID, models.DeliveryDraft{ProviderID: c.Provider.ID, Channel: models.ByPortal})
		code(t, err, "report.not_signed")
	})
}

func TestTheReleaseDecidesWhatAReportHolds(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		c.signed(t, func(x *models.ReleaseTerms) { x.Categories = []models.Category{models.CategoryProgressReport} })
		wider := c.report(t, func(o *models.ReportOutline) { o.Include = []models.Category{models.CategoryMeasures} })
		r := c.written(t)
		if !r.Partial || !slices.Equal(r.CategoriesIncluded, []models.Category{models.CategoryProgressReport}) {
			t.Errorf("holds %v, partial %v", r.CategoriesIncluded, r.Partial)
		}
		pdf, err := c.net.ReportPDF(c.ctx, c.Therapist, r.ID)
		if err != nil {
			t.Fatal(err)
		}
		words := text(t, pdf.Bytes)
		for want, in := range map[string]bool{"This report is partial": true, "outcome measures, session notes": true, "Ana Silva": true, "24 (Mar 9)": false, "Stiff after driving": false,
			"Beyond MDC": false} {
			if strings.Contains(words, want) != in {
				t.Errorf("%q in the report: %v, want %v", want, !in, in)
			}
		}
		from := models.Date("2026-03-09")
		if _, err := c.net.ChangeReport(models.WithIfMatch(c.ctx, 1), c.Therapist, wider.ID, models.ReportPatch{From: &from, To: &r.To}); err != nil {
			t.Fatal(err)
		}
		_, err = c.net.SignReport(c.ctx, c.Therapist, wider.ID)
		code(t, err, "report.exceeds_release")
	})
}

func TestASignerMayLeaveOutMore(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		c.signed(t, everything)
		r := c.written(t, func(o *models.ReportOutline) { o.Include = []models.Category{models.CategoryMeasures} })
		pdf, err := c.net.ReportPDF(c.ctx, c.Therapist, r.ID)
		if err != nil {
			t.Fatal(err)
		}
		words := text(t, pdf.Bytes)
		if !r.Partial || !strings.Contains(words, "chose to leave out: session notes") || !strings.Contains(words, "24 (Mar 9)") || strings.Contains(words, "Stiff after") {
			t.Errorf("partial %v: %s", r.Partial, words)
		}
	})
}

func TestConcurrentSignaturesOfOneReportOneWins(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		c.signed(t, everything)
		c.session(t, "2026-03-09", 24)
		c.session(t, "2026-03-16", 12)
		r := c.report(t)
		errs := make(chan error, 6)
		for range cap(errs) {
			go func() { _, err := c.net.SignReport(c.ctx, c.Therapist, r.ID); errs <- err }()
		}
		won := 0
		for range cap(errs) {
			if err := <-errs; err == nil {
				won++
			} else {
				code(t, err, "report.signed")
			}
		}
		var documents int
		c.Write(func(tx *store.Tx) error {
			got, err := tx.Report(r.ID)
			if err == nil {
				_, err = tx.Document(got.DocumentID)
			}
			if got.Version == 2 {
				documents++
			}
			return err
		})
		if won != 1 || documents != 1 {
			t.Errorf("%d signatures won, version rose %d times", won, documents)
		}
	})
}

func TestARevisionNamesTheOldReportAndReplacesIt(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		c.signed(t, everything)
		old := c.written(t)
		_, err := c.net.ReviseReport(c.ctx, c.Therapist, old.ID, " ")
		code(t, err, "validation")
		next, err := c.net.ReviseReport(c.ctx, c.Therapist, old.ID, "The recommendation was wrong.")
		if err != nil || next.Revision != 2 || next.Revises != old.ID || next.Status != models.ReportDraft {
			t.Fatalf("revision %+v, %v", next.Report, err)
		}
		_, err = c.net.ReviseReport(c.ctx, c.Therapist, old.ID, "Once more.")
		code(t, err, "report.revised")
		c.send(t, old.ID, models.ByPortal)
		signed, err := c.net.SignReport(c.ctx, c.Therapist, next.ID)
		if err != nil {
			t.Fatal(err)
		}
		if pdf, err := c.net.ReportPDF(c.ctx, c.Therapist, signed.ID); err != nil || !strings.Contains(text(t, pdf.Bytes), "Revision 2 replaces document "+string(old.ID)) {
			t.Errorf("the revision does not name the old report: %v", err)
		}
		got, err := c.net.Report(c.ctx, c.Therapist, old.ID)
		if err != nil || got.Status != models.ReportSuperseded || got.SHA256 != old.SHA256 {
			t.Errorf("the old report %+v, %v", got.Report, err)
		}
		_, err = c.net.DeliverReport(c.ctx, c.Therapist, old.ID, models.DeliveryDraft{ProviderID: c.Provider.ID, Channel: models.ByPortal})
		code(t, err, "report.superseded")
		c.work(t)
		if sent := c.box.Sent(); len(sent) != 0 {
			t.Errorf("a notice of the replaced report was mailed: %+v", sent)
		}
	})
}

func TestAReportThatQuotedAVoidedSessionNeedsARevision(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		c.signed(t, everything)
		r := c.written(t)
		c.Write(func(tx *store.Tx) error {
			n, err := tx.MarkReportsQuoting(r.SessionIDs[1])
			if n != 1 {
				t.Errorf("%d reports marked, want 1", n)
			}
			return err
		})
		got, err := c.net.Report(c.ctx, c.Therapist, r.ID)
		if err != nil || got.Status != models.ReportNeedsRevision {
			t.Errorf("got %s, %v", got.Status, err)
		}
		_, err = c.net.DeliverReport(c.ctx, c.Therapist, r.ID, models.DeliveryDraft{ProviderID: c.Provider.ID, Channel: models.ByPortal})
		code(t, err, "report.needs_revision")
		if _, err := c.net.ReviseReport(c.ctx, c.Therapist, r.ID, "A session was voided."); err != nil {
			t.Error(err)
		}
	})
}

func TestNamesThatTheFontLacksWarnAndRender(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		c.client = c.Client("Мария 😀", "田中 שָׁלוֹם")
		c.Write(func(tx *store.Tx) error {
			c.order.ID, c.order.SeriesID, c.order.ClientID = models.PrescriptionID(c.NewID()), models.SeriesID(c.NewID()), c.client.ID
			if err := tx.AddSeries(models.Series{ID: c.order.SeriesID, ClientID: c.client.ID, CurrentID: c.order.ID, Allowed: 12}); err != nil {
				return err
			}
			return tx.AddPrescription(c.order)
		})
		r := c.written(t)
		var got []string
		for _, w := range r.Warnings {
			if w.Code != "text.not_printable" {
				t.Errorf("a warning of %s", w.Code)
			}
			got = append(got, w.Got.(string))
		}
		if want := []string{"U+1F600", "U+7530", "U+4E2D"}; !slices.Equal(sorted(got), sorted(want)) {
			t.Errorf("warnings %v, want %v", got, want)
		}
		pdf, err := c.net.ReportPDF(c.ctx, c.Therapist, r.ID)
		if err != nil || !strings.Contains(text(t, pdf.Bytes), "Мария") {
			t.Errorf("the report was not drawn: %v", err)
		}
	})
}

func sorted(s []string) []string { slices.Sort(s); return s }

func TestForeignReportsAnswerLikeMissingOnes(t *testing.T) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		c.signed(t, everything)
		r := c.written(t)
		d := c.send(t, r.ID, models.ByPortal)
		for _, by := range []models.Actor{c.Stranger, c.Doctor2} {
			for name, err := range map[string]error{
				"read":     second(c.net.Report(c.ctx, by, r.ID)),
				"pdf":      second(c.net.ReportPDF(c.ctx, by, r.ID)),
				"sign":     second(c.net.SignReport(c.ctx, by, r.ID)),
				"deliver":  second(c.net.DeliverReport(c.ctx, by, r.ID, models.DeliveryDraft{Channel: models.ByPortal})),
				"revise":   second(c.net.ReviseReport(c.ctx, by, r.ID, "x")),
				"delivery": second(c.net.Delivery(c.ctx, by, d.ID)),
				"clock":    second(c.net.ReportClock(c.ctx, by, c.client.ID)),
			} {
				if got := fault.CodeOf(err); got != "not_found" && (by.UserID != c.Doctor2.UserID || got != "role.not_allowed") {
					t.Errorf("%s by %s: %v", name, by.Name, err)
				}
			}
		}
		_, err := c.net.DraftReport(c.ctx, c.Stranger, c.outline())
		code(t, err, "not_found")
		_, err = c.net.DraftReport(c.ctx, c.Desk, c.outline())
		code(t, err, "role.not_allowed")
		other := c.Client("Bo", "Berg")
		_, err = c.net.DraftReport(c.ctx, c.Therapist, c.outline(func(o *models.ReportOutline) { o.ClientID = other.ID }))
		code(t, err, "order.other_client")
		c.session(t, "2026-03-30", 10)
		mine := c.report(t)
		colleague := c.Person("kim@ballard.example", "Kim", models.RoleGrant{Role: models.Therapist, PracticeID: c.Practice.ID})
		_, err = c.net.SignReport(c.ctx, colleague, mine.ID)
		code(t, err, "report.not_yours")
		if _, err := c.net.SignReport(c.ctx, c.Owner, mine.ID); err != nil {
			t.Error(err)
		}
	})
}

func second[T any](_ T, err error) error { return err }
