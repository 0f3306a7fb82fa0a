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

// waiting is what practices wait for from a provider. The gate is asked for
// each, as it is when they open it: what it does not show is not listed, and
// what is listed with a name is on the trail and in the client's ledger.
func (n *Network) waiting(tx *store.Tx, by models.Actor, name models.Worklist, named bool) ([]models.OpenLine, error) {
	out := []models.OpenLine{}
	if err := by.May(models.ReceiveReferrals); err != nil {
		return out, err
	}
	practices, err := tx.PracticesOf()
	if err != nil {
		return out, err
	}
	for _, id := range practices {
		if err := tx.Enter(id); err != nil {
			return out, err
		}
		practice, err := tx.Practice(id)
		if err != nil {
			return out, err
		}
		tx.Log("worklist.read", "practice", string(id), "", string(name))
		l, err := tx.OpenLines(store.OpenFilter{Worklist: name, Side: models.OwedByThem, ProviderID: by.ProviderID, But: notForProviders}, practice.Today(tx.Now()),
			models.Page{Limit: waitingAtMost})
		if err != nil {
			return out, err
		}
		for _, line := range l.Items {
			shown, err := n.shownToProvider(tx, line, named)
			if err != nil {
				return out, err
			}
			if shown {
				line.Practice, line.ProviderTurn = practice.Name, true
				line.ForSigner = slices.Contains(signersOnly, line.Action) && by.May(models.SignPrescription) != nil
				out = append(out, line)
			}
		}
		unread, err := n.unread(tx, by, practice, name, named)
		if err != nil {
			return out, err
		}
		out = append(out, unread...)
	}
	slices.SortFunc(out, func(a, b models.OpenLine) int {
		return cmp.Or(cmp.Compare(a.ClockOn, b.ClockOn), cmp.Compare(a.ObjectID, b.ObjectID), cmp.Compare(a.Kind, b.Kind))
	})
	return out, nil
}

// shownToProvider asks the gate: their own order and referral as such, one
// that was sent to them by the release.
func (n *Network) shownToProvider(tx *store.Tx, line models.OpenLine, named bool) (bool, error) {
	r := models.Referral{Direction: models.Inbound, ClientID: line.ClientID, ProviderID: line.ProviderID}
	if line.Kind == models.OpenReferral {
		var err error
		if r, err = tx.Referral(models.ReferralID(line.ObjectID)); err != nil {
			return false, err
		}
	}
	what := askForOwnReferral(r)
	if r.Direction == models.Outbound {
		what = askForReferral(r)
	}
	ask, all, err := n.asked(tx, what)
	if err != nil {
		return false, err
	}
	verdict := models.JudgeReleases(ask, all)
	if !verdict.Allowed || verdict.Ended || !named {
		return verdict.Allowed && !verdict.Ended, nil
	}
	tx.Log("worklist.read", string(line.Kind), line.ObjectID, line.ClientID, "")
	verdict, err = n.tell(tx, what, about{ObjectKind: string(line.Kind), ObjectID: line.ObjectID, Description: "Listed as waiting for an answer", Channel: "portal"})
	return err == nil && verdict.Allowed && !verdict.Ended, err
}

// unread lists the reports that a provider has not opened; the gate is asked
// for each as it is when they open it.
func (n *Network) unread(tx *store.Tx, by models.Actor, practice models.Practice, name models.Worklist, named bool) ([]models.OpenLine, error) {
	if name != "" && name != models.ListReportsToRead || by.May(models.ReceiveReports) != nil {
		return nil, nil
	}
	all, err := tx.UnreadReports(by.ProviderID, waitingAtMost)
	if err != nil {
		return nil, err
	}
	var out []models.OpenLine
	for _, u := range all {
		shown, err := n.shownReport(tx, u, named)
		if err != nil {
			return out, err
		}
		if shown {
			l := models.OpenLine{OpenItem: u.Item(by.ProviderID, practice.Location()), LinkID: string(u.ReportID), PracticeID: practice.ID, Practice: practice.Name,
				Client: u.Client, ProviderTurn: true}
			l.Left = l.DaysLeft(practice.Today(tx.Now()))
			out = append(out, l)
		}
	}
	return out, nil
}

func (n *Network) shownReport(tx *store.Tx, u models.UnreadReport, named bool) (bool, error) {
	r, err := tx.Report(u.ReportID)
	if err != nil {
		return false, err
	}
	d, err := tx.Delivery(u.DeliveryID)
	if err != nil {
		return false, err
	}
	ask, all, err := n.asked(tx, askForReport(r, d))
	if err != nil {
		return false, err
	}
	ask.Override, ask.Report = d.Override, r.ID
	if refused := models.JudgeReleases(ask, all).Refusal(true) != nil; refused || !named {
		return !refused, nil
	}
	tx.Log("worklist.read", string(models.OpenUnread), string(u.ReportID), u.ClientID, "")
	listed := askForReport(r, d)
	if slices.Contains(listed.Categories, models.CategoryProgressReport) { // the list shows that there is one, not what it says
		listed.Categories = []models.Category{models.CategoryProgressReport}
	}
	v, err := n.tell(tx, listed, about{ObjectKind: "report", ObjectID: string(r.ID), Description: "Listed as a report to read", Channel: string(models.ByPortal), Override: d.Override})
	return err == nil && v.Refusal(true) == nil, err
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
