package referral

import (
	"context"
	"encoding/base64"
	"strconv"
	"time"

	"rapport/documents"
	"rapport/models"
	"rapport/models/fault"
	"rapport/models/store"
)

// Disclosures lists what was decided about a client, newest first: everything,
// refusals included, or the accounting of 45 CFR 164.528. The owner reads all,
// a therapist those of their own clients.
func (n *Network) Disclosures(ctx context.Context, by models.Actor, client models.ClientID, view models.DisclosureView, page models.Page) (models.List[models.Disclosure], error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) (models.List[models.Disclosure], error) {
		if err := mayReadDisclosures(tx, by, client); err != nil {
			return models.List[models.Disclosure]{}, err
		}
		before, err := seqOf(page.Cursor)
		if err != nil {
			return models.List[models.Disclosure]{}, err
		}
		tx.Log("disclosures.read", "client", string(client), client, models.TraceKey(view, models.DisclosuresFull, models.DisclosuresStatutory))
		items, more, err := ledger(tx, client, view, before, page.Limit)
		return newestFirst(items, more), err
	})
}

// newestFirst is one page of decisions, with the cursor where more follow.
func newestFirst(items []models.Disclosure, more bool) models.List[models.Disclosure] {
	l := models.List[models.Disclosure]{Items: items}
	if more {
		l.NextCursor = cursorOf(items[len(items)-1].Seq)
	}
	return l
}

// cursorOf and seqOf write and read where a page of the trail ends.
func cursorOf(seq int64) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(seq, 10)))
}

func seqOf(cursor string) (int64, error) {
	if cursor == "" {
		return 0, nil
	}
	plain, err := base64.RawURLEncoding.DecodeString(cursor)
	n, err2 := strconv.ParseInt(string(plain), 10, 64)
	if err != nil || err2 != nil || n < 1 {
		return 0, fault.New(fault.Invalid, "cursor.invalid", "This cursor is not one of ours; begin without it.")
	}
	return n, nil
}

// mayReadDisclosures: a therapist's own clients are those they booked or
// treated, and those whom nobody has yet.
func mayReadDisclosures(tx *store.Tx, by models.Actor, client models.ClientID) error {
	if err := by.May(models.ReadDisclosures); err != nil {
		return err
	}
	if _, err := tx.Client(client); err != nil {
		return err
	}
	if by.Is(models.Owner) || by.Kind == models.ActorSystem {
		return nil
	}
	mine, others, err := tx.Treats(client, by.UserID)
	if err == nil && !mine && others {
		err = fault.New(fault.Forbidden, "client.not_yours", "Another therapist treats this client. The owner can read this log.")
	}
	return err
}

// ledger reads limit decisions that belong to a view, after number before.
func ledger(tx *store.Tx, client models.ClientID, view models.DisclosureView, before int64, limit int) (out []models.Disclosure, more bool, err error) {
	releases, err := tx.ReleasesOf(client)
	if err != nil {
		return nil, false, err
	}
	var since time.Time
	if view == models.DisclosuresStatutory {
		since = tx.Now().AddDate(-models.AccountingYears, 0, 0)
	}
	const batch = 500
	for {
		rows, err := tx.Disclosures(client, before, since, batch)
		if err != nil {
			return nil, false, err
		}
		for _, d := range rows {
			for _, r := range releases {
				d.Flagged = d.Flagged || d.FlaggedBy(r)
			}
			if view == models.DisclosuresStatutory && !d.Statutory(tx.Now()) {
				continue
			}
			if len(out) == limit {
				return out, true, nil
			}
			out = append(out, d)
		}
		if len(rows) < batch {
			return out, false, nil
		}
		before = rows[len(rows)-1].Seq
	}
}

// maxLogLines keeps a printed log within reason; the list has no such bound.
const maxLogLines = 2000

// DisclosureLog draws a view of the log for the client.
func (n *Network) DisclosureLog(ctx context.Context, by models.Actor, client models.ClientID, view models.DisclosureView) ([]byte, error) {
	return locked(ctx, n, by, func(_ context.Context, tx *store.Tx) ([]byte, error) {
		if err := mayReadDisclosures(tx, by, client); err != nil {
			return nil, err
		}
		tx.Log("disclosures.print", "client", string(client), client, models.TraceKey(view, models.DisclosuresFull, models.DisclosuresStatutory))
		c, p, err := clientHere(tx, client)
		if err != nil {
			return nil, err
		}
		ds, _, err := ledger(tx, client, view, 0, maxLogLines)
		if err != nil {
			return nil, err
		}
		today := p.Today(tx.Now())
		paper := documents.DisclosureLogPaper{Identity: documents.Identity{DocumentID: tx.NewID(), At: tx.Now()}, Practice: letterhead(p),
			Client: documents.Person{Name: c.Name.String(), Born: c.BirthDate}, On: today, Full: view == models.DisclosuresFull,
			From: models.DateOf(c.CreatedAt, p.Location()), Until: today}
		if from := today.AddMonths(-12 * models.AccountingYears); !paper.Full && from.After(paper.From) {
			paper.From = from
		}
		for _, d := range ds {
			line, err := lineOf(tx, d, p, paper.Full)
			if err != nil {
				return nil, err
			}
			paper.Lines = append(paper.Lines, line)
		}
		return documents.DisclosureLog(paper)
	})
}

func lineOf(tx *store.Tx, d models.Disclosure, p models.Practice, full bool) (documents.DisclosureLine, error) {
	l := documents.DisclosureLine{At: d.At.In(p.Location()).Format("Jan 2, 2006"), Recipient: d.Recipient.Label, What: d.Description, Purpose: d.Purpose.Label()}
	if l.Recipient == "" {
		l.Recipient = d.Recipient.PayerName + " " + d.Recipient.ClaimNumber
	}
	if d.Recipient.ProviderID != "" {
		to, err := tx.Provider(d.Recipient.ProviderID)
		if err != nil {
			return l, err
		}
		for _, o := range to.Offices[:min(1, len(to.Offices))] {
			for _, a := range append([]string{o.Name}, o.Address.Lines()...) {
				l.Address += a + "\n"
			}
		}
	}
	if !full {
		return l, nil
	}
	l.At = momentIn(d.At, p.Location())
	l.Verdict = "allowed"
	l.Basis = map[string]string{models.BasisRelease: "under the client's release", models.BasisOwnOrder: "the prescriber's own order", models.BasisOverride: "override",
		models.BasisIndividual: "to the client"}[d.Basis]
	if !d.Allowed {
		l.Verdict, l.Basis = "refused", ""
		for i, r := range d.Reasons {
			if i > 0 {
				l.Basis += ", "
			}
			words, ok := models.GateWords(r)
			if !ok {
				words = "the release gate said no"
			}
			l.Basis += words
		}
	}
	if d.Override != nil {
		l.Basis += " for " + d.Override.Basis + ": " + d.Override.Reason
	}
	if d.Flagged {
		l.Basis += "; the client's revocation had arrived and was not yet entered"
	}
	return l, nil
}
