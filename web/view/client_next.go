package view

import (
	"slices"

	"rapport/models"
)

// NextStep is what to do next, in a sentence and one tap.
type NextStep struct{ Words, Label, URL string }

// next says what comes after the steps that are done: the reader shall never
// have to guess how the loop goes on.
func (v ClientView) next(p Page) NextStep {
	at := "/clients/" + string(v.Client.ID)
	if s, ok := v.nextPaper(at); ok {
		return s
	}
	if s, ok := v.nextReport(p); ok {
		return s
	}
	if len(v.Active) > 0 {
		o := v.Active[0]
		n := v.now(o)
		s := n.main(p)
		switch {
		case v.Writes && !n.Outlook.Open && n.Due == "" && s.Words == n.full(p):
			s.Words += " Nothing is owed now."
		case s.Words != "":
		case !v.Writes:
			s.Words = "The order is in force. Next comes a visit."
		case o.Visits.Used == 0:
			s.Words = "The order is in force. Next comes the first session."
		default:
			s.Words = v.until(p, o)
		}
		return s
	}
	return v.nextOrder()
}

// now is what the active order allows next.
func (v ClientView) now(o models.OrderView) OrderNow {
	n := OrderNow{Order: o, Outlook: v.Outlooks[o.ID], May: OrderRights{Accept: v.Accepts, Record: v.Writes, Book: v.Books, Report: v.Reporting}}
	for _, c := range v.Clocks {
		if c.SeriesID == o.SeriesID && c.Owed() {
			n.Due = c.Kind
		}
	}
	return n
}

// nextOrder is how care goes on while no order is in force: the latest that
// stands says it.
func (v ClientView) nextOrder() NextStep {
	for _, o := range v.Orders {
		open := NextStep{Label: "Open the order", URL: "/orders/" + string(o.ID)}
		switch {
		case o.Now == models.OrderSubmitted:
			open.Words = "An order waits for the practice to accept it."
		case o.Now == models.OrderDraft && o.Source == models.FromPortal:
			open.Words = "The next order is prepared and waits for the prescriber’s signature."
		case o.Now == models.OrderSuspended:
			open.Words = "The order is suspended: no session until it is resumed."
		case o.Now == models.OrderCompleted && v.Accepts:
			open.Words, open.Label = "All visits of the order are used. If care goes on, ask "+o.Content.Prescriber.Name+" for more visits or a new order.", "Ask for more"
		case o.Now == models.OrderExpired && v.Accepts:
			open.Words, open.Label = "The order ended on "+Day(o.Until)+". If care goes on, ask "+o.Content.Prescriber.Name+" for a new one.", "Ask for more"
		case o.Now == models.OrderCompleted || o.Now == models.OrderExpired:
			open.Words = overWords(o)
		default:
			continue
		}
		return open
	}
	return NextStep{}
}

// nextPaper is what is missing before the first session: the release, the
// order, its acceptance.
func (v ClientView) nextPaper(at string) (NextStep, bool) {
	released := false
	for _, r := range v.ReleaseList {
		released = released || r.Status == models.ReleaseActive
		if r.Status == models.ReleaseDraft && !released {
			return NextStep{"A release is prepared and waits for the client’s signature.", "Open the release", "/releases/" + string(r.Release.ID)}, true
		}
	}
	for _, o := range v.Orders {
		if o.Now == models.OrderSubmitted && v.Accepts {
			return NextStep{"An order waits for your answer.", "Look at the order", "/orders/" + string(o.ID)}, true
		}
	}
	switch {
	case !released && v.Releases:
		return NextStep{"No release is in force. Ask which doctors may be told.", "New release", at + "/releases/new"}, true
	case len(v.Active)+len(v.Orders) == 0 && v.Accepts:
		return NextStep{"Next comes the order: the doctor sends it here, or you copy it from paper.", "Copy a paper order", at + "/orders/paper"}, true
	}
	return NextStep{}, false
}

// nextReport is the report that is due, or is on its way to being seen.
func (v ClientView) nextReport(p Page) (NextStep, bool) {
	if !v.Writes {
		return NextStep{}, false
	}
	for _, r := range v.Reports {
		if r.Status == models.ReportDraft {
			return NextStep{"The " + small(ReportKindWords(r.Kind)) + " is begun and not signed yet.", "Finish the report", "/reports/" + string(r.ID)}, true
		}
		if r.Status == models.ReportSigned && r.Delivery == nil {
			return NextStep{"The " + small(ReportKindWords(r.Kind)) + " is signed and not sent yet.", "Send the report", "/reports/" + string(r.ID)}, true
		}
	}
	for _, c := range v.Clocks {
		if c.Owed() {
			return NextStep{"The " + small(ReportKindWords(c.Kind)) + " to " + c.Recipient + dueWords(p, c.DueOn) + ".", "Write the report",
				"/orders/" + string(c.PrescriptionID) + "/reports/new?kind=" + string(c.Kind)}, true
		}
	}
	if len(v.Reports) > 0 && v.Reports[0].Delivery != nil && len(v.Active) == 0 {
		switch v.Reports[0].Delivery.State {
		case models.DeliverySent, models.DeliveryDelivered, models.DeliveryPrepared, models.DeliveryQueued:
			return NextStep{"The last report was not opened yet. If it stays so, send it another way or note the proof.", "Open the report", "/reports/" + string(v.Reports[0].ID)}, true
		}
	}
	return NextStep{}, false
}

// dueWords: " was due 3 days ago", " is due in 2 days".
func dueWords(p Page, on models.Date) string {
	if on.Before(p.Today) {
		return " was due " + p.Ago(on)
	}
	return " is due " + p.Ago(on)
}

// until says which report comes next while an order runs.
func (v ClientView) until(p Page, o models.OrderView) string {
	for _, c := range v.Clocks {
		if c.SeriesID == o.SeriesID && c.State == models.ClockRunning {
			return "Nothing is owed now. The next " + small(ReportKindWords(c.Kind)) + " is due " + p.Ago(c.DueOn) + ", " + everyWords(c.Every) + "; until then sign each note."
		}
	}
	return "Nothing is owed now. Record each session and sign its note; Today says when the next report is due."
}

// introduces says that a release in force names doctors to whom the practice
// could introduce itself.
func (v ClientView) introduces() bool {
	return slices.ContainsFunc(v.ReleaseList, func(r ReleaseLine) bool { return r.Status == models.ReleaseActive })
}
