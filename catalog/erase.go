package catalog

import (
	"context"
	"errors"
	"slices"
	"time"

	"saebaan/artisans"
	"saebaan/internal/db"
	"saebaan/internal/media"
)

// A photo's files are entered in photo_files before the first is written. They
// go in two steps: marked as going in a transaction, while nobody shows them and
// nobody can begin to, then erased, then the row is deleted. One who erases has
// lease for himself, and stops after less than that, so that two never erase
// the same and a late one never meets a photo that came back.
const (
	lease     = 10 * time.Minute
	eraseTime = time.Minute
	arriving  = time.Hour // a photo that nobody shows after that was cut off
	eraseStep = 50
	mostNames = 64 // of one photo in the store
	listStep  = 1000
)

// expect enters that files of a photo will be in the store.
func (s *Service) expect(ctx context.Context, hash string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(`
			INSERT INTO photo_files (hash, state, at)
			VALUES ($1, 'kept', $2)
			ON CONFLICT (hash) DO UPDATE SET at = $2
			WHERE photo_files.state = 'kept'`, hash, tx.Now())
		if err == nil && n == 0 { // it is being erased at this moment
			return media.ErrKeep
		}
		return err
	})
}

// discard marks the files of a photo as going unless a piece still shows it.
// from is when the lease of who erases them begins; 0 leaves them to EraseGone.
func discard(tx *db.Tx, hash string, from db.Time) (bool, error) {
	n, err := tx.Exec(`
		INSERT INTO photo_files (hash, state, at)
		SELECT CAST($1 AS TEXT), 'going', CAST($2 AS BIGINT)
		WHERE NOT EXISTS (SELECT 1 FROM photos WHERE hash = $1)
		ON CONFLICT (hash) DO UPDATE SET state = 'going', at = $2
		WHERE photo_files.state = 'kept'`, hash, from)
	return n > 0, err
}

// hide takes down the photos that show an artisan who does not consent (any
// more) that her photo is shown.
func hide(tx *db.Tx, artisan string) error {
	consents, err := artisans.Consents(tx, []string{artisan})
	if err != nil || consents[artisan]["photo"] {
		return err
	}
	var rows []struct {
		Product string `db:"product_id"`
		Hash    string `db:"hash"`
	}
	if err := tx.Select(&rows, `
		SELECT product_id, hash
		FROM photos
		WHERE shows = $1
		ORDER BY product_id, hash`, artisan); err != nil {
		return err
	}
	for _, r := range rows {
		if _, err := tx.Exec(`
			DELETE FROM photos
			WHERE product_id = $1 AND hash = $2`, r.Product, r.Hash); err != nil {
			return err
		}
		if err := touch(tx, r.Product); err != nil {
			return err
		}
		if _, err := discard(tx, r.Hash, 0); err != nil {
			return err
		}
	}
	return nil
}

// EraseGone erases the files of photos that nobody shows any more, and gives how
// many photos that were. Any number of workers may.
func (s *Service) EraseGone(ctx context.Context) (int, error) {
	var hashes []string
	var began db.Time
	var some int
	if err := s.db.Get(ctx, &some, `
		SELECT COUNT(*)
		FROM photo_files
		WHERE state = 'going' AND at < $1`, s.db.Clock.Now().Add(-lease)); err != nil || some == 0 {
		return 0, err
	}
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		hashes, began = nil, tx.Now()
		if err := tx.Select(&hashes, `
			SELECT hash
			FROM photo_files
			WHERE state = 'going' AND at < $1
			ORDER BY hash
			LIMIT $2`, began.Add(-lease), eraseStep); err != nil || len(hashes) == 0 {
			return err
		}
		_, err := tx.Exec(`
			UPDATE photo_files
			SET at = $1
			WHERE hash IN (`+db.List(2, len(hashes))+`)`, db.Args(hashes, began)...)
		return err
	})
	if err != nil {
		return 0, err
	}
	ctx, cancel := context.WithTimeout(ctx, eraseTime)
	defer cancel()
	done := 0
	for _, h := range hashes {
		if err := s.erase(ctx, h, began); err != nil {
			return done, err
		}
		done++
	}
	return done, nil
}

// erase deletes every file of a photo and then its row, within the lease that
// began at a time.
func (s *Service) erase(ctx context.Context, hash string, began db.Time) error {
	ctx, cancel := context.WithTimeout(ctx, eraseTime)
	defer cancel()
	names, err := s.media.List(ctx, hash, mostNames)
	if err != nil {
		return err
	}
	for _, n := range names {
		if media.HashOf(n) != hash {
			break
		}
		if err := s.media.Delete(ctx, n); err != nil {
			return err
		}
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`
			DELETE FROM photo_files
			WHERE hash = $1 AND state = 'going' AND at = $2`, hash, began)
		return err
	})
}

// SweepPhotos marks photos that were cut off on their way in, so that EraseGone
// erases them, enters files of the store that no row knows of, which the next
// sweeps then find, and clears away what browsers sent and nobody took in. It
// gives how many photos it marked.
func (s *Service) SweepPhotos(ctx context.Context) (int, error) {
	var marked int64
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		var err error
		marked, err = tx.Exec(`
			UPDATE photo_files
			SET state = 'going', at = 0
			WHERE state = 'kept' AND at < $1
				AND NOT EXISTS (SELECT 1 FROM photos f WHERE f.hash = photo_files.hash)`, tx.Now().Add(-arriving))
		return err
	})
	if s.stage != nil {
		_, swept := s.stage.SweepStaged(ctx, arriving)
		err = errors.Join(err, swept)
	}
	return int(marked), errors.Join(err, s.adopt(ctx))
}

// adopt enters the photos of the store that no row knows of.
func (s *Service) adopt(ctx context.Context) error {
	for after := ""; ; {
		names, err := s.media.List(ctx, after, listStep)
		if err != nil || len(names) == 0 {
			return err
		}
		after = names[len(names)-1]
		hashes := []string{}
		for _, n := range names {
			if h := media.HashOf(n); len(hashes) == 0 || hashes[len(hashes)-1] != h {
				hashes = append(hashes, h)
			}
		}
		if err := s.db.Write(ctx, func(tx *db.Tx) error {
			for some := range slices.Chunk(hashes, eraseStep) {
				if err := adoptFiles(tx, some); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return err
		}
	}
}

func adoptFiles(tx *db.Tx, hashes []string) error {
	args := make([]any, 0, 3*len(hashes))
	for _, h := range hashes {
		args = append(args, h, "kept", tx.Now())
	}
	_, err := tx.Exec(`
		INSERT INTO photo_files (hash, state, at)
		VALUES `+db.Values(len(hashes), 3)+`
		ON CONFLICT (hash) DO NOTHING`, args...)
	return err
}
