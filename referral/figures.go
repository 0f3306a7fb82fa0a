package referral

import (
	"context"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// WhoRefers is the practice's network: who refers to whom, how concentrated
// that is, how far referrals come, and who moved this week.
func (n *Network) WhoRefers(ctx context.Context, by models.Actor) (models.NetworkView, error) {
	return look(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.NetworkView, error) {
		var v models.NetworkView
		if err := by.May(models.ReadRelationships); err != nil {
			return v, err
		}
		s, err := standings(tx, "")
		if err != nil {
			return v, err
		}
		lines, err := tx.RelationshipLines()
		if err != nil {
			return v, err
		}
		named := map[models.RelationshipID]models.RelationshipLine{}
		for _, l := range lines {
			named[l.ID] = l
		}
		partners := make([]models.Partner, len(s.facts))
		for i, h := range s.all() {
			f, l := s.facts[i], named[h.RelationshipID]
			partners[i] = models.Partner{RelationshipID: h.RelationshipID, ProviderID: h.ProviderID, Name: l.DisplayName(), Discipline: disciplineOf(l.Taxonomy),
				In: f.In.Window, Out: f.Out.Window, Week: f.In.Week + f.Out.Week, Usual: float64(f.In.Season+f.Out.Season) / 12, Status: h.Status, Score: h.Score}
		}
		funnel, err := tx.ReferralFunnel(s.today, s.practice.Location())
		if err != nil {
			return v, err
		}
		v = models.NewNetworkView(s.practice, s.today, partners, funnel)
		shared, referred, err := tx.OutreachFacts()
		offices := make([]models.OutreachFacts, len(lines))
		for i, l := range lines {
			offices[i] = models.OutreachFacts{RelationshipLine: l, Shared: shared[l.ID], Referred: referred[l.ID]}
		}
		v.Offices = models.Funnel(offices)
		return v, err
	})
}

func disciplineOf(taxonomy string) string {
	t, ok := models.LookupTaxonomy(taxonomy)
	if !ok {
		return ""
	}
	return t.Label()
}

// Figures are the owner's figures, each with its denominator and the cases
// behind it.
func (n *Network) Figures(ctx context.Context, by models.Actor) ([]models.OwnerFigure, error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) ([]models.OwnerFigure, error) {
		if err := by.May(models.ReadFigures); err != nil {
			return nil, err
		}
		tx.Log("figures.read", "practice", string(tx.PracticeID()), "", "")
		var out []models.OwnerFigure
		for _, key := range models.FigureKeys() {
			f, err := figure(tx, key)
			if err != nil {
				return nil, err
			}
			out = append(out, f)
		}
		return out, nil
	})
}

// FigureCases is the list behind a figure, the missed ones first.
func (n *Network) FigureCases(ctx context.Context, by models.Actor, key models.FigureKey, page models.Page) (models.List[models.FigureItem], error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.List[models.FigureItem], error) {
		var l models.List[models.FigureItem]
		if err := by.May(models.ReadFigures); err != nil {
			return l, err
		}
		tx.Log("figures.list", "practice", string(tx.PracticeID()), "", "")
		f, err := figure(tx, key)
		if err != nil {
			return l, err
		}
		return cut(f.Items, page, func(i models.FigureItem) string { return i.ID }), nil
	})
}

// figure reads the cases of one figure.
func figure(tx *store.Tx, key models.FigureKey) (models.OwnerFigure, error) {
	p, err := tx.Practice(tx.PracticeID())
	if err != nil {
		return models.OwnerFigure{}, err
	}
	today, zone := p.Today(tx.Now()), p.Location()
	first := today.AddDays(1 - models.FiguresWindowDays)
	var items []models.FigureItem
	add := func(i models.FigureItem, counts bool) {
		if counts {
			items = append(items, i)
		}
	}
	switch key {
	case models.FigureLoops, models.FigureAnswers:
		var cases []models.ReferralCase
		cases, err = tx.ReferralCases(first.Time(zone))
		for _, c := range cases {
			if key == models.FigureLoops {
				add(c.LoopItem(today, zone))
			} else {
				add(c.AnswerItem(today, zone))
			}
		}
	case models.FigureReports:
		var cases []store.ReportCase
		cases, err = tx.ReportCases(first, today)
		for _, c := range cases {
			add(models.ReportItem(c.Kind, c.ID, c.Client, c.Owed, c.Sent, today))
		}
	case models.FigureOpened:
		items, err = tx.OpenedCases(first.Time(zone), zone)
	case models.FigureDirectory:
		items, err = tx.VerifiedCases(today)
	default:
		return models.OwnerFigure{}, fault.Missing("figure")
	}
	return models.NewOwnerFigure(key, items), err
}
