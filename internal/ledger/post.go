package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strconv"

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
	if err := e.check(); err != nil {
		return Entry{}, err
	}
	out := *e
	out.ID, out.PostedAt, out.BusinessDate = id.New("ent"), tx.Now(), tx.Now().Date()
	out.Postings = append([]Posting(nil), e.Postings...)
	for i := range out.Postings {
		out.Postings[i].Pos = int64(i + 1)
	}
	out.Hash = out.digest()
	n, err := tx.Exec(`
		INSERT INTO entries (id, reference, kind, reason, business_date, posted_at, actor, hash)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (reference) DO NOTHING`,
		out.ID, out.Reference, out.Kind, out.Reason, out.BusinessDate, out.PostedAt, out.Actor, out.Hash)
	if err != nil {
		return Entry{}, err
	}
	if n == 0 {
		return Entry{}, ErrPosted
	}
	if err := insertPostings(tx, out.ID, out.Postings); err != nil {
		return Entry{}, err
	}
	if _, err := tx.Exec(`
		INSERT INTO unsealed (entry_id, posted_at)
		VALUES ($1, $2)`, out.ID, out.PostedAt); err != nil {
		return Entry{}, err
	}
	return out, addBalances(tx, &out)
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

func insertPostings(tx *db.Tx, entry string, postings []Posting) error {
	const cols, most = 9, 100
	for len(postings) > 0 {
		batch := postings[:min(most, len(postings))]
		postings = postings[len(batch):]
		args := make([]any, 0, len(batch)*cols)
		for _, p := range batch {
			args = append(args, entry, p.Pos, p.Account, p.Paise, p.Order, p.Line, p.Lot, p.Artisan, p.Nature)
		}
		if _, err := tx.Exec(`
			INSERT INTO postings (entry_id, pos, account, paise, order_id, line_id, lot_id, artisan_id, nature)
			VALUES `+db.Values(len(batch), cols), args...); err != nil {
			return err
		}
	}
	return nil
}

// addBalances adds the entry to the kept balances in one statement, accounts in
// sorted order.
func addBalances(tx *db.Tx, e *Entry) error {
	delta := map[Account]money.Paise{}
	for _, p := range e.Postings {
		if p.Account.keeps() {
			delta[p.Account] += p.Paise
		}
	}
	accounts := slices.Sorted(maps.Keys(delta))
	const cols, most = 3, 300
	for len(accounts) > 0 {
		batch := accounts[:min(most, len(accounts))]
		accounts = accounts[len(batch):]
		args := make([]any, 0, len(batch)*cols)
		for _, a := range batch {
			args = append(args, a, delta[a], a.payableTo())
		}
		var now []accountSum
		if err := tx.Select(&now, `
			INSERT INTO balances (account, paise, payable_to)
			VALUES `+db.Values(len(batch), cols)+`
			ON CONFLICT (account) DO UPDATE
			SET paise = balances.paise + excluded.paise
			RETURNING account, paise`, args...); err != nil {
			return err
		}
		for _, n := range now {
			if n.Paise > 0 && slices.Contains(e.guarded, n.Account) {
				return ErrOverdrawn
			}
		}
	}
	return nil
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
