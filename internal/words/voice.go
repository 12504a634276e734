package words

import (
	"archive/zip"
	"bytes"
	_ "embed"
	"encoding/binary"
	"fmt"
	"io"
)

//go:embed hi.zip
var hindi []byte

//go:embed ur.zip
var urdu []byte

var clips = map[string][]byte{"hi": hindi, "ur": urdu}

// Voice is the tokens, of amounts and phrases, spoken one after the other in
// "hi" or "ur": a WAV of 8 kHz, mono, 8-bit unsigned PCM, with 44 bytes before
// the samples. ErrClip names a token or language that has no recording.
func Voice(tokens []string, lang string) ([]byte, error) {
	packed, ok := clips[lang]
	if !ok {
		return nil, ErrClip.Because(fmt.Errorf("language %q", lang))
	}
	archive, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		return nil, ErrClip.Because(err)
	}
	var samples []byte
	for _, t := range tokens {
		clip, err := samplesOf(archive, t)
		if err != nil {
			return nil, ErrClip.Because(fmt.Errorf("token %q in %s: %w", t, lang, err))
		}
		samples = append(samples, clip...)
	}
	return riff(samples), nil
}

func samplesOf(archive *zip.Reader, token string) ([]byte, error) {
	f, err := archive.Open(token + ".wav")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	wav, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	if len(wav) < headerSize || !bytes.Equal(wav[12:40], format) {
		return nil, fmt.Errorf("not 8 kHz mono 8-bit PCM")
	}
	size := binary.LittleEndian.Uint32(wav[40:])
	if uint64(size) > uint64(len(wav)-headerSize) {
		return nil, fmt.Errorf("cut short")
	}
	return wav[headerSize:][:size], nil
}

const headerSize = 44

// format is the fmt chunk and the name of the data chunk: 16 bytes that say
// PCM (1), one channel, 8,000 samples and 8,000 bytes a second, one byte and 8
// bits a sample (RIFF WAVE, Microsoft and IBM, 1991).
var format = []byte("fmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x40\x1f\x00\x00\x01\x00\x08\x00data")

// riff puts the header before samples and makes the file even, as RIFF wants;
// the byte added is not counted as a sample.
func riff(samples []byte) []byte {
	size := uint32(len(samples))
	out := make([]byte, 0, headerSize+len(samples)+1)
	out = append(out, "RIFF"...)
	out = binary.LittleEndian.AppendUint32(out, headerSize-8+size+size%2)
	out = append(append(out, "WAVE"...), format...)
	out = binary.LittleEndian.AppendUint32(out, size)
	return append(append(out, samples...), make([]byte, size%2)...)
}
