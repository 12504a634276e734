// Command verify checks an open book against a ledger head published earlier:
//
//	go run main.go BOOK.json PUBLIC-KEY HEAD HEADS.json
//
// BOOK.json is the answer of /v1/open-books/{token}; PUBLIC-KEY the key in
// hexadecimal; HEAD a block's hash from a bank file, mail or export of a later
// day; HEADS.json the answer of /v1/open-books/heads that holds all blocks from
// the book's first to HEAD's. It needs nothing but Go.
package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
)

type block struct {
	No, Count        int64
	Prev, Root, Hash string
	SealedAt         int64 `json:"sealed_at_us"`
}

func must(ok bool, what string) {
	if !ok {
		fmt.Println("NOT VERIFIED:", what)
		os.Exit(1)
	}
}

func main() {
	must(len(os.Args) == 5, "usage: verify BOOK.json PUBLIC-KEY HEAD HEADS.json")
	var answer struct {
		Book      json.RawMessage // the bytes as they were signed
		Signature []byte
	}
	var book struct {
		Entries []struct {
			Hash            string
			Block, Position int64
			Path            []string
		}
	}
	var heads struct{ Data []block }
	read(os.Args[1], &answer)
	read(os.Args[4], &heads)
	key, _ := hex.DecodeString(os.Args[2])
	must(len(key) == 32 && ed25519.Verify(key, answer.Book, answer.Signature), "the signature is not the trust's")
	must(json.Unmarshal(answer.Book, &book) == nil, "the book")
	roots, known, prev := map[int64]block{}, int64(0), ""
	for _, b := range heads.Data { // each block names the one before, up to the head that was published
		sum := sha256.Sum256(fmt.Appendf(nil, "saebaan block 1\n%d\n%s\n%d\n%s\n%d\n", b.No, b.Prev, b.Count, b.Root, b.SealedAt))
		must(hex.EncodeToString(sum[:]) == b.Hash && (prev == "" || prev == b.Prev), "the chain of blocks")
		if roots[b.No], prev = b, b.Hash; b.Hash == os.Args[3] {
			known = b.No
		}
	}
	must(known > 0, "the published head is not in the chain")
	for _, e := range book.Entries { // each entry leads to the root of its block
		b := roots[e.Block]
		must(e.Block <= known && b.No == e.Block && root(e.Hash, e.Position-1, b.Count-1, e.Path) == b.Root, "an entry is not in the ledger at that head")
	}
	fmt.Println("verified:", len(book.Entries), "entries at block", known)
}

// root follows RFC 9162 §2.1.3.2.
func root(leaf string, fn, sn int64, path []string) string {
	at := sha256.Sum256(append([]byte{0}, leaf...))
	for _, step := range path {
		beside, _ := hex.DecodeString(step)
		pair := append(at[:], beside...)
		if fn%2 == 1 || fn == sn {
			for pair = append(beside, at[:]...); fn%2 == 0 && fn > 0; fn, sn = fn/2, sn/2 {
			}
		}
		at, fn, sn = sha256.Sum256(append([]byte{1}, pair...)), fn/2, sn/2
	}
	return hex.EncodeToString(at[:]) + map[bool]string{false: " too short"}[sn == 0]
}

func read(file string, into any) {
	raw, err := os.ReadFile(file) // #nosec G304 G703 -- the reader's own file
	must(err == nil && json.Unmarshal(raw, into) == nil, file)
}
