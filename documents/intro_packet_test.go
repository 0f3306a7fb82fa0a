package documents

import (
	"strings"
	"testing"

	"rapport/models"
)

func introPaper() IntroPaper {
	return IntroPaper{Identity: Identity{At: someDay}, Practice: practice, To: drMunoz, On: "2026-03-02",
		About:      "We are three licensed massage therapists in Seattle. For twelve years we have looked after people with neck and back pain together with their doctors: on your order, within it, and with a report that you can read in half a minute.",
		Treats:     []string{"Neck and back pain", "Tension headache and jaw pain", "After accidents, in agreement with the insurer", "Pregnancy", "Overuse of arm and hand"},
		Techniques: []string{"Petrissage (kneading)", "Myofascial release", "Trigger point therapy"}, Languages: []string{"English", "Español", "Tiếng Việt", "Polski"},
		Payment: []string{"Premera, Regence, Kaiser PPO", "Labor & Industries", "Personal injury", "Cards"}, Hours: []string{"Mon to Thu 9–19", "Fri 9–15"},
		HowToRefer: "Fax the form behind this letter. We call your patient on the same day.", Access: "Free parking behind the house, no steps, bus 44.", ReportWithin: 3,
		Reports: models.ReportEvery{Sessions: 6, Days: 30}, FaxTo: "(206) 555-0143",
		Therapists: []TherapistLine{{"Rosa Lindqvist", "WA MA60123456", "1234567893", "Medical massage (300 h), prenatal"}, {"Łukasz Żółć", "WA MA60123457", "", ""},
			{"Nguyễn Thị Hồng", "WA MA60123458", "1245319599", "Lymphatic drainage"}},
		Results:   []ResultLine{{"Neck Disability Index", 41, 29}},
		Signature: Signature{Name: "Rosa Lindqvist", Licence: "WA MA60123456", Role: "Massage therapist", At: "Written Mar 2, 2026, 12:00 PM PST"}}
}

func TestThePacketIsALetterAndAFormAndNamesNobodyTreated(t *testing.T) {
	doc, err := IntroPacket(introPaper())
	ps := pages(t, made(t, doc, err))
	if len(ps) != 2 {
		t.Fatalf("%d pages, want a letter and a form", len(ps))
	}
	for _, want := range []string{"Łukasz Żółć", "Nguyễn Thị Hồng", "Tiếng Việt", "NPI", "1234567893", "within 3 working days", "every 6 visits or 30 days", "29 of 41 clients"} {
		if !strings.Contains(strings.Join(strings.Fields(ps[0]), " "), want) {
			t.Errorf("the letter lacks %q", want)
		}
	}
	for _, want := range []string{"Patient's name", "Diagnosis (ICD-10-CM)", "Low back (lumbar)", "Visits in all", "Please fax this page to (206) 555-0143", "NPI"} {
		if !strings.Contains(ps[1], want) {
			t.Errorf("the form lacks %q", want)
		}
	}
}

func TestAPacketOfTheLongestProfileKeepsItsFormOnTheLastPage(t *testing.T) {
	p := introPaper()
	p.About = strings.Repeat("Nguyễn ", 100)
	lines := func(n, long int) (out []string) {
		for range n {
			out = append(out, strings.Repeat("wide ", long/5))
		}
		return out
	}
	p.Treats, p.Languages, p.Payment, p.Hours = lines(12, 80), lines(12, 40), lines(10, 80), lines(7, 60)
	p.HowToRefer, p.Access = strings.Repeat("Fax us. ", 50), strings.Repeat("Park. ", 50)
	doc, err := IntroPacket(p)
	ps := pages(t, made(t, doc, err))
	if len(ps) > 3 || !strings.Contains(ps[len(ps)-1], "Signature of the prescriber") || strings.Contains(ps[0], "Signature of the prescriber") {
		t.Errorf("%d pages", len(ps))
	}
}

func TestAnEmptyPacketIsStillDrawn(t *testing.T) {
	doc, err := IntroPacket(IntroPaper{})
	if ps := pages(t, made(t, doc, err)); !strings.Contains(ps[1], "give this page to your patient") {
		t.Errorf("the form does not say where to: %s", ps[1])
	}
}
