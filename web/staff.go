package web

import (
	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"rapport/models"
	"rapport/referral"
	"rapport/web/view"
)

func (r *request) staffPage() error { return r.showStaff(fiber.StatusOK, view.Form{}, "") }

// showStaff is whom the practice knows at a provider's offices; id is whose
// form was refused, empty for the one that adds somebody.
func (r *request) showStaff(status int, form view.Form, id models.StaffID) error {
	x, err := r.net.Provider(r.ctx, r.by, models.ProviderID(r.param("id")))
	if err != nil {
		return err
	}
	v := view.StaffView{Provider: x, Refused: id, Writes: r.by.May(models.WriteRelationships) == nil}
	for _, o := range x.Offices {
		people, err := r.net.Staff(r.ctx, r.by, o.ID)
		if err != nil {
			return err
		}
		v.Offices = append(v.Offices, view.OfficePeople{Office: o, People: people})
	}
	return r.show(status, "Staff", func(p view.Page) templ.Component { return view.OfficeStaff(p, form, v) })
}

func (r *request) addStaff() error {
	f := r.form
	_, err := r.net.AddStaff(r.once("staff"), r.by, models.OfficeStaff{OfficeID: models.OfficeID(f.get("office_id")), Name: f.get("name"), Role: f.get("role"), Phone: f.get("phone"),
		BestTime: f.get("best_time"), Note: f.get("note")})
	return r.staffDone(err, "", "staff_saved")
}

func (r *request) changeStaff() error {
	f := r.form
	text := func(name string) *string { s := f.get(name); return &s }
	c, said := referral.StaffChange{Name: text("name"), Role: text("role"), Phone: text("phone"), BestTime: text("best_time"), Note: text("note")}, "staff_saved"
	if f.get("act") == "left" {
		c, said = referral.StaffChange{Left: true}, "staff_left"
	}
	id := models.StaffID(r.param("staff"))
	_, err := r.net.ChangeStaff(r.seen(), r.by, id, c)
	return r.staffDone(err, id, said)
}

func (r *request) staffDone(err error, id models.StaffID, said string) error {
	if e, ok := refusal(err); ok {
		return r.showStaff(statusOf(err), view.Form{Values: r.form.values, Refusal: e}, id)
	}
	if err != nil {
		return err
	}
	return r.to("/providers/"+r.param("id")+"/staff", said)
}
