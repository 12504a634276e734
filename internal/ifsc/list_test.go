package ifsc_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"saebaan/internal/ifsc"
)

// Counted and summed from the source's IFSC.json by another program than gen:
// all codes sorted, one a line.
const (
	sourceCodes = 176_918
	sourceBanks = 257
	sourceNames = 1_510
	sourceSum   = "d327f3102d7e696c0f9cd242cd04a71935d210086b7aa26fa6ccd04578b262c3"
)

func codes(t testing.TB) []string {
	t.Helper()
	all, err := ifsc.Unpack(ifsc.Packed())
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestEveryCodeOfTheSourceIsKnown(t *testing.T) {
	all := codes(t)
	sum := sha256.Sum256([]byte(strings.Join(all, "\n") + "\n"))
	if len(all) != sourceCodes || hex.EncodeToString(sum[:]) != sourceSum {
		t.Errorf("%d codes with sum %x, the source has %d with %s", len(all), sum, sourceCodes, sourceSum)
	}
	banks := map[string]bool{}
	for i, code := range all {
		banks[code[:4]] = true
		if !ifsc.Known(code) || i > 0 && all[i-1] >= code {
			t.Fatalf("%s is not known or stands out of order", code)
		}
	}
	if len(banks) != sourceBanks {
		t.Errorf("%d banks", len(banks))
	}
}

// TestMutationsAreNotKnown changes one or two places of listed codes and looks
// the results up by walking the whole list.
func TestMutationsAreNotKnown(t *testing.T) {
	const letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	random := rand.New(rand.NewPCG(20251114, 1))
	all := codes(t)
	listed := map[string]bool{}
	for len(listed) < 12_000 {
		code := []byte(all[random.IntN(len(all))])
		for range 1 + random.IntN(2) {
			code[random.IntN(len(code))] = letters[random.IntN(len(letters))]
		}
		listed[string(code)] = false
	}
	for _, code := range all {
		if _, made := listed[code]; made {
			listed[code] = true
		}
	}
	unlisted := 0
	for code, want := range listed {
		if ifsc.Known(code) != want {
			t.Errorf("Known(%s) = %v", code, !want)
		}
		if !want {
			unlisted++
		}
	}
	if unlisted < 10_000 {
		t.Errorf("only %d mutations are not in the list", unlisted)
	}
}

func TestEdgesOfEachBank(t *testing.T) {
	all := codes(t)
	for i, code := range all {
		first := i == 0 || all[i-1][:4] != code[:4]
		if low := code[:4] + "0000000"; first && ifsc.Known(low) != (low == code) {
			t.Errorf("Known(%s) is wrong", low)
		}
		last := i == len(all)-1 || all[i+1][:4] != code[:4]
		if high := code[:4] + "0ZZZZZZ"; last && ifsc.Known(high) != (high == code) {
			t.Errorf("Known(%s) is wrong", high)
		}
	}
}

func TestADamagedFileIsNeverRead(t *testing.T) {
	good := ifsc.Packed()
	for at := 10; at < len(good); at += len(good) / 40 { // gzip's own header, before, carries nothing
		bad := bytes.Clone(good)
		bad[at] ^= 1
		if _, err := ifsc.Unpack(bad); err == nil {
			t.Errorf("a wrong bit at %d is not seen", at)
		}
		if _, err := ifsc.Unpack(good[:at]); err == nil {
			t.Errorf("a file of %d bytes is not seen as short", at)
		}
	}
	for name, bad := range map[string][]byte{"nothing": nil, "twice": append(bytes.Clone(good), good...), "more": append(bytes.Clone(good), 0)} {
		if _, err := ifsc.Unpack(bad); err == nil {
			t.Errorf("%s is read", name)
		}
	}
}

// TestAWrongListIsRefused packs lists whose checksum fits and whose content does not.
func TestAWrongListIsRefused(t *testing.T) {
	for _, c := range []struct{ name, raw, err string }{
		{"two banks", "\x03AAAA\x02\x01\x01AAAB\x01\x02", ""},
		{"one code too few", "\x04AAAA\x02\x01\x01AAAB\x01\x02", "damaged"},
		{"one code too many", "\x02AAAA\x02\x01\x01AAAB\x01\x02", "damaged"},
		{"a code twice", "\x02AAAA\x02\x01\x00", "damaged"},
		{"a bank twice", "\x02AAAA\x01\x01AAAA\x01\x02", "damaged"},
		{"banks out of order", "\x02AAAB\x01\x01AAAA\x01\x02", "damaged"},
		{"a bank without branches", "\x00AAAA\x00", "damaged"},
		{"more than six letters", "\x01AAAA\x01\x81\xa0\xfc\x8d\x08", "damaged"}, // 36⁶+1
		{"cut in the letters", "\x02AAAA\x02\x01\x01AA", "damaged"},
		{"cut in the branches", "\x02AAAA\x02\x01\x81", "damaged"},
		{"no count", "", "damaged"},
	} {
		var packed bytes.Buffer
		zip := gzip.NewWriter(&packed)
		_, err := zip.Write([]byte(c.raw))
		if err := errors.Join(err, zip.Close()); err != nil {
			t.Fatal(err)
		}
		got, err := ifsc.Unpack(packed.Bytes())
		if (err == nil) != (c.err == "") {
			t.Errorf("%s: %v, %v", c.name, got, err)
		}
		if err == nil && strings.Join(got, " ") != "AAAA0000000 AAAA0000001 AAAB0000001" {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestBankNamesAreSortedAndFound(t *testing.T) {
	line := regexp.MustCompile(`^[A-Z]{4}\t\S.*\S$`)
	rows := strings.Split(strings.Trim(ifsc.BankNames(), "\n"), "\n")
	if len(rows) != sourceNames || !slices.IsSorted(rows) {
		t.Errorf("%d names", len(rows))
	}
	for _, row := range rows {
		bank, name, _ := strings.Cut(row, "\t")
		if !line.MatchString(row) || ifsc.Bank(bank+"0000001") != name {
			t.Errorf("%q is not found", row)
		}
	}
	named := map[string]bool{}
	for _, code := range codes(t) {
		if _, seen := named[code[:4]]; !seen {
			named[code[:4]] = ifsc.Bank(code) != ""
		}
	}
	var without []string
	for bank, ok := range named {
		if !ok {
			without = append(without, bank)
		}
	}
	slices.Sort(without)
	if got := strings.Join(without, " "); got != "ADBK BCHN CCIL GABK GSSB HITP INPA NHBA PHNP PPNT TCBR UCLB USCB VSBA VTBJ" {
		t.Errorf("without a name in the source: %s", got)
	}
}

func TestLoadingIsSmall(t *testing.T) {
	start := time.Now()
	size := ifsc.Size()
	took := time.Since(start)
	t.Logf("%d bytes of file, %d in memory, %v to unpack", len(ifsc.Packed()), size, took)
	if len(ifsc.Packed()) > 450_000 || size > 8<<20 {
		t.Errorf("%d bytes of file, %d in memory", len(ifsc.Packed()), size)
	}
}

func BenchmarkUnpack(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		ifsc.Size()
	}
}

func BenchmarkKnown(b *testing.B) {
	for b.Loop() {
		ifsc.Known("PUNB0SUPGB5")
	}
}

func BenchmarkBank(b *testing.B) {
	for b.Loop() {
		ifsc.Bank("ZZZZ0000001")
	}
}
