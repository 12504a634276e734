package catalog

import (
	"saebaan/internal/db"
	"saebaan/internal/fault"
	"saebaan/internal/gst"
	"saebaan/internal/media"
	"saebaan/internal/search"
)

// The faults of this package.
var (
	ErrNotFound  = fault.New(fault.NotFound, "catalog.not_found", "There is no such piece here.")
	ErrProduct   = fault.New(fault.Invalid, "catalog.product", "The description of this piece cannot be saved. Nothing was written.")
	ErrState     = fault.New(fault.Conflict, "catalog.state", "This cannot be done in the piece's present state. Nothing was changed.")
	ErrNotReady  = fault.New(fault.Conflict, "catalog.not_ready", "The piece cannot be published yet. Nothing was changed.")
	ErrNote      = fault.New(fault.Invalid, "catalog.note", "A piece is sent back with a note that says what to correct, in at most 1,000 letters. Nothing was changed.")
	ErrSKU       = fault.New(fault.Conflict, "catalog.sku_taken", "There is already a variant with this SKU. Nothing was saved.")
	ErrCard      = fault.New(fault.Invalid, "catalog.card", "This price card cannot be used. Nothing was saved.")
	ErrCardSum   = fault.New(fault.Invalid, "catalog.card_sum", "The heads of the card do not add up to its list price. Nothing was saved.")
	ErrWageFloor = fault.New(fault.Invalid, "catalog.wage_floor", "A wage on this card is below the minimum wage for its time. Nothing was saved; raise it, or let an administrator name the reason.")
	ErrLot       = fault.New(fault.Invalid, "catalog.lot", "This lot cannot be saved. Nothing was written.")
	ErrLotCode   = fault.New(fault.Conflict, "catalog.lot_code_taken", "There is already a lot with this code. Nothing was saved.")
	ErrSoldOut   = fault.New(fault.Conflict, "catalog.sold_out", "There are not that many pieces left. Nothing was taken; choose fewer or another piece.")
	ErrPhotos    = fault.New(fault.Conflict, "catalog.photos", "A piece has at most 12 photos. Nothing was added; take one away first.")
	ErrShown     = fault.New(fault.Conflict, "catalog.shown", "A photo shows a maker only with her consent, and she has not given it. The photo was not kept; take one without her.")
	ErrNoPrice   = fault.New(fault.Conflict, "catalog.no_price", "This piece has no price at present. Nothing was taken.")
)

// SellerState is the GST State code of the trust's registration: Uttar Pradesh.
const SellerState = "09"

// Retail is the price list of the shop.
const Retail = "retail"

// Store is the place that the shop sells from.
const Store = "store"

// State is where a product stands between draft and archive.
type State string

// The states of a product.
const (
	Draft           State = "draft"
	Submitted       State = "submitted"
	NeedsCorrection State = "needs_correction"
	Published       State = "published"
	Archived        State = "archived"
)

// Moves is the transition table of a product.
var Moves = map[State][]State{
	Draft:           {Submitted, Archived},
	Submitted:       {Published, NeedsCorrection, Archived},
	NeedsCorrection: {Submitted, Archived},
	Published:       {Archived},
	Archived:        {},
}

// Service is the door to the catalogue.
type Service struct {
	db     *db.DB
	gst    *gst.Table
	engine search.Finder
	media  media.Store
	shelf  *shelf
	stage  media.Staging // nil when everything is sent to the program itself
}

// NewService makes the service. The engine and the store may be nil for
// commands that neither search nor show pictures.
func NewService(d *db.DB, table *gst.Table, engine search.Finder, store media.Store) *Service {
	s := &Service{db: d, gst: table, engine: engine, media: store, shelf: newShelf()}
	s.stage, _ = store.(media.Staging)
	return s
}
