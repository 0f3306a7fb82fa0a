package nppes

import (
	"bufio"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"rapport/models"
	"rapport/models/store/storetest"
)

const figureRows = 1_000_000

// madeFile is a file of a million rows that goes with the benchmark.
func madeFile(b *testing.B) string {
	b.Helper()
	f, err := os.CreateTemp(b.TempDir(), "npidata_pfile_*.csv")
	if err != nil {
		b.Fatal(err)
	}
	if err := makeFile(f, figureRows, 1); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	return f.Name()
}

// cpu is the processor time this process has used.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// resident reads a line of what the kernel knows of this process, in MB.
func resident(b *testing.B, line string) float64 {
	b.Helper()
	s, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(s), line+":")
	kb, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
	if err != nil {
		b.Fatal(err)
	}
	return kb / 1000
}

// spent runs f over the file and says what it took.
func spent(b *testing.B, path string, f func(*os.File)) time.Duration {
	b.Helper()
	in, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer in.Close()
	begin := cpu(b)
	f(in)
	return cpu(b) - begin
}

type foundRow struct {
	line        int64
	npi         string
	deactivated bool
}

// BenchmarkFigureImportCPU is the processor time of finding the rows of a state
// and a few taxonomies among a million, as a share of what encoding/csv needs
// with a reused record, in the same run; both must find the same rows.
func BenchmarkFigureImportCPU(b *testing.B) {
	path := madeFile(b)
	var ratios []float64
	for range 3 {
		var ours, plains []foundRow
		mine := spent(b, path, func(in *os.File) {
			err := readOurs(b, in, func(r models.Registration) {
				ours = append(ours, foundRow{r.Line, r.NPI, !r.DeactivatedOn.IsZero()})
			})
			if err != nil {
				b.Fatal(err)
			}
		})
		plain := spent(b, path, func(in *os.File) {
			err := readPlainly(bufio.NewReaderSize(in, firstBuffer), func(r plainRow) {
				plains = append(plains, foundRow{int64(r.line), r.npi, r.deactivated != ""})
			})
			if err != nil {
				b.Fatal(err)
			}
		})
		if len(ours) != len(plains) || len(ours) == 0 {
			b.Fatalf("%d rows found, encoding/csv finds %d", len(ours), len(plains))
		}
		for i := range ours {
			if ours[i].line != plains[i].line || ours[i].npi != plains[i].npi {
				b.Fatalf("row %d: %v, encoding/csv %v", i, ours[i], plains[i])
			}
		}
		b.Logf("%d rows of %d: %v, encoding/csv %v", len(ours), figureRows, mine, plain)
		ratios = append(ratios, float64(mine)/float64(plain))
	}
	storetest.Figure(b, storetest.Median(ratios), "of_encoding/csv", 0.2)
}

// BenchmarkFigureImportMemory is how much more the process holds at most while
// it reads the file.
func BenchmarkFigureImportMemory(b *testing.B) {
	path := madeFile(b)
	debug.FreeOSMemory()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil { // forget the peak so far
		b.Fatal(err)
	}
	before := resident(b, "VmRSS")
	spent(b, path, func(in *os.File) {
		if err := readOurs(b, in, func(models.Registration) {}); err != nil {
			b.Fatal(err)
		}
	})
	storetest.Figure(b, max(0, resident(b, "VmHWM")-before), "MB", 40)
}
