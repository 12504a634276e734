// Package freight finds what a parcel costs the buyer: by the zone of its PIN
// and State, its weight, and the day. Zones and charges are dated data
// (zones.csv, charges.csv) and may be replaced; nothing here is a constant.
//
// Invariants: every State has one zone on every day that has charges; in a zone
// the weights rise and the last is open; charges include all taxes.
//
// Pure but for the embedded tables. It imports only internal/fault, internal/gst
// (the list of States) and internal/money.
package freight
