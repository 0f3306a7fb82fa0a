package view

import (
	"fmt"
	"strings"

	"rapport/models"
)

// orderMore says what was ordered, and the other side of it: to a practice who
// ordered, to a provider where.
func orderMore(p Page, o models.OrderView) string {
	other := o.Content.Prescriber.Name
	if p.Realm == "provider" {
		other = o.PracticeName
	}
	out := InShort(o.Content.Scope)
	if other != "" {
		out = other + ": " + out
	}
	switch {
	case o.Ended:
		out += ". Visits are not shared"
	case o.Now == models.OrderActive:
		out += ". " + VisitWords(o.Visits)
	}
	return out
}

func ownOrderMore(o models.OrderView) string {
	out := "by " + o.Content.Prescriber.Name + ", " + Between(orDate(o.From, o.Content.ValidFrom), orDate(o.Until, o.Content.ValidUntil))
	if o.Now == models.OrderActive {
		out += ". " + VisitWords(o.Visits)
	}
	return out
}

// orderStateOf is the order's state as the reader may know it: after the
// release ended, a prescriber is not told what became of the order.
func orderStateOf(o models.OrderView) State {
	if o.Ended {
		return State{"Release ended", Plain}
	}
	return OrderState(o.Now)
}

// orderBack is the client's page, or the list for those who see no clients.
func orderBack(v OrderPageView) string {
	if v.ClientURL != "" {
		return v.ClientURL
	}
	if strings.HasPrefix(v.Base, "/provider") {
		return "/provider"
	}
	return "/orders"
}

func orderBackName(v OrderPageView) string {
	if v.ClientURL != "" {
		return v.Order.Content.ClientName.String()
	}
	if strings.HasPrefix(v.Base, "/provider") {
		return "Today"
	}
	return "Orders"
}

func changeBase(p Page) string {
	if p.Realm == "provider" {
		return "/provider/changes/"
	}
	return "/changes/"
}

func sourceWords(s models.OrderSource) string {
	switch s {
	case models.FromPaper:
		return "Copied from paper by the practice."
	case models.FromVerbal:
		return "Taken on the phone by the practice."
	case models.FromChangeRequest:
		return "Made by an approved change request."
	}
	return "Written in the portal by the provider’s side."
}

// NeedsCountersign says that an order was copied or phoned and waits for the
// prescriber's own signature.
func NeedsCountersign(o models.OrderView) bool {
	return (o.Source == models.FromPaper || o.Source == models.FromVerbal) && o.Countersigned == nil && !o.Ended &&
		(o.Status == models.OrderActive || o.Status == models.OrderSuspended || o.Status == models.OrderSuperseded)
}

func countersignWords(o models.OrderView) string {
	if o.Verbal != nil {
		return "on the phone. Without your signature by " + Day(o.Verbal.CountersignBy) + " it is suspended"
	}
	return "from your paper. Your signature confirms the copy"
}

func renewable(o models.OrderView) bool {
	return !o.Ended && (o.CurrentID == "" || o.CurrentID == o.ID) && (o.Status == models.OrderActive || o.Status == models.OrderSuspended)
}

// holdWords says whether the scope binds already: it is locked from the
// acceptance on, and before it waits for the practice.
func holdWords(p Page, v OrderPageView) string {
	switch {
	case v.Order.Ended:
		return ""
	case v.Order.Now == models.OrderActive || v.Order.Now == models.OrderSuspended:
		return "locked"
	case v.Order.Now != models.OrderSubmitted:
		return ""
	case p.Realm == "provider":
		return "waits for the practice to accept"
	case v.May.Accept:
		return "waits for you to accept"
	}
	return "waits for acceptance"
}

func overWords(o models.OrderView) string {
	if o.Now == models.OrderCompleted {
		return "All visits of this order are used. Care goes on with a new order or more visits."
	}
	return "This order ended on " + Day(o.Until) + "."
}

func orDate(d, other models.Date) models.Date {
	if d.IsZero() {
		return other
	}
	return d
}

// knownHint says which clients an order for somebody new may belong to.
func knownHint(v OrderPageView) string {
	if v.Match != "" {
		return "A client with this name and birth date is here already, and is chosen."
	}
	return "Only clients with the same birth date can be chosen."
}

// ChangeLine is a change request in a list, with whose order it is about.
type ChangeLine struct {
	models.ChangeRequest
	Client string // "" when the reader may not know
}

func changeName(c ChangeLine) string {
	if c.Client == "" {
		return changeTitle(c.ChangeRequest)
	}
	return c.Client
}

func changeMore(c ChangeLine) string {
	until := "answer until " + Day(c.LapsesOn)
	if c.Client == "" {
		return until
	}
	return changeTitle(c.ChangeRequest) + ", " + until
}

// changeTitle says a wish in a few words.
func changeTitle(c models.ChangeRequest) string {
	p := c.Proposed
	var out []string
	if p.Regions != nil {
		out = append(out, "regions")
	}
	if p.MinutesPerSession != nil {
		out = append(out, "minutes")
	}
	if p.SessionsTotal != nil {
		out = append(out, "visits")
	}
	if p.Frequency != nil {
		out = append(out, "frequency")
	}
	if p.ValidUntil != nil {
		out = append(out, "last day")
	}
	if p.Techniques != nil {
		out = append(out, "techniques")
	}
	if p.Precautions != nil {
		out = append(out, "precautions")
	}
	if p.SelfPayAllowed != nil {
		out = append(out, "self-pay")
	}
	if len(out) == 0 {
		return "A wish"
	}
	return "Change of " + strings.Join(out, ", ")
}

// paceWords: "This week: 2 of 2 sessions, booked ones included. Next from Mon,
// Nov 23, 2026."
func paceWords(p models.Pace) string {
	span := map[models.Period]string{models.PerDay: "Today", models.PerWeek: "This week", models.PerMonth: "This month"}[p.Per]
	if p.Window == models.Rolling {
		span = map[models.Period]string{models.PerDay: "Today", models.PerWeek: "In the last 7 days", models.PerMonth: "In the last 30 days"}[p.Per]
	}
	out := fmt.Sprintf("%s: %d of %s, booked ones included.", span, p.Taken, plural(p.Sessions, "session", "sessions"))
	switch {
	case p.Next.IsZero():
		out += " No later day of this order is free."
	case p.Taken >= p.Sessions:
		out += " Next from " + Day(p.Next) + "."
	}
	return out
}
