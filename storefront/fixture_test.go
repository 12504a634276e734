package storefront_test

import (
	"bytes"
	"context"
	"errors"
	"image/jpeg"
	"path/filepath"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"saebaan/artisans"
	"saebaan/catalog"
	"saebaan/cmd/saebaan/demo/draw"
	"saebaan/internal/auth"
	"saebaan/internal/db"
	"saebaan/internal/gst"
	"saebaan/internal/ledger"
	"saebaan/internal/media"
	"saebaan/internal/money"
	"saebaan/internal/payment"
	"saebaan/internal/search"
	"saebaan/internal/testdb"
	"saebaan/internal/vault"
	"saebaan/internal/web"
	"saebaan/openbooks"
	"saebaan/orders"
	"saebaan/payouts"
	"saebaan/storefront"
	"saebaan/workshop"
)

const password = "twelve letters and more"

// shop is a whole shop in a temporary folder, with real services.
type shop struct {
	t        *testing.T
	app      *fiber.App
	db       *db.DB
	auth     *auth.Service
	artisans *artisans.Service
	catalog  *catalog.Service
	orders   *orders.Service
	follower *catalog.Follower
	admin    auth.Actor
	people   map[string]string // short name → artisan
	pieces   map[string]catalog.Product
}

func open(t *testing.T) *shop { return openWith(t, func(*storefront.Config) {}) }

// openWith opens a shop whose pages are configured otherwise.
func openWith(t *testing.T, change func(*storefront.Config)) *shop {
	t.Helper()
	d := testdb.SQLite(t)
	dir := t.TempDir()
	keys, err := vault.Open(filepath.Join(dir, "keys"))
	must(t, err)
	store, err := media.OpenFolder(filepath.Join(dir, "photos"))
	must(t, err)
	file, err := db.OpenSearchFile(filepath.Join(dir, "search.db"))
	must(t, err)
	engine, err := search.OpenEmbedded(context.Background(), file)
	must(t, err)
	t.Cleanup(func() { _, _ = engine.Close(), store.Close() })
	table, simulator, cache := gst.Default(), payment.NewSimulator(d, "whsec_test"), web.NewCache(8<<20)
	s := &shop{t: t, db: d, people: map[string]string{}, pieces: map[string]catalog.Product{}, admin: auth.System("test")}
	s.auth = auth.NewService(d, false)
	s.artisans = artisans.NewService(d, keys)
	s.catalog = catalog.NewService(d, table, engine, store)
	s.orders = orders.NewService(d, table, simulator, everyWay())
	s.follower = catalog.NewFollower(s.catalog, engine, catalog.Mark{Asked: d.Clock.Now()}, cache.Changed)
	s.app = web.NewApp(web.Options{ErrorHandler: storefront.ErrorHandler})
	pay := payouts.NewService(d, s.artisans, s.auth, payouts.Terms{}, keys)
	c := storefront.Config{Auth: s.auth, Artisans: s.artisans, Catalog: s.catalog, Orders: s.orders,
		Payouts: pay, Slips: payouts.NewSlips(pay, workshop.Pictures, store), Workshop: workshop.NewService(d), Books: ledger.NewReader(d), OpenBooks: openbooks.NewService(d, keys), Media: store, Cache: cache, Guesses: web.NewLimit(30, time.Second, nil), Simulator: simulator,
		Demo: true, DemoPassword: password}
	change(&c)
	storefront.Register(s.app, c)
	s.seed(store)
	return s
}

// everyWay are settings with all ways to pay open, the card first.
func everyWay() orders.Settings {
	s := orders.Defaults()
	s.UPI = orders.UPIAccount{ID: "trust@upi", Name: "Trust of the Tests"}
	s.Bank = orders.BankAccount{Name: "Trust of the Tests", Number: "309900011111", IFSC: "BARB0LUCKNO"}
	return s
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var staff = map[string][]auth.Role{"nusrat": {auth.Administrator}, "meera": {auth.Preparer}, "farah": {auth.Approver},
	"kavita": {auth.Preparer, auth.Approver}, "asha": {auth.Coordinator}}

// user makes one of the staff when a test needs her; hashing passwords is slow.
func (s *shop) user(login string) {
	in := auth.UserInput{Login: login, Name: login, Password: password}
	for _, r := range staff[login] {
		in.Grants = append(in.Grants, auth.Grant{Role: r})
	}
	if _, err := s.auth.CreateUser(context.Background(), s.admin, in); !errors.Is(err, auth.ErrLoginTaken) {
		must(s.t, err)
	}
}

func (s *shop) seed(store media.Store) {
	s.woman("shabana", "Shabana Bano", "शबाना बानो", "lucknow", true)
	s.woman("tabassum", "Tabassum Ansari", "तबस्सुम अंसारी", "hardoi-ahirori", false)
	s.woman("printer", "Salim Chhipi", "सलीम छीपी", "lucknow", false)
	s.piece(store, "kurta", pieceInput{title: catalog.Text{En: "White muslin kurta", Hi: "सफ़ेद मलमल कुर्ता"}, garment: "kurta", sizes: []string{"S", "M"}, count: 3})
	s.piece(store, "saree", pieceInput{title: catalog.Text{En: "Single saree", Hi: "इकलौती साड़ी"}, garment: "saree", sizes: []string{"One"}, count: 1, oneOff: true})
	s.piece(store, "tricky", pieceInput{title: catalog.Text{En: `<script>alert("x")</script> & kurta`, Hi: "चालाक कुर्ता"}, garment: "kurta", sizes: []string{"L"}, count: 2})
	s.follow()
}

// follow brings index and kept pages up to date, as the server does by itself.
func (s *shop) follow() { must(s.t, s.follower.Once(context.Background())) }

func (s *shop) woman(short, en, hi, area string, named bool) {
	ctx := context.Background()
	a, err := s.artisans.Create(ctx, s.admin, "", artisans.Input{NameEn: en, NameHi: hi, Area: area, Crafts: []string{"chikan"}, Member: true})
	must(s.t, err)
	_, err = s.artisans.SetPayee(ctx, s.admin, "", artisans.PayeeInput{Artisan: a.ID, Kind: "upi", Holder: en, UPI: short + ".test@upi"})
	must(s.t, err)
	s.people[short] = a.ID
	if named {
		s.consent(short, true)
	}
}

func (s *shop) consent(short string, granted bool) {
	_, err := s.artisans.SetConsent(context.Background(), s.admin, "", artisans.ConsentInput{Artisan: s.people[short], Purpose: "name",
		Granted: granted, Notice: "1", Language: "hi"}, catalog.ArtisanChanged)
	must(s.t, err)
}

type pieceInput struct {
	title   catalog.Text
	garment string
	sizes   []string
	count   int64
	oneOff  bool
}

// prices of the pieces, in order of the sizes: M costs more than S.
var prices = []money.Paise{252_000, 262_500}

func (s *shop) piece(store media.Store, short string, in pieceInput) {
	ctx := context.Background()
	p, err := s.catalog.Create(ctx, s.admin, "", catalog.ProductInput{Title: in.title, Area: "lucknow", Craft: "chikan", Garment: in.garment,
		Fabric: "muslin", Colour: "white", Techniques: []string{"murri"}, HSN: "6206", OneOff: in.oneOff,
		Description: catalog.Text{En: "Made at home.", Hi: "घर पर बनी।"}})
	must(s.t, err)
	for i, size := range in.sizes {
		v, err := s.catalog.AddVariant(ctx, s.admin, "", catalog.VariantInput{Product: p.ID, SKU: "T-" + short + "-" + size, Size: size})
		must(s.t, err)
		_, err = s.catalog.SaveCard(ctx, s.admin, "", card(v.ID, prices[i]))
		must(s.t, err)
		_, err = s.catalog.ReceiveLot(ctx, s.admin, "", catalog.LotInput{Variant: v.ID, Owner: s.people["shabana"], Pieces: in.count, Makers: []catalog.MakerInput{
			{Stage: "embroidery", Artisan: s.people["shabana"], Weight: 2}, {Stage: "embroidery", Artisan: s.people["tabassum"], Weight: 1},
			{Stage: "block_printing", Artisan: s.people["printer"], Weight: 1}}})
		must(s.t, err)
	}
	var b bytes.Buffer
	must(s.t, jpeg.Encode(&b, draw.Piece(draw.Spec{Craft: "chikan", Garment: in.garment, Colour: "#f7f4ec", Seed: 7, Width: 480, Height: 600}), nil))
	_, err = s.catalog.AddPhoto(ctx, s.admin, catalog.PhotoInput{Product: p.ID}, &b)
	must(s.t, err)
	_, err = s.catalog.Submit(ctx, s.admin, "", p.ID)
	must(s.t, err)
	s.pieces[short], err = s.catalog.Publish(ctx, s.admin, "", p.ID)
	must(s.t, err)
}

// card is the shape of FACTS §7.3: every head named, the makers' balance last.
func card(variant string, tag money.Paise) catalog.CardInput {
	fixed := func(kind, head string, p money.Paise) catalog.HeadInput {
		return catalog.HeadInput{Kind: kind, Head: head, Paise: &p}
	}
	embroidery := fixed(catalog.Wage, "embroidery", 121_500)
	embroidery.Minutes, embroidery.Shares = 1_110, true
	return catalog.CardInput{Variant: variant, Tag: tag, Heads: []catalog.HeadInput{
		fixed(catalog.Cost, "material", 41_200), fixed(catalog.Wage, "block_printing", 4_800), embroidery,
		fixed(catalog.Cost, "packing", 3_400), fixed(catalog.Cost, "shipping", 9_500), fixed(catalog.Cost, "fee", 5_040),
		fixed(catalog.Trust, "running", 19_560), fixed(catalog.Trust, "fund", 12_000), {Kind: catalog.Makers, Head: "makers"}}}
}

// later moves the shop's clock and does what has become due.
func (s *shop) later(by time.Duration) {
	ctx := context.Background()
	must(s.t, s.db.AdvanceClock(ctx, by))
	for {
		n, err := s.orders.ReleaseDue(ctx)
		must(s.t, err)
		if n == 0 {
			return
		}
	}
}
