// Command gen makes the embedded files of package ifsc from the folder src of
// the unpacked npm package ifsc. It refuses a source with a code that is not
// well formed or stands twice, and prints the count and the SHA-256 of all codes
// in order, one a line, for the tests.
package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"saebaan/internal/ifsc"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: gen SOURCE-FOLDER TARGET-FOLDER")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(source, target string) error {
	codes, err := readCodes(filepath.Join(source, "IFSC.json"))
	if err != nil {
		return err
	}
	names, err := readNames(filepath.Join(source, "banknames.json"))
	if err != nil {
		return err
	}
	packed, err := pack(codes)
	if err != nil {
		return err
	}
	if err := write(filepath.Join(target, "codes.bin.gz"), packed); err != nil {
		return err
	}
	if err := write(filepath.Join(target, "banks.tsv"), names); err != nil {
		return err
	}
	fmt.Printf("%d codes, sha256 %x, %d bytes\n", len(codes), sha256.Sum256([]byte(strings.Join(codes, "\n")+"\n")), len(packed))
	return nil
}

func write(file string, content []byte) error {
	return os.WriteFile(file, content, 0o644) // #nosec G306 -- a file of the source tree
}

// readCodes expands the source: bank letters to branches, where a number stands
// for six digits without its leading zeros.
func readCodes(file string) ([]string, error) {
	raw, err := os.ReadFile(file) // #nosec G304 -- the person who generates names the folder
	if err != nil {
		return nil, err
	}
	var banks map[string][]json.RawMessage
	if err := json.Unmarshal(raw, &banks); err != nil {
		return nil, err
	}
	var codes []string
	for bank, branches := range banks {
		for _, b := range branches {
			branch := strings.Trim(string(b), `"`)
			code := bank + "0" + strings.Repeat("0", max(0, 6-len(branch))) + branch
			if !ifsc.WellFormed(code) {
				return nil, fmt.Errorf("%s of %s is not well formed", b, bank)
			}
			codes = append(codes, code)
		}
	}
	slices.Sort(codes)
	if n := len(slices.Compact(slices.Clone(codes))); n != len(codes) {
		return nil, fmt.Errorf("%d codes stand twice", len(codes)-n)
	}
	return codes, nil
}

// readNames writes one bank a line: letters, tab, name; a line break stands
// before the first, so that each can be found by the break before it.
func readNames(file string) ([]byte, error) {
	raw, err := os.ReadFile(file) // #nosec G304 -- the person who generates names the folder
	if err != nil {
		return nil, err
	}
	var names map[string]string
	if err := json.Unmarshal(raw, &names); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	out.WriteByte('\n')
	for _, bank := range slices.Sorted(maps.Keys(names)) {
		fmt.Fprintf(&out, "%s\t%s\n", bank, strings.Join(strings.Fields(names[bank]), " "))
	}
	return out.Bytes(), nil
}

func pack(codes []string) ([]byte, error) {
	raw := binary.AppendUvarint(nil, uint64(len(codes)))
	for rest := codes; len(rest) > 0; {
		bank := rest[0][:4]
		n := slices.IndexFunc(rest, func(c string) bool { return c[:4] != bank })
		if n < 0 {
			n = len(rest)
		}
		raw = binary.AppendUvarint(append(raw, bank...), uint64(n))
		before := int64(-1)
		for _, code := range rest[:n] {
			branch, err := strconv.ParseInt(code[5:], 36, 64)
			if err != nil {
				return nil, err
			}
			raw = binary.AppendUvarint(raw, uint64(branch-before))
			before = branch
		}
		rest = rest[n:]
	}
	var out bytes.Buffer
	zip, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := zip.Write(raw); err != nil {
		return nil, err
	}
	if err := zip.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
