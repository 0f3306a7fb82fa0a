package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"rapport/models"
)

type auditCommand struct {
	Head auditHeadCommand `cmd:"" help:"Print where each practice's audit trail ends, signed, to be kept elsewhere."`
}

type auditHeadCommand struct{ settings }

// Help is shown by rapport audit head --help.
func (auditHeadCommand) Help() string {
	return "One line of JSON for each practice. Append them to a file on another machine, mail or print them; rapport verify --heads FILE then finds a trail that was cut at its end or written anew from its start."
}

// Run reads the heads only; it takes no time and names nobody.
func (c auditHeadCommand) Run(out io.Writer) error {
	s, err := c.place()
	if err == nil {
		err = s.present()
	}
	if err != nil {
		return err
	}
	db, err := s.open(nil, true)
	if err != nil {
		return err
	}
	defer db.Close()
	heads, err := db.Heads(context.Background())
	if err != nil {
		return err
	}
	lines := json.NewEncoder(out)
	for _, h := range heads {
		if err := lines.Encode(h); err != nil {
			return err
		}
	}
	return nil
}

// readHeads reads what rapport audit head printed, any number of times.
func readHeads(name string) ([]models.AuditHead, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var out []models.AuditHead
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		var h models.AuditHead
		if err := json.Unmarshal(lines.Bytes(), &h); err != nil || h.Practice == "" {
			return nil, fmt.Errorf("line %d of %s is not one that rapport audit head printed", n, name)
		}
		h.Line = n
		out = append(out, h)
	}
	return out, lines.Err()
}
