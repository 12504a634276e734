package api

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"saebaan/artisans"
	"saebaan/catalog"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/ledger"
	"saebaan/internal/payment"
	"saebaan/internal/web"
	"saebaan/openbooks"
	"saebaan/orders"
	"saebaan/payouts"
	"saebaan/workshop"
)

// Version of the program, in the description and the metrics.
const Version = "0.1.0"

// Config is what the interface stands on.
type Config struct {
	DB        *db.DB
	Auth      *auth.Service
	Artisans  *artisans.Service
	Catalog   *catalog.Service
	Orders    *orders.Service
	Payouts   *payouts.Service
	Slips     *payouts.Slips
	Workshop  *workshop.Service
	Books     *ledger.Reader
	OpenBooks *openbooks.Service
	Cache     *web.Cache
	Simulator *payment.Simulator          // nil without test mode
	Sweep     func(context.Context) error // runs what is due at once; test mode only
	Ready     func() error                // what readiness asks beside the database
	Guesses   *web.Limit                  // of the tokens of cards
}

// Server answers /v1.
type Server struct {
	Config
	api huma.API
}

// Register puts the interface on app: /v1, /openapi.json, /docs, /livez, /readyz.
func Register(app *fiber.App, c Config) *Server {
	huma.ValidateStrictCasing = true
	huma.NewErrorWithContext = newHumaError
	huma.NewError = func(status int, text string, errs ...error) huma.StatusError { // what the description shows
		return newHumaError(nil, status, text, errs...)
	}
	config := huma.DefaultConfig("Saebaan", Version)
	config.Info.Description = introduction
	config.CreateHooks, config.DocsPath, config.SchemasPath, config.OpenAPIPath = nil, "", "", "/openapi"
	config.Formats = map[string]huma.Format{"application/json": strictJSON, "json": strictJSON}
	config.RejectUnknownQueryParameters = true
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"bearer": {Type: "http", Scheme: "bearer", Description: "A session from POST /v1/sessions, a personal key, or a cart's token."},
	}
	config.Security = []map[string][]string{{"bearer": {}}, {}}
	s := &Server{Config: c}
	app.Use("/v1", s.recognise)
	app.Use("/v1/cards", c.Guesses.Misses)
	s.health(app)
	s.docs(app)
	s.api = huma.NewAPI(config, newHumaFiber(app))
	s.routes(app)
	return s
}

// recognise finds the actor behind the bearer token. Cookies mean nothing here,
// so no page of another site can act through a browser.
func (s *Server) recognise(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	ctx := withReplayFlag(c.UserContext())
	if header := c.Get(fiber.HeaderAuthorization); header != "" {
		token, ok := strings.CutPrefix(header, "Bearer ")
		if !ok {
			return auth.ErrUnauthenticated
		}
		actor, err := s.Auth.Recognise(ctx, token)
		if err != nil {
			return err
		}
		ctx = web.WithActor(ctx, actor)
	}
	c.SetUserContext(ctx)
	return c.Next()
}

// op describes an operation; POSTs that make something answer 201.
func op(method, path, id, summary string) huma.Operation {
	o := huma.Operation{OperationID: id, Method: method, Path: "/v1" + path, Summary: summary,
		Tags: []string{strings.ToUpper(tag(path)[:1]) + tag(path)[1:]}, BodyReadTimeout: 10 * time.Second}
	return o
}

// made is op for what answers 201.
func made(path, id, summary string) huma.Operation {
	o := op(http.MethodPost, path, id, summary)
	o.DefaultStatus = http.StatusCreated
	return o
}

func tag(path string) string {
	return strings.NewReplacer("-", " ", "gst", "GST", "tds", "TDS").Replace(strings.Split(path, "/")[1])
}

const (
	get  = http.MethodGet
	post = http.MethodPost
)

// routes are all of the interface.
func (s *Server) routes(app *fiber.App) {
	a := s.api
	huma.Register(a, made("/sessions", "create-session", "Sign in"), s.createSession)
	huma.Register(a, op(http.MethodDelete, "/sessions/current", "delete-session", "Sign out"), s.deleteSession)
	huma.Register(a, op(get, "/me", "get-me", "Who am I"), s.me)
	huma.Register(a, op(get, "/passkeys", "list-passkeys", "List your passkeys"), s.listPasskeys)
	huma.Register(a, made("/passkeys/challenges", "begin-passkey", "Begin to add a passkey"), s.beginPasskey)
	huma.Register(a, made("/passkeys", "add-passkey", "Add the passkey that the browser made"), s.addPasskey)
	huma.Register(a, op(post, "/passkeys/{id}/remove", "remove-passkey", "Remove one of your passkeys"), s.removePasskey)

	huma.Register(a, made("/artisans", "create-artisan", "Register an artisan"), s.createArtisan)
	huma.Register(a, op(get, "/artisans", "list-artisans", "List artisans"), s.listArtisans)
	huma.Register(a, op(get, "/artisans/{id}", "get-artisan", "Read an artisan"), s.getArtisan)
	huma.Register(a, voiceOperation(), s.statementVoice)
	huma.Register(a, made("/artisans/{id}/payees", "set-payee", "Set how an artisan is paid"), s.setPayee)
	huma.Register(a, made("/artisans/{id}/pan", "set-pan", "Keep an artisan's PAN"), s.setPAN)
	huma.Register(a, made("/artisans/{id}/phones", "set-phone", "Set an artisan's phone number"), s.setPhone)
	huma.Register(a, op(get, "/notices", "list-notices", "List what artisans are to be told of changes"), s.listNotices)
	huma.Register(a, op(post, "/notices/{id}/told", "told-notice", "Note how she was told"), s.toldNotice)
	huma.Register(a, made("/artisans/{id}/consents", "set-consent", "Record a consent or its withdrawal"), s.setConsent)
	huma.Register(a, slipOperation(), s.statementPDF)
	huma.Register(a, op(get, "/artisans/{id}/card", "get-card", "Read an artisan's newest card"), s.getCard)
	huma.Register(a, made("/artisans/{id}/card", "issue-card", "Issue a card; the one before ends"), s.issueCard)
	huma.Register(a, op(post, "/artisans/{id}/card/revoke", "revoke-card", "Revoke her card"), s.revokeCard)
	huma.Register(a, op(get, "/cards/{token}", "open-card", "Read what a card opens"), s.openedCard)
	huma.Register(a, op(get, "/artisans/{id}/statement", "get-statement", "Read an artisan's statement"), s.statement)

	app.Get("/v1/products/:id", s.cached)
	app.Get("/v1/search", s.cached)
	huma.Register(a, made("/products", "create-product", "List a piece as a draft"), s.createProduct)
	huma.Register(a, op(get, "/products", "list-products", "List pieces by state"), s.listProducts)
	huma.Register(a, op(get, "/products/{id}", "get-product", "Read a piece with its price and makers"), s.getProduct)
	huma.Register(a, op(post, "/products/{id}/edit", "edit-product", "Change what is said of a piece"), s.editProduct)
	huma.Register(a, op(get, "/products/{id}/editions", "list-editions", "List who said what of a piece"), s.listEditions)
	huma.Register(a, op(post, "/products/{id}/submit", "submit-product", "Hand a draft in"), s.submitProduct)
	huma.Register(a, op(post, "/products/{id}/publish", "publish-product", "Show a piece in the shop"), s.publishProduct)
	huma.Register(a, op(post, "/products/{id}/send-back", "send-back-product", "Return a piece for correction"), s.sendBackProduct)
	huma.Register(a, op(post, "/products/{id}/archive", "archive-product", "Take a piece out of the shop"), s.archiveProduct)
	huma.Register(a, photoOperation(), s.addPhoto)
	huma.Register(a, op(post, "/products/{id}/photos/{hash}/remove", "remove-photo", "Take a photo of a piece away"), s.removePhoto)
	huma.Register(a, op(post, "/products/{id}/measurements", "measure-product", "Say how large sizes of a piece are"), s.measureProduct)
	huma.Register(a, made("/products/{id}/variants", "create-variant", "Add a size, or a set"), s.createVariant)
	huma.Register(a, made("/variants/{id}/price-cards", "create-price-card", "Set a variant's price and its heads"), s.createCard)
	huma.Register(a, made("/variants/{id}/lots", "create-lot", "Receive a consigned lot"), s.createLot)
	huma.Register(a, op(get, "/lots/{id}", "get-lot", "Read a lot"), s.getLot)
	huma.Register(a, op(get, "/write-offs", "list-write-offs", "List write-offs that wait for a second person"), s.listWriteOffs)
	huma.Register(a, made("/write-offs", "propose-write-off", "Propose that pieces of the trust's own are written off"), s.proposeWriteOff)
	huma.Register(a, op(post, "/write-offs/{id}/approve", "approve-write-off", "Approve another person's write-off"), s.approveWriteOff)
	huma.Register(a, op(get, "/palette", "get-palette", "Read the colours that pieces are filed under"), s.palette)
	huma.Register(a, op(get, "/search", "search", "Find pieces"), s.search)
	huma.Register(a, op(get, "/suggestions", "suggest", "What may be meant while one types"), s.suggest)

	s.gathering(a)
	app.Get("/v1/open-books/:token", limitBooks())
	s.sales(app)
	s.making()
	s.books()
	s.ledger()
	if s.Simulator != nil {
		huma.Register(a, op(post, "/test/clock", "advance-clock", "Move the program's time (test mode)"), s.advanceClock)
		huma.Register(a, op(post, "/test/payments/{intent}/confirm", "confirm-payment", "Be the buyer at the card form (test mode)"), s.confirmPayment)
		huma.Register(a, op(post, "/test/payments/{intent}/dispute", "dispute-payment", "Be the bank that disputes a payment (test mode)"), s.disputePayment)
		huma.Register(a, op(post, "/test/refunds/{provider_refund}/settle", "settle-refund", "Be the bank that takes a refund or sends it back (test mode)"), s.settleRefund)
	}
}

// making are the routes of the workshop.
func (s *Server) making() {
	a := s.api
	huma.Register(a, op(get, "/jobs", "list-jobs", "List jobs, newest first"), s.listJobs)
	huma.Register(a, made("/jobs", "open-job", "Have pieces made for the trust"), s.openJob)
	huma.Register(a, op(get, "/jobs/{id}", "get-job", "Read a job with its stages"), s.getJob)
	huma.Register(a, op(post, "/jobs/{id}/hand-ins", "hand-in", "Hand pieces of a stage in"), s.handIn)
	huma.Register(a, op(post, "/hand-ins/{id}/accept", "accept-hand-in", "Say how many pieces another person handed in have passed"), s.acceptHandIn)
	huma.Register(a, op(post, "/jobs/{id}/materials", "issue-material", "Issue material to a job"), s.issueMaterial)
	huma.Register(a, op(post, "/jobs/{id}/finish", "finish-job", "Make a lot of a job"), s.finishJob)
	huma.Register(a, op(post, "/jobs/{id}/cancel", "cancel-job", "End a job that nothing has gone into"), s.cancelJob)
	huma.Register(a, op(get, "/agreement-changes", "list-agreement-changes", "List what was agreed anew on a job or a lot"), s.listChanges)
	huma.Register(a, made("/agreement-changes", "propose-agreement-change", "Propose another rate, other makers or weights"), s.proposeChange)
	huma.Register(a, op(post, "/agreement-changes/{id}/decide", "decide-agreement-change", "Agree to another person's change, or refuse it"), s.decideChange)
}

// sales are the routes from the cart to the money that goes back.
func (s *Server) sales(app *fiber.App) {
	a := s.api
	huma.Register(a, made("/carts", "create-cart", "Open a cart"), s.createCart)
	huma.Register(a, op(get, "/carts/{id}", "get-cart", "Read a cart"), s.getCart)
	huma.Register(a, op(post, "/carts/{id}/lines", "set-cart-line", "Put a quantity of a variant into a cart"), s.setCartLine)
	huma.Register(a, op(post, "/carts/{id}/quote", "quote-cart", "Ask what a cart costs with delivery and a coupon"), s.quoteCart)

	huma.Register(a, made("/orders", "create-order", "Order a cart"), s.createOrder)
	huma.Register(a, op(get, "/orders", "list-orders", "List orders"), s.listOrders)
	huma.Register(a, op(get, "/orders/{id}", "get-order", "Read an order"), s.getOrder)
	huma.Register(a, op(post, "/orders/{id}/pay", "pay-order", "Begin to pay"), s.payOrder)
	huma.Register(a, op(post, "/orders/{id}/claim", "claim-order", "Say that it has been paid by UPI or transfer"), s.claimOrder)
	huma.Register(a, op(get, "/orders/{id}/payments", "list-order-payments", "List an order's attempts to pay"), s.listPayments)
	huma.Register(a, made("/orders/{id}/money", "record-money", "Record money received for an order"), s.recordMoney)
	huma.Register(a, op(post, "/orders/{id}/mail", "mail-order", "Say where the mails about an order go"), s.mailOrder)
	huma.Register(a, op(post, "/orders/{id}/cancel", "cancel-order", "Cancel an order, or pieces of it, before dispatch"), s.cancelOrder)
	huma.Register(a, op(post, "/orders/{id}/dispatch", "dispatch-order", "Send an order off"), s.dispatchOrder)
	huma.Register(a, op(post, "/orders/{id}/deliver", "deliver-order", "Record that an order arrived"), s.deliverOrder)
	huma.Register(a, op(post, "/deliveries", "enter-deliveries", "Enter a carrier's report (CSV)"), s.enterDeliveries)

	huma.Register(a, made("/orders/{id}/returns", "create-return", "Ask to send pieces back"), s.createReturn)
	huma.Register(a, op(get, "/orders/{id}/returns", "list-order-returns", "List an order's returns"), s.listOrderReturns)
	huma.Register(a, op(get, "/returns", "list-returns", "List returns that wait, oldest 200"), s.listReturns)
	huma.Register(a, op(get, "/returns/{id}", "get-return", "Read a return"), s.getReturn)
	huma.Register(a, op(post, "/returns/{id}/receive", "receive-return", "Take the pieces of a return in"), s.receiveReturn)
	huma.Register(a, op(post, "/returns/{id}/end", "end-return", "Withdraw or refuse a return"), s.endReturn)
	huma.Register(a, op(get, "/orders/{id}/refunds", "list-order-refunds", "List an order's refunds"), s.listOrderRefunds)
	huma.Register(a, op(get, "/refunds", "list-refunds", "List refunds that are not paid, oldest 200"), s.listRefunds)
	huma.Register(a, op(post, "/refunds/{id}/record", "record-refund", "Record that a person has paid a refund"), s.recordRefund)
	huma.Register(a, op(get, "/disputes", "list-disputes", "List disputes, newest 200, open ones first"), s.listDisputes)

	huma.Register(a, made("/coupons", "create-coupon", "Make a coupon"), s.createCoupon)
	huma.Register(a, op(get, "/coupons", "list-coupons", "List coupons, newest 200"), s.listCoupons)
	huma.Register(a, op(post, "/coupons/{code}/end", "end-coupon", "End a coupon"), s.endCoupon)
	huma.Register(a, made("/subsidies", "create-subsidy", "Set money of the fund aside for coupons"), s.createSubsidy)
	app.Post("/v1/webhooks/stripe", s.webhook)
	a.OpenAPI().AddOperation(webhookOperation())
}

// books are the routes of bank, documents, taxes and payouts.
func (s *Server) books() {
	a := s.api
	huma.Register(a, op(post, "/bank-statements", "enter-bank-statement", "Enter the credits of a bank statement (CSV)"), s.enterStatement)
	huma.Register(a, op(get, "/receipts", "list-receipts", "List money that nobody has identified, oldest 200"), s.listReceipts)
	huma.Register(a, op(post, "/receipts/{id}/place", "place-receipt", "Decide whose unidentified money is"), s.placeReceipt)
	huma.Register(a, made("/reconciliations", "create-reconciliation", "Compare the card gateway's books with ours now"), s.createReconciliation)
	huma.Register(a, op(get, "/reconciliations", "list-reconciliations", "List comparisons, newest 50"), s.listReconciliations)

	huma.Register(a, made("/registrations", "save-registration", "Enter a GST registration"), s.saveRegistration)
	huma.Register(a, op(get, "/registrations", "list-registrations", "List GST registrations"), s.listRegistrations)
	huma.Register(a, op(get, "/orders/{id}/documents", "list-order-documents", "List an order's documents"), s.listDocuments)
	huma.Register(a, op(get, "/documents/{id}", "get-document", "Read a document"), s.getDocument)
	huma.Register(a, pdfOperation(), s.documentPDF)
	huma.Register(a, op(get, "/gst-returns/{registration}/{month}", "get-gst-return", "Read a month's outward supplies (GSTR-1)"), s.gstReturn)
	huma.Register(a, gstFileOperation(), s.gstReturnCSV)

	huma.Register(a, op(get, "/groups", "list-groups", "List self-help groups"), s.listGroups)
	huma.Register(a, made("/groups", "create-group", "Register a self-help group"), s.createGroup)
	huma.Register(a, op(get, "/groups/{id}", "get-group", "Read a group with its members"), s.getGroup)
	huma.Register(a, op(post, "/groups/{id}/members", "set-member", "Let somebody join, lead or leave a group"), s.setMember)
	huma.Register(a, made("/groups/{id}/payees", "set-group-payee", "Set how a group is paid"), s.setGroupPayee)
	huma.Register(a, op(get, "/artisans/{id}/deduction-consents", "list-deduction-consents", "List what an artisan agreed to give her group"), s.listDeductionConsents)
	huma.Register(a, made("/artisans/{id}/deduction-consents", "agree-deduction", "Record what an artisan agrees to give her group"), s.agreeDeduction)
	huma.Register(a, op(post, "/deduction-consents/{id}/revoke", "revoke-deduction", "Take such a consent back"), s.revokeDeduction)

	huma.Register(a, op(get, "/advances", "list-advances", "List advances"), s.listAdvances)
	huma.Register(a, made("/advances", "propose-advance", "Propose an advance"), s.proposeAdvance)
	huma.Register(a, made("/advances/{id}/challenges", "challenge-advance", "Begin to decide about an advance by passkey"), s.challengeAdvance)
	huma.Register(a, op(post, "/advances/{id}/decide", "decide-advance", "Give or refuse another person's advance"), s.decideAdvance)
	huma.Register(a, op(post, "/advances/{id}/pause", "pause-advance", "Pause or resume the recovery of an advance"), s.pauseAdvance)
	huma.Register(a, op(post, "/advances/{id}/write-off", "propose-advance-write-off", "Propose that the rest of an advance is written off"), s.proposeAdvanceWriteOff)
	huma.Register(a, op(post, "/advances/{id}/write-off/decide", "decide-advance-write-off", "Decide another person's write-off of an advance"), s.decideAdvanceWriteOff)
	huma.Register(a, made("/payout-runs", "create-run", "Prepare a run"), s.createRun)
	huma.Register(a, op(get, "/payout-runs", "list-runs", "List runs"), s.listRuns)
	huma.Register(a, op(get, "/payout-runs/{id}", "get-run", "Read a run"), s.getRun)
	huma.Register(a, op(get, "/payout-runs/{id}/artisans/{artisan}/parts", "list-run-parts", "Explain a payment by the credits it consists of"), s.runParts)
	huma.Register(a, op(post, "/payout-runs/{id}/submit", "submit-run", "Claim a run's money and hand it in"), s.submitRun)
	huma.Register(a, made("/payout-runs/{id}/challenges", "challenge-run", "Begin to approve a run by passkey"), s.challengeRun)
	huma.Register(a, op(post, "/payout-runs/{id}/approve", "approve-run", "Approve another person's run"), s.approveRun)
	huma.Register(a, op(post, "/payout-runs/{id}/withdraw", "withdraw-run", "Take a run back"), s.withdrawRun)
	huma.Register(a, bankFileOperation(), s.bankFile)
	huma.Register(a, op(post, "/payout-runs/{id}/bank-answers", "enter-bank-answers", "Enter the bank's answer (CSV)"), s.bankAnswers)
}

// ledger are the routes of the book, of bills and of what is published.
func (s *Server) ledger() {
	a := s.api
	huma.Register(a, op(get, "/open-books/keys", "list-open-book-keys", "Read the key that open books are signed with"), s.openBookKeys)
	huma.Register(a, op(get, "/open-books/heads", "list-open-book-heads", "List the ledger's heads, to check open books against"), s.openBookHeads)
	huma.Register(a, op(get, "/ledger/accounts", "list-accounts", "List accounts with their balances"), s.listAccounts)
	huma.Register(a, op(get, "/ledger/accounts/{account}/movements", "list-movements", "List an account's movements in a period"), s.listMovements)
	huma.Register(a, op(get, "/ledger/trial-balance", "get-trial-balance", "Read the trial balance at a block or business date"), s.trialBalance)
	huma.Register(a, op(get, "/ledger/entries", "list-entries", "List entries in the order of the book"), s.listEntries)
	huma.Register(a, op(get, "/ledger/entries/{id}", "get-entry", "Read an entry with its postings and its place"), s.getEntry)
	huma.Register(a, op(get, "/ledger/blocks", "list-blocks", "List sealed blocks"), s.listBlocks)
	huma.Register(a, op(get, "/tds/{year}/{quarter}", "get-tds-quarter", "Read the tax deducted at source in a quarter"), s.taxQuarter)

	huma.Register(a, made("/bills", "record-bill", "Enter a supplier's bill"), s.recordBill)
	huma.Register(a, op(get, "/bills", "list-bills", "List bills, newest first"), s.listBills)
	huma.Register(a, op(post, "/bills/{id}/pay", "pay-bill", "Record that an owed bill was paid"), s.payBill)
	huma.Register(a, made("/closings", "propose-closing", "Propose that a month's cost heads and losses are closed"), s.proposeClosing)
	huma.Register(a, op(get, "/closings", "list-closings", "List closings, newest first"), s.listClosings)
	huma.Register(a, made("/closings/{id}/challenges", "challenge-closing", "Begin to decide a closing by passkey"), s.challengeClosing)
	huma.Register(a, op(post, "/closings/{id}/decide", "decide-closing", "Close another person's month or refuse to"), s.decideClosing)
	huma.Register(a, op(get, "/open-books/variances", "list-variances", "List closed months: promised, billed and the difference"), s.variances)
	huma.Register(a, op(get, "/open-books/years", "list-open-years", "List the financial years that have a yearly book"), s.openYears)
	huma.Register(a, op(get, "/open-books/years/{year}", "get-open-year", "Read what was promised in a financial year against what was paid, signed"), s.openYear)
	huma.Register(a, op(get, "/open-books/{token}", "get-open-book", "Read where the money of an order went, signed"), s.openBook)
}

// cached answers public catalogue reads from memory; anybody signed in goes to
// the operation itself.
func (s *Server) cached(c *fiber.Ctx) error {
	if web.ActorOf(c.UserContext()).Via != auth.ViaNobody || strings.Contains(c.Path(), "%") {
		return c.Next() // a name written another way would be kept under the wrong product
	}
	about := []string{}
	if id := c.Params("id"); id != "" {
		about = append(about, id)
	}
	err := s.Cache.Serve(c, "api "+c.OriginalURL(), func() (web.Page, error) {
		if err := c.Next(); err != nil {
			return web.Page{}, err
		}
		if c.Response().StatusCode() != http.StatusOK {
			return web.Page{}, errAnswered
		}
		body := append([]byte(nil), c.Response().Body()...)
		return web.Page{Body: body, ContentType: string(c.Response().Header.ContentType()), About: about}, nil
	})
	if errors.Is(err, errAnswered) {
		return nil
	}
	return err
}

// errAnswered says that the operation has written an answer that is not kept.
var errAnswered = errors.New("answered")
