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

func (a *API) worklistRoutes(api huma.API) {
	const tag, all = "worklists", "/api/v1/worklists"
	wire.Handle(api, wire.Operation{ID: "list-worklists", Method: http.MethodGet, Path: all, Tag: tag, Summary: "How long each worklist is today, and whose turn it is"}, a.listWorklists)
	wire.Handle(api, wire.Operation{ID: "read-worklist", Method: http.MethodGet, Path: all + "/{name}", Tag: tag, Summary: "What is open in a worklist, the clock that ends first in front"}, a.readWorklist)
}

type turnOut struct {
	Us   int `json:"us"`
	Them int `json:"them"`
}

type worklistOut struct {
	Name      models.Worklist `json:"name"`
	Count     int             `json:"count"`
	WhoseTurn turnOut         `json:"whose_turn" doc:"How many of them wait for the practice, and how many for a provider"`
	Late      int             `json:"late" doc:"How many have a clock that is over"`
}

func (a *API) listWorklists(ctx context.Context, _ *struct{}) (*struct{ Body []worklistOut }, error) {
	l, err := a.net.Worklists(ctx, wire.Actor(ctx))
	if err != nil {
		return nil, err
	}
	out := make([]worklistOut, len(l))
	for i, c := range l {
		out[i] = worklistOut{c.Name, c.Us + c.Them, turnOut{c.Us, c.Them}, c.Late}
	}
	return &struct{ Body []worklistOut }{out}, nil
}

type openActionOut struct {
	Name   string `json:"name" doc:"accept, submit, countersign, renew, an action of a referral, send, decide, write_report, renew_release, keep, read"`
	Method string `json:"method" enum:"GET,POST"`
	Href   string `json:"href" doc:"Where it is done; where only the other side can, what it is about"`
}

type openItemOut struct {
	Kind         models.OpenKind    `json:"kind" enum:"order,referral,change_request,report_clock,release,promise,report"`
	ObjectID     string             `json:"object_id" doc:"Of an order and its report clock, the version in force"`
	Worklist     models.Worklist    `json:"worklist"`
	WhoseTurn    models.OwedBy      `json:"whose_turn" enum:"us,them"`
	Clock        string             `json:"clock" doc:"review, sign, countersign, send, answer, visit, outcome, look, initial_report, progress_report, discharge_report, expiry, promise, read"`
	ClockOn      models.Date        `json:"clock_on" format:"date" doc:"The last day on which it is in time"`
	DaysLeft     int                `json:"days_left" doc:"Below zero: days over"`
	Action       openActionOut      `json:"action"`
	ClientID     models.ClientID    `json:"client_id,omitempty"`
	ClientName   *models.PersonName `json:"client_name,omitempty"`
	ProviderID   models.ProviderID  `json:"provider_id,omitempty"`
	ProviderName string             `json:"provider_name,omitempty"`
	PracticeID   models.PracticeID  `json:"practice_id"`
	PracticeName string             `json:"practice_name,omitempty" doc:"In a provider's list"`
	Since        time.Time          `json:"since"`
}

func newOpenItemOut(l models.OpenLine) openItemOut {
	out := openItemOut{Kind: l.Kind, ObjectID: l.LinkID, Worklist: l.Worklist, WhoseTurn: l.Side, Clock: l.Clock, ClockOn: l.ClockOn, DaysLeft: l.Left, Action: actionOf(l),
		ClientID: l.ClientID, ProviderID: l.ProviderID, ProviderName: l.Provider, PracticeID: l.PracticeID, PracticeName: l.Practice, Since: l.Since}
	if l.ClientID != "" {
		out.ClientName = &l.Client
	}
	return out
}

// actionOf is where the one action is done. What waits for the other side has
// an action for the practice where it may write down what was said.
func actionOf(l models.OpenLine) openActionOut {
	const base = "/api/v1/"
	post := func(path string) openActionOut { return openActionOut{l.Action, http.MethodPost, base + path} }
	mine := l.ProviderTurn || l.Side == models.OwedByUs
	switch l.Kind {
	case models.OpenOrder:
		order := "prescriptions/" + l.LinkID
		step := map[string]string{"accept": "/acceptance", "submit": "/submission", "countersign": "/countersignature", "renew": "/renewal"}[l.Action]
		if mine && step != "" {
			return post(order + step)
		}
		return openActionOut{l.Action, http.MethodGet, base + order}
	case models.OpenReferral:
		return post("referrals/" + l.LinkID + "/actions/" + l.Action)
	case models.OpenChange:
		switch {
		case l.Action == "send":
			return post("change-requests/" + l.LinkID + "/sending")
		case mine:
			return post("change-requests/" + l.LinkID + "/decision")
		}
		return post("change-requests/" + l.LinkID + "/recorded-answer")
	case models.OpenReport:
		return post("reports")
	case models.OpenUnread:
		return openActionOut{l.Action, http.MethodGet, base + "reports/" + l.LinkID}
	case models.OpenRelease:
		return post("clients/" + string(l.ClientID) + "/releases")
	}
	// A packet that was promised is sent by POST /relationships/{id}/packets,
	// which keeps the promise by itself.
	return openActionOut{"keep", http.MethodPost, base + "promises/" + l.LinkID + "/keep"}
}

func (a *API) readWorklist(ctx context.Context, in *struct {
	wire.PageIn
	Name models.Worklist `path:"name"`
	Side models.OwedBy   `query:"side" enum:"us,them" doc:"Whose turn it is; left out: both"`
}) (*struct{ Body wire.ListOut[openItemOut] }, error) {
	page, err := in.Page()
	if err != nil {
		return nil, err
	}
	l, err := a.net.Worklist(ctx, wire.Actor(ctx), referral.WorklistQuery{Name: in.Name, Side: in.Side}, page)
	if err != nil {
		return nil, err
	}
	return &struct{ Body wire.ListOut[openItemOut] }{wire.MapList(l, newOpenItemOut)}, nil
}
