package api

import (
	"context"
	"encoding/json"
	"time"

	"saebaan/internal/auth"
	"saebaan/internal/web"
)

type passkey struct {
	ID        string     `json:"id"`
	Label     string     `json:"label"`
	Site      string     `json:"site" doc:"The shop's name on the web, where it works"`
	BackedUp  bool       `json:"backed_up" doc:"A password manager keeps it beside the device"`
	CreatedAt time.Time  `json:"created_at"`
	UsedAt    *time.Time `json:"used_at,omitempty"`
}

func passkeyBody(p auth.Passkey) passkey {
	return passkey{p.ID, p.Label, p.Site, p.BackedUp, when(p.CreatedAt), whenOrNil(p.UsedAt)}
}

// challenge is what a browser asks a passkey with.
type challenge struct {
	PublicKey json.RawMessage `json:"public_key" doc:"For PublicKeyCredential.parseCreationOptionsFromJSON or parseRequestOptionsFromJSON, named and encoded as WebAuthn Level 3 has it. Good for five minutes and one answer."`
}

func challenged(options []byte, err error) (*one[challenge], error) {
	if err != nil {
		return nil, err
	}
	return &one[challenge]{challenge{options}}, nil
}

func (s *Server) listPasskeys(ctx context.Context, _ *struct{}) (*whole[passkey], error) {
	return wholeOf(passkeyBody)(s.Auth.Passkeys(ctx, web.ActorOf(ctx)))
}

// PasswordInput carries the password typed again.
type PasswordInput struct {
	Body struct {
		Password string `json:"password" minLength:"1" maxLength:"128" doc:"Your own, typed again"`
	}
}

func (s *Server) beginPasskey(ctx context.Context, in *PasswordInput) (*one[challenge], error) {
	return challenged(s.Auth.BeginPasskey(ctx, web.ActorOf(ctx), in.Body.Password))
}

type addPasskeyInput struct {
	Body struct {
		Label      string          `json:"label" minLength:"1" maxLength:"60"`
		Credential json.RawMessage `json:"credential" doc:"What the browser made, as PublicKeyCredential.toJSON gives it"`
	}
}

func (s *Server) addPasskey(ctx context.Context, in *addPasskeyInput) (*one[passkey], error) {
	p, err := s.Auth.AddPasskey(ctx, web.ActorOf(ctx), in.Body.Label, in.Body.Credential)
	if err != nil {
		return nil, err
	}
	return &one[passkey]{passkeyBody(p)}, nil
}

type removePasskeyInput struct {
	ByID
	PasswordInput
}

func (s *Server) removePasskey(ctx context.Context, in *removePasskeyInput) (*struct{}, error) {
	return nil, s.Auth.RemovePasskey(ctx, web.ActorOf(ctx), in.ID, in.Body.Password)
}

type challengeRunInput struct {
	ByID
	Body struct {
		ContentHash string `json:"content_hash" minLength:"64" maxLength:"64" doc:"Of the run you looked at"`
	}
}

// challengeRun begins to approve a run by passkey: the answer counts for this
// run and content alone.
func (s *Server) challengeRun(ctx context.Context, in *challengeRunInput) (*one[challenge], error) {
	return challenged(s.Auth.BeginProof(ctx, web.ActorOf(ctx), auth.ApproveRun(in.ID, in.Body.ContentHash)))
}
