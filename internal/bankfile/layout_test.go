package bankfile_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"strings"
	"testing"

	"saebaan/internal/bankfile"
)

// A layout that was used is never edited: a file made with it must come out the
// same for ever. Make a new version beside it and add its line here.
var sealed = map[string]string{
	"generic_csv.1":  "471e74f7ffde278dd3b02013f5f479f9dd5bd7a965a15e608ba71f56850dc896",
	"generic_xlsx.1": "7d37490451f3e35c2af5a3ee1c2f1dfbdc45e2b341a66049e4e7956a2e03d6a2",
	"hdfc_enet.1":    "eedbaabdc9978a3160b286e05321206f2c2199b6123af77e000994f1dfb87ce8",
	"hdfc_value.1":   "f8a04cd427f8a520b8c58d8179a0d57bbe6153f966b58591ef995b66816e6a78",
	"union_neft.1":   "48a2c27737f9653430d2e9b68b052d2db36eeb0a82990a94bb4e49024cccd221",
	"upi_list.1":     "62ccdfa7f3507b6af00424736ee9e2065861a47ee7f5aeee80112bf9624796b0",
	"vouchers.2":     "eddaa43a44133e2a01b1e917147c29142d4ccf01455edd7bccba120ff5ebbec8",
}

func TestLayoutsAreNeverEdited(t *testing.T) {
	for _, l := range bankfile.Layouts() {
		raw, err := bankfile.LayoutFiles.ReadFile("layouts/" + l.ID + ".toml")
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(raw)
		if got := hex.EncodeToString(sum[:]); got != sealed[l.ID] {
			t.Errorf("%s is not what it was, or is new:\n\t%q: %q,", l.ID, l.ID, got)
		}
	}
	if len(bankfile.Layouts()) != len(sealed) {
		t.Errorf("%d layouts, %d sealed", len(bankfile.Layouts()), len(sealed))
	}
}

func TestByID(t *testing.T) {
	l, err := bankfile.ByID("union_neft.1")
	if err != nil || l.Name.En == "" || l.MaxBytes != 2<<20 || l.Rails["NEFT"] != "NEFT" || len(l.Row) != 11 {
		t.Errorf("%+v, %v", l, err)
	}
	if _, err := bankfile.ByID("union_neft.99"); !errors.Is(err, bankfile.ErrLayout) {
		t.Errorf("an unknown layout: %v", err)
	}
	if hi := l.Name.Hi; strings.ContainsAny(hi, "abcdefghijklmnopqrstuvwxyz") {
		t.Errorf("Latin letters in %q", hi)
	}
}

// parsed is a layout of testdata.
func parsed(t *testing.T, name string) bankfile.Layout {
	t.Helper()
	l, err := bankfile.ParseLayout(read(t, name))
	if err != nil {
		t.Fatal(name, err)
	}
	return l
}

func read(t *testing.T, name string) string {
	t.Helper()
	raw, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestALayoutThatCannotBeRightIsRefused(t *testing.T) {
	fixed, piped := read(t, "fixed.toml"), read(t, "piped.toml")
	for _, c := range []struct{ name, text, is, becomes string }{
		{"no version", fixed, `id = "fixed.1"`, `id = "fixed"`},
		{"unknown kind", fixed, `kind = "fixed"`, `kind = "pdf"`},
		{"a misspelled key", fixed, `max_rows = 1000`, "max_rows = 1000\nmax_row = 7"},
		{"no rows allowed", fixed, `max_rows = 1000`, `max_rows = 0`},
		{"too many rows", fixed, `max_rows = 1000`, `max_rows = 1000000`},
		{"an unknown rail", fixed, `IMPS = "M"`, `RTGS = "R"`},
		{"an unknown value", fixed, `value = "{ifsc}"`, `value = "{iban}"`},
		{"a payment's value in the header", fixed, `value = "{client}"`, `value = "{account}"`},
		{"a payment's value in the file's name", fixed, `file = "{client}.{serial3}"`, `file = "{account}"`},
		{"no file name", fixed, `file = "{client}.{serial3}"`, `file = ""`},
		{"a name that does not stand alone", fixed, `value = "{name}"`, `value = "Smt {name}"`},
		{"a column without width", fixed, `width = 12`, ``},
		{"a column without alignment", fixed, "width = 12\nalign = \"left\"", `width = 12`},
		{"padding of two", fixed, `pad = "*"`, `pad = "**"`},
		{"characters that are no class", fixed, `allow = "A-Za-z "`, `allow = "z-a"`},
		{"a newline of its own", fixed, `newline = "lf"`, `newline = "cr"`},
		{"no date", fixed, `date = "ddMMyyyy"`, `date = "today"`},
		{"unknown form of amounts", fixed, `amount = "paise"`, `amount = "float"`},
		{"unknown control", fixed, `control = "accounts"`, `control = "crc"`},
		{"no source", fixed, `source = "made up for the tests"`, `source = ""`},
		{"no Hindi name", fixed, `hi = "तय चौड़ाई"`, ``},
		{"no title", piped, `title = "note"`, `title = ""`},
		{"no delimiter", piped, `delimiter = "|"`, ``},
		{"a long delimiter", piped, `delimiter = "|"`, `delimiter = "||"`},
		{"a width where there is none", piped, `max = 12`, `width = 12`},
		{"a number outside a workbook", piped, `max = 12`, `number = true`},
		{"no words for paid", piped, `paid = ["ok"]`, `failed = ["ko"]`},
		{"no reference in the answer", piped, `reference = ["ref"]`, ``},
	} {
		if strings.Count(c.text, c.is) == 0 {
			t.Errorf("%s: %q is not there", c.name, c.is)
		}
		if _, err := bankfile.ParseLayout(strings.Replace(c.text, c.is, c.becomes, 1)); !errors.Is(err, bankfile.ErrLayout) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestLimitsTable(t *testing.T) {
	good := "rail,from,min_paise,max_paise,source\nNEFT,2020-01-01,100,0,x\n"
	if n, err := bankfile.ParseLimits(good); err != nil || n != 1 {
		t.Error(n, err)
	}
	for _, bad := range []string{"", "a,b\nc,d\n", strings.Replace(good, "NEFT", "SWIFT", 1), strings.Replace(good, "100", "1.5", 1),
		strings.Replace(good, "100", "0", 1), strings.Replace(good, ",0,x", ",-1,x", 1), strings.Replace(good, "2020-01-01", "1.1.2020", 1)} {
		if _, err := bankfile.ParseLimits(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}
