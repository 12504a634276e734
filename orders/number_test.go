package orders_test

import (
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"saebaan/internal/db"
	"saebaan/internal/money"
	"saebaan/internal/testdb"
	"saebaan/orders"
)

var errForced = errors.New("forced rollback")

// Parallel dispatches of which every fifth is rolled back at its end, beside
// three numbering workers whose work is rolled back too: no gap, no number
// twice, numbers in order of date.
func TestNumbersSurviveRollbacks(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		dispatches := 500
		if testing.Short() {
			dispatches = 30
		}
		w := newWorld(t, d)
		w.register()
		v := w.piece("A", int64(dispatches), 199900)
		todo := make(chan string, dispatches)
		for range dispatches {
			o, _ := w.paid(v, 1, "27")
			todo <- o.ID
		}
		close(todo)
		var forced, unexpected atomic.Int64
		d.FailCommits(func() error {
			if rand.IntN(5) == 0 {
				forced.Add(1)
				return errForced
			}
			return nil
		})
		var senders, numberers sync.WaitGroup
		stop := make(chan struct{})
		for range 3 {
			numberers.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
						if _, err := w.orders.NumberDocuments(ctx); err != nil && !errors.Is(err, errForced) {
							unexpected.Add(1)
							t.Log(err)
						}
						time.Sleep(time.Millisecond)
					}
				}
			})
		}
		for range 8 {
			senders.Go(func() {
				for order := range todo {
					for {
						_, err := w.orders.Dispatch(ctx, admin, "key-"+order, orders.DispatchInput{Order: order})
						if err == nil {
							break
						}
						if !errors.Is(err, errForced) {
							unexpected.Add(1)
							t.Log(err)
							break
						}
					}
				}
			})
		}
		senders.Wait()
		close(stop)
		numberers.Wait()
		d.FailCommits(nil)
		w.ok(d.AdvanceClock(ctx, time.Minute))
		for {
			n, err := w.orders.NumberDocuments(ctx)
			w.ok(err)
			if n == 0 {
				break
			}
		}
		if unexpected.Load() > 0 || forced.Load() < int64(dispatches)/8 {
			t.Errorf("%d unexpected faults, %d forced rollbacks", unexpected.Load(), forced.Load())
		}
		var got struct {
			Count  int64 `db:"n"`
			Most   int64 `db:"most"`
			Differ int64 `db:"differ"`
		}
		w.ok(d.Get(ctx, &got, `SELECT COUNT(*) AS n, MAX(no) AS most, COUNT(DISTINCT number) AS differ FROM documents WHERE kind = 'tax_invoice'`))
		if got.Count != int64(dispatches) || got.Most != got.Count || got.Differ != got.Count {
			t.Errorf("%+v of %d dispatches", got, dispatches)
		}
		w.check()
	})
}

// Over random invoices, what comes back in random parts is mirrored by credit
// notes to the paisa: each is its pieces times the invoice's piece, and together
// they are the invoice.
func TestCreditNotesMirrorTheirInvoice(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		serial := 0
		rapid.Check(t, func(rt *rapid.T) {
			serial++
			w.t = rt
			tag := money.Paise(rapid.Int64Range(90_000, 262_500).Draw(rt, "tag"))
			n := rapid.Int64Range(1, 7).Draw(rt, "pieces")
			v := w.piece("CN"+time.Now().Format("150405.000000")+string(rune('A'+serial%26)), n, tag)
			o, _ := w.sent(v, n, rapid.SampledFrom([]string{"09", "27"}).Draw(rt, "state"))
			for left := n; left > 0; {
				part := rapid.Int64Range(1, left).Draw(rt, "part")
				r, err := w.orders.RequestReturn(ctx, admin, "", orders.ReturnInput{Order: o.ID, Line: o.Lines[0].ID, Pieces: part, Reason: orders.ChangedMind})
				w.ok(err)
				_, err = w.orders.ReceiveReturn(ctx, admin, "", orders.ReceiveInput{Return: r.ID, Outcome: orders.Restock})
				w.ok(err)
				left -= part
			}
			docs := w.documents(o.ID)
			invoice := docs[orders.TaxInvoice][0]
			var sum orders.DocumentLine
			for _, note := range docs[orders.CreditNote] {
				l := note.Lines[0]
				sum.Taxable, sum.CGST, sum.SGST, sum.IGST = sum.Taxable+l.Taxable, sum.CGST+l.CGST, sum.SGST+l.SGST, sum.IGST+l.IGST
				sum.Rounding, sum.Total, sum.Quantity = sum.Rounding+l.Rounding, sum.Total+l.Total, sum.Quantity+l.Quantity
				if l.Total*money.Paise(n) != invoice.Total*money.Paise(l.Quantity) || l.Unit != invoice.Lines[0].Unit {
					rt.Errorf("a note of %d pieces: %+v, the invoice %+v", l.Quantity, l, invoice.Lines[0])
				}
			}
			of := invoice.Lines[0]
			if sum.Taxable != of.Taxable || sum.CGST != of.CGST || sum.SGST != of.SGST || sum.IGST != of.IGST || sum.Rounding != of.Rounding ||
				sum.Total != of.Total || sum.Quantity != of.Quantity {
				rt.Errorf("the notes sum to %+v, the invoice is %+v", sum, of)
			}
		})
		w.t = t
		w.check()
	})
}
