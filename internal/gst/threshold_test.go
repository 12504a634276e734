package gst_test

import (
	"testing"

	"saebaan/internal/gst"
	"saebaan/internal/money"
)

func TestThresholdsAreDated(t *testing.T) {
	for _, c := range []struct {
		name, date string
		want       money.Paise
	}{
		{gst.EwayBill, "2026-11-22", 50_000_00},
		{gst.EwayBill, "2017-01-01", money.Max},
		{gst.EinvoiceTurnover, "2026-11-22", 5_00_00_000_00},
		{gst.B2CLarge, "2024-07-31", 2_50_000_00},
		{gst.B2CLarge, "2024-08-01", 1_00_000_00},
		{gst.RecipientAddress, "2026-11-22", 50_000_00},
		{"nothing", "2026-11-22", money.Max},
	} {
		if got := gst.Threshold(c.name, c.date); got != c.want {
			t.Errorf("%s on %s: %s", c.name, c.date, got)
		}
	}
}

func TestFinancialYearTurnsInApril(t *testing.T) {
	for date, want := range map[string]string{"2026-03-31": "25-26", "2026-04-01": "26-27", "2026-12-31": "26-27", "2099-04-01": "99-00", "1999-05-01": "99-00", "x": ""} {
		if got := gst.FinancialYear(date); got != want {
			t.Errorf("%s: %s", date, got)
		}
	}
}
