package testkit

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"
)

// Proxy stands between a client and a real server and can be told to spoil the
// connection. It is toxiproxy, run inside the test.
type Proxy struct {
	URL   string
	t     testing.TB
	proxy *toxiproxy.Proxy
}

// Toxiproxy puts a proxy in front of upstream, an address or an http URL, until
// the test ends. It passes everything on until it is told otherwise.
func Toxiproxy(t testing.TB, upstream string) *Proxy {
	t.Helper()
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	p := toxiproxy.NewProxy(server, "upstream", "127.0.0.1:0", strings.TrimPrefix(upstream, "http://"))
	if err := p.Start(); err != nil {
		t.Fatalf("toxiproxy: %v", err)
	}
	t.Cleanup(p.Stop)
	return &Proxy{URL: "http://" + p.Listen, t: t, proxy: p}
}

const loseAnswers = `{"name": "lose answers", "type": "limit_data", "stream": "downstream", "attributes": {"bytes": 0}}`

// LoseAnswers lets requests through and closes the connection at the first byte
// of an answer, on open connections and new ones, until Heal.
func (p *Proxy) LoseAnswers() {
	p.t.Helper()
	p.Heal()
	if _, err := p.proxy.Toxics.AddToxicJson(strings.NewReader(loseAnswers)); err != nil {
		p.t.Fatalf("toxiproxy: %v", err)
	}
}

// Heal passes everything on again.
func (p *Proxy) Heal() {
	p.proxy.Toxics.ResetToxics(context.Background())
}

// CutRequests closes connections, open and new, when so many bytes of requests
// have passed on them, until Heal.
func (p *Proxy) CutRequests(bytes int) {
	p.t.Helper()
	p.Heal()
	toxic := fmt.Sprintf(`{"name": "cut requests", "type": "limit_data", "stream": "upstream", "attributes": {"bytes": %d}}`, bytes)
	if _, err := p.proxy.Toxics.AddToxicJson(strings.NewReader(toxic)); err != nil {
		p.t.Fatalf("toxiproxy: %v", err)
	}
}
