package api

// pdfAnswer is a document as it is kept: its file name names nobody.
type pdfAnswer struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	ETag        string `header:"ETag"`
	Body        []byte
}

// newPDFAnswer answers a document; sha256 is empty where the bytes are not kept.
func newPDFAnswer(name, sha256 string, b []byte) *pdfAnswer {
	a := &pdfAnswer{ContentType: "application/pdf", Disposition: `inline; filename="` + name + `.pdf"`, Body: b}
	if sha256 != "" {
		a.ETag = `"` + sha256 + `"`
	}
	return a
}
