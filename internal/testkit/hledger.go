package testkit

import (
	"context"
	"encoding/csv"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"saebaan/internal/db"
	"saebaan/internal/ledger"
)

// Hledger lets hledger check a journal and returns each account's balance in
// paise as hledger reckons it. Without the program it fails under CI=true and
// returns nil elsewhere, loudly.
func Hledger(t testing.TB, journal string) map[string]int64 {
	t.Helper()
	program, err := exec.LookPath("hledger")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("hledger is needed under CI (apt-get install hledger)")
		}
		t.Log("LOUD SKIP: hledger is not installed; the journal was not checked")
		return nil
	}
	file := filepath.Join(t.TempDir(), "book.journal")
	if err := os.WriteFile(file, []byte(journal), 0o600); err != nil {
		t.Fatal(err)
	}
	ask := func(args ...string) string {
		cmd := exec.Command(program, append([]string{"-f", file}, args...)...) // #nosec G204 -- fixed arguments
		var errs strings.Builder
		cmd.Stderr = &errs
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("hledger %v: %v\n%s", args, err, errs.String())
		}
		return string(out)
	}
	ask("check")
	rows, err := csv.NewReader(strings.NewReader(ask("balance", "--flat", "--empty", "--layout=bare", "-O", "csv"))).ReadAll()
	if err != nil || len(rows) == 0 || len(rows[0]) != 3 {
		t.Fatalf("hledger balance: %v, %v", rows, err)
	}
	out := make(map[string]int64, len(rows))
	for _, r := range rows[1:] {
		if out[r[0]] = paiseOf(t, r[2]); strings.HasPrefix(strings.ToLower(r[0]), "total") { // which newer ones write otherwise
			if out[r[0]] != 0 {
				t.Fatalf("hledger's total is %d paise", out[r[0]])
			}
			delete(out, r[0])
		}
	}
	return out
}

// paiseOf reads an amount of at most two decimals without letters, "-1234.5".
func paiseOf(t testing.TB, text string) int64 {
	t.Helper()
	whole, part, _ := strings.Cut(strings.ReplaceAll(text, ",", ""), ".")
	n, err := strconv.ParseInt(whole+(part + "00")[:2], 10, 64)
	if err != nil || len(part) > 2 {
		t.Fatalf("hledger's amount %q: %v", text, err)
	}
	return n
}

// JournalAgrees lets hledger read the book of a database in which nobody writes,
// and compares every account's balance.
func JournalAgrees(t testing.TB, d *db.DB) {
	t.Helper()
	var journal strings.Builder
	if _, err := ledger.ExportHledger(context.Background(), d, &journal, nil); err != nil {
		t.Fatal(err)
	}
	var rows []ledger.AccountBalance
	if err := d.Select(context.Background(), &rows, `
		SELECT account, CAST(SUM(paise) AS BIGINT) AS paise
		FROM postings
		GROUP BY account
		ORDER BY account`); err != nil {
		t.Fatal(err)
	}
	read := Hledger(t, journal.String())
	if read == nil {
		return
	}
	if len(read) != len(rows) {
		t.Errorf("hledger has %d accounts, the book %d", len(read), len(rows))
	}
	for _, r := range rows {
		if read[string(r.Account)] != int64(r.Paise) {
			t.Errorf("%s: hledger says %d paise, the book %d", r.Account, read[string(r.Account)], r.Paise)
		}
	}
}
