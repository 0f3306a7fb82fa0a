package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
)

// letGo unmaps the program's own code and constants. The start runs through two
// thirds of them once (every package's init stands in another place), and Linux
// counts what lies around each as held; what is needed again is mapped again
// from its cache at the next use, in microseconds. Code and constants are never
// written, so nothing can be lost; a program that Linux may place anywhere has
// addresses written into its constants at the start, and keeps them. Where it
// fails, the server only holds more.
func letGo() {
	if !placed() {
		return
	}
	self, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return
	}
	maps, err := os.Open("/proc/self/maps")
	if err != nil {
		return
	}
	defer maps.Close()
	for lines := bufio.NewScanner(maps); lines.Scan(); {
		from, to, readOnly := programPart(lines.Text(), self)
		if readOnly {
			_, _, _ = syscall.Syscall(syscall.SYS_MADVISE, from, to-from, syscall.MADV_DONTNEED)
		}
	}
}

// placed says that the program was built for one place in memory.
func placed() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.ContainsFunc(info.Settings, func(s debug.BuildSetting) bool { return s.Key == "-buildmode" && s.Value == "exe" })
}

// programPart reads a line of /proc/self/maps: where the part lies, and whether
// it is one of the file that nobody can write to.
func programPart(line, file string) (from, to uintptr, readOnly bool) {
	var may string
	if n, _ := fmt.Sscanf(line, "%x-%x %s", &from, &to, &may); n != 3 || !strings.HasSuffix(line, " "+file) {
		return 0, 0, false
	}
	return from, to, may == "r--p" || may == "r-xp"
}
