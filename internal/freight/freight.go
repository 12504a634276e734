package freight

import (
	_ "embed"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"saebaan/internal/fault"
	"saebaan/internal/gst"
	"saebaan/internal/money"
)

// The faults of freight.
var (
	ErrTable    = fault.New(fault.Invalid, "freight.table", "The table of delivery charges cannot be used. The old one stays; correct the table and load it again.")
	ErrNoCharge = fault.New(fault.Conflict, "freight.no_charge", "No delivery charge is known for this address today. Nothing was ordered; please tell the shop.")
)

// Table is a checked set of zones and dated charges. It never changes once
// loaded and may be shared.
type Table struct {
	zones   []zone
	charges map[string][]charge // by zone
}

type zone struct{ state, pin, name string }

type charge struct {
	from, to string
	upto     int64 // grams; 0 is open
	paise    money.Paise
	free     money.Paise // the goods' value from which nothing is charged; 0 is never
	days     int64
}

// Quote is what a parcel costs and how many days it usually takes.
type Quote struct {
	Zone   string
	Charge money.Paise // all taxes included
	Waived money.Paise // what it would have been, when it is free
	Free   money.Paise // goods from this value on are carried free; 0 is never
	Days   int64
}

//go:embed zones.csv
var zonesCSV string

//go:embed charges.csv
var chargesCSV string

// Default returns the tables built into the program.
var Default = sync.OnceValue(func() *Table {
	t, err := Load(strings.NewReader(zonesCSV), strings.NewReader(chargesCSV))
	if err != nil {
		panic(err) // the embedded tables are checked by this package's tests
	}
	return t
})

// Load reads tables in the form of zones.csv and charges.csv and checks that
// each State has a zone and each zone has rising weights up to an open one.
func Load(zones, charges io.Reader) (*Table, error) {
	t := &Table{charges: map[string][]charge{}}
	rows, err := read(zones, "state,pin_prefix,zone")
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		if _, known := gst.States[r[0]]; !known || r[2] == "" {
			return nil, ErrTable.With("The zone of State %q cannot be used.", r[0])
		}
		t.zones = append(t.zones, zone{r[0], r[1], r[2]})
	}
	if rows, err = read(charges, "zone,from,to,upto_grams,paise,free_above_paise,days"); err != nil {
		return nil, err
	}
	for i, r := range rows {
		c, err := chargeOf(r)
		if err != nil {
			return nil, ErrTable.With("Line %d of the delivery charges: %s", i+2, err)
		}
		t.charges[r[0]] = append(t.charges[r[0]], c)
	}
	return t, t.check()
}

func read(r io.Reader, header string) ([][]string, error) {
	rows, err := csv.NewReader(r).ReadAll()
	if err != nil {
		return nil, ErrTable.Because(err)
	}
	if len(rows) < 2 || strings.Join(rows[0], ",") != header {
		return nil, ErrTable.With("The table must begin with the columns %s.", header)
	}
	return rows[1:], nil
}

func chargeOf(r []string) (charge, error) {
	c := charge{from: r[1], to: r[2]}
	if _, err := time.Parse(time.DateOnly, c.from); err != nil {
		return c, errors.New("the first day is not a date")
	}
	if _, err := time.Parse(time.DateOnly, c.to); c.to != "" && (err != nil || c.to < c.from) {
		return c, errors.New("the last day is not a date after the first")
	}
	for i, to := range []*int64{&c.upto, (*int64)(&c.paise), (*int64)(&c.free), &c.days} {
		text := r[3+i]
		if i == 0 && text == "" {
			continue
		}
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < 0 || n > int64(money.Max) || (i == 0 && n == 0) {
			return c, errors.New("a weight, charge or number of days cannot be read")
		}
		*to = n
	}
	return c, nil
}

func (t *Table) check() error {
	for state := range gst.States {
		at := slices.IndexFunc(t.zones, func(z zone) bool { return z.state == state && z.pin == "" })
		if at < 0 {
			return ErrTable.With("The State %s has no zone.", state)
		}
	}
	for _, z := range t.zones {
		if len(t.charges[z.name]) == 0 {
			return ErrTable.With("The zone %s has no charges.", z.name)
		}
	}
	for name, list := range t.charges {
		for i, c := range list {
			if i == 0 || list[i-1].from != c.from || list[i-1].to != c.to {
				if i > 0 && list[i-1].upto != 0 {
					return ErrTable.With("The charges of zone %s from %s have no open weight.", name, list[i-1].from)
				}
				continue
			}
			if before := list[i-1].upto; before == 0 || (c.upto != 0 && c.upto <= before) {
				return ErrTable.With("The weights of zone %s from %s do not rise.", name, c.from)
			}
		}
		if list[len(list)-1].upto != 0 {
			return ErrTable.With("The charges of zone %s have no open weight.", name)
		}
	}
	return nil
}

// Zone is the zone of an address: its longest PIN prefix, else its State's.
func (t *Table) Zone(state, pin string) string {
	best := -1
	name := ""
	for _, z := range t.zones {
		if z.state == state && strings.HasPrefix(pin, z.pin) && len(z.pin) > best {
			best, name = len(z.pin), z.name
		}
	}
	return name
}

// Parcel is what is sent: its weight in grams and the value of the goods that
// pay for their own carriage, in paise with tax.
type Parcel struct {
	State, PIN string
	Grams      int64
	Value      money.Paise
	Date       string // business date
}

// Quote finds the charge of a parcel, or ErrNoCharge. A parcel of no weight is
// not sent and costs nothing.
func (t *Table) Quote(p Parcel) (Quote, error) {
	name := t.Zone(p.State, p.PIN)
	for _, c := range t.charges[name] {
		if c.from > p.Date || (c.to != "" && p.Date > c.to) || (c.upto != 0 && p.Grams > c.upto) {
			continue
		}
		q := Quote{Zone: name, Charge: c.paise, Free: c.free, Days: c.days}
		switch {
		case p.Grams == 0:
			q.Charge = 0
		case c.free > 0 && p.Value >= c.free:
			q.Charge, q.Waived = 0, c.paise
		}
		return q, nil
	}
	return Quote{}, ErrNoCharge
}
