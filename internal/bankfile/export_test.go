package bankfile

// ParseLayout reads a layout of the tests.
var ParseLayout = parseLayout

// ParseLimits reads a table of limits and says how many it holds.
func ParseLimits(text string) (int, error) {
	l, err := parseLimits(text)
	return len(l), err
}

// LayoutFiles are the embedded files.
var LayoutFiles = layoutFiles

// MaxRows is the most rows of an answer.
const MaxRows = maxRows
