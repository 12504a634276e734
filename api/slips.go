package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"saebaan/internal/web"
)

func slipOperation() huma.Operation {
	o := fileOperation(op(get, "/artisans/{id}/statement.pdf", "get-statement-pdf", "Fetch an artisan's statement on one A5"), "application/pdf")
	o.Description = "Of a period that is over the statement is given out once: its facts are kept when it is first asked for, and each copy has the same bytes, " +
		"whatever is entered or changed later. What is entered late with a date of that period is in the next statement. Of a period that still runs it says \"until now\"."
	o.Responses["200"].Description = "The sheet; the same bytes each time when the period is over"
	o.Responses["200"].Content["application/pdf"].Schema.Format = "binary"
	return o
}

func (s *Server) statementPDF(ctx context.Context, in *statementInput) (*file, error) {
	sl, err := s.Slips.Slip(ctx, web.ActorOf(ctx), in.ID, in.From, in.To)
	if err != nil {
		return nil, err
	}
	pdf, err := sl.PDF(in.Language)
	if err != nil {
		return nil, err
	}
	return &file{"application/pdf", `inline; filename="` + sl.FileName() + `"`, pdf}, nil
}
