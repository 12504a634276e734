package api

import (
	"context"

	"saebaan/catalog"
	"saebaan/internal/web"
)

type measurement struct {
	Name        string `json:"name" enum:"chest,waist,hip,shoulder,sleeve,length,width,height,blouse_piece,inner_width" doc:"Chest, waist and hip all the way round, the rest laid flat"`
	Millimetres int64  `json:"millimetres" minimum:"1" maximum:"20000"`
}

type measureInput struct {
	MoveInput
	Body struct {
		Sizes []struct {
			VariantID    string        `json:"variant_id" maxLength:"60"`
			Measurements []measurement `json:"measurements" maxItems:"20" nullable:"false" doc:"All of this size; none takes them away"`
		} `json:"sizes" minItems:"1" maxItems:"100" nullable:"false"`
	}
}

func (s *Server) measureProduct(ctx context.Context, in *measureInput) (*answer[product], error) {
	to := catalog.MeasuresInput{Product: in.ID}
	for _, one := range in.Body.Sizes {
		size := catalog.SizeMeasures{Variant: one.VariantID}
		for _, m := range one.Measurements {
			size.Measures = append(size.Measures, catalog.Measure(m))
		}
		to.Sizes = append(to.Sizes, size)
	}
	return moved(ctx)(s.Catalog.Measure(ctx, web.ActorOf(ctx), in.Key, to))
}
