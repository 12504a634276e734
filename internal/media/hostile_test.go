package media_test

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"golang.org/x/image/webp"

	"saebaan/internal/media"
)

// mostRefused is how much memory refusing a file may take in all.
const mostRefused = 50 << 20

type hostile struct {
	name string
	file []byte
	want error // nil: it is a photo and must work
}

func chunkPNG(kind string, body []byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	out = append(append(out, kind...), body...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
}

// flatPNG is a PNG whose pixels are all zero, in depth, colour type and interlace method.
func flatPNG(t *testing.T, w, h int, kind [3]byte) []byte {
	t.Helper()
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(w)), uint32(h))
	head = append(head, kind[0], kind[1], 0, 0, kind[2])
	var body bytes.Buffer
	z, err := zlib.NewWriterLevel(&body, zlib.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	channels := map[byte]int{0: 1, 2: 3, 6: 4}[kind[1]]
	lines := func(w, h int) {
		if w > 0 && h > 0 {
			for range h {
				_, _ = z.Write(make([]byte, 1+(w*channels*int(kind[0])+7)/8)) // to memory
			}
		}
	}
	if kind[2] == 0 {
		lines(w, h)
	} else {
		for _, pass := range [][4]int{{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}} {
			lines((w-pass[0]+pass[2]-1)/pass[2], (h-pass[1]+pass[3]-1)/pass[3])
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return slices.Concat([]byte("\x89PNG\r\n\x1a\n"), chunkPNG("IHDR", head), chunkPNG("IDAT", body.Bytes()), chunkPNG("IEND", nil))
}

// noise is a picture that does not compress.
func noise(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	r := rand.New(rand.NewPCG(1, 2))
	for i := range m.Pix {
		m.Pix[i] = byte(r.Uint32()) | byte(255*(i&3/3))
		if i&3 == 3 {
			m.Pix[i] = 255
		}
	}
	return m
}

func jpegOf(t *testing.T, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pngOf(t *testing.T, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// sized is a JPEG whose head says another size and, with 0xc2, that it is progressive.
func sized(file []byte, w, h uint16, marker byte) []byte {
	out := slices.Clone(file)
	at := bytes.Index(out, []byte{0xff, 0xc0})
	out[at+1] = marker
	binary.BigEndian.PutUint16(out[at+5:], h)
	binary.BigEndian.PutUint16(out[at+7:], w)
	return out
}

// exifJPEG puts an EXIF block before the pictures of a JPEG.
func exifJPEG(file, tiff []byte) []byte {
	body := append([]byte("Exif\x00\x00"), tiff...)
	return slices.Concat(file[:2], []byte{0xff, 0xe1}, binary.BigEndian.AppendUint16(nil, uint16(len(body)+2)), body, file[2:])
}

func riff(chunks ...string) []byte {
	body := "WEBP" + strings.Join(chunks, "")
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

func chunkWebP(kind string, body []byte) string {
	return string(binary.LittleEndian.AppendUint32([]byte(kind), uint32(len(body)))) + string(body) + string(make([]byte, len(body)%2))
}

// vp8x is the head of an extended WebP file.
func vp8x(flags byte, w, h int) string {
	size := func(n int) []byte { return []byte{byte(n - 1), byte((n - 1) >> 8), byte((n - 1) >> 16)} }
	return chunkWebP("VP8X", slices.Concat([]byte{flags, 0, 0, 0}, size(w), size(h)))
}

// realWebP is a lossy WebP that a browser made, as is in testdata.
func realWebP(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func hostiles(t *testing.T) []hostile {
	good := jpegOf(t, noise(300, 200))
	large := jpegOf(t, noise(2_000, 1_500))
	pixels := realWebP(t, "browser-640.webp")[12:]
	loop := append([]byte("MM\x00*\x00\x00\x00\x08\xff\xff"), bytes.Repeat([]byte("\x01\x13\x00\x04\x00\x00\x00\x01\x00\x00\x00\x08"), 5_000)...)
	frames := &gif.GIF{}
	one := image.NewPaletted(image.Rect(0, 0, 2, 2), color.Palette{color.Black, color.White})
	for range 10_000 {
		frames.Image, frames.Delay = append(frames.Image, one), append(frames.Delay, 1)
	}
	var movie bytes.Buffer
	if err := gif.EncodeAll(&movie, frames); err != nil {
		t.Fatal(err)
	}
	return []hostile{
		{"bomb.png", flatPNG(t, 7_000, 7_000, [3]byte{8, 6, 0}), media.ErrPixels},
		{"bomb16.png", flatPNG(t, 3_500, 3_500, [3]byte{16, 6, 0}), media.ErrPixels},
		{"bomb-interlaced.png", flatPNG(t, 5_000, 5_000, [3]byte{8, 2, 1}), media.ErrPixels},
		{"65535.png", bomb(65_535, 65_535), media.ErrPixels},
		{"65535.jpg", sized(good, 65_535, 65_535, 0xc0), media.ErrPixels},
		{"long.png", bomb(1, 2_000_000_000), media.ErrPixels},
		{"empty-progressive.jpg", sized(good, 4_000, 3_000, 0xc2), media.ErrPixels},
		{"empty.jpg", sized(good, 4_000, 3_000, 0xc0), media.ErrDamaged},
		{"dense-progressive.jpg", sized(large, 7_000, 7_000, 0xc2), media.ErrPixels},
		{"zero.jpg", sized(good, 0, 0, 0xc0), media.ErrDamaged},
		{"truncated.jpg", large[:len(large)/2], media.ErrDamaged},
		{"truncated.png", pngOf(t, noise(500, 500))[:300_000], media.ErrDamaged},
		{"head.jpg", good[:20], media.ErrDamaged},
		{"headless.png", []byte("\x89PNG\r\n\x1a\n"), media.ErrDamaged},
		{"wrong-type.jpg", []byte("<?php echo 1; ?>"), media.ErrType},
		{"script.svg", []byte("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"), media.ErrType},
		{"GIF 10,000 frames", movie.Bytes(), media.ErrType},
		{"TIFF", []byte("II*\x00\x08\x00\x00\x00\x00\x00"), media.ErrType},
		{"BMP", append([]byte("BM"), make([]byte, 60)...), media.ErrType},
		{"phone.heic", []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), media.ErrHEIF},
		{"phone.avif", []byte("\x00\x00\x00\x18ftypavif\x00\x00\x00\x00mif1avif"), media.ErrHEIF},
		{"moving.webp", riff(vp8x(0x02, 640, 480), chunkWebP("ANIM", make([]byte, 6)), chunkWebP("ANMF", append(make([]byte, 16), pixels...))), media.ErrMoving},
		{"huge-chunk.webp", riff("VP8 \xff\xff\xff\xff"), media.ErrDamaged},
		{"huge-riff.webp", []byte("RIFF\xff\xff\xff\xffWEBPVP8 \x00\x00\x00\x00"), media.ErrDamaged},
		{"bomb.webp", riff(vp8x(0, 16_384, 16_384), string(pixels)), media.ErrPixels},
		{"other-size.webp", riff(vp8x(0, 4_000, 3_000), string(pixels)), media.ErrDamaged},
		{"bomb-lossless.webp", riff(chunkWebP("VP8L", []byte{0x2f, 0xff, 0xff, 0xff, 0x0f, 0})), media.ErrPixels},
		{"huge-chunk.png", append(bomb(10, 10), "\xff\xff\xff\xffIDAT"...), media.ErrDamaged},
		{"huge-text.png", slices.Concat(bomb(10, 10), binary.BigEndian.AppendUint32(nil, 0x7fffffff), []byte("tEXt")), media.ErrDamaged},
		{"16 MB", append(slices.Clone(good), make([]byte, 16<<20)...), media.ErrTooLarge},
		{"empty", nil, media.ErrType},
		{"two bytes", []byte{0xff, 0xd8}, media.ErrType},

		{"polyglot.jpg", append(slices.Clone(good), "PK\x03\x04<script>alert(1)</script>"...), nil},
		{"loop.jpg", exifJPEG(good, loop), nil},
		{"far.jpg", exifJPEG(good, []byte("II*\x00\xff\xff\xff\xff")), nil},
		{"padded.jpg", slices.Concat(good[:2], bytes.Repeat([]byte{0xff}, 1_000), good[2:]), nil},
		{"gray16.png", flatPNG(t, 300, 200, [3]byte{16, 0, 0}), nil},
		{"rgba16.png", flatPNG(t, 300, 200, [3]byte{16, 6, 0}), nil},
		{"interlaced.png", flatPNG(t, 301, 203, [3]byte{8, 6, 1}), nil},
		{"bits.png", flatPNG(t, 300, 200, [3]byte{1, 0, 0}), nil},
		{"palette.png", pngOf(t, one), nil},
		{"cmyk.jpg", realWebP(t, "cmyk.jpg"), nil},
		{"progressive.jpg", realWebP(t, "progressive.jpg"), nil},
		{"polyglot.webp", append(realWebP(t, "browser-640.webp"), "<script>alert(1)</script>"...), nil},
	}
}

func TestHostileFiles(t *testing.T) {
	files := hostiles(t)
	if len(files) < 30 {
		t.Fatalf("only %d files", len(files))
	}
	for _, h := range files {
		s := folder(t)
		runtime.GC()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		p, err := take(s, h.file)
		runtime.ReadMemStats(&after)
		if !errors.Is(err, h.want) {
			t.Errorf("%s: %v, want %v", h.name, err, h.want)
		}
		// What was taken in all bounds what was held at any moment.
		if taken := after.TotalAlloc - before.TotalAlloc; h.want != nil && taken > mostRefused {
			t.Errorf("%s: refused, but it took %d MB", h.name, taken>>20)
		}
		names, err := s.List(context.Background(), "", 100)
		if err != nil || h.want != nil && len(names) != 0 {
			t.Errorf("%s left %v, %v", h.name, names, err)
		}
		if h.want == nil {
			clean(t, s, h.name, p)
		}
	}
}

// clean checks that every stored byte is a picture's and nothing else's.
func clean(t *testing.T, s media.Store, name string, p media.Photo) {
	t.Helper()
	if len(p.Widths) == 0 {
		t.Errorf("%s: nothing was kept", name)
	}
	for _, w := range p.Widths {
		b := kept(t, s, p.Name(w))
		if c, err := jpeg.DecodeConfig(bytes.NewReader(b)); err != nil || c.Width != w {
			t.Errorf("%s at %d: %v, %v", name, w, c, err)
		}
		traceless(t, fmt.Sprintf("%s at %d", name, w), b)
	}
	for _, w := range p.WebP {
		traceless(t, fmt.Sprintf("%s at %d in WebP", name, w), kept(t, s, p.WebPName(w)))
	}
}

func traceless(t *testing.T, name string, b []byte) {
	t.Helper()
	for _, trace := range []string{"Exif", "EXIF", "GPS", "XMP ", "ICCP", "ns.adobe.com", "<script", "ICC_PROFILE", "Photoshop"} {
		if bytes.Contains(b, []byte(trace)) {
			t.Errorf("%s still says %q", name, trace)
		}
	}
}

// Every real photo beside the project is kept clean, or refused for its reason.
func TestEveryRealPhoto(t *testing.T) {
	photo(t, "no_exif.jpg") // or it skips
	found, err := os.ReadDir(filepath.Join("..", "..", "..", "shared", "data", "photos"))
	if err != nil {
		t.Fatal(err)
	}
	refused := map[string]error{"corrupted.jpg": media.ErrDamaged, "HMD_Nokia_8.3_5G_hdr.heif": media.ErrHEIF}
	for _, e := range found {
		s := folder(t)
		p, err := take(s, photo(t, e.Name()))
		if !errors.Is(err, refused[e.Name()]) {
			t.Errorf("%s: %v, want %v", e.Name(), err, refused[e.Name()])
		}
		if err == nil {
			clean(t, s, e.Name(), p)
		}
	}
	if len(found) < 14 {
		t.Errorf("only %d photos", len(found))
	}
}

// A WebP that the sender made is kept without what came with it, in each width
// that shows the same; its own JPEGs are made besides.
func TestWebPOfTheSender(t *testing.T) {
	together := func(names ...string) []byte {
		var out []byte
		for _, n := range names {
			out = append(out, realWebP(t, n)...)
		}
		return out
	}
	for what, c := range map[string]struct {
		file   []byte
		widths []int
		webp   []int
	}{
		"all widths":            {together("browser-640.webp", "browser-480.webp", "browser-240.webp"), []int{240, 480, 640}, []int{240, 480, 640}},
		"with metadata":         {together("metadata-640.webp"), []int{240, 480, 640}, []int{640}},
		"another picture":       {together("browser-640.webp", "other-480.webp", "browser-240.webp"), []int{240, 480, 640}, []int{240, 640}},
		"twice the same":        {together("browser-640.webp", "browser-480.webp", "browser-480.webp"), []int{240, 480, 640}, []int{480, 640}},
		"larger ones behind":    {together("browser-240.webp", "browser-640.webp"), []int{240}, []int{240}},
		"something else behind": {append(together("browser-640.webp"), "<script>alert(1)</script>"...), []int{240, 480, 640}, []int{640}},
		"transparent":           {together("alpha-320.webp"), []int{240, 320}, nil},
		"to be turned":          {together("turned-320.webp"), []int{240}, nil},
		"lossless":              {together("lossless-64.webp"), []int{64}, []int{64}},
		"a JPEG before it":      {append(jpegOf(t, noise(300, 200)), together("browser-240.webp")...), []int{240, 300}, nil},
	} {
		s := folder(t)
		p, err := take(s, c.file)
		if err != nil || !slices.Equal(p.Widths, c.widths) || !slices.Equal(p.WebP, c.webp) {
			t.Errorf("%s: %+v, %v", what, p, err)
			continue
		}
		names, err := s.List(context.Background(), "", 100)
		if err != nil || len(names) != len(c.widths)+len(c.webp) {
			t.Errorf("%s: kept %v, %v", what, names, err)
		}
		clean(t, s, what, p)
		for _, w := range p.WebP {
			b := kept(t, s, p.WebPName(w))
			if int(binary.LittleEndian.Uint32(b[4:]))+8 != len(b) || !slices.Contains([]string{"VP8 ", "VP8L"}, string(b[12:16])) {
				t.Errorf("%s: %d bytes in WebP at %d begin with %q", what, len(b), w, b[:16])
			}
			m, err := webp.Decode(bytes.NewReader(b))
			if err != nil || m.Bounds().Dx() != w {
				t.Errorf("%s: WebP at %d: %v", what, w, err)
			}
		}
		if what == "to be turned" && (p.Width != 240 || p.Height != 320) {
			t.Errorf("%s: %d × %d", what, p.Width, p.Height)
		}
	}
}
