package meilitest

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// keeps tells whether a document meets a condition.
type keeps func(map[string]any) bool

// condition reads a filter: a text, or a list whose parts must all be met, of
// texts and of lists of which one must be.
func (i *index) condition(filter any) (keeps, error) {
	switch f := filter.(type) {
	case nil:
		return func(map[string]any) bool { return true }, nil
	case string:
		return i.parse(f)
	case []any:
		var all []keeps
		for _, part := range f {
			if alternatives, ok := part.([]any); ok {
				one, err := i.anyOf(alternatives)
				if err != nil {
					return nil, err
				}
				all = append(all, one)
				continue
			}
			one, err := i.condition(part)
			if err != nil {
				return nil, err
			}
			all = append(all, one)
		}
		return func(d map[string]any) bool { return !slices.ContainsFunc(all, func(k keeps) bool { return !k(d) }) }, nil
	}
	return nil, invalid("invalid_search_filter", "a filter is a text or a list")
}

func (i *index) anyOf(alternatives []any) (keeps, error) {
	var out []keeps
	for _, a := range alternatives {
		one, err := i.condition(a)
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return func(d map[string]any) bool { return slices.ContainsFunc(out, func(k keeps) bool { return k(d) }) }, nil
}

var tokenForm = regexp.MustCompile(`\s*("(?:\\.|[^"\\])*"|>=|<=|!=|[=<>()\[\],]|[A-Za-z0-9_.-]+)`)

// parser reads one filter expression from left to right.
type parser struct {
	index  *index
	tokens []string
}

func (i *index) parse(text string) (keeps, error) {
	p := &parser{index: i}
	for rest := strings.TrimSpace(text); rest != ""; rest = strings.TrimSpace(rest) {
		m := tokenForm.FindStringSubmatchIndex(rest)
		if m == nil || m[0] != 0 {
			return nil, invalid("invalid_search_filter", "what is `%s`?", rest)
		}
		p.tokens = append(p.tokens, rest[m[2]:m[3]])
		rest = rest[m[1]:]
	}
	if len(p.tokens) == 0 {
		return func(map[string]any) bool { return true }, nil
	}
	out, err := p.either()
	if err == nil && len(p.tokens) > 0 {
		err = invalid("invalid_search_filter", "`%s` is too much", p.tokens[0])
	}
	return out, err
}

func (p *parser) next() string {
	if len(p.tokens) == 0 {
		return ""
	}
	t := p.tokens[0]
	p.tokens = p.tokens[1:]
	return t
}

func (p *parser) at(word string) bool {
	if len(p.tokens) > 0 && strings.EqualFold(p.tokens[0], word) {
		p.tokens = p.tokens[1:]
		return true
	}
	return false
}

func (p *parser) either() (keeps, error) {
	left, err := p.both()
	for err == nil && p.at("OR") {
		var right keeps
		was := left
		right, err = p.both()
		left = func(d map[string]any) bool { return was(d) || right(d) }
	}
	return left, err
}

func (p *parser) both() (keeps, error) {
	left, err := p.one()
	for err == nil && p.at("AND") {
		var right keeps
		was := left
		right, err = p.one()
		left = func(d map[string]any) bool { return was(d) && right(d) }
	}
	return left, err
}

func (p *parser) one() (keeps, error) {
	if p.at("NOT") {
		k, err := p.one()
		return func(d map[string]any) bool { return !k(d) }, err
	}
	if p.at("(") {
		k, err := p.either()
		if err == nil && !p.at(")") {
			err = invalid("invalid_search_filter", "a parenthesis is not closed")
		}
		return k, err
	}
	attribute, sign := p.next(), strings.ToUpper(p.next())
	if !slices.Contains(p.index.settings.FilterableAttributes, attribute) {
		return nil, invalid("invalid_search_filter", "Attribute `%s` is not filterable.", attribute)
	}
	if sign == "IN" {
		return p.in(attribute)
	}
	value := unquoted(p.next())
	switch sign {
	case "=":
		return func(d map[string]any) bool { return has(d[attribute], value) }, nil
	case "!=":
		return func(d map[string]any) bool { return !has(d[attribute], value) }, nil
	case "<", "<=", ">", ">=":
		limit, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return nil, invalid("invalid_search_filter", "`%s` is no number", value)
		}
		return func(d map[string]any) bool {
			v, ok := number(d[attribute])
			return ok && (sign[0] == '<' && v < limit || sign[0] == '>' && v > limit || len(sign) == 2 && v == limit)
		}, nil
	}
	return nil, invalid("invalid_search_filter", "`%s` is not imitated", sign)
}

func (p *parser) in(attribute string) (keeps, error) {
	if !p.at("[") {
		return nil, invalid("invalid_search_filter", "IN wants a list")
	}
	var values []string
	for !p.at("]") {
		if len(p.tokens) == 0 {
			return nil, invalid("invalid_search_filter", "a list is not closed")
		}
		values = append(values, unquoted(p.next()))
		p.at(",")
	}
	return func(d map[string]any) bool {
		return slices.ContainsFunc(values, func(v string) bool { return has(d[attribute], v) })
	}, nil
}

func unquoted(token string) string {
	if len(token) < 2 || token[0] != '"' {
		return token
	}
	return strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(token[1 : len(token)-1])
}

// has reports whether an attribute is, or holds, a value, whatever its letters'
// case.
func has(held any, value string) bool {
	if list, ok := held.([]any); ok {
		return slices.ContainsFunc(list, func(one any) bool { return has(one, value) })
	}
	return held != nil && strings.EqualFold(fmt.Sprint(held), value)
}
