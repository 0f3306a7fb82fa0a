package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"rapport/models"
	"rapport/models/stillreferring"
)

type calibrateCommand struct {
	settings
	From string `type:"existingfile" help:"Fit a CSV file with the columns ID, frequency, recency and T, in weeks; the network's own history when empty." placeholder:"FILE"`
}

// Run fits the still-referring model and prints its parameters. A fit of the
// network's own history is kept: the health of relationships reads the last one.
func (c calibrateCommand) Run(out io.Writer) error {
	ctx := context.Background()
	histories, keep, err := c.histories(ctx)
	if err != nil {
		return said(err)
	}
	p, likelihood, err := stillreferring.Fit(histories)
	if err == nil {
		err = keep(models.Calibration{R: p.R, Alpha: p.Alpha, A: p.A, B: p.B, LogLikelihood: likelihood, Referrers: len(histories), Source: "network"})
	}
	if err != nil {
		return said(err)
	}
	return json.NewEncoder(out).Encode(struct {
		R             float64 `json:"r"`
		Alpha         float64 `json:"alpha"`
		A             float64 `json:"a"`
		B             float64 `json:"b"`
		LogLikelihood float64 `json:"log_likelihood"`
	}{p.R, p.Alpha, p.A, p.B, likelihood})
}

// histories reads what is to be fitted, and says how the fit is kept.
func (c calibrateCommand) histories(ctx context.Context) ([]stillreferring.History, func(models.Calibration) error, error) {
	if c.From != "" {
		f, err := os.Open(c.From)
		if err != nil {
			return nil, nil, err
		}
		defer f.Close()
		all, err := readHistories(f)
		return all, func(models.Calibration) error { return nil }, err
	}
	n, err := c.network(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer n.db.Close()
	all, err := n.ReferrerHistories(ctx, models.System(""))
	return all, func(fit models.Calibration) error { return c.keep(ctx, fit) }, err
}

func (c calibrateCommand) keep(ctx context.Context, fit models.Calibration) error {
	n, err := c.network(ctx)
	if err != nil {
		return err
	}
	defer n.db.Close()
	return n.KeepCalibration(ctx, models.System(""), fit)
}

// readHistories finds the columns by their names and refuses the first row
// that is not three numbers, by its line.
func readHistories(in io.Reader) ([]stillreferring.History, error) {
	r := csv.NewReader(in)
	names, err := r.Read()
	if err != nil {
		return nil, fmt.Errorf("the file's first row must name the columns: %w", err)
	}
	var at [3]int
	for i, name := range []string{"frequency", "recency", "T"} {
		if at[i] = slices.IndexFunc(names, func(s string) bool {
			return strings.EqualFold(strings.TrimSpace(strings.TrimPrefix(s, "\ufeff")), name)
		}); at[i] < 0 {
			return nil, fmt.Errorf("the file has no column %s; it needs ID, frequency, recency and T", name)
		}
	}
	var all []stillreferring.History
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		var v [3]float64
		for i := range v {
			if v[i], err = strconv.ParseFloat(strings.TrimSpace(row[at[i]]), 64); err != nil {
				line, _ := r.FieldPos(at[i])
				return nil, fmt.Errorf("line %d: %s is not a number", line, names[at[i]])
			}
		}
		all = append(all, stillreferring.History{Repeats: v[0], Recency: v[1], Age: v[2]})
	}
}
