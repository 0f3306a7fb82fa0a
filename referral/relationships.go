package referral

import (
	"context"
	"slices"
	"time"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// RelationshipView is a relationship as its practice sees it.
type RelationshipView struct {
	models.Relationship
	Provider  models.Provider
	Zone      string // of the office, else of the practice
	DaysSince int    // since they were last reached, or since the beginning
	Overdue   float64
	Staff     []models.OfficeStaff
}

// Relate begins the practice's relationship with a provider, or finds the one
// that is there.
func (n *Network) Relate(ctx context.Context, by models.Actor, p models.ProviderID) (RelationshipView, error) {
	return decide(ctx, n, by, func(_ context.Context, tx *store.Tx) (RelationshipView, error) {
		if err := by.May(models.WriteRelationships); err != nil {
			return RelationshipView{}, err
		}
		p, err := tx.Survivor(p)
		if err != nil {
			return RelationshipView{}, err
		}
		r, err := tx.EnsureRelationship(p)
		if err != nil {
			return RelationshipView{}, err
		}
		tx.Log("relationship.begin", "relationship", string(r.ID), "", models.TraceID(p))
		return viewed(tx, r)
	})
}

// Relationship reads one; another practice's is not found.
func (n *Network) Relationship(ctx context.Context, by models.Actor, id models.RelationshipID) (RelationshipView, error) {
	return look(ctx, n, by, func(_ context.Context, tx *store.Tx) (RelationshipView, error) {
		if err := by.May(models.ReadRelationships); err != nil {
			return RelationshipView{}, err
		}
		r, err := tx.Relationship(id)
		if err != nil {
			return RelationshipView{}, err
		}
		return viewed(tx, r)
	})
}

// RelationshipWith reads the practice's relationship with a provider; none yet
// is not found.
func (n *Network) RelationshipWith(ctx context.Context, by models.Actor, p models.ProviderID) (RelationshipView, error) {
	return look(ctx, n, by, func(_ context.Context, tx *store.Tx) (RelationshipView, error) {
		if err := by.May(models.ReadRelationships); err != nil {
			return RelationshipView{}, err
		}
		p, err := tx.Survivor(p)
		if err != nil {
			return RelationshipView{}, err
		}
		r, err := tx.RelationshipWith(p)
		if err != nil {
			return RelationshipView{}, err
		}
		return viewed(tx, r)
	})
}

// viewed adds with whom it is and how long ago they were reached.
func viewed(tx *store.Tx, r models.Relationship) (RelationshipView, error) {
	v := RelationshipView{Relationship: r}
	p, err := tx.Practice(tx.PracticeID())
	if err != nil {
		return v, err
	}
	if v.Provider, err = tx.Provider(r.ProviderID); err != nil {
		return v, err
	}
	today := p.Today(tx.Now())
	v.DaysSince, v.Overdue = models.DateOf(r.Beginning(), p.Location()).DaysUntil(today), r.Overdue(today, p.Location())
	zone, err := zoneOf(tx, r.ProviderID, p)
	if err != nil {
		return v, err
	}
	v.Zone = zone.String()
	offices := make([]models.OfficeID, len(v.Provider.Offices))
	for i, o := range v.Provider.Offices {
		offices[i] = o.ID
	}
	v.Staff, err = tx.StaffOf(offices...)
	return v, err
}

// zoneOf is the zone of the provider's office; where it is not known, that of
// the practice.
func zoneOf(tx *store.Tx, id models.ProviderID, p models.Practice) (*time.Location, error) {
	name, err := tx.ZoneOfOffice(id)
	if err != nil {
		return nil, err
	}
	if zone, err := time.LoadLocation(name); err == nil && name != "" {
		return zone, nil
	}
	return p.Location(), nil
}

// RelationshipQuery narrows and sorts a list of relationships.
type RelationshipQuery struct {
	Sort       models.RelationshipOrder
	Tier       models.Tier
	ProviderID models.ProviderID
	Losing     bool // only those whose last contact is too long ago
	Status     models.HealthStatus
}

// Relationships lists the practice's relationships.
func (n *Network) Relationships(ctx context.Context, by models.Actor, q RelationshipQuery, page models.Page) (models.List[models.RelationshipLine], error) {
	return look(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.List[models.RelationshipLine], error) {
		var l models.List[models.RelationshipLine]
		if err := by.May(models.ReadRelationships); err != nil {
			return l, err
		}
		if q.Sort != "" && !slices.Contains(models.RelationshipOrders(), q.Sort) {
			return l, fault.New(fault.Invalid, "validation", "The list cannot be sorted like this.").
				With(fault.Violation{Code: "sort.unknown", Pointer: "/sort", Message: "Sort by one of the listed keys.", Allowed: models.RelationshipOrders()})
		}
		lines, err := relationshipLines(tx)
		if err != nil {
			return l, err
		}
		if err := addHealth(tx, lines); err != nil {
			return l, err
		}
		lines = slices.DeleteFunc(lines, func(r models.RelationshipLine) bool {
			return q.Status != "" && r.Status != q.Status || q.Tier != "" && r.Tier != q.Tier || q.ProviderID != "" && r.ProviderID != q.ProviderID || q.Losing && r.Overdue == 0
		})
		q.Sort.Sort(lines)
		return cut(lines, page, func(r models.RelationshipLine) string { return string(r.ID) }), nil
	})
}

// relationshipLines reads all of them with how long ago each was reached.
func relationshipLines(tx *store.Tx) ([]models.RelationshipLine, error) {
	p, err := tx.Practice(tx.PracticeID())
	if err != nil {
		return nil, err
	}
	lines, err := tx.RelationshipLines()
	today := p.Today(tx.Now())
	for i := range lines {
		r := &lines[i]
		r.DaysSince, r.Overdue = models.DateOf(r.Beginning(), p.Location()).DaysUntil(today), r.Relationship.Overdue(today, p.Location())
	}
	return lines, err
}

// cut takes a page of a list that is in memory whole: what follows the id that
// the cursor names.
func cut[T any](all []T, page models.Page, id func(T) string) models.List[T] {
	if page.Cursor != "" {
		after := store.CursorID(page.Cursor)
		if i := slices.IndexFunc(all, func(x T) bool { return id(x) == after }); i >= 0 {
			all = all[i+1:]
		}
	}
	l := models.List[T]{Items: all}
	if len(all) > page.Limit {
		l.Items = all[:page.Limit]
		l.NextCursor = store.CursorOf(id(l.Items[page.Limit-1]))
	}
	return l
}

// ChangeRelationship sets what the practice thinks and wants. The tier select
// has a cap, which holds also for those who choose at the same moment.
func (n *Network) ChangeRelationship(ctx context.Context, by models.Actor, id models.RelationshipID, c models.RelationshipChange) (RelationshipView, error) {
	return decide(ctx, n, by, func(ctx context.Context, tx *store.Tx) (RelationshipView, error) {
		if err := by.May(models.WriteRelationships); err != nil {
			return RelationshipView{}, err
		}
		old, err := tx.Relationship(id)
		if err != nil {
			return RelationshipView{}, err
		}
		tx.Log("relationship.change", "relationship", string(id), "", "")
		if err := fresh(ctx, old.Version); err != nil {
			return RelationshipView{}, err
		}
		p, err := tx.Practice(tx.PracticeID())
		if err != nil {
			return RelationshipView{}, err
		}
		r, err := c.Apply(old, p.Today(tx.Now()))
		if err != nil {
			return RelationshipView{}, err
		}
		if r.Tier == models.TierSelect && old.Tier != models.TierSelect {
			held, err := tx.CountTier(models.TierSelect)
			if err != nil {
				return RelationshipView{}, err
			}
			if most := p.Settings.SelectLimit(); held >= most {
				return RelationshipView{}, models.SelectFull(most)
			}
		}
		if err := tx.SetRelationship(r, old.Version); err != nil {
			return RelationshipView{}, err
		}
		r.Version++
		return viewed(tx, r)
	})
}
