package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"rapport/models"
	"rapport/referral/nppes"
)

type importCommand struct {
	NPPES importNPPESCommand `cmd:"" name:"nppes" help:"Take clinicians from the public provider file into the directory."`
}

type importNPPESCommand struct {
	settings
	File        string   `arg:"" optional:"" type:"existingfile" help:"The CSV, or the zip file as it is published: monthly, weekly, or the list of deactivated NPIs (XLSX or CSV)."`
	Deactivated string   `type:"existingfile" help:"The list of deactivated NPIs (zip, XLSX or CSV), read after FILE or alone." placeholder:"FILE"`
	State       []string `help:"States of the practice location, for example WA,OR. All when empty."`
	Taxonomy    []string `help:"Taxonomy codes, or how they begin, for example 111N,207Q. All when empty."`
	Since       string   `help:"Leave out rows last updated before this day, YYYY-MM-DD." placeholder:"DAY"`
	Report      string   `help:"Write what became of each row to this CSV file." placeholder:"FILE"`
}

// Run reads each file once, front to back, and says at the end what changed.
func (c importNPPESCommand) Run(out io.Writer, aside aside) (err error) {
	if c.File == "" && c.Deactivated == "" {
		return errors.New("name the provider file, or the list of deactivated NPIs with --deactivated")
	}
	f := nppes.Filter{States: c.State, Taxonomies: c.Taxonomy}
	for i, state := range f.States {
		if len(state) != 2 {
			return fmt.Errorf("%q is no state; write its two letters, for example WA", state)
		}
		f.States[i] = strings.ToUpper(state)
	}
	if c.Since != "" {
		if f.Since, err = models.ParseDate(c.Since); err != nil {
			return said(err)
		}
	}
	var files []*providerFile
	for _, path := range []string{c.File, c.Deactivated} {
		if path == "" {
			continue
		}
		in, err := openProviderFile(path, f, aside.Writer)
		if err != nil {
			return err
		}
		defer in.close()
		files = append(files, in)
	}
	told, err := newImportReport(c.Report)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, told.close()) }()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	n, err := c.network(ctx)
	if err != nil {
		return err
	}
	defer n.db.Close()
	var read []*nppes.Registry
	for i, in := range files {
		if err == nil {
			told.of = ""
			if i > 0 {
				told.of = "deactivation list, "
			}
			err = n.ImportProviders(ctx, models.System(""), in.registry, told.row)
			in.progress.end()
			read = append(read, in.registry)
		}
	}
	return errors.Join(said(err), told.sum(out, read...))
}

// providerFile is one file on its way into the directory.
type providerFile struct {
	file     *os.File
	unpacked nppes.Unpacked
	progress *progress
	registry *nppes.Registry
}

// openProviderFile opens a file and reads its header: what is no provider file
// is refused before anything is written.
func openProviderFile(path string, f nppes.Filter, aside io.Writer) (*providerFile, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	in := &providerFile{file: file}
	size, err := file.Stat()
	if err == nil {
		in.unpacked, err = nppes.Open(file, size.Size())
	}
	if err == nil {
		in.progress = newProgress(aside, in.unpacked.Size)
		in.registry, err = nppes.Read(watched{in.unpacked, in.progress}, f)
	}
	if err != nil {
		in.close()
		return nil, said(err)
	}
	in.progress.of = in.registry
	return in, nil
}

func (f *providerFile) close() {
	if f.unpacked.ReadCloser != nil {
		f.unpacked.Close()
	}
	f.file.Close()
}

// importReport counts what became of the rows, keeps the first of what a
// person should read, and writes all of it to a file where one is named.
type importReport struct {
	count  map[models.ImportOutcome]int64
	shown  []string
	hidden int
	path   string
	of     string // which file a line is of, where there are two
	file   *os.File
	buf    *bufio.Writer
	csv    *csv.Writer
}

const shownAtMost = 40

func newImportReport(path string) (*importReport, error) {
	r := &importReport{count: map[models.ImportOutcome]int64{}, path: path}
	if path == "" {
		return r, nil
	}
	var err error
	if r.file, err = os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600); err != nil {
		return nil, err
	}
	r.buf = bufio.NewWriter(r.file)
	r.csv = csv.NewWriter(r.buf)
	return r, r.csv.Write([]string{"line", "npi", "outcome", "field", "was", "now", "reason"})
}

// row notes one result; what did not change is only counted.
func (r *importReport) row(res models.ImportResult) error {
	r.count[res.Outcome]++
	if res.Outcome == models.ImportUnchanged || res.Outcome == models.ImportUnknown {
		return nil
	}
	changes := res.Changes
	if len(changes) == 0 {
		changes = []models.FieldChange{{}}
	}
	for _, c := range changes {
		if res.Outcome != models.ImportNew {
			r.show(res, c)
		}
		if r.csv == nil {
			continue
		}
		if err := r.csv.Write([]string{strconv.FormatInt(res.Line, 10), res.NPI, string(res.Outcome), c.Field, cell(c.Was), cell(c.Now), res.Reason}); err != nil {
			return err
		}
	}
	return nil
}

func (r *importReport) show(res models.ImportResult, c models.FieldChange) {
	if len(r.shown) == shownAtMost {
		r.hidden++
		return
	}
	line := fmt.Sprintf("%sline %d: %s", r.of, res.Line, strings.TrimSpace(res.NPI+" "+string(res.Outcome)))
	if c.Field != "" {
		line += fmt.Sprintf(": %s was %q, the file says %q", c.Field, c.Was, c.Now)
	}
	if res.Reason != "" {
		line += " (" + res.Reason + ")"
	}
	r.shown = append(r.shown, line)
}

// cell keeps a spreadsheet from taking a text for a formula.
func cell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// sum says what became of the file.
func (r *importReport) sum(out io.Writer, files ...*nppes.Registry) error {
	w := bufio.NewWriter(out)
	for _, line := range r.shown {
		fmt.Fprintln(w, line)
	}
	if r.hidden > 0 {
		where := "--report FILE.csv lists all"
		if r.path != "" {
			where = r.path + " lists all"
		}
		fmt.Fprintf(w, "and %d more; %s\n", r.hidden, where)
	}
	var rows, matches, organizations int64
	for _, g := range files {
		rows, matches, organizations = rows+g.Rows(), matches+g.Matches(), organizations+g.Organizations()
	}
	fmt.Fprintf(w, "%d rows read, %d matched\n", rows, matches)
	if rows > 0 && matches == 0 {
		fmt.Fprintln(w, "nothing matched: look at --state (two letters), --taxonomy (codes or how they begin, for example 111N) and --since")
	}
	for _, o := range []models.ImportOutcome{models.ImportNew, models.ImportChanged, models.ImportUnchanged, models.ImportDeactivated, models.ImportKept, models.ImportUnknown, models.ImportFailed} {
		if text := outcomes[o]; r.count[o] > 0 || text.always {
			fmt.Fprintf(w, "%8d %s\n", r.count[o], text.words)
		}
	}
	if organizations > 0 {
		fmt.Fprintf(w, "%8d organizations passed over: the directory is of people, each with an office of their own\n", organizations)
	}
	return w.Flush()
}

var outcomes = map[models.ImportOutcome]struct {
	words  string
	always bool
}{
	models.ImportNew: {"new", true}, models.ImportChanged: {"changed", true}, models.ImportUnchanged: {"unchanged", true},
	models.ImportDeactivated: {"deactivated", true}, models.ImportFailed: {"failed", true},
	models.ImportKept:    {"differ and were kept: owned, verified or deactivated later, or corrected by hand", false},
	models.ImportUnknown: {"deactivated and not in the directory", false},
}

func (r *importReport) close() error {
	if r.file == nil {
		return nil
	}
	r.csv.Flush()
	return errors.Join(r.csv.Error(), r.buf.Flush(), r.file.Close())
}

// watched tells the progress of each read.
type watched struct {
	io.Reader
	progress *progress
}

func (w watched) Read(p []byte) (int, error) {
	n, err := w.Reader.Read(p)
	w.progress.step(int64(n), time.Now())
	return n, err
}
