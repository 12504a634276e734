package words_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"saebaan/internal/money"
	"saebaan/internal/words"
)

var phrases = []string{words.Owed, words.Paid, words.Earned, words.Total}

// samples checks the header of a WAV field by field and returns what is spoken.
func samples(t rapid.TB, wav []byte) []byte {
	le := binary.LittleEndian
	size := le.Uint32(wav[40:])
	switch {
	case string(wav[:4]) != "RIFF" || string(wav[8:16]) != "WAVEfmt " || string(wav[36:40]) != "data":
		t.Fatalf("chunks: %q", wav[:44])
	case le.Uint32(wav[16:]) != 16 || le.Uint16(wav[20:]) != 1 || le.Uint16(wav[22:]) != 1:
		t.Fatalf("not PCM of one channel: % x", wav[:44])
	case le.Uint32(wav[24:]) != 8000 || le.Uint32(wav[28:]) != 8000 || le.Uint16(wav[32:]) != 1 || le.Uint16(wav[34:]) != 8:
		t.Fatalf("not 8 kHz of 8 bits: % x", wav[:44])
	case int(le.Uint32(wav[4:])) != len(wav)-8 || len(wav)%2 != 0 || int(size)+int(size%2) != len(wav)-44:
		t.Fatalf("%d bytes, RIFF says %d, data %d", len(wav), le.Uint32(wav[4:]), size)
	}
	return wav[44:][:size]
}

func spoken(t rapid.TB, lang string, tokens ...string) []byte {
	wav, err := words.Voice(tokens, lang)
	if err != nil {
		t.Fatal(err)
	}
	return samples(t, wav)
}

func TestVoiceIsItsClipsInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lang := rapid.SampledFrom([]string{"hi", "ur"}).Draw(t, "lang")
		p := money.Paise(rapid.Int64Range(-int64(money.Max), int64(money.Max)).Draw(t, "p"))
		tokens := append([]string{rapid.SampledFrom(phrases).Draw(t, "phrase")}, words.Tokens(p, lang)...)
		var want []byte
		for _, token := range tokens {
			want = append(want, spoken(t, lang, token)...)
		}
		if got := spoken(t, lang, tokens...); !bytes.Equal(got, want) {
			t.Fatalf("%d samples, the clips have %d", len(got), len(want))
		}
	})
	if got := spoken(t, "hi"); len(got) != 0 {
		t.Errorf("no token makes %d samples", len(got))
	}
}

// Every word but the English "and" is spoken, audibly, in a time a word takes,
// and no two words of a language sound the same.
func TestEveryWordHasAClip(t *testing.T) {
	for _, lang := range []string{"hi", "ur"} {
		seen := map[string]string{}
		for _, row := range rows(t, "words.tsv", 113) {
			if row[0] == "and" {
				continue
			}
			clip := spoken(t, lang, row[0])
			if len(clip) < 1600 || len(clip) > 20_000 {
				t.Errorf("%s %s: %d ms", lang, row[0], len(clip)/8)
			}
			loudest := 0
			for _, s := range clip {
				loudest = max(loudest, int(s)-128, 128-int(s))
			}
			if loudest < 60 || loudest > 127 {
				t.Errorf("%s %s: loudest sample is %d of 128", lang, row[0], loudest)
			}
			if other, taken := seen[string(clip)]; taken {
				t.Errorf("%s: %s sounds like %s", lang, row[0], other)
			}
			seen[string(clip)] = row[0]
		}
	}
}

// The archives carry what was spoken: a word changed without running clips.sh
// is caught here.
func TestClipsAreMadeFromTheseWords(t *testing.T) {
	for column, lang := range map[int]string{4: "hi", 5: "ur"} {
		var want strings.Builder
		for _, row := range rows(t, "words.tsv", 113) {
			if row[column] != "" {
				want.WriteString(row[0] + "\t" + row[column] + "\n")
			}
		}
		if got := member(t, lang+".zip", "said.tsv"); got != want.String() {
			t.Errorf("%s.zip was made from other words; run clips.sh", lang)
		}
	}
}

func member(t *testing.T, archive, name string) string {
	t.Helper()
	z, err := zip.OpenReader(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	f, err := z.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestWhatHasNoClipIsNamed(t *testing.T) {
	for _, c := range [][2]string{{"n100", "hi"}, {"and", "ur"}, {"../n1", "hi"}, {"said.tsv", "hi"}, {"n1 ", "ur"}} {
		_, err := words.Voice([]string{"n1", c[0]}, c[1])
		if !errors.Is(err, words.ErrClip) || !strings.Contains(err.Error(), `"`+c[0]+`"`) {
			t.Errorf("%q: %v", c[0], err)
		}
	}
	if _, err := words.Voice([]string{"n1"}, "en"); !errors.Is(err, words.ErrClip) || !strings.Contains(err.Error(), `"en"`) {
		t.Errorf("English: %v", err)
	}
}
