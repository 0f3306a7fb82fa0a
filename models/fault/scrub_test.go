package fault

import (
	"errors"
	"strings"
	"testing"
)

func TestScrubHidesValuesAndKeepsNamesOfConstraints(t *testing.T) {
	got := Scrub(errors.New("duplicate \"Ana Silva\" or 'Ana' or `Silva\xff` violates \"clients_pkey\""))
	if strings.Contains(got, "Ana") || strings.Contains(got, "Silva") || !strings.Contains(got, `"clients_pkey"`) {
		t.Errorf("got %s", got)
	}
}
