package api

import (
	"context"
	"time"

	"saebaan/artisans"
	"saebaan/internal/web"
)

type phone struct {
	ID      string `json:"id"`
	Version int64  `json:"version"`
	Masked  string `json:"masked"`
}

func phoneBody(p artisans.Phone) phone { return phone{p.ID, p.Version, p.Masked} }

type setPhoneInput struct {
	Idempotent
	ByID
	Body struct {
		Phone string `json:"phone" minLength:"1" maxLength:"20" doc:"Indian mobile number, ten digits"`
	}
}

func (s *Server) setPhone(ctx context.Context, in *setPhoneInput) (*answer[phone], error) {
	p, err := s.Artisans.SetPhone(ctx, web.ActorOf(ctx), in.Key, artisans.PhoneInput{Artisan: in.ID, Phone: in.Body.Phone})
	if err != nil {
		return nil, err
	}
	return reply(ctx, phoneBody(p)), nil
}

type notice struct {
	ID        string     `json:"id"`
	ArtisanID string     `json:"artisan_id"`
	Name      text       `json:"name"`
	Area      string     `json:"area"`
	Changed   string     `json:"changed" enum:"payee,phone"`
	ChangeID  string     `json:"change_id" doc:"The new payment details or phone number"`
	Masked    string     `json:"masked" doc:"What counts from then on; empty for cash"`
	CountsAt  time.Time  `json:"counts_at"`
	To        string     `json:"to" doc:"The number on record before the change, masked"`
	Phone     string     `json:"phone,omitempty" doc:"The same, whole; not for who entered the change"`
	Language  string     `json:"language" enum:"en,hi,ur"`
	Text      string     `json:"text" doc:"What she is told, in her language"`
	SMS       string     `json:"sms,omitempty"`
	WhatsApp  string     `json:"whatsapp,omitempty"`
	MadeAt    time.Time  `json:"made_at"`
	ToldAt    *time.Time `json:"told_at,omitempty"`
	How       string     `json:"how,omitempty" enum:"sms,whatsapp,call,unreachable"`
	Reason    string     `json:"reason,omitempty"`
}

func noticeBody(n artisans.Notice) notice {
	return notice{ID: n.ID, ArtisanID: n.Artisan, Name: text{n.NameEn, n.NameHi, n.NameUr}, Area: n.Area, Changed: n.What, ChangeID: n.Change,
		Masked: n.Masked, CountsAt: when(n.CountsAt), To: n.To, Phone: n.Number, Language: n.Language, Text: n.Text(), SMS: n.SMS(), WhatsApp: n.WhatsApp(),
		MadeAt: when(n.MadeAt), ToldAt: whenOrNil(n.ToldAt), How: n.How, Reason: n.Reason}
}

// listNotices are those that nobody has told yet, oldest first.
func (s *Server) listNotices(ctx context.Context, in *Page) (*list[notice], error) {
	after, err := in.after()
	if err != nil {
		return nil, err
	}
	rows, err := s.Artisans.NoticesDue(ctx, web.ActorOf(ctx), after, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return listOf(rows, in.Limit, noticeBody, func(n artisans.Notice) string { return n.ID }), nil
}

type toldInput struct {
	Idempotent
	ByID
	Body struct {
		How    string `json:"how" enum:"sms,whatsapp,call,unreachable"`
		Reason string `json:"reason,omitempty" maxLength:"500" doc:"Why she could not be reached"`
	}
}

func (s *Server) toldNotice(ctx context.Context, in *toldInput) (*answer[notice], error) {
	n, err := s.Artisans.Told(ctx, web.ActorOf(ctx), in.Key, artisans.ToldInput{Notice: in.ID, How: in.Body.How, Reason: in.Body.Reason})
	if err != nil {
		return nil, err
	}
	return reply(ctx, noticeBody(n)), nil
}
