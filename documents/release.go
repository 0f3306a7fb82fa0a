package documents

import (
	"rapport/models"
)

// ReleasePaper is a client's permission to share information, with every
// element and statement that 45 CFR 164.508(c) asks for. The three statements
// are wording of this package.
type ReleasePaper struct {
	Identity
	Practice       Letterhead
	Client         Person
	What           []string // kinds of information, in the client's words
	Discloses      string   // who may share it; the practice when empty
	Receives       []string // persons, or classes of persons at a named office
	Purposes       []string
	ExpiresOn      models.Date
	ExpiryEvent    string // an event tied to the client or the purpose
	RevokeTo       string // where a revocation goes besides the practice's address
	Representative *Representative
	Signature      Signature // blank: to be signed with a pen
	Witness        *Signature
	Electronic     string   // the consent to electronic records as it was shown, when signed so
	Evidence       []string // how the electronic signature is proved
}

// Representative signs for the client (164.508(c)(1)(vi)).
type Representative struct{ Name, Relation, Authority string }

// ReleaseForm draws the form, blank or signed.
func ReleaseForm(r ReleasePaper) ([]byte, error) {
	return render("Permission to share health information", r.Practice.Name, r.At, func(s *sheet) error {
		s.identified(r.Identity, r.Client, "")
		s.letterhead(r.Practice)
		s.title("Permission to share my health information", "")
		s.paragraph(style{9, "", muted}, "Authorization to disclose health information (45 CFR 164.508). Please read it; ask us whatever is unclear.")
		s.facts(2, [][2]string{{"Client", r.Client.Name}, {"Born", day(r.Client.Born)}})
		s.part("1. What may be shared", r.What...)
		s.paragraph(aside, "Alcohol or drug treatment, HIV or AIDS, mental health, reproductive health and genetic information are shared only if they are listed above.")
		s.part("2. Who may share it", first(r.Discloses, r.Practice.Name))
		s.part("3. Who may receive it", r.Receives...)
		s.part("4. Why", r.Purposes...)
		s.part("5. When this permission ends", r.ends())
		s.part("6. What you should know", r.rights()...)
		return s.releaseSignatures(r)
	})
}

// part is a numbered section with one line for each item.
func (s *sheet) part(heading string, items ...string) {
	s.heading(heading, 6)
	for _, item := range items {
		if len(items) > 1 {
			s.bullet(item)
		} else {
			s.lines(left, body, s.wrap(body, item, measure))
		}
	}
	s.y += 0.4
}

func (s *sheet) bullet(text string) {
	ls := s.wrap(body, text, measure-4)
	if len(ls) == 0 {
		return
	}
	s.need(min(2, float64(len(ls))) * body.lead())
	s.put(left, s.y, body, "•")
	s.lines(left+4, body, ls)
	s.y += 0.5
}

func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

func (r ReleasePaper) ends() string {
	event := prefixed("When this happens: ", r.ExpiryEvent)
	switch {
	case r.ExpiresOn == "":
		return event
	case event == "":
		return "On " + day(r.ExpiresOn) + "."
	default:
		return "On " + day(r.ExpiresOn) + ", or earlier when this happens: " + r.ExpiryEvent
	}
}

// rights are the statements of 164.508(c)(2), with (b)(5), and (c)(4).
func (r ReleasePaper) rights() []string {
	to := r.Practice.Name
	for _, a := range r.Practice.Address {
		to += ", " + a
	}
	if r.RevokeTo != "" {
		to += ", or " + r.RevokeTo
	}
	return []string{
		"You may take this permission back at any time, in writing. Send or hand a signed note to " + to + ". It counts from the moment we receive it. " +
			"We cannot take back what we shared before that, relying on your permission.",
		"You do not have to sign. Whether we treat you, what you pay, and whether you can enroll in or are eligible for a benefit do not depend on it.",
		"Whoever receives your information may pass it on, and federal privacy law may then no longer protect it.",
		"You may keep a copy of this form. We give you one when you have signed.",
	}
}

func (s *sheet) releaseSignatures(r ReleasePaper) error {
	s.heading("7. Signature", 34)
	if r.Electronic != "" {
		s.choices([]choice{{r.Electronic, true}})
	}
	s.need(30)
	h, err := s.signature(withRole(r.Signature, "Client or representative"), left, 100)
	if err != nil {
		return err
	}
	if r.Witness != nil {
		if _, err := s.signature(withRole(*r.Witness, "Witness"), left+108, measure-108); err != nil {
			return err
		}
	}
	s.y += h
	if p := r.Representative; p != nil {
		s.facts(3, [][2]string{{"Signed for the client by", p.Name}, {"Relation", p.Relation}, {"Authority to sign", p.Authority}})
	} else if r.Signature.Name == "" && len(r.Signature.Image) == 0 {
		s.y += 8
		s.blank(left, s.y, 100, "If a representative signs: printed name")
		s.blank(left+108, s.y, measure-108, "Authority (parent, guardian, power of attorney …)")
		s.y += 5
	}
	for _, e := range r.Evidence {
		s.paragraph(fine, e)
	}
	return nil
}

func withRole(sig Signature, role string) Signature {
	if sig.Role == "" {
		sig.Role = role
	}
	return sig
}
