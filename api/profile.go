package api

import (
	"context"
	"time"

	"rapport/api/wire"
	"rapport/models"
)

type profileIn struct {
	About            string             `json:"about" maxLength:"700" doc:"Who the practice is, in a few sentences"`
	Treats           []string           `json:"treats" maxItems:"12" doc:"What it treats"`
	Techniques       []models.Technique `json:"techniques,omitempty" maxItems:"100"`
	Languages        []string           `json:"languages,omitempty" maxItems:"12"`
	Payment          []string           `json:"payment,omitempty" maxItems:"10" doc:"Insurance and other ways to pay"`
	Hours            []string           `json:"hours,omitempty" maxItems:"7" doc:"In words, one line each"`
	HowToRefer       string             `json:"how_to_refer,omitempty" maxLength:"400"`
	Access           string             `json:"access,omitempty" maxLength:"300" doc:"Parking, bus, steps"`
	ReportWithinDays int                `json:"report_within_days,omitempty" doc:"Working days within which a report goes out; 0: no promise"`
}

type profileOut struct {
	profileIn
	UpdatedAt *time.Time `json:"updated_at,omitempty" doc:"Missing while nobody has written the profile"`
}

type profileAnswer struct {
	ETag string `header:"ETag"`
	Body profileOut
}

func answerProfile(p models.PracticeProfile, err error) (*profileAnswer, error) {
	if err != nil {
		return nil, err
	}
	p = p.Tidy() // no list is null
	return &profileAnswer{wire.ETag(p.Version), profileOut{profileIn{p.About, p.Treats, p.Techniques, p.Languages, p.Payment, p.Hours, p.HowToRefer, p.Access,
		p.ReportWithinDays}, p.UpdatedAt}}, nil
}

func (a *API) readProfile(ctx context.Context, _ *struct{}) (*profileAnswer, error) {
	return answerProfile(a.net.Profile(ctx, wire.Actor(ctx)))
}

func (a *API) writeProfile(ctx context.Context, in *struct{ Body profileIn }) (*profileAnswer, error) {
	b := in.Body
	return answerProfile(a.net.WriteProfile(ctx, wire.Actor(ctx), models.PracticeProfile{About: b.About, Treats: b.Treats, Techniques: b.Techniques, Languages: b.Languages,
		Payment: b.Payment, Hours: b.Hours, HowToRefer: b.HowToRefer, Access: b.Access, ReportWithinDays: b.ReportWithinDays}))
}
