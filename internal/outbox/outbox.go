package outbox

import (
	"encoding/json"

	"saebaan/internal/db"
	"saebaan/internal/id"
)

// The kinds of delivery.
const (
	OrderMail  = "order.mail"
	PaymentFee = "payment.fee"
)

// Mail asks for the mail of one step of an order.
type Mail struct {
	Order string `json:"order"`
	Step  string `json:"step"`
}

// Fee asks for the gateway's fee of a payment to be looked up and entered.
type Fee struct {
	Payment string `json:"payment"`
}

// Add writes one delivery within tx; it goes out after the commit or never.
func Add(tx *db.Tx, kind string, payload any) error {
	body, err := json.Marshal(payload)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`
		INSERT INTO outbox (id, kind, payload, created_at)
		VALUES ($1, $2, $3, $4)`, id.New("out"), kind, string(body), tx.Now())
	return err
}
