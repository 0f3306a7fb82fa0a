package documents

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"syscall"
	"testing"
	"time"

	upstream "github.com/jung-kurt/gofpdf"

	"rapport/documents/gofpdf"
)

// canvas is what the patched engine and its origin have in common.
type canvas interface {
	AddPage()
	SetFont(family, style string, size float64)
	SetTextColor(r, g, b int)
	SetDrawColor(r, g, b int)
	SetFillColor(r, g, b int)
	SetLineWidth(w float64)
	Line(x1, y1, x2, y2 float64)
	Rect(x, y, w, h float64, style string)
	Circle(x, y, r float64, style string)
	MoveTo(x, y float64)
	LineTo(x, y float64)
	DrawPath(style string)
	Text(x, y float64, s string)
	SplitText(s string, w float64) []string
	GetStringWidth(s string) float64
	SetCellMargin(m float64)
	SetCreationDate(t time.Time)
	SetModificationDate(t time.Time)
	SetCatalogSort(b bool)
	Output(w io.Writer) error
}

var someDay = time.Date(2026, 3, 14, 9, 30, 0, 0, time.UTC)

// drawTwoPages draws a report's worth of content: a letter, a table over the
// page break, three line charts. n varies the words, as clients do.
func drawTwoPages(c canvas, n int) {
	c.SetCreationDate(someDay)
	c.SetModificationDate(someDay)
	c.SetCatalogSort(true)
	c.SetCellMargin(0)
	c.AddPage()
	y := 20.0
	write := func(style string, size float64, text string) {
		c.SetFont("text", style, size)
		for _, l := range c.SplitText(text, 175) {
			c.Text(20, y, l)
			y += size * 0.47
		}
	}
	name := []string{"Zoë Nguyễn", "Łukasz Żółć", "Ana Muñoz", "Åse Sørensen"}[n%4]
	write("B", 16, "Progress report")
	write("", 9, fmt.Sprintf("Re: %s, born 1980-02-%02d, six visits, pain ≤ 3 → better", name, n%28+1))
	for _, p := range []string{"S: ", "O: ", "A: ", "P: "} {
		write("", 9, p+"The client reports that the neck turns further to the left than before and that "+
			"headaches come once a week instead of four times. Sleep is better; sitting longer than an hour still "+
			"brings the ache back between the shoulder blades, which was pressed and held without lasting soreness.")
	}
	for i := range 3 {
		x := 20 + float64(i)*60
		c.SetDrawColor(203, 208, 213)
		c.SetLineWidth(0.15)
		c.Line(x, y, x+50, y)
		c.Line(x, y+20, x+50, y+20)
		c.SetDrawColor(19, 84, 99)
		c.SetLineWidth(0.4)
		for p := range 8 {
			px, py := x+float64(p)*7, y+float64((p*5+n)%20)
			if p == 0 {
				c.MoveTo(px, py)
			} else {
				c.LineTo(px, py)
			}
		}
		c.DrawPath("D")
		c.SetFillColor(19, 84, 99)
		for p := range 8 {
			c.Circle(x+float64(p)*7, y+float64((p*5+n)%20), 0.8, "F")
		}
		c.SetFont("text", "B", 7)
		c.Text(x, y-1, "Neck Disability Index")
	}
	y += 30
	head := func() {
		c.SetFont("text", "B", 8)
		for i, h := range []string{"Date", "Region", "Minutes", "Before", "After", "Note"} {
			c.Text(20+float64(i)*28, y, h)
		}
		y += 5
	}
	head()
	for r := range 40 {
		if y > 260 {
			c.AddPage()
			y = 20
			head()
		}
		c.SetFont("text", "", 8.5)
		for i, v := range []string{fmt.Sprintf("2026-01-%02d", r%28+1), "neck, both sides", "30", fmt.Sprint(r % 10), fmt.Sprint(r % 7), "no soreness after"} {
			c.Text(20+float64(i)*28, y, v)
		}
		c.Line(20, y+1.5, 195, y+1.5)
		y += 6
	}
}

func ours(n int, w io.Writer) error {
	f := gofpdf.New("P", "mm", "Letter", "")
	f.AddUTF8Font("text", "", faces().regular)
	f.AddUTF8Font("text", "B", faces().bold)
	drawTwoPages(f, n)
	return f.Output(w)
}

func origin(n int, w io.Writer) error {
	f := upstream.New("P", "mm", "Letter", "")
	f.AddUTF8FontFromBytes("text", "", plainTTF)
	f.AddUTF8FontFromBytes("text", "B", thickTTF)
	drawTwoPages(f, n)
	return f.Output(w)
}

func BenchmarkReportOurs(b *testing.B)     { benchmark(b, ours) }
func BenchmarkReportUpstream(b *testing.B) { benchmark(b, origin) }

// BenchmarkReportPaper draws a whole progress report with its session notes.
func BenchmarkReportPaper(b *testing.B) {
	r := progressReport()
	benchmark(b, func(_ int, w io.Writer) error {
		doc, err := Report(r)
		if err == nil {
			_, err = w.Write(doc)
		}
		return err
	})
}

func benchmark(b *testing.B, draw func(int, io.Writer) error) {
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		n++
		if err := draw(n, io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFigureReport is the user CPU time of a two-page report drawn by our
// engine over upstream's.
func BenchmarkFigureReport(b *testing.B) {
	var ratios []float64
	for range 5 {
		ratios = append(ratios, cpuRatio(b, 20))
	}
	slices.Sort(ratios)
	b.ReportMetric(ratios[2], "CPU-ratio")
	b.ReportMetric(0.5, "goal")
	b.ReportMetric(0, "ns/op")
}

func cpuRatio(tb testing.TB, n int) float64 {
	tb.Helper()
	spent := func(draw func(int, io.Writer) error) time.Duration {
		var b bytes.Buffer
		before := userCPU(tb)
		for i := range n {
			b.Reset()
			if err := draw(i, &b); err != nil {
				tb.Fatal(err)
			}
		}
		return userCPU(tb) - before
	}
	a, b := spent(ours), spent(origin)
	return float64(a) / float64(b)
}

func userCPU(tb testing.TB) time.Duration {
	tb.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano())
}

// plainTTF and thickTTF are what upstream is given, unpacked before anything is measured.
var plainTTF, thickTTF = unpacked(regularGZ), unpacked(boldGZ)

func parseForTest(ttf []byte) (*gofpdf.Font, error) { return gofpdf.ParseFont(ttf) }
