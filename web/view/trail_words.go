package view

import (
	"net/url"
	"strings"

	"rapport/models"
)

// TrailView is a part of the practice's trail, and what was asked of it.
type TrailView struct {
	Filter models.TrailFilter
	Client string // name of the client it is narrowed to
	All    bool   // the reader sees the whole practice
	Lines  []models.TrailLine
	Next   string
	Team   []models.User
}

// asked says that the reader narrowed the list beyond where they came from.
func (v TrailView) asked() bool {
	f := v.Filter
	return f.Actor != "" || f.Action != "" || !f.From.IsZero() || !f.Until.IsZero()
}

// trailAreas are the kinds of acts that a reader chooses among.
var trailAreas = map[string]string{"audit": "The audit trail", "booking": "Visits that are booked", "care_team": "Care teams", "change_request": "Change requests",
	"client": "A client's record", "clients": "Lists of clients", "colleague": "Colleagues", "contact": "Contacts", "delivery": "Deliveries", "directory": "Imports of the directory",
	"disclosure": "The release gate", "disclosures": "Disclosures", "document_request": "Document requests", "factors": "Second factors taken off", "figures": "Figures",
	"idempotency": "Answers given again", "integrity": "Checks of the trails", "introduction": "Introductions", "invitation": "Invitations", "keys": "Keys", "licence": "Licences", "link": "One-time links",
	"measures": "Measures", "message": "Messages", "messages": "Lists of messages", "office_staff": "People at offices", "operator": "Operators", "otp": "Authenticator apps",
	"override": "Overrides", "packet": "Intro packets", "passkey": "Passkeys", "password": "Passwords", "practice": "The practice", "prescription": "Orders", "promise": "Promises",
	"provider": "Providers' records", "referral": "Referrals", "referral_out": "Referrals after a red flag", "refresh": "Sign-ins renewed", "relationship": "Relationships",
	"release": "Releases", "releases": "Lists of releases", "report": "Reports", "report_clock": "Reports that are due", "session": "Sessions", "sign_in": "Sign-ins", "sign_out": "Sign-outs",
	"user": "Accounts", "worklist": "Worklists"}

func areaOptions() []Option {
	out := []Option{{Value: "", Label: "Anything"}}
	for _, a := range models.TrailAreas() {
		out = append(out, Option{Value: a, Label: trailAreas[a]})
	}
	return out
}

// people are whom the list can be narrowed to: colleagues, and whoever else
// stands on the page.
func (v TrailView) people() []Option {
	out, known := []Option{{Value: "", Label: "Anybody"}}, map[string]bool{}
	add := func(id, name string) {
		if id != "" && name != "" && !known[id] {
			known[id] = true
			out = append(out, Option{Value: id, Label: name})
		}
	}
	for _, u := range v.Team {
		add(string(u.ID), u.Name)
	}
	for _, l := range v.Lines {
		add(strings.TrimPrefix(l.Principal, "user:"), l.ActorName)
	}
	return out
}

func trailActor(l models.TrailLine) string {
	switch {
	case l.ActorName != "":
		return l.ActorName
	case strings.HasPrefix(l.Principal, "link:"):
		return "Somebody with a one-time link"
	case l.Principal == "system":
		return "The server"
	case strings.HasPrefix(l.Principal, "user:"):
		return "An account that is no longer here"
	}
	if l.ObjectKind == "user" && strings.HasPrefix(l.Action, "sign_in.") {
		return "Who signed in"
	}
	return "Somebody not signed in"
}

func trailState(l models.TrailLine) State {
	if l.Outcome == "done" || l.Outcome == "allowed" {
		return State{}
	}
	return State{"Refused", Bad}
}

// trailWhy is the code of a refusal in words.
func trailWhy(l models.TrailLine) string {
	switch l.Outcome {
	case "done", "allowed", "refused":
		return ""
	}
	return strings.NewReplacer("_", " ", ".", ": ").Replace(l.Outcome)
}

// trailURL is the page with another question.
func trailURL(f models.TrailFilter, after string) string {
	q := url.Values{}
	for name, value := range map[string]string{"client": string(f.ClientID), "who": string(f.Actor), "what": f.Action, "object": f.ObjectID, "from": string(f.From),
		"until": string(f.Until), "after": after} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if len(q) == 0 {
		return "/practice/trail"
	}
	return "/practice/trail?" + q.Encode()
}

// trailPages are where records are read, by kind.
var trailPages = map[string]struct{ path, words string }{"client": {"/clients/", "Open the client"}, "prescription": {"/orders/", "Open the order"}, "report": {"/reports/", "Open the report"},
	"release": {"/releases/", "Open the release"}, "session": {"/sessions/", "Open the session"}, "referral": {"/referrals/", "Open the referral"},
	"change_request": {"/changes/", "Open the change request"}, "provider": {"/providers/", "Open the provider"}}

// object is where the record is read that the list is narrowed to.
func (v TrailView) object() (url, words string) {
	if v.Filter.ObjectID == "" || len(v.Lines) == 0 {
		return "", ""
	}
	at, ok := trailPages[v.Lines[0].ObjectKind]
	if !ok {
		return "", ""
	}
	return at.path + v.Filter.ObjectID, at.words
}
