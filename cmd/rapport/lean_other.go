//go:build !linux

package main

import "runtime/debug"

// lean gives back what only the start needed.
func lean() { debug.FreeOSMemory() }
