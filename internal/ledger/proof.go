package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"saebaan/internal/db"
)

// Proof shows that an entry stands in a sealed block without showing any other
// entry: its hash, and the hashes beside its way up to the block's root (the
// inclusion proof of RFC 9162 §2.1.3.1).
type Proof struct {
	EntryHash string
	Place
	Path []string // from the leaf upwards
}

// Proofs gives the proof of each sealed entry, in their order, and the blocks
// that these stand in, by number.
func Proofs(tx *db.Tx, entries []Sealed) ([]Proof, []Block, error) {
	numbers := map[int64]bool{}
	var of []any
	for _, e := range entries {
		if !numbers[e.Block] {
			numbers[e.Block] = true
			of = append(of, e.Block)
		}
	}
	leaves, blocks := map[int64][]string{}, []Block(nil)
	for batch := range slices.Chunk(of, rowsAtOnce) {
		var rows []struct {
			Hash  string `db:"hash"`
			Block int64  `db:"block"`
		}
		if err := tx.Select(&rows, `
			SELECT e.hash, s.block
			FROM seals s
			JOIN entries e ON e.id = s.entry_id
			WHERE s.block IN (`+db.List(1, len(batch))+`)
			ORDER BY s.block, s.pos`, batch...); err != nil {
			return nil, nil, err
		}
		for _, r := range rows {
			leaves[r.Block] = append(leaves[r.Block], r.Hash)
		}
		var found []Block
		if err := tx.Select(&found, `
			SELECT no, prev, count, root, hash, sealed_at
			FROM blocks
			WHERE no IN (`+db.List(1, len(batch))+`)
			ORDER BY no`, batch...); err != nil {
			return nil, nil, err
		}
		blocks = append(blocks, found...)
	}
	out := make([]Proof, len(entries))
	for i, e := range entries {
		out[i] = Proof{e.Hash, e.Place, InclusionPath(leaves[e.Block], e.Place.Pos)}
	}
	slices.SortFunc(blocks, func(a, b Block) int { return int(a.No - b.No) })
	return out, blocks, nil
}

// InclusionPath is the way of the leaf at pos, counted from 1, up to the root of
// the leaves; nil when there is no such leaf.
func InclusionPath(leaves []string, pos int64) []string {
	if pos < 1 || pos > int64(len(leaves)) {
		return nil
	}
	out := []string{}
	for m := int(pos - 1); len(leaves) > 1; {
		k := 1
		for k*2 < len(leaves) {
			k *= 2
		}
		beside := leaves[k:]
		if m < k {
			leaves = leaves[:k]
		} else {
			beside, leaves, m = leaves[:k], leaves[k:], m-k
		}
		out = append(out, merkleRoot(beside))
	}
	slices.Reverse(out)
	return out
}

// Proves reports whether the proof leads from its entry to the block (RFC 9162
// §2.1.3.2), and the block's hash follows from what it says.
func (b *Block) Proves(p Proof) bool {
	if p.Block != b.No || p.Pos < 1 || p.Pos > b.Count {
		return false
	}
	fn, sn := p.Pos-1, b.Count-1
	h := sha256.Sum256(append([]byte{0}, p.EntryHash...))
	at := h[:]
	for _, step := range p.Path {
		beside, err := hex.DecodeString(step)
		if err != nil || len(beside) != sha256.Size || sn == 0 {
			return false
		}
		left, right := at, beside
		if fn%2 == 1 || fn == sn {
			left, right = beside, at
			for fn%2 == 0 && fn != 0 {
				fn, sn = fn/2, sn/2
			}
		}
		h = sha256.Sum256(append(append([]byte{1}, left...), right...))
		at, fn, sn = append([]byte(nil), h[:]...), fn/2, sn/2
	}
	return sn == 0 && hex.EncodeToString(at) == b.Root && b.digest() == b.Hash
}

// SealedByReference finds the sealed entries of business facts, in the order of
// the book; what is not there or not sealed is absent.
func SealedByReference(tx *db.Tx, references []string) ([]Sealed, error) {
	var out []Sealed
	for batch := range slices.Chunk(references, rowsAtOnce) {
		var rows []Sealed
		if err := tx.Select(&rows, `
			SELECT e.id, e.reference, e.kind, e.reason, e.business_date, e.posted_at, e.actor, e.hash,
				s.block, s.pos AS seal_pos
			FROM entries e
			JOIN seals s ON s.entry_id = e.id
			WHERE e.reference IN (`+db.List(1, len(batch))+`)
			ORDER BY s.block, s.pos`, db.Args(batch)...); err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	return out, nil
}
