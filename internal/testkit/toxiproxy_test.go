package testkit_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"saebaan/internal/testkit"
)

func TestToxiproxyLosesAnswersAlone(t *testing.T) {
	var asked atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		_, _ = io.Copy(w, r.Body)
	}))
	defer server.Close()
	proxy := testkit.Toxiproxy(t, server.URL)
	client := &http.Client{Transport: &http.Transport{}}
	ask := func() (string, error) {
		res, err := client.Post(proxy.URL, "text/plain", strings.NewReader("hello"))
		if err != nil {
			return "", err
		}
		defer func() { _ = res.Body.Close() }()
		text, err := io.ReadAll(res.Body)
		return string(text), err
	}
	for i := range int64(50) {
		if text, err := ask(); err != nil || text != "hello" {
			t.Fatalf("round %d, whole: %q, %v", i, text, err)
		}
		proxy.LoseAnswers() // the connection just used is still open
		if text, err := ask(); err == nil {
			t.Fatalf("round %d, answer lost: %q", i, text)
		}
		if text, err := ask(); err == nil {
			t.Fatalf("round %d, answer lost on a new connection: %q", i, text)
		}
		proxy.Heal()
		if got := asked.Load(); got != 3*(i+1) {
			t.Fatalf("round %d: the server was asked %d times", i, got)
		}
	}
}
