package testkit

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// stripeMock checks requests against Stripe's published description and
// remembers nothing.
const stripeMock = "github.com/stripe/stripe-mock@v0.203.0"

const (
	buildTimeout = 5 * time.Minute
	startTimeout = 30 * time.Second
)

// StripeMock runs stripe-mock until the test ends and returns its base URL. It
// is built once and kept in the user's cache folder.
func StripeMock(t testing.TB) (baseURL string) {
	t.Helper()
	program, err := tool("stripe-mock", stripeMock)
	if err != nil {
		unavailable(t, "stripe-mock", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, program, "-http-addr", "127.0.0.1:0", "-https-addr", "127.0.0.1:0") // #nosec G204 -- built above
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		cancel()
		unavailable(t, "stripe-mock", err)
	}
	addresses := make(chan string, 1)
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if a, is := strings.CutPrefix(lines.Text(), "Listening for HTTP at address: "); is {
				addresses <- a
				break
			}
		}
		_, _ = io.Copy(io.Discard, out) // or the program would block on a full pipe
	}()
	t.Cleanup(func() {
		cancel()
		<-drained
		_ = cmd.Wait() // killed, so it reports that
	})
	select {
	case a := <-addresses:
		return "http://" + a
	case <-drained:
		t.Fatal("stripe-mock ended before it listened")
	case <-time.After(startTimeout):
		t.Fatal("stripe-mock did not listen in time")
	}
	return ""
}

// tool returns the path of a Go program at a pinned version, building it
// outside this module when the cache lacks it. Packages tested at the same time
// may build it twice; the rename lets one of them win whole.
func tool(name, module string) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	folder := filepath.Join(cache, "saebaan-tools")
	_, version, _ := strings.Cut(module, "@")
	program := filepath.Join(folder, name+"-"+version)
	if _, err := os.Stat(program); err == nil {
		return program, nil
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", err
	}
	bin, err := os.MkdirTemp(folder, "build-")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(bin) }()
	ctx, cancel := context.WithTimeout(context.Background(), buildTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", "install", module) // #nosec G204 -- a constant of this package
	cmd.Dir = bin
	cmd.Env = append(os.Environ(), "GOBIN="+bin, "GOFLAGS=", "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		return "", errors.Join(err, errors.New(string(text)))
	}
	if err := os.Rename(filepath.Join(bin, name), program); err != nil {
		return "", fmt.Errorf("keep %s: %w", name, err)
	}
	return program, nil
}

func unavailable(t testing.TB, name string, err error) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s cannot be had, and CI must have it: %v", name, err)
	}
	t.Skipf("SKIPPED, NOT CHECKED: %s cannot be had: %v", name, err)
}
