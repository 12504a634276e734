package bench_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/valyala/fasthttp"

	"saebaan/catalog"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/gst"
	"saebaan/internal/id"
	"saebaan/internal/payment"
	"saebaan/orders"
)

// found is what the bench needs of a search's answer.
type found struct {
	Data []struct {
		ID       string
		Slug     string
		Variants []struct{ ID string }
	}
	NextCursor string `json:"next_cursor"`
}

// walk follows the cursors over all pages and returns their addresses and pieces.
func walk(t testing.TB, base string) (cursors []string, all found) {
	t.Helper()
	for cursor := ""; ; {
		var page found
		if err := json.Unmarshal(fetch(t, base+"/v1/search?sort=new&limit=100&cursor="+url.QueryEscape(cursor)), &page); err != nil {
			t.Fatal(err)
		}
		all.Data = append(all.Data, page.Data...)
		cursors = append(cursors, cursor)
		if cursor = page.NextCursor; cursor == "" {
			return cursors, all
		}
	}
}

// addresses are all pages of the shop: every list page with and without a
// filter, every product.
func addresses(t testing.TB, base string) map[string][]string {
	t.Helper()
	_, all := walk(t, base)
	out := map[string][]string{}
	for cursor := ""; ; {
		var page found
		if err := json.Unmarshal(fetch(t, base+"/v1/search?sort=new&limit=24&cursor="+url.QueryEscape(cursor)), &page); err != nil {
			t.Fatal(err)
		}
		out["list JSON"] = append(out["list JSON"], "/v1/search?sort=new&limit=24&cursor="+url.QueryEscape(cursor))
		out["list page"] = append(out["list page"], "/shop?sort=new&cursor="+url.QueryEscape(cursor))
		if cursor = page.NextCursor; cursor == "" {
			break
		}
	}
	for _, p := range all.Data[:min(len(all.Data), 2000)] {
		out["product JSON"] = append(out["product JSON"], "/v1/products/"+p.ID)
		out["product page"] = append(out["product page"], "/p/"+p.Slug)
	}
	return out
}

var terms = []string{"white", "kurta", "saree", "embroidered", "kundan", "chikan", "cotton", "blue", "shirt", "dupatta", "printed", "black", "silk", "red", "earrings", "green", "set", "women", "jeans", "watch"}

// anySearch is two of the words with a price bound that hardly comes twice, so
// that no answer is one the page cache has kept.
func anySearch(r *rand.Rand) string {
	return fmt.Sprintf("/v1/search?q=%s+%s&max_price=%d&limit=24", terms[r.IntN(len(terms))], terms[r.IntN(len(terms))], 100_000+r.IntN(10_000_000))
}

// bareSearch is the limit of search: one FTS5 query and three counts in SQL on a
// plain table of the same pieces, from 8 goroutines.
func bareSearch(t testing.TB, data string, environment []string, seconds time.Duration) float64 {
	t.Helper()
	file := bareIndex(t, openDB(t, data, environment))
	return run(seconds, func(worker int) func() error {
		n := worker
		return func() error {
			n++
			return bareQuery(file, fmt.Sprintf("%q %q", terms[n%len(terms)], terms[n/len(terms)%len(terms)]), true)
		}
	}).perSecond
}

// bareIndex is a plain FTS5 table of the published pieces, and one of what they
// are counted by.
func bareIndex(t testing.TB, d *db.DB) *sqlx.DB {
	t.Helper()
	file, err := db.OpenSearchFile(filepath.Join(t.TempDir(), "bare.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	var pieces []struct {
		Title  string `db:"title_en"`
		About  string `db:"description_en"`
		Craft  string `db:"craft"`
		Colour string `db:"colour"`
		Kind   string `db:"garment"`
	}
	if err := d.Select(context.Background(), &pieces, `SELECT title_en, description_en, craft, colour, garment FROM products WHERE state = 'published' ORDER BY id`); err != nil {
		t.Fatal(err)
	}
	tx := file.MustBegin()
	tx.MustExec(`CREATE VIRTUAL TABLE words USING fts5(title, about, tokenize="unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'")`)
	tx.MustExec(`CREATE TABLE pieces (id INTEGER PRIMARY KEY, craft TEXT, colour TEXT, garment TEXT)`)
	for i, p := range pieces {
		tx.MustExec(`INSERT INTO words (rowid, title, about) VALUES ($1, $2, $3)`, i+1, p.Title, p.About)
		tx.MustExec(`INSERT INTO pieces (id, craft, colour, garment) VALUES ($1, $2, $3, $4)`, i+1, p.Craft, p.Colour, p.Kind)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	return file
}

// bareQuery runs a search's query, and its counts if they are wanted.
func bareQuery(file *sqlx.DB, match string, counted bool) error {
	var ids []int64
	if err := file.Select(&ids, `SELECT rowid FROM words WHERE words MATCH $1 ORDER BY bm25(words) LIMIT 24`, match); err != nil || !counted {
		return err
	}
	for _, facet := range []string{"craft", "colour", "garment"} {
		var counts []struct {
			V string
			N int64
		}
		if err := file.Select(&counts, `SELECT p.`+facet+` AS v, COUNT(*) AS n FROM words w JOIN pieces p ON p.id = w.rowid WHERE words MATCH $1 GROUP BY p.`+facet, match); err != nil {
			return err
		}
	}
	return nil
}

func openDB(t testing.TB, data string, environment []string) *db.DB {
	t.Helper()
	address := filepath.Join(data, "saebaan.db")
	for _, e := range environment {
		if rest, ok := strings.CutPrefix(e, "SAEBAAN_DATABASE_URL="); ok {
			address = rest
		}
	}
	d, err := db.Open(context.Background(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

const buyerJSON = `"buyer":{"name":"Guest","phone":"9876543210"},"address":{"house":"12","city":"Lucknow","state":"09","pin":"226003"}`

// checkoutHTTP is a whole checkout over REST: cart, line, order, pay, paid.
func checkoutHTTP(t testing.TB, base string, seconds time.Duration) figure {
	t.Helper()
	_, all := walk(t, base)
	return run(seconds, func(worker int) func() error {
		c := &fasthttp.HostClient{Addr: strings.TrimPrefix(base, "http://"), MaxConns: 1}
		n := worker * 100
		post := func(path, token, body string, out any) error {
			req, res := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
			defer fasthttp.ReleaseRequest(req)
			defer fasthttp.ReleaseResponse(res)
			req.SetRequestURI(base + path)
			req.Header.SetMethod("POST")
			req.Header.SetContentType("application/json")
			if token != "" {
				req.Header.Set("Authorization", "Bearer "+token)
			}
			req.SetBodyString(body)
			if err := c.Do(req, res); err != nil {
				return err
			}
			if res.StatusCode() >= 300 {
				return fmt.Errorf("%d %s", res.StatusCode(), res.Body())
			}
			return json.Unmarshal(res.Body(), out)
		}
		return func() error {
			n++
			var cart struct{ ID, Token string }
			if err := post("/v1/carts", "", "", &cart); err != nil {
				return err
			}
			var order struct{ ID string }
			var pay struct {
				IntentID string `json:"intent_id"`
			}
			var any map[string]any
			variant := all.Data[n%len(all.Data)].Variants[0].ID
			if err := post("/v1/carts/"+cart.ID+"/lines", cart.Token, `{"variant_id":"`+variant+`","quantity":1}`, &any); err != nil {
				return err
			}
			if err := post("/v1/orders", cart.Token, `{"cart_id":"`+cart.ID+`","method":"card",`+buyerJSON+`}`, &order); err != nil {
				return err
			}
			if err := post("/v1/orders/"+order.ID+"/pay", cart.Token, "", &pay); err != nil {
				return err
			}
			return post("/v1/test/payments/"+pay.IntentID+"/confirm", "", `{"outcome":"succeeded"}`, &any)
		}
	})
}

// plainCommits is how often this database commits one inserted row, as durably
// as the shop does, for as many clients.
func plainCommits(t testing.TB, data string, environment []string, seconds time.Duration) float64 {
	t.Helper()
	d := openDB(t, data, environment)
	ctx := context.Background()
	figures := run(seconds, func(int) func() error {
		return func() error {
			return d.Write(ctx, func(tx *db.Tx) error {
				_, err := tx.Exec(`
					INSERT INTO login_failures (id, login, at)
					VALUES ($1, 'bench', $2)`, id.New("lgf"), tx.Now())
				return err
			})
		}
	})
	if figures.failed > 0 {
		t.Errorf("%d commits failed", figures.failed)
	}
	return figures.perSecond
}

// checkoutDirect is the limit of checkout: the same domain calls, and so the
// same SQL, without HTTP and JSON.
func checkoutDirect(t testing.TB, data string, environment []string, seconds time.Duration) float64 {
	t.Helper()
	d := openDB(t, data, environment)
	ctx := context.Background()
	simulator := payment.NewSimulator(d, "whsec_bench")
	shop := orders.NewService(d, gst.Default(), simulator, orders.Defaults())
	var variants []string
	if err := d.Select(ctx, &variants, `SELECT v.id FROM variants v JOIN products p ON p.id = v.product_id WHERE p.state = 'published' ORDER BY v.id DESC`); err != nil {
		t.Fatal(err)
	}
	figures := run(seconds, func(worker int) func() error {
		n := worker * 100
		return func() error {
			n++
			cart, token, err := shop.CreateCart(ctx)
			if err != nil {
				return err
			}
			guest := auth.Actor{Via: auth.ViaGuest, GuestHash: auth.Hash(token)}
			if _, err := shop.SetLine(ctx, guest, "", cart, orders.LineInput{Variant: variants[n%len(variants)], Quantity: 1}); err != nil {
				return err
			}
			o, err := shop.Place(ctx, guest, "", orders.PlaceInput{Cart: cart, Method: orders.Card, Buyer: orders.Buyer{Name: "Guest", Phone: "9876543210"},
				Address: orders.Address{House: "12", City: "Lucknow", State: catalog.SellerState, PIN: "226003"}})
			if err != nil {
				return err
			}
			p, err := shop.Pay(ctx, guest, o.ID, "")
			if err != nil {
				return err
			}
			payload, signature, err := simulator.Confirm(ctx, p.IntentID, payment.Succeeded)
			if err != nil {
				return err
			}
			return shop.PaymentEvent(ctx, payload, signature)
		}
	})
	if figures.failed > 0 {
		t.Errorf("%d checkouts failed", figures.failed)
	}
	for operation, n := range d.Retries() {
		t.Logf("retries of %s: %d", operation, n)
	}
	return figures.perSecond
}
