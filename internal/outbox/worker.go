package outbox

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"

	"saebaan/internal/db"
)

const (
	maxWorkers   = 20
	pollEvery    = 200 * time.Millisecond
	jobTimeout   = time.Minute
	rescueAfter  = 5 * time.Minute // a killed worker's delivery is begun again
	stopPatience = 15 * time.Second
	drainEvery   = 20 * time.Millisecond
)

// Worker relays the outbox into River and calls the handlers.
type Worker struct {
	db       *db.DB
	handlers map[string]func(ctx context.Context, payload []byte) error
	client   *river.Client[*sql.Tx]
}

// Migrate brings River's own tables to its newest version; it may be repeated.
// On PostgreSQL call it as the owner before db.Migrate, which grants the rights.
func Migrate(ctx context.Context, d *db.DB) error {
	m, err := rivermigrate.New(driver(d), &rivermigrate.Config{Logger: logger()})
	if err != nil {
		return fmt.Errorf("outbox: migrate: %w", err)
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("outbox: migrate: %w", err)
	}
	return nil
}

// NewWorker makes a worker with one handler per kind. A handler gets the JSON
// given to Add, may be called twice with it, and is tried again, later and later
// and up to 25 times, while it returns an error.
func NewWorker(d *db.DB, handlers map[string]func(ctx context.Context, payload []byte) error) (*Worker, error) {
	w := &Worker{db: d, handlers: handlers}
	workers := river.NewWorkers()
	if err := river.AddWorkerSafely(workers, river.WorkFunc(w.work)); err != nil {
		return nil, fmt.Errorf("outbox: %w", err)
	}
	client, err := river.NewClient(driver(d), &river.Config{
		FetchPollInterval:    pollEvery,
		JobTimeout:           jobTimeout,
		Logger:               logger(),
		PollOnly:             true,
		Queues:               map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: maxWorkers}},
		ReindexerSchedule:    river.NeverSchedule(), // the program's login owns no index
		RescueStuckJobsAfter: rescueAfter,
		Test:                 river.TestConfig{Time: riverClock{d.Clock}},
		Workers:              workers,
	})
	if err != nil {
		return nil, fmt.Errorf("outbox: %w", err)
	}
	w.client = client
	return w, nil
}

// Run relays and delivers until ctx is done, then lets the deliveries that have
// begun come to their end.
func (w *Worker) Run(ctx context.Context) error {
	whole := context.WithoutCancel(ctx)
	if err := w.client.Start(whole); err != nil {
		return fmt.Errorf("outbox: start: %w", err)
	}
	w.relayLoop(ctx)
	patience, cancel := context.WithTimeout(whole, stopPatience)
	defer cancel()
	if err := w.client.Stop(patience); err == nil {
		return nil
	}
	last, cancelLast := context.WithTimeout(whole, stopPatience)
	defer cancelLast()
	if err := w.client.StopAndCancel(last); err != nil {
		return fmt.Errorf("outbox: stop: %w", err)
	}
	return nil
}

// Drain waits, while some worker runs, until nothing is left to deliver:
// neither a row of ours nor a job of River that will still be tried.
func (w *Worker) Drain(ctx context.Context) error {
	tick := time.NewTicker(drainEvery)
	defer tick.Stop()
	for {
		var left int64
		if err := w.db.Get(ctx, &left, `
			SELECT (SELECT COUNT(*) FROM outbox) + (
				SELECT COUNT(*)
				FROM river_job
				WHERE state IN ('available', 'pending', 'retryable', 'running', 'scheduled'))`); err != nil {
			return err
		}
		if left == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

func (w *Worker) work(ctx context.Context, job *river.Job[delivery]) error {
	handle, known := w.handlers[job.Args.What]
	if !known {
		slog.Error("a delivery nobody handles was set aside", "kind", job.Args.What, "job", job.ID)
		return river.JobCancel(fmt.Errorf("no handler for %q", job.Args.What))
	}
	return handle(ctx, job.Args.Payload)
}

// driver is River's driver on the writer pool: on SQLite a pool of its own
// would starve.
func driver(d *db.DB) riverdriver.Driver[*sql.Tx] {
	if d.Dialect() == db.SQLite {
		return riversqlite.New(d.Pool())
	}
	return riverdatabasesql.New(d.Pool())
}

// riverClock makes River follow the test clock; while that stands at zero River
// takes the database's own time.
type riverClock struct{ clock *db.Clock }

// NowUTC is the present instant.
func (c riverClock) NowUTC() time.Time { return c.clock.Now().Std() }

// NowUTCOrNil is the present instant when the test clock has been moved.
func (c riverClock) NowUTCOrNil() *time.Time {
	if c.clock.Offset() == 0 {
		return nil
	}
	now := c.NowUTC()
	return &now
}

// warnings lets through what River says from warnings up.
type warnings struct{ slog.Handler }

// Enabled reports whether a record of that level is kept.
func (h warnings) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && h.Handler.Enabled(ctx, level)
}

// WithAttrs keeps the limit.
func (h warnings) WithAttrs(attrs []slog.Attr) slog.Handler {
	return warnings{h.Handler.WithAttrs(attrs)}
}

// WithGroup keeps the limit.
func (h warnings) WithGroup(name string) slog.Handler { return warnings{h.Handler.WithGroup(name)} }

func logger() *slog.Logger { return slog.New(warnings{slog.Default().Handler()}) }
