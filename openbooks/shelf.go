package openbooks

import (
	"bytes"
	"container/list"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"sync"

	"saebaan/artisans"
	"saebaan/catalog"
	"saebaan/internal/db"
	"saebaan/internal/ledger"
	"saebaan/orders"
)

const (
	shelfBytes = 8 << 20 // of signed books that a replica keeps
	atOnce     = 2       // books that are put together at once
)

// kept is a signed book with all that it was made from and that is quickly read.
type kept struct {
	token  string
	stamp  string
	makers []string
	signed Signed
}

// shelf keeps the books that were asked for last. A book is good while its stamp is
// that of the order, its lots, its makers and the ledger's head as they are now, so
// that nothing old is ever shown.
type shelf struct {
	mu      sync.Mutex
	byToken map[string]*list.Element
	order   *list.List // front: used last
	bytes   int
	slots   chan struct{}
}

func newShelf() *shelf {
	return &shelf{byToken: map[string]*list.Element{}, order: list.New(), slots: make(chan struct{}, atOnce)}
}

func (s *shelf) find(token string) (kept, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.byToken[token]
	if e == nil {
		return kept{}, false
	}
	s.order.MoveToFront(e)
	return e.Value.(kept), true
}

func (s *shelf) put(k kept) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.byToken[k.token]; e != nil {
		s.remove(e)
	}
	if len(k.signed.Bytes) > shelfBytes/8 {
		return
	}
	s.byToken[k.token] = s.order.PushFront(k)
	s.bytes += len(k.signed.Bytes)
	for s.bytes > shelfBytes {
		s.remove(s.order.Back())
	}
}

func (s *shelf) remove(e *list.Element) {
	k := s.order.Remove(e).(kept)
	delete(s.byToken, k.token)
	s.bytes -= len(k.signed.Bytes)
}

// book gives a book that is kept and still good, or puts it together when one of
// few places is free for that.
func (s *Service) book(ctx context.Context, token string) (Signed, error) {
	out, good, err := s.look(ctx, token, false)
	if good || err != nil {
		return out, err
	}
	select {
	case s.shelf.slots <- struct{}{}:
	case <-ctx.Done():
		return Signed{}, ctx.Err()
	}
	defer func() { <-s.shelf.slots }()
	out, _, err = s.look(ctx, token, true) // meanwhile another may have made it
	return out, err
}

// look finds a good book on the shelf, in one view of the database, and otherwise
// makes it if it shall.
func (s *Service) look(ctx context.Context, token string, build bool) (out Signed, good bool, err error) {
	var fresh kept
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		good = false
		o, err := orders.ByOpenToken(tx, token)
		if err != nil {
			return err
		}
		if old, ok := s.shelf.find(token); ok {
			now, err := stampOf(tx, o, old.makers)
			if err != nil {
				return err
			}
			if good = now == old.stamp; good {
				out = old.signed
			}
		}
		if good || !build {
			return nil
		}
		fresh, err = s.compose(tx, token, o)
		return err
	})
	if err != nil || good || !build {
		return out, good, err
	}
	s.shelf.put(fresh)
	return fresh.signed, true, nil
}

// compose puts a book together and signs it.
func (s *Service) compose(tx *db.Tx, token string, o orders.Order) (kept, error) {
	k := kept{token: token}
	var err error
	if k.signed.Book, k.makers, err = read(tx, token, o); err != nil {
		return k, err
	}
	if k.stamp, err = stampOf(tx, o, k.makers); err != nil {
		return k, err
	}
	if k.signed.Bytes, err = canonical(k.signed.Book); err != nil {
		return k, err
	}
	k.signed.KeyID, _ = s.keys.PublicKey()
	k.signed.Signature = base64.StdEncoding.EncodeToString(s.keys.Sign(k.signed.Bytes))
	return k, nil
}

// stampOf is a hash over all that a book is made from, the ledger by its head.
func stampOf(tx *db.Tx, o orders.Order, makers []string) (string, error) {
	head, err := ledger.HeadBlock(tx)
	if err != nil {
		return "", err
	}
	var lots []string
	for _, a := range o.Allocations {
		lots = append(lots, a.LotID)
	}
	owners, err := catalog.LotsByID(tx, lots)
	if err != nil {
		return "", err
	}
	who, err := artisans.Load(tx, makers)
	if err != nil {
		return "", err
	}
	type shown struct {
		En, Hi, Ur, Area string
		Named            bool
	}
	public := map[string]shown{}
	for id, a := range who {
		public[id] = shown{a.NameEn, a.NameHi, a.NameUr, a.Area, a.Consents["name"]}
	}
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode([]any{head.Hash, o, owners, public}); err != nil {
		return "", err
	}
	sum := sha256.Sum256(b.Bytes())
	return hex.EncodeToString(sum[:]), nil
}
