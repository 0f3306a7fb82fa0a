package referral

import (
	"slices"

	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// readAtLeast is how many rows a list about clients reads at once: what the
// gate does not show makes a page no longer in coming.
const readAtLeast = 50

// inPractices runs read in the practices that hold something for who asks, one
// after the other, until a page is full; read says how much it put there and
// where the practice's own list goes on. The cursor names the practice too, and
// is sealed; the action stands once on the trail of each.
func (a *asking) inPractices(tx *store.Tx, page models.Page, action string, read func(models.Page) (got int, next string, err error)) (string, error) {
	ids, err := tx.PracticesOf()
	if err != nil {
		return "", err
	}
	at, rest, err := tx.OpenCursor(action, page.Cursor)
	if err != nil {
		return "", err
	}
	rounds := 0
	for _, id := range ids {
		if id < at {
			continue
		}
		if page.Limit <= 0 || rounds >= maxRounds {
			return tx.SealedCursor(action, id, "")
		}
		if id != at {
			rest = ""
		}
		if err := a.enter(tx, id); err != nil {
			return "", err
		}
		tx.Log(action, "practice", string(id), "", "")
		for ; ; rounds++ {
			got, next, err := read(models.Page{Limit: page.Limit, Cursor: rest})
			if err != nil {
				return "", err
			}
			page.Limit, rest = page.Limit-got, next
			if next == "" {
				break
			}
			if page.Limit <= 0 || rounds >= maxRounds {
				return tx.SealedCursor(action, id, next)
			}
		}
	}
	return "", nil
}

// tied reads clients of the practice about whom a provider may ask, and what
// they see of each.
func (a *asking) tied(tx *store.Tx, client models.ClientID, name string, want models.Category, page models.Page) ([]models.SharedClient, string, error) {
	l, err := tx.TiedClients(store.TiedFilter{ProviderID: a.ask.ProviderID, Offices: a.ask.Offices, ClientID: client, Name: name}, page)
	if err != nil {
		return nil, "", err
	}
	out, err := a.seen(tx, l.Items, want)
	return out, l.NextCursor, err
}

// seen holds the releases of some clients and judges what is seen of each.
func (a *asking) seen(tx *store.Tx, clients []models.TiedClient, want models.Category) ([]models.SharedClient, error) {
	ids := make([]models.ClientID, len(clients))
	for i, c := range clients {
		ids[i] = c.ID
	}
	if err := a.hold(tx, ids); err != nil {
		return nil, err
	}
	out := make([]models.SharedClient, len(clients))
	for i, c := range clients {
		ask := a.ask
		ask.ClientID = c.ID
		s := models.JudgeSharing(ask, c.Ties, a.releases[c.ID], want)
		out[i] = models.SharedClient{Client: c.Known(s.Sees(models.CategoryDemographics)), Practice: a.practice.Name, Shared: s}
	}
	return out, nil
}

// find looks for a client whom who asks may know, in one practice or in all
// that hold something for them. Nobody tied to them is not found; whose release
// to them ended is 410; whatever else the gate does not show is not found. The
// action, the kind and the object are for the trail.
func (a *asking) find(tx *store.Tx, at models.PracticeID, id models.ClientID, want models.Category, action, kind, object string) (models.SharedClient, error) {
	var none models.SharedClient
	if id == "" {
		return none, fault.Missing("client")
	}
	practices, err := tx.PracticesOf()
	if err != nil {
		return none, err
	}
	for _, p := range practices {
		if at != "" && p != at {
			continue
		}
		if err := a.enter(tx, p); err != nil {
			return none, err
		}
		l, _, err := a.tied(tx, id, "", want, models.Page{Limit: 1})
		if err != nil {
			return none, err
		}
		if len(l) == 1 {
			tx.Log(action, kind, object, id, "")
			return l[0], a.known(tx, l[0])
		}
	}
	if err := tx.Enter(""); err != nil {
		return none, err
	}
	return none, fault.Missing("client")
}

// known refuses a client of whom nothing is shown.
func (a *asking) known(tx *store.Tx, c models.SharedClient) error {
	if c.Shared.Allowed {
		return nil
	}
	a.tell(tx, c, "Who the client is")
	if c.Shared.Ended {
		return c.Shared.Refusal(true)
	}
	return fault.Missing("client")
}

// tell puts one line into the ledger for what a view shows of a client: of what
// is covered, the kinds that it shows, or all where none is named.
func (a *asking) tell(tx *store.Tx, c models.SharedClient, description string, shows ...models.Category) {
	ask := c.Shared.Ask
	if of := slices.DeleteFunc(slices.Clone(ask.Categories), func(k models.Category) bool { return !slices.Contains(shows, k) }); len(of) > 0 {
		ask.Categories = of
	}
	disclose(tx, ask, a.to, c.Shared.Verdict, about{ObjectKind: "client", ObjectID: string(c.ID), Description: description, Channel: "portal"})
}

// lacks refuses one kind of information about a client who is known, and keeps
// the refusal.
func (a *asking) lacks(tx *store.Tx, c models.SharedClient, what models.Category, description string) error {
	c.Shared = c.Shared.Lacks(what, a.releases[c.ID])
	a.tell(tx, c, description)
	return c.Shared.Refusal(true)
}

// sharedClients lists the clients whom a provider may know, practice by
// practice and by name: one line in the ledger for each. Of whom nothing is
// shown nothing is told, and no line is written.
func (n *Network) sharedClients(tx *store.Tx, by models.Actor, q string, page models.Page) (models.List[models.SharedClient], error) {
	out := models.List[models.SharedClient]{Items: []models.SharedClient{}}
	a, err := asksForShared(tx, by)
	if err != nil {
		return out, err
	}
	out.NextCursor, err = a.inPractices(tx, page, "clients.list", func(p models.Page) (int, string, error) {
		l, next, err := a.tied(tx, "", q, "", models.Page{Limit: max(p.Limit, readAtLeast), Cursor: p.Cursor})
		if err != nil {
			return 0, "", err
		}
		got := 0
		for i, c := range l {
			if got == p.Limit {
				return got, store.CursorOf(string(l[i-1].ID)), nil
			}
			if c.Shared.Allowed {
				a.tell(tx, c, "Listed as a patient")
				out.Items = append(out.Items, c)
				got++
			}
		}
		return got, next, nil
	})
	return out, err
}

// sharedClient reads who a client is, as far as the gate lets a provider know.
func (n *Network) sharedClient(tx *store.Tx, by models.Actor, id models.ClientID, action string) (*asking, models.SharedClient, error) {
	a, err := asksForShared(tx, by)
	if err != nil {
		return a, models.SharedClient{}, err
	}
	c, err := a.find(tx, "", id, "", action, "client", string(id))
	if err == nil {
		a.tell(tx, c, "Who the client is")
	}
	return a, c, err
}

// asksForShared begins to ask for what practices share with a provider.
func asksForShared(tx *store.Tx, by models.Actor) (*asking, error) {
	if err := by.May(models.ReceiveReports); err != nil {
		return nil, err
	}
	return askingFor(tx, by)
}
