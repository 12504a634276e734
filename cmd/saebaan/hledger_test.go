package main_test

import (
	"fmt"
	"maps"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"saebaan/internal/testkit"
)

var headForm = regexp.MustCompile(`; head: block \d+, ([0-9a-f]*)\n$`)

// journal is the book as hledger reads it: each account's balance in paise, or
// nil when hledger is not installed. It keeps the head that the export ends with,
// which every later verification must still find.
func (s *shop) journal() map[string]int64 {
	s.t.Helper()
	export := must(s.t, s.Data, s.Env, "ledger", "export", "--format", "hledger")
	head := headForm.FindStringSubmatch(export)
	if head == nil {
		s.t.Fatalf("the journal does not end with its head: %q", export[max(0, len(export)-200):])
	}
	if head[1] != "" {
		s.heads = append(s.heads, head[1])
	}
	return testkit.Hledger(s.t, export)
}

// hledgerAgrees compares every account's balance in the book with hledger's. The
// program works meanwhile, so what differs is looked at again.
func (s *shop) hledgerAgrees() {
	s.t.Helper()
	d, differ := s.books(), ""
	for range 10 {
		read := s.journal()
		if read == nil {
			return
		}
		ours := map[string]int64{}
		for _, row := range texts(s.t, d, `SELECT account || ' ' || SUM(paise) FROM postings GROUP BY account`) {
			account, paise, _ := strings.Cut(row, " ")
			ours[account], _ = strconv.ParseInt(paise, 10, 64)
		}
		if maps.Equal(read, ours) {
			return
		}
		differ = fmt.Sprintf("hledger says %v\nthe book %v", read, ours)
	}
	s.t.Errorf("%s", differ)
}

// statementsAgree compares what statements say with what hledger reads.
func (s *shop) statementsAgree(artisans []string) {
	s.t.Helper()
	balances := s.journal()
	if balances == nil {
		return
	}
	paid := int64(0)
	for _, a := range artisans {
		st := s.preparer.Get("/v1/artisans/" + a + "/statement")
		for _, part := range []string{"held", "payable", "claimed", "in_transit"} {
			if got := -balances["liability:artisan:"+a+":"+part]; got != st.Paise(part) {
				s.t.Errorf("%s %s: hledger says %d, the statement %d", a, part, got, st.Paise(part))
			}
		}
		paid += st.Paise("paid")
	}
	if got := -balances["asset:bank:main"]; got != paid || paid == 0 {
		s.t.Errorf("hledger says %d left the bank, the statements %d", got, paid)
	}
}

// A head that was kept is looked for: one of another book is missed.
func TestVerifyMissesAHeadThatWasKept(t *testing.T) {
	s := bare(t)
	head := "3b1f0000000000000000000000000000000000000000000000000000000000aa"
	out, _, code := testkit.Run(t, s.Data, s.Env, "ledger", "verify", "--head", head)
	if code != 1 || !regexp.MustCompile(`(?m)^head_missing `+head+`: `).MatchString(out) {
		t.Errorf("%d: %s", code, out)
	}
}
