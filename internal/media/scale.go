package media

import (
	"image"
	"image/color"

	"golang.org/x/image/draw"
)

// maxScratch bounds the working memory of the fine scaler, which takes 32 bytes
// for each new column of each old row; above it the plain one does.
const maxScratch = 80 << 20

// scaled makes src width by height, never larger than src. It halves while it
// can, where the four-point scaler is an exact mean of four pixels, and takes
// the fine scaler for what is left.
func scaled(src image.Image, width, height int) *image.RGBA {
	for {
		w, h := src.Bounds().Dx(), src.Bounds().Dy()
		if rgba, ok := src.(*image.RGBA); ok && w == width && h == height {
			return rgba
		}
		if w < 2*width || h < 2*height {
			break
		}
		half := image.NewRGBA(image.Rect(0, 0, w/2, h/2))
		even := image.Rect(0, 0, w/2*2, h/2*2).Add(src.Bounds().Min)
		draw.ApproxBiLinear.Scale(half, half.Bounds(), src, even, draw.Src, nil)
		src = half
	}
	out := image.NewRGBA(image.Rect(0, 0, width, height))
	var scaler draw.Scaler = draw.CatmullRom
	switch h := src.Bounds().Dy(); {
	case src.Bounds().Dx() == width && h == height:
		draw.Copy(out, image.Point{}, src, src.Bounds(), draw.Src, nil)
		return out
	case width*h*32 > maxScratch:
		scaler = draw.ApproxBiLinear
	}
	scaler.Scale(out, out.Bounds(), src, src.Bounds(), draw.Src, nil)
	return out
}

// upright turns and mirrors src as its orientation asks (EXIF 2.3, 4.6.4 A).
func upright(src *image.RGBA, orientation int) *image.RGBA {
	if orientation <= 1 || orientation > 8 {
		return src
	}
	w, h := src.Bounds().Dx(), src.Bounds().Dy()
	outW, outH := w, h
	if orientation >= 5 {
		outW, outH = h, w
	}
	out := image.NewRGBA(image.Rect(0, 0, outW, outH))
	for y := range outH {
		for x := range outW {
			var sx, sy int
			switch orientation {
			case 2:
				sx, sy = w-1-x, y
			case 3:
				sx, sy = w-1-x, h-1-y
			case 4:
				sx, sy = x, h-1-y
			case 5:
				sx, sy = y, x
			case 6:
				sx, sy = y, h-1-x
			case 7:
				sx, sy = w-1-y, h-1-x
			case 8:
				sx, sy = w-1-y, x
			}
			copy(out.Pix[out.PixOffset(x, y):][:4], src.Pix[src.PixOffset(sx, sy):][:4])
		}
	}
	return out
}

// onWhite fills what is transparent with white.
func onWhite(src *image.RGBA) *image.RGBA {
	if src.Opaque() {
		return src
	}
	out := image.NewRGBA(src.Bounds())
	draw.Draw(out, out.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(out, out.Bounds(), src, src.Bounds().Min, draw.Over)
	return out
}

// dominant is the mean of the commonest of 512 shades.
func dominant(src *image.RGBA) color.RGBA {
	var bins [512]struct{ n, r, g, b int }
	best := 0
	for i := 0; i+3 < len(src.Pix); i += 4 {
		r, g, b := src.Pix[i], src.Pix[i+1], src.Pix[i+2]
		k := int(r>>5)<<6 | int(g>>5)<<3 | int(b>>5)
		bin := &bins[k]
		bin.n, bin.r, bin.g, bin.b = bin.n+1, bin.r+int(r), bin.g+int(g), bin.b+int(b)
		if bin.n > bins[best].n {
			best = k
		}
	}
	b := bins[best]
	n := max(b.n, 1)
	return color.RGBA{uint8(b.r / n), uint8(b.g / n), uint8(b.b / n), 255}
}
