package payouts

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"

	"saebaan/artisans"
	"saebaan/internal/auth"
	"saebaan/internal/db"
)

// firstFile is the file of a run from before layouts (form 1 and 2): one CSV for
// all ways of paying, rendered anew each time and compared with its first hash.
func (s *Service) firstFile(tx *db.Tx, actor auth.Actor, r Run) (Given, error) {
	file, err := s.renderFirst(tx, r)
	if err != nil {
		return Given{}, err
	}
	hash := hashOf(file)
	if r.FileHash != "" && r.FileHash != hash {
		return Given{}, ErrFile
	}
	if _, err := tx.Exec(`
		UPDATE payout_runs
		SET file_hash = $1
		WHERE id = $2`, hash, r.ID); err != nil {
		return Given{}, err
	}
	if err := sent(tx, r); err != nil {
		return Given{}, err
	}
	return Given{r.ID + ".csv", file}, auth.Audit(tx, actor, "run.bank_file", r.ID, hash)
}

func (s *Service) renderFirst(tx *db.Tx, r Run) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	_ = w.Write([]string{"reference", "rail", "name", "account", "ifsc", "upi", "amount", "remarks"})
	paid, err := s.paid(tx, r, "")
	if err != nil {
		return nil, err
	}
	for _, p := range paid {
		_ = w.Write([]string{p.reference, railWord(p.Details), ascii(p.Holder), p.Account, p.IFSC, p.UPI, p.amount.Plain(), "Saebaan " + r.BusinessDate})
	}
	_ = w.Write([]string{"TOTAL", fmt.Sprint(r.Count), r.ID, "", "", "", r.Total.Plain(), fmt.Sprintf("block %d %s", r.Block, r.Head)})
	w.Flush()
	return b.Bytes(), w.Error()
}
func railWord(d artisans.Details) string {
	if d.UPI != "" {
		return "UPI"
	}
	return "NEFT"
}

// ascii keeps what banks take in a name: letters, digits, space and dot, at
// most 40 characters. Nothing that a spreadsheet would compute is left.
func ascii(name string) string {
	var b strings.Builder
	for _, r := range name {
		switch {
		case r >= 'A' && r <= 'Z', r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == ' ', r == '.':
			b.WriteRune(r)
		}
		if b.Len() == 40 {
			break
		}
	}
	return strings.TrimSpace(b.String())
}
