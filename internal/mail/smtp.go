package mail

import (
	"context"
	"net"
	netmail "net/mail"
	"time"

	gomail "github.com/wneessen/go-mail"
)

const (
	smtpTimeout = 20 * time.Second
	portSMTPS   = 465
)

// Config is how to reach a mail server.
type Config struct {
	Host     string
	Port     int
	User     string // "" signs in nowhere
	Password string
	From     string // "Saebaan <orders@example.org>"
}

// SMTP sends mails through a server.
type SMTP struct {
	config  Config
	options []gomail.Option
}

// NewSMTP gives a sender through a server: TLS from the first byte on port 465
// and by STARTTLS elsewhere, always required unless the host is this machine.
// Returns ErrConfig.
func NewSMTP(c Config) (*SMTP, error) {
	if _, err := netmail.ParseAddress(c.From); err != nil || hasControl(c.From) || c.Host == "" || c.Port < 1 || c.Port > 65_535 {
		return nil, ErrConfig
	}
	s := &SMTP{config: c, options: []gomail.Option{
		gomail.WithPort(c.Port), gomail.WithTimeout(smtpTimeout), gomail.WithHELO(domainOf(c.From)),
	}}
	auth := gomail.SMTPAuthAutoDiscover
	switch {
	case isLoopback(c.Host):
		auth = gomail.SMTPAuthPlainNoEnc
		s.options = append(s.options, gomail.WithTLSPolicy(gomail.NoTLS))
	case c.Port == portSMTPS:
		s.options = append(s.options, gomail.WithSSL())
	default:
		s.options = append(s.options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if c.User != "" {
		s.options = append(s.options, gomail.WithSMTPAuth(auth), gomail.WithUsername(c.User), gomail.WithPassword(c.Password))
	}
	if _, err := gomail.NewClient(c.Host, s.options...); err != nil {
		return nil, ErrConfig.Because(err)
	}
	return s, nil
}

// Send hands the mail to the server. Returns ErrMessage, or ErrUnavailable when
// it was not taken.
func (s *SMTP) Send(ctx context.Context, m Message) error {
	msg, err := compose(s.config.From, m, gomail.EncodingQP)
	if err != nil {
		return err
	}
	client, err := gomail.NewClient(s.config.Host, s.options...)
	if err != nil {
		return ErrConfig.Because(err)
	}
	if err := client.DialAndSendWithContext(ctx, msg); err != nil {
		return ErrUnavailable.Because(err)
	}
	return nil
}

func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
