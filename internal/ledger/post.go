package ledger

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strconv"
	"strings"

	"saebaan/internal/db"
	"saebaan/internal/fault"
	"saebaan/internal/id"
	"saebaan/internal/money"
)

// The faults of this package.
var (
	ErrUnbalanced = fault.New(fault.Internal, "ledger.unbalanced", "The postings do not add up. Nothing was written.")
	ErrAccount    = fault.New(fault.Internal, "ledger.account", "There is no such account in the chart. Nothing was written.")
	ErrPosted     = fault.New(fault.Conflict, "ledger.posted", "This has been entered in the books already. Nothing was written twice.")
	ErrOverdrawn  = fault.New(fault.Conflict, "ledger.overdrawn", "There is less on that account than was to be taken. Nothing was written.")
	ErrNoEntry    = fault.New(fault.NotFound, "ledger.no_entry", "There is no such entry.")
	ErrNoAccount  = fault.New(fault.NotFound, "ledger.no_account", "Nothing was ever entered on such an account.")
	ErrNoBlock    = fault.New(fault.NotFound, "ledger.no_block", "There is no such block.")
	ErrPeriod     = fault.New(fault.Invalid, "ledger.period", "A day is written year-month-day, the first of two is not after the second, and a block and a day exclude each other.")
)

// Tags say what a posting is about; empty ones do not apply.
type Tags struct {
	Order   string `db:"order_id"`
	Line    string `db:"line_id"`
	Lot     string `db:"lot_id"`
	Artisan string `db:"artisan_id"`
	Nature  string `db:"nature"`
}

// Posting moves an amount on one account: debit +, credit −, in paise.
type Posting struct {
	Pos     int64       `db:"pos"`
	Account Account     `db:"account"`
	Paise   money.Paise `db:"paise"`
	Tags
}

// Entry is one fact of the book with its postings, which sum to zero.
type Entry struct {
	ID           string  `db:"id"`
	Reference    string  `db:"reference"`
	Kind         string  `db:"kind"`
	Reason       string  `db:"reason"`
	BusinessDate string  `db:"business_date"`
	PostedAt     db.Time `db:"posted_at"`
	Actor        string  `db:"actor"`
	Hash         string  `db:"hash"`
	Postings     []Posting

	guarded []Account
}

// New begins an entry. The reference names the business fact and is unique in
// the book, so one fact is never entered twice.
func New(kind, reference, actor string) *Entry {
	return &Entry{Kind: kind, Reference: reference, Actor: actor}
}

// Debit adds a posting of +amount; zero amounts are left out.
func (e *Entry) Debit(a Account, amount money.Paise, t Tags) *Entry {
	if amount != 0 {
		e.Postings = append(e.Postings, Posting{Account: a, Paise: amount, Tags: t})
	}
	return e
}

// Credit adds a posting of −amount; zero amounts are left out.
func (e *Entry) Credit(a Account, amount money.Paise, t Tags) *Entry {
	return e.Debit(a, -amount, t)
}

// Because gives the entry its reason, a stable word such as "window_over".
func (e *Entry) Because(reason string) *Entry {
	e.Reason = reason
	return e
}

// Guard makes Post refuse the entry with ErrOverdrawn when it would leave the
// kept liability account with a debit balance.
func (e *Entry) Guard(a Account) *Entry {
	e.guarded = append(e.guarded, a)
	return e
}

// Post writes the entry within tx and returns it complete. Returns
// ErrUnbalanced, ErrAccount, ErrPosted when the reference is in the book
// already, and ErrOverdrawn for a guarded account.
func Post(tx *db.Tx, e *Entry) (Entry, error) {
	out, err := PostAll(tx, []*Entry{e})
	if err != nil {
		return Entry{}, err
	}
	return out[0], nil
}

// PostAll is Post for many entries in as few statements as they need: all of
// them are written or none. A guard looks at the balance after all of them.
func PostAll(tx *db.Tx, entries []*Entry) ([]Entry, error) {
	out := make([]Entry, len(entries))
	for i, e := range entries {
		if err := e.check(); err != nil {
			return nil, err
		}
		out[i] = *e
		out[i].ID, out[i].PostedAt, out[i].BusinessDate = id.New("ent"), tx.Now(), tx.Now().Date()
		out[i].Postings = append([]Posting(nil), e.Postings...)
		for k := range out[i].Postings {
			out[i].Postings[k].Pos = int64(k + 1)
		}
		out[i].Hash = out[i].digest()
	}
	for _, write := range []func(*db.Tx, []Entry) error{insertEntries, insertPostings, addBalances, addEarnings} {
		if err := write(tx, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (e *Entry) check() error {
	if len(e.Postings) < 2 {
		return ErrUnbalanced.With("An entry needs at least two postings; %s has %d. Nothing was written.", e.Reference, len(e.Postings))
	}
	var sum money.Paise
	var err error
	for _, p := range e.Postings {
		if !p.Account.Known() {
			return ErrAccount.With("There is no account %s in the chart. Nothing was written.", p.Account)
		}
		if sum, err = money.Add(sum, p.Paise); err != nil {
			return err
		}
	}
	if sum != 0 {
		return ErrUnbalanced.With("The postings of %s differ by %s. Nothing was written.", e.Reference, sum)
	}
	return nil
}

// rowsAtOnce is how many rows one statement writes.
const rowsAtOnce = 200

func insertEntries(tx *db.Tx, entries []Entry) error {
	for batch := range slices.Chunk(entries, rowsAtOnce) {
		args, waiting := make([]any, 0, 8*len(batch)), make([]any, 0, 2*len(batch))
		for _, e := range batch {
			args = append(args, e.ID, e.Reference, e.Kind, e.Reason, e.BusinessDate, e.PostedAt, e.Actor, e.Hash)
			waiting = append(waiting, e.ID, e.PostedAt)
		}
		n, err := tx.Exec(`
			INSERT INTO entries (id, reference, kind, reason, business_date, posted_at, actor, hash)
			VALUES `+db.Values(len(batch), 8)+`
			ON CONFLICT (reference) DO NOTHING`, args...)
		if err != nil {
			return err
		}
		if n != int64(len(batch)) {
			return ErrPosted
		}
		if _, err := tx.Exec(`
			INSERT INTO unsealed (entry_id, posted_at)
			VALUES `+db.Values(len(batch), 2), waiting...); err != nil {
			return err
		}
	}
	return nil
}

func insertPostings(tx *db.Tx, entries []Entry) error {
	var args []any
	for _, e := range entries {
		for _, p := range e.Postings {
			args = append(args, e.ID, p.Pos, p.Account, p.Paise, p.Order, p.Line, p.Lot, p.Artisan, p.Nature)
		}
	}
	const cols = 9
	for batch := range slices.Chunk(args, rowsAtOnce*cols) {
		if _, err := tx.Exec(`
			INSERT INTO postings (entry_id, pos, account, paise, order_id, line_id, lot_id, artisan_id, nature)
			VALUES `+db.Values(len(batch)/cols, cols), batch...); err != nil {
			return err
		}
	}
	return nil
}

// addBalances adds the entries to the kept balances, accounts in sorted order.
func addBalances(tx *db.Tx, entries []Entry) error {
	delta, guarded := map[Account]money.Paise{}, map[Account]bool{}
	for _, e := range entries {
		for _, p := range e.Postings {
			if p.Account.keeps() {
				delta[p.Account] += p.Paise
			}
		}
		for _, a := range e.guarded {
			guarded[a] = true
		}
	}
	for batch := range slices.Chunk(slices.Sorted(maps.Keys(delta)), rowsAtOnce) {
		args := make([]any, 0, 3*len(batch))
		for _, a := range batch {
			args = append(args, a, delta[a], a.payableTo())
		}
		var now []accountSum
		if err := tx.Select(&now, `
			INSERT INTO balances (account, paise, payable_to)
			VALUES `+db.Values(len(batch), 3)+`
			ON CONFLICT (account) DO UPDATE
			SET paise = balances.paise + excluded.paise
			RETURNING account, paise`, args...); err != nil {
			return err
		}
		for _, n := range now {
			if n.Paise > 0 && guarded[n.Account] {
				return ErrOverdrawn
			}
		}
	}
	return nil
}

// earning is what an artisan was credited in a month for one kind of work.
type earning struct{ artisan, month, nature string }

// addEarnings adds what the entries credit to artisans, less what they reverse.
// What only moves between the accounts of one woman comes to nothing.
func addEarnings(tx *db.Tx, entries []Entry) error {
	delta := map[earning]money.Paise{}
	for _, e := range entries {
		for _, p := range e.Postings {
			if nature := earned(p); nature != "" {
				delta[earning{p.Artisan, e.BusinessDate[:7], nature}] -= p.Paise
			}
		}
	}
	maps.DeleteFunc(delta, func(_ earning, p money.Paise) bool { return p == 0 })
	rows := slices.SortedFunc(maps.Keys(delta), func(a, b earning) int {
		return cmp.Or(cmp.Compare(a.artisan, b.artisan), cmp.Compare(a.month, b.month), cmp.Compare(a.nature, b.nature))
	})
	for batch := range slices.Chunk(rows, rowsAtOnce) {
		args := make([]any, 0, 4*len(batch))
		for _, r := range batch {
			args = append(args, r.artisan, r.month, r.nature, delta[r])
		}
		if _, err := tx.Exec(`
			INSERT INTO earnings (artisan_id, month, nature, paise)
			VALUES `+db.Values(len(batch), 4)+`
			ON CONFLICT (artisan_id, month, nature) DO UPDATE
			SET paise = earnings.paise + excluded.paise`, args...); err != nil {
			return err
		}
	}
	return nil
}

// earned is the kind of work a posting credits an artisan for: what stands
// before the colon of its nature, or "" when it is no credit for work.
func earned(p Posting) string {
	if p.Artisan == "" || p.Nature == "payout" || !strings.HasPrefix(string(p.Account), "liability:artisan:") {
		return ""
	}
	nature, _, _ := strings.Cut(p.Nature, ":")
	return nature
}

// digest is the entry's hash: SHA-256 over its fields, each written as its
// length, a colon and its bytes, in the order of the columns, then each posting
// likewise. No names of people are among them.
func (e *Entry) digest() string {
	h := sha256.New()
	put := func(fields ...string) {
		for _, f := range fields {
			h.Write([]byte(strconv.Itoa(len(f)) + ":" + f))
		}
	}
	put("saebaan entry 1", e.ID, e.Reference, e.Kind, e.Reason, e.BusinessDate,
		strconv.FormatInt(int64(e.PostedAt), 10), e.Actor, strconv.Itoa(len(e.Postings)))
	for _, p := range e.Postings {
		put(strconv.FormatInt(p.Pos, 10), string(p.Account), strconv.FormatInt(int64(p.Paise), 10),
			p.Order, p.Line, p.Lot, p.Artisan, p.Nature)
	}
	return hex.EncodeToString(h.Sum(nil))
}
