package orders

import (
	"context"
	"errors"

	"saebaan/catalog"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/gst"
	"saebaan/internal/money"
)

type orderRow struct {
	ID           string       `db:"id"`
	State        State        `db:"state"`
	Payment      PaymentState `db:"payment_state"`
	Method       Method       `db:"method"`
	AccessHash   string       `db:"access_hash"`
	BuyerName    string       `db:"buyer_name"`
	BuyerPhone   string       `db:"buyer_phone"`
	BuyerEmail   string       `db:"buyer_email"`
	House        string       `db:"house"`
	Landmark     string       `db:"landmark"`
	City         string       `db:"city"`
	StateCode    string       `db:"state_code"`
	PIN          string       `db:"pin"`
	Language     string       `db:"language"`
	SellerState  string       `db:"seller_state"`
	Total        money.Paise  `db:"total_paise"`
	Taxable      money.Paise  `db:"taxable_paise"`
	CGST         money.Paise  `db:"cgst_paise"`
	SGST         money.Paise  `db:"sgst_paise"`
	IGST         money.Paise  `db:"igst_paise"`
	Rounding     money.Paise  `db:"rounding_paise"`
	BusinessDate string       `db:"business_date"`
	PlacedAt     db.Time      `db:"placed_at"`
	ExpiresAt    *db.Time     `db:"expires_at"`
	ConfirmedAt  *db.Time     `db:"confirmed_at"`
	ClosedAt     *db.Time     `db:"closed_at"`
	RefundDue    money.Paise  `db:"refund_due"`
	Registration string       `db:"registration"`
	BuyerGSTIN   string       `db:"buyer_gstin"`
	CouponID     string       `db:"coupon_id"`
	CouponCode   string       `db:"coupon_code"`
	Dispute      DisputeState `db:"dispute"`
	EndedBecause string       `db:"ended_because"`
	ExchangeOf   string       `db:"exchange_of"`
	OpenToken    string       `db:"open_token"`
}

const orderColumns = `o.id, o.state, o.payment_state, o.method, o.access_hash, o.buyer_name, o.buyer_phone, o.buyer_email, o.house, o.landmark,
			o.city, o.state_code, o.pin, o.language, o.seller_state, o.total_paise, o.taxable_paise, o.cgst_paise, o.sgst_paise, o.igst_paise,
			o.rounding_paise, o.business_date, o.placed_at, o.expires_at, o.confirmed_at, o.closed_at,
			o.registration, o.buyer_gstin, o.coupon_id, o.coupon_code, o.dispute, o.ended_because, o.exchange_of,
			COALESCE((SELECT b.token FROM open_books b WHERE b.order_id = o.id), '') AS open_token,
			CAST(COALESCE((SELECT SUM(r.amount_paise) FROM refunds r WHERE r.order_id = o.id AND r.state <> 'paid'), 0) AS BIGINT) AS refund_due`

func (r orderRow) order() Order {
	return Order{ID: r.ID, State: r.State, Payment: r.Payment, Method: r.Method,
		Buyer:    Buyer{r.BuyerName, r.BuyerPhone, r.BuyerEmail, r.BuyerGSTIN},
		Address:  Address{r.House, r.Landmark, r.City, r.StateCode, r.PIN},
		Language: r.Language, SellerState: r.SellerState, Total: r.Total, Taxable: r.Taxable,
		Tax: gst.Tax{CGST: r.CGST, SGST: r.SGST, IGST: r.IGST}, Rounding: r.Rounding, BusinessDate: r.BusinessDate,
		PlacedAt: r.PlacedAt, ExpiresAt: r.ExpiresAt, ConfirmedAt: r.ConfirmedAt, ClosedAt: r.ClosedAt, RefundDue: r.RefundDue,
		Registration: r.Registration, CouponID: r.CouponID, CouponCode: r.CouponCode, Dispute: r.Dispute,
		EndedBecause: r.EndedBecause, ExchangeOf: r.ExchangeOf, OpenToken: r.OpenToken, access: r.AccessHash}
}

// staff are the roles that see every order.
var staff = []auth.Role{auth.Administrator, auth.Preparer, auth.Approver}

// Order reads an order: staff see all, a buyer the one her cart's token opened.
// Another's order is ErrNotFound.
func (s *Service) Order(ctx context.Context, actor auth.Actor, order string) (Order, error) {
	var o Order
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		var err error
		o, err = readOrder(tx, actor, order)
		return err
	})
	return o, err
}

// readOrder reads an order whole, for somebody who may see it.
func readOrder(tx *db.Tx, actor auth.Actor, order string) (Order, error) {
	row, err := rowFor(tx, actor, order)
	if err != nil {
		return Order{}, err
	}
	return withParts(tx, row)
}

// rowFor is the one place that decides who may see an order; it reads no parts.
func rowFor(tx *db.Tx, actor auth.Actor, order string) (orderRow, error) {
	row, err := orderByID(tx, order)
	if err != nil {
		return row, err
	}
	own := actor.GuestHash != "" && actor.GuestHash == row.AccessHash
	if !own && actor.Require(staff...) != nil {
		return row, ErrNotFound
	}
	return row, nil
}

// orderLines reads an order's lines, without their heads.
func orderLines(tx *db.Tx, order string) ([]Line, error) {
	var out []Line
	err := tx.Select(&out, `
		SELECT id, kind, product_id, variant_id, set_variant, card_id, sku, size, title_en, title_hi, title_ur, quantity, cancelled,
			made_to_order, hsn, rate_bp, list_paise, full_tag_paise, tag_paise, taxable_paise, cgst_paise, sgst_paise, igst_paise, rounding_paise
		FROM order_lines
		WHERE order_id = $1
		ORDER BY pos`, order)
	return out, err
}

// loadOrder reads an order for a worker.
func loadOrder(tx *db.Tx, order string) (Order, error) {
	row, err := orderByID(tx, order)
	if err != nil {
		return Order{}, err
	}
	return withParts(tx, row)
}

func orderByID(tx *db.Tx, order string) (orderRow, error) {
	var row orderRow
	err := tx.Get(&row, `
		SELECT `+orderColumns+`
		FROM orders o
		WHERE o.id = $1`, order)
	if errors.Is(err, db.ErrNone) {
		return row, ErrNotFound
	}
	return row, err
}

func withParts(tx *db.Tx, row orderRow) (Order, error) {
	o := row.order()
	var err error
	if o.Lines, err = orderLines(tx, o.ID); err != nil {
		return o, err
	}
	var heads []struct {
		Line string `db:"line_id"`
		catalog.Head
	}
	if err := tx.Select(&heads, `
		SELECT h.line_id, h.kind, h.head, h.paise, h.minutes, h.shares
		FROM order_line_heads h
		JOIN order_lines l ON l.id = h.line_id
		WHERE l.order_id = $1
		ORDER BY h.line_id, h.pos`, o.ID); err != nil {
		return o, err
	}
	for _, h := range heads {
		for i := range o.Lines {
			if o.Lines[i].ID == h.Line {
				o.Lines[i].Heads = append(o.Lines[i].Heads, h.Head)
			}
		}
	}
	if err := tx.Select(&o.Shipments, `
		SELECT id, order_id, carrier, tracking, dispatched_at, delivered_at
		FROM shipments
		WHERE order_id = $1
		ORDER BY id`, o.ID); err != nil {
		return o, err
	}
	return o, tx.Select(&o.Allocations, `
		SELECT `+allocationColumns+`
		FROM allocations
		WHERE order_id = $1
		ORDER BY id`, o.ID)
}

const allocationColumns = `id, order_id, line_id, lot_id, pieces, returned, state, shipment_id, dispatched_at, delivered_at, release_at, released_at`

// Orders lists up to limit orders before an id, newest first, without their
// lines, for staff.
func (s *Service) Orders(ctx context.Context, actor auth.Actor, before string, limit int) ([]Order, error) {
	if err := actor.Require(staff...); err != nil {
		return nil, err
	}
	if before == "" {
		before = "ord_~"
	}
	var rows []orderRow
	if err := s.db.Select(ctx, &rows, `
		SELECT `+orderColumns+`
		FROM orders o
		WHERE o.id < $1
		ORDER BY o.id DESC
		LIMIT $2`, before, limit); err != nil {
		return nil, err
	}
	out, at, ids := make([]Order, len(rows)), map[string]int{}, make([]any, len(rows))
	for i, r := range rows {
		out[i], at[r.ID], ids[i] = r.order(), i, r.ID
	}
	if len(ids) == 0 {
		return out, nil
	}
	var allocations []Allocation
	if err := s.db.Select(ctx, &allocations, `
		SELECT `+allocationColumns+`
		FROM allocations
		WHERE order_id IN (`+db.List(1, len(ids))+`)
		ORDER BY order_id, id`, ids...); err != nil {
		return nil, err
	}
	for _, a := range allocations {
		o := &out[at[a.OrderID]]
		o.Allocations = append(o.Allocations, a)
	}
	return out, nil
}

// Payments lists the payment attempts of an order that the actor may see.
func (s *Service) Payments(ctx context.Context, actor auth.Actor, order string) ([]PaymentRow, error) {
	var out []PaymentRow
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		if _, err := readOrder(tx, actor, order); err != nil {
			return err
		}
		return tx.Select(&out, `
			SELECT `+paymentColumns+`
			FROM payments
			WHERE order_id = $1
			ORDER BY id`, order)
	})
	return out, err
}
