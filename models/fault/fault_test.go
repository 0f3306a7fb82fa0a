package fault_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"rapport/models/fault"
)

func TestErrorIsItsKindAndItsCause(t *testing.T) {
	cause := errors.New("disk full")
	err := fmt.Errorf("store: %w", fault.New(fault.Conflict, "order.exhausted", "All visits are used.").Because(cause))
	if !errors.Is(err, fault.Conflict) || errors.Is(err, fault.NotFound) {
		t.Error("the kind is not found by errors.Is")
	}
	if !errors.Is(err, cause) {
		t.Error("the cause is lost")
	}
	got, ok := fault.As(err)
	if !ok || got.Code != "order.exhausted" || fault.CodeOf(err) != "order.exhausted" {
		t.Errorf("As = %v, %v", got, ok)
	}
	if strings.Contains(got.Text, "disk") {
		t.Error("the cause stands in the public text")
	}
}

func TestCodeOfAForeignErrorIsInternal(t *testing.T) {
	if got := fault.CodeOf(errors.New("x")); got != "internal" {
		t.Errorf("got %s, want internal", got)
	}
	if _, ok := fault.As(nil); ok {
		t.Error("nil is no fault")
	}
}

func TestAddingToAFaultLeavesTheFirstAlone(t *testing.T) {
	first := fault.New(fault.Conflict, "scope_violation", "Not in scope.").With(fault.Violation{Code: "scope.region"})
	second := first.With(fault.Violation{Code: "scope.minutes"}).Ref("order_id", "1").Ref("session_id", "2").Because(errors.New("x"))
	if len(first.Violations) != 1 || first.Refs != nil || first.Error() != "scope_violation (conflict)" {
		t.Errorf("the first was changed: %+v", first)
	}
	if len(second.Violations) != 2 || second.Refs["order_id"] != "1" || second.Refs["session_id"] != "2" {
		t.Errorf("the second lacks something: %+v", second)
	}
}

func TestListGivesAllReasonsAtOnceOrNone(t *testing.T) {
	var l fault.List
	if err := l.Invalid("Not valid."); err != nil {
		t.Fatalf("an empty list gave %v", err)
	}
	l.Add("region.unknown", "/regions/0", "Unknown.")
	l.Put(fault.Violation{Code: "measure.range"}, fault.Violation{Code: "measure.taken"})
	err := l.Invalid("Not valid.")
	got, ok := fault.As(err)
	if !ok || len(got.Violations) != 3 || !errors.Is(err, fault.Invalid) || got.Code != "validation" {
		t.Errorf("got %+v", got)
	}
}

func TestMissingIsTheSameForEveryNoun(t *testing.T) {
	err := fault.Missing("prescription")
	if !errors.Is(err, fault.NotFound) || err.Code != "not_found" {
		t.Errorf("got %v", err)
	}
}
