package arch_test

// The bugs of the yearly book, of open books in memory, and of deciding by passkey.
func init() {
	planted = append(planted, []struct{ name, file, is, becomes, pkg, run string }{
		{"a deduction is paid out too", "payouts/year.go", `spans[i].paise -= share`, `spans[i].paise -= 0 * share`, "./payouts", "DeductionsFall"},
		{"what a bank sent back is on its way", "payouts/year.go", `p.credits[pay.back] = append(p.credits[pay.back], s)`, `b.OnTheWay += s.paise`, "./payouts", "PromisesFollow"},
		{"a payment after the year counts in it", "payouts/year.go", `case YearOf(pay.paidOn) == s.from.year:`, `case pay.paidOn != "":`, "./payouts", "PromisesFollow"},
		{"what came back stays promised", "payouts/year.go", `b.Reversed -= part.Paise`, `b.Reversed -= 0 * part.Paise`, "./payouts", "PromisesFollow"},
		{"one woman's area is told", "openbooks/yearfold.go", `return c.Women >= FewestMakers && (`, `return c.Women >= 1 && (`, "./openbooks", "Ties|Hide"},
		{"one payment is told", "openbooks/yearfold.go", `(c.Paid == 0 || c.Paid >= FewestMakers)`, `c.Paid >= 0`, "./openbooks", "Withheld|Hide"},
		{"one woman's work is told", "openbooks/yearfold.go", `crowd{max(a.Women, b.Women), max(a.Paid, b.Paid)}`, `a.plus(b).plus(crowd{3, 3})`, "./openbooks", "Hide"},
		{"what does not tie is published", "openbooks/yearkeep.go", "for _, a := range makers {\n		s := sums[a]", "for _, a := range makers[:0] {\n		s := sums[a]", "./openbooks", "Loose"},
		{"two workers keep the year at once", "openbooks/yearkeep.go", `WHERE id = 1 AND block = $3 AND held_until <= $4`, `WHERE id = 1 AND $3 >= 0 AND $4 > 0`, "./openbooks", "Loose"},
		{"the year is told anew at every look", "openbooks/yearkeep.go", `due = age >= yearsEvery; !due`, `due = age >= 0; !due`, "./openbooks", "Rarely"},
		{"one woman's payment moves the year", "openbooks/yearkeep.go", `len(k.makers) >= FewestMakers`, `len(k.makers) >= 1`, "./openbooks", "Rarely"},
		{"a book of before is shown", "openbooks/shelf.go", `good = now == old.stamp; good`, `good = now != ""; good`, "./storefront", "OnTheShelf"},
		{"books fill the memory", "openbooks/shelf.go", `for s.bytes > shelfBytes {`, `for s.bytes < 0 {`, "./openbooks", "Shelf"},
		{"open books are asked for without end", "storefront/storefront.go", `web.NewLimit(openBurst, openEvery, nil).Handle`, `web.NewLimit(openBurst*openBurst, openEvery, nil).Handle`, "./storefront", "LimitedByAddress"},
		{"made-up addresses pass the limit", "internal/web/limit.go", `for i := len(hops) - 1; i >= 0 && isProxy(last, trusted); i-- {`, `for i := 0; i < min(1, len(hops)) && isProxy(last, trusted); i++ {`, "./internal/web", "CountsByAddress"},
		{"an advance's voucher is not in what is proved", "payouts/decision.go", `return auth.DecideAdvance(in.Advance, hashed(in.Seen, in.Yes, in.Reference))`, `return auth.DecideAdvance(in.Advance, hashed(in.Seen, in.Yes))`, "./payouts", "AdvanceIsDecided"},
		{"a passkey that gives also writes off", "payouts/decision.go", `return auth.WriteOffAdvance(`, `return auth.DecideAdvance(`, "./payouts", "AdvanceIsDecided"},
		{"a passkey that refuses also closes", "payouts/decision.go", `hashed(in.Seen, in.Yes))`, `hashed(in.Seen))`, "./payouts", "ClosedByPasskey"},
		{"a passkey decides what was not looked at", "payouts/decision.go", `return seen != now && (seen != "" || len(passkey) > 0)`, `return seen != now && seen != "" && len(passkey) < 1<<20`, "./payouts", "ByPasskey|DecidedByPasskey"},
		{"what is left of an advance is not in its hash", "payouts/decision.go", `int64(a.Left()), `, ``, "./payouts", "ContentHashes"},
		{"a sent piece keeps the trust's material in the store", "orders/fulfil.go", `if used != nil {`, `if used != nil && used.Kind == "" {`, "./orders", "IssuedMaterial"},
		{"used material is a promise", "payouts/closing.go", `"gateway_fee", "material_used"}`, `"gateway_fee"}`, "./payouts", "UsedMaterial"},
	}...)
}
