package referral

import (
	"cmp"
	"slices"

	"rapport/models"
	"rapport/models/store"
)

// notForProviders is what a practice keeps to itself: its promises, and what
// waits for the practice.
var notForProviders = []models.Worklist{models.ListPromises, models.ListReportsDue, models.ListReleasesExpiring, models.ListOrdersRunningOut}

// signersOnly are the acts that staff prepare and the prescriber does.
var signersOnly = []string{"submit", "countersign", "decide"}

// waitingAtMost is how many things of one practice a provider's list names.
const waitingAtMost = 200

// waiting is what practices wait for from a provider. The gate is asked about
// each, as it is when they open it: what it does not show is not listed, and
// what is listed with a name is on the trail and in the client's ledger. The
// statements do not grow with what waits.
func (n *Network) waiting(tx *store.Tx, by models.Actor, name models.Worklist, named bool) ([]models.OpenLine, error) {
	out := []models.OpenLine{}
	if err := by.May(models.ReceiveReferrals); err != nil {
		return out, err
	}
	a, err := askingFor(tx, by)
	if err != nil {
		return out, err
	}
	practices, err := tx.PracticesOf()
	if err != nil {
		return out, err
	}
	for _, id := range practices {
		if err := a.enter(tx, id); err != nil {
			return out, err
		}
		tx.Log("worklist.read", "practice", string(id), "", string(name))
		l, err := tx.OpenLines(store.OpenFilter{Worklist: name, Side: models.OwedByThem, ProviderID: by.ProviderID, But: notForProviders}, a.ask.On, models.Page{Limit: waitingAtMost})
		if err != nil {
			return out, err
		}
		var unread []models.UnreadReport
		if (name == "" || name == models.ListReportsToRead) && by.May(models.ReceiveReports) == nil {
			if unread, err = tx.UnreadReports(by.ProviderID, waitingAtMost); err != nil {
				return out, err
			}
		}
		if err := a.holdWaiting(tx, l.Items, unread); err != nil {
			return out, err
		}
		lines, err := a.openLines(tx, by, l.Items, named)
		if err != nil {
			return out, err
		}
		out = append(append(out, lines...), a.unread(tx, unread, named)...)
	}
	slices.SortFunc(out, func(a, b models.OpenLine) int {
		return cmp.Or(cmp.Compare(a.ClockOn, b.ClockOn), cmp.Compare(a.ObjectID, b.ObjectID), cmp.Compare(a.Kind, b.Kind))
	})
	return out, nil
}

// holdWaiting holds the releases of all whom the lists are about.
func (a *asking) holdWaiting(tx *store.Tx, lines []models.OpenLine, unread []models.UnreadReport) error {
	var clients []models.ClientID
	for _, l := range lines {
		clients = append(clients, l.ClientID)
	}
	for _, u := range unread {
		clients = append(clients, u.ClientID)
	}
	return a.hold(tx, clients)
}

// openLines asks about what is open: their own order and referral as such, one
// that was sent to them by the release.
func (a *asking) openLines(tx *store.Tx, by models.Actor, lines []models.OpenLine, named bool) ([]models.OpenLine, error) {
	var ids []string
	for _, l := range lines {
		if l.Kind == models.OpenReferral {
			ids = append(ids, l.ObjectID)
		}
	}
	sent, err := tx.ReferralsByID(ids)
	if err != nil {
		return nil, err
	}
	var out []models.OpenLine
	for _, l := range lines {
		what := askForOwnReferral(models.Referral{ClientID: l.ClientID})
		what.Prescriber = a.ask.ProviderID
		if r := sent[l.ObjectID]; r.Direction == models.Outbound {
			what = askForReferral(r)
		}
		if !a.listed(tx, what, about{ObjectKind: string(l.Kind), ObjectID: l.ObjectID, Description: "Listed as waiting for an answer"}, models.CategoryReferral, named) {
			continue
		}
		l.Practice, l.ProviderTurn = a.practice.Name, true
		l.ForSigner = slices.Contains(signersOnly, l.Action) && by.May(models.SignPrescription) != nil
		out = append(out, l)
	}
	return out, nil
}

// listed says that the gate shows something in a list. With a name it is told:
// that there is such a thing about the client, not what it holds. The line in
// the ledger and its event on the trail are all that this leaves.
func (a *asking) listed(tx *store.Tx, what models.Ask, it about, as models.Category, named bool) bool {
	ask, v := a.judge(what)
	if !v.Allowed || v.Ended {
		return false
	}
	if named {
		if slices.Contains(ask.Categories, as) {
			ask.Categories = []models.Category{as}
		}
		it.Channel = string(models.ByPortal)
		disclose(tx, ask, a.to, v, it)
	}
	return true
}

// unread lists the reports that a provider has not opened; the gate is asked
// about each as it is when they open it.
func (a *asking) unread(tx *store.Tx, all []models.UnreadReport, named bool) []models.OpenLine {
	var out []models.OpenLine
	for _, u := range all {
		what := models.Ask{ClientID: u.ClientID, Categories: u.Categories, Purpose: models.PurposeCoordination, Override: u.Override, Report: u.ReportID}
		if !a.listed(tx, what, about{ObjectKind: "report", ObjectID: string(u.ReportID), Description: "Listed as a report to read", Override: u.Override}, models.CategoryProgressReport, named) {
			continue
		}
		l := models.OpenLine{OpenItem: u.Item(a.ask.ProviderID, a.practice.Location()), LinkID: string(u.ReportID), PracticeID: a.practice.ID, Practice: a.practice.Name,
			Client: u.Client, ProviderTurn: true}
		l.Left = l.DaysLeft(a.ask.On)
		out = append(out, l)
	}
	return out
}

// countLines is how long a provider's lists are; what waits, waits for them.
func countLines(lines []models.OpenLine) []models.WorklistCount {
	var out []models.WorklistCount
	for _, w := range models.ProviderWorklists() {
		c := models.WorklistCount{Name: w}
		for _, l := range lines {
			if l.Worklist == w {
				c.Them++
				if l.Left < 0 {
					c.Late++
				}
			}
		}
		out = append(out, c)
	}
	return out
}

// cutLines cuts a page out of a list that was put together in memory.
func cutLines(lines []models.OpenLine, page models.Page) models.List[models.OpenLine] {
	after := store.CursorID(page.Cursor)
	key := func(l models.OpenLine) string { return string(l.ClockOn) + " " + l.ObjectID + " " + string(l.Kind) }
	lines = slices.DeleteFunc(lines, func(l models.OpenLine) bool { return after != "" && key(l) <= after })
	l := models.List[models.OpenLine]{Items: lines}
	if page.Limit > 0 && len(lines) > page.Limit {
		l.Items, l.NextCursor = lines[:page.Limit], store.CursorOf(key(lines[page.Limit-1]))
	}
	return l
}
