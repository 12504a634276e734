package catalog

import (
	_ "embed"
	"encoding/csv"
	"strconv"
	"strings"

	"saebaan/internal/money"
)

//go:embed wage_floor.csv
var wageFloorCSV string

// UnderFloor returns ErrWageFloor, naming the stage, when a wage for its
// standard minutes is below the minimum wage in force on that date.
func UnderFloor(heads []Head, date string) error {
	perDay, hours := wageFloor(date)
	for _, h := range heads {
		if h.under(perDay, hours) {
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

func (h Head) under(perDay, hours int64) bool {
	return h.Kind == Wage && h.Minutes > 0 && int64(h.Paise)*hours*60 < perDay*h.Minutes
}

// Hourly is what a wage comes to for an hour of its standard time, in whole paise;
// 0 without a time.
func (h Head) Hourly() money.Paise {
	if h.Minutes <= 0 {
		return 0
	}
	return h.Paise * 60 / money.Paise(h.Minutes)
}

// WageCheck is a wage for an hour against the minimum wage, and the least that the
// stage's time is to be paid with.
type WageCheck struct {
	Stage         string
	Hourly, Floor money.Paise
	Least         money.Paise
	Under         bool
}

// checkWages compares each wage that has a time with the minimum wage of that day.
func checkWages(heads []Head, date string) []WageCheck {
	perDay, hours := wageFloor(date)
	var out []WageCheck
	for _, h := range heads {
		if h.Kind != Wage || h.Minutes <= 0 {
			continue
		}
		out = append(out, WageCheck{Stage: h.Head, Hourly: h.Hourly(), Floor: money.Paise((perDay + hours - 1) / hours),
			Least: money.Paise((perDay*h.Minutes + hours*60 - 1) / (hours * 60)), Under: h.under(perDay, hours)})
	}
	return out
}
