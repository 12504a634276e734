package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/jpeg"
	"strings"
	"sync"

	"saebaan/artisans"
	"saebaan/catalog"
	"saebaan/cmd/saebaan/demo/draw"
	"saebaan/internal/auth"
	"saebaan/internal/money"
	"saebaan/orders"
)

// registration is made up; only its check character is right.
var registration = orders.Registration{ID: "09", Prefix: "SB", GSTIN: "09AAATL1234Q1ZB", State: "09", Kind: "regular",
	LegalName: "Lucknow Mahila SEWA Trust (demonstration)", Address: "Lucknow, Uttar Pradesh 226003", From: "2017-07-01"}

// Shop is what the demonstration is opened in.
type Shop struct {
	Auth     *auth.Service
	Artisans *artisans.Service
	Catalog  *catalog.Service
	Orders   *orders.Service
}

// Seed opens the demonstration, or goes on with one that was cut off, and
// returns what draws its pictures, which takes longer than a start should. A
// shop that shows all its pieces with pictures is left alone.
func Seed(ctx context.Context, s Shop) (pictures func(context.Context) error, err error) {
	shown, err := s.Catalog.PicturedCount(ctx)
	if err != nil || shown >= int64(len(pieces)) {
		return nil, err
	}
	if err := s.seedUsers(ctx); err != nil {
		return nil, err
	}
	admin, err := s.actor(ctx, "nusrat")
	if err != nil {
		return nil, err
	}
	if _, err := s.Orders.SaveRegistration(ctx, admin, "", registration); err != nil {
		return nil, err
	}
	makers, err := s.seedArtisans(ctx, admin)
	if err != nil {
		return nil, err
	}
	products := make([]string, len(pieces))
	for i, p := range pieces {
		if products[i], err = s.seedPiece(ctx, admin, p, makers); err != nil {
			return nil, fmt.Errorf("%s: %w", p.key(), err)
		}
	}
	return func(ctx context.Context) error { return s.draw(ctx, admin, products) }, nil
}

// draw draws each piece and passes it through the same way as a photo from a
// phone; the same drawing a second time changes nothing.
func (s Shop) draw(ctx context.Context, actor auth.Actor, products []string) error {
	for i, product := range products {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		p := pieces[i]
		var b bytes.Buffer
		img := draw.Piece(draw.Spec{Craft: p.craft, Garment: p.garment, Colour: shades[p.colour], Seed: uint64(i + 1), Width: 640, Height: 800})
		if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 90}); err != nil {
			return err
		}
		if _, err := s.Catalog.AddPhoto(ctx, actor, catalog.PhotoInput{Product: product}, &b); err != nil {
			return err
		}
	}
	return nil
}

func (s Shop) seedUsers(ctx context.Context) error {
	var wg sync.WaitGroup
	errs := make([]error, len(users))
	for i, u := range users {
		u.Password = Password
		wg.Add(1)
		go func() { // hashing passwords is what takes long
			defer wg.Done()
			_, errs[i] = s.Auth.CreateUser(ctx, auth.System("demo"), u)
			if errors.Is(errs[i], auth.ErrLoginTaken) {
				errs[i] = nil
			}
		}()
	}
	wg.Wait()
	return errors.Join(errs...)
}

// actor is the user with that login, as if signed in, so that whatever she does
// bears her name.
func (s Shop) actor(ctx context.Context, login string) (auth.Actor, error) {
	session, err := s.Auth.SignIn(ctx, login, Password)
	if err != nil {
		return auth.Actor{}, err
	}
	return session.Actor, s.Auth.SignOut(ctx, session.Token)
}

func (s Shop) seedArtisans(ctx context.Context, actor auth.Actor) (map[string]string, error) {
	ids := map[string]string{}
	for name, p := range people {
		a, err := s.Artisans.Create(ctx, actor, "demo:artisan:"+name, p.Input)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		ids[name] = a.ID
		in := artisans.PayeeInput{Artisan: a.ID, Kind: "upi", Holder: p.NameEn, UPI: p.UPI}
		if p.Account != "" {
			in = artisans.PayeeInput{Artisan: a.ID, Kind: "bank", Holder: p.NameEn, Account: p.Account, IFSC: p.IFSC}
		}
		if _, err := s.Artisans.SetPayee(ctx, actor, "demo:payee:"+name, in); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if p.Silent {
			continue
		}
		if _, err := s.Artisans.SetConsent(ctx, actor, "demo:consent:"+name, artisans.ConsentInput{Artisan: a.ID, Purpose: "name",
			Granted: true, Notice: "2026-11", Language: "hi"}, catalog.ArtisanChanged); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return ids, nil
}

func (s Shop) seedPiece(ctx context.Context, actor auth.Actor, p piece, makers map[string]string) (string, error) {
	embroiderers := strings.Fields(p.makers)
	key := "demo:" + p.key()
	product, err := s.Catalog.Create(ctx, actor, key, catalog.ProductInput{Title: p.title(), Description: about[p.craft],
		Area: people[embroiderers[0]].Area, Craft: p.craft, Garment: p.garment, Fabric: p.fabric, Colour: p.colour,
		Techniques: strings.Fields(p.techniques), HSN: p.hsn(), OneOff: p.oneOff()})
	if err != nil {
		return "", err
	}
	for _, size := range strings.Fields(p.sizes) {
		sku := strings.ToUpper(fmt.Sprintf("%.2s-%.3s-%.3s-%.3s-%s", p.craft, p.garment, p.fabric, p.colour, size))
		v, err := s.Catalog.AddVariant(ctx, actor, key+":"+size, catalog.VariantInput{Product: product.ID, SKU: sku, Size: size})
		if err != nil {
			return "", err
		}
		if _, err := s.Catalog.SaveCard(ctx, actor, key+":card:"+size, p.card(v.ID)); err != nil {
			return "", err
		}
		if _, err := s.Catalog.ReceiveLot(ctx, actor, key+":lot:"+size, p.lot(v.ID, "LOT-"+sku, makers)); err != nil {
			return "", err
		}
	}
	if _, err := s.Catalog.Submit(ctx, actor, key+":submit", product.ID); err != nil {
		return "", err
	}
	_, err = s.Catalog.Publish(ctx, actor, key+":publish", product.ID)
	return product.ID, err
}

// stages of each craft beside its embroidery, in basis points of the list price.
var stages = map[string][]struct {
	name string
	bp   money.BasisPoints
	who  string
}{
	"chikan":   {{"cutting", 150, "sunita"}, {"block_printing", 200, "printer"}, {"washing", 190, "washer"}, {"finishing", 170, "rehana"}},
	"zardozi":  {{"tracing", 180, "naseem"}, {"finishing", 200, "ruksana"}},
	"applique": {{"cutting", 350, "shanti"}, {"washing", 150, "washer"}, {"finishing", 180, "ramkali"}},
	"kundan":   {{"polishing", 250, "savitri"}},
}

// main is the stage that gives the craft its name.
var mainStage = map[string]string{"chikan": "embroidery", "zardozi": "embroidery", "applique": "applique", "kundan": "setting"}

// perHour is what the demonstration pays, in paise; the minimum is 6,529.
const perHour = 6_900

func (p piece) card(variant string) catalog.CardInput {
	bp := func(kind, head string, rate money.BasisPoints) catalog.HeadInput {
		return catalog.HeadInput{Kind: kind, Head: head, BasisPoints: &rate}
	}
	list := p.rupees * 100 * 100 / 105 // near enough to plan the minutes with
	wage := func(stage string, rate money.BasisPoints, shares bool) catalog.HeadInput {
		h := bp(catalog.Wage, stage, rate)
		h.Minutes, h.Shares = list*int64(rate)/10_000*60/perHour*9/10, shares
		return h
	}
	packing, shipping := money.Paise(3400), money.Paise(6500)
	in := catalog.CardInput{Variant: variant, List: catalog.Retail, Tag: money.Paise(p.rupees * 100), Heads: []catalog.HeadInput{
		bp(catalog.Cost, "material", 1650), wage(mainStage[p.craft], 4600, true)}}
	for _, st := range stages[p.craft] {
		in.Heads = append(in.Heads, wage(st.name, st.bp, people[st.who].Member))
	}
	in.Heads = append(in.Heads,
		catalog.HeadInput{Kind: catalog.Cost, Head: "packing", Paise: &packing},
		catalog.HeadInput{Kind: catalog.Cost, Head: "shipping", Paise: &shipping},
		bp(catalog.Cost, "fee", 210), bp(catalog.Trust, "running", 700), bp(catalog.Trust, "fund", 500),
		catalog.HeadInput{Kind: catalog.Makers, Head: "makers"})
	return in
}

func (p piece) lot(variant, code string, makers map[string]string) catalog.LotInput {
	embroiderers := strings.Fields(p.makers)
	in := catalog.LotInput{Variant: variant, Code: code, Owner: makers[embroiderers[0]], Pieces: p.count, TrustMaterial: p.craft == "zardozi"}
	for i, e := range embroiderers {
		in.Makers = append(in.Makers, catalog.MakerInput{Stage: mainStage[p.craft], Artisan: makers[e], Weight: int64(5 - i)})
	}
	for _, st := range stages[p.craft] {
		in.Makers = append(in.Makers, catalog.MakerInput{Stage: st.name, Artisan: makers[st.who], Weight: 1})
	}
	return in
}

var shades = map[string]string{"white": "#f7f4ec", "ivory": "#f3ead6", "pink": "#e8a3b4", "mint": "#a9d6bd", "sky": "#9cc6e3", "peach": "#f2b896",
	"yellow": "#edc95a", "black": "#26242a", "maroon": "#6e1f33", "navy": "#22305c", "red": "#b0222e", "green": "#2f7d4f", "lavender": "#b9a7d9",
	"teal": "#1f7a80", "cream": "#f0e2c0", "gold": "#c9a13b", "silver": "#c0c4c8", "multi": "#d98a4b"}
