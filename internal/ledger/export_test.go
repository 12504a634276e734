package ledger

// SealedOf is a block of these entries' hashes.
func SealedOf(no int64, prev string, leaves []string) Block {
	b := Block{No: no, Prev: prev, Count: int64(len(leaves)), Root: merkleRoot(leaves), SealedAt: 1}
	b.Hash = b.digest()
	return b
}
