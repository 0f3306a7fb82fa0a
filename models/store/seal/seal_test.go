package seal_test

import (
	"bytes"
	"testing"

	"rapport/models/store/seal"
)

func keys(t *testing.T) *seal.Keys {
	t.Helper()
	k, err := seal.NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func masterKey(t *testing.T) *seal.Master {
	t.Helper()
	m, err := seal.NewMaster()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

const words = "My legs and feet are so tired"

func TestACiphertextOpensInItsPlaceOnly(t *testing.T) {
	k := keys(t)
	sealed, err := k.Seal([]byte(words), "practice", "sessions", "row", "note")
	if err != nil || bytes.Contains(sealed, []byte("legs")) {
		t.Fatalf("%q, %v", sealed, err)
	}
	if got, err := k.Open(sealed, "practice", "sessions", "row", "note"); err != nil || string(got) != words {
		t.Fatalf("in its place: %q, %v", got, err)
	}
	for what, at := range map[string][4]string{
		"another practice":           {"other", "sessions", "row", "note"},
		"another table":              {"practice", "reports", "row", "note"},
		"another row":                {"practice", "sessions", "row2", "note"},
		"another column":             {"practice", "sessions", "row", "void_reason"},
		"a border moved by a letter": {"practice", "sessions", "rown", "ote"},
		"parts in another order":     {"practice", "row", "sessions", "note"},
		"nowhere":                    {},
	} {
		if got, err := k.Open(sealed, at[0], at[1], at[2], at[3]); err == nil || got != nil {
			t.Errorf("%s: it opened: %q", what, got)
		}
	}
}

func TestADamagedCiphertextDoesNotOpen(t *testing.T) {
	k := keys(t)
	sealed, err := k.Seal([]byte(words), "p", "t", "r", "c")
	if err != nil {
		t.Fatal(err)
	}
	for i := range sealed {
		flipped := bytes.Clone(sealed)
		flipped[i] ^= 1
		if _, err := k.Open(flipped, "p", "t", "r", "c"); err == nil {
			t.Errorf("it opened with a bit of byte %d flipped", i)
		}
		if _, err := k.Open(sealed[:i], "p", "t", "r", "c"); err == nil {
			t.Errorf("it opened cut to %d bytes", i)
		}
	}
	if _, err := k.Open(append(bytes.Clone(sealed), 0), "p", "t", "r", "c"); err == nil {
		t.Error("it opened with a byte added")
	}
	if _, err := keys(t).Open(sealed, "p", "t", "r", "c"); err == nil {
		t.Error("it opened with another practice's key")
	}
}

func TestTheSameWordsAreSealedDifferentlyEachTime(t *testing.T) {
	k := keys(t)
	a, errA := k.Seal([]byte(words), "p", "t", "r", "c")
	b, errB := k.Seal([]byte(words), "p", "t", "r", "c")
	if errA != nil || errB != nil || bytes.Equal(a, b) {
		t.Errorf("%v, %v, equal %v", errA, errB, bytes.Equal(a, b))
	}
}

func TestARotatedKeyOpensWhatTheOldOneSealedAndNotTheOtherWayRound(t *testing.T) {
	old := keys(t)
	before, err := old.Seal([]byte(words), "p", "t", "r", "c")
	if err != nil {
		t.Fatal(err)
	}
	fresh, err := old.Rotated()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := fresh.Open(before, "p", "t", "r", "c"); err != nil || string(got) != words {
		t.Errorf("sealed before the rotation: %q, %v", got, err)
	}
	after, err := fresh.Seal([]byte(words), "p", "t", "r", "c")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := old.Open(after, "p", "t", "r", "c"); err == nil {
		t.Error("the old key opens what the new one sealed: nothing was rotated")
	}
}

func TestAPracticeKeyUnwrapsForItsPracticeAndUnderItsMasterOnly(t *testing.T) {
	k, m := keys(t), masterKey(t)
	sealed, err := k.Seal([]byte(words), "practice", "t", "r", "c")
	if err != nil {
		t.Fatal(err)
	}
	wrapped, err := k.Wrap(m, "practice")
	if err != nil {
		t.Fatal(err)
	}
	rotated, err := m.Rotated()
	if err != nil || rotated.ID() == m.ID() {
		t.Fatalf("%s and %s, %v", m.ID(), rotated.ID(), err)
	}
	text, err := rotated.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	read, err := seal.ReadMaster(text)
	if err != nil {
		t.Fatal(err)
	}
	for what, with := range map[string]*seal.Master{"its master": m, "the rotated master": rotated, "the rotated master from its file": read} {
		back, err := seal.Unwrap(with, wrapped, "practice")
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if got, err := back.Open(sealed, "practice", "t", "r", "c"); err != nil || string(got) != words {
			t.Errorf("%s: %q, %v", what, got, err)
		}
	}
	if _, err := seal.Unwrap(m, wrapped, "other"); err == nil {
		t.Error("another practice's keyset unwraps")
	}
	if _, err := seal.Unwrap(masterKey(t), wrapped, "practice"); err == nil {
		t.Error("another master unwraps")
	}
	anew, err := k.Wrap(rotated, "practice")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := seal.Unwrap(m, anew, "practice"); err == nil {
		t.Error("the old master unwraps what the new one wrapped")
	}
}

func TestTheMastersOwnSecretsOpenUnderTheirNameOnly(t *testing.T) {
	m := masterKey(t)
	sealed, err := m.Seal([]byte(words), "signing key 1")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := m.Open(sealed, "signing key 1"); err != nil || string(got) != words {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := m.Open(sealed, "signing key 2"); err == nil {
		t.Error("it opened under another name")
	}
	if _, err := masterKey(t).Open(sealed, "signing key 1"); err == nil {
		t.Error("another master opened it")
	}
}
