package catalog

import (
	"saebaan/internal/money"
)

// Share is what one head of some pieces comes to for one receiver: an artisan,
// or the head itself when Artisan is "".
type Share struct {
	Kind    string // cost, wage, trust or makers
	Head    string // head of the card; for makers, the stage that shares
	Artisan string
	Paise   money.Paise
}

// Ownership is whose the material and the stages of a lot are.
type Ownership struct {
	Owner         string // the woman whose own work a consigned lot is
	TrustMaterial bool   // the trust issued the material
	Makers        []Maker
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
			shares = []Share{{h.Kind, h.Head, lot.Owner, total}}
		default:
			shares = []Share{{h.Kind, h.Head, "", total}}
		}
		if err != nil {
			return nil, err
		}
		out = append(out, shares...)
	}
	return out, nil
}

// balance goes to the stages that share it in proportion to their wages (to
// their minutes when no wage is paid, equally when neither is known), and
// within a stage by the makers' weights.
func balance(heads []Head, total money.Paise, lot Ownership) ([]Share, error) {
	var stages []string
	var wages, minutes, equal []int64
	var wageSum, minuteSum int64
	for _, h := range heads {
		if h.Kind != Wage || !h.Shares {
			continue
		}
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
		out[i] = Share{kind, stage, who[i], parts[i]}
	}
	return out, nil
}

// covers returns ErrLot unless every wage stage of the card has a maker.
func covers(c Card, makers []Maker) error {
	_, err := cumulative(c.Heads, Ownership{Owner: "owner", Makers: makers}, 1)
	return err
}
