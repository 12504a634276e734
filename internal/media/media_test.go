package media_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"saebaan/internal/media"
)

func folder(t testing.TB) *media.Folder {
	t.Helper()
	f, err := media.OpenFolder(filepath.Join(t.TempDir(), "photos"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// photo reads one of the real photos that lie beside the project.
func photo(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "data", "photos", name))
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("CI has the real photos, but: %v", err)
		}
		t.Skipf("SKIPPED: no real photos beside the project (../shared/data/photos): %v", err)
	}
	return b
}

func ingest(t testing.TB, s media.Store, file []byte) media.Photo {
	t.Helper()
	p, err := take(s, file)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// take develops a file and keeps its prints.
func take(s media.Store, file []byte) (media.Photo, error) {
	p, err := media.Develop(context.Background(), bytes.NewReader(file))
	if err == nil {
		err = p.Keep(context.Background(), s)
	}
	return p.Photo, err
}

func kept(t testing.TB, s media.Store, name string) []byte {
	t.Helper()
	r, err := s.Open(context.Background(), name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func small(t testing.TB, s media.Store, p media.Photo) image.Image {
	t.Helper()
	m, err := jpeg.Decode(bytes.NewReader(kept(t, s, p.Name(p.Widths[0]))))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// apart is the mean difference of two pictures greens, 0 to 255.
func apart(a, b image.Image) int {
	if a.Bounds() != b.Bounds() {
		return 255
	}
	sum, n := 0, 0
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			_, g, _, _ := a.At(x, y).RGBA()
			_, h, _, _ := b.At(x, y).RGBA()
			sum, n = sum+max(int(g>>8)-int(h>>8), int(h>>8)-int(g>>8)), n+1
		}
	}
	return sum / n
}

func TestRealPhotosAreUpright(t *testing.T) {
	for _, set := range [][]string{
		{"landscape_1.jpg", "landscape_3.jpg", "landscape_6.jpg", "landscape_8.jpg"},
		{"portrait_2.jpg", "portrait_5.jpg", "portrait_7.jpg"},
	} {
		s := folder(t)
		first := ingest(t, s, photo(t, set[0]))
		if wide := first.Width > first.Height; wide != strings.HasPrefix(set[0], "landscape") {
			t.Errorf("%s is %d × %d", set[0], first.Width, first.Height)
		}
		for _, name := range set[1:] {
			p := ingest(t, s, photo(t, name))
			if d := apart(small(t, s, first), small(t, s, p)); d > 20 {
				t.Errorf("%s differs from %s by %d", name, set[0], d)
			}
		}
	}
}

// corner is a picture whose top left is red, as a JPEG stored in an orientation.
func corner(t *testing.T, orientation byte) []byte {
	t.Helper()
	w, h := 64, 32
	at := map[byte]image.Point{1: {0, 0}, 2: {1, 0}, 3: {1, 1}, 4: {0, 1}, 5: {0, 0}, 6: {0, 1}, 7: {1, 1}, 8: {1, 0}}[orientation]
	if orientation >= 5 {
		w, h = h, w
	}
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.Set(x, y, color.White)
			if x*2/w == at.X && y*2/h == at.Y {
				m.Set(x, y, color.RGBA{200, 0, 0, 255})
			}
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	exif := []byte("\xff\xe1\x00\x22Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00" + string(orientation) + "\x00\x00\x00\x00\x00\x00")
	return slices.Concat(b.Bytes()[:2], exif, b.Bytes()[2:])
}

func TestAllOrientations(t *testing.T) {
	for o := byte(1); o <= 8; o++ {
		s := folder(t)
		p := ingest(t, s, corner(t, o))
		m := small(t, s, p)
		r, g, _, _ := m.At(8, 8).RGBA()
		if p.Width != 64 || p.Height != 32 || r>>8 < 150 || g>>8 > 60 {
			t.Errorf("orientation %d: %d × %d, top left %v", o, p.Width, p.Height, m.At(8, 8))
		}
	}
}

func TestWidthsAndNoMetadata(t *testing.T) {
	s := folder(t)
	for _, name := range []string{"HMD_Nokia_8.3_5G.jpg", "DSCN0010.jpg", "no_exif.jpg"} {
		p := ingest(t, s, photo(t, name))
		if len(p.Colour) != 7 || p.Colour[0] != '#' || len(p.Widths) == 0 {
			t.Errorf("%s: %+v", name, p)
		}
		for _, w := range p.Widths {
			b := kept(t, s, p.Name(w))
			c, err := jpeg.DecodeConfig(bytes.NewReader(b))
			if err != nil || c.Width != w || w > p.Width {
				t.Errorf("%s at %d is %d wide, %v", name, w, c.Width, err)
			}
			for _, trace := range []string{"Exif", "GPS", "http://ns.adobe.com", "\xff\xe1", "Nokia", "NIKON"} {
				if i := bytes.Index(b[:min(len(b), 600)], []byte(trace)); i >= 0 {
					t.Errorf("%s at %d still says %q", name, w, trace)
				}
			}
		}
		if strings.HasPrefix(name, "HMD") && !slices.Equal(p.Widths, []int{240, 480, 960, 1600}) {
			t.Errorf("a large photo is kept at %v", p.Widths)
		}
	}
	if a, b := ingest(t, s, corner(t, 1)), ingest(t, s, corner(t, 1)); a.Hash != b.Hash {
		t.Errorf("two names for one photo: %v, %v", a, b)
	}
	names, err := s.List(context.Background(), "", 1_000)
	if err != nil || len(names) < 8 {
		t.Errorf("kept %v, %v", names, err)
	}
}

func TestRefusedPhotos(t *testing.T) {
	whole := photo(t, "landscape_1.jpg")
	for name, c := range map[string]struct {
		file []byte
		want error
	}{
		"corrupted.jpg": {photo(t, "corrupted.jpg"), media.ErrDamaged},
		"HEIF":          {photo(t, "HMD_Nokia_8.3_5G_hdr.heif"), media.ErrHEIF},
		"cut in half":   {whole[:len(whole)/2], media.ErrDamaged},
		"cut in header": {whole[:100], media.ErrDamaged},
	} {
		s := folder(t)
		if _, err := take(s, c.file); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if names, err := s.List(context.Background(), "", 10); len(names) != 0 || err != nil {
			t.Errorf("%s left %v, %v", name, names, err)
		}
	}
}

func TestRefusedFiles(t *testing.T) {
	for name, c := range map[string]struct {
		file []byte
		want error
	}{
		"empty":    {nil, media.ErrType},
		"GIF":      {[]byte("GIF89a\x01\x00\x01\x00"), media.ErrType},
		"SVG":      {[]byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`), media.ErrType},
		"HTML":     {[]byte("<html>"), media.ErrType},
		"16 MB":    {append([]byte{0xff, 0xd8, 0xff}, make([]byte, 16<<20)...), media.ErrTooLarge},
		"wide PNG": {bomb(30_000, 100), media.ErrPixels},
		"short":    {[]byte("RIFF\x00\x00\x00\x00WEBPVP8 "), media.ErrDamaged},
	} {
		if _, err := take(folder(t), c.file); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// bomb is the header of a PNG of that size, and nothing behind it.
func bomb(w, h uint32) []byte {
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32([]byte("IHDR"), w), h)
	head = append(head, 8, 6, 0, 0, 0)
	out := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), head...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(head))
}

func TestHugeHeaderTakesNoMemory(t *testing.T) {
	file, s := bomb(65_535, 65_535), folder(t)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := take(s, file)
	runtime.ReadMemStats(&after)
	if !errors.Is(err, media.ErrPixels) || after.TotalAlloc-before.TotalAlloc > 1<<20 {
		t.Errorf("%v, and %d bytes were taken", err, after.TotalAlloc-before.TotalAlloc)
	}
}

func TestTransparentIsWhite(t *testing.T) {
	m := image.NewNRGBA(image.Rect(0, 0, 300, 300))
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	s := folder(t)
	p := ingest(t, s, b.Bytes())
	if p.Colour != "#ffffff" || !slices.Equal(p.Widths, []int{240, 300}) {
		t.Errorf("%+v", p)
	}
}

func TestFolderRefusesOtherNames(t *testing.T) {
	ctx, f := context.Background(), folder(t)
	hash := strings.Repeat("ab", 32)
	for _, name := range []string{"", "../../etc/passwd", hash, hash + ".jpg", hash + "-0.jpg", hash + "-240.png", strings.ToUpper(hash) + "-240.jpg",
		hash + "-240.jpg/..", "/" + hash + "-240.jpg", hash + "-240.jpg\n", hash + "-999999.jpg", "..%2f" + hash + "-240.jpg"} {
		if _, err := f.Open(ctx, name); !errors.Is(err, media.ErrName) {
			t.Errorf("Open(%q): %v", name, err)
		}
		if err := f.Put(ctx, name, nil); !errors.Is(err, media.ErrName) {
			t.Errorf("Put(%q): %v", name, err)
		}
		if err := f.Delete(ctx, name); !errors.Is(err, media.ErrName) {
			t.Errorf("Delete(%q): %v", name, err)
		}
	}
}

func TestFolderKeepsAndForgets(t *testing.T) {
	ctx, f := context.Background(), folder(t)
	var names []string
	for _, digits := range []string{"ff", "00", "a1", "a0"} {
		names = append(names, strings.Repeat(digits, 32)+"-240.jpg", strings.Repeat(digits, 32)+"-480.jpg")
	}
	for _, n := range names {
		if err := f.Put(ctx, n, []byte(n)); err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(names)
	var got []string
	for after := ""; ; after = got[len(got)-1] {
		some, err := f.List(ctx, after, 3)
		if err != nil {
			t.Fatal(err)
		}
		if len(some) == 0 {
			break
		}
		got = append(got, some...)
	}
	if !slices.Equal(got, names) {
		t.Errorf("List: %v", got)
	}
	if err := errors.Join(f.Delete(ctx, names[0]), f.Delete(ctx, names[0])); err != nil {
		t.Error(err)
	}
	if _, err := f.Open(ctx, names[0]); !errors.Is(err, media.ErrNotFound) {
		t.Errorf("deleted: %v", err)
	}
	if b := kept(t, f, names[1]); string(b) != names[1] {
		t.Errorf("kept %q", b)
	}
}

func TestCancelledPhotoWaitsNoMore(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Nanosecond)
	defer cancel()
	<-ctx.Done()
	if _, err := media.Develop(ctx, bytes.NewReader(corner(t, 1))); err == nil {
		t.Error("a cancelled photo went through")
	}
}

func BenchmarkDevelop(b *testing.B) {
	file, s := photo(b, "HMD_Nokia_8.3_5G.jpg"), folder(b)
	b.ReportAllocs()
	for b.Loop() {
		ingest(b, s, file)
	}
}
