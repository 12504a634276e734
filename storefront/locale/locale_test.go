package locale_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"

	"saebaan/artisans"
	"saebaan/catalog"
	"saebaan/internal/auth"
	"saebaan/internal/fault"
	"saebaan/internal/search"
	"saebaan/orders"
	"saebaan/payouts"
	"saebaan/storefront/locale"

	_ "saebaan/internal/payment"
	_ "saebaan/internal/web"
)

func messages(t *testing.T, code string) map[string]any {
	t.Helper()
	raw, err := locale.Files.ReadFile(code + ".toml")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]any{}
	if err := toml.Unmarshal(raw, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

var placeholder = regexp.MustCompile(`{{\.[A-Za-z]+}}`)

func holders(v any) []string {
	texts := []string{}
	switch m := v.(type) {
	case string:
		texts = placeholder.FindAllString(m, -1)
	case map[string]any:
		other, _ := m["other"].(string)
		texts = placeholder.FindAllString(other, -1)
	}
	slices.Sort(texts)
	return slices.Compact(texts)
}

func TestLanguagesHaveTheSameMessages(t *testing.T) {
	en, hi := messages(t, "en"), messages(t, "hi")
	for id, text := range en {
		if _, ok := hi[id]; !ok {
			t.Errorf("hi has no %s", id)
		} else if !slices.Equal(holders(text), holders(hi[id])) {
			t.Errorf("%s has other placeholders in hi: %v, %v", id, holders(text), holders(hi[id]))
		}
	}
	for id := range hi {
		if _, ok := en[id]; !ok {
			t.Errorf("en has no %s", id)
		}
	}
	latin := regexp.MustCompile(`[A-Za-z]`)
	for id, v := range hi {
		if s, ok := v.(string); ok && latin.MatchString(placeholder.ReplaceAllString(s, "")) {
			t.Errorf("%s has Latin letters in hi: %s", id, s)
		}
	}
}

var everyMethod = []orders.Method{orders.Card, orders.UPI, orders.BankTransfer, orders.Cash}

// The sentences of each way to pay.
func TestEveryMethodHasItsSentences(t *testing.T) {
	for _, l := range locale.Offered() {
		for _, m := range everyMethod {
			ids := []string{"method.about_" + string(m), "order.pay_" + string(m)}
			if m != orders.Card {
				for _, kind := range []string{"title", "look", "next", "confirms"} {
					ids = append(ids, "pay."+kind+"_"+string(m))
				}
			}
			for _, id := range ids {
				if !l.Has(id) {
					t.Errorf("%s has no %s", l.Code, id)
				}
			}
		}
	}
}

func TestEveryWordOfTheTradeIsTranslated(t *testing.T) {
	words := map[string][]string{"garment": catalog.Garments, "fabric": catalog.Fabrics, "colour": {catalog.ImportCraft},
		"craft": append([]string{catalog.ImportCraft}, artisans.Crafts...), "craft_about": artisans.Crafts, "area": artisans.Areas,
		"head":    {"material", "packing", "shipping", "fee", "running", "fund", "makers"},
		"reason":  {payouts.NoPayee, payouts.PayeeWaiting, payouts.ClaimedElsewhere, "window_over", "no_news"},
		"outcome": {payouts.Entered, payouts.Repeated, payouts.Unknown, payouts.Overruled, payouts.Refused},
		"measure": catalog.Measures, "stage": catalog.Stages,
		"payee": {"bank", "upi"}, "nature": {"wage", "balance", "material", "payout"},
		"carrier":          orders.Carriers(),
		"document":         {"tax_invoice", "invoice_cum_bill", "bill_of_supply", "credit_note", "receipt_voucher", "refund_voucher"},
		"delivery_outcome": {"delivered", "known", "unknown", "ambiguous", "not_delivered", "not_entered"},
		"bank_outcome":     {"matched", "unidentified", "seen", "not_a_credit", "unreadable", "not_entered"},
		"difference":       {"charge", "refund", "fee", "dispute", "balance"},
		"refund_reason":    {"cancelled", "buyer", "shop", "expired", "dispute", "pieces_gone", "paid_twice", "overpaid", "too_late", "exchange"},
		"receive":          {string(orders.Restock), string(orders.ToMaker), string(orders.Spoiled)},
		"place":            {catalog.Store, catalog.Aside, catalog.WithMaker},
		"sort":             {string(search.SortRelevance), string(search.SortNew), string(search.SortPriceUp), string(search.SortPriceDown)}}
	for _, m := range everyMethod {
		words["method"] = append(words["method"], string(m))
	}
	for _, r := range orders.Reasons() {
		words["return_reason"] = append(words["return_reason"], string(r))
		words["refund_reason"] = append(words["refund_reason"], "return_"+string(r))
	}
	for s := range orders.ReturnMoves {
		words["return_state"] = append(words["return_state"], string(s))
	}
	for s := range orders.RefundMoves {
		words["refund_state"] = append(words["refund_state"], string(s))
	}
	for s := range orders.DisputeMoves {
		words["dispute_state"] = append(words["dispute_state"], string(s))
	}
	for _, r := range auth.Roles() {
		words["role"] = append(words["role"], string(r))
	}
	for _, craft := range artisans.Crafts {
		words["technique"] = append(words["technique"], catalog.TechniquesOf(craft)...)
	}
	for s := range orders.OrderMoves {
		words["order_state"] = append(words["order_state"], string(s))
	}
	for s := range orders.PaymentMoves {
		words["payment_state"] = append(words["payment_state"], string(s))
	}
	for s := range payouts.Moves {
		words["run_state"] = append(words["run_state"], string(s))
	}
	for s := range payouts.ItemMoves {
		words["item"] = append(words["item"], string(s))
	}
	for _, l := range locale.Offered() {
		for kind, list := range words {
			for _, w := range list {
				if !l.Has(kind + "." + w) {
					t.Errorf("%s has no %s.%s", l.Code, kind, w)
				}
			}
		}
		if got := l.Word("stage", "hand_felting"); got != "hand felting" {
			t.Errorf("an unknown word becomes %q", got)
		}
	}
}

// The colours are called as the palette has them.
func TestColoursHaveTheirNamesFromThePalette(t *testing.T) {
	en, hi := locale.Choose("en", "", ""), locale.Choose("hi", "", "")
	for _, c := range catalog.Palette() {
		if en.Word("colour", c.Word) != c.Name.En || hi.Word("colour", c.Word) != c.Name.Hi {
			t.Errorf("%s is called %q and %q", c.Word, en.Word("colour", c.Word), hi.Word("colour", c.Word))
		}
	}
	if got := hi.Word("colour", "off-white"); got != "off white" {
		t.Errorf("a colour of no palette is called %q", got)
	}
}

// Every id that a page names in full has a message.
func TestEveryIDHasAMessage(t *testing.T) {
	named := regexp.MustCompile(`\.[TN]\(\s*"([a-z_]+\.[A-Za-z_.\d-]*[A-Za-z\d])"`)
	en, seen := locale.Choose("en", "", ""), 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !(strings.HasSuffix(path, ".templ") || strings.HasSuffix(path, ".go")) || strings.HasSuffix(path, "_templ.go") {
			return err
		}
		raw, err := os.ReadFile(path) // #nosec G304 -- this source tree
		for _, m := range named.FindAllStringSubmatch(string(raw), -1) {
			seen++
			if !en.Has(m[1]) && en.N(m[1], 1) == m[1] {
				t.Errorf("%s: no message %s", path, m[1])
			}
		}
		return err
	})
	if err != nil || seen < 200 {
		t.Error(seen, err)
	}
}

// The faults that a person can meet in a page are said in her language.
func TestFaultsAreTranslated(t *testing.T) {
	notForPages := regexp.MustCompile(`^(artisans\.(name|payee|no_payee|consent)|auth\.(key_cannot_approve|password|login_taken|role|no_user)|` +
		`catalog\.(lot_code_taken|import.*)|orders\.mail_step|search\.(limit|document)|` +
		`payment\.(bad_signature|old_event|wrong_mode|api_version|bad_event|currency|input|config)|media\.(too_large|type|heif|pixels|damaged)|` +
		`money\.(format|weights)|db\.(schema|collation|pg_dump|exists)|gst\..*|ledger\..*|vault\..*|outbox\..*|mail\..*|config\..*)$`)
	hi := locale.Choose("hi", "", "")
	for code, f := range fault.Codes() {
		if notForPages.MatchString(code) {
			continue
		}
		if !hi.Has("fault." + code) {
			t.Errorf("no message fault.%s: %s", code, f.Message)
		}
	}
	unknown := fault.New(fault.Conflict, "test.unknown", "Something only this test knows.")
	if got := hi.Fault(unknown); got != hi.T("error.conflict.said") {
		t.Errorf("an unknown fault says %q", got)
	}
	en := locale.Choose("en", "", "")
	if got := en.Fault(orders.ErrState.With("The order has gone.")); got != "The order has gone." {
		t.Errorf("a message made for the case becomes %q", got)
	}
}

func TestChoose(t *testing.T) {
	for _, c := range []struct{ asked, before, accepts, want string }{
		{"hi", "en", "en", "hi"}, {"", "hi", "en", "hi"}, {"xx", "", "hi-IN,en;q=0.5", "hi"}, {"", "", "ta,bn", "en"},
		{"", "", ";;;q=", "en"}, {"ur", "", "ur", "en"}, {"../en", "", "", "en"},
	} {
		if got := locale.Choose(c.asked, c.before, c.accepts).Code; got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

func TestDatesAndNumbers(t *testing.T) {
	en, hi := locale.Choose("en", "", ""), locale.Choose("hi", "", "")
	for got, want := range map[string]string{
		en.Day("2026-11-02"): "2 November 2026", hi.Day("2026-02-28"): "28 फ़रवरी 2026", en.Day("someday"): "someday",
		en.Minutes(1110): "18 h 30 min", en.Minutes(60): "1 h", hi.Minutes(45): "45 मिनट", locale.PerMille(622): "62.2 %",
		locale.Rupees(252_000): "₹2,520", locale.Rupees(252_050): "₹2,520.50",
		en.List([]string{"a", "b", "c"}): "a, b and c", en.List(nil): "", en.N("shop.found", 1): "1 piece", en.N("shop.found", 0): "0 pieces",
	} {
		if got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
}
