package testkit

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

var (
	buildOnce sync.Once
	binary    string
	buildErr  string
)

// Binary builds cmd/saebaan once per test process, static as it is shipped, and
// returns its path. SAEBAAN_TEST_BINARY names one that is built already.
func Binary(t testing.TB) string {
	t.Helper()
	buildOnce.Do(func() {
		if binary = os.Getenv("SAEBAAN_TEST_BINARY"); binary != "" {
			return
		}
		dir, err := os.MkdirTemp("", "saebaan-bin")
		if err != nil {
			buildErr = err.Error()
			return
		}
		binary = filepath.Join(dir, "saebaan")
		cmd := exec.Command("go", "build", "-o", binary, "saebaan/cmd/saebaan") // #nosec G204 -- our own program
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			buildErr = string(out)
		}
	})
	if buildErr != "" {
		t.Fatalf("build: %s", buildErr)
	}
	return binary
}

// CleanUp removes what Binary built; call it at the end of TestMain.
func CleanUp() {
	if binary != "" && os.Getenv("SAEBAAN_TEST_BINARY") == "" {
		_ = os.RemoveAll(filepath.Dir(binary))
	}
}

// Program is a running saebaan as a process of its own.
type Program struct {
	URL  string
	Data string
	Env  []string
	cmd  *exec.Cmd
	log  *lockedBuffer
	done chan struct{}
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write appends to the log.
func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// String is the log so far.
func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

var (
	readyLine   = regexp.MustCompile(`msg=ready address=(\S+)`)
	workingLine = regexp.MustCompile(`msg=working`)
)

// Serve starts "saebaan serve" on a free port and waits until it says that it is
// ready. It is ended at the end of the test.
func Serve(t testing.TB, data string, env []string, args ...string) *Program {
	t.Helper()
	p := start(t, data, env, append([]string{"serve", "--addr", "127.0.0.1:0", "--metrics", ""}, args...)...)
	p.URL = p.await(t, readyLine)[1]
	return p
}

// Work starts "saebaan worker" and waits until it works. It is ended at the end
// of the test.
func Work(t testing.TB, data string, env []string) *Program {
	t.Helper()
	p := start(t, data, env, "worker")
	p.await(t, workingLine)
	return p
}

// await waits until the program says line, and returns its parts.
func (p *Program) await(t testing.TB, line *regexp.Regexp) []string {
	t.Helper()
	deadline := time.Now().Add(60 * time.Second)
	for {
		if m := line.FindStringSubmatch(p.Log()); m != nil {
			return m
		}
		select {
		case <-p.done:
			t.Fatalf("saebaan ended: %s", p.Log())
		case <-time.After(5 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			p.Kill()
			t.Fatalf("saebaan does not say %s: %s", line, p.Log())
		}
	}
}

func start(t testing.TB, data string, env []string, args ...string) *Program {
	t.Helper()
	p := &Program{Data: data, Env: env, log: &lockedBuffer{}, done: make(chan struct{})}
	p.cmd = exec.Command(Binary(t), append([]string{"--data", data}, args...)...) // #nosec G204 -- our own program
	p.cmd.Env = append(cleanEnv(), env...)
	pipe, err := p.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.cmd.Stdout = p.log
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_, _ = io.Copy(p.log, bufio.NewReader(pipe))
		_ = p.cmd.Wait()
		close(p.done)
	}()
	t.Cleanup(func() {
		p.Kill()
		if log := p.Log(); t.Failed() && log != "" {
			t.Logf("%s said at last: %s", args[0], log[max(0, len(log)-2000):])
		}
	})
	return p
}

// cleanEnv is the environment without our own settings.
func cleanEnv() []string {
	var out []string
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, "SAEBAAN_") {
			out = append(out, e)
		}
	}
	return out
}

// Log is what the program has said so far.
func (p *Program) Log() string { return p.log.String() }

// PID is the process id.
func (p *Program) PID() int { return p.cmd.Process.Pid }

// Kill ends the program at once (SIGKILL) and waits until it is gone.
func (p *Program) Kill() {
	_ = p.cmd.Process.Kill()
	<-p.done
}

// Stop asks the program to end (SIGTERM) and returns its exit code.
func (p *Program) Stop() int {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	<-p.done
	return p.cmd.ProcessState.ExitCode()
}

// Done is closed when the program has ended.
func (p *Program) Done() <-chan struct{} { return p.done }

// Run runs a command of saebaan to its end and returns its standard output,
// standard error and exit code.
func Run(t testing.TB, data string, env []string, args ...string) (out, errs string, code int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, Binary(t), append([]string{"--data", data}, args...)...) // #nosec G204 -- our own program
	cmd.Env = append(cleanEnv(), env...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()
}

// Client is an HTTP client that keeps connections open and follows nothing.
func Client() *http.Client {
	return &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 256, MaxConnsPerHost: 0},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}
