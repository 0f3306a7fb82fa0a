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

	Refused bool // what was asked
}

// asked says that the reader narrowed the list beyond where they came from.
func (v TrailView) asked() bool {
	f := v.Filter
	return f.Actor != "" || f.Action != "" || !f.From.IsZero() || !f.Until.IsZero()
}

// narrowed says to what the list is narrowed, where the form is folded away.
func (v TrailView) narrowed() string {
	var out []string
	for _, o := range v.people()[1:] {
		if o.Value == string(v.Filter.Actor) {
			out = append(out, o.Label)
		}
	}
	if f := v.Filter; f.Action != "" {
		if w, ok := trailAreas[f.Action]; ok {
			out = append(out, w)
		} else if w := models.TrailWords(f.Action); w != "" {
			out = append(out, w)
		}
	}
	if d := v.Filter; !d.From.IsZero() || !d.Until.IsZero() {
		out = append(out, Span(d.From, d.Until))
	}
	if len(out) == 0 || v.Refused {
		return "Narrow the list"
	}
	return "Narrowed to: " + strings.Join(out, "; ")
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
		if id, known := strings.CutPrefix(l.Principal, "user:"); known {
			add(id, l.ActorName)
		} else if l.SignedInAs() {
			add(l.ObjectID, l.ActorName)
		}
	}
	return out
}

// trailActor says who acted and what they may do here now: of a person at a
// doctor's office, for whom they act.
func trailActor(l models.TrailLine) string {
	switch {
	case l.ActorName != "" && strings.HasPrefix(l.Principal, "link:"):
		return l.ActorName + " (by one-time link)"
	case l.ActorName != "" && len(l.For) == 1 && strings.HasPrefix(l.For[0], l.ActorName):
		return l.For[0] + " (" + RoleWords(l.Roles...) + ")"
	case l.ActorName != "" && len(l.For) > 0:
		return l.ActorName + " (works for " + strings.Join(l.For, " and ") + ")"
	case l.ActorName != "" && len(l.Roles) > 0:
		return l.ActorName + " (" + RoleWords(l.Roles...) + ")"
	case l.ActorName != "":
		return l.ActorName
	case strings.HasPrefix(l.Principal, "link:"):
		return "Somebody with a one-time link"
	case l.Principal == "system":
		return "The server"
	case strings.HasPrefix(l.Principal, "user:"):
		return "An account that is no longer here"
	case l.Account != "":
		return "Somebody who gave the e-mail of " + l.Account
	}
	return "Somebody not signed in"
}

// trailTitle is what the line is about beside the client, where that is not
// said already.
func (v TrailView) trailTitle(l models.TrailLine) string {
	if l.Title == l.Account && (l.ActorName == l.Account || l.Principal == "anonymous") || l.ObjectID == v.Filter.ObjectID {
		return ""
	}
	return l.Title
}

// trailClient is the client of a line, where the page is not theirs.
func (v TrailView) trailClient(l models.TrailLine) string {
	if v.Filter.ClientID != "" {
		return ""
	}
	return l.Client.String()
}

// recordURL leads to everything that was done to the line's record: of a
// decision of the release gate, to what was asked for.
func (v TrailView) recordURL(l models.TrailLine) string {
	id := l.ObjectID
	if l.ObjectKind == "disclosure" {
		id = l.Record.ID
	}
	if id == "" || id == v.Filter.ObjectID {
		return ""
	}
	return trailURL(models.TrailFilter{ClientID: v.Filter.ClientID, ObjectID: id}, "")
}

func trailState(l models.TrailLine) State {
	if l.ObjectKind == "disclosure" && l.Outcome == "allowed" {
		return State{"Allowed", Good}
	}
	if l.Outcome == "done" || l.Outcome == "allowed" {
		return State{}
	}
	return State{"Refused", Bad}
}

// trailRefusals are the codes that stand on a trail most often, in words.
var trailRefusals = map[string]string{"role.not_allowed": "the role does not allow it", "release_required": "no release covers it", "release.ended": "the client’s release ended",
	"validation": "what was sent needed correction", "scope_violation": "it lies outside the order", "sign_in.failed": "the e-mail or the password was wrong", "version.stale": "somebody else had changed it",
	"link.birth_date": "the birth date was wrong", "client.not_yours": "another therapist treats the client"}

// trailWhy is why something was refused, in words.
func trailWhy(l models.TrailLine) string {
	switch l.Outcome {
	case "done", "allowed", "refused":
		return ""
	}
	if w, ok := trailRefusals[l.Outcome]; ok {
		return w
	}
	return whyWords(l.Outcome)
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

// trailPages are where records are read, by kind, and what follows their id.
var trailPages = map[string]struct{ path, after, words string }{"client": {"/clients/", "", "Open the client"}, "prescription": {"/orders/", "", "Open the order"},
	"report": {"/reports/", "", "Open the report"}, "release": {"/releases/", "", "Open the release"}, "session": {"/sessions/", "", "Open the session"},
	"referral": {"/referrals/", "", "Open the referral"}, "change_request": {"/changes/", "", "Open the change request"}, "provider": {"/providers/", "", "Open the provider"},
	"relationship": {"/providers/", "/relationship", "Open the relationship"}}

// object is what the list is narrowed to: its title, and where it is read.
func (v TrailView) object() (title, url, words string) {
	id := v.Filter.ObjectID
	if id == "" {
		return "", "", ""
	}
	for _, l := range v.Lines {
		kind := l.Record.Kind
		switch {
		case l.ObjectID == id && (l.ObjectKind == "client" || l.ObjectKind == "provider"):
			kind = l.ObjectKind
		case l.ObjectID != id:
			continue
		}
		at, ok := trailPages[kind]
		if !ok {
			return l.Title, "", ""
		}
		if l.Record.ID != "" {
			id = l.Record.ID
		}
		return l.Title, at.path + id + at.after, at.words
	}
	return "", "", ""
}
