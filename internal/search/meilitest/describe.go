package meilitest

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"regexp"
	"slices"
	"strings"
)

// Description is the server's own description of its API (OpenAPI 3.1).
type Description struct {
	Paths map[string]map[string]struct {
		Parameters []struct {
			Name, In string
			Schema   map[string]any
		}
		RequestBody *struct {
			Content map[string]struct{ Schema map[string]any }
		}
		Responses map[string]struct {
			Content map[string]struct{ Schema map[string]any }
		}
	}
	Components struct{ Schemas map[string]map[string]any }
}

// ReadDescription reads one from a file, and mends two places where its texts and
// examples say otherwise than its schemas: attribute patterns are sent as a list of
// texts ("title", "dogs.*"), and several searches that are not federated are
// answered by SearchResults ("returned separately in an array").
func ReadDescription(file string) (*Description, error) {
	raw, err := os.ReadFile(file) // #nosec G304 -- a test names it
	if err != nil {
		return nil, err
	}
	d := &Description{}
	if err := json.Unmarshal(raw, d); err != nil {
		return nil, err
	}
	d.Components.Schemas["AttributePatterns"] = map[string]any{"type": "array", "items": map[string]any{"type": "string"}}
	d.Paths["/multi-search"]["post"].Responses["200"].Content["application/json"] = struct{ Schema map[string]any }{
		map[string]any{"$ref": "#/components/schemas/SearchResults"}}
	return d, nil
}

// Check names what of an exchange is not as described: the path, the parameters,
// what was sent, the status and what was told.
func (d *Description) Check(e Exchange) (wrong []string) {
	say := func(format string, args ...any) {
		wrong = append(wrong, e.Method+" "+e.Path+": "+fmt.Sprintf(format, args...))
	}
	path := d.route(e.Path)
	operation, ok := d.Paths[path][strings.ToLower(e.Method)]
	if !ok {
		say("is not described")
		return wrong
	}
	for pair := range strings.SplitSeq(e.Query, "&") {
		name, _, _ := strings.Cut(pair, "=")
		known := name == ""
		for _, p := range operation.Parameters {
			known = known || p.In == "query" && p.Name == name
		}
		if !known {
			say("has no parameter %s", name)
		}
	}
	body := func(what string, content map[string]struct{ Schema map[string]any }, raw []byte) {
		var value any
		if err := json.Unmarshal(raw, &value); err != nil {
			say("%s: %v", what, err)
			return
		}
		for _, w := range d.check(what, content["application/json"].Schema, value) {
			say("%s", w)
		}
	}
	if operation.RequestBody != nil {
		body("sent", operation.RequestBody.Content, e.Sent)
	} else if len(e.Sent) > 0 {
		say("takes no body")
	}
	answer, ok := operation.Responses[fmt.Sprint(e.Status)]
	switch {
	case ok:
		body("told", answer.Content, e.Told)
	case e.Status < 400:
		say("does not answer %d", e.Status)
	default: // refusals all look the same
		var value any
		if err := json.Unmarshal(e.Told, &value); err != nil {
			say("%v", err)
		}
		for _, w := range d.check("told", map[string]any{"$ref": "#/components/schemas/ResponseError"}, value) {
			say("%s", w)
		}
	}
	return wrong
}

var parameterForm = regexp.MustCompile(`\{[a-z_]+\}`)

func (d *Description) route(path string) string {
	best := ""
	for described := range d.Paths {
		fits := regexp.MustCompile(`^` + parameterForm.ReplaceAllString(described, `[^/]+`) + `$`).MatchString(path)
		if fits && (best == "" || strings.Count(described, "{") < strings.Count(best, "{")) {
			best = described // what is fixed outranks a parameter
		}
	}
	return best
}

// check names what of a value is not as its schema says.
func (d *Description) check(at string, schema map[string]any, value any) (wrong []string) {
	say := func(format string, args ...any) { wrong = append(wrong, at+": "+fmt.Sprintf(format, args...)) }
	if ref, ok := schema["$ref"].(string); ok {
		return d.check(at, d.Components.Schemas[strings.TrimPrefix(ref, "#/components/schemas/")], value)
	}
	for _, part := range schemas(schema["allOf"]) {
		wrong = append(wrong, d.check(at, part, value)...)
	}
	if choices := schemas(schema["oneOf"]); len(choices) > 0 {
		var all []string
		if !slices.ContainsFunc(choices, func(c map[string]any) bool {
			w := d.check(at, c, value)
			all = append(all, w...)
			return len(w) == 0
		}) {
			say("none of its forms fits: %s", strings.Join(all, "; "))
		}
	}
	kind := kindOf(value)
	if types := texts(schema["type"]); len(types) > 0 && !slices.Contains(types, kind) && (kind != "integer" || !slices.Contains(types, "number")) {
		say("is %s, not %v", kind, types)
		return wrong
	}
	if enum, ok := schema["enum"].([]any); ok && !slices.Contains(enum, value) {
		say("%v is none of %v", value, enum)
	}
	if n, ok := value.(float64); ok {
		if least, bounded := schema["minimum"].(float64); bounded && n < least {
			say("%v is below %v", n, least)
		}
	}
	switch v := value.(type) {
	case []any:
		items, _ := schema["items"].(map[string]any)
		for i, one := range v {
			wrong = append(wrong, d.check(fmt.Sprintf("%s[%d]", at, i), items, one)...)
		}
	case map[string]any:
		wrong = append(wrong, d.object(at, schema, v)...)
	}
	return wrong
}

func (d *Description) object(at string, schema map[string]any, value map[string]any) (wrong []string) {
	properties, _ := schema["properties"].(map[string]any)
	more, _ := schema["additionalProperties"].(map[string]any)
	for _, name := range texts(schema["required"]) {
		if _, ok := value[name]; !ok {
			wrong = append(wrong, at+": "+name+" is missing")
		}
	}
	for name, one := range value {
		property, known := properties[name].(map[string]any)
		if !known {
			if property = more; schema["additionalProperties"] == false {
				wrong = append(wrong, at+": "+name+" is not described")
			}
		}
		wrong = append(wrong, d.check(at+"."+name, property, one)...)
	}
	return wrong
}

func schemas(v any) (out []map[string]any) {
	list, _ := v.([]any)
	for _, one := range list {
		if m, ok := one.(map[string]any); ok {
			out = append(out, m)
		}
	}
	return out
}

func texts(v any) (out []string) {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		for _, one := range v {
			out = append(out, fmt.Sprint(one))
		}
	}
	return out
}

func kindOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case []any:
		return "array"
	case float64:
		if v == math.Trunc(v) {
			return "integer"
		}
		return "number"
	}
	return "object"
}
