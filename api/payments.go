package api

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"saebaan/internal/web"
	"saebaan/orders"
)

type payable struct {
	PaymentID    string       `json:"payment_id"`
	Method       string       `json:"method" enum:"card,upi,bank,cash"`
	Provider     string       `json:"provider" enum:"stripe,simulator,upi,bank,cash"`
	Amount       amount       `json:"amount"`
	IntentID     string       `json:"intent_id,omitempty" doc:"Of a card payment"`
	ClientSecret string       `json:"client_secret,omitempty" doc:"For Stripe's payment form"`
	Reference    string       `json:"reference,omitempty" doc:"What a transfer must bear to be known again"`
	UPILink      string       `json:"upi_link,omitempty" doc:"Opens the buyer's app, or is drawn as a QR; her return from it proves nothing"`
	Bank         *bankAccount `json:"bank,omitempty" doc:"Where to send a transfer"`
}

type bankAccount struct {
	Name   string `json:"name"`
	Number string `json:"number"`
	IFSC   string `json:"ifsc"`
}

func payableBody(p orders.Payable) payable {
	out := payable{PaymentID: p.PaymentID, Method: string(p.Method), Provider: p.Provider, Amount: rupees(p.Amount), IntentID: p.IntentID,
		ClientSecret: p.ClientSecret, Reference: p.Reference, UPILink: p.Link}
	if p.Bank.Number != "" {
		to := bankAccount(p.Bank)
		out.Bank = &to
	}
	return out
}

type payOrderInput struct {
	MoveInput
	Body *struct {
		Method string `json:"method,omitempty" enum:"card,upi,bank,cash" doc:"Default the order's own"`
	}
}

// payOrder needs no key: an order has one attempt of a method and amount, and
// asking again finds it.
func (s *Server) payOrder(ctx context.Context, in *payOrderInput) (*one[payable], error) {
	p, err := s.Orders.Pay(ctx, web.ActorOf(ctx), in.ID, orders.Method(given(in.Body).Method))
	if err != nil {
		return nil, err
	}
	return &one[payable]{payableBody(p)}, nil
}

// claimOrder needs no key: saying it again keeps nothing longer.
func (s *Server) claimOrder(ctx context.Context, in *MoveInput) (*answer[order], error) {
	return ordered(ctx)(s.Orders.Claim(ctx, web.ActorOf(ctx), in.ID))
}

type recordMoneyInput struct {
	MoveInput
	Body struct {
		Method    string `json:"method" enum:"upi,bank,cash"`
		Amount    amount `json:"amount" doc:"As received; another than the order needs waits for a person"`
		Reference string `json:"reference" minLength:"4" maxLength:"40" doc:"The bank's or the voucher's number; entered once"`
	}
}

func (s *Server) recordMoney(ctx context.Context, in *recordMoneyInput) (*answer[order], error) {
	return ordered(ctx)(s.Orders.RecordMoney(ctx, web.ActorOf(ctx), in.Key, orders.MoneyInput{Order: in.ID,
		Method: orders.Method(in.Body.Method), Amount: in.Body.Amount.paise(), Reference: in.Body.Reference}))
}

type paymentAttempt struct {
	ID         string     `json:"id"`
	OrderID    string     `json:"order_id"`
	Provider   string     `json:"provider" doc:"The gateway, or upi, bank, cash, exchange"`
	State      string     `json:"state" doc:"created, pending, failed, unidentified, captured"`
	Amount     amount     `json:"amount" doc:"Asked for"`
	Captured   amount     `json:"captured"`
	Refunding  amount     `json:"refunding" doc:"Of what was captured, on its way back or gone"`
	Fee        *amount    `json:"fee,omitempty" doc:"The gateway's, before tax, once known"`
	IntentID   string     `json:"intent_id,omitempty"`
	Reference  string     `json:"reference,omitempty"`
	Reason     string     `json:"reason,omitempty" doc:"Why it failed"`
	CreatedAt  time.Time  `json:"created_at"`
	ClaimedAt  *time.Time `json:"claimed_at,omitempty" doc:"When the buyer said that she has paid"`
	CapturedAt *time.Time `json:"captured_at,omitempty"`
}

func paymentBody(p orders.PaymentRow) paymentAttempt {
	out := paymentAttempt{ID: p.ID, OrderID: p.OrderID, Provider: p.Provider, State: p.State, Amount: rupees(p.Amount), Captured: rupees(p.Captured),
		Refunding: rupees(p.Refunding), IntentID: given(p.ProviderID), Reference: given(p.Reference), Reason: p.Reason,
		CreatedAt: when(p.CreatedAt), ClaimedAt: whenOrNil(p.ClaimedAt), CapturedAt: whenOrNil(p.CapturedAt)}
	if p.Fee != nil {
		fee := rupees(*p.Fee)
		out.Fee = &fee
	}
	return out
}

func (s *Server) listPayments(ctx context.Context, in *ByID) (*whole[paymentAttempt], error) {
	return wholeOf(paymentBody)(s.Orders.Payments(ctx, web.ActorOf(ctx), in.ID))
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
