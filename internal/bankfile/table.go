package bankfile

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"
)

// What is taken from outside at most.
const (
	maxFile     = 5 << 20  // bytes
	maxUnzipped = 24 << 20 // bytes of an XLSX, all parts together
	maxTags     = 800_000  // of the parts of an XLSX that are held in memory: ten texts for each row
	maxParts    = 200      // of an XLSX
	maxColumns  = 100
	extraRows   = 200 // before the titles, and those that are no payments
)

// table is a file as cells, without its blank rows.
type table struct {
	rows  [][]string
	book  bool  // an XLSX: a number may be written with seventeen digits, a date as days
	epoch int64 // of an XLSX's days, after the last day of 1899 but one
}

var errLong = fmt.Errorf("more than %d rows or %d columns", maxRows, maxColumns)

func (m Mapping) table(file []byte) (table, error) {
	switch {
	case len(file) > maxFile:
		return table{}, ErrAnswer.At("file", "is larger than 5 MB")
	case bytes.HasPrefix(file, []byte("PK\x03\x04")):
		t, err := m.readBook(file)
		if errors.Is(err, errLong) {
			return table{}, ErrAnswer.At("file", "has more than %d rows or %d columns", maxRows, maxColumns)
		}
		return t, err
	case bytes.HasPrefix(file, []byte("\xd0\xcf\x11\xe0")):
		return table{}, ErrAnswer.At("file", "is an Excel file that is locked or of the old kind; save it as XLSX without a password, or as CSV")
	case bytes.IndexByte(file, 0) >= 0:
		return table{}, ErrAnswer.At("file", "is not text; save it as CSV in UTF-8")
	}
	text, ok := m.text(file)
	if !ok {
		return table{}, ErrAnswer.At("file", "is not in the character set that was said; save it as CSV in UTF-8")
	}
	return m.readCSV(text)
}

func (m Mapping) readCSV(text []byte) (t table, err error) {
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff"))))
	r.FieldsPerRecord = -1
	if m.Delimiter != "" {
		r.Comma = rune(m.Delimiter[0])
	}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return t, nil
		}
		if err == nil {
			err = t.add(row)
		}
		if errors.Is(err, errLong) {
			return t, ErrAnswer.At("file", "has more than %d rows or %d columns", maxRows, maxColumns)
		}
		if err != nil {
			return t, ErrAnswer.At("file", "its lines cannot be told apart; a quotation mark may be missing").Because(err)
		}
	}
}

// add keeps a row that is not blank.
func (t *table) add(row []string) error {
	blank := true
	for i := range row {
		row[i] = strings.TrimSpace(row[i])
		blank = blank && row[i] == ""
	}
	switch {
	case blank:
		return nil
	case len(row) > maxColumns, len(t.rows) >= maxRows+extraRows:
		return errLong
	}
	t.rows = append(t.rows, row)
	return nil
}

// readBook reads one sheet. What is too large unpacked is refused before it is
// unpacked: a zip whose sizes lie ends where they say.
func (m Mapping) readBook(file []byte) (t table, err error) {
	damaged := ErrAnswer.At("file", "is not an XLSX that can be read; save it again, or as CSV")
	defer func() {
		if p := recover(); p != nil { // the library's own, on a file made to harm
			t, err = table{}, damaged.Because(fmt.Errorf("panic: %v", p))
		}
	}()
	if err := smallBook(file); err != nil {
		return t, err
	}
	f, err := excelize.OpenReader(bytes.NewReader(file), excelize.Options{RawCellValue: true, UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxUnzipped})
	if err != nil {
		return t, damaged.Because(err)
	}
	defer func() { _ = f.Close() }()
	sheet, err := m.sheet(f)
	if err != nil {
		return t, err
	}
	t.book = true
	if props, err := f.GetWorkbookProps(); err == nil && props.Date1904 != nil && *props.Date1904 {
		t.epoch = 1462
	}
	rows, err := f.Rows(sheet)
	if err != nil {
		return t, damaged.Because(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		row, err := rows.Columns()
		if err != nil {
			return t, damaged.Because(err)
		}
		if err := t.add(row); err != nil {
			return t, err
		}
	}
	if err := rows.Error(); err != nil {
		return t, damaged.Because(err)
	}
	return t, nil
}

// sheet is the one that was named, or the only one.
func (m Mapping) sheet(f *excelize.File) (string, error) {
	list := f.GetSheetList()
	for _, s := range list {
		if m.Sheet != "" && folded(s) == folded(m.Sheet) || m.Sheet == "" && len(list) == 1 {
			return s, nil
		}
	}
	if m.Sheet != "" {
		return "", ErrAnswer.At("file", "the sheet that was said is not in it")
	}
	return "", ErrAnswer.At("file", "has %d sheets; keep the one with the payments", len(list))
}

// smallBook returns ErrAnswer for a zip that unpacks to more than a bank's
// answer needs. Sheets are read row by row; of all else the tags are counted,
// since each costs far more memory than its bytes.
func smallBook(file []byte) error {
	damaged := ErrAnswer.At("file", "is not an XLSX that can be read; save it again, or as CSV")
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return damaged.Because(err)
	}
	var size uint64
	var held tags
	for _, part := range z.File {
		if size += part.UncompressedSize64; part.UncompressedSize64 > maxUnzipped || size > maxUnzipped || len(z.File) > maxParts {
			return ErrAnswer.At("file", "unpacks to more than 24 MB")
		}
		if strings.HasPrefix(strings.ToLower(part.Name), "xl/worksheets/sheet") {
			continue
		}
		if err := held.count(part); err != nil {
			return damaged.Because(err)
		}
		if held > maxTags {
			return ErrAnswer.At("file", "holds more texts than %d payments have", maxRows)
		}
	}
	return nil
}

// tags counts what begins a tag of XML.
type tags int

// Write counts in some bytes of a part.
func (n *tags) Write(b []byte) (int, error) {
	*n += tags(bytes.Count(b, []byte("<")))
	return len(b), nil
}

func (n *tags) count(part *zip.File) error {
	r, err := part.Open()
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	_, err = io.Copy(n, io.LimitReader(r, maxUnzipped))
	return err
}
