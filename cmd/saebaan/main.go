// Command saebaan is the shop, its books and its tools in one static binary.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"saebaan/internal/fault"
)

type cli struct {
	Data string `help:"Folder of the database, keys, photos and index." default:"data" type:"path"`

	Serve   serveCmd   `cmd:"" help:"Serve the shop and work its queues."`
	Worker  workerCmd  `cmd:"" help:"Work the queues alone, beside servers started with --no-worker."`
	Migrate migrateCmd `cmd:"" help:"Bring the database to this program's version."`
	Import  struct {
		Products importCmd `cmd:"" help:"Import products from a CSV file."`
	} `cmd:"" help:"Import from files."`
	Users struct {
		Create usersCreateCmd `cmd:"" help:"Create a user; the password comes from SAEBAAN_PASSWORD, SAEBAAN_PASSWORD_FILE or standard input."`
	} `cmd:"" help:"Users."`
	Keys struct {
		Create keysCreateCmd `cmd:"" help:"Create an API key for a user and print it, once."`
	} `cmd:"" help:"API keys."`
	Vault struct {
		Rotate rotateCmd `cmd:"" help:"Seal payment details, PANs and bank files under a fresh key, while the program is in use."`
	} `cmd:"" help:"The keys of what is sealed."`
	Ledger struct {
		Verify verifyCmd `cmd:"" help:"Recompute the whole book from its raw rows."`
		Export exportCmd `cmd:"" help:"Write the book as a journal."`
	} `cmd:"" help:"The book."`
	Backup  backupCmd  `cmd:"" help:"Write a complete copy of the SQLite database to a file, while it is in use."`
	Restore restoreCmd `cmd:"" help:"Put a backup into an empty data folder and verify its book."`
	Config  configCmd  `cmd:"" help:"Show the configuration in force, secrets masked."`
	Healthy healthyCmd `cmd:"" help:"Ask a server on this machine whether it is ready; for container health checks."`
}

func main() {
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, nil)))
	var c cli
	parsed := kong.Parse(&c, kong.Name("saebaan"), kong.UsageOnError(),
		kong.Description("Commerce for people who make things by hand: every paisa has a named head."))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	parsed.BindTo(ctx, (*context.Context)(nil))
	if err := parsed.Run(&c); err != nil {
		fmt.Fprintln(os.Stderr, "saebaan:", explain(err))
		os.Exit(1)
	}
}

// explain is what a person at a terminal is told: the message of a fault and
// its cause, without the code.
func explain(err error) string {
	f := fault.Of(err)
	if f == nil {
		return err.Error()
	}
	text := f.Message
	for _, field := range f.Fields {
		text += fmt.Sprintf("\n  %s: %s", field.Location, field.Message)
	}
	if cause := f.Unwrap(); cause != nil {
		text += "\n  cause: " + cause.Error()
	}
	return text
}
