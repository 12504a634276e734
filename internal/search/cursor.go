package search

import (
	"encoding/base64"
	"encoding/binary"
	"hash/fnv"
	"slices"
	"strconv"
)

// place is where a page ended: the sort key and id of its last piece.
type place struct {
	key int64
	id  string
}

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
	write(strconv.FormatBool(q.InStock) + strconv.FormatBool(q.OneOff))
	return h.Sum32()
}

const cursorVersion = 1

// cursor writes p for the next page of q.
func (q Query) cursor(p place) string {
	b := append([]byte{cursorVersion}, binary.BigEndian.AppendUint32(nil, q.mark())...)
	b = binary.BigEndian.AppendUint64(b, uint64(p.key))
	return base64.RawURLEncoding.EncodeToString(append(b, p.id...))
}

// after reads q's cursor: nil for the first page, ErrCursor when it is not one
// of ours or was given for another query.
func (q Query) after() (*place, error) {
	if q.Cursor == "" {
		return nil, nil
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(q.Cursor)
	if err != nil || len(b) < 14 || len(b) > 256 || b[0] != cursorVersion {
		return nil, ErrCursor
	}
	if binary.BigEndian.Uint32(b[1:]) != q.mark() {
		return nil, ErrCursor
	}
	return &place{key: int64(binary.BigEndian.Uint64(b[5:])), id: string(b[13:])}, nil
}
