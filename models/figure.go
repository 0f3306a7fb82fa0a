package models

import (
	"cmp"
	"slices"
	"time"
)

// The targets of the owner's figures.
const (
	LoopClosesWithinDays = 14 // of the last visit
	ReportWithinDays     = 2  // working days after the day it was due
	FiguresWindowDays    = 365
)

// FigureKey names one of the owner's figures.
type FigureKey string

// The figures.
const (
	FigureLoops     FigureKey = "loops_closed"
	FigureAnswers   FigureKey = "first_acknowledgement"
	FigureReports   FigureKey = "time_to_report"
	FigureOpened    FigureKey = "reports_opened"
	FigureDirectory FigureKey = "directory_freshness"
)

// FigureKeys lists them in order.
func FigureKeys() []FigureKey {
	return []FigureKey{FigureLoops, FigureAnswers, FigureReports, FigureOpened, FigureDirectory}
}

// FigureItem is one case behind a figure.
type FigureItem struct {
	Kind  string // referral, report, order, delivery, provider
	ID    string
	About string // a provider's name, or a client's initials
	From  Date   // where the clock began
	On    Date   // when it was done; zero: not yet
	Days  *int   // between the two, or until today
	Met   bool
}

// OwnerFigure is a share with its denominator and the cases behind it.
type OwnerFigure struct {
	Key        FigureKey
	Title      string
	Basis      string // what is counted
	Share      Share
	Target     float64 // the share to aim for
	MedianDays *int    // for a time: half were done by then, those not done yet counted as waiting
	Items      []FigureItem
}

// figureTexts say what each figure is, with the share to aim for.
var figureTexts = map[FigureKey]struct {
	title, basis string
	target       float64
}{
	FigureLoops:     {"Loop closed within 14 days of the last visit", "Referrals of both directions that were not called off, with a last visit in the last year and more than 14 days ago; closed is: the outcome was sent and seen.", 0.9},
	FigureAnswers:   {"First acknowledgement by the next working day", "Referrals of both directions that were sent in the last year and not called off, and whose next working day is past or that were answered.", 0.9},
	FigureReports:   {"Report sent within two working days after it was due", "Reports that answered a report clock in the last year, and those that were due more than two working days ago. Today and Reports show the stricter share: sent by the day it was due.", 0.9},
	FigureOpened:    {"Reports opened", "Reports sent by portal or link in the last year. A letter cannot tell whether it was opened.", 0.8},
	FigureDirectory: {"Directory verified in the last 180 days", "Providers the practice has a relationship with.", 0.9},
}

// NewOwnerFigure counts the cases and puts the missed ones first, the newest
// before the rest.
func NewOwnerFigure(key FigureKey, items []FigureItem) OwnerFigure {
	text := figureTexts[key]
	f := OwnerFigure{Key: key, Title: text.title, Basis: text.basis, Target: text.target, Items: items, Share: Share{Of: len(items)}}
	var waits []Wait
	for _, i := range items {
		if i.Met {
			f.Share.Part++
		}
		if i.Days != nil {
			waits = append(waits, Wait{Days: max(0, *i.Days), Ended: !i.On.IsZero(), Count: 1})
		}
	}
	if days, reached := MedianWait(waits); reached && key != FigureDirectory {
		f.MedianDays = &days
	}
	slices.SortStableFunc(f.Items, func(a, b FigureItem) int {
		if a.Met != b.Met {
			if b.Met {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(b.From, a.From), cmp.Compare(a.ID, b.ID))
	})
	return f
}

// ReferralCase is what the figures read of a referral.
type ReferralCase struct {
	ID                                      ReferralID
	Client                                  PersonName
	SentAt, AnsweredAt, LastVisitAt, SeenAt *time.Time
	Closed                                  bool
}

func since(from, on Date, today Date) *int {
	if on.IsZero() {
		on = today
	}
	n := from.DaysUntil(on)
	return &n
}

func dayOf(t *time.Time, zone *time.Location) Date {
	if t == nil {
		return ""
	}
	return DateOf(*t, zone)
}

// firstDay is the first day of the year that the figures look at.
func firstDay(today Date) Date { return today.AddDays(1 - FiguresWindowDays) }

// LoopItem is the referral as a case of loops that close; ok is false while it
// is too early to say, and where the last visit is too long ago.
func (c ReferralCase) LoopItem(today Date, zone *time.Location) (FigureItem, bool) {
	last, closed := dayOf(c.LastVisitAt, zone), Date("")
	if c.Closed {
		closed = dayOf(c.SeenAt, zone)
	}
	limit := last.AddDays(LoopClosesWithinDays)
	met := !closed.IsZero() && !closed.After(limit)
	return FigureItem{Kind: "referral", ID: string(c.ID), About: c.Client.Initials(), From: last, On: closed, Days: since(last, closed, today), Met: met}, !last.Before(firstDay(today)) && limit.Before(today)
}

// AnswerItem is the referral as a case of first acknowledgements.
func (c ReferralCase) AnswerItem(today Date, zone *time.Location) (FigureItem, bool) {
	sent, answered := dayOf(c.SentAt, zone), dayOf(c.AnsweredAt, zone)
	limit := sent.WorkingDay(1)
	met := !answered.IsZero() && !answered.After(limit)
	return FigureItem{Kind: "referral", ID: string(c.ID), About: c.Client.Initials(), From: sent, On: answered, Days: since(sent, answered, today), Met: met},
		!sent.Before(firstDay(today)) && (!answered.IsZero() || limit.Before(today))
}

// ReportItem is a report, or an order that owes one, as a case of time to
// report.
func ReportItem(kind, id string, client PersonName, owed, sent, today Date) (FigureItem, bool) {
	limit := owed.WorkingDay(ReportWithinDays)
	met := !sent.IsZero() && !sent.After(limit)
	return FigureItem{Kind: kind, ID: id, About: client.Initials(), From: owed, On: sent, Days: since(owed, sent, today), Met: met}, !sent.IsZero() || limit.Before(today)
}
