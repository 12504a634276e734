package ledger

import (
	"errors"
	"strconv"
	"strings"

	"saebaan/internal/db"
	"saebaan/internal/money"
)

// Filter chooses entries: all given parts must match. An amount is that of a
// posting, debit or credit, on the account or prefix where one is given.
type Filter struct {
	Account   Account
	Prefix    string // of an account of the entry
	Reference string // or how it begins
	Order     string
	Artisan   string
	Lot       string
	Kind      string
	Amount    money.Paise // above zero
	From      string      // business date, inclusive, or ""
	To        string      // business date, inclusive, or ""
	After     Place       // where the page before ended
	Newest    bool        // the newest first
	Limit     int
}

// beyond is above every text that begins with the same letters.
const beyond = "\U0010ffff"

// where collects the conditions of a query with their values.
type where struct {
	text []string
	args []any
}

// arg keeps a value and gives its placeholder.
func (w *where) arg(v any) string {
	w.args = append(w.args, v)
	return "$" + strconv.Itoa(len(w.args))
}

func (w *where) and(condition string) { w.text = append(w.text, condition) }

// posted asks that a posting of the entry matches.
func (w *where) posted(condition string) {
	w.and("e.id IN (SELECT p.entry_id FROM postings p WHERE " + condition + ")")
}

// onAccount is the condition on a posting's account, or "" for any.
func (w *where) onAccount(f Filter) string {
	var out []string
	if f.Account != "" {
		out = append(out, "p.account = "+w.arg(string(f.Account)))
	}
	if f.Prefix != "" {
		out = append(out, "p.account >= "+w.arg(f.Prefix)+" AND p.account < "+w.arg(f.Prefix+beyond))
	}
	return strings.Join(out, " AND ")
}

// conditions are those of a filter; an unused one is left out, so that the
// database finds its way by the ones that are there.
func (f Filter) conditions() where {
	var w where
	block, pos := w.arg(f.After.Block), w.arg(f.After.Pos)
	switch {
	case !f.Newest:
		w.and("(s.block > " + block + " OR (s.block = " + block + " AND s.pos > " + pos + "))")
	case f.After.Block > 0:
		w.and("(s.block < " + block + " OR (s.block = " + block + " AND s.pos < " + pos + "))")
	default:
		w.and("s.block > " + block + " AND s.pos > " + pos)
	}
	if f.From != "" {
		w.and("e.business_date >= " + w.arg(f.From))
	}
	if f.To != "" {
		w.and("e.business_date <= " + w.arg(f.To))
	}
	if f.Reference != "" {
		w.and("e.reference >= " + w.arg(f.Reference) + " AND e.reference < " + w.arg(f.Reference+beyond))
	}
	if f.Kind != "" {
		w.and("e.kind = " + w.arg(f.Kind))
	}
	for _, tag := range [][2]string{{"order_id", f.Order}, {"artisan_id", f.Artisan}, {"lot_id", f.Lot}} {
		if tag[1] != "" { // the second half lets the partial index be used
			w.posted("p." + tag[0] + " = " + w.arg(tag[1]) + " AND p." + tag[0] + " <> ''")
		}
	}
	account := w.onAccount(f)
	if f.Amount != 0 {
		amount := "p.paise IN (" + w.arg(int64(f.Amount)) + ", " + w.arg(-int64(f.Amount)) + ")"
		if account != "" {
			amount += " AND " + account
		}
		account = amount
	}
	if account != "" {
		w.posted(account)
	}
	return w
}

// Entries lists sealed entries in the order of the book, or the newest first,
// with their postings.
func Entries(tx *db.Tx, f Filter) ([]Sealed, error) {
	w := f.conditions()
	order := "s.block, s.pos"
	if f.Newest {
		order = "s.block DESC, s.pos DESC"
	}
	var out []Sealed
	err := tx.Select(&out, `
		SELECT e.id, e.reference, e.kind, e.reason, e.business_date, e.posted_at, e.actor, e.hash,
			s.block, s.pos AS seal_pos
		FROM seals s
		JOIN entries e ON e.id = s.entry_id
		WHERE `+strings.Join(w.text, "\n			AND ")+`
		ORDER BY `+order+`
		LIMIT `+w.arg(f.Limit), w.args...)
	if err != nil {
		return nil, err
	}
	return out, attachPostings(tx, out)
}

// EntryByID finds one entry with its postings and its place, which is zero until
// it is sealed. Returns ErrNoEntry.
func EntryByID(tx *db.Tx, id string) (Sealed, error) {
	var e Sealed
	err := tx.Get(&e, `
		SELECT e.id, e.reference, e.kind, e.reason, e.business_date, e.posted_at, e.actor, e.hash,
			COALESCE(s.block, 0) AS block, COALESCE(s.pos, 0) AS seal_pos
		FROM entries e
		LEFT JOIN seals s ON s.entry_id = e.id
		WHERE e.id = $1`, id)
	if errors.Is(err, db.ErrNone) {
		return e, ErrNoEntry
	}
	if err != nil {
		return e, err
	}
	one := []Sealed{e}
	err = attachPostings(tx, one)
	return one[0], err
}
