package store

import (
	"errors"
	"time"

	"rapport/models"
	"rapport/models/fault"
)

type invitationRow struct {
	ID         string
	Email      string
	Name       string
	Role       string
	PracticeID *string
	ProviderID *string
	Licence    asJSON[models.Licence]
	InvitedBy  string
	CreatedAt  time.Time
	AcceptedAt *time.Time
}

func (invitationRow) TableName() string { return "invitations" }

var invitationColumns = []any{"email", "name", "role", "practice_id", "provider_id", "licence", "invited_by", "created_at", "accepted_at"}

func (r invitationRow) invitation() models.Invitation {
	return models.Invitation{ID: r.ID, Email: r.Email, Name: r.Name, Role: models.Role(r.Role), PracticeID: val[models.PracticeID](r.PracticeID),
		ProviderID: val[models.ProviderID](r.ProviderID), Licence: r.Licence.V, InvitedBy: models.UserID(r.InvitedBy), CreatedAt: r.CreatedAt,
		AcceptedAt: r.AcceptedAt}
}

// AddInvitation keeps an invitation. One that is still open for the same
// person and role is taken up again: its links close and its id stays.
func (t *Tx) AddInvitation(i models.Invitation) (models.Invitation, error) {
	var id string
	q := t.forUpdate(`SELECT id FROM invitations WHERE accepted_at IS NULL AND email = ? AND role = ?
		AND COALESCE(practice_id, '') = ? AND COALESCE(provider_id, '') = ?`)
	err := t.g.Raw(q, i.Email, string(i.Role), string(i.PracticeID), string(i.ProviderID)).Scan(&id).Error
	if err != nil {
		return i, err
	}
	if id == "" {
		i.ID, i.CreatedAt = t.NewID(), t.now
		return i, shared[invitationRow](t).Create(t.ctx, &invitationRow{ID: i.ID, Email: i.Email, Name: i.Name, Role: string(i.Role), PracticeID: opt(i.PracticeID),
			ProviderID: opt(i.ProviderID), Licence: jsonOf(i.Licence), InvitedBy: string(i.InvitedBy), CreatedAt: t.now})
	}
	i.ID, i.CreatedAt = id, t.now
	_, err = shared[invitationRow](t).Where("id = ?", id).Select("name", "licence", "invited_by", "created_at").
		Updates(t.ctx, invitationRow{Name: i.Name, Licence: jsonOf(i.Licence), InvitedBy: string(i.InvitedBy), CreatedAt: t.now})
	if err != nil {
		return i, err
	}
	return i, t.CloseInvitationLinks(id)
}

// CloseInvitationLinks ends every live link of an invitation, whoever sent it.
func (t *Tx) CloseInvitationLinks(id string) error {
	return t.g.Exec("UPDATE links SET closed_at = ? WHERE kind = ? AND object_id = ? AND "+liveLink, t.now, string(models.LinkInvitation), id).Error
}

// LockInvitation reads an open invitation and holds it until the commit; one
// that was accepted or withdrawn is 410 link.ended.
func (t *Tx) LockInvitation(id string) (models.Invitation, error) {
	r, err := shared[invitationRow](t).ForUpdate().Select("id", invitationColumns...).Where("id = ? AND accepted_at IS NULL", id).Take(t.ctx)
	if errors.Is(missing(err, "invitation"), fault.NotFound) {
		return models.Invitation{}, models.LinkEnded()
	}
	return r.invitation(), err
}

// WithdrawOwners takes back every open invitation to own the practice and closes
// its links; the newest is returned, or an empty one.
func (t *Tx) WithdrawOwners() (models.Invitation, error) {
	open, err := t.ownersAsked()
	var newest models.Invitation
	for _, i := range open {
		if err == nil {
			err = t.CloseInvitationLinks(i.ID)
		}
		if err == nil {
			err = t.g.Exec("DELETE FROM invitations WHERE id = ? AND accepted_at IS NULL", i.ID).Error
		}
		newest = i
	}
	return newest, err
}

// ownersAsked lists the open invitations to own the practice, newest last.
func (t *Tx) ownersAsked() ([]models.Invitation, error) {
	rows, err := scoped[invitationRow](t).Select("id", invitationColumns...).Where("accepted_at IS NULL AND role = ?", string(models.Owner)).
		Order("created_at, id").Find(t.ctx)
	out := make([]models.Invitation, len(rows))
	for i, r := range rows {
		out[i] = r.invitation()
	}
	return out, err
}

// ownerAsked is the newest of them with the end of its link; nil where nobody
// was asked.
func (t *Tx) ownerAsked() (*models.OwnerAsked, error) {
	open, err := t.ownersAsked()
	if err != nil || len(open) == 0 {
		return nil, err
	}
	i := open[len(open)-1]
	a := models.OwnerAsked{Name: i.Name, Email: i.Email, At: i.CreatedAt}
	live, err := shared[linkRow](t).Select("expires_at").Where("kind = ? AND object_id = ? AND tries_left > 0 AND expires_at > ? AND "+liveLink, string(models.LinkInvitation), i.ID, t.now).
		Order("expires_at DESC").Limit(1).Find(t.ctx)
	if len(live) > 0 {
		a.Until = &live[0].ExpiresAt
	}
	return &a, err
}

// InvitationByToken finds an open invitation by the secret of its link: an
// unknown one is not found, one that was used or has expired is 410.
func (t *Tx) InvitationByToken(token string) (models.Invitation, models.LinkID, error) {
	l, err := t.LinkByToken(token, models.LinkInvitation)
	if err != nil {
		return models.Invitation{}, "", err
	}
	r, err := shared[invitationRow](t).Select("id", invitationColumns...).Where("id = ?", l.ObjectID).Take(t.ctx)
	if err = missing(err, "invitation"); errors.Is(err, fault.NotFound) || err == nil && r.AcceptedAt != nil { // withdrawn meanwhile, or accepted
		return models.Invitation{}, "", models.LinkEnded()
	}
	return r.invitation(), l.ID, err
}

// AcceptInvitation marks it; of two at once one wins.
func (t *Tx) AcceptInvitation(id string) error {
	n, err := shared[invitationRow](t).Where("id = ? AND accepted_at IS NULL", id).Update(t.ctx, "accepted_at", t.now)
	if err == nil && n == 0 {
		return models.LinkEnded()
	}
	return err
}

// Invitations lists the practice's open invitations, oldest first.
func (t *Tx) Invitations() ([]models.Invitation, error) {
	rows, err := scoped[invitationRow](t).Select("id", invitationColumns...).Where("accepted_at IS NULL").Order("id").Limit(200).Find(t.ctx)
	out := make([]models.Invitation, len(rows))
	for i, r := range rows {
		out[i] = r.invitation()
	}
	return out, err
}

// InvitedSince counts the invitations that the practice mailed to an address.
func (t *Tx) InvitedSince(email string, since time.Time) (n int, err error) {
	err = t.g.Raw("SELECT count(*) FROM messages WHERE practice_id = ? AND kind = ? AND recipient = ? AND created_at > ?",
		string(t.practice), string(models.MessageInvitation), email, since).Scan(&n).Error
	return n, err
}
