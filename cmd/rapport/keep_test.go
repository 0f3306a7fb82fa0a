package main

import (
	"bytes"
	"context"
	"database/sql"
	"io"
	"maps"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// demoYear is a demo network made once; tests work on copies of its files.
var demoYear = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "rapport-year")
	if err != nil {
		return "", err
	}
	s, err := serving{settings: settings{DataDir: dir}, Addr: "127.0.0.1:8080"}.fill()
	if err != nil {
		return "", err
	}
	return dir, reseed(context.Background(), s, time.Now())
})

// TestMain is also the program itself, for tests that start and stop it.
func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	code := m.Run()
	if dir, err := demoYear(); err == nil {
		os.RemoveAll(dir)
	}
	os.Exit(code)
}

// network copies the demo year into a directory of the test's own.
func copyOfYear(t *testing.T) string {
	t.Helper()
	from, err := demoYear()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, f := range []string{"rapport.db", "secret.json"} {
		if err := copyFile(filepath.Join(from, f), filepath.Join(dir, f)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func command(t *testing.T, in string, args ...string) (status int, said string) {
	t.Helper()
	var b bytes.Buffer
	status = run(args, strings.NewReader(in), &b, &b)
	return status, b.String()
}

func TestABackupRestoresWhole(t *testing.T) {
	dir := copyOfYear(t)
	before := countsOf(t, dir)
	copied := filepath.Join(t.TempDir(), "backup.db")
	if status, said := command(t, "", "backup", "--data-dir", dir, copied); status != 0 {
		t.Fatal(said)
	}
	if status, said := command(t, "", "backup", "--data-dir", dir, copied); status == 0 {
		t.Errorf("a backup was overwritten: %s", said)
	}
	other := t.TempDir()
	if err := copyFile(filepath.Join(dir, "secret.json"), filepath.Join(other, "secret.json")); err != nil {
		t.Fatal(err)
	}
	status, said := command(t, "", "restore", "--data-dir", other, copied)
	if status != 0 || !strings.Contains(said, "restored and verified") {
		t.Fatalf("%d %s", status, said)
	}
	if after := countsOf(t, other); after["sessions"] != before["sessions"] || after["documents"] != before["documents"] || after["clients"] != before["clients"] {
		t.Errorf("got %v, want %v", after, before)
	}
	if status, said := command(t, "", "restore", "--data-dir", other, copied); status == 0 || !strings.Contains(said, "--force") {
		t.Errorf("a database was overwritten: %s", said)
	}
	if status, said := command(t, "", "restore", "--force", "--data-dir", other, copied); status != 0 {
		t.Errorf("with --force: %s", said)
	}
	if err := os.Remove(filepath.Join(other, "secret.json")); err != nil {
		t.Fatal(err)
	}
	if status, said := command(t, "", "verify", "--data-dir", other); status == 0 {
		t.Errorf("another master key opened the records: %s", said)
	}
}

func TestARestoreThatDoesNotVerifyChangesNothing(t *testing.T) {
	dir := copyOfYear(t)
	before := countsOf(t, dir)
	whole, err := os.ReadFile(filepath.Join(dir, "rapport.db"))
	if err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(t.TempDir(), "broken.db")
	for name, content := range map[string][]byte{"cut": whole[:len(whole)/2], "not a database": []byte(strings.Repeat("not a database ", 500)), "empty": nil} {
		if err := os.WriteFile(broken, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if status, said := command(t, "", "restore", "--force", "--data-dir", dir, broken); status == 0 || !strings.Contains(said, "nothing was changed") {
			t.Errorf("%s: %d %s", name, status, said)
		}
		if after := countsOf(t, dir); !maps.Equal(before, after) {
			t.Errorf("%s: got %v, want %v", name, after, before)
		}
		left, err := filepath.Glob(filepath.Join(dir, "*.part*"))
		if aside, _ := filepath.Glob(filepath.Join(dir, "*before-restore*")); err != nil || len(left)+len(aside) > 0 {
			t.Errorf("%s: left %v %v", name, left, aside)
		}
	}
}

func TestNothingOpensADatabaseWhoseKeyIsMissing(t *testing.T) {
	dir := copyOfYear(t)
	secret := filepath.Join(dir, "secret.json")
	if err := os.Remove(secret); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"verify"}, {"backup", filepath.Join(t.TempDir(), "b.db")}, {"serve", "--addr", "127.0.0.1:0"}} {
		status, said := command(t, "", append(args, "--data-dir", dir)...)
		if status == 0 || !strings.Contains(said, "there is no master key at "+secret) {
			t.Errorf("%s: %d %s", args[0], status, said)
		}
		if _, err := os.Stat(secret); err == nil {
			t.Fatalf("%s made a new key", args[0])
		}
	}
}

func TestADemoLeavesARunningOneAlone(t *testing.T) {
	dir := t.TempDir()
	s, err := serving{settings: settings{DataDir: filepath.Join(dir, "demo")}, Addr: "127.0.0.1:0"}.fill()
	if err != nil {
		t.Fatal(err)
	}
	release, err := s.hold(false) // as a running demo does
	if err != nil {
		t.Fatal(err)
	}
	if status, said := command(t, "", "demo", "--data-dir", dir, "--addr", "127.0.0.1:0"); status == 0 || !strings.Contains(said, "a demo runs in") {
		t.Errorf("%d %s", status, said)
	}
	if err := release(); err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	status, said := command(t, "", "demo", "--data-dir", dir, "--addr", ln.Addr().String())
	if status == 0 || !strings.Contains(said, "--addr") || strings.Contains(said, "Making the demo network") {
		t.Errorf("a taken address: %d %s", status, said)
	}
}

func TestProxiesAreAddresses(t *testing.T) {
	if status, said := command(t, "", "serve", "--data-dir", t.TempDir(), "--trusted-proxies", "10.0.0.0/8,foo"); status == 0 || !strings.Contains(said, `"foo"`) {
		t.Errorf("%d %s", status, said)
	}
}

func countsOf(t *testing.T, dir string) map[string]int64 {
	t.Helper()
	s, err := settings{DataDir: dir}.place()
	if err != nil {
		t.Fatal(err)
	}
	db, err := s.open(nil, false)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	counts, err := db.Counts(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return counts
}

func TestVerifyNamesTheFirstBrokenRow(t *testing.T) {
	for _, c := range []struct{ name, sql, want string }{
		{"an untouched network", "", "everything fits"},
		{"an event changed", "DROP TRIGGER audit_events_no_update; UPDATE audit_events SET outcome = 'refused' WHERE seq = 7", "BROKEN audit: "},
		{"an event taken out", "DROP TRIGGER audit_events_no_delete; DELETE FROM audit_events WHERE seq = 12", "audit_events seq 12"},
		{"the end of the trail cut off", "DROP TRIGGER audit_events_no_delete; DELETE FROM audit_events WHERE seq > 900", "the end of the trail is missing"},
		{"a decision changed", "DROP TRIGGER disclosures_no_update; UPDATE disclosures SET allowed = 0 WHERE id = (SELECT id FROM disclosures WHERE allowed ORDER BY seq LIMIT 1)", "BROKEN disclosures: "},
		{"a document changed", "DROP TRIGGER documents_no_update; UPDATE documents SET sealed = zeroblob(500) WHERE id = (SELECT MIN(id) FROM documents)", "BROKEN documents: "},
		{"an order changed", "DROP TRIGGER prescriptions_frozen; UPDATE prescriptions SET content_sha256 = 'aa' WHERE id = (SELECT MIN(id) FROM prescriptions)", "BROKEN prescriptions: "},
		{"a counter changed", "UPDATE order_series SET used = used - 1 WHERE id = (SELECT MIN(id) FROM order_series WHERE used > 0)", "BROKEN visits: "},
		{"a report pointed elsewhere", "DROP TRIGGER reports_frozen; UPDATE reports SET sha256 = 'bb' WHERE id = (SELECT MIN(id) FROM reports WHERE status = 'signed')", "reports id "},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := copyOfYear(t)
			db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "rapport.db"))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := db.Exec(c.sql); err != nil {
				t.Fatal(err)
			}
			db.Close()
			status, said := command(t, "", "verify", "--data-dir", dir)
			if !strings.Contains(said, c.want) || (status == 0) != (c.sql == "") {
				t.Errorf("%d %s, want %q", status, said, c.want)
			}
		})
	}
}

func TestRotatedKeysOpenWhatWasSealedBefore(t *testing.T) {
	dir := copyOfYear(t)
	old, err := os.ReadFile(filepath.Join(dir, "secret.json"))
	if err != nil {
		t.Fatal(err)
	}
	if status, said := command(t, "", "keys", "rotate", "--data-dir", dir); status != 0 {
		t.Fatal(said)
	}
	if status, said := command(t, "", "verify", "--data-dir", dir); status != 0 {
		t.Errorf("after the rotation: %s", said)
	}
	if err := os.WriteFile(filepath.Join(dir, "secret.json"), old, 0o600); err != nil {
		t.Fatal(err)
	}
	if status, said := command(t, "", "verify", "--data-dir", dir); status == 0 {
		t.Errorf("the old master key still opens everything: %s", said)
	}
}

func TestPracticeCreateMakesAnOwnerWhoseWeakPasswordIsRefused(t *testing.T) {
	dir := t.TempDir()
	args := []string{"practice", "create", "--data-dir", dir, "--name", "Ballard Massage", "--owner-email", "olga@ballard.example", "--password-stdin"}
	if status, said := command(t, "short\n", args...); status != 1 || !strings.Contains(said, "15") {
		t.Errorf("a short password: %d %s", status, said)
	}
	if status, said := command(t, "a long enough passphrase\n", args...); status != 0 || !strings.Contains(said, "owner") {
		t.Errorf("%d %s", status, said)
	}
	if status, said := command(t, "", "user", "disable", "--data-dir", dir, "--email", "olga@ballard.example"); status != 0 {
		t.Error(said)
	}
	if info, err := os.Stat(filepath.Join(dir, "secret.json")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("secret file: %v %v", info.Mode(), err)
	}
}

func TestSealedWordsAreNotInTheFile(t *testing.T) {
	dir := copyOfYear(t)
	b, err := os.ReadFile(filepath.Join(dir, "rapport.db"))
	if err != nil {
		t.Fatal(err)
	}
	for _, words := range []string{"My legs and feet are so tired", "Worked within the ordered regions", "carry the headaches", "%PDF-1"} {
		if bytes.Contains(b, []byte(words)) {
			t.Errorf("%q stands in the database in clear", words)
		}
	}
	if !bytes.Contains(b, []byte("Müller")) {
		t.Error("names are not there at all: this test looks in the wrong place")
	}
}

func TestRestoreRefusesWhileAServerRuns(t *testing.T) {
	dir := copyOfYear(t)
	copied := filepath.Join(t.TempDir(), "backup.db")
	if status, said := command(t, "", "backup", "--data-dir", dir, copied); status != 0 {
		t.Fatal(said)
	}
	s, err := serving{settings: settings{DataDir: dir}, Addr: "127.0.0.1:0"}.fill()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	srv, err := s.start(ctx, newLog(io.Discard), false)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- srv.run(ctx) }()
	if status, said := command(t, "", "restore", "--force", "--data-dir", dir, copied); status == 0 || !strings.Contains(said, "stop it first") {
		t.Errorf("under a running server: %d %s", status, said)
	}
	stop()
	if err := <-done; err != nil {
		t.Errorf("stopping: %v", err)
	}
	if status, said := command(t, "", "restore", "--force", "--data-dir", dir, copied); status != 0 {
		t.Errorf("after it stopped: %s", said)
	}
}

func TestVerifySaysThatThereIsNoDatabase(t *testing.T) {
	status, said := command(t, "", "verify", "--data-dir", t.TempDir())
	if status != 1 || !strings.Contains(said, "there is no database") {
		t.Errorf("%d %s", status, said)
	}
}
