package main_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
)

// The key is rotated five times while bank files are fetched and payment details
// are changed: every fetch gives the same bytes, and nothing is left under an old key.
func TestTheKeyIsRotatedInUse(t *testing.T) {
	eachDatabase(t, func(t *testing.T, environment []string) {
		s := open(t, environment)
		maker := s.artisan("Key Maker")
		s.asha.Do(201, "POST", "/v1/artisans/"+maker+"/pan", obj{"pan": "ABMPA3211G"})
		_, v := s.kurta("KEYS-1", 2, map[string]string{"embroidery": maker}, false)
		order := s.buy(t, map[string]int64{v: 1}, "09")
		s.admin.Post("/v1/orders/"+order+"/dispatch", nil)
		s.admin.Post("/v1/orders/"+order+"/deliver", nil)
		s.guest.Post("/v1/test/clock", obj{"advance": "169h"})
		run := s.preparer.Post("/v1/payout-runs", nil)
		path := "/v1/payout-runs/" + run.Str("id")
		run = s.preparer.Post(path+"/submit", nil)
		for _, number := range []string{"9876543210", "6012345678"} {
			s.asha.Do(201, "POST", "/v1/artisans/"+maker+"/phones", obj{"phone": number})
		}
		s.approver.Post(path+"/approve", obj{"content_hash": run.Str("content_hash"), "password": password})
		file := string(s.preparer.Get(path + "/bank-file").Raw)
		stop := make(chan struct{})
		var wg sync.WaitGroup
		for worker := range 2 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for n := 0; ; n++ {
					select {
					case <-stop:
						return
					default:
					}
					if a, err := s.preparer.Try("GET", path+"/bank-file", nil); err != nil || string(a.Raw) != file {
						t.Errorf("the file while the key is rotated: %v %s", err, a.Raw)
						return
					}
					body := obj{"kind": "upi", "holder": "Key Maker", "upi": fmt.Sprintf("key.%d.%d@upi", worker, n), "confirmed": "in person"}
					if a, err := s.asha.Try("POST", "/v1/artisans/"+maker+"/payees", body); err != nil || a.Status != 201 {
						t.Errorf("a change while the key is rotated: %v %s", err, a.Raw)
						return
					}
				}
			}()
		}
		for range 5 {
			if said := must(t, s.Data, s.Env, "vault", "rotate"); !strings.Contains(said, "1 bank files were sealed anew") {
				t.Error(said)
			}
		}
		close(stop)
		wg.Wait()
		said := must(t, s.Data, s.Env, "vault", "rotate")
		d := s.books()
		var prefixes []string
		for _, table := range []string{"payees", "pans", "artisan_phones", "payout_files"} {
			rows, err := d.QueryContext(t.Context(), `SELECT sealed FROM `+table)
			if err != nil {
				t.Fatal(err)
			}
			for rows.Next() {
				var sealed []byte
				if err := rows.Scan(&sealed); err != nil {
					t.Fatal(err)
				}
				prefixes = append(prefixes, string(sealed[:5]))
			}
			if err := rows.Close(); err != nil || rows.Err() != nil {
				t.Fatal(err, rows.Err())
			}
		}
		if len(prefixes) < 4 {
			t.Fatalf("%d sealed values", len(prefixes))
		}
		for _, p := range prefixes {
			if p != prefixes[0] {
				t.Fatalf("a value is still under an old key; %s", said)
			}
		}
		if due := s.admin.Get("/v1/notices?limit=1"); due.Str("data", 0, "phone") != "9876543210" {
			t.Errorf("her old number after the key was rotated: %s", due.Raw)
		}
		if again := string(s.approver.Get(path + "/bank-file").Raw); again != file {
			t.Error("another file after the key was rotated")
		}
		s.verify()
	})
}
