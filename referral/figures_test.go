package referral

import (
	"slices"
	"strings"
	"testing"
	"time"

	"rapport/models"
	"rapport/models/store"
)

// year is a practice whose figures are known, on Monday 2026-06-15.
type year struct {
	*clinic
	t *testing.T
}

func eachYear(t *testing.T, f func(t *testing.T, y *year)) {
	eachClinic(t, func(t *testing.T, c *clinic) {
		c.Clock.Set(time.Date(2026, 6, 15, 20, 0, 0, 0, time.UTC))
		f(t, &year{c, t})
	})
}

// on is an instant of the practice's clock; empty is none.
func (y *year) on(s string) *time.Time {
	if s == "" {
		return nil
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", s, y.Practice.Location())
	if err != nil {
		y.t.Fatal(err)
	}
	at = at.UTC()
	return &at
}

func (y *year) referral(id string, state models.ReferralState, sent, answered, visit, seen string) {
	r := models.Referral{ID: models.ReferralID(id), Direction: models.Outbound, ClientID: y.client.ID, ProviderID: y.Provider.ID, Reason: "neck", Priority: models.Routine, State: state,
		BusinessStatus: "7.0", SentAt: y.on(sent), AnsweredAt: y.on(answered), FirstVisitAt: y.on(visit), LastVisitAt: y.on(visit), OutcomeAt: y.on(seen), SeenAt: y.on(seen),
		CreatedBy: y.Owner.UserID, CreatedAt: y.Clock.Now(), Version: 1}
	y.Write(func(tx *store.Tx) error {
		with, err := tx.EnsureRelationship(r.ProviderID)
		if r.RelationshipID = with.ID; err != nil {
			return err
		}
		return tx.AddReferral(r)
	})
}

// report adds one that went out, by a channel as far as a state.
func (y *year) report(id string, owed, sent models.Date, created string, by models.Channel, states ...models.DeliveryState) {
	r := models.Report{ID: models.ReportID(id), PracticeID: y.Practice.ID, ClientID: y.client.ID, PrescriptionID: y.order.ID, SeriesID: y.order.SeriesID, ProviderID: y.Provider.ID,
		Kind: models.ReportProgress, Status: models.ReportDraft, From: "2026-03-01", To: "2026-04-01", Revision: 1, CreatedBy: y.Owner.UserID, CreatedAt: *y.on(created)}
	y.Write(func(tx *store.Tx) error {
		if err := tx.AddReport(r); err != nil {
			return err
		}
		for _, s := range states {
			d := models.Delivery{ID: models.DeliveryID(y.NewID()), PracticeID: y.Practice.ID, ReportID: r.ID, ClientID: r.ClientID, ProviderID: r.ProviderID, Channel: by, State: s,
				Events: []models.DeliveryEvent{{At: r.CreatedAt, State: s, By: "system"}}, CreatedBy: y.Owner.UserID, CreatedAt: r.CreatedAt, Version: 1}
			if err := tx.AddDelivery(d); err != nil {
				return err
			}
		}
		return nil
	})
	if owed != "" {
		y.behind(`UPDATE reports SET due_on = $1, sent_on = $2 WHERE practice_id = $3 AND id = $4`, string(owed), string(sent), string(y.Practice.ID), id)
	}
}

// behind writes what only time and the clocks write.
func (y *year) behind(statement string, args ...any) {
	y.t.Helper()
	tx, err := y.OwnerDB.Begin()
	if err == nil && y.DB.Engine() == "postgres" {
		_, err = tx.Exec("SELECT set_config('app.practice', $1, true)", string(y.Practice.ID))
	}
	if err == nil {
		_, err = tx.Exec(statement, args...)
	}
	if err == nil {
		err = tx.Commit()
	}
	if err != nil {
		y.t.Fatal(err)
	}
}

// figure reads a figure and the whole list behind it, two cases a page.
func (y *year) figure(key models.FigureKey) (f models.OwnerFigure, met, missed string) {
	y.t.Helper()
	all, err := y.net.Figures(y.ctx, y.Owner)
	i := slices.IndexFunc(all, func(f models.OwnerFigure) bool { return f.Key == key })
	if err != nil || i < 0 {
		y.t.Fatalf("%d figures, %v", len(all), err)
	}
	var have, lack []string
	page := models.Page{Limit: 2}
	for {
		l, err := y.net.FigureCases(y.ctx, y.Owner, key, page)
		if err != nil {
			y.t.Fatal(err)
		}
		for _, c := range l.Items {
			if c.Met {
				have = append(have, c.ID)
			} else {
				lack = append(lack, c.ID)
			}
		}
		if page.Cursor = l.NextCursor; page.Cursor == "" {
			break
		}
	}
	if len(have) != all[i].Share.Part || len(have)+len(lack) != all[i].Share.Of {
		y.t.Errorf("%s is %+v, its list has %d met and %d missed", key, all[i].Share, len(have), len(lack))
	}
	slices.Sort(have)
	slices.Sort(lack)
	return all[i], strings.Join(have, " "), strings.Join(lack, " ")
}

func (y *year) want(key models.FigureKey, met, missed string) {
	y.t.Helper()
	if _, have, lack := y.figure(key); have != met || lack != missed {
		y.t.Errorf("%s: met %q, want %q; missed %q, want %q", key, have, met, lack, missed)
	}
}

func TestLoopsAndAnswersAreCountedFromTheReferralsThemselves(t *testing.T) {
	eachYear(t, func(t *testing.T, y *year) {
		y.referral("a-fourteen", models.ReferralCompleted, "2026-05-01 10:00", "2026-05-04 10:00", "2026-05-04 10:00", "2026-05-18 23:50") // sent on a Friday
		y.referral("b-fifteen", models.ReferralCompleted, "2026-05-01 10:00", "2026-05-05 10:00", "2026-05-04 10:00", "2026-05-19 00:10")
		y.referral("c-early", models.ReferralVisitDone, "2026-05-28 10:00", "2026-05-29 10:00", "2026-06-01 10:00", "")
		y.referral("d-open", models.ReferralVisitDone, "2026-05-28 10:00", "2026-05-29 10:00", "2026-05-31 10:00", "")
		y.referral("e-old", models.ReferralCompleted, "2025-05-01 10:00", "2025-05-02 10:00", "2026-05-20 10:00", "2026-05-21 10:00")
		y.referral("f-clocks", models.ReferralAccepted, "2026-03-06 16:00", "2026-03-09 17:00", "", "")
		y.referral("g-waits", models.ReferralReceived, "2026-06-12 10:00", "", "", "")  // Friday: until today
		y.referral("h-missed", models.ReferralReceived, "2026-06-11 10:00", "", "", "") // Thursday: until Friday
		y.referral("i-off", models.ReferralCancelled, "2026-04-01 10:00", "", "2026-04-02 10:00", "")
		y.referral("j-error", models.ReferralEnteredInError, "2026-04-01 10:00", "", "2026-04-02 10:00", "")
		y.referral("k-draft", models.ReferralDraft, "", "", "", "")
		y.want(models.FigureLoops, "a-fourteen e-old", "b-fifteen d-open")
		y.want(models.FigureAnswers, "a-fourteen c-early d-open f-clocks", "b-fifteen h-missed")
		if f, _, _ := y.figure(models.FigureLoops); f.MedianDays == nil || *f.MedianDays != 14 {
			t.Errorf("half of the loops closed within %v days", f.MedianDays)
		}
	})
}

func TestTimeToReportCountsWhatWasSentAndWhatIsOwed(t *testing.T) {
	eachYear(t, func(t *testing.T, y *year) {
		y.report("a-monday", "2026-06-04", "2026-06-08", "2026-06-08 09:00", models.ByLetter) // owed on a Thursday
		y.report("b-tuesday", "2026-06-04", "2026-06-09", "2026-06-09 09:00", models.ByLetter)
		y.report("c-first-day", "2025-06-16", "2025-06-16", "2025-06-16 09:00", models.ByLetter)
		y.report("d-too-old", "2025-06-15", "2025-06-15", "2025-06-15 09:00", models.ByLetter)
		y.report("e-unasked", "", "", "2026-06-08 09:00", models.ByLetter)
		y.want(models.FigureReports, "a-monday c-first-day", "b-tuesday")
		series := string(y.order.SeriesID)
		owed := func(day string) {
			y.behind(`DELETE FROM open_items WHERE practice_id = $1 AND kind = 'report_clock' AND object_id = $2`, string(y.Practice.ID), series)
			y.behind(`INSERT INTO open_items (practice_id, kind, object_id, ring, worklist, side, from_on, until_on, clock, clock_on, action, since)
				VALUES ($1, 'report_clock', $2, 0, 'reports_due', 'us', $3, '9999-12-31', 'report_due', $3, 'write_report', $4)`, string(y.Practice.ID), series, day, y.Clock.Now())
		}
		owed("2026-06-11") // two working days: until today
		y.want(models.FigureReports, "a-monday c-first-day", "b-tuesday")
		owed("2026-06-10")
		y.want(models.FigureReports, "a-monday c-first-day", strings.Join([]string{string(y.order.ID), "b-tuesday"}, " "))
	})
}

func TestOpenedReportsAreThoseThatCanTell(t *testing.T) {
	eachYear(t, func(t *testing.T, y *year) {
		y.report("a-opened", "", "", "2026-05-01 09:00", models.ByLink, models.DeliveryStopped, models.DeliveryOpened)
		y.report("b-downloaded", "", "", "2026-05-01 09:00", models.ByPortal, models.DeliverySent, models.DeliveryDownloaded)
		y.report("c-unread", "", "", "2026-05-01 09:00", models.ByPortal, models.DeliverySent)
		y.report("d-letter", "", "", "2026-05-01 09:00", models.ByLetter, models.DeliverySent)
		y.report("e-queued", "", "", "2026-05-01 09:00", models.ByPortal, models.DeliveryQueued)
		y.report("f-first-day", "", "", "2025-06-16 00:00", models.ByPortal, models.DeliverySent)
		y.report("g-too-old", "", "", "2025-06-15 23:59", models.ByPortal, models.DeliverySent)
		y.want(models.FigureOpened, "a-opened b-downloaded", "c-unread f-first-day")
	})
}

func TestDirectoryFreshnessEndsAfterHalfAYear(t *testing.T) {
	eachYear(t, func(t *testing.T, y *year) {
		y.Write(func(tx *store.Tx) error {
			_, err := tx.EnsureRelationship(y.Provider.ID)
			if err == nil {
				_, err = tx.EnsureRelationship(y.Provider2.ID)
			}
			return err
		})
		first, second := string(y.Provider.ID), string(y.Provider2.ID)
		y.behind(`UPDATE providers SET verified_on = '2025-12-17' WHERE id = $1`, first) // 180 days ago
		y.behind(`UPDATE providers SET verified_on = '2025-12-16' WHERE id = $1`, second)
		y.want(models.FigureDirectory, first, second)
		y.behind(`UPDATE providers SET verified_on = NULL WHERE id = $1`, first)
		y.want(models.FigureDirectory, "", strings.Join(slices.Sorted(slices.Values([]string{first, second})), " "))
	})
}

func TestFiguresAreTheOwnersAndOfTheirPracticeOnly(t *testing.T) {
	eachYear(t, func(t *testing.T, y *year) {
		y.referral("a", models.ReferralCompleted, "2026-05-01 10:00", "2026-05-04 10:00", "2026-05-04 10:00", "2026-05-18 10:00")
		y.report("b", "2026-06-04", "2026-06-08", "2026-06-08 09:00", models.ByPortal, models.DeliverySent)
		_, err := y.net.Figures(y.ctx, y.Therapist)
		code(t, err, "role.not_allowed")
		_, err = y.net.FigureCases(y.ctx, y.Desk, models.FigureLoops, models.Page{Limit: 5})
		code(t, err, "role.not_allowed")
		_, err = y.net.FigureCases(y.ctx, y.Owner, "luck", models.Page{Limit: 5})
		code(t, err, "not_found")
		elsewhere := y.Stranger
		elsewhere.Roles = []models.Role{models.Owner}
		all, err := y.net.Figures(y.ctx, elsewhere)
		if err != nil || len(all) != len(models.FigureKeys()) {
			t.Fatalf("%d figures, %v", len(all), err)
		}
		for _, f := range all {
			if f.Share.Of != 0 || len(f.Items) != 0 {
				t.Errorf("another practice counts %s %+v", f.Key, f.Share)
			}
		}
	})
}
