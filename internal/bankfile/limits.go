package bankfile

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"saebaan/internal/money"
)

// limit is what one payment may be on a rail, from a day on; most 0 is any.
type limit struct {
	rail, from  string
	least, most money.Paise
}

//go:embed limits.csv
var limitsCSV string

var limits = sync.OnceValue(func() []limit {
	out, err := parseLimits(limitsCSV)
	if err != nil {
		panic(err) // the embedded table is checked by this package's tests
	}
	return out
})

func parseLimits(text string) ([]limit, error) {
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(rows) < 2 || len(rows[0]) != 5 {
		return nil, fmt.Errorf("the table of limits has five columns: %w", err)
	}
	var out []limit
	for i, r := range rows[1:] {
		least, err1 := strconv.ParseInt(r[2], 10, 64)
		most, err2 := strconv.ParseInt(r[3], 10, 64)
		if err1 != nil || err2 != nil || least < 1 || most < 0 || len(r[1]) != 10 || !slices.Contains(rails, r[0]) {
			return nil, fmt.Errorf("row %d of the limits cannot be right", i+2)
		}
		out = append(out, limit{r[0], r[1], money.Paise(least), money.Paise(most)})
	}
	return out, nil
}

// limitOn is the newest limit of a rail on a business date.
func limitOn(rail, date string) (found limit, ok bool) {
	for _, l := range limits() {
		if l.rail == rail && l.from <= date && l.from >= found.from {
			found, ok = l, true
		}
	}
	return found, ok
}

// Carries reports whether one payment of an amount can go to a bank account
// ("bank", by NEFT) or a UPI id ("upi") on a business date. Anything else, such as
// cash, has no limit here.
func Carries(kind, date string, amount money.Paise) bool {
	rail, ok := map[string]string{"bank": "NEFT", "upi": "UPI"}[kind]
	if !ok {
		return true
	}
	l, ok := limitOn(rail, date)
	return ok && amount >= l.least && (l.most == 0 || amount <= l.most)
}
