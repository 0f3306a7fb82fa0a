package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"rapport/api/wire"
)

func (a *API) reportLinkRoutes(api huma.API) {
	const tag = "report links"
	wire.Handle(api, wire.Operation{ID: "read-report-link", Method: http.MethodGet, Path: "/api/v1/links/report/{token}", Tag: tag, Public: true,
		Summary: "Whether the link still opens; it names nobody"}, a.readReportLink)
	wire.Handle(api, wire.Operation{ID: "open-report-link", Method: http.MethodPost, Path: "/api/v1/links/report/{token}", Tag: tag, Public: true,
		Summary: "The report, once, for who knows the client's birth date"}, a.openReportLink)
	wire.Handle(api, wire.Operation{ID: "acknowledge-by-link", Method: http.MethodPost, Path: "/api/v1/links/report/{token}/acknowledgement", Tag: tag, Public: true,
		Status: 204, Summary: "Answer a report that was opened by its link"}, a.acknowledgeByLink)
	wire.Handle(api, wire.Operation{ID: "misdirected-by-link", Method: http.MethodPost, Path: "/api/v1/links/report/{token}/misdirected", Tag: tag, Public: true,
		Status: 204, Summary: "The link reached somebody else: close it"}, a.misdirectedByLink)
}

type reportLinkOut struct {
	TriesLeft int       `json:"tries_left"`
	ExpiresAt time.Time `json:"expires_at"`
}

func (a *API) readReportLink(ctx context.Context, in *LinkPath) (*struct{ Body reportLinkOut }, error) {
	p, err := a.net.ReportLink(ctx, wire.Actor(ctx), in.Token)
	if err != nil {
		return nil, err
	}
	return &struct{ Body reportLinkOut }{reportLinkOut{p.TriesLeft, p.ExpiresAt}}, nil
}

func (a *API) openReportLink(ctx context.Context, in *struct {
	LinkPath
	Body BornIn
}) (*pdfAnswer, error) {
	r, err := a.net.OpenReportLink(ctx, wire.Actor(ctx), in.Token, in.Body.BirthDate)
	if err != nil {
		return nil, err
	}
	return newPDFAnswer("report", r.PDF.SHA256, r.PDF.Bytes), nil
}

func (a *API) acknowledgeByLink(ctx context.Context, in *struct {
	LinkPath
	Body struct {
		BornIn
		ReplyIn
	}
}) (*struct{}, error) {
	_, err := a.net.AcknowledgeByLink(ctx, wire.Actor(ctx), in.Token, in.Body.BirthDate, in.Body.Reply)
	return nil, err
}

func (a *API) misdirectedByLink(ctx context.Context, in *struct {
	LinkPath
	Body *misdirectedIn
}) (*struct{}, error) {
	return nil, a.net.MisdirectedByLink(ctx, wire.Actor(ctx), in.Token, in.Body.note())
}
