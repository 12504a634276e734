package media

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/webp"
)

// Photo is a picture that was taken in. Width and Height are its upright size
// as it was sent, Widths what is kept, smallest first.
type Photo struct {
	Hash   string
	Width  int
	Height int
	Colour string // #rrggbb, to show before the picture is there
	Widths []int
}

// Name is the name in the store of one of the photo's widths.
func (p Photo) Name(width int) string { return fmt.Sprintf("%s-%d.jpg", p.Hash, width) }

const (
	maxBytes  = 15 << 20
	maxPixels = 50_000_000
	maxSide   = 20_000
	manyPix   = 16_000_000 // so large a picture is decoded alone
	quality   = 80
	recipe    = "saebaan photo 1\n" // in the hash: another recipe is another name
)

var fullWidths = []int{240, 480, 960, 1600}

// format is a kind of file that is taken.
type format struct {
	size   func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
}

var (
	magicJPEG = []byte{0xff, 0xd8, 0xff}
	magicPNG  = []byte("\x89PNG\r\n\x1a\n")
)

func isWebP(b []byte) bool {
	return len(b) >= 12 && string(b[:4]) == "RIFF" && string(b[8:12]) == "WEBP"
}

// formatOf knows a file by its first bytes, whatever it is called.
func formatOf(file []byte) (format, error) {
	switch {
	case bytes.HasPrefix(file, magicJPEG):
		return format{jpeg.DecodeConfig, jpeg.Decode}, nil
	case bytes.HasPrefix(file, magicPNG):
		return format{png.DecodeConfig, png.Decode}, nil
	case isWebP(file):
		return format{webp.DecodeConfig, webp.Decode}, nil
	case len(file) >= 12 && string(file[4:8]) == "ftyp":
		return format{}, ErrHEIF
	}
	return format{}, ErrType
}

// Ingest reads a photo, makes it upright, keeps its widths in store as JPEG
// without metadata, and never makes one larger than it came. The same photo
// gives the same names again. Faults: ErrTooLarge, ErrType, ErrHEIF, ErrPixels,
// ErrDamaged, and the store's.
func Ingest(ctx context.Context, store Store, r io.Reader) (Photo, error) {
	file, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return Photo{}, ErrDamaged.Because(err)
	}
	if len(file) > maxBytes {
		return Photo{}, ErrTooLarge
	}
	largest, p, err := develop(ctx, file)
	if err != nil {
		return Photo{}, err
	}
	pictures := make([]*image.RGBA, len(p.Widths))
	for i := len(p.Widths) - 1; i >= 0; i-- {
		w := p.Widths[i]
		largest = scaled(largest, w, heightFor(w, p.Width, p.Height))
		pictures[i] = largest
	}
	c := dominant(pictures[0])
	p.Colour = fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B)
	for i, w := range p.Widths {
		var out bytes.Buffer
		if err := jpeg.Encode(&out, pictures[i], &jpeg.Options{Quality: quality}); err != nil {
			return Photo{}, ErrKeep.Because(err)
		}
		if err := store.Put(ctx, p.Name(w), out.Bytes()); err != nil {
			return Photo{}, err
		}
	}
	return p, nil
}

// develop decodes a file to the largest picture that is kept, upright.
func develop(ctx context.Context, file []byte) (*image.RGBA, Photo, error) {
	f, err := formatOf(file)
	if err != nil {
		return nil, Photo{}, err
	}
	size, err := f.size(bytes.NewReader(file))
	if err != nil || size.Width < 1 || size.Height < 1 {
		return nil, Photo{}, ErrDamaged.Because(err)
	}
	if size.Width > maxSide || size.Height > maxSide || size.Width*size.Height > maxPixels {
		return nil, Photo{}, ErrPixels
	}
	turn := orientation(file)
	sum := sha256.Sum256(append([]byte(recipe), file...))
	p := Photo{Hash: hex.EncodeToString(sum[:]), Width: size.Width, Height: size.Height}
	if turn >= 5 {
		p.Width, p.Height = p.Height, p.Width
	}
	p.Widths = widthsFor(p.Width)
	w := p.Widths[len(p.Widths)-1]
	h := heightFor(w, p.Width, p.Height)
	if turn >= 5 {
		w, h = h, w
	}
	places := 1
	if size.Width*size.Height > manyPix {
		places = maxDecodes
	}
	if err := darkroom.enter(ctx, places); err != nil {
		return nil, Photo{}, err
	}
	defer darkroom.leave(places)
	picture, err := f.decode(bytes.NewReader(file))
	if err != nil {
		return nil, Photo{}, ErrDamaged.Because(err)
	}
	return onWhite(upright(scaled(picture, w, h), turn)), p, nil
}

// widthsFor is the widths kept of a picture: the full ones it reaches, and its
// own when that is less than the largest.
func widthsFor(width int) []int {
	var out []int
	for _, w := range fullWidths {
		if w <= width {
			out = append(out, w)
		}
	}
	if most := min(width, fullWidths[len(fullWidths)-1]); len(out) == 0 || out[len(out)-1] < most {
		out = append(out, most)
	}
	return out
}

func heightFor(w, width, height int) int { return max(1, (2*height*w+width)/(2*width)) }

const maxDecodes = 2

// room lets in a bounded number at once. Who needs several places waits for
// them at the door alone, so that no two wait for each other inside.
type room struct {
	door   chan struct{}
	places chan struct{}
}

var darkroom = room{make(chan struct{}, 1), make(chan struct{}, maxDecodes)}

func (r room) enter(ctx context.Context, places int) error {
	select {
	case r.door <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-r.door }()
	for taken := range places {
		select {
		case r.places <- struct{}{}:
		case <-ctx.Done():
			r.leave(taken)
			return ctx.Err()
		}
	}
	return nil
}

func (r room) leave(places int) {
	for range places {
		<-r.places
	}
}
