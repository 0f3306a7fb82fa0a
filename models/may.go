package models

import (
	"slices"
	"strings"

	"rapport/models/fault"
)

// Action is a permission of the table in PRODUCT §3.14.
type Action string

// Actions are coarse on purpose: the object-level part (own session, own
// order, release) is decided by the verb with the object in hand.
const (
	ReadPractice       Action = "practice.read"
	WritePractice      Action = "practice.write"
	ReadDirectory      Action = "directory.read"
	WriteDirectory     Action = "directory.write"
	ReadClients        Action = "clients.read"
	WriteClients       Action = "clients.write"
	ReadReleases       Action = "releases.read"
	WriteReleases      Action = "releases.write"
	CollectReleases    Action = "releases.collect"
	ReadPrescriptions  Action = "prescriptions.read"
	AcceptPrescription Action = "prescriptions.accept"
	OrderPrescription  Action = "prescriptions.order"
	SignPrescription   Action = "prescriptions.sign"
	WriteBookings      Action = "bookings.write"
	ReadSessions       Action = "sessions.read"
	WriteSessions      Action = "sessions.write"
	ReadReports        Action = "reports.read"
	WriteReports       Action = "reports.write"
	ReceiveReports     Action = "reports.receive"
	ReadRelationships  Action = "relationships.read"
	WriteRelationships Action = "relationships.write"
	ReadReferrals      Action = "referrals.read"
	WriteReferrals     Action = "referrals.write"
	ReceiveReferrals   Action = "referrals.receive"
	ImportDirectory    Action = "directory.import"
	ReadDisclosures    Action = "disclosures.read"
	ReadAudit          Action = "audit.read"
	CreatePractice     Action = "practice.create"
	VerifyIntegrity    Action = "integrity.verify"
	ReadFigures        Action = "figures.read"
	WriteProfile       Action = "profile.write"
)

// permissions is the table of PRODUCT §3.14, one row for each role.
var permissions = map[Role][]Action{
	Owner: {ReadPractice, WritePractice, ReadDirectory, WriteDirectory, ReadClients, WriteClients, ReadReleases,
		WriteReleases, CollectReleases, ReadPrescriptions, AcceptPrescription, WriteBookings, ReadSessions,
		WriteSessions, ReadReports, WriteReports, ReadRelationships, WriteRelationships, ReadReferrals, WriteReferrals,
		ReadDisclosures, ReadAudit, ReadFigures, WriteProfile},
	Therapist: {ReadPractice, ReadDirectory, WriteDirectory, ReadClients, WriteClients, ReadReleases, WriteReleases,
		CollectReleases, ReadPrescriptions, AcceptPrescription, WriteBookings, ReadSessions, WriteSessions,
		ReadReports, WriteReports, ReadRelationships, WriteRelationships, ReadReferrals, WriteReferrals, ReadDisclosures, ReadAudit, WriteProfile},
	FrontDesk: {ReadPractice, ReadDirectory, WriteDirectory, ReadClients, WriteClients, ReadReleases,
		CollectReleases, ReadPrescriptions, WriteBookings, ReadRelationships, WriteRelationships, ReadReferrals, WriteReferrals},
	ProviderRole:  {ReadDirectory, OrderPrescription, SignPrescription, ReceiveReports, ReceiveReferrals},
	ProviderStaff: {ReadDirectory, OrderPrescription, ReceiveReports, ReceiveReferrals},
	Operator:      {ReadDirectory, WriteDirectory, CreatePractice, VerifyIntegrity, ImportDirectory},
}

// May returns nil when one of the actor's roles allows the action, else a
// Forbidden fault that names who could. The system may do everything.
func (a Actor) May(action Action) error {
	if a.Kind == ActorSystem {
		return nil
	}
	for _, r := range a.Roles {
		for _, x := range permissions[r] {
			if x == action {
				return nil
			}
		}
	}
	if a.Kind == ActorAnonymous {
		return fault.New(fault.Unauthenticated, "sign_in.required", "Sign in first.")
	}
	var who []string
	var may []string
	for _, r := range []Role{Owner, Therapist, FrontDesk, ProviderRole, ProviderStaff, Operator} {
		if slices.Contains(permissions[r], action) {
			who, may = append(who, string(r)), append(may, nounOf[r])
		}
	}
	return fault.New(fault.Forbidden, "role.not_allowed", "Your role does not allow this.").
		With(fault.Violation{Code: "role.not_allowed", Message: "This is for " + either(may) + ".", Allowed: who})
}

// nounOf is a role inside a sentence.
var nounOf = map[Role]string{Owner: "an owner", Therapist: "a therapist", FrontDesk: "the front desk", ProviderRole: "a provider", ProviderStaff: "a provider's staff",
	Operator: "whoever runs the server"}

// either joins what is allowed: "an owner, a therapist or the front desk".
func either(names []string) string {
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " or " + names[n-1]
	}
	return strings.Join(names, "")
}
