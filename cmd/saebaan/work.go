package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"saebaan/internal/config"
	"saebaan/internal/idem"
	"saebaan/internal/ledger"
	"saebaan/internal/mail"
	"saebaan/internal/outbox"
)

type workerCmd struct{}

// Run works the queues until it is told to stop.
func (workerCmd) Run(ctx context.Context, c *cli) error {
	conf, err := config.Load(c.Data)
	if err != nil {
		return err
	}
	if err := conf.CheckServe(); err != nil {
		return err
	}
	s, err := openShop(ctx, conf, false)
	if err != nil {
		return err
	}
	defer s.close()
	slog.Info("working", "data", conf.Data)
	s.work(ctx)
	return nil
}

// work seals the book, sweeps what is due and delivers what must leave, until
// ctx is done. Any number of workers may run beside one another.
func (s *shop) work(ctx context.Context) {
	var wg sync.WaitGroup
	every := func(d time.Duration, name string, task func(context.Context) error) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			tick := time.NewTicker(d)
			defer tick.Stop()
			for {
				if err := task(ctx); err != nil && ctx.Err() == nil {
					slog.Error("worker", "task", name, "error", err)
				}
				select {
				case <-ctx.Done():
					return
				case <-tick.C:
				}
			}
		}()
	}
	if s.config.Simulated() {
		every(500*time.Millisecond, "clock", s.db.LoadClock)
	}
	every(time.Second, "seal", func(ctx context.Context) error {
		_, err := ledger.Seal(ctx, s.db)
		return err
	})
	every(500*time.Millisecond, "due", s.sweep)
	every(5*time.Second, "lookup", func(ctx context.Context) error {
		_, err := s.orders.LookUpPayments(ctx)
		return err
	})
	every(250*time.Millisecond, "numbers", func(ctx context.Context) error {
		_, err := s.orders.NumberDocuments(ctx)
		return err
	})
	every(time.Hour, "reconcile", s.orders.ReconcileDaily)
	every(5*time.Second, "runs", s.payouts.Resume)
	every(5*time.Second, "years", s.openBooks.KeepYears)
	every(500*time.Millisecond, "photos gone", func(ctx context.Context) error {
		_, err := s.catalog.EraseGone(ctx)
		return err
	})
	every(10*time.Minute, "photos cut off", func(ctx context.Context) error {
		_, err := s.catalog.SweepPhotos(ctx)
		return err
	})
	every(time.Hour, "old", func(ctx context.Context) error {
		_, err := idem.Sweep(ctx, s.db)
		return errors.Join(err, s.auth.Sweep(ctx))
	})
	if s.server != nil {
		wg.Go(func() { newFeeder(s).run(ctx) })
	}
	wg.Go(func() { s.deliver(ctx) })
	wg.Wait()
}

// sweep does everything whose date has come; what fails stops nothing else.
func (s *shop) sweep(ctx context.Context) error {
	var failed []error
	for _, task := range []func(context.Context) (int, error){s.orders.ExpireDue, s.orders.ReleaseDue, s.orders.SendRefunds, s.orders.NumberDocuments} {
		for {
			n, err := task(ctx)
			if err != nil {
				failed = append(failed, err)
				break
			}
			if n == 0 {
				break
			}
		}
	}
	return errors.Join(failed...)
}

// deliver runs the outbox.
func (s *shop) deliver(ctx context.Context) {
	w, err := outbox.NewWorker(s.db, map[string]func(context.Context, []byte) error{
		outbox.OrderMail:  s.mailOrder,
		outbox.PaymentFee: s.enterFee,
	})
	if err != nil {
		slog.Error("outbox", "error", err)
		return
	}
	if err := w.Run(ctx); err != nil && ctx.Err() == nil {
		slog.Error("outbox", "error", err)
	}
}

func (s *shop) mailOrder(ctx context.Context, payload []byte) error {
	var m outbox.Mail
	if err := json.Unmarshal(payload, &m); err != nil {
		return fmt.Errorf("payload: %w", err)
	}
	to, subject, text, err := s.orders.OrderMessage(ctx, m.Order, m.Step)
	if err != nil || to == "" {
		return err
	}
	return s.mail.Send(ctx, mail.Message{To: to, Subject: subject, Text: text})
}

func (s *shop) enterFee(ctx context.Context, payload []byte) error {
	var f outbox.Fee
	if err := json.Unmarshal(payload, &f); err != nil {
		return fmt.Errorf("payload: %w", err)
	}
	return s.orders.EnterFee(ctx, f.Payment)
}
