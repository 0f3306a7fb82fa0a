package main

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// hold marks a SQLite file as in use by a running server, or, alone, as about
// to be replaced. The mark ends with the process, however it ends.
func (s settings) hold(alone bool) (release func() error, err error) {
	path, ok := s.sqlitePath()
	if !ok {
		return func() error { return nil }, nil
	}
	f, err := os.OpenFile(path+".inuse", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	how := syscall.LOCK_SH
	if alone {
		how = syscall.LOCK_EX
	}
	if err := syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB); err != nil {
		f.Close()
		if alone {
			return nil, errors.New("a server is running on this database; stop it first")
		}
		return nil, errors.New("this database is being restored; start the server when that is done")
	}
	return f.Close, nil
}

// present refuses to look at a SQLite file that is not there.
func (s settings) present() error {
	path, ok := s.sqlitePath()
	if !ok {
		return nil
	}
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("there is no database at %s; name its place with --data-dir or --database-url", path)
	}
	return nil
}
