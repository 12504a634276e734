package freight_test

import (
	"errors"
	"strings"
	"testing"

	"saebaan/internal/freight"
	"saebaan/internal/gst"
	"saebaan/internal/money"
)

func TestEveryStateHasAChargeForEveryWeight(t *testing.T) {
	table := freight.Default()
	for state := range gst.States {
		last := money.Paise(0)
		for _, grams := range []int64{1, 500, 501, 1000, 2000, 2001, 90_000} {
			q, err := table.Quote(freight.Parcel{State: state, PIN: "999999", Grams: grams, Value: 100, Date: "2026-11-22"})
			if err != nil || q.Charge <= 0 || q.Charge < last || q.Days < 1 {
				t.Errorf("%s %d g: %+v, %v", state, grams, q, err)
			}
			last = q.Charge
		}
	}
}

func TestPINPrefixDateAndFreeAmount(t *testing.T) {
	table := freight.Default()
	for _, c := range []struct {
		name   string
		parcel freight.Parcel
		want   freight.Quote
		err    error
	}{
		{"Lucknow is the city", freight.Parcel{"09", "226003", 400, 90_000, "2026-11-22"}, freight.Quote{Zone: "city", Charge: 4000, Free: 150_000, Days: 2}, nil},
		{"Barabanki is the State", freight.Parcel{"09", "225001", 501, 90_000, "2026-11-22"}, freight.Quote{Zone: "state", Charge: 7000, Free: 150_000, Days: 4}, nil},
		{"free from the amount on", freight.Parcel{"09", "226003", 400, 150_000, "2026-11-22"}, freight.Quote{Zone: "city", Waived: 4000, Free: 150_000, Days: 2}, nil},
		{"a paisa less is charged", freight.Parcel{"09", "226003", 400, 149_999, "2026-11-22"}, freight.Quote{Zone: "city", Charge: 4000, Free: 150_000, Days: 2}, nil},
		{"nothing to send", freight.Parcel{"09", "226003", 0, 0, "2026-11-22"}, freight.Quote{Zone: "city", Free: 150_000, Days: 2}, nil},
		{"before the table", freight.Parcel{"09", "226003", 400, 0, "2020-01-01"}, freight.Quote{}, freight.ErrNoCharge},
	} {
		got, err := table.Quote(c.parcel)
		if got != c.want || !errors.Is(err, c.err) {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
	}
}

func TestBrokenTablesAreRefused(t *testing.T) {
	zones := "state,pin_prefix,zone\n"
	for code := range gst.States {
		zones += code + ",,all\n"
	}
	head := "zone,from,to,upto_grams,paise,free_above_paise,days\n"
	good := head + "all,2026-01-01,,500,100,0,3\nall,2026-01-01,,,200,0,3\n"
	if _, err := freight.Load(strings.NewReader(zones), strings.NewReader(good)); err != nil {
		t.Fatal(err)
	}
	for name, charges := range map[string]string{
		"no open weight":   head + "all,2026-01-01,,500,100,0,3\n",
		"falling weights":  head + "all,2026-01-01,,500,100,0,3\nall,2026-01-01,,400,100,0,3\nall,2026-01-01,,,200,0,3\n",
		"negative charge":  head + "all,2026-01-01,,,-1,0,3\n",
		"no date":          head + "all,soon,,,1,0,3\n",
		"ends before":      head + "all,2026-01-02,2026-01-01,,1,0,3\n",
		"other columns":    "zone,paise\nall,1\n",
		"zone of nobody":   head + "some,2026-01-01,,,1,0,3\n",
		"not a number":     head + "all,2026-01-01,,,1e3,0,3\n",
		"weight of nought": head + "all,2026-01-01,,0,1,0,3\nall,2026-01-01,,,1,0,3\n",
	} {
		if _, err := freight.Load(strings.NewReader(zones), strings.NewReader(charges)); !errors.Is(err, freight.ErrTable) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := freight.Load(strings.NewReader("state,pin_prefix,zone\n09,,all\n"), strings.NewReader(good)); !errors.Is(err, freight.ErrTable) {
		t.Errorf("a State without a zone: %v", err)
	}
}
