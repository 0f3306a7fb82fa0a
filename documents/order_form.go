package documents

import "rapport/models"

// orderForm is a page that a prescriber fills in by pen and faxes back: all
// that an order needs to lock its scope.
func (s *sheet) orderForm(p IntroPaper) {
	s.letterhead(p.Practice)
	s.title("Order for massage therapy", "Please write clearly")
	s.pens(12, pen{"Patient's name", 3}, pen{"Date of birth", 1.4}, pen{"Phone", 1.6})
	s.pens(10, pen{"Diagnosis (ICD-10-CM)", 3}, pen{"Insurance, claim number", 3})
	s.heading("Regions", 50)
	s.regionBoxes()
	s.heading("How much", 20)
	s.pens(8, pen{"Visits in all", 1}, pen{"per week", 1}, pen{"Minutes each, at most", 1.4}, pen{"Valid until", 1.4})
	s.pens(10, pen{"Techniques wished for, or excluded", 3}, pen{"Precautions", 3})
	s.pens(10, pen{"Goals, remarks", 1})
	s.y += 1
	for i, c := range []string{"Call me before the first visit", "The patient's permission to report to me is enclosed", "Report to the insurer too"} {
		x := left + float64(i)*50
		if i == 2 {
			x += 34
		}
		s.box(x, s.y, false)
		s.put(x+5, s.y, body, c)
	}
	s.y += 8
	s.pens(13, pen{"Signature of the prescriber", 3}, pen{"Date", 1.2})
	s.pens(11, pen{"Printed name and credentials", 3}, pen{"NPI", 1.2})
	s.pens(11, pen{"Office", 3}, pen{"Phone", 1.2}, pen{"Fax", 1.2})
	s.y += 2
	s.need(14)
	s.fill(tint, left, s.y, measure, 12)
	back := "Please fax this page to " + first(p.FaxTo, p.Practice.Fax)
	if first(p.FaxTo, p.Practice.Fax) == "" {
		back = "Please give this page to your patient, or mail it to us"
	}
	s.put(left+4, s.y+2.6, style{12, "B", accent}, back)
	s.putRight(right-4, s.y+3.4, small, prefixed("Questions: ", p.Practice.Phone))
	s.y += 14
}

// pen is a line to write on, with its share of the width.
type pen struct {
	caption string
	share   float64
}

// pens sets lines to write on beside each other, the lines h mm below.
func (s *sheet) pens(h float64, ps ...pen) {
	s.need(h + 4)
	all := 0.0
	for _, p := range ps {
		all += p.share
	}
	const gap = 6
	x, room := left, measure-gap*float64(len(ps)-1)
	for _, p := range ps {
		w := room * p.share / all
		s.blank(x, s.y+h, w, p.caption)
		x += w + gap
	}
	s.y += h + 4
}

// regionBoxes offers every region with its sides, in three columns.
func (s *sheet) regionBoxes() {
	all := models.Regions()
	const columns, h = 3, 5.0
	rows := (len(all) + columns - 1) / columns
	w := measure / columns
	for i, r := range all {
		x, y := left+float64(i/rows)*w, s.y+float64(i%rows)*h
		if r.Lateral {
			s.put(x, y+0.3, label, "L")
			s.box(x+2.6, y, false)
			s.put(x+7.4, y+0.3, label, "R")
			s.box(x+10, y, false)
		} else {
			s.box(x+10, y, false)
		}
		s.put(x+14.5, y+0.2, style{8, "", ink}, r.Label)
	}
	s.y += float64(rows) * h
}
