package documents

import (
	"strings"
	"time"

	"rapport/models"
)

// CardsPaper is a sheet of cards about partners, four on a page, to be cut.
type CardsPaper struct {
	Practice   Letterhead
	At         time.Time
	On         models.Date
	ForClients bool // to be handed out: it says only what the directory says
	Cards      []PartnerCard
}

// PartnerCard is one partner. What stands from Prefers on is the practice's own
// and never on a card that is handed out.
type PartnerCard struct {
	Name       string // with credentials
	Discipline string
	Office     string
	Address    []string
	Phone      string
	Fax        string
	Email      string
	Hours      []string
	Accepting  string
	Prefers    string
	Likes      string   // what they like to get, and how
	Staff      []string // whom one speaks to
	LastOn     models.Date
	Last       string // what came of the last contact
	NextOn     models.Date
	Next       string
	Notes      string
}

// A card in mm.
const (
	cardWidth  = 86.0
	cardHeight = 116.0
	cardGap    = measure - 2*cardWidth
)

// PartnerCards draws the sheet.
func PartnerCards(p CardsPaper) ([]byte, error) {
	return render("Partner cards", p.Practice.Name, p.At, func(s *sheet) error {
		for i, c := range p.Cards {
			if i > 0 && i%4 == 0 {
				s.newPage()
			}
			s.card(p, c, left+float64(i%2)*(cardWidth+cardGap), top+float64(i%4/2)*(cardHeight+6))
		}
		s.y = bottom
		return nil
	})
}

func (s *sheet) card(p CardsPaper, c PartnerCard, x, y float64) {
	s.stroke(line, 0.25)
	s.f.Rect(x, y, cardWidth, cardHeight, "D")
	s.fill(accent, x, y, cardWidth, 1.2)
	in, w, end := x+4, cardWidth-8, y+cardHeight-8
	at := y + 4
	put := func(st style, text string, most int) {
		for i, l := range s.wrap(st, text, w) {
			if i == most || at+st.lead() > end {
				return
			}
			s.put(in, at, st, l)
			at += st.lead()
		}
	}
	put(letters, c.Name, 2)
	put(small, c.Discipline, 1)
	at += 1.5
	put(strong, c.Office, 2)
	put(body, strings.Join(c.Address, ", "), 3)
	at += 1
	pairs := [][2]string{{"Phone", c.Phone}, {"Hours", strings.Join(c.Hours, "; ")}, {"New patients", c.Accepting}}
	if !p.ForClients {
		pairs = append(pairs, [][2]string{{"Fax", c.Fax}, {"E-mail", c.Email}, {"Prefers", c.Prefers}, {"Likes to get", c.Likes}, {"Speak to", strings.Join(c.Staff, "\n")},
			{"Last contact", join(", ", day(c.LastOn), c.Last)}, {"Next", join(", by ", c.Next, day(c.NextOn))}, {"Notes", c.Notes}}...)
	}
	for _, f := range pairs {
		at = s.cardLine(in, at, w, end, f)
	}
	foot := "For the practice only · " + day(p.On)
	if p.ForClients {
		foot = "With the compliments of " + p.Practice.Name + prefixed(", ", p.Practice.Phone)
	}
	if ls := s.wrap(fine, foot, w); len(ls) > 0 {
		s.put(in, y+cardHeight-5, fine, ls[0])
	}
}

// cardLine sets a label and its text; what the card has no room for is left out.
func (s *sheet) cardLine(x, at, w, end float64, f [2]string) float64 {
	const indent = 22.0
	ls := s.wrap(body, f[1], w-indent)
	if len(ls) == 0 || at+body.lead() > end {
		return at
	}
	s.put(x, at+0.4, label, f[0])
	for i, l := range ls {
		if at+body.lead() > end {
			break
		}
		if i+1 < len(ls) && at+2*body.lead() > end {
			l += " …"
		}
		s.put(x+indent, at, body, l)
		at += body.lead()
	}
	return at + 0.8
}
