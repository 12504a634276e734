package ledger

import "strings"

// newest compares the sealer's newest balances with the derived ones at the last
// block, both ways.
func (v *verifier) newest() error {
	var rows []struct {
		AccountBalance
		Block int64 `db:"block"`
	}
	if err := v.tx.Select(&rows, `
		SELECT account, block, paise
		FROM account_heads
		ORDER BY account`); err != nil {
		return err
	}
	seen := make(map[string]bool, len(rows))
	for _, r := range rows {
		account := string(r.Account)
		seen[account] = true
		if v.balances[account] != int64(r.Paise) || v.moved[account] != r.Block {
			v.bad("account_head", account, "says %d paise at block %d, the postings say %d at %d", r.Paise, r.Block, v.balances[account], v.moved[account])
		}
	}
	for account := range v.balances {
		if !seen[account] {
			v.bad("account_head", account, "has no newest balance")
		}
	}
	return nil
}

// kept compares the kept balances with the derived ones, both ways.
func (v *verifier) kept() error {
	after := ""
	seen := map[string]bool{}
	for {
		var page []AccountBalance
		if err := v.tx.Select(&page, `
			SELECT account, paise
			FROM balances
			WHERE account > $1
			ORDER BY account
			LIMIT 1000`, after); err != nil {
			return err
		}
		for _, b := range page {
			seen[string(b.Account)] = true
			if v.balances[string(b.Account)] != int64(b.Paise) {
				v.bad("balance", string(b.Account), "is kept as %d paise, the postings say %d", b.Paise, v.balances[string(b.Account)])
			}
			after = string(b.Account)
		}
		if len(page) == 0 {
			break
		}
	}
	for account, p := range v.balances {
		owned := strings.HasPrefix(account, "liability:artisan:") || strings.HasPrefix(account, "liability:deposit:") ||
			strings.HasPrefix(account, "liability:refund:")
		if owned && !seen[account] && p != 0 {
			v.bad("balance", account, "is not kept, the postings say %d paise", p)
		}
	}
	return nil
}
