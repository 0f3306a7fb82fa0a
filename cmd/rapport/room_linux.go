package main

import "syscall"

// onDisk asks the file system.
func onDisk(path string) (free, whole uint64, err error) {
	var s syscall.Statfs_t
	err = syscall.Statfs(path, &s)
	return s.Bavail * uint64(s.Bsize), s.Blocks * uint64(s.Bsize), err
}
