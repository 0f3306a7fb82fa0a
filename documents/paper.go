package documents

import (
	"strconv"
	"strings"
	"time"

	"rapport/models"
)

// Letterhead is who writes: the practice.
type Letterhead struct {
	Name    string
	Address []string // lines
	Phone   string
	Fax     string
	Email   string
}

// Addressee is to whom a paper goes. Either name may be empty.
type Addressee struct {
	Name    string // with credentials: "Dr. Ana Muñoz, DC"
	Office  string
	Address []string
	Phone   string
	Fax     string
}

// Person is the client whom a paper is about.
type Person struct {
	Name string
	Born models.Date
}

// Identity is what stands on every page, so that a page that went astray can
// be told and a paper can be checked.
type Identity struct {
	DocumentID  string
	ContentHash string    // SHA-256 over the canonical content, in hex
	At          time.Time // when it was made, for the PDF's own dates
	Revision    int       // 0 and 1 are the first
	Replaces    string    // document id of the revision before
}

const confidential = "Confidential health information, for the named recipient only. If it reached you by mistake, " +
	"please call the practice and destroy it."

// day writes a date the way letters do, "Mar 14, 2026"; "" for none.
func day(d models.Date) string {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return ""
	}
	return t.Format("Jan 2, 2006")
}

// dayShort leaves out the year.
func dayShort(d models.Date) string {
	text, _, _ := strings.Cut(day(d), ",")
	return text
}

// count writes a number with its noun: "1 visit", "3 visits".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// letterhead draws the practice at the head of the first page.
func (s *sheet) letterhead(l Letterhead) {
	start := s.y
	for _, t := range s.wrap(letters, l.Name, measure*0.46) {
		s.put(left, s.y, letters, t)
		s.y += letters.lead()
	}
	y := start + 0.6
	for _, t := range []string{strings.Join(l.Address, ", "),
		join(" · ", prefixed("Phone ", l.Phone), prefixed("Fax ", l.Fax), l.Email)} {
		for _, w := range s.wrap(small, t, measure*0.52) {
			s.putRight(right, y, small, w)
			y += small.lead()
		}
	}
	s.y = max(s.y, y) + 0.8
	s.stroke(accent, 0.6)
	s.f.Line(left, s.y, right, s.y)
	s.y += 4
}

func prefixed(prefix, text string) string {
	if text == "" {
		return ""
	}
	return prefix + text
}

// addressed draws date and recipient beside the client whom it is about.
func (s *sheet) addressed(on models.Date, to Addressee, about Person, notes ...string) {
	const split = 104.0
	start := s.y
	put := func(st style, text string) {
		for _, t := range s.wrap(st, text, split-6) {
			s.put(left, s.y, st, t)
			s.y += st.lead()
		}
	}
	put(style{9, "", muted}, day(on))
	s.y += 1
	put(strong, to.Name)
	put(body, to.Office)
	put(body, strings.Join(to.Address, ", "))
	put(small, join(" · ", prefixed("Phone ", to.Phone), prefixed("Fax ", to.Fax)))
	end := s.y
	if about.Name != "" {
		end = max(end, s.about(start, left+split, about, notes))
	}
	s.y = end + 2.5
}

// about draws the field that names the client and returns where it ends.
func (s *sheet) about(y, x float64, about Person, notes []string) float64 {
	w := right - x - 8
	name := s.wrap(style{10.5, "B", ink}, about.Name, w)
	var rest []string
	for _, n := range append([]string{"Born " + day(about.Born)}, notes...) {
		rest = append(rest, s.wrap(body, n, w)...)
	}
	h := label.lead() + float64(len(name))*style{size: 10.5}.lead() + float64(len(rest))*body.lead() + 5
	s.fill(tint, x, y, right-x, h)
	s.fill(accent, x, y, 0.9, h)
	y += 2.2
	s.put(x+4, y, label, "Re:")
	y += label.lead() + 0.3
	for _, n := range name {
		s.put(x+4, y, style{10.5, "B", ink}, n)
		y += style{size: 10.5}.lead()
	}
	for _, r := range rest {
		s.put(x+4, y, body, r)
		y += body.lead()
	}
	return y + 2.2
}

// identified sets the foot of every page. about is empty on papers that name
// no client; under says under which authority the paper goes out.
func (s *sheet) identified(id Identity, about Person, under string) {
	who := about.Name
	if about.Born != "" {
		who += " · born " + day(about.Born)
	}
	what := join(" · ", prefixed("Document ", id.DocumentID), id.revision(), prefixed("Content SHA-256 ", id.ContentHash))
	s.footer(func(page, pages int) {
		y := bottom + 2.5
		s.stroke(line, 0.2)
		s.f.Line(left, y, right, y)
		y += 1.2
		s.put(left, y, style{6.8, "B", ink}, who)
		s.putRight(right, y, style{6.8, "B", ink}, "Page "+strconv.Itoa(page)+" of "+strconv.Itoa(pages))
		for _, t := range []string{what, join(" ", under, confidential)} {
			y += 3
			for i, l := range s.wrap(fine, t, measure) {
				s.put(left, y+float64(i)*2.8, fine, l)
			}
		}
	})
}

func (id Identity) revision() string {
	if id.Revision < 2 {
		return ""
	}
	return "revision " + strconv.Itoa(id.Revision)
}

// replaces is the sentence of a revision.
func (id Identity) replaces() string {
	if id.Revision < 2 {
		return ""
	}
	return "Revision " + strconv.Itoa(id.Revision) + " replaces document " + id.Replaces + "."
}
