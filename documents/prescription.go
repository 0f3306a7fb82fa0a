package documents

import (
	"strconv"
	"strings"

	"rapport/models"
)

// PrescriptionPaper is one version of an order on paper.
type PrescriptionPaper struct {
	Identity
	Status     string // "active", in words
	Version    int
	Practice   Letterhead // who carries it out
	Prescriber Addressee
	NPI        string
	Licence    string
	Client     Person
	IssuedOn   models.Date
	Diagnoses  []string
	Regions    []string
	Minutes    int
	Frequency  string
	Visits     string // "12 visits", or that the prescriber set no limit
	ValidFrom  models.Date
	ValidUntil models.Date
	Expiry     string // in words, with the clock: "not one day past, counted from the day of issue"
	Allowed    []string
	Excluded   []string
	Precaution []string
	Goals      []string
	Procedures []string // CPT numbers, without their text
	Payer      string
	Claim      string
	Reports    string // "every 6 visits or 30 days"
	SelfPay    string
	Reason     string // the prescriber's plain words for the client
	Words      string // further instructions
	Source     string // "Transcribed from fax by …", empty when submitted in the portal
	Signature  Signature
}

// Prescription draws the order on one page where its texts are not too long.
func Prescription(p PrescriptionPaper) ([]byte, error) {
	return render("Order for massage therapy", p.Prescriber.Name, p.At, func(s *sheet) error {
		s.identified(p.Identity, p.Client, "")
		s.letterhead(Letterhead{Name: first(p.Prescriber.Office, p.Prescriber.Name), Address: p.Prescriber.Address, Phone: p.Prescriber.Phone, Fax: p.Prescriber.Fax})
		s.addressed(p.IssuedOn, Addressee{Name: p.Practice.Name, Address: p.Practice.Address, Phone: p.Practice.Phone, Fax: p.Practice.Fax}, p.Client, prefixed("Claim ", p.Claim), p.Payer)
		s.title("Order for massage therapy", join(" · ", p.Status, version(p.Version)))
		if t := p.replaces(); t != "" {
			s.notice(t)
		}
		s.glance(p.tiles())
		const indent = 42
		s.space(2)
		for _, l := range [][2]string{
			{"Diagnosis (ICD-10-CM)", strings.Join(p.Diagnoses, ", ")}, {"Regions and sides", strings.Join(p.Regions, "; ")},
			{"Valid", join("; ", between(p.ValidFrom, p.ValidUntil), p.Expiry)},
			{"Techniques allowed", strings.Join(p.Allowed, ", ")}, {"Techniques excluded", strings.Join(p.Excluded, ", ")},
			{"Precautions", strings.Join(p.Precaution, "; ")}, {"Goals", strings.Join(p.Goals, "; ")},
			{"Procedure codes", strings.Join(p.Procedures, ", ")}, {"Reports", p.Reports}, {"Self-pay sessions", p.SelfPay},
			{"For the client", p.Reason}, {"Instructions", p.Words}, {"Source", p.Source},
		} {
			s.labelled(l[0], l[1], indent)
		}
		s.space(4)
		s.need(20)
		h, err := s.signature(p.Signature, left, 110)
		s.y += h
		s.paragraph(small, join(" · ", p.Prescriber.Name, prefixed("NPI ", p.NPI), prefixed("License ", p.Licence)))
		return err
	})
}

func (p PrescriptionPaper) tiles() []tile {
	ts := []tile{{"Regions", strings.Join(p.Regions, "; "), ""}}
	if p.Minutes > 0 {
		ts = append(ts, tile{"Hands-on minutes", "up to " + strconv.Itoa(p.Minutes), "each visit"})
	}
	return append(ts, tile{"Frequency", first(p.Frequency, "not limited"), ""}, tile{"Visits", p.Visits, prefixed("until ", day(p.ValidUntil))})
}

func version(n int) string {
	if n < 1 {
		return ""
	}
	return "version " + strconv.Itoa(n)
}

// between names both days, which are both inside.
func between(from, until models.Date) string {
	return join(" ", prefixed("from ", day(from)), prefixed("through ", day(until)))
}
