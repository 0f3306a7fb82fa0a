package documents

import (
	"fmt"
	"strings"
	"testing"
)

func cardsPaper(n int) CardsPaper {
	p := CardsPaper{Practice: practice, At: someDay, On: "2026-03-02"}
	for i := range n {
		p.Cards = append(p.Cards, PartnerCard{Name: fmt.Sprintf("Linh Nguyễn %d, DC", i+1), Discipline: "Chiropractic", Office: "Green Lake Spine", Address: []string{"7200 E Green Lake Dr N", "Seattle, WA 98115"},
			Phone: "(206) 555-0200", Fax: "(206) 555-0201", Email: "desk@greenlake.example", Hours: []string{"Mon–Fri 8–17"}, Accepting: "yes, said on Mar 1, 2026",
			Prefers: "fax", Likes: "a report after each sixth visit, by fax", Staff: []string{"Pat Lee, receptionist, mornings", "Łucja Żak, nurse"}, LastOn: "2026-02-12", Last: "reached the staff",
			Next: "Ask whether the packet arrived", NextOn: "2026-03-09", Notes: "Secret handshake. " + strings.Repeat("Likes short letters. ", 40)})
	}
	return p
}

func TestPartnerCardsStandFourOnAPage(t *testing.T) {
	doc, err := PartnerCards(cardsPaper(5))
	ps := pages(t, made(t, doc, err))
	if len(ps) != 2 || strings.Count(ps[0], "Green Lake Spine") != 4 || strings.Count(ps[1], "Green Lake Spine") != 1 {
		t.Fatalf("%d pages:\n%s", len(ps), strings.Join(ps, "---"))
	}
	for _, want := range []string{"Pat Lee, receptionist", "Łucja Żak", "Feb 12, 2026, reached the staff", "Mar 9, 2026", "For the practice only", "…"} {
		if !strings.Contains(ps[0], want) {
			t.Errorf("the card lacks %q", want)
		}
	}
}

func TestACardForClientsSaysOnlyWhatTheDirectorySays(t *testing.T) {
	p := cardsPaper(1)
	p.ForClients = true
	doc, err := PartnerCards(p)
	text := strings.Join(pages(t, made(t, doc, err)), "")
	for _, secret := range []string{"handshake", "Pat Lee", "reached", "packet", "report after", "desk@greenlake.example", "555-0201"} {
		if strings.Contains(text, secret) {
			t.Errorf("the card gives away %q", secret)
		}
	}
	if !strings.Contains(text, "Linh Nguyễn 1, DC") || !strings.Contains(text, "With the compliments of Lindqvist") {
		t.Errorf("the card is %s", text)
	}
}
