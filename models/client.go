package models

import (
	"net/mail"
	"strings"
	"time"

	"rapport/models/fault"
)

// Client is a person in a practice's care.
type Client struct {
	ID         ClientID
	PracticeID PracticeID
	Name       PersonName
	BirthDate  Date
	Email      string
	Phone      string
	ReferredBy string
	State      ClientState
	CreatedAt  time.Time
	Version    int
}

// Known is the client as somebody outside the practice may know them: how to
// reach them only where that was released, who sent them never.
func (c Client) Known(contact bool) Client {
	if !contact {
		c.Email, c.Phone = "", ""
	}
	c.ReferredBy = ""
	return c
}

// ClientState: a proposed client came with a provider's order that the
// practice has not accepted yet.
type ClientState string

// The states.
const (
	ClientProposed ClientState = "proposed"
	ClientActive   ClientState = "active"
)

// ClientDraft is what somebody types to add a client.
type ClientDraft struct {
	Name       PersonName
	BirthDate  Date
	Email      string
	Phone      string
	ReferredBy string
}

// Validate checks the form of each field; today is the practice's day.
func (d ClientDraft) Validate(today Date) error {
	var l fault.List
	d.check(&l, "", today)
	return l.Invalid("The client's details need correction.")
}

func (d ClientDraft) check(l *fault.List, pointer string, today Date) {
	d.Name.Validate(l, pointer+"/name")
	if d.BirthDate.IsZero() || d.BirthDate.After(today) || d.BirthDate.Before("1900-01-01") {
		l.Add("birth_date.invalid", pointer+"/birth_date", "The birth date is a past day after 1900.")
	}
	if d.Email != "" && !ValidEmail(d.Email) {
		l.Add("email.invalid", pointer+"/email", "This is not an e-mail address.")
	}
	if len(d.Phone) > 40 {
		l.Add("phone.invalid", pointer+"/phone", "A phone number has at most 40 characters.")
	}
}

// ValidEmail accepts one plain address without a display name.
func ValidEmail(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s && len(s) <= 254 && !strings.ContainsAny(s, "\r\n\x00")
}

// CareTeamMember is a doctor the client sees, and whether they may be told.
type CareTeamMember struct {
	ProviderID ProviderID `json:"provider_id"`
	Role       string     `json:"role"` // for example "chiropractor", "family doctor"
	MayBeTold  bool       `json:"may_be_told"`
}
