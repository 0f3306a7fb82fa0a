package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// machine runs the set-up where only these programs are on the path, apt-get and
// sudo not among them.
func machine(t *testing.T, goSays string, programs ...string) (said string, err error) {
	t.Helper()
	dir := t.TempDir()
	script := "#!/bin/bash\necho " + goSays + "\n"
	if err := os.WriteFile(filepath.Join(dir, "go"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, p := range programs {
		if err := os.Symlink("/bin/true", filepath.Join(dir, p)); err != nil {
			t.Fatal(err)
		}
	}
	for _, p := range []string{"bash", "grep", "ls", "id", "test"} {
		real, err := exec.LookPath(p)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(real, filepath.Join(dir, p)); err != nil {
			t.Fatal(err)
		}
	}
	c := exec.Command("/bin/bash", ".ci/setup")
	c.Dir, c.Env = "..", []string{"PATH=" + dir}
	if _, err := os.Stat(".ci/setup"); err == nil {
		c.Dir = "."
	}
	b, err := c.CombinedOutput()
	return string(b), err
}

var wanted = []string{"initdb", "chromium", "pdftotext", "qpdf", "curl", "gcc", "xz", "git"}

func TestSetupSaysWhatIsMissingWhereItMayNotInstall(t *testing.T) {
	if said, err := machine(t, "go1.26.0", wanted...); err != nil || said != "" {
		t.Errorf("with everything there: %v, %s", err, said)
	}
	said, err := machine(t, "go1.27.1", "initdb", "pdftotext", "curl", "gcc", "xz", "git")
	if err == nil {
		t.Error("the run goes on without a browser")
	}
	for _, want := range []string{"missing: chromium (the portal's tests in a browser)", "missing: qpdf (checking the structure of PDFs)",
		"Have an administrator run:\n    apt-get install --no-install-recommends chromium qpdf\n"} {
		if !strings.Contains(said, want) {
			t.Errorf("it does not say %q:\n%s", want, said)
		}
	}
}

func TestSetupWantsGoOfThisYear(t *testing.T) {
	for _, old := range []string{"go1.25.9", "go1.4", "go2"} {
		said, err := machine(t, old, wanted...)
		if err == nil || !strings.Contains(said, "Go 1.26 or newer is needed; this is "+old) {
			t.Errorf("%s: %v, %s", old, err, said)
		}
	}
}
