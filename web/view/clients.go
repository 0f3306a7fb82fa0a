package view

import (
	"net/url"
	"strings"

	"rapport/models"
)

// listName puts the family name first, as lists are read.
func listName(n models.PersonName) string {
	if n.Family == "" || n.Given == "" {
		return n.String()
	}
	return n.Family + ", " + n.Given
}

// more is the next part of a list, under the same question.
func more(path, after string) string {
	mark := "?"
	if strings.Contains(path, "?") {
		mark = "&"
	}
	return path + mark + "after=" + url.QueryEscape(after)
}

func clientAction(c models.Client) string {
	if c.ID == "" {
		return "/clients/new"
	}
	return "/clients/" + string(c.ID) + "/edit"
}

func ordersTitle(v ClientView) string {
	if len(v.Active) > 0 {
		return "Other orders"
	}
	return "Orders"
}

func teamWords(m TeamMember) string {
	out := m.Role
	if out != "" {
		out += ", "
	}
	if m.MayBeTold {
		return out + "may be told"
	}
	return out + "is not to be told"
}

// loop is how far the way from release to a report that was seen has gone.
func (v ClientView) loop() []LoopStep {
	var released, sent, seen bool
	for _, r := range v.ReleaseList {
		released = released || r.Status == models.ReleaseActive
	}
	for _, r := range v.Reports {
		if r.Delivery == nil {
			continue
		}
		switch r.Delivery.State {
		case models.DeliveryOpened, models.DeliveryDownloaded, models.DeliveryAcknowledged:
			sent, seen = true, true
		case models.DeliverySent, models.DeliveryDelivered:
			sent = true
		}
	}
	ordered := len(v.Active) > 0
	for _, o := range v.Orders {
		ordered = ordered || o.Now == models.OrderCompleted || o.Now == models.OrderExpired
	}
	treated := len(v.Sessions) > 0
	for _, o := range v.Active {
		treated = treated || o.Visits.Used > 0
	}
	return steps([]LoopStep{{Words: "Release"}, {Words: "Order"}, {Words: "Sessions"}, {Words: "Report sent"}, {Words: "Report seen"}},
		[]bool{released, ordered, treated, sent, seen})
}

// steps marks the first step that is not done as the one to take now.
func steps(list []LoopStep, done []bool) []LoopStep {
	now := false
	for i := range list {
		switch {
		case done[i]:
			list[i].State = "done"
		case !now:
			list[i].State, now = "now", true
		default:
			list[i].State = "todo"
		}
	}
	return list
}
