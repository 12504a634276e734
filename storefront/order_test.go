package storefront_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"saebaan/internal/db"
	"saebaan/orders"
	"saebaan/storefront"
)

func compressed(body string) int {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(body))
	_ = w.Close()
	return b.Len()
}

func address(form url.Values) url.Values {
	return with(form, "phone", "+91 98765 43210", "name", "Leela Mathur", "pin", "226003", "house", "12 Hazratganj", "landmark", "", "city", "", "state", "")
}

var orderForm = regexp.MustCompile(`^/orders/(ord_[a-z0-9]+)$`)

// order buys one piece of a product as a guest and pays with the practice form.
func (s *shop) order(b *browser, short string) string {
	s.t.Helper()
	b.post("/cart", url.Values{"variant": {s.pieces[short].Variants[0].ID}, "quantity": {"1"}}).shows(200, "Your cart")
	placed := b.post("/checkout", address(b.get("/checkout").shows(200).form("/checkout"))).shows(200, "kept for you until")
	m := orderForm.FindStringSubmatch(placed.path)
	if m == nil {
		s.t.Fatal("no order page but ", placed.path)
	}
	b.post("/orders/"+m[1]+"/pay", placed.form("/orders/"+m[1]+"/pay")).shows(200, "practice payment")
	b.post("/pay/"+m[1], url.Values{"outcome": {"pay"}}).shows(200, "Paid, thank you")
	return m[1]
}

func TestBuyingThroughForms(t *testing.T) {
	s := open(t)
	b := s.browser()
	b.get("/cart").shows(200, "Your cart is empty")
	if got := b.get("/checkout").path; got != "/cart" {
		t.Error("an empty cart can be ordered:", got)
	}
	kurta := s.pieces["kurta"].Variants[0]
	b.post("/cart", url.Values{"variant": {kurta.ID}, "quantity": {"1"}}).shows(200, "White muslin kurta", "₹2,520")
	b.post("/cart", url.Values{"variant": {kurta.ID}, "quantity": {"2"}}).shows(200, "Total ₹5,040")
	b.post("/cart", url.Values{"variant": {kurta.ID}, "quantity": {"many"}}).shows(422)
	b.post("/cart", url.Values{"variant": {"var_none"}, "quantity": {"1"}}).shows(404)

	form := b.get("/checkout").shows(200, "Town and State").form("/checkout")
	again := b.post("/checkout", with(form, "phone", "12345", "name", "", "pin", "226003", "house", "7 <b>Lane</b>")).shows(422,
		"Please give a name.", "ten digits", "Nothing has been ordered yet")
	if !strings.Contains(again.body, `value="7 &lt;b&gt;Lane&lt;/b&gt;"`) || !strings.Contains(again.body, `value="Lucknow"`) || !strings.Contains(again.body, `<option value="09" selected>`) {
		t.Error("what was typed, or what the PIN tells, is not kept")
	}
	if again.form("/checkout").Get("key") != form.Get("key") {
		t.Error("a second try has another key")
	}
	placed := b.post("/checkout", address(again.form("/checkout"))).shows(200, "Your order", "Lucknow 226003", "Uttar Pradesh",
		"Central tax (CGST) ₹120.00", "State tax (SGST) ₹120.00", "₹5,040.00", "9876543210").hides("IGST")
	if placed.header.Get("Cache-Control") != "no-store" {
		t.Error("an order's page may be kept")
	}
	id := orderForm.FindStringSubmatch(placed.path)[1]
	b.get("/cart").shows(200, "Your cart is empty")
	b.post("/orders/"+id+"/pay", nil).shows(200, "practice payment", "₹5,040")
	b.post("/pay/"+id, url.Values{"outcome": {"decline"}}).shows(200, "The payment did not go through. Nothing was charged")
	b.post("/orders/"+id+"/pay", nil).shows(200, "practice payment")
	b.post("/pay/"+id, url.Values{"outcome": {"pay"}}).shows(200, "Paid, thank you")
	if got := b.get("/pay/" + id).path; got != "/orders/"+id {
		t.Error("a paid order can be paid again:", got)
	}
	b.post("/orders/"+id+"/pay", nil).shows(409, "This order is paid")
	s.order(b, "saree") // a new cart, and the old order stays readable
	b.get("/orders/"+id).shows(200, "Paid, thank you")
	s.browser().get("/orders/"+id).shows(404, "this browser does not have its key")
	s.browser().get("/pay/" + id).shows(404)
	s.invariants()
}

func (s *shop) invariants() {
	s.t.Helper()
	must(s.t, s.db.Read(context.Background(), func(tx *db.Tx) error {
		found, err := orders.Check(tx)
		for _, p := range found {
			s.t.Errorf("%+v", p)
		}
		return err
	}))
}

func TestDoubleClickOrdersOnce(t *testing.T) {
	s := open(t)
	b := s.browser()
	b.post("/cart", url.Values{"variant": {s.pieces["kurta"].Variants[0].ID}, "quantity": {"1"}})
	form := address(b.get("/checkout").form("/checkout"))
	token := b.cookies["__Host-cart"]
	paths := make([]string, 4)
	var wg sync.WaitGroup
	for i := range paths {
		wg.Add(1)
		go func() {
			defer wg.Done()
			twin := s.browser()
			twin.cookies["__Host-cart"] = token
			paths[i] = twin.post("/checkout", form).path
		}()
	}
	wg.Wait()
	for _, p := range paths {
		if p != paths[0] || !orderForm.MatchString(p) {
			t.Errorf("one form became %v", paths)
		}
	}
	// Back and once more, after the cart's cookie has gone.
	first := b.post("/checkout", form)
	if again := b.post("/checkout", form); again.path != first.path || first.path != paths[0] {
		t.Error("sent again it is", again.path, "not", first.path)
	}
	if again := b.post("/checkout", with(form, "house", "another")); again.path != first.path {
		t.Error("another address under the same key:", again.status, again.path)
	}
	s.invariants()
}

func TestPINAndStateThatContradictAreAskedAboutOnce(t *testing.T) {
	s := open(t)
	b := s.browser()
	b.post("/cart", url.Values{"variant": {s.pieces["kurta"].Variants[0].ID}, "quantity": {"1"}})
	form := with(address(b.get("/checkout").form("/checkout")), "pin", "560001", "state", "09", "city", "Lucknow")
	asked := b.post("/checkout", form).shows(422, "This PIN usually lies in another State")
	if !strings.Contains(asked.body, `<option value="09" selected>`) {
		t.Error("the State was changed")
	}
	form = with(address(asked.form("/checkout")), "pin", "560001", "state", "09", "city", "Lucknow")
	b.post("/checkout", form).shows(200, "Your order", "CGST")
}

func TestStateThatThePINDoesNotTellIsAskedFor(t *testing.T) {
	s := open(t)
	b := s.browser()
	b.post("/cart", url.Values{"variant": {s.pieces["kurta"].Variants[0].ID}, "quantity": {"1"}})
	form := with(address(b.get("/checkout").form("/checkout")), "pin", "250001")
	asked := b.post("/checkout", form).shows(422, "Please choose the State", "Please give the town")
	form = with(address(asked.form("/checkout")), "pin", "250001", "city", "Meerut", "state", "05")
	b.post("/checkout", form).shows(200, "Integrated tax (IGST) ₹120.00")
}

func TestSoldMeanwhileIsSaid(t *testing.T) {
	s := open(t)
	a, b := s.browser(), s.browser()
	b.post("/cart", url.Values{"variant": {s.pieces["saree"].Variants[0].ID}, "quantity": {"1"}})
	form := address(b.get("/checkout").form("/checkout"))
	s.order(a, "saree")
	b.post("/checkout", form).shows(409, "There are not that many pieces left", "Nothing was taken")
}

func TestOnlyTenOrdersAreRemembered(t *testing.T) {
	s := open(t)
	b := s.browser()
	for range 12 {
		b.post("/cart", url.Values{"variant": {s.pieces["kurta"].Variants[0].ID}, "quantity": {"1"}})
		p := b.post("/checkout", address(b.get("/checkout").form("/checkout")))
		if p.status == 409 {
			break // no more pieces
		}
	}
	if n := strings.Count(b.cookies["__Host-orders"], "ord_"); n == 0 || n > 10 || len(b.cookies["__Host-orders"]) > 1_000 {
		t.Errorf("%d orders in %d bytes", n, len(b.cookies["__Host-orders"]))
	}
}

// With Stripe the page is opened to Stripe alone, and there is no practice form.
func TestStripePage(t *testing.T) {
	s := openWith(t, func(c *storefront.Config) { c.Simulator, c.StripePublishableKey = nil, "pk_test_page" })
	b := s.browser()
	b.post("/cart", url.Values{"variant": {s.pieces["kurta"].Variants[0].ID}, "quantity": {"1"}})
	placed := b.post("/checkout", address(b.get("/checkout").form("/checkout"))).shows(200)
	id := orderForm.FindStringSubmatch(placed.path)[1]
	if got := b.get("/pay/" + id).path; got != placed.path {
		t.Error("a payment that has not begun is shown:", got)
	}
	page := b.post("/orders/"+id+"/pay", nil).shows(200, "Your card is read by Stripe", "needs JavaScript", "₹2,520")
	policy := page.header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "script-src 'self' https://js.stripe.com;") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "*;") {
		t.Error("policy:", policy)
	}
	if !strings.Contains(page.body, `data-key="pk_test_page"`) || !strings.Contains(page.body, `src="https://js.stripe.com/v3/"`) {
		t.Error("the form lacks its key or script")
	}
	if got := b.get("/orders/" + id).header.Get("Content-Security-Policy"); strings.Contains(got, "stripe") {
		t.Error("another page is opened too:", got)
	}
	b.post("/pay/"+id, url.Values{"outcome": {"pay"}}).shows(404)
	s.browser().get("/pay/" + id).shows(404)
}

func TestProductionHidesTheDemonstration(t *testing.T) {
	s := openWith(t, func(c *storefront.Config) { c.Production = true })
	s.user("meera")
	s.browser().get("/sign-in?as=meera").shows(200).hides(password, `value="meera"`, "demonstration")
}
