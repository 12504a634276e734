package fault

import (
	"errors"
	"fmt"
)

// Kind says whose fault it is and what the caller may do about it.
type Kind int

// The kinds, from the caller's side to ours.
const (
	Internal        Kind = iota // a defect of ours; its text is never shown
	Malformed                   // the bytes could not be read at all
	Invalid                     // read, but a value is not acceptable
	Unauthenticated             // nobody is signed in
	Forbidden                   // signed in, but not allowed
	NotFound                    // absent, or hidden from this person
	Conflict                    // the present state refuses it
	TooLarge                    // more bytes than the route takes
	Unsupported                 // a content type or encoding that is not taken
	TooMany                     // more requests than allowed
	Unavailable                 // try again later; nothing is known to have been done
)

// Field names one value at fault: a JSON pointer or column, and what is wrong.
type Field struct {
	Location string `json:"location"`
	Message  string `json:"message"`
}

// Error is a failure with a stable code and a message safe to show.
type Error struct {
	Kind    Kind
	Code    string
	Message string
	Fields  []Field
	cause   error
}

// New makes a sentinel. Code is "package.reason"; message is a sentence that
// says what happened, what was not done and what to do next.
func New(kind Kind, code, message string) *Error {
	e := &Error{Kind: kind, Code: code, Message: message}
	if _, taken := registry[code]; !taken {
		registry[code] = e
	}
	return e
}

// Codes returns every code made with New so far with its sentinel; the golden
// list and the API's error page are made from it.
func Codes() map[string]*Error { return registry }

var registry = map[string]*Error{}

// Error gives code and message, and the cause for the log.
func (e *Error) Error() string {
	if e.cause != nil {
		return fmt.Sprintf("%s: %s: %v", e.Code, e.Message, e.cause)
	}
	return e.Code + ": " + e.Message
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.cause }

// Is compares by code, so that a copy with another message still matches.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code
}

// With returns a copy whose message is the given one.
func (e *Error) With(format string, args ...any) *Error {
	c := *e
	c.Message = fmt.Sprintf(format, args...)
	return &c
}

// At returns a copy with one more field at fault.
func (e *Error) At(location, format string, args ...any) *Error {
	c := *e
	c.Fields = append(append([]Field(nil), e.Fields...), Field{location, fmt.Sprintf(format, args...)})
	return &c
}

// Because returns a copy that keeps cause for the log.
func (e *Error) Because(cause error) *Error {
	c := *e
	c.cause = cause
	return &c
}

// Of returns the *Error inside err, or nil when there is none.
func Of(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}
