package models

import (
	"slices"
	"testing"

	"rapport/models/fault"
)

func TestEveryChangeEdgeOutsideTheTableIsRefused(t *testing.T) {
	type key struct {
		from, to ChangeStatus
		who      Party
	}
	allowed := map[key]bool{}
	add := func(who Party, from ChangeStatus, to ...ChangeStatus) {
		for _, x := range to {
			allowed[key{from, x, who}] = true
		}
	}
	d, y, s := PrescriberParty, PracticeParty, SystemParty
	add(y, "drafted", "sent", "explained", "withdrawn")
	add(y, "explained", "sent")
	add(d, "sent", "seen")
	for _, from := range []ChangeStatus{"sent", "seen"} {
		add(d, from, "approved", "declined")
		add(y, from, "approved", "declined", "withdrawn")
		add(s, from, "lapsed")
	}
	all := []ChangeStatus{"drafted", "sent", "seen", "approved", "declined", "lapsed", "withdrawn", "explained"}
	for _, from := range all {
		for _, to := range all {
			for _, who := range []Party{d, y, s} {
				got, err := ChangeRequest{Status: from, LapsesOn: "2026-03-16"}.Step(to, who, "2026-03-16")
				if allowed[key{from, to, who}] {
					if err != nil || got.Status != to {
						t.Errorf("%s: %s to %s: %v", who, from, to, err)
					}
				} else if err == nil {
					t.Errorf("%s: %s to %s was not refused", who, from, to)
				}
			}
		}
	}
}

func TestAnAnswerAfterTheLastDayIsLapsed(t *testing.T) {
	for name, tt := range map[string]struct {
		status ChangeStatus
		today  Date
		want   string
	}{
		"on the last day":          {ChangeSeen, "2026-03-16", ""},
		"a day late":               {ChangeSeen, "2026-03-17", "change.lapsed"},
		"marked by the server":     {ChangeLapsed, "2026-03-17", "change.lapsed"},
		"approved before":          {ChangeApproved, "2026-03-17", "change.decided"},
		"declined before":          {ChangeDeclined, "2026-03-10", "change.decided"},
		"withdrawn by the client":  {ChangeWithdrawn, "2026-03-10", "change.status"},
		"explained and never sent": {ChangeExplained, "2026-03-10", "change.status"},
	} {
		_, err := ChangeRequest{Status: tt.status, LapsesOn: "2026-03-16"}.Step(ChangeApproved, PrescriberParty, tt.today)
		if tt.want == "" && err != nil || tt.want != "" && fault.CodeOf(err) != tt.want {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
}

func TestChangeDraftIsChecked(t *testing.T) {
	legs := []RegionSide{{Region: "neck", Side: SideBoth}, {Region: "lower_limb", Side: SideBoth}}
	same := neckOrder().Scope.Regions
	three := 3
	whole := ChangeDraft{AskedBy: "client", Words: "My calves hurt too", Proposed: ScopePatch{Regions: &legs}, ExplanationGiven: "I will ask."}
	for name, tt := range map[string]struct {
		change func(*ChangeDraft)
		want   []string
	}{
		"whole":             {func(*ChangeDraft) {}, nil},
		"nobody asked":      {func(d *ChangeDraft) { d.AskedBy = "payer" }, []string{"asked_by.unknown /asked_by"}},
		"without words":     {func(d *ChangeDraft) { d.Words = " " }, []string{"words.required /words"}},
		"nothing proposed":  {func(d *ChangeDraft) { d.Proposed = ScopePatch{} }, []string{"proposed.required /proposed"}},
		"explained":         {func(d *ChangeDraft) { d.Proposed, d.Explained = ScopePatch{}, true }, nil},
		"explained nothing": {func(d *ChangeDraft) { d.Explained, d.ExplanationGiven = true, "" }, []string{"explanation.required /explanation_given"}},
		"what is allowed":   {func(d *ChangeDraft) { d.Proposed = ScopePatch{Regions: &same} }, []string{"proposed.no_change /proposed"}},
		"fewer than used":   {func(d *ChangeDraft) { d.Proposed = ScopePatch{SessionsTotal: &three} }, []string{"order.total_below_used /proposed/sessions_total"}},
		"by pigeon":         {func(d *ChangeDraft) { d.Channel = "pigeon" }, []string{"channel.unknown /channel"}},
	} {
		d := whole
		tt.change(&d)
		if got := codes(d.Validate(neckOrder(), 4)); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

func TestWordsReachThePrescriberOnlyIfTheClientAgrees(t *testing.T) {
	c := ChangeRequest{Words: "My calves hurt too", ExplanationGiven: "I will ask"}
	if got := c.ForPrescriber(); got.Words != "" || got.ExplanationGiven == "" {
		t.Errorf("got %+v", got)
	}
	c.ShareWords = true
	if got := c.ForPrescriber(); got.Words == "" {
		t.Error("shared words are missing")
	}
}

func TestADeclineSaysWhyAndChangesNothing(t *testing.T) {
	minutes := 45
	patch := &ScopePatch{MinutesPerSession: &minutes}
	for name, tt := range map[string]struct {
		d    Decision
		want []string
	}{
		"approve":            {Decision{Approve: true}, nil},
		"approve with scope": {Decision{Approve: true, Scope: patch}, nil},
		"decline":            {Decision{Reason: "Neck first"}, nil},
		"decline silently":   {Decision{}, []string{"reason.required /reason"}},
		"decline with scope": {Decision{Reason: "No", Scope: patch}, []string{"scope.not_with_decline /scope"}},
	} {
		if got := codes(tt.d.Validate()); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
	if got := (Decision{Approve: true, Scope: patch}).Patch(ScopePatch{}); got.MinutesPerSession != &minutes {
		t.Error("the decision's own scope replaces the proposal")
	}
}
