package view

import "encoding/base64"

// pngURL puts a drawn signature into the page; img-src allows data: for it.
func pngURL(png []byte) string {
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(png)
}
