package main

import (
	"archive/zip"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var registryColumns = []string{"NPI", "Entity Type Code", "Provider Last Name (Legal Name)", "Provider First Name",
	"Provider First Line Business Practice Location Address", "Provider Business Practice Location Address City Name",
	"Provider Business Practice Location Address State Name", "Provider Business Practice Location Address Postal Code",
	"Provider Business Practice Location Address Telephone Number", "Last Update Date", "NPI Deactivation Date", "Healthcare Provider Taxonomy Code_1"}

func registryFile(rows ...[]string) string {
	var b strings.Builder
	for _, row := range append([][]string{registryColumns}, rows...) {
		b.WriteString(`"` + strings.Join(row, `","`) + "\"\n")
	}
	return b.String()
}

func clinician(npi, family, street, day string) []string {
	return []string{npi, "1", family, "MARIA", street, "SEATTLE", "WA", "981011234", "2065550300", day, "", "111N00000X"}
}

func wantInOrder(t *testing.T, text string, parts ...string) {
	t.Helper()
	rest := text
	for _, p := range parts {
		_, after, found := strings.Cut(rest, p)
		if !found {
			t.Errorf("%q is not in its place in:\n%s", p, text)
			return
		}
		rest = after
	}
}

func TestImportNPPESSaysWhatChangedAndListsWhatFailed(t *testing.T) {
	dir := t.TempDir()
	file, report := filepath.Join(dir, "npidata_pfile.csv"), filepath.Join(dir, "report.csv")
	imported := func(text string, more ...string) (int, string, string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		var out, said strings.Builder
		status := run(append([]string{"import", "nppes", file, "--data-dir", filepath.Join(dir, "rapport"), "--state", "WA", "--taxonomy", "111N,207Q", "--report", report}, more...),
			strings.NewReader(""), &out, &said)
		return status, out.String(), said.String()
	}
	first := registryFile(clinician("1000000004", "GARCIA", "12 MAIN ST", "05/01/2025"), clinician("1000000000", "NOBODY", "13 MAIN ST", "05/01/2025"), clinician("1000000012", "LEE", "14 MAIN ST", "05/01/2025"))
	status, out, said := imported(first)
	if status != 0 {
		t.Fatalf("exit %d: %s", status, said)
	}
	wantInOrder(t, out, "line 3: failed (the NPI is not valid)", "3 rows read, 2 matched", "2 new", "0 changed", "1 failed")
	wantInOrder(t, said, "100%", "3 rows", "2 matched")

	status, out, _ = imported(registryFile(clinician("1000000004", "GARCIA", "=9 PINE ST", "06/01/2025"), clinician("1000000012", "LEE", "14 MAIN ST", "05/01/2025")))
	if status != 0 {
		t.Fatal(out)
	}
	wantInOrder(t, out, `line 2: 1000000004 changed: office.address was "12 Main St, Seattle, WA 98101-1234"`, "0 new", "1 changed", "1 unchanged")
	listed, err := os.ReadFile(report)
	if err != nil {
		t.Fatal(err)
	}
	wantInOrder(t, string(listed), "line,npi,outcome,field,was,now,reason\n", `2,1000000004,changed,office.address,"12 Main St, Seattle, WA 98101-1234","'=9 Pine St`)

	status, out, _ = imported(first, "--since", "2025-05-02")
	if status != 0 {
		t.Fatal(out)
	}
	wantInOrder(t, out, "3 rows read, 0 matched", "0 new", "0 changed")
	if status, _, said := imported("a,b\n1,2\n"); status != 1 || !strings.Contains(said, "its first row must name the columns") {
		t.Errorf("a foreign file: exit %d, %s", status, said)
	}
}

func TestImportNPPESReadsTheZipFileAsPublished(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "NPPES_Data_Dissemination_November_2025.zip")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	w, err := z.Create("npidata_pfile_20050523-20251109.csv")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(registryFile(clinician("1000000004", "GARCIA", "12 MAIN ST", "05/01/2025")))); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	var out, said strings.Builder
	if status := run([]string{"import", "nppes", path, "--data-dir", filepath.Join(dir, "rapport")}, strings.NewReader(""), &out, &said); status != 0 {
		t.Fatalf("exit %d: %s", status, said.String())
	}
	wantInOrder(t, out.String(), "1 rows read, 1 matched", "1 new")
}

func TestImportNPPESReadsTheListOfDeactivatedNPIsAfterTheFile(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	imported := func(args ...string) (int, string, string) {
		var out, said strings.Builder
		status := run(append([]string{"import", "nppes", "--data-dir", filepath.Join(dir, "rapport")}, args...), strings.NewReader(""), &out, &said)
		return status, out.String(), said.String()
	}
	group := clinician("1000000020", "", "15 MAIN ST", "05/01/2025")
	group[1] = "2"
	file := write("npidata_pfile.csv", registryFile(clinician("1000000004", "GARCIA", "12 MAIN ST", "05/01/2025"), clinician("1000000012", "LEE", "14 MAIN ST", "05/01/2025"), group))
	list := write("list.csv", "NPPES Deactivated NPI Report as of Nov 10 2025,\nNPI,NPPES Deactivation Date\n1000000012,11/02/2025\n1000000038,never\n")
	status, out, said := imported(file, "--deactivated", list)
	if status != 0 {
		t.Fatalf("exit %d: %s", status, said)
	}
	wantInOrder(t, out, "deactivation list, line 3: 1000000012 deactivated", "5 rows read, 3 matched", "2 new", "1 deactivated", "1 failed", "1 organizations passed over")
	wantInOrder(t, out, "deactivation list, line 4: 1000000038 failed", "5 rows read")
	status, out, said = imported("--deactivated", list)
	if status != 0 {
		t.Fatalf("exit %d: %s", status, said)
	}
	wantInOrder(t, out, "line 4: 1000000038 failed", "2 rows read, 1 matched", "1 unchanged", "1 failed")
	status, out, said = imported(file) // whose rows are older than the list
	if status != 0 {
		t.Fatalf("exit %d: %s", status, said)
	}
	wantInOrder(t, out, "1000000012 kept", "deactivated since the file said this", "3 rows read, 2 matched", "1 unchanged", "1 differ and were kept")
	if status, _, said = imported(); status != 1 || !strings.Contains(said, "--deactivated") {
		t.Errorf("without a file: exit %d, %s", status, said)
	}
	if status, _, said = imported("--deactivated", write("other.csv", "a,b\n")); status != 1 || !strings.Contains(said, "list of deactivated NPIs") {
		t.Errorf("a foreign list: exit %d, %s", status, said)
	}
}
