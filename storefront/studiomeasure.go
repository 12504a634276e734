package storefront

import (
	"slices"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"saebaan/catalog"
	"saebaan/internal/fault"
	"saebaan/internal/web"
	"saebaan/storefront/views"
)

func (s *Site) editMeasures(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	one, err := s.ofStudio(c, p)
	if err != nil {
		return nil, err
	}
	return views.StudioMeasures(inOffice(p, "/studio/pieces/"+one.ID+"/measures").Titled(p.T("measure.title"), ""), views.MeasuresForm(one)), nil
}

// saveMeasures says how large the sizes of a piece are. What cannot be read is marked
// beside its field, and nothing is saved then.
func (s *Site) saveMeasures(c *fiber.Ctx, p views.Page) (templ.Component, error) {
	one, err := s.ofStudio(c, p)
	if err != nil {
		return nil, err
	}
	v, in := views.MeasuresForm(one), catalog.MeasuresInput{Product: one.ID}
	for i := range v.Sizes {
		size := catalog.SizeMeasures{Variant: v.Sizes[i].Variant.ID}
		for j := range v.Sizes[i].Fields {
			f := &v.Sizes[i].Fields[j]
			if f.Text = strings.TrimSpace(c.FormValue(f.ID)); f.Text == "" {
				continue
			}
			mm, ok := catalog.ParseCentimetres(f.Text)
			f.Wrong = !ok
			size.Measures = append(size.Measures, catalog.Measure{Name: f.Name, Millimetres: mm})
		}
		in.Sizes = append(in.Sizes, size)
	}
	err = error(catalog.ErrProduct)
	if !slices.ContainsFunc(v.Sizes, views.SizeForm.Unread) {
		_, err = s.Catalog.Measure(c.UserContext(), p.Actor, keyOf(c), in)
	}
	if err == nil {
		return seeOther(c, "/studio/pieces/"+one.ID)
	}
	f := fault.Of(err)
	if f == nil || (f.Kind != fault.Invalid && f.Kind != fault.Conflict) {
		return nil, err
	}
	v.Said = p.Lang.Fault(f)
	c.Status(web.Status(f))
	return views.StudioMeasures(inOffice(p, "/studio/pieces/"+one.ID+"/measures").Titled(p.T("measure.title"), ""), v), nil
}
