package searchtest

import (
	"context"
	"path/filepath"
	"testing"

	"saebaan/internal/db"
	"saebaan/internal/search"
)

// Embedded is the embedded engine with documents, in a file of the test.
func Embedded(t testing.TB, docs []search.Document) *search.Embedded {
	t.Helper()
	file, err := db.OpenSearchFile(filepath.Join(t.TempDir(), "search.db"))
	if err != nil {
		t.Fatal(err)
	}
	e, err := search.OpenEmbedded(context.Background(), file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	if err := e.Put(context.Background(), docs); err != nil {
		t.Fatal(err)
	}
	return e
}
