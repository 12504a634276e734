package api

import (
	"context"

	"saebaan/internal/web"
	"saebaan/payouts"
)

type taxQuarter struct {
	Year    string    `json:"year"`
	Quarter int       `json:"quarter"`
	From    string    `json:"from"`
	To      string    `json:"to"`
	Data    []taxRow  `json:"data" nullable:"false" doc:"Deductions that stand, by name and date"`
	Gross   amount    `json:"gross"`
	Tax     amount    `json:"tax"`
	Natures []taxBook `json:"natures" nullable:"false"`
	Ties    bool      `json:"ties" doc:"Rows and book agree for every nature"`
}

type taxRow struct {
	ArtisanID string `json:"artisan_id"`
	Name      text   `json:"name"`
	PAN       string `json:"pan,omitempty" doc:"Masked; absent where she has given none"`
	Nature    string `json:"nature"`
	Section   string `json:"section" doc:"In force on the date of deduction"`
	Code      string `json:"payment_code"`
	Date      string `json:"date" doc:"Of deduction"`
	Gross     amount `json:"gross" doc:"Of the payment"`
	Tax       amount `json:"tax"`
	RateBP    int64  `json:"rate_basis_points"`
	RunID     string `json:"run_id"`
	EntryID   string `json:"entry_id"`
}

type taxBook struct {
	Nature    string `json:"nature"`
	Deducted  amount `json:"deducted" doc:"The rows"`
	Withdrawn signed `json:"withdrawn" doc:"Of withdrawn runs: deducted and not given back in the quarter, less what was given back of another"`
	Book      signed `json:"book" doc:"Credited to the tax account in the quarter, less what was debited"`
}

func taxQuarterBody(q payouts.TaxQuarter) taxQuarter {
	out := taxQuarter{Year: q.Year, Quarter: q.Quarter, From: q.From, To: q.To, Data: []taxRow{}, Gross: rupees(q.Gross), Tax: rupees(q.Tax), Natures: []taxBook{}, Ties: q.Ties()}
	for _, r := range q.Rows {
		out.Data = append(out.Data, taxRow{r.Artisan, text{En: r.NameEn, Hi: r.NameHi}, r.PAN, r.Nature, r.Section, r.Code, r.Date, rupees(r.Gross), rupees(r.Tax),
			int64(r.Rate), r.Run, r.EntryID})
	}
	for _, n := range q.Natures {
		out.Natures = append(out.Natures, taxBook{n.Nature, rupees(n.Deducted), signedOf(n.Withdrawn), signedOf(n.Book)})
	}
	return out
}

type taxQuarterInput struct {
	Year    string `path:"year" maxLength:"7" doc:"The financial year, like 2026-27"`
	Quarter int    `path:"quarter" minimum:"1" maximum:"4" doc:"1 is April to June"`
}

func (s *Server) taxQuarter(ctx context.Context, in *taxQuarterInput) (*one[taxQuarter], error) {
	q, err := s.Payouts.TaxQuarter(ctx, web.ActorOf(ctx), in.Year, in.Quarter)
	if err != nil {
		return nil, err
	}
	return &one[taxQuarter]{taxQuarterBody(q)}, nil
}
