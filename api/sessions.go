package api

import (
	"context"
	"time"

	"saebaan/internal/auth"
	"saebaan/internal/web"
)

type session struct {
	Token     string    `json:"token" doc:"Send it as a bearer token; shown once"`
	ExpiresAt time.Time `json:"expires_at"`
	User      user      `json:"user"`
}

type user struct {
	ID    string       `json:"id"`
	Login string       `json:"login"`
	Name  string       `json:"name"`
	Roles []auth.Grant `json:"roles" nullable:"false"`
}

func userBody(a auth.Actor) user { return user{a.ID, a.Login, a.Name, a.Grants} }

type createSessionInput struct {
	Body struct {
		User     string `json:"user" minLength:"1" maxLength:"100"`
		Password string `json:"password" minLength:"1" maxLength:"128"`
	}
}

func (s *Server) createSession(ctx context.Context, in *createSessionInput) (*one[session], error) {
	out, err := s.Auth.SignIn(ctx, in.Body.User, in.Body.Password)
	if err != nil {
		return nil, err
	}
	return &one[session]{session{out.Token, when(out.ExpiresAt), userBody(out.Actor)}}, nil
}

type deleteSessionInput struct {
	Authorization string `header:"Authorization" hidden:"true"`
}

func (s *Server) deleteSession(ctx context.Context, in *deleteSessionInput) (*struct{}, error) {
	if web.ActorOf(ctx).Via != auth.ViaSession {
		return nil, auth.ErrUnauthenticated
	}
	return nil, s.Auth.SignOut(ctx, in.Authorization[len("Bearer "):])
}

func (s *Server) me(ctx context.Context, _ *struct{}) (*one[user], error) {
	a := web.ActorOf(ctx)
	if a.ID == "" {
		return nil, auth.ErrUnauthenticated
	}
	return &one[user]{userBody(a)}, nil
}
