package storefront

import (
	"github.com/gofiber/fiber/v2"

	"saebaan/artisans"
	"saebaan/catalog"
	"saebaan/internal/auth"
	"saebaan/internal/ledger"
	"saebaan/internal/media"
	"saebaan/internal/payment"
	"saebaan/internal/web"
	"saebaan/openbooks"
	"saebaan/orders"
	"saebaan/payouts"
	"saebaan/workshop"
)

// Config is what the pages are made from.
type Config struct {
	Auth      *auth.Service
	Artisans  *artisans.Service
	Catalog   *catalog.Service
	Orders    *orders.Service
	Payouts   *payouts.Service
	Slips     *payouts.Slips
	Workshop  *workshop.Service
	Books     *ledger.Reader
	Media     media.Store
	PhotosAt  string // where anybody reads them; "" reads them here
	Uploads   string // server to which browsers send photos, for the policy of the page; "" is none
	Cache     *web.Cache
	Guesses   *web.Limit // of the tokens of cards
	OpenBooks *openbooks.Service

	Simulator            *payment.Simulator // nil outside test mode
	StripePublishableKey string
	Demo                 bool   // the sign-in page lists the demonstration's users
	DemoPassword         string // shared by them
	Production           bool
}

// Site is the shop and the office.
type Site struct{ Config }

// Register puts every page on app. The proof of origin stands before each
// writing route alone, so that it never meets the routes of api.
func Register(app *fiber.App, c Config) *Site {
	s := &Site{c}
	origin := web.SameOrigin()
	post := func(path string, do personPage) { app.Post(path, origin, s.person(do)) }
	public := func(path string, show publicPage) { app.Get(path, s.public(show)) }
	private := func(path string, show personPage) { app.Get(path, s.person(show)) }
	office := func(path string, show personPage) { app.Get(path, s.person(signedIn(show))) }

	if c.PhotosAt != "" {
		app.Use(s.showFrom)
	}
	public("/", s.home)
	public("/shop", s.list)
	public("/suggest", s.suggest)
	public("/p/:slug", s.product)
	public("/collections", s.collections)
	public("/collections/:slug", s.collection)
	public("/about", s.about)
	app.Get("/media/:name", s.photo)
	app.Get("/static/*", s.file)
	app.Get("/pin/:pin", s.pin)
	s.registerFeeds(app)

	app.Get("/open/:token", web.NewLimit(openBurst, openEvery, nil).Handle)
	private("/open/:token", s.openBook)
	s.registerCards(app, office, post)
	private("/cart", s.cart)
	post("/cart", s.setLine)
	private("/checkout", s.checkout)
	post("/checkout", s.placeOrder)
	post("/checkout/price", s.price)
	private("/checkout/price", s.checkout)
	private("/orders/:id", s.order)
	post("/orders/:id/pay", s.pay)
	post("/orders/:id/claim", s.claim)
	private("/orders/:id/cancel", s.cancelForm)
	post("/orders/:id/cancel", s.cancel)
	post("/orders/:id/mail", s.mailTo)
	private("/orders/:id/return", s.returnForm)
	post("/orders/:id/return", s.requestReturn)
	post("/returns/:id/withdraw", s.withdrawReturn)
	private("/pay/:id", s.payForm)
	post("/pay/:id", s.practise)
	private("/documents/:id.pdf", s.documentFile)
	private("/documents/:id", s.documentPage)

	private("/sign-in", s.signInForm)
	post("/sign-in", s.signIn)
	post("/sign-out", s.signOut)

	office("/office", s.office)
	office("/office/orders", s.orders)
	post("/office/orders/:id/dispatch", s.dispatch)
	post("/office/orders/:id/deliver", s.deliver)
	s.registerPayouts(office, post)
	s.registerWorkshop(office, post)
	s.registerMoney(office, post)
	s.registerBooks(office, post)
	s.registerStudio(office, post)
	s.registerCollections(office, post)
	private("/open-books", s.openBooks)
	private("/open-books/:year", s.openYear)
	return s
}

// registerPayouts puts the office's pages of artisans, groups, runs and advances on the app.
func (s *Site) registerPayouts(office, post func(path string, do personPage)) {
	office("/office/artisans", s.artisans)
	office("/office/artisans/:id", s.statement)
	office("/office/artisans/:id/voice", s.statementVoice)
	office("/office/artisans/:id/statement.pdf", s.statementFile)
	office("/office/artisans/:id/consents", s.consents)
	post("/office/artisans/:id/consents", s.agree)
	office("/office/artisans/:id/payee", s.payee)
	post("/office/artisans/:id/payee", s.setPayee)
	post("/office/artisans/:id/pan", s.setPAN)
	post("/office/artisans/:id/phone", s.setPhone)
	office("/office/notices", s.notices)
	post("/office/notices/:id/told", s.told)
	post("/office/consents/:id/revoke", s.revoke)
	office("/office/groups", s.groups)
	post("/office/groups", s.createGroup)
	office("/office/groups/:id", s.group)
	post("/office/groups/:id/members", s.setMember)
	office("/office/groups/:id/payee", s.groupPayee)
	post("/office/groups/:id/payee", s.setGroupPayee)
	office("/office/runs", s.runs)
	post("/office/runs", s.prepareRun)
	office("/office/runs/:id", s.run)
	office("/office/runs/:id/artisans/:artisan", s.parts)
	office("/office/runs/:id/approve", s.approveForm)
	post("/office/runs/:id/approve", s.approveRun)
	post("/office/runs/:id/challenge", s.challengeRun)
	post("/office/runs/:id/submit", s.submitRun)
	post("/office/runs/:id/withdraw", s.withdrawRun)
	post("/office/runs/:id/bank-file", s.bankFile)
	office("/office/runs/:id/vouchers", s.vouchers)
	post("/office/runs/:id/answers", s.enterAnswers)
	office("/office/advances", s.advances)
	post("/office/advances", s.proposeAdvance)
	post("/office/advances/:id/decide", s.decideAdvance)
	post("/office/advances/:id/decide/challenge", s.challengeAdvance)
	post("/office/advances/:id/pause", s.pauseAdvance)
	post("/office/advances/:id/write-off", s.proposeAdvanceWriteOff)
	post("/office/advances/:id/write-off/decide", s.decideAdvanceWriteOff)
	post("/office/advances/:id/write-off/decide/challenge", s.challengeAdvanceWriteOff)
	office("/office/passkeys", s.passkeys)
	post("/office/passkeys", s.addPasskey)
	post("/office/passkeys/challenge", s.challengePasskey)
	post("/office/passkeys/:id/remove", s.removePasskey)
}

// registerWorkshop puts the pages of the workshop on the app.
func (s *Site) registerWorkshop(office, post func(path string, do personPage)) {
	office("/office/jobs", s.jobs)
	post("/office/jobs", s.openJob)
	office("/office/jobs/:id", s.job)
	post("/office/jobs/:id/hand-ins", s.handIn)
	post("/office/hand-ins/:id/accept", s.acceptHandIn)
	post("/office/jobs/:id/materials", s.issueMaterial)
	post("/office/jobs/:id/finish", s.finishJob)
	post("/office/jobs/:id/cancel", s.cancelJob)
	post("/office/jobs/:id/changes", s.proposeChange)
	post("/office/changes/:id/decide", s.decideChange)
}

// registerMoney puts the office's pages of money, returns and books on the app.
func (s *Site) registerMoney(office, post func(path string, do personPage)) {
	post("/office/deliveries", s.deliveries)
	office("/office/returns", s.returns)
	office("/office/returns/:id", s.oneReturn)
	post("/office/returns/:id/receive", s.receiveReturn)
	post("/office/returns/:id/refuse", s.refuseReturn)
	office("/office/write-offs", s.writeOffs)
	post("/office/write-offs", s.proposeWriteOff)
	post("/office/write-offs/:id/approve", s.approveWriteOff)
	office("/office/money", s.money)
	post("/office/money", s.recordMoney)
	post("/office/money/statement", s.bankStatement)
	post("/office/receipts/:id", s.placeReceipt)
	post("/office/refunds/:id", s.recordRefund)
	office("/office/coupons", s.coupons)
	post("/office/coupons", s.createCoupon)
	post("/office/coupons/end", s.endCoupon)
	post("/office/subsidies", s.recordSubsidy)
	office("/office/registrations", s.registrations)
	post("/office/registrations", s.saveRegistration)
	office("/office/gst", s.gst)
	office("/office/gst.csv", s.gstCSV)
	office("/office/gst.json", s.gstJSON)
	office("/office/reconciliation", s.reconciliations)
	post("/office/reconciliation", s.reconcile)
}

// registerBooks puts the book itself, bills, closings and tax on the app.
func (s *Site) registerBooks(office, post func(path string, do personPage)) {
	office("/office/books", s.trial)
	office("/office/books/accounts/:account", s.account)
	office("/office/books/entries", s.entries)
	office("/office/books/entries/:id", s.entry)
	office("/office/bills", s.bills)
	post("/office/bills", s.recordBill)
	post("/office/bills/:id/pay", s.payBill)
	office("/office/closings", s.closings)
	post("/office/closings", s.proposeClosing)
	post("/office/closings/:id/decide", s.decideClosing)
	post("/office/closings/:id/decide/challenge", s.challengeClosing)
	office("/office/tds", s.tax)
}
