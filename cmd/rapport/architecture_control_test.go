package main

import (
	"strings"
	"testing"
)

// Every rule is shown a source that breaks it and one that does not, so that a
// rule which sees nothing is seen.

func TestArchitectureControlFlagsWrongArrows(t *testing.T) {
	for _, c := range []struct {
		from, to string
		flagged  bool
	}{
		{"models", "rapport/models/fault", false},
		{"models", "time", false},
		{"models", "rapport/models/store", true},
		{"models", "golang.org/x/text/unicode/norm", true},
		{"models/fault", "rapport/models", true},
		{"models/store", "rapport/models", false},
		{"models/store", "gorm.io/gorm", false},
		{"models/store", "rapport/referral", true},
		{"referral", "rapport/models/store", false},
		{"referral", "rapport/referral/delivery", true},
		{"referral/delivery", "rapport/referral", true},
		{"api", "rapport/web", true},
		{"api", "rapport/models/store", true},
		{"web", "rapport/api", true},
		{"web", "rapport/api/wire", false},
		{"web/view", "rapport/referral", true},
		{"documents", "rapport/models/store", true},
		{"cmd/rapport", "rapport/models/store", false},
		{"helpers", "strings", true}, // no row
	} {
		p := listed{ImportPath: "rapport/" + c.from, Imports: []string{c.to}}
		if got := wrongArrows([]listed{p}); len(got) > 0 != c.flagged {
			t.Errorf("%s → %s: %q, want flagged %v", c.from, c.to, got, c.flagged)
		}
	}
}

func TestArchitectureControlFlagsWrongSources(t *testing.T) {
	long := func(name string, lines int) string {
		return "package p\nfunc " + name + "() {\n" + strings.Repeat("\tprintln()\n", lines-2) + "}\n"
	}
	imports := func(p string) string { return "package p\nimport _ \"" + p + "\"\n" }
	use := func(p, expression string) string {
		return "package p\nimport \"" + p + "\"\nvar _ = " + expression + "\n"
	}
	chain := func(method string) string { return "package p\nfunc f(x X) { x.Where(1)." + method + "() }\n" }
	query := func(expression string) string {
		return "package p\nimport \"gorm.io/gorm/clause\"\nvar _ = " + expression + "\n"
	}
	for _, c := range []struct{ path, text, want string }{
		{"referral/a.go", use("time", "time.Now"), "handed in"},
		{"referral/a.go", "package p\nimport clock \"time\"\nvar _ = clock.Since\n", "handed in"},
		{"referral/a.go", use("time", "time.Second"), ""},
		{"referral/a_test.go", use("time", "time.Now"), ""},
		{"cmd/rapport/a.go", use("time", "time.Now"), ""},
		{"models/store/storetest/a.go", use("time", "time.Now"), ""},
		{"referral/a.go", use("os", `os.Getenv("A")`), "handed in"},
		{"referral/a.go", use("github.com/google/uuid", "uuid.NewV7"), "handed in"},
		{"referral/a.go", use("github.com/google/uuid", "uuid.Parse"), ""},
		{"referral/a.go", imports("crypto/rand"), "only cmd"},
		{"referral/a.go", imports("math/rand/v2"), "only cmd"},
		{"cmd/rapport/a.go", imports("crypto/rand"), ""},
		{"models/store/a.go", imports("gorm.io/gorm"), ""},
		{"referral/a.go", imports("gorm.io/gorm"), "only cmd"},
		{"models/store/storetest/a.go", imports("gorm.io/gorm"), "only cmd"},
		{"api/wire/a.go", imports("github.com/gofiber/fiber/v2"), ""},
		{"referral/a.go", imports("github.com/gofiber/fiber/v2"), "only cmd"},
		{"web/view/a.go", imports("github.com/gofiber/fiber/v2"), "only cmd"},
		{"web/a.go", imports("net/http"), ""},
		{"referral/delivery/a.go", imports("net/http"), "only cmd"},
		{"documents/a.go", imports("github.com/jung-kurt/gofpdf"), ""},
		{"web/a.go", imports("github.com/jung-kurt/gofpdf"), "only cmd"},
		{"web/a.go", imports("rapport/documents/gofpdf"), "only cmd"},
		{"referral/delivery/a.go", imports("github.com/riverqueue/river"), ""},
		{"models/store/jobs.go", imports("github.com/riverqueue/river/riverdriver"), ""},
		{"models/store/open.go", imports("github.com/riverqueue/river/riverdriver"), "only cmd"},
		{"referral/a.go", imports("github.com/riverqueue/river"), "only cmd"},
		{"referral/token/a.go", imports("github.com/golang-jwt/jwt/v5"), ""},
		{"api/wire/a.go", imports("github.com/golang-jwt/jwt/v5"), "only cmd"},
		{"cmd/rapport/a.go", imports("rapport/models/store/storetest"), "only cmd"},
		{"referral/a_test.go", imports("rapport/models/store/storetest"), ""},
		{"referral/a.go", "package p\nimport . \"strings\"\n", "name what is imported"},
		{"models/store/a.go", chain("Save"), ".Save"},
		{"models/store/a.go", chain("AutoMigrate"), ".AutoMigrate"},
		{"models/store/a.go", chain("Or"), ".Or"},
		{"models/store/a.go", chain("FirstOrCreate"), ".FirstOrCreate"},
		{"models/store/a.go", chain("Unscoped"), ".Unscoped"},
		{"models/store/a.go", chain("Updates"), "without .Select"},
		{"models/store/a.go", chain(`Select("a").Updates`), ""},
		{"models/store/a.go", chain(`Select("a").Where("b").Updates`), ""},
		{"models/store/a.go", query(`x.Where("a = ?" + and, 1)`), ""},
		{"models/store/a.go", query(`x.Where(fmt.Sprintf("a = %s", b))`), "SQL is constant"},
		{"models/store/a.go", query(`x.Raw("SELECT " + strings.Join(a, ","))`), "SQL is constant"},
		{"models/store/a.go", query(`x.Order(by[name])`), ""},
		{"models/store/a.go", query(`x.Where(&User{Email: e})`), "write the condition"},
		{"models/store/a.go", query(`x.Where(clause.Eq{})`), ""},
		{"models/store/a.go", query(`x.PreferSimpleProtocol`), "never used"},
		{"models/store/a.go", query(`"default_query_exec_mode=simple_protocol"`), "never used"},
		{"models/store/a.go", use("cmp", "cmp.Or(1, 2)"), ""},
		{"models/store/a.go", use("cmp", "cmp.Or[int](1, 2)"), ""},
		{"referral/a.go", chain("Save"), ""},
		{"api/a.go", chain("Body"), ".Body"},
		{"web/a.go", chain("BodyParser"), ".BodyParser"},
		{"web/a.go", chain("SendFile"), ".SendFile"},
		{"api/wire/a.go", chain("AutoFormat"), ".AutoFormat"},
		{"api/a.go", chain("BodyRaw"), ""},
		{"api/a.go", chain("Request().Body"), ""},
		{"models/store/a.go", "package p\nfunc (x X) BeforeSave() {}\n", "hook"},
		{"models/a.go", "package p\ntype X struct {\n\tA bool `gorm:\"column:a;default:true\"`\n}\n", "default"},
		{"models/a.go", "package p\ntype X struct {\n\tA bool `gorm:\"column:default_side\"`\n}\n", ""},
		{"models/a.go", "package p\n" + strings.Repeat("\n", 400), "divide"},
		{"models/a.go", "package p\n" + strings.Repeat("\n", 399), ""},
		{"models/a_test.go", "package p\n" + strings.Repeat("\n", 799), ""},
		{"models/a_test.go", "package p\n" + strings.Repeat("\n", 800), "divide"},
		{"web/view/a_templ.go", "package p\n" + strings.Repeat("\n", 4000), ""},
		{"documents/gofpdf/a.go", "package p\n" + strings.Repeat("\n", 4000), ""},
		{"models/a.go", long("f", 60), ""},
		{"models/a.go", long("f", 61), "at most 60"},
		{"web/a.go", long("registerRoutes", 100), ""},
		{"web/a.go", long("routes", 101), "at most 100"},
		{"models/helpers.go", "package p\n", "named after a noun"},
		{"models/a.go", "package p\ntype ReleaseManager struct{}\n", "words of the trade"},
		{"models/a.go", "package p\n\n// TO" + "DO: later\n", "finish it"},
		{"models/a_test.go", "package p\nimport \"testing\"\nfunc TestA(t *testing.T) { t.Skip() }\n", "cannot run fails"},
		{"models/a_test.go", "package p\nimport \"testing\"\nfunc TestA(t *testing.T) { t.Skipf(\"no %s, %s\", 1, 2) }\n", "cannot run fails"},
		{"models/a.go", "package p\nfunc (", "expected"},
	} {
		got := strings.Join(wrongSource(c.path, []byte(c.text)), "\n")
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: got %q, want %q in:\n%.200s", c.path, got, c.want, c.text)
		}
	}
}

func TestArchitectureControlFlagsStrangersAtTheRoot(t *testing.T) {
	got := strangers([]string{"cmd", "go.mod", ".git", "bin", "coverage.out", "node_modules", "internal", "notes.txt"})
	if len(got) != 3 {
		t.Errorf("flagged %q, want node_modules, internal and notes.txt", got)
	}
}

func TestArchitectureControlReadsTheRequiredVersion(t *testing.T) {
	file := []byte(`{"Require":[{"Path":"modernc.org/libc","Version":"v1.2.3"}]}`)
	if got, err := required(file, "modernc.org/libc"); err != nil || got != "v1.2.3" {
		t.Errorf("got %q and %v, want v1.2.3", got, err)
	}
	if _, err := required(file, "modernc.org/sqlite"); err == nil {
		t.Error("a module that is not required has a version")
	}
}
