package models

import (
	"slices"
	"testing"
	"time"

	"rapport/models/fault"
)

var noon = time.Date(2026, 3, 2, 20, 0, 0, 0, time.UTC)

// inForce is a release of ana to dr-1 for letters and measures, signed an hour ago.
func inForce(change ...func(*Release)) Release {
	signed := noon.Add(-time.Hour)
	r := Release{ID: "r1", PracticeID: "p", ClientID: "ana", Status: ReleaseActive, Recipients: []Recipient{{ProviderID: "dr-1"}},
		Categories: []Category{CategoryProgressReport, CategoryMeasures}, Purpose: PurposeCoordination, ExpiresOn: "2026-12-31",
		FormVersion: ReleaseFormVersion, Signature: &Signature{}, SignedAt: &signed, Version: 2}
	for _, c := range change {
		c(&r)
	}
	return r
}

func askNow(change ...func(*Ask)) Ask {
	a := Ask{ClientID: "ana", ProviderID: "dr-1", Categories: []Category{CategoryProgressReport}, Purpose: PurposeCoordination, Mode: NotCovered, On: "2026-03-02", At: noon}
	for _, c := range change {
		c(&a)
	}
	return a
}

func codesOf(v []fault.Violation) []string {
	var out []string
	for _, x := range v {
		out = append(out, x.Code)
	}
	return out
}

func TestTheGateNamesEveryReasonAtOnce(t *testing.T) {
	at := func(d time.Duration) *time.Time { x := noon.Add(d); return &x }
	for name, c := range map[string]struct {
		ask   func(*Ask)
		rel   func(*Release)
		codes []string
		ended bool
	}{
		"in force":                          {},
		"another client's release":          {rel: func(r *Release) { r.ClientID = "bob" }, codes: []string{"release.none"}},
		"draft":                             {rel: func(r *Release) { r.Status, r.SignedAt = ReleaseDraft, nil }, codes: []string{"release.not_signed"}},
		"declined":                          {rel: func(r *Release) { r.Status, r.SignedAt = ReleaseDeclined, nil }, codes: []string{"release.not_signed"}},
		"signed this instant":               {rel: func(r *Release) { r.SignedAt = at(0) }},
		"signed in a microsecond":           {rel: func(r *Release) { r.SignedAt = at(time.Microsecond) }, codes: []string{"release.not_signed"}},
		"last day":                          {rel: func(r *Release) { r.ExpiresOn = "2026-03-02" }},
		"day after the last":                {rel: func(r *Release) { r.ExpiresOn = "2026-03-01" }, codes: []string{"release.expired"}, ended: true},
		"event happened today":              {rel: func(r *Release) { r.EventOccurred = "2026-03-02" }, codes: []string{"release.expired"}, ended: true},
		"event happens tomorrow":            {rel: func(r *Release) { r.EventOccurred = "2026-03-03" }},
		"revoked this instant":              {rel: func(r *Release) { r.Status, r.RevokedAt = ReleaseRevoked, at(0) }, codes: []string{"release.revoked"}, ended: true},
		"revoked in a microsecond":          {rel: func(r *Release) { r.RevokedAt = at(time.Microsecond) }},
		"revoked while the question waited": {rel: func(r *Release) { r.Status, r.RevokedAt = ReleaseRevoked, at(time.Microsecond) }, codes: []string{"release.revoked"}, ended: true},
		"expired and revoked":               {rel: func(r *Release) { r.ExpiresOn, r.Status, r.RevokedAt = "2026-03-01", ReleaseRevoked, at(-time.Minute) }, codes: []string{"release.revoked", "release.expired"}, ended: true},
		"another doctor":                    {ask: func(a *Ask) { a.ProviderID = "dr-2" }, codes: []string{"release.recipient"}},
		"office where the doctor works":     {ask: func(a *Ask) { a.Offices = []OfficeID{"o-0", "o-1"} }, rel: func(r *Release) { r.Recipients = []Recipient{{OfficeID: "o-1"}} }},
		"office that the doctor left":       {ask: func(a *Ask) { a.Offices = []OfficeID{"o-2"} }, rel: func(r *Release) { r.Recipients = []Recipient{{OfficeID: "o-1"}} }, codes: []string{"release.recipient"}},
		"named in words":                    {rel: func(r *Release) { r.Recipients = []Recipient{{Name: "Dr. One"}} }, codes: []string{"release.recipient"}},
		"payer and claim":                   {ask: payer("labor & industries ", "SB-1"), rel: func(r *Release) { r.Recipients = []Recipient{{PayerName: "Labor &  Industries", ClaimNumber: "SB-1"}} }},
		"payer, another claim":              {ask: payer("Labor & Industries", "SB-2"), rel: func(r *Release) { r.Recipients = []Recipient{{PayerName: "Labor & Industries", ClaimNumber: "SB-1"}} }, codes: []string{"release.recipient"}},
		"payer is not the doctor":           {ask: payer("Labor & Industries", "SB-1"), codes: []string{"release.recipient"}},
		"category left out":                 {ask: func(a *Ask) { a.Categories = append(a.Categories, CategorySessionNotes) }, codes: []string{"release.category"}},
		"no category asked":                 {ask: func(a *Ask) { a.Categories = nil }, codes: []string{"release.category"}},
		"special class unnamed":             {ask: func(a *Ask) { a.Categories = []Category{CategoryHIV} }, codes: []string{"release.category"}},
		"another purpose":                   {ask: func(a *Ask) { a.Purpose = PurposeEmergency }, codes: []string{"release.purpose"}},
		"another purpose and category":      {ask: func(a *Ask) { a.Purpose, a.Categories = PurposeEmergency, []Category{CategorySUD} }, codes: []string{"release.purpose", "release.category"}},
		"coordination includes referral":    {ask: func(a *Ask) { a.Purpose = PurposeReferral }},
		"referral excludes coordination":    {rel: func(r *Release) { r.Purpose = PurposeReferral }, codes: []string{"release.purpose"}},
		"at request includes coordination":  {rel: func(r *Release) { r.Purpose = PurposeAtRequest }},
		"no statements on the form":         {rel: func(r *Release) { r.FormVersion = "napkin" }, codes: []string{"release.incomplete"}},
		"never-ending event":                {rel: func(r *Release) { r.ExpiresOn, r.ExpiryEvent = "", "Never." }, codes: []string{"release.incomplete"}},
		"representative without authority":  {rel: func(r *Release) { r.Representative = &Representative{Name: "Bo", Relation: "parent"} }, codes: []string{"release.incomplete"}},
		"incomplete, expired and revoked":   {rel: func(r *Release) { r.Purpose, r.ExpiresOn, r.RevokedAt = "", "2026-03-01", at(0) }, codes: []string{"release.incomplete", "release.revoked", "release.expired"}, ended: true},
		"the doctor is not the order's own": {ask: func(a *Ask) { a.Prescriber, a.Categories = "dr-2", []Category{CategoryPrescriptionStatus} }, codes: []string{"release.category"}},
		"own order does not open the report": {ask: func(a *Ask) {
			a.Prescriber, a.Categories = "dr-1", []Category{CategoryPrescriptionStatus, CategorySessionNotes}
		}, codes: []string{"release.category"}},
	} {
		t.Run(name, func(t *testing.T) {
			change := func(*Release) {}
			if c.rel != nil {
				change = c.rel
			}
			ask := askNow()
			if c.ask != nil {
				c.ask(&ask)
			}
			v := JudgeReleases(ask, []Release{inForce(change)})
			got := slices.Compact(codesOf(v.Reasons))
			if !slices.Equal(got, c.codes) || v.Allowed != (len(c.codes) == 0) || v.Ended != c.ended {
				t.Errorf("got %v allowed %v ended %v, want %v ended %v", got, v.Allowed, v.Ended, c.codes, c.ended)
			}
		})
	}
}

func payer(name, claim string) func(*Ask) {
	return func(a *Ask) { a.ProviderID, a.Payer = "", &Recipient{PayerName: name, ClaimNumber: claim} }
}

func TestAReleaseLacksEachElementOf164508ByItself(t *testing.T) {
	for pointer, change := range map[string]func(*Release){
		"/categories":     func(r *Release) { r.Categories = []Category{"everything"} },
		"/practice":       func(r *Release) { r.PracticeID = "" },
		"/recipients":     func(r *Release) { r.Recipients = nil },
		"/purpose":        func(r *Release) { r.Purpose = "" },
		"/expires_on":     func(r *Release) { r.ExpiresOn, r.ExpiryEvent = "", "end of the study" },
		"/signature":      func(r *Release) { r.Signature = nil },
		"/representative": func(r *Release) { r.Representative = &Representative{Name: "Bo"} },
		"/form_version":   func(r *Release) { r.FormVersion = "" },
	} {
		got := inForce(change).Incomplete()
		want := 1
		if pointer == "/form_version" {
			want = 3
		}
		if len(got) != want || got[0].Pointer != pointer || got[0].Code != "release.incomplete" || got[0].Allowed == "" {
			t.Errorf("%s: got %+v", pointer, got)
		}
	}
	if got := inForce().Incomplete(); got != nil {
		t.Errorf("a complete release lacks %+v", got)
	}
}

func TestTwoReleasesDoNotAddUp(t *testing.T) {
	letters := inForce(func(r *Release) { r.Categories = []Category{CategoryProgressReport} })
	notes := inForce(func(r *Release) {
		r.ID, r.Categories = "r2", []Category{CategorySessionNotes, CategoryMeasures, CategoryDemographics}
	})
	ask := askNow(func(a *Ask) { a.Categories = []Category{CategoryProgressReport, CategorySessionNotes} })
	v := JudgeReleases(ask, []Release{letters, notes})
	if v.Allowed || !v.Narrower || fault.CodeOf(v.Refusal(false)) != "report.exceeds_release" {
		t.Errorf("got %+v", v)
	}
	ask.Categories = []Category{CategoryProgressReport}
	if got := CoveredBy(ask, []Release{notes, letters}); !slices.Equal(got, letters.Categories) {
		t.Errorf("covered %v, want the release that holds the letter", got)
	}
}

func TestTheNewestOfEqualReleasesIsOnRecord(t *testing.T) {
	older := inForce(func(r *Release) { at := noon.Add(-48 * time.Hour); r.ID, r.SignedAt = "r9", &at })
	v := JudgeReleases(askNow(), []Release{older, inForce()})
	if v.ReleaseID != "r1" || v.ReleaseVersion != 2 || v.Basis != BasisRelease {
		t.Errorf("got %+v", v)
	}
}

func TestALiveReleaseIsWhatCountsBesideAnEndedOne(t *testing.T) {
	gone := inForce(func(r *Release) {
		at := noon.Add(-time.Minute)
		r.ID, r.Status, r.RevokedAt = "r0", ReleaseRevoked, &at
	})
	narrow := inForce(func(r *Release) { r.Categories = []Category{CategoryDemographics} })
	v := JudgeReleases(askNow(), []Release{gone, narrow})
	if !slices.Equal(codesOf(v.Reasons), []string{"release.category"}) || v.Ended {
		t.Errorf("got %+v", v)
	}
	draft := inForce(func(r *Release) { r.Status, r.SignedAt = ReleaseDraft, nil })
	v = JudgeReleases(askNow(), []Release{gone, draft})
	if !slices.Equal(codesOf(v.Reasons), []string{"release.revoked", "release.not_signed"}) || !v.Ended {
		t.Errorf("got %+v", v)
	}
}

func TestThePrescriberSeesTheirOwnOrderAndAfterRevocationOnlyThat(t *testing.T) {
	ask := askNow(func(a *Ask) { a.Prescriber, a.Categories = "dr-1", []Category{CategoryPrescriptionStatus} })
	at := noon
	revoked := inForce(func(r *Release) { r.Status, r.RevokedAt = ReleaseRevoked, &at })
	for name, c := range map[string]struct {
		all   []Release
		ended bool
	}{"never released": {}, "released": {[]Release{inForce()}, false}, "revoked": {[]Release{revoked}, true},
		"expired":         {[]Release{inForce(func(r *Release) { r.ExpiresOn = "2026-01-01" })}, false},
		"another release": {[]Release{revoked, inForce(func(r *Release) { r.ID = "r2" })}, false}} {
		v := JudgeReleases(ask, c.all)
		if !v.Allowed || v.Basis != BasisOwnOrder || v.Ended != c.ended {
			t.Errorf("%s: got %+v, want ended %v", name, v, c.ended)
		}
	}
}

func TestRefusalsSayToOutsidersOnlyThatItEnded(t *testing.T) {
	at := noon
	ended := JudgeReleases(askNow(), []Release{inForce(func(r *Release) { r.Status, r.RevokedAt = ReleaseRevoked, &at })})
	out, _ := fault.As(ended.Refusal(true))
	if out == nil || out.Code != "release.ended" || out.Kind != fault.Gone || out.Violations != nil {
		t.Errorf("outsider: got %+v", out)
	}
	in, _ := fault.As(ended.Refusal(false))
	if in == nil || in.Code != "release_required" || in.Kind != fault.Forbidden || len(in.Violations) != 1 {
		t.Errorf("practice: got %+v", in)
	}
	if err := JudgeReleases(askNow(), []Release{inForce()}).Refusal(true); err != nil {
		t.Errorf("allowed: got %v", err)
	}
}

func TestAnOverrideOpensOneReportToOneProviderFor72Hours(t *testing.T) {
	owner := Actor{Kind: ActorUser, UserID: "u", Roles: []Role{Owner}}
	o, err := NewOverride(OverrideDraft{"treatment", "Doctor on call needs it"}, Practice{Mode: Covered}, owner, "rep", "dr-1", noon)
	if err != nil {
		t.Fatal(err)
	}
	base := func(a *Ask) { a.Mode, a.Report, a.Override = Covered, "rep", o }
	for name, c := range map[string]struct {
		change func(*Ask)
		code   string
		ended  bool
	}{
		"now":                 {func(a *Ask) {}, "", false},
		"last microsecond":    {func(a *Ask) { a.At = noon.Add(72*time.Hour - time.Microsecond) }, "", false},
		"72 hours later":      {func(a *Ask) { a.At = noon.Add(72 * time.Hour) }, "override.expired", true},
		"before it was typed": {func(a *Ask) { a.At = noon.Add(-time.Second) }, "override.expired", false},
		"another report":      {func(a *Ask) { a.Report = "rep2" }, "override.other", false},
		"another doctor":      {func(a *Ask) { a.ProviderID = "dr-2" }, "override.other", false},
		"mode changed":        {func(a *Ask) { a.Mode = NotCovered }, "override.not_covered", false},
		"special class":       {func(a *Ask) { a.Categories = append(a.Categories, CategorySUD) }, "override.category", false},
		"other purpose":       {func(a *Ask) { a.Purpose = PurposeAtRequest }, "override.basis", false},
	} {
		v := JudgeReleases(askNow(base, c.change), nil)
		if v.Allowed != (c.code == "") || c.code != "" && !slices.Contains(codesOf(v.Reasons), c.code) || v.Ended != c.ended {
			t.Errorf("%s: got %+v", name, v)
		}
		if v.Allowed && v.Basis != BasisOverride {
			t.Errorf("%s: basis %s", name, v.Basis)
		}
	}
	if v := JudgeReleases(askNow(base), []Release{inForce()}); v.Basis != BasisRelease {
		t.Errorf("a release goes before an override: got %+v", v)
	}
}

func TestOverrideIsForOwnersAndTherapistsOfCoveredPractices(t *testing.T) {
	owner := Actor{Kind: ActorUser, UserID: "u", Roles: []Role{Owner}}
	good := OverrideDraft{"emergency", "Collapsed in the waiting room"}
	for name, c := range map[string]struct {
		d    OverrideDraft
		mode PracticeMode
		by   Actor
		code string
	}{
		"not covered":        {good, NotCovered, owner, "override.not_covered"},
		"business associate": {good, BusinessAssociate, owner, "override.not_covered"},
		"front desk":         {good, Covered, Actor{Kind: ActorUser, Roles: []Role{FrontDesk}}, "override.role"},
		"the server itself":  {good, Covered, System("p"), "override.role"},
		"no reason":          {OverrideDraft{"emergency", "   . "}, Covered, owner, "validation"},
		"another basis":      {OverrideDraft{"payment", "They asked for it"}, Covered, owner, "validation"},
		"good":               {good, Covered, owner, "internal"},
	} {
		o, err := NewOverride(c.d, Practice{Mode: c.mode}, c.by, "rep", "dr-1", noon)
		if fault.CodeOf(err) != c.code || (o == nil) == (c.code == "internal") {
			t.Errorf("%s: got %v, %v", name, o, err)
		}
	}
}

func TestASignedReleaseIsKeptSixYearsAfterItWasLastInEffect(t *testing.T) {
	at := noon.Add(240 * time.Hour)
	for want, r := range map[Date]Release{
		"2032-12-31": inForce(),
		"2032-03-12": inForce(func(r *Release) { r.RevokedAt = &at }),
		"2032-03-02": inForce(func(r *Release) { r.ExpiresOn = "2025-01-01" }),
		"":           inForce(func(r *Release) { r.ExpiresOn, r.ExpiryEvent = "", "My care ends" }),
	} {
		if got := r.KeptUntil(time.UTC); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
