package orders

import (
	"slices"
	"time"
)

// State is where an order stands.
type State string

// The states of an order.
const (
	Placed    State = "placed"
	Confirmed State = "confirmed"
	Closed    State = "closed"
	Cancelled State = "cancelled"
)

// OrderMoves is the transition table of an order. A cancelled order comes back
// only when money arrives late and its pieces are still there.
var OrderMoves = map[State][]State{
	Placed:    {Confirmed, Cancelled},
	Confirmed: {Closed},
	Cancelled: {Confirmed},
	Closed:    {},
}

// PaymentState is where the payment of an order stands.
type PaymentState string

// The payment states of an order.
const (
	PaymentOpen    PaymentState = "open"
	PaymentPending PaymentState = "pending"
	PaymentPaid    PaymentState = "paid"
	PaymentFailed  PaymentState = "failed"
	PaymentExpired PaymentState = "expired"
)

// PaymentMoves is the transition table of an order's payment. Events come in
// any order, so money may still arrive after a failure or an expiry.
var PaymentMoves = map[PaymentState][]PaymentState{
	PaymentOpen:    {PaymentPending, PaymentExpired},
	PaymentPending: {PaymentPaid, PaymentFailed, PaymentExpired},
	PaymentFailed:  {PaymentPending, PaymentPaid, PaymentExpired},
	PaymentExpired: {PaymentPaid},
	PaymentPaid:    {},
}

// Fulfilment is where an allocation stands.
type Fulfilment string

// The states of an allocation.
const (
	Reserved   Fulfilment = "reserved"
	Committed  Fulfilment = "committed"
	Dispatched Fulfilment = "dispatched"
	Delivered  Fulfilment = "delivered"
	Released   Fulfilment = "cancelled" // before dispatch: its pieces went back to stock
)

// FulfilmentMoves is the transition table of an allocation.
var FulfilmentMoves = map[Fulfilment][]Fulfilment{
	Reserved:   {Committed, Released},
	Committed:  {Dispatched, Released},
	Dispatched: {Delivered},
	Delivered:  {},
	Released:   {},
}

// can reports whether a table allows the move.
func can[S ~string](table map[S][]S, from, to S) bool { return slices.Contains(table[from], to) }

// Method is how a buyer pays.
type Method string

// The methods open to buyers so far.
const Card Method = "card"

// Holds is how long pieces stay reserved while a payment is awaited, by method
// (DESIGN §5).
var Holds = map[Method]time.Duration{
	Card: 15 * time.Minute,
}

const (
	// ReturnWindow after delivery must pass before the makers' credit is payable.
	ReturnWindow = 7 * 24 * time.Hour
	// NoNews after dispatch stands for a delivery that nobody reported.
	NoNews = 15 * 24 * time.Hour
)
