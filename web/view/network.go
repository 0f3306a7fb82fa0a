package view

import (
	"fmt"
	"math"

	"rapport/models"
)

// Picture draws who refers to whom: the practice as a line, each partner as a
// row beside it, an arrow for each direction as wide as its count.
type Picture struct {
	ID                  string
	Width, Height, Line int // Line is where the practice stands
	Rows                []PictureRow
}

// PictureRow is one partner.
type PictureRow struct {
	Name, Words     string
	NameX, Y        int
	Near, Far       int    // where arrows end: at the practice, at the partner
	In, Out         string // widths of the arrows; empty for none
	InHead, OutHead string
}

const rowHeight = 38

// NarrowPicture is for phones.
func NarrowPicture(v models.NetworkView) Picture {
	return Picture{ID: "network-narrow", Width: 310}.with(v, 24)
}

// WidePicture is for wider screens, with room for longer names.
func WidePicture(v models.NetworkView) Picture {
	return Picture{ID: "network-wide", Width: 480}.with(v, 44)
}

// with puts each partner with a referral into a row of its own, the names cut
// to so many letters.
func (p Picture) with(v models.NetworkView, letters int) Picture {
	most := 1
	for _, n := range v.Partners {
		most = max(most, n.In, n.Out)
	}
	p.Line = 6
	for _, n := range v.Partners {
		if n.Total() == 0 {
			continue
		}
		r := PictureRow{Name: shortened(n.Name, letters), Words: fmt.Sprintf("%d in, %d out", n.In, n.Out), Y: 24 + rowHeight*len(p.Rows), Near: p.Line + 7, Far: p.Line + 79}
		r.NameX = r.Far + 10
		r.In, r.InHead = arrow(n.In, most, r.Near, r.Far, r.Y-5)
		r.Out, r.OutHead = arrow(n.Out, most, r.Far, r.Near, r.Y+7)
		p.Rows = append(p.Rows, r)
		p.Height = r.Y + rowHeight - 8
	}
	return p
}

// arrow is the width of a line for a count, and the head at its end.
func arrow(n, most, to, from, y int) (width, head string) {
	if n == 0 {
		return "", ""
	}
	w := 1 + 5*math.Sqrt(float64(n)/float64(most))
	back := 7
	if to > from {
		back = -7
	}
	half := 2.5 + w/2
	return fmt.Sprintf("%.1f", w), fmt.Sprintf("%d,%d %d,%.1f %d,%.1f", to, y, to+back, float64(y)-half, to+back, float64(y)+half)
}

func shortened(s string, letters int) string {
	if r := []rune(s); len(r) > letters {
		return string(r[:letters-1]) + "…"
	}
	return s
}

func (p Picture) box() string { return fmt.Sprintf("0 0 %d %d", p.Width, p.Height) }

// networkWords say the picture, also to who does not see it.
func networkWords(v models.NetworkView) string {
	return fmt.Sprintf("%d referrals came in and %d went out, %s. The table below has each count.", v.In, v.Out, Between(v.Since, v.On))
}

var healthWords = map[models.HealthStatus]State{models.HealthNew: {"New", Plain}, models.HealthOneTime: {"One time", Plain}, models.HealthSilent: {"Silent", Bad},
	models.HealthOneSided: {"One-sided", Warm}, models.HealthCooling: {"Cooling", Warm}, models.HealthSteady: {"Steady", Good}, models.HealthThriving: {"Thriving", Good}}

var partWords = map[models.HealthPartName]string{models.PartFlow: "Referrals", models.PartMomentum: "Momentum", models.PartReciprocity: "Give and take",
	models.PartClosure: "Loops closed", models.PartTimeToReport: "Time to report", models.PartPromises: "Promises kept", models.PartContact: "Contact",
	models.PartOutcomes: "Outcomes", models.PartStillReferring: "Still referring"}

func scoreWords(p models.HealthPart) string {
	switch {
	case p.Weight == 0:
		return ""
	case p.Score == nil:
		return "not counted"
	}
	return fmt.Sprintf("%.0f of 100", *p.Score)
}

func scoreOf(score *int) string {
	if score == nil {
		return "no score yet"
	}
	return fmt.Sprintf("%d of 100", *score)
}

func effectiveWords(c models.Concentration) string {
	if c.Sources == 1 {
		return "All that came in came from 1 source."
	}
	return fmt.Sprintf("%d sources, as concentrated as %.1f equal ones (Herfindahl %.2f).", c.Sources, c.Effective, c.Herfindahl)
}

var stepWords = map[string]string{"sent": "Sent", "answered": "Answered", "visited": "First visit", "outcome": "Outcome sent", "seen": "Outcome seen"}

func moveWords(m models.Partner) string {
	return fmt.Sprintf("%d in the last seven days, %.1f in a usual week", m.Week, m.Usual)
}

// standing is the status in a list; what was never judged has none.
func standing(x models.RelationshipLine) State {
	c := healthWords[x.Status]
	if x.Score != nil {
		c.Words = fmt.Sprintf("%s, %d", c.Words, *x.Score)
	}
	return c
}

// bandWords say how sure a share is; the chance that they still refer says so
// in its reason.
func bandWords(p models.HealthPart) string {
	if p.Band == nil || p.Weight == 0 {
		return ""
	}
	return fmt.Sprintf("Likely %.0f to %.0f percent.", 100*p.Band[0], 100*p.Band[1])
}

// fewest is how many cases a percentage needs.
const fewest = 3

func figureWords(f models.OwnerFigure) string {
	switch {
	case f.Share.Of == 0:
		return "Nothing to count yet."
	case f.Share.Of < fewest:
		return fmt.Sprintf("%d of %d, too few for a percentage.", f.Share.Part, f.Share.Of)
	}
	out := fmt.Sprintf("%.0f percent: %d of %d. To aim for: %.0f.", 100*f.Share.Value(), f.Share.Part, f.Share.Of, 100*f.Target)
	switch {
	case f.MedianDays == nil:
	case *f.MedianDays == 0:
		out += " Half on the same day."
	default:
		out += " Half within " + plural(*f.MedianDays, "day", "days") + "."
	}
	return out
}

func likelyWords(s models.Share) string {
	if s.Of < fewest {
		return ""
	}
	b := s.Band()
	return fmt.Sprintf("With so many cases the true share lies likely between %.0f and %.0f percent.", 100*b[0], 100*b[1])
}

func caseURL(i models.FigureItem) string {
	return map[string]string{"referral": "/referrals/", "report": "/reports/", "order": "/orders/", "provider": "/providers/"}[i.Kind] + i.ID
}

func caseTitle(i models.FigureItem) string {
	kind := map[string]string{"referral": "Referral", "report": "Report", "order": "Report owed"}[i.Kind]
	if kind == "" {
		return i.About
	}
	return kind + " for " + i.About
}

func caseMore(i models.FigureItem) string {
	out := ""
	switch {
	case i.Kind == "provider" && i.On.IsZero():
		return "never verified"
	case i.Kind == "provider":
		return "verified on " + Born(i.On)
	case !i.From.IsZero():
		out = "from " + Born(i.From)
	}
	if i.Days != nil {
		out += ", " + plural(*i.Days, "day", "days")
		if i.On.IsZero() {
			out += " and not yet"
		}
	}
	return out
}

type weightField struct {
	key, words string
	n          int
}

func weightFields(w models.HealthWeights) []weightField {
	return []weightField{{"momentum", partWords[models.PartMomentum], w.Momentum}, {"reciprocity", partWords[models.PartReciprocity], w.Reciprocity},
		{"closure", partWords[models.PartClosure], w.Closure}, {"promises", partWords[models.PartPromises], w.Promises}, {"contact", partWords[models.PartContact], w.Contact},
		{"outcomes", partWords[models.PartOutcomes], w.Outcomes}, {"time_to_report", partWords[models.PartTimeToReport], w.TimeToReport}}
}
