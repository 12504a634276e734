package media

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"image/jpeg"
	"io"
)

// Photo is a picture that was taken in. Width and Height are its upright size
// as it was sent, Widths what is kept as JPEG, smallest first, and WebP those of
// them that the sender had made as WebP too.
type Photo struct {
	Hash   string
	Width  int
	Height int
	Colour string // #rrggbb, to show before the picture is there
	Widths []int
	WebP   []int
}

// Name is the name in the store of one of the photo's widths.
func (p Photo) Name(width int) string { return fmt.Sprintf("%s-%d.jpg", p.Hash, width) }

// WebPName is the name in the store of one of the photo's widths in WebP.
func (p Photo) WebPName(width int) string { return fmt.Sprintf("%s-%d.webp", p.Hash, width) }

const (
	// MaxBytes is the largest file that is looked at.
	MaxBytes  = 15 << 20
	maxPixels = 50_000_000
	maxSide   = 20_000
	quality   = 80
	recipe    = "saebaan photo 1\n" // in the hash: another recipe is another name
)

var fullWidths = []int{240, 480, 960, 1600}

// Prints are the pictures that were made of a photo and are not kept yet.
type Prints struct {
	Photo
	files []file
}

type file struct {
	name    string
	content []byte
}

// Keep puts every print into the store.
func (p Prints) Keep(ctx context.Context, store Store) error {
	for _, f := range p.files {
		if err := store.Put(ctx, f.name, f.content); err != nil {
			return err
		}
	}
	return nil
}

// Develop reads a photo, makes it upright, and makes its widths as JPEG without
// metadata, never larger than it came. A WebP picture may be followed in the same
// file by smaller ones of itself, as a browser makes them; those that have one of
// the widths and show the same are prints too. The same file gives the same names
// again. Faults: ErrTooLarge, ErrType, ErrHEIF, ErrMoving, ErrPixels, ErrDamaged.
func Develop(ctx context.Context, r io.Reader) (Prints, error) {
	sent, err := read(r)
	if err != nil {
		return Prints{}, err
	}
	sum := sha256.Sum256(append([]byte(recipe), sent...))
	n, err := negativeOf(sent)
	if err != nil {
		return Prints{}, err
	}
	p := Prints{Photo: Photo{Hash: hex.EncodeToString(sum[:]), Width: n.width, Height: n.height}}
	if n.turn >= 5 {
		p.Width, p.Height = p.Height, p.Width
	}
	p.Widths = widthsFor(p.Width)
	if err := darkroom.enter(ctx, n.places()); err != nil {
		return Prints{}, err
	}
	defer darkroom.leave(n.places())
	picture, err := n.decoded(p.Photo)
	if err != nil {
		return Prints{}, err
	}
	return p, p.print(picture, n)
}

// read takes no more than MaxBytes, and no more memory than the file has.
func read(r io.Reader) ([]byte, error) {
	var b bytes.Buffer
	if sized, ok := r.(interface{ Len() int }); ok {
		if sized.Len() > MaxBytes {
			return nil, ErrTooLarge
		}
		b.Grow(sized.Len() + bytes.MinRead)
	}
	if _, err := b.ReadFrom(io.LimitReader(r, MaxBytes+1)); err != nil {
		return nil, ErrDamaged.Because(err)
	}
	if b.Len() > MaxBytes {
		return nil, ErrTooLarge
	}
	return b.Bytes(), nil
}

// print makes all widths of the picture.
func (p *Prints) print(picture *image.RGBA, n negative) error {
	pictures := make([]*image.RGBA, len(p.Widths))
	for i := len(p.Widths) - 1; i >= 0; i-- {
		w := p.Widths[i]
		picture = scaled(picture, w, heightFor(w, p.Width, p.Height))
		pictures[i] = picture
	}
	c := dominant(pictures[0])
	p.Colour = fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B)
	for i, w := range p.Widths {
		var out bytes.Buffer
		if err := jpeg.Encode(&out, pictures[i], &jpeg.Options{Quality: quality}); err != nil {
			return ErrDamaged.Because(err)
		}
		p.files = append(p.files, file{p.Name(w), out.Bytes()})
	}
	p.printWebP(pictures[0], n)
	return nil
}

// decoded is the largest picture that is kept, upright.
func (n negative) decoded(p Photo) (*image.RGBA, error) {
	picture, err := n.decode(bytes.NewReader(n.file))
	if err != nil {
		return nil, ErrDamaged.Because(err)
	}
	if picture.Bounds().Dx() != n.width || picture.Bounds().Dy() != n.height {
		return nil, ErrDamaged
	}
	w := p.Widths[len(p.Widths)-1]
	h := heightFor(w, p.Width, p.Height)
	if n.turn >= 5 {
		w, h = h, w
	}
	return onWhite(upright(scaled(picture, w, h), n.turn)), nil
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
	if err := ctx.Err(); err != nil { // of two open ways select takes either
		return err
	}
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
