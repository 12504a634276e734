package payouts

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"image/jpeg"
	"io"

	"saebaan/artisans"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/fault"
	"saebaan/internal/id"
	"saebaan/internal/ledger"
	"saebaan/internal/media"
)

// Shelf gives the name of the small photo of each lot's piece. It is the
// catalogue's, which this package does not know.
type Shelf func(tx *db.Tx, lots []string) (map[string]string, error)

// photos reads what is kept under a name.
type photos interface {
	Open(ctx context.Context, name string) (io.ReadCloser, error)
}

// Slips gives out statements on paper.
type Slips struct {
	payouts *Service
	shelf   Shelf
	photos  photos
}

// NewSlips makes the service.
func NewSlips(s *Service, shelf Shelf, p photos) *Slips { return &Slips{s, shelf, p} }

// Slip gives an artisan's statement for a period of business dates, for the same
// people as Statement.
//
// A period that is over is read once: when its statement is first asked for, in
// the transaction that reads them, its facts are kept as a row that nobody can
// change, its small pictures beside it, and every later copy is made of that row.
// So the same program prints the same bytes whatever has happened since: other
// prices, settings, photos, consents, another name, later entries. An entry that
// is sealed later with a date in such a period is in the next statement, as Late.
// (The rule "up to the last block before the period's end" would need no row, but
// leaves out what was entered a day late, and cannot hold names and pictures.)
// A period that still runs is read anew each time and says so.
func (s *Slips) Slip(ctx context.Context, actor auth.Actor, artisan, from, to string) (Slip, error) {
	a, err := s.payouts.artisans.Artisan(ctx, actor, artisan)
	if err != nil {
		return Slip{}, err
	}
	today := s.payouts.Today()
	if from, to, err = period(from, to, today); err != nil {
		return Slip{}, err
	}
	if _, err := ledger.Seal(ctx, s.payouts.db); err != nil {
		return Slip{}, err
	}
	var sl Slip
	given := false
	if err := s.payouts.db.Read(ctx, func(tx *db.Tx) error {
		if sl, given, err = issued(tx, artisan, from, to); err != nil || given {
			return err
		}
		sl, err = s.read(tx, a, from, to)
		return err
	}); err != nil || given {
		return sl, err
	}
	pictures, err := s.pictures(ctx, sl.Pieces)
	if err != nil {
		return Slip{}, err
	}
	if sl.keep(pictures); to >= today {
		return sl, nil
	}
	err = s.payouts.db.Write(ctx, func(tx *db.Tx) error {
		if sl, given, err = issued(tx, artisan, from, to); err != nil || given {
			return err
		}
		if sl, err = s.read(tx, a, from, to); err != nil {
			return err
		}
		sl.keep(pictures)
		return issue(tx, actor, &sl)
	})
	return sl, err
}

// read is the slip as it would be given out now.
func (s *Slips) read(tx *db.Tx, a artisans.Artisan, from, to string) (Slip, error) {
	sl, byLot, err := slipOf(tx, a, from, to)
	if err != nil {
		return sl, err
	}
	return sl, sl.show(tx, s.shelf, byLot)
}

// largestPicture bounds what is read of a small photo.
const largestPicture = 256 << 10

// pictures reads the small photos; one that is gone or damaged is left out.
func (s *Slips) pictures(ctx context.Context, pieces []SlipPiece) (map[string][]byte, error) {
	out := map[string][]byte{}
	for _, p := range pieces {
		f, err := s.photos.Open(ctx, p.Picture)
		if f := fault.Of(err); f != nil && f.Code == media.ErrNotFound.Code {
			continue
		}
		if err != nil {
			return nil, err
		}
		raw, err := io.ReadAll(io.LimitReader(f, largestPicture+1))
		if err = errors.Join(err, f.Close()); err != nil {
			return nil, media.ErrKeep.Because(err)
		}
		if _, err := jpeg.Decode(bytes.NewReader(raw)); err == nil && len(raw) <= largestPicture {
			out[p.Picture] = raw
		}
	}
	return out, nil
}

// issue keeps the facts of a period that is over.
func issue(tx *db.Tx, actor auth.Actor, sl *Slip) error {
	body, err := json.Marshal(sl)
	if err != nil {
		return err
	}
	sl.ID = id.New("stm")
	if _, err := tx.Exec(`
		INSERT INTO statements (id, artisan_id, from_date, to_date, block, head, body, made_by, made_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		sl.ID, sl.Artisan, sl.From, sl.To, sl.Block, sl.Head, string(body), actor.String(), sl.MadeAt); err != nil {
		return err
	}
	for _, p := range sl.Pieces {
		if _, err := tx.Exec(`
			INSERT INTO statement_pictures (name, content)
			VALUES ($1, $2)
			ON CONFLICT (name) DO NOTHING`, p.Picture, sl.pictures[p.Picture]); err != nil {
			return err
		}
	}
	return auditSlip(tx, actor, *sl)
}

// issued reads a statement that was given out, with its pictures.
func issued(tx *db.Tx, artisan, from, to string) (sl Slip, given bool, err error) {
	var row struct {
		ID   string `db:"id"`
		Body string `db:"body"`
	}
	err = tx.Get(&row, `
		SELECT id, body
		FROM statements
		WHERE artisan_id = $1 AND from_date = $2 AND to_date = $3`, artisan, from, to)
	if errors.Is(err, db.ErrNone) {
		return sl, false, nil
	}
	if err != nil {
		return sl, false, err
	}
	if err := json.Unmarshal([]byte(row.Body), &sl); err != nil {
		return sl, false, err
	}
	sl.ID, sl.pictures = row.ID, map[string][]byte{}
	for _, p := range sl.Pieces {
		var content []byte
		if err := tx.Get(&content, `
			SELECT content
			FROM statement_pictures
			WHERE name = $1`, p.Picture); err != nil {
			return sl, false, err
		}
		sl.pictures[p.Picture] = content
	}
	return sl, true, nil
}
