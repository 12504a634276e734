package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"saebaan/catalog"
	"saebaan/internal/auth"
)

type importCmd struct {
	File        string `arg:"" help:"CSV file with a header line." type:"existingfile"`
	Mapping     string `help:"JSON file that says which column is what; default: the one for the Myntra listing." type:"existingfile"`
	DryRun      bool   `help:"Only read the file and report."`
	PublishWith string `help:"Publish each piece with this reference card (JSON), or with the built-in one: reference." placeholder:"CARD"`
	As          string `help:"Login in whose name it is done; default: the first coordinator, with --publish-with the first administrator."`
	Area        string `help:"Area the pieces belong to." default:"lucknow"`
	Warnings    int    `help:"How many warnings to print." default:"20"`
}

// Run reads the file once to report, and then, unless it was a dry run, writes it.
func (cmd importCmd) Run(ctx context.Context, c *cli) error {
	data, err := os.ReadFile(cmd.File)
	if err != nil {
		return err
	}
	in := catalog.ImportInput{Name: filepath.Base(cmd.File), Area: cmd.Area, Mapping: catalog.DefaultMapping()}
	if cmd.Mapping != "" {
		if in.Mapping, err = readJSON(cmd.Mapping, catalog.ReadMapping); err != nil {
			return err
		}
	}
	role := auth.Coordinator
	if cmd.PublishWith != "" {
		role = auth.Administrator
		card := catalog.DefaultReferenceCard()
		if cmd.PublishWith != "reference" {
			if card, err = readJSON(cmd.PublishWith, catalog.ReadReferenceCard); err != nil {
				return err
			}
		}
		in.PublishWith = &card
	}
	return withShop(ctx, c.Data, func(s *shop) error {
		actor, err := s.auth.For(ctx, auth.System("import"), cmd.As, role)
		if errors.Is(err, auth.ErrNoUser) && cmd.As == "" {
			fmt.Fprintf(os.Stderr, "No %s is registered yet, so the pieces are entered in the program's own name.\n", role)
			actor, err = auth.System("import"), nil
		}
		if err != nil {
			return err
		}
		return cmd.run(ctx, s, actor, in, data)
	})
}

func (cmd importCmd) run(ctx context.Context, s *shop, actor auth.Actor, in catalog.ImportInput, data []byte) error {
	for _, dry := range []bool{true, false} {
		what := "writing rows"
		if dry {
			what = "reading rows"
		}
		var bar *progress
		in.File, in.DryRun = bytes.NewReader(data), dry
		in.Progress = func(done, total int) {
			if bar == nil {
				bar = newProgress(what, int64(total))
			}
			bar.set(int64(done))
		}
		report, err := s.catalog.Import(ctx, actor, in)
		if bar != nil {
			bar.end()
		}
		if err != nil {
			return err
		}
		if dry {
			cmd.notes("error", report.Errors, report.ErrorCount, len(report.Errors))
			cmd.notes("warning", report.Warnings, report.WarningCount, cmd.Warnings)
		}
		if dry && !cmd.DryRun {
			continue
		}
		fmt.Printf("%d rows: %d written (%d published, %d drafts), %d there already, %d with errors, %d warnings\n",
			report.Rows, report.Written, report.Published, report.Drafts, report.Unchanged, report.ErrorRows, report.WarningCount)
		if dry {
			fmt.Println("This was a dry run: nothing was written.")
			return nil
		}
	}
	return nil
}

func (cmd importCmd) notes(kind string, notes []catalog.ImportNote, count, most int) {
	for _, n := range notes[:min(most, len(notes))] {
		fmt.Printf("%s in row %d, %s: %s\n", kind, n.Row, n.Column, n.Message)
	}
	if count > most {
		fmt.Printf("… and %d more of kind %s\n", count-min(most, len(notes)), kind)
	}
}

// readJSON opens a file and reads it with fn.
func readJSON[T any](file string, fn func(io.Reader) (T, error)) (T, error) {
	f, err := os.Open(file) // #nosec G304 -- the operator names the file
	if err != nil {
		var zero T
		return zero, err
	}
	defer func() { _ = f.Close() }()
	return fn(f)
}
