package catalog

import (
	"context"
	"errors"

	"saebaan/internal/auth"
	"saebaan/internal/db"
)

// OfVariant reads the product that a variant belongs to, for those who may work on
// it. Returns ErrNotFound.
func (s *Service) OfVariant(ctx context.Context, actor auth.Actor, variant string) (Product, error) {
	if err := actor.Require(auth.Coordinator, auth.Administrator); err != nil {
		return Product{}, err
	}
	var p Product
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		of, err := productOfVariant(tx, variant)
		if err != nil {
			return err
		}
		p, err = s.one(tx, of.ID)
		return err
	})
	if err == nil && !actor.CoversArea(p.Area) {
		return Product{}, ErrNotFound
	}
	return p, err
}

// Find reads the product that a person names by id, by the last part of its address or
// by an SKU, for those who may work on it. Returns ErrNotFound.
func (s *Service) Find(ctx context.Context, actor auth.Actor, name string) (Product, error) {
	if err := actor.Require(auth.Coordinator, auth.Administrator); err != nil {
		return Product{}, err
	}
	var p Product
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		found, err := named(tx, "piece", []string{name})
		if errors.Is(err, ErrCollection) {
			return ErrNotFound
		}
		if err != nil {
			return err
		}
		p, err = s.one(tx, found[0])
		return err
	})
	if err == nil && !actor.CoversArea(p.Area) {
		return Product{}, ErrNotFound
	}
	return p, err
}
