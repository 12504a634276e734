package orders

import (
	"saebaan/catalog"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/fault"
	"saebaan/internal/freight"
	"saebaan/internal/gst"
	"saebaan/internal/money"
	"saebaan/internal/payment"
)

// The faults of this package.
var (
	ErrNoCart      = fault.New(fault.NotFound, "orders.no_cart", "There is no such cart.")
	ErrCartUsed    = fault.New(fault.Conflict, "orders.cart_used", "This cart has been ordered already. Nothing was ordered twice; look at the order, or start a new cart.")
	ErrCartEmpty   = fault.New(fault.Conflict, "orders.cart_empty", "The cart is empty. Nothing was ordered.")
	ErrQuantity    = fault.New(fault.Invalid, "orders.quantity", "A quantity is 0 to 100. Nothing was changed.")
	ErrNotForSale  = fault.New(fault.Conflict, "orders.not_for_sale", "A piece in the cart is not for sale any more. Nothing was ordered; take it out of the cart.")
	ErrStalePrice  = fault.New(fault.Conflict, "orders.stale_price", "The tax on a piece has changed and its price must be set anew. Nothing was ordered; please tell the shop.")
	ErrAddress     = fault.New(fault.Invalid, "orders.address", "The address cannot be delivered to as it stands. Nothing was ordered.")
	ErrMethod      = fault.New(fault.Invalid, "orders.method", "This way of paying is not open. Nothing was done; choose another.")
	ErrNotFound    = fault.New(fault.NotFound, "orders.not_found", "There is no such order here.")
	ErrState       = fault.New(fault.Conflict, "orders.state", "This cannot be done in the order's present state. Nothing was changed.")
	ErrExpired     = fault.New(fault.Conflict, "orders.expired", "The pieces were kept for you for a while and have gone back to the shop. Nothing was charged; order again if they are still there.")
	ErrTotal       = fault.New(fault.Conflict, "orders.total", "The price has changed since you saw it. Nothing was ordered; look at the new total and order again.")
	ErrGSTIN       = fault.New(fault.Invalid, "orders.gstin", "The GST number and the address do not fit together. Nothing was ordered.")
	ErrDisputed    = fault.New(fault.Conflict, "orders.disputed", "The buyer's bank is asking about this payment, or has taken it back. Nothing was changed; wait for its answer.")
	ErrAlreadyPaid = fault.New(fault.Conflict, "orders.already_paid", "This order is paid. Nothing was charged again.")
)

// Service is the door to orders.
type Service struct {
	db       *db.DB
	gst      *gst.Table
	provider payment.Provider // nil when no card gateway is configured
	settings Settings
}

// NewService makes the service. The provider may be nil: then Settings.Card is false.
func NewService(d *db.DB, table *gst.Table, provider payment.Provider, settings Settings) *Service {
	settings.Card = provider != nil
	if settings.Freight == nil {
		settings.Freight = freight.Default()
	}
	return &Service{db: d, gst: table, provider: provider, settings: settings}
}

// Settings are what the trust has decided.
func (s *Service) Settings() Settings { return s.settings }

// Address is where an order goes; the State decides the tax.
type Address struct {
	House    string
	Landmark string
	City     string
	State    string // two-digit GST code
	PIN      string
}

// Buyer is who ordered.
type Buyer struct {
	Name  string
	Phone string
	Email string // may be empty
	GSTIN string // of a registered buyer, or empty
}

// Order is an order with everything frozen on it.
type Order struct {
	ID           string
	State        State
	Payment      PaymentState
	Dispute      DisputeState
	Method       Method
	Buyer        Buyer
	Address      Address
	Language     string
	SellerState  string
	Registration string // whose series and tax accounts it goes to
	CouponID     string
	CouponCode   string
	Total        money.Paise
	Taxable      money.Paise
	Tax          gst.Tax
	Rounding     money.Paise
	BusinessDate string
	PlacedAt     db.Time
	ExpiresAt    *db.Time
	ConfirmedAt  *db.Time
	ClosedAt     *db.Time
	EndedBecause string // why it was cancelled: expired, buyer, shop, dispute
	ExchangeOf   string // the return it replaces a piece of
	OpenToken    string // in the address of its open book; "" for one from before there were any
	RefundDue    money.Paise
	Lines        []Line
	Allocations  []Allocation
	Shipments    []Shipment
	Delivery     freight.Quote // only in a quote

	access string // hash of the token that is its key
}

// ownedBy reports whether the actor has the order's own key. Staff see every
// order, but a cart of their own is no key to another's.
func (o Order) ownedBy(actor auth.Actor) bool {
	return actor.GuestHash != "" && actor.GuestHash == o.access
}

// Line is a variant in an order, or its delivery; all amounts are per piece.
type Line struct {
	ID          string            `db:"id"`
	Kind        string            `db:"kind"`
	ProductID   string            `db:"product_id"`
	VariantID   string            `db:"variant_id"`
	SetVariant  string            `db:"set_variant"` // the set it was chosen in
	CardID      string            `db:"card_id"`
	SKU         string            `db:"sku"`
	Size        string            `db:"size"`
	TitleEn     string            `db:"title_en"`
	TitleHi     string            `db:"title_hi"`
	TitleUr     string            `db:"title_ur"`
	Quantity    int64             `db:"quantity"`
	Cancelled   int64             `db:"cancelled"`     // of Quantity, before dispatch
	MadeToOrder bool              `db:"made_to_order"` // returned only for a defect or the carrier's fault
	HSN         string            `db:"hsn"`
	Rate        money.BasisPoints `db:"rate_bp"`
	ListPrice   money.Paise       `db:"list_paise"`     // before tax and coupon
	FullTag     money.Paise       `db:"full_tag_paise"` // with tax, before the coupon
	Tag         money.Paise       `db:"tag_paise"`
	Taxable     money.Paise       `db:"taxable_paise"`
	CGST        money.Paise       `db:"cgst_paise"`
	SGST        money.Paise       `db:"sgst_paise"`
	IGST        money.Paise       `db:"igst_paise"`
	Rounding    money.Paise       `db:"rounding_paise"`
	Heads       []catalog.Head
}

// Title is the product's title when it was ordered.
func (l Line) Title() catalog.Text { return catalog.Text{En: l.TitleEn, Hi: l.TitleHi, Ur: l.TitleUr} }

// Allocation binds some pieces of a line to a lot; that of a delivery has none.
type Allocation struct {
	ID           string     `db:"id"`
	OrderID      string     `db:"order_id"`
	LineID       string     `db:"line_id"`
	LotID        string     `db:"lot_id"`
	Pieces       int64      `db:"pieces"`
	Returned     int64      `db:"returned"` // of Pieces
	State        Fulfilment `db:"state"`
	ShipmentID   string     `db:"shipment_id"`
	DispatchedAt *db.Time   `db:"dispatched_at"`
	DeliveredAt  *db.Time   `db:"delivered_at"`
	ReleaseAt    *db.Time   `db:"release_at"`
	ReleasedAt   *db.Time   `db:"released_at"`
}

// Line finds a line of the order by its id.
func (o Order) Line(id string) Line {
	for _, l := range o.Lines {
		if l.ID == id {
			return l
		}
	}
	return Line{}
}
