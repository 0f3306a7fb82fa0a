package models

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"time"
)

// AccountingYears is how far back an accounting of disclosures reaches (45 CFR
// 164.528(a)(1)).
const AccountingYears = 6

// DisclosureView chooses between what the law asks to account for and
// everything that was decided.
type DisclosureView string

// The two views of one log.
const (
	DisclosuresFull      DisclosureView = "full"
	DisclosuresStatutory DisclosureView = "statutory"
)

// Digest is the SHA-256 of the decision. It stands in the audit event with the
// decision's number, so that the trail's chain holds the ledger too.
func (d Disclosure) Digest() string {
	h := sha256.New()
	for _, v := range []any{d.ID, d.PracticeID, d.ClientID, strconv.FormatInt(d.At.UnixMicro(), 10), d.ActorID, d.Recipient, d.Categories, d.Purpose,
		d.Description, d.ObjectKind, d.ObjectID, d.Channel, d.Allowed, d.Basis, d.Reasons, d.RuleVersion, d.ReleaseID, d.ReleaseVersion, d.Override} {
		b, _ := json.Marshal(v)
		var n [4]byte
		binary.BigEndian.PutUint32(n[:], uint32(len(b)))
		h.Write(n[:])
		h.Write(b)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// FlaggedBy says that the disclosure happened after the revocation of its
// release had arrived and before anybody entered it. Nothing is pulled back;
// the log says so.
func (d Disclosure) FlaggedBy(r Release) bool {
	return d.Allowed && d.Basis == BasisRelease && d.ReleaseID == r.ID && r.Revocation != nil && r.RevokedAt != nil &&
		!d.At.Before(r.Revocation.ReceivedAt) && d.At.Before(*r.RevokedAt)
}

// Statutory says that 45 CFR 164.528 asks to account for the disclosure at a
// moment. Left out are those for treatment (the prescriber's own order, an
// override for treatment), to the client, and under the client's release. A
// flagged one is accounted for: its release was no longer good.
func (d Disclosure) Statutory(now time.Time) bool {
	if !d.Allowed || d.At.Before(now.AddDate(-AccountingYears, 0, 0)) {
		return false
	}
	switch d.Basis {
	case BasisRelease:
		return d.Flagged
	case BasisOwnOrder, BasisIndividual:
		return false
	}
	return d.Override == nil || d.Override.Basis != "treatment"
}
