package payment

import (
	"context"
	"time"

	"saebaan/internal/db"
)

// Movements lists what the simulated balance saw; it pays nothing out.
func (s *Simulator) Movements(ctx context.Context, from, to time.Time) ([]Movement, error) {
	if !from.Before(to) {
		return nil, errReportInput
	}
	if err := wait(ctx, s.faults.Load().Slow); err != nil {
		return nil, ErrUnavailable.Because(err)
	}
	var intents []simIntent
	var refunds []simRefund
	var disputes []simDispute
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		err := tx.Select(&intents, `
			SELECT id, order_id, payment_id, amount_paise, state, step, created_at, changed_at
			FROM sim_intents
			WHERE state = 'succeeded' AND changed_at >= $1 AND changed_at < $2
			ORDER BY changed_at, id`, db.At(from), db.At(to))
		if err != nil {
			return err
		}
		err = tx.Select(&refunds, `
			SELECT id, refund_id, intent_id, amount_paise, state, step, created_at, changed_at
			FROM sim_refunds
			WHERE changed_at >= $1 AND created_at < $2
			ORDER BY created_at, id`, db.At(from), db.At(to))
		if err != nil {
			return err
		}
		return tx.Select(&disputes, `
			SELECT id, intent_id, amount_paise, state, step, created_at, changed_at
			FROM sim_disputes
			WHERE changed_at >= $1 AND created_at < $2
			ORDER BY created_at, id`, db.At(from), db.At(to))
	})
	if err != nil {
		return nil, ErrUnavailable.Because(err)
	}
	all, err := movements(intents, refunds, disputes)
	if err != nil {
		return nil, err
	}
	out := make([]Movement, 0, len(all))
	for _, m := range all { // a row may have moved the balance twice, once outside the span
		if at := db.At(m.At); at >= db.At(from) && at < db.At(to) {
			out = append(out, m)
		}
	}
	return byTime(out), nil
}

func movements(intents []simIntent, refunds []simRefund, disputes []simDispute) ([]Movement, error) {
	var out []Movement
	for _, row := range intents {
		m := Movement{ID: "txn_" + row.ID, Kind: MovementCharge, IntentID: row.ID, Amount: row.Amount, At: row.ChangedAt.Std()}
		var err error
		if m.Fee, m.FeeGST, err = simCharge(row.Amount); err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	for _, row := range refunds {
		m := Movement{ID: "txn_" + row.ID, Kind: MovementRefund, IntentID: row.IntentID, ProviderRefundID: row.ID, Amount: -row.Amount, At: row.CreatedAt.Std()}
		out = append(out, m)
		if row.State == RefundFailed {
			m.ID, m.Amount, m.At = m.ID+"_back", row.Amount, row.ChangedAt.Std()
			out = append(out, m)
		}
	}
	for _, row := range disputes {
		moved, err := disputeMovements(row)
		if err != nil {
			return nil, err
		}
		out = append(out, moved...)
	}
	return out, nil
}

// disputeMovements are the money taken with the dispute and, once it is won,
// the same coming back.
func disputeMovements(row simDispute) ([]Movement, error) {
	gst, err := simDisputeFee.HalfUp(simFeeGST)
	if err != nil {
		return nil, err
	}
	taken := Movement{ID: "txn_" + row.ID, Kind: MovementDispute, IntentID: row.IntentID, Amount: -row.Amount, Fee: simDisputeFee, FeeGST: gst, At: row.CreatedAt.Std()}
	if row.State != DisputeWon {
		return []Movement{taken}, nil
	}
	back := Movement{ID: taken.ID + "_back", Kind: MovementDisputeReversal, IntentID: row.IntentID, Amount: row.Amount, Fee: -simDisputeFee, FeeGST: -gst, At: row.ChangedAt.Std()}
	return []Movement{taken, back}, nil
}
