package documents

// column of a table; share is its part of the measure, numbers are set right.
// A column that names the table has its title set as a heading.
type column struct {
	title   string
	share   float64
	numbers bool
	names   bool
}

func (c column) style() style {
	if c.names {
		return section
	}
	return label
}

type cell struct {
	text string
	st   style // the zero style is body text
}

func texts(ts ...string) []cell {
	row := make([]cell, len(ts))
	for i, t := range ts {
		row[i].text = t
	}
	return row
}

const (
	cellPad = 1.0 // mm above and below the text of a row
	gutter  = 2.5 // mm between columns
)

// table draws rows under a header that is repeated on every page. A row is
// kept together; only one that is longer than a page is divided, by lines.
func (s *sheet) table(cols []column, rows [][]cell) {
	total := 0.0
	for _, c := range cols {
		total += c.share
	}
	widths := make([]float64, len(cols))
	for i, c := range cols {
		widths[i] = measure * c.share / total
	}
	headed := false
	for _, row := range rows {
		wrapped, height := s.rowLines(widths, row)
		if !headed {
			s.need(s.headHeight(cols, widths) + min(height, 40))
			s.tableHead(cols, widths)
			headed = true
		}
		for {
			room := bottom - s.y
			if height > room && s.y > top+s.headHeight(cols, widths)+1 && (height <= bottom-top-12 || room < 20) {
				s.newPage()
				s.tableHead(cols, widths)
				continue
			}
			if height <= room {
				s.row(cols, widths, row, wrapped, height)
				break
			}
			wrapped, height = s.rowPart(cols, widths, row, wrapped, room)
			s.newPage()
			s.tableHead(cols, widths)
		}
	}
	s.y += 1.5
}

func (c cell) style() style {
	if c.st == (style{}) {
		return body
	}
	return c.st
}

// edge is where numbers in column i end; the last column ends with the measure.
func edge(x float64, widths []float64, i int) float64 {
	if i == len(widths)-1 {
		return x + widths[i]
	}
	return x + widths[i] - gutter
}

// rowLines wraps the cells of a row and tells its height.
func (s *sheet) rowLines(widths []float64, row []cell) (wrapped [][]string, height float64) {
	for i, c := range row {
		ls := s.wrap(c.style(), c.text, widths[i]-gutter)
		wrapped = append(wrapped, ls)
		height = max(height, float64(len(ls))*c.style().lead())
	}
	return wrapped, height + 2*cellPad
}

func (s *sheet) headHeight(cols []column, widths []float64) float64 {
	h := label.lead()
	for i, c := range cols {
		h = max(h, float64(len(s.wrap(c.style(), c.title, widths[i]-gutter)))*c.style().lead())
	}
	return h + 1.6
}

func (s *sheet) tableHead(cols []column, widths []float64) {
	h := s.headHeight(cols, widths)
	x := left
	for i, c := range cols {
		st := c.style()
		ls := s.wrap(st, c.title, widths[i]-gutter)
		y := s.y + h - 1.1 - float64(len(ls))*st.lead()
		for _, l := range ls {
			if c.numbers {
				s.putRight(edge(x, widths, i), y, st, l)
			} else {
				s.put(x, y, st, l)
			}
			y += st.lead()
		}
		x += widths[i]
	}
	s.y += h
	s.stroke(accent, 0.35)
	s.f.Line(left, s.y, right, s.y)
}

func (s *sheet) row(cols []column, widths []float64, row []cell, wrapped [][]string, height float64) {
	x := left
	for i, c := range row {
		y := s.y + cellPad
		for _, l := range wrapped[i] {
			if cols[i].numbers {
				s.putRight(edge(x, widths, i), y, c.style(), l)
			} else {
				s.put(x, y, c.style(), l)
			}
			y += c.style().lead()
		}
		x += widths[i]
	}
	s.y += height
	s.rule(line)
}

// rowPart draws what fits into room of a row that is longer than a page and
// returns the rest.
func (s *sheet) rowPart(cols []column, widths []float64, row []cell, wrapped [][]string, room float64) (rest [][]string, height float64) {
	part := make([][]string, len(row))
	rest = make([][]string, len(row))
	for i, c := range row {
		n := min(len(wrapped[i]), max(1, int((room-2*cellPad)/c.style().lead())))
		part[i], rest[i] = wrapped[i][:n], wrapped[i][n:]
		height = max(height, float64(len(rest[i]))*c.style().lead())
	}
	s.row(cols, widths, row, part, room)
	return rest, height + 2*cellPad
}
