package search

import (
	"context"

	"saebaan/internal/fault"
	"saebaan/internal/money"
)

// Engine keeps the public pieces and finds them. All methods may be called at
// the same time.
type Engine interface {
	// Put adds or replaces documents, all or none; an older Version than the one
	// held is passed over in silence, since deliveries may come late and twice.
	Put(ctx context.Context, docs []Document) error
	// Delete removes documents by id; an unknown id is no fault.
	Delete(ctx context.Context, ids []string) error
	// Search returns one page with its counts, or ErrCursor, ErrLimit or ErrSort.
	Search(ctx context.Context, q Query) (Result, error)
	// Count is the number of documents held.
	Count(ctx context.Context) (int64, error)
	// Close gives back what the engine holds.
	Close() error
}

// Text is one text in the shop's languages; an empty one is absent.
type Text struct{ En, Hi, Ur string }

// Document is what the shop shows of one product, as far as finding goes.
type Document struct {
	ID           string // product id
	Slug         string
	Titles       Text
	Descriptions Text
	Craft        string
	Techniques   []string
	Garment      string
	Fabric       string
	Colour       string
	Sizes        []string
	Area         string
	Makers       []string    // names shown with consent only
	Price        money.Paise // the lowest tag, tax included
	InStock      bool
	OneOff       bool
	MadeToOrder  bool
	PublishedAt  int64 // microseconds UTC
	Version      int64 // grows with every change of the product
}

// Sort is an order of results.
type Sort string

// The orders. Relevance without text is New.
const (
	SortRelevance Sort = "relevance"
	SortNew       Sort = "new"
	SortPriceUp   Sort = "price_up"
	SortPriceDown Sort = "price_down"
)

// Query asks for one page. Values within a filter are alternatives, filters
// add up; the zero value of each asks for everything.
type Query struct {
	Text               string
	Crafts             []string
	Techniques         []string
	Garments           []string
	Fabrics            []string
	Colours            []string
	Sizes              []string
	Areas              []string
	MinPrice, MaxPrice money.Paise // inclusive; zero is no bound
	InStock            bool        // true: only what can be had at once
	OneOff             bool        // true: only single pieces
	MadeToOrder        bool        // true: only what is made after it is ordered
	Sort               Sort        // empty is SortRelevance
	Limit              int         // 1 to MaxLimit; 0 is DefaultLimit
	Cursor             string      // NextCursor of the page before
}

// The bounds of Query.Limit.
const (
	DefaultLimit = 24
	MaxLimit     = 100
)

// The names in Result.Facets.
const (
	FacetCraft     = "craft"
	FacetTechnique = "technique"
	FacetGarment   = "garment"
	FacetFabric    = "fabric"
	FacetColour    = "colour"
	FacetSize      = "size"
	FacetArea      = "area"
	FacetInStock   = "in_stock"      // one bucket, "true"
	FacetOneOff    = "one_off"       // one bucket, "true"
	FacetMade      = "made_to_order" // one bucket, "true"
	FacetPrice     = "price"         // by Bands, in their order
)

// Band is a range of prices that pieces are counted by, both ends included.
type Band struct {
	Value    string      // in rupees
	From, To money.Paise // 0 is no bound
}

// Bands are the price bands of FacetPrice.
var Bands = [...]Band{
	{"0-1000", 0, 100_000}, {"1000-2500", 100_000, 250_000}, {"2500-5000", 250_000, 500_000}, {"5000-10000", 500_000, 1_000_000}, {"10000-", 1_000_000, 0},
}

// Has reports whether a price lies in the band.
func (b Band) Has(price money.Paise) bool { return price >= b.From && (b.To == 0 || price <= b.To) }

// Bucket is one value of a facet and how many pieces choosing it would show.
type Bucket struct {
	Value string
	Count int64
}

// Result is one page: ids in order, the number of all matches, and per facet
// its buckets, largest first, those of the price by price.
type Result struct {
	IDs        []string
	Total      int64
	Facets     map[string][]Bucket
	HasMore    bool
	NextCursor string // empty when HasMore is false
}

// The faults of this package.
var (
	ErrCursor      = fault.New(fault.Invalid, "search.cursor", "This place in the list is not known, or belongs to another search. Start again from the first page.")
	ErrLimit       = fault.New(fault.Invalid, "search.limit", "A page holds 1 to 100 pieces. Ask for a number between these.")
	ErrSort        = fault.New(fault.Invalid, "search.sort", "There is no such order. Use relevance, new, price_up or price_down.")
	ErrDocument    = fault.New(fault.Invalid, "search.document", "A document without an id cannot be found again. Nothing was stored.")
	ErrUnavailable = fault.New(fault.Unavailable, "search.unavailable", "Searching is not possible at this moment. Please try again.")
)

// Checked returns q with its defaults set, or the fault in it.
func (q Query) Checked() (Query, error) {
	switch q.Sort {
	case "":
		q.Sort = SortRelevance
	case SortRelevance, SortNew, SortPriceUp, SortPriceDown:
	default:
		return q, ErrSort
	}
	if q.Limit == 0 {
		q.Limit = DefaultLimit
	}
	if q.Limit < 1 || q.Limit > MaxLimit {
		return q, ErrLimit
	}
	return q, nil
}

// Held is a document as far as comparing an index with the database goes.
type Held struct {
	ID      string `db:"id"`
	Version int64  `db:"version"`
}
