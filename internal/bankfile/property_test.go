package bankfile_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"math/big"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"saebaan/internal/bankfile"
	"saebaan/internal/money"
)

// anyName has a letter that a bank takes, and anything beside it.
func anyName() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		first := rapid.SampledFrom([]string{"Asha", "सुनीता", "شبانہ", "=SUM(A1)", "@Bano", "+Rani", "-Devi", "O'Brien", "J. K."}).Draw(t, "first")
		rest := rapid.SampledFrom([]string{"", "देवी", "خاتون", "\"quoted\", and, more", "\u202eturned", "tab\there", "new\nline", "王", "\xff", strings.Repeat("Long ", 40)}).Draw(t, "rest")
		return rest + " " + first + " " + rapid.StringN(0, 10, 40).Draw(t, "any")
	})
}

func anyBatch(t *rapid.T, l bankfile.Layout) bankfile.Batch {
	b := batch()
	n := rapid.IntRange(1, 12).Draw(t, "payments")
	var carried []string
	for rail := range l.Rails {
		carried = append(carried, rail)
	}
	slices.Sort(carried)
	for i := range n {
		p := bankfile.Payment{
			Reference: fmt.Sprintf("SB%02d%s", i, rapid.StringMatching(`[A-Z0-9]{0,11}`).Draw(t, "reference")),
			Rail:      rapid.SampledFrom(carried).Draw(t, "rail"),
			Name:      anyName().Draw(t, "name"),
			Amount:    money.Paise(rapid.Int64Range(100, 10_000_000).Draw(t, "amount")),
			Remarks:   "Saebaan " + rapid.String().Draw(t, "remarks"),
		}
		switch p.Rail {
		case "CASH":
		case "UPI":
			p.UPI = rapid.StringMatching(`[A-Za-z0-9][A-Za-z0-9._-]{1,20}@[a-z][a-z0-9]{1,8}`).Draw(t, "upi")
		default:
			p.Account = rapid.StringMatching(`[0-9]{9,18}`).Draw(t, "account")
			p.IFSC = rapid.StringMatching(`HDFC0[A-Z0-9]{6}`).Draw(t, "ifsc")
		}
		b.Payments = append(b.Payments, p)
	}
	return b
}

// cells are a file as its layout says, or as any spreadsheet reads it.
func cells(t *rapid.T, l bankfile.Layout, file []byte) [][]string {
	var out [][]string
	switch l.Kind {
	case "csv":
		rest, marked := bytes.CutPrefix(file, []byte("\ufeff"))
		if !marked || bytes.Count(rest, []byte("\n")) != bytes.Count(rest, []byte("\r\n")) {
			t.Fatal("the mark or the line ends are missing")
		}
		rows, err := csv.NewReader(bytes.NewReader(rest)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			for i, cell := range row {
				if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
					t.Fatalf("a spreadsheet would compute %q", cell)
				}
				if strings.HasPrefix(cell, "'") && len(cell) > 1 && strings.ContainsAny(cell[1:2], "=+-@") {
					row[i] = cell[1:]
				}
			}
		}
		return rows
	case "xlsx":
		f, err := excelize.OpenReader(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = f.Close() }()
		if out, err = f.GetRows("Payments"); err != nil {
			t.Fatal(err)
		}
		return out
	}
	end := map[string]string{"crlf": "\r\n", "lf": "\n"}[l.Newline]
	for _, c := range file {
		if (c < ' ' || c > '~') && c != '\r' && c != '\n' {
			t.Fatalf("byte %#x is not ASCII", c)
		}
	}
	lines := strings.Split(string(file), end)
	if lines[len(lines)-1] != "" {
		t.Fatal("the last line has no end")
	}
	for i, line := range lines[:len(lines)-1] {
		fields := l.Row
		if i == 0 && len(l.Header) > 0 {
			fields = l.Header
		}
		if i == len(lines)-2 && len(l.Trailer) > 0 {
			fields = l.Trailer
		}
		if l.Kind == "delimited" {
			out = append(out, strings.Split(line, l.Delimiter))
			if len(out[i]) != len(fields) {
				t.Fatalf("line %d has %d fields, not %d: %s", i+1, len(out[i]), len(fields), line)
			}
			continue
		}
		var row []string
		for _, f := range fields {
			if len(line) < f.Width {
				t.Fatalf("line %d is too short", i+1)
			}
			cell := line[:f.Width]
			line = line[f.Width:]
			switch {
			case f.Align == "right" && f.Pad != "":
				cell = strings.TrimLeft(cell, f.Pad)
			case f.Align == "right":
				cell = strings.TrimLeft(cell, " ")
			default:
				cell = strings.TrimRight(cell, f.Pad+" ")
			}
			row = append(row, cell)
		}
		if line != "" {
			t.Fatalf("line %d is too long by %q", i+1, line)
		}
		out = append(out, row)
	}
	return out
}

var twoDecimals = regexp.MustCompile(`^[0-9]+\.[0-9]{2}$`)

// paid reads an amount out of a cell.
func paid(t *rapid.T, l bankfile.Layout, cell string) money.Paise {
	if l.Amount == "paise" {
		cell = fmt.Sprintf("%03s", cell)
		cell = cell[:len(cell)-2] + "." + cell[len(cell)-2:]
	}
	if !twoDecimals.MatchString(cell) {
		t.Fatalf("%q does not have two decimals", cell)
	}
	a, err := money.Parse(cell)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Whatever the batch: the file reads back as the payments, count and sum agree
// with the totals, each width is exact, a bank's bytes are ASCII, and an answer
// to it comes back to the same references.
func TestAnyBatchReadsBack(t *testing.T) {
	piped := parsed(t, "piped.toml")
	piped.MaxBytes = 0
	piped.Row[3].Allow = "A-Za-z0-9 "
	for _, l := range append(bankfile.Layouts(), parsed(t, "fixed.toml"), piped) {
		t.Run(l.ID, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				b := anyBatch(t, l)
				name, file, totals, err := bankfile.Render(l, b)
				if err != nil || name == "" {
					t.Fatalf("%v %q", err, name)
				}
				_, again, _, err := bankfile.Render(l, b)
				if err != nil || !bytes.Equal(file, again) {
					t.Fatal("the same batch gives another file", err)
				}
				rows := cells(t, l, file)
				if len(l.Header) > 0 || l.Kind == "csv" || l.Kind == "xlsx" {
					rows = rows[1:]
				}
				if len(l.Trailer) > 0 {
					rows = rows[:len(rows)-1]
				}
				sum := compare(t, l, b, rows)
				if totals.Count != len(b.Payments) || totals.Sum != sum {
					t.Fatalf("%+v, and the rows give %s", totals, sum)
				}
				control(t, l, b, rows, totals)
			})
		})
	}
}

// compare looks at each row and returns the sum of the amounts.
func compare(t *rapid.T, l bankfile.Layout, b bankfile.Batch, rows [][]string) (sum money.Paise) {
	if len(rows) != len(b.Payments) {
		t.Fatalf("%d rows for %d payments", len(rows), len(b.Payments))
	}
	for i, p := range b.Payments {
		for j, f := range l.Row {
			cell := ""
			if j < len(rows[i]) {
				cell = rows[i][j]
			}
			want, exact := map[string]string{"{reference}": p.Reference, "{account}": p.Account, "{ifsc}": p.IFSC, "{upi}": p.UPI, "{rail}": l.Rails[p.Rail],
				"{upi}{account}": p.UPI + p.Account}[f.Value]
			switch {
			case exact && cell != want:
				t.Fatalf("%s of row %d is %q, not %q", f.Title, i+1, cell, want)
			case f.Value == "{amount}":
				if got := paid(t, l, cell); got != p.Amount {
					t.Fatalf("row %d pays %s, not %s", i+1, got, p.Amount)
				}
				sum += p.Amount
			case f.Value == "{name}" && (cell == "" || f.Max > 0 && len(cell) > f.Max || strings.Trim(cell, " ") != cell):
				t.Fatalf("the name of row %d is %q", i+1, cell)
			case f.Value == "{name_written}" && (cell == "" || strings.ContainsAny(cell, "\u202e\n\t\x00") || !strings.ContainsAny(cell, p.Name)):
				t.Fatalf("the name as written of row %d is %q", i+1, cell)
			case f.Value == "{link}":
				u, err := url.Parse(cell)
				if err != nil || u.Scheme != "upi" || u.Query().Get("pa") != p.UPI || u.Query().Get("am") != p.Amount.Plain() || u.Query().Get("tr") != p.Reference ||
					u.Query().Get("cu") != "INR" || u.Query().Get("pn") == "" || len(u.Query().Get("tn")) > 80 {
					t.Fatalf("%q: %v", cell, err)
				}
			}
		}
	}
	return sum
}

// control reckons the control total anew.
func control(t *rapid.T, l bankfile.Layout, b bankfile.Batch, rows [][]string, totals bankfile.Totals) {
	want := ""
	switch l.Control {
	case "accounts":
		sum := new(big.Int)
		for _, p := range b.Payments {
			n, _ := new(big.Int).SetString(p.Account, 10)
			sum.Add(sum, n)
		}
		want = sum.String()
	case "sha256":
		h := sha256.New()
		for _, row := range rows {
			fmt.Fprintf(h, "%s\n", strings.Join(row, ","))
		}
		want = hex.EncodeToString(h.Sum(nil))
	}
	if totals.Control != want {
		t.Fatalf("the control total is %q, not %q", totals.Control, want)
	}
}

// An answer to any batch, in the form of its layout, says for each reference
// what the bank wrote.
func TestAnyAnswerReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := layoutOf(t, "hdfc_enet.1")
		b := anyBatch(t, l)
		_, file, _, err := bankfile.Render(l, b)
		if err != nil {
			t.Fatal(err)
		}
		sent, said := map[string]money.Paise{}, map[string]string{}
		var answer strings.Builder
		for i, line := range strings.Split(strings.TrimSuffix(string(file), "\r\n"), "\r\n") {
			p := b.Payments[i]
			sent[p.Reference] = p.Amount
			said[p.Reference] = rapid.SampledFrom([]string{"paid", "failed", ""}).Draw(t, "status")
			word := map[string]string{"paid": "E", "failed": "R", "": "?"}[said[p.Reference]]
			fmt.Fprintf(&answer, "%s,N32026%010d,%s,no\r\n", line, i, word)
		}
		got, err := bankfile.Answers(l.Answers, []byte(answer.String()), sent)
		if err != nil || len(got) != len(b.Payments) {
			t.Fatal(got, err)
		}
		for i, a := range got {
			if a.Row != i+1 || a.Reference != b.Payments[i].Reference || a.Status != said[a.Reference] || (a.Problem == "") != (a.Status != "") || a.Amount != sent[a.Reference] {
				t.Fatalf("%+v", a)
			}
		}
	})
}

func layoutOf(t *rapid.T, id string) bankfile.Layout {
	l, err := bankfile.ByID(id)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// FuzzAnswers: whatever a file holds, reading it ends, and what comes out is
// harmless.
func FuzzAnswers(f *testing.F) {
	f.Add([]byte("reference,status,utr,reason\nSB1,paid,UTR123456,\n"))
	f.Add(book(f, []any{"reference", "status", "utr", "reason"}, []any{"SB1", "paid", "UTR123456", "x"}))
	f.Add(bomb(f, "xl/worksheets/sheet1.xml", "<row r=\"1\"><c r=\"B1\"><v>", 1000))
	harmless := regexp.MustCompile(`^[A-Za-z0-9 .,_*-]{0,80}$`)
	f.Fuzz(func(t *testing.T, file []byte) {
		got, err := bankfile.Answers(bankfile.Generic(), file, nil)
		if err != nil && got != nil || len(got) > bankfile.MaxRows {
			t.Fatal(len(got), err)
		}
		for _, a := range got {
			if !harmless.MatchString(a.Reference) || !harmless.MatchString(a.Reason) || (a.Status == "") != (a.Problem != "") {
				t.Fatalf("%+v", a)
			}
		}
	})
}
