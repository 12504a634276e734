package payouts

import (
	"context"
	"slices"

	"saebaan/artisans"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/fault"
	"saebaan/internal/money"
	"saebaan/internal/vault"
)

// The faults of this package.
var (
	ErrNotFound    = fault.New(fault.NotFound, "payouts.not_found", "There is no such run.")
	ErrState       = fault.New(fault.Conflict, "payouts.state", "This cannot be done in the run's present state. Nothing was changed.")
	ErrEmpty       = fault.New(fault.Conflict, "payouts.empty", "There is nobody to pay in this run. Nothing was submitted.")
	ErrOwnRun      = fault.New(fault.Forbidden, "payouts.own_run", "You prepared this run, so another person must approve it. Nothing was approved.")
	ErrChanged     = fault.New(fault.Conflict, "payouts.changed", "The run is not what you looked at. Nothing was approved; read it again.")
	ErrPayeeNew    = fault.New(fault.Conflict, "payouts.payee_changed", "Somebody's payment details have changed since the run was prepared. Nothing was approved or given out; withdraw the run and prepare another.")
	ErrNotApproved = fault.New(fault.Conflict, "payouts.not_as_approved", "The run is not what was approved. Nothing was given out and nothing is paid; tell the administrator.")
	ErrFile        = fault.New(fault.Internal, "payouts.file", "The bank file would not be the one made before. Nothing was given out; tell the administrator.")
	ErrPeriod      = fault.New(fault.Invalid, "payouts.period", "A period is two dates, year-month-day, the first not after the second.")
	ErrNoRail      = fault.New(fault.Conflict, "payouts.no_rail", "Nobody in this run is paid that way. Nothing was given out.")
	ErrLayoutGiven = fault.New(fault.Conflict, "payouts.layout_given", "This file was given out in another layout; a second one could be paid twice. Nothing was made.")
	ErrScope       = fault.New(fault.Invalid, "payouts.scope", "A run is for everybody, for one area or for one group. Nothing was prepared.")
	ErrNotWaited   = fault.New(fault.Conflict, "payouts.preparing", "The run is still being put together. Nothing was changed; look again in a moment.")
)

// State is where a run stands.
type State string

// The states of a run; preparing and submitting are on the way to the next one.
const (
	Preparing  State = "preparing"
	Draft      State = "draft"
	Submitting State = "submitting"
	Submitted  State = "submitted"
	Approved   State = "approved"
	Sent       State = "sent"
	Settled    State = "settled"
	Withdrawn  State = "withdrawn"
)

// Moves is the transition table of a run.
var Moves = map[State][]State{
	Preparing:  {Draft, Withdrawn},
	Draft:      {Submitting, Withdrawn},
	Submitting: {Submitted, Withdrawn},
	Submitted:  {Approved, Withdrawn},
	Approved:   {Sent, Withdrawn},
	Sent:       {Settled},
	Settled:    {},
	Withdrawn:  {},
}

// ItemState is where the payment of one artisan stands.
type ItemState string

// The states of an item.
const (
	ItemDraft     ItemState = "draft"
	ItemClaimed   ItemState = "claimed"
	ItemInTransit ItemState = "in_transit"
	ItemPaid      ItemState = "paid"
	ItemFailed    ItemState = "failed"
	ItemReturned  ItemState = "returned"
	ItemWithdrawn ItemState = "withdrawn"
)

// ItemMoves is the transition table of an item: nothing leaves returned, and a
// late "paid" does not undo it.
var ItemMoves = map[ItemState][]ItemState{
	ItemDraft:     {ItemClaimed, ItemWithdrawn},
	ItemClaimed:   {ItemInTransit, ItemWithdrawn},
	ItemInTransit: {ItemPaid, ItemFailed, ItemReturned, ItemWithdrawn}, // withdrawn only before the bank has the file
	ItemPaid:      {ItemReturned},
	ItemFailed:    {},
	ItemReturned:  {},
	ItemWithdrawn: {},
}

func (s ItemState) can(to ItemState) bool { return slices.Contains(ItemMoves[s], to) }

// The reasons why somebody who is owed money is not in a run.
const (
	NoPayee          = "no_payee"
	PayeeWaiting     = "payee_waiting"
	ClaimedElsewhere = "claimed_elsewhere"
	Changed          = "changed"       // her money, an advance or a deduction changed after the run was prepared
	UnderMinimum     = "under_minimum" // carried to the next run
	DeadIFSC         = "dead_ifsc"     // no bank branch has her code (any more)
	Negative         = "negative"      // more was reversed than she is owed
	OverLimit        = "over_limit"    // more than her way of being paid carries at once
	NoConsent        = "no_consent"    // her group has an account, and she has not agreed to be paid through it
)

// The rails that money leaves by.
const (
	RailBank = "bank"
	RailUPI  = "upi"
	RailCash = "cash" // against a signed voucher
)

// Run is one round of payments.
type Run struct {
	ID           string   `db:"id"`
	State        State    `db:"state"`
	BusinessDate string   `db:"business_date"`
	Block        int64    `db:"block"` // the ledger stood here when it was prepared
	Head         string   `db:"head"`
	PreparedBy   string   `db:"prepared_by"`
	PreparedAt   db.Time  `db:"prepared_at"`
	SubmittedBy  string   `db:"submitted_by"`
	SubmittedAt  *db.Time `db:"submitted_at"`
	ApprovedAt   *db.Time `db:"approved_at"`
	SentAt       *db.Time `db:"sent_at"`
	ContentHash  string   `db:"content_hash"`
	FileHash     string   `db:"file_hash"`
	Form         int64    `db:"form"`     // of the content hash
	Area         string   `db:"area"`     // '' is everybody
	Group        string   `db:"group_id"` // '' is everybody

	Count      int64
	Total      money.Paise
	ApprovedBy string
	Items      []Item
	Transfers  []Transfer
	Exceptions []Exception
	Files      []File
	Last       *Last // the last run of the same scope that was sent
}

// Item is what one artisan is paid in a run.
type Item struct {
	ID         string      `db:"id"`
	RunID      string      `db:"run_id"`
	ArtisanID  string      `db:"artisan_id"`
	Group      string      `db:"group_id"`     // paid through its account, or ''
	Amount     money.Paise `db:"amount_paise"` // net: what is paid
	Gross      money.Paise `db:"gross_paise"`  // what she gives up for it
	Position   int64       `db:"position"`     // where she stood when it was reckoned
	PayeeID    string      `db:"payee_id"`
	Rail       string      `db:"rail"`
	Reference  string      `db:"reference"`
	State      ItemState   `db:"state"`
	UTR        *string     `db:"utr"`
	Reason     string      `db:"reason"`
	NameEn     string      `db:"name_en"`
	NameHi     string      `db:"name_hi"`
	PayeeKind  string      `db:"payee_kind"`
	PayeeShown string      `db:"payee_masked"`
	PayeeNow   bool        `db:"payee_now"` // still her (or her group's) newest payment details
	Deductions []Deduction

	Before   *Before  // her last payment; nil when this is her first
	Warnings []string // what to look at
}

// File is a file of a run that was given out: the same bytes each time.
type File struct {
	RunID  string      `db:"run_id"`
	Rail   string      `db:"rail"`
	Layout string      `db:"layout"`
	Name   string      `db:"name"`
	Hash   string      `db:"hash"` // SHA-256
	Rows   int64       `db:"row_count"`
	Total  money.Paise `db:"paise"`
	MadeBy string      `db:"made_by"`
	MadeAt db.Time     `db:"made_at"`
}

// Exception is somebody who is owed money and not paid in this run, and why.
type Exception struct {
	ArtisanID string      `db:"artisan_id"`
	Amount    money.Paise `db:"amount_paise"`
	Reason    string      `db:"reason"`
	NameEn    string      `db:"name_en"`
	NameHi    string      `db:"name_hi"`
}

// stepUp proves that a person is there: by her own password, or for one act also
// by her passkey.
type stepUp interface {
	Prove(ctx context.Context, actor auth.Actor, act auth.Act, proof auth.Proof) error
}

// Service is the door to payouts.
type Service struct {
	db       *db.DB
	artisans *artisans.Service
	auth     stepUp
	terms    Terms
	vault    *vault.Vault
}

// NewService makes the service.
func NewService(d *db.DB, a *artisans.Service, s stepUp, t Terms, v *vault.Vault) *Service {
	return &Service{db: d, artisans: a, auth: s, terms: t, vault: v}
}

// Today is the business date, for what a person dates.
func (s *Service) Today() string { return s.db.Clock.Now().Date() }
