package main

import (
	"bytes"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
)

// lean gives back what only the start needed: the heap of wiring, and the pages
// of the program that were read once. Such a page is never written (only
// read-only mappings of the program's own file are named), and the kernel
// brings it back from its cache when it is needed again.
func lean() {
	debug.FreeOSMemory()
	self, err := os.Executable()
	if err != nil {
		return
	}
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		return
	}
	for line := range bytes.Lines(maps) {
		f := strings.Fields(string(line))
		if len(f) != 6 || f[5] != self || strings.Contains(f[1], "w") {
			continue
		}
		from, to, _ := strings.Cut(f[0], "-")
		a, errA := strconv.ParseUint(from, 16, 64)
		z, errZ := strconv.ParseUint(to, 16, 64)
		if errA == nil && errZ == nil && a < z {
			_, _, _ = syscall.Syscall(syscall.SYS_MADVISE, uintptr(a), uintptr(z-a), syscall.MADV_DONTNEED)
		}
	}
}
