package models

import (
	"errors"
	"strings"
	"testing"
	"time"

	"rapport/models/fault"
)

func TestALinkEndsAtItsInstantAndInEveryOtherWay(t *testing.T) {
	at := time.Date(2026, 3, 16, 20, 0, 0, 0, time.UTC)
	live := Link{ExpiresAt: at, TriesLeft: 1}
	for name, c := range map[string]struct {
		change func(*Link)
		now    time.Time
		ended  bool
	}{
		"one second before its end": {func(*Link) {}, at.Add(-time.Second), false},
		"at its end":                {func(*Link) {}, at, true},
		"used":                      {func(l *Link) { l.UsedAt = &at }, at.Add(-time.Hour), true},
		"closed":                    {func(l *Link) { l.ClosedAt = &at }, at.Add(-time.Hour), true},
		"no tries left":             {func(l *Link) { l.TriesLeft = 0 }, at.Add(-time.Hour), true},
	} {
		l := live
		c.change(&l)
		if err := l.Ended(c.now); errors.Is(err, fault.Gone) != c.ended {
			t.Errorf("%s: %v, want ended %v", name, err, c.ended)
		}
	}
}

func TestATokenIsKeptOnlyAsItsHash(t *testing.T) {
	token := Token(make([]byte, TokenBytes))
	if len(token) != 43 || strings.ContainsAny(token, "+/=") {
		t.Errorf("token %q does not fit into a path", token)
	}
	if h := HashToken(token); len(h) != 64 || h == HashToken(token+"A") {
		t.Errorf("hash %q", h)
	}
}

func TestALinkActorIsAnOutsiderOfTheLinksPractice(t *testing.T) {
	a := LinkActor(Link{ID: "l", PracticeID: "p", ProviderID: "d"})
	if !a.Outsider() || a.Principal() != "link:l" || a.PracticeID != "p" || a.ProviderID != "d" {
		t.Errorf("actor %+v", a)
	}
}

func TestAMessageIsRefusedWhenItsAddressCouldCarryAHeader(t *testing.T) {
	for to, ok := range map[string]bool{
		"linh@greenlake.example": true, "a.b+c@x.org": true, "": false, "linh": false, "@x.org": false, "a@": false,
		"a@x.org\r\nBcc: b@y.org": false, "a@x.org,b@y.org": false, "A <a@x.org>": false, "a@x.org\x00": false, strings.Repeat("a", 250) + "@x.org": false,
	} {
		if err := (Message{Kind: MessageReportNotice, To: to}).Validate(); (err == nil) != ok {
			t.Errorf("%q: %v, want ok %v", to, err, ok)
		}
	}
	if (Message{Kind: "gossip", To: "a@x.org"}).Validate() == nil {
		t.Error("an unknown kind was accepted")
	}
}

func TestOnlyFailedAndUncertainMessagesAreSettledByAPerson(t *testing.T) {
	for _, s := range MessageStates() {
		_, err := Message{State: s}.Resolve(Resolution{Outcome: ResolvedGaveUp})
		if want := s == MessageFailed || s == MessageUncertain; (err == nil) != want {
			t.Errorf("%s: %v, want allowed %v", s, err, want)
		}
	}
	for _, c := range []struct {
		r    Resolution
		want MessageState
	}{
		{Resolution{ResolvedSent, "the office called"}, MessageSent}, {Resolution{ResolvedSent, " "}, ""}, {Resolution{ResolvedRetry, ""}, MessageQueued},
		{Resolution{ResolvedGaveUp, "moved away"}, MessageStopped}, {Resolution{"perhaps", ""}, ""}, {Resolution{ResolvedRetry, strings.Repeat("x", 501)}, ""},
	} {
		if got, err := (Message{State: MessageUncertain}).Resolve(c.r); got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%+v: %q, %v, want %q", c.r, got, err, c.want)
		}
	}
}
