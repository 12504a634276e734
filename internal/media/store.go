package media

import (
	"context"
	"io"
	"regexp"
	"strings"
	"time"

	"saebaan/internal/fault"
)

// Store keeps the sizes of photos under names of the form
// "<64 hex digits>-<width>.jpg" or ".webp"; every other name is ErrName. All methods may
// be called at the same time.
type Store interface {
	// Put keeps content under name, whole or not at all. A name that is there
	// already has the same content and is written anew.
	Put(ctx context.Context, name string, content []byte) error
	// Open reads what is kept under name, or gives ErrNotFound.
	Open(ctx context.Context, name string) (io.ReadCloser, error)
	// Delete removes a name; one that is not there is no fault.
	Delete(ctx context.Context, name string) error
	// List gives at most limit names after the given one, in order; "" begins.
	List(ctx context.Context, after string, limit int) ([]string, error)
}

// The faults of this package.
var (
	ErrNotStaged = fault.New(fault.Conflict, "media.not_staged", "The photo did not arrive. Nothing was changed; send it again.")
	ErrName      = fault.New(fault.NotFound, "media.name", "There is no such photo. Check the address.")
	ErrNotFound  = fault.New(fault.NotFound, "media.not_found", "There is no such photo. It may have been taken down.")
	ErrTooLarge  = fault.New(fault.TooLarge, "media.too_large", "The photo is larger than 15 MB. Send it in a smaller size; it was not kept.")
	ErrType      = fault.New(fault.Unsupported, "media.type", "This is not a photo that can be shown. Send a JPEG, PNG or WebP picture.")
	ErrHEIF      = fault.New(fault.Unsupported, "media.heif", "This phone saves photos as HEIC, which browsers do not show. In the camera's settings choose \"Most compatible\" (JPEG) and take it again, or send it through a chat, which makes it JPEG.")
	ErrMoving    = fault.New(fault.Unsupported, "media.moving", "This is a moving picture. Send a photo that stands still; this one was not kept.")
	ErrPixels    = fault.New(fault.TooLarge, "media.pixels", "The picture has more pixels than can be opened here: at most 50 million, fewer for some kinds, and no side above 20,000. Send it in a smaller size; it was not kept.")
	ErrDamaged   = fault.New(fault.Invalid, "media.damaged", "The photo arrived damaged or cut off. Send it again, or take a new one.")
	ErrKeep      = fault.New(fault.Unavailable, "media.keep", "The place where photos are kept does not answer. Nothing was changed; try again in a few minutes.")
)

var nameForm = regexp.MustCompile(`^[0-9a-f]{64}-[1-9][0-9]{0,4}\.(jpg|webp)$`)

// ValidName reports whether name has the form of a stored photo.
func ValidName(name string) bool { return nameForm.MatchString(name) }

// HashOf is the photo that a stored name belongs to.
func HashOf(name string) string { hash, _, _ := strings.Cut(name, "-"); return hash }

// TypeOf is the media type of a stored name.
func TypeOf(name string) string {
	if strings.HasSuffix(name, ".webp") {
		return "image/webp"
	}
	return "image/jpeg"
}

// Staging is a Store to which a browser can send a file past the program, which
// takes it in from there. Staged names are the program's own, of the form
// "<words and digits>/<digits>".
type Staging interface {
	// Offer gives an address to which size bytes may be PUT under name for a
	// quarter of an hour, or "" when the store takes nothing from browsers.
	Offer(ctx context.Context, name string, size int64) (address string, err error)
	// Staged reads what was sent under name, or gives ErrNotStaged.
	Staged(ctx context.Context, name string) (io.ReadCloser, error)
	// SweepStaged removes what was sent longer ago than that.
	SweepStaged(ctx context.Context, age time.Duration) (int, error)
}
