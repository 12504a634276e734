package outbox_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"saebaan/internal/db"
	"saebaan/internal/outbox"
	"saebaan/internal/testdb"
)

func TestMain(m *testing.M) { os.Exit(testdb.Main(m)) }

// inbox counts what was delivered, by payload.
type inbox struct {
	mu    sync.Mutex
	calls map[string]int
	fail  int           // how many first calls of each payload fail
	gate  chan struct{} // when not nil, calls wait until it is closed
}

func (b *inbox) handle(_ context.Context, payload []byte) error {
	if b.gate != nil {
		<-b.gate
	}
	var n struct {
		N string `json:"n"`
	}
	if err := json.Unmarshal(payload, &n); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.calls[n.N]++
	if b.calls[n.N] <= b.fail {
		return errors.New("not yet")
	}
	return nil
}

func (b *inbox) count(n string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.calls[n]
}

func newWorker(t *testing.T, d *db.DB, b *inbox) *outbox.Worker {
	t.Helper()
	w, err := outbox.NewWorker(d, map[string]func(context.Context, []byte) error{"test": b.handle})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// start runs the worker and returns how to stop it; stopping twice is harmless.
func start(t *testing.T, w *outbox.Worker) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			if err := <-done; err != nil {
				t.Error(err)
			}
		})
	}
	t.Cleanup(stop)
	return stop
}

func add(t *testing.T, d *db.DB, kind string, from, to int, fail error) {
	t.Helper()
	err := d.Write(context.Background(), func(tx *db.Tx) error {
		for i := from; i < to; i++ {
			if err := outbox.Add(tx, kind, map[string]string{"n": fmt.Sprint(i)}); err != nil {
				return err
			}
		}
		return fail
	})
	if !errors.Is(err, fail) {
		t.Fatal(err)
	}
}

func drain(t *testing.T, w *outbox.Worker) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := w.Drain(ctx); err != nil {
		t.Fatal(err)
	}
}

func rows(t *testing.T, d *db.DB, query string) int {
	t.Helper()
	var n int
	if err := d.Get(context.Background(), &n, query); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestCommittedRowsAreDeliveredAndRolledBackOnesNot(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		b := &inbox{calls: map[string]int{}}
		w := newWorker(t, d, b)
		start(t, w)
		errBack := errors.New("rolled back")
		add(t, d, "test", 0, 5, nil)
		add(t, d, "test", 100, 105, errBack)
		add(t, d, "nobody.knows", 200, 201, nil)
		drain(t, w)
		for i := range 5 {
			if b.count(fmt.Sprint(i)) < 1 {
				t.Errorf("%d was not delivered", i)
			}
			if b.count(fmt.Sprint(100+i)) != 0 {
				t.Errorf("%d was rolled back and delivered", 100+i)
			}
		}
		if n := rows(t, d, `SELECT COUNT(*) FROM river_job WHERE state = 'cancelled'`); n != 1 {
			t.Errorf("%d deliveries of an unknown kind were set aside, want 1", n)
		}
	})
}

func TestFailingTwiceThenDelivered(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		b := &inbox{calls: map[string]int{}, fail: 2}
		w := newWorker(t, d, b)
		stop := start(t, w)
		add(t, d, "test", 0, 1, nil)
		until(t, func() bool { return b.count("0") == 2 })
		stop() // River's clock is ours: half a minute later the third try is due
		if err := d.AdvanceClock(context.Background(), 30*time.Second); err != nil {
			t.Fatal(err)
		}
		again := newWorker(t, d, b)
		start(t, again)
		drain(t, again)
		if n := b.count("0"); n != 3 {
			t.Errorf("called %d times, want 3", n)
		}
	})
}

func TestBacklogWithTwoWorkers(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		const backlog = 1000
		add(t, d, "test", 0, backlog, nil)
		b := &inbox{calls: map[string]int{}}
		first, second := newWorker(t, d, b), newWorker(t, d, b)
		start(t, first)
		start(t, second)
		drain(t, first)
		for i := range backlog {
			if n := b.count(fmt.Sprint(i)); n != 1 {
				t.Fatalf("%d was delivered %d times without a crash", i, n)
			}
		}
	})
}

func TestStoppedBetweenRelayAndWork(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		b := &inbox{calls: map[string]int{}, gate: make(chan struct{})}
		add(t, d, "test", 0, 300, nil)
		stop := start(t, newWorker(t, d, b))
		until(t, func() bool { return rows(t, d, `SELECT COUNT(*) FROM river_job WHERE state = 'running'`) > 0 })
		stopped := make(chan struct{})
		go func() { stop(); close(stopped) }()
		close(b.gate)
		<-stopped
		if n := rows(t, d, `SELECT COUNT(*) FROM river_job WHERE state = 'available'`); n == 0 {
			t.Fatal("nothing was left over between relay and work")
		}
		w := newWorker(t, d, b)
		start(t, w)
		drain(t, w)
		for i := range 300 {
			if b.count(fmt.Sprint(i)) < 1 {
				t.Errorf("%d was lost", i)
			}
		}
	})
}

func TestMigrateTwice(t *testing.T) {
	d := testdb.SQLite(t)
	if err := outbox.Migrate(context.Background(), d); err != nil {
		t.Fatal(err)
	}
}

func until(t *testing.T, there func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !there() {
		select {
		case <-ctx.Done():
			t.Fatal("it did not come about")
		case <-tick.C:
		}
	}
}
