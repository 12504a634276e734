package orders_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"saebaan/catalog"
	"saebaan/internal/db"
	"saebaan/internal/money"
	"saebaan/internal/testdb"
	"saebaan/orders"
)

// Of two orders of as many pieces of one lot, one comes back in any parts and one
// at once: the books have the same money for both. When the maker of all of it has
// taken every piece back, the last return has brought her shares, tax, rounding and
// the running cost back to exactly nothing, and the fund bears what was spent.
func TestReturnsInPartsAreOneReturn(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.register()
		serial := 0
		rapid.Check(t, func(rt *rapid.T) {
			if serial++; testing.Short() && serial > 30 || serial > 100 {
				return // a hundred of them in an ordinary run
			}
			w.t = rt
			n := rapid.Int64Range(2, 6).Draw(rt, "pieces")
			tag := money.Paise(rapid.Int64Range(50_000, 262_500).Draw(rt, "tag"))
			alone := rapid.IntRange(0, 3).Draw(rt, "alone") == 3
			product := w.draft("Kurta")
			v, err := w.catalog.AddVariant(ctx, admin, "", catalog.VariantInput{Product: product, SKU: fmt.Sprintf("P%d", serial), Size: "M"})
			w.ok(err)
			_, err = w.catalog.SaveCard(ctx, admin, "", catalog.CardInput{Variant: v.ID, Tag: tag, Heads: heads(true)})
			w.ok(err)
			m := []catalog.MakerInput{{Stage: "embroidery", Artisan: w.makers[0], Weight: 3}, {Stage: "washing", Artisan: w.makers[0], Weight: 1}}
			if !alone {
				m[0].Weight = rapid.Int64Range(1, 9).Draw(rt, "hers")
				m = append(m, catalog.MakerInput{Stage: "embroidery", Artisan: w.makers[1], Weight: rapid.Int64Range(2, 9).Draw(rt, "the other's")})
			}
			_, err = w.catalog.ReceiveLot(ctx, admin, "", catalog.LotInput{Variant: v.ID, Owner: w.makers[0], Pieces: 2 * n, Makers: m})
			w.ok(err)
			w.publish(product)
			in := orders.ReceiveInput{Outcome: rapid.SampledFrom([]orders.Outcome{orders.Restock, orders.Spoiled}).Draw(rt, "outcome")}
			if alone || rapid.IntRange(0, 3).Draw(rt, "accepted") < 3 {
				in.AtFault = w.makers[0]
			}
			if alone {
				in.Outcome = orders.ToMaker
			}
			state, released := rapid.SampledFrom([]string{"09", "27"}).Draw(rt, "state"), rapid.Bool().Draw(rt, "released")
			var sums [2]map[string]money.Paise
			var spent money.Paise
			for i, parts := range [][]int64{inParts(rt, n), {n}} {
				o, guest, err := w.order(v.ID, n, state)
				w.ok(err)
				for _, h := range o.Lines[0].Heads {
					if i == 0 && h.Kind == catalog.Cost && h.Head != "material" { // packing, fee and shipping
						spent += h.Paise * money.Paise(n)
					}
				}
				payload, signature := w.pay(guest, o.ID)
				w.ok(w.orders.PaymentEvent(ctx, payload, signature))
				sums[i] = w.cameBack(o, released, parts, in)
			}
			if !maps.Equal(sums[0], sums[1]) {
				rt.Fatalf("in parts %v, at once %v", sums[0], sums[1])
			}
			if !alone {
				return
			}
			for account, p := range sums[0] {
				switch {
				case account == "refunds":
					if p != tag*money.Paise(n) {
						rt.Fatalf("the buyer gets %d of %d back", p, tag*money.Paise(n))
					}
				case account == "trust:fund":
					if p != spent {
						rt.Fatalf("the fund bears %d, %d was spent", p, spent)
					}
				case strings.HasPrefix(account, "head:") && account != "head:rounding": // spent
				case account == "liability:refund:", account == "asset:stripe":
				case p != 0:
					rt.Fatalf("%s keeps %d of a sale that came back: %v", account, p, sums[0])
				}
			}
		})
		w.t = t
		w.check()
	})
}

// inParts divides n pieces into some returns.
func inParts(rt *rapid.T, n int64) (out []int64) {
	for n > 0 {
		out = append(out, rapid.Int64Range(1, n).Draw(rt, "part"))
		n -= out[len(out)-1]
	}
	return out
}

// cameBack sends a paid order, lets it come back in these parts, and sums what the
// book has for it: by account, without the order's own name in it.
func (w *world) cameBack(o orders.Order, released bool, parts []int64, in orders.ReceiveInput) map[string]money.Paise {
	w.t.Helper()
	_, err := w.orders.Dispatch(ctx, admin, "", orders.DispatchInput{Order: o.ID})
	w.ok(err)
	_, err = w.orders.Deliver(ctx, admin, "", o.ID)
	w.ok(err)
	for _, k := range parts {
		r, err := w.orders.RequestReturn(ctx, admin, "", orders.ReturnInput{Order: o.ID, Line: o.Lines[0].ID, Pieces: k, Reason: orders.Defect})
		w.ok(err)
		if released {
			released = false
			w.ok(w.db.AdvanceClock(ctx, 20*24*time.Hour))
			_, err := w.orders.ReleaseDue(ctx)
			w.ok(err)
		}
		in.Return = r.ID
		_, err = w.orders.ReceiveReturn(ctx, admin, "", in)
		w.ok(err)
	}
	var rows []struct {
		Account string      `db:"account"`
		Paise   money.Paise `db:"paise"`
	}
	w.ok(w.db.Select(ctx, &rows, `
		SELECT account, paise
		FROM postings
		WHERE order_id = $1`, o.ID))
	out := map[string]money.Paise{}
	for _, r := range rows {
		account := strings.ReplaceAll(r.Account, o.ID, "")
		if strings.HasPrefix(account, "asset:stock:") { // each piece that came back is a lot of its own
			account = "asset:stock"
		}
		account = strings.TrimSuffix(strings.TrimSuffix(account, ":held"), ":payable")
		out[account] += r.Paise
	}
	var back money.Paise
	w.ok(w.db.Get(ctx, &back, `
		SELECT CAST(COALESCE(SUM(amount_paise), 0) AS BIGINT)
		FROM refunds
		WHERE order_id = $1`, o.ID))
	out["refunds"] = back
	return out
}
