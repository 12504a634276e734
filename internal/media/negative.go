package media

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/webp"
)

// negative is a file whose kind and size are known and of which no pixel has
// been decoded.
type negative struct {
	file          []byte
	decode        func(io.Reader) (image.Image, error)
	width, height int
	turn          int      // EXIF orientation
	memory        int      // bytes that decoding takes
	webps         [][]byte // what may be kept as WebP: the file and smaller ones of it
}

const (
	maxMemory = 100 << 20
	// Above manyBytes a picture is decoded alone, and a file that would grow more
	// than mostGrowth times holds no photo: the emptiest real ones grow 300 times.
	manyBytes  = maxMemory / maxDecodes
	mostGrowth = 600
)

func (n negative) places() int {
	if n.memory > manyBytes {
		return maxDecodes
	}
	return 1
}

var (
	magicJPEG = []byte{0xff, 0xd8, 0xff}
	magicPNG  = []byte("\x89PNG\r\n\x1a\n")
)

func isWebP(b []byte) bool {
	return len(b) >= 12 && string(b[:4]) == "RIFF" && string(b[8:12]) == "WEBP"
}

// negativeOf knows a file by its first bytes, whatever it is called, and refuses
// by its header what cannot be opened here.
func negativeOf(sent []byte) (negative, error) {
	n := negative{file: sent}
	config := jpeg.DecodeConfig
	perPixel := func(color.Model) int { return 0 }
	switch {
	case bytes.HasPrefix(sent, magicJPEG):
		n.decode = jpeg.Decode
	case bytes.HasPrefix(sent, magicPNG):
		config, n.decode, perPixel = png.DecodeConfig, png.Decode, pngBytes
	case isWebP(sent):
		config, n.decode, perPixel = webp.DecodeConfig, webp.Decode, webpBytes
		var err error
		if n.file, n.webps, err = apartWebP(sent); err != nil {
			return n, err
		}
	case len(sent) >= 12 && string(sent[4:8]) == "ftyp":
		return n, ErrHEIF
	default:
		return n, ErrType
	}
	size, err := config(bytes.NewReader(n.file))
	if err != nil || size.Width < 1 || size.Height < 1 {
		return n, ErrDamaged.Because(err)
	}
	if size.Width > maxSide || size.Height > maxSide || size.Width*size.Height > maxPixels {
		return n, ErrPixels
	}
	n.width, n.height, n.turn = size.Width, size.Height, orientation(n.file)
	if n.turn != 1 {
		n.webps = nil // a WebP is kept as it is, without the note that it must be turned
	}
	n.memory = perPixel(size.ColorModel) * size.Width * size.Height
	if bytes.HasPrefix(sent, magicJPEG) {
		n.memory = jpegMemory(sent)
	}
	if n.memory > maxMemory || n.memory > manyBytes && n.memory/len(n.file) > mostGrowth {
		return n, ErrPixels
	}
	return n, nil
}

// pngBytes are those of a pixel, half of them again for an interlaced picture.
func pngBytes(m color.Model) int {
	switch m {
	case color.GrayModel:
		return 2
	case color.Gray16Model:
		return 3
	case color.RGBAModel, color.NRGBAModel:
		return 6
	case color.RGBA64Model, color.NRGBA64Model:
		return 12
	}
	return 2 // a palette
}

// webpBytes are those of a pixel: lossy, lossy with transparency, lossless.
func webpBytes(m color.Model) int {
	switch m {
	case color.YCbCrModel:
		return 2
	case color.NYCbCrAModel:
		return 12
	}
	return 8
}

// jpegMemory is what decoding takes, from the frame's header (ITU T.81, B.2.2).
// A progressive picture takes four bytes for each coefficient besides.
func jpegMemory(file []byte) int {
	for i := 2; i+4 <= len(file); {
		if file[i] != 0xff || file[i+1] == 0xff || file[i+1] == 0x00 { // stray bytes and padding, as the decoder skips them
			i++
			continue
		}
		marker := file[i+1]
		if marker >= 0xd0 && marker <= 0xd8 { // they have no length
			i += 2
			continue
		}
		if marker == 0xda || marker == 0xd9 {
			break
		}
		size := int(binary.BigEndian.Uint16(file[i+2:]))
		if marker >= 0xc0 && marker <= 0xc2 && i+2+size <= len(file) {
			return frameMemory(file[i+4:i+2+max(size, 2)], marker == 0xc2)
		}
		i += 2 + size
	}
	return maxMemory + 1
}

func frameMemory(frame []byte, progressive bool) int {
	if len(frame) < 6 || len(frame) < 6+3*int(frame[5]) {
		return maxMemory + 1
	}
	pixels := int(binary.BigEndian.Uint16(frame[1:])) * int(binary.BigEndian.Uint16(frame[3:]))
	components, samples, most := int(frame[5]), 0, 1
	for c := range components {
		factor := int(frame[7+3*c]>>4) * int(frame[7+3*c]&15)
		samples, most = samples+factor, max(most, factor)
	}
	if components == 1 {
		samples = most
	}
	memory := pixels * samples / most
	if progressive {
		memory *= 5
	}
	if components == 4 {
		memory += 4 * pixels
	}
	return memory
}
