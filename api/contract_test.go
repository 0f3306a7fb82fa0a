package api_test

import (
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"rapport/models/store/storetest"
)

// The contract of the main loop, as clients were promised it: an operation, its
// status, the fields that a request may carry and those that an answer has. A
// dot leads into an object or the objects of a list.
const promised = `
POST /auth/token 200 | email password otp | access_token token_type expires_in refresh_token
POST /auth/refresh 200 | refresh_token | access_token refresh_token
GET /me 200 | | id email name roles.role roles.practice_id roles.provider_id
POST /providers 201 | name.given name.family credentials npi taxonomy office.name office.address office.phone office.fax email | id
GET /providers 200 | ?q ?npi ?taxonomy ?city ?state ?limit ?cursor | items.id next_cursor
POST /providers/{id}/invitation 201 | email role | id
POST /invitations/{token} 200 410 | password | access_token token_type expires_in refresh_token
POST /clients 201 | name.given name.family birth_date email phone referred_by | id
POST /clients/{id}/releases 201 | recipients.provider_id recipients.office_id recipients.payer_name recipients.claim_number recipients.name recipients.phone recipients.role categories purpose expires_on expiry_event representative | id status
POST /releases/{id}/signature 200 | method name image electronic_records_consent witness | status
POST /releases/{id}/signing-link 201 | email |
POST /sign/{token} 200 410 | method name image electronic_records_consent witness birth_date | status
POST /releases/{id}/revocation 200 | received_at channel reason | status
POST /releases/{id}/expiry-event 200 | occurred_on | status
GET /releases/{id}/document 200 | | application/pdf
GET /clients/{id}/care-team 200 | | provider_id role may_be_told
PUT /clients/{id}/care-team 200 | provider_id role may_be_told |
POST /prescriptions 201 | client_id client.name.given client.birth_date practice_id prescriber_id diagnosis_codes scope.regions.region scope.regions.side scope.minutes_per_session scope.sessions_total scope.frequency.sessions scope.frequency.per scope.frequency.window scope.techniques.only scope.techniques.except scope.precautions scope.self_pay_allowed scope.unsided_covers_both valid_from valid_until expiry clock instructions focus_reason report_every.sessions report_every.days opening.used opening.as_of procedure_codes goals claim | id status
POST /prescriptions/{id}/submission 200 | signature.method signature.name signature.image | status content_sha256
POST /prescriptions/{id}/acceptance 200 | | status
POST /prescriptions/{id}/declination 200 | reason | status
POST /prescriptions/{id}/revocation 200 | reason | status
POST /prescriptions/{id}/suspension 200 | reason | status
POST /prescriptions/{id}/resumption 200 | | status
POST /prescriptions/{id}/renewal 201 | | id status
POST /prescriptions/{id}/verbal-orders 201 | scope given_by taken_at read_back | id
POST /prescriptions/{id}/countersignature 200 | signature | status
POST /prescriptions/{id}/attachments 201 | multipart/form-data | id
GET /prescriptions/{id} 200 | | status version replaces series_id content_sha256 visits.allowed visits.used visits.booked visits.left effective_from effective_until
GET /prescriptions/{id}/admissibility 200 | ?on ?minutes ?region ?technique | admissible violations.code earliest_date
POST /bookings 201 | client_id prescription_id therapist_id starts_at minutes regions | id
POST /bookings/{id}/start 200 | | id
POST /bookings/{id}/cancellation 200 | | id
POST /bookings/{id}/no-show 200 | | id
POST /sessions 201 409 | client_id prescription_id started_at minutes regions.region regions.side techniques precautions_acknowledged screening.reviewed screening.findings.key screening.findings.note soap.subjective soap.objective soap.assessment soap.plan measures.instrument measures.value measures.answers measures.taken measures.region measures.side measures.motion booking_id deviation.reason | id visit_number
PATCH /sessions/{id} 200 412 428 | soap |
POST /sessions/{id}/signature 200 | | state
POST /sessions/{id}/addenda 201 | text |
POST /sessions/{id}/void 200 | reason | state
POST /prescriptions/{id}/change-requests 201 | asked_by words proposed explanation_given | id status
POST /change-requests/{id}/decision 200 409 | decision reason scope | status
POST /reports 201 | client_id prescription_id provider_id include kind from to narrative.summary narrative.recommendation narrative.reply_requested | id status
POST /reports/{id}/signature 200 | | status sha256
POST /reports/{id}/deliveries 201 403 | provider_id channel override.basis override.reason | id state
GET /reports/{id}/pdf 200 404 410 | | application/pdf
POST /reports/{id}/acknowledgement 200 | reply |
POST /document-requests 201 | client_id kind wanted_by note | id
GET /clients/{id}/disclosures 200 | ?view | items.verdict items.purpose
GET /practices 200 | ?limit ?cursor | items.id next_cursor
GET /clients 200 | ?limit ?cursor | items.id next_cursor
GET /releases 200 | ?limit ?cursor | items.id next_cursor
GET /prescriptions 200 | ?status ?limit ?cursor | items.id next_cursor
GET /change-requests 200 | ?limit ?cursor | items.id next_cursor
GET /bookings 200 | ?limit ?cursor | items.id next_cursor
GET /sessions 200 | ?limit ?cursor | items.id next_cursor
GET /reports 200 | ?limit ?cursor | items.id next_cursor
GET /deliveries 200 | ?limit ?cursor | items.id next_cursor
GET /contacts 200 | ?limit ?cursor | items.id next_cursor
GET /referrals 200 | ?limit ?cursor | items.id next_cursor
`

// TestWhatClientsWerePromisedIsInTheContract reads the OpenAPI document beside
// the table above.
func TestWhatClientsWerePromisedIsInTheContract(t *testing.T) {
	s := serve(t, storetest.NewWorld(t, "sqlite"))
	o := s.API.OpenAPI()
	ops := operationsOf(o)
	for _, line := range strings.Split(strings.TrimSpace(promised), "\n") {
		part := strings.Split(line, "|")
		head := strings.Fields(part[0])
		op := ops[head[0]+" /api/v1"+head[1]]
		if op == nil {
			t.Errorf("there is no %s %s", head[0], head[1])
			continue
		}
		for i, status := range head[2:] {
			if op.Responses[status] == nil {
				t.Errorf("%s: %s is not described", line, status)
			} else if i == 0 {
				answers(t, line, o.Components.Schemas, op.Responses[status].Content, strings.Fields(part[2]))
			}
		}
		var body map[string]*huma.MediaType
		if op.RequestBody != nil {
			body = op.RequestBody.Content
		}
		var fields []string
		for _, f := range strings.Fields(part[1]) {
			if name, query := strings.CutPrefix(f, "?"); query {
				asked := false
				for _, p := range op.Parameters {
					asked = asked || p.In == "query" && p.Name == name
				}
				if !asked {
					t.Errorf("%s %s does not take ?%s", head[0], head[1], name)
				}
			} else {
				fields = append(fields, f)
			}
		}
		answers(t, line, o.Components.Schemas, body, fields)
	}
}

// answers wants each field in the JSON schema; one with a slash is a media type.
func answers(t *testing.T, line string, known huma.Registry, content map[string]*huma.MediaType, fields []string) {
	t.Helper()
	for _, f := range fields {
		if strings.Contains(f, "/") {
			if content[f] == nil {
				t.Errorf("%s: no %s", line, f)
			}
		} else if content["application/json"] == nil || !has(known, content["application/json"].Schema, strings.Split(f, ".")) {
			t.Errorf("%.60s: no field %s", line, f)
		}
	}
}

func has(known huma.Registry, s *huma.Schema, path []string) bool {
	for s != nil && (s.Ref != "" || s.Items != nil) {
		if s.Ref != "" {
			s = known.SchemaFromRef(s.Ref)
		} else {
			s = s.Items
		}
	}
	if len(path) == 0 || s == nil {
		return len(path) == 0
	}
	return s.Properties[path[0]] != nil && has(known, s.Properties[path[0]], path[1:])
}
