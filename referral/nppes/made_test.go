package nppes

import (
	"bufio"
	_ "embed"
	"encoding/csv"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"rapport/models"
)

//go:embed testdata/header.csv
var header string

var (
	washington = Filter{States: []string{"WA"}, Taxonomies: []string{"111N", "207Q", "2081", "2251"}}
	families   = []string{"SMITH", "NGUYEN", "O'BRIEN", "GARCIA-LOPEZ", "JOHNSON", "KIM", "PATEL", "VAN DER BERG", "LEE", "MCDONALD"}
	givens     = []string{"JOHN", "LINH", "MARIA", "SUNG-HEE", "PRIYA", "ROBERT", "ANNA", "TERRENCE"}
	streets    = []string{"MAIN ST", "PACIFIC AVE", "NE 45TH ST", "BROADWAY", "MARTIN LUTHER KING JR WAY S"}
	places     = []string{"SEATTLE", "TACOMA", "SPOKANE", "HOUSTON", "NEW YORK", "MIAMI", "BOISE", "PORTLAND"}
	states     = []string{"WA", "CA", "NY", "TX", "FL", "OR", "ID", "PA", "OH", "IL", "GA", "NC", "MI", "NJ", "VA", "AZ", "MA", "TN", "IN", "MO", "MD", "WI", "CO", "MN", "SC", "AL", "LA", "KY", "OK", "CT"}
	codes      = []string{"207Q00000X", "111N00000X", "2081P2900X", "225100000X", "207R00000X", "163W00000X", "1041C0700X", "183500000X", "122300000X", "363L00000X", "101YM0800X", "225700000X"}
)

// npi completes nine digits.
func npi(base int) string {
	for d := range 10 {
		if s := fmt.Sprintf("%09d%d", base, d); models.ValidNPI(s) {
			return s
		}
	}
	panic("no check digit fits")
}

// make writes a file with the real header: the same rows for the same seed,
// quoted as NPPES quotes, a few with line ends and quotes inside.
func makeFile(out io.Writer, rows int, seed uint64) error {
	names, err := csv.NewReader(strings.NewReader(header)).Read()
	if err != nil {
		return err
	}
	at := map[string]int{}
	for i, n := range names {
		at[n] = i
	}
	w := bufio.NewWriterSize(out, 1<<20)
	_, _ = w.WriteString(strings.TrimRight(header, "\r\n") + "\n")
	rnd := rand.New(rand.NewPCG(seed, 7))
	row := make([]string, len(names))
	var line []byte
	for i := range rows {
		clear(row)
		fillRow(row, at, rnd, i)
		line = line[:0]
		for _, s := range row {
			line = append(line, '"')
			if strings.Contains(s, `"`) {
				s = strings.ReplaceAll(s, `"`, `""`)
			}
			line = append(line, s...)
			line = append(line, '"', ',')
		}
		line[len(line)-1] = '\n'
		_, _ = w.Write(line)
	}
	return w.Flush()
}

func fillRow(row []string, at map[string]int, rnd *rand.Rand, i int) {
	pick := func(all []string) string { return all[rnd.IntN(len(all))] }
	set := func(name, s string) {
		j, ok := at[name]
		if !ok {
			panic(name)
		}
		row[j] = s
	}
	number := func() string { return fmt.Sprint(2000000000 + rnd.Int64N(7000000000)) }
	day := func() string { return fmt.Sprintf("%02d/%02d/%d", 1+rnd.IntN(12), 1+rnd.IntN(28), 2006+rnd.IntN(19)) }
	set("NPI", npi(100000000+i))
	if rnd.IntN(33) == 0 {
		set("NPI Deactivation Date", day())
		if rnd.IntN(2) == 0 {
			return
		}
		set("NPI Reactivation Date", day())
	}
	set("Entity Type Code", "1")
	if rnd.IntN(4) == 0 {
		set("Entity Type Code", "2")
		set("Employer Identification Number (EIN)", "<UNAVAIL>")
		set("Provider Organization Name (Legal Business Name)", pick(families)+" HEALTH, PLLC")
		set("Authorized Official Last Name", pick(families))
		set("Authorized Official First Name", pick(givens))
		set("Authorized Official Title or Position", "OWNER")
		set("Authorized Official Telephone Number", number())
	} else {
		set("Provider Last Name (Legal Name)", pick(families))
		set("Provider First Name", pick(givens))
		set("Provider Credential Text", pick([]string{"", "D.C.", "MD", "PT, DPT", "R.N."}))
		set("Provider Sex Code", pick([]string{"M", "F"}))
		set("Is Sole Proprietor", pick([]string{"Y", "N", "X"}))
		if rnd.IntN(500) == 0 {
			set("Provider Other First Name", `ROBERT "BOB"`)
		}
	}
	for _, kind := range []string{"Mailing", "Practice Location"} {
		state := pick(states)
		set("Provider First Line Business "+kind+" Address", fmt.Sprint(1+rnd.IntN(9999))+" "+pick(streets))
		set("Provider Second Line Business "+kind+" Address", pick([]string{"", "", "STE 100", "FLOOR 3"}))
		if rnd.IntN(1000) == 0 {
			set("Provider Second Line Business "+kind+" Address", "ATTN: BILLING\nSTE 5")
		}
		set("Provider Business "+kind+" Address City Name", pick(places))
		set("Provider Business "+kind+" Address State Name", state)
		set("Provider Business "+kind+" Address Postal Code", fmt.Sprintf("%09d", rnd.IntN(999999999)))
		set("Provider Business "+kind+" Address Country Code (If outside U.S.)", "US")
		set("Provider Business "+kind+" Address Telephone Number", number())
		set("Provider Business "+kind+" Address Fax Number", pick([]string{"", number()}))
	}
	set("Provider Enumeration Date", day())
	set("Last Update Date", day())
	set("Certification Date", pick([]string{"", day()}))
	several := 1 + rnd.IntN(3)*rnd.IntN(2)
	for n := 1; n <= several; n++ {
		set(fmt.Sprintf("Healthcare Provider Taxonomy Code_%d", n), pick(codes))
		set(fmt.Sprintf("Provider License Number_%d", n), fmt.Sprintf("CH%08d", rnd.IntN(99999999)))
		set(fmt.Sprintf("Provider License Number State Code_%d", n), pick(states))
		set(fmt.Sprintf("Healthcare Provider Primary Taxonomy Switch_%d", n), pick([]string{"N", "Y"}[min(1, n/several):]))
	}
	if rnd.IntN(10) == 0 {
		set("Other Provider Identifier_1", fmt.Sprint(rnd.IntN(99999999)))
		set("Other Provider Identifier Type Code_1", "05")
		set("Other Provider Identifier State_1", pick(states))
	}
}

// plainRow is what the plain reader takes from a row, and plainFilter which
// rows it takes: the same question asked of encoding/csv.
type plainRow struct {
	line                            int
	npi, family, phone, deactivated string
}

type plainFilter struct {
	npi, entity, family, state, phone, deactivated, reactivated int
	taxonomies                                                  []int
}

func newPlainFilter(names []string) plainFilter {
	at := func(name string) int { return slices.Index(names, name) }
	f := plainFilter{npi: at("NPI"), entity: at("Entity Type Code"), family: at("Provider Last Name (Legal Name)"),
		state: at("Provider Business Practice Location Address State Name"), phone: at("Provider Business Practice Location Address Telephone Number"),
		deactivated: at("NPI Deactivation Date"), reactivated: at("NPI Reactivation Date")}
	for i := 1; i <= 15; i++ {
		f.taxonomies = append(f.taxonomies, at(fmt.Sprintf("Healthcare Provider Taxonomy Code_%d", i)))
	}
	return f
}

func american(s string) string { return s[6:] + s[:2] + s[3:5] }

func (f plainFilter) wants(row []string) bool {
	if d := row[f.deactivated]; d != "" {
		if back := row[f.reactivated]; back == "" || american(back) <= american(d) {
			return true
		}
	}
	if row[f.entity] != "1" || row[f.state] != washington.States[0] {
		return false
	}
	for _, i := range f.taxonomies {
		for _, want := range washington.Taxonomies {
			if strings.HasPrefix(row[i], want) {
				return true
			}
		}
	}
	return false
}

// readPlainly finds the rows with encoding/csv, one record reused for all.
func readPlainly(in io.Reader, each func(plainRow)) error {
	r := csv.NewReader(in)
	r.ReuseRecord = true
	names, err := r.Read()
	if err != nil {
		return err
	}
	f := newPlainFilter(slices.Clone(names))
	for {
		row, err := r.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if f.wants(row) {
			line, _ := r.FieldPos(0)
			each(plainRow{line, strings.Clone(row[f.npi]), strings.Clone(row[f.family]), strings.Clone(row[f.phone]), strings.Clone(row[f.deactivated])})
		}
	}
}

// readOurs finds them with this package.
func readOurs(t testing.TB, in io.Reader, each func(models.Registration)) error {
	t.Helper()
	g, err := Read(in, washington)
	if err != nil {
		return err
	}
	for {
		r, err := g.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		each(r)
	}
}
