package referral

import (
	"rapport/documents"
	"rapport/models"
	"rapport/models/store"
)

// reportFacts is all that a report's paper is made of, read in one transaction.
type reportFacts struct {
	report   models.Report
	rules    models.ReportFacts
	practice models.Practice
	client   models.Client
	order    models.Prescription
	visits   models.Visits
	until    models.Date // end of the order's effective window
	to       documents.Addressee
	names    map[models.UserID]string // therapists of the sessions
	contents models.Contents
	release  *models.Release // that lets the recipient know
}

// reportFacts reads what a report is judged by and shows. Quoted sessions are
// read whole, so that a note that lost its hash stops the report.
func (n *Network) reportFacts(tx *store.Tx, r models.Report) (reportFacts, error) {
	f := reportFacts{report: r, names: map[models.UserID]string{}}
	var err error
	if f.practice, err = tx.Practice(tx.PracticeID()); err != nil {
		return f, err
	}
	if f.client, err = tx.Client(r.ClientID); err != nil {
		return f, err
	}
	if f.order, err = tx.Prescription(r.PrescriptionID); err != nil {
		return f, err
	}
	if err = f.sessions(tx); err != nil {
		return f, err
	}
	f.to, err = addresseeOf(tx, r)
	return f, err
}

func (f *reportFacts) sessions(tx *store.Tx) error {
	r := f.report
	f.rules.Instruments = f.order.Content.Instruments
	listed, err := tx.SessionsOfSeries(r.SeriesID, r.From, r.To)
	if err != nil {
		return err
	}
	for _, s := range listed {
		if !s.Reported() {
			continue
		}
		if s, err = tx.Session(s.ID); err != nil {
			return err
		}
		f.rules.Sessions = append(f.rules.Sessions, s)
		if _, known := f.names[s.TherapistID]; !known {
			u, err := tx.User(s.TherapistID)
			if err != nil {
				return err
			}
			f.names[s.TherapistID] = u.Name
		}
	}
	if f.rules.Bookings, err = tx.BookingsOfSeries(r.SeriesID, r.From, r.To); err != nil {
		return err
	}
	readings, err := tx.Readings(r.ClientID, store.ReadingFilter{SeriesID: r.SeriesID})
	for _, m := range readings {
		if !m.On.After(r.To) {
			f.rules.Readings = append(f.rules.Readings, m)
		}
	}
	if err != nil {
		return err
	}
	return f.counter(tx)
}

// counter is the order's "used, booked, left, expires" of this moment.
func (f *reportFacts) counter(tx *store.Tx) error {
	s, err := tx.Series(f.report.SeriesID)
	if err != nil {
		return err
	}
	days, err := tx.SeriesDays(f.report.SeriesID)
	if err != nil {
		return err
	}
	f.visits = s.Visits(len(days.Booked))
	_, f.until = f.order.Window(days.First)
	return nil
}

// addresseeOf names the recipient as the directory knows them now.
func addresseeOf(tx *store.Tx, r models.Report) (documents.Addressee, error) {
	if r.Payer != nil {
		return documents.Addressee{Name: r.Payer.PayerName, Office: "Claim " + r.Payer.ClaimNumber}, nil
	}
	p, err := tx.Provider(r.ProviderID)
	if err != nil {
		return documents.Addressee{}, err
	}
	return addressee(tx, p)
}

// contain fixes what the report holds by the recipient's releases of this
// moment, which stay as they are until the commit.
func (n *Network) contain(tx *store.Tx, f *reportFacts) error {
	r := f.report
	ask, all, err := n.asked(tx, models.Ask{ClientID: r.ClientID, ProviderID: r.ProviderID, Payer: r.Payer, Categories: models.ReportCategories(),
		Purpose: models.PurposeCoordination})
	if err != nil {
		return err
	}
	if len(r.Include) > 0 {
		ask.Categories = r.Include
	}
	if f.contents, err = models.ContentsOf(r.Include, models.CoveredBy(ask, all)); err != nil {
		return err
	}
	ask.Categories = f.contents.Categories
	if v := models.JudgeReleases(ask, all); v.ReleaseID != "" {
		for _, release := range all {
			if release.ID == v.ReleaseID {
				f.release = &release
			}
		}
	}
	return nil
}
