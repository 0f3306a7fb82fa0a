// Package static holds what the pages load besides themselves: one style
// sheet, kept in the parts under sheet/, the scripts of ours, the signature pad
// and the fonts. Each is served under a name that holds the hash of its content,
// so a browser may keep it for ever. It knows nothing of HTTP.
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"path"
	"strings"
	"sync"
)

//go:embed sheet/*.css rapport.js passkey.js icon.svg fonts/*.woff2 vendor/*.js
var files embed.FS

// Prefix is where assets are served.
const Prefix = "/static/"

// Asset is one file as it is served.
type Asset struct {
	URL       string
	MediaType string
	Bytes     []byte
	Gzip      []byte // nil where packing does not help
}

var (
	assets     = sync.OnceValues(load) // packing costs time and room that a command without pages need not spend
	mediaTypes = map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
		".woff2": "font/woff2", ".svg": "image/svg+xml"}
)

// URL is the address of a file, for example URL("rapport.css"). An unknown name
// is a programming mistake and gives "".
func URL(name string) string {
	byName, _ := assets()
	return byName[name].URL
}

// Lookup finds an asset by the address that was asked for.
func Lookup(url string) (Asset, bool) {
	_, byURL := assets()
	a, ok := byURL[url]
	return a, ok
}

// load names every file by its hash. The style sheet, its parts in the order of
// their names, comes last, because it names the fonts.
func load() (byName, byURL map[string]Asset) {
	byName, byURL = map[string]Asset{}, map[string]Asset{}
	add := func(name string, b []byte) {
		sum := sha256.Sum256(b)
		ext := path.Ext(name)
		stem := strings.TrimSuffix(path.Base(name), ext)
		a := Asset{URL: Prefix + stem + "." + hex.EncodeToString(sum[:6]) + ext, MediaType: mediaTypes[ext], Bytes: b}
		if ext != ".woff2" {
			a.Gzip = packed(b)
		}
		byName[name], byURL[a.URL] = a, a
	}
	var sheet []byte
	_ = fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil || d.IsDir():
		case path.Ext(name) == ".css":
			b, _ := files.ReadFile(name)
			sheet = append(sheet, b...)
		default:
			b, _ := files.ReadFile(name)
			add(name, b)
		}
		return nil
	})
	for other, a := range byName {
		sheet = bytes.ReplaceAll(sheet, []byte("url("+other+")"), []byte("url("+a.URL+")"))
	}
	add("rapport.css", sheet)
	return byName, byURL
}

func packed(b []byte) []byte {
	var out bytes.Buffer
	w, _ := gzip.NewWriterLevel(&out, gzip.BestCompression)
	_, _ = w.Write(b)
	_ = w.Close()
	return out.Bytes()
}
