package documents

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"image"
	"image/draw"
	_ "image/jpeg" // drawn signatures come as PNG or JPEG
	"image/png"
)

// maxPixels bounds a picture before it is decoded.
const maxPixels = 4 << 20

// flat decodes a PNG or JPEG and returns it as an opaque gray PNG without
// metadata. The name is made from its content.
func flat(picture []byte) (flattened []byte, name string, err error) {
	cfg, _, err := image.DecodeConfig(bytes.NewReader(picture))
	if err != nil {
		return nil, "", errors.New("documents: the picture is neither PNG nor JPEG")
	}
	if cfg.Width < 1 || cfg.Height < 1 || cfg.Width*cfg.Height > maxPixels {
		return nil, "", errors.New("documents: the picture is too large")
	}
	img, _, err := image.Decode(bytes.NewReader(picture))
	if err != nil {
		return nil, "", errors.New("documents: the picture is damaged")
	}
	gray := image.NewGray(image.Rect(0, 0, cfg.Width, cfg.Height))
	draw.Draw(gray, gray.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(gray, gray.Bounds(), img, img.Bounds().Min, draw.Over)
	var b bytes.Buffer
	if err := png.Encode(&b, gray); err != nil {
		return nil, "", fmt.Errorf("documents: %w", err)
	}
	return b.Bytes(), fmt.Sprintf("%x", sha256.Sum256(b.Bytes()))[:24], nil
}

// box draws an empty box to be ticked by hand, or a ticked one.
func (s *sheet) box(x, y float64, ticked bool) {
	s.stroke(ink, 0.25)
	s.f.Rect(x, y+0.35, 3, 3, "D")
	if ticked {
		s.stroke(accent, 0.55)
		s.f.MoveTo(x+0.6, y+1.9)
		s.f.LineTo(x+1.3, y+2.7)
		s.f.LineTo(x+2.5, y+0.9)
		s.f.DrawPath("D")
	}
}

// choice is one box with its words.
type choice struct {
	text   string
	ticked bool
}

// choices sets boxes one below the other, each with its words.
func (s *sheet) choices(cs []choice) {
	for _, c := range cs {
		ls := s.wrap(body, c.text, measure-6)
		s.need(float64(len(ls)) * body.lead())
		s.box(left, s.y, c.ticked)
		s.lines(left+5.5, body, ls)
		s.y += 1.3
	}
}

// blank draws a line to write on, with what belongs there below it.
func (s *sheet) blank(x, y, w float64, caption string) {
	s.stroke(ink, 0.25)
	s.f.Line(x, y, x+w, y)
	s.put(x, y+0.8, fine, caption)
}

// facts sets pairs of name and value in n columns.
func (s *sheet) facts(n int, pairs [][2]string) {
	w := (measure - float64(n-1)*6) / float64(n)
	for i := 0; i < len(pairs); i += n {
		row := pairs[i:min(i+n, len(pairs))]
		var ls [][]string
		height := 0.0
		for _, p := range row {
			l := s.wrap(body, p[1], w)
			ls = append(ls, l)
			height = max(height, label.lead()+float64(len(l))*body.lead())
		}
		s.need(height + 1)
		for j, p := range row {
			x := left + float64(j)*(w+6)
			s.put(x, s.y, label, p[0])
			y := s.y + label.lead()
			for _, l := range ls[j] {
				s.put(x, y, body, l)
				y += body.lead()
			}
		}
		s.y += height + 1.2
	}
}

// notice sets a paragraph in a tinted field, for what must not be overlooked.
func (s *sheet) notice(text string) {
	ls := s.wrap(body, text, measure-8)
	h := float64(len(ls))*body.lead() + 2.4
	s.need(h)
	s.fill(tint, left, s.y, measure, h)
	s.fill(accent, left, s.y, 0.9, h)
	y := s.y + 1.1
	for _, l := range ls {
		s.put(left+4, y, body, l)
		y += body.lead()
	}
	s.y += h + 1.6
}

// Signature is how a person signed; without Name and Image the line is left
// blank for a pen.
type Signature struct {
	Name    string // typed, or printed below the drawing
	Licence string // "MA60123456", empty where none belongs
	Role    string // "Therapist", "Client", "Witness"
	Image   []byte // PNG or JPEG of a drawn signature
	At      string // day, time and zone in words
}

// signature draws a signature line of w mm at x and returns its height.
func (s *sheet) signature(sig Signature, x, w float64) (float64, error) {
	const h = 9.5
	switch {
	case len(sig.Image) > 0:
		flattened, name, err := flat(sig.Image)
		if err != nil {
			return 0, err
		}
		s.picture(flattened, name, x+1, s.y+h-0.3, w*0.6, h)
	case sig.Name != "":
		st, ls := s.signedName(sig.Name, w-2)
		for i, l := range ls {
			s.put(x+1, s.y+h-0.8-float64(len(ls)-i)*st.lead(), st, l)
		}
	}
	s.blank(x, s.y+h, w, "")
	captions := s.wrap(fine, join(" · ", join(", ", sig.Name, sig.Licence, sig.Role), sig.At), w)
	for i, l := range captions {
		s.put(x, s.y+h+0.8+float64(i)*fine.lead(), fine, l)
	}
	if sig.At == "" && sig.Name == "" {
		s.putRight(x+w, s.y+h+0.8, fine, "Date")
	}
	return h + float64(max(1, len(captions)))*fine.lead() + 2.5, nil
}

// signedName sets a typed name as large as it fits above its line of w mm: on
// one line, and the longest on two small ones.
func (s *sheet) signedName(name string, w float64) (style, []string) {
	st := style{12, "I", ink}
	for ; st.size > 7; st.size-- {
		if ls := s.wrap(st, name, w); len(ls) < 2 {
			return st, ls
		}
	}
	ls := s.wrap(st, name, w)
	return st, ls[:min(len(ls), 2)]
}

// join sets the parts that are not empty beside each other.
func join(sep string, parts ...string) string {
	out := ""
	for _, p := range parts {
		if p == "" {
			continue
		}
		if out != "" {
			out += sep
		}
		out += p
	}
	return out
}
