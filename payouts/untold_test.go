package payouts_test

import (
	"slices"
	"testing"

	"saebaan/artisans"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/testdb"
	"saebaan/payouts"
)

// An account that is not that of her last payment is pointed out while her old
// number is not told, and hinders nothing.
func TestUntoldChangesAreLookedAt(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		told, untold, same := w.artisan(10_000), w.artisan(10_000), w.artisan(10_000)
		w.answer(w.sent(preparer), "paid")
		change := func(artisan, upi string) {
			_, err := w.artisans.SetPayee(ctx, admin, "", artisans.PayeeInput{Artisan: artisan, Kind: "upi", Holder: "M", UPI: upi, Confirmed: "in person"})
			w.ok(err)
		}
		for _, a := range []string{told, untold, same} {
			_, err := w.artisans.SetPhone(ctx, admin, "", artisans.PhoneInput{Artisan: a, Phone: "9876543210"})
			w.ok(err)
			w.owe(a, 10_000)
		}
		change(told, "told@upi")
		change(untold, "untold@upi")
		_, err := w.artisans.SetPhone(ctx, admin, "", artisans.PhoneInput{Artisan: same, Phone: "9876543211"}) // her account stays
		w.ok(err)
		second := auth.Actor{ID: "usr_second", Via: auth.ViaSession, Grants: []auth.Grant{{Role: auth.Administrator}}}
		list, err := w.artisans.NoticesDue(ctx, second, "", 10)
		w.ok(err)
		for _, n := range list {
			if n.Artisan == told {
				_, err := w.artisans.Told(ctx, second, "", artisans.ToldInput{Notice: n.ID, How: "call"})
				w.ok(err)
			}
		}
		w.ok(d.AdvanceClock(ctx, artisans.PayeeWait))
		r, err := w.payouts.Prepare(ctx, preparer, "", payouts.Scope{})
		w.ok(err)
		for who, want := range map[string][]string{told: {payouts.NewAccount}, untold: {payouts.NewAccount, payouts.Untold}, same: nil} {
			if i := item(r, who); !slices.Equal(i.Warnings, want) || i.Amount != 10_000 {
				t.Errorf("want %v: %+v", want, i)
			}
		}
	})
}
