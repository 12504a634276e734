package storefront

import (
	_ "embed"
	"encoding/csv"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/gofiber/fiber/v2"
)

//go:embed pin_states.csv
var pinStatesCSV string

//go:embed pin_cities.csv
var pinCitiesCSV string

type pinTable struct {
	states [][]string // from, to, state
	cities [][]string // prefix, English, Hindi
}

var pins = sync.OnceValue(func() pinTable {
	return pinTable{tableOf(pinStatesCSV), tableOf(pinCitiesCSV)}
})

// tableOf reads an embedded table, which this package's tests check.
func tableOf(text string) [][]string {
	r := csv.NewReader(strings.NewReader(text))
	r.Comment = '#'
	rows, err := r.ReadAll()
	if err != nil {
		panic(err)
	}
	return rows[1:]
}

var pinForm = regexp.MustCompile(`^[1-9][0-9]{5}$`)

// statesOf are the States a PIN may lie in; none when it is no PIN or unknown.
func statesOf(pin string) []string {
	if !pinForm.MatchString(pin) {
		return nil
	}
	var out []string
	for _, r := range pins().states {
		if r[0] <= pin[:3] && pin[:3] <= r[1] {
			out = append(out, r[2])
		}
	}
	slices.Sort(out)
	return out
}

// cityOf is the one city a PIN lies in, in a language, or "".
func cityOf(pin, language string) string {
	if !pinForm.MatchString(pin) {
		return ""
	}
	for _, r := range pins().cities {
		if strings.HasPrefix(pin, r[0]) {
			if language == "hi" {
				return r[2]
			}
			return r[1]
		}
	}
	return ""
}

// pin tells the order form what a PIN says of town and State, so that it can be
// shown before it is sent.
func (s *Site) pin(c *fiber.Ctx) error {
	pin, p := c.Params("pin"), pageOf(c)
	states := statesOf(pin)
	out := map[string]string{"city": cityOf(pin, p.Lang.Code), "state": ""}
	if len(states) == 1 {
		out["state"] = states[0]
	}
	c.Set(fiber.HeaderCacheControl, "private, max-age=600")
	return c.JSON(out)
}
