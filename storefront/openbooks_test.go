package storefront_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/ledger"
	"saebaan/internal/vault"
	"saebaan/openbooks"
	"saebaan/orders"
)

// openedBook is the token of an order's open book, as its page shows it.
func (s *shop) openedBook(b *browser, order string) string {
	s.t.Helper()
	page := b.get("/orders/"+order).shows(200, "Open the book of this order", "nothing about you")
	_, rest, found := strings.Cut(page.body, `href="/open/`)
	token, _, _ := strings.Cut(rest, `"`)
	if !found || len(token) != 26 || !strings.Contains(page.body, "<svg") {
		s.t.Fatal("no open book on", page.path)
	}
	return token
}

// The open book shows heads and shares to anybody, a name only with consent, and
// nothing of the buyer.
func TestOpenBookShowsTheMoneyAndNotTheBuyer(t *testing.T) {
	s := open(t)
	b := s.browser()
	order := s.order(b, "kurta")
	token := s.openedBook(b, order)
	nobody := s.browser()
	page := nobody.get("/open/"+token).shows(200, "Where the money went", "Shabana Bano", "Maker 2", "hers when the piece is sent", "₹1,215.00")
	page.hides("Tabassum", "Leela", "98765", "Hazratganj", "226003", order, s.people["shabana"], s.people["tabassum"])
	if page.header.Get("Cache-Control") != "no-store" || !strings.Contains(page.body, `content="noindex"`) {
		t.Error("kept or found:", page.header)
	}
	if gz := compressed(page.body); gz > 20<<10 {
		t.Errorf("%d bytes", gz)
	}
	s.consent("shabana", false)
	nobody.get("/open/"+token).shows(200, "Maker 1").hides("Shabana")
	nobody.get("/open/"+strings.Repeat("a", 26)).shows(404, "no open book")
	nobody.get("/open/"+order).shows(404, "no open book")
	nobody.get("/orders/" + order).shows(404)
	must(t, s.db.Read(t.Context(), func(tx *db.Tx) error {
		o, err := orders.ByOpenToken(tx, token)
		if o.Buyer != (orders.Buyer{}) || o.Address != (orders.Address{}) || len(o.Lines) == 0 {
			t.Errorf("the buyer is told: %+v", o.Buyer)
		}
		return err
	}))
	if again := s.openedBook(b, order); again != token {
		t.Error("another token at the second look")
	}
}

// An order from before there were open books gets its token from its buyer or
// from staff, one for good; what came back is shown so.
func TestOpenBookOfAnOldOrderAndOfAReturn(t *testing.T) {
	s := open(t)
	b, nusrat := s.browser(), s.browser().signIn("nusrat")
	order := s.order(b, "kurta")
	_, err := s.db.Pool().ExecContext(t.Context(), `DELETE FROM open_books`)
	must(t, err)
	token := s.openedBook(nusrat, order)
	if s.openedBook(b, order) != token {
		t.Error("buyer and staff have two tokens")
	}
	nusrat.post("/office/orders/"+order+"/dispatch", url.Values{"carrier": {"by_hand"}}).shows(200)
	nusrat.post("/office/orders/"+order+"/deliver", nil).shows(200)
	office := auth.Actor{ID: "usr_office", Via: auth.ViaSession, Grants: []auth.Grant{{Role: auth.Administrator}}}
	o, err := s.orders.Order(t.Context(), office, order)
	must(t, err)
	r, err := s.orders.RequestReturn(t.Context(), office, "", orders.ReturnInput{Order: order, Line: o.Lines[0].ID, Pieces: 1, Reason: orders.Defect})
	must(t, err)
	_, err = s.orders.ReceiveReturn(t.Context(), office, "", orders.ReceiveInput{Return: r.ID, Outcome: orders.Restock, AtFault: s.people["shabana"]})
	must(t, err)
	s.browser().get("/open/" + token).hides("taken back") // not sealed yet
	_, err = ledger.Seal(t.Context(), s.db)
	must(t, err)
	s.browser().get("/open/"+token).shows(200, "1 of them came back", "taken back: the piece was returned", "hers; payable when the time for returns is over")
}

// The open book on a telephone, in both languages.
func TestOpenBookOnAPhone(t *testing.T) {
	if testing.Short() {
		t.Skip("pages are looked at without -short")
	}
	s := open(t)
	b := s.browser()
	order := s.order(b, "kurta")
	token := s.openedBook(b, order)
	p := s.phone()
	for _, l := range []string{"en", "hi"} {
		p.as(b, l)
		p.open("/open/"+token, l+"-open-book")
		p.open("/orders/"+order, l+"-order-with-book")
	}
}

// A book that is kept in memory shows at once what has changed: a consent, the
// ledger, the order, and her area; and it is not made again while nothing has.
func TestOpenBookOnTheShelfIsNeverOld(t *testing.T) {
	s := open(t)
	b, nusrat := s.browser(), s.browser().signIn("nusrat")
	order := s.order(b, "kurta")
	token := s.openedBook(b, order)
	books := openbooks.NewService(s.db, signing(t))
	signed := func() openbooks.Signed {
		t.Helper()
		out, err := books.Book(t.Context(), token)
		must(t, err)
		return out
	}
	first := signed()
	if again := signed(); &again.Bytes[0] != &first.Bytes[0] {
		t.Error("made again though nothing has changed")
	}
	says := func(when string, want bool, text string) {
		t.Helper()
		if got := strings.Contains(string(signed().Bytes), text); got != want {
			t.Errorf("%s: %q %v", when, text, got)
		}
	}
	says("she agreed", true, "Shabana")
	s.consent("shabana", false)
	says("she took it back", false, "Shabana")
	s.consent("shabana", true)
	says("she agreed again", true, "Shabana")
	says("placed", true, `"sent":0`)
	nusrat.post("/office/orders/"+order+"/dispatch", url.Values{"carrier": {"by_hand"}}).shows(200)
	says("sent", true, `"sent":1`)
	says("not sealed", false, `"kind":"sale"`)
	_, err := ledger.Seal(t.Context(), s.db)
	must(t, err)
	says("sealed", true, `"kind":"sale"`)
	_, err = s.db.Pool().ExecContext(t.Context(), `UPDATE artisans SET area = 'barabanki' WHERE id = $1`, s.people["shabana"])
	must(t, err)
	says("moved", true, "barabanki")
	_, err = s.db.Pool().ExecContext(t.Context(), `DELETE FROM open_books`)
	must(t, err)
	if _, err := books.Book(t.Context(), token); !errors.Is(err, openbooks.ErrNotFound) {
		t.Error(err)
	}
}

// One address opens no more than so many books at once; others are not hindered.
func TestOpenBooksAreLimitedByAddress(t *testing.T) {
	s := open(t)
	b := s.browser()
	token := s.openedBook(b, s.order(b, "kurta"))
	refused := 0
	for range 40 {
		if a := b.get("/open/" + token); a.status == 429 {
			a.shows(429, "very often")
			refused++
			if a.header.Get("Retry-After") == "" {
				t.Error("when to come again is not said")
			}
		}
	}
	if refused < 5 || refused > 10 {
		t.Errorf("%d of 40 refused", refused)
	}
	b.get("/open-books").shows(200)
}

// signing makes a key to sign with.
func signing(t *testing.T) *vault.Vault {
	t.Helper()
	keys, err := vault.Open(t.TempDir())
	must(t, err)
	return keys
}
