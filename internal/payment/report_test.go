package payment_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"saebaan/internal/db"
	"saebaan/internal/payment"
	"saebaan/internal/testdb"
)

// bookedText is a balance transaction as Stripe documents it, source expanded.
func bookedText(id, category string, amount, created int64, more string) string {
	return fmt.Sprintf(`{"id":%q,"object":"balance_transaction","amount":%d,"available_on":1,"created":%d,"currency":"inr","description":null,
		"exchange_rate":null,"net":0,"reporting_category":%q,"status":"available","type":"adjustment",%s}`, id, amount, created, category, more)
}

const noFee = `"fee":0,"fee_details":[]`

func TestStripeMovements(t *testing.T) {
	const day = 1_700_000_000
	lines := []string{
		bookedText("txn_9", "payout_reversal", 900, day+9, noFee+`,"source":{"id":"po_1","object":"payout"}`),
		bookedText("txn_8", "risk_reserved_funds", -5, day+8, noFee+`,"source":null`),
		bookedText("txn_7", "tax", -180, day+7, noFee+`,"source":null`),
		bookedText("txn_6", "fee", -1000, day+6, noFee+`,"source":null`),
		bookedText("txn_5", "payout", -900, day+5, noFee+`,"source":"po_1"`),
		bookedText("txn_4", "dispute_reversal", 252000, day+4, `"fee":-118000,"fee_details":[{"type":"stripe_fee","amount":-100000},{"type":"tax","amount":-18000}],"source":`+disputeText),
		bookedText("txn_3", "dispute", -252000, day+3, `"fee":118000,"fee_details":[{"type":"stripe_fee","amount":100000},{"type":"tax","amount":18000}],"source":`+disputeText),
		bookedText("txn_b", "refund_failure", 50000, day+2, noFee+`,"source":`+refundText),
		bookedText("txn_a", "refund", -50000, day+2, noFee+`,"source":`+refundText),
		bookedText("txn_2", "charge_failure", -252000, day+1, noFee+`,"source":{"id":"py_1","object":"charge","payment_intent":"pi_2"}`),
		bookedText("txn_1", "charge", 252000, day, `"fee":5947,"fee_details":[{"type":"stripe_fee","amount":5040},{"type":"tax","amount":907}],"source":{"id":"ch_1","object":"charge","payment_intent":"pi_1"}`),
	}
	var asked []string
	base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		asked = append(asked, r.URL.Path+" "+r.Form.Encode())
		page := lines[:6]
		if r.Form.Get("starting_after") == "txn_4" {
			page = lines[6:]
		}
		_, _ = fmt.Fprintf(w, `{"object":"list","url":"/v1/balance_transactions","has_more":%t,"data":[%s]}`, &page[0] == &lines[0], strings.Join(page, ","))
	})
	at := func(n int64) time.Time { return time.Unix(day+n, 0).UTC() }
	got, err := newStripe(t, base).Movements(t.Context(), at(0), at(60).Add(time.Millisecond))
	want := []payment.Movement{
		{ID: "txn_1", Kind: payment.MovementCharge, IntentID: "pi_1", Amount: 252_000, Fee: 5_040, FeeGST: 907, At: at(0)},
		{ID: "txn_2", Kind: payment.MovementCharge, IntentID: "pi_2", Amount: -252_000, At: at(1)},
		{ID: "txn_a", Kind: payment.MovementRefund, IntentID: "pi_1", ProviderRefundID: "re_1", Amount: -50_000, At: at(2)},
		{ID: "txn_b", Kind: payment.MovementRefund, IntentID: "pi_1", ProviderRefundID: "re_1", Amount: 50_000, At: at(2)},
		{ID: "txn_3", Kind: payment.MovementDispute, IntentID: "pi_1", Amount: -252_000, Fee: 100_000, FeeGST: 18_000, At: at(3)},
		{ID: "txn_4", Kind: payment.MovementDisputeReversal, IntentID: "pi_1", Amount: 252_000, Fee: -100_000, FeeGST: -18_000, At: at(4)},
		{ID: "txn_5", Kind: payment.MovementPayout, Amount: -900, At: at(5)},
		{ID: "txn_6", Kind: payment.MovementFee, Amount: -1_000, At: at(6)},
		{ID: "txn_7", Kind: payment.MovementFee, Amount: -180, At: at(7)},
		{ID: "txn_8", Kind: payment.MovementOther, Amount: -5, At: at(8)},
		{ID: "txn_9", Kind: payment.MovementPayout, Amount: 900, At: at(9)},
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v\ngot  %+v\nwant %+v", err, got, want)
	}
	// Stripe counts in seconds, so the broken one at the end belongs to this report whole.
	query := "/v1/balance_transactions created%5Bgte%5D=1700000000&created%5Blt%5D=1700000061&expand%5B0%5D=data.source&limit=100"
	if wanted := []string{query, query + "&starting_after=txn_4"}; !slices.Equal(asked, wanted) {
		t.Errorf("asked %q, want %q", asked, wanted)
	}
}

func TestStripeMovementsFaults(t *testing.T) {
	for _, c := range []struct {
		status int
		text   string
		want   error
	}{
		{200, `{"object":"list","has_more":false,"data":[]}`, nil},
		{200, `{"object":"list","has_more":false,"data":[` + strings.Replace(bookedText("txn_1", "charge", 1, 1, noFee), `"inr"`, `"usd"`, 1) + `]}`, payment.ErrCurrency},
		{200, `{"object":"list","has`, payment.ErrUnavailable},
		{400, `{"error":{"type":"invalid_request_error"}}`, payment.ErrRefused},
		{401, `{"error":{"type":"invalid_request_error"}}`, payment.ErrUnavailable},
		{500, `{"error":{"type":"api_error"}}`, payment.ErrUnavailable},
	} {
		base := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(c.status)
			_, _ = io.WriteString(w, c.text)
		})
		if got, err := newStripe(t, base).Movements(t.Context(), time.Unix(1, 0), time.Unix(2, 0)); !errors.Is(err, c.want) || len(got) != 0 {
			t.Errorf("%d %s: %+v, %v", c.status, c.text, got, err)
		}
	}
	// The second page fails: half a report is none.
	base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("starting_after") != "" {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		_, _ = io.WriteString(w, `{"object":"list","has_more":true,"data":[`+bookedText("txn_1", "charge", 1, 1, noFee)+`]}`)
	})
	if got, err := newStripe(t, base).Movements(t.Context(), time.Unix(1, 0), time.Unix(2, 0)); !errors.Is(err, payment.ErrUnavailable) || got != nil {
		t.Errorf("half a report: %+v, %v", got, err)
	}
	if _, err := newStripe(t, base).Movements(t.Context(), signedTime, signedTime); !errors.Is(err, payment.ErrInput) {
		t.Errorf("no time at all: %v", err)
	}
}

func TestSimulatorMovements(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		s := payment.NewSimulator(d, hookSecret)
		begin := d.Clock.Now().Std()
		later := func() { d.Clock.SetOffset(d.Clock.Offset() + time.Hour.Microseconds()) }
		first, second := paid(t, s, "1"), paid(t, s, "2")
		unpaid := input
		unpaid.Key = "3"
		create(t, s, unpaid)
		later()
		s.Fail(payment.Faults{RefundPending: true})
		kept := refund(t, s, payment.RefundInput{Key: "a", RefundID: "ref_a", IntentID: first, Amount: 50_000})
		failed := refund(t, s, payment.RefundInput{Key: "b", RefundID: "ref_b", IntentID: first, Amount: 20_000})
		later()
		settle(t, s, kept.ID, payment.RefundSucceeded)
		settle(t, s, failed.ID, payment.RefundFailed)
		later()
		dispute(t, d, s, second, payment.DisputeOpen)
		later()
		dispute(t, d, s, second, payment.DisputeWon)
		end := d.Clock.Now().Std().Add(time.Hour)
		all := report(t, s, begin, end)
		for i := range all { // ids and exact instants are the simulator's own
			all[i].ID, all[i].At = "", time.Time{}
		}
		charge := payment.Movement{Kind: payment.MovementCharge, Amount: 252_000, Fee: 5_040, FeeGST: 907}
		want := []payment.Movement{
			charge, charge,
			{Kind: payment.MovementRefund, IntentID: first, ProviderRefundID: kept.ID, Amount: -50_000},
			{Kind: payment.MovementRefund, IntentID: first, ProviderRefundID: failed.ID, Amount: -20_000},
			{Kind: payment.MovementRefund, IntentID: first, ProviderRefundID: failed.ID, Amount: 20_000},
			{Kind: payment.MovementDispute, IntentID: second, Amount: -200_000, Fee: 100_000, FeeGST: 18_000},
			{Kind: payment.MovementDisputeReversal, IntentID: second, Amount: 200_000, Fee: -100_000, FeeGST: -18_000},
		}
		want[0].IntentID, want[1].IntentID = first, second
		if !slices.Equal(all, want) {
			t.Errorf("got  %+v\nwant %+v", all, want)
		}
		// Reports that meet hold every movement once, wherever they meet.
		whole := report(t, s, begin, end)
		for _, m := range whole {
			halves := append(report(t, s, begin, m.At), report(t, s, m.At, end)...)
			if !slices.Equal(halves, whole) {
				t.Errorf("parted at %s:\n%+v\n%+v", m.At, halves, whole)
			}
		}
		if _, err := s.Movements(t.Context(), end, begin); !errors.Is(err, payment.ErrInput) {
			t.Errorf("backwards: %v", err)
		}
	})
}

func report(t *testing.T, r payment.Reporter, from, to time.Time) []payment.Movement {
	t.Helper()
	if !from.Before(to) {
		return nil
	}
	got, err := r.Movements(t.Context(), from, to)
	if err != nil {
		t.Fatal(err)
	}
	return got
}
