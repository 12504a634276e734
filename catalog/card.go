package catalog

import (
	"context"
	_ "embed"
	"encoding/csv"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"

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
	if list <= 0 || list > money.Max || len(in) == 0 || len(in) > 40 {
		return nil, ErrCard.With("A card has a list price above zero and 1 to 40 heads. Nothing was saved.")
	}
	heads := make([]Head, len(in))
	var sum money.Paise
	balance, shares, seen := -1, false, map[string]bool{}
	for i, h := range in {
		if err := h.check(seen); err != nil {
			return nil, err
		}
		heads[i] = Head{Kind: h.Kind, Head: h.Head, Minutes: h.Minutes, Shares: h.Kind == Wage && h.Shares}
		shares = shares || heads[i].Shares
		var err error
		switch {
		case h.Paise != nil:
			heads[i].Paise = *h.Paise
		case h.BasisPoints != nil:
			heads[i].Paise, err = list.HalfUp(*h.BasisPoints)
		default:
			balance = i
		}
		if err != nil {
			return nil, err
		}
		if sum, err = money.Add(sum, heads[i].Paise); err != nil {
			return nil, err
		}
	}
	rest := list - sum
	if rest < 0 {
		return nil, ErrCardSum.With("The heads are %s more than the list price of %s. Nothing was saved; lower them or raise the price.", -rest, list)
	}
	if balance >= 0 {
		heads[balance].Paise = rest
	} else if rest > 0 {
		return nil, ErrCardSum.With("The heads are %s less than the list price of %s, and every paisa needs a head. Nothing was saved; raise them, or add the makers' balance.", rest, list)
	}
	for _, h := range heads {
		if h.Kind == Makers && h.Paise > 0 && !shares {
			return nil, ErrCard.With("There is a makers' balance of %s, but no stage shares it. Nothing was saved; mark the stages that do.", h.Paise)
		}
	}
	return heads, nil
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
		return Card{}, ErrCard.With("A card has either a list price before tax or a price tag with tax. Nothing was saved; give one of them.")
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
	lots, err := loadLots(tx, `l.variant_id`, []string{in.Variant})
	if err != nil {
		return Card{}, err
	}
	for _, l := range lots {
		if l.Kind == Returned {
			continue
		}
		if err := covers(c, l.Makers); err != nil {
			return Card{}, err
		}
	}
	return c, insertCard(tx, actor, p.ID, &c, in.Override)
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

//go:embed wage_floor.csv
var wageFloorCSV string

// UnderFloor returns ErrWageFloor, naming the stage, when a wage for its
// standard minutes is below the minimum wage in force on that date.
func UnderFloor(heads []Head, date string) error {
	perDay, hours := wageFloor(date)
	for _, h := range heads {
		if h.Kind == Wage && h.Minutes > 0 && int64(h.Paise)*hours*60 < perDay*h.Minutes {
			return ErrWageFloor.With("The wage of %s for %s (%d minutes) is below the minimum wage of %s a day of %d hours. Nothing was saved; raise it, or let an administrator name the reason.",
				h.Paise, h.Head, h.Minutes, money.Paise(perDay), hours)
		}
	}
	return nil
}

func wageFloor(date string) (paisePerDay, hours int64) {
	rows, _ := csv.NewReader(strings.NewReader(wageFloorCSV)).ReadAll() // a test reads the embedded file
	hours = 8
	for _, r := range rows[1:] {
		if r[0] <= date {
			paisePerDay, _ = strconv.ParseInt(r[1], 10, 64)
			hours, _ = strconv.ParseInt(r[2], 10, 64)
		}
	}
	return paisePerDay, hours
}

// loadCards reads the card in force today of each variant on a list.
func loadCards(tx *db.Tx, variants []string, list string) (map[string]Card, error) {
	out := make(map[string]Card, len(variants))
	if len(variants) == 0 {
		return out, nil
	}
	var cards []Card
	if err := tx.Select(&cards, `
		SELECT c.id, c.variant_id, c.list, c.version, c.list_paise, c.tag_paise, c.from_date
		FROM price_cards c
		WHERE c.variant_id IN (`+db.List(3, len(variants))+`)
			AND c.list = $1
			AND c.version = (
				SELECT MAX(n.version)
				FROM price_cards n
				WHERE n.variant_id = c.variant_id AND n.list = $1 AND n.from_date <= $2)
		ORDER BY c.id`, append([]any{list, tx.Now().Date()}, db.Args(variants)...)...); err != nil || len(cards) == 0 {
		return out, err
	}
	at := make(map[string]int, len(cards))
	ids := make([]string, len(cards))
	for i, c := range cards {
		at[c.ID], ids[i] = i, c.ID
	}
	if err := loadHeads(tx, cards, at, ids); err != nil {
		return nil, err
	}
	for _, c := range cards {
		out[c.VariantID] = c
	}
	return out, nil
}

func loadHeads(tx *db.Tx, cards []Card, at map[string]int, ids []string) error {
	var heads []struct {
		Card string `db:"card_id"`
		Head
	}
	err := tx.Select(&heads, `
		SELECT card_id, kind, head, paise, minutes, shares
		FROM price_card_heads
		WHERE card_id IN (`+db.List(1, len(ids))+`)
		ORDER BY card_id, pos`, db.Args(ids)...)
	for _, h := range heads {
		c := &cards[at[h.Card]]
		c.Heads = append(c.Heads, h.Head)
	}
	return err
}

// cardsFromNow reads a variant's retail card in force and those dated later.
func cardsFromNow(tx *db.Tx, variant string) ([]Card, error) {
	var cards []Card
	if err := tx.Select(&cards, `
		SELECT c.id, c.variant_id, c.list, c.version, c.list_paise, c.tag_paise, c.from_date
		FROM price_cards c
		WHERE c.variant_id = $1 AND c.list = $2
			AND c.version >= (
				SELECT COALESCE(MAX(n.version), 0)
				FROM price_cards n
				WHERE n.variant_id = $1 AND n.list = $2 AND n.from_date <= $3)
		ORDER BY c.version
		LIMIT 100`, variant, Retail, tx.Now().Date()); err != nil || len(cards) == 0 {
		return nil, err
	}
	at, ids := map[string]int{}, make([]string, len(cards))
	for i, c := range cards {
		at[c.ID], ids[i] = i, c.ID
	}
	return cards, loadHeads(tx, cards, at, ids)
}

// productOf is what policy and tax need to know of a variant's product.
type productOf struct {
	ID     string `db:"id"`
	Area   string `db:"area"`
	HSN    string `db:"hsn"`
	OneOff bool   `db:"one_off"`
	State  State  `db:"state"`
}

func productOfVariant(tx *db.Tx, variant string) (productOf, error) {
	var p productOf
	err := tx.Get(&p, `
		SELECT p.id, p.area, p.hsn, p.one_off, p.state
		FROM variants v
		JOIN products p ON p.id = v.product_id
		WHERE v.id = $1`, variant)
	if errors.Is(err, db.ErrNone) {
		return p, ErrNotFound
	}
	return p, err
}
