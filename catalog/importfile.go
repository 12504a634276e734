package catalog

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"saebaan/artisans"
	"saebaan/internal/auth"
)

const (
	maxImportBytes = 64 << 20
	maxImportNotes = 1000
)

// ImportInput is a file of pieces to import.
type ImportInput struct {
	File        io.Reader // CSV in UTF-8 with a header line
	Name        string    // of the source; with the content it identifies the import
	Mapping     Mapping
	DryRun      bool
	PublishWith *ReferenceCard // nil leaves all pieces drafts without a price
	Area        string
	Progress    func(done, total int) // may be nil; counts rows
}

// ImportNote is an error or a warning about one row. The header is row 1.
type ImportNote struct {
	Row     int
	Column  string // "" is the row as a whole
	Message string
}

// ImportReport says what an import did, or would do when it was a dry run.
// Rows = Written + Unchanged + rows with an error; Written = Published + Drafts.
type ImportReport struct {
	ImportID     string // "" when there was nothing to write
	DryRun       bool
	Rows         int
	Written      int
	Unchanged    int // their SKU was there already
	Published    int
	Drafts       int
	ErrorRows    int
	ErrorCount   int
	WarningCount int
	Errors       []ImportNote // the first 1,000
	Warnings     []ImportNote // the first 1,000
}

// Import reads a file and writes its pieces in steps, hidden until one flip at
// the end shows all of them. It may be repeated: what is there already stays as
// it is, and an import that was cut off is carried on. A coordinator of the area
// or an administrator may; publishing with a reference card is the
// administrator's. Returns ErrImport when nothing can be read; faults of single
// rows are in the report.
func (s *Service) Import(ctx context.Context, actor auth.Actor, in ImportInput) (ImportReport, error) {
	if err := actor.Require(auth.Coordinator, auth.Administrator); err != nil {
		return ImportReport{}, err
	}
	if !slices.Contains(artisans.Areas, in.Area) {
		return ImportReport{}, artisans.ErrArea
	}
	if !actor.CoversArea(in.Area) {
		return ImportReport{}, auth.ErrForbidden
	}
	if err := in.Mapping.check(); err != nil {
		return ImportReport{}, err
	}
	if in.PublishWith != nil {
		if err := actor.Require(auth.Administrator); err != nil {
			return ImportReport{}, err
		}
		if err := in.PublishWith.check(); err != nil {
			return ImportReport{}, err
		}
	}
	data, err := io.ReadAll(io.LimitReader(in.File, maxImportBytes+1))
	if err != nil {
		return ImportReport{}, ErrImport.Because(err)
	}
	if len(data) > maxImportBytes {
		return ImportReport{}, ErrImport.With("The file is larger than 64 MB. Nothing was written; divide it.")
	}
	p := planner{gst: s.gst, in: in, date: s.db.Clock.Now().Date(), seen: map[string]int{}}
	p.report.DryRun = in.DryRun
	if err := p.read(data); err != nil {
		return ImportReport{}, err
	}
	hash := sha256.Sum256(data)
	w := importWriter{service: s, actor: actor, in: in, report: p.report, source: in.Name + " sha256:" + hex.EncodeToString(hash[:])}
	err = w.run(ctx, p.rows)
	return w.report, err
}

// read plans every row of the file.
func (p *planner) read(data []byte) error {
	in := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	in.FieldsPerRecord = -1
	header, err := in.Read()
	if err != nil {
		return ErrImport.With("The file has no header line that can be read. Nothing was written.").Because(err)
	}
	if err := p.columns(header); err != nil {
		return err
	}
	for row := 2; ; row++ {
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		p.report.Rows++
		before := p.report.ErrorCount
		switch {
		case err != nil:
			p.fail(row, "", "cannot be read as CSV: "+err.Error())
		case len(record) != len(header):
			p.fail(row, "", "has another number of columns than the header")
		case slices.ContainsFunc(record, unreadable):
			p.fail(row, "", "is not UTF-8 text")
		default:
			p.row(row, record)
		}
		if p.report.ErrorCount > before {
			p.report.ErrorRows++
		}
	}
}

// unreadable reports text that no database column takes.
func unreadable(cell string) bool { return !utf8.ValidString(cell) || strings.ContainsRune(cell, 0) }

// columns finds the mapped columns in the header.
func (p *planner) columns(header []string) error {
	c := p.in.Mapping.Columns
	for _, col := range []struct {
		name string
		at   *int
	}{{c.ID, &p.id}, {c.Name, &p.name}, {c.Price, &p.price}, {c.Description, &p.description}, {c.Colour, &p.colour}} {
		*col.at = -1
		for i, h := range header {
			if col.name != "" && strings.TrimSpace(h) == col.name {
				*col.at = i
			}
		}
		if col.name != "" && *col.at < 0 {
			return ErrImport.With("The file has no column %q. Nothing was written; correct the mapping or the file.", col.name)
		}
	}
	return nil
}

func (p *planner) fail(row int, column, message string) {
	p.report.ErrorCount++
	if len(p.report.Errors) < maxImportNotes {
		p.report.Errors = append(p.report.Errors, ImportNote{row, column, message})
	}
}

func (p *planner) warn(row int, column, message string) {
	p.report.WarningCount++
	if len(p.report.Warnings) < maxImportNotes {
		p.report.Warnings = append(p.report.Warnings, ImportNote{row, column, message})
	}
}
