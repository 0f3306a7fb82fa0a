package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"rapport/api/wire"
	"rapport/models"
)

func (a *API) practiceRoutes(api huma.API) {
	const tag = "practice"
	wire.Handle(api, wire.Operation{ID: "list-practices", Method: http.MethodGet, Path: "/api/v1/practices", Tag: "directory", Summary: "Practices that a provider may order from"}, a.listPractices)
	wire.Handle(api, wire.Operation{ID: "read-practice", Method: http.MethodGet, Path: "/api/v1/practice", Tag: tag, Summary: "The own practice with its settings"}, a.readPractice)
	wire.Handle(api, wire.Operation{ID: "change-practice", Method: http.MethodPatch, Path: "/api/v1/practice", Tag: tag, MatchRequired: true, Summary: "Change the own practice"}, a.changePractice)
	wire.Handle(api, wire.Operation{ID: "read-practice-profile", Method: http.MethodGet, Path: "/api/v1/practice/profile", Tag: tag, Summary: "How the practice introduces itself to offices"}, a.readProfile)
	wire.Handle(api, wire.Operation{ID: "write-practice-profile", Method: http.MethodPut, Path: "/api/v1/practice/profile", Tag: tag, MatchRequired: true, Summary: "Replace the profile"}, a.writeProfile)
	wire.Handle(api, wire.Operation{ID: "list-colleagues", Method: http.MethodGet, Path: "/api/v1/practice/colleagues", Tag: tag, Summary: "Who works here"}, a.listColleagues)
	wire.Handle(api, wire.Operation{ID: "invite-colleague", Method: http.MethodPost, Path: "/api/v1/practice/colleagues", Tag: tag, Status: 201, Summary: "Mail a link by which somebody joins the practice"}, a.inviteColleague)
	wire.Handle(api, wire.Operation{ID: "list-invitations", Method: http.MethodGet, Path: "/api/v1/practice/invitations", Tag: tag, Summary: "Who was asked in and has not come yet"}, a.listInvitations)
	wire.Handle(api, wire.Operation{ID: "change-colleague", Method: http.MethodPut, Path: "/api/v1/practice/colleagues/{id}", Tag: tag, Always: true, Summary: "Set somebody's roles here and their licence; without roles they leave"}, a.changeColleague)
}

type practiceEntry struct {
	ID            models.PracticeID `json:"id"`
	Name          string            `json:"name"`
	TimeZone      string            `json:"time_zone"`
	Address       models.Address    `json:"address"`
	Phone         string            `json:"phone,omitempty"`
	Fax           string            `json:"fax,omitempty"`
	AcceptsOrders bool              `json:"accepts_orders"`
	Techniques    []string          `json:"techniques"`
}

func newPracticeEntry(p models.Practice) practiceEntry {
	return practiceEntry{p.ID, p.Name, p.TimeZone, p.Address, p.Phone, p.Fax, p.Settings.AcceptsOrders, append([]string{}, p.Settings.Techniques...)}
}

func (a *API) listPractices(ctx context.Context, in *struct{ wire.PageIn }) (*struct {
	Body wire.ListOut[practiceEntry]
}, error) {
	page, err := in.Page()
	if err != nil {
		return nil, err
	}
	l, err := a.net.Practices(ctx, wire.Actor(ctx), page)
	if err != nil {
		return nil, err
	}
	return &struct {
		Body wire.ListOut[practiceEntry]
	}{wire.MapList(l, newPracticeEntry)}, nil
}

type practiceOut struct {
	ID       models.PracticeID       `json:"id"`
	Name     string                  `json:"name"`
	TimeZone string                  `json:"time_zone"`
	Address  models.Address          `json:"address"`
	Phone    string                  `json:"phone,omitempty"`
	Fax      string                  `json:"fax,omitempty"`
	Email    string                  `json:"email,omitempty"`
	Mode     models.PracticeMode     `json:"mode"`
	Settings models.PracticeSettings `json:"settings"`
}

type practiceAnswer struct {
	ETag string `header:"ETag"`
	Body practiceOut
}

func newPracticeAnswer(p models.Practice, err error) (*practiceAnswer, error) {
	if err != nil {
		return nil, err
	}
	s := p.Settings
	s.ExtraScreening, s.HiddenScreening = append([]models.Contraindication{}, s.ExtraScreening...), append([]string{}, s.HiddenScreening...)
	s.LetterheadLines, s.Techniques = append([]string{}, s.LetterheadLines...), append([]string{}, s.Techniques...)
	return &practiceAnswer{wire.ETag(p.Version), practiceOut{p.ID, p.Name, p.TimeZone, p.Address, p.Phone, p.Fax, p.Email, p.Mode, s}}, nil
}

func (a *API) readPractice(ctx context.Context, _ *struct{}) (*practiceAnswer, error) {
	return newPracticeAnswer(a.net.Practice(ctx, wire.Actor(ctx)))
}

type settingsIn struct {
	EnforceLicence   *bool                      `json:"enforce_licence,omitempty"`
	ReportEvery      *models.ReportEvery        `json:"report_every,omitempty"`
	ChangeLapseDays  *int                       `json:"change_lapse_days,omitempty"`
	ExtraScreening   *[]models.Contraindication `json:"extra_screening,omitempty" maxItems:"100"`
	HiddenScreening  *[]string                  `json:"hidden_screening,omitempty" maxItems:"200"`
	AcceptsOrders    *bool                      `json:"accepts_orders,omitempty"`
	LetterheadLines  *[]string                  `json:"letterhead_lines,omitempty" maxItems:"6"`
	Techniques       *[]string                  `json:"techniques,omitempty" maxItems:"100"`
	WarnVisitsLeft   *int                       `json:"warn_visits_left,omitempty"`
	WarnDaysLeft     *int                       `json:"warn_days_left,omitempty"`
	SelectAtMost     *int                       `json:"select_at_most,omitempty"`
	ReplyByFaxNumber *string                    `json:"reply_by_fax_number,omitempty" maxLength:"40"`

	HealthWeights *models.HealthWeights `json:"health_weights,omitempty" doc:"How much each part of a relationship's health counts; all 0: the default weights"`
}

type practiceIn struct {
	Name     *string              `json:"name,omitempty" maxLength:"200"`
	TimeZone *string              `json:"time_zone,omitempty" maxLength:"60"`
	Address  *models.Address      `json:"address,omitempty"`
	Phone    *string              `json:"phone,omitempty" maxLength:"40"`
	Fax      *string              `json:"fax,omitempty" maxLength:"40"`
	Email    *string              `json:"email,omitempty" maxLength:"254"`
	Mode     *models.PracticeMode `json:"mode,omitempty" enum:"covered,business_associate,not_covered"`
	Settings *settingsIn          `json:"settings,omitempty"`
}

func (in practiceIn) change() models.PracticeChange {
	c := models.PracticeChange{Name: in.Name, TimeZone: in.TimeZone, Address: in.Address, Phone: in.Phone, Fax: in.Fax, Email: in.Email, Mode: in.Mode}
	if s := in.Settings; s != nil {
		change := models.SettingsChange(*s)
		c.Settings = &change
	}
	return c
}

func (a *API) changePractice(ctx context.Context, in *struct{ Body practiceIn }) (*practiceAnswer, error) {
	return newPracticeAnswer(a.net.ChangePractice(ctx, wire.Actor(ctx), in.Body.change()))
}

type licenceIn struct {
	State          string      `json:"state,omitempty" maxLength:"20"`
	Number         string      `json:"number,omitempty" maxLength:"40"`
	ExpiresOn      models.Date `json:"expires_on,omitempty" format:"date"`
	Certifications []string    `json:"certifications,omitempty" maxItems:"50"`
	NPI            string      `json:"npi,omitempty" maxLength:"10"`
}

type colleagueOut struct {
	ID       models.UserID  `json:"id"`
	Email    string         `json:"email"`
	Name     string         `json:"name"`
	Roles    []models.Role  `json:"roles"`
	Licence  models.Licence `json:"licence"`
	Disabled bool           `json:"disabled,omitempty"`
}

func newColleagueOut(u models.User) colleagueOut {
	out := colleagueOut{ID: u.ID, Email: u.Email, Name: u.Name, Roles: []models.Role{}, Licence: u.Licence, Disabled: u.Disabled}
	for _, g := range u.Roles {
		out.Roles = append(out.Roles, g.Role)
	}
	return out
}

func (a *API) listColleagues(ctx context.Context, _ *struct{}) (*struct{ Body wire.ListOut[colleagueOut] }, error) {
	team, err := a.net.Colleagues(ctx, wire.Actor(ctx))
	if err != nil {
		return nil, err
	}
	return &struct{ Body wire.ListOut[colleagueOut] }{wire.MapList(models.List[models.User]{Items: team}, newColleagueOut)}, nil
}

func (a *API) listInvitations(ctx context.Context, _ *struct{}) (*struct{ Body wire.ListOut[invitationOut] }, error) {
	open, err := a.net.Invitations(ctx, wire.Actor(ctx))
	if err != nil {
		return nil, err
	}
	return &struct{ Body wire.ListOut[invitationOut] }{wire.MapList(models.List[models.Invitation]{Items: open}, newInvitationOut)}, nil
}

func (a *API) inviteColleague(ctx context.Context, in *struct {
	Body struct {
		Email   string      `json:"email" maxLength:"254"`
		Name    string      `json:"name" maxLength:"200"`
		Role    models.Role `json:"role" enum:"owner,therapist,front_desk"`
		Licence licenceIn   `json:"licence,omitempty"`
	}
}) (*invitationAnswer, error) {
	b := in.Body
	return newInvitationAnswer(a.net.InviteColleague(ctx, wire.Actor(ctx), models.Invitation{Email: b.Email, Name: b.Name, Role: b.Role, Licence: models.Licence(b.Licence)}))
}

func (a *API) changeColleague(ctx context.Context, in *struct {
	ID   models.UserID `path:"id"`
	Body struct {
		Roles   []models.Role `json:"roles" maxItems:"3"`
		Licence licenceIn     `json:"licence,omitempty"`
	}
}) (*struct{ Body colleagueOut }, error) {
	u, err := a.net.ChangeColleague(ctx, wire.Actor(ctx), in.ID, in.Body.Roles, models.Licence(in.Body.Licence))
	if err != nil {
		return nil, err
	}
	return &struct{ Body colleagueOut }{newColleagueOut(u)}, nil
}
