package storefront_test

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"saebaan/catalog"
	"saebaan/internal/money"
	"saebaan/orders"
)

// special is a piece whose price is made of shares, without its carriage.
type special struct {
	title       catalog.Text
	sizes       []string
	tag         money.Paise
	count       int64
	madeToOrder bool
	parts       []catalog.PartInput // a set has these alone
}

// list publishes a special piece.
func (s *shop) list(short string, in special) catalog.Product {
	s.t.Helper()
	ctx := context.Background()
	p, err := s.catalog.Create(ctx, s.admin, "", catalog.ProductInput{Title: in.title, Area: "lucknow", Craft: "chikan", Garment: "kurta",
		Fabric: "cotton", Colour: "white", HSN: "6206", MadeToOrder: in.madeToOrder})
	must(s.t, err)
	for _, size := range in.sizes {
		v, err := s.catalog.AddVariant(ctx, s.admin, "", catalog.VariantInput{Product: p.ID, SKU: "S-" + short + "-" + size, Size: size, Parts: in.parts})
		must(s.t, err)
		if len(in.parts) > 0 {
			continue
		}
		_, err = s.catalog.SaveCard(ctx, s.admin, "", shares(v.ID, in.tag))
		must(s.t, err)
		_, err = s.catalog.ReceiveLot(ctx, s.admin, "", catalog.LotInput{Variant: v.ID, Owner: s.people["shabana"], Pieces: in.count,
			Makers: []catalog.MakerInput{{Stage: "embroidery", Artisan: s.people["shabana"], Weight: 1}}})
		must(s.t, err)
	}
	_, err = s.catalog.Submit(ctx, s.admin, "", p.ID)
	must(s.t, err)
	s.pieces[short], err = s.catalog.Publish(ctx, s.admin, "", p.ID)
	must(s.t, err)
	s.follow()
	return s.pieces[short]
}

func shares(variant string, tag money.Paise) catalog.CardInput {
	part := func(kind, head string, bp money.BasisPoints) catalog.HeadInput {
		return catalog.HeadInput{Kind: kind, Head: head, BasisPoints: &bp}
	}
	work := part(catalog.Wage, "embroidery", 5_000)
	work.Minutes, work.Shares = 60, true
	return catalog.CardInput{Variant: variant, Tag: tag, Heads: []catalog.HeadInput{part(catalog.Cost, "material", 1_500), work,
		part(catalog.Cost, "packing", 200), part(catalog.Cost, "fee", 200), part(catalog.Trust, "running", 1_500), part(catalog.Trust, "fund", 600),
		{Kind: catalog.Makers, Head: "makers"}}}
}

// cheap is a piece whose carriage is charged.
func (s *shop) cheap() catalog.Product {
	return s.list("cheap", special{title: catalog.Text{En: "Plain cotton kurta", Hi: "सादा सूती कुर्ता"}, sizes: []string{"M", "L"}, tag: 105_000, count: 5})
}

// put fills a browser's cart and opens the order form.
func (b *browser) put(variant, quantity string) answer {
	b.shop.t.Helper()
	b.post("/cart", url.Values{"variant": {variant}, "quantity": {quantity}}).shows(200)
	return b.get("/checkout").shows(200)
}

// placed orders a variant by a way to pay and returns the order's page.
func (b *browser) placed(variant, quantity, method string) answer {
	b.shop.t.Helper()
	page := b.post("/checkout", with(address(b.put(variant, quantity).form("/checkout")), "method", method))
	if page.status == 409 { // the delivery to her PIN is seen now
		page = b.post("/checkout", with(address(page.form("/checkout")), "method", method))
	}
	return page.shows(200, "Pieces")
}

func idOf(t *testing.T, page answer) string {
	t.Helper()
	m := orderForm.FindStringSubmatch(page.path)
	if m == nil {
		t.Fatal("no order page but ", page.path)
	}
	return m[1]
}

func TestDeliveryIsChargedAndAChangedTotalIsAskedFor(t *testing.T) {
	s := open(t)
	variant := s.cheap().Variants[0].ID
	b := s.browser()
	page := b.put(variant, "1").shows(200, "Delivery, until we know your PIN ₹50", "Delivery is free from ₹1,500 of pieces", "Order for ₹1,100", "UPI", "Bank transfer", "Cash at our office")
	far := with(address(page.form("/checkout")), "pin", "194101", "city", "Leh", "state", "38", "method", "upi", "house", "7 High Street")
	asked := b.post("/checkout", far).shows(409, "The total is now ₹1,145, not ₹1,100: delivery to this address is ₹95", "Nothing has been ordered yet", "Delivery to 194101 ₹95", "Order for ₹1,145")
	if !strings.Contains(asked.body, `value="7 High Street"`) || !strings.Contains(asked.body, `value="upi" checked`) {
		t.Error("what was typed is not kept")
	}
	again := asked.form("/checkout")
	if again.Get("key") != far.Get("key") || again.Get("seen") != "114500" {
		t.Error("key or seen total:", again)
	}
	b.post("/checkout", with(far, "seen", again.Get("seen"))).shows(200, "Integrated tax (IGST)", "Pay ₹1,145 by UPI", "Delivery ₹95")
	if got := b.put(variant, "2").shows(200, "free"); strings.Contains(textOf(got.body), "Delivery is free from") {
		t.Error("a hint at what is free already")
	}
	if got := s.browser().get("/checkout/price").path; got != "/cart" {
		t.Error("the address of pricing again shows", got)
	}
	wrong := with(address(b.get("/checkout").form("/checkout")), "seen", "1", "name", "")
	b.post("/checkout", wrong).shows(422, "Please give a name.", "because a price or the coupon has changed")
	s.invariants()
}

func TestPricingAgainKeepsWhatWasTyped(t *testing.T) {
	s := open(t)
	variant := s.list("dear", special{title: catalog.Text{En: "Dear kurta", Hi: "महँगा कुर्ता"}, sizes: []string{"M"}, tag: 306_800, count: 2}).Variants[0].ID
	_, err := s.orders.CreateCoupon(t.Context(), s.admin, "", orders.CouponInput{Code: "EID-150", Kind: orders.Fixed, Paise: 15_000, From: "2020-01-01", To: "2099-12-31"})
	must(t, err)
	b := s.browser()
	form := address(b.put(variant, "1").shows(200, "I have a coupon").form("/checkout"))
	b.post("/checkout/price", with(form, "coupon", "nonsense")).shows(200, "There is no such coupon", "Order for ₹3,068")
	priced := b.post("/checkout/price", with(form, "coupon", "eid-150", "method", "bank")).shows(200, "another rate of tax", "Without coupon With coupon",
		"Tax (GST) ₹468.00 ₹122.50", "Total ₹3,068.00 ₹2,572.50", "Coupon EID-150 − ₹495.50", "Order for ₹2,572.50")
	for _, kept := range []string{`value="EID-150"`, `value="Leela Mathur"`, `value="226003"`, `value="bank" checked`, `value="Lucknow"`} {
		if !strings.Contains(priced.body, kept) {
			t.Error("not kept:", kept)
		}
	}
	b.post("/checkout", with(form, "seen", "306800")).shows(409, "because a price or the coupon has changed")
	form = with(form, "seen", priced.form("/checkout").Get("seen"))
	b.post("/checkout", with(form, "gstin", "09AAATL1234Q1ZX")).shows(422, "A character of this GST number is wrong")
	b.post("/checkout", with(form, "gstin", "07AAACI3591D1ZS")).shows(422)
	b.post("/checkout", with(form, "gstin", "09AAATL1234Q1ZB")).shows(200, "Coupon EID-150 − ₹495.50", "09AAATL1234Q1ZB", "You pay ₹2,572.50")
	s.invariants()
}

func TestSetsAndPiecesMadeToOrder(t *testing.T) {
	s := open(t)
	cheap := s.cheap()
	set := s.list("set", special{title: catalog.Text{En: "Kurta and two more", Hi: "कुर्ता और दो"}, sizes: []string{"Free"},
		parts: []catalog.PartInput{{Variant: cheap.Variants[0].ID, Pieces: 1}, {Variant: cheap.Variants[1].ID, Pieces: 2}}})
	made := s.list("made", special{title: catalog.Text{En: "Kurta to measure", Hi: "नाप का कुर्ता"}, sizes: []string{"M"}, tag: 157_500, count: 2, madeToOrder: true})
	b := s.browser()
	b.get("/p/"+set.Slug).shows(200, "In this set: 1 × Plain cotton kurta , M 2 × Plain cotton kurta , L", "₹3,150")
	b.get("/p/"+made.Slug).shows(200, "Made for you", "taken back only for a defect")
	b.post("/cart", url.Values{"variant": {set.Variants[0].ID}, "quantity": {"1"}})
	b.post("/cart", url.Values{"variant": {made.Variants[0].ID}, "quantity": {"1"}}).shows(200, "In this set: 1 × Plain cotton kurta", "Made for you after you order.")
	placed := b.post("/checkout", address(b.get("/checkout").shows(200, "Made for you after you order.").form("/checkout"))).shows(200, "S-cheap-L")
	b.post(placed.path+"/pay", nil)
	id := idOf(t, placed)
	b.post("/pay/"+id, url.Values{"outcome": {"pay"}}).shows(200, "Paid, thank you")
	b.get("/orders/"+id+"/cancel").shows(200, "their work has begun", "How many of 2").hides("Yes, cancel the whole order")
	b.post("/orders/"+id+"/cancel", nil).shows(409, "is not cancelled once it is paid")
	s.invariants()
}
