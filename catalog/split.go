package catalog

import (
	"saebaan/internal/money"
)

// Share is what one head of some pieces comes to for one receiver: an artisan,
// the trust's own lot that is repaid (kind stock), or the head itself.
type Share struct {
	Kind    string // cost, wage, trust, makers, subsidy or stock
	Head    string // head of the card; for makers, the stage that shares
	Artisan string
	Lot     string // repaid, of kind stock
	Paise   money.Paise
}

// Ownership is whose the material and the stages of a lot are.
type Ownership struct {
	Owner         string // the woman whose own work a consigned lot is
	TrustMaterial bool   // the trust issued the material
	Makers        []Maker
	Lot           string      // the lot's id when it is the trust's own
	Cost          money.Paise // of one piece of the trust's own
	Commissioned  bool        // its makers have had their wages, and share the balance
}

// Split divides the pieces from+1 … to of an allocation: pieces → head → stage
// → artisan, largest remainder at each step, as a cumulative function, so that
// pieces taken one by one and together come to the same. It is pure. The shares
// sum to the list price times the pieces. Returns ErrLot when a stage that is
// paid has no maker.
func Split(heads []Head, lot Ownership, from, to int64) ([]Share, error) {
	before, err := cumulative(heads, lot, from)
	if err != nil {
		return nil, err
	}
	after, err := cumulative(heads, lot, to)
	if err != nil {
		return nil, err
	}
	for i := range after {
		after[i].Paise -= before[i].Paise
	}
	return after, nil
}

// cumulative is the split of the first k pieces; its order does not depend on k.
func cumulative(heads []Head, lot Ownership, k int64) ([]Share, error) {
	if lot.Lot != "" {
		return repay(heads, lot, k)
	}
	var out []Share
	for _, h := range heads {
		total, err := h.Paise.Times(k)
		if err != nil {
			return nil, err
		}
		var shares []Share
		switch {
		case h.Kind == Wage:
			shares, err = toStage(h.Kind, h.Head, total, lot)
		case h.Kind == Makers:
			shares, err = balance(heads, total, lot)
		case h.Kind == Cost && h.Head == "material" && !lot.TrustMaterial:
			shares = []Share{{Kind: h.Kind, Head: h.Head, Artisan: lot.Owner, Paise: total}}
		default:
			shares = []Share{{Kind: h.Kind, Head: h.Head, Paise: total}}
		}
		if err != nil {
			return nil, err
		}
		out = append(out, shares...)
	}
	return out, nil
}

// repay is the split of k pieces of the trust's own. Wages and material repay what
// the piece has cost. What they lack is borne by the running cost, then by the
// makers' balance, then by the fund without limit; what they exceed goes to the
// makers. Those of a returned piece have had all of their credit: its balance
// repays too, and the fund has what is over (DESIGN §4.2).
func repay(heads []Head, lot Ownership, k int64) ([]Share, error) {
	p := pools{}
	var out []Share
	for _, h := range heads {
		pool := p.of(h, lot.Commissioned)
		if pool == nil {
			out = append(out, Share{Kind: h.Kind, Head: h.Head, Paise: h.Paise})
			continue
		}
		var err error
		if *pool, err = money.Add(*pool, h.Paise); err != nil {
			return nil, err
		}
	}
	p.bear(lot.Cost, lot.Commissioned && len(sharing(heads)) > 0)
	out = append(out, Share{Kind: StockHead, Lot: lot.Lot, Paise: lot.Cost}, Share{Kind: Trust, Head: "running", Paise: p.running},
		Share{Kind: Trust, Head: "fund", Paise: p.fund})
	for i := range out {
		var err error
		if out[i].Paise, err = out[i].Paise.Times(k); err != nil {
			return nil, err
		}
	}
	if !lot.Commissioned || len(sharing(heads)) == 0 {
		return out, nil
	}
	total, err := p.makers.Times(k)
	if err != nil {
		return nil, err
	}
	shares, err := balance(heads, total, lot)
	return append(out, shares...), err
}

// pools are the sums of a card that bear the cost of a piece of the trust's own.
type pools struct{ work, running, makers, fund money.Paise }

// of is the pool that a head belongs to, or nil.
func (p *pools) of(h Head, commissioned bool) *money.Paise {
	switch {
	case h.Kind == Makers && commissioned:
		return &p.makers
	case h.Kind == Wage, h.Kind == Makers, h.Kind == Cost && h.Head == "material":
		return &p.work
	case h.Kind == Trust && h.Head == "running":
		return &p.running
	case h.Kind == Trust && h.Head == "fund":
		return &p.fund
	}
	return nil
}

// bear lets the pools bear a cost: makers is whether somebody is there to have
// what is over.
func (p *pools) bear(cost money.Paise, makers bool) {
	lacking := cost - p.work
	p.work = 0
	if lacking < 0 && makers {
		p.makers -= lacking
		return
	}
	for _, pool := range []*money.Paise{&p.running, &p.makers} {
		most := min(lacking, *pool)
		if most > 0 {
			*pool -= most
			lacking -= most
		}
	}
	p.fund -= lacking
	if !makers {
		p.fund += p.makers
		p.makers = 0
	}
}

// balance goes to the stages that share it in proportion to their wages (to
// their minutes when no wage is paid, equally when neither is known), and
// within a stage by the makers' weights.
func balance(heads []Head, total money.Paise, lot Ownership) ([]Share, error) {
	var stages []string
	var wages, minutes, equal []int64
	var wageSum, minuteSum int64
	for _, h := range sharing(heads) {
		stages = append(stages, h.Head)
		wages, minutes, equal = append(wages, int64(h.Paise)), append(minutes, h.Minutes), append(equal, 1)
		wageSum, minuteSum = wageSum+int64(h.Paise), minuteSum+h.Minutes
	}
	weights := wages
	if wageSum == 0 {
		weights = minutes
		if minuteSum == 0 {
			weights = equal
		}
	}
	parts, err := money.Split(total, weights)
	if err != nil {
		return nil, err
	}
	var out []Share
	for i, stage := range stages {
		shares, err := toStage(Makers, stage, parts[i], lot)
		if err != nil {
			return nil, err
		}
		out = append(out, shares...)
	}
	return out, nil
}

// sharing are the wage stages that share the makers' balance: the marked ones.
// When the card marks none there is no balance of its own, and what a commissioned
// piece leaves over is for all of them.
func sharing(heads []Head) (out []Head) {
	var all []Head
	for _, h := range heads {
		if h.Kind == Wage {
			all = append(all, h)
			if h.Shares {
				out = append(out, h)
			}
		}
	}
	if len(out) == 0 {
		return all
	}
	return out
}

func toStage(kind, stage string, total money.Paise, lot Ownership) ([]Share, error) {
	var who []string
	var weights []int64
	for _, m := range lot.Makers {
		if m.Stage == stage {
			who, weights = append(who, m.Artisan), append(weights, m.Weight)
		}
	}
	if len(who) == 0 {
		return nil, ErrLot.With("Nobody is named for the stage %s, so its wage has no owner. Nothing was saved; name its maker.", stage)
	}
	parts, err := money.Split(total, weights)
	if err != nil {
		return nil, err
	}
	out := make([]Share, len(who))
	for i := range who {
		out[i] = Share{Kind: kind, Head: stage, Artisan: who[i], Paise: parts[i]}
	}
	return out, nil
}

// covers returns ErrLot unless every wage stage of the card has a maker.
func covers(c Card, makers []Maker) error {
	_, err := cumulative(c.Heads, Ownership{Owner: "owner", Makers: makers}, 1)
	return err
}
