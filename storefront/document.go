package storefront

import (
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"saebaan/internal/auth"
	"saebaan/internal/paper"
	"saebaan/internal/qr"
	"saebaan/orders"
	"saebaan/storefront/views"
)

// readDocument reads the document of the address for who may see its order.
func (s *Site) readDocument(c *fiber.Ctx, actor auth.Actor) (orders.Document, error) {
	var d orders.Document
	var err error
	opener(c, actor, func(a auth.Actor) error {
		d, err = s.Orders.Document(c.UserContext(), a, c.Params("id"))
		return err
	})
	return d, err
}

// documentPage shows a document as it is printed.
func (s *Site) documentPage(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	d, err := s.readDocument(c, p.Actor)
	if err != nil {
		return nil, err
	}
	v := views.DocumentView{ID: d.ID, Order: d.OrderID, Number: d.Number, NoGSTIN: d.Supplier.GSTIN == "",
		Paper: d.Paper(p.Lang.Code, s.Orders.Settings().Site)}
	if v.QR, err = qr.SVG(v.Paper.QR); err != nil {
		return nil, err
	}
	return views.Document(p.Titled(p.T("document."+string(d.Kind)), ""), v), nil
}

// documentFile gives a document out as PDF.
func (s *Site) documentFile(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	d, err := s.readDocument(c, p.Actor)
	if err != nil {
		return nil, err
	}
	file, err := paper.PDF(d.Paper(p.Lang.Code, s.Orders.Settings().Site))
	if err != nil {
		return nil, err
	}
	name := strings.ReplaceAll(d.Number, "/", "-")
	if name == "" {
		name = d.ID
	}
	return nil, download(c, name+".pdf", "application/pdf", file)
}
