package referral

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
	"rapport/models/store/storetest"
)

// desk is a network with a client, for tests of releases.
type desk struct {
	*storetest.World
	net    *Network
	ctx    context.Context
	client models.Client
}

func eachDesk(t *testing.T, f func(t *testing.T, d *desk)) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		f(t, &desk{World: w, net: New(w.DB, nil, nil, Config{PublicURL: "https://rapport.example", Now: w.Clock.Now}), ctx: context.Background(), client: w.Client("Ana", "Silva")})
	})
}

func (d *desk) terms(change ...func(*models.ReleaseTerms)) models.ReleaseTerms {
	t := models.ReleaseTerms{Recipients: []models.Recipient{{ProviderID: d.Provider.ID}}, Purpose: models.PurposeCoordination, ExpiresOn: "2026-12-31",
		Categories: []models.Category{models.CategoryProgressReport, models.CategoryMeasures}}
	for _, c := range change {
		c(&t)
	}
	return t
}

var typed = models.SignatureDraft{Method: models.SignedTyped, Name: "Ana Silva", ElectronicRecordsConsent: true, Witness: "Dana Kim"}

func (d *desk) draft(t *testing.T, change ...func(*models.ReleaseTerms)) ReleaseView {
	t.Helper()
	r, err := d.net.DraftRelease(d.ctx, d.Therapist, d.client.ID, d.terms(change...))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (d *desk) signed(t *testing.T, change ...func(*models.ReleaseTerms)) ReleaseView {
	t.Helper()
	r, err := d.net.SignRelease(d.ctx, d.Desk, d.draft(t, change...).ID, typed)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// told asks the gate as a practice that sends a letter would.
func (d *desk) told(ctx context.Context, ask models.Ask, by models.Actor) error {
	_, err := locked(ctx, d.net, by, func(_ context.Context, tx *store.Tx) (bool, error) {
		if err := tx.Enter(d.Practice.ID); err != nil { // an outsider's grant would name it
			return false, err
		}
		tx.Log("report.deliver", "report", "rep", d.client.ID, "")
		v, err := d.net.tell(tx, ask, about{ObjectKind: "report", ObjectID: "rep", Description: "Progress report", Channel: "portal"})
		if err != nil {
			return false, err
		}
		return true, v.Refusal(by.Outsider())
	})
	return err
}

func (d *desk) letter() models.Ask {
	return models.Ask{ClientID: d.client.ID, ProviderID: d.Provider.ID, Categories: []models.Category{models.CategoryProgressReport}, Purpose: models.PurposeCoordination}
}

func (d *desk) log(t *testing.T, view models.DisclosureView) []models.Disclosure {
	t.Helper()
	l, err := d.net.Disclosures(d.ctx, d.Owner, d.client.ID, view, models.Page{Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	return l.Items
}

func code(t *testing.T, err error, want string) {
	t.Helper()
	if got := fault.CodeOf(err); got != want || err == nil {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestAReleaseIsDraftedSignedReadAndRevoked(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		r := d.draft(t)
		blank, err := d.net.ReleaseDocument(d.ctx, d.Desk, r.ID)
		if err != nil || blank.SHA256 != r.FormSHA256 || !strings.HasPrefix(string(blank.Bytes), "%PDF") {
			t.Fatalf("form %v, %v", blank.SHA256, err)
		}
		code(t, d.told(d.ctx, d.letter(), d.Therapist), "release_required")
		by := d.Desk
		by.IP, by.Agent = "192.0.2.7", "Tablet"
		s, err := d.net.SignRelease(d.ctx, by, r.ID, typed)
		if err != nil {
			t.Fatal(err)
		}
		if s.Status != models.ReleaseActive || s.Version != 2 || s.Signature.DocumentSHA256 != r.FormSHA256 || s.Signature.Zone != "America/Los_Angeles" ||
			s.Signature.AttendedBy != d.Desk.UserID || s.Signature.IP != "192.0.2.7" || s.KeptUntil != "2032-12-31" {
			t.Errorf("signed %+v, signature %+v", s, s.Signature)
		}
		doc, err := d.net.ReleaseDocument(d.ctx, d.Therapist, r.ID)
		sum := sha256.Sum256(doc.Bytes)
		if err != nil || hex.EncodeToString(sum[:]) != s.DocumentSHA256 || doc.SHA256 == blank.SHA256 {
			t.Errorf("signed document %s, want %s, %v", doc.SHA256, s.DocumentSHA256, err)
		}
		if err := d.told(d.ctx, d.letter(), d.Therapist); err != nil {
			t.Error(err)
		}
		d.Clock.Advance(time.Hour)
		v, err := d.net.RevokeRelease(d.ctx, d.Therapist, r.ID, models.RevocationDraft{ReceivedAt: d.Clock.Now(), Channel: "letter", Reason: "Changed my mind"})
		if err != nil || v.Status != models.ReleaseRevoked || v.Revocation.Reason != "Changed my mind" {
			t.Errorf("revoked %+v, %v", v, err)
		}
		code(t, d.told(d.ctx, d.letter(), d.Therapist), "release_required")
		code(t, d.told(d.ctx, d.letter(), d.Doctor), "release.ended")
		var got []string
		for _, x := range d.log(t, models.DisclosuresFull) {
			got = append(got, fmt.Sprintf("%v %v %s %d", x.Allowed, x.Reasons, x.Basis, x.ReleaseVersion))
		}
		want := []string{"false [release.revoked]  0", "false [release.revoked]  0", "true [] release 2", "false [release.not_signed]  0"}
		if !slices.Equal(got, want) {
			t.Errorf("ledger %q, want %q", got, want)
		}
	})
}

func TestDraftingRefusesWhatIsNotAnAuthorization(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		for want, change := range map[string]func(*models.ReleaseTerms){
			"recipients.required":       func(x *models.ReleaseTerms) { x.Recipients = nil },
			"recipient.unknown":         func(x *models.ReleaseTerms) { x.Recipients[0].ProviderID = "0196e000-0000-7000-8000-ffffffffffff" },
			"recipient.invalid":         func(x *models.ReleaseTerms) { x.Recipients[0].Name = "too" },
			"categories.required":       func(x *models.ReleaseTerms) { x.Categories = nil },
			"category.unknown":          func(x *models.ReleaseTerms) { x.Categories = []models.Category{"all"} },
			"purpose.unknown":           func(x *models.ReleaseTerms) { x.Purpose = "marketing" },
			"expiry.required":           func(x *models.ReleaseTerms) { x.ExpiresOn = "" },
			"expiry_event.invalid":      func(x *models.ReleaseTerms) { x.ExpiresOn, x.ExpiryEvent = "", "None" },
			"expires_on.past":           func(x *models.ReleaseTerms) { x.ExpiresOn = "2026-03-01" },
			"representative.incomplete": func(x *models.ReleaseTerms) { x.Representative = &models.Representative{Name: "Bo", Relation: "son"} },
		} {
			_, err := d.net.DraftRelease(d.ctx, d.Therapist, d.client.ID, d.terms(change))
			f, _ := fault.As(err)
			if f == nil || f.Kind != fault.Invalid || len(f.Violations) != 1 || f.Violations[0].Code != want {
				t.Errorf("%s: got %v %+v", want, err, f)
			}
		}
		_, err := d.net.DraftRelease(d.ctx, d.Desk, d.client.ID, d.terms())
		code(t, err, "role.not_allowed")
		_, err = d.net.DraftRelease(d.ctx, d.Stranger, d.client.ID, d.terms())
		code(t, err, "not_found")
	})
}

func TestSigningWantsConsentNameAndARealPicture(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		r := d.draft(t)
		for want, change := range map[string]func(*models.SignatureDraft){
			"signature.consent": func(x *models.SignatureDraft) { x.ElectronicRecordsConsent = false },
			"signature.name":    func(x *models.SignatureDraft) { x.Name = " " },
			"signature.method":  func(x *models.SignatureDraft) { x.Method = "stamp" },
			"signature.image":   func(x *models.SignatureDraft) { x.Method, x.Image = models.SignedDrawn, []byte("GIF89a") },
		} {
			s := typed
			change(&s)
			_, err := d.net.SignRelease(d.ctx, d.Therapist, r.ID, s)
			f, _ := fault.As(err)
			if f == nil || f.Kind != fault.Invalid || f.Violations[0].Code != want {
				t.Errorf("%s: got %v", want, err)
			}
		}
	})
}

func TestConcurrentSignaturesOfOneFormOneWins(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		r := d.draft(t)
		errs := make([]error, 8)
		var wg sync.WaitGroup
		for i := range errs {
			wg.Go(func() { _, errs[i] = d.net.SignRelease(d.ctx, d.Therapist, r.ID, typed) })
		}
		wg.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else if fault.CodeOf(err) != "release.already_signed" {
				t.Errorf("got %v", err)
			}
		}
		if won != 1 {
			t.Errorf("%d signatures were taken, want 1", won)
		}
	})
}

func TestRefusedDisclosuresOutliveTheRefusedVerbAndAllowedOnesOfAFailedVerbDoNot(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		code(t, d.told(d.ctx, d.letter(), d.Therapist), "release_required")
		d.signed(t)
		_, err := locked(d.ctx, d.net, d.Therapist, func(_ context.Context, tx *store.Tx) (bool, error) {
			v, err := d.net.tell(tx, d.letter(), about{ObjectKind: "report", ObjectID: "rep", Channel: "portal"})
			if err != nil || !v.Allowed {
				return false, errors.Join(err, errors.New("the gate refused"))
			}
			return false, fault.New(fault.Conflict, "test.later", "Something else was wrong.")
		})
		code(t, err, "test.later")
		l := d.log(t, models.DisclosuresFull)
		if len(l) != 1 || l[0].Allowed || !slices.Equal(l[0].Reasons, []string{"release.none"}) {
			t.Errorf("ledger %+v", l)
		}
	})
}

func TestTheLedgerIsNumberedAndHeldByTheTrail(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		d.signed(t)
		for range 3 {
			if err := d.told(d.ctx, d.letter(), d.Therapist); err != nil {
				t.Fatal(err)
			}
		}
		digests := map[int64]string{}
		for _, x := range d.log(t, models.DisclosuresFull) {
			digests[x.Seq] = x.Digest()
		}
		d.Write(func(tx *store.Tx) error {
			events, err := tx.Audit(0, 100)
			found := 0
			for _, e := range events {
				if e.Action == store.Disclosed {
					found++
					if digests[e.Seq] != e.Detail {
						t.Errorf("event %d holds %s, the ledger reads %s", e.Seq, e.Detail, digests[e.Seq])
					}
				}
			}
			if found != 3 || models.VerifyChain(0, "", events) != 0 {
				t.Errorf("%d decisions on the trail, want 3", found)
			}
			return err
		})
	})
}

func TestDisclosuresBetweenArrivalAndEntryOfARevocationAreFlagged(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		r := d.signed(t)
		tell := func() {
			if err := d.told(d.ctx, d.letter(), d.Therapist); err != nil {
				t.Fatal(err)
			}
			d.Clock.Advance(time.Hour)
		}
		tell()
		arrived := d.Clock.Now()
		tell()
		tell()
		_, err := d.net.RevokeRelease(d.ctx, d.Owner, r.ID, models.RevocationDraft{ReceivedAt: d.Clock.Now().Add(time.Second), Channel: "letter"})
		code(t, err, "validation")
		if _, err := d.net.RevokeRelease(d.ctx, d.Owner, r.ID, models.RevocationDraft{ReceivedAt: arrived, Channel: "letter"}); err != nil {
			t.Fatal(err)
		}
		var flags []bool
		for _, x := range d.log(t, models.DisclosuresFull) {
			flags = append(flags, x.Flagged)
		}
		if !slices.Equal(flags, []bool{true, true, false}) {
			t.Errorf("flags, newest first: %v", flags)
		}
		if got := d.log(t, models.DisclosuresStatutory); len(got) != 2 || !got[0].Flagged {
			t.Errorf("accounting %+v, want the two flagged ones", got)
		}
		_, err = d.net.RevokeRelease(d.ctx, d.Owner, r.ID, models.RevocationDraft{Channel: "letter"})
		code(t, err, "release.revoked")
	})
}

func TestAnExpiryEventEndsTheReleaseThatDay(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		r := d.signed(t, func(x *models.ReleaseTerms) { x.ExpiresOn, x.ExpiryEvent = "", "My care under this order ends" })
		_, err := d.net.NoteExpiryEvent(d.ctx, d.Therapist, r.ID, "2026-03-03")
		code(t, err, "validation")
		v, err := d.net.NoteExpiryEvent(d.ctx, d.Therapist, r.ID, "2026-03-02")
		if err != nil || v.Status != models.ReleaseExpired {
			t.Fatalf("got %+v, %v", v, err)
		}
		code(t, d.told(d.ctx, d.letter(), d.Doctor), "release.ended")
	})
}

func TestANameInWordsOpensTheGateOnceItIsMatched(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		r := d.signed(t, func(x *models.ReleaseTerms) { x.Recipients = []models.Recipient{{Name: "Dr. Linh", Phone: "555"}} })
		code(t, d.told(d.ctx, d.letter(), d.Therapist), "release_required")
		v, err := d.net.MatchRecipient(d.ctx, d.Therapist, r.ID, 0, d.Provider.ID)
		if err != nil || v.Recipients[0].Name != "Dr. Linh" || v.Recipients[0].Label != "Dr. Linh, 555" {
			t.Fatalf("got %+v, %v", v.Recipients, err)
		}
		if err := d.told(d.ctx, d.letter(), d.Therapist); err != nil {
			t.Error(err)
		}
		_, err = d.net.MatchRecipient(d.ctx, d.Therapist, r.ID, 0, d.Provider2.ID)
		code(t, err, "recipient.matched")
	})
}

func TestAnOfficeCoversWhoeverWorksThereAtThatMoment(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		office := d.Provider.Offices[0].ID
		d.signed(t, func(x *models.ReleaseTerms) { x.Recipients = []models.Recipient{{OfficeID: office}} })
		if err := d.told(d.ctx, d.letter(), d.Therapist); err != nil {
			t.Error(err)
		}
		second := d.letter()
		second.ProviderID = d.Provider2.ID
		code(t, d.told(d.ctx, second, d.Therapist), "release_required")
		d.Write(func(tx *store.Tx) error { return tx.AddProviderRole(d.Provider2.ID, office) })
		if err := d.told(d.ctx, second, d.Therapist); err != nil {
			t.Error(err)
		}
		if _, err := d.OwnerDB.Exec("UPDATE provider_roles SET until = since"); err != nil {
			t.Fatal(err)
		}
		code(t, d.told(d.ctx, d.letter(), d.Therapist), "release_required")
	})
}

func TestAProviderReadsTheReleasesThatNameThemAndNoOther(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		r := d.signed(t, func(x *models.ReleaseTerms) { x.Recipients = append(x.Recipients, models.Recipient{Name: "My sister"}) })
		l, err := d.net.Releases(d.ctx, d.Doctor, "", models.Page{Limit: 10})
		if err != nil || len(l.Items) != 1 || l.Items[0].Client != nil || l.Items[0].ClientID != "" || len(l.Items[0].Recipients) != 1 {
			t.Fatalf("list %+v, %v", l, err)
		}
		v, err := d.net.Release(d.ctx, d.Doctor, r.ID)
		if err != nil || v.Client == nil || v.Client.Name.Family != "Silva" || v.Signature != nil {
			t.Fatalf("got %+v, %v", v, err)
		}
		whole := models.Client{Email: "ana@example.org", Phone: "555", ReferredBy: "A friend"}
		if narrow, wide := whole.Known(false), whole.Known(true); narrow != (models.Client{}) || wide != (models.Client{Email: "ana@example.org", Phone: "555"}) {
			t.Errorf("without demographics %+v, with them %+v", narrow, wide)
		}
		if c := *v.Client; c != c.Known(false) {
			t.Errorf("a release without demographics tells %+v", c)
		}
		_, err = d.net.Release(d.ctx, d.Doctor2, r.ID)
		_, missing := d.net.Release(d.ctx, d.Doctor2, "0196e000-0000-7000-8000-ffffffffffff")
		if fmt.Sprint(err) != fmt.Sprint(missing) {
			t.Errorf("foreign %v, missing %v", err, missing)
		}
		_, err = d.net.Release(d.ctx, d.Stranger, r.ID)
		code(t, err, "not_found")
		if _, err := d.net.RevokeRelease(d.ctx, d.Owner, r.ID, models.RevocationDraft{Channel: "letter"}); err != nil {
			t.Fatal(err)
		}
		v, err = d.net.Release(d.ctx, d.Doctor, r.ID)
		if err != nil || v.Client != nil || v.Status != models.ReleaseRevoked || v.Revocation != nil {
			t.Errorf("after revocation %+v, %v", v, err)
		}
		for _, verb := range []func() error{
			func() error {
				_, err := d.net.RevokeRelease(d.ctx, d.Doctor, r.ID, models.RevocationDraft{Channel: "letter"})
				return err
			},
			func() error { _, err := d.net.SignRelease(d.ctx, d.Doctor, r.ID, typed); return err },
			func() error {
				_, err := d.net.Disclosures(d.ctx, d.Doctor, d.client.ID, models.DisclosuresFull, models.Page{Limit: 1})
				return err
			},
		} {
			code(t, verb(), "role.not_allowed")
		}
	})
}

func TestADisclosureLogPrintsBothViews(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		d.signed(t)
		if err := d.told(d.ctx, d.letter(), d.Therapist); err != nil {
			t.Fatal(err)
		}
		for _, view := range []models.DisclosureView{models.DisclosuresFull, models.DisclosuresStatutory} {
			b, err := d.net.DisclosureLog(d.ctx, d.Therapist, d.client.ID, view)
			if err != nil || !strings.HasPrefix(string(b), "%PDF") {
				t.Errorf("%s: %v", view, err)
			}
		}
		_, err := d.net.DisclosureLog(d.ctx, d.Desk, d.client.ID, models.DisclosuresFull)
		code(t, err, "role.not_allowed")
	})
}

func TestATherapistReadsTheLogOfOwnClientsOnly(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		read := func(by models.Actor) error {
			_, err := d.net.Disclosures(d.ctx, by, d.client.ID, models.DisclosuresFull, models.Page{Limit: 1})
			return err
		}
		if err := read(d.Therapist); err != nil {
			t.Errorf("nobody's client yet: %v", err)
		}
		book := func(who models.Actor) {
			if _, err := d.OwnerDB.Exec(`INSERT INTO bookings (practice_id, id, client_id, therapist_id, starts_at, local_date, minutes, regions, state, created_at, version)
				VALUES ('` + string(d.Practice.ID) + `', '` + d.NewID() + `', '` + string(d.client.ID) + `', '` + string(who.UserID) + `', '2026-03-02 20:00:00+00:00', '2026-03-02', 30, '[]', 'booked', '2026-03-02 20:00:00+00:00', 1)`); err != nil {
				t.Fatal(err)
			}
		}
		if d.DB.Engine() == "postgres" { // the owner is bound by the practice fence as well
			if _, err := d.OwnerDB.Exec("ALTER TABLE bookings NO FORCE ROW LEVEL SECURITY"); err != nil {
				t.Fatal(err)
			}
		}
		book(d.Owner)
		code(t, read(d.Therapist), "client.not_yours")
		if err := read(d.Owner); err != nil {
			t.Error(err)
		}
		book(d.Therapist)
		if err := read(d.Therapist); err != nil {
			t.Errorf("own client: %v", err)
		}
		code(t, read(d.Stranger), "not_found")
	})
}
