package mail_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"mime/quotedprintable"
	"net"
	netmail "net/mail"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"saebaan/internal/mail"
)

func TestFileKeepsWholeMails(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mail.txt")
	f := mail.NewFile(path)
	var wait sync.WaitGroup
	for i := range 20 {
		wait.Go(func() {
			m := mail.Message{To: "asha@example.org", Subject: "आपका ऑर्डर " + fmt.Sprint(i), Text: "धन्यवाद\n" + strings.Repeat("line\n", 200)}
			if err := f.Send(context.Background(), m); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatal(info, err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(data), "Subject:"); n != 20 {
		t.Errorf("%d mails in the file, want 20", n)
	}
	first, err := netmail.ReadMessage(strings.NewReader(string(data)))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(first.Header.Get("Subject"))
	if err != nil || !strings.HasPrefix(subject, "आपका ऑर्डर") {
		t.Errorf("subject %q %v", subject, err)
	}
	if !strings.Contains(string(data), "धन्यवाद\r\nline\r\n") {
		t.Error("the text is not there as written")
	}
}

func TestHeadersCannotBeForged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mail.txt")
	f := mail.NewFile(path)
	for _, m := range []mail.Message{
		{To: "a@example.org\r\nBcc: b@example.org", Subject: "s"},
		{To: "a@example.org, b@example.org", Subject: "s"},
		{To: "Asha <a@example.org>", Subject: "s"},
		{To: "", Subject: "s"},
		{To: "nobody", Subject: "s"},
		{To: "a@example.org", Subject: "s\r\nBcc: b@example.org"},
		{To: "a@example.org", Subject: "s\nX: y"},
		{To: "a@example.org", Subject: ""},
		{To: "a@example.org", Subject: strings.Repeat("s", 201)},
	} {
		if err := f.Send(context.Background(), m); !errors.Is(err, mail.ErrMessage) {
			t.Errorf("%q %q: %v", m.To, m.Subject, err)
		}
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("something was written")
	}
}

func TestSMTPOnThisMachine(t *testing.T) {
	var log strings.Builder
	old := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	defer slog.SetDefault(old)
	port, got := fakeServer(t, false)
	s, err := mail.NewSMTP(mail.Config{Host: "127.0.0.1", Port: port, From: "Saebaan <orders@example.org>"})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Send(context.Background(), mail.Message{To: "asha@example.org", Subject: "Paid", Text: "शुक्रिया"}); err != nil {
		t.Fatal(err)
	}
	m, err := netmail.ReadMessage(strings.NewReader(<-got))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	if err != nil || !strings.Contains(string(body), "शुक्रिया") || m.Header.Get("To") != "<asha@example.org>" {
		t.Errorf("%s %v %v", body, m.Header, err)
	}
	if !strings.HasSuffix(m.Header.Get("Message-ID"), "@example.org>") {
		t.Error("Message-ID", m.Header.Get("Message-ID"))
	}
	if log.Len() > 0 {
		t.Errorf("logged: %s", log.String())
	}
}

func TestAServerThatRefusesIsUnavailable(t *testing.T) {
	port, _ := fakeServer(t, true)
	s, err := mail.NewSMTP(mail.Config{Host: "127.0.0.1", Port: port, From: "orders@example.org"})
	if err != nil {
		t.Fatal(err)
	}
	err = s.Send(context.Background(), mail.Message{To: "asha@example.org", Subject: "Paid", Text: "x"})
	if !errors.Is(err, mail.ErrUnavailable) {
		t.Error(err)
	}
}

func TestConfigIsChecked(t *testing.T) {
	for _, c := range []mail.Config{
		{},
		{Host: "mail.example.org", Port: 0, From: "a@example.org"},
		{Host: "mail.example.org", Port: 587, From: "nobody"},
		{Host: "", Port: 587, From: "a@example.org"},
		{Host: "mail.example.org", Port: 587, From: "a@example.org\r\nBcc: b@example.org"},
	} {
		if _, err := mail.NewSMTP(c); !errors.Is(err, mail.ErrConfig) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

// fakeServer speaks as much SMTP as one plain mail needs.
func fakeServer(t *testing.T, refuse bool) (port int, got chan string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	got = make(chan string, 1)
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer func() { _ = conn.Close() }()
		in := bufio.NewReader(conn)
		say := func(s string) { _, _ = io.WriteString(conn, s+"\r\n") }
		say("220 ready")
		for {
			line, err := in.ReadString('\n')
			if err != nil {
				return
			}
			switch verb := strings.ToUpper(strings.Fields(line + " x")[0]); {
			case verb == "RCPT" && refuse:
				say("451 later")
			case verb == "DATA":
				say("354 go on")
				var b strings.Builder
				for {
					line, err := in.ReadString('\n')
					if err != nil || line == ".\r\n" {
						break
					}
					b.WriteString(line)
				}
				got <- b.String()
				say("250 taken")
			case verb == "QUIT":
				say("221 bye")
				return
			default:
				say("250 ok")
			}
		}
	}()
	return l.Addr().(*net.TCPAddr).Port, got
}
