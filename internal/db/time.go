package db

import (
	"strconv"
	"sync/atomic"
	"time"
)

// Time is an instant in microseconds since 1970, UTC, as the columns named _at hold it.
type Time int64

// India is Indian Standard Time; business dates are dates there.
var India = time.FixedZone("IST", 5*3600+1800)

// At turns t into a Time.
func At(t time.Time) Time { return Time(t.UnixMicro()) }

// Std is the instant as a time.Time in UTC.
func (t Time) Std() time.Time { return time.UnixMicro(int64(t)).UTC() }

// Add moves the instant by d, which is cut to microseconds.
func (t Time) Add(d time.Duration) Time { return t + Time(d.Microseconds()) }

// Date is the business date, YYYY-MM-DD in Indian time.
func (t Time) Date() string { return t.Std().In(India).Format(time.DateOnly) }

// StartOfDay is the first instant of the business date.
func (t Time) StartOfDay() Time {
	y, m, d := t.Std().In(India).Date()
	return Time(time.Date(y, m, d, 0, 0, 0, 0, India).UnixMicro())
}

// String is the instant in RFC 3339, UTC.
func (t Time) String() string { return t.Std().Format(time.RFC3339Nano) }

// Clock is the program's time: the machine's, moved forward by a test clock.
type Clock struct{ offset atomic.Int64 }

// Now is the present instant of this clock.
func (c *Clock) Now() Time { return At(time.Now()) + Time(c.offset.Load()) }

// Offset is how far the clock stands ahead of the machine's, in microseconds.
func (c *Clock) Offset() int64 { return c.offset.Load() }

// SetOffset moves the clock to stand µs microseconds ahead of the machine's.
func (c *Clock) SetOffset(µs int64) { c.offset.Store(µs) }

// List gives "$first, $first+1, …" for n placeholders: the inside of IN (…).
func List(first, n int) string {
	b := make([]byte, 0, n*5)
	for i := range n {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = append(b, '$')
		b = strconv.AppendInt(b, int64(first+i), 10)
	}
	return string(b)
}

// Args are the arguments of a statement: some of its own, then a list.
func Args[T any](list []T, first ...any) []any {
	out := append(make([]any, 0, len(first)+len(list)), first...)
	for _, v := range list {
		out = append(out, v)
	}
	return out
}

// Values gives "($1, …), (…)" for rows of cols placeholders: the inside of VALUES.
func Values(rows, cols int) string {
	b := make([]byte, 0, rows*cols*5)
	for r := range rows {
		if r > 0 {
			b = append(b, ", "...)
		}
		b = append(b, '(')
		b = append(b, List(r*cols+1, cols)...)
		b = append(b, ')')
	}
	return string(b)
}
