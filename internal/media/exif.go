package media

import (
	"bytes"
	"encoding/binary"
)

// orientation is the EXIF Orientation tag, 1 to 8, of a JPEG, PNG or WebP file;
// 1, upright, when there is none or it makes no sense.
func orientation(file []byte) int {
	var exif []byte
	switch {
	case bytes.HasPrefix(file, magicJPEG):
		exif = exifOfJPEG(file)
	case bytes.HasPrefix(file, magicPNG):
		exif = exifOfPNG(file)
	case isWebP(file):
		exif = exifOfWebP(file)
	}
	return orientationOf(exif)
}

// exifOfJPEG walks the segments before the picture (ITU T.81, B.1.1.4).
func exifOfJPEG(file []byte) []byte {
	for i := 2; i+4 <= len(file) && file[i] == 0xff; {
		marker, size := file[i+1], int(binary.BigEndian.Uint16(file[i+2:]))
		if marker == 0xff { // padding
			i++
			continue
		}
		if marker == 0xda || size < 2 || i+2+size > len(file) {
			return nil
		}
		if body, ok := bytes.CutPrefix(file[i+4:i+2+size], []byte("Exif\x00\x00")); ok && marker == 0xe1 {
			return body
		}
		i += 2 + size
	}
	return nil
}

// exifOfPNG walks the chunks for eXIf (PNG, third edition, 11.3.4.4).
func exifOfPNG(file []byte) []byte {
	for i := len(magicPNG); i+8 <= len(file); {
		size := int(binary.BigEndian.Uint32(file[i:]))
		if size < 0 || size > len(file)-i-8 {
			return nil
		}
		if string(file[i+4:i+8]) == "eXIf" {
			return file[i+8 : i+8+size]
		}
		i += 12 + size
	}
	return nil
}

// exifOfWebP walks the chunks for EXIF (WebP container, metadata).
func exifOfWebP(file []byte) []byte {
	for i := 12; i+8 <= len(file); {
		size := int(binary.LittleEndian.Uint32(file[i+4:]))
		if size < 0 || size > len(file)-i-8 {
			return nil
		}
		if string(file[i:i+4]) == "EXIF" {
			return bytes.TrimPrefix(file[i+8:i+8+size], []byte("Exif\x00\x00"))
		}
		i += 8 + size + size%2
	}
	return nil
}

// orientationOf reads tag 0x0112 of the first directory (TIFF 6.0, section 2).
func orientationOf(tiff []byte) int {
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder
	switch string(tiff[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return 1
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 1
	}
	entries := int64(order.Uint16(tiff[at:]))
	for i := range entries {
		e := at + 2 + 12*i
		if e+12 > int64(len(tiff)) {
			return 1
		}
		const tagOrientation, typeShort = 0x0112, 3
		if order.Uint16(tiff[e:]) != tagOrientation {
			continue
		}
		if v := int(order.Uint16(tiff[e+8:])); order.Uint16(tiff[e+2:]) == typeShort && v >= 1 && v <= 8 {
			return v
		}
		return 1
	}
	return 1
}
