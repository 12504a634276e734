package orders

import (
	"context"
	"errors"
	"net/url"
	"regexp"
	"strings"

	"saebaan/catalog"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/fault"
	"saebaan/internal/id"
	"saebaan/internal/idem"
	"saebaan/internal/ledger"
)

// ErrShipment refuses a carrier or tracking number that cannot be.
var ErrShipment = fault.New(fault.Invalid, "orders.shipment", "The carrier or the tracking number cannot be used. Nothing was changed.")

// Shipment is one parcel on its way.
type Shipment struct {
	ID           string   `db:"id"`
	OrderID      string   `db:"order_id"`
	Carrier      string   `db:"carrier"`
	Tracking     string   `db:"tracking"`
	DispatchedAt db.Time  `db:"dispatched_at"`
	DeliveredAt  *db.Time `db:"delivered_at"`
}

// carriers are those whose tracking page is known; the number follows the address.
var carriers = map[string]struct{ name, link string }{
	"india_post": {"India Post", "https://www.indiapost.gov.in/_layouts/15/dop.portal.tracking/trackconsignment.aspx?id="},
	"delhivery":  {"Delhivery", "https://www.delhivery.com/track-v2/package/"},
	"bluedart":   {"Blue Dart", "https://www.bluedart.com/trackdartresultthirdparty?trackFor=0&trackNo="},
	"dtdc":       {"DTDC", "https://www.dtdc.in/trace.asp?awb="},
	"by_hand":    {"By hand", ""},
}

// Carriers are the names by which a dispatch may call its carrier.
func Carriers() []string { return []string{"india_post", "delhivery", "bluedart", "dtdc", "by_hand"} }

// CarrierName is the carrier as the public knows it.
func (s Shipment) CarrierName() string { return carriers[s.Carrier].name }

// Link is the carrier's page for the parcel, or "".
func (s Shipment) Link() string {
	if link := carriers[s.Carrier].link; link != "" && s.Tracking != "" {
		return link + url.QueryEscape(s.Tracking)
	}
	return ""
}

// DispatchInput says how an order is sent.
type DispatchInput struct {
	Order    string
	Carrier  string // one of Carriers; "" is by hand
	Tracking string
}

var trackingForm = regexp.MustCompile(`^[A-Z0-9][A-Z0-9-]{3,39}$`)

// Dispatch sends a paid order off: the pieces leave the store and, in the same
// transaction, every paisa of them is posted under its head and the text of
// their invoice is frozen; its number follows within a second. Only an
// administrator may. Returns ErrState for an order that is not confirmed or has
// gone already, ErrDisputed while the buyer's bank asks.
func (s *Service) Dispatch(ctx context.Context, actor auth.Actor, key string, in DispatchInput) (Order, error) {
	if err := actor.Require(auth.Administrator); err != nil {
		return Order{}, err
	}
	in.Tracking = strings.ToUpper(strings.TrimSpace(in.Tracking))
	if in.Carrier == "" {
		in.Carrier = "by_hand"
	}
	if _, known := carriers[in.Carrier]; !known {
		return Order{}, ErrShipment.At("carrier", "one of %s", strings.Join(Carriers(), ", "))
	}
	if in.Tracking != "" && !trackingForm.MatchString(in.Tracking) {
		return Order{}, ErrShipment.At("tracking_number", "4 to 40 letters, digits and -")
	}
	return idem.Write(ctx, s.db, idem.Scope{Principal: actor.Principal(), Operation: "orders.dispatch", Key: key}, in,
		func(tx *db.Tx) (Order, error) {
			o, err := loadOrder(tx, in.Order)
			if err != nil {
				return Order{}, err
			}
			if o.State != Confirmed || (o.Payment != PaymentPaid && o.Payment != PaymentPartRefunded) {
				return Order{}, ErrState.With("An order that is %s and %s cannot be dispatched. Nothing was changed.", o.State, o.Payment)
			}
			if o.Dispute == DisputeOpen || o.Dispute == DisputeLost {
				return Order{}, ErrDisputed
			}
			if err := s.send(tx, actor, &o, in); err != nil {
				return Order{}, err
			}
			if err := auth.Audit(tx, actor, "order.dispatch", o.ID, ""); err != nil {
				return Order{}, err
			}
			return o, mailStep(tx, o.ID, "dispatched")
		})
}

// send puts everything that waits into one parcel with one invoice.
func (s *Service) send(tx *db.Tx, actor auth.Actor, o *Order, in DispatchInput) error {
	if err := inForce(tx, o); err != nil {
		return err
	}
	parcel := Shipment{ID: id.New("shp"), OrderID: o.ID, Carrier: in.Carrier, Tracking: in.Tracking, DispatchedAt: tx.Now()}
	if _, err := tx.Exec(`
		INSERT INTO shipments (id, order_id, carrier, tracking, dispatched_at)
		VALUES ($1, $2, $3, $4, $5)`, parcel.ID, parcel.OrderID, parcel.Carrier, parcel.Tracking, parcel.DispatchedAt); err != nil {
		return err
	}
	lots := make([]string, len(o.Allocations))
	for i, a := range o.Allocations {
		lots[i] = a.LotID
	}
	owners, err := catalog.LotsByID(tx, lots)
	if err != nil {
		return err
	}
	pieces := map[string]int64{}
	for i := range o.Allocations {
		a := &o.Allocations[i]
		if a.State != Committed {
			continue
		}
		entry, err := saleEntry(actor, *o, *a, owners[a.LotID])
		if err != nil {
			return err
		}
		used, err := materialEntry(actor, *o, *a, owners[a.LotID])
		if err != nil {
			return err
		}
		if err := s.sendAllocation(tx, a, parcel.ID, entry, used); err != nil {
			return err
		}
		pieces[a.LineID] += a.Pieces
	}
	if len(pieces) == 0 {
		return ErrState.With("The pieces of this order have gone already. Nothing was dispatched twice.")
	}
	o.Shipments = append(o.Shipments, parcel)
	return invoice(tx, *o, parcel, pieces)
}

func (s *Service) sendAllocation(tx *db.Tx, a *Allocation, parcel string, sale, used *ledger.Entry) error {
	now, release := tx.Now(), tx.Now().Add(days(s.settings.NoNewsDays))
	n, err := tx.Exec(`
		UPDATE allocations
		SET state = 'dispatched', dispatched_at = $1, release_at = $2, shipment_id = $3
		WHERE id = $4 AND state = 'committed'`, now, release, parcel, a.ID)
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrState.With("The pieces of this order have gone already. Nothing was dispatched twice.")
	}
	if a.LotID != "" {
		if err := catalog.Sell(tx, a.LotID, a.Pieces); err != nil {
			return err
		}
	}
	entries := []*ledger.Entry{sale}
	if used != nil {
		entries = append(entries, used)
	}
	if _, err := ledger.PostAll(tx, entries); err != nil {
		return err
	}
	a.State, a.DispatchedAt, a.ReleaseAt, a.ShipmentID = Dispatched, &now, &release, parcel
	return nil
}

// Deliver records that a dispatched order arrived; the return window begins.
// Only an administrator may.
func (s *Service) Deliver(ctx context.Context, actor auth.Actor, key, order string) (Order, error) {
	if err := actor.Require(auth.Administrator); err != nil {
		return Order{}, err
	}
	return idem.Write(ctx, s.db, idem.Scope{Principal: actor.Principal(), Operation: "orders.deliver", Key: key}, order,
		func(tx *db.Tx) (Order, error) {
			if _, err := orderByID(tx, order); err != nil {
				return Order{}, err
			}
			if err := s.deliver(tx, actor, order); err != nil {
				return Order{}, err
			}
			return loadOrder(tx, order)
		})
}

func (s *Service) deliver(tx *db.Tx, actor auth.Actor, order string) error {
	n, err := tx.Exec(`
		UPDATE allocations
		SET state = CASE WHEN state = 'dispatched' THEN 'delivered' ELSE state END, delivered_at = $1,
			release_at = CASE WHEN released_at IS NULL THEN CAST($2 AS BIGINT) ELSE NULL END
		WHERE order_id = $3 AND state IN ('dispatched', 'returned') AND delivered_at IS NULL`,
		tx.Now(), tx.Now().Add(days(s.settings.ReturnDays)), order)
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrState.With("Nothing of this order is on its way. Nothing was changed.")
	}
	if _, err := tx.Exec(`
		UPDATE shipments
		SET delivered_at = $1
		WHERE order_id = $2 AND delivered_at IS NULL`, tx.Now(), order); err != nil {
		return err
	}
	if err := auth.Audit(tx, actor, "order.deliver", order, ""); err != nil {
		return err
	}
	return mailStep(tx, order, "delivered")
}

// DeliveryRow is what came of one line of a carrier's report.
type DeliveryRow struct {
	Row      int
	Tracking string
	Outcome  string // delivered, known (recorded before), unknown, ambiguous, not_delivered or not_entered
	Order    string
}

// EnterDeliveries records the parcels that a carrier's CSV (tracking_number,
// status) reports as delivered. The same file any number of times changes
// nothing more; an unknown or doubled number is reported and nothing guessed.
// When the time of ctx runs out the rows left are not_entered. Only an
// administrator may.
func (s *Service) EnterDeliveries(ctx context.Context, actor auth.Actor, lines []DeliveryLine) ([]DeliveryRow, error) {
	if err := actor.Require(auth.Administrator); err != nil {
		return nil, err
	}
	out := make([]DeliveryRow, len(lines))
	for i, l := range lines {
		row := DeliveryRow{Row: i + 1, Tracking: l.Tracking, Outcome: "not_delivered"}
		if runningOut(ctx) {
			row.Outcome = "not_entered"
		} else if l.Delivered {
			if err := s.db.Write(ctx, func(tx *db.Tx) error {
				var err error
				row.Order, row.Outcome, err = s.enterDelivery(tx, actor, l.Tracking)
				return err
			}); err != nil {
				return out[:i], err
			}
		}
		out[i] = row
	}
	return out, nil
}

func (s *Service) enterDelivery(tx *db.Tx, actor auth.Actor, tracking string) (order, outcome string, err error) {
	var found []Shipment
	if err := tx.Select(&found, `
		SELECT id, order_id, carrier, tracking, dispatched_at, delivered_at
		FROM shipments
		WHERE tracking = $1 AND tracking <> ''
		ORDER BY id`, tracking); err != nil {
		return "", "", err
	}
	switch {
	case len(found) == 0:
		return "", "unknown", nil
	case len(found) > 1:
		return "", "ambiguous", nil
	case found[0].DeliveredAt != nil:
		return found[0].OrderID, "known", nil
	}
	err = s.deliver(tx, actor, found[0].OrderID)
	if errors.Is(err, ErrState) {
		return found[0].OrderID, "known", nil
	}
	return found[0].OrderID, "delivered", err
}
