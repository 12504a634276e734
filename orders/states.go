package orders

import "slices"

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
	Confirmed: {Closed, Cancelled},
	Cancelled: {Confirmed},
	Closed:    {},
}

// PaymentState is where the payment of an order stands.
type PaymentState string

// The payment states of an order.
const (
	PaymentOpen         PaymentState = "open"
	PaymentPending      PaymentState = "pending"
	PaymentPartPaid     PaymentState = "part_paid"
	PaymentPaid         PaymentState = "paid"
	PaymentFailed       PaymentState = "failed"
	PaymentExpired      PaymentState = "expired"
	PaymentPartRefunded PaymentState = "part_refunded"
	PaymentRefunded     PaymentState = "refunded"
)

// Settled reports whether the price has been paid, whatever has gone back since.
func (p PaymentState) Settled() bool {
	return p == PaymentPaid || p == PaymentPartRefunded || p == PaymentRefunded
}

// PaymentMoves is the transition table of an order's payment. Events come in
// any order, so money may still arrive after a failure or an expiry, and a
// refund that failed makes an order paid again.
var PaymentMoves = map[PaymentState][]PaymentState{
	PaymentOpen:         {PaymentPending, PaymentPartPaid, PaymentPaid, PaymentExpired},
	PaymentPending:      {PaymentPartPaid, PaymentPaid, PaymentFailed, PaymentExpired},
	PaymentFailed:       {PaymentPending, PaymentPartPaid, PaymentPaid, PaymentExpired},
	PaymentExpired:      {PaymentPartPaid, PaymentPaid},
	PaymentPartPaid:     {PaymentPaid, PaymentExpired, PaymentRefunded, PaymentPartRefunded},
	PaymentPaid:         {PaymentPartRefunded, PaymentRefunded},
	PaymentPartRefunded: {PaymentPaid, PaymentRefunded},
	PaymentRefunded:     {PaymentPaid, PaymentPartRefunded},
}

// DisputeState is where a buyer's complaint at her bank stands, beside the payment.
type DisputeState string

// The states of a dispute; "" is none.
const (
	DisputeOpen DisputeState = "open"
	DisputeWon  DisputeState = "won"
	DisputeLost DisputeState = "lost"
)

// DisputeMoves is the transition table of a dispute.
var DisputeMoves = map[DisputeState][]DisputeState{
	DisputeOpen: {DisputeWon, DisputeLost},
	DisputeWon:  {},
	DisputeLost: {},
}

// Fulfilment is where an allocation stands.
type Fulfilment string

// The states of an allocation.
const (
	Reserved    Fulfilment = "reserved"
	Committed   Fulfilment = "committed"
	Dispatched  Fulfilment = "dispatched"
	Delivered   Fulfilment = "delivered"
	ReturnedAll Fulfilment = "returned"  // every piece of it came back
	Released    Fulfilment = "cancelled" // before dispatch: its pieces went back to stock
)

// FulfilmentMoves is the transition table of an allocation.
var FulfilmentMoves = map[Fulfilment][]Fulfilment{
	Reserved:    {Committed, Released},
	Committed:   {Dispatched, Released},
	Dispatched:  {Delivered, ReturnedAll},
	Delivered:   {ReturnedAll},
	ReturnedAll: {},
	Released:    {},
}

// RefundMoves is the transition table of money that goes back. A gateway may
// report a failure after success; a failed refund is then paid by a person. One in
// doubt that a dispute overtook is due again.
var RefundMoves = map[RefundState][]RefundState{
	RefundDue:     {RefundSending, RefundPaid},
	RefundSending: {RefundDue, RefundPending, RefundPaid, RefundFailed},
	RefundPending: {RefundPaid, RefundFailed},
	RefundFailed:  {RefundPaid},
	RefundPaid:    {RefundFailed},
}

// ReturnMoves is the transition table of a return.
var ReturnMoves = map[ReturnState][]ReturnState{
	ReturnRequested: {ReturnReceived, ReturnRefused, ReturnWithdrawn},
	ReturnReceived:  {},
	ReturnRefused:   {},
	ReturnWithdrawn: {},
}

// can reports whether a table allows the move.
func can[S ~string](table map[S][]S, from, to S) bool { return slices.Contains(table[from], to) }
