package wire

import (
	"context"

	"rapport/models/fault"
)

var errDiskLow = fault.New(fault.Unavailable, "disk.low", "The server's disk is nearly full, so nothing new is written and nothing was saved. What is there can be read, and access can be taken away. Whoever runs the server makes room; then send it again.")

// Writable refuses what would write while the disk is nearly full. Readings go
// on, with the little that their trail takes, and so does what is declared as
// Always: while something is told, whoever may end that can end it.
func Writable(ctx context.Context) error {
	if low := requestOf(ctx).low; low != nil && low() {
		return errDiskLow
	}
	return nil
}
