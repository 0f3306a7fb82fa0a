package referral

import (
	"time"

	"rapport/documents"
	"rapport/models"
	"rapport/models/fault"
)

// letterhead is the practice as its papers show it.
func letterhead(p models.Practice) documents.Letterhead {
	return documents.Letterhead{Name: p.Name, Address: append(append([]string(nil), p.Settings.LetterheadLines...), p.Address.Lines()...), Phone: p.Phone, Fax: p.Fax, Email: p.Email}
}

// drawForm draws a release: blank while it has no signature, with the
// signature block once it has one. It warns of signs that the paper cannot show.
func drawForm(r models.Release, p models.Practice, c models.Client) ([]byte, []fault.Violation, error) {
	paper := formPaper(r, p, c)
	form, err := documents.ReleaseForm(paper)
	return form, unprintable(paper), err
}

func formPaper(r models.Release, p models.Practice, c models.Client) documents.ReleasePaper {
	paper := documents.ReleasePaper{Identity: documents.Identity{DocumentID: string(r.ID), ContentHash: r.ContentSHA256(), At: r.CreatedAt},
		Practice: letterhead(p), Client: documents.Person{Name: c.Name.String(), Born: c.BirthDate}, Purposes: []string{r.Purpose.Label()},
		ExpiresOn: r.ExpiresOn, ExpiryEvent: r.ExpiryEvent}
	for _, x := range r.Categories {
		paper.What = append(paper.What, x.Label())
	}
	for _, x := range r.Recipients {
		paper.Receives = append(paper.Receives, x.Label)
	}
	if a := r.Representative; a != nil {
		paper.Representative = &documents.Representative{Name: a.Name, Relation: a.Relation, Authority: a.Authority}
	}
	if s := r.Signature; s != nil {
		at := momentIn(s.At, p.Location())
		paper.At = s.At
		paper.Signature = documents.Signature{Name: s.Name, Image: s.Image, At: at}
		if s.Witness != "" {
			paper.Witness = &documents.Signature{Name: s.Witness, At: at}
		}
		paper.Electronic = models.ElectronicConsent
		paper.Evidence = evidence(*s)
	}
	return paper
}

// momentIn writes an instant for people: "Mar 2, 2026, 12:00 PM PST (America/Los_Angeles)".
func momentIn(at time.Time, loc *time.Location) string {
	return at.In(loc).Format("Jan 2, 2006, 3:04 PM MST") + " (" + loc.String() + ")"
}

// evidence is how the signing act is proved, line by line.
func evidence(s models.Signature) []string {
	how := map[string]string{identifiedInPerson: "in person, by the practice", identifiedByLink: "by a one-time link to an e-mail address and the client's birth date"}[s.IdentifiedBy]
	lines := []string{
		"Signed electronically (" + string(s.Method) + "): “" + s.Intent + "”",
		"Identified " + how + ". Consent to electronic records: " + s.ConsentVersion + ".",
		"Time: " + s.At.Format(time.RFC3339) + " UTC, zone " + s.Zone + ".",
		"SHA-256 of the form that was shown: " + s.DocumentSHA256,
	}
	if s.IP != "" {
		lines = append(lines, "From "+s.IP+" with "+s.Agent)
	}
	return lines
}
