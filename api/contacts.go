package api

import (
	"context"
	"time"

	"rapport/api/wire"
	"rapport/models"
	"rapport/referral"
)

type contactWith struct {
	StaffID models.StaffID `json:"staff_id,omitempty" doc:"A person kept at the office"`
	Name    string         `json:"name,omitempty" maxLength:"120"`
	Role    string         `json:"role,omitempty" maxLength:"80"`
}

type promisePart struct {
	OwedBy   models.OwedBy      `json:"owed_by" doc:"us or them"`
	Kind     models.PromiseKind `json:"kind,omitempty" doc:"report, packet, letter, call, document, other"`
	What     string             `json:"what" maxLength:"200"`
	DueOn    models.Date        `json:"due_on" format:"date"`
	ClientID models.ClientID    `json:"client_id,omitempty"`
}

type contactIn struct {
	At          time.Time             `json:"at,omitempty" doc:"Now when left out"`
	Channel     models.ContactChannel `json:"channel" doc:"call, visit, letter, email, fax, meeting"`
	Direction   string                `json:"direction,omitempty" doc:"out or in"`
	With        contactWith           `json:"with,omitempty"`
	Outcome     models.ContactOutcome `json:"outcome,omitempty" doc:"reached_provider, reached_staff, voicemail, no_answer, received, sent; read from the rest when left out"`
	Note        string                `json:"note,omitempty" maxLength:"2000"`
	NextStep    nextStepIn            `json:"next_step,omitempty"`
	CallBack    *callBackIn           `json:"call_back,omitempty" doc:"When to call again, in the time zone of their office"`
	Checklist   models.Checklist      `json:"checklist,omitempty"`
	Clients     []models.ClientID     `json:"clients,omitempty" maxItems:"20" doc:"Who was spoken of: the release gate is asked"`
	Said        []models.Category     `json:"said,omitempty" maxItems:"12" doc:"What was told about them"`
	AlreadySaid bool                  `json:"already_said,omitempty" doc:"It happened: keep it although no release covers it, flagged for the owner"`
	Promise     *promisePart          `json:"promise,omitempty"`
}

type callBackIn struct {
	On models.Date `json:"on" format:"date"`
	At string      `json:"at" maxLength:"5" doc:"HH:MM"`
}

func (in contactIn) draft() models.ContactDraft {
	d := models.ContactDraft{At: in.At, Channel: in.Channel, Direction: in.Direction, StaffID: in.With.StaffID, WithName: in.With.Name, WithRole: in.With.Role,
		Outcome: in.Outcome, Note: in.Note, NextStep: in.NextStep.What, NextStepOn: in.NextStep.DueOn, Checklist: in.Checklist, Clients: in.Clients, Said: in.Said,
		AlreadySaid: in.AlreadySaid}
	if in.CallBack != nil {
		d.CallBack = &models.CallBack{On: in.CallBack.On, At: in.CallBack.At}
	}
	if p := in.Promise; p != nil {
		d.Promise = &models.PromiseDraft{ClientID: p.ClientID, OwedBy: p.OwedBy, Kind: p.Kind, What: p.What, DueOn: p.DueOn}
	}
	return d
}

type contactOut struct {
	ID             models.ContactID      `json:"id"`
	RelationshipID models.RelationshipID `json:"relationship_id"`
	ProviderID     models.ProviderID     `json:"provider_id"`
	At             time.Time             `json:"at"`
	Channel        models.ContactChannel `json:"channel"`
	Direction      string                `json:"direction"`
	With           *contactWith          `json:"with,omitempty"`
	Outcome        models.ContactOutcome `json:"outcome"`
	Note           string                `json:"note,omitempty"`
	NextStep       *nextStepOut          `json:"next_step,omitempty"`
	CallBackAt     *time.Time            `json:"call_back_at,omitempty"`
	Checklist      models.Checklist      `json:"checklist"`
	Clients        []models.ClientID     `json:"clients,omitempty"`
	Breach         bool                  `json:"breach,omitempty" doc:"Clients were spoken of without a release"`
	By             string                `json:"by,omitempty"`
	PacketID       models.PacketID       `json:"packet_id,omitempty" doc:"The intro packet that went out"`
	CreatedAt      time.Time             `json:"created_at"`
}

func newContactOut(c models.ContactLine) contactOut {
	out := contactOut{ID: c.ID, RelationshipID: c.RelationshipID, ProviderID: c.ProviderID, At: c.At, Channel: c.Channel, Direction: c.Direction, Outcome: c.Outcome,
		Note: c.Note, NextStep: newNextStep(c.NextStep, c.NextStepOn), CallBackAt: c.CallBackAt, Checklist: c.Checklist, Clients: c.Clients, Breach: c.Breach,
		By: c.By, PacketID: c.PacketID, CreatedAt: c.CreatedAt}
	if w := (contactWith{c.StaffID, c.WithName, c.WithRole}); w != (contactWith{}) {
		out.With = &w
	}
	return out
}

func (a *API) logContact(ctx context.Context, in *struct {
	RelationshipPath
	Body contactIn
}) (*struct{ Body contactOut }, error) {
	c, err := a.net.LogContact(ctx, wire.Actor(ctx), in.ID, in.Body.draft())
	if err != nil {
		return nil, err
	}
	return &struct{ Body contactOut }{newContactOut(c)}, nil
}

type contactList struct{ Body wire.ListOut[contactOut] }

func (a *API) contacts(ctx context.Context, q referral.ContactQuery, in wire.PageIn) (*contactList, error) {
	page, err := in.Page()
	if err != nil {
		return nil, err
	}
	l, err := a.net.Contacts(ctx, wire.Actor(ctx), q, page)
	if err != nil {
		return nil, err
	}
	return &contactList{wire.MapList(l, newContactOut)}, nil
}

func (a *API) listContacts(ctx context.Context, in *struct {
	RelationshipPath
	wire.PageIn
}) (*contactList, error) {
	return a.contacts(ctx, referral.ContactQuery{RelationshipID: in.ID}, in.PageIn)
}

func (a *API) listAllContacts(ctx context.Context, in *struct {
	wire.PageIn
	RelationshipID models.RelationshipID `query:"relationship_id"`
	Breach         bool                  `query:"breach" doc:"Only those that spoke of clients without a release"`
}) (*contactList, error) {
	return a.contacts(ctx, referral.ContactQuery{RelationshipID: in.RelationshipID, Breach: in.Breach}, in.PageIn)
}
