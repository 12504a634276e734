package catalog

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"saebaan/artisans"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/id"
	"saebaan/internal/media"
)

const mostPhotos = 12

// PhotoInput says of which piece a photo is.
type PhotoInput struct {
	Product string
	Shows   string // the artisan who is seen in it; "" for nobody
}

// AddPhoto takes a photo in, keeps its widths and shows it as the product's last
// one. A coordinator of the area or an administrator may. It needs no key: the
// same file twice is one photo, so a sending that was cut off is repeated as a
// whole. Faults: media's, ErrNotFound, ErrState, ErrPhotos, ErrShown.
func (s *Service) AddPhoto(ctx context.Context, actor auth.Actor, in PhotoInput, file io.Reader) (Product, error) {
	if _, err := s.photographed(ctx, actor, in.Product); err != nil {
		return Product{}, err
	}
	prints, err := media.Develop(ctx, file)
	if err != nil {
		return Product{}, err
	}
	if err := s.expect(ctx, prints.Hash); err != nil {
		return Product{}, err
	}
	if err := prints.Keep(ctx, s.media); err != nil {
		return Product{}, err
	}
	var out Product
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if err := s.addPhoto(tx, actor, in, prints.Photo); err != nil {
			return err
		}
		out, err = s.one(tx, in.Product)
		return err
	})
	return out, err
}

// photographed is the product whose photos the actor may change.
func (s *Service) photographed(ctx context.Context, actor auth.Actor, product string) (Product, error) {
	var p Product
	if err := actor.Require(auth.Coordinator, auth.Administrator); err != nil {
		return p, err
	}
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		var err error
		p, err = s.changeable(tx, actor, product)
		return err
	})
	return p, err
}

func (s *Service) changeable(tx *db.Tx, actor auth.Actor, product string) (Product, error) {
	p, err := s.one(tx, product)
	if err != nil {
		return p, err
	}
	if !actor.CoversArea(p.Area) {
		return p, ErrNotFound
	}
	if p.State == Archived {
		return p, ErrState
	}
	return p, nil
}

func (s *Service) addPhoto(tx *db.Tx, actor auth.Actor, in PhotoInput, p media.Photo) error {
	of, err := s.changeable(tx, actor, in.Product)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(of.Photos, func(have Photo) bool { return have.Hash == p.Hash }) {
		return nil
	}
	if len(of.Photos) >= mostPhotos {
		return ErrPhotos
	}
	var shows *string
	if in.Shows != "" {
		consents, err := artisans.Consents(tx, []string{in.Shows})
		if err != nil {
			return err
		}
		if !consents[in.Shows]["photo"] {
			return ErrShown
		}
		shows = &in.Shows
	}
	var kept int64 // it may have been swept while this took an hour
	if err := tx.Get(&kept, `
		SELECT COUNT(*)
		FROM photo_files
		WHERE hash = $1 AND state = 'kept'`, p.Hash); err != nil {
		return err
	}
	if kept == 0 {
		return media.ErrKeep
	}
	if _, err := tx.Exec(`
		INSERT INTO photos (product_id, pos, hash, width, height, colour, widths, webp, shows)
		SELECT $1, COALESCE(MAX(pos), 0) + 1, CAST($2 AS TEXT), CAST($3 AS BIGINT), CAST($4 AS BIGINT), CAST($5 AS TEXT), CAST($6 AS TEXT),
			CAST($7 AS TEXT), CAST($8 AS TEXT)
		FROM photos
		WHERE product_id = $1`,
		in.Product, p.Hash, p.Width, p.Height, p.Colour, joined(p.Widths), joined(p.WebP), shows); err != nil {
		return err
	}
	if err := auth.Audit(tx, actor, "photo.add", in.Product, p.Hash); err != nil {
		return err
	}
	return touch(tx, in.Product)
}

func joined(widths []int) string {
	out := make([]string, len(widths))
	for i, w := range widths {
		out[i] = fmt.Sprint(w)
	}
	return strings.Join(out, ",")
}

// RemovePhoto takes a photo of a piece away, for the same people as AddPhoto.
// When no other piece shows it, every width is gone from the store with it. One
// that is gone already is no fault.
func (s *Service) RemovePhoto(ctx context.Context, actor auth.Actor, product, hash string) (Product, error) {
	if err := actor.Require(auth.Coordinator, auth.Administrator); err != nil {
		return Product{}, err
	}
	var out Product
	var gone db.Time
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		gone = 0
		if _, err := s.changeable(tx, actor, product); err != nil {
			return err
		}
		n, err := tx.Exec(`
			DELETE FROM photos
			WHERE product_id = $1 AND hash = $2`, product, hash)
		if err != nil {
			return err
		}
		if n > 0 {
			if err := errors.Join(auth.Audit(tx, actor, "photo.remove", product, hash), touch(tx, product)); err != nil {
				return err
			}
			if going, err := discard(tx, hash, tx.Now()); err != nil {
				return err
			} else if going {
				gone = tx.Now()
			}
		}
		out, err = s.one(tx, product)
		return err
	})
	if err == nil && gone != 0 {
		// What this does not reach, EraseGone does.
		_ = s.erase(context.WithoutCancel(ctx), hash, gone)
	}
	return out, err
}

// Upload is where a browser may send a photo past the program: a PUT of the size
// it named. An empty Address says to send it to the program itself.
type Upload struct{ Name, Address string }

// OfferUpload offers such an address for a photo of a piece, for the same people
// as AddPhoto.
func (s *Service) OfferUpload(ctx context.Context, actor auth.Actor, product string, size int64) (Upload, error) {
	if _, err := s.photographed(ctx, actor, product); err != nil {
		return Upload{}, err
	}
	if size < 1 || size > media.MaxBytes {
		return Upload{}, media.ErrTooLarge
	}
	if s.stage == nil {
		return Upload{}, nil
	}
	name := staged(actor) + id.New("upl")
	address, err := s.stage.Offer(ctx, name, size)
	return Upload{name, address}, err
}

// staged is the folder of what one person sends, so that nobody takes in what
// another sent.
func staged(actor auth.Actor) string { return strings.ReplaceAll(actor.Principal(), ":", "_") + "/" }

// AddStaged is AddPhoto of what was sent to an address of OfferUpload, by the
// same person. What was sent stays there for a while, so that it may be asked
// for again. Faults: those of AddPhoto, and media.ErrNotStaged.
func (s *Service) AddStaged(ctx context.Context, actor auth.Actor, in PhotoInput, name string) (Product, error) {
	if err := actor.Require(auth.Coordinator, auth.Administrator); err != nil {
		return Product{}, err
	}
	one, own := strings.CutPrefix(name, staged(actor))
	if s.stage == nil || !own || !id.Valid("upl", one) {
		return Product{}, media.ErrNotStaged
	}
	file, err := s.stage.Staged(ctx, name)
	if err != nil {
		return Product{}, err
	}
	defer func() { _ = file.Close() }()
	return s.AddPhoto(ctx, actor, in, file)
}

// PicturedCount is how many published products have a picture.
func (s *Service) PicturedCount(ctx context.Context) (int64, error) {
	var n int64
	err := s.db.Get(ctx, &n, `
		SELECT COUNT(*)
		FROM products p
		WHERE p.state = 'published'
			AND EXISTS (SELECT 1 FROM photos f WHERE f.product_id = p.id)`)
	return n, err
}
