package main_test

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"saebaan/internal/testkit"
)

// told is what one of many callers was told.
type told struct {
	testkit.Answer
	err error
}

// code is the outcome in a word: the status, with the problem's code if there is one.
func (a told) code() string {
	switch {
	case a.err != nil:
		return a.err.Error()
	case a.Status >= 400:
		return fmt.Sprint(a.Status, " ", a.Str("code"))
	}
	return fmt.Sprint(a.Status)
}

// atOnce lets n callers go at the same moment and gathers what each was told.
func atOnce(n int, call func(i int) (testkit.Answer, error)) []told {
	out := make([]told, n)
	var ready, done sync.WaitGroup
	begin := make(chan struct{})
	ready.Add(n)
	for i := range n {
		done.Add(1)
		go func() {
			defer done.Done()
			ready.Done()
			<-begin
			out[i].Answer, out[i].err = call(i)
		}()
	}
	ready.Wait()
	close(begin)
	done.Wait()
	return out
}

// tally counts the outcomes and fails the test unless they are exactly those wanted.
func tally(t *testing.T, answers []told, want map[string]int) {
	t.Helper()
	got := map[string]int{}
	for _, a := range answers {
		got[a.code()]++
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("outcomes %v, want %v", got, want)
	}
}

type basket struct {
	id    string
	buyer testkit.REST
}

// baskets opens n carts and puts one of each variant into them; every second
// cart gets them in the opposite order.
func (s *shop) baskets(n int, variants ...string) []basket {
	s.t.Helper()
	out := make([]basket, n)
	for i := range out {
		out[i].id, out[i].buyer = s.cart(nil)
		for j := range variants {
			v := variants[j]
			if i%2 == 1 {
				v = variants[len(variants)-1-j]
			}
			s.set(out[i], v, 1)
		}
	}
	return out
}

func (s *shop) set(b basket, variant string, quantity int64) testkit.Answer {
	s.t.Helper()
	return b.buyer.Post("/v1/carts/"+b.id+"/lines", obj{"variant_id": variant, "quantity": quantity})
}

func (b basket) place(key string) (testkit.Answer, error) {
	return b.buyer.Try("POST", "/v1/orders", placeBody(b.id, "09"), "Idempotency-Key", key)
}

// stock is what the lot of an order's first allocation says.
func (s *shop) stock(order testkit.Answer) (onHand, reserved int64) {
	s.t.Helper()
	lot := s.admin.Get("/v1/lots/" + order.Str("allocations", 0, "lot_id"))
	return int64(lot.At("on_hand").(float64)), int64(lot.At("reserved").(float64))
}

func first(answers []told, code string) testkit.Answer {
	for _, a := range answers {
		if a.code() == code {
			return a.Answer
		}
	}
	return testkit.Answer{}
}

func TestTwoHundredBuyersOneOneOff(t *testing.T) {
	eachDatabase(t, func(t *testing.T, environment []string) {
		s := open(t, environment)
		maker := s.artisan("Race Maker")
		product, one := s.kurta("RACE-1", 1, map[string]string{"embroidery": maker}, true)
		buyers := s.baskets(200, one)
		answers := atOnce(len(buyers), func(i int) (testkit.Answer, error) { return buyers[i].place("race-" + buyers[i].id) })
		tally(t, answers, map[string]int{"201": 1, "409 catalog.sold_out": 199})
		if onHand, reserved := s.stock(first(answers, "201")); onHand != 1 || reserved != 1 {
			t.Fatalf("on hand %d, reserved %d", onHand, reserved)
		}
		if n := len(s.admin.Get("/v1/orders?limit=100").List("data")); n != 1 {
			t.Fatalf("%d orders", n)
		}
		if s.admin.Get("/v1/products/"+product).At("in_stock") != false {
			t.Fatal("the piece is still shown in stock")
		}
		for i, a := range answers { // a loser's cart is as it was, and told the same again
			if a.Status != 409 {
				continue
			}
			if cart := buyers[i].buyer.Get("/v1/carts/" + buyers[i].id); len(cart.List("lines")) != 1 {
				t.Fatalf("cart of a loser: %s", cart.Raw)
			}
			again, err := buyers[i].place("race-" + buyers[i].id)
			tally(t, []told{{again, err}}, map[string]int{"409 catalog.sold_out": 1})
			break
		}
		s.verify()
	})
}

// SAEBAAN_BUYERS sets how many want the fifty pieces: 2,000 in make soak.
func TestManyBuyersFewPieces(t *testing.T) {
	crowd, err := strconv.Atoi(os.Getenv("SAEBAAN_BUYERS"))
	if err != nil {
		crowd = 300
	}
	eachDatabase(t, func(t *testing.T, environment []string) {
		s := open(t, environment)
		_, v := s.kurta("FEW-1", 50, map[string]string{"embroidery": s.artisan("Few Maker")}, false)
		buyers := s.baskets(crowd, v)
		answers := atOnce(len(buyers), func(i int) (testkit.Answer, error) { return buyers[i].place("few") })
		tally(t, answers, map[string]int{"201": 50, "409 catalog.sold_out": crowd - 50})
		if onHand, reserved := s.stock(first(answers, "201")); onHand != 50 || reserved != 50 {
			t.Fatalf("on hand %d, reserved %d", onHand, reserved)
		}
		s.verify()
	})
}

func TestFiftyEqualPosts(t *testing.T) {
	eachDatabase(t, func(t *testing.T, environment []string) {
		s := open(t, environment)
		maker := s.artisan("Twin Maker")
		_, v := s.kurta("TWIN-1", 10, map[string]string{"embroidery": maker}, false)
		both := s.baskets(2, v)
		mine, other := both[0], both[1]
		answers := atOnce(50, func(int) (testkit.Answer, error) { return mine.place("one-key") })
		tally(t, answers, map[string]int{"201": 50})
		replayed := 0
		for _, a := range answers {
			if !bytes.Equal(a.Raw, answers[0].Raw) {
				t.Fatalf("two answers to one request:\n%s\n%s", a.Raw, answers[0].Raw)
			}
			if a.Header.Get("Idempotent-Replayed") == "true" {
				replayed++
			}
		}
		if replayed != 49 {
			t.Fatalf("%d of 50 answers say they are replays, not 49", replayed)
		}
		body := placeBody(mine.id, "07")
		if a := mine.buyer.Do(422, "POST", "/v1/orders", body, "Idempotency-Key", "one-key"); a.Str("code") != "idem.reused" {
			t.Fatalf("another body: %s", a.Raw)
		}
		theirs, err := other.place("one-key")
		if err != nil || theirs.Status != 201 || theirs.Header.Get("Idempotent-Replayed") == "true" || theirs.Str("id") == answers[0].Str("id") {
			t.Fatalf("another buyer with the same key: %v %s", err, theirs.Raw)
		}
		if n := len(s.admin.Get("/v1/orders").List("data")); n != 2 {
			t.Fatalf("%d orders, want one of each buyer", n)
		}
		if onHand, reserved := s.stock(theirs); onHand != 10 || reserved != 2 {
			t.Fatalf("on hand %d, reserved %d", onHand, reserved)
		}
		s.verify()
	})
}

// Carts with the same two pieces in opposite order, and one that set its piece
// twice: neither locks the other out, and no piece is sold twice.
func TestTwoPiecesInOppositeOrder(t *testing.T) {
	eachDatabase(t, func(t *testing.T, environment []string) {
		s := open(t, environment)
		maker := s.artisan("Cross Maker")
		_, a := s.kurta("CROSS-A", 30, map[string]string{"embroidery": maker}, false)
		_, b := s.kurta("CROSS-B", 25, map[string]string{"embroidery": maker}, false)
		buyers := s.baskets(100, a, b)
		answers := atOnce(len(buyers), func(i int) (testkit.Answer, error) { return buyers[i].place("cross") })
		tally(t, answers, map[string]int{"201": 25, "409 catalog.sold_out": 75})

		twice := s.baskets(1, a)[0]
		s.set(twice, a, 3)
		if cart := s.set(twice, a, 2); len(cart.List("lines")) != 1 || cart.Paise("total") != 2*252000 {
			t.Fatalf("the same piece set twice: %s", cart.Raw)
		}
		order, err := twice.place("twice")
		if err != nil || order.Status != 201 || len(order.List("lines")) != 1 || order.Paise("total") != 2*252000 {
			t.Fatalf("%v %s", err, order.Raw)
		}
		if onHand, reserved := s.stock(order); onHand != 30 || reserved != 27 {
			t.Fatalf("on hand %d, reserved %d", onHand, reserved)
		}
		s.verify()
	})
}

// Twenty runs over the same people are put together and submitted at once, while
// work of theirs is sold and sent: each rupee is in one of them, and all of it is.
func TestTwentyRunsClaimEachRupeeOnce(t *testing.T) {
	eachDatabase(t, func(t *testing.T, environment []string) {
		s := open(t, environment)
		owed := s.payables(30)
		sold := s.sellsMeanwhile(s.shared("MEANWHILE", 500, slices.Sorted(maps.Keys(owed))))
		prepared := atOnce(20, func(i int) (testkit.Answer, error) {
			return s.preparer.Try("POST", "/v1/payout-runs", nil, "Idempotency-Key", fmt.Sprint("run-", i))
		})
		tally(t, prepared, map[string]int{"201": 20})
		for _, r := range prepared {
			if len(r.List("items")) != len(owed) {
				t.Fatalf("a draft names %d people, not %d", len(r.List("items")), len(owed))
			}
		}
		submitted := atOnce(20, func(i int) (testkit.Answer, error) {
			return s.preparer.Try("POST", "/v1/payout-runs/"+prepared[i].Str("id")+"/submit", nil)
		})
		tally(t, submitted, map[string]int{"200": 20})
		if n := sold(); n == 0 {
			t.Error("nothing was sold meanwhile")
		} else {
			t.Logf("%d pieces sold and sent meanwhile", n)
		}
		claims := map[string]int64{}
		for _, r := range submitted {
			total := int64(0)
			for i := range r.List("items") {
				if r.Str("items", i, "state") != "claimed" {
					continue
				}
				claims[r.Str("items", i, "artisan_id")] += r.Paise("items", i, "amount")
				total += r.Paise("items", i, "amount")
			}
			if r.Str("state") == "withdrawn" && total == 0 {
				continue // others had claimed everything, so nothing was left to submit
			}
			if r.Str("state") != "submitted" || r.Paise("total") != total {
				t.Fatalf("a run says %d, its items %d: %s", r.Paise("total"), total, r.Str("state"))
			}
		}
		if len(claims) != len(owed) {
			t.Fatalf("%d people are claimed, not %d", len(claims), len(owed))
		}
		for artisan, amount := range owed {
			st := s.preparer.Get("/v1/artisans/" + artisan + "/statement")
			if claims[artisan] != amount || st.Paise("claimed") != amount || st.Paise("payable") != 0 {
				t.Fatalf("owed %d, in runs %d: %s", amount, claims[artisan], st.Raw)
			}
		}
		s.verify()
	})
}

// sellsMeanwhile sells and sends pieces until the function it returns is called,
// which tells how many.
func (s *shop) sellsMeanwhile(variant string) (end func() int) {
	var sellers sync.WaitGroup
	var sold atomic.Int64
	stop := make(chan struct{})
	for k := range 2 {
		sellers.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				if err := s.sell(variant, fmt.Sprint("meanwhile-", k, "-", i)); err != nil {
					s.t.Error(err)
					return
				}
				sold.Add(1)
			}
		})
	}
	return func() int {
		close(stop)
		sellers.Wait()
		return int(sold.Load())
	}
}

// sell is a whole sale, up to the piece on its way.
func (s *shop) sell(variant, key string) error {
	order, buyer, err := s.visited(variant, key)
	if err != nil {
		return err
	}
	intent := ""
	for _, step := range []struct {
		as   testkit.REST
		path func() string
		body any
	}{
		{buyer, func() string { return "/v1/orders/" + order + "/pay" }, nil},
		{s.guest, func() string { return "/v1/test/payments/" + intent + "/confirm" }, obj{"outcome": "succeeded"}},
		{s.admin, func() string { return "/v1/orders/" + order + "/dispatch" }, nil},
	} {
		a, err := step.as.Try("POST", step.path(), step.body)
		if err != nil || a.Status >= 400 {
			return fmt.Errorf("%s: %d %s: %w", step.path(), a.Status, a.Raw, err)
		}
		if a.Str("intent_id") != "" {
			intent = a.Str("intent_id")
		}
	}
	return nil
}

// payables lets n women embroider the same lot, sells two pieces of it and waits
// until the money is payable. It returns what is owed to whom.
func (s *shop) payables(n int) map[string]int64 {
	s.t.Helper()
	var makers []string
	for i := range n {
		makers = append(makers, s.artisan(fmt.Sprint("Payable ", i)))
	}
	variant := s.shared("SHARED", 2, makers)
	order := s.buy(s.t, map[string]int64{variant: 2}, "09")
	s.admin.Post("/v1/orders/"+order+"/dispatch", nil)
	s.admin.Post("/v1/orders/"+order+"/deliver", nil)
	s.guest.Post("/v1/test/clock", obj{"advance": "169h"})
	owed := map[string]int64{}
	for _, m := range makers {
		if owed[m] = s.preparer.Get("/v1/artisans/" + m + "/statement").Paise("payable"); owed[m] == 0 {
			s.t.Fatalf("nothing is owed to %s", m)
		}
	}
	return owed
}

// shared lists a design whose one lot was embroidered by all the makers.
func (s *shop) shared(sku string, pieces int64, makers []string) (variant string) {
	s.t.Helper()
	product := s.asha.Post("/v1/products", obj{"title": obj{"en": "Shared dupatta " + sku}, "area": "lucknow", "craft": "chikan",
		"garment": "dupatta", "fabric": "cotton", "colour": "white", "hsn": "6206"}).Str("id")
	variant = s.asha.Post("/v1/products/"+product+"/variants", obj{"sku": sku, "size": "M"}).Str("id")
	s.asha.Post("/v1/variants/"+variant+"/price-cards", obj{"list_price": inr(240000), "heads": []obj{
		{"kind": "wage", "head": "embroidery", "amount": inr(121500), "minutes": 1110, "shares": true}, {"kind": "makers", "head": "makers"}}})
	var parts []obj
	for _, m := range makers {
		parts = append(parts, obj{"stage": "embroidery", "artisan_id": m, "weight": 1})
	}
	s.asha.Post("/v1/variants/"+variant+"/lots", obj{"owner_id": makers[0], "pieces": pieces, "makers": parts})
	s.asha.Post("/v1/products/"+product+"/submit", nil)
	s.admin.Post("/v1/products/"+product+"/publish", nil)
	return variant
}
