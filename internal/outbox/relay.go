package outbox

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"github.com/riverqueue/river"

	"saebaan/internal/db"
)

const (
	relayEvery  = 200 * time.Millisecond
	relayBatch  = 200
	rescueEvery = 5 * time.Second
)

// delivery is the one kind of River job; ours stands inside it.
type delivery struct {
	What    string          `json:"kind"`
	Payload json.RawMessage `json:"payload"`
}

// Kind is River's name for the job.
func (delivery) Kind() string { return "delivery" }

// relayLoop moves rows into River until ctx is done, and now and then begins
// again what a killed worker left behind.
func (w *Worker) relayLoop(ctx context.Context) {
	tick := time.NewTicker(relayEvery)
	defer tick.Stop()
	var rescued time.Time
	for {
		if time.Since(rescued) > rescueEvery {
			rescued = time.Now()
			if err := w.rescue(ctx); err != nil && ctx.Err() == nil {
				slog.Error("rescuing deliveries", "error", err)
			}
		}
		full, err := w.relay(ctx)
		if err != nil && ctx.Err() == nil {
			slog.Error("relaying the outbox", "error", err)
		}
		if full && err == nil && ctx.Err() == nil {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// rescue begins again deliveries that have been under way for too long: their
// worker was killed. River's own rescuer goes by the machine's time, which is
// not the time that deliveries begin at once the test clock has been moved.
func (w *Worker) rescue(ctx context.Context) error {
	limit := w.db.Clock.Now().Add(-rescueAfter).Std()
	var before any = limit
	if w.db.Dialect() == db.SQLite {
		before = limit.Format("2006-01-02 15:04:05.000") // as River writes it there
	}
	return w.db.WriteSeries(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`
			UPDATE river_job
			SET state = 'available'
			WHERE state = 'running' AND attempted_at < $1`, before)
		return err
	})
}

// relay moves one batch of the oldest rows and reports whether it was full. It
// runs at READ COMMITTED: a serializable look at the end of the table would
// make sales that add to it fail. What makes a row go over once is the DELETE,
// which two relays cannot both win.
func (w *Worker) relay(ctx context.Context) (full bool, err error) {
	err = w.db.WriteSeries(ctx, func(tx *db.Tx) error {
		full = false
		var ids []string
		if err := tx.Select(&ids, `
			SELECT id
			FROM outbox
			ORDER BY id
			LIMIT $1`, relayBatch); err != nil || len(ids) == 0 {
			return err
		}
		args := make([]any, len(ids))
		for i, v := range ids {
			args[i] = v
		}
		var rows []struct {
			Kind    string `db:"kind"`
			Payload string `db:"payload"`
		}
		if err := tx.Select(&rows, `
			DELETE FROM outbox
			WHERE id IN (`+db.List(1, len(ids))+`)
			RETURNING kind, payload`, args...); err != nil {
			return err
		}
		full = len(ids) == relayBatch
		if len(rows) == 0 {
			return nil
		}
		jobs := make([]river.InsertManyParams, len(rows))
		for i, r := range rows {
			jobs[i] = river.InsertManyParams{Args: delivery{What: r.Kind, Payload: json.RawMessage(r.Payload)}}
		}
		_, err := w.client.InsertManyTx(tx.Context(), tx.SQL(), jobs)
		return err
	})
	return full, err
}
