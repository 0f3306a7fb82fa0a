package models

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"rapport/models/fault"
)

func neckOrder() OrderContent {
	return OrderContent{ClientName: PersonName{"Ana", "Silva"}, ClientBirth: "1984-05-17", DiagnosisCodes: []string{"M54.2"}, ProcedureCodes: []Procedure{"97124"},
		Scope: Scope{Regions: []RegionSide{{Region: "neck", Side: SideBoth}}, MinutesPerSession: 30, SessionsTotal: 4,
			Frequency: &Frequency{Sessions: 1, Per: PerWeek, Window: Calendar}},
		ValidFrom: "2026-03-02", ValidUntil: "2026-03-29", Expiry: Strict, Clock: ClockIssued, ReportEvery: ReportEvery{Sessions: 6, Days: 30},
		Prescriber: Prescriber{ProviderID: "p", Name: "Linh Nguyễn, DC", NPI: "1234567893"}}
}

func codes(err error) []string {
	f, ok := fault.As(err)
	if !ok {
		return nil
	}
	var out []string
	for _, v := range f.Violations {
		out = append(out, v.Code+" "+v.Pointer)
	}
	slices.Sort(out)
	return out
}

func TestValidateNamesEverythingThatIsWrongWithAnOrder(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(c *OrderContent)
		want   []string
	}{
		"a whole order":          {func(*OrderContent) {}, nil},
		"in the past":            {func(c *OrderContent) { c.ValidFrom, c.ValidUntil = "2025-01-01", "2025-02-01" }, nil},
		"five minutes":           {func(c *OrderContent) { c.Scope.MinutesPerSession = 5 }, nil},
		"240 minutes":            {func(c *OrderContent) { c.Scope.MinutesPerSession = 240 }, nil},
		"four minutes":           {func(c *OrderContent) { c.Scope.MinutesPerSession = 4 }, []string{"minutes.range /scope/minutes_per_session"}},
		"241 minutes":            {func(c *OrderContent) { c.Scope.MinutesPerSession = 241 }, []string{"minutes.range /scope/minutes_per_session"}},
		"no total":               {func(c *OrderContent) { c.Scope.SessionsTotal = 0 }, []string{"sessions_total.required /scope/sessions_total"}},
		"no total, stated":       {func(c *OrderContent) { c.Scope.SessionsTotal, c.Scope.Limit = 0, "none" }, nil},
		"negative total":         {func(c *OrderContent) { c.Scope.SessionsTotal = -1 }, []string{"sessions_total.range /scope/sessions_total"}},
		"no frequency":           {func(c *OrderContent) { c.Scope.Frequency = nil }, []string{"frequency.required /scope/frequency"}},
		"no frequency, stated":   {func(c *OrderContent) { c.Scope.Frequency, c.Scope.Limit = nil, "none" }, nil},
		"no limit, yet both":     {func(c *OrderContent) { c.Scope.Limit = "none" }, []string{"limit.contradicts /scope/limit"}},
		"another limit":          {func(c *OrderContent) { c.Scope.Limit = "some" }, []string{"limit.unknown /scope/limit"}},
		"a frequency of nothing": {func(c *OrderContent) { c.Scope.Frequency = &Frequency{} }, []string{"frequency.per /scope/frequency/per", "frequency.sessions /scope/frequency/sessions"}},
		"a window that is none":  {func(c *OrderContent) { c.Scope.Frequency.Window = "lunar" }, []string{"frequency.window /scope/frequency/window"}},
		"no region":              {func(c *OrderContent) { c.Scope.Regions = nil }, []string{"region.required /scope/regions"}},
		"an unsided shoulder":    {func(c *OrderContent) { c.Scope.Regions = []RegionSide{{Region: "shoulder"}} }, []string{"region.side_required /scope/regions/0/side"}},
		"both lists of techniques": {func(c *OrderContent) {
			c.Scope.Techniques = &TechniqueRule{[]Technique{"swedish"}, []Technique{"cupping"}}
		}, []string{"techniques.only_or_except /scope/techniques"}},
		"an unknown technique":      {func(c *OrderContent) { c.Scope.Techniques = &TechniqueRule{Only: []Technique{"magic"}} }, []string{"technique.unknown /scope/techniques/only/0"}},
		"an unknown precaution":     {func(c *OrderContent) { c.Scope.Precautions = []Precaution{"luck"} }, []string{"precaution.unknown /scope/precautions/0"}},
		"the end before the start":  {func(c *OrderContent) { c.ValidUntil = "2026-03-01" }, []string{"dates.order /valid_until"}},
		"one day":                   {func(c *OrderContent) { c.ValidUntil = c.ValidFrom }, nil},
		"no days":                   {func(c *OrderContent) { c.ValidFrom, c.ValidUntil = "", "" }, []string{"dates.required /valid_from"}},
		"a century":                 {func(c *OrderContent) { c.ValidUntil = "2126-03-01" }, []string{"dates.too_far /valid_until"}},
		"sliding from first visit":  {func(c *OrderContent) { c.Expiry, c.Clock = Sliding, ClockFirstSession }, []string{"expiry.sliding_first_session /expiry"}},
		"sliding from receipt":      {func(c *OrderContent) { c.Expiry, c.Clock = Sliding, ClockReceived }, nil},
		"no expiry and no clock":    {func(c *OrderContent) { c.Expiry, c.Clock = "", "" }, []string{"clock.unknown /clock", "expiry.unknown /expiry"}},
		"no diagnosis":              {func(c *OrderContent) { c.DiagnosisCodes = nil }, []string{"diagnosis.required /diagnosis_codes"}},
		"a diagnosis in words":      {func(c *OrderContent) { c.DiagnosisCodes = []string{"M54.2", "neck pain"} }, []string{"diagnosis.invalid /diagnosis_codes/1"}},
		"a procedure in words":      {func(c *OrderContent) { c.ProcedureCodes = []Procedure{"massage"} }, []string{"procedure.invalid /procedure_codes/0"}},
		"an unknown instrument":     {func(c *OrderContent) { c.Instruments = []InstrumentKey{"ndi", "mood"} }, []string{"instrument.unknown /instruments/1"}},
		"reports every minus one":   {func(c *OrderContent) { c.ReportEvery.Sessions = -1 }, []string{"report_every.invalid /report_every"}},
		"a claim without payer":     {func(c *OrderContent) { c.Claim = &Claim{ClaimNumber: "X1", InjuredOn: "2027-01-01"} }, []string{"claim.injured_on_future /claim/injured_on", "claim.payer_required /claim/payer_name"}},
		"a novel of instructions":   {func(c *OrderContent) { c.Instructions = strings.Repeat("ă", 4001) }, []string{"text.too_long /instructions"}},
		"a bell in the reason":      {func(c *OrderContent) { c.FocusReason = "neck\a" }, []string{"text.control /focus_reason"}},
		"an empty goal is no goal":  {func(c *OrderContent) { c.Goals = []string{" ", "Sleep through"} }, nil},
		"everything wrong at once":  {func(c *OrderContent) { *c = OrderContent{} }, []string{"clock.unknown /clock", "dates.required /valid_from", "diagnosis.required /diagnosis_codes", "expiry.unknown /expiry", "frequency.required /scope/frequency", "minutes.range /scope/minutes_per_session", "region.required /scope/regions", "sessions_total.required /scope/sessions_total"}},
		"texts of the longest form": {func(c *OrderContent) { c.Instructions = strings.Repeat("ă", 4000) + " " }, nil},
	} {
		c := neckOrder()
		tt.change(&c)
		var l fault.List
		c.Normalised(func(s string) string { return s }).Validate(&l, "", "2026-03-02")
		if got := codes(l.Invalid("")); !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %v, want %v", name, got, tt.want)
		}
	}
}

func TestNormalisedWritesCodesOnceAndInTheirForm(t *testing.T) {
	c := neckOrder()
	c.DiagnosisCodes = []string{"m542", "M54.2", " g43.709 "}
	c.ProcedureCodes = []Procedure{"97124", " 97124"}
	c.Scope.Frequency.Window = ""
	c.Scope.Techniques = &TechniqueRule{Only: []Technique{}}
	c.Goals = []string{" Turn the head ", "Turn the head", ""}
	got := c.Normalised(func(s string) string { return s })
	if !slices.Equal(got.DiagnosisCodes, []string{"M54.2", "G43.709"}) || !slices.Equal(got.ProcedureCodes, []Procedure{"97124"}) {
		t.Errorf("codes %v %v", got.DiagnosisCodes, got.ProcedureCodes)
	}
	if got.Scope.Frequency.Window != Calendar || got.Scope.Techniques != nil || !slices.Equal(got.Goals, []string{"Turn the head"}) {
		t.Errorf("got %+v %v", got.Scope, got.Goals)
	}
	if c.Scope.Frequency.Window != "" {
		t.Error("the caller's order was changed")
	}
}

func TestCanonicalHasSortedKeysAndOneHashForOneMeaning(t *testing.T) {
	c := neckOrder()
	c.Instructions = "Turn <left> & right, ümlaut"
	b := string(c.Canonical())
	if !strings.HasPrefix(b, `{"client_birth_date":"1984-05-17","client_name":{"family":"Silva","given":"Ana"},"clock":"issued",`) || !strings.Contains(b, "Turn <left> & right, ümlaut") || strings.HasSuffix(b, "\n") {
		t.Errorf("canonical form %s", b)
	}
	if got := neckOrder().SHA256(); got != "5bba4cf3a4effd9181c46d10adf78265918d7d8283eb903b812eda8d013fbd82" {
		t.Errorf("hash of the reference order %s", got)
	}
	for name, change := range map[string]func(*OrderContent){
		"minutes":     func(c *OrderContent) { c.Scope.MinutesPerSession = 31 },
		"side":        func(c *OrderContent) { c.Scope.Regions[0].Side = SideLeft },
		"shifted":     func(c *OrderContent) { c.Instructions, c.FocusReason = "a", "bc" },
		"shifted two": func(c *OrderContent) { c.Instructions, c.FocusReason = "ab", "c" },
		"birth":       func(c *OrderContent) { c.ClientBirth = "1984-05-18" },
	} {
		c := neckOrder()
		change(&c)
		if c.SHA256() == neckOrder().SHA256() {
			t.Errorf("%s: another order has the same hash", name)
		}
	}
}

func TestVerifyFindsChangedContentAndAForeignSignature(t *testing.T) {
	c := neckOrder()
	p := Prescription{Content: c, ContentSHA256: c.SHA256(), Signature: &Signature{DocumentSHA256: c.SHA256()}}
	if err := p.Verify(); err != nil {
		t.Error(err)
	}
	p.Content.Scope.MinutesPerSession = 60
	if err := p.Verify(); fault.CodeOf(err) != "order.damaged" {
		t.Errorf("changed content: %v", err)
	}
	p.ContentSHA256 = p.Content.SHA256()
	if err := p.Verify(); fault.CodeOf(err) != "order.damaged" {
		t.Errorf("a signature of other content: %v", err)
	}
}

func TestEveryOrderEdgeOutsideTheTableIsRefused(t *testing.T) {
	type key struct {
		from, to PrescriptionStatus
		who      Party
	}
	allowed := map[key]bool{}
	add := func(from, to PrescriptionStatus, who ...Party) {
		for _, w := range who {
			allowed[key{from, to, w}] = true
		}
	}
	d, y, s := PrescriberParty, PracticeParty, SystemParty
	add("draft", "submitted", d, y)
	add("submitted", "active", y)
	add("submitted", "declined", y)
	add("active", "suspended", d, y, s)
	add("suspended", "active", d, y)
	for _, from := range []PrescriptionStatus{"submitted", "active", "suspended"} {
		add(from, "revoked", d)
	}
	for _, from := range []PrescriptionStatus{"active", "suspended"} {
		add(from, "superseded", d, y)
	}
	for _, from := range []PrescriptionStatus{"draft", "submitted", "active", "suspended", "declined", "superseded", "revoked"} {
		add(from, "entered_in_error", d, y)
	}
	all := []PrescriptionStatus{"draft", "submitted", "active", "suspended", "declined", "superseded", "revoked", "entered_in_error", "completed", "expired"}
	for _, from := range all {
		for _, to := range all {
			for _, who := range []Party{d, y, s} {
				got, err := Prescription{Status: from}.Step(to, who, "why")
				switch {
				case allowed[key{from, to, who}]:
					if err != nil || got.Status != to || got.StatusBy != who || got.StatusReason != "why" {
						t.Errorf("%s: %s to %s: %+v, %v", who, from, to, got.Status, err)
					}
				case fault.CodeOf(err) != "order.status" || !errors.Is(err, fault.Conflict):
					t.Errorf("%s: %s to %s was not refused: %v", who, from, to, err)
				default:
					f, _ := fault.As(err)
					if steps := f.Violations[0].Allowed.([]PrescriptionStatus); steps == nil || slices.Contains(steps, to) {
						t.Errorf("%s: %s to %s: allowed %v", who, from, to, steps)
					}
				}
			}
		}
	}
}

func TestResumeKnowsWhoSuspendedTheOrder(t *testing.T) {
	verbal := &VerbalOrder{CountersignBy: "2026-03-16"}
	for name, tt := range map[string]struct {
		p    Prescription
		who  Party
		want string
	}{
		"own suspension of the practice":  {Prescription{Status: OrderSuspended, StatusBy: PracticeParty}, PracticeParty, ""},
		"prescriber lifts the practice's": {Prescription{Status: OrderSuspended, StatusBy: PracticeParty}, PrescriberParty, ""},
		"practice lifts the prescriber's": {Prescription{Status: OrderSuspended, StatusBy: PrescriberParty}, PracticeParty, "order.suspended_by_prescriber"},
		"unsigned verbal order":           {Prescription{Status: OrderSuspended, StatusBy: SystemParty, Verbal: verbal}, PracticeParty, "order.countersign_first"},
		"unsigned, by the prescriber":     {Prescription{Status: OrderSuspended, StatusBy: SystemParty, Verbal: verbal}, PrescriberParty, "order.countersign_first"},
		"not suspended":                   {Prescription{Status: OrderRevoked}, PrescriberParty, "order.status"},
	} {
		got, err := tt.p.Resume(tt.who, "2026-03-17")
		if tt.want == "" && (err != nil || got.Status != OrderActive) || tt.want != "" && fault.CodeOf(err) != tt.want {
			t.Errorf("%s: %v, %v, want %q", name, got.Status, err, tt.want)
		}
	}
}

func TestMergeLaysFullFieldsOverTheScope(t *testing.T) {
	legs := []RegionSide{{Region: "neck", Side: SideBoth}, {Region: "lower_limb", Side: SideBoth}}
	minutes, until := 45, Date("2026-04-30")
	c := neckOrder()
	got := ScopePatch{Regions: &legs, MinutesPerSession: &minutes, ValidUntil: &until}.Merge(c)
	if !slices.Equal(got.Scope.Regions, legs) || got.Scope.MinutesPerSession != 45 || got.ValidUntil != until || got.Scope.SessionsTotal != 4 || *got.Scope.Frequency != *c.Scope.Frequency {
		t.Errorf("got %+v", got)
	}
	if len(c.Scope.Regions) != 1 || c.ValidUntil != "2026-03-29" {
		t.Error("the order in force was changed")
	}
	open := neckOrder()
	open.Scope.SessionsTotal, open.Scope.Limit = 0, NoLimit
	total := 6
	if got := (ScopePatch{SessionsTotal: &total}).Merge(open); got.Scope.Limit != "" {
		t.Error("a stated total leaves no limit none")
	}
	if got := (ScopePatch{}).Merge(c).SHA256(); got != c.SHA256() {
		t.Error("an empty patch changed the order")
	}
}

func TestATotalBelowTheUsedVisitsIsRefused(t *testing.T) {
	for total, want := range map[int][]string{3: {"order.total_below_used /scope/sessions_total"}, 4: nil, 5: nil} {
		var l fault.List
		ScopePatch{SessionsTotal: &total}.Validate(neckOrder(), 4, &l, "/scope")
		if got := codes(l.Invalid("")); !slices.Equal(got, want) {
			t.Errorf("total %d with four used: %v, want %v", total, got, want)
		}
	}
}

func TestRenewalKeepsTheLengthAndStartsAfterTheLastDay(t *testing.T) {
	for name, tt := range map[string]struct {
		today, until Date
		over         bool
		from, to     Date
	}{
		"still running":    {"2026-03-20", "2026-03-29", false, "2026-03-30", "2026-04-26"},
		"on the last day":  {"2026-03-29", "2026-03-29", false, "2026-03-30", "2026-04-26"},
		"the day after":    {"2026-03-30", "2026-03-29", true, "2026-03-30", "2026-04-26"},
		"visits used up":   {"2026-03-20", "2026-03-29", true, "2026-03-20", "2026-04-16"},
		"long expired":     {"2026-06-01", "2026-03-29", true, "2026-06-01", "2026-06-28"},
		"slid by two days": {"2026-03-30", "2026-03-31", false, "2026-04-01", "2026-04-28"},
	} {
		got := neckOrder().Renewal(tt.today, tt.until, tt.over)
		if got.ValidFrom != tt.from || got.ValidUntil != tt.to || got.Length() != neckOrder().Length() || got.Scope.SessionsTotal != 4 {
			t.Errorf("%s: %s to %s, want %s to %s", name, got.ValidFrom, got.ValidUntil, tt.from, tt.to)
		}
	}
}

func TestTakeNotesAVerbalOrderForFourteenDays(t *testing.T) {
	zone, _ := time.LoadLocation("America/Los_Angeles")
	now := time.Date(2026, 3, 3, 7, 30, 0, 0, time.UTC) // 2 March, 23:30 in Seattle
	for name, tt := range map[string]struct {
		d       VerbalDraft
		pending *VerbalOrder
		want    []string
		until   Date
	}{
		"just now":              {VerbalDraft{"Dr. Nguyễn", now, true}, nil, nil, "2026-03-16"},
		"yesterday":             {VerbalDraft{"Dr. Nguyễn", now.AddDate(0, 0, -1), true}, nil, nil, "2026-03-15"},
		"a pending one decides": {VerbalDraft{"Dr. Nguyễn", now, true}, &VerbalOrder{CountersignBy: "2026-03-09"}, nil, "2026-03-09"},
		"not read back":         {VerbalDraft{"Dr. Nguyễn", now, false}, nil, []string{"verbal.read_back /read_back"}, ""},
		"nobody, tomorrow":      {VerbalDraft{" ", now.AddDate(0, 0, 1), true}, nil, []string{"verbal.given_by /given_by", "verbal.taken_at /taken_at"}, ""},
		"three weeks ago":       {VerbalDraft{"Dr. Nguyễn", now.AddDate(0, 0, -21), true}, nil, []string{"verbal.taken_at /taken_at"}, ""},
	} {
		v, err := tt.d.Take("u", now, zone, tt.pending)
		if !slices.Equal(codes(err), tt.want) || v.CountersignBy != tt.until {
			t.Errorf("%s: %+v, %v", name, v, err)
		}
	}
}

func TestAVerbalOrderIsSuspendedOnTheFifteenthDay(t *testing.T) {
	p := Prescription{Status: OrderActive, Source: FromVerbal, Verbal: &VerbalOrder{CountersignBy: "2026-03-16"}}
	for day, want := range map[Date]PrescriptionStatus{"2026-03-16": OrderActive, "2026-03-17": OrderSuspended} {
		if got := p.StatusOn(day, Series{Allowed: 4}, "2026-03-02", "2026-03-29"); got != want {
			t.Errorf("on %s: %s, want %s", day, got, want)
		}
	}
	p.Status, p.StatusBy = OrderSuspended, SystemParty
	got, err := p.Countersign(Signature{Name: "Linh"})
	if err != nil || got.Status != OrderActive || got.Countersigned == nil {
		t.Errorf("countersigned: %+v, %v", got, err)
	}
	if _, err := got.Countersign(Signature{}); fault.CodeOf(err) != "order.countersigned" {
		t.Errorf("twice: %v", err)
	}
	if _, err := (Prescription{Source: FromPortal, Status: OrderActive}).Countersign(Signature{}); fault.CodeOf(err) != "order.countersign_not_needed" {
		t.Errorf("a signed order: %v", err)
	}
	if _, err := (Prescription{Source: FromPaper, Status: OrderRevoked}).Countersign(Signature{}); fault.CodeOf(err) != "order.status" {
		t.Errorf("a revoked order: %v", err)
	}
}

func TestAnOpeningBalanceFitsTheOrder(t *testing.T) {
	for name, tt := range map[string]struct {
		o    Opening
		want []string
	}{
		"three of four": {Opening{3, "2026-03-01"}, nil},
		"all":           {Opening{4, "2026-03-02"}, nil},
		"five of four":  {Opening{5, "2026-03-02"}, []string{"opening.used /opening/used"}},
		"tomorrow":      {Opening{-1, "2026-03-03"}, []string{"opening.as_of /opening/as_of", "opening.used /opening/used"}},
	} {
		var l fault.List
		tt.o.Validate(&l, "/opening", 4, "2026-03-02")
		if got := codes(l.Invalid("")); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}
