package api

import (
	"context"
	"time"

	"saebaan/internal/web"
	"saebaan/orders"
)

type reconciliation struct {
	ID          string       `json:"id"`
	Provider    string       `json:"provider"`
	From        time.Time    `json:"from"`
	To          time.Time    `json:"to"`
	Compared    int64        `json:"compared" doc:"Movements of the gateway"`
	Book        signed       `json:"book" doc:"What our books say it holds at the end"`
	Theirs      signed       `json:"theirs" doc:"What its own movements come to"`
	Differences []difference `json:"differences" nullable:"false"`
	MadeAt      time.Time    `json:"made_at"`
}

type difference struct {
	Kind   string `json:"kind" doc:"charge, refund, fee, dispute or balance"`
	Object string `json:"object" doc:"The gateway's id, or ours when it knows none"`
	Ours   signed `json:"ours"`
	Theirs signed `json:"theirs"`
}

func reconciliationBody(r orders.Reconciliation) reconciliation {
	out := reconciliation{ID: r.ID, Provider: r.Provider, From: when(r.From), To: when(r.To), Compared: r.Compared, Book: signedOf(r.BookPaise),
		Theirs: signedOf(r.TheirPaise), Differences: []difference{}, MadeAt: when(r.MadeAt)}
	for _, d := range r.Differences {
		out.Differences = append(out.Differences, difference{d.Kind, d.Object, signedOf(d.Ours), signedOf(d.Theirs)})
	}
	return out
}

// createReconciliation needs no key: it moves nothing, and each time it compares anew.
func (s *Server) createReconciliation(ctx context.Context, _ *struct{}) (*one[reconciliation], error) {
	r, err := s.Orders.Reconcile(ctx, web.ActorOf(ctx))
	if err != nil {
		return nil, err
	}
	return &one[reconciliation]{reconciliationBody(r)}, nil
}

func (s *Server) listReconciliations(ctx context.Context, _ *struct{}) (*whole[reconciliation], error) {
	return wholeOf(reconciliationBody)(s.Orders.Reconciliations(ctx, web.ActorOf(ctx)))
}
