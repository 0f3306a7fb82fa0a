package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"rapport/api/wire"
	"rapport/models"
	"rapport/referral"
)

func (a *API) relationshipRoutes(api huma.API) {
	const tag, all, one = "relationships", "/api/v1/relationships", "/api/v1/relationships/{id}"
	wire.Handle(api, wire.Operation{ID: "list-relationships", Method: http.MethodGet, Path: all, Tag: tag, Summary: "The practice's relationships with providers"}, a.listRelationships)
	wire.Handle(api, wire.Operation{ID: "begin-relationship", Method: http.MethodPost, Path: all, Tag: tag, Status: 201, Summary: "Begin the relationship with a provider, or find it"}, a.beginRelationship)
	wire.Handle(api, wire.Operation{ID: "read-relationship", Method: http.MethodGet, Path: one, Tag: tag, Summary: "Read a relationship"}, a.readRelationship)
	wire.Handle(api, wire.Operation{ID: "change-relationship", Method: http.MethodPatch, Path: one, Tag: tag, MatchRequired: true, Summary: "Set tier, wanted interval, channel, notes"}, a.changeRelationship)
	wire.Handle(api, wire.Operation{ID: "list-contacts", Method: http.MethodGet, Path: one + "/contacts", Tag: tag, Summary: "The contact log, newest first"}, a.listContacts)
	wire.Handle(api, wire.Operation{ID: "log-contact", Method: http.MethodPost, Path: one + "/contacts", Tag: tag, Status: 201, Summary: "Log a call, visit, letter, e-mail, fax or meeting"}, a.logContact)
	wire.Handle(api, wire.Operation{ID: "list-all-contacts", Method: http.MethodGet, Path: "/api/v1/contacts", Tag: tag, Summary: "The contact log of all relationships, newest first"}, a.listAllContacts)
	wire.Handle(api, wire.Operation{ID: "read-outreach", Method: http.MethodGet, Path: "/api/v1/outreach", Tag: tag, Summary: "Whom to call next, each with why, and how far the offices came"}, a.readOutreach)
	wire.Handle(api, wire.Operation{ID: "list-office-staff", Method: http.MethodGet, Path: "/api/v1/offices/{id}/staff", Tag: tag, Summary: "Whom the practice knows at an office"}, a.listStaff)
	wire.Handle(api, wire.Operation{ID: "add-office-staff", Method: http.MethodPost, Path: "/api/v1/offices/{id}/staff", Tag: tag, Status: 201, Summary: "Keep a named person at an office"}, a.addStaff)
	wire.Handle(api, wire.Operation{ID: "change-office-staff", Method: http.MethodPatch, Path: "/api/v1/office-staff/{id}", Tag: tag, MatchRequired: true, Summary: "Correct a person at an office, or say that they left"}, a.changeStaff)
}

type nextStepOut struct {
	What  string      `json:"what"`
	DueOn models.Date `json:"due_on,omitempty" format:"date"`
}

func newNextStep(what string, on models.Date) *nextStepOut {
	if what == "" && on.IsZero() {
		return nil
	}
	return &nextStepOut{what, on}
}

type staffOut struct {
	ID       models.StaffID  `json:"id"`
	OfficeID models.OfficeID `json:"office_id"`
	Name     string          `json:"name"`
	Role     string          `json:"role,omitempty"`
	Phone    string          `json:"phone,omitempty"`
	BestTime string          `json:"best_time,omitempty"`
	Note     string          `json:"note,omitempty"`
	EndedAt  *time.Time      `json:"ended_at,omitempty"`
}

func newStaffOut(s models.OfficeStaff) staffOut {
	return staffOut{s.ID, s.OfficeID, s.Name, s.Role, s.Phone, s.BestTime, s.Note, s.EndedAt}
}

type relationshipOut struct {
	ID                 models.RelationshipID `json:"id"`
	ProviderID         models.ProviderID     `json:"provider_id"`
	Name               string                `json:"name"`
	Tier               models.Tier           `json:"tier"`
	WantedIntervalDays int                   `json:"wanted_interval_days"`
	PreferredChannel   models.Channel        `json:"preferred_channel,omitempty"`
	AcceptingNew       models.Accepting      `json:"accepting_new"`
	AcceptingOn        models.Date           `json:"accepting_on,omitempty" format:"date"`
	Notes              string                `json:"notes,omitempty"`
	Checklist          models.Checklist      `json:"checklist"`
	FirstContactAt     *time.Time            `json:"first_contact_at,omitempty"`
	LastContactAt      *time.Time            `json:"last_contact_at,omitempty"`
	LastReachedAt      *time.Time            `json:"last_reached_at,omitempty" doc:"The cadence runs from here"`
	DaysSince          int                   `json:"days_since_reached"`
	Overdue            float64               `json:"overdue" doc:"max(0, days since reached − wanted) / wanted"`
	Status             models.HealthStatus   `json:"status,omitempty" doc:"How it stands, in lists; see its health"`
	Score              *int                  `json:"score,omitempty"`
	NextStep           *nextStepOut          `json:"next_step,omitempty"`
	CallBackAt         *time.Time            `json:"call_back_at,omitempty"`
	Zone               string                `json:"office_time_zone,omitempty"`
	Staff              []staffOut            `json:"staff,omitempty"`
	CreatedAt          time.Time             `json:"created_at"`
}

func newRelationshipOut(r models.Relationship, name string, days int, overdue float64) relationshipOut {
	return relationshipOut{ID: r.ID, ProviderID: r.ProviderID, Name: name, Tier: r.Tier, WantedIntervalDays: r.WantedIntervalDays, PreferredChannel: r.PreferredChannel,
		AcceptingNew: r.Accepting, AcceptingOn: r.AcceptingOn, Notes: r.Notes, Checklist: r.Checklist, FirstContactAt: r.FirstContactAt, LastContactAt: r.LastContactAt,
		LastReachedAt: r.LastReachedAt, DaysSince: days, Overdue: overdue, NextStep: newNextStep(r.NextStep, r.NextStepOn), CallBackAt: r.CallBackAt, CreatedAt: r.CreatedAt}
}

type relationshipAnswer struct {
	ETag     string `header:"ETag"`
	Location string `header:"Location"`
	Body     relationshipOut
}

func answerRelationship(v referral.RelationshipView, err error) (*relationshipAnswer, error) {
	if err != nil {
		return nil, err
	}
	out := newRelationshipOut(v.Relationship, v.Provider.DisplayName(), v.DaysSince, v.Overdue)
	out.Zone = v.Zone
	for _, s := range v.Staff {
		out.Staff = append(out.Staff, newStaffOut(s))
	}
	return &relationshipAnswer{wire.ETag(v.Version), "/api/v1/relationships/" + string(v.ID), out}, nil
}

// RelationshipPath names a relationship.
type RelationshipPath struct {
	ID models.RelationshipID `path:"id"`
}

func (a *API) listRelationships(ctx context.Context, in *struct {
	wire.PageIn
	Sort       models.RelationshipOrder `query:"sort" enum:"name,overdue,contact,tier,health"`
	Tier       models.Tier              `query:"tier" enum:"select,partner,prospect"`
	ProviderID models.ProviderID        `query:"provider_id"`
	Status     models.HealthStatus      `query:"status" enum:"new,one_time,silent,one_sided,cooling,steady,thriving"`
	Losing     bool                     `query:"losing_touch" doc:"Only those not reached for longer than wanted"`
}) (*struct{ Body wire.ListOut[relationshipOut] }, error) {
	page, err := in.Page()
	if err != nil {
		return nil, err
	}
	q := referral.RelationshipQuery{Sort: in.Sort, Tier: in.Tier, ProviderID: in.ProviderID, Losing: in.Losing, Status: in.Status}
	l, err := a.net.Relationships(ctx, wire.Actor(ctx), q, page)
	if err != nil {
		return nil, err
	}
	return &struct{ Body wire.ListOut[relationshipOut] }{wire.MapList(l, func(r models.RelationshipLine) relationshipOut {
		out := newRelationshipOut(r.Relationship, r.DisplayName(), r.DaysSince, r.Overdue)
		out.Status, out.Score = r.Status, r.Score
		return out
	})}, nil
}

func (a *API) beginRelationship(ctx context.Context, in *struct {
	Body struct {
		ProviderID models.ProviderID `json:"provider_id"`
	}
}) (*relationshipAnswer, error) {
	return answerRelationship(a.net.Relate(ctx, wire.Actor(ctx), in.Body.ProviderID))
}

func (a *API) readRelationship(ctx context.Context, in *RelationshipPath) (*relationshipAnswer, error) {
	return answerRelationship(a.net.Relationship(ctx, wire.Actor(ctx), in.ID))
}

type relationshipIn struct {
	Tier               *models.Tier      `json:"tier,omitempty" enum:",select,partner,prospect"`
	WantedIntervalDays *int              `json:"wanted_interval_days,omitempty"`
	PreferredChannel   *models.Channel   `json:"preferred_channel,omitempty"`
	AcceptingNew       *models.Accepting `json:"accepting_new,omitempty" enum:",yes,no"`
	AcceptingOn        *models.Date      `json:"accepting_on,omitempty" format:"date"`
	Notes              *string           `json:"notes,omitempty" maxLength:"4000"`
	NextStep           *nextStepIn       `json:"next_step,omitempty"`
}

type nextStepIn struct {
	What  string      `json:"what,omitempty" maxLength:"200"`
	DueOn models.Date `json:"due_on,omitempty" format:"date"`
}

func (a *API) changeRelationship(ctx context.Context, in *struct {
	RelationshipPath
	Body relationshipIn
}) (*relationshipAnswer, error) {
	b := in.Body
	c := models.RelationshipChange{Tier: b.Tier, WantedIntervalDays: b.WantedIntervalDays, PreferredChannel: b.PreferredChannel, Accepting: b.AcceptingNew,
		AcceptingOn: b.AcceptingOn, Notes: b.Notes}
	if b.NextStep != nil {
		c.NextStep, c.NextStepOn = &b.NextStep.What, &b.NextStep.DueOn
	}
	return answerRelationship(a.net.ChangeRelationship(ctx, wire.Actor(ctx), in.ID, c))
}

func (a *API) listStaff(ctx context.Context, in *struct {
	ID models.OfficeID `path:"id"`
}) (*struct{ Body []staffOut }, error) {
	all, err := a.net.Staff(ctx, wire.Actor(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	out := make([]staffOut, len(all))
	for i, s := range all {
		out[i] = newStaffOut(s)
	}
	return &struct{ Body []staffOut }{out}, nil
}

type staffAnswer struct {
	ETag string `header:"ETag"`
	Body staffOut
}

func answerStaff(s models.OfficeStaff, err error) (*staffAnswer, error) {
	if err != nil {
		return nil, err
	}
	return &staffAnswer{wire.ETag(s.Version), newStaffOut(s)}, nil
}

func (a *API) addStaff(ctx context.Context, in *struct {
	ID   models.OfficeID `path:"id"`
	Body struct {
		Name     string `json:"name" maxLength:"120"`
		Role     string `json:"role,omitempty" maxLength:"80"`
		Phone    string `json:"phone,omitempty" maxLength:"40"`
		BestTime string `json:"best_time,omitempty" maxLength:"80"`
		Note     string `json:"note,omitempty" maxLength:"1000"`
	}
}) (*staffAnswer, error) {
	b := in.Body
	return answerStaff(a.net.AddStaff(ctx, wire.Actor(ctx), models.OfficeStaff{OfficeID: in.ID, Name: b.Name, Role: b.Role, Phone: b.Phone, BestTime: b.BestTime, Note: b.Note}))
}

func (a *API) changeStaff(ctx context.Context, in *struct {
	ID   models.StaffID `path:"id"`
	Body struct {
		Name     *string `json:"name,omitempty" maxLength:"120"`
		Role     *string `json:"role,omitempty" maxLength:"80"`
		Phone    *string `json:"phone,omitempty" maxLength:"40"`
		BestTime *string `json:"best_time,omitempty" maxLength:"80"`
		Note     *string `json:"note,omitempty" maxLength:"1000"`
		Left     bool    `json:"left,omitempty" doc:"They work there no more"`
	}
}) (*staffAnswer, error) {
	b := in.Body
	return answerStaff(a.net.ChangeStaff(ctx, wire.Actor(ctx), in.ID, referral.StaffChange{Name: b.Name, Role: b.Role, Phone: b.Phone, BestTime: b.BestTime, Note: b.Note, Left: b.Left}))
}
