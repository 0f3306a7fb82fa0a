package models

import (
	"slices"
	"strings"
	"time"

	"rapport/models/fault"
)

// Invitation asks somebody in: for a provider, or into a practice. Whoever
// opens the link in the mail has shown that the address is theirs.
type Invitation struct {
	ID         string
	Email      string
	Name       string
	Role       Role
	PracticeID PracticeID // that invites
	ProviderID ProviderID // empty for a colleague
	Licence    Licence
	InvitedBy  UserID
	CreatedAt  time.Time
	AcceptedAt *time.Time
}

// InvitationsPerDay is how many mails one address gets from one practice.
const InvitationsPerDay = 5

// Grant is the role that accepting gives. Whoever was asked in by a practice, a
// provider or their staff, acts towards that practice only: no practice can let
// somebody see or sign another's papers.
func (i Invitation) Grant() RoleGrant {
	return RoleGrant{Role: i.Role, ProviderID: i.ProviderID, PracticeID: i.PracticeID}
}

// InvitedName is what the account of somebody who signs in for a provider is
// called: the provider's own by the record, that of staff as given, or else the
// name of the mailbox. Staff never sign in under the provider's name.
func InvitedName(role Role, provider, given, email string) string {
	if role != ProviderStaff {
		return provider
	}
	if given = strings.TrimSpace(given); given != "" {
		return given
	}
	mailbox, _, _ := strings.Cut(strings.TrimSpace(email), "@")
	return mailbox
}

// Validate checks address, role and name; roles are those that fit.
func (i Invitation) Validate(roles ...Role) error {
	var l fault.List
	if !ValidEmail(i.Email) {
		l.Add("email.invalid", "/email", "This is not an e-mail address.")
	}
	if !slices.Contains(roles, i.Role) {
		l.Put(fault.Violation{Code: "role.unknown", Pointer: "/role", Message: "This role cannot be given here.", Allowed: roles})
	}
	if strings.TrimSpace(i.Name) == "" {
		l.Add("name.required", "/name", "Give the person's name.")
	}
	text(&l, "/name", i.Name, 200)
	i.Licence.check(&l, "/licence")
	return l.Invalid("The invitation needs correction.")
}

// check limits the lines of a licence.
func (c Licence) check(l *fault.List, pointer string) {
	text(l, pointer+"/state", c.State, 20)
	text(l, pointer+"/number", c.Number, 40)
	if c.NPI != "" && !ValidNPI(c.NPI) {
		l.Add("npi.invalid", pointer+"/npi", "An NPI has ten digits and a check digit; this one does not add up.")
	}
	for _, s := range c.Certifications {
		text(l, pointer+"/certifications", s, 120)
	}
}
