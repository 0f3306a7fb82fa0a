package store

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"rapport/models"
)

// recordColumns are where a kind of record keeps what its title is made of. The
// practice's own are read in the practice only.
type recordColumns struct {
	sort, from, until, at, words, opens, openID, tables string
	shared                                              bool
}

const (
	ofProvider     = " LEFT JOIN providers p ON p.id = x.provider_id"
	ofRelationship = " LEFT JOIN relationships r ON r.practice_id = x.practice_id AND r.id = x.relationship_id LEFT JOIN providers p ON p.id = r.provider_id"
	nobodys        = " LEFT JOIN providers p ON 1 = 0"
)

// recordTables are the kinds of record that events name. Each reads a column
// of the type of a moment, by which both engines know the type of all of them.
var recordTables = map[string]recordColumns{
	"session":            {"x.kind", "x.local_date", "''", "x.started_at", "''", "'session'", "x.id", "sessions x" + nobodys, false},
	"booking":            {"''", "x.local_date", "''", "x.starts_at", "''", "''", "''", "bookings x" + nobodys, false},
	"report":             {"x.kind", "x.from_on", "x.to_on", "x.created_at", "''", "'report'", "x.id", "reports x" + ofProvider, false},
	"delivery":           {"r.kind", "r.from_on", "r.to_on", "x.created_at", "''", "'report'", "r.id", "deliveries x JOIN reports r ON r.practice_id = x.practice_id AND r.id = x.report_id" + ofProvider, false},
	"prescription":       {"''", "x.issued_on", "''", "x.created_at", "''", "'prescription'", "x.id", "prescriptions x LEFT JOIN providers p ON p.id = x.prescriber_id", false},
	"release":            {"''", "''", "''", "x.signed_at", "''", "'release'", "x.id", "releases x" + nobodys, false},
	"referral":           {"x.direction", "''", "''", "x.created_at", "''", "'referral'", "x.id", "referrals x" + ofProvider, false},
	"change_request":     {"''", "''", "''", "x.created_at", "''", "'change_request'", "x.id", "change_requests x LEFT JOIN providers p ON p.id = x.prescriber_id", false},
	"document_request":   {"x.kind", "''", "''", "x.created_at", "''", "'document_request'", "x.id", "document_requests x" + ofProvider, false},
	"disclosure":         {"x.recipient", "''", "''", "x.at", "x.description", "x.object_kind", "x.object_id", "disclosures x" + ofProvider, false},
	"referral_out_draft": {"''", "s.local_date", "''", "x.created_at", "''", "'session'", "x.session_id", "referral_out_drafts x JOIN sessions s ON s.practice_id = x.practice_id AND s.id = x.session_id" + nobodys, false},
	"contact":            {"x.channel", "''", "''", "x.at", "''", "'relationship'", "p.id", "contacts x" + ofRelationship, false},
	"packet":             {"x.channel", "''", "''", "x.created_at", "''", "'relationship'", "p.id", "packets x" + ofRelationship, false},
	"promise":            {"x.kind", "x.due_on", "''", "x.created_at", "''", "'promise'", "x.id", "promises x" + ofRelationship, false},
	"relationship":       {"''", "''", "''", "x.created_at", "''", "'relationship'", "p.id", "relationships x" + ofProvider, false},
	"office_staff":       {"''", "''", "''", "x.created_at", "x.name", "''", "''", "office_staff x" + nobodys, false},
	"message":            {"x.kind", "''", "''", "x.created_at", "''", "''", "''", "messages x" + ofProvider, false},
	"link":               {"x.kind", "''", "''", "x.created_at", "COALESCE(TRIM(c.given || ' ' || c.family), '')", "''", "''", "links x LEFT JOIN clients c ON c.practice_id = x.practice_id AND c.id = x.client_id" + ofProvider, false},
	"provider":           {"''", "''", "''", "x.created_at", "''", "'provider'", "x.id", "providers x LEFT JOIN providers p ON p.id = x.id", true},
	"invitation":         {"''", "''", "''", "x.created_at", "x.name", "''", "''", "invitations x" + nobodys, true},
}

// rolesOf are what the people who acted are here, or for which of the providers
// whom the practice knows they work.
const rolesOf = `SELECT 'role' AS kind, x.user_id AS id, x.role AS sort, '' AS from_on, '' AS until_on, u.created_at AS at, '' AS words, '' AS opens, '' AS open_id,
	p.given, p.family, p.credentials FROM user_roles x JOIN users u ON u.id = x.user_id LEFT JOIN providers p ON p.id = x.provider_id
	WHERE x.user_id IN ? AND (x.practice_id = ? OR x.practice_id IS NULL AND (x.provider_id IS NULL
		OR EXISTS (SELECT 1 FROM relationships r WHERE r.practice_id = ? AND r.provider_id = x.provider_id)
		OR EXISTS (SELECT 1 FROM grants g WHERE g.practice_id = ? AND g.provider_id = x.provider_id)))`

// unsent leaves out what a provider has written and not sent: the practice does
// not know of it.
var unsent = map[string]string{
	"prescription": " AND NOT (x.status = 'draft' AND x.status_by <> 'practice')",
	"referral":     " AND (x.state <> 'draft' OR NOT EXISTS (SELECT 1 FROM grants g WHERE g.object_kind = 'referral' AND g.object_id = x.id))",
}

func (c recordColumns) sql(kind string) string {
	s := "SELECT '" + kind + "' AS kind, x.id AS id, " + c.sort + " AS sort, " + c.from + " AS from_on, " + c.until + " AS until_on, " + c.at + " AS at, " +
		c.words + " AS words, " + c.opens + " AS opens, " + c.openID + " AS open_id, p.given, p.family, p.credentials FROM " + c.tables + " WHERE x.id IN ?"
	if !c.shared {
		s += " AND x.practice_id = ?"
	}
	return s + unsent[kind]
}

type recordRow struct {
	Kind, ID, Sort, Words, Opens, OpenID string
	Given, Family, Credentials           string
	FromOn, UntilOn                      models.Date
	At                                   *time.Time
}

func (r recordRow) provider() string {
	return models.Provider{Name: models.PersonName{Given: r.Given, Family: r.Family}, Credentials: r.Credentials}.DisplayName()
}

func (r recordRow) record() models.TrailRecord {
	out := models.TrailRecord{Kind: r.Opens, ID: r.OpenID, Sort: r.Sort, From: r.FromOn, Until: r.UntilOn, Name: r.provider(), Words: r.Words}
	if r.At != nil {
		out.At = *r.At
	}
	switch r.Kind {
	case "disclosure":
		var to models.Recipient
		if out.Sort = ""; json.Unmarshal([]byte(r.Sort), &to) == nil && out.Name == "" {
			out.Name = to.Name + to.PayerName
		}
	case "office_staff", "invitation", "link":
		if out.Name == "" {
			out.Name = r.Words
		}
	}
	if out.Kind == "" {
		out.Kind = r.Kind
	}
	return out
}

// NameRecords reads what the events were about, and what those may be who
// acted: one statement for all of them.
func (t *Tx) NameRecords(lines []models.TrailLine) error {
	q, args := t.recordsOf(lines)
	if q == "" {
		return nil
	}
	rows, err := asked[recordRow](t, q, args...)
	if err != nil {
		return err
	}
	records, roles := map[string]models.TrailRecord{}, map[string][]recordRow{}
	for _, r := range rows {
		if r.Kind == "role" {
			roles["user:"+r.ID] = append(roles["user:"+r.ID], r)
		} else {
			records[r.Kind+":"+r.ID] = r.record()
		}
	}
	for i := range lines {
		l := &lines[i]
		l.Record = records[l.ObjectKind+":"+l.ObjectID]
		who := l.Principal
		if l.SignedInAs() {
			who = "user:" + l.ObjectID
		}
		for _, r := range roles[who] {
			l.Act(models.Role(r.Sort), r.provider())
		}
		if strings.HasPrefix(l.Principal, "link:") {
			l.ActorName = records[l.Principal].Name
		}
	}
	return nil
}

// recordsOf is the statement for the records and the people on the lines, ""
// where they name none.
func (t *Tx) recordsOf(lines []models.TrailLine) (string, []any) {
	ids := map[string][]string{}
	add := func(kind, id string) {
		if id != "" && id != models.Untraced && !slices.Contains(ids[kind], id) {
			ids[kind] = append(ids[kind], id)
		}
	}
	for _, l := range lines {
		add(l.ObjectKind, l.ObjectID)
		if kind, id, ok := strings.Cut(l.Principal, ":"); ok {
			add(kind, id)
		}
	}
	var parts []string
	var args []any
	for _, kind := range slices.Sorted(maps.Keys(ids)) {
		c, ok := recordTables[kind]
		switch {
		case kind == "user":
			parts, args = append(parts, rolesOf), append(args, ids[kind], string(t.practice), string(t.practice), string(t.practice))
		case ok && c.shared:
			parts, args = append(parts, c.sql(kind)), append(args, ids[kind])
		case ok:
			parts, args = append(parts, c.sql(kind)), append(args, ids[kind], string(t.practice))
		}
	}
	return strings.Join(parts, " UNION ALL "), args
}
