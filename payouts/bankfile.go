package payouts

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"path"
	"slices"
	"strings"
	"time"

	"saebaan/artisans"
	"saebaan/internal/auth"
	"saebaan/internal/bankfile"
	"saebaan/internal/db"
	"saebaan/internal/money"
	"saebaan/internal/vault"
)

// resumeAfter is how long a run may stand half way before a worker goes on with it.
const resumeAfter = 10 * time.Second

// BankTerms are what a bank's file says about the trust.
type BankTerms struct {
	Layout string // of files for the bank; "" is the generic CSV
	Client string // the trust's code at its bank
	Debit  bankfile.Debit
}

// FileInput says which file of a run is wanted; an empty rail is the only one the
// run has, or the bank; an empty layout is the usual one of the rail.
type FileInput struct{ Rail, Layout string }

// Given is a file that was given out.
type Given struct {
	Name    string
	Content []byte
}

// Type is the media type of the file.
func (g Given) Type() string {
	switch path.Ext(g.Name) {
	case ".csv":
		return "text/csv; charset=utf-8"
	case ".xlsx":
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	return "text/plain; charset=us-ascii"
}

// File is a run's file of one rail, the same bytes each time: a row per payment
// with our reference. The first file makes the run sent; none is made in a second
// layout, since both could be paid. A preparer or approver may. Returns ErrState
// before approval, ErrNoRail, ErrLayoutGiven, bankfile.ErrLayout, bankfile.ErrBatch.
func (s *Service) File(ctx context.Context, actor auth.Actor, run string, in FileInput) (given Given, err error) {
	if err := actor.Require(auth.Preparer, auth.Approver); err != nil {
		return Given{}, err
	}
	if err := s.finishSending(ctx, run); err != nil {
		return Given{}, err
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
		if r.Form < 3 {
			given, err = s.firstFile(tx, actor, r)
			return err
		}
		given, err = s.railFile(tx, actor, r, in)
		return err
	})
	return given, err
}

// railFile opens the file of a rail that was given out before, or makes it.
func (s *Service) railFile(tx *db.Tx, actor auth.Actor, r Run, in FileInput) (Given, error) {
	rails := r.Rails()
	if in.Rail == "" {
		in.Rail = RailBank
		if len(rails) == 1 {
			in.Rail = rails[0]
		}
	}
	if !slices.Contains(rails, in.Rail) {
		return Given{}, ErrNoRail
	}
	for _, f := range r.Files {
		if f.Rail != in.Rail {
			continue
		}
		if in.Layout != "" && in.Layout != f.Layout {
			return Given{}, ErrLayoutGiven.With("This file was given out in the layout %s; a second one could be paid twice. Nothing was made.", f.Layout)
		}
		return s.kept(tx, actor, f)
	}
	file, name, err := s.renderRail(tx, r, &in)
	if err != nil {
		return Given{}, err
	}
	if err := s.keep(tx, actor, File{RunID: r.ID, Rail: in.Rail, Layout: in.Layout, Name: name}, r, file); err != nil {
		return Given{}, err
	}
	return Given{name, file}, sent(tx, r)
}

// renderRail makes the file, and fills the input's layout.
func (s *Service) renderRail(tx *db.Tx, r Run, in *FileInput) (file []byte, name string, err error) {
	paid, err := s.paid(tx, r, in.Rail)
	if err != nil {
		return nil, "", err
	}
	if in.Layout == "" {
		in.Layout = cmp.Or(map[string]string{RailUPI: "upi_list.1", RailCash: "vouchers.2"}[in.Rail], s.terms.Bank.Layout, "generic_csv.1")
	}
	layout, err := bankfile.ByID(in.Layout)
	if err != nil {
		return nil, "", err
	}
	var today int
	if err := tx.Get(&today, `
		SELECT COUNT(*)
		FROM payout_files
		WHERE layout = $1 AND made_at >= $2`, in.Layout, tx.Now().StartOfDay()); err != nil {
		return nil, "", err
	}
	b := bankfile.Batch{ID: r.ID, Date: tx.Now().Date(), Client: s.terms.Bank.Client, Serial: today + 1, Debit: s.terms.Bank.Debit, Block: r.Block, Head: r.Head}
	for _, p := range paid {
		b.Payments = append(b.Payments, bankfile.Payment{Reference: p.reference, Rail: s.wayOf(layout, p), Name: p.Holder,
			Account: p.Account, IFSC: p.IFSC, UPI: p.UPI, Amount: p.amount, Remarks: "Saebaan " + r.BusinessDate})
	}
	name, file, totals, err := bankfile.Render(layout, b)
	if err == nil && (totals.Count != len(paid) || totals.Sum != totalOf(paid)) {
		return nil, "", ErrFile
	}
	return file, name, err
}

func totalOf(paid []payment) (sum money.Paise) {
	for _, p := range paid {
		sum += p.amount
	}
	return sum
}

// wayOf is how a bank sends a payment: within itself where its file knows that.
func (s *Service) wayOf(l bankfile.Layout, p payment) string {
	bank := s.terms.Bank.Debit.IFSC
	switch {
	case p.Account == "" && p.UPI == "":
		return "CASH"
	case p.UPI != "":
		return "UPI"
	case len(bank) >= 4 && strings.HasPrefix(p.IFSC, bank[:4]) && l.Rails["INTERNAL"] != "":
		return "INTERNAL"
	}
	return "NEFT"
}

func filePlace(f File) vault.Place {
	return vault.Place{Table: "payout_files", Column: "sealed", Row: f.RunID + ":" + f.Rail, Version: 1}
}

// keep stores a file, sealed, so that its bytes never change.
func (s *Service) keep(tx *db.Tx, actor auth.Actor, f File, r Run, file []byte) error {
	f.Hash = hashOf(file)
	sealed, err := s.vault.Seal(string(file), filePlace(f))
	if err != nil {
		return err
	}
	paid, err := s.paid(tx, r, f.Rail)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(`
		INSERT INTO payout_files (run_id, rail, layout, name, hash, sealed, row_count, paise, made_by, made_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		f.RunID, f.Rail, f.Layout, f.Name, f.Hash, sealed, len(paid), totalOf(paid), actor.Principal(), tx.Now()); err != nil {
		return err
	}
	return auth.Audit(tx, actor, "run.bank_file", f.RunID, f.Rail+" "+f.Hash)
}

// kept opens a file that was given out before.
func (s *Service) kept(tx *db.Tx, actor auth.Actor, f File) (Given, error) {
	var sealed []byte
	if err := tx.Get(&sealed, `
		SELECT sealed
		FROM payout_files
		WHERE run_id = $1 AND rail = $2`, f.RunID, f.Rail); err != nil {
		return Given{}, err
	}
	plain, err := s.vault.Open(sealed, filePlace(f))
	if err != nil || hashOf([]byte(plain)) != f.Hash {
		return Given{}, ErrFile.Because(err)
	}
	return Given{f.Name, []byte(plain)}, auth.Audit(tx, actor, "run.bank_file", f.RunID, f.Rail+" "+f.Hash)
}

func hashOf(file []byte) string {
	sum := sha256.Sum256(file)
	return hex.EncodeToString(sum[:])
}

// sent marks an approved run as sent: from the first file on it is not withdrawn.
func sent(tx *db.Tx, r Run) error {
	_, err := tx.Exec(`
		UPDATE payout_runs
		SET state = 'sent', sent_at = $1
		WHERE id = $2 AND state = 'approved'`, tx.Now(), r.ID)
	return err
}

// Rails are the ways by which the run pays somebody, bank first.
func (r Run) Rails() (out []string) {
	has := map[string]bool{}
	for _, i := range r.Items {
		if i.State != ItemWithdrawn && i.Group == "" {
			has[i.Rail] = true
		}
	}
	for _, t := range r.Transfers {
		if t.State != ItemWithdrawn {
			has[t.Rail] = true
		}
	}
	for _, rail := range []string{RailBank, RailUPI, RailCash} {
		if has[rail] {
			out = append(out, rail)
		}
	}
	return out
}

// approvedAs returns ErrNotApproved unless the run's content is what was approved, and,
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
		return ErrNotApproved.Because(err)
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

// payment is one row of a file: to an artisan, or to a group for its members.
type payment struct {
	artisans.Details
	reference string
	amount    money.Paise
}

// paid lists what the run pays by a rail, or by any: who is paid by herself, then groups.
func (s *Service) paid(tx *db.Tx, r Run, rail string) ([]payment, error) {
	var out []payment
	var payees []string
	for _, i := range r.Items {
		if i.State != ItemWithdrawn && i.Group == "" && (rail == "" || i.Rail == rail) {
			out, payees = append(out, payment{reference: i.Reference, amount: i.Amount}), append(payees, i.PayeeID)
		}
	}
	for _, t := range r.Transfers {
		if t.State != ItemWithdrawn && (rail == "" || t.Rail == rail) {
			out, payees = append(out, payment{reference: t.Reference, amount: t.Total()}), append(payees, t.PayeeID)
		}
	}
	details, err := s.artisans.OpenPayees(tx, payees)
	for k, p := range payees {
		out[k].Details = details[p]
	}
	return out, err
}
