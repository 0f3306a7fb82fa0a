package documents

import (
	"strconv"
	"strings"

	"rapport/models"
)

// IntroPaper introduces a practice to an office: a letter, and behind it an
// order form to fax back. It holds nothing about any client.
type IntroPaper struct {
	Identity
	Practice     Letterhead
	To           Addressee // empty on a packet that is handed to anybody
	On           models.Date
	About        string
	Treats       []string
	Techniques   []string
	Languages    []string
	Payment      []string
	Hours        []string
	HowToRefer   string
	Access       string
	ReportWithin int // working days; 0: none is promised
	Reports      models.ReportEvery
	Therapists   []TherapistLine
	Results      []ResultLine
	FaxTo        string
	Signature    Signature
}

// TherapistLine is who treats, with what lets them.
type TherapistLine struct {
	Name     string
	Licence  string // "WA MA60123456"
	NPI      string
	Training string
}

// ResultLine is what came of the care of so many clients by one instrument.
type ResultLine struct {
	Instrument string
	Clients    int
	Improved   int // of them, by more than a change that matters
}

// IntroPacket draws the packet.
func IntroPacket(p IntroPaper) ([]byte, error) {
	return render("Introduction", p.Practice.Name, p.At, func(s *sheet) error {
		s.introFooter(p)
		s.letterhead(p.Practice)
		s.addressed(p.On, p.To, Person{})
		s.title("Massage therapy for your patients", "")
		s.paragraph(style{10, "", ink}, p.About)
		const indent = 34
		for _, l := range [][2]string{{"We treat", strings.Join(p.Treats, "; ")}, {"Techniques", strings.Join(p.Techniques, ", ")}, {"Languages", strings.Join(p.Languages, ", ")},
			{"Hours", strings.Join(p.Hours, "; ")}, {"Payment", strings.Join(p.Payment, "; ")}, {"Finding us", p.Access}} {
			s.labelled(l[0], l[1], indent)
		}
		s.heading("What you can rely on", 10)
		for _, t := range p.promises() {
			s.bullet(t)
		}
		s.heading("How to refer", 8)
		s.paragraph(body, first(p.HowToRefer, "Fax the order form behind this letter, call us, or write the order in the portal."))
		s.therapists(p.Therapists)
		s.results(p.Results)
		s.space(4)
		if err := s.signed(p.Signature); err != nil {
			return err
		}
		s.newPage()
		s.orderForm(p)
		return nil
	})
}

// promises say how the practice works with who sends it patients.
func (p IntroPaper) promises() []string {
	out := []string{"We keep to your order: its regions, minutes and number of visits. If your patient wishes for more, we ask you first, and your order stands until you answer."}
	when := "You get a report after the first visit, " + p.every() + "and at the end of care"
	if p.ReportWithin > 0 {
		when += ", each within " + count(p.ReportWithin, "working day")
	}
	return append(out, when+", as far as your patient lets us tell you.",
		"Each report fits on one page: function and pain then and now, whether the change is more than measurement error, visits left, and what we recommend. The notes stand behind it.")
}

func (p IntroPaper) every() string {
	switch e := p.Reports; {
	case e.Sessions > 0 && e.Days > 0:
		return "every " + count(e.Sessions, "visit") + " or " + count(e.Days, "day") + ", "
	case e.Sessions > 0:
		return "every " + count(e.Sessions, "visit") + ", "
	case e.Days > 0:
		return "every " + count(e.Days, "day") + ", "
	}
	return ""
}

func (s *sheet) therapists(ts []TherapistLine) {
	if len(ts) == 0 {
		return
	}
	s.space(2)
	var rows [][]cell
	for _, t := range ts {
		rows = append(rows, texts(t.Name, t.Licence, t.NPI, t.Training))
	}
	s.table([]column{{title: "Who treats", share: 4, names: true}, {title: "License", share: 3}, {title: "NPI", share: 2.4}, {title: "Training", share: 5}}, rows)
}

func (s *sheet) results(rs []ResultLine) {
	if len(rs) == 0 {
		return
	}
	s.heading("What came of it, in the last two years", 8)
	for _, r := range rs {
		s.bullet(strconv.Itoa(r.Improved) + " of " + count(r.Clients, "client") + " improved by more than the smallest change that matters (" + r.Instrument + ").")
	}
}

// introFooter names the practice on every page; nothing here is confidential.
func (s *sheet) introFooter(p IntroPaper) {
	s.footer(func(page, pages int) {
		y := bottom + 2.5
		s.stroke(line, 0.2)
		s.f.Line(left, y, right, y)
		s.put(left, y+1.2, fine, join(" · ", p.Practice.Name, prefixed("Phone ", p.Practice.Phone), prefixed("Fax ", p.Practice.Fax)))
		s.putRight(right, y+1.2, fine, "Page "+strconv.Itoa(page)+" of "+strconv.Itoa(pages))
		words := "This packet holds no information about any patient."
		if page == pages {
			words = "Once filled in, this page is confidential health information for the practice named above. If it reached you by mistake, please call them and destroy it."
		}
		s.put(left, y+4.2, fine, words)
	})
}
