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

func (a *API) referralRoutes(api huma.API) {
	const tag = "referrals"
	wire.Handle(api, wire.Operation{ID: "refer", Method: http.MethodPost, Path: "/api/v1/referrals", Tag: tag, Status: 201,
		Summary: "Write a referral down as a draft, in either direction"}, a.refer)
	wire.Handle(api, wire.Operation{ID: "list-referrals", Method: http.MethodGet, Path: "/api/v1/referrals", Tag: tag,
		Summary: "The practice's referrals; for a provider those that they sent or were sent"}, a.listReferrals)
	wire.Handle(api, wire.Operation{ID: "read-referral", Method: http.MethodGet, Path: "/api/v1/referrals/{id}", Tag: tag,
		Summary: "Where a referral stands, with its history"}, a.readReferral)
	wire.Handle(api, wire.Operation{ID: "list-referral-actions", Method: http.MethodGet, Path: "/api/v1/referrals/{id}/actions", Tag: tag,
		Summary: "What this user may do to this version now"}, a.listReferralActions)
	wire.Handle(api, wire.Operation{ID: "act-on-referral", Method: http.MethodPost, Path: "/api/v1/referrals/{id}/actions/{action}", Tag: tag, MatchRequired: true,
		Summary: "Move a referral along"}, a.actOnReferral)
	wire.Handle(api, wire.Operation{ID: "read-referral-packet", Method: http.MethodGet, Path: "/api/v1/referrals/{id}/packet", Tag: tag,
		Summary: "Exactly the packet that went out; an outsider's read passes the release gate"}, a.readReferralPacket)
	wire.Handle(api, wire.Operation{ID: "print-referral-cover", Method: http.MethodGet, Path: "/api/v1/referrals/{id}/cover", Tag: tag,
		Summary: "The cover sheet of a referral on paper; the release gate is asked again"}, a.printReferralCover)
	wire.Handle(api, wire.Operation{ID: "print-thank-you", Method: http.MethodPost, Path: "/api/v1/referrals/{id}/thank-you", Tag: tag, Produces: []string{"application/pdf"},
		Summary: "The thank-you for a referral as a letter; the first one counts as sent"}, a.printThankYou)
}

type referIn struct {
	Direction  models.Direction  `json:"direction" enum:"inbound,outbound" doc:"Seen from the practice"`
	PracticeID models.PracticeID `json:"practice_id,omitempty" doc:"A provider names the practice for a new person"`
	ClientID   models.ClientID   `json:"client_id,omitempty"`
	Client     *clientIn         `json:"client,omitempty" doc:"Instead of client_id: a new person"`
	ProviderID models.ProviderID `json:"provider_id,omitempty" doc:"The other side; a provider leaves it out"`
	Reason     string            `json:"reason" maxLength:"2000"`
	Priority   models.Priority   `json:"priority,omitempty" enum:"routine,urgent"`
	WantedBy   models.Date       `json:"wanted_by,omitempty" format:"date"`
	DraftID    string            `json:"referral_out_draft_id,omitempty" doc:"The draft that a red flag opened"`
}

func (in referIn) outline() models.ReferralOutline {
	o := models.ReferralOutline{Direction: in.Direction, PracticeID: in.PracticeID, ClientID: in.ClientID, ProviderID: in.ProviderID, Reason: in.Reason,
		Priority: in.Priority, WantedBy: in.WantedBy, RedFlagID: in.DraftID}
	if in.Client != nil {
		d := in.Client.draft()
		o.Client = &d
	}
	return o
}

type referralEventOut struct {
	At          time.Time             `json:"at"`
	Action      models.ReferralAction `json:"action"`
	Side        models.ReferralSide   `json:"side" enum:"initiator,recipient,system"`
	From        models.ReferralState  `json:"from"`
	To          models.ReferralState  `json:"to"`
	Reason      string                `json:"reason,omitempty"`
	Note        string                `json:"note,omitempty"`
	SaidBy      string                `json:"said_by,omitempty" doc:"Who said it, where the practice wrote a phoned answer down"`
	ScheduledAt *time.Time            `json:"scheduled_at,omitempty"`
}

type referralOut struct {
	ID              models.ReferralID     `json:"id"`
	Direction       models.Direction      `json:"direction"`
	PracticeID      models.PracticeID     `json:"practice_id"`
	PracticeName    string                `json:"practice_name,omitempty"`
	ClientID        models.ClientID       `json:"client_id,omitempty"`
	ClientName      *models.PersonName    `json:"client_name,omitempty"`
	ProviderID      models.ProviderID     `json:"provider_id"`
	ProviderName    string                `json:"provider_name,omitempty"`
	RelationshipID  models.RelationshipID `json:"relationship_id,omitempty"`
	Reason          string                `json:"reason,omitempty"`
	Priority        models.Priority       `json:"priority,omitempty"`
	WantedBy        models.Date           `json:"wanted_by,omitempty" format:"date"`
	State           models.ReferralState  `json:"state,omitempty"`
	BusinessStatus  string                `json:"business_status,omitempty" doc:"The BSeR code of the state"`
	Turn            models.ReferralSide   `json:"turn,omitempty" doc:"The side that has to act"`
	Clock           string                `json:"clock,omitempty" doc:"send, answer, visit, outcome or look"`
	DueOn           models.Date           `json:"due_on,omitempty" format:"date"`
	Closed          bool                  `json:"closed" doc:"The outcome was sent and seen"`
	ScheduledAt     *time.Time            `json:"scheduled_at,omitempty"`
	PrescriptionID  models.PrescriptionID `json:"prescription_id,omitempty" doc:"The order that it came with"`
	Enclosed        []models.Category     `json:"enclosed,omitempty" doc:"What the packet holds"`
	Channel         models.Channel        `json:"channel,omitempty" doc:"How it went out: portal, letter or fax"`
	Outcome         string                `json:"outcome,omitempty"`
	Attempts        int                   `json:"attempts,omitempty" doc:"Logged tries to reach the client"`
	FirstOfProvider bool                  `json:"first_of_provider,omitempty"`
	CreatedAt       time.Time             `json:"created_at"`
	SentAt          *time.Time            `json:"sent_at,omitempty"`
	AnsweredAt      *time.Time            `json:"answered_at,omitempty"`
	FirstVisitAt    *time.Time            `json:"first_visit_at,omitempty"`
	LastVisitAt     *time.Time            `json:"last_visit_at,omitempty"`
	OutcomeAt       *time.Time            `json:"outcome_at,omitempty"`
	SeenAt          *time.Time            `json:"seen_at,omitempty"`
	ClosedAt        *time.Time            `json:"closed_at,omitempty"`
	ThankedAt       *time.Time            `json:"thanked_at,omitempty"`
	Version         int                   `json:"version" doc:"As the ETag has it"`
	Events          []referralEventOut    `json:"events,omitempty"`
	Ended           bool                  `json:"ended,omitempty" doc:"The release was revoked: only what the reader sent is shown"`
	Withheld        string                `json:"withheld,omitempty" doc:"The code of why it can no longer be read"`
}

func newReferralOut(v models.ReferralView) referralOut {
	out := referralOut{ID: v.ID, Direction: v.Direction, PracticeID: v.PracticeID, PracticeName: v.Practice, ClientID: v.ClientID, ProviderID: v.ProviderID,
		ProviderName: v.Provider, RelationshipID: v.RelationshipID, Reason: v.Reason, Priority: v.Priority, WantedBy: v.WantedBy, State: v.State,
		BusinessStatus: v.BusinessStatus, DueOn: v.DueOn, Closed: v.Closed(), ScheduledAt: v.ScheduledAt, PrescriptionID: v.PrescriptionID, Enclosed: v.Enclosed,
		Channel: v.Channel, Outcome: v.Outcome, Attempts: v.Attempts, FirstOfProvider: v.FirstOfProvider, CreatedAt: v.CreatedAt, SentAt: v.SentAt, AnsweredAt: v.AnsweredAt,
		FirstVisitAt: v.FirstVisitAt, LastVisitAt: v.LastVisitAt, OutcomeAt: v.OutcomeAt, SeenAt: v.SeenAt, ClosedAt: v.ClosedAt, ThankedAt: v.ThankedAt,
		Version: v.Version, Ended: v.Ended, Withheld: v.Withheld}
	if v.State != "" {
		out.Turn = v.Turn()
	}
	if out.Turn != "" {
		out.Clock = v.Clock()
	}
	if v.Client.String() != "" {
		out.ClientName = &v.Client
	}
	for _, e := range v.Events {
		out.Events = append(out.Events, referralEventOut{e.At, e.Action, e.Side, e.From, e.To, e.Reason, e.Note, e.SaidBy, e.ScheduledAt})
	}
	return out
}

type referralAnswer struct {
	ETag     string `header:"ETag"`
	Location string `header:"Location"`
	Body     referralOut
}

func answerReferral(v models.ReferralView, err error) (*referralAnswer, error) {
	if err != nil {
		return nil, err
	}
	return &referralAnswer{ETag: wire.ETag(v.Version), Location: "/api/v1/referrals/" + string(v.ID), Body: newReferralOut(v)}, nil
}

// ReferralPath names a referral.
type ReferralPath struct {
	ID models.ReferralID `path:"id"`
}

func (a *API) refer(ctx context.Context, in *struct{ Body referIn }) (*referralAnswer, error) {
	return answerReferral(a.net.Refer(ctx, wire.Actor(ctx), in.Body.outline()))
}

func (a *API) listReferrals(ctx context.Context, in *struct {
	wire.PageIn
	Direction  models.Direction     `query:"direction"`
	State      models.ReferralState `query:"state"`
	ClientID   models.ClientID      `query:"client_id"`
	ProviderID models.ProviderID    `query:"provider_id"`
	Open       bool                 `query:"open" doc:"Only those where somebody has to act"`
}) (*struct{ Body wire.ListOut[referralOut] }, error) {
	page, err := in.Page()
	if err != nil {
		return nil, err
	}
	l, err := a.net.Referrals(ctx, wire.Actor(ctx), referral.ReferralQuery{Direction: in.Direction, State: in.State, ClientID: in.ClientID, ProviderID: in.ProviderID, Open: in.Open}, page)
	if err != nil {
		return nil, err
	}
	return &struct{ Body wire.ListOut[referralOut] }{wire.MapList(l, newReferralOut)}, nil
}

func (a *API) readReferral(ctx context.Context, in *ReferralPath) (*referralAnswer, error) {
	return answerReferral(a.net.Referral(ctx, wire.Actor(ctx), in.ID))
}

type referralActionOut struct {
	Action   models.ReferralAction `json:"action"`
	Requires []string              `json:"requires" doc:"reason, scheduled_at, note; visit_done after a visit; said_by where the practice writes down what the provider said"`
	MovesTo  models.ReferralState  `json:"moves_to"`
	Side     models.ReferralSide   `json:"side" doc:"Whose act it is"`
}

type referralActionsAnswer struct {
	ETag string `header:"ETag"`
	Body []referralActionOut
}

func (a *API) listReferralActions(ctx context.Context, in *ReferralPath) (*referralActionsAnswer, error) {
	list, version, err := a.net.ReferralActions(ctx, wire.Actor(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	out := &referralActionsAnswer{ETag: wire.ETag(version), Body: make([]referralActionOut, len(list))}
	for i, x := range list {
		out.Body[i] = referralActionOut{x.Action, append([]string{}, x.Requires...), x.MovesTo, x.For}
	}
	return out, nil
}

// ReferralStepIn is what comes with an action.
type ReferralStepIn struct {
	Reason      string          `json:"reason,omitempty" maxLength:"1000"`
	ScheduledAt *time.Time      `json:"scheduled_at,omitempty"`
	Note        string          `json:"note,omitempty" maxLength:"5000"`
	VisitDone   bool            `json:"visit_done,omitempty" doc:"interim_note: a visit has taken place"`
	SaidBy      string          `json:"said_by,omitempty" maxLength:"200" doc:"Who of the provider's office said so, where the practice writes it down"`
	Confirm     bool            `json:"confirm,omitempty" doc:"send: the recipient was looked at twice"`
	Channel     models.Channel  `json:"channel,omitempty" doc:"send: portal, letter or fax; as they prefer when left out"`
	ClientID    models.ClientID `json:"client_id,omitempty" doc:"accept: the proposed person is this client"`
}

func (a *API) actOnReferral(ctx context.Context, in *struct {
	ReferralPath
	Action models.ReferralAction `path:"action"`
	Body   *ReferralStepIn
}) (*referralAnswer, error) {
	var b ReferralStepIn
	if in.Body != nil {
		b = *in.Body
	}
	return answerReferral(a.net.ActOnReferral(ctx, wire.Actor(ctx), in.ID, referral.ReferralStep{Confirm: b.Confirm, Channel: b.Channel, ClientID: b.ClientID,
		ReferralAct: models.ReferralAct{Action: in.Action, Reason: b.Reason, ScheduledAt: b.ScheduledAt, Note: b.Note, VisitDone: b.VisitDone, SaidBy: b.SaidBy}}))
}

func (a *API) readReferralPacket(ctx context.Context, in *ReferralPath) (*pdfAnswer, error) {
	d, err := a.net.ReferralPacket(ctx, wire.Actor(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return newPDFAnswer("referral", d.SHA256, d.Bytes), nil
}

func (a *API) printReferralCover(ctx context.Context, in *ReferralPath) (*pdfAnswer, error) {
	b, err := a.net.ReferralCover(ctx, wire.Actor(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return newPDFAnswer("cover", "", b), nil
}

func (a *API) printThankYou(ctx context.Context, in *struct {
	ReferralPath
	Body struct{}
}) (*pdfAnswer, error) {
	b, err := a.net.ThankYouLetter(ctx, wire.Actor(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return newPDFAnswer("thank-you", "", b), nil
}
