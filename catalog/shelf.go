package catalog

import (
	"container/list"
	"sync"
)

// shelfSize is how many products a replica keeps in memory for its lists: about
// 20 MB at most.
const shelfSize = 4096

// shelf keeps published products as they were last read. A Follower drops what
// changes; without one the shelf stays closed and every list reads the database.
type shelf struct {
	mu    sync.Mutex
	open  bool
	epoch int64
	byID  map[string]*list.Element
	order *list.List // front: used last; values are *Product
}

func newShelf() *shelf {
	return &shelf{byID: map[string]*list.Element{}, order: list.New()}
}

// take returns what is on the shelf of ids, the ids that are not, and the epoch
// at which they were missed.
func (s *shelf) take(ids []string) (have map[string]*Product, missing []string, epoch int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	have = make(map[string]*Product, len(ids))
	for _, id := range ids {
		if e := s.byID[id]; e != nil {
			s.order.MoveToFront(e)
			have[id] = e.Value.(*Product)
		} else {
			missing = append(missing, id)
		}
	}
	return have, missing, s.epoch
}

// put keeps products unless something has changed since epoch.
func (s *shelf) put(products []Product, epoch int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.open || s.epoch != epoch {
		return
	}
	for i := range products {
		p := &products[i]
		if s.byID[p.ID] == nil {
			s.byID[p.ID] = s.order.PushFront(p)
		}
	}
	for s.order.Len() > shelfSize {
		e := s.order.Back()
		delete(s.byID, e.Value.(*Product).ID)
		s.order.Remove(e)
	}
}

// drop forgets products that have changed.
func (s *shelf) drop(ids []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.epoch++
	for _, id := range ids {
		if e := s.byID[id]; e != nil {
			s.order.Remove(e)
			delete(s.byID, id)
		}
	}
}
