package referral_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"rapport/models"
)

// actionAt says which argument of a function is the action that it puts on the
// trail. A function that hands an action on stands here too.
var actionAt = map[string]int{"Log": 0, "note": 1, "logHome": 2, "moveOrder": 3, "step": 3, "moveChange": 3, "reportToWrite": 4, "deliveryToWrite": 4, "openNote": 4, "received": 3,
	"find": 4, "listVisits": 2, "inPractices": 2, "sharedClient": 3, "namedRelease": 3, "noteOfPractice": 1}

// TestEveryActionOnTheTrailHasWords reads the source: an action without words
// would be an empty line on the owner's page, and words without an action are
// of something that is no longer done.
func TestEveryActionOnTheTrailHasWords(t *testing.T) {
	written, begun := map[string]bool{"disclosure.decide": true, "idempotency.replay": true}, map[string]bool{}
	for _, dir := range []string{".", "delivery", "../models/store"} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			if !strings.HasSuffix(name, "_test.go") {
				actionsOf(t, name, written, begun)
			}
		}
	}
	if len(written) < 100 {
		t.Fatalf("only %d actions were found", len(written))
	}
	for action := range written {
		if models.TrailWords(action) == "" {
			t.Errorf("%s has no words in models/trail_words.go", action)
		}
	}
	for action := range models.TrailActions() {
		area, _, _ := strings.Cut(action, ".")
		if !written[action] && !begun[area+"."] {
			t.Errorf("%s has words, and nothing writes it", action)
		}
	}
}

// actionsOf gathers the actions that a file writes, and the beginnings of those
// whose end is a state.
func actionsOf(t *testing.T, name string, written, begun map[string]bool) {
	src, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, name, src, 0)
	if err != nil {
		t.Fatal(err)
	}
	var within string
	ast.Inspect(f, func(n ast.Node) bool {
		if fn, ok := n.(*ast.FuncDecl); ok {
			within = fn.Name.Name
		}
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		called := ""
		switch fn := call.Fun.(type) {
		case *ast.Ident:
			called = fn.Name
		case *ast.SelectorExpr:
			called = fn.Sel.Name
		}
		at, ok := actionAt[called]
		if !ok || at >= len(call.Args) || called == "Log" && len(call.Args) != 5 {
			return true
		}
		switch a := call.Args[at].(type) {
		case *ast.BasicLit:
			action, _ := strconv.Unquote(a.Value)
			written[action] = true
		case *ast.BinaryExpr:
			if lit, ok := a.X.(*ast.BasicLit); ok {
				start, _ := strconv.Unquote(lit.Value)
				begun[start] = true
			}
		default:
			if _, hands := actionAt[within]; !hands {
				t.Errorf("%s: %s hands on an action and is not in actionAt", fset.Position(a.Pos()), within)
			}
		}
		return true
	})
}
