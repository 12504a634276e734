package main_test

import (
	"os"
	"slices"
	"testing"

	"saebaan/internal/testdb"
	"saebaan/internal/testkit"
)

func TestMain(m *testing.M) {
	code := testdb.Main(m)
	testkit.CleanUp()
	os.Exit(code)
}

const password = "correct horse battery"

// shop is a running program with one user per role.
type shop struct {
	*testkit.Program
	t                                            testing.TB
	guest, admin, asha, preparer, approver, both testkit.REST
	heads                                        []string // of the book, kept at each verification
}

// env is what the program is told about its database.
func env(t testing.TB, database string) []string {
	if database == "sqlite" {
		return nil
	}
	owner, app := testdb.PostgresAddress(t)
	return []string{"SAEBAAN_DATABASE_URL=" + app, "SAEBAAN_DATABASE_OWNER_URL=" + owner, "SAEBAAN_DATABASE_LOGIN=" + testdb.Login}
}

// eachDatabase runs body as a subtest on SQLite and on PostgreSQL.
func eachDatabase(t *testing.T, body func(t *testing.T, environment []string)) {
	for _, name := range []string{"sqlite", "postgres"} {
		t.Run(name, func(t *testing.T) { body(t, env(t, name)) })
	}
}

// open migrates, creates the users, starts the program and signs them in.
func open(t testing.TB, environment []string, args ...string) *shop {
	t.Helper()
	data := t.TempDir()
	must(t, data, environment, "migrate")
	users := []struct{ login, role, extra string }{
		{"admin", "administrator", ""}, {"asha", "coordinator:lucknow", ""}, {"preparer", "finance_preparer", ""},
		{"approver", "finance_approver", ""}, {"both", "finance_preparer", "finance_approver"},
	}
	for _, u := range users {
		command := []string{"users", "create", "--login", u.login, "--name", u.login, "--role", u.role}
		if u.extra != "" {
			command = append(command, "--role", u.extra)
		}
		must(t, data, append(environment, "SAEBAAN_PASSWORD="+password), command...)
	}
	return resume(t, data, environment, args...)
}

// resume starts the program on a data folder that was opened before.
func resume(t testing.TB, data string, environment []string, args ...string) *shop {
	t.Helper()
	environment = append(slices.Clone(environment), "SAEBAAN_PAYOUT_MINIMUM=0") // the flows of these tests pay small sums too
	s := &shop{Program: testkit.Serve(t, data, environment, args...), t: t}
	s.guest = testkit.REST{T: t, URL: s.URL, Client: testkit.Client()}
	s.admin, s.asha = s.guest.SignIn("admin", password), s.guest.SignIn("asha", password)
	s.preparer, s.approver, s.both = s.guest.SignIn("preparer", password), s.guest.SignIn("approver", password), s.guest.SignIn("both", password)
	return s
}

func must(t testing.TB, data string, environment []string, args ...string) string {
	t.Helper()
	out, errs, code := testkit.Run(t, data, environment, args...)
	if code != 0 {
		t.Fatalf("saebaan %v: %d\n%s%s", args, code, out, errs)
	}
	return out
}

// verify runs the program's own verification beside it, with every head that was
// kept before, and lets hledger read the book.
func (s *shop) verify() {
	s.t.Helper()
	args := []string{"ledger", "verify"}
	for _, h := range s.heads {
		args = append(args, "--head", h)
	}
	out, errs, code := testkit.Run(s.t, s.Data, s.Env, args...)
	if code != 0 {
		s.t.Fatalf("ledger verify: %s%s", out, errs)
	}
	s.hledgerAgrees()
}
