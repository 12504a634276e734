package meilitest

import (
	"net/http"
	"time"
)

// task is work taken on.
type task struct {
	n                           int
	uid                         string // of the index, "" of none
	kind, status                string
	enqueued, started, finished time.Time
	do                          func() error
	before                      func() // of do, without the lock
	failed                      *refusal
}

func instant(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

func nullable(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func (t *task) view() map[string]any {
	v := map[string]any{"uid": t.n, "batchUid": nil, "indexUid": nullable(t.uid), "status": t.status, "type": t.kind, "canceledBy": nil,
		"details": nil, "error": nil, "duration": nil, "enqueuedAt": instant(t.enqueued)}
	if !t.started.IsZero() {
		v["startedAt"], v["batchUid"] = instant(t.started), t.n
	}
	if !t.finished.IsZero() {
		v["finishedAt"], v["duration"] = instant(t.finished), "PT0.001S"
	}
	if t.failed != nil {
		v["error"] = t.failed.body()
	}
	return v
}

// enqueue takes work on; it is done with the server's lock held.
func (s *Server) enqueue(uid, kind string, do func() error) (any, int, error) {
	return s.enqueueAfter(uid, kind, nil, do)
}

func (s *Server) enqueueAfter(uid, kind string, before func(), do func() error) (any, int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := &task{n: len(s.tasks), uid: uid, kind: kind, status: "enqueued", enqueued: time.Now(), before: before, do: do}
	s.tasks = append(s.tasks, t)
	s.poke()
	return map[string]any{"taskUid": t.n, "indexUid": nullable(uid), "status": t.status, "type": kind, "enqueuedAt": instant(t.enqueued)}, http.StatusAccepted, nil
}

func (s *Server) poke() {
	select {
	case s.wake <- struct{}{}:
	default: // it is awake
	}
}

func (s *Server) busy(uid string) bool {
	for _, t := range s.tasks {
		if t.uid == uid && t.finished.IsZero() {
			return true
		}
	}
	return false
}

// work carries tasks out, one after the other, while the server runs.
func (s *Server) work(done <-chan struct{}) {
	for n := 0; ; {
		s.mu.Lock()
		var next *task
		if n < len(s.tasks) && s.http != nil {
			next = s.tasks[n]
			next.status, next.started = "processing", time.Now()
		}
		late := s.late
		s.mu.Unlock()
		if next == nil {
			select {
			case <-s.wake:
				continue
			case <-done:
				return
			}
		}
		time.Sleep(late)
		if next.before != nil {
			next.before()
		}
		s.mu.Lock()
		if s.http == nil { // it died before this was done, and begins it again
			next.status, next.started = "enqueued", time.Time{}
		} else {
			s.carryOut(next)
			n++
		}
		s.mu.Unlock()
	}
}

func (s *Server) carryOut(t *task) {
	err := error(nil)
	if s.failing > 0 {
		s.failing--
		err = refusal{http.StatusInternalServerError, "internal", "internal", "told to fail"}
	} else {
		err = t.do()
	}
	t.status, t.finished = "succeeded", time.Now()
	if i := s.indexes[t.uid]; i != nil {
		i.updatedAt = t.finished
	}
	if err != nil {
		refused, ok := err.(refusal)
		if !ok {
			refused = refusal{http.StatusInternalServerError, "internal", "internal", err.Error()}
		}
		t.status, t.failed = "failed", &refused
	}
}
