package referral

import (
	"context"

	"rapport/models"
	"rapport/models/fault"
)

// Authenticate turns an access token into the actor.
func (n *Network) Authenticate(ctx context.Context, token string, practice models.PracticeID) (models.Actor, error) {
	return models.Actor{}, fault.New(fault.Unauthenticated, "token.invalid", "Sign in again.")
}
