package models

import "fmt"

// days is how long a period is when it rolls (PRODUCT §5).
func (p Period) days() int {
	switch p {
	case PerDay:
		return 1
	case PerWeek:
		return 7
	}
	return 30
}

// begins is the first day of the calendar period that holds day.
func (p Period) begins(day Date) Date {
	switch p {
	case PerDay:
		return day
	case PerWeek:
		return day.Monday()
	}
	return day.FirstOfMonth()
}

// Allows says that one more session on day fits beside the others: the days of
// the sessions that stand and of open bookings, earlier and later ones.
func (f Frequency) Allows(day Date, others []Date) bool {
	if f.Window == Rolling {
		return f.rolls(day, others)
	}
	n := 1
	for _, o := range others {
		if f.Per.begins(o) == f.Per.begins(day) {
			n++
		}
	}
	return n <= f.Sessions
}

// rolls looks at every span that holds day. A span that begins on none of the
// others and not on day holds no more than the next one that does.
func (f Frequency) rolls(day Date, others []Date) bool {
	length := f.Per.days()
	for _, start := range append([]Date{day}, others...) {
		end := start.AddDays(length - 1)
		if day.Before(start) || day.After(end) {
			continue
		}
		n := 1
		for _, o := range others {
			if !o.Before(start) && !o.After(end) {
				n++
			}
		}
		if n > f.Sessions {
			return false
		}
	}
	return f.Sessions > 0
}

// String is for people: "1 session in a calendar week".
func (f Frequency) String() string {
	noun := "sessions"
	if f.Sessions == 1 {
		noun = "session"
	}
	if f.Window == Rolling {
		span := "any day"
		if n := f.Per.days(); n > 1 {
			span = fmt.Sprintf("any %d days", n)
		}
		return fmt.Sprintf("%d %s in %s", f.Sessions, noun, span)
	}
	span := map[Period]string{PerDay: "day", PerWeek: "week (Monday to Sunday)", PerMonth: "calendar month"}[f.Per]
	return fmt.Sprintf("%d %s in a %s", f.Sessions, noun, span)
}

// Pace is how much of an order's frequency is used on a day.
type Pace struct {
	Frequency
	Taken int  // sessions and open bookings, in the calendar period of the day or the span that ends on it
	Next  Date // the first day on which one more fits; zero: none before the order ends
}

// Pace says how much of the frequency is used today and from when one more
// session fits: by the frequency and the window alone. It is nil for an order
// that states no frequency.
func (f OrderFacts) Pace() *Pace {
	freq := f.Order.Content.Scope.Frequency
	if freq == nil {
		return nil
	}
	p := Pace{Frequency: *freq}
	first, last := freq.Per.begins(f.Today), f.Today
	if freq.Window == Rolling {
		first = f.Today.AddDays(1 - freq.Per.days())
	}
	for _, day := range f.others() {
		within := freq.Per.begins(day) == first
		if freq.Window == Rolling {
			within = !day.Before(first) && !day.After(last)
		}
		if within {
			p.Taken++
		}
	}
	f.EnforceLicence = false
	if next := f.earliest(f.Today); next != nil {
		p.Next = *next
	}
	return &p
}
