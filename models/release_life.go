package models

import (
	"slices"
	"strings"
	"time"

	"rapport/models/fault"
)

// ReleaseFormVersion names the wording of the form that documents.ReleaseForm
// draws, with the three statements of 45 CFR 164.508(c)(2). New words, new version.
const ReleaseFormVersion = "release-form-1"

// formStatements says which statements each wording of the form carries.
var formStatements = map[string][]string{ReleaseFormVersion: {"revoke", "condition", "redisclose"}}

// element is one thing that a valid authorization contains.
type element struct {
	pointer, cite, text string
	has                 func(Release) bool
}

var elements = []element{
	{"/categories", "45 CFR 164.508(c)(1)(i)", "It does not say what may be told.", func(r Release) bool {
		return len(r.Categories) > 0 && !slices.ContainsFunc(r.Categories, func(c Category) bool { return c.Label() == "" })
	}},
	{"/practice", "45 CFR 164.508(c)(1)(ii)", "It does not say who may tell.", func(r Release) bool { return r.PracticeID != "" }},
	{"/recipients", "45 CFR 164.508(c)(1)(iii)", "It does not say who may be told.", func(r Release) bool {
		return len(r.Recipients) > 0 && !slices.ContainsFunc(r.Recipients, Recipient.blank)
	}},
	{"/purpose", "45 CFR 164.508(c)(1)(iv)", "It does not say why.", func(r Release) bool { return r.Purpose.Label() != "" }},
	{"/expires_on", "45 CFR 164.508(c)(1)(v)", "It has no day and no event on which it ends.", func(r Release) bool {
		return !r.ExpiresOn.IsZero() || endsSomeDay(r.ExpiryEvent)
	}},
	{"/signature", "45 CFR 164.508(c)(1)(vi)", "It is not signed and dated.", func(r Release) bool { return r.SignedAt != nil && r.Signature != nil }},
	{"/representative", "45 CFR 164.508(c)(1)(vi)", "It does not describe the authority of the person who signs for the client.", func(r Release) bool {
		return r.Representative == nil || r.Representative.complete()
	}},
	statement("revoke", "45 CFR 164.508(c)(2)(i)", "It does not say that it can be revoked, and how."),
	statement("condition", "45 CFR 164.508(c)(2)(ii)", "It does not say whether care depends on signing."),
	statement("redisclose", "45 CFR 164.508(c)(2)(iii)", "It does not say that the information may be passed on."),
}

func statement(key, cite, text string) element {
	return element{"/form_version", cite, text, func(r Release) bool { return slices.Contains(formStatements[r.FormVersion], key) }}
}

// Incomplete lists every element that 45 CFR 164.508(c) asks for and the
// release lacks, each as release.incomplete with its cite. One is enough to
// make it void (164.508(b)(2)(ii)).
func (r Release) Incomplete() []fault.Violation {
	var out []fault.Violation
	for _, e := range elements {
		if !e.has(r) {
			out = append(out, fault.Violation{Code: "release.incomplete", Pointer: e.pointer, Message: e.text, Allowed: e.cite})
		}
	}
	return out
}

// lapses lists why the release is not in force at the moment of the ask. The
// signing instant is inside its life, the revoking instant is not.
func (r Release) lapses(ask Ask) []fault.Violation {
	if r.SignedAt == nil || r.Status == ReleaseDraft || r.Status == ReleaseDeclined || ask.At.Before(*r.SignedAt) {
		text := "A release that names this recipient waits for the client's signature."
		if r.Status == ReleaseDeclined {
			text = "The client declined to sign a release that names this recipient."
		}
		return []fault.Violation{{Code: "release.not_signed", Message: text}}
	}
	out := r.Incomplete()
	if r.revokedBy(ask.At) {
		out = append(out, fault.Violation{Code: "release.revoked", Message: "The client revoked the release. Only a new one opens the way again."})
	}
	if r.expired(ask) {
		out = append(out, fault.Violation{Code: "release.expired", Message: "The release has expired. Ask the client for a new one."})
	}
	return out
}

// revokedBy: from the instant of the revocation on, nothing is told. One that
// is on record counts even for a question whose clock was read before it: the
// question waited for the revocation's commit.
func (r Release) revokedBy(at time.Time) bool {
	return r.SignedAt != nil && (r.Status == ReleaseRevoked || r.RevokedAt != nil && !at.Before(*r.RevokedAt))
}

// expired: the last day is the release's own; the day on which the event
// happened is not (164.508(b)(2)(i): "known to have occurred").
func (r Release) expired(ask Ask) bool { return r.SignedAt != nil && r.expiredOn(ask.On) }

func (r Release) expiredOn(day Date) bool {
	return !r.ExpiresOn.IsZero() && day.After(r.ExpiresOn) || !r.EventOccurred.IsZero() && !day.Before(r.EventOccurred)
}

// StatusOn is the status as people see it: an active release whose time is
// over reads expired.
func (r Release) StatusOn(day Date) ReleaseStatus {
	if r.Status == ReleaseActive && r.expiredOn(day) {
		return ReleaseExpired
	}
	return r.Status
}

// ReleaseYears is how long a signed release is kept after it was last in
// effect (45 CFR 164.530(j)(2)).
const ReleaseYears = 6

// KeptUntil is the last day on which a signed release has to be there: six
// years from its signing or its end, whichever is later. It is zero while no
// end is known.
func (r Release) KeptUntil(loc *time.Location) Date {
	if r.SignedAt == nil {
		return ""
	}
	last := DateOf(*r.SignedAt, loc)
	var end Date
	for _, d := range []Date{r.ExpiresOn, r.EventOccurred, r.revokedOn(loc)} {
		if !d.IsZero() && (end.IsZero() || d.Before(end)) {
			end = d
		}
	}
	if end.IsZero() {
		return ""
	}
	if end.After(last) {
		last = end
	}
	return last.AddMonths(12 * ReleaseYears)
}

func (r Release) revokedOn(loc *time.Location) Date {
	if r.RevokedAt == nil {
		return ""
	}
	return DateOf(*r.RevokedAt, loc)
}

// Unmatched says that the recipient is named in words only.
func (r Recipient) Unmatched() bool {
	return r.ProviderID == "" && r.OfficeID == "" && r.PayerName == ""
}

func (r Recipient) blank() bool {
	return r.Unmatched() && strings.TrimSpace(r.Name) == ""
}

func (p Representative) complete() bool {
	return strings.TrimSpace(p.Name) != "" && strings.TrimSpace(p.Relation) != "" && strings.TrimSpace(p.Authority) != ""
}

// noEnd are the ways in which people write that something never ends, or ends
// with a study; only research may have such a release (164.508(c)(1)(v)).
var noEnd = []string{"none", "never", "no", "n/a", "na", "nil", "-", "?", "no expiration", "no expiry", "no expiration date", "no end", "does not expire",
	"doesn't expire", "not applicable", "indefinite", "indefinitely", "forever", "permanent", "permanently", "unlimited", "until revoked",
	"until i revoke it", "end of the study", "end of study", "end of the research study", "ongoing", "open", "open-ended", "perpetual"}

// endsSomeDay says that the words name an event tied to the client or the purpose.
func endsSomeDay(event string) bool {
	words := strings.ToLower(strings.Trim(strings.Join(strings.Fields(event), " "), " .!"))
	return len([]rune(words)) >= 4 && !slices.Contains(noEnd, words)
}
