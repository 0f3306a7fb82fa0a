package documents

import (
	"rapport/models"
)

// DisclosureLogPaper is what was told to whom: the statutory accounting of 45
// CFR 164.528, or the full log that clients want.
type DisclosureLogPaper struct {
	Identity
	Practice    Letterhead
	Client      Person
	On          models.Date
	Full        bool
	From, Until models.Date
	Lines       []DisclosureLine
}

// DisclosureLine is one decision, or for the accounting one disclosure.
type DisclosureLine struct {
	At        string // day, and for the full log the time with its zone
	Recipient string
	Address   string // if known
	What      string
	Purpose   string
	Verdict   string // allowed or refused, for the full log
	Basis     string // release, own order, override with its reason
}

// DisclosureLog draws the table.
func DisclosureLog(d DisclosureLogPaper) ([]byte, error) {
	name := "Accounting of disclosures"
	under := "Disclosures that 45 CFR 164.528 asks to account for. Those for treatment, to yourself, or under your own authorization are not among them; " +
		"the full log has them."
	cols := []column{{title: "Date", share: 2.4}, {title: "Recipient", share: 4.5}, {title: "What", share: 5}, {title: "Purpose", share: 3.5}}
	if d.Full {
		name = "Log of disclosures"
		under = "Every decision to tell or not to tell something about you, allowed or refused."
		cols = append(cols, column{title: "Decision", share: 3.6})
	}
	return render(name, d.Practice.Name, d.At, func(s *sheet) error {
		s.identified(d.Identity, d.Client, "")
		s.letterhead(d.Practice)
		s.addressed(d.On, Addressee{Name: d.Client.Name}, d.Client)
		s.title(name, between(d.From, d.Until))
		s.paragraph(style{9, "", muted}, under)
		if len(d.Lines) == 0 {
			s.notice("There was none in this time.")
			return nil
		}
		var rows [][]cell
		for _, l := range d.Lines {
			row := texts(l.At, join("\n", l.Recipient, l.Address), l.What, l.Purpose)
			if d.Full {
				row = append(row, cell{text: join(": ", l.Verdict, l.Basis)})
			}
			rows = append(rows, row)
		}
		s.table(cols, rows)
		s.paragraph(small, count(len(d.Lines), "line")+".")
		return nil
	})
}
