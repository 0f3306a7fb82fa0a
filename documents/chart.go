package documents

import (
	"strconv"
	"strings"
)

// chartPoint is one reading, at a day counted from any fixed day.
type chartPoint struct {
	day   float64
	value float64
}

// chart is the course of one measure. from and to name the first and the last
// day; better says which way is good.
type chart struct {
	name     string
	better   string
	from, to string
	min, max float64
	points   []chartPoint
}

const (
	chartHeight = 24.2
	chartGap    = 7.0
)

// charts draws the courses side by side, three or four in a row, all alike.
func (s *sheet) charts(cs []chart) {
	perRow := 3
	if len(cs) == 4 || len(cs) > 6 {
		perRow = 4
	}
	w := (measure - float64(perRow-1)*chartGap) / float64(perRow)
	for i := 0; i < len(cs); i += perRow {
		s.need(chartHeight)
		for j, c := range cs[i:min(i+perRow, len(cs))] {
			s.chart(c, left+float64(j)*(w+chartGap), s.y, w)
		}
		s.y += chartHeight + 0.6
	}
}

func (s *sheet) chart(c chart, x, y, w float64) {
	name := s.wrap(label, c.name, w)
	if len(name) > 0 {
		s.put(x, y, style{7.4, "B", ink}, name[0])
	}
	s.put(x, y+3.4, fine, c.better)
	plotX, plotY, plotW, plotH := x+1.2, y+8.6, w-9, 12.2
	s.stroke(line, 0.15)
	for _, g := range []float64{0, 0.5, 1} {
		s.f.Line(x, plotY+g*plotH, x+w-7, plotY+g*plotH)
	}
	s.putRight(x+w, plotY-1.3, fine, number(c.max))
	s.putRight(x+w, plotY+plotH-1.3, fine, number(c.min))
	n := len(c.points)
	if n == 0 {
		s.put(x, plotY+plotH/2-1.4, fine, "no reading")
		return
	}
	first, last := c.points[0].day, c.points[n-1].day
	at := func(p chartPoint) (float64, float64) {
		part := 0.5
		if last > first {
			part = (p.day - first) / (last - first)
		}
		height := 0.0
		if c.max > c.min {
			height = (p.value - c.min) / (c.max - c.min)
		}
		return plotX + part*plotW, plotY + plotH*(1-min(max(height, 0), 1))
	}
	s.stroke(accent, 0.45)
	s.f.SetLineJoinStyle("round")
	for i, p := range c.points {
		if px, py := at(p); i == 0 {
			s.f.MoveTo(px, py)
		} else {
			s.f.LineTo(px, py)
		}
	}
	s.f.DrawPath("D")
	for i, p := range c.points {
		px, py := at(p)
		s.dot(px, py, i == n-1)
		if i == 0 || i == n-1 {
			s.value(px, py, x, x+w, plotY, number(p.value))
		}
	}
	s.put(x, plotY+plotH+0.9, fine, c.from)
	if n > 1 {
		s.putRight(x+w-7, plotY+plotH+0.9, fine, c.to)
	}
}

func (s *sheet) dot(x, y float64, full bool) {
	s.f.SetFillColor(accent.r, accent.g, accent.b)
	if !full {
		s.f.SetFillColor(white.r, white.g, white.b)
	}
	s.stroke(accent, 0.35)
	s.f.Circle(x, y, 0.75, "FD")
}

// value labels a reading above its point, or below where there is no room.
func (s *sheet) value(px, py, xMin, xMax, plotY float64, text string) {
	st := style{7.4, "B", accent}
	w := s.width(st, text)
	y := py - 4.1
	if py < plotY+1.5 {
		y = py + 1.0
	}
	s.put(min(max(px-w/2, xMin), xMax-7-w), y, st, text)
}

// number prints a value with at most one decimal and a real minus sign.
func number(v float64) string {
	t := strings.TrimSuffix(strconv.FormatFloat(v, 'f', 1, 64), ".0")
	if t == "-0" {
		t = "0"
	}
	return strings.Replace(t, "-", "\u2212", 1)
}

// signed is number with the sign of an increase.
func signed(v float64) string {
	if t := number(v); v > 0 && t != "0" {
		return "+" + t
	}
	return number(v)
}
