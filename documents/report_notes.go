package documents

import (
	"fmt"
	"strings"
)

// notes sets the SOAP notes behind the letter, from a page of their own.
func (s *sheet) notes(ns []SessionNote) {
	if len(ns) == 0 {
		return
	}
	s.newPage()
	s.title("Session notes", count(len(ns), "session"))
	for i, n := range ns {
		if i > 0 {
			s.y += 1.5
			s.need(30)
			if s.y > top {
				s.rule(line)
				s.y += 3
			}
		}
		s.note(n)
	}
}

func (s *sheet) note(n SessionNote) {
	const indent = 25
	s.put(left, s.y, section, join(" · ", n.Visit, day(n.On)))
	s.putRight(right, s.y+0.3, small, n.Therapist)
	s.y += section.lead() + 0.4
	minutes := ""
	if n.Minutes > 0 {
		minutes = fmt.Sprintf("%d minutes", n.Minutes)
	}
	s.paragraph(small, join(" · ", minutes, strings.Join(n.Regions, "; "), strings.Join(n.Techniques, ", "), strings.Join(n.Readings, "; ")))
	if n.Deviation != "" {
		s.notice("Work outside the order, recorded as a deviation: " + n.Deviation)
	}
	s.labelled("Subjective", n.Subjective, indent)
	s.labelled("Objective", n.Objective, indent)
	s.labelled("Assessment", n.Assessment, indent)
	s.labelled("Plan", n.Plan, indent)
	s.labelled("Response", n.Response, indent)
	s.labelled("Precautions", strings.Join(n.Precautions, "; "), indent)
	if n.Signed != "" {
		s.paragraph(aside, "Signed by "+n.Signed)
	}
	for _, a := range n.Addenda {
		s.labelled("Addendum", join(", ", a.At, a.By)+": "+a.Text, indent)
	}
}
