package api

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"saebaan/artisans"
	"saebaan/catalog"
	"saebaan/internal/web"
	"saebaan/payouts"
)

type artisan struct {
	ID         string          `json:"id"`
	Name       text            `json:"name"`
	Area       string          `json:"area"`
	Crafts     []string        `json:"crafts" nullable:"false"`
	CardNumber string          `json:"card_number,omitempty" doc:"Identity card of the Development Commissioner (Handicrafts), as printed"`
	Member     bool            `json:"member"`
	Consents   map[string]bool `json:"consents"`
	Payee      *payee          `json:"payee,omitempty"`
	Phone      *phone          `json:"phone,omitempty"`
	CreatedAt  time.Time       `json:"created_at"`
}

type payee struct {
	ID         string    `json:"id"`
	Version    int64     `json:"version"`
	Kind       string    `json:"kind" enum:"bank,upi,cash"`
	Masked     string    `json:"masked"`
	IFSC       string    `json:"ifsc,omitempty"`
	UsableFrom time.Time `json:"usable_from" doc:"A changed account waits 48 hours"`
}

func payeeBody(p artisans.Payee) payee {
	return payee{p.ID, p.Version, p.Kind, p.Masked, p.IFSC, when(p.UsableFrom)}
}

func artisanBody(a artisans.Artisan) artisan {
	out := artisan{ID: a.ID, Name: text{a.NameEn, a.NameHi, a.NameUr}, Area: a.Area, Crafts: a.Crafts,
		CardNumber: a.CardNumber, Member: a.Member, Consents: a.Consents, CreatedAt: when(a.CreatedAt)}
	if a.Payee != nil {
		p := payeeBody(*a.Payee)
		out.Payee = &p
	}
	if a.Phone != nil {
		p := phoneBody(*a.Phone)
		out.Phone = &p
	}
	return out
}

type createArtisanInput struct {
	Idempotent
	Body struct {
		Name       text     `json:"name"`
		Area       string   `json:"area" maxLength:"40"`
		Crafts     []string `json:"crafts" minItems:"1" maxItems:"4" nullable:"false"`
		CardNumber string   `json:"card_number,omitempty" maxLength:"60"`
		Member     *bool    `json:"member,omitempty" doc:"false for a printer or washer who is not a member; default true"`
	}
}

func (s *Server) createArtisan(ctx context.Context, in *createArtisanInput) (*answer[artisan], error) {
	a, err := s.Artisans.Create(ctx, web.ActorOf(ctx), in.Key, artisans.Input{
		NameEn: in.Body.Name.En, NameHi: in.Body.Name.Hi, NameUr: in.Body.Name.Ur, Area: in.Body.Area,
		Crafts: in.Body.Crafts, CardNumber: in.Body.CardNumber, Member: in.Body.Member == nil || *in.Body.Member})
	if err != nil {
		return nil, err
	}
	return reply(ctx, artisanBody(a)), nil
}

func (s *Server) listArtisans(ctx context.Context, in *Page) (*list[artisan], error) {
	after, err := in.after()
	if err != nil {
		return nil, err
	}
	rows, err := s.Artisans.List(ctx, web.ActorOf(ctx), after, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return listOf(rows, in.Limit, artisanBody, func(a artisans.Artisan) string { return a.ID }), nil
}

// ByID is embedded by operations on one thing; Huma sees only exported embedded fields.
type ByID struct {
	ID string `path:"id" maxLength:"60"`
}

func (s *Server) getArtisan(ctx context.Context, in *ByID) (*one[artisan], error) {
	a, err := s.Artisans.Artisan(ctx, web.ActorOf(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return &one[artisan]{artisanBody(a)}, nil
}

type setPayeeInput struct {
	Idempotent
	ByID
	Body struct {
		Kind    string `json:"kind" enum:"bank,upi,cash"`
		Holder  string `json:"holder" minLength:"1" maxLength:"120" doc:"Name the account is held in"`
		Account string `json:"account,omitempty" maxLength:"30"`
		IFSC    string `json:"ifsc,omitempty" maxLength:"20"`
		UPI     string `json:"upi,omitempty" maxLength:"320"`

		Confirmed string `json:"confirmed,omitempty" maxLength:"500" doc:"How she said yes, and before whom; needed for a change"`
		IFSCNote  string `json:"ifsc_note,omitempty" maxLength:"500" doc:"Who has seen that the code is in use, when the list of banks does not have it"`
	}
}

func (in *setPayeeInput) payee() artisans.PayeeInput {
	return artisans.PayeeInput{Kind: in.Body.Kind, Holder: in.Body.Holder, Account: in.Body.Account, IFSC: in.Body.IFSC, UPI: in.Body.UPI,
		Confirmed: in.Body.Confirmed, IFSCNote: in.Body.IFSCNote}
}

func (s *Server) setPayee(ctx context.Context, in *setPayeeInput) (*answer[payee], error) {
	p := in.payee()
	p.Artisan = in.ID
	return s.savePayee(ctx, in.Key, p)
}

func (s *Server) setGroupPayee(ctx context.Context, in *setPayeeInput) (*answer[payee], error) {
	p := in.payee()
	p.Group = in.ID
	return s.savePayee(ctx, in.Key, p)
}

func (s *Server) savePayee(ctx context.Context, key string, in artisans.PayeeInput) (*answer[payee], error) {
	p, err := s.Artisans.SetPayee(ctx, web.ActorOf(ctx), key, in)
	if err != nil {
		return nil, err
	}
	return reply(ctx, payeeBody(p)), nil
}

type setConsentInput struct {
	Idempotent
	ByID
	Body struct {
		Purpose  string `json:"purpose" enum:"name,photo,story"`
		Granted  bool   `json:"granted"`
		Notice   string `json:"notice" minLength:"1" maxLength:"60" doc:"Version of the notice she was read"`
		Language string `json:"language" enum:"en,hi,ur"`
	}
}

func (s *Server) setConsent(ctx context.Context, in *setConsentInput) (*answer[artisan], error) {
	a, err := s.Artisans.SetConsent(ctx, web.ActorOf(ctx), in.Key, artisans.ConsentInput{Artisan: in.ID,
		Purpose: in.Body.Purpose, Granted: in.Body.Granted, Notice: in.Body.Notice, Language: in.Body.Language},
		catalog.ArtisanChanged)
	if err != nil {
		return nil, err
	}
	return reply(ctx, artisanBody(a)), nil
}

type statement struct {
	ArtisanID string            `json:"artisan_id"`
	Name      text              `json:"name"`
	From      string            `json:"from"`
	To        string            `json:"to"`
	Earned    signed            `json:"earned" doc:"Credited in the period"`
	PaidOut   signed            `json:"paid_out" doc:"Paid in the period, less what the bank returned"`
	Held      signed            `json:"held" doc:"Now: earned, not yet payable"`
	Payable   signed            `json:"payable" doc:"Now: owed"`
	Claimed   signed            `json:"claimed" doc:"Now: in a submitted run"`
	InTransit signed            `json:"in_transit" doc:"Now: with the bank"`
	Paid      signed            `json:"paid" doc:"Ever, less what the bank returned"`
	Aloud     []string          `json:"aloud" nullable:"false" doc:"What is read to her, in the language asked for"`
	Lines     []statementLine   `json:"lines" nullable:"false"`
	Agreed    []agreementChange `json:"agreed_anew,omitempty" doc:"Rates, makers and weights that two people changed in the period"`
}

type statementLine struct {
	Date    string `json:"date"`
	Kind    string `json:"kind"`
	Reason  string `json:"reason,omitempty"`
	Account string `json:"account"`
	Nature  string `json:"nature,omitempty"`
	OrderID string `json:"order_id,omitempty"`
	LotID   string `json:"lot_id,omitempty"`
	EntryID string `json:"entry_id"`
	Block   int64  `json:"block"`
	Amount  signed `json:"amount" doc:"As posted: debit +, credit −"`
}

type statementInput struct {
	ByID
	From string `query:"from" maxLength:"10" doc:"Business date, YYYY-MM-DD"`
	To   string `query:"to" maxLength:"10"`

	Language string `query:"language" enum:"en,hi,ur" default:"hi" doc:"Of what is read to her"`
}

func (s *Server) statement(ctx context.Context, in *statementInput) (*one[statement], error) {
	st, err := s.Payouts.Statement(ctx, web.ActorOf(ctx), in.ID, in.From, in.To)
	if err != nil {
		return nil, err
	}
	body := statementBody(st)
	body.Aloud = st.Aloud(in.Language)
	agreed, err := s.Workshop.Agreements(ctx, web.ActorOf(ctx), in.ID, st.From, st.To)
	for _, c := range agreed {
		body.Agreed = append(body.Agreed, changeBody(c))
	}
	if err != nil {
		return nil, err
	}
	return &one[statement]{body}, nil
}

func voiceOperation() huma.Operation {
	return fileOperation(op(get, "/artisans/{id}/statement/voice", "get-statement-voice", "Fetch an artisan's statement as a recording"), "audio/wav")
}

// statementVoice speaks Hindi or Urdu; there is no English recording.
func (s *Server) statementVoice(ctx context.Context, in *statementInput) (*file, error) {
	st, err := s.Payouts.Statement(ctx, web.ActorOf(ctx), in.ID, in.From, in.To)
	if err != nil {
		return nil, err
	}
	wav, err := st.Voice(in.Language)
	if err != nil {
		return nil, err
	}
	return &file{"audio/wav", `inline; filename="` + st.VoiceName() + `"`, wav}, nil
}

func statementBody(st payouts.Statement) statement {
	out := statement{ArtisanID: st.Artisan.ID, Name: text{st.Artisan.NameEn, st.Artisan.NameHi, st.Artisan.NameUr},
		From: st.From, To: st.To, Earned: signedOf(st.Earned), PaidOut: signedOf(st.PaidOut), Held: signedOf(st.Held),
		Payable: signedOf(st.Payable), Claimed: signedOf(st.Claimed), InTransit: signedOf(st.InTransit), Paid: signedOf(st.Paid),
		Lines: make([]statementLine, 0, len(st.Lines))}
	for _, l := range st.Lines {
		out.Lines = append(out.Lines, statementLine{l.BusinessDate, l.Kind, l.Reason, l.Account, l.Nature, l.Order, l.Lot,
			l.EntryID, l.Block, signedOf(l.Paise)})
	}
	return out
}
