package documents

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"rapport/models"
)

// tile is one figure of the head of the letter.
type tile struct{ name, figure, under string }

// tiles are what a doctor reads first.
func (r ReportPaper) tiles() (ts []tile) {
	o := r.Order
	if o.Allowed > 0 {
		ts = append(ts, tile{"Visits used", fmt.Sprintf("%d of %d", o.Used, o.Allowed), join(" until ", fmt.Sprintf("%d left", o.Left), day(o.ValidUntil))})
	} else if o.Used > 0 {
		ts = append(ts, tile{"Visits used", strconv.Itoa(o.Used), "no limit was set"})
	}
	if a := r.Attendance; a != nil {
		ts = append(ts, tile{"Visits kept", strconv.Itoa(a.Kept), fmt.Sprintf("%d cancelled, %d missed", a.Cancelled, a.Missed)})
	}
	for _, m := range r.Measures {
		if m.Baseline == nil || len(ts) >= 3 {
			continue
		}
		name := cmp.Or(m.Short, m.Name)
		switch {
		case m.Now != nil:
			ts = append(ts, tile{name + ", baseline → now", number(*m.Baseline) + " → " + number(*m.Now), m.verdict()})
		case len(m.Course) == 1:
			ts = append(ts, tile{name, number(*m.Baseline), "one reading so far"})
		}
	}
	if r.Advice != "" {
		ts = append(ts, tile{"We recommend", r.Advice, ""})
	}
	return ts
}

// verdict is the change in words.
func (m MeasureLine) verdict() string {
	switch {
	case m.Direction == "":
		return ""
	case m.BeyondMDC == nil:
		return m.Direction
	case *m.BeyondMDC:
		return m.Direction + ", beyond measurement error"
	default:
		return m.Direction + ", within measurement error"
	}
}

// glance draws the tiles side by side.
func (s *sheet) glance(ts []tile) {
	if len(ts) == 0 {
		return
	}
	const gap = 3.0
	w := (measure - gap*float64(len(ts)-1)) / float64(len(ts))
	figure := style{12.5, "B", accent}
	h := 14.6
	s.need(h)
	for i, t := range ts {
		x := left + float64(i)*(w+gap)
		s.fill(tint, x, s.y, w, h)
		s.put(x+2.5, s.y+1.6, label, t.name)
		st := figure
		for st.size > 8 && s.width(st, t.figure) > w-5 {
			st.size -= 0.5
		}
		y := s.y + 4.9
		for _, l := range s.wrap(st, t.figure, w-5) {
			s.put(x+2.5, y, st, l)
			y += st.lead()
		}
		s.put(x+2.5, s.y+10.6, style{7, "", muted}, t.under)
	}
	s.y += h + 1
}

func (s *sheet) order(o OrderSummary) {
	if len(o.Regions) == 0 && len(o.Diagnoses) == 0 {
		return
	}
	s.heading("Your order", 10)
	minutes := ""
	if o.Minutes > 0 {
		minutes = fmt.Sprintf("%d minutes", o.Minutes)
	}
	s.facts(4, [][2]string{
		{"Diagnosis", strings.Join(o.Diagnoses, ", ")},
		{"Regions", strings.Join(o.Regions, "; ")},
		{"Length and frequency", join(", ", minutes, o.Frequency)},
		{"Visits", o.visits()},
	})
}

// visits is the counter as it reads everywhere.
func (o OrderSummary) visits() string {
	if o.Ordered != "" {
		return o.Ordered
	}
	switch {
	case o.Allowed == 0:
		return count(o.Used, "visit") + " so far"
	case o.Booked > 0:
		return fmt.Sprintf("%d of %d used, %d booked, %d left", o.Used, o.Allowed, o.Booked, o.Left)
	}
	return fmt.Sprintf("%d of %d used, %d left", o.Used, o.Allowed, o.Left)
}

func (s *sheet) measures(ms []MeasureLine) {
	if len(ms) == 0 {
		return
	}
	s.space(1.5)
	var rows [][]cell
	var cs []chart
	for _, m := range ms {
		rows = append(rows, m.row())
		if len(m.Course) > 1 { // one reading has no course
			cs = append(cs, m.chart())
		}
	}
	s.table([]column{{title: "Measures", share: 5.2, names: true}, {title: "Baseline", share: 2.7, numbers: true},
		{title: "Last", share: 2.7, numbers: true}, {title: "Now", share: 2.7, numbers: true},
		{title: "Change", share: 2.8, numbers: true}, {title: "Beyond MDC", share: 2.8, numbers: true},
		{title: "Beyond MCID", share: 2.9, numbers: true}}, rows)
	s.charts(cs)
}

func (m MeasureLine) row() []cell {
	name := m.Name
	if len(m.Course) < 2 { // else the chart says it
		name = join(", ", name, m.scale())
	}
	if len(m.Course) == 1 {
		name += ". One reading so far"
	}
	if m.Reason != "" {
		name += ". Not complete: " + m.Reason
	}
	row := texts(name, m.reading(m.Baseline, m.BaselineOn), m.reading(m.Last, m.LastOn), m.reading(m.Now, m.NowOn),
		"not assessed", threshold(m.BeyondMDC, m.MDC), threshold(m.BeyondMCID, m.MCID))
	if m.Change != nil {
		row[4] = cell{join(" ", signed(*m.Change), m.Direction), strong}
	}
	return row
}

// scale is "0–50 points, lower is better".
func (m MeasureLine) scale() string {
	unit := m.Unit
	if unit != "" && unit != "%" && unit != "°" {
		unit = " " + unit
	}
	span := ""
	if m.Max > m.Min {
		span = number(m.Min) + "–" + number(m.Max) + unit
	}
	return join(", ", span, m.Better)
}

func (m MeasureLine) reading(v *float64, on models.Date) string {
	if v == nil {
		return "–"
	}
	if on == "" {
		return number(*v)
	}
	return number(*v) + " (" + dayShort(on) + ")"
}

func threshold(beyond *bool, at *float64) string {
	text := "not assessed"
	if beyond != nil {
		text = "no"
		if *beyond {
			text = "yes"
		}
	}
	if beyond != nil && at != nil {
		text += " (≥ " + number(*at) + ")"
	}
	return text
}

func (m MeasureLine) chart() chart {
	name := m.Short
	if name == "" {
		name = m.Name
	}
	c := chart{name: name, better: m.scale(), min: m.Min, max: m.Max,
		from: dayShort(m.Course[0].On), to: dayShort(m.Course[len(m.Course)-1].On)}
	for _, p := range m.Course {
		at, _ := time.Parse(time.DateOnly, string(p.On))
		c.points = append(c.points, chartPoint{float64(at.Unix()) / 86400, p.Value})
	}
	return c
}

func (s *sheet) treatment(ts []TreatmentLine) {
	if len(ts) == 0 {
		return
	}
	s.space(1)
	var rows [][]cell
	for _, t := range ts {
		rows = append(rows, texts(t.Region, strings.Join(t.Techniques, ", "), strconv.Itoa(t.Sessions), strconv.Itoa(t.Minutes)))
	}
	s.table([]column{{title: "Treatment given", share: 5, names: true}, {title: "Techniques", share: 8},
		{title: "Sessions", share: 1.8, numbers: true}, {title: "Session minutes", share: 2.4, numbers: true}}, rows)
}

// findings are the words of the therapist.
func (s *sheet) findings(r ReportPaper) {
	const indent = 25
	s.space(1)
	s.labelled("Subjective", r.Subjective, indent)
	s.labelled("Objective", r.Objective, indent)
	s.labelled("Assessment", r.Assessment, indent)
	s.labelled("Plan", r.Plan, indent)
	s.labelled("Precautions", r.Precautions, indent)
	s.labelled("Goals", strings.Join(r.Goals, "\n"), indent)
	s.labelled("Why care ends", r.Reason, indent)
	s.labelled("Home plan", r.HomePlan, indent)
	s.labelled("Open matters", r.OpenMatters, indent)
	s.labelled("Recommend", r.Recommendation, indent)
	s.labelled("Next report", day(r.NextReportOn), indent)
}

// replyBlock is what the doctor may answer without writing a letter.
func (s *sheet) replyBlock(how string) {
	const h = 21.5
	s.space(0.5)
	s.need(h)
	y := s.y
	s.stroke(accent, 0.3)
	s.f.Rect(left, y, measure, h, "D")
	s.put(left+3, y+1.6, strong, "Your reply")
	s.putRight(right-3, y+1.9, small, how)
	for i, c := range []string{"Continue as ordered", "Change (please write below)", "Please call me"} {
		x := left + 3 + float64(i)*58
		s.box(x, y+6.2, false)
		s.put(x+5, y+6.2, body, c)
	}
	s.stroke(line, 0.2)
	s.f.Line(left+3, y+14.6, right-3, y+14.6)
	s.f.Line(left+3, y+18.4, left+110, y+18.4)
	s.f.Line(left+115, y+18.4, right-3, y+18.4)
	s.put(left+3, y+18.6, fine, "Signature")
	s.put(left+115, y+18.6, fine, "Date")
	s.y += h + 2
}

// signed draws the therapist's signature, kept together.
func (s *sheet) signed(sig Signature) error {
	s.need(15)
	h, err := s.signature(sig, left, 110)
	s.y += h
	return err
}
