package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
)

// What is wrong with a body, without a word of it: encoding/json would quote it.
var (
	errSyntax    = errors.New("this is not JSON")
	errForm      = errors.New("a value has a form or a size that is not taken here")
	errDuplicate = errors.New("a name stands twice in one object")
	errText      = errors.New("a text is not UTF-8, or holds a zero byte")
)

// strictJSON reads JSON that means one thing only: no name twice in an object,
// and no text that a database would refuse.
var strictJSON = huma.Format{Marshal: huma.DefaultJSONFormat.Marshal, Unmarshal: readJSON}

func readJSON(data []byte, v any) error {
	if err := json.Unmarshal(data, v); err != nil {
		var form *json.UnmarshalTypeError
		if errors.As(err, &form) {
			return errForm
		}
		return errSyntax
	}
	if _, first := v.(*any); first { // Huma reads a body twice, first without its type
		return plain(data)
	}
	return nil
}

// plain walks through JSON that has been read and refuses what is ambiguous.
func plain(data []byte) error {
	if !utf8.Valid(data) {
		return errText
	}
	type level struct {
		names map[string]bool // nil in a list
		value bool            // a name has been read, its value has not
	}
	levels := []level{{}}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return errSyntax
		}
		text, isText := token.(string)
		if strings.ContainsRune(text, 0) {
			return errText
		}
		in := &levels[len(levels)-1]
		if isText && in.names != nil && !in.value {
			if in.names[text] {
				return errDuplicate
			}
			in.names[text], in.value = true, true
			continue
		}
		in.value = false
		switch token {
		case json.Delim('{'):
			levels = append(levels, level{names: map[string]bool{}})
		case json.Delim('['):
			levels = append(levels, level{})
		case json.Delim('}'), json.Delim(']'):
			levels = levels[:len(levels)-1]
		}
	}
}
