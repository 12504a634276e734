package bankfile

import (
	"archive/zip"
	"bytes"
	"hash/crc32"
	"io"

	"github.com/xuri/excelize/v2"
)

// sheetName is that of the only sheet of a book of ours.
const sheetName = "Payments"

// Formats of cells that every spreadsheet knows by number (ECMA-376, 18.8.30).
const (
	formatText    = 49 // @
	formatDecimal = 2  // 0.00
)

// writeBook writes an XLSX whose cells are text but for amounts, the same bytes
// each time: no time in it, and nothing compressed, since a later compiler may
// compress otherwise.
func writeBook(records []record) (file []byte, err error) {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	f.ZipWriter = func(w io.Writer) excelize.ZipWriter { return &storing{Writer: zip.NewWriter(w)} }
	if err := prepareBook(f); err != nil {
		return nil, err
	}
	text, err := f.NewStyle(&excelize.Style{NumFmt: formatText})
	if err != nil {
		return nil, err
	}
	decimal, err := f.NewStyle(&excelize.Style{NumFmt: formatDecimal})
	if err != nil {
		return nil, err
	}
	for i, r := range records {
		for j, value := range r.cells {
			cell, err := excelize.CoordinatesToCellName(j+1, i+1)
			if err != nil {
				return nil, err
			}
			set, style := f.SetCellStr, text
			if r.columns != nil && r.columns[j].Number {
				set, style = f.SetCellDefault, decimal // the digits as they are: no float is made of them
			}
			if err := set(sheetName, cell, value); err != nil {
				return nil, err
			}
			if err := f.SetCellStyle(sheetName, cell, cell, style); err != nil {
				return nil, err
			}
		}
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func prepareBook(f *excelize.File) error {
	if err := f.SetSheetName("Sheet1", sheetName); err != nil {
		return err
	}
	if err := f.SetColWidth(sheetName, "A", "L", 22); err != nil {
		return err
	}
	const never = "2000-01-01T00:00:00Z"
	if err := f.SetDocProps(&excelize.DocProperties{Creator: "Saebaan", LastModifiedBy: "Saebaan", Created: never, Modified: never}); err != nil {
		return err
	}
	return f.SetAppProps(&excelize.AppProperties{Application: "Saebaan"})
}

// storing is a zip whose files are stored, with their sizes before them: some
// readers take no stored file whose size comes after it.
type storing struct {
	*zip.Writer
	last *bytes.Buffer
	name string
}

// Create begins a file and ends the one before.
func (s *storing) Create(name string) (io.Writer, error) {
	if err := s.flush(); err != nil {
		return nil, err
	}
	s.name, s.last = name, new(bytes.Buffer)
	return s.last, nil
}

// Close ends the last file and the zip.
func (s *storing) Close() error {
	if err := s.flush(); err != nil {
		return err
	}
	return s.Writer.Close()
}

func (s *storing) flush() error {
	if s.last == nil {
		return nil
	}
	content := s.last.Bytes()
	s.last = nil
	w, err := s.CreateRaw(&zip.FileHeader{Name: s.name, Method: zip.Store, CRC32: crc32.ChecksumIEEE(content),
		CompressedSize64: uint64(len(content)), UncompressedSize64: uint64(len(content))})
	if err != nil {
		return err
	}
	_, err = w.Write(content)
	return err
}
