package catalog

import (
	"context"
	"regexp"
	"slices"

	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/gst"
	"saebaan/internal/id"
	"saebaan/internal/idem"
	"saebaan/internal/money"
)

// The kinds of heads on a card (DESIGN §4.1).
const (
	Cost   = "cost"
	Wage   = "wage"
	Trust  = "trust"
	Makers = "makers"
	// On order lines alone: what a named fund adds (below zero), and, in a split,
	// what repays a lot of the trust's own.
	SubsidyHead = "subsidy"
	StockHead   = "stock"
)

// headsOf names the heads each kind may have; wages are named by their stage.
var headsOf = map[string][]string{
	Cost:   {"material", "packing", "shipping", "fee"},
	Trust:  {"running", "fund"},
	Makers: {"makers"},
}

// Head is one named part of a list price, in paise per piece.
type Head struct {
	Kind    string      `db:"kind"`
	Head    string      `db:"head"`
	Paise   money.Paise `db:"paise"`
	Minutes int64       `db:"minutes"` // standard time of a wage stage
	Shares  bool        `db:"shares"`  // the stage shares the makers' balance
}

// Card is the price of one piece of a variant on one list, divided into heads
// that sum to the list price (before tax).
type Card struct {
	ID        string      `db:"id"`
	VariantID string      `db:"variant_id"`
	List      string      `db:"list"`
	Version   int64       `db:"version"`
	ListPrice money.Paise `db:"list_paise"`
	Tag       money.Paise `db:"tag_paise"` // what the buyer pays, tax included
	From      string      `db:"from_date"`
	Heads     []Head
}

// HeadInput is a head as a person writes it: paise, or basis points of the list
// price; the makers' head may leave both out and is then the balance.
type HeadInput struct {
	Kind        string
	Head        string
	Paise       *money.Paise
	BasisPoints *money.BasisPoints
	Minutes     int64
	Shares      bool
}

// CardInput is a price card to save: a list price before tax or an inclusive tag.
type CardInput struct {
	Variant   string
	List      string
	ListPrice money.Paise
	Tag       money.Paise
	From      string // business date; "" is today
	Heads     []HeadInput
	Override  string // an administrator's reason for a wage under the floor
}

var stageForm = regexp.MustCompile(`^[a-z][a-z_]{1,39}$`)

// Compute turns the input's heads into paise: fixed heads, then basis points of
// the list price (half up), then the makers' balance as the rest. Returns
// ErrCardSum, naming the difference, when they cannot sum to the list price.
func Compute(list money.Paise, in []HeadInput) ([]Head, error) {
	if list <= 0 || list > money.Max || len(in) == 0 || len(in) > mostHeads {
		return nil, ErrCard.With("A card has a list price above zero and 1 to 40 heads. Nothing was saved.")
	}
	r, err := reckon(list, in)
	if err != nil {
		return nil, err
	}
	return r.heads, r.close(list)
}

const mostHeads = 40

// reckoned are heads in paise before the balance is known.
type reckoned struct {
	heads   []Head
	sum     money.Paise // without the balance
	balance int         // the head that is what is left, or -1
}

func reckon(list money.Paise, in []HeadInput) (reckoned, error) {
	r := reckoned{heads: make([]Head, len(in)), balance: -1}
	seen := map[string]bool{}
	for i, h := range in {
		if err := h.check(seen); err != nil {
			return r, err
		}
		r.heads[i] = Head{Kind: h.Kind, Head: h.Head, Minutes: h.Minutes, Shares: h.Kind == Wage && h.Shares}
		var err error
		switch {
		case h.Paise != nil:
			r.heads[i].Paise = *h.Paise
		case h.BasisPoints != nil:
			r.heads[i].Paise, err = list.HalfUp(*h.BasisPoints)
		default:
			r.balance = i
		}
		if err != nil {
			return r, err
		}
		if r.sum, err = money.Add(r.sum, r.heads[i].Paise); err != nil {
			return r, err
		}
	}
	return r, nil
}

// close gives the balance what the other heads leave, and refuses what cannot sum.
func (r reckoned) close(list money.Paise) error {
	rest := list - r.sum
	if rest < 0 {
		return ErrCardSum.With("The heads are %s more than the list price of %s. Nothing was saved; lower them or raise the price.", -rest, list)
	}
	if r.balance >= 0 {
		r.heads[r.balance].Paise = rest
	} else if rest > 0 {
		return ErrCardSum.With("The heads are %s less than the list price of %s, and every paisa needs a head. Nothing was saved; raise them, or add the makers' balance.", rest, list)
	}
	shares := slices.ContainsFunc(r.heads, func(h Head) bool { return h.Shares })
	for _, h := range r.heads {
		if h.Kind == Makers && h.Paise > 0 && !shares {
			return ErrCard.With("There is a makers' balance of %s, but no stage shares it. Nothing was saved; mark the stages that do.", h.Paise)
		}
	}
	return nil
}

func (h HeadInput) check(seen map[string]bool) error {
	switch {
	case h.Kind == Wage && !stageForm.MatchString(h.Head):
		return ErrCard.At("heads", "a wage is named by its stage, such as embroidery")
	case h.Kind != Wage && !slices.Contains(headsOf[h.Kind], h.Head):
		return ErrCard.At("heads", "a head is a cost (material, packing, shipping, fee), a wage by stage, a trust head (running, fund) or makers")
	case seen[h.Kind+h.Head]:
		return ErrCard.At("heads", "a head stands twice on the card")
	case h.Paise != nil && h.BasisPoints != nil, h.Kind != Makers && h.Paise == nil && h.BasisPoints == nil:
		return ErrCard.At("heads", "a head has an amount or basis points, one of the two; only the makers' balance may have neither")
	case h.Paise != nil && (*h.Paise < 0 || *h.Paise > money.Max), h.BasisPoints != nil && (*h.BasisPoints < 0 || *h.BasisPoints > 10_000):
		return ErrCard.At("heads", "an amount is zero or more, basis points are 0 to 10,000")
	case h.Minutes < 0 || h.Minutes > 1_000_000:
		return ErrCard.At("heads", "standard minutes are 0 to 1,000,000")
	}
	seen[h.Kind+h.Head] = true
	return nil
}

// SaveCard saves a new version of a variant's card. A coordinator of the area or
// an administrator may; an override of the wage floor is the administrator's.
func (s *Service) SaveCard(ctx context.Context, actor auth.Actor, key string, in CardInput) (Card, error) {
	if err := actor.Require(auth.Coordinator, auth.Administrator); err != nil {
		return Card{}, err
	}
	if in.List == "" {
		in.List = Retail
	}
	if in.List != Retail {
		return Card{}, ErrCard.At("price_list", "the only price list so far is retail")
	}
	if (in.ListPrice > 0) == (in.Tag > 0) {
		return Card{}, errOnePrice()
	}
	if in.Override != "" && !actor.Has(auth.Administrator) {
		return Card{}, auth.ErrForbidden
	}
	return idem.Write(ctx, s.db, idem.Scope{Principal: actor.Principal(), Operation: "catalog.card", Key: key}, in,
		func(tx *db.Tx) (Card, error) {
			p, err := productOfVariant(tx, in.Variant)
			if err != nil {
				return Card{}, err
			}
			if !actor.CoversArea(p.Area) {
				return Card{}, ErrNotFound
			}
			return s.saveCard(tx, actor, p, in)
		})
}

func errOnePrice() error {
	return ErrCard.With("A card has either a list price before tax or a price tag with tax. Nothing was saved; give one of them.")
}

func (s *Service) saveCard(tx *db.Tx, actor auth.Actor, p productOf, in CardInput) (Card, error) {
	if in.From == "" {
		in.From = tx.Now().Date()
	}
	if in.From < tx.Now().Date() {
		return Card{}, ErrCard.At("from", "a card begins today or later")
	}
	c := Card{ID: id.New("crd"), VariantID: in.Variant, List: in.List, From: in.From}
	var err error
	if c.ListPrice, c.Tag, err = s.priceOf(p.HSN, in); err != nil {
		return Card{}, err
	}
	if c.Heads, err = Compute(c.ListPrice, in.Heads); err != nil {
		return Card{}, err
	}
	if err := UnderFloor(c.Heads, in.From); err != nil && in.Override == "" {
		return Card{}, err
	}
	if err := coversLots(tx, c); err != nil {
		return Card{}, err
	}
	return c, insertCard(tx, actor, p.ID, &c, in.Override)
}

// coversLots reports a stage of the card that nobody did in one of the variant's lots.
func coversLots(tx *db.Tx, c Card) error {
	lots, err := loadLots(tx, `l.variant_id`, []string{c.VariantID})
	if err != nil {
		return err
	}
	for _, l := range lots {
		if l.Kind == Returned {
			continue
		}
		if err := covers(c, l.Makers); err != nil {
			return err
		}
	}
	return nil
}

// priceOf gives list price and tag from whichever of them the input has.
func (s *Service) priceOf(hsn string, in CardInput) (list, tag money.Paise, err error) {
	if in.Tag > 0 {
		solved, err := s.gst.Solve(in.Tag, hsn, in.From)
		return solved.Taxable, in.Tag, err
	}
	rate, err := s.gst.Rate(hsn, in.ListPrice, in.From)
	if err != nil {
		return 0, 0, err
	}
	tax, err := gst.TaxOn(in.ListPrice, rate, false)
	return in.ListPrice, in.ListPrice + tax.Total(), err
}

func insertCard(tx *db.Tx, actor auth.Actor, product string, c *Card, override string) error {
	if err := tx.Get(&c.Version, `
		SELECT COALESCE(MAX(version), 0) + 1
		FROM price_cards
		WHERE variant_id = $1 AND list = $2`, c.VariantID, c.List); err != nil {
		return err
	}
	if _, err := tx.Exec(`
		INSERT INTO price_cards (id, variant_id, list, version, list_paise, tag_paise, from_date, floor_override, created_by, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		c.ID, c.VariantID, c.List, c.Version, c.ListPrice, c.Tag, c.From, override, actor.String(), tx.Now()); err != nil {
		return err
	}
	args := make([]any, 0, 7*len(c.Heads))
	for i, h := range c.Heads {
		args = append(args, c.ID, i+1, h.Kind, h.Head, h.Paise, h.Minutes, h.Shares)
	}
	if _, err := tx.Exec(`
		INSERT INTO price_card_heads (card_id, pos, kind, head, paise, minutes, shares)
		VALUES `+db.Values(len(c.Heads), 7), args...); err != nil {
		return err
	}
	return touch(tx, product)
}
