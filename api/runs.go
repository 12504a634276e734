package api

import (
	"context"
	"encoding/json"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"saebaan/internal/auth"
	"saebaan/internal/web"
	"saebaan/payouts"
)

type run struct {
	ID           string      `json:"id"`
	State        string      `json:"state"`
	BusinessDate string      `json:"business_date"`
	Block        int64       `json:"block" doc:"Where the ledger stood when the run was prepared"`
	PreparedBy   string      `json:"prepared_by"`
	PreparedAt   time.Time   `json:"prepared_at"`
	SubmittedBy  string      `json:"submitted_by,omitempty"`
	SubmittedAt  *time.Time  `json:"submitted_at,omitempty"`
	ApprovedBy   string      `json:"approved_by,omitempty"`
	ApprovedAt   *time.Time  `json:"approved_at,omitempty"`
	SentAt       *time.Time  `json:"sent_at,omitempty"`
	ContentHash  string      `json:"content_hash,omitempty" doc:"Send it back with the approval"`
	FileHash     string      `json:"file_hash,omitempty" doc:"SHA-256 of the first file given out"`
	Area         string      `json:"area,omitempty" doc:"The one area it is for"`
	GroupID      string      `json:"group_id,omitempty" doc:"The one group it is for"`
	Count        int64       `json:"count"`
	Total        amount      `json:"total"`
	Items        []runItem   `json:"items" nullable:"false"`
	Files        []runFile   `json:"files" nullable:"false" doc:"Given out so far"`
	Transfers    []transfer  `json:"transfers" nullable:"false" doc:"To groups: their members together, and what was taken for the group"`
	Exceptions   []exception `json:"exceptions" nullable:"false"`
	Last         *lastRun    `json:"last,omitempty" doc:"The last run for the same people that was sent; at one run only"`
}

type runFile struct {
	Rail   string    `json:"rail"`
	Layout string    `json:"layout"`
	Name   string    `json:"name"`
	Hash   string    `json:"hash" doc:"SHA-256"`
	Rows   int64     `json:"rows"`
	Total  amount    `json:"total"`
	MadeBy string    `json:"made_by"`
	MadeAt time.Time `json:"made_at"`
}

type lastRun struct {
	ID           string `json:"id"`
	BusinessDate string `json:"business_date"`
	Count        int64  `json:"count"`
	Total        amount `json:"total"`
}

type transfer struct {
	ID        string   `json:"id"`
	GroupID   string   `json:"group_id"`
	Name      text     `json:"name"`
	Total     amount   `json:"total" doc:"What the group's account receives"`
	Savings   amount   `json:"savings"`
	Loan      amount   `json:"loan"`
	Members   []string `json:"members" nullable:"false" doc:"The artisans who are paid through it"`
	Payee     string   `json:"payee" doc:"Masked"`
	Rail      string   `json:"rail"`
	Reference string   `json:"reference"`
	State     string   `json:"state"`
	UTR       string   `json:"utr,omitempty"`
	Reason    string   `json:"reason,omitempty"`
}

func transferBody(t payouts.Transfer) transfer {
	out := transfer{ID: t.ID, GroupID: t.Group, Name: text{En: t.NameEn, Hi: t.NameHi}, Total: rupees(t.Total()), Savings: rupees(t.Savings), Loan: rupees(t.Loan),
		Members: []string{}, Payee: t.PayeeShown, Rail: t.Rail, Reference: t.Reference, State: string(t.State), UTR: given(t.UTR), Reason: t.Reason}
	for _, i := range t.Members {
		out.Members = append(out.Members, i.ArtisanID)
	}
	return out
}

type runItem struct {
	ID        string `json:"id"`
	ArtisanID string `json:"artisan_id"`
	Name      text   `json:"name"`
	Gross     amount `json:"gross" doc:"What she gives up for it: amount and deductions"`
	Amount    amount `json:"amount" doc:"What is paid"`
	Payee     string `json:"payee" doc:"Masked"`
	Rail      string `json:"rail" doc:"bank, upi or cash"`
	GroupID   string `json:"group_id,omitempty" doc:"Paid through its account"`
	Reference string `json:"reference" doc:"Ours, in the bank file and its answer"`
	State     string `json:"state"`
	UTR       string `json:"utr,omitempty"`
	Reason    string `json:"reason,omitempty"`

	Deductions []deduction `json:"deductions" nullable:"false"`
	Last       *amount     `json:"last,omitempty" doc:"What she was paid the last time; at one run only"`
	Warnings   []string    `json:"warnings" nullable:"false" doc:"first_payment, new_account, much_more, pan_near, untold; at one run only"`
}

type deduction struct {
	Kind   string `json:"kind" doc:"tds, savings, loan or advance"`
	Of     string `json:"of" doc:"The nature of the tax, the consent or the advance"`
	Amount amount `json:"amount"`
}

type exception struct {
	ArtisanID string `json:"artisan_id"`
	Name      text   `json:"name"`
	Amount    signed `json:"amount"`
	Reason    string `json:"reason" doc:"no_payee, payee_waiting, claimed_elsewhere, changed, dead_ifsc, under_minimum, over_limit, no_consent or negative"`
}

func runBody(r payouts.Run) run {
	out := run{ID: r.ID, State: string(r.State), BusinessDate: r.BusinessDate, Block: r.Block, PreparedBy: r.PreparedBy,
		PreparedAt: when(r.PreparedAt), SubmittedBy: r.SubmittedBy, SubmittedAt: whenOrNil(r.SubmittedAt), ApprovedBy: r.ApprovedBy,
		ApprovedAt: whenOrNil(r.ApprovedAt), SentAt: whenOrNil(r.SentAt), ContentHash: r.ContentHash, FileHash: r.FileHash,
		Count: r.Count, Total: rupees(r.Total), Area: r.Area, GroupID: r.Group, Items: []runItem{}, Files: []runFile{}, Transfers: []transfer{}, Exceptions: []exception{}}
	for _, f := range r.Files {
		out.Files = append(out.Files, runFile{f.Rail, f.Layout, f.Name, f.Hash, f.Rows, rupees(f.Total), f.MadeBy, when(f.MadeAt)})
	}
	for _, t := range r.Transfers {
		out.Transfers = append(out.Transfers, transferBody(t))
	}
	if r.Last != nil {
		out.Last = &lastRun{r.Last.ID, r.Last.BusinessDate, r.Last.Count, rupees(r.Last.Total)}
	}
	for _, i := range r.Items {
		item := runItem{ID: i.ID, ArtisanID: i.ArtisanID, Name: text{En: i.NameEn, Hi: i.NameHi}, Gross: rupees(i.Gross), Amount: rupees(i.Amount), Deductions: []deduction{},
			Payee: i.PayeeShown, Rail: i.Rail, GroupID: i.Group, Reference: i.Reference, State: string(i.State), UTR: given(i.UTR), Reason: i.Reason,
			Warnings: append([]string{}, i.Warnings...)}
		if i.Before != nil {
			last := rupees(i.Before.Amount)
			item.Last = &last
		}
		for _, d := range i.Deductions {
			if d.Paise > 0 {
				item.Deductions = append(item.Deductions, deduction{d.Kind, d.Of, rupees(d.Paise)})
			}
		}
		out.Items = append(out.Items, item)
	}
	for _, e := range r.Exceptions {
		out.Exceptions = append(out.Exceptions, exception{e.ArtisanID, text{En: e.NameEn, Hi: e.NameHi}, signedOf(e.Amount), e.Reason})
	}
	return out
}

type createRunInput struct {
	Idempotent
	Body *struct {
		Area    string `json:"area,omitempty" maxLength:"40"`
		GroupID string `json:"group_id,omitempty" maxLength:"60"`
	}
}

// createRun is for everybody when it has no body.
func (s *Server) createRun(ctx context.Context, in *createRunInput) (*answer[run], error) {
	var of payouts.Scope
	if in.Body != nil {
		of = payouts.Scope{Area: in.Body.Area, Group: in.Body.GroupID}
	}
	return ran(ctx)(s.Payouts.Prepare(ctx, web.ActorOf(ctx), in.Key, of))
}

type partsInput struct {
	ByID
	Artisan string `path:"artisan" maxLength:"60"`
}

type runPart struct {
	EntryID      string `json:"entry_id"`
	BusinessDate string `json:"business_date"`
	Kind         string `json:"kind"`
	Reason       string `json:"reason,omitempty"`
	Nature       string `json:"nature,omitempty"`
	OrderID      string `json:"order_id,omitempty"`
	LotID        string `json:"lot_id,omitempty"`
	Amount       signed `json:"amount" doc:"What of it is in this payment"`
}

func (s *Server) runParts(ctx context.Context, in *partsInput) (*whole[runPart], error) {
	return wholeOf(func(p payouts.Part) runPart {
		return runPart{p.EntryID, p.BusinessDate, p.Kind, p.Reason, p.Nature, p.Order, p.Lot, signedOf(p.Paise)}
	})(s.Payouts.Parts(ctx, web.ActorOf(ctx), in.ID, in.Artisan))
}

func ran(ctx context.Context) func(payouts.Run, error) (*answer[run], error) {
	return func(r payouts.Run, err error) (*answer[run], error) {
		if err != nil {
			return nil, err
		}
		return reply(ctx, runBody(r)), nil
	}
}

func (s *Server) listRuns(ctx context.Context, in *Page) (*list[run], error) {
	before, err := in.after()
	if err != nil {
		return nil, err
	}
	rows, err := s.Payouts.Runs(ctx, web.ActorOf(ctx), before, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return listOf(rows, in.Limit, runBody, func(r payouts.Run) string { return r.ID }), nil
}

func (s *Server) getRun(ctx context.Context, in *ByID) (*answer[run], error) {
	return ran(ctx)(s.Payouts.Run(ctx, web.ActorOf(ctx), in.ID))
}

func (s *Server) submitRun(ctx context.Context, in *MoveInput) (*answer[run], error) {
	return ran(ctx)(s.Payouts.Submit(ctx, web.ActorOf(ctx), in.Key, in.ID))
}

func (s *Server) withdrawRun(ctx context.Context, in *MoveInput) (*answer[run], error) {
	return ran(ctx)(s.Payouts.Withdraw(ctx, web.ActorOf(ctx), in.Key, in.ID))
}

type approveRunInput struct {
	MoveInput
	Body struct {
		ContentHash string          `json:"content_hash" minLength:"64" maxLength:"64" doc:"Of the run you looked at"`
		Password    string          `json:"password,omitempty" minLength:"1" maxLength:"128" doc:"Your own, typed again; or else passkey"`
		Passkey     json.RawMessage `json:"passkey,omitempty" doc:"The answer to a challenge for this run and content, as PublicKeyCredential.toJSON gives it; or else password"`
	}
}

// approveRun needs no key: a run is approved once, and again is a conflict.
func (s *Server) approveRun(ctx context.Context, in *approveRunInput) (*answer[run], error) {
	return ran(ctx)(s.Payouts.Approve(ctx, web.ActorOf(ctx), in.ID, in.Body.ContentHash,
		auth.Proof{Password: in.Body.Password, Passkey: in.Body.Passkey}))
}

func bankFileOperation() huma.Operation {
	o := fileOperation(op(get, "/payout-runs/{id}/bank-file", "get-bank-file", "Fetch a run's file of one way of paying"), "text/csv")
	for _, kind := range []string{"text/plain", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"} {
		o.Responses["200"].Content[kind] = o.Responses["200"].Content["text/csv"]
	}
	return o
}

type bankFileInput struct {
	ByID
	Rail   string `query:"rail" enum:"bank,upi,cash" doc:"Default the run's only one, or bank"`
	Layout string `query:"layout" maxLength:"60" doc:"Of the bank's file, such as hdfc_enet.1; default the trust's usual one. The first one given out stays"`
}

func (s *Server) bankFile(ctx context.Context, in *bankFileInput) (*file, error) {
	g, err := s.Payouts.File(ctx, web.ActorOf(ctx), in.ID, payouts.FileInput{Rail: in.Rail, Layout: in.Layout})
	if err != nil {
		return nil, err
	}
	return &file{g.Type(), `attachment; filename="` + g.Name + `"`, g.Content}, nil
}

type bankAnswersInput struct {
	ByID
	Layout  string `query:"layout" maxLength:"60" doc:"Whose form the answer has; default our own, or that of the file the bank was given"`
	RawBody []byte `contentType:"text/csv" doc:"CSV or XLSX; our own form has the columns reference, status (paid, failed, returned), utr, reason"`
}

type outcomes struct {
	Outcomes []outcome `json:"outcomes" nullable:"false"`
	Run      run       `json:"run"`
}

type outcome struct {
	Row       int    `json:"row"`
	Reference string `json:"reference"`
	Outcome   string `json:"outcome" doc:"entered, repeated, unknown, overruled, refused, waiting"`
	Detail    string `json:"detail,omitempty"`
}

func (s *Server) bankAnswers(ctx context.Context, in *bankAnswersInput) (*one[outcomes], error) {
	answers, err := s.Payouts.ReadAnswers(ctx, web.ActorOf(ctx), in.ID, in.Layout, in.RawBody)
	if err != nil {
		return nil, err
	}
	done, err := s.Payouts.EnterAnswers(ctx, web.ActorOf(ctx), in.ID, answers)
	if err != nil {
		return nil, err
	}
	r, err := s.Payouts.Run(ctx, web.ActorOf(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	out := outcomes{Outcomes: []outcome{}, Run: runBody(r)}
	for _, o := range done {
		out.Outcomes = append(out.Outcomes, outcome(o))
	}
	return &one[outcomes]{out}, nil
}
