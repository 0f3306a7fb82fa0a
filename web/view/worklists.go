package view

import (
	"cmp"
	"net/url"
	"strings"

	"rapport/models"
)

// OpenShown is how many open things Today names; the others are a link away.
const OpenShown = 8

// WorklistsView is what is open, in one list or in all.
type WorklistsView struct {
	Name   models.Worklist
	Side   models.OwedBy
	Counts []models.WorklistCount
	Lines  []models.OpenLine
	Next   string
}

var worklistNames = map[models.Worklist]string{models.ListUnreviewedOrders: "Orders to review", models.ListReferrals: "Referrals",
	models.ListChangeRequests: "Questions to doctors", models.ListReportsDue: "Reports due", models.ListReleasesExpiring: "Releases that end soon",
	models.ListOrdersRunningOut: "Orders running out", models.ListPromises: "Promises"}

// openKinds are things that are named without a person.
var openKinds = map[models.OpenKind]string{models.OpenReferral: "A referral", models.OpenPromise: "A promise"}

// openThings are those whose act does not say what it is done to; the day is
// since when it waits.
var openThings = map[models.OpenKind]string{models.OpenReferral: "Referral", models.OpenOrder: "Order", models.OpenChange: "Change request"}

// openActs are the acts in words; what is not here is an act of a referral.
var openActs = map[string]string{"accept": "Answer", "submit": "Wait for the signature", "countersign": "Wait for the countersignature", "renew": "Renew the order",
	"send": "Send it", "decide": "Wait for the answer, or note it", "renew_release": "Ask for a new release", "keep": "Keep the promise", "send_packet": "Send our packet",
	"schedule": "Make the appointment", "outcome": "Tell what came of it", "acknowledge": "Read the outcome", "reschedule": "Make a new appointment",
	"confirm_cancellation": "Confirm the cancellation"}

// providerActs are those that read otherwise to the provider whose turn it is.
var providerActs = map[string]string{"submit": "Sign the order", "countersign": "Countersign the order", "decide": "Answer the question", "read": "Read the report"}

// signersActs are those that staff can only wait for; the prescriber's name follows.
var signersActs = map[string]string{"submit": "To be signed by", "countersign": "To be countersigned by", "decide": "To be answered by"}

func openWords(p Page, l models.OpenLine) string {
	act := openActs[l.Action]
	switch {
	case l.Kind == models.OpenReport:
		act = "Write the " + strings.ReplaceAll(l.Clock, "_", " ")
	case l.ForSigner:
		act = signersActs[l.Action] + " " + l.Provider
	case l.ProviderTurn && providerActs[l.Action] != "":
		act = providerActs[l.Action]
	case !l.ProviderTurn && l.Side == models.OwedByThem && l.Kind == models.OpenPromise:
		act = "They promised; note that it came"
	case !l.ProviderTurn && l.Side == models.OwedByThem && l.Kind == models.OpenReferral:
		act = "They answer next; note what they say"
	}
	if l.What != "" {
		act = l.What + " · " + act
	}
	if thing := openThings[l.Kind]; thing != "" {
		if !l.Since.IsZero() {
			thing += " of " + l.Since.In(p.loc()).Format("Jan 2")
		}
		act = thing + " · " + act
	}
	who := l.Provider
	if l.ProviderTurn {
		who = l.Practice
	}
	if who == "" {
		return act
	}
	return act + " · " + who
}

// openName is whom it is about; to somebody outside, of a referral only that
// it is one.
func openName(l models.OpenLine) string {
	if l.Client.Given+l.Client.Family == "" {
		return cmp.Or(openKinds[l.Kind], worklistNames[l.Worklist])
	}
	return l.Client.String()
}

// openURL is the page on which the one act is done.
func openURL(l models.OpenLine) string {
	base := ""
	if l.ProviderTurn {
		base = "/provider"
	}
	id := url.PathEscape(l.LinkID)
	switch l.Kind {
	case models.OpenOrder:
		return base + "/orders/" + id
	case models.OpenReferral:
		return base + "/referrals/" + id
	case models.OpenChange:
		return base + "/changes/" + id
	case models.OpenReport:
		return "/orders/" + id + "/reports/new?kind=" + strings.TrimSuffix(l.Clock, "_report")
	case models.OpenUnread:
		return base + "/reports/" + id
	case models.OpenRelease:
		return "/clients/" + url.PathEscape(string(l.ClientID)) + "/releases/new"
	}
	if l.Action == "send_packet" {
		return "/providers/" + url.PathEscape(string(l.ProviderID)) + "/packet"
	}
	return "/promises"
}

// openClock says how the clock stands.
func openClock(p Page, l models.OpenLine) State {
	switch {
	case l.Left < 0:
		return State{plural(-l.Left, "day", "days") + " late", Bad}
	case l.Left == 0:
		return State{"Today", Warm}
	case l.Left <= 3:
		return State{p.Ago(l.ClockOn), Warm}
	}
	return State{p.Ago(l.ClockOn), Plain}
}

// openTurn says whose turn it is; all in a provider's list is theirs.
func openTurn(l models.OpenLine) State {
	if l.Side == models.OwedByUs {
		return State{"Your turn", Calm}
	}
	return State{"Their turn", Plain}
}

// worklistURL narrows the page to a list.
func worklistURL(w models.Worklist) string { return "/worklists?list=" + url.QueryEscape(string(w)) }

// worklistOnward is the next page of what is shown.
func worklistOnward(v WorklistsView) string {
	return "/worklists?" + url.Values{"list": {string(v.Name)}, "side": {string(v.Side)}, "after": {v.Next}}.Encode()
}
