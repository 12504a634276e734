package orders

import (
	"context"
	"errors"
	"slices"
	"strings"

	"saebaan/catalog"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/fault"
	"saebaan/internal/id"
	"saebaan/internal/idem"
	"saebaan/internal/money"
)

// The faults of returns.
var (
	ErrReturn       = fault.New(fault.Invalid, "orders.return", "This return cannot be recorded. Nothing was changed.")
	ErrReturnWindow = fault.New(fault.Conflict, "orders.return_window", "The time for a return is over. Nothing was changed; please write to us.")
	ErrReturnPolicy = fault.New(fault.Conflict, "orders.return_policy", "A piece that was made for you is taken back only for a defect or a mistake of ours. Nothing was changed.")
	ErrExchange     = fault.New(fault.Conflict, "orders.exchange", "This piece cannot be exchanged for that one. Nothing was changed; return it and order anew.")
)

// ReturnState is where a return stands.
type ReturnState string

// The states of a return.
const (
	ReturnRequested ReturnState = "requested"
	ReturnReceived  ReturnState = "received" // the pieces are here and everything is entered
	ReturnRefused   ReturnState = "refused"
	ReturnWithdrawn ReturnState = "withdrawn"
)

// Reason is why pieces come back; it decides who bears the loss (DESIGN §4.3).
type Reason string

// The reasons.
const (
	Defect      Reason = "defect"
	Courier     Reason = "courier" // damaged or lost on the way
	WrongPiece  Reason = "wrong_piece"
	Size        Reason = "size"
	ChangedMind Reason = "changed_mind"
)

// Reasons lists them in the order to offer them.
func Reasons() []Reason { return []Reason{Size, Defect, WrongPiece, Courier, ChangedMind} }

// ours reports whether the trust, a maker or the carrier is at fault, so that
// the buyer gets her delivery charge back too.
func (r Reason) ours() bool { return r == Defect || r == Courier || r == WrongPiece }

// Outcome is what becomes of a returned piece.
type Outcome string

// The outcomes.
const (
	Restock Outcome = "restock"  // into a lot of one of the trust's own
	ToMaker Outcome = "to_maker" // hers again: she made all of it and has accepted the defect
	Spoiled Outcome = "spoiled"  // set aside until two people have written it off
)

// Return is pieces of an order that come back.
type Return struct {
	ID              string      `db:"id"`
	OrderID         string      `db:"order_id"`
	State           ReturnState `db:"state"`
	Reason          Reason      `db:"reason"`
	Note            string      `db:"note"`             // the buyer's words
	Answer          string      `db:"answer"`           // the shop's, when it refuses
	ExchangeVariant string      `db:"exchange_variant"` // wanted instead, or ""
	ExchangeOrder   string      `db:"exchange_order"`   // that replaces them, or ""
	Refund          money.Paise `db:"refund_paise"`
	RequestedBy     string      `db:"requested_by"`
	RequestedAt     db.Time     `db:"requested_at"`
	DecidedBy       string      `db:"decided_by"`
	DecidedAt       *db.Time    `db:"decided_at"`
	Lines           []ReturnLine
}

// ReturnLine is some pieces of one allocation in a return.
type ReturnLine struct {
	ReturnID   string  `db:"return_id"`
	Allocation string  `db:"allocation_id"`
	LineID     string  `db:"line_id"`
	Pieces     int64   `db:"pieces"`
	FromPiece  int64   `db:"from_piece"`
	Outcome    Outcome `db:"outcome"`
	AtFault    string  `db:"at_fault"` // the maker who has accepted the defect
}

const returnColumns = `id, order_id, state, reason, note, answer, exchange_variant, exchange_order, refund_paise, requested_by, requested_at, decided_by, decided_at`

// ReturnInput asks to send pieces of a line back.
type ReturnInput struct {
	Order    string
	Line     string
	Pieces   int64
	Reason   Reason
	Note     string
	Exchange string // the variant wanted instead, of the same product and price
}

func (in *ReturnInput) check() error {
	in.Note = strings.TrimSpace(in.Note)
	switch {
	case in.Pieces < 1 || in.Pieces > 100_000:
		return ErrReturn.At("pieces", "one piece or more")
	case !slices.Contains(Reasons(), in.Reason):
		return ErrReturn.At("reason", "one of size, defect, wrong_piece, courier, changed_mind")
	case len(in.Note) > 1_000:
		return ErrReturn.At("note", "up to 1,000 characters")
	}
	return nil
}

// RequestReturn asks to send pieces back: the buyer within the return window,
// an administrator at any time after dispatch. Nothing is refunded before the
// pieces are here.
func (s *Service) RequestReturn(ctx context.Context, actor auth.Actor, key string, in ReturnInput) (Return, error) {
	if err := in.check(); err != nil {
		return Return{}, err
	}
	return idem.Write(ctx, s.db, idem.Scope{Principal: actor.Principal(), Operation: "orders.return", Key: key}, in,
		func(tx *db.Tx) (Return, error) {
			o, err := readOrder(tx, actor, in.Order)
			if err != nil {
				return Return{}, err
			}
			shop := actor.Has(auth.Administrator)
			if !shop && !o.ownedBy(actor) {
				return Return{}, auth.ErrForbidden
			}
			line := o.Line(in.Line)
			if line.ID == "" || line.Kind != Goods {
				return Return{}, ErrNotFound
			}
			if o.Dispute == DisputeOpen {
				return Return{}, ErrDisputed
			}
			if line.MadeToOrder && !in.Reason.ours() {
				return Return{}, ErrReturnPolicy
			}
			r := Return{ID: id.New("ret"), OrderID: o.ID, State: ReturnRequested, Reason: in.Reason, Note: in.Note,
				ExchangeVariant: in.Exchange, RequestedBy: actor.String(), RequestedAt: tx.Now()}
			if err := fitsExchange(tx, line, in.Exchange); err != nil {
				return Return{}, err
			}
			if r.Lines, err = s.returnable(tx, o, in, shop); err != nil {
				return Return{}, err
			}
			if err := insertReturn(tx, r); err != nil {
				return Return{}, err
			}
			return r, mailStep(tx, o.ID, "return_requested")
		})
}

// returnable chooses the allocations that give the pieces, in order.
func (s *Service) returnable(tx *db.Tx, o Order, in ReturnInput, shop bool) ([]ReturnLine, error) {
	asked, err := askedBack(tx, o.ID)
	if err != nil {
		return nil, err
	}
	var out []ReturnLine
	left := in.Pieces
	late := false
	for _, a := range o.Allocations {
		if a.LineID != in.Line || a.DispatchedAt == nil {
			continue
		}
		if !shop && tx.Now() > s.returnableUntil(a) {
			late = true
			continue
		}
		take := min(left, a.Pieces-a.Returned-asked[a.ID])
		if take <= 0 {
			continue
		}
		out = append(out, ReturnLine{Allocation: a.ID, LineID: a.LineID, Pieces: take})
		if left -= take; left == 0 {
			return out, nil
		}
	}
	if late {
		return nil, ErrReturnWindow
	}
	return nil, ErrState.With("Not that many pieces of this line have been sent and not come back. Nothing was changed.")
}

// returnableUntil is the end of the return window: after delivery, or after the
// days that stand for a delivery nobody reported.
func (s *Service) returnableUntil(a Allocation) db.Time {
	if a.DeliveredAt != nil {
		return a.DeliveredAt.Add(days(s.settings.ReturnDays))
	}
	return a.DispatchedAt.Add(days(s.settings.NoNewsDays + s.settings.ReturnDays))
}

// askedBack is how many pieces of each allocation stand in open requests.
func askedBack(tx *db.Tx, order string) (map[string]int64, error) {
	var rows []struct {
		Allocation string `db:"allocation_id"`
		Pieces     int64  `db:"pieces"`
	}
	err := tx.Select(&rows, `
		SELECT l.allocation_id, CAST(SUM(l.pieces) AS BIGINT) AS pieces
		FROM return_lines l
		JOIN returns r ON r.id = l.return_id
		WHERE r.order_id = $1 AND r.state = 'requested'
		GROUP BY l.allocation_id
		ORDER BY l.allocation_id`, order)
	out := make(map[string]int64, len(rows))
	for _, r := range rows {
		out[r.Allocation] = r.Pieces
	}
	return out, err
}

// fitsExchange refuses an exchange that is not for another size of the same
// piece at the same price, or that a set or a sold-out size would need.
func fitsExchange(tx *db.Tx, line Line, variant string) error {
	if variant == "" {
		return nil
	}
	offers, err := catalog.Offers(tx, []string{variant})
	if err != nil {
		return err
	}
	o, ok := offers[variant]
	if !ok || o.ProductID != line.ProductID || o.VariantID == line.VariantID || len(o.Parts) > 0 || o.Card.Tag != line.FullTag {
		return ErrExchange
	}
	return nil
}

func insertReturn(tx *db.Tx, r Return) error {
	if _, err := tx.Exec(`
		INSERT INTO returns (id, order_id, state, reason, note, exchange_variant, requested_by, requested_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		r.ID, r.OrderID, r.State, r.Reason, r.Note, r.ExchangeVariant, r.RequestedBy, r.RequestedAt); err != nil {
		return err
	}
	args := make([]any, 0, 3*len(r.Lines))
	for _, l := range r.Lines {
		args = append(args, r.ID, l.Allocation, l.Pieces)
	}
	_, err := tx.Exec(`
		INSERT INTO return_lines (return_id, allocation_id, pieces)
		VALUES `+db.Values(len(r.Lines), 3), args...)
	return err
}

// EndReturn closes a request without taking anything back: the buyer withdraws
// it, or an administrator refuses it with a note.
func (s *Service) EndReturn(ctx context.Context, actor auth.Actor, key string, in ReturnEnd) (Return, error) {
	in.Note = strings.TrimSpace(in.Note)
	if len(in.Note) > 1_000 {
		return Return{}, ErrReturn.At("note", "up to 1,000 characters")
	}
	return idem.Write(ctx, s.db, idem.Scope{Principal: actor.Principal(), Operation: "orders.return_end", Key: key}, in,
		func(tx *db.Tx) (Return, error) {
			r, o, err := readReturn(tx, actor, in.Return)
			if err != nil {
				return Return{}, err
			}
			to, step := ReturnWithdrawn, ""
			if actor.Has(auth.Administrator) {
				if in.Note == "" {
					return Return{}, ErrReturn.At("note", "a refusal needs a reason the buyer can read")
				}
				to, step = ReturnRefused, "return_refused"
			} else if !o.ownedBy(actor) {
				return Return{}, auth.ErrForbidden
			}
			if err := decideReturn(tx, actor, r, to); err != nil {
				return Return{}, err
			}
			if in.Note != "" {
				if _, err := tx.Exec(`
					UPDATE returns
					SET answer = $1
					WHERE id = $2`, in.Note, r.ID); err != nil {
					return Return{}, err
				}
			}
			if step != "" {
				if err := mailStep(tx, r.OrderID, step); err != nil {
					return Return{}, err
				}
			}
			return loadReturn(tx, r.ID)
		})
}

// ReturnEnd names a return to close and why.
type ReturnEnd struct {
	Return string
	Note   string
}

func decideReturn(tx *db.Tx, actor auth.Actor, r Return, to ReturnState) error {
	if !can(ReturnMoves, r.State, to) {
		return ErrState.With("A return that is %s cannot be changed. Nothing was changed.", r.State)
	}
	n, err := tx.Exec(`
		UPDATE returns
		SET state = $1, decided_by = $2, decided_at = $3
		WHERE id = $4 AND state = 'requested'`, to, actor.String(), tx.Now(), r.ID)
	if err == nil && n == 0 {
		err = ErrState
	}
	return err
}

// readReturn reads a return of an order that the actor may see.
func readReturn(tx *db.Tx, actor auth.Actor, returnID string) (Return, Order, error) {
	r, err := loadReturn(tx, returnID)
	if err != nil {
		return r, Order{}, err
	}
	o, err := readOrder(tx, actor, r.OrderID)
	return r, o, err
}

func loadReturn(tx *db.Tx, returnID string) (Return, error) {
	var r Return
	err := tx.Get(&r, `
		SELECT `+returnColumns+`
		FROM returns
		WHERE id = $1`, returnID)
	if errors.Is(err, db.ErrNone) {
		return r, ErrNotFound
	}
	if err != nil {
		return r, err
	}
	return r, tx.Select(&r.Lines, `
		SELECT l.return_id, l.allocation_id, a.line_id, l.pieces, l.from_piece, l.outcome, l.at_fault
		FROM return_lines l
		JOIN allocations a ON a.id = l.allocation_id
		WHERE l.return_id = $1
		ORDER BY l.allocation_id`, returnID)
}

// Return reads a return of an order that the actor may see.
func (s *Service) Return(ctx context.Context, actor auth.Actor, returnID string) (Return, error) {
	var r Return
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		var err error
		r, _, err = readReturn(tx, actor, returnID)
		return err
	})
	return r, err
}

// Returns lists the returns of an order, or, for staff with order "", up to 200
// requests that wait.
func (s *Service) Returns(ctx context.Context, actor auth.Actor, order string) ([]Return, error) {
	var out []Return
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		var ids []string
		if order == "" {
			if err := actor.Require(staff...); err != nil {
				return err
			}
			if err := tx.Select(&ids, `
				SELECT id
				FROM returns
				WHERE state = 'requested'
				ORDER BY id
				LIMIT 200`); err != nil {
				return err
			}
		} else {
			if _, err := readOrder(tx, actor, order); err != nil {
				return err
			}
			if err := tx.Select(&ids, `
				SELECT id
				FROM returns
				WHERE order_id = $1
				ORDER BY id`, order); err != nil {
				return err
			}
		}
		for _, one := range ids {
			r, err := loadReturn(tx, one)
			if err != nil {
				return err
			}
			out = append(out, r)
		}
		return nil
	})
	return out, err
}
