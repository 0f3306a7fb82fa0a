package models_test

import (
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"rapport/models"
)

// written reads the rows of the table under a heading of docs/health.md.
func written(t *testing.T, heading string) [][]string {
	t.Helper()
	text, err := os.ReadFile("../docs/health.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, ok := strings.Cut(string(text), "\n## "+heading+"\n")
	if !ok {
		t.Fatalf("no section %s", heading)
	}
	section, _, _ = strings.Cut(section, "\n## ")
	var rows [][]string
	for line := range strings.Lines(section) {
		if !strings.HasPrefix(line, "|") {
			continue
		}
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		rows = append(rows, cells)
	}
	return rows[2:]
}

func numbers(t *testing.T, cell string, n int) []int {
	t.Helper()
	out := make([]int, n)
	if cell == "-" {
		return out
	}
	parts := strings.Split(cell, "/")
	if len(parts) != n {
		t.Fatalf("%q needs %d numbers", cell, n)
	}
	for i, p := range parts {
		v, err := strconv.Atoi(p)
		if err != nil {
			t.Fatal(err)
		}
		out[i] = v
	}
	return out
}

func factsOf(t *testing.T, c []string) models.HealthFacts {
	t.Helper()
	flow := func(cell string) models.Flow {
		n := numbers(t, cell, 4)
		return models.Flow{Ever: n[0], Window: n[1], Recent: n[2], Before: n[3]}
	}
	f := models.HealthFacts{Today: "2026-06-01", In: flow(c[0]), Out: flow(c[1])}
	class, chance, known := strings.Cut(c[2], " ")
	f.Still.Class = models.ReferrerClass(class)
	if known {
		alive := float64(numbers(t, chance, 1)[0]) / 100
		f.Still.Alive = &alive
	}
	if c[3] != "-" {
		f.Accepting = models.Accepting(c[3])
	}
	loops, kept, contact := numbers(t, c[4], 2), numbers(t, c[5], 2), numbers(t, c[6], 2)
	f.In.Loops, f.KeptByUs = models.Share{Part: loops[0], Of: loops[1]}, models.Share{Part: kept[0], Of: kept[1]}
	f.SinceContact, f.WantedDays, f.Reached = contact[0], contact[1], true
	return f
}

func TestLadderIsTheWrittenOne(t *testing.T) {
	rows, rungs := written(t, "Ladder"), models.HealthLadder()
	if len(rows) != len(rungs) || len(rungs) != len(models.HealthStatuses()) {
		t.Fatalf("%d rows, %d rungs", len(rows), len(rungs))
	}
	for i, r := range rungs {
		if rows[i][0] != string(r.Status) || rows[i][1] != r.When {
			t.Errorf("rung %d is %s when %s; written is %v", i, r.Status, r.When, rows[i])
		}
	}
}

func TestEachWrittenCaseHasItsScoreAndStatus(t *testing.T) {
	seen := map[models.HealthStatus]bool{}
	for _, c := range written(t, "Cases") {
		h := factsOf(t, c).Judge(models.DefaultHealthWeights())
		score := "-"
		if h.Score != nil {
			score = strconv.Itoa(*h.Score)
		}
		if score != c[7] || string(h.Status) != c[8] {
			t.Errorf("%v: %s, %s", c, score, h.Status)
		}
		seen[h.Status] = true
	}
	for _, s := range models.HealthStatuses() {
		if !seen[s] {
			t.Errorf("no case is %s", s)
		}
	}
}

func TestPartsAndWeightsAreTheWrittenOnes(t *testing.T) {
	h := models.HealthFacts{Today: "2026-06-01"}.Judge(models.DefaultHealthWeights())
	rows := written(t, "Parts")
	if len(rows) != len(h.Parts) {
		t.Fatalf("%d rows, %d parts", len(rows), len(h.Parts))
	}
	for i, p := range h.Parts {
		if rows[i][0] != string(p.Name) || rows[i][1] != strconv.Itoa(p.Weight) {
			t.Errorf("part %d is %s with %d; written is %v", i, p.Name, p.Weight, rows[i][:2])
		}
		if p.Reason == "" {
			t.Errorf("%s gives no reason", p.Name)
		}
	}
	if h.Status != models.HealthNew || h.Score != nil || h.Next.Reason == "" {
		t.Errorf("without history: %+v", h)
	}
}

func TestMedianWaitCountsUnsentOnesAsCensored(t *testing.T) {
	sent := func(days ...int) (all []models.Wait) {
		for _, d := range days {
			all = append(all, models.Wait{Days: d, Ended: true, Count: 1})
		}
		return all
	}
	open := func(to []models.Wait, days, n int) []models.Wait {
		return append(to, models.Wait{Days: days, Count: n})
	}
	tests := []struct {
		name    string
		waits   []models.Wait
		days    int
		reached bool
	}{
		{"none", nil, 0, false},
		{"odd", sent(5, 1, 3), 3, true},
		{"even: the first day by which half are sent", sent(1, 2, 3, 4), 2, true},
		{"without the unsent ones it would be 2", open(sent(1, 2, 3), 10, 2), 3, true},
		{"half are never sent", open(sent(1, 2), 30, 3), 30, false},
		{"one was owed yesterday only", open(sent(4, 6), 1, 1), 4, true},
		{"Freireich's remission times", append(append(sent(6, 6, 6, 7, 10, 13, 16, 22, 23), open(nil, 6, 1)...),
			models.Wait{Days: 9, Count: 1}, models.Wait{Days: 10, Count: 1}, models.Wait{Days: 11, Count: 1}, models.Wait{Days: 17, Count: 1},
			models.Wait{Days: 19, Count: 1}, models.Wait{Days: 20, Count: 1}, models.Wait{Days: 25, Count: 1}, models.Wait{Days: 32, Count: 2},
			models.Wait{Days: 34, Count: 1}, models.Wait{Days: 35, Count: 1}), 23, true},
	}
	for _, test := range tests {
		if days, reached := models.MedianWait(test.waits); days != test.days || reached != test.reached {
			t.Errorf("%s: %d %v, want %d %v", test.name, days, reached, test.days, test.reached)
		}
	}
}

func TestSmallSharesAreShrunkAndTheirBandIsWide(t *testing.T) {
	one, many := models.Share{Part: 1, Of: 1}, models.Share{Part: 50, Of: 50}
	if math.Abs(one.Shrunk()-2.0/3) > 1e-12 || many.Shrunk() < 0.98 {
		t.Errorf("%v %v", one.Shrunk(), many.Shrunk())
	}
	if one.Band()[0] > 0.4 || many.Band()[0] < 0.95 || one.Band()[1] != 1 {
		t.Errorf("%v %v", one.Band(), many.Band())
	}
	if b := (models.Share{}).Band(); b != [2]float64{0, 1} {
		t.Errorf("of nothing: %v", b)
	}
}

func TestScoreStaysInItsRangeAndTheListSaysTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := func(name string) int { return rapid.IntRange(0, 400).Draw(t, name) }
		share := func(name string) models.Share {
			of := n(name)
			return models.Share{Part: rapid.IntRange(0, of).Draw(t, name+" part"), Of: of}
		}
		flow := func(name string) models.Flow {
			f := models.Flow{Recent: n(name + " recent"), Before: n(name + " before"), Loops: share(name + " loops")}
			f.Window = f.Recent + f.Before
			f.Ever = f.Window + n(name+" earlier")
			return f
		}
		f := models.HealthFacts{Today: "2026-06-01", In: flow("in"), Out: flow("out"), KeptByUs: share("ours"), KeptByThem: share("theirs"), Outcomes: share("outcomes"),
			WantedDays: n("wanted"), SinceContact: n("since"), Accepting: rapid.SampledFrom([]models.Accepting{"", "yes", "no"}).Draw(t, "accepting"),
			Reports: []models.Wait{{Days: n("days"), Ended: rapid.Bool().Draw(t, "sent"), Count: 1}}}
		h := f.Judge(models.DefaultHealthWeights())
		status, score := f.Standing(models.DefaultHealthWeights())
		if h.Score == nil || *h.Score < 0 || *h.Score > 100 || *score != *h.Score || status != h.Status {
			t.Fatalf("%v %s, in a list %v %s", h.Score, h.Status, score, status)
		}
		for _, p := range h.Parts {
			if p.Band != nil && (p.Band[0] < 0 || p.Band[1] > 1 || p.Band[0] > *p.Value+1e-9 || p.Band[1] < *p.Value-1e-9) {
				t.Fatalf("%s: %v outside %v", p.Name, *p.Value, *p.Band)
			}
		}
	})
}

func TestNextActSaysWhatWaitsLongest(t *testing.T) {
	today := models.Date("2026-06-10")
	report := models.OpenAct{Kind: models.ActReport, What: "Discharge report", About: "A. B.", By: models.OwedByUs, DueOn: "2026-06-07"}
	packet := models.OpenAct{Kind: models.ActPromise, What: "Packet", By: models.OwedByUs, DueOn: "2026-06-09"}
	theirs := models.OpenAct{Kind: models.ActPromise, What: "Document", By: models.OwedByThem, DueOn: "2026-06-01"}
	soon := models.OpenAct{Kind: models.ActReferral, What: "Answer to a referral", By: models.OwedByUs, DueOn: "2026-06-10"}
	tests := []struct {
		name   string
		facts  models.HealthFacts
		action models.OpenActKind
		reason string
	}{
		{"late first, the longest before the rest", models.HealthFacts{Acts: []models.OpenAct{packet, theirs, report, soon}, WantedDays: 30, SinceContact: 90},
			models.ActReport, "Discharge report for A. B. is 3 days overdue."},
		{"one day", models.HealthFacts{Acts: []models.OpenAct{packet}}, models.ActPromise, "Packet is 1 day overdue."},
		{"then the contact", models.HealthFacts{Acts: []models.OpenAct{theirs, soon}, WantedDays: 30, SinceContact: 90},
			models.ActContact, "Get in touch: wanted every 30 days, not reached for 90 days."},
		{"then what they owe", models.HealthFacts{Acts: []models.OpenAct{soon, theirs}}, models.ActPromise, "Ask them: document is 9 days overdue."},
		{"then what is due soon", models.HealthFacts{Acts: []models.OpenAct{soon}}, models.ActReferral, "Answer to a referral is due today."},
		{"then what the status asks for", models.HealthFacts{}, models.ActContact, "Introduce the practice: nobody was referred in either direction yet."},
	}
	for _, test := range tests {
		test.facts.Today = today
		if n := test.facts.Judge(models.DefaultHealthWeights()).Next; n.Action != test.action || n.Reason != test.reason {
			t.Errorf("%s: %s %q", test.name, n.Action, n.Reason)
		}
	}
}

func TestInitialsNameNobody(t *testing.T) {
	for name, want := range map[models.PersonName]string{{Given: "Ada", Family: "Byron"}: "A. B.", {Family: "ünal"}: "Ü.", {}: ""} {
		if got := name.Initials(); got != want {
			t.Errorf("%v: %q", name, got)
		}
	}
}
