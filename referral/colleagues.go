package referral

import (
	"context"
	"slices"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// InviteColleague mails a link by which somebody joins the owner's practice.
func (n *Network) InviteColleague(ctx context.Context, by models.Actor, i models.Invitation) (models.Invitation, error) {
	return decide(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.Invitation, error) {
		if err := by.May(models.WritePractice); err != nil {
			return i, err
		}
		i.Email, i.PracticeID, i.ProviderID, i.InvitedBy = models.NormalEmail(i.Email), tx.PracticeID(), "", by.UserID
		if err := i.Validate(models.Owner, models.Therapist, models.FrontDesk); err != nil {
			return i, err
		}
		team, err := tx.Colleagues()
		if err != nil {
			return i, err
		}
		for _, u := range team {
			if u.Email == i.Email && slices.Contains(u.Roles, i.Grant()) {
				return i, fault.New(fault.Conflict, "colleague.has_role", "This person holds the role already.")
			}
		}
		return invite(tx, i)
	})
}

// Invitations lists whom the caller's practice asked in and who has not come yet.
func (n *Network) Invitations(ctx context.Context, by models.Actor) ([]models.Invitation, error) {
	return look(ctx, n, by, func(_ context.Context, tx *store.Tx) ([]models.Invitation, error) {
		if err := by.May(models.ReadPractice); err != nil {
			return nil, err
		}
		return tx.Invitations()
	})
}

// Colleagues lists who holds a role in the caller's practice.
func (n *Network) Colleagues(ctx context.Context, by models.Actor) ([]models.User, error) {
	return look(ctx, n, by, func(_ context.Context, tx *store.Tx) ([]models.User, error) {
		if err := by.May(models.ReadPractice); err != nil {
			return nil, err
		}
		return tx.Colleagues()
	})
}

// ChangeColleague sets the roles that somebody holds in the owner's practice,
// and their licence. Without roles they leave it, at once and in every
// session. A practice keeps at least one owner.
func (n *Network) ChangeColleague(ctx context.Context, by models.Actor, id models.UserID, roles []models.Role, licence models.Licence) (models.User, error) {
	return decide(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.User, error) {
		if err := by.May(models.WritePractice); err != nil {
			return models.User{}, err
		}
		team, err := tx.Colleagues()
		if err != nil {
			return models.User{}, err
		}
		at := slices.IndexFunc(team, func(u models.User) bool { return u.ID == id })
		if at < 0 {
			return models.User{}, fault.Missing("colleague")
		}
		if err := models.ValidateRoles(roles); err != nil {
			return models.User{}, err
		}
		if !slices.Contains(roles, models.Owner) && !anotherOwner(team, id) {
			return models.User{}, fault.New(fault.Conflict, "owner.last", "A practice keeps at least one owner. Make somebody else an owner first.")
		}
		u := team[at]
		if len(roles) == 0 {
			licence = u.Licence // who leaves takes it along
		}
		if err := mayLicense(tx, by, u, licence); err != nil {
			return u, err
		}
		for _, g := range u.Roles {
			if !slices.Contains(roles, g.Role) {
				if err := tx.RemoveRole(id, g); err != nil {
					return u, err
				}
			}
		}
		u.Roles, u.Licence = nil, licence
		for _, r := range roles {
			g := models.RoleGrant{Role: r, PracticeID: tx.PracticeID()}
			u.Roles = append(u.Roles, g)
			if err := tx.AddRole(id, g); err != nil {
				return u, err
			}
		}
		tx.Log("colleague.change", "user", string(id), "", "")
		return u, tx.SetLicence(id, licence)
	})
}

// ChangeOwnLicence is a therapist's own: the licence is theirs in every practice
// where they work, and each of those has it on its trail.
func (n *Network) ChangeOwnLicence(ctx context.Context, by models.Actor, licence models.Licence) (models.Licence, error) {
	return decide(ctx, n, own(by), func(_ context.Context, tx *store.Tx) (models.Licence, error) {
		u, err := tx.User(by.UserID)
		if err != nil {
			return licence, err
		}
		if !u.TreatsSomewhere() {
			return licence, fault.New(fault.Forbidden, "role.not_allowed", "A licence is kept for those who treat: a therapist of a practice.")
		}
		if err := licence.Validate(); err != nil {
			return licence, err
		}
		here := tx.PracticeID()
		for _, p := range u.Places() {
			if p.PracticeID == "" {
				continue
			}
			if err := tx.Enter(p.PracticeID); err != nil {
				return licence, err
			}
			tx.Log("licence.change", "user", string(u.ID), "", "expires "+until(u.Licence)+" ~ "+until(licence))
		}
		if err := tx.Enter(here); err != nil {
			return licence, err
		}
		return licence, tx.SetLicence(u.ID, licence)
	})
}

// until is the day for the trail, where an owner sees what somebody changed.
func until(l models.Licence) string {
	if l.ExpiresOn == "" {
		return "never"
	}
	return string(l.ExpiresOn)
}

// mayLicense: a licence is shared by the practices where somebody works, so one
// practice alone cannot rewrite it; they themselves may.
func mayLicense(tx *store.Tx, by models.Actor, u models.User, licence models.Licence) error {
	if by.UserID == u.ID || u.Licence.Same(licence) {
		return nil
	}
	all, err := tx.User(u.ID)
	if err == nil && slices.ContainsFunc(all.Places(), func(p models.Place) bool { return p.PracticeID != "" && p.PracticeID != tx.PracticeID() }) {
		err = fault.New(fault.Conflict, "licence.shared", "This person works in another practice too, which relies on the same licence. Only they themselves can change it, at their own sign-in. Send the licence as it stands; the roles can be changed.")
	}
	return err
}

func anotherOwner(team []models.User, but models.UserID) bool {
	return slices.ContainsFunc(team, func(u models.User) bool {
		return u.ID != but && !u.Disabled && slices.ContainsFunc(u.Roles, func(g models.RoleGrant) bool { return g.Role == models.Owner })
	})
}
