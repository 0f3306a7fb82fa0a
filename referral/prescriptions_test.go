package referral_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
	"rapport/referral"
)

func TestAProviderWritesSignsAndThePracticeAccepts(t *testing.T) {
	eachOrders(t, func(t *testing.T, o *orders) {
		draft := o.writes(o.neckOnly())
		if draft.Now != models.OrderDraft || draft.Content.DiagnosisCodes[0] != "M54.2" || draft.Content.Prescriber.NPI != o.Provider.NPI || draft.Content.ReportEvery.Sessions != 6 {
			t.Errorf("draft %+v", draft)
		}
		_, err := o.net.Prescription(o.ctx, o.Owner, draft.ID)
		refusedWith(t, err, fault.NotFound, "not_found") // nobody reads another side's draft
		got := must(o.t2(o.net.SubmitPrescription(o.ctx, o.Doctor, draft.ID, models.Submission{Signature: typed("Linh Nguyễn")})))
		s := got.Signature
		if got.Now != models.OrderSubmitted || s == nil || s.DocumentSHA256 != got.ContentSHA256 || s.Intent == "" || s.SignerID != o.Doctor.UserID || s.Zone != o.Practice.TimeZone || got.IssuedOn != "2026-03-02" {
			t.Errorf("submitted %+v", got)
		}
		if c := o.client(got.ClientID); c.State != models.ClientProposed {
			t.Errorf("client %+v before acceptance", c)
		}
		got = must(o.t2(o.net.AcceptPrescription(o.ctx, o.Therapist, draft.ID, models.Acceptance{})))
		want := models.Visits{Allowed: 4, Left: 4, Limited: true}
		if got.Now != models.OrderActive || got.Visits != want || got.From != "2026-03-02" || got.Until != "2026-03-29" || got.ReceivedOn != "2026-03-02" || got.CurrentID != draft.ID {
			t.Errorf("accepted %+v", got)
		}
		if c := o.client(got.ClientID); c.State != models.ClientActive {
			t.Errorf("client %+v after acceptance", c)
		}
		seen := must(o.t2(o.net.Prescription(o.ctx, o.Doctor, draft.ID)))
		if seen.Now != models.OrderActive || seen.Visits != want || seen.PracticeName != "Ballard Massage" {
			t.Errorf("the prescriber sees %+v", seen)
		}
		again := o.neckOnly()
		again.Client, again.ClientID = nil, got.ClientID
		if second := o.writes(again); second.ClientID != got.ClientID || second.Content.ClientName.Family != "Silva" {
			t.Errorf("a second order for the same client: %+v", second)
		}
		o.told(got.ClientID, models.BasisOwnOrder)
	})
}

// client reads behind the verbs.
func (o *orders) client(id models.ClientID) (c models.Client) {
	o.Write(func(tx *store.Tx) (err error) { c, err = tx.Client(id); return err })
	return c
}

// told checks that the ledger holds an allowed disclosure on this basis.
func (o *orders) told(id models.ClientID, basis string) {
	o.t.Helper()
	o.Write(func(tx *store.Tx) error {
		all, err := tx.Disclosures(id, 0, time.Time{}, 100)
		for _, d := range all {
			if d.Allowed && d.Basis == basis {
				return err
			}
		}
		o.t.Errorf("no disclosure with basis %s in %+v", basis, all)
		return err
	})
}

func TestOnlyAProviderSignsAndOnlyTheirOwnOrder(t *testing.T) {
	eachOrders(t, func(t *testing.T, o *orders) {
		staff := o.Person("sam@greenlake.example", "Sam Roe", models.RoleGrant{Role: models.ProviderStaff, ProviderID: o.Provider.ID})
		draft := must(o.t2(o.net.WritePrescription(o.ctx, staff, o.neckOnly())))
		sub := models.Submission{Signature: typed("Sam Roe")}
		_, err := o.net.SubmitPrescription(o.ctx, staff, draft.ID, sub)
		refusedWith(t, err, fault.Forbidden, "role.not_allowed")
		_, err = o.net.SubmitPrescription(o.ctx, o.Doctor2, draft.ID, sub)
		refusedWith(t, err, fault.NotFound, "not_found")
		_, err = o.net.SubmitPrescription(o.ctx, o.Owner, draft.ID, sub)
		refusedWith(t, err, fault.NotFound, "not_found")
		_, err = o.net.SubmitPrescription(o.ctx, o.Doctor, draft.ID, models.Submission{})
		hasViolation(t, err, "signature.required")
		_, err = o.net.SubmitPrescription(o.ctx, o.Doctor, draft.ID, models.Submission{Signature: &models.SignatureDraft{Method: "stamp", Name: "L"}})
		hasViolation(t, err, "signature.method")
		_, err = o.net.SubmitPrescription(o.ctx, o.Doctor, draft.ID, models.Submission{Signature: typed("L"), ContentSHA256: strings.Repeat("0", 64)})
		refusedWith(t, err, fault.Conflict, "order.content_changed")
		for _, by := range []models.Actor{o.Desk, o.Person("op@host.example", "Op", models.RoleGrant{Role: models.Operator})} {
			_, err = o.net.WritePrescription(o.ctx, by, o.transcription())
			refusedWith(t, err, fault.Forbidden, "role.not_allowed")
		}
	})
}

func TestForeignOrdersAnswerLikeMissingOnes(t *testing.T) {
	eachOrders(t, func(t *testing.T, o *orders) {
		got := o.accepted()
		missing := models.PrescriptionID("0196e000-0000-7000-8000-ffffffffffff")
		verbs := map[string]func(by models.Actor, id models.PrescriptionID) error{
			"read": func(by models.Actor, id models.PrescriptionID) error {
				_, err := o.net.Prescription(o.ctx, by, id)
				return err
			},
			"accept": func(by models.Actor, id models.PrescriptionID) error {
				_, err := o.net.AcceptPrescription(o.ctx, by, id, models.Acceptance{})
				return err
			},
			"renew": func(by models.Actor, id models.PrescriptionID) error {
				_, err := o.net.RenewPrescription(o.ctx, by, id, nil)
				return err
			},
			"paper": func(by models.Actor, id models.PrescriptionID) error {
				_, err := o.net.PrescriptionPaper(o.ctx, by, id)
				return err
			},
			"attach": func(by models.Actor, id models.PrescriptionID) error {
				_, err := o.net.AttachScan(o.ctx, by, id, scan())
				return err
			},
			"ask": func(by models.Actor, id models.PrescriptionID) error {
				_, err := o.net.AskForChange(o.ctx, by, id, legsToo())
				return err
			},
			"revoke": func(by models.Actor, id models.PrescriptionID) error {
				_, err := o.net.RevokePrescription(o.ctx, by, id, "no")
				return err
			},
		}
		for name, verb := range verbs {
			for _, by := range []models.Actor{o.Stranger, o.Doctor2} {
				foreign, none := verb(by, got.ID), verb(by, missing)
				if foreign == nil || none == nil || foreign.Error() != none.Error() {
					t.Errorf("%s by %s: foreign %v, missing %v", name, by.Name, foreign, none)
				}
			}
		}
		d := o.neckOnly()
		d.Client, d.ClientID = nil, got.ClientID
		_, err := o.net.WritePrescription(o.ctx, o.Doctor2, d)
		refusedWith(t, err, fault.NotFound, "not_found")
		d.PracticeID = o.Other.ID
		_, err = o.net.WritePrescription(o.ctx, o.Doctor, d)
		refusedWith(t, err, fault.NotFound, "not_found")
	})
}

func TestADraftIsCheckedAtOnceAndChangedBehindItsVersion(t *testing.T) {
	eachOrders(t, func(t *testing.T, o *orders) {
		bad := o.neckOnly()
		bad.Content.Expiry, bad.Content.Clock, bad.Content.Scope.MinutesPerSession = models.Sliding, models.ClockFirstSession, 3
		bad.Client.BirthDate = "2030-01-01"
		_, err := o.net.WritePrescription(o.ctx, o.Doctor, bad)
		for _, code := range []string{"expiry.sliding_first_session", "minutes.range", "birth_date.invalid"} {
			hasViolation(t, err, code)
		}
		withOpening := o.neckOnly()
		withOpening.Opening = &models.Opening{Used: 1, AsOf: "2026-03-01"}
		_, err = o.net.WritePrescription(o.ctx, o.Doctor, withOpening)
		hasViolation(t, err, "opening.transcribed_only")

		draft := o.writes(o.neckOnly())
		one := models.WithIfMatch(o.ctx, draft.RowVersion)
		scope := draft.Content.Scope
		scope.SessionsTotal = 6
		changed := must(o.t2(o.net.ChangeDraftPrescription(one, o.Doctor, draft.ID, models.PrescriptionPatch{Scope: &scope})))
		if changed.Visits.Allowed != 6 || changed.ContentSHA256 == draft.ContentSHA256 || changed.Content.Instructions != draft.Content.Instructions {
			t.Errorf("changed %+v", changed)
		}
		_, err = o.net.ChangeDraftPrescription(one, o.Doctor, draft.ID, models.PrescriptionPatch{Instructions: ptr("second tab")})
		refusedWith(t, err, fault.Stale, "version.stale")
		_, err = o.net.SubmitPrescription(one, o.Doctor, draft.ID, models.Submission{Signature: typed("Linh")})
		refusedWith(t, err, fault.Stale, "version.stale")
		must(o.t2(o.net.SubmitPrescription(o.ctx, o.Doctor, draft.ID, models.Submission{Signature: typed("Linh")})))
		_, err = o.net.ChangeDraftPrescription(o.ctx, o.Doctor, draft.ID, models.PrescriptionPatch{Instructions: ptr("late")})
		refusedWith(t, err, fault.Conflict, "order.frozen")
	})
}

func TestATranscriptionNeedsItsScanAndCarriesAnOpeningBalance(t *testing.T) {
	eachOrders(t, func(t *testing.T, o *orders) {
		d := o.transcription()
		d.Opening, d.IssuedOn = &models.Opening{Used: 3, AsOf: "2026-03-01"}, "2026-02-20"
		p := must(o.t2(o.net.WritePrescription(o.ctx, o.Owner, d)))
		if p.TranscribedBy != o.Owner.UserID || p.Source != models.FromPaper {
			t.Errorf("transcribed %+v", p)
		}
		_, err := o.net.Prescription(o.ctx, o.Doctor, p.ID)
		refusedWith(t, err, fault.NotFound, "not_found")
		_, err = o.net.SubmitPrescription(o.ctx, o.Owner, p.ID, models.Submission{})
		refusedWith(t, err, fault.Invalid, "order.scan_required")
		a := must2(o.net.AttachScan(o.ctx, o.Owner, p.ID, scan()))(t)
		_, err = o.net.SubmitPrescription(o.ctx, o.Owner, p.ID, models.Submission{Signature: typed("Linh")})
		refusedWith(t, err, fault.Invalid, "signature.not_yours")
		must(o.t2(o.net.SubmitPrescription(o.ctx, o.Owner, p.ID, models.Submission{})))
		got := must(o.t2(o.net.AcceptPrescription(o.ctx, o.Owner, p.ID, models.Acceptance{ReceivedOn: "2026-02-27"})))
		if want := (models.Visits{Allowed: 4, Used: 3, Left: 1, Limited: true, Opening: 3}); got.Visits != want || got.IssuedOn != "2026-02-20" || got.ReceivedOn != "2026-02-27" {
			t.Errorf("got %+v, want %+v", got.Visits, want)
		}
		o.Write(func(tx *store.Tx) error {
			if n, err := tx.TakeVisit(got.SeriesID); err != nil || n != 4 {
				t.Errorf("the first visit here is number %d, %v, want 4", n, err)
			}
			_, err := tx.TakeVisit(got.SeriesID)
			if fault.CodeOf(err) != "order.exhausted" {
				t.Errorf("a fifth of four: %v", err)
			}
			return nil
		})
		if seen := must(o.t2(o.net.Prescription(o.ctx, o.Doctor, p.ID))); seen.Now != models.OrderCompleted || len(seen.Attachments) != 1 {
			t.Errorf("the prescriber sees %+v", seen)
		}
		doc := must2(o.net.Attachment(o.ctx, o.Doctor, p.ID, a.ID))(t)
		if doc.MediaType != "image/png" || string(doc.Bytes) != string(scan()) {
			t.Errorf("scan %s of %d bytes", doc.MediaType, len(doc.Bytes))
		}
		signed := must(o.t2(o.net.CountersignPrescription(o.ctx, o.Doctor, p.ID, typed("Linh Nguyễn"))))
		if signed.Countersigned == nil || signed.Countersigned.DocumentSHA256 != signed.ContentSHA256 {
			t.Errorf("countersigned %+v", signed.Countersigned)
		}
	})
}

func must2[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T { t.Helper(); return must(t, v, err) }
}

func TestAScanIsJudgedByItsBytes(t *testing.T) {
	for name, tt := range map[string]struct {
		b    []byte
		want string
	}{
		"png":        {scan(), ""},
		"pdf":        {[]byte("%PDF-1.7\nscan\n%%EOF\n"), ""},
		"cut pdf":    {[]byte("%PDF-1.7\nscan"), "scan.unsupported"},
		"page":       {[]byte("<html><script>alert(1)</script>"), "scan.unsupported"},
		"nothing":    {nil, "scan.unsupported"},
		"too large":  {make([]byte, models.AttachmentMost+1), "scan.too_large"},
		"bomb":       {bomb(), "scan.too_large"},
		"cut header": {scan()[:20], "scan.unsupported"},
	} {
		if _, err := models.ScanType(tt.b); tt.want == "" && err != nil || tt.want != "" && fault.CodeOf(err) != tt.want {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
}

// bomb is a PNG whose head promises 65535 by 65535 pixels.
func bomb() []byte {
	head := []byte{0, 0, 0, 13, 'I', 'H', 'D', 'R', 0, 0, 255, 255, 0, 0, 255, 255, 8, 0, 0, 0, 0}
	return append([]byte("\x89PNG\r\n\x1a\n"), append(head, crcOf(head[4:])...)...)
}

func TestAnOrderJoinsTheClientThatThePracticeKnows(t *testing.T) {
	eachOrders(t, func(t *testing.T, o *orders) {
		known := o.Client("Ana Maria", "Silva")
		other := o.neckOnly()
		other.Client.BirthDate = "1990-01-01"
		wrong := o.writes(other)
		must(o.t2(o.net.SubmitPrescription(o.ctx, o.Doctor, wrong.ID, models.Submission{Signature: typed("Linh")})))
		_, err := o.net.AcceptPrescription(o.ctx, o.Owner, wrong.ID, models.Acceptance{ClientID: known.ID})
		refusedWith(t, err, fault.Invalid, "client.birth_date_differs")
		p := o.submitted()
		got := must(o.t2(o.net.AcceptPrescription(o.ctx, o.Owner, p.ID, models.Acceptance{ClientID: known.ID})))
		if got.ClientID != known.ID || got.Now != models.OrderActive || got.Verify() != nil {
			t.Errorf("got %+v", got)
		}
		next := o.neckOnly()
		next.Client, next.ClientID = nil, known.ID
		if second := o.writes(next); second.ClientID != known.ID {
			t.Errorf("the provider orders on for %s", second.ClientID)
		}
	})
}

func TestAnOrderGoesItsWayWithReasons(t *testing.T) {
	eachOrders(t, func(t *testing.T, o *orders) {
		p := o.submitted()
		_, err := o.net.DeclinePrescription(o.ctx, o.Owner, p.ID, " ")
		hasViolation(t, err, "reason.required")
		if got := must(o.t2(o.net.DeclinePrescription(o.ctx, o.Owner, p.ID, "We are full until May."))); got.Now != models.OrderDeclined || got.StatusReason == "" {
			t.Errorf("declined %+v", got)
		}
		f := refusedWith(t, second(o.net.AcceptPrescription(o.ctx, o.Owner, p.ID, models.Acceptance{})), fault.Conflict, "order.status")
		if allowed := f.Violations[0].Allowed.([]models.PrescriptionStatus); len(allowed) != 1 || allowed[0] != models.OrderEnteredInError {
			t.Errorf("allowed %v", allowed)
		}
		q := o.accepted()
		must(o.t2(o.net.SuspendPrescription(o.ctx, o.Doctor, q.ID, "New scan first.")))
		refusedWith(t, second(o.net.ResumePrescription(o.ctx, o.Owner, q.ID, "")), fault.Conflict, "order.suspended_by_prescriber")
		must(o.t2(o.net.ResumePrescription(o.ctx, o.Doctor, q.ID, "")))
		must(o.t2(o.net.SuspendPrescription(o.ctx, o.Owner, q.ID, "Fever.")))
		must(o.t2(o.net.ResumePrescription(o.ctx, o.Owner, q.ID, "")))
		refusedWith(t, second(o.net.RevokePrescription(o.ctx, o.Owner, q.ID, "mine")), fault.Forbidden, "role.not_allowed")
		if got := must(o.t2(o.net.RevokePrescription(o.ctx, o.Doctor, q.ID, "Surgery instead."))); got.Now != models.OrderRevoked {
			t.Errorf("revoked %+v", got)
		}
		if got := must(o.t2(o.net.EnterPrescriptionInError(o.ctx, o.Doctor, q.ID, "Wrong person."))); got.Now != models.OrderEnteredInError {
			t.Errorf("entered in error %+v", got)
		}
	})
}

func second[T any](_ T, err error) error { return err }

func TestRenewalIsSignedByThePrescriberAndADraftWhenThePracticeAsks(t *testing.T) {
	eachOrders(t, func(t *testing.T, o *orders) {
		p := o.accepted()
		asked := must(o.t2(o.net.RenewPrescription(o.ctx, o.Owner, p.ID, nil)))
		if asked.Now != models.OrderDraft || asked.RenewedFrom != p.ID || asked.SeriesID == p.SeriesID || asked.Content.ValidFrom != "2026-03-30" || asked.Content.ValidUntil != "2026-04-26" {
			t.Errorf("asked for %+v", asked)
		}
		refusedWith(t, second(o.net.SubmitPrescription(o.ctx, o.Owner, asked.ID, models.Submission{})), fault.Conflict, "order.prescriber_signs")
		if got := must(o.t2(o.net.SubmitPrescription(o.ctx, o.Doctor, asked.ID, models.Submission{Signature: typed("Linh")}))); got.Now != models.OrderSubmitted {
			t.Errorf("signed %+v", got)
		}
		o.Clock.Advance(60 * 24 * time.Hour)
		got := must(o.t2(o.net.RenewPrescription(o.ctx, o.Doctor, p.ID, typed("Linh"))))
		if got.Now != models.OrderSubmitted || got.Signature == nil || got.Content.ValidFrom != "2026-05-01" || got.Visits.Used != 0 {
			t.Errorf("renewed %+v", got)
		}
		if old := must(o.t2(o.net.Prescription(o.ctx, o.Doctor, p.ID))); old.Now != models.OrderExpired {
			t.Errorf("the old one is %s", old.Now)
		}
	})
}

func TestListsShowWhatEachSideMaySee(t *testing.T) {
	eachOrders(t, func(t *testing.T, o *orders) {
		draft, active, waiting := o.writes(o.neckOnly()), o.accepted(), o.submitted()
		list := func(by models.Actor, q referral.OrderQuery, limit int) (ids []models.PrescriptionID) {
			t.Helper()
			page := models.Page{Limit: limit}
			for {
				l, err := o.net.Prescriptions(o.ctx, by, q, page)
				if err != nil {
					t.Fatal(err)
				}
				for _, v := range l.Items {
					ids = append(ids, v.ID)
				}
				if page.Cursor = l.NextCursor; page.Cursor == "" {
					return ids
				}
			}
		}
		same := func(what string, got []models.PrescriptionID, want ...models.PrescriptionID) {
			t.Helper()
			if len(got) != len(want) {
				t.Fatalf("%s: %v, want %v", what, got, want)
			}
			for i := range got {
				if got[i] != want[i] {
					t.Fatalf("%s: %v, want %v", what, got, want)
				}
			}
		}
		same("the practice's", list(o.Owner, referral.OrderQuery{}, 1), waiting.ID, active.ID)
		same("the doctor's", list(o.Doctor, referral.OrderQuery{}, 2), waiting.ID, active.ID, draft.ID)
		same("waiting", list(o.Desk, referral.OrderQuery{Status: models.OrderSubmitted}, 10), waiting.ID)
		same("one client's", list(o.Owner, referral.OrderQuery{ClientID: active.ClientID}, 10), active.ID)
		same("a stranger's", list(o.Stranger, referral.OrderQuery{}, 10))
		same("another doctor's", list(o.Doctor2, referral.OrderQuery{}, 10))
		o.Clock.Advance(30 * 24 * time.Hour)
		same("expired", list(o.Owner, referral.OrderQuery{Status: models.OrderExpired}, 10), active.ID)
		same("active", list(o.Owner, referral.OrderQuery{Status: models.OrderActive}, 10))
		_, err := o.net.Prescriptions(o.ctx, o.Owner, referral.OrderQuery{Status: "lost"}, models.Page{Limit: 1})
		hasViolation(t, err, "status.unknown")
	})
}

func TestTheOrderOnPaperCarriesItsHash(t *testing.T) {
	eachOrders(t, func(t *testing.T, o *orders) {
		p := o.accepted()
		for _, by := range []models.Actor{o.Owner, o.Doctor} {
			paper := must2(o.net.PrescriptionPaper(o.ctx, by, p.ID))(t)
			if !strings.HasPrefix(string(paper.Bytes), "%PDF-") || strings.Contains(paper.FileName, "Silva") {
				t.Errorf("%s: %q", paper.FileName, paper.Bytes[:8])
			}
		}
	})
}

func TestConcurrentAcceptancesPutAnOrderInForceOnce(t *testing.T) {
	eachOrders(t, func(t *testing.T, o *orders) {
		p := o.submitted()
		var mu sync.Mutex
		won := 0
		var wg sync.WaitGroup
		ctx, cancel := context.WithTimeout(o.ctx, time.Minute)
		defer cancel()
		for i := range 8 {
			wg.Go(func() {
				var err error
				if i%2 == 0 {
					_, err = o.net.AcceptPrescription(ctx, o.Owner, p.ID, models.Acceptance{})
				} else {
					_, err = o.net.DeclinePrescription(ctx, o.Owner, p.ID, "Full.")
				}
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					won++
				} else if !errors.Is(err, fault.Conflict) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if won != 1 {
			t.Errorf("%d answers to one order, want 1", won)
		}
	})
}
