package web

import (
	"rapport/models"
	"rapport/models/fault"
)

// orderContent reads what an order says; client and prescriber come from the
// records.
func (f form) orderContent(l *fault.List) models.OrderContent {
	c := models.OrderContent{DiagnosisCodes: f.words("diagnosis_codes"), ProcedureCodes: keys[models.Procedure](f.list("procedure_codes")),
		Scope: f.scope("scope", l), ValidFrom: f.date("valid_from", l), ValidUntil: f.date("valid_until", l), Expiry: models.Expiry(f.get("expiry")),
		Clock: models.Clock(f.get("clock")), Instructions: f.get("instructions"), FocusReason: f.get("focus_reason"), Goals: f.lines("goals"),
		Instruments: keys[models.InstrumentKey](f.list("instruments")),
		ReportEvery: models.ReportEvery{Sessions: f.number("report_every/sessions", l), Days: f.number("report_every/days", l)}}
	if f.get("claim/payer_name")+f.get("claim/claim_number") != "" {
		c.Claim = &models.Claim{PayerName: f.get("claim/payer_name"), ClaimNumber: f.get("claim/claim_number"), InjuredOn: f.date("claim/injured_on", l)}
	}
	return c
}

// scope reads the limits of an order.
func (f form) scope(at string, l *fault.List) models.Scope {
	s := models.Scope{Regions: f.regions(at + "/regions"), MinutesPerSession: f.number(at+"/minutes_per_session", l),
		SessionsTotal: f.number(at+"/sessions_total", l), Precautions: keys[models.Precaution](f.list(at + "/precautions")),
		SelfPayAllowed: f.ticked(at + "/self_pay_allowed"), Limit: f.get(at + "/limit")}
	if n := f.number(at+"/frequency/sessions", l); n != 0 {
		s.Frequency = &models.Frequency{Sessions: n, Per: models.Period(f.get(at + "/frequency/per")), Window: models.Window(f.get(at + "/frequency/window"))}
	}
	chosen := keys[models.Technique](f.list(at + "/techniques"))
	switch f.get("techniques_rule") {
	case "only":
		s.Techniques = &models.TechniqueRule{Only: chosen}
	case "except":
		s.Techniques = &models.TechniqueRule{Except: chosen}
	}
	return s
}

// patch reads what a change asks for: an empty field keeps what the order says.
func (f form) patch(at string, c models.OrderContent, l *fault.List) models.ScopePatch {
	var p models.ScopePatch
	if r := f.regions(at + "/regions"); len(r) > 0 && !sameRegions(r, c.Scope.Regions) {
		p.Regions = &r
	}
	if n := f.number(at+"/minutes_per_session", l); n != 0 && n != c.Scope.MinutesPerSession {
		p.MinutesPerSession = &n
	}
	if n := f.number(at+"/sessions_total", l); n != 0 && n != c.Scope.SessionsTotal {
		p.SessionsTotal = &n
	}
	if n := f.number(at+"/frequency/sessions", l); n != 0 {
		next := models.Frequency{Sessions: n, Per: models.PerWeek, Window: models.Calendar}
		if old := c.Scope.Frequency; old != nil {
			next.Per, next.Window = old.Per, old.Window
		}
		if c.Scope.Frequency == nil || *c.Scope.Frequency != next {
			p.Frequency = &next
		}
	}
	if d := f.date(at+"/valid_until", l); !d.IsZero() && d != c.ValidUntil {
		p.ValidUntil = &d
	}
	if f.ticked(at+"/self_pay_allowed") && !c.Scope.SelfPayAllowed {
		yes := true
		p.SelfPayAllowed = &yes
	}
	return p
}

func sameRegions(a, b []models.RegionSide) bool {
	if len(a) != len(b) {
		return false
	}
	in := map[models.RegionSide]bool{}
	for _, r := range b {
		in[r] = true
	}
	for _, r := range a {
		if !in[r] {
			return false
		}
	}
	return true
}

// beginning is what stands in the fields of a new order.
func beginning(today models.Date) models.OrderContent {
	return models.OrderContent{Clock: models.ClockIssued, Expiry: models.Strict, ValidFrom: today, ValidUntil: today.AddMonths(1)}
}
