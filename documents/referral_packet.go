package documents

import (
	"strings"

	"rapport/models"
)

// ReferralPaper is the packet that goes out with a referral: a letter that
// says who, why and until when, and behind it what the release covers.
type ReferralPaper struct {
	Identity
	Practice  Letterhead
	To        Addressee
	Client    Person
	Reach     []string // how to reach the client; empty where that is not released
	On        models.Date
	Urgent    bool
	WantedBy  models.Date
	Reason    string
	Order     *OrderSummary // of the order that the client is treated under
	Measures  []MeasureLine
	Enclosed  []string // what is in the packet, in words
	LeftOut   []string // what the release does not cover
	Release   string   // under which authority it goes out
	AnswerBy  models.Date
	ReplyTo   string
	Signature Signature
}

// ReferralPacket draws the packet.
func ReferralPacket(p ReferralPaper) ([]byte, error) {
	return render("Referral", p.Practice.Name, p.At, func(s *sheet) error {
		s.identified(p.Identity, p.Client, p.Release)
		s.letterhead(p.Practice)
		s.addressed(p.On, p.To, p.Client, p.Reach...)
		beside := ""
		if p.Urgent {
			beside = "Urgent"
		}
		s.title("Referral", beside)
		s.paragraph(body, "We would like to send this person to you and ask for your assessment and care.")
		const indent = 30
		s.labelled("Why", p.Reason, indent)
		s.labelled("Wanted by", day(p.WantedBy), indent)
		s.labelled("Please answer", prefixed("by ", day(p.AnswerBy)), indent)
		if p.Order != nil {
			s.heading("Present order for massage", 10)
			s.facts(4, [][2]string{{"Diagnosis", strings.Join(p.Order.Diagnoses, ", ")}, {"Regions", strings.Join(p.Order.Regions, "; ")},
				{"Frequency", p.Order.Frequency}, {"Visits", p.Order.visits()}})
		}
		s.measures(p.Measures)
		s.space(1)
		s.labelled("Enclosed", strings.Join(p.Enclosed, "; "), indent)
		if len(p.LeftOut) > 0 {
			s.labelled("Left out", strings.Join(p.LeftOut, "; ")+". The client's release does not cover it.", indent)
		}
		s.space(3)
		if err := s.signed(p.Signature); err != nil {
			return err
		}
		s.referralReply(p.ReplyTo)
		return nil
	})
}

// referralReply is what a recipient may answer without writing a letter.
func (s *sheet) referralReply(how string) {
	const h = 28.0
	s.space(2)
	s.need(h)
	y := s.y
	s.stroke(accent, 0.3)
	s.f.Rect(left, y, measure, h, "D")
	s.put(left+3, y+1.6, strong, "Your answer")
	s.putRight(right-3, y+1.9, small, how)
	for i, c := range []string{"We take this person", "We cannot; the reason:", "Please call me"} {
		x := left + 3 + float64(i)*58
		s.box(x, y+6.4, false)
		s.put(x+5, y+6.4, body, c)
	}
	s.stroke(line, 0.2)
	s.blank(left+3, y+16, 80, "First appointment")
	s.blank(left+90, y+16, measure-93, "Reason or remark")
	s.blank(left+3, y+23.4, 105, "Signature")
	s.blank(left+117, y+23.4, measure-120, "Date")
	s.y += h + 2
}

// ThanksPaper thanks a provider for a referral. It names nobody: a letter may
// be opened at the desk.
type ThanksPaper struct {
	Identity
	Practice  Letterhead
	To        Addressee
	On        models.Date
	First     bool // the first referral that they ever sent
	Signature Signature
}

// Thanks draws the letter.
func Thanks(p ThanksPaper) ([]byte, error) {
	return render("Thank you", p.Practice.Name, p.At, func(s *sheet) error {
		s.identified(p.Identity, Person{}, "")
		s.letterhead(p.Practice)
		s.addressed(p.On, p.To, Person{})
		s.title("Thank you for your referral", "")
		big := style{11, "", ink}
		opening := "Thank you for sending one of your patients to us again."
		if p.First {
			opening = "Thank you for sending one of your patients to us for the first time. We are glad of your trust."
		}
		for _, t := range []string{opening, "The first visit has taken place. You will hear from us how it goes, as far as your patient lets us tell you.",
			"If there is anything that we can do better for you or for your patients, please call us" + prefixed(" at ", p.Practice.Phone) + "."} {
			s.paragraph(big, t)
			s.space(2)
		}
		s.space(6)
		return s.signed(p.Signature)
	})
}
