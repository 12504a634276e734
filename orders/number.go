package orders

import (
	"context"
	"errors"
	"fmt"
	"time"

	"saebaan/internal/db"
	"saebaan/internal/fault"
)

// ErrSeriesFull is returned when a series has used its six digits.
var ErrSeriesFull = fault.New(fault.Internal, "orders.series_full", "A series of documents has used all its numbers for this year. Nothing was numbered; begin another series.")

const (
	numberBatch = 100
	lastNumber  = 999_999
	// midnight is how long after midnight the new day's documents wait: a write
	// that began before it may still commit, and numbers follow the dates.
	midnight = 35 * time.Second
)

// NumberDocuments gives the documents that wait their numbers: consecutive in
// each series and year without a gap, in order of their dates (Rule 46(b)). Any
// number of workers may do so at once: the series' row lets one pass after the
// other. It returns how many it numbered.
func (s *Service) NumberDocuments(ctx context.Context) (int, error) {
	var series []string
	if err := s.db.Select(ctx, &series, `
		SELECT DISTINCT d.series
		FROM documents d
		JOIN registrations r ON r.id = d.registration
		WHERE d.no IS NULL AND r.gstin <> ''
		ORDER BY d.series`); err != nil {
		return 0, err
	}
	total := 0
	var failed []error
	for _, one := range series {
		n, err := s.numberSeries(ctx, one)
		total += n
		if err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", one, err))
		}
	}
	return total, errors.Join(failed...)
}

func (s *Service) numberSeries(ctx context.Context, series string) (done int, err error) {
	err = s.db.WriteSeries(ctx, func(tx *db.Tx) error {
		done = 0
		var last int64
		if err := tx.Get(&last, `
			INSERT INTO series (id, last)
			VALUES ($1, 0)
			ON CONFLICT (id) DO UPDATE
			SET last = series.last
			RETURNING last`, series); err != nil { // holds the row until the end
			return err
		}
		waiting, err := toNumber(tx, series)
		if err != nil || len(waiting) == 0 {
			return err
		}
		if last+int64(len(waiting)) > lastNumber {
			return ErrSeriesFull
		}
		for i, document := range waiting {
			no := last + int64(i) + 1
			n, err := tx.Exec(`
				UPDATE documents
				SET no = $1, number = $2, numbered_at = $3
				WHERE id = $4 AND no IS NULL`, no, fmt.Sprintf("%s/%06d", series, no), tx.Now(), document)
			if err != nil {
				return err
			}
			if n == 0 {
				return ErrState
			}
		}
		done = len(waiting)
		_, err = tx.Exec(`
			UPDATE series
			SET last = $1
			WHERE id = $2`, last+int64(done), series)
		return err
	})
	return done, err
}

// toNumber lists the next documents of a series by date. A credit note or refund
// voucher waits for the number it must name, and what stands behind it waits too.
func toNumber(tx *db.Tx, series string) ([]string, error) {
	var rows []struct {
		ID    string `db:"id"`
		Ready bool   `db:"ready"`
	}
	until := tx.Now().Date()
	if tx.Now().Add(-midnight).Date() != until {
		until = tx.Now().Add(-midnight).Date()
	}
	err := tx.Select(&rows, `
		SELECT d.id, d.against_id = '' OR EXISTS (
			SELECT 1
			FROM documents a
			WHERE a.id = d.against_id AND a.no IS NOT NULL) AS ready
		FROM documents d
		WHERE d.series = $1 AND d.no IS NULL AND d.business_date <= $2
		ORDER BY d.business_date, d.id
		LIMIT $3`, series, until, numberBatch)
	var out []string
	for _, r := range rows {
		if !r.Ready {
			break
		}
		out = append(out, r.ID)
	}
	return out, err
}
