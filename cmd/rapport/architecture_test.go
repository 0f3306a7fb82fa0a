package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// arrows is the direction of dependency: a package may import those of ours that
// stand beside it, and models/fault. cmd is absent because it wires everything.
var arrows = map[string][]string{
	"models/fault":           {},
	"models":                 {},
	"models/stillreferring":  {"models"},
	"models/store":           {"models", "models/store/seal"},
	"models/store/seal":      {"models"},
	"models/store/storetest": {"models", "models/store", "models/store/seal", "migrations"},
	"migrations":             {},
	"documents":              {"models", "documents/gofpdf"},
	"documents/gofpdf":       {},
	"referral":               {"models", "models/store", "models/stillreferring", "documents", "referral/token", "referral/password", "referral/otp", "referral/passkey"},
	"referral/otp":           {"models"},
	"referral/passkey":       {"models"},
	"referral/delivery":      {"models", "models/store", "documents"},
	"referral/mail":          {"models"},
	"referral/token":         {"models"},
	"referral/nppes":         {"models"},
	"referral/password":      {},
	"api/wire":               {"models", "referral/token"},
	"api":                    {"models", "referral", "api/wire"},
	"api/apitest":            {"models", "models/store", "models/store/storetest", "referral", "referral/token", "referral/password", "referral/delivery", "referral/mail", "api", "api/wire"},
	"web/static":             {},
	"web/view":               {"models"},
	"web":                    {"models", "referral", "api/wire", "web/view", "web/static"},
}

// tools says who may import what comes from outside; a path covers what lies
// below it. An importer is a package, or a single file.
var tools = []struct {
	path      string
	importers []string
}{
	{"gorm.io", []string{"models/store"}},
	{"modernc.org/sqlite", []string{"models/store"}},
	{"github.com/jackc/pgx", []string{"models/store", "models/store/storetest"}},
	{"github.com/tink-crypto", []string{"models/store/seal"}},
	{"github.com/pressly/goose", []string{"migrations"}},
	{"github.com/riverqueue", []string{"referral/delivery", "models/store/jobs.go", "migrations"}},
	{"github.com/wneessen/go-mail", []string{"referral/mail"}},
	{"github.com/golang-jwt", []string{"referral/token"}},
	{"github.com/pquerna/otp", []string{"referral/otp"}},
	{"github.com/go-webauthn", []string{"referral/passkey"}},
	{"github.com/descope/virtualwebauthn", nil},
	{"github.com/boombuler/barcode", []string{"referral/otp"}},
	{"github.com/alexedwards/argon2id", []string{"referral/password"}},
	{"github.com/jung-kurt/gofpdf", []string{"documents"}},
	{"rapport/documents/gofpdf", []string{"documents"}},
	{"github.com/gofiber", []string{"api", "api/wire", "web"}},
	{"github.com/valyala/fasthttp", []string{"api", "api/wire", "web"}},
	{"github.com/danielgtaylor/huma", []string{"api", "api/wire"}},
	{"github.com/a-h/templ", []string{"web", "web/view"}},
	{"net/http", []string{"api", "api/wire", "web"}},
	{"gonum.org", []string{"models/stillreferring"}},
	{"crypto/rand", nil},
	{"math/rand", nil},
	{"github.com/alecthomas/kong", nil},
	{"github.com/chromedp", nil},
	{"rapport/models/store/storetest", nil}, // tests only
	{"rapport/api/apitest", nil},
}

// roots is what may lie at the top of the repository, and what building and
// testing leave there unrecorded.
var roots = []string{
	"cmd", "api", "models", "referral", "documents", "web", "migrations", "docs", "deploy", ".ci",
	"go.mod", "go.sum", "Makefile", "README.md", "LICENSE", "NOTICE", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md",
	".gitignore", ".gitattributes", ".editorconfig", ".dockerignore",
	".git", ".cache", "bin", "rapport",
}

// listed is one package as "go list" tells it.
type listed struct {
	ImportPath, Dir                              string
	Imports, TestImports, XTestImports           []string
	GoFiles, CgoFiles, TestGoFiles, XTestGoFiles []string
}

// place is the package's path inside the repository.
func (p listed) place() string {
	return strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, "rapport"), "/")
}

func packages(t *testing.T) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Dir,Imports,TestImports,XTestImports,GoFiles,CgoFiles,TestGoFiles,XTestGoFiles", "./...")
	cmd.Dir = "../.."
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, complaint.String())
	}
	var all []listed
	for in := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		err := in.Decode(&p)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func report(t *testing.T, broken []string) {
	t.Helper()
	for _, b := range broken {
		t.Error(b)
	}
}

func TestArchitectureArrowsPointOneWay(t *testing.T) {
	all := packages(t)
	if len(all) < 4 {
		t.Fatalf("go list found %d packages", len(all))
	}
	report(t, wrongArrows(all))
}

func TestArchitectureSourcesKeepTheRules(t *testing.T) {
	for _, p := range packages(t) {
		for _, name := range slices.Concat(p.GoFiles, p.CgoFiles, p.TestGoFiles, p.XTestGoFiles) {
			text, err := os.ReadFile(filepath.Join(p.Dir, name))
			if err != nil {
				t.Fatal(err)
			}
			report(t, wrongSource(filepath.ToSlash(filepath.Join(p.place(), name)), text))
		}
	}
}

func TestArchitectureRootHoldsOnlyWhatBelongsThere(t *testing.T) {
	entries, err := os.ReadDir("../..")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	report(t, strangers(names))
}

// modernc.org/sqlite is generated against one version of its C library and may
// corrupt memory on another.
func TestArchitectureSQLiteRunsOnTheLibcItWasMadeFor(t *testing.T) {
	ask := func(args ...string) []byte {
		t.Helper()
		out, err := exec.Command("go", args...).Output()
		if err != nil {
			t.Fatalf("go %v: %v", args, err)
		}
		return bytes.TrimSpace(out)
	}
	file := string(ask("list", "-m", "-f", "{{.GoMod}}", "modernc.org/sqlite"))
	want, err := required(ask("mod", "edit", "-json", file), "modernc.org/libc")
	if err != nil {
		t.Fatal(err)
	}
	if got := string(ask("list", "-m", "-f", "{{.Version}}", "modernc.org/libc")); got != want {
		t.Errorf("modernc.org/libc is %s, modernc.org/sqlite was made for %s", got, want)
	}
}
