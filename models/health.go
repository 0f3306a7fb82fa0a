package models

import (
	"math"
	"time"
)

// The spans of relationship health (PRODUCT §3.11).
const (
	HealthWindowDays = 365 // what flow, closure, promises and outcomes look at
	MomentumDays     = 90  // the last span, beside the three before it
	ClosureDays      = 30  // a loop is asked about when it was begun so long ago
)

// HealthStatus is a rung of the ladder in docs/health.md.
type HealthStatus string

// The statuses, in the order of the ladder.
const (
	HealthNew      HealthStatus = "new"
	HealthOneTime  HealthStatus = "one_time"
	HealthSilent   HealthStatus = "silent"
	HealthOneSided HealthStatus = "one_sided"
	HealthCooling  HealthStatus = "cooling"
	HealthSteady   HealthStatus = "steady"
	HealthThriving HealthStatus = "thriving"
)

// HealthPartName names a part.
type HealthPartName string

// The parts. Flow and still_referring explain; the others are weighed.
const (
	PartFlow           HealthPartName = "flow"
	PartMomentum       HealthPartName = "momentum"
	PartReciprocity    HealthPartName = "reciprocity"
	PartClosure        HealthPartName = "closure"
	PartPromises       HealthPartName = "promises"
	PartContact        HealthPartName = "contact"
	PartOutcomes       HealthPartName = "outcomes"
	PartTimeToReport   HealthPartName = "time_to_report"
	PartStillReferring HealthPartName = "still_referring"
)

// HealthWeights is how much each part counts; the practice may choose. All
// zero means the weights of PRODUCT §3.11.
type HealthWeights struct {
	Momentum     int `json:"momentum"`
	Reciprocity  int `json:"reciprocity"`
	Closure      int `json:"closure"`
	Promises     int `json:"promises"`
	Contact      int `json:"contact"`
	Outcomes     int `json:"outcomes"`
	TimeToReport int `json:"time_to_report"`
}

// DefaultHealthWeights are those of PRODUCT §3.11.
func DefaultHealthWeights() HealthWeights {
	return HealthWeights{Momentum: 20, Reciprocity: 15, Closure: 20, Promises: 15, Contact: 10, Outcomes: 10, TimeToReport: 10}
}

func (w HealthWeights) check(between func(pointer string, n, least, most int)) {
	for pointer, n := range map[string]int{"momentum": w.Momentum, "reciprocity": w.Reciprocity, "closure": w.Closure, "promises": w.Promises,
		"contact": w.Contact, "outcomes": w.Outcomes, "time_to_report": w.TimeToReport} {
		between("health_weights/"+pointer, n, 0, 100)
	}
}

// Weights are the practice's, or the default ones.
func (s PracticeSettings) Weights() HealthWeights {
	if s.HealthWeights == (HealthWeights{}) {
		return DefaultHealthWeights()
	}
	return s.HealthWeights
}

// Flow is what the referrals of one direction come to. Drafts and what was
// entered in error do not count.
type Flow struct {
	Ever   int
	Window int   // in the last HealthWindowDays
	First  int   // of these, the first one ever
	Recent int   // in the last MomentumDays
	Before int   // in the three spans of MomentumDays before them
	Week   int   // in the last seven days
	Season int   // in the 84 days before them
	Loops  Share // of those begun at least ClosureDays ago in the window and not called off, the closed ones
}

// ReferrerClass is how somebody stands who referred before.
type ReferrerClass string

// The classes.
const (
	ReferrerNever   ReferrerClass = "never"
	ReferrerOnce    ReferrerClass = "one_time"
	ReferrerSilent  ReferrerClass = "silent"
	ReferrerOngoing ReferrerClass = "referring"
)

// StillReferring is what the still-referring model says of a provider. Chances
// are nil under three referrals; the band only where it was asked for.
type StillReferring struct {
	Class      ReferrerClass
	Days       int // with a referral
	SilentDays int
	LimitDays  int // twice their own median gap, six weeks at least
	Alive      *float64
	Band       *[2]float64
	Expected90 *float64 // referrals in the next 90 days
}

// HealthFacts is all that a relationship's health is judged by. Everything but
// Acts is counted by the database; Acts are read for one relationship.
type HealthFacts struct {
	RelationshipID RelationshipID
	ProviderID     ProviderID
	Today          Date
	Accepting      Accepting // whether they take new patients
	In, Out        Flow
	InDays         []int // the days on which they referred, counted from 1970, each once, in order
	Still          StillReferring
	Reports        []Wait // from the day a report was owed until it went out
	KeptByUs       Share  // promises that fell due in the window
	KeptByThem     Share
	WantedDays     int // between contacts; 0: no wish
	SinceContact   int // days since they were reached, or since the relationship began
	Reached        bool
	Contacts       int   // logged in the window
	Outcomes       Share // of their patients with two readings, those beyond MCID
	StatedRate     *float64
	Acts           []OpenAct
}

// Figure is a number behind a part.
type Figure struct {
	Name  string
	Value float64
}

// HealthPart is one part: what it comes to, and why. A nil value is not
// defined, and says so in its reason; a part without a score is not weighed.
type HealthPart struct {
	Name    HealthPartName
	Value   *float64
	Band    *[2]float64
	Score   *float64 // 0 to 100
	Weight  int
	Reason  string
	Figures []Figure
}

// Health is how a relationship stands, with its reasons.
type Health struct {
	RelationshipID RelationshipID
	ProviderID     ProviderID
	Status         HealthStatus
	Why            string // the rung's condition
	Score          *int   // nil while no part is defined
	Parts          []HealthPart
	Next           NextAct
	Still          StillReferring
}

// Judge is the health of a relationship on the facts' day.
func (f HealthFacts) Judge(w HealthWeights) Health {
	parts := []HealthPart{f.flow(), f.momentum(w.Momentum), f.reciprocity(w.Reciprocity), f.closure(w.Closure), f.timeToReport(w.TimeToReport),
		f.promises(w.Promises), f.contact(w.Contact), f.outcomes(w.Outcomes), f.stillReferring()}
	h := Health{RelationshipID: f.RelationshipID, ProviderID: f.ProviderID, Parts: parts, Score: weigh(parts), Still: f.Still}
	rung := f.rung(h.Score)
	h.Status, h.Why = rung.Status, rung.When
	h.Next = f.next(h.Status)
	return h
}

// Standing is Judge without words: what a list shows, for the cost of the
// arithmetic.
func (f HealthFacts) Standing(w HealthWeights) (HealthStatus, *int) {
	score := f.score(w)
	return f.rung(score).Status, score
}

// weigh is the weighted mean of the parts that are defined.
func weigh(parts []HealthPart) *int {
	var m mean
	for _, p := range parts {
		m.add(p.Score, p.Weight)
	}
	return m.value()
}

// score is weigh without the parts' words.
func (f HealthFacts) score(w HealthWeights) *int {
	var m mean
	m.add(f.momentumScore(), w.Momentum)
	m.add(f.reciprocityScore(), w.Reciprocity)
	m.add(f.closureScore(), w.Closure)
	m.add(f.timeToReportScore(), w.TimeToReport)
	m.add(f.promisesScore(), w.Promises)
	m.add(f.contactScore(), w.Contact)
	m.add(f.outcomesScore(), w.Outcomes)
	return m.value()
}

type mean struct{ sum, weight float64 }

func (m *mean) add(score *float64, weight int) {
	if score != nil && weight > 0 {
		m.sum, m.weight = m.sum+*score*float64(weight), m.weight+float64(weight)
	}
}

func (m mean) value() *int {
	if m.weight == 0 {
		return nil
	}
	v := int(math.Round(m.sum / m.weight))
	return &v
}

// scored is a score between 0 and 100.
func scored(v float64) *float64 {
	v = min(100, max(0, v))
	return &v
}

// Calibration is a fit of the still-referring model over a network's history.
type Calibration struct {
	R, Alpha, A, B float64
	LogLikelihood  float64
	Referrers      int
	Source         string
	FittedAt       time.Time
}

// UnixDay counts the days from 1970, as HealthFacts.InDays does.
func (d Date) UnixDay() int { return int(d.t().Unix() / 86400) }
