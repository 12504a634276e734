package api

import (
	"context"

	"saebaan/catalog"
)

type colour struct {
	Word   string   `json:"word" doc:"As pieces and filters name it"`
	Name   text     `json:"name"`
	Swatch []string `json:"swatch" nullable:"false" doc:"One #rrggbb, or two of a piece in many colours"`
}

type paletteOutput struct {
	Body struct {
		Data []colour `json:"data" nullable:"false"`
	}
}

func (s *Server) palette(_ context.Context, _ *struct{}) (*paletteOutput, error) {
	out := &paletteOutput{}
	out.Body.Data = []colour{}
	for _, c := range catalog.Palette() {
		out.Body.Data = append(out.Body.Data, colour{c.Word, textOf(c.Name), c.Swatch})
	}
	return out, nil
}
