package ledger

import (
	"strings"
)

// earn adds up anew what each posting credits an artisan for.
func (v *verifier) earn(e rawEntry, p rawPosting) {
	if p.Artisan == "" || p.Nature == "" || p.Nature == "payout" || !strings.HasPrefix(p.Account, "liability:artisan:") {
		return
	}
	if len(e.BusinessDate) < 7 {
		v.bad("entry_date", e.ID, "has the business date %q", e.BusinessDate)
		return
	}
	v.earnings[p.Artisan+" "+e.BusinessDate[:7]+" "+strings.Split(p.Nature, ":")[0]] -= p.Paise
}

// earned compares the kept earnings with the derived ones, both ways.
func (v *verifier) earned() error {
	var kept []struct {
		Artisan string `db:"artisan_id"`
		Month   string `db:"month"`
		Nature  string `db:"nature"`
		Paise   int64  `db:"paise"`
	}
	if err := v.tx.Select(&kept, `
		SELECT artisan_id, month, nature, paise
		FROM earnings
		ORDER BY artisan_id, month, nature`); err != nil {
		return err
	}
	for _, k := range kept {
		key := k.Artisan + " " + k.Month + " " + k.Nature
		if v.earnings[key] != k.Paise {
			v.bad("earnings", key, "is kept as %d paise, the postings say %d", k.Paise, v.earnings[key])
		}
		delete(v.earnings, key)
	}
	for key, paise := range v.earnings {
		if paise != 0 {
			v.bad("earnings", key, "is not kept, the postings say %d paise", paise)
		}
	}
	return nil
}
