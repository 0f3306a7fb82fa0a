package nppes

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"path"
	"strings"

	"rapport/models/fault"
)

// Unpacked is the provider file itself, however it came.
type Unpacked struct {
	io.ReadCloser
	Name string // inside the zip file; empty for a CSV
	Size int64  // unpacked; 0 where that is not known before the end
}

// Open finds the provider file: in is a CSV, or a zip file as it is published,
// monthly or weekly with the CSV among others, or the deactivation report: an
// XLSX, alone or in a zip file. The check sum of a zip file is compared at its
// end.
func Open(in io.ReaderAt, size int64) (Unpacked, error) {
	magic := make([]byte, 4)
	if n, err := in.ReadAt(magic, 0); err != nil && !errors.Is(err, io.EOF) || n == 0 {
		return Unpacked{}, refuseFile(err)
	}
	if string(magic) != "PK\x03\x04" {
		return Unpacked{ReadCloser: io.NopCloser(io.NewSectionReader(in, 0, size)), Size: size}, nil
	}
	z, err := zip.NewReader(in, size)
	if err != nil {
		return Unpacked{}, refuseFile(err)
	}
	if isWorkbook(z) {
		return unpackSheet(z, "")
	}
	f := member(z)
	if f == nil {
		return Unpacked{}, fault.New(fault.Invalid, "import.zip_without_file", "The zip file holds no npidata_pfile CSV and no deactivation report.")
	}
	r, err := f.Open()
	if err != nil {
		return Unpacked{}, refuseFile(err)
	}
	if strings.HasSuffix(strings.ToLower(f.Name), ".xlsx") {
		defer r.Close()
		return unpackInner(r, f.Name)
	}
	return Unpacked{r, f.Name, int64(f.UncompressedSize64)}, nil
}

// unpackInner reads a workbook that lies in a zip file.
func unpackInner(r io.Reader, name string) (Unpacked, error) {
	b, err := io.ReadAll(io.LimitReader(r, largestSheet+1))
	if err != nil || len(b) > largestSheet {
		return Unpacked{}, refuseFile(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil || !isWorkbook(z) {
		return Unpacked{}, refuseFile(err)
	}
	return unpackSheet(z, name)
}

// unpackSheet is the first sheet of a workbook as CSV.
func unpackSheet(z *zip.Reader, name string) (Unpacked, error) {
	s, err := openSheet(z)
	if err != nil {
		return Unpacked{}, err
	}
	return Unpacked{ReadCloser: s, Name: name}, nil
}

// member is the largest CSV of the main file's name, else a deactivation
// report; the file with the header only is never the largest.
func member(z *zip.Reader) *zip.File {
	var best *zip.File
	for _, begin := range []string{"npidata_pfile_", "nppes deactivated npi report", "nppes_deactivated_npi_report"} {
		for _, f := range z.File {
			name := strings.ToLower(path.Base(f.Name))
			sheet := strings.HasSuffix(name, ".xlsx") && begin != "npidata_pfile_"
			if strings.HasPrefix(name, begin) && (sheet || strings.HasSuffix(name, ".csv")) && (best == nil || f.UncompressedSize64 > best.UncompressedSize64) {
				best = f
			}
		}
		if best != nil {
			return best
		}
	}
	return nil
}
