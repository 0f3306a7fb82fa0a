package models

import (
	"slices"
	"time"

	"rapport/models/fault"
)

// PacketID names an intro packet that was made for somebody.
type PacketID string

// Packet is an intro packet: the practice's profile as it stood, drawn for one
// provider. It holds nothing about clients.
type Packet struct {
	ID             PacketID
	RelationshipID RelationshipID
	Channel        ContactChannel // email, letter, fax, or visit: handed over
	SHA256         string
	MessageID      MessageID // of the mail that carries it
	ContactID      ContactID // set when it has gone out
	Mail           MessageState
	CreatedBy      UserID
	CreatedAt      time.Time
}

// PacketChannels lists the ways in which a packet reaches an office.
func PacketChannels() []ContactChannel {
	return []ContactChannel{ContactEmail, ContactLetter, ContactFax, ContactVisit}
}

// CheckPacketChannel wants one of them.
func CheckPacketChannel(c ContactChannel) error {
	if slices.Contains(PacketChannels(), c) {
		return nil
	}
	return fault.New(fault.Invalid, "validation", "The packet needs correction.").
		With(fault.Violation{Code: "packet.way", Pointer: "/channel", Message: "A packet goes by e-mail, letter or fax, or is handed over.", Allowed: PacketChannels(), Got: c})
}

// PacketWay is the way that the office would like: what they answered, what
// they prefer, and a letter where nothing is known. A fax or a letter is
// printed; whoever likes calls or the portal gets a mail where an address is known.
func PacketWay(r Relationship, preferred Channel, mailable bool) ContactChannel {
	for _, c := range []Channel{r.Checklist.PacketWanted, r.PreferredChannel, preferred} {
		switch {
		case c == ByFax:
			return ContactFax
		case c == ByLetter:
			return ContactLetter
		case c == "":
		case mailable:
			return ContactEmail
		}
	}
	if mailable {
		return ContactEmail
	}
	return ContactLetter
}

// followUpDays is how long after a packet one asks whether it arrived.
const followUpDays = 7

// Contact is the line of the log that says that the packet went out. Handed
// over, somebody was reached; sent, nobody was yet, and one asks a week later
// unless something else stands already.
func (p Packet) Contact(id ContactID, r Relationship, at time.Time, on Date) Contact {
	c := Contact{ID: id, RelationshipID: r.ID, At: at, Channel: p.Channel, Direction: "out", Outcome: ContactSent, Note: "The intro packet.",
		Checklist: Checklist{PacketSentOn: on}, CreatedBy: p.CreatedBy, CreatedAt: at}
	if p.Channel == ContactVisit {
		c.Outcome = ReachedStaff
	}
	if r.CallBackAt == nil && (r.NextStep == "" || c.Outcome.Resets()) {
		c.NextStep, c.NextStepOn = "Ask whether the packet arrived and what they think of it", on.AddDays(followUpDays)
	}
	return c
}

// PacketResult is what care came to by one instrument: how many clients, and
// how many of them improved by more than the smallest change that matters.
type PacketResult struct {
	Instrument InstrumentKey
	Clients    int
	Improved   int
}

// LeastResults is how many clients a result needs before it is shown.
const LeastResults = 20

// PacketResults counts clients once for each instrument, by the first course
// of theirs that has a known threshold and at least two readings. Fewer than
// LeastResults are not shown; the largest number stands first.
func PacketResults(byClient map[ClientID][]TimedReading) []PacketResult {
	counts := map[InstrumentKey]PacketResult{}
	for _, readings := range byClient {
		seen := map[InstrumentKey]bool{}
		for _, o := range OutcomeTable(readings) {
			k := o.Series.Instrument
			if seen[k] || o.Change == nil || o.Change.BeyondMCID == nil {
				continue
			}
			seen[k] = true
			c := counts[k]
			c.Instrument, c.Clients = k, c.Clients+1
			if *o.Change.BeyondMCID && o.Change.Direction == TrendBetter {
				c.Improved++
			}
			counts[k] = c
		}
	}
	var out []PacketResult
	for _, c := range counts {
		if c.Clients >= LeastResults {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b PacketResult) int {
		if a.Clients != b.Clients {
			return b.Clients - a.Clients
		}
		if a.Instrument < b.Instrument {
			return -1
		}
		return 1
	})
	return out
}
