package meili_test

import (
	"testing"

	"saebaan/internal/search"
	"saebaan/internal/search/meili"
	"saebaan/internal/search/meilitest"
	"saebaan/internal/search/searchtest"
)

// built is an engine whose index was built empty and put in place.
func built(t *testing.T, s *meilitest.Server) *meili.Engine {
	t.Helper()
	e := meili.Open(meili.Config{Address: s.URL, Key: meilitest.Key})
	t.Cleanup(func() { _ = e.Close() })
	next, err := e.Beside(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Replace(t.Context(), next); err != nil {
		t.Fatal(err)
	}
	return e
}

func TestSuite(t *testing.T) {
	searchtest.Run(t, func(t *testing.T) search.Engine { return built(t, meilitest.Start(t)) })
}
