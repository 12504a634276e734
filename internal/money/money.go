package money

import (
	"fmt"
	"math/big"
	"math/bits"
	"strconv"
	"strings"

	"saebaan/internal/fault"
)

// Paise is an amount of Indian rupees in hundredths.
type Paise int64

// Max is the largest amount taken from outside: 10^13 paise, ₹100 billion,
// which JSON numbers carry exactly.
const Max Paise = 10_000_000_000_000

// BasisPoints is a rate in hundredths of a percent: 500 is 5 %.
type BasisPoints int64

// The faults of this package.
var (
	ErrOverflow = fault.New(fault.Invalid, "money.overflow", "The amount is too large to count. Nothing was done; check the numbers.")
	ErrFormat   = fault.New(fault.Invalid, "money.format", "This is not an amount in rupees. Write it like 1234.50.")
	ErrWeights  = fault.New(fault.Invalid, "money.weights", "A sum cannot be shared when every share is zero. Give at least one share a weight.")
)

// Add returns a+b, or ErrOverflow.
func Add(a, b Paise) (Paise, error) {
	s := a + b
	if (s > a) != (b > 0) && b != 0 {
		return 0, ErrOverflow
	}
	return s, nil
}

// Sum adds all amounts, or returns ErrOverflow.
func Sum(amounts ...Paise) (Paise, error) {
	var total Paise
	var err error
	for _, a := range amounts {
		if total, err = Add(total, a); err != nil {
			return 0, err
		}
	}
	return total, nil
}

// Times returns p × n, or ErrOverflow.
func (p Paise) Times(n int64) (Paise, error) {
	r := new(big.Int).Mul(big.NewInt(int64(p)), big.NewInt(n))
	if !r.IsInt64() {
		return 0, ErrOverflow
	}
	return Paise(r.Int64()), nil
}

// HalfUp returns rate of p, rounded to the nearest paisa with halves away from
// zero, so that −x gives the mirror of x.
func (p Paise) HalfUp(rate BasisPoints) (Paise, error) {
	if p < 0 {
		m, err := (-p).HalfUp(rate)
		return -m, err
	}
	if rate < 0 {
		return 0, ErrOverflow.With("A rate below zero cannot be applied.")
	}
	hi, lo := bits.Mul64(uint64(p), uint64(rate))
	lo, carry := bits.Add64(lo, 5_000, 0)
	hi += carry
	if hi >= 10_000 {
		return 0, ErrOverflow
	}
	q, _ := bits.Div64(hi, lo, 10_000)
	if q > 1<<63-1 {
		return 0, ErrOverflow
	}
	return Paise(q), nil
}

// Parse reads "1234", "1234.5" or "1234.50" rupees, ASCII digits only, as paise.
func Parse(s string) (Paise, error) {
	whole, frac, dot := strings.Cut(s, ".")
	if whole == "" || len(whole) > 13 || (dot && (len(frac) == 0 || len(frac) > 2)) {
		return 0, ErrFormat
	}
	for len(frac) < 2 {
		frac += "0"
	}
	for _, c := range whole + frac {
		if c < '0' || c > '9' {
			return 0, ErrFormat
		}
	}
	n, err := strconv.ParseInt(whole+frac, 10, 64)
	if err != nil || Paise(n) > Max {
		return 0, ErrOverflow
	}
	return Paise(n), nil
}

// Plain is the amount in rupees with a dot and two decimals, "-1234.50", for
// files that programs read.
func (p Paise) Plain() string {
	sign, u := "", uint64(p)
	if p < 0 {
		sign, u = "-", -uint64(p)
	}
	return fmt.Sprintf("%s%d.%02d", sign, u/100, u%100)
}

// String is the amount as India writes it: "₹1,23,456.78", "−₹5.00".
func (p Paise) String() string {
	plain := p.Plain()
	sign := ""
	if rest, negative := strings.CutPrefix(plain, "-"); negative {
		sign, plain = "−", rest
	}
	whole, frac, _ := strings.Cut(plain, ".")
	return sign + "₹" + group(whole) + "." + frac
}

// group puts commas after the last three digits and then after every two.
func group(digits string) string {
	if len(digits) <= 3 {
		return digits
	}
	head, out := digits[:len(digits)-3], digits[len(digits)-3:]
	for len(head) > 2 {
		out = head[len(head)-2:] + "," + out
		head = head[:len(head)-2]
	}
	return head + "," + out
}
