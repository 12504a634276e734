package api

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"saebaan/internal/gst"
	"saebaan/internal/web"
	"saebaan/orders"
)

type cart struct {
	ID    string     `json:"id"`
	Token string     `json:"token,omitempty" doc:"The cart's only key: send it as a bearer token; shown once"`
	Lines []cartLine `json:"lines" nullable:"false"`
	Total amount     `json:"total"`
}

type cartLine struct {
	VariantID string `json:"variant_id"`
	SKU       string `json:"sku"`
	Title     text   `json:"title"`
	Size      string `json:"size"`
	Quantity  int64  `json:"quantity"`
	Tag       amount `json:"tag"`
	Sum       amount `json:"sum"`
	ForSale   bool   `json:"for_sale"`
}

func cartBody(c orders.Cart) cart {
	out := cart{ID: c.ID, Lines: []cartLine{}, Total: rupees(c.Total)}
	for _, l := range c.Lines {
		out.Lines = append(out.Lines, cartLine{l.Offer.VariantID, l.Offer.SKU, textOf(l.Offer.Title()), l.Offer.Size, l.Quantity,
			rupees(l.Offer.Card.Tag), rupees(l.Sum), !l.Missing})
	}
	return out
}

func (s *Server) createCart(ctx context.Context, _ *struct{}) (*one[cart], error) {
	id, token, err := s.Orders.CreateCart(ctx)
	if err != nil {
		return nil, err
	}
	return &one[cart]{cart{ID: id, Token: token, Lines: []cartLine{}, Total: rupees(0)}}, nil
}

func (s *Server) getCart(ctx context.Context, in *ByID) (*one[cart], error) {
	c, err := s.Orders.Cart(ctx, web.ActorOf(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return &one[cart]{cartBody(c)}, nil
}

type setCartLineInput struct {
	MoveInput
	Body struct {
		VariantID string `json:"variant_id" maxLength:"60"`
		Quantity  int64  `json:"quantity" minimum:"0" maximum:"100" doc:"0 takes it out"`
	}
}

func (s *Server) setCartLine(ctx context.Context, in *setCartLineInput) (*answer[cart], error) {
	c, err := s.Orders.SetLine(ctx, web.ActorOf(ctx), in.Key, in.ID, orders.LineInput{Variant: in.Body.VariantID, Quantity: in.Body.Quantity})
	if err != nil {
		return nil, err
	}
	return reply(ctx, cartBody(c)), nil
}

type order struct {
	ID           string       `json:"id"`
	State        string       `json:"state"`
	PaymentState string       `json:"payment_state"`
	Method       string       `json:"method"`
	Buyer        buyer        `json:"buyer"`
	Address      address      `json:"address"`
	Total        amount       `json:"total"`
	Taxable      amount       `json:"taxable"`
	Tax          tax          `json:"tax"`
	Rounding     signed       `json:"rounding"`
	RefundDue    amount       `json:"refund_due"`
	Lines        []orderLine  `json:"lines" nullable:"false"`
	Allocations  []allocation `json:"allocations" nullable:"false"`
	PlacedAt     time.Time    `json:"placed_at"`
	ExpiresAt    *time.Time   `json:"expires_at,omitempty" doc:"Until then the pieces are kept"`
	ConfirmedAt  *time.Time   `json:"confirmed_at,omitempty"`
	ClosedAt     *time.Time   `json:"closed_at,omitempty"`
}

type buyer struct {
	Name  string `json:"name" minLength:"1" maxLength:"200"`
	Phone string `json:"phone" minLength:"10" maxLength:"20"`
	Email string `json:"email,omitempty" maxLength:"200"`
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
	ID       string `json:"id"`
	SKU      string `json:"sku"`
	Title    text   `json:"title"`
	Size     string `json:"size"`
	Quantity int64  `json:"quantity"`
	HSN      string `json:"hsn"`
	RateBP   int64  `json:"rate_basis_points"`
	Tag      amount `json:"tag" doc:"Per piece, as are all amounts of the line"`
	Taxable  amount `json:"taxable"`
	Tax      tax    `json:"tax"`
	Rounding signed `json:"rounding"`
	Heads    []head `json:"heads" nullable:"false"`
}

type allocation struct {
	ID           string     `json:"id"`
	LineID       string     `json:"line_id"`
	LotID        string     `json:"lot_id"`
	Pieces       int64      `json:"pieces"`
	State        string     `json:"state"`
	DispatchedAt *time.Time `json:"dispatched_at,omitempty"`
	DeliveredAt  *time.Time `json:"delivered_at,omitempty"`
	ReleaseAt    *time.Time `json:"release_at,omitempty" doc:"When the makers' credit becomes payable"`
	ReleasedAt   *time.Time `json:"released_at,omitempty"`
}

func orderBody(o orders.Order) order {
	out := order{ID: o.ID, State: string(o.State), PaymentState: string(o.Payment), Method: string(o.Method),
		Buyer: buyer(o.Buyer), Address: address(o.Address), Total: rupees(o.Total), Taxable: rupees(o.Taxable), Tax: taxOf(o.Tax),
		Rounding: signedOf(o.Rounding), RefundDue: rupees(o.RefundDue), Lines: []orderLine{}, Allocations: []allocation{},
		PlacedAt: when(o.PlacedAt), ExpiresAt: whenOrNil(o.ExpiresAt), ConfirmedAt: whenOrNil(o.ConfirmedAt), ClosedAt: whenOrNil(o.ClosedAt)}
	for _, l := range o.Lines {
		out.Lines = append(out.Lines, orderLine{ID: l.ID, SKU: l.SKU, Title: textOf(l.Title()), Size: l.Size, Quantity: l.Quantity,
			HSN: gst.Digits(l.HSN), RateBP: int64(l.Rate), Tag: rupees(l.Tag), Taxable: rupees(l.Taxable),
			Tax: tax{rupees(l.CGST), rupees(l.SGST), rupees(l.IGST)}, Rounding: signedOf(l.Rounding), Heads: headBodies(l.Heads)})
	}
	for _, a := range o.Allocations {
		out.Allocations = append(out.Allocations, allocation{a.ID, a.LineID, a.LotID, a.Pieces, string(a.State),
			whenOrNil(a.DispatchedAt), whenOrNil(a.DeliveredAt), whenOrNil(a.ReleaseAt), whenOrNil(a.ReleasedAt)})
	}
	return out
}

type createOrderInput struct {
	Idempotent
	Body struct {
		CartID   string  `json:"cart_id" maxLength:"60"`
		Buyer    buyer   `json:"buyer"`
		Address  address `json:"address"`
		Method   string  `json:"method" maxLength:"20" doc:"card"`
		Language string  `json:"language,omitempty" enum:"en,hi,ur"`
	}
}

func (s *Server) createOrder(ctx context.Context, in *createOrderInput) (*answer[order], error) {
	o, err := s.Orders.Place(ctx, web.ActorOf(ctx), in.Key, orders.PlaceInput{Cart: in.Body.CartID, Buyer: orders.Buyer(in.Body.Buyer),
		Address: orders.Address(in.Body.Address), Method: orders.Method(in.Body.Method), Language: in.Body.Language})
	if err != nil {
		return nil, err
	}
	return reply(ctx, orderBody(o)), nil
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

type payable struct {
	PaymentID    string `json:"payment_id"`
	IntentID     string `json:"intent_id"`
	Provider     string `json:"provider" enum:"stripe,simulator"`
	ClientSecret string `json:"client_secret" doc:"For Stripe's payment form"`
	Amount       amount `json:"amount"`
}

// payOrder needs no key: an order has one intent, and asking again finds it.
func (s *Server) payOrder(ctx context.Context, in *MoveInput) (*one[payable], error) {
	p, err := s.Orders.Pay(ctx, web.ActorOf(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return &one[payable]{payable{p.PaymentID, p.IntentID, p.Provider, p.ClientSecret, rupees(p.Amount)}}, nil
}

func (s *Server) dispatchOrder(ctx context.Context, in *MoveInput) (*answer[order], error) {
	o, err := s.Orders.Dispatch(ctx, web.ActorOf(ctx), in.Key, in.ID)
	if err != nil {
		return nil, err
	}
	return reply(ctx, orderBody(o)), nil
}

func (s *Server) deliverOrder(ctx context.Context, in *MoveInput) (*answer[order], error) {
	o, err := s.Orders.Deliver(ctx, web.ActorOf(ctx), in.Key, in.ID)
	if err != nil {
		return nil, err
	}
	return reply(ctx, orderBody(o)), nil
}

// webhookOperation describes webhook, which Huma does not call: the signature
// is over the raw bytes.
func webhookOperation() *huma.Operation {
	text := &huma.Schema{Type: huma.TypeString}
	o := op(post, "/webhooks/stripe", "stripe-webhook", "Tell of a payment (Stripe, API version 2023-10-16)")
	o.Parameters = []*huma.Param{{Name: "Stripe-Signature", In: "header", Required: true, Schema: text}}
	o.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/json": {Schema: &huma.Schema{Type: huma.TypeObject}}}}
	o.Responses = map[string]*huma.Response{
		"200":     {Description: "Entered, now or before", Content: map[string]*huma.MediaType{"application/json": {Schema: &huma.Schema{Type: huma.TypeObject}}}},
		"default": {Description: "Error", Content: map[string]*huma.MediaType{"application/problem+json": {Schema: &huma.Schema{Ref: "#/components/schemas/Problem"}}}},
	}
	return &o
}

// webhook takes the gateway's events: raw bytes and their signature.
func (s *Server) webhook(c *fiber.Ctx) error {
	body := append([]byte(nil), c.BodyRaw()...)
	if err := s.Orders.PaymentEvent(c.UserContext(), body, c.Get("Stripe-Signature")); err != nil {
		return err
	}
	return c.JSON(map[string]bool{"received": true})
}
