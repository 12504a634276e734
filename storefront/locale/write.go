package locale

import (
	"fmt"
	"strings"

	"saebaan/internal/db"
	"saebaan/internal/money"
)

// Rupees is an amount as a price tag shows it: without paise when there are none.
func Rupees(p money.Paise) string { return strings.TrimSuffix(p.String(), ".00") }

// Date is the Indian day of an instant: "22 November 2026".
func (l Lang) Date(t db.Time) string { return l.Day(t.Date()) }

// DateTime is an instant in Indian time: "22 November 2026, 15:42".
func (l Lang) DateTime(t db.Time) string {
	return l.Date(t) + ", " + t.Std().In(db.India).Format("15:04")
}

// Day writes a business date, year-month-day.
func (l Lang) Day(date string) string {
	var year, month, day int
	if _, err := fmt.Sscanf(date, "%4d-%2d-%2d", &year, &month, &day); err != nil || month < 1 || month > 12 {
		return date
	}
	return fmt.Sprintf("%d %s %d", day, l.T(fmt.Sprintf("month.%02d", month)), year)
}

// Minutes writes a stage's standard time: "18 h 30 min".
func (l Lang) Minutes(n int64) string {
	h, m := n/60, n%60
	switch {
	case h == 0:
		return l.T("time.minutes", "M", m)
	case m == 0:
		return l.T("time.hours", "H", h)
	}
	return l.T("time.both", "H", h, "M", m)
}

// PerMille writes thousandths as a percentage with one decimal: "62.2 %".
func PerMille(n int64) string { return fmt.Sprintf("%d.%d %%", n/10, n%10) }

// List joins words as the language does: "a, b and c".
func (l Lang) List(words []string) string {
	switch len(words) {
	case 0:
		return ""
	case 1:
		return words[0]
	}
	last := len(words) - 1
	return l.T("list.and", "First", strings.Join(words[:last], ", "), "Last", words[last])
}
