package api_test

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"rapport/api/wire"
	"rapport/models/fault"
)

var update = flag.Bool("update", false, "rewrite the golden files of this package")

// TestEveryRefusalStandsInTheTableOfCodes reads the program's own source for
// codes and their sentences and compares with codes.md, which /api/docs shows.
func TestEveryRefusalStandsInTheTableOfCodes(t *testing.T) {
	s := readSources(t, "..")
	s.collect()
	for _, p := range s.problems {
		t.Error(p)
	}
	if len(s.found) < 100 {
		t.Fatalf("only %d codes were found", len(s.found))
	}
	var b strings.Builder
	b.WriteString("# Codes of refusals\n\nMade from the source by `go test ./api -run TableOfCodes -update`. A reason stands in `violations` of another refusal.\n\n" +
		"| code | status | sentence |\n|---|---|---|\n")
	for _, code := range slices.Sorted(maps.Keys(s.found)) {
		f := s.found[code]
		fmt.Fprintf(&b, "| %s | %s | %s |\n", code, strings.Join(slices.Sorted(maps.Keys(f.status)), ", "),
			strings.ReplaceAll(strings.Join(slices.Sorted(maps.Keys(f.texts)), " · "), "|", `\|`))
	}
	const table = "../models/fault/codes.md"
	if *update {
		if err := os.WriteFile(table, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(table)
	if err != nil || string(want) != b.String() {
		t.Errorf("%s does not tell what the source says (%v); refresh it with -update and read the change:\n%s", table, err, firstDifference(string(want), b.String()))
	}
}

func firstDifference(a, b string) string {
	old, now := strings.Split(a, "\n"), strings.Split(b, "\n")
	var out []string
	for _, l := range now {
		if !slices.Contains(old, l) {
			out = append(out, "+ "+l)
		}
	}
	for _, l := range old {
		if !slices.Contains(now, l) {
			out = append(out, "- "+l)
		}
	}
	return strings.Join(out[:min(len(out), 20)], "\n")
}

type refusal struct{ status, texts map[string]bool }

// sink is a function one of whose parameters becomes a code: fault.New and
// every function around it.
type sink struct {
	name             string
	args             int
	code, text, kind int // indexes of arguments; -1 when there is none
	status           string
}

type function struct {
	pkg    string
	params []string
	body   *ast.BlockStmt
	name   string // "" for a literal that has none
	parent *function
}

type sources struct {
	at       *token.FileSet
	files    map[string][]*ast.File // by package name
	funcs    map[string][]*ast.FuncDecl
	consts   map[string]map[string]ast.Expr // package, name
	sinks    map[string]sink
	found    map[string]*refusal
	problems []string
	grown    bool
}

func readSources(t *testing.T, root string) *sources {
	t.Helper()
	s := &sources{at: token.NewFileSet(), files: map[string][]*ast.File{}, funcs: map[string][]*ast.FuncDecl{}, consts: map[string]map[string]ast.Expr{},
		found: map[string]*refusal{},
		sinks: map[string]sink{"New": {"New", 3, 1, 2, 0, ""}}}
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if d != nil && (d.Name() == "gofpdf" || strings.HasPrefix(d.Name(), ".") && len(d.Name()) > 2 || strings.HasSuffix(d.Name(), "test")) {
				return fs.SkipDir
			}
			return err
		}
		if !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go") || strings.HasSuffix(p, "_templ.go") {
			return nil
		}
		f, err := parser.ParseFile(s.at, p, nil, 0)
		if err == nil {
			s.index(f.Name.Name, f)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// index remembers constants, tables and functions.
func (s *sources) index(pkg string, f *ast.File) {
	s.files[pkg] = append(s.files[pkg], f)
	if s.consts[pkg] == nil {
		s.consts[pkg] = map[string]ast.Expr{}
	}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			s.funcs[pkg] = append(s.funcs[pkg], d)
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if v, ok := spec.(*ast.ValueSpec); ok {
					for i, n := range v.Names {
						if i < len(v.Values) {
							s.consts[pkg][n.Name] = v.Values[i]
						}
					}
				}
			}
		}
	}
}

// collect looks again as long as it finds new functions around fault.New.
func (s *sources) collect() {
	for s.grown = true; s.grown; {
		s.grown, s.problems = false, nil
		for pkg, files := range s.files {
			for _, f := range files {
				for _, d := range f.Decls {
					if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil {
						s.walk(fn.Body, &function{pkg, params(fn.Type), fn.Body, fn.Name.Name, nil})
					} else {
						s.walk(d, &function{pkg: pkg, body: &ast.BlockStmt{}})
					}
				}
			}
		}
	}
}

func params(t *ast.FuncType) []string {
	var out []string
	for _, f := range t.Params.List {
		for _, n := range f.Names {
			out = append(out, n.Name)
		}
	}
	return out
}

func (s *sources) walk(n ast.Node, in *function) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt: // refuse := func(code string) …
			for i, r := range n.Rhs {
				if lit, ok := r.(*ast.FuncLit); ok {
					name := ""
					if id, ok := n.Lhs[i].(*ast.Ident); ok {
						name = id.Name
					}
					s.walk(lit.Body, &function{in.pkg, params(lit.Type), lit.Body, name, in})
				} else {
					s.walk(r, in)
				}
			}
			return false
		case *ast.FuncLit:
			s.walk(n.Body, &function{in.pkg, params(n.Type), n.Body, "", in})
			return false
		case *ast.CallExpr:
			s.call(n, in)
		case *ast.CompositeLit:
			s.literal(n, in)
		}
		return true
	})
}

func (s *sources) call(n *ast.CallExpr, in *function) {
	name, of := "", ""
	switch f := n.Fun.(type) {
	case *ast.Ident:
		name = f.Name
	case *ast.SelectorExpr:
		name = f.Sel.Name
		if x, ok := f.X.(*ast.Ident); ok {
			of = x.Name
		}
	}
	k, ok := s.sinks[name]
	if !ok || len(n.Args) != k.args || name == "New" && of != "fault" && in.pkg != "fault" {
		return
	}
	status := k.status
	if k.kind >= 0 {
		status = s.statusOf(n.Args[k.kind])
	}
	var text ast.Expr
	if k.text >= 0 {
		text = n.Args[k.text]
	}
	s.refusal(n, in, n.Args[k.code], text, status, k.kind >= 0)
}

// literal is a Violation or an Error written out.
func (s *sources) literal(n *ast.CompositeLit, in *function) {
	typ := ""
	switch t := n.Type.(type) {
	case *ast.Ident:
		typ = t.Name
	case *ast.SelectorExpr:
		typ = t.Sel.Name
	case *ast.ArrayType:
		if sel, ok := t.Elt.(*ast.SelectorExpr); ok && sel.Sel.Name == "Violation" {
			for _, e := range n.Elts {
				if lit, ok := e.(*ast.CompositeLit); ok && lit.Type == nil {
					lit.Type = sel
					s.literal(lit, in)
				}
			}
		}
	}
	if typ != "Violation" && typ != "Error" {
		return
	}
	set := map[string]ast.Expr{}
	for _, e := range n.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			set[fmt.Sprint(kv.Key)] = kv.Value
		}
	}
	if code := set["Code"]; code != nil && typ == "Violation" {
		s.refusal(n, in, code, set["Message"], "reason", false)
	} else if code != nil && set["Kind"] != nil {
		s.refusal(n, in, code, set["Text"], s.statusOf(set["Kind"]), true)
	}
}

var statuses = map[string]fault.Kind{"Malformed": fault.Malformed, "Unauthenticated": fault.Unauthenticated, "Forbidden": fault.Forbidden, "NotFound": fault.NotFound,
	"Conflict": fault.Conflict, "Gone": fault.Gone, "Stale": fault.Stale, "TooLarge": fault.TooLarge, "Unsupported": fault.Unsupported, "Invalid": fault.Invalid,
	"Precondition": fault.Precondition, "RateLimited": fault.RateLimited, "Unavailable": fault.Unavailable, "Internal": fault.Internal,
	"wrongMethod": "method_not_allowed", "tooSlow": "request_timeout", "largeHeaders": "headers_too_large"}

func (s *sources) statusOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.SelectorExpr:
		if k, ok := statuses[e.Sel.Name]; ok {
			return strconv.Itoa(wire.StatusOf(k))
		}
	case *ast.Ident:
		if k, ok := statuses[e.Name]; ok {
			return strconv.Itoa(wire.StatusOf(k))
		}
	}
	return ""
}

var codeForm = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$`)

func (s *sources) refusal(n ast.Node, in *function, code, text ast.Expr, status string, sure bool) {
	if i, of := in.param(code); i >= 0 {
		k := sink{of.name, len(of.params), i, -1, -1, status}
		if j, same := in.param(text); j >= 0 && same == of {
			k.text = j
		}
		if known, ok := s.sinks[of.name]; of.name != "" && (!ok || known.status == "" && status != "" && of.name != "New") {
			s.sinks[of.name], s.grown = k, true
		}
		return
	}
	codes := s.values(code, in, 0)
	for _, c := range codes {
		if !codeForm.MatchString(c) {
			if sure || strings.Contains(c, "…") {
				s.problems = append(s.problems, fmt.Sprintf("%s: the code %q is not a literal in lower case with dots", s.at.Position(n.Pos()), c))
			}
			continue
		}
		r := s.found[c]
		if r == nil {
			r = &refusal{map[string]bool{}, map[string]bool{}}
			s.found[c] = r
		}
		if status != "" {
			r.status[status] = true
		}
		for _, x := range s.values(text, in, 0) {
			if x = strings.TrimSpace(x); strings.Trim(x, "…. ") != "" {
				r.texts[x] = true
			}
		}
	}
	if len(codes) == 0 && sure {
		s.problems = append(s.problems, fmt.Sprintf("%s: this code cannot be read from the source; write it as a literal, or hand it in as a parameter", s.at.Position(n.Pos())))
	}
}

// param finds which parameter an expression is, in the function or around it.
func (f *function) param(e ast.Expr) (int, *function) {
	id, ok := e.(*ast.Ident)
	if !ok {
		return -1, nil
	}
	for g := f; g != nil; g = g.parent {
		if i := slices.Index(g.params, id.Name); i >= 0 {
			return i, g
		}
	}
	return -1, nil
}

// values are the texts that an expression can have; "…" stands for what only
// the running program knows.
func (s *sources) values(e ast.Expr, in *function, depth int) []string {
	if e == nil || depth > 6 {
		return nil
	}
	var out []string
	each := func(list ...ast.Expr) []string {
		for _, x := range list {
			out = append(out, s.values(x, in, depth+1)...)
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	switch e := e.(type) {
	case *ast.BasicLit:
		if v, err := strconv.Unquote(e.Value); err == nil {
			return []string{v}
		}
	case *ast.ParenExpr:
		return each(e.X)
	case *ast.BinaryExpr:
		for _, a := range s.operand(e.X, in, depth+1) {
			for _, b := range s.operand(e.Y, in, depth+1) {
				out = append(out, gap.ReplaceAllString(a+b, "…"))
			}
		}
		return out
	case *ast.Ident:
		if c, ok := s.consts[in.pkg][e.Name]; ok {
			return each(c)
		}
		if i, of := in.param(e); i >= 0 && of.name != "" {
			each(s.handedIn(of, i)...)
		}
		return each(in.assigned(e.Name)...)
	case *ast.SelectorExpr:
		if x, ok := e.X.(*ast.Ident); ok && s.consts[x.Name] != nil && s.consts[x.Name][e.Sel.Name] != nil {
			return s.values(s.consts[x.Name][e.Sel.Name], &function{pkg: x.Name, body: &ast.BlockStmt{}}, depth+1)
		}
		return nil
	case *ast.IndexExpr:
		if call, ok := e.X.(*ast.CallExpr); ok {
			return s.returned(call, e.Index, in, depth)
		}
		return each(e.X)
	case *ast.CompositeLit:
		for _, x := range e.Elts {
			if kv, ok := x.(*ast.KeyValueExpr); ok {
				each(kv.Value)
			}
		}
		return out
	case *ast.CallExpr:
		return s.returned(e, nil, in, depth)
	}
	return nil
}

var gap = regexp.MustCompile(`…[… ,]*…`)

var verb = regexp.MustCompile(`%[-+# 0-9.]*[a-zA-Z]`)

// returned are the texts that a call can give: a function's of the same package,
// its result with this index when it has several.
func (s *sources) returned(e *ast.CallExpr, index ast.Expr, in *function, depth int) (out []string) {
	name := path.Ext("." + exprName(e.Fun))
	if (name == ".Sprintf" || name == ".Errorf") && len(e.Args) > 0 {
		for _, v := range s.values(e.Args[0], in, depth+1) {
			out = append(out, verb.ReplaceAllString(v, "…"))
		}
		return out
	}
	if name == ".string" && len(e.Args) == 1 {
		return s.values(e.Args[0], in, depth+1)
	}
	for _, fn := range s.funcs[in.pkg] {
		if "."+fn.Name.Name != name || fn.Body == nil {
			continue
		}
		inside := &function{in.pkg, params(fn.Type), fn.Body, fn.Name.Name, nil}
		ast.Inspect(fn.Body, func(n ast.Node) bool {
			if r, ok := n.(*ast.ReturnStmt); ok {
				for i, x := range r.Results {
					if lit, ok := index.(*ast.BasicLit); !ok || lit.Value == strconv.Itoa(i) {
						out = append(out, s.values(x, inside, depth+1)...)
					}
				}
			}
			return true
		})
	}
	return out
}

func exprName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

// handedIn are the arguments that callers in the package give for a parameter.
func (s *sources) handedIn(f *function, i int) (out []ast.Expr) {
	for _, file := range s.files[f.pkg] {
		ast.Inspect(file, func(n ast.Node) bool {
			if c, ok := n.(*ast.CallExpr); ok && exprName(c.Fun) == f.name && len(c.Args) == len(f.params) {
				out = append(out, c.Args[i])
			}
			return true
		})
	}
	return out
}

// operand is a part of a text; what a call puts there is left open.
func (s *sources) operand(e ast.Expr, in *function, depth int) []string {
	if _, call := e.(*ast.CallExpr); !call {
		if v := s.values(e, in, depth); len(v) > 0 {
			return v
		}
	}
	return []string{"…"}
}

// assigned are the values that a local name gets, in the function or around it.
func (f *function) assigned(name string) (out []ast.Expr) {
	for g := f; g != nil && g.body != nil; g = g.parent {
		ast.Inspect(g.body, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				for i, l := range n.Lhs {
					id, ok := l.(*ast.Ident)
					if !ok || id.Name != name {
						continue
					}
					if len(n.Lhs) == len(n.Rhs) {
						out = append(out, n.Rhs[i])
					} else if _, ok := n.Rhs[0].(*ast.CallExpr); ok {
						out = append(out, &ast.IndexExpr{X: n.Rhs[0], Index: &ast.BasicLit{Kind: token.INT, Value: strconv.Itoa(i)}})
					}
				}
			case *ast.ValueSpec:
				for i, id := range n.Names {
					if id.Name == name && i < len(n.Values) {
						out = append(out, n.Values[i])
					}
				}
			}
			return true
		})
	}
	return out
}
