package media

import (
	"bytes"
	"encoding/binary"
	"image"
	"slices"

	"golang.org/x/image/webp"
)

// apartWebP divides what was sent into the first WebP file, up to the length it
// gives itself, and those that may be kept: the first and the ones behind it,
// each with nothing but its pixels.
func apartWebP(sent []byte) (first []byte, keepable [][]byte, err error) {
	first, rest, ok := nextWebP(sent)
	if !ok {
		return nil, nil, ErrDamaged
	}
	if moving(first) {
		return nil, nil, ErrMoving
	}
	for one := first; ok && len(keepable) < len(fullWidths); one, rest, ok = nextWebP(rest) {
		bare := bareWebP(one)
		if bare == nil {
			break
		}
		keepable = append(keepable, bare)
	}
	return first, keepable, nil
}

// nextWebP cuts off one file, whose length is in its head (RFC 9649 §2.4).
func nextWebP(b []byte) (one, rest []byte, ok bool) {
	if !isWebP(b) {
		return nil, nil, false
	}
	size := 8 + int64(binary.LittleEndian.Uint32(b[4:]))
	if size < 12 || size > int64(len(b)) {
		return nil, nil, false
	}
	return b[:size], b[size:], true
}

// chunksOf calls each with the chunks of a WebP file until one is cut off.
func chunksOf(file []byte, each func(name string, body []byte)) {
	for i := 12; i+8 <= len(file); {
		size := int64(binary.LittleEndian.Uint32(file[i+4:]))
		if size > int64(len(file)-i-8) {
			return
		}
		each(string(file[i:i+4]), file[i+8:i+8+int(size)])
		i += 8 + int(size+size%2)
	}
}

func moving(file []byte) bool {
	found := false
	chunksOf(file, func(name string, _ []byte) { found = found || name == "ANIM" || name == "ANMF" })
	return found
}

// bareWebP is the file made anew of its pixels alone: no EXIF, XMP, colour
// profile or unknown chunk. One with transparency gives nil.
func bareWebP(file []byte) []byte {
	var kind string
	var pixels []byte
	seen := 0
	chunksOf(file, func(name string, body []byte) {
		switch name {
		case "VP8 ", "VP8L":
			kind, pixels = name, body
			seen++
		case "ALPH":
			seen += 2
		}
	})
	const usesAlpha = 0x10 // of the lossless head's last byte (RFC 9649 §3.4)
	if seen != 1 || kind == "VP8L" && (len(pixels) < 5 || pixels[4]&usesAlpha != 0) {
		return nil
	}
	padded := slices.Concat(pixels, make([]byte, len(pixels)%2))
	out := binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(12+len(padded)))
	out = append(append(out, "WEBP"...), kind...)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(pixels)))
	return append(out, padded...)
}

// mostApart is how much of 255 two prints of one photo differ at most, on average.
const mostApart = 16

// printWebP adds the sender's WebP pictures that have one of the widths, can be
// decoded, and show what the smallest print shows.
func (p *Prints) printWebP(small *image.RGBA, n negative) {
	for _, one := range n.webps {
		size, err := webp.DecodeConfig(bytes.NewReader(one))
		if err != nil || !slices.Contains(p.Widths, size.Width) || slices.Contains(p.WebP, size.Width) {
			continue
		}
		if h := heightFor(size.Width, p.Width, p.Height); size.Height < h-1 || size.Height > h+1 {
			continue
		}
		picture, err := webp.Decode(bytes.NewReader(one))
		if err != nil || apart(scaled(picture, small.Rect.Dx(), min(small.Rect.Dy(), size.Height)), small) > mostApart {
			continue
		}
		p.WebP = append(p.WebP, size.Width)
		p.files = append(p.files, file{p.WebPName(size.Width), one})
	}
	slices.Sort(p.WebP)
}

// apart is the mean difference of two pictures' colours, 0 to 255, over the
// lines that both have.
func apart(a, b *image.RGBA) int {
	sum, pixels := 0, min(len(a.Pix), len(b.Pix))
	for i := range pixels {
		sum += max(int(a.Pix[i])-int(b.Pix[i]), int(b.Pix[i])-int(a.Pix[i]))
	}
	return sum / max(1, pixels*3/4)
}
