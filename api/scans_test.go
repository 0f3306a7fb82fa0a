package api_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"testing"

	"rapport/api/apitest"
	"rapport/models"
	"rapport/models/store/storetest"
)

// padded fills a scan up to a size with bytes that compress to nothing less.
func padded(head, tail []byte, size int) []byte {
	b := make([]byte, size)
	x := uint32(1)
	for i := range b {
		x = x*1664525 + 1013904223
		b[i] = byte(x >> 24)
	}
	copy(b, head)
	copy(b[size-len(tail):], tail)
	return b
}

func TestScansOfEveryKindComeBackAsTheyWereUpToTheLimit(t *testing.T) {
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		s := apitest.New(t, w)
		owner := s.As(w.Owner)
		body := neckOrderBody(w)
		body["prescriber_id"] = w.Provider.ID
		at := "/api/v1/prescriptions/" + owner.Post("/api/v1/prescriptions", body).Want(201).Text("id") + "/attachments"
		var jpg bytes.Buffer
		if err := jpeg.Encode(&jpg, image.NewGray(image.Rect(0, 0, 40, 30)), nil); err != nil {
			t.Fatal(err)
		}
		pdf, end := []byte("%PDF-1.4\n"), []byte("\n%%EOF\n")
		for _, x := range []struct {
			what, mediaType, file string
			scan                  []byte
		}{
			{"a picture of a scanner", "image/png", "scan.png", pngScan(t)},
			{"a picture of a camera", "image/jpeg", "scan.jpg", jpg.Bytes()},
			{"a small PDF", "application/pdf", "scan.pdf", padded(pdf, end, 2000)},
			{"a PDF of 10 MiB less one byte", "application/pdf", "scan.pdf", padded(pdf, end, models.AttachmentMost-1)},
			{"a JPEG of 10 MiB", "image/jpeg", "scan.jpg", padded(jpg.Bytes(), nil, models.AttachmentMost)},
		} {
			form, kind := scanForm(t, "file", x.scan)
			id := owner.Post(at, form, "Content-Type", kind).Want(201).Text("id")
			got := owner.Get(at + "/" + id).Want(200)
			if got.Header.Get("Content-Type") != x.mediaType || got.Header.Get("Content-Disposition") != `attachment; filename="`+x.file+`"` {
				t.Errorf("%s: %s", x.what, got.Header)
			}
			if !bytes.Equal(got.Body, x.scan) {
				t.Errorf("%s: %d bytes came back of %d, or others", x.what, len(got.Body), len(x.scan))
			}
		}
		for _, large := range [][]byte{padded(pdf, end, models.AttachmentMost+1), padded(jpg.Bytes(), nil, models.AttachmentMost+1)} {
			form, kind := scanForm(t, "file", large)
			owner.Post(at, form, "Content-Type", kind).Refused(413, "scan.too_large")
		}
		form, kind := scanForm(t, "file", padded(pdf, nil, 4000))
		owner.Post(at, form, "Content-Type", kind).Refused(415, "scan.unsupported")
	})
}
