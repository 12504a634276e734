package orders

import (
	"context"
	"fmt"
	"strings"

	"saebaan/catalog"
	"saebaan/internal/db"
	"saebaan/internal/fault"
	"saebaan/internal/money"
)

// ErrMailStep is returned for a step of an order that no mail is sent for.
var ErrMailStep = fault.New(fault.Invalid, "orders.mail_step", "No mail is sent for this step of an order.")

// letter is a mail in one language; {order}, {name}, {amount} and {until} are
// filled in.
type letter struct{ subject, opening, closing string }

// letters hold the mails by language and step. Urdu is not translated yet and
// falls back to English.
var letters = map[string]map[string]letter{
	"en": {
		"placed": {"Your order {order} is waiting for payment", "Dear {name},\n\nthank you for your order {order}. The pieces are kept for you until {until}. Please pay {amount} by then; afterwards they go back to the shop and nothing is charged.",
			"You need not answer this mail."},
		"paid": {"Your order {order} is paid", "Dear {name},\n\nyour payment of {amount} for the order {order} has arrived. The pieces are yours and are being packed.",
			"We write again when they are on their way."},
		"dispatched": {"Your order {order} is on its way", "Dear {name},\n\nyour order {order} has been sent to you.",
			"If something is not right with a piece, please tell us within 7 days of its arrival."},
		"refund_due": {"We owe you a refund for the order {order}", "Dear {name},\n\nyour payment for the order {order} arrived, but it could not be used for these pieces. We are sorry. {amount} will be paid back to you the way you paid.",
			"You need do nothing."},
	},
	"hi": {
		"placed": {"आपका ऑर्डर {order} भुगतान की प्रतीक्षा में है", "नमस्ते {name},\n\nऑर्डर {order} के लिए धन्यवाद। ये चीज़ें {until} तक आपके लिए रखी गई हैं। कृपया तब तक {amount} का भुगतान करें; उसके बाद ये दुकान में लौट जाएँगी और कोई पैसा नहीं लिया जाएगा।",
			"इस मेल का उत्तर देने की ज़रूरत नहीं है।"},
		"paid": {"आपके ऑर्डर {order} का भुगतान मिल गया", "नमस्ते {name},\n\nऑर्डर {order} के लिए आपका {amount} का भुगतान मिल गया है। ये चीज़ें अब आपकी हैं और पैक हो रही हैं।",
			"भेजने पर हम आपको फिर लिखेंगे।"},
		"dispatched": {"आपका ऑर्डर {order} भेज दिया गया है", "नमस्ते {name},\n\nआपका ऑर्डर {order} आपको भेज दिया गया है।",
			"किसी चीज़ में कोई कमी हो तो कृपया मिलने के 7 दिन के भीतर हमें बताएँ।"},
		"refund_due": {"ऑर्डर {order} का पैसा आपको लौटाया जाएगा", "नमस्ते {name},\n\nऑर्डर {order} के लिए आपका भुगतान मिला, लेकिन वह इन चीज़ों के काम नहीं आ सका। हमें खेद है। {amount} उसी तरीके से लौटाया जाएगा जिससे आपने भुगतान किया था।",
			"आपको कुछ नहीं करना है।"},
	},
}

// parts are the words of the list between opening and closing.
var parts = map[string]struct{ total, tax, makers string }{
	"en": {"Total, tax included", "of which tax", "of which for the makers' work"},
	"hi": {"कुल, कर सहित", "जिसमें कर", "जिसमें कारीगरों के काम का"},
}

// OrderMessage composes the mail of a step of an order (placed, paid,
// dispatched, refund_due) from what was frozen on it. The address is "" when
// there is nothing to send: the buyer gave none, or need not pay any more. Returns ErrNotFound or ErrMailStep.
func (s *Service) OrderMessage(ctx context.Context, order, step string) (to, subject, text string, err error) {
	var o Order
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		o, err = loadOrder(tx, order)
		return err
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
	if step == "refund_due" {
		amount = o.RefundDue
	}
	if o.ExpiresAt != nil {
		until = o.ExpiresAt.Std().In(db.India).Format("2006-01-02 15:04 IST")
	}
	if step == "placed" && until == "" { // paid before this mail was written
		return "", "", "", nil
	}
	fill := strings.NewReplacer("{order}", o.ID, "{name}", o.Buyer.Name, "{amount}", amount.String(), "{until}", until).Replace
	list, err := o.mailList(language)
	if err != nil {
		return "", "", "", err
	}
	return o.Buyer.Email, fill(l.subject), fill(l.opening) + "\n\n" + list + "\n" + fill(l.closing) + "\n\nSaebaan\n", nil
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
