package view

import (
	"fmt"
	"strings"
	"time"

	"rapport/models"
)

func reportTitle(r models.ReportView, names bool) string {
	if names {
		return r.Client.String()
	}
	return ReportKindWords(r.Kind)
}

func reportMore(p Page, r models.ReportView, names bool) string {
	out := ""
	if names { // else the kind is the title
		out = ReportKindWords(r.Kind) + " "
	}
	switch {
	case p.Realm == "provider":
		out += "from " + r.Practice + ", "
	case r.Recipient != "":
		out += "to " + r.Recipient + ", "
	}
	return out + Between(r.From, r.To)
}

// reportStateOf is how far a report came, or how far it is written.
func reportStateOf(r models.ReportView) State {
	if r.Delivery != nil && r.Status == models.ReportSigned {
		return DeliveryStateOf(*r.Delivery)
	}
	return ReportState(r.Status)
}

// furthest is the delivery that came furthest of those that were not stopped,
// or the newest stopped one.
func (v ReportPageView) furthest() (d models.Delivery, sent bool) {
	for i, other := range v.Deliveries {
		stopped := other.State == models.DeliveryStopped
		switch {
		case i == 0, d.State == models.DeliveryStopped && !stopped:
			d = other
		case !stopped:
			d = models.Further(other, d)
		}
	}
	return d, len(v.Deliveries) > 0
}

// onItsWay says that nobody needs to send the report again.
func (v ReportPageView) onItsWay() bool {
	d, sent := v.furthest()
	return sent && d.State != models.DeliveryFailed && d.State != models.DeliveryStopped
}

// states are how far the report came over all the ways it went: how far at
// best, how many of several ways arrived, and whether one needs a person.
func (v ReportPageView) states() []State {
	d, sent := v.furthest()
	if !sent || v.Report.Status != models.ReportSigned {
		return []State{ReportState(v.Report.Status)}
	}
	s := DeliveryStateOf(d)
	out := []State{s}
	if len(v.Deliveries) < 2 {
		return out
	}
	arrived, stuck := 0, 0
	for _, d := range v.Deliveries {
		switch d.State {
		case models.DeliveryDelivered, models.DeliveryOpened, models.DeliveryDownloaded, models.DeliveryAcknowledged:
			arrived++
		case models.DeliveryFailed, models.DeliveryUncertain:
			stuck++
		}
	}
	out = append(out, State{fmt.Sprintf("%d of %d deliveries arrived", arrived, len(v.Deliveries)), Plain})
	if needs := s.Tone == Bad || s.Tone == Warm; stuck > 0 && !needs {
		out = append(out, State{plural(stuck, "delivery needs", "deliveries need") + " you", Warm})
	}
	return out
}

// seenWords say what the recipient did with it, after their name.
func (v ReportPageView) seenWords() string {
	d, _ := v.furthest()
	switch d.State {
	case models.DeliveryOpened:
		return ", who opened it"
	case models.DeliveryDownloaded:
		return ", who downloaded it"
	case models.DeliveryAcknowledged:
		return ", who confirmed it"
	}
	return ""
}

// movedAt is when a delivery came to its state.
func movedAt(d models.Delivery) time.Time {
	at := d.CreatedAt
	for _, e := range d.Events {
		if e.At.After(at) {
			at = e.At
		}
	}
	return at
}

// missing are the instruments of the gaps, to be given a reason.
func (v ReportPageView) missing() []Option {
	var out []Option
	seen := map[string]bool{}
	add := func(key string) {
		if in, ok := models.LookupInstrument(models.InstrumentKey(key)); ok && !seen[key] {
			seen[key] = true
			out = append(out, Option{Value: key, Label: in.Name})
		}
	}
	for _, g := range v.Report.Gaps {
		if key, ok := strings.CutPrefix(g.Pointer, "/narrative/missing_reasons/"); ok {
			add(key)
		}
	}
	for _, in := range models.Instruments() {
		if v.Report.Narrative.MissingReasons[string(in.Key)] != "" {
			add(string(in.Key))
		}
	}
	return out
}

func channelWords(c models.Channel) string {
	switch c {
	case models.ByPortal:
		return "In the portal"
	case models.ByLink:
		return "By one-time link"
	case models.ByLetter:
		return "By letter or fax"
	}
	return string(c)
}

// cameBy is how a revocation reached the practice.
func cameBy(channel string) string {
	switch channel {
	case "letter", "fax", "phone":
		return "by " + channel
	case "email":
		return "by e-mail"
	case "portal":
		return "in the portal"
	}
	return strings.ReplaceAll(channel, "_", " ")
}

func signedWords(p Page, by string, at time.Time) string {
	if by == "" {
		return p.When(at)
	}
	return "by " + by + ", " + p.When(at)
}

// contentWords names the parts of a report.
func contentWords(list []models.Category) string {
	names := map[models.Category]string{models.CategoryProgressReport: "the letter", models.CategoryMeasures: "measures", models.CategorySessionNotes: "session notes"}
	var out []string
	for _, c := range list {
		if w := names[c]; w != "" {
			out = append(out, w)
		} else {
			out = append(out, c.Label())
		}
	}
	return strings.Join(out, ", ")
}

// small begins a name inside a sentence.
func small(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// writeWords is the button that begins a report: it names the kind that is due.
func writeWords(due models.ReportKind) string {
	if due == "" {
		return "Write a report"
	}
	return "Write the " + small(ReportKindWords(due)) + ", it is due"
}
