package storefront

import (
	"errors"
	"mime/multipart"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"saebaan/catalog"
	"saebaan/internal/auth"
	"saebaan/internal/fault"
	"saebaan/internal/media"
	"saebaan/internal/money"
	"saebaan/internal/web"
	"saebaan/storefront/locale"
	"saebaan/storefront/views"
)

// registerStudio puts the pages on which coordinators list pieces on the app.
func (s *Site) registerStudio(office, post func(path string, do personPage)) {
	office("/studio", s.studio)
	office("/studio/new", s.newPiece)
	post("/studio/pieces", s.listPiece)
	office("/studio/pieces/:id", s.studioPiece)
	post("/studio/pieces/:id/photos", s.addPhotos)
	post("/studio/pieces/:id/uploads", s.offerUpload)
	post("/studio/pieces/:id/remove", s.removePhoto)
	post("/studio/pieces/:id/submit", s.movePiece(s.Catalog.Submit))
	post("/studio/pieces/:id/publish", s.movePiece(s.Catalog.Publish))
	post("/studio/pieces/:id/send-back", s.sendBack)
	post("/studio/pieces/:id/archive", s.movePiece(s.Catalog.Archive))
	office("/studio/pieces/:id/edit", s.editPiece)
	post("/studio/pieces/:id/edit", s.savePiece)
	office("/studio/pieces/:id/history", s.pieceHistory)
	office("/studio/pieces/:id/measures", s.editMeasures)
	post("/studio/pieces/:id/measures", s.saveMeasures)
	post("/studio/pieces/:id/sizes", s.addSize)
	office("/studio/variants/:id/price", s.editPrice)
	post("/studio/variants/:id/price", s.savePrice)
	post("/studio/variants/:id/price/check", s.checkPrice)
	office("/studio/variants/:id/price/check", s.editPrice)
}

// studio lists the pieces that wait, or by state those in the shop and taken out; a
// piece that is named by address, SKU or id is gone to.
func (s *Site) studio(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	v := views.StudioView{State: catalog.State(c.Query("state")), Find: strings.TrimSpace(c.Query("find"))}
	if v.Find != "" {
		one, err := s.Catalog.Find(c.UserContext(), p.Actor, pieceName(v.Find))
		if err == nil {
			return seeOther(c, "/studio/pieces/"+one.ID)
		}
		if !errors.Is(err, catalog.ErrNotFound) {
			return nil, err
		}
		c.Status(fiber.StatusNotFound)
	}
	states, most := []catalog.State{v.State}, perPage+1
	if v.State != catalog.Published && v.State != catalog.Archived {
		v.State, most = "", perPage
		states = []catalog.State{catalog.NeedsCorrection, catalog.Draft, catalog.Submitted}
	}
	for _, state := range states {
		list, err := s.Catalog.Products(c.UserContext(), p.Actor, state, c.Query("after"), most)
		if err != nil {
			return nil, err
		}
		v.List = append(v.List, list...)
	}
	if v.State != "" && len(v.List) > perPage {
		v.List = v.List[:perPage]
		v.Next = v.List[perPage-1].ID
	}
	return views.Studio(p.Titled(p.T("nav.studio"), ""), v), nil
}

func (s *Site) newPiece(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	if err := p.Actor.Require(auth.Coordinator, auth.Administrator); err != nil {
		return nil, err
	}
	s.allowUploads(c)
	return views.StudioNew(p.Titled(p.T("studio.new"), "")), nil
}

// allowUploads lets the scripts of a page send to the store of photos.
func (s *Site) allowUploads(c *fiber.Ctx) {
	if s.Uploads != "" {
		c.Set(fiber.HeaderContentSecurityPolicy, c.GetRespHeader(fiber.HeaderContentSecurityPolicy)+"; connect-src 'self' "+s.Uploads)
	}
}

// listPiece makes the draft and adds the photos that came with the form. A
// script sends the photos afterwards and is told the draft's id.
func (s *Site) listPiece(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	in := catalog.ListingInput{Title: titleOf(c, p), Area: c.FormValue("area"), Craft: c.FormValue("craft"), Garment: c.FormValue("garment"),
		Fabric: c.FormValue("fabric"), Colour: c.FormValue("colour"), HSN: strings.TrimSpace(c.FormValue("hsn")), OneOff: c.FormValue("one_off") != ""}
	var err error
	if in.Tag, err = money.Parse(c.FormValue("price")); err != nil {
		return s.scripted(c, p, catalog.ErrCard.At("price", "an amount"))
	}
	one, err := s.Catalog.List(c.UserContext(), p.Actor, keyOf(c), in)
	if err != nil || scriptAsks(c) {
		if err == nil {
			return nil, c.JSON(fiber.Map{"id": one.ID})
		}
		return s.scripted(c, p, err)
	}
	return s.addSent(c, p, one)
}

// titleOf is the title she typed, in the language of the page; where she typed
// none it is made of the words she chose, and the English one always is there.
func titleOf(c *fiber.Ctx, p views.Page) catalog.Text {
	made := func(l locale.Lang) string {
		word := func(kind string) string { return l.Word(kind, c.FormValue(kind)) }
		text := l.T("studio.made_title", "Colour", word("colour"), "Fabric", word("fabric"), "Garment", word("garment"), "Craft", word("craft"))
		if l.Code == "en" && len(text) > 1 {
			text = text[:1] + strings.ToLower(text[1:])
		}
		return text
	}
	out := catalog.Text{En: made(locale.Choose("en", "", "")), Hi: made(locale.Choose("hi", "", ""))}
	switch typed := strings.TrimSpace(c.FormValue("title")); {
	case typed == "":
	case p.Lang.Code == "hi":
		out.Hi = typed
	default:
		out = catalog.Text{En: typed}
	}
	return out
}

// scriptAsks reports whether a script sent this and reads the answer.
func scriptAsks(c *fiber.Ctx) bool {
	return strings.Contains(c.Get(fiber.HeaderAccept), fiber.MIMEApplicationJSON)
}

// scripted is err, told to a script in the reader's language if one asked.
func (s *Site) scripted(c *fiber.Ctx, p views.Page, err error) (templ.Component, error) {
	f := web.Fault(c, err)
	if !scriptAsks(c) {
		return nil, err
	}
	said := append([]string{p.Lang.Fault(f)}, fieldsOf(p, f)...)
	return nil, c.Status(web.Status(f)).JSON(fiber.Map{"said": strings.Join(said, " ")})
}

func (s *Site) studioPiece(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	one, err := s.ofStudio(c, p)
	if err != nil {
		return nil, err
	}
	return s.showPiece(c, p, one, nil), nil
}

func (s *Site) showPiece(c *fiber.Ctx, p views.Page, one catalog.Product, wrong []string) templ.Component {
	s.allowUploads(c)
	return views.StudioPiece(inOffice(p, "/studio/pieces/"+one.ID).Titled(p.In(one.Title), ""), views.PieceView{Product: one, Wrong: wrong})
}

// addPhotos adds what the form holds: files, or the name of one that a script
// has sent to the store.
func (s *Site) addPhotos(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	ctx, in := c.UserContext(), catalog.PhotoInput{Product: c.Params("id")}
	if staged := c.FormValue("staged"); staged != "" {
		if _, err := s.Catalog.AddStaged(ctx, p.Actor, in, staged); err != nil {
			return s.scripted(c, p, err)
		}
		return nil, c.JSON(fiber.Map{"id": in.Product})
	}
	one, err := s.Catalog.Product(ctx, p.Actor, in.Product)
	if err != nil {
		return s.scripted(c, p, err)
	}
	return s.addSent(c, p, one)
}

// addSent adds the files of a form to a piece. What is wrong with one is said,
// and stops no other.
func (s *Site) addSent(c *fiber.Ctx, p views.Page, one catalog.Product) (templ.Component, error) {
	var wrong []string
	var last error
	form, err := c.MultipartForm()
	if err != nil {
		return s.scripted(c, p, web.ErrMalformed)
	}
	for _, header := range form.File["photos"] {
		if header.Size == 0 && header.Filename == "" { // a field left empty
			continue
		}
		if err := s.addFile(c, p, one.ID, header); err != nil {
			f := fault.Of(err)
			if f == nil || f.Kind == fault.Internal || f.Kind == fault.Forbidden || f.Kind == fault.Unauthenticated {
				return s.scripted(c, p, err)
			}
			wrong, last = append(wrong, header.Filename+": "+p.Lang.Fault(f)), err
		}
	}
	if last == nil && scriptAsks(c) {
		return nil, c.JSON(fiber.Map{"id": one.ID})
	}
	if last == nil {
		return seeOther(c, "/studio/pieces/"+one.ID)
	}
	if scriptAsks(c) {
		return s.scripted(c, p, last)
	}
	fresh, err := s.Catalog.Product(c.UserContext(), p.Actor, one.ID)
	if err != nil {
		return nil, err
	}
	c.Status(web.Status(fault.Of(last)))
	return s.showPiece(c, p, fresh, wrong), nil
}

func (s *Site) addFile(c *fiber.Ctx, p views.Page, product string, header *multipart.FileHeader) error {
	if header.Size > media.MaxBytes {
		return media.ErrTooLarge
	}
	f, err := header.Open()
	if err != nil {
		return web.ErrMalformed.Because(err)
	}
	_, err = s.Catalog.AddPhoto(c.UserContext(), p.Actor, catalog.PhotoInput{Product: product}, f)
	return errors.Join(err, f.Close())
}

// offerUpload tells a script where it may send a photo past the program.
func (s *Site) offerUpload(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	size, _ := strconv.ParseInt(c.FormValue("size"), 10, 64) // 0 is refused
	u, err := s.Catalog.OfferUpload(c.UserContext(), p.Actor, c.Params("id"), size)
	if err != nil {
		return s.scripted(c, p, err)
	}
	return nil, c.JSON(fiber.Map{"name": u.Name, "address": u.Address})
}

func (s *Site) removePhoto(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	one, err := s.Catalog.RemovePhoto(c.UserContext(), p.Actor, c.Params("id"), c.FormValue("photo"))
	if err != nil {
		return nil, err
	}
	return seeOther(c, "/studio/pieces/"+one.ID)
}
