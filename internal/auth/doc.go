// Package auth knows who acts and what she may do: users, roles with scopes,
// sessions, personal API keys, passkeys and guests. Domain methods take an Actor and
// check it in their first line; handlers never do.
//
// Invariants: a secret is stored only as a hash; a key belongs to a person and
// never has step-up; known and unknown logins answer alike and take as long; a
// passkey's answer serves one act of one person in one session, once.
// It imports internal/db, internal/fault and internal/id.
package auth
