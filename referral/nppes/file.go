package nppes

import (
	"archive/zip"
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
	Size int64  // unpacked
}

// Open finds the provider file: in is a CSV, or a zip file as it is published,
// monthly, weekly or the deactivation report, with the CSV among others. The
// check sum of a zip file is compared at its end.
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
	f := member(z)
	if f == nil {
		return Unpacked{}, fault.New(fault.Invalid, "import.zip_without_file", "The zip file holds no npidata_pfile CSV and no deactivation report as CSV.")
	}
	r, err := f.Open()
	if err != nil {
		return Unpacked{}, refuseFile(err)
	}
	return Unpacked{r, f.Name, int64(f.UncompressedSize64)}, nil
}

// member is the largest CSV of the main file's name, else of a deactivation
// report's; the file with the header only is never the largest.
func member(z *zip.Reader) *zip.File {
	var best *zip.File
	for _, begin := range []string{"npidata_pfile_", "nppes deactivated npi report", "nppes_deactivated_npi_report"} {
		for _, f := range z.File {
			name := strings.ToLower(path.Base(f.Name))
			if strings.HasPrefix(name, begin) && strings.HasSuffix(name, ".csv") && (best == nil || f.UncompressedSize64 > best.UncompressedSize64) {
				best = f
			}
		}
		if best != nil {
			return best
		}
	}
	return nil
}
