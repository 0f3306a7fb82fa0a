package referral_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/png"
	"testing"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store/storetest"
	"rapport/referral"
)

// orders is a world with the verbs of orders at hand.
type orders struct {
	*storetest.World
	net *referral.Network
	ctx context.Context
	t   *testing.T
}

func eachOrders(t *testing.T, f func(t *testing.T, o *orders)) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		f(t, &orders{w, referral.New(w.DB, nil, nil, referral.Config{PublicURL: "https://rapport.example", Now: w.Clock.Now}), context.Background(), t})
	})
}

// must fails the test on an error and hands the value on.
func must[T any](t *testing.T, v T, err error) T {
	t.Helper()
	if err != nil {
		f, _ := fault.As(err)
		t.Fatalf("%v %+v", err, f)
	}
	return v
}

// refusedWith checks code and kind of a refusal.
func refusedWith(t *testing.T, err error, kind fault.Kind, code string) *fault.Error {
	t.Helper()
	if fault.CodeOf(err) != code || !errors.Is(err, kind) {
		t.Fatalf("got %v, want %s (%s)", err, code, kind)
	}
	f, _ := fault.As(err)
	return f
}

func hasViolation(t *testing.T, err error, code string) {
	t.Helper()
	f, ok := fault.As(err)
	if !ok || !errors.Is(err, fault.Invalid) {
		t.Fatalf("got %v, want a 422 with %s", err, code)
	}
	for _, v := range f.Violations {
		if v.Code == code {
			return
		}
	}
	t.Fatalf("got %+v, want %s", f.Violations, code)
}

// neckOnly is the order of PRODUCT §2: neck, 30 minutes, once a week, four weeks.
func (o *orders) neckOnly() models.PrescriptionDraft {
	return models.PrescriptionDraft{PracticeID: o.Practice.ID, Client: &models.ClientDraft{Name: models.PersonName{Given: "Ana", Family: "Silva"}, BirthDate: "1984-05-17"},
		Content: models.OrderContent{DiagnosisCodes: []string{"m542"}, Scope: models.Scope{Regions: []models.RegionSide{{Region: "neck", Side: models.SideBoth}},
			MinutesPerSession: 30, SessionsTotal: 4, Frequency: &models.Frequency{Sessions: 1, Per: models.PerWeek}}, ValidFrom: "2026-03-02", ValidUntil: "2026-03-29",
			Expiry: models.Strict, Clock: models.ClockIssued, FocusReason: "The neck must calm down first."}}
}

func typed(name string) *models.SignatureDraft {
	return &models.SignatureDraft{Method: models.SignedTyped, Name: name}
}

// submitted is neckOnly written and signed by the world's doctor.
func (o *orders) submitted() models.OrderView {
	o.t.Helper()
	draft := o.writes(o.neckOnly())
	return must(o.t2(o.net.SubmitPrescription(o.ctx, o.Doctor, draft.ID, models.Submission{Signature: typed("Linh Nguyễn"), ContentSHA256: draft.ContentSHA256})))
}

func (o *orders) writes(d models.PrescriptionDraft) models.OrderView {
	o.t.Helper()
	return must(o.t2(o.net.WritePrescription(o.ctx, o.Doctor, d)))
}

// t2 puts the test before a value and its error, for must.
func (o *orders) t2(v models.OrderView, err error) (*testing.T, models.OrderView, error) {
	o.t.Helper()
	return o.t, v, err
}

// accepted is neckOnly in force.
func (o *orders) accepted() models.OrderView {
	o.t.Helper()
	return must(o.t2(o.net.AcceptPrescription(o.ctx, o.Owner, o.submitted().ID, models.Acceptance{})))
}

// transcription is neckOnly as the practice writes it down from paper.
func (o *orders) transcription() models.PrescriptionDraft {
	d := o.neckOnly()
	d.PrescriberID = o.Provider.ID
	return d
}

func scan() []byte {
	var b bytes.Buffer
	_ = png.Encode(&b, image.NewGray(image.Rect(0, 0, 20, 20)))
	return b.Bytes()
}

func ptr[T any](v T) *T { return &v }

// legsToo asks for legs and feet beside the neck.
func legsToo() models.ChangeDraft {
	return models.ChangeDraft{AskedBy: models.AskedByClient, Words: "My legs and feet ache too.", ExplanationGiven: "I ask your doctor; the neck comes first.",
		Proposed: models.ScopePatch{Regions: &[]models.RegionSide{{Region: "neck", Side: models.SideBoth}, {Region: "lower_limb", Side: models.SideBoth}}}}
}

func crcOf(b []byte) []byte {
	return binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(b))
}
