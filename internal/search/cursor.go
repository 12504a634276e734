package search

import (
	"encoding/base64"
	"encoding/binary"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
)

// place is where a page ended: the sort key and id of its last piece.
type place struct {
	key int64
	id  string
}

// Place is where a page ended. Another engine than the one that wrote it reads Key
// only where it is the order's own (a price or a time) and else goes on after At.
type Place struct {
	Engine byte  // which engine's relevance Key is
	Key    int64 // what the order sorts by, smallest first
	At     int   // how many pieces came before
	ID     string
}

// The engines that write cursors.
const (
	ByEmbedded    byte = 1
	ByMeilisearch byte = 2
)

// mark identifies the query a cursor belongs to; page size is no part of it.
func (q Query) mark() uint32 {
	h := fnv.New32a()
	write := func(s string) {
		_, _ = h.Write([]byte(s)) // a hash never fails
		_, _ = h.Write([]byte{0xff})
	}
	for _, values := range [][]string{q.Crafts, q.Techniques, q.Garments, q.Fabrics, q.Colours, q.Sizes, q.Areas} {
		for _, v := range slices.Sorted(slices.Values(values)) {
			write(v)
		}
		write("")
	}
	write(q.Text)
	write(string(q.Sort))
	write(strconv.FormatInt(int64(q.MinPrice), 10))
	write(strconv.FormatInt(int64(q.MaxPrice), 10))
	write(strconv.FormatBool(q.InStock) + strconv.FormatBool(q.OneOff) + strconv.FormatBool(q.MadeToOrder))
	return h.Sum32()
}

const (
	cursorVersion = 2
	cursorHead    = 1 + 4 + 1 + 8 + 4
	maxAt         = 1_000_000
)

// CursorAt writes a place for the next page of q.
func (q Query) CursorAt(p Place) string {
	b := append([]byte{cursorVersion}, binary.BigEndian.AppendUint32(nil, q.mark())...)
	b = append(b, p.Engine)
	b = binary.BigEndian.AppendUint64(b, uint64(p.Key))
	b = binary.BigEndian.AppendUint32(b, uint32(min(p.At, maxAt)))
	return base64.RawURLEncoding.EncodeToString(append(b, p.ID...))
}

// After reads q's cursor: nil for the first page, ErrCursor when it is not one
// of ours or was given for another query.
func (q Query) After() (*Place, error) {
	if q.Cursor == "" {
		return nil, nil
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(q.Cursor)
	if err != nil || len(b) <= cursorHead || len(b) > 256 || b[0] != cursorVersion || binary.BigEndian.Uint32(b[1:]) != q.mark() {
		return nil, ErrCursor
	}
	p := &Place{Engine: b[5], Key: int64(binary.BigEndian.Uint64(b[6:])), At: int(binary.BigEndian.Uint32(b[14:])), ID: string(b[cursorHead:])}
	if p.At > maxAt {
		return nil, ErrCursor
	}
	return p, nil
}

// ByKey reports whether the order's keys are the same for every engine.
func (q Query) ByKey() bool {
	return q.Sort == SortNew || q.Sort == SortPriceUp || q.Sort == SortPriceDown || strings.TrimSpace(q.Text) == ""
}
