package main

import (
	"fmt"
	"os"
	"sync"
	"time"
)

// progress tells how far long work is, on standard error: a line that renews
// itself on a terminal, a line every two seconds elsewhere.
type progress struct {
	mu       sync.Mutex
	what     string
	total    int64 // 0 when not known
	done     int64
	began    time.Time
	shown    time.Time
	terminal bool
}

func newProgress(what string, total int64) *progress {
	info, err := os.Stderr.Stat()
	return &progress{what: what, total: total, began: time.Now(), terminal: err == nil && info.Mode()&os.ModeCharDevice != 0}
}

func (p *progress) set(done int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done = done
	pause := 2 * time.Second
	if p.terminal {
		pause = 200 * time.Millisecond
	}
	if time.Since(p.shown) < pause {
		return
	}
	if p.shown.IsZero() && !p.terminal && time.Since(p.began) < pause {
		return
	}
	p.shown = time.Now()
	p.show()
}

func (p *progress) show() {
	elapsed := time.Since(p.began)
	line := fmt.Sprintf("%s: %d", p.what, p.done)
	if p.total > 0 {
		line += fmt.Sprintf(" of %d (%d %%)", p.total, p.done*100/p.total)
	}
	if ms := elapsed.Milliseconds(); ms > 0 {
		line += fmt.Sprintf(", %d/s", p.done*1000/ms)
	}
	if p.total > p.done && p.done > 0 {
		left := time.Duration(int64(elapsed) / p.done * (p.total - p.done))
		line += ", " + left.Round(time.Second).String() + " left"
	}
	if p.terminal {
		fmt.Fprintf(os.Stderr, "\r\x1b[K%s", line)
	} else {
		fmt.Fprintln(os.Stderr, line)
	}
}

// end shows the last state and leaves the line.
func (p *progress) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.done == 0 {
		return
	}
	p.show()
	if p.terminal {
		fmt.Fprintln(os.Stderr)
	}
}
