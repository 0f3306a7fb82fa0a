package store

import (
	"errors"
	"strings"
	"time"

	"gorm.io/gorm"

	"rapport/models"
	"rapport/models/fault"
)

type reportRow struct {
	PracticeID     string
	ID             string
	ClientID       string
	PrescriptionID string
	SeriesID       string
	ProviderID     *string
	Payer          asJSON[*models.Recipient]
	Kind           string
	Status         string
	FromOn         models.Date
	ToOn           models.Date
	Include        asJSON[[]models.Category]
	Categories     asJSON[[]models.Category]
	Partial        bool
	Narrative      []byte
	SessionIDs     asJSON[[]models.SessionID] `gorm:"column:session_ids"`
	DocumentID     *string
	SHA256         string `gorm:"column:sha256"`
	SignedAt       *time.Time
	SignedBy       *string
	Revision       int
	Revises        *string
	RevisionReason []byte
	CreatedBy      string
	CreatedAt      time.Time
	Version        int
}

func (reportRow) TableName() string { return "reports" }

var reportColumns = []any{"id", "client_id", "prescription_id", "series_id", "provider_id", "payer", "kind", "status", "from_on", "to_on", "include",
	"categories", "partial", "narrative", "session_ids", "document_id", "sha256", "signed_at", "signed_by", "revision", "revises",
	"revision_reason", "created_by", "created_at", "version"}

func (t *Tx) reportRow(r models.Report) (reportRow, error) {
	id := string(r.ID)
	row := reportRow{PracticeID: string(t.practice), ID: id, ClientID: string(r.ClientID), PrescriptionID: string(r.PrescriptionID), SeriesID: string(r.SeriesID),
		ProviderID: opt(r.ProviderID), Payer: jsonOf(r.Payer), Kind: string(r.Kind), Status: string(r.Status), FromOn: r.From, ToOn: r.To,
		Include: jsonOf(r.Include), Categories: jsonOf(r.CategoriesIncluded), Partial: r.Partial, SessionIDs: jsonOf(r.SessionIDs),
		DocumentID: opt(r.DocumentID), SHA256: r.SHA256, SignedAt: r.SignedAt, SignedBy: opt(r.SignedBy), Revision: r.Revision, Revises: opt(r.Revises),
		CreatedBy: string(r.CreatedBy), CreatedAt: r.CreatedAt, Version: r.Version}
	var err error
	if row.Narrative, err = t.seal("reports", id, "narrative", r.Narrative); err != nil {
		return row, err
	}
	row.RevisionReason, err = t.seal("reports", id, "revision_reason", r.RevisionReason)
	return row, err
}

func (t *Tx) report(r reportRow) (models.Report, error) {
	out := models.Report{ID: models.ReportID(r.ID), PracticeID: t.practice, ClientID: models.ClientID(r.ClientID), PrescriptionID: models.PrescriptionID(r.PrescriptionID),
		SeriesID: models.SeriesID(r.SeriesID), ProviderID: val[models.ProviderID](r.ProviderID), Payer: r.Payer.V, Kind: models.ReportKind(r.Kind),
		Status: models.ReportStatus(r.Status), From: r.FromOn, To: r.ToOn, Include: r.Include.V, CategoriesIncluded: r.Categories.V, Partial: r.Partial,
		SessionIDs: r.SessionIDs.V, DocumentID: val[models.DocumentID](r.DocumentID), SHA256: r.SHA256, SignedAt: r.SignedAt, SignedBy: val[models.UserID](r.SignedBy),
		Revision: r.Revision, Revises: val[models.ReportID](r.Revises), CreatedBy: models.UserID(r.CreatedBy), CreatedAt: r.CreatedAt, Version: r.Version}
	if err := t.open("reports", r.ID, "narrative", r.Narrative, &out.Narrative); err != nil {
		return out, err
	}
	return out, t.open("reports", r.ID, "revision_reason", r.RevisionReason, &out.RevisionReason)
}

// AddReport inserts a draft. A report has one revision at most: the second
// attempt is 409 report.revised.
func (t *Tx) AddReport(r models.Report) error {
	r.Version = 1
	row, err := t.reportRow(r)
	if err != nil {
		return err
	}
	err = shared[reportRow](t).Create(t.ctx, &row)
	if r.Revises != "" && errors.Is(err, gorm.ErrDuplicatedKey) {
		return fault.New(fault.Conflict, "report.revised", "This report has a revision already; go on with that one.").Because(err)
	}
	return err
}

// Report reads one report; another practice's is not found.
func (t *Tx) Report(id models.ReportID) (models.Report, error) {
	r, err := scoped[reportRow](t).Select("practice_id", reportColumns...).Where("id = ?", string(id)).Take(t.ctx)
	if err != nil {
		return models.Report{}, missing(err, "report")
	}
	return t.report(r)
}

// LockReport is Report that holds the row until the commit.
func (t *Tx) LockReport(id models.ReportID) (models.Report, error) {
	r, err := table[reportRow](t).ForUpdate().Select("practice_id", reportColumns...).
		Where("practice_id = ? AND id = ?", string(t.practice), string(id)).Take(t.ctx)
	if err != nil {
		return models.Report{}, missing(err, "report")
	}
	return t.report(r)
}

// UpdateReport writes a draft, its signature included; what is signed never
// changes, and the database refuses it too.
func (t *Tx) UpdateReport(r models.Report, seen int) error {
	row, err := t.reportRow(r)
	if err != nil {
		return err
	}
	row.Version = seen + 1
	return stale(scoped[reportRow](t).Where("id = ? AND version = ? AND status = ?", row.ID, seen, string(models.ReportDraft)).
		Select("kind", "status", "from_on", "to_on", "include", "categories", "partial", "narrative", "session_ids", "document_id", "sha256", "signed_at",
			"signed_by", "version").Updates(t.ctx, row))
}

// SupersedeReport notes that a later revision was signed.
func (t *Tx) SupersedeReport(id models.ReportID) error {
	r := t.g.Exec("UPDATE reports SET status = 'superseded', version = version + 1 WHERE practice_id = ? AND id = ? AND status IN ('signed','needs_revision')",
		string(t.practice), string(id))
	return one(int(r.RowsAffected), r.Error, "report")
}

// MarkReportsQuoting notes on every signed report that quoted a session that
// the session was taken back since, and says how many there are.
func (t *Tx) MarkReportsQuoting(id models.SessionID) (int, error) {
	r := t.g.Exec("UPDATE reports SET status = 'needs_revision', version = version + 1 WHERE practice_id = ? AND status = 'signed' AND session_ids LIKE ?",
		string(t.practice), `%"`+string(id)+`"%`)
	return int(r.RowsAffected), r.Error
}

// ReportFilter narrows a list of reports; empty fields do not.
type ReportFilter struct {
	ClientID models.ClientID
	Name     string // of the client, as in Clients
	SeriesID models.SeriesID
	Status   models.ReportStatus
}

// Reports lists the practice's reports with the people's names, the newest first.
func (t *Tx) Reports(f ReportFilter, page models.Page) (models.List[models.ReportLine], error) {
	c := scoped[reportRow](t).Select("practice_id", reportColumns...)
	if f.ClientID != "" {
		c = c.Where("client_id = ?", string(f.ClientID))
	}
	if f.SeriesID != "" {
		c = c.Where("series_id = ?", string(f.SeriesID))
	}
	for word := range strings.FieldsSeq(Fold(f.Name)) {
		first, later := begins(word)
		c = c.Where(clientsByWord, string(t.practice), first, later)
	}
	if f.Status != "" {
		c = c.Where("status = ?", string(f.Status))
	}
	if id, _, _ := splitCursor(page.Cursor); id != "" {
		c = c.Where("id < ?", id)
	}
	rows, err := c.Order("id DESC").Limit(page.Limit + 1).Find(t.ctx)
	if err != nil {
		return models.List[models.ReportLine]{}, err
	}
	names, err := t.reportNames(rows)
	if err != nil {
		return models.List[models.ReportLine]{}, err
	}
	var broken error
	l := pageOf(rows, page.Limit, func(row reportRow) models.ReportLine {
		r, err := t.report(row)
		broken = errors.Join(broken, err)
		return names.line(r)
	}, func(row reportRow) string { return joinCursor(row.ID) })
	return l, broken
}

// ReportLine puts the people's names to a report.
func (t *Tx) ReportLine(r models.Report) (models.ReportLine, error) {
	names, err := t.reportNames([]reportRow{{ClientID: string(r.ClientID), ProviderID: opt(r.ProviderID)}})
	return names.line(r), err
}

// reportNames are the clients and providers of a page of reports or deliveries.
type reportNames struct {
	clients   map[models.ClientID]models.PersonName
	providers map[models.ProviderID]string
}

func (n reportNames) line(r models.Report) models.ReportLine {
	l := models.ReportLine{Report: r, Client: n.clients[r.ClientID], Recipient: n.providers[r.ProviderID]}
	if r.Payer != nil {
		l.Recipient = r.Payer.PayerName
	}
	return l
}

func (t *Tx) reportNames(rows []reportRow) (reportNames, error) {
	var clients, providers []string
	for _, r := range rows {
		clients = append(clients, r.ClientID)
		if r.ProviderID != nil {
			providers = append(providers, *r.ProviderID)
		}
	}
	n := reportNames{map[models.ClientID]models.PersonName{}, map[models.ProviderID]string{}}
	cs, err := scoped[clientRow](t).Select("id", "given", "family").Where("id IN ?", clients).Find(t.ctx)
	if err != nil {
		return n, err
	}
	for _, c := range cs {
		n.clients[models.ClientID(c.ID)] = models.PersonName{Given: c.Given, Family: c.Family}
	}
	ps, err := shared[providerRow](t).Select("id", "given", "family", "credentials").Where("id IN ?", providers).Find(t.ctx)
	for _, p := range ps {
		n.providers[models.ProviderID(p.ID)] = models.Provider{Name: models.PersonName{Given: p.Given, Family: p.Family}, Credentials: p.Credentials}.DisplayName()
	}
	return n, err
}

// LastReport is the newest signed report of an order, of any kind; the second
// result is false when there is none.
func (t *Tx) LastReport(id models.SeriesID) (models.Report, bool, error) {
	row, err := scoped[reportRow](t).Select("practice_id", reportColumns...).Where("series_id = ? AND status IN ?", string(id),
		[]string{string(models.ReportSigned), string(models.ReportNeedsRevision)}).Order("to_on DESC").Order("id DESC").Take(t.ctx)
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return models.Report{}, false, nil
	}
	if err != nil {
		return models.Report{}, false, err
	}
	r, err := t.report(row)
	return r, err == nil, err
}
