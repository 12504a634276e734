package gst

import (
	_ "embed"
	"encoding/csv"
	"strconv"
	"strings"
	"sync"

	"saebaan/internal/money"
)

// The thresholds that are known; each is dated data (thresholds.csv).
const (
	EwayBill         = "eway_bill"         // of a consignment, with tax
	EinvoiceTurnover = "einvoice_turnover" // of a year
	B2CLarge         = "b2c_large"         // of an inter-State invoice to an unregistered buyer
	RecipientAddress = "recipient_address" // of an invoice to an unregistered buyer
)

//go:embed thresholds.csv
var thresholdsCSV string

var thresholds = sync.OnceValue(func() [][]string {
	rows, err := csv.NewReader(strings.NewReader(thresholdsCSV)).ReadAll()
	if err != nil {
		panic(err) // the embedded table is checked by this package's tests
	}
	return rows[1:]
})

// Threshold is the amount in force on a business date, or money.Max before any.
func Threshold(name, date string) money.Paise {
	amount, since := money.Max, ""
	for _, r := range thresholds() {
		if r[0] == name && r[1] <= date && r[1] >= since {
			if n, err := strconv.ParseInt(r[2], 10, 64); err == nil {
				amount, since = money.Paise(n), r[1]
			}
		}
	}
	return amount
}

// FinancialYear is the year of a business date as a series writes it: April to
// March, "26-27".
func FinancialYear(date string) string {
	year, err1 := strconv.Atoi(date[:min(4, len(date))])
	if err1 != nil || len(date) < 7 {
		return ""
	}
	if date[5:7] < "04" {
		year--
	}
	two := func(y int) string { return strconv.Itoa(100 + y%100)[1:] }
	return two(year) + "-" + two(year+1)
}
