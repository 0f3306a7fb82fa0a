package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// under tells whether a path is base or lies below it.
func under(p, base string) bool { return p == base || strings.HasPrefix(p, base+"/") }

// wrongArrows compares what packages import of ours with arrows, tests included
// only where they reach for storetest.
func wrongArrows(all []listed) []string {
	var broken []string
	for _, p := range all {
		from := p.place()
		if under(from, "cmd") {
			continue
		}
		allowed, known := arrows[from]
		if !known {
			broken = append(broken, from+": a package without a row in arrows")
			continue
		}
		for _, i := range p.Imports {
			to, ours := strings.CutPrefix(i, "rapport/")
			if ours && to != "models/fault" && !slices.Contains(allowed, to) {
				broken = append(broken, fmt.Sprintf("%s imports %s, allowed are %v", from, to, allowed))
			}
			numerics := from == "models/stillreferring" && under(i, "gonum.org/v1/gonum") // pure, like the rules
			if under(from, "models") && !under(from, "models/store") && !numerics && strings.Contains(strings.Split(i, "/")[0], ".") {
				broken = append(broken, fmt.Sprintf("%s imports %s, allowed is the standard library", from, i))
			}
		}
	}
	return broken
}

// strangers returns the names that do not belong at the repository's top.
func strangers(names []string) []string {
	var broken []string
	for _, n := range names {
		left := slices.Contains([]string{".test", ".out", ".prof"}, path.Ext(n)) || strings.HasPrefix(n, "coverage.")
		if !left && !slices.Contains(roots, n) {
			broken = append(broken, n+" does not belong at the top of the repository")
		}
	}
	return broken
}

// required returns the version of a module that a go.mod, as JSON, requires.
func required(goMod []byte, module string) (string, error) {
	var file struct {
		Require []struct{ Path, Version string }
	}
	if err := json.Unmarshal(goMod, &file); err != nil {
		return "", err
	}
	for _, r := range file.Require {
		if r.Path == module {
			return r.Version, nil
		}
	}
	return "", errors.New(module + " is not required")
}

// source is one file under examination.
type source struct {
	path   string // inside the repository
	pkg    string // its directory
	test   bool
	kit    bool // a package that only tests import
	tree   *ast.File
	at     *token.FileSet
	names  map[string]string // import path by the name it has in the file
	broken []string
}

func (s *source) say(n ast.Node, format string, args ...any) {
	line := s.at.Position(n.Pos()).Line
	s.broken = append(s.broken, fmt.Sprintf("%s:%d: %s", s.path, line, fmt.Sprintf(format, args...)))
}

// wrongSource returns every rule that one file breaks. Generated pages and the
// patched copy of gofpdf are other people's form.
func wrongSource(file string, text []byte) []string {
	if strings.HasSuffix(file, "_templ.go") || under(file, "documents/gofpdf") {
		return nil
	}
	s := &source{path: file, pkg: path.Dir(file), test: strings.HasSuffix(file, "_test.go"), at: token.NewFileSet()}
	s.kit = strings.HasSuffix(s.pkg, "test")
	tree, err := parser.ParseFile(s.at, file, text, parser.ParseComments)
	if err != nil {
		return []string{err.Error()}
	}
	s.tree = tree
	s.size(text)
	s.unfinished()
	s.imports()
	ast.Inspect(tree, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			s.call(n)
		case *ast.SelectorExpr:
			s.selector(n)
		case *ast.FuncDecl:
			s.function(n)
		case *ast.TypeSpec:
			s.typeName(n)
		case *ast.Field:
			s.tag(n)
		case *ast.BasicLit:
			s.literal(n)
		}
		return true
	})
	return s.broken
}

// size: a file has 400 lines at most, a test 800.
func (s *source) size(text []byte) {
	most, lines := 400, strings.Count(string(text), "\n")
	if s.test {
		most = 800
	}
	if lines > most {
		s.say(s.tree, "%d lines, at most %d: divide it by noun or action", lines, most)
	}
	if stem := strings.TrimSuffix(path.Base(s.path), ".go"); slices.Contains([]string{"helpers", "helper", "common", "types", "util", "utils", "misc"}, stem) {
		s.say(s.tree, "a file is named after a noun or an action, not %s", stem)
	}
}

var todo = regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|XXX)\b`)

func (s *source) unfinished() {
	for _, group := range s.tree.Comments {
		if word := todo.FindString(group.Text()); word != "" {
			s.say(group, "%s: finish it, or open an issue", word)
		}
	}
}

// imports fills names and compares with tools.
func (s *source) imports() {
	s.names = map[string]string{}
	for _, i := range s.tree.Imports {
		p, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			s.say(i, "%v", err)
			continue
		}
		name := path.Base(p)
		if regexp.MustCompile(`^v[0-9]+$`).MatchString(name) {
			name = path.Base(path.Dir(p))
		}
		if i.Name != nil {
			name = i.Name.Name
		}
		s.names[name] = p
		if name == "." {
			s.say(i, "%s: name what is imported", p)
		}
		if s.test || s.kit && !under(p, "gorm.io") || under(s.pkg, "cmd") && !under(p, "rapport/models/store/storetest") {
			continue
		}
		for _, tool := range tools {
			if under(p, tool.path) && !slices.Contains(tool.importers, s.pkg) && !slices.Contains(tool.importers, s.path) {
				s.say(i, "%s is imported; only cmd and %v may", p, tool.importers)
			}
		}
	}
}

// given lists what is handed in by cmd and read nowhere else.
var given = map[string][]string{
	"time":                   {"Now", "Since", "Until"},
	"os":                     {"Getenv", "LookupEnv", "Environ", "ExpandEnv"},
	"github.com/google/uuid": {"New", "NewString", "NewRandom", "NewUUID", "NewV6", "NewV7", "Must"},
}

func (s *source) selector(n *ast.SelectorExpr) {
	if n.Sel.Name == "PreferSimpleProtocol" {
		s.say(n, "the simple protocol is never used; behind a pooler it is exec")
	}
	x, ok := n.X.(*ast.Ident)
	if !ok || s.test || s.kit || under(s.pkg, "cmd") {
		return
	}
	if p := s.names[x.Name]; slices.Contains(given[p], n.Sel.Name) {
		s.say(n, "%s.%s: time, ids, randomness and settings are handed in by cmd", p, n.Sel.Name)
	}
}

// refused lists methods that hide a danger, by the tree in which nobody calls
// them.
var refused = []struct {
	tree  string
	names []string
	why   string
}{
	{"models/store", []string{"Save", "AutoMigrate", "Or", "FirstOrCreate", "FirstOrInit", "Unscoped"}, "use explicit columns and conditions"},
	{"api", []string{"Body", "BodyParser", "SendFile", "AutoFormat"}, "it unpacks past the body limit, or guesses"},
	{"web", []string{"Body", "BodyParser", "SendFile", "AutoFormat"}, "it unpacks past the body limit, or guesses"},
}

func (s *source) call(n *ast.CallExpr) {
	f := n.Fun
	if g, ok := f.(*ast.IndexExpr); ok { // a generic function, instantiated
		f = g.X
	}
	sel, ok := f.(*ast.SelectorExpr)
	if !ok {
		return
	}
	if x, ok := sel.X.(*ast.Ident); ok && s.names[x.Name] != "" {
		return // a function of a package, such as cmp.Or
	}
	if of, ok := sel.X.(*ast.CallExpr); ok && sel.Sel.Name == "Body" {
		if r, ok := of.Fun.(*ast.SelectorExpr); ok && (r.Sel.Name == "Request" || r.Sel.Name == "Response") {
			return // fasthttp's own, which unpacks nothing
		}
	}
	if s.test || s.kit {
		if slices.Contains([]string{"Skip", "Skipf", "SkipNow"}, sel.Sel.Name) && s.names["testing"] != "" {
			s.say(n, "%s: a test that cannot run fails", sel.Sel.Name)
		}
		return
	}
	if under(s.pkg, "models/store") {
		s.query(n, sel)
	}
	for _, r := range refused {
		if under(s.pkg, r.tree) && slices.Contains(r.names, sel.Sel.Name) {
			s.say(n, ".%s is not called here: %s", sel.Sel.Name, r.why)
		}
	}
}

var sqlText = []string{"Where", "Not", "Having", "Order", "Group", "Joins", "Table", "Raw", "Exec", "QueryContext", "ExecContext"}

// query: SQL is constant text, conditions are never structs, and an update
// names its columns, because it leaves out zero values otherwise.
func (s *source) query(n *ast.CallExpr, sel *ast.SelectorExpr) {
	if slices.Contains(sqlText, sel.Sel.Name) && len(n.Args) > 0 {
		ast.Inspect(n.Args[0], func(part ast.Node) bool {
			switch part := part.(type) {
			case *ast.CallExpr:
				s.say(part, ".%s gets text from a call: SQL is constant, values go in by ?", sel.Sel.Name)
				return false
			case *ast.CompositeLit:
				if of, ok := part.Type.(*ast.SelectorExpr); !ok || s.names[fmt.Sprint(of.X)] != "gorm.io/gorm/clause" {
					s.say(part, ".%s gets a struct, whose zero values ask nothing: write the condition", sel.Sel.Name)
				}
				return false
			}
			return true
		})
	}
	if sel.Sel.Name != "Updates" || s.path == "models/store/rows.go" { // whose own callers are looked at
		return
	}
	for x := sel.X; ; {
		call, ok := x.(*ast.CallExpr)
		if !ok {
			break
		}
		of, ok := call.Fun.(*ast.SelectorExpr)
		if !ok {
			break
		}
		if of.Sel.Name == "Select" {
			return
		}
		x = of.X
	}
	s.say(n, ".Updates without .Select leaves out false, zero and the empty text")
}

var hook = regexp.MustCompile(`^(Before|After)(Save|Create|Update|Delete|Find)$`)

// function: 60 lines at most, a table of routes 100; no hooks of the mapper.
func (s *source) function(n *ast.FuncDecl) {
	if s.test {
		return
	}
	if n.Recv != nil && hook.MatchString(n.Name.Name) {
		s.say(n, "%s is a hook, which some writes pass by; say it in the transaction's method", n.Name.Name)
	}
	most := 60
	if strings.HasSuffix(strings.ToLower(n.Name.Name), "routes") {
		most = 100
	}
	if lines := s.at.Position(n.End()).Line - s.at.Position(n.Pos()).Line + 1; lines > most {
		s.say(n, "%s has %d lines, at most %d", n.Name.Name, lines, most)
	}
}

var vague = regexp.MustCompile(`(Manager|Helper|Util|Utils|Data|Info|Impl)$`)

func (s *source) typeName(n *ast.TypeSpec) {
	if vague.MatchString(n.Name.Name) {
		s.say(n, "%s: name the thing in the words of the trade", n.Name.Name)
	}
}

var byDatabase = regexp.MustCompile(`gorm:"[^"]*\bdefault:`)

func (s *source) tag(n *ast.Field) {
	if n.Tag != nil && byDatabase.MatchString(n.Tag.Value) {
		s.say(n, "a default: tag beats false, zero and the empty text; set it in the constructor")
	}
}

// literal: the simple protocol puts values into the SQL text.
func (s *source) literal(n *ast.BasicLit) {
	if !s.test && n.Kind == token.STRING && strings.Contains(n.Value, "simple_protocol") {
		s.say(n, "the simple protocol is never used; behind a pooler it is exec")
	}
}
