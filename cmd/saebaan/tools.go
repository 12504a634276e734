package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"saebaan/artisans"
	"saebaan/catalog"
	"saebaan/internal/auth"
	"saebaan/internal/config"
	"saebaan/internal/db"
	"saebaan/internal/fault"
	"saebaan/internal/ledger"
	"saebaan/internal/web"
	"saebaan/orders"
	"saebaan/payouts"
	"saebaan/workshop"
)

// withShop runs a command on an open shop.
func withShop(ctx context.Context, data string, fn func(*shop) error) error {
	conf, err := config.Load(data)
	if err != nil {
		return err
	}
	s, err := openShop(ctx, conf, false)
	if err != nil {
		return err
	}
	defer s.close()
	return fn(s)
}

type migrateCmd struct{}

// Run migrates as the owner when one is named, and gives the program's own
// login its rights.
func (migrateCmd) Run(ctx context.Context, c *cli) error {
	conf, err := config.Load(c.Data)
	if err != nil {
		return err
	}
	address := conf.Database()
	if conf.DatabaseOwner != "" {
		address = conf.DatabaseOwner
	}
	d, err := db.Open(ctx, address)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	if err := migrate(ctx, d, conf.DatabaseLogin); err != nil {
		return err
	}
	fmt.Println("The database is at this program's version.")
	return nil
}

type usersCreateCmd struct {
	Login    string   `help:"Name to sign in with." required:""`
	Name     string   `help:"Name to show." required:""`
	Role     []string `help:"Role, or role:scope such as coordinator:barabanki; repeatable." required:""`
	Language string   `help:"en, hi or ur." default:"en" enum:"en,hi,ur"`
}

// Run creates the user.
func (cmd usersCreateCmd) Run(ctx context.Context, c *cli) error {
	password, err := readPassword()
	if err != nil {
		return err
	}
	in := auth.UserInput{Login: cmd.Login, Name: cmd.Name, Password: password, Language: cmd.Language}
	for _, r := range cmd.Role {
		role, scope, _ := strings.Cut(r, ":")
		if auth.Role(role) == auth.Coordinator && scope != "" && !slices.Contains(artisans.Areas, scope) {
			return artisans.ErrArea
		}
		in.Grants = append(in.Grants, auth.Grant{Role: auth.Role(role), Scope: scope})
	}
	return withShop(ctx, c.Data, func(s *shop) error {
		user, err := s.auth.CreateUser(ctx, auth.System("command"), in)
		if err == nil {
			fmt.Println(user)
		}
		return err
	})
}

func readPassword() (string, error) {
	if p := os.Getenv("SAEBAAN_PASSWORD"); p != "" {
		return p, nil
	}
	if file := os.Getenv("SAEBAAN_PASSWORD_FILE"); file != "" {
		raw, err := os.ReadFile(file) // #nosec G304 G703 -- the operator names the file
		return strings.TrimSpace(string(raw)), err
	}
	fmt.Fprint(os.Stderr, "Password: ")
	line, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if errors.Is(err, io.EOF) { // the last line need not end in one
		err = nil
	}
	return strings.TrimRight(line, "\r\n"), err
}

type keysCreateCmd struct {
	User string `help:"Login of the person the key belongs to." required:""`
}

// Run prints the key and nothing else.
func (cmd keysCreateCmd) Run(ctx context.Context, c *cli) error {
	return withShop(ctx, c.Data, func(s *shop) error {
		key, err := s.auth.CreateKey(ctx, auth.System("command"), cmd.User)
		if err == nil {
			fmt.Println(key)
		}
		return err
	})
}

type verifyCmd struct {
	Head []string `help:"The hash of a block that was kept elsewhere (bank file, mail, backup); the book must hold it, or its end was cut off."`
}

// errBook ends a verification that found something.
var errBook = fault.New(fault.Conflict, "cli.book", "The book does not verify; see the lines above.")

// Run recomputes the book and checks every invariant (DESIGN §4.5).
func (cmd verifyCmd) Run(ctx context.Context, c *cli) error {
	return withShop(ctx, c.Data, func(s *shop) error { return s.verify(ctx, os.Stdout, cmd.Head...) })
}

func (s *shop) verify(ctx context.Context, out io.Writer, heads ...string) error {
	bar := newProgress("verifying entries", 0)
	report, err := ledger.Verify(ctx, s.db, bar.set, heads...)
	bar.end()
	if err != nil {
		return err
	}
	found := 0
	say := func(code, at, detail string) {
		found++
		_, _ = fmt.Fprintf(out, "%s %s: %s\n", code, at, detail)
	}
	for _, p := range report.Problems {
		say(p.Code, p.At, p.Detail)
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		stock, err := catalog.CheckStock(tx)
		if err != nil {
			return err
		}
		for _, p := range stock {
			say("stock", p.Lot+" "+p.Place, p.Detail)
		}
		sold, err := orders.Check(tx)
		if err != nil {
			return err
		}
		for _, p := range sold {
			say("order", p.Order, fmt.Sprintf("%s (%d)", p.Detail, p.Paise))
		}
		made, err := workshop.Check(tx)
		if err != nil {
			return err
		}
		for _, p := range made {
			say("job", p.At, fmt.Sprintf("%s (%d)", p.Detail, p.Paise))
		}
		paid, err := payouts.Check(tx)
		for _, p := range paid {
			say("payout", p.At, fmt.Sprintf("%s (%d)", p.Detail, p.Paise))
		}
		return err
	})
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(out, "%d entries, %d blocks, head %s, %d problems\n", report.Entries, report.Blocks, report.Head, found)
	if found > 0 {
		return errBook
	}
	return nil
}

type exportCmd struct {
	Format string `help:"hledger." default:"hledger" enum:"hledger"`
}

// Run writes the journal to standard output.
func (exportCmd) Run(ctx context.Context, c *cli) error {
	return withShop(ctx, c.Data, func(s *shop) error {
		bar := newProgress("exporting entries", 0)
		_, err := ledger.ExportHledger(ctx, s.db, os.Stdout, bar.set)
		bar.end()
		return err
	})
}

type rotateCmd struct{}

// Run makes a fresh key and seals everything anew under it. Servers and workers
// that run meanwhile take the key up by themselves.
func (rotateCmd) Run(ctx context.Context, c *cli) error {
	return withShop(ctx, c.Data, func(s *shop) error {
		if err := s.keys.Rotate(); err != nil {
			return err
		}
		people, err := s.artisans.Reseal(ctx)
		if err != nil {
			return err
		}
		files, err := s.payouts.Reseal(ctx)
		if err != nil {
			return err
		}
		fmt.Printf("A fresh key in %s seals from now on; %d payment details and PANs and %d bank files were sealed anew.\n", s.config.Keys, people, files)
		fmt.Println("Copy the key folder to where its copies are kept. The older keys stay in it, since older backups need them.")
		return nil
	})
}

type backupCmd struct {
	File string `arg:"" help:"File to write; it must not exist."`
}

// Run seals the book, copies it, and says what the copy does not hold.
func (cmd backupCmd) Run(ctx context.Context, c *cli) error {
	return withShop(ctx, c.Data, func(s *shop) error {
		if s.db.Dialect() != db.SQLite {
			return db.ErrPgDump
		}
		head, err := ledger.Seal(ctx, s.db)
		if err != nil {
			return err
		}
		if err := s.db.Backup(ctx, cmd.File); err != nil {
			return err
		}
		fmt.Printf("%s holds the database; the book stands at block %d, %s.\n", cmd.File, head.No, head.Hash)
		fmt.Printf("It does not hold the payee keys in %s nor the photos in %s. Keep copies of both, the keys in another place than the backups: without them no bank account can be read.\n",
			s.config.Keys, filepath.Join(s.config.Data, "photos"))
		return nil
	})
}

type restoreCmd struct {
	File string `arg:"" help:"Backup to restore." type:"existingfile"`
}

// Run copies a backup into a data folder without a database and verifies it.
func (cmd restoreCmd) Run(ctx context.Context, c *cli) error {
	conf, err := config.Load(c.Data)
	if err != nil {
		return err
	}
	if conf.DatabaseURL != "" {
		return db.ErrPgDump
	}
	if !fresh(c.Data) {
		return db.ErrExists.With("There is already a database in %s. Nothing was written; choose an empty data folder.", c.Data)
	}
	if err := db.CheckBackup(ctx, cmd.File); err != nil {
		return err
	}
	if err := copyFile(cmd.File, filepath.Join(c.Data, "saebaan.db")); err != nil {
		return err
	}
	for _, stale := range []string{"search.db", "search.db-wal", "search.db-shm", "search.mark"} {
		_ = os.Remove(filepath.Join(c.Data, stale)) // rebuilt from the database
	}
	err = withShop(ctx, c.Data, func(s *shop) error { return s.verify(ctx, os.Stdout) })
	if err == nil || errors.Is(err, errBook) {
		return err
	}
	for _, part := range []string{"", "-wal", "-shm"} { // or a second try would find the folder in use
		_ = os.Remove(filepath.Join(c.Data, "saebaan.db"+part))
	}
	return db.ErrBackup.Because(err)
}

// copyFile writes a complete, synced copy under another name first.
func copyFile(from, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	in, err := os.Open(from) // #nosec G304 -- the operator names the file
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	out, err := os.OpenFile(to+".part", os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) // #nosec G304 -- in the data folder
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		return err
	}
	if err := out.Sync(); err != nil {
		return err
	}
	if err := out.Close(); err != nil {
		return err
	}
	return os.Rename(to+".part", to)
}

type configCmd struct{}

// Run prints what is in force, a line each.
func (configCmd) Run(c *cli) error {
	conf, err := config.Load(c.Data)
	if err != nil {
		return err
	}
	for _, line := range conf.Lines() {
		fmt.Println(line)
	}
	return nil
}

type healthyCmd struct {
	Addr string `help:"Address of the server." default:"127.0.0.1:8080"`
}

// Run asks /readyz, and fails when the answer is not 200.
func (cmd healthyCmd) Run(ctx context.Context) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+cmd.Addr+"/readyz", nil)
	if err != nil {
		return err
	}
	res, err := (&http.Client{Timeout: 3 * time.Second}).Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return web.ErrUnavailable
	}
	return nil
}
