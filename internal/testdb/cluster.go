package testdb

import (
	"context"
	"database/sql"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"
)

type server struct {
	bin, dir string
	port     int
	admin    *sql.DB
}

var (
	clusterMu sync.Mutex
	running   *server
	failed    error
)

// cluster starts the private cluster on first use.
func cluster(t testing.TB) *server {
	t.Helper()
	clusterMu.Lock()
	defer clusterMu.Unlock()
	if running == nil && failed == nil {
		running, failed = startCluster()
	}
	if failed != nil {
		missing(t, failed.Error())
	}
	return running
}

func stopCluster() {
	clusterMu.Lock()
	defer clusterMu.Unlock()
	if running == nil {
		return
	}
	_ = running.admin.Close()
	_, _ = running.run("pg_ctl", "-D", filepath.Join(running.dir, "data"), "-m", "immediate", "stop")
	_ = os.RemoveAll(running.dir)
	running = nil
}

func startCluster() (*server, error) {
	bin := programs()
	if bin == "" {
		return nil, fmt.Errorf("no PostgreSQL server programs found")
	}
	dir, err := os.MkdirTemp("", "saebaan-pg")
	if err != nil {
		return nil, err
	}
	// #nosec G302 -- the server runs as another user
	if err := os.Chmod(dir, 0o777); err != nil {
		return nil, err
	}
	s := &server{bin: bin, dir: dir}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s.port = l.Addr().(*net.TCPAddr).Port
	_ = l.Close()
	data := filepath.Join(dir, "data")
	if out, err := s.run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"); err != nil {
		return nil, fmt.Errorf("initdb: %w: %s", err, out)
	}
	opts := fmt.Sprintf("-p %d -k %s -c listen_addresses=127.0.0.1 -c max_connections=200 -c shared_buffers=64MB", s.port, dir)
	if os.Getenv("SAEBAAN_TEST_FSYNC") == "" {
		opts += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
	}
	if out, err := s.run("pg_ctl", "-D", data, "-w", "-l", filepath.Join(dir, "log"), "-o", opts, "start"); err != nil {
		return nil, fmt.Errorf("pg_ctl: %w: %s", err, out)
	}
	if s.admin, err = sql.Open("pgx", s.address("postgres", "postgres")); err != nil {
		return nil, err
	}
	return s, s.exec(`CREATE ROLE ` + Login + ` LOGIN`)
}

func (s *server) address(user, name string) string {
	return fmt.Sprintf("postgres://%s@127.0.0.1:%d/%s?sslmode=disable", user, s.port, name)
}

func (s *server) exec(query string) error {
	_, err := s.admin.ExecContext(context.Background(), query)
	return err
}

// run starts one of the server's programs; as root it becomes postgres first,
// for the server refuses root.
func (s *server) run(name string, args ...string) (string, error) {
	command := append([]string{filepath.Join(s.bin, name)}, args...)
	if os.Geteuid() == 0 {
		command = append([]string{"runuser", "-u", "postgres", "--"}, command...)
	}
	cmd := exec.Command(command[0], command[1:]...) // #nosec G204 -- fixed programs
	cmd.Dir = s.dir
	logFile := filepath.Join(s.dir, name+".out") // a pipe would be held open by the server
	f, err := os.Create(logFile)                 // #nosec G304 -- in our temporary folder
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	cmd.Stdout, cmd.Stderr = f, f
	err = cmd.Run()
	out, _ := os.ReadFile(logFile) // #nosec G304 -- as above
	return strings.TrimSpace(string(out)), err
}

// programs is the folder of the newest installed server programs, or "".
func programs() string {
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path)
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	sort.Strings(found)
	if len(found) == 0 {
		return ""
	}
	return filepath.Dir(found[len(found)-1])
}
