package media

import (
	"context"
	"io"
	"regexp"

	"saebaan/internal/fault"
)

// Store keeps the sizes of photos under names of the form
// "<64 hex digits>-<width>.jpg"; every other name is ErrName. All methods may
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
	ErrName     = fault.New(fault.NotFound, "media.name", "There is no such photo. Check the address.")
	ErrNotFound = fault.New(fault.NotFound, "media.not_found", "There is no such photo. It may have been taken down.")
	ErrTooLarge = fault.New(fault.TooLarge, "media.too_large", "The photo is larger than 15 MB. Send it in a smaller size; it was not kept.")
	ErrType     = fault.New(fault.Unsupported, "media.type", "This is not a photo that can be shown. Send a JPEG, PNG or WebP picture.")
	ErrHEIF     = fault.New(fault.Unsupported, "media.heif", "This phone saves photos as HEIC, which browsers do not show. In the camera's settings choose \"Most compatible\" (JPEG) and take it again, or send it through a chat, which makes it JPEG.")
	ErrPixels   = fault.New(fault.TooLarge, "media.pixels", "The picture has more than 50 million pixels or a side above 20,000. Send it in a smaller size; it was not kept.")
	ErrDamaged  = fault.New(fault.Invalid, "media.damaged", "The photo arrived damaged or cut off. Send it again, or take a new one.")
	ErrKeep     = fault.New(fault.Unavailable, "media.keep", "The photo could not be kept at this moment. Please try again.")
)

var nameForm = regexp.MustCompile(`^[0-9a-f]{64}-[1-9][0-9]{0,4}\.jpg$`)

// ValidName reports whether name has the form of a stored photo.
func ValidName(name string) bool { return nameForm.MatchString(name) }
