package main

import "path/filepath"

// room says how many bytes of a disk are free for us, and how many it has.
type room func(path string) (free, whole uint64, err error)

// low tells whether the disk of the SQLite file has less left than the reserve
// (in megabytes), or than a twentieth of a small disk. PostgreSQL's disk is not
// ours to look at; a disk that cannot be asked is not called full.
func (s serving) low(ask room) func() bool {
	path, lite := s.sqlitePath()
	if !lite || s.DiskReserve <= 0 {
		return nil
	}
	dir := filepath.Dir(path)
	return func() bool {
		free, whole, err := ask(dir)
		return err == nil && whole > 0 && free < min(uint64(s.DiskReserve)*1e6, whole/20)
	}
}
