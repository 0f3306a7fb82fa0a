package referral

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// InviteProvider mails a link by which somebody signs in for a provider. Whom a
// practice invites acts towards this practice only, and whom they invite in
// turn too; a provider whom the operator invited asks staff in for all
// practices. A practice's own people cannot be invited by it: they would read
// for the provider what their role keeps from them.
func (n *Network) InviteProvider(ctx context.Context, by models.Actor, id models.ProviderID, email string, role models.Role, name string) (models.Invitation, error) {
	return decide(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.Invitation, error) {
		own := by.OwnRecord(id) && by.Is(models.ProviderRole)
		if err := by.May(models.WriteReports); err != nil && !own && !by.Is(models.Operator) {
			return models.Invitation{}, err
		}
		if len(by.VouchedBy) > 0 {
			if err := tx.Enter(by.VouchedBy[0]); err != nil {
				return models.Invitation{}, err
			}
		}
		p, err := tx.Provider(id)
		if err != nil {
			return models.Invitation{}, err
		}
		i := models.Invitation{Email: models.NormalEmail(email), Name: models.InvitedName(role, p.Name.String(), name, email), Role: role, PracticeID: tx.PracticeID(), ProviderID: id, InvitedBy: by.UserID}
		if err := i.Validate(models.ProviderRole, models.ProviderStaff); err != nil {
			return i, err
		}
		if role == models.ProviderRole && p.HasAccount {
			return i, errHasAccount
		}
		if err := notOfThePractice(tx, i); err != nil {
			return i, err
		}
		return invite(tx, i)
	})
}

// notOfThePractice refuses that somebody is on both sides of one practice.
func notOfThePractice(tx *store.Tx, i models.Invitation) error {
	if i.PracticeID == "" {
		return nil
	}
	team, err := tx.Colleagues()
	if err == nil && slices.ContainsFunc(team, func(u models.User) bool { return u.Email == i.Email }) {
		err = fault.New(fault.Conflict, "invitation.own_colleague", "This address belongs to somebody of the practice. Invite the provider at an address of their own.")
	}
	return err
}

var errHasAccount = fault.New(fault.Conflict, "provider.has_account", "This provider has an account already. Staff can be invited beside it.")

// invite keeps the invitation and promises its mail; an address gets a few a
// day, so that nobody is flooded in our name.
func invite(tx *store.Tx, i models.Invitation) (models.Invitation, error) {
	sent, err := tx.InvitedSince(i.Email, tx.Now().Add(-24*time.Hour))
	if err != nil {
		return i, err
	}
	if sent >= models.InvitationsPerDay {
		f := fault.New(fault.RateLimited, "invitation.too_many", "This address got several invitations in the last 24 hours. Ask again tomorrow.")
		f.RetryAfter = int((24 * time.Hour).Seconds())
		return i, f
	}
	if i, err = tx.AddInvitation(i); err != nil {
		return i, err
	}
	m := models.Message{Kind: models.MessageInvitation, To: i.Email, ObjectKind: "invitation", ObjectID: i.ID, LinkKind: models.LinkInvitation,
		Role: i.Role, ProviderID: i.ProviderID}
	if _, err := tx.Post(m); err != nil {
		return i, err
	}
	return i, note(tx, "invitation.send", "invitation", i.ID, string(i.Role))
}

// OpenInvitation says whether the person of a live link has a password already
// (then they prove it) or sets one now. It names nobody.
func (n *Network) OpenInvitation(ctx context.Context, by models.Actor, token string) (known bool, err error) {
	return look(ctx, n, by, func(_ context.Context, tx *store.Tx) (bool, error) {
		_, u, err := invited(tx, token)
		return u.ID != "", err
	})
}

func invited(tx *store.Tx, token string) (models.Invitation, models.User, error) {
	i, _, err := tx.InvitationByToken(token)
	if err != nil {
		return i, models.User{}, err
	}
	u, err := tx.UserByEmail(i.Email)
	if errors.Is(err, fault.NotFound) {
		return i, models.User{}, nil
	}
	return i, u, err
}

// AcceptInvitation sets the password of a new person, or checks that of a
// known one with their code, if they have a second factor, gives the role and
// signs in. A link that was used or has expired
// is 410 link.ended.
func (n *Network) AcceptInvitation(ctx context.Context, by models.Actor, token, password, code string) (TokenPair, error) {
	join, err := n.joining(ctx, by, token, password, code)
	if err != nil {
		return TokenPair{}, err
	}
	return n.begin(ctx, by, join)
}

// AcceptInvitationInPortal is AcceptInvitation for the pages.
func (n *Network) AcceptInvitationInPortal(ctx context.Context, by models.Actor, token, password, code string) (PortalSession, error) {
	join, err := n.joining(ctx, by, token, password, code)
	if err != nil {
		return PortalSession{}, err
	}
	return n.enterPortal(ctx, by, join)
}

// joining does the password's work outside the transaction and returns what the
// transaction does first.
func (n *Network) joining(ctx context.Context, by models.Actor, token, password, code string) (func(*store.Tx) (models.User, error), error) {
	var i models.Invitation
	var place []string
	u, err := look(ctx, n, by, func(_ context.Context, tx *store.Tx) (u models.User, err error) {
		if i, u, err = invited(tx, token); err == nil {
			place, err = placeNames(tx, i.Grant())
		}
		return u, err
	})
	if err != nil {
		return nil, err
	}
	var arrive func(*store.Tx) (models.User, error)
	if u.ID != "" {
		p, err := n.prove(ctx, by, i.Email, password)
		if err != nil {
			return nil, err
		}
		arrive = p.enter(code)
	} else {
		u, err := n.newUser(ctx, i.Email, i.Name, password, i.Licence, strings.Join(place, " "))
		if err != nil {
			return nil, err
		}
		arrive = u.arrive
	}
	return func(tx *store.Tx) (models.User, error) {
		u, err := arrive(tx)
		if err != nil {
			return u, err
		}
		given, err := join(tx, u, token)
		u.Roles = append(u.Roles, given...)
		return u, err
	}, nil
}

// join uses the link up and gives the roles.
func join(tx *store.Tx, u models.User, token string) ([]models.RoleGrant, error) {
	i, link, err := tx.InvitationByToken(token)
	if err != nil {
		return nil, err
	}
	if err := tx.UseLink(link); err != nil {
		return nil, err
	}
	if err := tx.AcceptInvitation(i.ID); err != nil {
		return nil, err
	}
	if err := tx.Enter(i.PracticeID); err != nil {
		return nil, err
	}
	if i.ProviderID != "" {
		if err := mayStandFor(tx, i); err != nil {
			return nil, err
		}
	}
	given, err := givenBy(tx, i)
	for _, g := range given {
		if err == nil {
			err = tx.AddRole(u.ID, g)
		}
	}
	if err != nil {
		return nil, err
	}
	return given, note(tx, "invitation.accept", "user", string(u.ID), string(i.Role))
}

// givenBy is what accepting gives. The first owner of a practice is a therapist
// too, as where the practice is made with their password.
func givenBy(tx *store.Tx, i models.Invitation) ([]models.RoleGrant, error) {
	given := []models.RoleGrant{i.Grant()}
	if i.Role != models.Owner {
		return given, nil
	}
	team, err := tx.Colleagues()
	if len(team) == 0 {
		given = append(given, models.RoleGrant{Role: models.Therapist, PracticeID: i.PracticeID})
	}
	return given, err
}

// mayStandFor asks again what was asked when the invitation was sent, holding
// the provider: of two who accept at once one finds the account of the other.
func mayStandFor(tx *store.Tx, i models.Invitation) error {
	if err := tx.LockProvider(i.ProviderID); err != nil {
		return err
	}
	p, err := tx.Provider(i.ProviderID)
	if err != nil {
		return err
	}
	if i.Role == models.ProviderRole && p.HasAccount {
		return errHasAccount
	}
	return notOfThePractice(tx, i)
}

// newcomer is a person with a fresh password who is not in the database yet.
type newcomer struct{ models.User }

// newUser checks and hashes the password; place is where they will work.
func (n *Network) newUser(ctx context.Context, email, name, password string, licence models.Licence, place string) (newcomer, error) {
	if err := models.ValidatePassword(password, email, name, place); err != nil {
		return newcomer{}, err
	}
	hash, err := n.hash.Hash(ctx, password)
	if err != nil {
		return newcomer{}, err
	}
	stamp, err := n.secret()
	return newcomer{models.User{Email: email, Name: name, PasswordHash: hash, SecurityStamp: stamp, Licence: licence}}, err
}

// arrive inserts the person.
func (c newcomer) arrive(tx *store.Tx) (models.User, error) {
	u := c.User
	u.ID, u.CreatedAt = models.UserID(tx.NewID()), tx.Now()
	return u, tx.AddUser(u)
}
