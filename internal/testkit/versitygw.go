package testkit

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

const versitygw = "github.com/versity/versitygw/cmd/versitygw@v1.8.0"

// The key of the S3 server of the tests, and its one bucket.
const (
	S3Key    = "test-key-id"
	S3Secret = "test-secret-of-the-bucket" // #nosec G101 -- of a server that lives as long as a test
	S3Bucket = "photos"
)

// S3 is an S3 server (versitygw) on a folder of the test.
type S3 struct {
	URL    string
	Folder string // what it stores, a folder for each bucket
	t      testing.TB
	stop   func()
	start  func()
}

// StartS3 runs an S3 server with an empty bucket until the test ends. Pages from
// anywhere may send to it.
func StartS3(t testing.TB) *S3 {
	t.Helper()
	program, err := tool("versitygw", versitygw)
	if err != nil {
		unavailable(t, "versitygw", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close()
	s := &S3{URL: "http://" + address, Folder: t.TempDir(), t: t}
	if err := os.Mkdir(filepath.Join(s.Folder, S3Bucket), 0o700); err != nil {
		t.Fatal(err)
	}
	notes := t.TempDir() // where it keeps types and dates
	s.start = func() {
		var said bytes.Buffer
		ctx, cancel := context.WithCancel(context.Background())
		cmd := exec.CommandContext(ctx, program, "--port", address, "--cors-allow-origin", "*", "--health", "/health", "posix", "--sidecar", notes, s.Folder) // #nosec G204 -- built above
		cmd.Env = append(os.Environ(), "ROOT_ACCESS_KEY="+S3Key, "ROOT_SECRET_KEY="+S3Secret)
		cmd.Stdout, cmd.Stderr = &said, &said
		if err := cmd.Start(); err != nil {
			cancel()
			t.Fatal(err)
		}
		s.stop = func() { cancel(); _ = cmd.Wait() }
		if err := answers(s.URL + "/health"); err != nil {
			s.stop()
			t.Fatalf("%v: %s", err, said.String())
		}
	}
	s.start()
	t.Cleanup(func() { s.stop() })
	return s
}

// Stop ends the server; what it stores stays.
func (s *S3) Stop() { s.stop() }

// Start begins again at the same address.
func (s *S3) Start() { s.start() }

func answers(url string) error {
	var err error
	for end := time.Now().Add(startTimeout); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		var r *http.Response
		if r, err = http.DefaultClient.Get(url); err == nil {
			_ = r.Body.Close()
			if r.StatusCode == http.StatusOK {
				return nil
			}
			err = fmt.Errorf("status %d", r.StatusCode)
		}
	}
	return err
}

// Env are the settings with which saebaan keeps its photos there, reached at url.
func (s *S3) Env(url string) []string {
	return []string{"SAEBAAN_S3_BUCKET=" + S3Bucket, "SAEBAAN_S3_ENDPOINT=" + url, "SAEBAAN_S3_KEY_ID=" + S3Key, "SAEBAAN_S3_SECRET=" + S3Secret}
}
