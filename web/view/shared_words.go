package view

import (
	"strings"

	"rapport/models"
)

// SharedClientView is one client as a provider sees them.
type SharedClientView struct {
	models.SharedClient
	Releases []ReleaseLine
	Orders   []models.OrderView
	Sessions []models.SessionLine
	More     bool
	Booked   []models.BookingLine
	Trends   []Trend
	Measured []models.Measured
	Reports  []models.Report
	Prepares bool // orders, for the provider
}

// ground says why somebody may know the client: "shared by release until …".
func (v SharedClientView) ground(p Page) string {
	if v.Shared.Basis != models.BasisRelease {
		return "You see your own orders and referrals and what became of them. No release shares more with you."
	}
	for _, r := range v.Releases {
		if r.Release.ID == v.Shared.ReleaseID {
			return "Shared by the release of " + Day(models.DateOf(*r.Release.SignedAt, p.loc())) + ", until " + endWords(r.Release) + "."
		}
	}
	return "Shared by the client’s release."
}

// lacking says what is not shared, in one sentence; empty when all of it is.
func (v SharedClientView) lacking() string {
	var out []string
	for _, x := range []struct {
		kind  models.Category
		words string
	}{{models.CategorySessionNotes, "session notes"}, {models.CategoryMeasures, "measures"}, {models.CategoryProgressReport, "reports"}, {models.CategoryPrescriptionStatus, "visits"}} {
		if !v.Shared.Sees(x.kind) && (x.kind != models.CategoryPrescriptionStatus || !v.Shared.Own && !v.Shared.Sees(models.CategorySessionNotes)) {
			out = append(out, x.words)
		}
	}
	return strings.Join(out, ", ")
}

// visits says that the days of visits are shared.
func (v SharedClientView) visits() bool {
	return v.Shared.Own || v.Shared.Sees(models.CategorySessionNotes) || v.Shared.Sees(models.CategoryPrescriptionStatus)
}

// knownBy: who wrote the order may know the client by it.
func knownBy(o models.OrderView) bool {
	return !o.Ended && (o.Status == models.OrderActive || o.Status == models.OrderSuspended)
}

func SharedURL(practice models.PracticeID, client models.ClientID) string {
	return "/provider/clients/" + string(practice) + "/" + string(client)
}

// sharedTitle is the head of a visit: its day and its place among the visits.
func sharedTitle(s models.SessionLine) string {
	return Day(s.LocalDate) + " · " + sessionMore(Page{}, s, false)
}

func changeSince(m models.Measured) string {
	if m.Change == nil {
		return "first"
	}
	return verdict(*m.Change).Words
}
