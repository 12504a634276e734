package mail

import (
	"context"
	netmail "net/mail"
	"strings"

	gomail "github.com/wneessen/go-mail"

	"saebaan/internal/fault"
	"saebaan/internal/id"
)

// The faults of this package.
var (
	ErrMessage     = fault.New(fault.Invalid, "mail.message", "This mail cannot be sent: its address or subject is not acceptable. Nothing was sent.")
	ErrConfig      = fault.New(fault.Invalid, "mail.config", "The settings of the mail server cannot be used. Give a host, a port and a sender's address.")
	ErrUnavailable = fault.New(fault.Unavailable, "mail.unavailable", "The mail server does not take mail at present. It will be tried again.")
)

// Sender sends a mail. Returns ErrMessage or ErrUnavailable.
type Sender interface {
	Send(ctx context.Context, m Message) error
}

// Message is one mail to one person, in plain text.
type Message struct {
	To      string // a bare address
	Subject string // at most 200 characters, no line break
	Text    string
}

const maxSubject = 200

// compose builds the RFC 5322 message, refusing whatever could forge a header.
func compose(from string, m Message, encoding gomail.Encoding) (*gomail.Msg, error) {
	to, err := netmail.ParseAddress(m.To)
	if err != nil || to.Address != m.To || hasControl(m.To) {
		return nil, ErrMessage.At("to", "is not one bare e-mail address")
	}
	if m.Subject == "" || len([]rune(m.Subject)) > maxSubject || hasControl(m.Subject) {
		return nil, ErrMessage.At("subject", "is missing, too long or has a line break")
	}
	out := gomail.NewMsg(gomail.WithEncoding(encoding), gomail.WithNoDefaultUserAgent())
	if err := out.From(from); err != nil {
		return nil, ErrConfig.Because(err)
	}
	if err := out.To(m.To); err != nil {
		return nil, ErrMessage.At("to", "is not an e-mail address")
	}
	out.Subject(m.Subject)
	out.SetDate()
	out.SetMessageIDWithValue(id.New("msg") + "@" + domainOf(from))
	out.SetGenHeader("Auto-Submitted", "auto-generated")
	out.SetBodyString(gomail.TypeTextPlain, strings.ReplaceAll(strings.ReplaceAll(m.Text, "\r\n", "\n"), "\n", "\r\n"))
	return out, nil
}

func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\u2028' || r == '\u2029' || r == '\u0085' })
}

// domainOf is what stands behind the @ of a sender, so that the machine's own
// name does not leave it.
func domainOf(from string) string {
	a, err := netmail.ParseAddress(from)
	if err != nil {
		return "localhost"
	}
	return a.Address[strings.LastIndexByte(a.Address, '@')+1:]
}
