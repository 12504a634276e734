package ledger_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"saebaan/internal/db"
	"saebaan/internal/ledger"
	"saebaan/internal/testdb"
)

func leavesOf(n int) []string {
	out := make([]string, n)
	for i := range out {
		sum := sha256.Sum256([]byte{byte(i), byte(i >> 8)})
		out[i] = hex.EncodeToString(sum[:])
	}
	return out
}

// Every entry of blocks of 1 … 1000 proves its place, and none another's.
func TestEveryEntryProvesItsPlace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		leaves := leavesOf(rapid.IntRange(1, 1000).Draw(t, "entries"))
		b := ledger.SealedOf(7, "prev", leaves)
		for _, i := range []int{0, len(leaves) - 1, rapid.IntRange(0, len(leaves)-1).Draw(t, "entry")} {
			p := ledger.Proof{EntryHash: leaves[i], Place: ledger.Place{Block: 7, Pos: int64(i + 1)}, Path: ledger.InclusionPath(leaves, int64(i+1))}
			if !b.Proves(p) {
				t.Fatalf("entry %d of %d does not prove", i+1, len(leaves))
			}
			for what, wrong := range spoilt(t, p, len(leaves)) {
				if b.Proves(wrong) {
					t.Fatalf("entry %d of %d proves with another %s", i+1, len(leaves), what)
				}
			}
		}
		for what, change := range map[string]func(*ledger.Block){"count": func(b *ledger.Block) { b.Count++ }, "prev": func(b *ledger.Block) { b.Prev = "x" },
			"root": func(b *ledger.Block) { b.Root = leaves[0] }, "hash": func(b *ledger.Block) { b.Hash = leaves[0] }, "instant": func(b *ledger.Block) { b.SealedAt++ }} {
			other := b
			change(&other)
			if other.Proves(ledger.Proof{EntryHash: leaves[0], Place: ledger.Place{Block: 7, Pos: 1}, Path: ledger.InclusionPath(leaves, 1)}) {
				t.Fatalf("proves against another %s", what)
			}
		}
	})
}

// spoilt are the proof with one thing of it changed.
func spoilt(t *rapid.T, p ledger.Proof, n int) map[string]ledger.Proof {
	flip := func(s string) string {
		i := rapid.IntRange(0, len(s)-1).Draw(t, "byte")
		c := byte('0')
		if s[i] == c {
			c = '1'
		}
		return s[:i] + string(c) + s[i+1:]
	}
	out := map[string]ledger.Proof{}
	hash, block, beyond, longer := p, p, p, p
	hash.EntryHash = flip(p.EntryHash)
	block.Block++
	beyond.Pos = int64(n + 1)
	longer.Path = append(slices.Clone(p.Path), p.EntryHash)
	out["hash"], out["block"], out["position beyond"], out["longer path"] = hash, block, beyond, longer
	if n > 1 {
		at := rapid.IntRange(0, len(p.Path)-1).Draw(t, "step")
		step, shorter, place := p, p, p
		step.Path = slices.Clone(p.Path)
		step.Path[at] = flip(p.Path[at])
		shorter.Path = p.Path[:len(p.Path)-1]
		place.Pos = p.Pos%int64(n) + 1
		out["step"], out["shorter path"], out["position"] = step, shorter, place
	}
	return out
}

// Sealed entries of both databases prove themselves as the sealer left them.
func TestSealedEntriesProveThemselves(t *testing.T) {
	testdb.Each(t, func(t *testing.T, d *db.DB) {
		for i := range 9 {
			if err := post(t, d, sale(fmt.Sprint("r", i), "art_1", 100)); err != nil {
				t.Fatal(err)
			}
			if i == 3 {
				if _, err := ledger.Seal(context.Background(), d); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := d.Read(context.Background(), func(tx *db.Tx) error {
			found, err := ledger.SealedByReference(tx, []string{"r1", "r8", "none"})
			if err != nil || len(found) != 1 || found[0].Reference != "r1" {
				t.Errorf("before r8 is sealed: %+v %v", found, err)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := ledger.Seal(context.Background(), d); err != nil {
			t.Fatal(err)
		}
		if err := d.Read(context.Background(), func(tx *db.Tx) error {
			entries, err := ledger.Entries(tx, ledger.Filter{Limit: 100})
			if err != nil {
				return err
			}
			proofs, blocks, err := ledger.Proofs(tx, entries)
			if err != nil || len(proofs) != 9 || len(blocks) != 2 {
				t.Fatalf("%d proofs, %d blocks, %v", len(proofs), len(blocks), err)
			}
			for i, p := range proofs {
				if !blocks[p.Block-1].Proves(p) || p.EntryHash != entries[i].Hash {
					t.Errorf("%s does not prove", entries[i].Reference)
				}
				if blocks[2-p.Block].Proves(p) {
					t.Errorf("%s proves in the other block", entries[i].Reference)
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	})
}
