// Package vault seals payee details: AEAD (tink, AES-256-GCM) bound to table,
// column, row and version, and a keyed blind index (HMAC-SHA-256 under a second
// key) that finds equal values without opening them. It also holds the Ed25519 key
// that signs what the trust publishes.
//
// Invariants: the keys live in a folder outside the database and outside its
// backup, readable by their owner alone; a sealed value moved to another row
// does not open. It imports internal/fault only.
package vault
