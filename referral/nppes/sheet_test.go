package nppes

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"rapport/models"
	"rapport/models/fault"
)

// packed is a zip file of texts, name and text in turn.
func packed(t *testing.T, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i+1 < len(files); i += 2 {
		w, err := z.Create(files[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, files[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// workbook is an XLSX with one sheet.
func workbook(t *testing.T, texts, rows string) []byte {
	t.Helper()
	const space = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	return packed(t, "[Content_Types].xml", "<Types/>", "xl/workbook.xml", "<workbook "+space+"/>",
		"xl/sharedStrings.xml", `<?xml version="1.0" encoding="UTF-8"?><sst `+space+`>`+texts+`</sst>`,
		"xl/worksheets/sheet1.xml", `<?xml version="1.0" encoding="UTF-8"?><worksheet `+space+`><sheetData>`+rows+`</sheetData></worksheet>`)
}

const (
	listTexts = `<si><t>NPI</t></si><si><r><t>NPPES Deactivation </t></r><r><t>Date</t></r><rPh sb="0" eb="1"><t>unsaid</t></rPh></si><si><t>1234567893</t></si><si><t>11/02/2025</t></si>`
	listRows  = `<row r="1"><c r="A1" t="inlineStr"><is><t>NPPES Deactivated NPI Report as of Nov 10 2025</t></is></c></row>
		<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" t="s"><v>1</v></c><c r="C2" s="4"/></row>
		<row r="3"><c r="A3" t="s"><v>2</v></c><c r="B3" t="s"><v>3</v></c></row>
		<row r="5"><c r="A5"><v>1.245319599E9</v></c><c r="B5" s="1"><v>45963</v></c></row>
		<row r="6"><c r="A6" t="s"><v>2</v></c></row>
		<row><c t="str"><f>A3+1</f><v>1234567890</v></c><c t="s"><v>3</v></c></row>
		<row r="9"><c r="A9" t="s"><v>99</v></c><c r="B9" t="s"><v>3</v></c></row>
		<row r="10"><c r="A10" t="s"><v>2</v></c><c r="B10" t="inlineStr"><is><t>November</t></is></c></row>`
)

// readOpened reads a file as the command does.
func readOpened(t *testing.T, b []byte) (all []models.Registration, bad []*models.BadRow, err error) {
	t.Helper()
	u, err := Open(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, nil, err
	}
	defer u.Close()
	g, err := Read(u, washington)
	if err != nil {
		return nil, nil, err
	}
	for {
		r, err := g.Next()
		var row *models.BadRow
		switch {
		case errors.Is(err, io.EOF):
			return all, bad, nil
		case errors.As(err, &row):
			bad = append(bad, row)
		case err != nil:
			return all, bad, err
		default:
			all = append(all, r)
		}
	}
}

func TestTheDeactivationListIsReadFromItsWorkbook(t *testing.T) {
	book := workbook(t, listTexts, listRows)
	for name, file := range map[string][]byte{"alone": book, "in the zip file as published": packed(t, "Readme.pdf", "x", "NPPES Deactivated NPI Report 20251110.xlsx", string(book))} {
		all, bad, err := readOpened(t, file)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		want := []models.Registration{{Line: 3, NPI: "1234567893", DeactivatedOn: "2025-11-02"}, {Line: 5, NPI: "1245319599", DeactivatedOn: "2025-11-02"}}
		if len(all) != len(want) {
			t.Fatalf("%s: got %+v", name, all)
		}
		for i, r := range all {
			if r.Line != want[i].Line || r.NPI != want[i].NPI || r.DeactivatedOn != want[i].DeactivatedOn {
				t.Errorf("%s: got %+v, want %+v", name, r, want[i])
			}
		}
		var lines []int64
		for _, b := range bad {
			lines = append(lines, b.Line)
		}
		if !slices.Equal(lines, []int64{6, 7, 9, 10}) {
			t.Errorf("%s: bad rows on %v, want those of the sheet: 6 without a day, 7 and 9 without an NPI, 10 with a word", name, lines)
		}
	}
}

func TestAWorkbookThatIsNotTheListIsRefused(t *testing.T) {
	book := workbook(t, listTexts, listRows)
	for name, c := range map[string]struct {
		file []byte
		code string
	}{
		"no sheet":           {packed(t, "xl/workbook.xml", "<workbook/>"), "import.not_nppes"},
		"an empty sheet":     {workbook(t, "", ""), "import.not_nppes"},
		"another table":      {workbook(t, "", `<row r="1"><c r="A1" t="inlineStr"><is><t>Name</t></is></c></row>`), "import.not_nppes"},
		"broken texts":       {workbook(t, "<si><t>NPI</si>", listRows), "import.not_nppes"},
		"a broken sheet":     {workbook(t, listTexts, "<row><c></row>"), "import.not_nppes"},
		"text beside a book": {packed(t, "nppes deactivated npi report.xlsx", "not a workbook"), "import.not_nppes"},
		"a bomb of texts":    {workbook(t, strings.Repeat("<si><t>"+strings.Repeat("x", 1<<16)+"</t></si>", 1<<10+1), listRows), "import.sheet_too_large"},
		"nothing of use":     {packed(t, "a.txt", "x"), "import.zip_without_file"},
	} {
		if _, _, err := readOpened(t, c.file); fault.CodeOf(err) != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
	cut := workbook(t, listTexts, listRows+`<row r="12"><c r="A12" t="s"><v>2</v>`)
	if all, _, err := readOpened(t, cut); err == nil || len(all) != 2 {
		t.Errorf("a sheet that breaks off is read as if it ended: %d rows, %v", len(all), err)
	}
	if _, _, err := readOpened(t, book[:len(book)/2]); err == nil {
		t.Error("half a file is read")
	}
}

func TestOrganizationsArePassedOverAndCounted(t *testing.T) {
	names := columnNames(t)
	file := table(names, rowOf(names, linh), rowOf(names, with(linh, "Entity Type Code", "2", "Provider Last Name (Legal Name)", "")), rowOf(names, with(linh, "Entity Type Code", "")))
	g, err := Read(strings.NewReader(file), washington)
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = g.Next()
	}
	if err != io.EOF || g.Matches() != 1 || g.Organizations() != 1 || g.Rows() != 3 {
		t.Errorf("%d rows, %d matched, %d organizations, %v", g.Rows(), g.Matches(), g.Organizations(), err)
	}
}
