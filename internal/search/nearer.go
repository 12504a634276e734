package search

import "strings"

// mostNearer bounds how many searches a question that finds nothing may cost.
const mostNearer = 6

// Nearer gives what may be asked instead when nothing fits q, the closest first: with
// one word less, from the last; then without the bounds of the price that words named;
// then each word alone, from the first. Filters that were chosen stay. It is empty
// when nothing can be given up.
func Nearer(asked Query) []Query {
	q := Understand(asked)
	words := strings.Fields(q.Text)
	var out []Query
	add := func(text string, low, high bool) {
		n := q
		if n.Text = text; !low {
			n.MinPrice = asked.MinPrice
		}
		if !high {
			n.MaxPrice = asked.MaxPrice
		}
		if len(out) < mostNearer && (n.Text != "" || n.MinPrice != asked.MinPrice || n.MaxPrice != asked.MaxPrice) {
			out = append(out, n)
		}
	}
	if len(words) > 2 {
		for i := len(words) - 1; i >= 0 && i >= len(words)-3; i-- {
			add(strings.Join(append(append([]string{}, words[:i]...), words[i+1:]...), " "), true, true)
		}
	}
	if q.MinPrice != asked.MinPrice || q.MaxPrice != asked.MaxPrice {
		add(q.Text, false, false)
	}
	if len(words) > 1 {
		for _, w := range words {
			add(w, true, true)
		}
	}
	return out
}
