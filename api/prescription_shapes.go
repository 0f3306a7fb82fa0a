package api

import (
	"time"

	"rapport/api/wire"
	"rapport/models"
)

type frequencyIn struct {
	_        struct{}      `json:"-" nullable:"true"`
	Sessions int           `json:"sessions"`
	Per      models.Period `json:"per" doc:"day, week or month"`
	Window   models.Window `json:"window,omitempty" doc:"calendar (Monday to Sunday, default) or rolling"`
}

func (in *frequencyIn) frequency() *models.Frequency {
	if in == nil {
		return nil
	}
	f := models.Frequency{Sessions: in.Sessions, Per: in.Per, Window: in.Window}
	if f.Window == "" {
		f.Window = models.Calendar
	}
	return &f
}

type techniquesIn struct {
	_      struct{}           `json:"-" nullable:"true"`
	Only   []models.Technique `json:"only,omitempty" maxItems:"60"`
	Except []models.Technique `json:"except,omitempty" maxItems:"60"`
}

func (in *techniquesIn) rule() *models.TechniqueRule {
	if in == nil {
		return nil
	}
	return &models.TechniqueRule{Only: in.Only, Except: in.Except}
}

type scopeIn struct {
	Regions           []regionIn          `json:"regions" maxItems:"60"`
	UnsidedCoversBoth bool                `json:"unsided_covers_both,omitempty" doc:"A lateral region without a side then means both"`
	MinutesPerSession int                 `json:"minutes_per_session" doc:"Hands-on, 5 to 240"`
	SessionsTotal     *int                `json:"sessions_total,omitempty" nullable:"true"`
	Frequency         *frequencyIn        `json:"frequency,omitempty"`
	Limit             string              `json:"limit,omitempty" doc:"none: the prescriber states that total or frequency is not limited"`
	Techniques        *techniquesIn       `json:"techniques,omitempty"`
	Precautions       []models.Precaution `json:"precautions,omitempty" maxItems:"60"`
	SelfPayAllowed    bool                `json:"self_pay_allowed,omitempty"`
}

func (in scopeIn) scope() models.Scope {
	s := models.Scope{Regions: regionsOf(in.Regions), UnsidedCoversBoth: in.UnsidedCoversBoth, MinutesPerSession: in.MinutesPerSession,
		Frequency: in.Frequency.frequency(), Limit: in.Limit, Techniques: in.Techniques.rule(), Precautions: in.Precautions, SelfPayAllowed: in.SelfPayAllowed}
	if in.SessionsTotal != nil {
		if s.SessionsTotal = *in.SessionsTotal; s.SessionsTotal == 0 {
			s.SessionsTotal = -1 // stated as none at all, which is no order
		}
	}
	return s
}

type scopePatchIn struct {
	Regions           []regionIn          `json:"regions,omitempty" maxItems:"60"`
	UnsidedCoversBoth *bool               `json:"unsided_covers_both,omitempty"`
	MinutesPerSession *int                `json:"minutes_per_session,omitempty"`
	SessionsTotal     *int                `json:"sessions_total,omitempty"`
	Frequency         *frequencyIn        `json:"frequency,omitempty"`
	Techniques        *techniquesIn       `json:"techniques,omitempty"`
	Precautions       []models.Precaution `json:"precautions,omitempty" maxItems:"60"`
	SelfPayAllowed    *bool               `json:"self_pay_allowed,omitempty"`
	ValidUntil        *models.Date        `json:"valid_until,omitempty" format:"date"`
}

func (in *scopePatchIn) patch() models.ScopePatch {
	if in == nil {
		return models.ScopePatch{}
	}
	p := models.ScopePatch{UnsidedCoversBoth: in.UnsidedCoversBoth, MinutesPerSession: in.MinutesPerSession, SessionsTotal: in.SessionsTotal,
		Frequency: in.Frequency.frequency(), Techniques: in.Techniques.rule(), SelfPayAllowed: in.SelfPayAllowed, ValidUntil: in.ValidUntil}
	if in.Regions != nil {
		list := regionsOf(in.Regions)
		p.Regions = &list
	}
	if in.Precautions != nil {
		p.Precautions = &in.Precautions
	}
	return p
}

type reportEveryIn struct {
	_        struct{} `json:"-" nullable:"true"`
	Sessions int      `json:"sessions,omitempty"`
	Days     int      `json:"days,omitempty"`
}

type claimIn struct {
	_           struct{}    `json:"-" nullable:"true"`
	PayerName   string      `json:"payer_name" maxLength:"200"`
	ClaimNumber string      `json:"claim_number,omitempty" maxLength:"100"`
	InjuredOn   models.Date `json:"injured_on,omitempty" format:"date"`
}

func (in *claimIn) claim() *models.Claim {
	if in == nil {
		return nil
	}
	return &models.Claim{PayerName: in.PayerName, ClaimNumber: in.ClaimNumber, InjuredOn: in.InjuredOn}
}

type openingIn struct {
	_    struct{}    `json:"-" nullable:"true"`
	Used int         `json:"used"`
	AsOf models.Date `json:"as_of" format:"date"`
}

func (in *openingIn) opening() *models.Opening {
	if in == nil {
		return nil
	}
	return &models.Opening{Used: in.Used, AsOf: in.AsOf}
}

// VerbalIn notes a phoned order.
type VerbalIn struct {
	GivenBy  string    `json:"given_by" maxLength:"200"`
	TakenAt  time.Time `json:"taken_at"`
	ReadBack bool      `json:"read_back"`
}

func (in *VerbalIn) verbal() *models.VerbalDraft {
	if in == nil {
		return nil
	}
	return &models.VerbalDraft{GivenBy: in.GivenBy, TakenAt: in.TakenAt, ReadBack: in.ReadBack}
}

type orderSignatureOut struct {
	Method         models.SignatureMethod `json:"method"`
	Name           string                 `json:"name"`
	At             time.Time              `json:"at"`
	Zone           string                 `json:"zone"`
	Intent         string                 `json:"intent"`
	IdentifiedBy   string                 `json:"identified_by"`
	DocumentSHA256 string                 `json:"document_sha256" doc:"The content hash that was signed"`
}

func newOrderSignatureOut(s *models.Signature) *orderSignatureOut {
	if s == nil {
		return nil
	}
	return &orderSignatureOut{s.Method, s.Name, s.At, s.Zone, s.Intent, s.IdentifiedBy, s.DocumentSHA256}
}

type attachmentOut struct {
	ID        string    `json:"id"`
	MediaType string    `json:"media_type"`
	SHA256    string    `json:"sha256"`
	Size      int       `json:"size"`
	CreatedAt time.Time `json:"created_at"`
}

func newAttachmentOut(a models.Attachment) attachmentOut {
	return attachmentOut{a.ID, a.MediaType, a.SHA256, a.Size, a.CreatedAt}
}

type prescriptionOut struct {
	ID             models.PrescriptionID       `json:"id"`
	PracticeID     models.PracticeID           `json:"practice_id"`
	PracticeName   string                      `json:"practice_name"`
	SeriesID       models.SeriesID             `json:"series_id"`
	Version        int                         `json:"version"`
	Replaces       models.PrescriptionID       `json:"replaces,omitempty"`
	RenewedFrom    models.PrescriptionID       `json:"renewed_from,omitempty"`
	CurrentID      models.PrescriptionID       `json:"current_id,omitempty" doc:"The version in force, or the last one"`
	Status         models.PrescriptionStatus   `json:"status" doc:"As stored, with completed and expired derived; ended after the client's release to this prescriber ended"`
	StatusReason   string                      `json:"status_reason,omitempty"`
	Steps          []models.PrescriptionStatus `json:"steps" doc:"The states that the caller's side may take it to"`
	ClientID       models.ClientID             `json:"client_id"`
	ClientName     models.PersonName           `json:"client_name"`
	ClientBirth    models.Date                 `json:"client_birth_date"`
	PrescriberID   models.ProviderID           `json:"prescriber_id"`
	Prescriber     models.Prescriber           `json:"prescriber"`
	Source         models.OrderSource          `json:"source" doc:"portal, paper, verbal or change_request"`
	DiagnosisCodes []string                    `json:"diagnosis_codes"`
	ProcedureCodes []models.Procedure          `json:"procedure_codes,omitempty"`
	Scope          models.Scope                `json:"scope"`
	ValidFrom      models.Date                 `json:"valid_from"`
	ValidUntil     models.Date                 `json:"valid_until"`
	Expiry         models.Expiry               `json:"expiry"`
	Clock          models.Clock                `json:"clock"`
	Instructions   string                      `json:"instructions,omitempty"`
	FocusReason    string                      `json:"focus_reason,omitempty"`
	Goals          []string                    `json:"goals,omitempty"`
	Instruments    []models.InstrumentKey      `json:"instruments,omitempty"`
	ReportEvery    models.ReportEvery          `json:"report_every"`
	Claim          *models.Claim               `json:"claim,omitempty"`
	ContentSHA256  string                      `json:"content_sha256" doc:"SHA-256 of the canonical content: JSON with sorted keys and no blanks"`
	Opening        *models.Opening             `json:"opening,omitempty"`
	Signature      *orderSignatureOut          `json:"signature,omitempty"`
	Verbal         *models.VerbalOrder         `json:"verbal,omitempty"`
	Countersigned  *orderSignatureOut          `json:"countersigned,omitempty"`
	TranscribedBy  models.UserID               `json:"transcribed_by,omitempty"`
	Visits         *models.Visits              `json:"visits,omitempty"`
	EffectiveFrom  models.Date                 `json:"effective_from,omitempty"`
	EffectiveUntil models.Date                 `json:"effective_until,omitempty"`
	IssuedOn       models.Date                 `json:"issued_on,omitempty"`
	ReceivedOn     models.Date                 `json:"received_on,omitempty"`
	SubmittedAt    *time.Time                  `json:"submitted_at,omitempty"`
	AcceptedAt     *time.Time                  `json:"accepted_at,omitempty"`
	Attachments    []attachmentOut             `json:"attachments,omitempty"`
	CreatedAt      time.Time                   `json:"created_at"`
}

// statusEnded is what a prescriber reads after the client's release ended.
const statusEnded = "ended"

func newPrescriptionOut(party models.Party) func(models.OrderView) prescriptionOut {
	return func(v models.OrderView) prescriptionOut {
		c := v.Content
		out := prescriptionOut{ID: v.ID, PracticeID: v.PracticeID, PracticeName: v.PracticeName, SeriesID: v.SeriesID, Version: v.Version, Replaces: v.Replaces,
			RenewedFrom: v.RenewedFrom, CurrentID: v.CurrentID, Status: v.Now, StatusReason: v.StatusReason, Steps: models.OrderSteps(v.Prescription.Status, party),
			ClientID: v.ClientID, ClientName: c.ClientName, ClientBirth: c.ClientBirth, PrescriberID: v.PrescriberID, Prescriber: c.Prescriber, Source: v.Source,
			DiagnosisCodes: c.DiagnosisCodes, ProcedureCodes: c.ProcedureCodes, Scope: c.Scope, ValidFrom: c.ValidFrom, ValidUntil: c.ValidUntil,
			Expiry: c.Expiry, Clock: c.Clock, Instructions: c.Instructions, FocusReason: c.FocusReason, Goals: c.Goals, Instruments: c.Instruments,
			ReportEvery: c.ReportEvery, Claim: c.Claim, ContentSHA256: v.ContentSHA256, Opening: v.Opening, Signature: newOrderSignatureOut(v.Signature),
			Verbal: v.Verbal, Countersigned: newOrderSignatureOut(v.Countersigned), TranscribedBy: v.TranscribedBy, EffectiveFrom: v.From, EffectiveUntil: v.Until,
			IssuedOn: v.IssuedOn, ReceivedOn: v.ReceivedOn, SubmittedAt: v.SubmittedAt, AcceptedAt: v.AcceptedAt, CreatedAt: v.CreatedAt}
		if v.Ended {
			out.Status = statusEnded
			return out
		}
		out.Visits = &v.Visits
		for _, a := range v.Attachments {
			out.Attachments = append(out.Attachments, newAttachmentOut(a))
		}
		return out
	}
}

type prescriptionAnswer struct {
	ETag     string `header:"ETag"`
	Location string `header:"Location"`
	Body     prescriptionOut
}

// answerOrder is what every verb on an order ends with.
func answerOrder(by models.Actor, v models.OrderView, err error) (*prescriptionAnswer, error) {
	if err != nil {
		return nil, err
	}
	return &prescriptionAnswer{ETag: wire.ETag(v.RowVersion), Location: "/api/v1/prescriptions/" + string(v.ID), Body: newPrescriptionOut(models.PartyOf(by))(v)}, nil
}
