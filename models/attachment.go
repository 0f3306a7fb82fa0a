package models

import (
	"bytes"
	"image"
	_ "image/jpeg" // the two kinds of picture that a scanner makes
	_ "image/png"
	"time"

	"rapport/models/fault"
)

// AttachmentMost is the largest scan in bytes; attachmentPixels the largest
// picture, so that a small file cannot unpack into gigabytes.
const (
	AttachmentMost   = 10 << 20
	attachmentPixels = 60_000_000
)

// Attachment is a scan kept with an order: the paper it was transcribed from,
// or a fax that came back.
type Attachment struct {
	ID             string
	PrescriptionID PrescriptionID
	DocumentID     DocumentID
	MediaType      string
	SHA256         string
	Size           int
	AddedBy        UserID
	CreatedAt      time.Time
}

// ScanType looks at the bytes of a scan, never at its name, and gives the
// media type: PDF, PNG or JPEG. Anything else is 415 scan.unsupported, too
// large a file or picture 413 scan.too_large.
func ScanType(b []byte) (string, error) {
	if len(b) > AttachmentMost {
		return "", fault.New(fault.TooLarge, "scan.too_large", "A scan has at most 10 MiB.")
	}
	if bytes.HasPrefix(b, []byte("%PDF-")) {
		if !bytes.Contains(b[max(0, len(b)-2048):], []byte("%%EOF")) {
			return "", unsupportedScan("This PDF is cut off; scan it again.")
		}
		return "application/pdf", nil
	}
	c, format, err := image.DecodeConfig(bytes.NewReader(b))
	if err != nil || c.Width < 1 || c.Height < 1 {
		return "", unsupportedScan("A scan is a PDF, a PNG or a JPEG picture.")
	}
	if c.Width > attachmentPixels/c.Height {
		return "", fault.New(fault.TooLarge, "scan.too_large", "A picture has at most 60 million pixels; scan it at 300 dots per inch.")
	}
	return "image/" + format, nil
}

func unsupportedScan(text string) error {
	return fault.New(fault.Unsupported, "scan.unsupported", text)
}
