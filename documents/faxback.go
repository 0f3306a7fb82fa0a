package documents

import (
	"strconv"

	"rapport/models"
)

// FaxBackPaper asks a prescriber without an account to decide on a change
// request, on one page that goes back by fax.
type FaxBackPaper struct {
	Identity
	Practice    Letterhead
	Doctor      Addressee
	Client      Person
	On          models.Date
	Order       OrderSummary
	ClientWords string // only if the client agreed that they be passed on
	Note        string // the therapist's own words
	Changes     []ScopeChange
	LapsesOn    models.Date // unanswered until then, the order stands
	FaxTo       string
	FormID      string
}

// ScopeChange is one field of the scope, as it is and as it is asked for.
type ScopeChange struct{ Field, Now, Asked string }

// FaxBack draws the form.
func FaxBack(f FaxBackPaper) ([]byte, error) {
	return render("Change request", f.Practice.Name, f.At, func(s *sheet) error {
		s.identified(f.Identity, f.Client, "")
		s.letterhead(f.Practice)
		s.addressed(f.On, f.Doctor, f.Client, prefixed("Order of ", day(f.Order.IssuedOn)), prefixed("Claim ", f.Order.Claim))
		s.title("May the order be changed?", "Form "+f.FormID)
		s.paragraph(body, "Your order stands as it is until you decide otherwise."+
			prefixed(" Without an answer by ", day(f.LapsesOn))+stop(f.LapsesOn, ", this request lapses and nothing changes."))
		s.order(f.Order)
		var rows [][]cell
		for _, c := range f.Changes {
			rows = append(rows, []cell{{text: c.Field}, {text: first(c.Now, "–")}, {text: c.Asked, st: strong}})
		}
		s.space(2)
		s.table([]column{{title: "What is asked for", share: 4, names: true}, {title: "Now", share: 5}, {title: "Asked for", share: 5}}, rows)
		s.labelled("Client says", quoted(f.ClientWords), 25)
		s.labelled("Therapist", f.Note, 25)
		s.decision(f)
		return nil
	})
}

func stop(on models.Date, text string) string {
	if on == "" {
		return ""
	}
	return text
}

func quoted(text string) string {
	if text == "" {
		return ""
	}
	return "“" + text + "”"
}

// decision is the part that the prescriber fills in, kept on one page.
func (s *sheet) decision(f FaxBackPaper) {
	const h = 88.0
	s.space(3)
	s.need(h)
	y := s.y
	s.stroke(accent, 0.4)
	s.f.Rect(left, y, measure, h, "D")
	s.put(left+4, y+3, section, "Decision of the prescriber")
	y += 11
	for _, c := range []string{"Approve as asked for", "Approve with these changes:", "Decline. The order stays as it is. Reason:"} {
		s.box(left+4, y, false)
		s.put(left+10, y, body, c)
		if c != "Approve as asked for" {
			s.stroke(line, 0.25)
			s.f.Line(left+10, y+11.5, right-4, y+11.5)
			y += 8
		}
		y += 7
	}
	y += 12
	s.blank(left+4, y, 105, "Signature")
	s.blank(left+117, y, measure-121, "Date")
	y += 13
	s.blank(left+4, y, 105, "Printed name and credentials")
	s.blank(left+117, y, measure-121, "NPI")
	s.y += h + 3
	s.need(14)
	s.fill(tint, left, s.y, measure, 12)
	s.put(left+4, s.y+2.6, style{12, "B", accent}, "Please fax this page to "+first(f.FaxTo, f.Practice.Fax))
	s.putRight(right-4, s.y+3.4, small, join(" · ", "Form "+f.FormID, prefixed("Questions: ", f.Practice.Phone)))
	s.y += 14
}

// CoverPaper is the first page of a fax. It names no client and no clinical
// matter: a cover lies in the open.
type CoverPaper struct {
	Identity
	Practice Letterhead
	To       Addressee
	From     string // who sends it
	On       models.Date
	Pages    int    // with the cover
	Note     string // nothing about a client
}

// FaxCover draws the cover sheet.
func FaxCover(c CoverPaper) ([]byte, error) {
	return render("Fax cover sheet", c.Practice.Name, c.At, func(s *sheet) error {
		s.identified(c.Identity, Person{}, "")
		s.letterhead(c.Practice)
		s.y += 8
		s.put(left, s.y, style{30, "B", accent}, "Fax")
		s.y += 22
		big := style{11, "", ink}
		for _, p := range [][2]string{
			{"To", join(", ", c.To.Name, c.To.Office)}, {"Fax", c.To.Fax}, {"Phone", c.To.Phone}, {"From", join(", ", c.From, c.Practice.Name)},
			{"Reply fax", c.Practice.Fax}, {"Date", day(c.On)}, {"Pages", pagesWithCover(c.Pages)}, {"About", "Correspondence about a patient in our shared care"}, {"Note", c.Note},
		} {
			ls := s.wrap(big, p[1], measure-32)
			if len(ls) == 0 {
				continue
			}
			s.put(left, s.y+0.6, label, p[0])
			s.lines(left+32, big, ls)
			s.y += 1.6
			s.rule(line)
			s.y += 2.2
		}
		s.y += 8
		s.heading("Confidential", 30)
		s.paragraph(body, "This fax holds health information that is protected by law. It is meant for the person or office named above and for nobody else. "+
			"If you are not that person, you may not read, copy, use or pass it on. If it reached you by mistake, please call "+
			first(c.Practice.Phone, c.Practice.Name)+" at once and destroy all pages; we will arrange everything else.")
		return nil
	})
}

func pagesWithCover(n int) string {
	if n < 1 {
		return ""
	}
	return strconv.Itoa(n) + " with this cover"
}
