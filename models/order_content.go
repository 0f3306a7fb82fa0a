package models

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"rapport/models/fault"
)

// Hands-on minutes that an order may name.
const (
	MinutesLeast = 5
	MinutesMost  = 240
)

// NoLimit is the word with which a prescriber leaves out total or frequency.
const NoLimit = "none"

// Normalised is the order in its written form: texts passed through text (for
// composed Unicode), blanks trimmed, codes in upper case with their dot,
// nothing named twice, the default period stated.
func (c OrderContent) Normalised(text func(string) string) OrderContent {
	clean := func(s string) string { return strings.TrimSpace(text(strings.ReplaceAll(s, "\r\n", "\n"))) }
	c.ClientName = PersonName{clean(c.ClientName.Given), clean(c.ClientName.Family)}
	c.DiagnosisCodes = distinct(c.DiagnosisCodes, func(s string) string {
		if code, err := ICD10(s); err == nil {
			return code
		}
		return clean(s)
	})
	c.ProcedureCodes = distinct(c.ProcedureCodes, func(p Procedure) Procedure { return Procedure(strings.ToUpper(clean(string(p)))) })
	c.Instruments = distinct(c.Instruments, func(k InstrumentKey) InstrumentKey { return k })
	c.Scope = c.Scope.normalised()
	c.Instructions, c.FocusReason = clean(c.Instructions), clean(c.FocusReason)
	c.Goals = slices.DeleteFunc(distinct(c.Goals, clean), func(s string) bool { return s == "" })
	if c.Claim != nil {
		c.Claim = &Claim{PayerName: clean(c.Claim.PayerName), ClaimNumber: clean(c.Claim.ClaimNumber), InjuredOn: c.Claim.InjuredOn}
	}
	c.Prescriber.Name, c.Prescriber.Licence = clean(c.Prescriber.Name), clean(c.Prescriber.Licence)
	return c
}

func (s Scope) normalised() Scope {
	s.Precautions = distinct(s.Precautions, func(p Precaution) Precaution { return p })
	if s.Frequency != nil {
		f := *s.Frequency
		if f.Window == "" {
			f.Window = Calendar
		}
		s.Frequency = &f
	}
	if s.Techniques != nil {
		same := func(t Technique) Technique { return t }
		t := TechniqueRule{Only: distinct(s.Techniques.Only, same), Except: distinct(s.Techniques.Except, same)}
		s.Techniques = &t
		if len(t.Only) == 0 && len(t.Except) == 0 {
			s.Techniques = nil
		}
	}
	return s
}

// distinct maps a list and drops what comes a second time; empty becomes nil.
func distinct[T comparable](in []T, f func(T) T) []T {
	var out []T
	for _, v := range in {
		if v = f(v); !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// Validate adds all that is wrong with the order; pointer is where it stands in
// the request, today the practice's day. An order may lie in the past: paper is
// often written down late.
func (c OrderContent) Validate(l *fault.List, pointer string, today Date) {
	if len(c.DiagnosisCodes) == 0 {
		l.Add("diagnosis.required", pointer+"/diagnosis_codes", "An order names at least one diagnosis, for example M54.2.")
	}
	for i, code := range c.DiagnosisCodes {
		if _, err := ICD10(code); err != nil {
			l.Add("diagnosis.invalid", pointer+"/diagnosis_codes/"+strconv.Itoa(i), "A diagnosis is an ICD-10-CM code, for example M54.2.")
		}
	}
	ValidateProcedures(c.ProcedureCodes, pointer+"/procedure_codes", l)
	c.Scope.Validate(l, pointer+"/scope")
	c.validateDays(l, pointer, today)
	for i, k := range c.Instruments {
		if _, ok := LookupInstrument(k); !ok {
			l.Put(fault.Violation{Code: "instrument.unknown", Pointer: pointer + "/instruments/" + strconv.Itoa(i), Message: "This is not a known instrument.", Allowed: instrumentKeys()})
		}
	}
	if c.ReportEvery.Sessions < 0 || c.ReportEvery.Sessions > 100 || c.ReportEvery.Days < 0 || c.ReportEvery.Days > 366 {
		l.Add("report_every.invalid", pointer+"/report_every", "A report is due after at most 100 sessions or 366 days; 0 leaves one of the two out.")
	}
	c.validateTexts(l, pointer)
	if c.Claim != nil {
		if c.Claim.PayerName == "" {
			l.Add("claim.payer_required", pointer+"/claim/payer_name", "A claim names its payer.")
		}
		if c.Claim.InjuredOn.After(today) {
			l.Add("claim.injured_on_future", pointer+"/claim/injured_on", "The day of the injury is not in the future.")
		}
	}
}

func (c OrderContent) validateDays(l *fault.List, pointer string, today Date) {
	switch {
	case c.ValidFrom.IsZero() || c.ValidUntil.IsZero():
		l.Add("dates.required", pointer+"/valid_from", "An order has a first and a last day.")
	case c.ValidUntil.Before(c.ValidFrom):
		l.Add("dates.order", pointer+"/valid_until", "The last day is not before the first day.")
	case c.ValidUntil.After(c.ValidFrom.AddMonths(120)) || c.ValidFrom.After(today.AddMonths(120)):
		l.Add("dates.too_far", pointer+"/valid_until", "An order runs for at most ten years.")
	}
	if !slices.Contains([]Expiry{Strict, Sliding}, c.Expiry) {
		l.Put(fault.Violation{Code: "expiry.unknown", Pointer: pointer + "/expiry", Message: "Expiry is strict or sliding.", Allowed: []Expiry{Strict, Sliding}})
	}
	if !slices.Contains([]Clock{ClockIssued, ClockReceived, ClockFirstSession}, c.Clock) {
		l.Put(fault.Violation{Code: "clock.unknown", Pointer: pointer + "/clock", Message: "The clock starts when the order is issued, received, or first used.",
			Allowed: []Clock{ClockIssued, ClockReceived, ClockFirstSession}})
	}
	if c.Expiry == Sliding && c.Clock == ClockFirstSession {
		l.Put(fault.Violation{Code: "expiry.sliding_first_session", Pointer: pointer + "/expiry",
			Message: "An order whose clock starts with the first session has nothing to slide by; use strict.", Allowed: []Expiry{Strict}})
	}
}

func (c OrderContent) validateTexts(l *fault.List, pointer string) {
	checkText(l, pointer+"/instructions", c.Instructions, 4000)
	checkText(l, pointer+"/focus_reason", c.FocusReason, 1000)
	if len(c.Goals) > 20 {
		l.Add("goals.too_many", pointer+"/goals", "An order names at most 20 goals.")
	}
	for i, g := range c.Goals {
		checkText(l, pointer+"/goals/"+strconv.Itoa(i), g, 500)
	}
	if c.Claim != nil {
		checkText(l, pointer+"/claim/payer_name", c.Claim.PayerName, 200)
		checkText(l, pointer+"/claim/claim_number", c.Claim.ClaimNumber, 100)
	}
}

// checkText checks a text of a person: length in characters, line breaks and tabs
// only as control characters.
func checkText(l *fault.List, pointer, s string, most int) {
	if utf8.RuneCountInString(s) > most {
		l.Add("text.too_long", pointer, "This text has at most "+strconv.Itoa(most)+" characters.")
	}
	if !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return r < 0x20 && r != '\n' && r != '\t' || r == 0x7f }) {
		l.Add("text.control", pointer, "This text holds characters that cannot be printed.")
	}
}

// Validate adds all that is wrong with what an order allows.
func (s Scope) Validate(l *fault.List, pointer string) {
	ValidateOrderRegions(s.Regions, s.UnsidedCoversBoth, pointer+"/regions", l)
	if s.MinutesPerSession < MinutesLeast || s.MinutesPerSession > MinutesMost {
		l.Put(fault.Violation{Code: "minutes.range", Pointer: pointer + "/minutes_per_session", Message: "A session has 5 to 240 minutes.",
			Allowed: []int{MinutesLeast, MinutesMost}, Got: s.MinutesPerSession})
	}
	s.validateLimits(l, pointer)
	if s.Techniques != nil {
		if len(s.Techniques.Only) > 0 && len(s.Techniques.Except) > 0 {
			l.Add("techniques.only_or_except", pointer+"/techniques", "Name the techniques that are allowed, or those that are not, never both.")
		}
		ValidateTechniques(s.Techniques.Only, pointer+"/techniques/only", l)
		ValidateTechniques(s.Techniques.Except, pointer+"/techniques/except", l)
	}
	ValidatePrecautions(s.Precautions, pointer+"/precautions", l)
}

func (s Scope) validateLimits(l *fault.List, pointer string) {
	if s.Limit != "" && s.Limit != NoLimit {
		l.Put(fault.Violation{Code: "limit.unknown", Pointer: pointer + "/limit", Message: "A limit is left out, or is the word none.", Allowed: []string{NoLimit}})
	}
	stated := s.Limit == NoLimit
	switch {
	case s.SessionsTotal < 0 || s.SessionsTotal > 1000:
		l.Add("sessions_total.range", pointer+"/sessions_total", "An order allows 1 to 1000 sessions.")
	case s.SessionsTotal == 0 && !stated:
		l.Add("sessions_total.required", pointer+"/sessions_total", `State how many sessions are allowed, or "limit": "none" if the prescriber sets no limit.`)
	}
	if s.Frequency == nil {
		if !stated {
			l.Add("frequency.required", pointer+"/frequency", `State how often, for example once a week, or "limit": "none" if the prescriber sets no limit.`)
		}
	} else {
		s.Frequency.validate(l, pointer+"/frequency")
	}
	if stated && s.SessionsTotal > 0 && s.Frequency != nil {
		l.Add("limit.contradicts", pointer+"/limit", "Total and frequency are both stated, so the order has a limit; leave limit out.")
	}
}

func (f Frequency) validate(l *fault.List, pointer string) {
	if f.Sessions < 1 || f.Sessions > 50 {
		l.Add("frequency.sessions", pointer+"/sessions", "A period has 1 to 50 sessions.")
	}
	if !slices.Contains([]Period{PerDay, PerWeek, PerMonth}, f.Per) {
		l.Put(fault.Violation{Code: "frequency.per", Pointer: pointer + "/per", Message: "A period is a day, a week or a month.", Allowed: []Period{PerDay, PerWeek, PerMonth}})
	}
	if f.Window != "" && f.Window != Calendar && f.Window != Rolling {
		l.Put(fault.Violation{Code: "frequency.window", Pointer: pointer + "/window", Message: "A period is laid over the calendar, or rolls.", Allowed: []Window{Calendar, Rolling}})
	}
}

// Validate adds what is wrong with an opening balance.
func (o Opening) Validate(l *fault.List, pointer string, total int, today Date) {
	if o.Used < 0 || o.Used > 1000 || total > 0 && o.Used > total {
		l.Put(fault.Violation{Code: "opening.used", Pointer: pointer + "/used", Message: "The opening balance lies between 0 and the total of the order.", Allowed: []int{0, total}, Got: o.Used})
	}
	if o.AsOf.IsZero() || o.AsOf.After(today) {
		l.Add("opening.as_of", pointer+"/as_of", "Say up to which past day the visits were counted.")
	}
}
