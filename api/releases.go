package api

import (
	"context"
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"rapport/api/wire"
	"rapport/models"
	"rapport/models/fault"
	"rapport/referral"
)

func (a *API) releaseRoutes(api huma.API) {
	const tag = "releases"
	wire.Handle(api, wire.Operation{ID: "draft-release", Method: http.MethodPost, Path: "/api/v1/clients/{id}/releases", Tag: tag, Status: 201,
		Summary: "Prepare a release for the client to sign"}, a.draftRelease)
	wire.Handle(api, wire.Operation{ID: "list-client-releases", Method: http.MethodGet, Path: "/api/v1/clients/{id}/releases", Tag: tag,
		Summary: "A client's releases, newest first"}, a.listClientReleases)
	wire.Handle(api, wire.Operation{ID: "list-releases", Method: http.MethodGet, Path: "/api/v1/releases", Tag: tag,
		Summary: "The practice's releases; for a provider those that name them"}, a.listReleases)
	wire.Handle(api, wire.Operation{ID: "read-release", Method: http.MethodGet, Path: "/api/v1/releases/{id}", Tag: tag, Summary: "Read a release"}, a.readRelease)
	wire.Handle(api, wire.Operation{ID: "read-release-document", Method: http.MethodGet, Path: "/api/v1/releases/{id}/document", Tag: tag,
		Summary: "The form to sign; once signed, exactly the signed bytes"}, a.readReleaseDocument)
	wire.Handle(api, wire.Operation{ID: "sign-release", Method: http.MethodPost, Path: "/api/v1/releases/{id}/signature", Tag: tag,
		Summary: "Take the client's signature on this device"}, a.signRelease)
	wire.Handle(api, wire.Operation{ID: "send-signing-link", Method: http.MethodPost, Path: "/api/v1/releases/{id}/signing-link", Tag: tag, Status: 201,
		Summary: "Mail the client a one-time link to the form"}, a.sendSigningLink)
	wire.Handle(api, wire.Operation{ID: "give-release-copy", Method: http.MethodPost, Path: "/api/v1/releases/{id}/copy", Tag: tag,
		Summary: "Note that the client got a paper copy, or mail a link to it"}, a.giveReleaseCopy)
	wire.Handle(api, wire.Operation{ID: "revoke-release", Method: http.MethodPost, Path: "/api/v1/releases/{id}/revocation", Tag: tag, Always: true,
		Summary: "Enter the client's revocation"}, a.revokeRelease)
	wire.Handle(api, wire.Operation{ID: "note-expiry-event", Method: http.MethodPost, Path: "/api/v1/releases/{id}/expiry-event", Tag: tag,
		Summary: "Note that the event which ends the release has happened"}, a.noteExpiryEvent)
	wire.Handle(api, wire.Operation{ID: "match-recipient", Method: http.MethodPost, Path: "/api/v1/releases/{id}/recipients/{position}/match", Tag: tag,
		Summary: "Tie a recipient who is named in words to a provider"}, a.matchRecipient)
}

type recipientIn struct {
	ProviderID  models.ProviderID `json:"provider_id,omitempty"`
	OfficeID    models.OfficeID   `json:"office_id,omitempty"`
	PayerName   string            `json:"payer_name,omitempty" maxLength:"200"`
	ClaimNumber string            `json:"claim_number,omitempty" maxLength:"200"`
	Name        string            `json:"name,omitempty" maxLength:"200"`
	Phone       string            `json:"phone,omitempty" maxLength:"200"`
	Role        string            `json:"role,omitempty" maxLength:"200"`
}

type representativeIn struct {
	Name         string `json:"name" maxLength:"500"`
	Relation     string `json:"relation,omitempty" maxLength:"500"`
	Authority    string `json:"authority,omitempty" maxLength:"500"`
	DocumentSeen string `json:"document_seen,omitempty" maxLength:"500"`
}

type releaseIn struct {
	Recipients     []recipientIn     `json:"recipients" doc:"Each is a provider, an office, a payer with claim number, or a person in words"`
	Categories     []models.Category `json:"categories"`
	Purpose        models.Purpose    `json:"purpose"`
	ExpiresOn      models.Date       `json:"expires_on,omitempty" format:"date" doc:"The last day, in the practice's zone"`
	ExpiryEvent    string            `json:"expiry_event,omitempty" doc:"An event tied to the client or the purpose"`
	Representative *representativeIn `json:"representative,omitempty" doc:"Who signs for a client who cannot"`
}

func (in releaseIn) terms() models.ReleaseTerms {
	t := models.ReleaseTerms{Categories: in.Categories, Purpose: in.Purpose, ExpiresOn: in.ExpiresOn, ExpiryEvent: in.ExpiryEvent}
	for _, r := range in.Recipients {
		t.Recipients = append(t.Recipients, models.Recipient{ProviderID: r.ProviderID, OfficeID: r.OfficeID, PayerName: r.PayerName, ClaimNumber: r.ClaimNumber,
			Name: r.Name, Phone: r.Phone, Role: r.Role})
	}
	if r := in.Representative; r != nil {
		t.Representative = &models.Representative{Name: r.Name, Relation: r.Relation, Authority: r.Authority, DocumentSeen: r.DocumentSeen}
	}
	return t
}

// SignatureIn is a signing act.
type SignatureIn struct {
	Method                   models.SignatureMethod `json:"method" doc:"drawn or typed"`
	Name                     string                 `json:"name" maxLength:"200"`
	Image                    string                 `json:"image,omitempty" maxLength:"280000" doc:"A drawn signature: PNG of at most 200 KB as base64 or data URL"`
	ElectronicRecordsConsent bool                   `json:"electronic_records_consent"`
	Witness                  string                 `json:"witness,omitempty" maxLength:"200"`
}

func (in SignatureIn) draft() models.SignatureDraft {
	d := models.SignatureDraft{Method: in.Method, Name: in.Name, ElectronicRecordsConsent: in.ElectronicRecordsConsent, Witness: in.Witness}
	if in.Image != "" {
		b, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(in.Image, "data:image/png;base64,"))
		if d.Image = b; err != nil {
			d.Image = []byte{0} // not a picture: the rule says so
		}
	}
	return d
}

type signatureOut struct {
	Method         models.SignatureMethod `json:"method"`
	Name           string                 `json:"name"`
	At             time.Time              `json:"at"`
	Zone           string                 `json:"zone"`
	IdentifiedBy   string                 `json:"identified_by"`
	AttendedBy     models.UserID          `json:"attended_by,omitempty"`
	Witness        string                 `json:"witness,omitempty"`
	ConsentVersion string                 `json:"consent_version"`
	Intent         string                 `json:"intent"`
	IP             string                 `json:"ip,omitempty"`
	Agent          string                 `json:"agent,omitempty"`
	DocumentSHA256 string                 `json:"document_sha256" doc:"Of the form that was shown"`
}

type revocationOut struct {
	ReceivedAt time.Time     `json:"received_at"`
	Channel    string        `json:"channel"`
	Reason     string        `json:"reason,omitempty"`
	ReceivedBy models.UserID `json:"received_by,omitempty"`
}

type releaseOut struct {
	ID              models.ReleaseID       `json:"id"`
	PracticeID      models.PracticeID      `json:"practice_id"`
	PracticeName    string                 `json:"practice_name"`
	ClientID        models.ClientID        `json:"client_id,omitempty"`
	Client          *clientOut             `json:"client,omitempty" doc:"For a provider while the release is in force"`
	Status          models.ReleaseStatus   `json:"status" enum:"draft,active,expired,revoked,declined"`
	Recipients      []models.Recipient     `json:"recipients"`
	Categories      []models.Category      `json:"categories"`
	Purpose         models.Purpose         `json:"purpose"`
	ExpiresOn       models.Date            `json:"expires_on,omitempty"`
	ExpiryEvent     string                 `json:"expiry_event,omitempty"`
	EventOccurredOn models.Date            `json:"event_occurred_on,omitempty"`
	Representative  *models.Representative `json:"representative,omitempty"`
	FormVersion     string                 `json:"form_version"`
	Signature       *signatureOut          `json:"signature,omitempty"`
	SignedAt        *time.Time             `json:"signed_at,omitempty"`
	DocumentSHA256  string                 `json:"document_sha256,omitempty" doc:"Of the signed bytes"`
	CopyGivenAt     *time.Time             `json:"copy_given_at,omitempty"`
	RevokedAt       *time.Time             `json:"revoked_at,omitempty"`
	Revocation      *revocationOut         `json:"revocation,omitempty"`
	KeptUntil       models.Date            `json:"kept_until,omitempty" doc:"Six years after it was last in effect"`
	CreatedAt       time.Time              `json:"created_at"`
	Warnings        []fault.Violation      `json:"warnings,omitempty" doc:"After drafting and signing: signs that the paper could not show"`
}

func newReleaseOut(v referral.ReleaseView) releaseOut {
	out := releaseOut{ID: v.ID, PracticeID: v.PracticeID, PracticeName: v.Practice, ClientID: v.ClientID, Status: v.Status, Recipients: v.Recipients,
		Categories: v.Categories, Purpose: v.Purpose, ExpiresOn: v.ExpiresOn, ExpiryEvent: v.ExpiryEvent, EventOccurredOn: v.EventOccurred,
		Representative: v.Representative, FormVersion: v.FormVersion, SignedAt: v.SignedAt, DocumentSHA256: v.DocumentSHA256, CopyGivenAt: v.CopyGivenAt,
		RevokedAt: v.RevokedAt, KeptUntil: v.KeptUntil, CreatedAt: v.CreatedAt, Warnings: v.Warnings}
	if v.Client != nil {
		c := newClientOut(*v.Client)
		out.Client = &c
	}
	if s := v.Signature; s != nil {
		out.Signature = &signatureOut{s.Method, s.Name, s.At, s.Zone, s.IdentifiedBy, s.AttendedBy, s.Witness, s.ConsentVersion, s.Intent, s.IP, s.Agent, s.DocumentSHA256}
	}
	if r := v.Revocation; r != nil {
		out.Revocation = &revocationOut{r.ReceivedAt, r.Channel, r.Reason, r.ReceivedBy}
	}
	return out
}

type releaseAnswer struct {
	ETag     string `header:"ETag"`
	Location string `header:"Location"`
	Body     releaseOut
}

// answerRelease is what every verb on a release ends with.
func answerRelease(v referral.ReleaseView, err error) (*releaseAnswer, error) {
	if err != nil {
		return nil, err
	}
	return &releaseAnswer{ETag: wire.ETag(v.Version), Location: "/api/v1/releases/" + string(v.ID), Body: newReleaseOut(v)}, nil
}

// ReleasePath is embedded in inputs; huma finds fields of exported types only.
type ReleasePath struct {
	ID models.ReleaseID `path:"id"`
}

func (a *API) draftRelease(ctx context.Context, in *struct {
	ID   models.ClientID `path:"id"`
	Body releaseIn
}) (*releaseAnswer, error) {
	return answerRelease(a.net.DraftRelease(ctx, wire.Actor(ctx), in.ID, in.Body.terms()))
}

func (a *API) readRelease(ctx context.Context, in *ReleasePath) (*releaseAnswer, error) {
	return answerRelease(a.net.Release(ctx, wire.Actor(ctx), in.ID))
}

func (a *API) readReleaseDocument(ctx context.Context, in *ReleasePath) (*pdfAnswer, error) {
	d, err := a.net.ReleaseDocument(ctx, wire.Actor(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return newPDFAnswer("release", d.SHA256, d.Bytes), nil
}

func (a *API) signRelease(ctx context.Context, in *struct {
	ReleasePath
	Body SignatureIn
}) (*releaseAnswer, error) {
	return answerRelease(a.net.SignRelease(ctx, wire.Actor(ctx), in.ID, in.Body.draft()))
}

type sentOut struct {
	MessageID models.MessageID    `json:"message_id"`
	State     models.MessageState `json:"state"`
}

func (a *API) sendSigningLink(ctx context.Context, in *struct {
	ReleasePath
	Body struct {
		Email string `json:"email" maxLength:"254"`
	}
}) (*struct{ Body sentOut }, error) {
	id, err := a.net.SendSigningLink(ctx, wire.Actor(ctx), in.ID, in.Body.Email)
	if err != nil {
		return nil, err
	}
	return &struct{ Body sentOut }{sentOut{id, models.MessageQueued}}, nil
}

func (a *API) giveReleaseCopy(ctx context.Context, in *struct {
	ReleasePath
	Body struct {
		Email string `json:"email,omitempty" maxLength:"254" doc:"Mail a link there; without it the copy was handed over on paper"`
	}
}) (*releaseAnswer, error) {
	return answerRelease(a.net.GiveReleaseCopy(ctx, wire.Actor(ctx), in.ID, in.Body.Email))
}

func (a *API) revokeRelease(ctx context.Context, in *struct {
	ReleasePath
	Body struct {
		ReceivedAt time.Time `json:"received_at,omitempty" doc:"When the practice received it; now when left out"`
		Channel    string    `json:"channel" maxLength:"40" doc:"in_person, letter, fax, email, phone, portal"`
		Reason     string    `json:"reason,omitempty" maxLength:"4000"`
	}
}) (*releaseAnswer, error) {
	return answerRelease(a.net.RevokeRelease(ctx, wire.Actor(ctx), in.ID, models.RevocationDraft{ReceivedAt: in.Body.ReceivedAt, Channel: in.Body.Channel, Reason: in.Body.Reason}))
}

func (a *API) noteExpiryEvent(ctx context.Context, in *struct {
	ReleasePath
	Body struct {
		OccurredOn models.Date `json:"occurred_on" format:"date"`
	}
}) (*releaseAnswer, error) {
	return answerRelease(a.net.NoteExpiryEvent(ctx, wire.Actor(ctx), in.ID, in.Body.OccurredOn))
}

func (a *API) matchRecipient(ctx context.Context, in *struct {
	ReleasePath
	Position int `path:"position" minimum:"0"`
	Body     struct {
		ProviderID models.ProviderID `json:"provider_id"`
	}
}) (*releaseAnswer, error) {
	return answerRelease(a.net.MatchRecipient(ctx, wire.Actor(ctx), in.ID, in.Position, in.Body.ProviderID))
}

type releaseList struct{ Body wire.ListOut[releaseOut] }

func (a *API) releases(ctx context.Context, client models.ClientID, page wire.PageIn) (*releaseList, error) {
	p, err := page.Page()
	if err != nil {
		return nil, err
	}
	l, err := a.net.Releases(ctx, wire.Actor(ctx), client, p)
	if err != nil {
		return nil, err
	}
	return &releaseList{wire.MapList(l, newReleaseOut)}, nil
}

func (a *API) listReleases(ctx context.Context, in *struct {
	wire.PageIn
	ClientID models.ClientID `query:"client_id" doc:"Only this client's"`
}) (*releaseList, error) {
	return a.releases(ctx, in.ClientID, in.PageIn)
}

func (a *API) listClientReleases(ctx context.Context, in *struct {
	ID models.ClientID `path:"id"`
	wire.PageIn
}) (*releaseList, error) {
	return a.releases(ctx, in.ID, in.PageIn)
}
