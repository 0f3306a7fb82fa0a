package models

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"rapport/models/fault"
)

// Limits of what a note may hold, in characters, readings and minutes.
const (
	maxNoteText  = 20000
	maxReadings  = 60
	maxMinutes   = 480
	clockSkew    = 5 * time.Minute // a phone's clock may be ahead of ours
	bookingYears = 2
)

// Check adds what is wrong with the form of a draft; born is the client's
// birth date. What only the order can judge is left to Admit, what only a
// completed session needs to Missing.
func (d SessionDraft) Check(now time.Time, zone *time.Location, born Date, l *fault.List) {
	switch {
	case d.StartedAt.IsZero() || d.StartedAt.Year() < 1950 || !born.IsZero() && DateOf(d.StartedAt, zone).Before(born):
		l.Add("started_at.impossible", "/started_at", "Say when the session began: a time in the client's life.")
	case d.StartedAt.After(now.Add(clockSkew)):
		l.Add("started_at.future", "/started_at", "A session is written down when it was done; for a time to come, book it.")
	}
	if d.Minutes < 0 || d.Minutes > maxMinutes {
		l.Put(fault.Violation{Code: "minutes.range", Pointer: "/minutes", Message: "Hands-on minutes lie between 1 and 480.", Allowed: []int{1, maxMinutes}})
	}
	ValidateSessionRegions(d.Regions, "/regions", l)
	ValidateTechniques(d.Techniques, "/techniques", l)
	ValidatePrecautions(d.PrecautionsRead, "/precautions_acknowledged", l)
	d.SOAP.check(l)
	for pointer, text := range map[string]string{"/response": d.Response, "/ask_doctor": d.AskDoctor, "/deviation/reason": d.DeviationReason} {
		checkNote(text, pointer, l)
	}
	for i, f := range d.Screening.Findings {
		checkNote(f.Note, "/screening/findings/"+strconv.Itoa(i)+"/note", l)
	}
	if len(d.Readings) > maxReadings {
		l.Add("measure.too_many", "/measures", "A session holds at most 60 measures.")
		return
	}
	for i, r := range d.Readings {
		r.Validate("/measures/"+strconv.Itoa(i), l)
	}
	d.checkDeviation(l)
}

func (d SessionDraft) checkDeviation(l *fault.List) {
	if !d.Deviation {
		return
	}
	if strings.TrimSpace(d.DeviationReason) == "" {
		l.Add("deviation.reason_required", "/deviation/reason", "Say why work outside the scope happened.")
	}
	if d.PrescriptionID == "" {
		l.Add("deviation.needs_prescription", "/prescription_id", "A deviation names the order it deviates from.")
	}
}

func (s SOAP) check(l *fault.List) {
	for pointer, text := range map[string]string{"/soap/subjective": s.Subjective, "/soap/objective": s.Objective,
		"/soap/assessment": s.Assessment, "/soap/plan": s.Plan} {
		checkNote(text, pointer, l)
	}
}

func checkNote(text, pointer string, l *fault.List) {
	if len([]rune(text)) > maxNoteText || strings.ContainsRune(text, 0) {
		l.Add("note.text", pointer, "A note has at most 20000 characters and no null character.")
	}
}

// Blank says that nothing was written.
func (s SOAP) Blank() bool {
	return strings.TrimSpace(s.Subjective+s.Objective+s.Assessment+s.Plan) == ""
}

// Signable refuses a note without a word: 422 note.empty.
func (s SOAP) Signable() error {
	if !s.Blank() {
		return nil
	}
	return fault.New(fault.Invalid, "note.empty", "The note is empty. Write down the session before you sign it.").
		With(fault.Violation{Code: "note.empty", Pointer: "/soap", Message: "At least one of subjective, objective, assessment and plan has words."})
}

// Missing adds what a completed session cannot do without. A stopped one can.
func (d SessionDraft) Missing(l *fault.List) {
	if d.Minutes == 0 {
		l.Put(fault.Violation{Code: "minutes.range", Pointer: "/minutes", Message: "Hands-on minutes lie between 1 and 480.", Allowed: []int{1, maxMinutes}})
	}
	if len(d.Regions) == 0 {
		l.Add("region.required", "/regions", "Name at least one region that was worked.")
	}
}

// Scored returns the readings with their values, as Check found them.
func (d SessionDraft) Scored() []Reading {
	out := make([]Reading, len(d.Readings))
	for i, r := range d.Readings {
		var ignored fault.List
		score := r.Validate("", &ignored)
		r.Value = &score.Value
		out[i] = r
	}
	return out
}

// Edited adds the reasons why an open note cannot become d: prescribed care
// stays within the scope it was done under, and no region comes in that the
// red-flag check keeps free. What was answered at that check stays.
func (s Session) Edited(d SessionDraft, table []Contraindication) []fault.Violation {
	var l, ignored fault.List
	if s.Kind == Prescribed && s.ScopeSnapshot != nil {
		OrderFacts{Order: Prescription{Content: OrderContent{Scope: *s.ScopeSnapshot}}}.judgeScope(d, &l)
	}
	if s.Kind == Prescribed || s.Kind == SelfPay {
		d.Screening = s.Screening
		JudgeCare(d, table, &l, &ignored)
	}
	return l.Items()
}

// SelfPayFacts is what a session outside any prescription is judged by.
type SelfPayFacts struct {
	At             Step
	Zone           *time.Location
	Active         []Prescription // the client's orders that are in force today
	Licence        Licence
	EnforceLicence bool
	Screening      []Contraindication
}

// AdmitSelfPay judges a session that no prescription pays for: every order in
// force must allow it, and the red-flag check is the same.
func AdmitSelfPay(d SessionDraft, f SelfPayFacts) Admission {
	var l, stated fault.List
	for _, p := range f.Active {
		if !p.Content.Scope.SelfPayAllowed {
			l.Put(fault.Violation{Code: "self_pay.not_allowed", Pointer: "/prescription_id", Allowed: p.ID,
				Message: "While this order is active, it allows no session outside it. The prescriber can change that."})
		}
	}
	if day := DateOf(d.StartedAt, f.Zone); f.EnforceLicence && f.Licence.Lapsed(day) {
		l.Put(LicenceLapsed(f.Licence, day))
	}
	var stop []Contraindication
	if f.At == AtCompletion || f.At == AtStart && (d.Screening.Reviewed || len(d.Screening.Findings) > 0) {
		stop = JudgeCare(d, f.Screening, &l, &stated)
	}
	return Admission{Violations: l.Items(), Incomplete: stated.Items(), Stop: stop}
}

// BookingDraft is a wish for a session to come.
type BookingDraft struct {
	ClientID       ClientID
	PrescriptionID PrescriptionID
	TherapistID    UserID
	StartsAt       time.Time
	Minutes        int
	Regions        []RegionSide
}

// Session is the draft as the scope lock sees it.
func (d BookingDraft) Session() SessionDraft {
	return SessionDraft{ClientID: d.ClientID, PrescriptionID: d.PrescriptionID, StartedAt: d.StartsAt, Minutes: d.Minutes, Regions: d.Regions}
}

// Check adds what is wrong with the form: a booking lies between today and two
// years ahead, in the practice's zone.
func (d BookingDraft) Check(now time.Time, zone *time.Location, l *fault.List) {
	today := DateOf(now, zone)
	if d.StartsAt.IsZero() || DateOf(d.StartsAt, zone).Before(today) {
		l.Add("starts_at.past", "/starts_at", "A booking is for today or later; what was done already is a session.")
	} else if DateOf(d.StartsAt, zone).After(today.AddMonths(12 * bookingYears)) {
		l.Add("starts_at.too_far", "/starts_at", "A booking lies at most two years ahead.")
	}
	if d.Minutes < 1 || d.Minutes > maxMinutes {
		l.Put(fault.Violation{Code: "minutes.range", Pointer: "/minutes", Message: "Minutes lie between 1 and 480.", Allowed: []int{1, maxMinutes}})
	}
	ValidateSessionRegions(d.Regions, "/regions", l)
}

// Open says that the booking holds its place.
func (s BookingState) Open() bool { return s == BookingBooked || s == BookingStarted }

// bookingMoves is the table of what may become of a booking.
var bookingMoves = map[BookingState][]BookingState{
	BookingBooked:  {BookingStarted, BookingCompleted, BookingCancelled, BookingNoShow},
	BookingStarted: {BookingCompleted, BookingCancelled, BookingNoShow},
}

// Move refuses what the table does not have: 409 booking.closed.
func (b Booking) Move(to BookingState) error {
	for _, s := range bookingMoves[b.State] {
		if s == to {
			return nil
		}
	}
	return fault.New(fault.Conflict, "booking.closed", "This booking is "+strings.ReplaceAll(string(b.State), "_", "-")+" and cannot become that any more.").
		With(fault.Violation{Code: "booking.closed", Message: "From here a booking goes to one of the listed states.", Allowed: append([]BookingState{}, bookingMoves[b.State]...), Got: b.State})
}

// Canonical is what the signature covers: everything the note says, in one
// fixed order, so that the same note always has the same hash.
func (s Session) Canonical() []byte {
	b, _ := json.Marshal(struct {
		ID              SessionID      `json:"id"`
		ClientID        ClientID       `json:"client_id"`
		PrescriptionID  PrescriptionID `json:"prescription_id"`
		TherapistID     UserID         `json:"therapist_id"`
		Kind            SessionKind    `json:"kind"`
		VisitNumber     int            `json:"visit_number"`
		StartedAt       string         `json:"started_at"`
		LocalDate       Date           `json:"local_date"`
		Minutes         int            `json:"minutes"`
		Regions         []RegionSide   `json:"regions"`
		Techniques      []Technique    `json:"techniques"`
		PrecautionsRead []Precaution   `json:"precautions_acknowledged"`
		Screening       Screening      `json:"screening"`
		SOAP            SOAP           `json:"soap"`
		Response        string         `json:"response"`
		AskDoctor       string         `json:"ask_doctor"`
		DeviationReason string         `json:"deviation_reason"`
		Violations      []string       `json:"violations"`
		ScopeSnapshot   *Scope         `json:"scope"`
		Readings        []Reading      `json:"measures"`
	}{s.ID, s.ClientID, s.PrescriptionID, s.TherapistID, s.Kind, s.VisitNumber, s.StartedAt.UTC().Format(time.RFC3339Nano), s.LocalDate, s.Minutes,
		full(s.Regions), full(s.Techniques), full(s.PrecautionsRead), s.Screening, s.SOAP, s.Response, s.AskDoctor, s.DeviationReason,
		full(s.Violations), s.ScopeSnapshot, full(s.Readings)})
	return b
}

// full makes no list and an empty list the same text.
func full[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// ContentHash is the SHA-256 of the canonical note.
func (s Session) ContentHash() string {
	sum := sha256.Sum256(s.Canonical())
	return hex.EncodeToString(sum[:])
}

// NeedsState refuses what the note's state does not allow: 409 session.open,
// session.signed or session.void.
func (s Session) NeedsState(want SessionState) error {
	if s.State == want {
		return nil
	}
	code, text := "session.void", "This session was taken back."
	switch s.State {
	case NoteOpen:
		code, text = "session.open", "The note is not signed yet; change the note itself."
	case NoteSigned:
		code, text = "session.signed", "The note is signed and does not change any more; add an addendum."
	}
	return fault.New(fault.Conflict, code, text).With(fault.Violation{Code: code, Message: text, Allowed: want, Got: s.State})
}
