package models

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strconv"
)

// ChainHash is the SHA-256 of the event with its predecessor's hash. Each
// field has its length before it, so that no two events read the same.
func (e AuditEvent) ChainHash() string {
	h := sha256.New()
	for _, s := range []string{string(e.PracticeID), strconv.FormatInt(e.Seq, 10), strconv.FormatInt(e.At.UnixMicro(), 10), e.Principal,
		e.Action, e.ObjectKind, e.ObjectID, string(e.ClientID), e.Outcome, e.Detail, e.PrevHash} {
		var n [4]byte
		binary.BigEndian.PutUint32(n[:], uint32(len(s)))
		h.Write(n[:])
		h.Write([]byte(s))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// VerifyChain checks events that follow prev (hash "" at the start) and
// returns the first sequence number that does not fit, 0 when all do.
func VerifyChain(prevSeq int64, prevHash string, events []AuditEvent) (broken int64) {
	for _, e := range events {
		if e.Seq != prevSeq+1 || e.PrevHash != prevHash || e.ChainHash() != e.Hash {
			return prevSeq + 1
		}
		prevSeq, prevHash = e.Seq, e.Hash
	}
	return 0
}
