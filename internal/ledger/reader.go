package ledger

import (
	"context"
	"time"

	"saebaan/internal/auth"
	"saebaan/internal/db"
)

// bookkeepers may read the book.
var bookkeepers = []auth.Role{auth.Preparer, auth.Approver, auth.Administrator}

// mostRows is how many rows a page of the book may have.
const mostRows = 1000

// Reader is the door to the book for people: finance and administrators.
type Reader struct{ db *db.DB }

// NewReader makes the reader.
func NewReader(d *db.DB) *Reader { return &Reader{db: d} }

// Today is the business date.
func (r *Reader) Today() string { return r.db.Clock.Now().Date() }

// TrialBalance is that at a block, or at the end of a business date, or, with
// neither, of all that is entered now. Returns ErrPeriod, ErrNoBlock.
func (r *Reader) TrialBalance(ctx context.Context, actor auth.Actor, block int64, date string) (TrialBalance, error) {
	var out TrialBalance
	if err := actor.Require(bookkeepers...); err != nil {
		return out, err
	}
	if block < 0 || block > 0 && date != "" || !isDay(date) {
		return out, ErrPeriod
	}
	err := r.sealed(ctx, block == 0, func(tx *db.Tx) (err error) {
		out, err = Trial(tx, block, date)
		return err
	})
	return out, err
}

// Movements is a page of an account's movements; a period left out is the
// financial year until today. Returns ErrPeriod, ErrNoAccount.
func (r *Reader) Movements(ctx context.Context, actor auth.Actor, q AccountQuery) (AccountPage, error) {
	if err := actor.Require(bookkeepers...); err != nil {
		return AccountPage{}, err
	}
	if q.To == "" {
		q.To = max(r.Today(), q.From)
	}
	if !isDay(q.To) {
		return AccountPage{}, ErrPeriod
	}
	if q.From == "" {
		q.From = yearBegan(q.To)
	}
	if !isDay(q.From) || q.From > q.To || q.Limit < 1 || q.Limit > mostRows+1 {
		return AccountPage{}, ErrPeriod
	}
	if !q.Account.Known() {
		return AccountPage{}, ErrNoAccount
	}
	var out AccountPage
	err := r.sealed(ctx, true, func(tx *db.Tx) (err error) {
		out, err = accountPage(tx, q)
		return err
	})
	return out, err
}

// Entries lists the entries that a filter chooses. Returns ErrPeriod.
func (r *Reader) Entries(ctx context.Context, actor auth.Actor, f Filter) ([]Sealed, error) {
	if err := actor.Require(bookkeepers...); err != nil {
		return nil, err
	}
	if !isDay(f.From) || !isDay(f.To) || f.Amount < 0 || f.Limit < 1 || f.Limit > mostRows+1 {
		return nil, ErrPeriod
	}
	var out []Sealed
	err := r.sealed(ctx, true, func(tx *db.Tx) (err error) {
		out, err = Entries(tx, f)
		return err
	})
	return out, err
}

// Entry is one entry with its postings and place. Returns ErrNoEntry.
func (r *Reader) Entry(ctx context.Context, actor auth.Actor, id string) (Sealed, error) {
	var out Sealed
	if err := actor.Require(bookkeepers...); err != nil {
		return out, err
	}
	err := r.sealed(ctx, true, func(tx *db.Tx) (err error) {
		out, err = EntryByID(tx, id)
		return err
	})
	return out, err
}

// sealed reads after sealing what is committed, if the newest is asked for.
func (r *Reader) sealed(ctx context.Context, newest bool, fn func(*db.Tx) error) error {
	if newest {
		if _, err := Seal(ctx, r.db); err != nil {
			return err
		}
	}
	return r.db.Read(ctx, fn)
}

// isDay reports whether a text is a day that exists, or "".
func isDay(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return text == "" || err == nil
}

// yearBegan is the first of April before a day, or that day.
func yearBegan(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return time.Date(t.AddDate(0, -3, 0).Year(), time.April, 1, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
}
