package password_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"rapport/models/fault"
	"rapport/referral/password"
)

func TestMatchesOnlyThePasswordThatWasHashed(t *testing.T) {
	ctx := context.Background()
	h := password.New(rand.NewChaCha8([32]byte{1}))
	stored, err := h.Hash(ctx, "café au lait at nine")
	if err != nil || !strings.HasPrefix(stored, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatalf("got %q, %v", stored, err)
	}
	again, _ := h.Hash(ctx, "café au lait at nine")
	if again == stored {
		t.Error("two hashes have one salt")
	}
	for _, c := range []struct {
		name, typed, stored string
		want                bool
	}{
		{"the same", "café au lait at nine", stored, true},
		{"typed with a combining accent", "cafe\u0301 au lait at nine", stored, true},
		{"another", "cafe au lait at nine", stored, false},
		{"an unknown account", "café au lait at nine", "", false},
		{"a damaged row", "café au lait at nine", stored[:len(stored)-3] + "$$$", false},
		{"absurd costs", "café au lait at nine", strings.Replace(stored, "m=19456", "m=999999999", 1), false},
		{"another version", "café au lait at nine", strings.Replace(stored, "v=19", "v=16", 1), false},
	} {
		if got, err := h.Matches(ctx, c.typed, c.stored); got != c.want || err != nil {
			t.Errorf("%s: got %v, %v", c.name, got, err)
		}
	}
}

// The work for an unknown account is the same. The quickest of some tries is
// compared, taken in turns until they agree, so that a busy machine does not
// fail this and an answer without the work always does.
func TestUnknownAccountsCostTheSameWork(t *testing.T) {
	ctx := context.Background()
	h := password.New(rand.NewChaCha8([32]byte{1}))
	stored, _ := h.Hash(ctx, "a password of some length")
	took := func(stored string) time.Duration {
		start := time.Now()
		_, _ = h.Matches(ctx, "another password, wrong", stored)
		return time.Since(start)
	}
	known, unknown := time.Hour, time.Hour
	for range 60 {
		known, unknown = min(known, took(stored)), min(unknown, took(""))
		if unknown > known/2 && known > unknown/2 {
			return
		}
	}
	t.Errorf("known %v, unknown %v", known, unknown)
}

func TestWaitingForASlotEndsWithTheRequest(t *testing.T) {
	h := password.New(rand.NewChaCha8([32]byte{1}))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	refused := false
	for range 40 { // a free slot may be taken even then
		if _, err := h.Hash(ctx, "a password of some length"); errors.Is(err, fault.Unavailable) {
			refused = true
			break
		}
	}
	if !refused {
		t.Error("nobody was refused")
	}
}
