package payouts

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"saebaan/artisans"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/money"
)

// resumeAfter is how long a run may stand half way before a worker goes on with it.
const resumeAfter = 10 * time.Second

// BankFile is the file for the bank, the same bytes each time: one row per item
// with our reference, then a control row with count, total and the ledger head
// the run was prepared at. The first fetch makes the run sent. A preparer or
// approver may. Returns ErrState before approval.
func (s *Service) BankFile(ctx context.Context, actor auth.Actor, run string) (name string, file []byte, err error) {
	if err := actor.Require(auth.Preparer, auth.Approver); err != nil {
		return "", nil, err
	}
	if err := s.finishSending(ctx, run); err != nil {
		return "", nil, err
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		r, err := wholeRun(tx, run)
		if err != nil {
			return err
		}
		if r.State != Approved && r.State != Sent && r.State != Settled {
			return ErrState.With("A run that is %s has no bank file yet. Nothing was given out.", r.State)
		}
		if err := s.approvedAs(tx, r); err != nil {
			return err
		}
		if file, err = s.render(tx, r); err != nil {
			return err
		}
		sum := sha256.Sum256(file)
		hash := hex.EncodeToString(sum[:])
		if r.FileHash != "" && r.FileHash != hash {
			return ErrFile
		}
		if r.State == Approved {
			if _, err := tx.Exec(`
				UPDATE payout_runs
				SET state = 'sent', sent_at = $1, file_hash = $2
				WHERE id = $3 AND state = 'approved'`, tx.Now(), hash, run); err != nil {
				return err
			}
		}
		return auth.Audit(tx, actor, "run.bank_file", run, hash)
	})
	return run + ".csv", file, err
}

// approvedAs returns ErrFile unless the run's content is what was approved, and,
// until the bank has the file, ErrPayeeNew when somebody's details have changed.
func (s *Service) approvedAs(tx *db.Tx, r Run) error {
	now, err := contentHash(tx, r.ID)
	if err != nil {
		return err
	}
	var approved string
	if err := tx.Get(&approved, `
		SELECT content_hash
		FROM payout_approvals
		WHERE run_id = $1`, r.ID); err != nil || approved != now {
		return ErrFile.Because(err)
	}
	if r.State != Approved {
		return nil
	}
	for _, i := range r.Items {
		if i.State == ItemClaimed {
			return ErrNotWaited
		}
	}
	return current(tx, r.ID)
}

// finishSending completes an approval that was cut off before all items moved.
func (s *Service) finishSending(ctx context.Context, run string) error {
	var r Run
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		var err error
		r, err = readRun(tx, run)
		return err
	})
	if err != nil || r.State != Approved {
		return err
	}
	return s.sendAll(ctx, run)
}

func (s *Service) render(tx *db.Tx, r Run) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	_ = w.Write([]string{"reference", "rail", "name", "account", "ifsc", "upi", "amount", "remarks"})
	paid, err := s.paid(tx, r)
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

// payment is one row of a file: to an artisan, or to a group for its members.
type payment struct {
	artisans.Details
	reference string
	rail      string
	amount    money.Paise
}

// paid lists what the run's files carry: who is paid by herself, then groups.
func (s *Service) paid(tx *db.Tx, r Run) ([]payment, error) {
	var out []payment
	var payees []string
	for _, i := range r.Items {
		if i.State != ItemWithdrawn && i.Group == "" {
			out, payees = append(out, payment{reference: i.Reference, rail: i.Rail, amount: i.Amount}), append(payees, i.PayeeID)
		}
	}
	for _, t := range r.Transfers {
		if t.State != ItemWithdrawn {
			out, payees = append(out, payment{reference: t.Reference, rail: t.Rail, amount: t.Total()}), append(payees, t.PayeeID)
		}
	}
	details, err := s.artisans.OpenPayees(tx, payees)
	for k, p := range payees {
		out[k].Details = details[p]
	}
	return out, err
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
