package storetest

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// CPU is the processor time that this process and the world's PostgreSQL
// backends have used so far. SQLite works inside this process.
func (w *World) CPU() time.Duration {
	w.T.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		w.T.Fatal(err)
	}
	spent := time.Duration(u.Utime.Nano() + u.Stime.Nano())
	if w.DB.Engine() == "sqlite" {
		return spent
	}
	rows, err := w.OwnerDB.Query("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
	if err != nil {
		w.T.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var pid int
		if err := rows.Scan(&pid); err != nil {
			w.T.Fatal(err)
		}
		t, err := processCPU(pid)
		if err != nil {
			w.T.Fatal(err)
		}
		spent += t
	}
	if err := rows.Err(); err != nil {
		w.T.Fatal(err)
	}
	return spent
}

// processCPU reads a process's time: in nanoseconds where the kernel keeps
// them, else user and system time in hundredths of a second.
func processCPU(pid int) (time.Duration, error) {
	if b, err := os.ReadFile(fmt.Sprintf("/proc/%d/schedstat", pid)); err == nil {
		if first, _, ok := strings.Cut(string(b), " "); ok && first != "0" {
			ns, err := strconv.ParseInt(first, 10, 64)
			return time.Duration(ns), err
		}
	}
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(b), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0, fmt.Errorf("/proc/%d/stat: %q", pid, b)
	}
	user, err := strconv.Atoi(fields[11])
	if err != nil {
		return 0, err
	}
	system, err := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond, err
}

// Median is the middle of some rounds, the smallest and the largest are noise.
func Median[T int | int64 | float64 | time.Duration](rounds []T) T {
	s := slices.Clone(rounds)
	slices.Sort(s)
	return s[len(s)/2]
}

// Figure reports what was measured beside its goal; "make bench" makes a table
// of these. Nothing fails: a figure depends on what else the machine does.
func Figure(b *testing.B, measured float64, unit string, goal float64) {
	b.ReportMetric(measured, unit)
	b.ReportMetric(goal, "goal")
	b.ReportMetric(0, "ns/op")
}
