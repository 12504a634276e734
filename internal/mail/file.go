package mail

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"sync"

	gomail "github.com/wneessen/go-mail"
)

const fileFrom = "Saebaan <saebaan@localhost>"

// File appends mails to a file instead of sending them, for development.
type File struct {
	path string
	mu   sync.Mutex
}

// NewFile gives a sender that appends each mail, unencoded UTF-8 and followed by
// an empty line, to the file at path, which only its owner may read.
func NewFile(path string) *File { return &File{path: path} }

// Send appends the mail. Returns ErrMessage.
func (f *File) Send(_ context.Context, m Message) error {
	msg, err := compose(fileFrom, m, gomail.NoEncoding)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if _, err := msg.WriteTo(&b); err != nil {
		return ErrMessage.Because(err)
	}
	b.WriteString("\r\n\r\n")
	f.mu.Lock()
	defer f.mu.Unlock()
	out, err := os.OpenFile(f.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("mail file: %w", err)
	}
	if _, err := out.Write(b.Bytes()); err != nil {
		_ = out.Close()
		return fmt.Errorf("mail file: %w", err)
	}
	return out.Close()
}
