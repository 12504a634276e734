package meilitest

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"
)

// Key is what the server asks of its clients.
const Key = "key-of-the-test-search-server" // #nosec G101 -- of a server that lives as long as a test

// Server is one server with its indexes and tasks.
type Server struct {
	URL     string
	t       testing.TB
	address string
	http    *http.Server
	door    net.Listener

	mu        sync.Mutex // guards everything below
	indexes   map[string]*index
	tasks     []*task
	wake      chan struct{}
	slow      time.Duration // before each answer
	late      time.Duration // before each task
	failing   int           // tasks to fail
	losing    int           // answers to lose
	killing   int           // requests after which the server dies while it answers
	exchanges []Exchange
	keep      bool
}

// Exchange is one request and its answer.
type Exchange struct {
	Method, Path, Query string
	Sent                []byte
	Status              int
	Told                []byte
}

// Start runs a server until the test ends.
func Start(t testing.TB) *Server {
	t.Helper()
	s := &Server{t: t, indexes: map[string]*index{}, wake: make(chan struct{}, 1)}
	s.listen("127.0.0.1:0")
	done := make(chan struct{})
	t.Cleanup(func() { s.Stop(); close(done) })
	go s.work(done)
	return s
}

func (s *Server) listen(address string) {
	s.t.Helper()
	l, err := net.Listen("tcp", address)
	for n := 0; err != nil && n < 200; n++ { // its last connections may be closing still
		time.Sleep(10 * time.Millisecond)
		l, err = net.Listen("tcp", address)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	h := &http.Server{Handler: http.HandlerFunc(s.serve), ReadHeaderTimeout: 5 * time.Second}
	s.mu.Lock()
	s.address, s.http, s.door = l.Addr().String(), h, l
	s.URL = "http://" + s.address
	s.mu.Unlock()
	go func() { _ = h.Serve(l) }() // ends with Stop
}

// Stop ends the server, in the middle of whatever it answers. What it has stored
// and taken on stays.
func (s *Server) Stop() {
	s.mu.Lock()
	h, door := s.http, s.door
	s.http = nil
	s.mu.Unlock()
	if h != nil {
		_, _ = door.Close(), h.Close() // one of them closes the door
	}
}

// Again starts a stopped server at its address.
func (s *Server) Again() {
	s.t.Helper()
	s.listen(s.address)
	s.poke()
}

// Slow lets every answer wait.
func (s *Server) Slow(d time.Duration) { s.set(func() { s.slow = d }) }

// Late lets every task wait before it is carried out.
func (s *Server) Late(d time.Duration) { s.set(func() { s.late = d }) }

// FailTasks lets the next tasks fail.
func (s *Server) FailTasks(n int) { s.set(func() { s.failing = n }) }

// LoseAnswers does what the next requests ask and closes their connections.
func (s *Server) LoseAnswers(n int) { s.set(func() { s.losing = n }) }

// KillAfter stops the server when it has done what so many more requests asked,
// before it answers the last.
func (s *Server) KillAfter(n int) { s.set(func() { s.killing = n }) }

// Keep keeps every exchange from now on.
func (s *Server) Keep() { s.set(func() { s.keep = true }) }

func (s *Server) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

// Running reports whether the server answers.
func (s *Server) Running() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.http != nil
}

// Exchanges are those kept.
func (s *Server) Exchanges() []Exchange {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Exchange(nil), s.exchanges...)
}

// refusal is an error of the API.
type refusal struct {
	status              int
	code, kind, message string
}

func (r refusal) Error() string { return r.code + ": " + r.message }

func invalid(code, format string, args ...any) refusal {
	return refusal{http.StatusBadRequest, code, "invalid_request", fmt.Sprintf(format, args...)}
}

func absent(uid string) refusal {
	return refusal{http.StatusNotFound, "index_not_found", "invalid_request", "Index `" + uid + "` not found."}
}

func (r refusal) body() map[string]any {
	return map[string]any{"message": r.message, "code": r.code, "type": r.kind, "link": "https://docs.meilisearch.com/errors#" + r.code}
}

// most of a request's body that is read
const mostSent = 64 << 20

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	sent, err := io.ReadAll(io.LimitReader(r.Body, mostSent))
	if err != nil {
		return
	}
	status, value := http.StatusOK, any(nil)
	if refused := authorised(r); refused != nil {
		status, value = refused.status, refused.body()
	} else if value, status, err = s.route(r, sent); err != nil {
		refused, ok := err.(refusal)
		if !ok {
			refused = refusal{http.StatusInternalServerError, "internal", "internal", err.Error()}
		}
		status, value = refused.status, refused.body()
	}
	told, err := json.Marshal(value)
	if err != nil {
		panic(err) // a defect of the double
	}
	s.mu.Lock()
	if s.keep {
		s.exchanges = append(s.exchanges, Exchange{r.Method, r.URL.Path, r.URL.RawQuery, sent, status, told})
	}
	slow, lost := s.slow, s.losing > 0
	if lost {
		s.losing--
	}
	if s.killing > 0 {
		s.killing--
		if s.killing == 0 {
			lost = true
			go s.Stop()
		}
	}
	s.mu.Unlock()
	time.Sleep(slow)
	if lost {
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(told) // whoever asked may be gone
}

func authorised(r *http.Request) *refusal {
	switch r.Header.Get("Authorization") {
	case "Bearer " + Key:
		return nil
	case "":
		if r.URL.Path == "/health" {
			return nil
		}
		return &refusal{http.StatusUnauthorized, "missing_authorization_header", "auth", "The Authorization header is missing. It must use the bearer authorization method."}
	}
	return &refusal{http.StatusForbidden, "invalid_api_key", "auth", "The provided API key is invalid."}
}

// Wipe loses every index, as a server does whose disk was lost.
func (s *Server) Wipe() { s.set(func() { s.indexes = map[string]*index{} }) }
