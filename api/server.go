package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"rapport/api/wire"
	"rapport/models"
)

func (a *API) serverRoutes(api huma.API) {
	const tag = "server"
	wire.Handle(api, wire.Operation{ID: "list-server-practices", Method: http.MethodGet, Path: "/api/v1/server/practices", Tag: tag,
		Summary: "Every practice with its state, counts and the end of its trail"}, a.listServerPractices)
	wire.Handle(api, wire.Operation{ID: "create-practice", Method: http.MethodPost, Path: "/api/v1/practices", Tag: tag, Status: 201,
		Summary: "Make a practice; its owner is mailed a link and chooses a password"}, a.createPractice)
	wire.Handle(api, wire.Operation{ID: "suspend-practice", Method: http.MethodPost, Path: "/api/v1/practices/{id}/suspension", Tag: tag, Always: true,
		Summary: "Close a practice: nobody acts in it, nothing is sent, nothing is lost"}, a.suspendPractice)
	wire.Handle(api, wire.Operation{ID: "resume-practice", Method: http.MethodPost, Path: "/api/v1/practices/{id}/resumption", Tag: tag,
		Summary: "Open a suspended practice again"}, a.resumePractice)
	wire.Handle(api, wire.Operation{ID: "ask-owner", Method: http.MethodPost, Path: "/api/v1/practices/{id}/owner-invitation", Tag: tag, Status: 201,
		Summary: "Mail the link for the owner of a practice without one again; earlier links end"}, a.askOwner)
}

type practiceStateOut struct {
	ID        models.PracticeID `json:"id" doc:"network is what happened outside every practice"`
	Name      string            `json:"name,omitempty"`
	Suspended bool              `json:"suspended"`
	CreatedAt *time.Time        `json:"created_at,omitempty"`
	People    int               `json:"people" doc:"Who hold a role there"`
	Owners    int               `json:"owners"`
	Asked     *ownerAskedOut    `json:"owner_asked,omitempty" doc:"Where nobody owns it: who was asked to last"`
	Clients   int               `json:"clients"`
	Sessions  int               `json:"sessions"`
	Reports   int               `json:"reports"`
	Waiting   int               `json:"waiting" doc:"Mails that have not left"`
	Trail     *integrityOut     `json:"trail,omitempty"`
}

type ownerAskedOut struct {
	Name  string     `json:"name"`
	Email string     `json:"email"`
	At    time.Time  `json:"at"`
	Until *time.Time `json:"until,omitempty" doc:"The link opens until then; absent where none does: not sent yet, run out, spent"`
}

func newPracticeStateOut(s models.PracticeState) practiceStateOut {
	out := practiceStateOut{s.ID, s.Name, s.Suspended, nil, s.People, s.Owners, (*ownerAskedOut)(s.Asked), s.Clients, s.Sessions, s.Reports, s.Waiting, nil}
	if !s.CreatedAt.IsZero() {
		out.CreatedAt = &s.CreatedAt
	}
	if s.Trail.PracticeID != "" {
		trail := newIntegrityOut(s.Trail)
		out.Trail = &trail
	}
	return out
}

func (a *API) listServerPractices(ctx context.Context, in *struct{ wire.PageIn }) (*struct {
	Body wire.ListOut[practiceStateOut]
}, error) {
	page, err := in.Page()
	if err != nil {
		return nil, err
	}
	l, err := a.net.PracticeStates(ctx, wire.Actor(ctx), page)
	if err != nil {
		return nil, err
	}
	return &struct {
		Body wire.ListOut[practiceStateOut]
	}{wire.MapList(l, newPracticeStateOut)}, nil
}

func (a *API) createPractice(ctx context.Context, in *struct {
	Body struct {
		Name     string              `json:"name" maxLength:"200"`
		TimeZone string              `json:"time_zone" maxLength:"60" example:"America/Los_Angeles"`
		Address  models.Address      `json:"address,omitempty"`
		Phone    string              `json:"phone,omitempty" maxLength:"40"`
		Email    string              `json:"email,omitempty" maxLength:"254"`
		Mode     models.PracticeMode `json:"mode,omitempty" enum:"covered,business_associate,not_covered"`
		Owner    struct {
			Name    string    `json:"name" maxLength:"200"`
			Email   string    `json:"email" maxLength:"254"`
			Licence licenceIn `json:"licence,omitempty"`
		} `json:"owner"`
	}
}) (*practiceAnswer, error) {
	b := in.Body
	return newPracticeAnswer(a.net.CreatePractice(ctx, wire.Actor(ctx), models.PracticeDraft{Name: b.Name, TimeZone: b.TimeZone, Address: b.Address, Phone: b.Phone,
		Email: b.Email, Mode: b.Mode, OwnerName: b.Owner.Name, OwnerEmail: b.Owner.Email, Licence: models.Licence(b.Owner.Licence)}))
}

type practiceStateAnswer struct{ Body practiceStateOut }

func (a *API) suspendPractice(ctx context.Context, in *practiceID) (*practiceStateAnswer, error) {
	return a.setSuspended(ctx, in.ID, true)
}

func (a *API) resumePractice(ctx context.Context, in *practiceID) (*practiceStateAnswer, error) {
	return a.setSuspended(ctx, in.ID, false)
}

type practiceID struct {
	ID models.PracticeID `path:"id"`
}

func (a *API) setSuspended(ctx context.Context, id models.PracticeID, suspended bool) (*practiceStateAnswer, error) {
	s, err := a.net.SuspendPractice(ctx, wire.Actor(ctx), id, suspended)
	if err != nil {
		return nil, err
	}
	return &practiceStateAnswer{newPracticeStateOut(s)}, nil
}

func (a *API) askOwner(ctx context.Context, in *struct {
	practiceID
	Body struct {
		Name  string `json:"name,omitempty" maxLength:"200" doc:"Default: as in the invitation before"`
		Email string `json:"email,omitempty" maxLength:"254" doc:"Default: as in the invitation before"`
	}
}) (*invitationAnswer, error) {
	return newInvitationAnswer(a.net.AskOwner(ctx, wire.Actor(ctx), in.ID, in.Body.Name, in.Body.Email))
}
