package payouts

import (
	"cmp"
	"slices"

	"saebaan/artisans"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/ledger"
	"saebaan/internal/money"
)

// Slip is a statement as it is given out on paper: all that is printed, and
// nothing that a setting decides. Sums are paise owed to her, and
// Opening + Earned + Late + Other − Paid = Owed.
type Slip struct {
	ID       string        `json:"-"` // "" while the period runs
	Artisan  string        `json:"artisan"`
	NameEn   string        `json:"name_en"`
	NameHi   string        `json:"name_hi"`
	NameUr   string        `json:"name_ur"`
	From     string        `json:"from"`
	To       string        `json:"to"`
	MadeAt   db.Time       `json:"made_at"`
	Block    int64         `json:"block"`   // all of the book up to here is in it
	Head     string        `json:"head"`    // the block's hash
	Opening  money.Paise   `json:"opening"` // owed before the period
	Earned   money.Paise   `json:"earned"`  // in the period, as in Statement
	Late     money.Paise   `json:"late"`    // of earlier periods, entered after their statement was given out
	Other    money.Paise   `json:"other"`   // taken back, tax, her group, advances
	Paid     money.Paise   `json:"paid"`
	Owed     money.Paise   `json:"owed"` // at the end of the period, wherever it stands
	Payments []SlipPayment `json:"payments"`
	Pieces   []SlipPiece   `json:"pieces"`

	pictures map[string][]byte // by name
}

// SlipPayment is money that left for her, or, negative, that came back.
type SlipPayment struct {
	Date  string      `json:"date"`
	Paise money.Paise `json:"paise"`
	Rail  string      `json:"rail"`
	Group bool        `json:"group"` // through the account of her group
}

// SlipPiece is a piece that she worked on in the period.
type SlipPiece struct {
	Picture string      `json:"picture"` // its name among the photos
	Paise   money.Paise `json:"paise"`   // what she earned with it in the period
}

// Over reports whether the facts are frozen.
func (sl Slip) Over() bool { return sl.ID != "" }

// slipLine is a movement of her money with how it was paid.
type slipLine struct {
	StatementLine
	Rail  string `db:"rail"`
	Group string `db:"group_id"`
}

const (
	mostPieces = 4   // pictures of a slip
	mostLots   = 500 // that are looked at for them, those that earned most
)

// slipOf reads a slip from the sealed book. before is the newest statement given
// out of a period that ended before this one; what was sealed after it with a
// date it covers is Late.
func slipOf(tx *db.Tx, a artisans.Artisan, from, to string) (Slip, map[string]money.Paise, error) {
	sl := Slip{Artisan: a.ID, NameEn: a.NameEn, NameHi: a.NameHi, NameUr: a.NameUr, From: from, To: to, MadeAt: tx.Now()}
	head, err := ledger.HeadBlock(tx)
	if err != nil {
		return sl, nil, err
	}
	sl.Block, sl.Head = head.No, head.Hash
	before, err := slipBefore(tx, a.ID, from)
	if err != nil {
		return sl, nil, err
	}
	var lines []slipLine
	if err := tx.Select(&lines, `
		SELECT e.id AS entry_id, s.block, e.business_date, e.kind, e.reason, p.account, p.nature, p.order_id, p.lot_id, p.paise,
			COALESCE(i.rail, '') AS rail, COALESCE(i.group_id, '') AS group_id
		FROM postings p
		JOIN entries e ON e.id = p.entry_id
		JOIN seals s ON s.entry_id = p.entry_id
		LEFT JOIN payout_items i ON i.id = CASE e.kind WHEN 'paid' THEN SUBSTR(e.reference, 6) WHEN 'returned' THEN SUBSTR(e.reference, 10) ELSE '' END
		WHERE p.artisan_id = $1 AND e.business_date <= $2
		ORDER BY s.block, s.pos, p.pos`, a.ID, to); err != nil {
		return sl, nil, err
	}
	return sl, sl.add(lines, before), nil
}

// slipBefore is block and end of the newest statement given out of a period that
// ended before from.
func slipBefore(tx *db.Tx, artisan, from string) (Slip, error) {
	var rows []struct {
		Block int64  `db:"block"`
		To    string `db:"to_date"`
	}
	err := tx.Select(&rows, `
		SELECT block, to_date
		FROM statements
		WHERE artisan_id = $1 AND to_date < $2
		ORDER BY to_date DESC, block DESC
		LIMIT 1`, artisan, from)
	if err != nil || len(rows) == 0 {
		return Slip{}, err
	}
	return Slip{Block: rows[0].Block, To: rows[0].To}, nil
}

// add sums the lines, and gives what she earned in the period by lot.
func (sl *Slip) add(lines []slipLine, before Slip) map[string]money.Paise {
	byLot := map[string]money.Paise{}
	hers := []ledger.Account{ledger.Held(sl.Artisan), ledger.Payable(sl.Artisan), ledger.Claimed(sl.Artisan), ledger.InTransit(sl.Artisan)}
	for _, l := range lines {
		account, in := ledger.Account(l.Account), l.BusinessDate >= sl.From
		if slices.Contains(hers, account) {
			sl.Owed -= l.Paise
			switch {
			case in && (l.Kind == "sale" || l.Kind == "accept"):
				sl.Earned -= l.Paise
				byLot[l.Lot] -= l.Paise
			case in:
				sl.Other -= l.Paise
			case l.BusinessDate <= before.To && l.Block > before.Block:
				sl.Late -= l.Paise
			default:
				sl.Opening -= l.Paise
			}
		}
		out := account == ledger.Bank(MainBank) || account == ledger.Till(OfficeTill)
		if in && out && l.Nature == payoutNature {
			sl.Paid -= l.Paise
			sl.Payments = append(sl.Payments, SlipPayment{l.BusinessDate, -l.Paise, l.Rail, l.Group != ""})
		}
	}
	sl.Other += sl.Paid // what was paid left her accounts too
	slices.Reverse(sl.Payments)
	slices.SortStableFunc(sl.Payments, func(a, b SlipPayment) int { return cmp.Compare(b.Date, a.Date) })
	return byLot
}

// show chooses the pieces whose pictures are on the slip: those she earned most
// with, of each photo one.
func (sl *Slip) show(tx *db.Tx, shelf Shelf, byLot map[string]money.Paise) error {
	lots := make([]string, 0, len(byLot))
	for lot, p := range byLot {
		if lot != "" && p > 0 {
			lots = append(lots, lot)
		}
	}
	slices.SortFunc(lots, func(a, b string) int { return cmp.Or(cmp.Compare(byLot[b], byLot[a]), cmp.Compare(a, b)) })
	lots = lots[:min(len(lots), mostLots)]
	photos, err := shelf(tx, lots)
	if err != nil {
		return err
	}
	sums := map[string]money.Paise{}
	for _, lot := range lots {
		if name := photos[lot]; name != "" {
			sums[name] += byLot[lot]
		}
	}
	for name, p := range sums {
		sl.Pieces = append(sl.Pieces, SlipPiece{name, p})
	}
	slices.SortFunc(sl.Pieces, func(a, b SlipPiece) int {
		return cmp.Or(cmp.Compare(b.Paise, a.Paise), cmp.Compare(a.Picture, b.Picture))
	})
	sl.Pieces = sl.Pieces[:min(len(sl.Pieces), mostPieces)]
	return nil
}

// keep leaves only the pieces whose picture is at hand.
func (sl *Slip) keep(pictures map[string][]byte) {
	sl.pictures = pictures
	sl.Pieces = slices.DeleteFunc(sl.Pieces, func(p SlipPiece) bool { return pictures[p.Picture] == nil })
}

// auditSlip is what the audit keeps of a statement that was given out.
func auditSlip(tx *db.Tx, actor auth.Actor, sl Slip) error {
	return auth.Audit(tx, actor, "statement.issue", sl.Artisan, sl.From+" "+sl.To)
}
