package paper

import (
	"bytes"
	"encoding/gob"
	"strconv"

	"codeberg.org/go-pdf/fpdf"
)

// A picture is a JPEG in its place.
type picture struct {
	jpeg       []byte
	x, y, w, h float64
}

// pictures sets each JPEG as it is into its place.
func (p *pen) pictures(list []picture) error {
	for i, m := range list {
		kind := fpdf.ImageOptions{ImageType: "JPG"}
		name := "picture " + strconv.Itoa(i)
		info := p.f.RegisterImageOptionsReader(name, kind, bytes.NewReader(m.jpeg))
		if err := p.f.Error(); err != nil {
			return err
		}
		if err := inOrder(info, i); err != nil {
			return err
		}
		p.f.ImageOptions(name, m.x, m.y, m.w, m.h, false, kind, 0, "")
	}
	return nil
}

// inOrder makes the library write picture number i after those before it. It
// sorts pictures by their width in dots alone, and those as wide as each other
// come in any order, so that the same slip would have other bytes each time. A
// part of a dot, which is cut off where the width is written, parts them. The
// width is reached by the library's own gob, whose fourth value it is.
func inOrder(info *fpdf.ImageInfoType, i int) error {
	raw, err := info.GobEncode()
	if err != nil {
		return err
	}
	var data, mask, palette []byte
	var object, bits int
	var wide, high, scale, dpi float64
	var space, filter, decode string
	var transparent []int
	from := gob.NewDecoder(bytes.NewReader(raw))
	fields := []any{&data, &mask, &object, &wide, &high, &space, &palette, &bits, &filter, &decode, &transparent, &scale, &dpi}
	for _, f := range fields {
		if err := from.Decode(f); err != nil {
			return err
		}
	}
	wide += float64(i) / 1024
	var out bytes.Buffer
	to := gob.NewEncoder(&out)
	for _, f := range fields {
		if err := to.Encode(f); err != nil {
			return err
		}
	}
	return info.GobDecode(out.Bytes())
}
