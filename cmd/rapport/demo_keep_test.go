package main

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// asProgram in the environment makes this test binary the program itself.
const asProgram = "RAPPORT_TEST_AS_PROGRAM"

// demonstrated starts the demo as a person does, waits until it says where it
// is, lets f use it, and stops it with Ctrl-C. It returns what was printed.
func demonstrated(t *testing.T, dir string, f func(at string), flags ...string) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := ln.Addr().String()
	ln.Close()
	binary, err := os.Executable() // one program at a time: nothing races
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(binary, append([]string{"demo", "--data-dir", dir, "--addr", address}, flags...)...)
	c.Env = append(os.Environ(), asProgram+"=1")
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill() }) // where the test ended early
	late := time.AfterFunc(5*time.Minute, func() { _ = c.Process.Kill() })
	defer late.Stop()
	var said strings.Builder
	lines := bufio.NewScanner(out)
	for lines.Scan() && !strings.Contains(lines.Text(), "Stop with Ctrl-C") {
		said.WriteString(lines.Text() + "\n")
	}
	f("http://" + address + "/api/v1")
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Error(err)
	}
	if _, err := io.Copy(&said, out); err != nil {
		t.Error(err)
	}
	if err := c.Wait(); err != nil {
		t.Errorf("after Ctrl-C: %v\n%s", err, said.String())
	}
	return said.String()
}

// TestTheDemoAsAConcurrentProcessBeginsAnewUnlessItIsKept: what a visitor typed is gone at the next
// start, and there again with --keep. Nobody else on the machine reads any of it.
func TestTheDemoAsAConcurrentProcessBeginsAnewUnlessItIsKept(t *testing.T) {
	dir := t.TempDir()
	if err := os.Rename(copyOfYear(t), filepath.Join(dir, "demo")); err != nil {
		t.Fatal(err)
	}
	defer syscall.Umask(syscall.Umask(0o022))
	found := func(at string) int {
		token := asked(t, "", http.MethodPost, at+"/auth/token", map[string]string{"email": "jose@ballard.example", "password": demoPassword})["access_token"].(string)
		items, _ := asked(t, token, http.MethodGet, at+"/clients?q=Zebra", nil)["items"].([]any)
		return len(items)
	}
	said := demonstrated(t, dir, func(at string) {
		token := asked(t, "", http.MethodPost, at+"/auth/token", map[string]string{"email": "jose@ballard.example", "password": demoPassword})["access_token"].(string)
		asked(t, token, http.MethodPost, at+"/clients", map[string]any{"name": map[string]string{"given": "Zoe", "family": "Zebra"}, "birth_date": "1990-04-02"})
		if n := found(at); n != 1 {
			t.Errorf("%d clients were added", n)
		}
	}, "--keep")
	if strings.Contains(said, "Making the demo network") || !strings.Contains(said, "jose@ballard.example") || !strings.Contains(said, demoPassword) {
		t.Errorf("kept, it says\n%s", said)
	}
	demonstrated(t, dir, func(at string) {
		if n := found(at); n != 1 {
			t.Errorf("kept, %d of them are there", n)
		}
	}, "--keep")
	said = demonstrated(t, dir, func(at string) {
		if n := found(at); n != 0 {
			t.Errorf("anew, %d of them are there", n)
		}
	})
	if !strings.Contains(said, "Making the demo network") {
		t.Errorf("anew, it says\n%s", said)
	}
	for _, file := range []string{"rapport.db", "secret.json"} {
		if info, err := os.Stat(filepath.Join(dir, "demo", file)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v; want 0600", file, info.Mode(), err)
		}
	}
}
