package models

import "fmt"

// Mail is one letter as it leaves: fixed words, the practice's name, a link.
// Its Message-ID is made from ID, so that a repeat is recognisable.
type Mail struct {
	ID       MessageID
	To       string
	FromName string // the practice
	ReplyTo  string // the practice's address; may be empty
	Subject  string
	Text     string
	Files    []MailFile // only papers that name no client
}

// MailFile is a paper that goes along with a mail.
type MailFile struct {
	Name      string
	MediaType string
	Bytes     []byte
}

// SendVerdict says what a failed attempt to send means.
type SendVerdict string

// The verdicts.
const (
	SendLater   SendVerdict = "later"   // nothing left; try again
	SendNever   SendVerdict = "never"   // refused for good; a person must act
	SendUnknown SendVerdict = "unknown" // it may have left; a person must look
)

// SendError is why a mail did not leave. Code is safe to store and to show;
// the cause may name the recipient and is for nobody but the debugger.
type SendError struct {
	Verdict SendVerdict
	Code    string // for example mail.refused_550
	Cause   error
}

func (e *SendError) Error() string { return fmt.Sprintf("%s (%s)", e.Code, e.Verdict) }

// Unwrap gives the cause.
func (e *SendError) Unwrap() error { return e.Cause }
