package nppes

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rapport/models"
	"rapport/models/fault"
)

// table is a file with these columns only, quoted as NPPES quotes.
func table(rows ...[]string) string {
	var b strings.Builder
	for _, row := range rows {
		for i, s := range row {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(`"` + strings.ReplaceAll(s, `"`, `""`) + `"`)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func columnNames(t *testing.T) []string {
	t.Helper()
	names, err := csv.NewReader(strings.NewReader(header)).Read()
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// rowOf fills the named columns of a layout.
func rowOf(names []string, values map[string]string) []string {
	row := make([]string, len(names))
	for name, v := range values {
		i := slices.Index(names, name)
		if i < 0 {
			panic(name)
		}
		row[i] = v
	}
	return row
}

var linh = map[string]string{
	"NPI": "1234567893", "Entity Type Code": "1", "Provider Last Name (Legal Name)": "NGUYEN", "Provider First Name": "LINH", "Provider Credential Text": "D.C.",
	"Provider First Line Business Practice Location Address": "12 MAIN ST", "Provider Second Line Business Practice Location Address": "FLOOR 2\nSUITE 5",
	"Provider Business Practice Location Address City Name": "SEATTLE", "Provider Business Practice Location Address State Name": "WA",
	"Provider Business Practice Location Address Postal Code": "981011234", "Provider Business Practice Location Address Telephone Number": "2065550100",
	"Provider Business Practice Location Address Fax Number": "2065550101", "Last Update Date": "03/14/2025",
	"Healthcare Provider Taxonomy Code_1": "225700000X", "Healthcare Provider Primary Taxonomy Switch_1": "N",
	"Healthcare Provider Taxonomy Code_2": "111N00000X", "Healthcare Provider Primary Taxonomy Switch_2": "Y",
	"Provider License Number_2": "CH00001234", "Provider License Number State Code_2": "WA",
}

func with(m map[string]string, pairs ...string) map[string]string {
	out := map[string]string{}
	for k, v := range m {
		out[k] = v
	}
	for i := 0; i < len(pairs); i += 2 {
		out[pairs[i]] = pairs[i+1]
	}
	return out
}

// readAll reads a file to its end.
func readAll(t *testing.T, file string, f Filter) (all []models.Registration, bad []*models.BadRow) {
	t.Helper()
	g, err := Read(strings.NewReader(file), f)
	if err != nil {
		t.Fatal(err)
	}
	for {
		r, err := g.Next()
		var b *models.BadRow
		switch {
		case err == io.EOF:
			return all, bad
		case errors.As(err, &b):
			bad = append(bad, b)
		case err != nil:
			t.Fatal(err)
		default:
			all = append(all, r)
		}
	}
}

func TestRegistryReadsARowInFull(t *testing.T) {
	names := columnNames(t)
	want := models.Registration{Line: 2, NPI: "1234567893", Name: models.PersonName{Given: "Linh", Family: "Nguyen"}, Credentials: "D.C.", Taxonomy: "111N00000X",
		Licence: models.Licence{State: "WA", Number: "CH00001234"}, UpdatedOn: "2025-03-14",
		Office: models.Office{Name: "12 Main St, Seattle", Phone: "206-555-0100", Fax: "206-555-0101",
			Address: models.Address{Line1: "12 Main St", Line2: "Floor 2 Suite 5", City: "Seattle", State: "WA", PostalCode: "98101-1234"}}}
	renamed := slices.Clone(names)
	renamed[slices.Index(names, "Provider Sex Code")] = "Provider Gender Code"
	newer := append(slices.Clone(names), "npi_managed_by", "npi_activation_status", "npi_activation_change_reason_list", "npi_activation_future_change_date", "npi_fhir_url")
	turned := slices.Clone(names)
	slices.Reverse(turned)
	for name, layout := range map[string][]string{"current": names, "before the renaming": renamed, "without the last column": names[:len(names)-1], "V3": newer, "another order": turned} {
		all, bad := readAll(t, "\ufeff"+table(layout, rowOf(layout, linh)), washington)
		if len(bad) > 0 || len(all) != 1 {
			t.Errorf("%s: %d rows, bad %v", name, len(all), bad)
			continue
		}
		if diff := cmp.Diff(want, all[0]); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestRegistryFiltersByPlaceTaxonomyKindAndDay(t *testing.T) {
	names := columnNames(t)
	tests := []struct {
		name string
		row  map[string]string
		f    Filter
		want int
	}{
		{"fits", linh, washington, 1},
		{"another state", with(linh, "Provider Business Practice Location Address State Name", "OR"), washington, 0},
		{"state in small letters", with(linh, "Provider Business Practice Location Address State Name", "wa"), washington, 1},
		{"another taxonomy", linh, Filter{Taxonomies: []string{"207Q"}}, 0},
		{"a taxonomy that is not the primary one", linh, Filter{Taxonomies: []string{"2257"}}, 1},
		{"no filter", linh, Filter{}, 1},
		{"an organization", with(linh, "Entity Type Code", "2"), Filter{}, 0},
		{"updated on the day", linh, Filter{Since: "2025-03-14"}, 1},
		{"updated before the day", linh, Filter{Since: "2025-03-15"}, 0},
		{"deactivated", map[string]string{"NPI": "1234567893", "NPI Deactivation Date": "01/02/2025"}, washington, 1},
		{"deactivated before the day", map[string]string{"NPI": "1234567893", "NPI Deactivation Date": "01/02/2025"}, Filter{Since: "2025-03-15"}, 0},
		{"reactivated elsewhere", with(linh, "NPI Deactivation Date", "01/02/2025", "NPI Reactivation Date", "02/02/2025", "Provider Business Practice Location Address State Name", "OR"), washington, 0},
		{"reactivated here", with(linh, "NPI Deactivation Date", "01/02/2025", "NPI Reactivation Date", "02/02/2025"), washington, 1},
	}
	for _, test := range tests {
		all, bad := readAll(t, table(names, rowOf(names, test.row)), test.f)
		if len(all) != test.want || len(bad) > 0 {
			t.Errorf("%s: %d rows, want %d; bad %v", test.name, len(all), test.want, bad)
		}
		for _, r := range all {
			if ended := test.row["NPI Reactivation Date"] == "" && test.row["NPI Deactivation Date"] != ""; ended == r.DeactivatedOn.IsZero() {
				t.Errorf("%s: deactivated on %q", test.name, r.DeactivatedOn)
			}
			if back := test.row["NPI Reactivation Date"] != ""; back == r.ReactivatedOn.IsZero() {
				t.Errorf("%s: given back on %q", test.name, r.ReactivatedOn)
			}
		}
	}
}

func TestRegistryListsBadRowsWithTheirLinesAndGoesOn(t *testing.T) {
	names := columnNames(t)
	good := rowOf(names, linh)
	file := table(names, good) + // lines 1 and 2, 3: a line end inside
		`"1234567893","1,` + "\n" + // 4: the quote never ends on this line
		table(good[:20]) + // 5
		strings.Replace(table(good), `"LINH"`, `"LI"NH"`, 1) + // 6, 7
		table(rowOf(names, with(linh, "NPI", "1234567890")), // 8, 9
			rowOf(names, with(linh, "Last Update Date", "2025/3/14")),                                  // 10
			rowOf(names, with(linh, "Provider Last Name (Legal Name)", "", "Provider First Name", "")), // 12
			good) // 14
	all, bad := readAll(t, file, washington)
	if len(all) != 2 || all[0].Line != 2 || all[1].Line != 14 {
		t.Errorf("good rows %v", all)
	}
	var lines []int64
	for _, b := range bad {
		lines = append(lines, b.Line)
		if strings.Contains(strings.ToUpper(b.Reason), "NGUYEN") || strings.Contains(b.Reason, "1234567893") {
			t.Errorf("line %d: the reason tells of the row: %s", b.Line, b.Reason)
		}
	}
	for _, want := range []int64{4, 8, 10, 12} {
		if !slices.Contains(lines, want) {
			t.Errorf("line %d is not listed: %v", want, lines)
		}
	}
}

func TestRegistryFindsTheRowsOfEncodingCSV(t *testing.T) {
	var file bytes.Buffer
	if err := makeFile(&file, 20_000, 2); err != nil {
		t.Fatal(err)
	}
	var want []plainRow
	if err := readPlainly(bytes.NewReader(file.Bytes()), func(r plainRow) { want = append(want, r) }); err != nil {
		t.Fatal(err)
	}
	var got []plainRow
	if err := readOurs(t, bytes.NewReader(file.Bytes()), func(r models.Registration) {
		d := string(r.DeactivatedOn)
		if d != "" {
			d = d[5:7] + "/" + d[8:] + "/" + d[:4]
		}
		got = append(got, plainRow{int(r.Line), r.NPI, strings.ToUpper(r.Name.Family), strings.ReplaceAll(r.Office.Phone, "-", ""), d})
	}); err != nil {
		t.Fatal(err)
	}
	if len(want) < 300 || len(got) != len(want) {
		t.Fatalf("%d rows, encoding/csv finds %d", len(got), len(want))
	}
	for i := range want {
		if want[i].deactivated == "" || got[i].deactivated == "" { // a row that was given back has both days
			want[i].deactivated, got[i].deactivated = "", ""
		} else {
			want[i].family, want[i].phone = "", ""
		}
		if got[i] != want[i] {
			t.Fatalf("row %d: got %+v, want %+v", i, got[i], want[i])
		}
	}
}

func TestRegistryRefusesFilesThatAreNotIt(t *testing.T) {
	for file, code := range map[string]string{
		"":           "import.not_nppes",
		"a,b\n1,2\n": "import.not_nppes",
		"\"NPI\",\"Entity Type Code\",\"x\",\"y\",\"z\"\n": "import.columns_missing",
	} {
		_, err := Read(strings.NewReader(file), Filter{})
		if fault.CodeOf(err) != code {
			t.Errorf("%q: %v, want %s", file, err, code)
		}
	}
}

func TestRegistryReadsADeactivationReport(t *testing.T) {
	all, bad := readAll(t, "NPPES Deactivated Providers as of Nov 10 2025,\nNPI,NPPES Deactivation Date\n1234567893,11/02/2025\n", washington)
	if len(bad) > 0 || len(all) != 1 || all[0].DeactivatedOn != "2025-11-02" || all[0].Line != 3 {
		t.Errorf("got %+v, bad %v", all, bad)
	}
}

func TestOpenFindsTheProviderFileInAZip(t *testing.T) {
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	for name, text := range map[string]string{"npidata_pfile_20050523-20251109_fileheader.csv": "x", "NPPES_Data_Dissemination_Readme.pdf": strings.Repeat("y", 5000),
		"othername_pfile_20050523-20251109.csv": strings.Repeat("z", 5000), "npidata_pfile_20050523-20251109.csv": "the file"} {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(w, text)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	read := func(b []byte) (string, error) {
		u, err := Open(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return "", err
		}
		defer u.Close()
		s, err := io.ReadAll(u)
		return string(s), err
	}
	if s, err := read(packed.Bytes()); s != "the file" || err != nil {
		t.Errorf("got %q, %v", s, err)
	}
	if s, err := read([]byte("NPI,x\n")); s != "NPI,x\n" || err != nil {
		t.Errorf("a plain file: got %q, %v", s, err)
	}
	broken := bytes.Replace(packed.Bytes(), []byte("the file"), []byte("THE FILE"), 1)
	if _, err := read(broken); err == nil {
		t.Error("a broken zip file is read without complaint")
	}
}
