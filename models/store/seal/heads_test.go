package seal

import (
	"testing"

	"rapport/models"
)

func TestAHeadSignedBeforeARotationStillProves(t *testing.T) {
	old, err := NewMaster()
	if err != nil {
		t.Fatal(err)
	}
	sign, _, err := old.HeadKeys()
	if err != nil {
		t.Fatal(err)
	}
	h := models.AuditHead{Practice: "p", Events: 7, Hash: "aa"}.Sign(sign)
	fresh, err := old.Rotated()
	if err != nil {
		t.Fatal(err)
	}
	b, err := fresh.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	read, err := ReadMaster(b)
	if err != nil {
		t.Fatal(err)
	}
	again, prove, err := read.HeadKeys()
	if err != nil || len(prove) != 2 || again.Equal(sign) || !h.SignedBy(prove) {
		t.Errorf("%d keys, %v", len(prove), err)
	}
	h.Events = 6
	if h.SignedBy(prove) {
		t.Error("another number of events passes")
	}
	other, err := NewMaster()
	if err != nil {
		t.Fatal(err)
	}
	h.Events = 7
	if _, prove, err := other.HeadKeys(); err != nil || h.SignedBy(prove) {
		t.Errorf("another server's key: %v", err)
	}
}
