package models

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"rapport/models/fault"
)

// TestRefusalsBehindASchemaHoldToo: the contract of the API lets these mistakes
// not come so far, but the portal's forms and the command line have no schema.
func TestRefusalsBehindASchemaHoldToo(t *testing.T) {
	list := func(check func(l *fault.List)) error {
		var l fault.List
		check(&l)
		return l.Invalid("x")
	}
	best, one := Tier("best"), 1
	now := time.Date(2026, 3, 2, 20, 0, 0, 0, time.UTC)
	practice := Practice{Name: "Ballard Massage", TimeZone: "America/Los_Angeles", Mode: Covered, Settings: PracticeSettings{ChangeLapseDays: 14}}
	another := func(change func(*Practice)) error {
		p := practice
		change(&p)
		return p.Validate()
	}
	if err := practice.Validate(); err != nil {
		t.Fatalf("the practice before each mistake: %v", err)
	}
	for code, err := range map[string]error{
		"mode.unknown":        another(func(p *Practice) { p.Mode = "hospital" }),
		"letterhead.too_long": another(func(p *Practice) { p.Settings.LetterheadLines = slices.Repeat([]string{"Massage"}, 7) }),
		"phone.invalid": ClientDraft{Name: PersonName{Given: "Ana"}, BirthDate: "1984-05-17", Phone: strings.Repeat("5", 41)}.
			Validate("2026-03-02"),
		"hours.too_many": list(func(l *fault.List) {
			checkHours(l, "/hours", slices.Repeat([]OpenHours{{"monday", "08:00", "09:00"}}, 22))
		}),
		"profile.too_many_lines": PracticeProfile{About: "We", Treats: slices.Repeat([]string{"Neck pain"}, 13)}.Validate(),
		"direction.unknown":      ReferralOutline{Direction: "sideways"}.Validate("2026-03-02"),
		"priority.unknown":       ReferralOutline{Priority: "whenever"}.Validate("2026-03-02"),
		"tier.unknown":           second(RelationshipChange{Tier: &best}.Apply(Relationship{}, "2026-03-02")),
		"message.kind_unknown":   Message{Kind: "gossip", To: "a@example.org"}.Validate(),
		"outcome.unknown":        second(Message{State: MessageFailed}.Resolve(Resolution{Outcome: "forgotten"})),
		"note.too_long":          second(Message{State: MessageFailed}.Resolve(Resolution{Outcome: ResolvedSent, Note: strings.Repeat("x", 501)})),
		"role.unknown":           Invitation{Email: "a@example.org", Name: "Ana", Role: Operator}.Validate(Owner, Therapist),
		"contact.clients":        second(ContactDraft{Clients: make([]ClientID, 21)}.Check(now, "2026-03-02", time.UTC)),
		"override.recipient": DeliveryDraft{Channel: ByLetter, Override: &OverrideDraft{Basis: "treatment", Reason: "Acute pain."}}.
			Validate(Report{Payer: &Recipient{PayerName: "L&I", ClaimNumber: "SB-1"}}),
		"referral.alternatives": ConfirmRecipient(RecipientStanding{Accepting: AcceptingNo}.Doubts("2026-03-02"), []Alternative{{Name: "Mei Tanaka"}}),
		"passkey.name_too_long": second(ValidatePasskeyName(strings.Repeat("x", PasskeyName+1))),
		"password.too_long":     ValidatePassword(strings.Repeat("seven white herons ", 20)),
		"measure.answers": list(func(l *fault.List) {
			Reading{Instrument: NDI, Answers: []*int{&one}, Taken: TakenBefore}.Validate("/measures/0", l)
		}),
		"dates.required": list(func(l *fault.List) { OrderContent{}.Validate(l, "", "2026-03-02") }),
	} {
		f, ok := fault.As(err)
		if !ok {
			t.Errorf("%s: not refused: %v", code, err)
			continue
		}
		if i := slices.IndexFunc(f.Violations, func(v fault.Violation) bool { return v.Code == code }); i < 0 || f.Violations[i].Message == "" {
			t.Errorf("%s: got %+v", code, f.Violations)
		}
	}
}

func second[T any](_ T, err error) error { return err }

// TestRoomIsGivenUpToTheLast: what is refused beyond a number is taken at it.
func TestRoomIsGivenUpToTheLast(t *testing.T) {
	goals := make([]string, 20)
	for i := range goals {
		goals[i] = "Goal " + strconv.Itoa(i)
	}
	var l fault.List
	OrderContent{Goals: goals}.validateTexts(&l, "")
	checkHours(&l, "/hours", []OpenHours{{"monday", "08:00", "24:00"}})
	ClientDraft{Name: PersonName{Given: strings.Repeat("ễ", 100)}, BirthDate: "1984-05-17", Phone: strings.Repeat("5", 40)}.check(&l, "", "2026-03-02")
	if got := l.Items(); len(got) != 0 {
		t.Errorf("got %+v", got)
	}
}
