package orders

import (
	"time"

	"saebaan/internal/db"
	"saebaan/internal/freight"
)

// Settings are what the trust decides about payment and returns; Defaults hold
// until it does (DESIGN §5).
type Settings struct {
	HoldCard    time.Duration // how long pieces are kept while a card payment is awaited
	HoldUPI     time.Duration // before the buyer says that she has paid
	HoldClaimed time.Duration // after she has said so
	HoldBank    int           // working days, for a bank transfer and for cash
	ReturnDays  int           // after delivery
	NoNewsDays  int           // after dispatch without news the makers' credit is payable
	UPI         UPIAccount
	Bank        BankAccount
	Card        bool           // whether a card gateway is there
	Site        string         // the shop's address, for links on paper; "" prints none
	Freight     *freight.Table // delivery charges; nil is the built-in table
}

// UPIAccount is where buyers pay by UPI; without an ID the method is closed.
type UPIAccount struct {
	ID   string // pa of a upi://pay link
	Name string // pn
}

// BankAccount is where buyers send a transfer; without a number the method is closed.
type BankAccount struct {
	Name   string
	Number string
	IFSC   string
}

// Defaults are the settings of a trust that has decided nothing yet.
func Defaults() Settings {
	return Settings{HoldCard: 15 * time.Minute, HoldUPI: time.Hour, HoldClaimed: 24 * time.Hour, HoldBank: 5,
		ReturnDays: 7, NoNewsDays: 15, Card: true}
}

// Method is how a buyer pays.
type Method string

// The ways to pay.
const (
	Card         Method = "card"
	UPI          Method = "upi"
	BankTransfer Method = "bank"
	Cash         Method = "cash" // in the trust's office
)

// Methods are the ways that are open, in the order to offer them.
func (s Settings) Methods() []Method {
	var out []Method
	if s.Card {
		out = append(out, Card)
	}
	if s.UPI.ID != "" {
		out = append(out, UPI)
	}
	if s.Bank.Number != "" {
		out = append(out, BankTransfer)
	}
	return append(out, Cash)
}

// hold is until when pieces are kept for a payment of that method begun now.
func (s Settings) hold(m Method, now db.Time) db.Time {
	switch m {
	case Card:
		return now.Add(s.HoldCard)
	case UPI:
		return now.Add(s.HoldUPI)
	}
	return workingDays(now, s.HoldBank)
}

// workingDays is the end of the n-th working day after now, Indian time. Only
// Saturdays and Sundays are left out: holidays differ by bank and State.
func workingDays(now db.Time, n int) db.Time {
	day := now.Std().In(db.India)
	day = time.Date(day.Year(), day.Month(), day.Day(), 23, 59, 59, 0, db.India)
	for n > 0 {
		day = day.AddDate(0, 0, 1)
		if day.Weekday() != time.Saturday && day.Weekday() != time.Sunday {
			n--
		}
	}
	return db.At(day)
}
