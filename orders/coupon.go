package orders

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"time"

	"saebaan/catalog"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/fault"
	"saebaan/internal/id"
	"saebaan/internal/idem"
	"saebaan/internal/money"
)

// The faults of coupons.
var (
	ErrCoupon      = fault.New(fault.Invalid, "orders.coupon", "This coupon cannot be saved. Nothing was written.")
	ErrCouponTaken = fault.New(fault.Conflict, "orders.coupon_taken", "There is already a coupon with this code. Nothing was saved.")
	ErrNoCoupon    = fault.New(fault.NotFound, "orders.no_coupon", "There is no such coupon, or it is over. Nothing was ordered; take the code out.")
	ErrCouponUsed  = fault.New(fault.Conflict, "orders.coupon_used", "This coupon has been used as often as it may be. Nothing was ordered; take the code out.")
	ErrCouponLeast = fault.New(fault.Conflict, "orders.coupon_least", "The cart is too small for this coupon. Nothing was ordered.")
	ErrCouponShort = fault.New(fault.Conflict, "orders.coupon_short", "This coupon would take from what the makers and the costs need. Nothing was ordered; take the code out.")
)

// The kinds of coupons.
const (
	Fixed   = "fixed"
	Percent = "percent"
)

// Coupon takes an amount off the price before tax. It is borne by the running
// cost, then the fund, then the makers' balance, and never by costs or wages
// (DESIGN §4.1): what those would have to give comes from a named subsidy, or
// the coupon is refused.
type Coupon struct {
	ID       string            `db:"id"`
	Code     string            `db:"code"`
	Kind     string            `db:"kind"`
	Paise    money.Paise       `db:"paise"`       // of a fixed one, off the whole cart
	Rate     money.BasisPoints `db:"rate_bp"`     // of a percent one
	Least    money.Paise       `db:"least_paise"` // the cart before tax must come to this; 0 is any
	Most     money.Paise       `db:"most_paise"`  // a percent one takes off no more; 0 is no bound
	From     string            `db:"from_date"`
	To       string            `db:"to_date"`
	Limit    int64             `db:"uses_limit"` // 0 is any number
	Used     int64             `db:"used"`
	PerPhone int64             `db:"per_phone"` // 0 is any number
	Subsidy  string            `db:"subsidy"`   // name of the fund's subsidy that bears a shortfall
	EndedAt  *db.Time          `db:"ended_at"`
}

const couponColumns = `id, code, kind, paise, rate_bp, least_paise, most_paise, from_date, to_date, uses_limit, used, per_phone, subsidy, ended_at`

// CouponInput is a coupon to make.
type CouponInput struct {
	Code     string
	Kind     string
	Paise    money.Paise
	Rate     money.BasisPoints
	Least    money.Paise
	Most     money.Paise
	From     string
	To       string
	Limit    int64
	PerPhone int64
	Subsidy  string
}

var (
	codeForm    = regexp.MustCompile(`^[A-Z0-9][A-Z0-9-]{2,23}$`)
	subsidyForm = regexp.MustCompile(`^[a-z][a-z0-9_]{2,29}$`)
)

// isDate reports whether a text is a day of the calendar, like 2026-04-01.
func isDate(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return err == nil
}

func (in CouponInput) check() error {
	switch {
	case !codeForm.MatchString(in.Code):
		return ErrCoupon.At("code", "a code has 3 to 24 capital letters, digits and -")
	case in.Kind != Fixed && in.Kind != Percent:
		return ErrCoupon.At("kind", "a coupon is fixed or percent")
	case in.Kind == Fixed && (in.Paise <= 0 || in.Paise > money.Max || in.Rate != 0 || in.Most != 0):
		return ErrCoupon.At("amount", "a fixed coupon has an amount above zero and nothing else")
	case in.Kind == Percent && (in.Rate <= 0 || in.Rate > 10_000 || in.Paise != 0 || in.Most < 0 || in.Most > money.Max):
		return ErrCoupon.At("basis_points", "a percent coupon has 1 to 10,000 basis points")
	case in.Least < 0 || in.Least > money.Max, in.Limit < 0 || in.Limit > 1_000_000, in.PerPhone < 0 || in.PerPhone > 1_000:
		return ErrCoupon.At("least, limit, per_phone", "bounds are zero or more")
	case !isDate(in.From) || !isDate(in.To) || in.To < in.From:
		return ErrCoupon.At("from, to", "a coupon has a first day and a last day that is not before it")
	case in.Subsidy != "" && !subsidyForm.MatchString(in.Subsidy):
		return ErrCoupon.At("subsidy", "a subsidy's name has small letters, digits and _")
	}
	return nil
}

// CreateCoupon makes a coupon. An administrator may; one that draws on a
// subsidy is the finance preparer's or approver's to make.
func (s *Service) CreateCoupon(ctx context.Context, actor auth.Actor, key string, in CouponInput) (Coupon, error) {
	roles := []auth.Role{auth.Administrator, auth.Preparer, auth.Approver}
	if in.Subsidy != "" {
		roles = roles[1:]
	}
	if err := actor.Require(roles...); err != nil {
		return Coupon{}, err
	}
	in.Code = strings.ToUpper(strings.TrimSpace(in.Code))
	if err := in.check(); err != nil {
		return Coupon{}, err
	}
	return idem.Write(ctx, s.db, idem.Scope{Principal: actor.Principal(), Operation: "orders.coupon", Key: key}, in,
		func(tx *db.Tx) (Coupon, error) {
			n, err := tx.Exec(`
				INSERT INTO coupons (id, code, kind, paise, rate_bp, least_paise, most_paise, from_date, to_date, uses_limit, per_phone,
					subsidy, created_by, created_at)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
				ON CONFLICT (code) DO NOTHING`, id.New("cpn"), in.Code, in.Kind, in.Paise, in.Rate, in.Least, in.Most, in.From, in.To,
				in.Limit, in.PerPhone, in.Subsidy, actor.String(), tx.Now())
			if err == nil && n == 0 {
				err = ErrCouponTaken
			}
			if err != nil {
				return Coupon{}, err
			}
			c, err := couponByCode(tx, in.Code)
			if err != nil {
				return Coupon{}, err
			}
			return c, auth.Audit(tx, actor, "coupon.create", c.ID, c.Code)
		})
}

// EndCoupon closes a coupon; orders that have it keep it.
func (s *Service) EndCoupon(ctx context.Context, actor auth.Actor, key, code string) (Coupon, error) {
	if err := actor.Require(auth.Administrator, auth.Preparer, auth.Approver); err != nil {
		return Coupon{}, err
	}
	code = strings.ToUpper(code)
	return idem.Write(ctx, s.db, idem.Scope{Principal: actor.Principal(), Operation: "orders.coupon_end", Key: key}, code,
		func(tx *db.Tx) (Coupon, error) {
			if _, err := tx.Exec(`
				UPDATE coupons
				SET ended_at = $1
				WHERE code = $2 AND ended_at IS NULL`, tx.Now(), code); err != nil {
				return Coupon{}, err
			}
			c, err := couponByCode(tx, code)
			if err != nil {
				return Coupon{}, err
			}
			return c, auth.Audit(tx, actor, "coupon.end", c.ID, c.Code)
		})
}

// Coupons lists the newest 200 coupons, for staff.
func (s *Service) Coupons(ctx context.Context, actor auth.Actor) ([]Coupon, error) {
	if err := actor.Require(staff...); err != nil {
		return nil, err
	}
	var out []Coupon
	err := s.db.Select(ctx, &out, `
		SELECT `+couponColumns+`
		FROM coupons
		ORDER BY id DESC
		LIMIT 200`)
	return out, err
}

func couponByCode(tx *db.Tx, code string) (Coupon, error) {
	var c Coupon
	err := tx.Get(&c, `
		SELECT `+couponColumns+`
		FROM coupons
		WHERE code = $1`, code)
	if errors.Is(err, db.ErrNone) {
		return c, ErrNoCoupon
	}
	return c, err
}

// takeCoupon finds a coupon that may be used today by that phone, and counts the
// use when it is counted at all; nil for no code.
func takeCoupon(tx *db.Tx, code, phone string) (*Coupon, error) {
	c, err := openCoupon(tx, code)
	if err != nil || c == nil {
		return nil, err
	}
	if c.PerPhone > 0 {
		var uses int64
		if err := tx.Get(&uses, `
			SELECT COUNT(*)
			FROM orders
			WHERE coupon_id = $1 AND buyer_phone = $2 AND state <> 'cancelled'`, c.ID, phone); err != nil {
			return nil, err
		}
		if uses >= c.PerPhone {
			return nil, ErrCouponUsed
		}
	}
	return c, countUse(tx, *c)
}

// countUse counts a use of a coupon whose uses are counted, or returns
// ErrCouponUsed when there are none left.
func countUse(tx *db.Tx, c Coupon) error {
	if c.Limit == 0 {
		return nil
	}
	n, err := tx.Exec(`
		UPDATE coupons
		SET used = used + 1
		WHERE id = $1 AND used < uses_limit`, c.ID)
	if err == nil && n == 0 {
		err = ErrCouponUsed
	}
	return err
}

// openCoupon finds a coupon of today; nil for no code.
func openCoupon(tx *db.Tx, code string) (*Coupon, error) {
	code = strings.ToUpper(strings.TrimSpace(code))
	if code == "" {
		return nil, nil
	}
	c, err := couponByCode(tx, code)
	if err != nil {
		return nil, err
	}
	if today := tx.Now().Date(); c.EndedAt != nil || today < c.From || today > c.To {
		return nil, ErrNoCoupon
	}
	return &c, nil
}

// giveBackCoupon uncounts the use of an order that was cancelled whole.
func giveBackCoupon(tx *db.Tx, coupon string) error {
	if coupon == "" {
		return nil
	}
	_, err := tx.Exec(`
		UPDATE coupons
		SET used = used - 1
		WHERE id = $1 AND uses_limit > 0 AND used > 0`, coupon)
	return err
}

// spread takes the coupon off the pieces: over the lines by value, largest
// remainder, then evenly within a line; a line whose pieces differ by a paisa
// becomes two. Returns ErrCouponLeast, or ErrCouponShort naming what is lacking.
func (c Coupon) spread(pieces []piece) ([]piece, error) {
	weights := make([]int64, len(pieces))
	var sum money.Paise
	for i, p := range pieces {
		value, err := p.offer.Card.ListPrice.Times(p.quantity)
		if err != nil {
			return nil, err
		}
		if sum, err = money.Add(sum, value); err != nil {
			return nil, err
		}
		weights[i] = int64(value)
	}
	if sum < c.Least {
		return nil, ErrCouponLeast.With("This coupon needs a cart of %s before tax; yours is %s. Nothing was ordered.", c.Least, sum)
	}
	off, err := c.amount(sum)
	if err != nil {
		return nil, err
	}
	parts, err := money.Split(off, weights)
	if err != nil {
		return nil, err
	}
	var out []piece
	var lacking money.Paise
	for i, p := range pieces {
		each := parts[i] / money.Paise(p.quantity)
		more := int64(parts[i] % money.Paise(p.quantity))
		for _, part := range []struct {
			n   int64
			off money.Paise
		}{{more, each + 1}, {p.quantity - more, each}} {
			if part.n == 0 {
				continue
			}
			q := p
			q.quantity, q.coupon = part.n, part.off
			out = append(out, q)
			lacking += max(0, part.off-room(p.offer.Card.Heads)) * money.Paise(part.n)
			if part.off >= p.offer.Card.ListPrice {
				return nil, ErrCouponShort
			}
		}
	}
	if lacking > 0 && c.Subsidy == "" {
		return nil, ErrCouponShort.With("This coupon would take %s from what the makers and the costs need. Nothing was ordered; take the code out.", lacking)
	}
	return out, nil
}

// amount is what the coupon takes off a cart of that value before tax.
func (c Coupon) amount(sum money.Paise) (money.Paise, error) {
	if c.Kind == Fixed {
		return min(c.Paise, sum), nil
	}
	off, err := sum.HalfUp(c.Rate)
	if err == nil && c.Most > 0 {
		off = min(off, c.Most)
	}
	return off, err
}

// room is how much of a card gives way to a coupon.
func room(heads []catalog.Head) (sum money.Paise) {
	for _, h := range heads {
		if h.Kind == catalog.Trust || h.Kind == catalog.Makers {
			sum += h.Paise
		}
	}
	return sum
}

// lessCoupon is a card's heads after a coupon: running cost gives first, then
// the fund, then the makers' balance; what they lack is the subsidy's.
func lessCoupon(heads []catalog.Head, off money.Paise, subsidy string) ([]catalog.Head, error) {
	out := append([]catalog.Head(nil), heads...)
	for _, giver := range []struct{ kind, head string }{{catalog.Trust, "running"}, {catalog.Trust, "fund"}, {catalog.Makers, "makers"}} {
		for i := range out {
			if out[i].Kind == giver.kind && out[i].Head == giver.head {
				part := min(off, out[i].Paise)
				out[i].Paise -= part
				off -= part
			}
		}
	}
	if off == 0 {
		return out, nil
	}
	if subsidy == "" {
		return nil, ErrCouponShort.With("This coupon would take %s a piece from what the makers and the costs need. Nothing was ordered; take the code out.", off)
	}
	return append(out, catalog.Head{Kind: catalog.SubsidyHead, Head: subsidy, Paise: -off}), nil
}
