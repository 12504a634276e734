package gst_test

import (
	"errors"
	"strings"
	"testing"

	"saebaan/internal/gst"
	"saebaan/internal/money"
)

const (
	old = "2025-09-21"
	now = "2025-09-22"
)

func TestRate(t *testing.T) {
	for _, c := range []struct {
		name  string
		hsn   string
		value money.Paise
		date  string
		want  money.BasisPoints
	}{
		{"kurta at the old limit", "6206", 100_000, old, 500},
		{"kurta a paisa above the old limit", "6206", 100_001, old, 1200},
		{"kurta at the limit", "620630", 250_000, now, 500},
		{"kurta a paisa above the limit", "62063010", 250_001, now, 1800},
		{"knitted", "6109", 250_001, now, 1800},
		{"suit with a hemmed dupatta", "6211", 99_999, old, 500},
		{"cushion cover", "6304", 250_001, now, 1800},
		{"razai", "9404", 100_001, old, 1200},
		{"razai now", "9404", 250_000, now, 500},
		{"silk saree of any price", "5007", 9_999_999, now, 500},
		{"cotton saree of any price", "5208", 9_999_999, old, 500},
		{"cotton saree, heavier", "5209", 9_999_999, now, 500},
		{"georgette saree", "5407", 300_000, now, 500},
		{"viscose saree", "5408", 300_000, old, 500},
		{"dupatta follows garments", "6214", 250_001, now, 1800},
		{"shawl before", "6214/shawl", 100_001, old, 1200},
		{"shawl now, at any price", "621420/shawl", 900_000, now, 500},
		{"knitted shawl", "6117/shawl", 900_000, now, 500},
		{"hand embroidery in the piece", "5810", 900_000, old, 500},
		{"potli before", "42022230", 10_000, old, 1200},
		{"potli now", "420222", 10_000, now, 500},
		{"jewellery box", "420229", 10_000, now, 500},
		{"beads", "7117", 10_000, now, 300},
		{"kundan in gold", "7113", 10_000_000, now, 300},
		{"a free piece", "6206", 0, now, 500},
	} {
		got, err := gst.Default().Rate(c.hsn, c.value, c.date)
		if err != nil || got != c.want {
			t.Errorf("%s: rate %d, %v; want %d", c.name, got, err, c.want)
		}
	}
}

func TestRateRefuses(t *testing.T) {
	for _, c := range []struct {
		name, hsn string
		value     money.Paise
		date      string
		want      error
	}{
		{"unknown heading", "9999", 1, now, gst.ErrNoRate},
		{"a bag that is not listed", "420212", 1, now, gst.ErrNoRate},
		{"before the table begins", "6206", 1, "2018-07-26", gst.ErrNoRate},
		{"a flag no row has", "6206/shawl", 1, now, gst.ErrNoRate},
		{"a chapter is no HSN code", "62", 1, now, gst.ErrHSN},
		{"letters", "62O6", 1, now, gst.ErrHSN},
		{"Devanagari digits", "६२०६", 1, now, gst.ErrHSN},
		{"empty", "", 1, now, gst.ErrHSN},
		{"no such day", "6206", 1, "2025-02-30", gst.ErrDate},
		{"below zero", "6206", -1, now, gst.ErrValue},
	} {
		if _, err := gst.Default().Rate(c.hsn, c.value, c.date); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	if got := gst.Digits("6214/shawl"); got != "6214" {
		t.Errorf("Digits gave %q", got)
	}
}

func TestLongestPrefixWins(t *testing.T) {
	table := load(t, "62,,,2025-01-01,,500,a", "6211,,,2025-01-01,,1200,b", "621142,,,2026-01-01,,1800,c")
	for hsn, want := range map[string]money.BasisPoints{"6206": 500, "6211": 1200, "621142": 1200, "621143": 1200} {
		if got, err := table.Rate(hsn, 1, "2025-06-01"); err != nil || got != want {
			t.Errorf("%s in 2025: %d, %v; want %d", hsn, got, err, want)
		}
	}
	if got, err := table.Rate("62114210", 1, "2026-01-01"); err != nil || got != 1800 {
		t.Errorf("the longer prefix from its first day: %d, %v", got, err)
	}
}

const columns = "hsn_prefix,over_paise,upto_paise,from,to,rate_bp,source\n"

func load(t *testing.T, lines ...string) *gst.Table {
	t.Helper()
	table, err := gst.Load(strings.NewReader(columns + strings.Join(lines, "\n")))
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func TestLoadRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":               "",
		"no rows":               columns,
		"other columns":         "hsn,rate,a,b,c,d,e\n",
		"a column short":        columns + "62,,,2025-01-01,,500\n",
		"letters in the prefix": columns + "6A,,,2025-01-01,,500,s\n",
		"an empty flag":         columns + "6214/,,,2025-01-01,,500,s\n",
		"no first day":          columns + "62,,,,,500,s\n",
		"last before first":     columns + "62,,,2025-02-01,2025-01-31,500,s\n",
		"rate not a number":     columns + "62,,,2025-01-01,,5%,s\n",
		"odd rate":              columns + "62,,,2025-01-01,,25,s\n",
		"rate below zero":       columns + "62,,,2025-01-01,,-2,s\n",
		"limit not whole":       columns + "62,,100.5,2025-01-01,,500,s\n",
		"no source":             columns + "62,,,2025-01-01,,500,\n",
		"bands overlap":         columns + "62,,100,2025-01-01,,500,s\n62,99,,2025-01-01,,1200,s\n",
		"bands leave a gap":     columns + "62,,100,2025-01-01,,500,s\n62,101,,2025-01-01,,1200,s\n",
		"not from zero":         columns + "62,0,,2025-01-01,,500,s\n",
		"no highest band":       columns + "62,,100,2025-01-01,,500,s\n",
		"twice the same":        columns + "62,,,2025-01-01,,500,s\n62,,,2025-01-01,,500,s\n",
		"periods overlap":       columns + "62,,,2025-01-01,2025-06-30,500,s\n62,,,2025-06-30,,500,s\n",
		"a day between periods": columns + "62,,,2025-01-01,2025-06-29,500,s\n62,,,2025-07-01,,500,s\n",
		"open period, then one": columns + "62,,,2025-01-01,,500,s\n62,,,2025-07-01,,500,s\n",
		"quote never closed":    columns + "62,,,2025-01-01,,500,\"s\n",
	} {
		if _, err := gst.Load(strings.NewReader(text)); !errors.Is(err, gst.ErrTable) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
