package view

import "encoding/base64"

// pngURL puts a drawn signature into the page; img-src allows data: for it.
func pngURL(png []byte) string {
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(png)
}

// signing names the intent of a signature and what is wrong with it.
func (f Form) signing() string {
	out := f.described("method", "intent")
	if f.Wrong("image") {
		out += " f-image-error"
	}
	return out
}
