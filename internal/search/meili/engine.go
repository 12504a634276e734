package meili

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/meilisearch/meilisearch-go"

	"saebaan/internal/search"
)

// Config is where the server is.
type Config struct {
	Address string // http://host:7700
	Key     string // of the API, never logged
	Prefix  string // of the names of our indexes; "" is saebaan
}

// Engine is one index on the server.
type Engine struct {
	client    meilisearch.ServiceManager
	transport *http.Transport
	prefix    string
	uid       string
	writing   sync.Mutex
	doubt     bool // what was written last may not have been carried out yet
}

var _ search.Engine = (*Engine)(nil)

const (
	searchTimeout = 400 * time.Millisecond
	callTimeout   = 5 * time.Second
	taskTimeout   = 30 * time.Second
	taskPoll      = 20 * time.Millisecond

	// settingsVersion is raised whenever settings or documents change.
	settingsVersion = 1
)

// ErrAbsent is of an index that does not exist: it must be built.
var ErrAbsent = errors.New("the search server has no such index")

// Open makes the engine. It asks nothing of the server, so the program starts
// without it.
func Open(c Config) *Engine {
	if c.Prefix == "" {
		c.Prefix = "saebaan"
	}
	transport := &http.Transport{DialContext: (&net.Dialer{Timeout: time.Second}).DialContext,
		ResponseHeaderTimeout: callTimeout, MaxIdleConnsPerHost: 16, IdleConnTimeout: time.Minute}
	client := meilisearch.New(c.Address, meilisearch.WithAPIKey(c.Key), meilisearch.WithCustomClient(&http.Client{Transport: transport}), meilisearch.DisableRetries())
	return &Engine{client: client, transport: transport, prefix: c.Prefix + "_",
		uid: fmt.Sprintf("%s_%d_%d", c.Prefix, search.Layout, settingsVersion), doubt: true}
}

// Close lets go of the connections.
func (e *Engine) Close() error {
	e.transport.CloseIdleConnections()
	return nil
}

// Name is the index's name on the server.
func (e *Engine) Name() string { return e.uid }

// Count is the number of documents held.
func (e *Engine) Count(ctx context.Context) (int64, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	stats, err := e.client.Index(e.uid).GetStatsWithContext(ctx, nil)
	if err != nil {
		return 0, away(err)
	}
	return stats.NumberOfDocuments, nil
}

// away is the fault of a server that does not do what was asked of it.
func away(err error) error {
	if err == nil || errors.Is(err, search.ErrUnavailable) {
		return err
	}
	var refused *meilisearch.Error
	if errors.As(err, &refused) && refused.MeilisearchApiError.Code == "index_not_found" {
		err = errors.Join(ErrAbsent, err)
	}
	return search.ErrUnavailable.Because(err)
}

// carriedOut waits until the server has done what it has taken on, and gives its
// reason when it could not.
func (e *Engine) carriedOut(ctx context.Context, task *meilisearch.TaskInfo, err error) error {
	if err != nil {
		return away(err)
	}
	ctx, cancel := context.WithTimeout(ctx, taskTimeout)
	defer cancel()
	done, err := e.client.WaitForTaskWithContext(ctx, task.TaskUID, taskPoll)
	if err != nil {
		return away(err)
	}
	e.doubt = false // it ended, and the server works in the order it was asked
	if done.Status != meilisearch.TaskStatusSucceeded {
		return away(fmt.Errorf("task %d, %s: %s: %s", done.UID, done.Type, done.Status, done.Error.Message))
	}
	return nil
}

// settled waits until nothing is left to do of what was written before, by this
// process or by one before it.
func (e *Engine) settled(ctx context.Context) error {
	if !e.doubt {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, taskTimeout)
	defer cancel()
	for {
		left, err := e.client.GetTasksWithContext(ctx, &meilisearch.TasksQuery{Limit: 1,
			Statuses: []meilisearch.TaskStatus{meilisearch.TaskStatusEnqueued, meilisearch.TaskStatusProcessing}})
		if err != nil {
			return away(err)
		}
		if len(left.Results) == 0 {
			e.doubt = false
			return nil
		}
		select {
		case <-time.After(taskPoll):
		case <-ctx.Done():
			return away(ctx.Err())
		}
	}
}
