package draw

import (
	"image/color"
	"strconv"
	"strings"
)

// rgb is a colour with parts from 0 to 1.
type rgb struct{ r, g, b float64 }

// parseColour reads "#rrggbb"; anything else is a quiet rose.
func parseColour(s string) rgb {
	n, err := strconv.ParseUint(strings.TrimPrefix(s, "#"), 16, 32)
	if err != nil || len(strings.TrimPrefix(s, "#")) != 6 {
		n = 0xc98a8a
	}
	return hex(uint32(n))
}

func hex(n uint32) rgb {
	return rgb{float64(n>>16&255) / 255, float64(n>>8&255) / 255, float64(n&255) / 255}
}

// to is the colour the part t of the way to other.
func (c rgb) to(other rgb, t float64) rgb {
	return rgb{c.r + (other.r-c.r)*t, c.g + (other.g-c.g)*t, c.b + (other.b-c.b)*t}
}

func (c rgb) lighter(t float64) rgb { return c.to(rgb{1, 1, 1}, t) }
func (c rgb) darker(t float64) rgb  { return c.to(rgb{0.06, 0.04, 0.05}, t) }

// light is how bright the colour looks, 0 to 1.
func (c rgb) light() float64 { return 0.3*c.r + 0.59*c.g + 0.11*c.b }

// alpha is the colour for painting, a from 0 to 1.
func (c rgb) alpha(a float64) color.RGBA {
	return color.RGBA{part(c.r * a), part(c.g * a), part(c.b * a), part(a)}
}

func (c rgb) solid() color.RGBA { return c.alpha(1) }

func part(v float64) uint8 { return uint8(min(max(v, 0), 1)*255 + 0.5) }

var (
	white    = rgb{1, 1, 1}
	ivory    = hex(0xfbf6ea)
	goldDeep = hex(0x7d4f14)
	gold     = hex(0xc8952f)
	goldPale = hex(0xf3d57c)
	goldHot  = hex(0xfff3c4)
	ruby     = hex(0xa3122f)
	emerald  = hex(0x0d6b4a)
	polki    = hex(0xdfe6e4)
	pearlish = hex(0xf3ece0)
)
