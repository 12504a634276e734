package api

import (
	"context"
	"time"

	"saebaan/internal/gst"
	"saebaan/internal/web"
	"saebaan/orders"
)

type order struct {
	ID           string       `json:"id"`
	State        string       `json:"state"`
	PaymentState string       `json:"payment_state"`
	Dispute      string       `json:"dispute,omitempty" doc:"open, won or lost: the buyer's bank asks about the payment"`
	EndedBecause string       `json:"ended_because,omitempty" doc:"expired, buyer, shop or dispute"`
	Method       string       `json:"method"`
	Registration string       `json:"registration,omitempty" doc:"Whose series its documents are of"`
	Coupon       string       `json:"coupon,omitempty"`
	ExchangeOf   string       `json:"exchange_of,omitempty" doc:"The return whose piece it replaces"`
	OpenBook     string       `json:"open_book,omitempty" doc:"The token of its open book, to pass on: GET /v1/open-books/{token}"`
	Buyer        buyer        `json:"buyer"`
	Address      address      `json:"address"`
	Total        amount       `json:"total"`
	Taxable      amount       `json:"taxable"`
	Tax          tax          `json:"tax"`
	Rounding     signed       `json:"rounding"`
	RefundDue    amount       `json:"refund_due"`
	Lines        []orderLine  `json:"lines" nullable:"false"`
	Allocations  []allocation `json:"allocations" nullable:"false"`
	Shipments    []shipment   `json:"shipments" nullable:"false"`
	PlacedAt     time.Time    `json:"placed_at"`
	ExpiresAt    *time.Time   `json:"expires_at,omitempty" doc:"Until then the pieces are kept"`
	ConfirmedAt  *time.Time   `json:"confirmed_at,omitempty"`
	ClosedAt     *time.Time   `json:"closed_at,omitempty"`
}

type buyer struct {
	Name  string `json:"name" minLength:"1" maxLength:"200"`
	Phone string `json:"phone" minLength:"10" maxLength:"20"`
	Email string `json:"email,omitempty" maxLength:"200"`
	GSTIN string `json:"gstin,omitempty" maxLength:"20" doc:"GST number of a registered buyer"`
}

type address struct {
	House    string `json:"house" minLength:"1" maxLength:"300"`
	Landmark string `json:"landmark,omitempty" maxLength:"300"`
	City     string `json:"city" minLength:"1" maxLength:"120"`
	State    string `json:"state" minLength:"2" maxLength:"2" doc:"Two-digit GST code: 09 is Uttar Pradesh"`
	PIN      string `json:"pin" minLength:"6" maxLength:"6"`
}

type tax struct {
	CGST amount `json:"cgst"`
	SGST amount `json:"sgst"`
	IGST amount `json:"igst"`
}

func taxOf(t gst.Tax) tax { return tax{rupees(t.CGST), rupees(t.SGST), rupees(t.IGST)} }

type orderLine struct {
	ID        string `json:"id"`
	Cancelled int64  `json:"cancelled" doc:"Of quantity, before dispatch"`
	LineFigures
}

// LineFigures is what an order's line and a quote's have in common. All amounts
// are per piece. Huma sees only exported embedded fields.
type LineFigures struct {
	Kind        string     `json:"kind" doc:"goods or shipping"`
	VariantID   string     `json:"variant_id,omitempty"`
	Set         string     `json:"set,omitempty" doc:"Variant of the set it was chosen in"`
	SKU         string     `json:"sku"`
	Title       text       `json:"title"`
	Size        string     `json:"size"`
	Quantity    int64      `json:"quantity"`
	MadeToOrder bool       `json:"made_to_order" doc:"Taken back only for a defect or a mistake of ours"`
	HSN         string     `json:"hsn"`
	RateBP      int64      `json:"rate_basis_points"`
	ListPrice   amount     `json:"list_price" doc:"Before tax and coupon"`
	FullTag     amount     `json:"full_tag" doc:"With tax, before the coupon"`
	Tag         amount     `json:"tag" doc:"Per piece, as are all amounts of the line"`
	Taxable     amount     `json:"taxable"`
	Tax         tax        `json:"tax"`
	Rounding    signed     `json:"rounding"`
	Heads       []lineHead `json:"heads" nullable:"false"`
}

// lineHead is a head of a line; what a subsidy adds stands below zero.
type lineHead struct {
	Kind    string `json:"kind"`
	Head    string `json:"head"`
	Amount  signed `json:"amount" doc:"In paise; below zero for what a subsidy adds"`
	Minutes int64  `json:"minutes,omitempty" doc:"Standard time of the stage"`
	Shares  bool   `json:"shares,omitempty" doc:"The stage shares the makers' balance"`
}

func figuresOf(l orders.Line) LineFigures {
	out := LineFigures{Kind: l.Kind, VariantID: l.VariantID, Set: l.SetVariant, SKU: l.SKU, Title: textOf(l.Title()), Size: l.Size,
		Quantity: l.Quantity, MadeToOrder: l.MadeToOrder, HSN: gst.Digits(l.HSN), RateBP: int64(l.Rate), ListPrice: rupees(l.ListPrice),
		FullTag: rupees(l.FullTag), Tag: rupees(l.Tag), Taxable: rupees(l.Taxable),
		Tax: tax{rupees(l.CGST), rupees(l.SGST), rupees(l.IGST)}, Rounding: signedOf(l.Rounding), Heads: []lineHead{}}
	for _, h := range l.Heads {
		out.Heads = append(out.Heads, lineHead{h.Kind, h.Head, signedOf(h.Paise), h.Minutes, h.Shares})
	}
	return out
}

type allocation struct {
	ID           string     `json:"id"`
	LineID       string     `json:"line_id"`
	LotID        string     `json:"lot_id,omitempty" doc:"None for a delivery"`
	ShipmentID   string     `json:"shipment_id,omitempty"`
	Pieces       int64      `json:"pieces"`
	Returned     int64      `json:"returned" doc:"Of pieces"`
	State        string     `json:"state"`
	DispatchedAt *time.Time `json:"dispatched_at,omitempty"`
	DeliveredAt  *time.Time `json:"delivered_at,omitempty"`
	ReleaseAt    *time.Time `json:"release_at,omitempty" doc:"When the makers' credit becomes payable"`
	ReleasedAt   *time.Time `json:"released_at,omitempty"`
}

type shipment struct {
	ID           string     `json:"id"`
	Carrier      string     `json:"carrier"`
	CarrierName  string     `json:"carrier_name"`
	Tracking     string     `json:"tracking_number,omitempty"`
	Link         string     `json:"tracking_link,omitempty" doc:"The carrier's page for the parcel"`
	DispatchedAt time.Time  `json:"dispatched_at"`
	DeliveredAt  *time.Time `json:"delivered_at,omitempty"`
}

func orderBody(o orders.Order) order {
	out := order{ID: o.ID, State: string(o.State), PaymentState: string(o.Payment), Dispute: string(o.Dispute), EndedBecause: o.EndedBecause,
		Method: string(o.Method), Registration: o.Registration, Coupon: o.CouponCode, ExchangeOf: o.ExchangeOf, OpenBook: o.OpenToken,
		Buyer: buyer(o.Buyer), Address: address(o.Address), Total: rupees(o.Total), Taxable: rupees(o.Taxable), Tax: taxOf(o.Tax),
		Rounding: signedOf(o.Rounding), RefundDue: rupees(o.RefundDue), Lines: []orderLine{}, Allocations: []allocation{}, Shipments: []shipment{},
		PlacedAt: when(o.PlacedAt), ExpiresAt: whenOrNil(o.ExpiresAt), ConfirmedAt: whenOrNil(o.ConfirmedAt), ClosedAt: whenOrNil(o.ClosedAt)}
	for _, l := range o.Lines {
		out.Lines = append(out.Lines, orderLine{l.ID, l.Cancelled, figuresOf(l)})
	}
	for _, a := range o.Allocations {
		out.Allocations = append(out.Allocations, allocation{a.ID, a.LineID, a.LotID, a.ShipmentID, a.Pieces, a.Returned, string(a.State),
			whenOrNil(a.DispatchedAt), whenOrNil(a.DeliveredAt), whenOrNil(a.ReleaseAt), whenOrNil(a.ReleasedAt)})
	}
	for _, p := range o.Shipments {
		out.Shipments = append(out.Shipments, shipment{p.ID, p.Carrier, p.CarrierName(), p.Tracking, p.Link(), when(p.DispatchedAt), whenOrNil(p.DeliveredAt)})
	}
	return out
}

type createOrderInput struct {
	Idempotent
	Body struct {
		CartID   string  `json:"cart_id" maxLength:"60"`
		Buyer    buyer   `json:"buyer"`
		Address  address `json:"address"`
		Method   string  `json:"method" maxLength:"20" doc:"card, upi, bank or cash, of those that are open"`
		Language string  `json:"language,omitempty" enum:"en,hi,ur"`
		Coupon   string  `json:"coupon,omitempty" maxLength:"40"`
		Expected *amount `json:"expected_total,omitempty" doc:"The total the buyer has seen: another one is refused"`
	}
}

func (s *Server) createOrder(ctx context.Context, in *createOrderInput) (*answer[order], error) {
	return ordered(ctx)(s.Orders.Place(ctx, web.ActorOf(ctx), in.Key, orders.PlaceInput{Cart: in.Body.CartID, Buyer: orders.Buyer(in.Body.Buyer),
		Address: orders.Address(in.Body.Address), Method: orders.Method(in.Body.Method), Language: in.Body.Language, Coupon: in.Body.Coupon, Expected: given(in.Body.Expected).paise()}))
}

// ordered answers with an order.
func ordered(ctx context.Context) func(orders.Order, error) (*answer[order], error) {
	return func(o orders.Order, err error) (*answer[order], error) {
		if err != nil {
			return nil, err
		}
		return reply(ctx, orderBody(o)), nil
	}
}

func (s *Server) listOrders(ctx context.Context, in *Page) (*list[order], error) {
	before, err := in.after()
	if err != nil {
		return nil, err
	}
	rows, err := s.Orders.Orders(ctx, web.ActorOf(ctx), before, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return listOf(rows, in.Limit, orderBody, func(o orders.Order) string { return o.ID }), nil
}

func (s *Server) getOrder(ctx context.Context, in *ByID) (*one[order], error) {
	o, err := s.Orders.Order(ctx, web.ActorOf(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return &one[order]{orderBody(o)}, nil
}
