package main_test

import (
	"encoding/csv"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"saebaan/internal/money"
)

// hledgerAgrees exports the book, lets hledger read it, and compares every
// account of the artisans with their statements.
func (s *shop) hledgerAgrees(artisans []string) {
	s.t.Helper()
	program, err := exec.LookPath("hledger")
	if err != nil {
		if os.Getenv("CI") == "true" {
			s.t.Fatal("hledger is needed under CI (apt-get install hledger)")
		}
		s.t.Log("LOUD SKIP: hledger is not installed; the journal was not checked")
		return
	}
	journal := filepath.Join(s.t.TempDir(), "book.journal")
	if err := os.WriteFile(journal, []byte(must(s.t, s.Data, s.Env, "ledger", "export", "--format", "hledger")), 0o600); err != nil {
		s.t.Fatal(err)
	}
	if out, err := exec.Command(program, "-f", journal, "check", "--strict").CombinedOutput(); err != nil && !strings.Contains(string(out), "account") {
		s.t.Fatalf("hledger check: %s", out)
	}
	out, err := exec.Command(program, "-f", journal, "balance", "--flat", "--empty", "-O", "csv").Output()
	if err != nil {
		s.t.Fatalf("hledger balance: %v", err)
	}
	rows, err := csv.NewReader(strings.NewReader(string(out))).ReadAll()
	if err != nil {
		s.t.Fatal(err)
	}
	balances := map[string]int64{}
	for _, r := range rows[1:] {
		balances[r[0]] = journalPaise(s.t, r[1])
	}
	if balances["total"] != 0 && balances["Total:"] != 0 {
		s.t.Fatalf("hledger's total is not zero: %v", balances)
	}
	for _, a := range artisans {
		st := s.preparer.Get("/v1/artisans/" + a + "/statement")
		for _, part := range []string{"held", "payable", "claimed", "in_transit"} {
			if got := -balances["liability:artisan:"+a+":"+part]; got != st.Paise(part) {
				s.t.Errorf("%s %s: hledger says %d, the statement %d", a, part, got, st.Paise(part))
			}
		}
	}
	paid := int64(0)
	for _, a := range artisans {
		paid += s.preparer.Get("/v1/artisans/" + a + "/statement").Paise("paid")
	}
	if got := -balances["asset:bank:main"]; got != paid || paid == 0 {
		s.t.Errorf("hledger says %d left the bank, the statements %d", got, paid)
	}
}

func journalPaise(t testing.TB, text string) int64 {
	t.Helper()
	text = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(text), "INR"))
	if text == "0" {
		return 0
	}
	negative := strings.HasPrefix(text, "-")
	text = strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(text, "-"), "INR"))
	p, err := money.Parse(strings.TrimPrefix(strings.TrimSpace(text), "-"))
	if err != nil {
		t.Fatalf("amount %q: %v", text, err)
	}
	if negative || strings.Contains(text, "-") {
		return -int64(p)
	}
	return int64(p)
}
