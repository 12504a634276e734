package idem_test

import (
	"context"
	"errors"
	"os"
	"sync"
	"testing"
	"time"

	"saebaan/internal/db"
	"saebaan/internal/idem"
	"saebaan/internal/testdb"
)

func TestMain(m *testing.M) { os.Exit(testdb.Main(m)) }

var ctx = context.Background()

// bump is an effect that can be counted: it adds one to the test clock.
func bump(tx *db.Tx) (int64, error) {
	var n int64
	return n, tx.Get(&n, `
		INSERT INTO test_clock (id, offset_us)
		VALUES (1, 1)
		ON CONFLICT (id) DO UPDATE
		SET offset_us = test_clock.offset_us + 1
		RETURNING offset_us`)
}

func TestFiftyTwinsHaveOneEffectAndOneAnswer(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		scope := idem.Scope{Principal: "user:a", Operation: "bump", Key: "k"}
		var wg sync.WaitGroup
		answers, replays := make([]int64, 50), make([]bool, 50)
		for i := range answers {
			wg.Add(1)
			go func() {
				defer wg.Done()
				ctx, flag := idem.WithFlag(ctx)
				n, err := idem.Write(ctx, d, scope, "body", bump)
				if err != nil {
					t.Error(err)
				}
				answers[i], replays[i] = n, *flag
			}()
		}
		wg.Wait()
		first := 0
		for i, n := range answers {
			if n != 1 {
				t.Errorf("answer %d", n)
			}
			if !replays[i] {
				first++
			}
		}
		if first != 1 {
			t.Errorf("%d of 50 were the first", first)
		}
		if _, err := idem.Write(ctx, d, scope, "another body", bump); !errors.Is(err, idem.ErrReused) {
			t.Errorf("another body: %v", err)
		}
		for _, other := range []idem.Scope{{Principal: "user:b", Operation: "bump", Key: "k"}, {Principal: "user:a", Operation: "other", Key: "k"}, {Principal: "user:a", Operation: "bump", Key: "l"}} {
			before := answers[0]
			if n, err := idem.Write(ctx, d, other, "body", bump); err != nil || n <= before {
				t.Errorf("%+v met another's key: %d %v", other, n, err)
			}
		}
	})
}

func TestAFailureIsNotRemembered(t *testing.T) {
	d := testdb.SQLite(t)
	scope := idem.Scope{Principal: "p", Operation: "o", Key: "k"}
	boom := errors.New("boom")
	if _, err := idem.Write(ctx, d, scope, 1, func(*db.Tx) (int, error) { return 0, boom }); !errors.Is(err, boom) {
		t.Fatal(err)
	}
	if n, err := idem.Write(ctx, d, scope, 1, bump); err != nil || n != 1 {
		t.Fatalf("%d %v", n, err)
	}
}

func TestSweepForgetsOnlyWhatIsOld(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		old, young := idem.Scope{Principal: "p", Operation: "o", Key: "old"}, idem.Scope{Principal: "p", Operation: "o", Key: "young"}
		if _, err := idem.Write(ctx, d, old, 1, bump); err != nil {
			t.Fatal(err)
		}
		if err := d.AdvanceClock(ctx, idem.Kept+time.Hour); err != nil {
			t.Fatal(err)
		}
		if _, err := idem.Write(ctx, d, young, 1, bump); err != nil {
			t.Fatal(err)
		}
		if n, err := idem.Sweep(ctx, d); err != nil || n != 1 {
			t.Fatalf("forgot %d, %v", n, err)
		}
		if _, err := idem.Write(ctx, d, young, 2, bump); !errors.Is(err, idem.ErrReused) {
			t.Errorf("the young one is forgotten: %v", err)
		}
	})
}
