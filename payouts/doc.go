// Package payouts pays the artisans: runs that two people answer for, bank files
// and bank answers, statements.
//
// Invariants: the ledger is its only meeting place with orders, which it never
// imports; a rupee is claimed by one run; the person who prepared or submitted a
// run never approves it; approval binds a hash of what is approved and needs the
// person's own password, never a key; the bank file is the same bytes each time;
// nothing leaves "returned", a new try is a new item.
// It may import artisans and internal packages.
package payouts
