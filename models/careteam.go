package models

import (
	"fmt"

	"rapport/models/fault"
)

// ValidateCareTeam wants known providers, each once.
func ValidateCareTeam(team []CareTeamMember, known map[ProviderID]bool) error {
	var l fault.List
	if len(team) > 50 {
		l.Put(fault.Violation{Code: "care_team.too_long", Message: "A care team has at most 50 members.", Allowed: 50})
	}
	seen := map[ProviderID]bool{}
	for i, m := range team {
		at := fmt.Sprintf("/%d", i)
		if !known[m.ProviderID] {
			l.Add("provider.unknown", at+"/provider_id", "There is no such provider in the directory.")
		}
		if seen[m.ProviderID] {
			l.Add("provider.twice", at+"/provider_id", "This provider is on the list already.")
		}
		seen[m.ProviderID] = true
		text(&l, at+"/role", m.Role, 60)
	}
	return l.Invalid("The care team needs correction.")
}

// ValidateRoles wants roles that are held in a practice.
func ValidateRoles(roles []Role) error {
	var l fault.List
	for _, r := range roles {
		if r != Owner && r != Therapist && r != FrontDesk {
			l.Put(fault.Violation{Code: "role.unknown", Pointer: "/roles", Message: "This role cannot be given here.", Allowed: []Role{Owner, Therapist, FrontDesk}})
		}
	}
	return l.Invalid("The roles need correction.")
}
