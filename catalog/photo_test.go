package catalog_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"saebaan/artisans"
	"saebaan/catalog"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/gst"
	"saebaan/internal/media"
	"saebaan/internal/testdb"
)

// flaky is a folder that fails when it is told to, after a number of files.
type flaky struct {
	*media.Folder
	mu   sync.Mutex
	left int // files until it fails; negative never does
}

func (f *flaky) fails() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.left == 0 {
		return true
	}
	f.left--
	return false
}

func (f *flaky) set(left int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.left = left
}

// Put fails in its turn.
func (f *flaky) Put(ctx context.Context, name string, content []byte) error {
	if f.fails() {
		return media.ErrKeep
	}
	return f.Folder.Put(ctx, name, content)
}

// Delete fails in its turn.
func (f *flaky) Delete(ctx context.Context, name string) error {
	if f.fails() {
		return media.ErrKeep
	}
	return f.Folder.Delete(ctx, name)
}

// atelier is a catalogue with a store for photos.
type atelier struct {
	t     *testing.T
	db    *db.DB
	s     *catalog.Service
	store *flaky
}

func newAtelier(t *testing.T, d *db.DB) *atelier {
	t.Helper()
	folder, err := media.OpenFolder(filepath.Join(t.TempDir(), "photos"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = folder.Close() })
	store := &flaky{Folder: folder, left: -1}
	return &atelier{t, d, catalog.NewService(d, gst.Default(), nil, store), store}
}

func (a *atelier) piece(area string) string {
	a.t.Helper()
	p, err := a.s.List(context.Background(), importAdmin, "", catalog.ListingInput{Title: catalog.Text{En: "White kurta"}, Area: area, Craft: "chikan",
		Garment: "kurta", Fabric: "muslin", Colour: "white", OneOff: true, Tag: 252_000})
	if err != nil {
		a.t.Fatal(err)
	}
	return p.ID
}

// picture is a JPEG of which there is one for each number.
func picture(t *testing.T, n int) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 300, 200))
	for i := range 60_000 {
		m.Set(i%300, i/300, color.RGBA{uint8(n * 7), uint8(i / 300), uint8(n), 255})
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func (a *atelier) add(product string, n int) (catalog.Product, error) {
	return a.s.AddPhoto(context.Background(), importCoord, catalog.PhotoInput{Product: product}, bytes.NewReader(picture(a.t, n)))
}

func (a *atelier) added(product string, n int) catalog.Product {
	a.t.Helper()
	p, err := a.add(product, n)
	if err != nil {
		a.t.Fatal(err)
	}
	return p
}

// sweep does what the worker does, later.
func (a *atelier) sweep() {
	a.t.Helper()
	ctx := context.Background()
	for range 3 { // what is found in the store first is marked an hour later
		if err := a.db.AdvanceClock(ctx, 2*time.Hour); err != nil {
			a.t.Fatal(err)
		}
		if _, err := a.s.SweepPhotos(ctx); err != nil {
			a.t.Fatal(err)
		}
		for n := 1; n > 0; {
			var err error
			if n, err = a.s.EraseGone(ctx); err != nil {
				a.t.Fatal(err)
			}
		}
	}
}

// whole checks that the store has every width of every photo that is shown.
func (a *atelier) whole(products ...string) (names []string) {
	a.t.Helper()
	for _, id := range products {
		p, err := a.s.Product(context.Background(), importAdmin, id)
		if err != nil {
			a.t.Fatal(err)
		}
		for _, f := range p.Photos {
			for _, w := range strings.Split(f.Widths, ",") {
				names = append(names, f.Hash+"-"+w+".jpg")
			}
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	have := a.stored()
	for _, n := range names {
		if !slices.Contains(have, n) {
			a.t.Errorf("%s is shown and lost", n)
		}
	}
	return names
}

func (a *atelier) stored() []string {
	a.t.Helper()
	names, err := a.store.List(context.Background(), "", 10_000)
	if err != nil {
		a.t.Fatal(err)
	}
	return names
}

// exact is whole, and that there is nothing else.
func (a *atelier) exact(products ...string) {
	a.t.Helper()
	if want, have := a.whole(products...), a.stored(); !slices.Equal(want, have) {
		a.t.Errorf("shown are %d files, the store has %d: %v", len(want), len(have), have)
	}
}

func TestPhotosOfPieces(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		a, ctx := newAtelier(t, d), context.Background()
		one, two, far := a.piece("lucknow"), a.piece("lucknow"), a.piece("barabanki")
		first := a.added(one, 1)
		for range 2 {
			if p := a.added(one, 2); len(p.Photos) != 2 || p.Photos[0].Hash != first.Photos[0].Hash || p.Photos[1].Widths != "240,300" {
				t.Fatalf("photos: %+v", p.Photos)
			}
		}
		shared := a.added(two, 2).Photos[0].Hash
		a.exact(one, two)

		shopper := auth.Actor{ID: "usr_x", Via: auth.ViaSession, Grants: []auth.Grant{{Role: auth.Shopper}}}
		for what, c := range map[string]struct {
			actor   auth.Actor
			product string
			want    error
		}{"nobody": {auth.Actor{}, one, auth.ErrUnauthenticated}, "a shopper": {shopper, one, auth.ErrForbidden}, "another area": {importCoord, far, catalog.ErrNotFound},
			"no piece": {importCoord, "prd_1", catalog.ErrNotFound}} {
			// What is not allowed is refused before a byte of it is read.
			if _, err := a.s.AddPhoto(ctx, c.actor, catalog.PhotoInput{Product: c.product}, nil); !errors.Is(err, c.want) {
				t.Errorf("%s adds: %v, want %v", what, err, c.want)
			}
			if _, err := a.s.RemovePhoto(ctx, c.actor, c.product, shared); !errors.Is(err, c.want) {
				t.Errorf("%s removes: %v, want %v", what, err, c.want)
			}
			if _, err := a.s.OfferUpload(ctx, c.actor, c.product, 10); !errors.Is(err, c.want) {
				t.Errorf("%s is offered an upload: %v, want %v", what, err, c.want)
			}
		}

		for range 2 {
			if p, err := a.s.RemovePhoto(ctx, importCoord, one, shared); err != nil || len(p.Photos) != 1 {
				t.Fatalf("removed: %+v, %v", p.Photos, err)
			}
			a.exact(one, two) // the other piece still has it
		}
		a.added(one, 3) // its place is free again, and no other's
		if _, err := a.s.RemovePhoto(ctx, importCoord, two, shared); err != nil {
			t.Fatal(err)
		}
		a.exact(one)
		if p := a.added(two, 2); p.Photos[0].Hash != shared {
			t.Errorf("the same photo has another name: %v", p.Photos)
		}
		a.exact(one, two)
		a.sweep()
		a.exact(one, two)
		for n := 10; ; n++ {
			if _, err := a.add(one, n); err != nil {
				if !errors.Is(err, catalog.ErrPhotos) || n != 20 {
					t.Errorf("photo %d: %v", n, err)
				}
				break
			}
		}
		a.sweep()
		a.exact(one, two)
	})
}

// A photo that shows a maker needs her consent, and is gone from the store when
// she withdraws it; the one that does not show her stays.
func TestPhotoGoesWithConsent(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		a, ctx := newAtelier(t, d), context.Background()
		people := artisans.NewService(d, nil)
		her, err := people.Create(ctx, importAdmin, "", artisans.Input{NameEn: "Shabana", Area: "lucknow", Crafts: []string{"chikan"}})
		if err != nil {
			t.Fatal(err)
		}
		consent := func(purpose string, granted bool) {
			t.Helper()
			if _, err := people.SetConsent(ctx, importAdmin, "", artisans.ConsentInput{Artisan: her.ID, Purpose: purpose, Granted: granted, Notice: "1", Language: "hi"},
				catalog.ArtisanChanged); err != nil {
				t.Fatal(err)
			}
		}
		piece := a.piece("lucknow")
		show := func(n int) error {
			_, err := a.s.AddPhoto(ctx, importCoord, catalog.PhotoInput{Product: piece, Shows: her.ID}, bytes.NewReader(picture(t, n)))
			return err
		}
		if err := show(1); !errors.Is(err, catalog.ErrShown) {
			t.Fatalf("without consent: %v", err)
		}
		consent("photo", true)
		if err := errors.Join(show(1), show(2)); err != nil {
			t.Fatal(err)
		}
		before := a.added(piece, 3)
		consent("name", true)
		consent("name", false)
		if p, err := a.s.Product(ctx, importAdmin, piece); err != nil || len(p.Photos) != 3 {
			t.Fatalf("another consent took photos away: %+v, %v", p.Photos, err)
		}
		consent("photo", false)
		after, err := a.s.Product(ctx, importAdmin, piece)
		if err != nil || len(after.Photos) != 1 || after.Photos[0].Hash != before.Photos[2].Hash || after.Version <= before.Version {
			t.Fatalf("after the withdrawal: %+v, %v", after.Photos, err)
		}
		if n, err := a.s.EraseGone(ctx); n != 2 || err != nil {
			t.Errorf("erased %d, %v", n, err)
		}
		a.exact(piece)
	})
}

// Whatever is cut off, on the way in or on the way out, is repeated or swept, and
// nothing that is shown is ever lost.
func TestCutOffPhotosAreSwept(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		a, ctx := newAtelier(t, d), context.Background()
		piece := a.piece("lucknow")
		a.added(piece, 1)
		for n := range 2 { // the first or the second file fails
			a.store.set(n)
			if _, err := a.add(piece, 2+n); !errors.Is(err, media.ErrKeep) {
				t.Errorf("cut off at file %d: %v", n, err)
			}
		}
		a.store.set(-1)
		if have := a.stored(); len(have) != 3 {
			t.Errorf("the store has %v", have)
		}
		a.added(piece, 2)
		if err := a.store.Put(ctx, strings.Repeat("ab", 32)+"-240.jpg", []byte("a stranger's")); err != nil {
			t.Fatal(err)
		}
		a.whole(piece)
		a.sweep()
		a.exact(piece)

		hash := a.added(piece, 9).Photos[2].Hash
		a.store.set(1)
		if _, err := a.s.RemovePhoto(ctx, importCoord, piece, hash); err != nil {
			t.Error(err)
		}
		a.store.set(-1)
		if _, err := a.add(piece, 9); !errors.Is(err, media.ErrKeep) {
			t.Errorf("a photo that is half erased was added: %v", err)
		}
		a.sweep()
		a.exact(piece)
		a.added(piece, 9)
		a.sweep()
		a.exact(piece)
	})
}

// Many add, remove and sweep the same few photos at once.
func TestPhotosUnderWay(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		a, ctx := newAtelier(t, d), context.Background()
		pieces := []string{a.piece("lucknow"), a.piece("lucknow"), a.piece("lucknow")}
		hashes := map[int]string{}
		for n := range 3 {
			p := a.added(pieces[0], n)
			hashes[n] = p.Photos[n].Hash
		}
		var wg sync.WaitGroup
		var mu sync.Mutex
		told := map[string]int{}
		for worker := range 4 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for i := range 12 {
					n, piece := (i+worker)%3, pieces[(i*worker+i)%3]
					var err error
					switch (i + worker) % 4 {
					case 0, 1:
						_, err = a.add(piece, n)
					case 2:
						_, err = a.s.RemovePhoto(ctx, importCoord, piece, hashes[n])
					default:
						_, err = a.s.EraseGone(ctx)
					}
					mu.Lock()
					told[fmt.Sprint(err)]++
					if err != nil && !errors.Is(err, media.ErrKeep) {
						t.Errorf("%v", err)
					}
					mu.Unlock()
				}
			}()
		}
		wg.Wait()
		a.whole(pieces...)
		a.sweep()
		a.exact(pieces...)
		t.Log(told)
	})
}
