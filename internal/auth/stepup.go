package auth

import (
	"context"
	"errors"
	"time"

	"saebaan/internal/db"
	"saebaan/internal/id"
)

const (
	failureWindow = 15 * time.Minute
	failureLimit  = 10
)

// Proof shows that the person behind a session is there: her own password typed
// again, or what her passkey answered to a challenge of BeginProof, as the
// browser writes it in JSON. One of the two.
type Proof struct {
	Password string
	Passkey  []byte
}

// Act is what a proof is asked for. A passkey's answer counts for one act alone.
type Act struct {
	Kind    string `db:"kind"`
	Object  string `db:"object"`  // id of what is acted on
	Content string `db:"content"` // hash of what she looked at
}

// ApproveRun is the act of approving a payout run with that content.
func ApproveRun(run, hash string) Act { return Act{Kind: "run.approve", Object: run, Content: hash} }

// DecideAdvance is the act of giving an advance or refusing it; the hash is of what
// she looked at and of what she decides.
func DecideAdvance(advance, hash string) Act { return Act{"advance.decide", advance, hash} }

// WriteOffAdvance is the act of deciding about what is left of an advance.
func WriteOffAdvance(advance, hash string) Act { return Act{"advance.write_off", advance, hash} }

// DecideClosing is the act of closing a month or refusing to.
func DecideClosing(closing, hash string) Act { return Act{"closing.decide", closing, hash} }

// Prove returns nil when the proof is good for the act. Returns ErrKeyApproves
// for a key, ErrStepUp for a wrong password, ErrPasskey and ErrPasskeyCounter
// for an answer that is not accepted, ErrTooMany after ten tries, ErrProof when
// there are both or none.
func (s *Service) Prove(ctx context.Context, actor Actor, act Act, proof Proof) error {
	switch {
	case actor.Via == ViaKey:
		return ErrKeyApproves
	case actor.Via != ViaSession:
		return ErrUnauthenticated
	case (proof.Password == "") == (len(proof.Passkey) == 0):
		return ErrProof
	case proof.Password != "":
		return s.StepUp(ctx, actor, proof.Password)
	}
	return s.usePasskey(ctx, actor, act, proof.Passkey)
}

// StepUp proves that the person behind a session is there: her own password,
// typed again. Returns ErrKeyApproves for a key, ErrStepUp for a wrong password.
func (s *Service) StepUp(ctx context.Context, actor Actor, password string) error {
	if actor.Via == ViaKey {
		return ErrKeyApproves
	}
	if actor.Via != ViaSession {
		return ErrUnauthenticated
	}
	user, err := s.check(ctx, actor.Login, stepUpTries(actor), password)
	if errors.Is(err, ErrCredentials) || (err == nil && user != actor.ID) {
		return ErrStepUp
	}
	return err
}

// stepUpTries is what tries to step up are counted under, whatever the proof.
func stepUpTries(actor Actor) string { return Hash("step-up " + actor.ID) }

// check compares the password with that of a login; it returns the user's id.
// The try is counted under counted before the slow comparison, so that a burst
// cannot outrun the limit, and taken off the count when it was right.
func (s *Service) check(ctx context.Context, login, counted, password string) (string, error) {
	try := id.New("lgf")
	if err := s.db.Write(ctx, func(tx *db.Tx) error { return countTry(tx, try, counted) }); err != nil {
		return "", err
	}
	var u struct {
		ID   string `db:"id"`
		Hash string `db:"password_hash"`
	}
	err := s.db.Get(ctx, &u, `
		SELECT id, password_hash
		FROM users
		WHERE login = $1 AND disabled_at IS NULL`, login)
	if errors.Is(err, db.ErrNone) {
		u.Hash = unknownUser
	} else if err != nil {
		return "", err
	}
	fits := passwordFits(u.Hash, password) && u.ID != ""
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if !fits {
			return Audit(tx, Actor{}, "session.failed", "login", "")
		}
		return forgetTry(tx, try)
	})
	if err != nil {
		return "", err
	}
	if !fits {
		return "", ErrCredentials
	}
	return u.ID, nil
}

// countTry counts a try under counted; ErrTooMany when there were ten of late.
func countTry(tx *db.Tx, try, counted string) error {
	var tries int
	if err := tx.Get(&tries, `
		SELECT COUNT(*)
		FROM login_failures
		WHERE login = $1 AND at > $2`, counted, machineNow().Add(-failureWindow)); err != nil {
		return err
	}
	if tries >= failureLimit {
		return ErrTooMany
	}
	_, err := tx.Exec(`
		INSERT INTO login_failures (id, login, at)
		VALUES ($1, $2, $3)`, try, counted, machineNow())
	return err
}

func forgetTry(tx *db.Tx, try string) error {
	_, err := tx.Exec(`
		DELETE FROM login_failures
		WHERE id = $1`, try)
	return err
}

// Sweep forgets failed tries that are too old to count, and challenges that
// nobody answered.
func (s *Service) Sweep(ctx context.Context) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(`
			DELETE FROM login_failures
			WHERE at < $1`, machineNow().Add(-failureWindow)); err != nil {
			return err
		}
		_, err := tx.Exec(`
			DELETE FROM passkey_challenges
			WHERE expires_at < $1`, machineNow())
		return err
	})
}
