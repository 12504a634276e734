package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"path"
	"sync"
)

//go:embed *.css *.js *.svg fonts/*.woff2 fonts/*.txt
var files embed.FS

// File is one embedded file.
type File struct {
	Content []byte
	Gzip    []byte // nil when it does not pay
	Type    string
	Hash    string // of the content, as the address carries it
}

var types = map[string]string{
	".css":   "text/css; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".svg":   "image/svg+xml",
	".woff2": "font/woff2",
	".txt":   "text/plain; charset=utf-8",
}

// Open gives the file of a name such as "app.css".
func Open(name string) (File, bool) {
	f, ok := all()[name]
	return f, ok
}

// URL is the address of a file, with the hash of its content.
func URL(name string) string { return "/static/" + name + "?v=" + all()[name].Hash }

var all = sync.OnceValue(func() map[string]File {
	out := map[string]File{}
	_ = fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(content)
		f := File{Content: content, Type: types[path.Ext(name)], Hash: hex.EncodeToString(sum[:4])}
		if path.Ext(name) != ".woff2" {
			f.Gzip = pressed(content)
		}
		out[name] = f
		return nil
	})
	return out
})

func pressed(content []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // a known level
	_, _ = w.Write(content)                               // to memory
	_ = w.Close()
	if b.Len() >= len(content) {
		return nil
	}
	return b.Bytes()
}
