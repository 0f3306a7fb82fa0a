package web

import (
	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"rapport/models"
	"rapport/web/view"
)

// careTeam reads the doctors that a client sees, with their names.
func (r *request) careTeam(id models.ClientID) ([]view.TeamMember, error) {
	team, err := r.net.CareTeam(r.ctx, r.by, id)
	if err != nil {
		return nil, err
	}
	var out []view.TeamMember
	for _, m := range team {
		p, err := r.net.Provider(r.ctx, r.by, m.ProviderID)
		if err != nil {
			return nil, err
		}
		out = append(out, view.TeamMember{Provider: p, Role: m.Role, MayBeTold: m.MayBeTold})
	}
	return out, nil
}

func (r *request) careTeamPage() error { return r.showCareTeam(fiber.StatusOK, view.Form{}) }

func (r *request) showCareTeam(status int, form view.Form) error {
	c, err := r.net.Client(r.ctx, r.by, models.ClientID(r.param("id")))
	if err != nil {
		return err
	}
	team, err := r.careTeam(c.ID)
	if err != nil {
		return err
	}
	directory, err := r.directory()
	if err != nil {
		return err
	}
	return r.show(status, "Care team", func(p view.Page) templ.Component { return view.CareTeam(p, form, c, team, directory) })
}

// saveCareTeam writes the whole team: who was on it and stays, and who is new.
func (r *request) saveCareTeam() error {
	id := models.ClientID(r.param("id"))
	old, err := r.net.CareTeam(r.ctx, r.by, id)
	if err != nil {
		return err
	}
	var team []models.CareTeamMember
	for _, m := range old {
		key := string(m.ProviderID)
		if !r.form.ticked("leaves." + key) {
			team = append(team, models.CareTeamMember{ProviderID: m.ProviderID, Role: r.form.get("role." + key), MayBeTold: r.form.ticked("told." + key)})
		}
	}
	if p := r.form.get("provider_id"); p != "" {
		team = append(team, models.CareTeamMember{ProviderID: models.ProviderID(p), Role: r.form.get("role"), MayBeTold: r.form.ticked("may_be_told")})
	}
	_, err = r.net.SetCareTeam(r.once("team"), r.by, id, team)
	if e, ok := refusal(err); ok {
		return r.showCareTeam(statusOf(err), view.Form{Values: r.form.values, Refusal: e})
	}
	if err != nil {
		return err
	}
	return r.to("/clients/"+string(id)+"/care-team", "team_saved")
}
