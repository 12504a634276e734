package orders

import (
	"context"
	"fmt"
	"net/mail"
	"strconv"
	"strings"

	"saebaan/catalog"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/fault"
	"saebaan/internal/idem"
	"saebaan/internal/money"
)

// ErrMailStep is returned for a step of an order that no mail is sent for.
var ErrMailStep = fault.New(fault.Invalid, "orders.mail_step", "No mail is sent for this step of an order.")

// isEmail reports whether a text is one plain address.
func isEmail(text string) bool {
	a, err := mail.ParseAddress(text)
	return err == nil && a.Address == text && len(text) <= 200
}

// MailInput is where the mails about an order go; "" ends them.
type MailInput struct {
	Order string
	Email string
}

// MailTo sends the mails about an order to another address from now on, first of
// all the one for where the order stands. The buyer and administrators may.
// Returns ErrNotFound, ErrAddress.
func (s *Service) MailTo(ctx context.Context, actor auth.Actor, key string, in MailInput) (Order, error) {
	in.Email = strings.TrimSpace(in.Email)
	if in.Email != "" && !isEmail(in.Email) {
		return Order{}, ErrAddress.At("email", "this is not an e-mail address")
	}
	return idem.Write(ctx, s.db, idem.Scope{Principal: actor.Principal(), Operation: "orders.mail_to", Key: key}, in,
		func(tx *db.Tx) (Order, error) {
			o, err := readOrder(tx, actor, in.Order)
			if err != nil {
				return Order{}, err
			}
			if !actor.Has(auth.Administrator) && !o.ownedBy(actor) {
				return Order{}, auth.ErrForbidden
			}
			if _, err := tx.Exec(`
				UPDATE orders
				SET buyer_email = $1
				WHERE id = $2`, in.Email, o.ID); err != nil {
				return Order{}, err
			}
			if err := auth.Audit(tx, actor, "order.mail_to", o.ID, ""); err != nil {
				return Order{}, err
			}
			if step := o.standing(); in.Email != "" && in.Email != o.Buyer.Email && step != "" {
				if err := mailStep(tx, o.ID, step); err != nil {
					return Order{}, err
				}
			}
			return loadOrder(tx, o.ID)
		})
}

// standing is the step whose mail says where the order stands now.
func (o Order) standing() string {
	switch {
	case o.State == Placed:
		return "placed"
	case o.State == Confirmed && len(o.Shipments) > 0:
		return "dispatched"
	case o.State == Confirmed:
		return "paid"
	}
	return ""
}

// parts are the words of the list between opening and closing.
var parts = map[string]struct{ total, tax, makers, byHand string }{
	"en": {"Total, tax included", "of which tax", "of which for the makers' work", "It comes by hand."},
	"hi": {"कुल, कर सहित", "जिसमें कर", "जिसमें कारीगरों के काम का", "हमारा कोई साथी पहुँचाएगा।"},
}

// OrderMessage composes the mail of a step of an order (placed, paid,
// dispatched, refund_due) from what was frozen on it. The address is "" when
// there is nothing to send: the buyer gave none, or need not pay any more. Returns ErrNotFound or ErrMailStep.
func (s *Service) OrderMessage(ctx context.Context, order, step string) (to, subject, text string, err error) {
	var o Order
	var refunded money.Paise
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		if o, err = loadOrder(tx, order); err != nil {
			return err
		}
		return tx.Get(&refunded, `
			SELECT CAST(COALESCE(SUM(amount_paise), 0) AS BIGINT)
			FROM refunds
			WHERE order_id = $1 AND state = 'paid'`, order)
	})
	if err != nil {
		return "", "", "", err
	}
	language := o.Language
	if letters[language] == nil {
		language = "en"
	}
	l, ok := letters[language][step]
	if !ok {
		return "", "", "", ErrMailStep
	}
	amount, until := o.Total, ""
	switch step {
	case "refund_due", "return_received":
		amount = o.RefundDue
	case "refunded":
		amount = refunded
	}
	if o.ExpiresAt != nil {
		until = o.ExpiresAt.Std().In(db.India).Format("2006-01-02 15:04 IST")
	}
	if step == "placed" && until == "" || step == "refund_due" && amount == 0 { // overtaken before this mail was written
		return "", "", "", nil
	}
	fill := strings.NewReplacer("{order}", o.ID, "{name}", o.Buyer.Name, "{amount}", amount.String(), "{until}", until,
		"{parcel}", o.parcel(language), "{days}", strconv.Itoa(s.settings.ReturnDays)).Replace
	list, err := o.mailList(language)
	if err != nil {
		return "", "", "", err
	}
	return o.Buyer.Email, fill(l.subject), fill(l.opening) + "\n\n" + list + "\n" + fill(l.closing) + "\n\nSaebaan\n", nil
}

// parcel says how the newest parcel travels, or nothing.
func (o Order) parcel(language string) string {
	if len(o.Shipments) == 0 {
		return ""
	}
	p := o.Shipments[len(o.Shipments)-1]
	words := []string{p.CarrierName(), p.Tracking, p.Link()}
	if p.Carrier == "by_hand" {
		words[0] = parts[language].byHand
	}
	return strings.TrimSpace(strings.Join(words, " "))
}

// mailList is the order's lines, its total and what of it is tax and wage.
func (o Order) mailList(language string) (string, error) {
	var b strings.Builder
	var work money.Paise
	for _, l := range o.Lines {
		price, err := l.Tag.Times(l.Quantity)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&b, "%d × %s (%s, %s): %s\n", l.Quantity, l.Title().In(language), l.Size, l.SKU, price)
		for _, h := range l.Heads {
			if h.Kind != catalog.Wage && h.Kind != catalog.Makers {
				continue
			}
			part, err := h.Paise.Times(l.Quantity)
			if err != nil {
				return "", err
			}
			if work, err = money.Add(work, part); err != nil {
				return "", err
			}
		}
	}
	p := parts[language]
	fmt.Fprintf(&b, "%s: %s\n%s: %s\n%s: %s\n", p.total, o.Total, p.tax, o.Tax.Total(), p.makers, work)
	return b.String(), nil
}
