package bankfile

import (
	"regexp"
	"slices"
	"strings"
)

// plan is a layout that was found good and made ready.
type plan struct {
	Layout
	file                 []part
	header, row, trailer []column
}

type column struct {
	Field
	parts     []part
	words     bool           // what is not allowed goes, and the rest is cut
	fits, not *regexp.Regexp // nil allows all
}

// part is literal text, or the name of a value.
type part struct{ text, name string }

var (
	layoutID = regexp.MustCompile(`^[a-z][a-z0-9_]{1,40}\.[1-9][0-9]{0,2}$`)
	holder   = regexp.MustCompile(`\{([a-z0-9_]*)\}`)
)

// rails are the ways that money goes, in the order of a list.
var rails = []string{"NEFT", "IMPS", "UPI", "INTERNAL", "CASH"}

func planOf(l Layout) (p plan, err error) {
	p.Layout = l
	for what, good := range map[string]bool{
		"id":        layoutID.MatchString(l.ID),
		"name":      l.Name.En != "" && l.Name.Hi != "",
		"source":    l.Source != "",
		"kind":      slices.Contains([]string{"csv", "delimited", "fixed", "xlsx"}, l.Kind),
		"delimiter": (len(l.Delimiter) == 1 && strings.Contains(",;|#~\t", l.Delimiter)) == (l.Kind == "delimited"),
		"newline":   slices.Contains([]string{"crlf", "lf"}, l.Newline) == (l.Kind == "delimited" || l.Kind == "fixed"),
		"date":      strings.Contains(l.Date, "yy") && strings.Contains(l.Date, "MM") && strings.Contains(l.Date, "dd"),
		"amount":    l.Amount == "rupees" || l.Amount == "paise",
		"control":   slices.Contains([]string{"", "accounts", "sha256"}, l.Control),
		"max_rows":  l.MaxRows > 0 && l.MaxRows <= maxRows,
		"max_bytes": l.MaxBytes >= 0,
		"rails":     len(l.Rails) > 0,
		"row":       len(l.Row) > 0,
	} {
		if !good {
			return p, ErrLayout.At(what, "cannot be right")
		}
	}
	for rail := range l.Rails {
		if !slices.Contains(rails, rail) {
			return p, ErrLayout.At("rails", "are NEFT, IMPS, UPI, INTERNAL and CASH")
		}
	}
	if p.file, err = parts(l.File, batchNames); err != nil || len(p.file) == 0 {
		return p, ErrLayout.At("file", "is a pattern with the names of a batch").Because(err)
	}
	for _, r := range []struct {
		from  []Field
		to    *[]column
		names []string
	}{{l.Header, &p.header, batchNames}, {l.Row, &p.row, append(slices.Clone(batchNames), paymentNames...)}, {l.Trailer, &p.trailer, batchNames}} {
		if *r.to, err = columns(l, r.from, r.names); err != nil {
			return p, err
		}
	}
	return p, nil
}

func columns(l Layout, fields []Field, names []string) ([]column, error) {
	var out []column
	for _, f := range fields {
		c := column{Field: f, words: f.Value == "{name}" || f.Value == "{remarks}" || f.Value == "{bank}"}
		var err error
		if c.parts, err = parts(f.Value, names); err != nil {
			return nil, err
		}
		fixed := f.Width > 0 && len(f.Pad) <= 1 && (f.Align == "left" || f.Align == "right")
		loose := f.Width == 0 && f.Pad == "" && f.Align == ""
		switch {
		case f.Title == "":
			return nil, ErrLayout.At(f.Value, "has no title")
		case l.Kind == "fixed" && !fixed, l.Kind != "fixed" && !loose, f.Max < 0, f.Number && l.Kind != "xlsx":
			return nil, ErrLayout.At(f.Title, "cannot have this width, padding or alignment")
		case !c.words && (strings.Contains(f.Value, "{name}") || strings.Contains(f.Value, "{remarks}") || strings.Contains(f.Value, "{bank}")):
			return nil, ErrLayout.At(f.Title, "a name or remark stands alone")
		}
		if f.Allow != "" {
			if c.fits, err = regexp.Compile(`^[` + f.Allow + `]*$`); err != nil {
				return nil, ErrLayout.At(f.Title, "these characters cannot be read").Because(err)
			}
			c.not = regexp.MustCompile(`[^` + f.Allow + `]+`)
		}
		if l.Kind == "fixed" && (c.Max == 0 || c.Max > f.Width) {
			c.Max = f.Width
		}
		out = append(out, c)
	}
	return out, nil
}

// parts cuts a pattern at its {names}.
func parts(pattern string, names []string) ([]part, error) {
	var out []part
	for pattern != "" {
		at := holder.FindStringSubmatchIndex(pattern)
		if at == nil {
			return append(out, part{text: pattern}), nil
		}
		name := pattern[at[2]:at[3]]
		if !slices.Contains(names, name) {
			return nil, ErrLayout.At(pattern, "there is no value of this name here")
		}
		if at[0] > 0 {
			out = append(out, part{text: pattern[:at[0]]})
		}
		out, pattern = append(out, part{name: name}), pattern[at[1]:]
	}
	return out, nil
}
