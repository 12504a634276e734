package words

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"saebaan/internal/fault"
	"saebaan/internal/money"
)

// The faults of this package; both are defects of ours, with the token in the cause.
var (
	ErrAmount = fault.New(fault.Internal, "words.amount", "These words are no amount of money. Nothing was read from them.")
	ErrClip   = fault.New(fault.Internal, "words.clip", "A word has no recording in this language. Nothing was spoken.")
)

// Value is the amount that the tokens say, read from left to right as a
// listener hears it. ErrAmount when a token belongs to no amount, or when Tokens
// would not say that amount so in any language.
func Value(tokens []string) (money.Paise, error) {
	var crores, below, last, rupees, paise uint64 // below a crore; the number not yet given a scale
	for _, t := range tokens {
		switch t {
		case "minus", "and":
		case "hundred":
			last *= 100
		case "thousand":
			below, last = below+last*1_000, 0
		case "lakh":
			below, last = below+last*100_000, 0
		case "crore": // of all that was said before
			crores, below, last = (crores+below+last)*10_000_000, 0, 0
		case "rupee_one", "rupees":
			rupees, crores, below, last = crores+below+last, 0, 0, 0
		case "paisa_one", "paise":
			paise = last
		default:
			digits, counts := strings.CutPrefix(t, "n")
			n, err := strconv.ParseUint(digits, 10, 7)
			if !counts || err != nil {
				return 0, ErrAmount.Because(fmt.Errorf("token %q", t))
			}
			last += n
		}
	}
	p := money.Paise(rupees*100 + paise)
	if len(tokens) > 0 && tokens[0] == "minus" {
		p = -p
	}
	// Also catches what ran over: the amount it became is said in other words.
	if !slices.Equal(tokens, Tokens(p, "hi")) && !slices.Equal(tokens, Tokens(p, "en")) {
		return 0, ErrAmount.Because(fmt.Errorf("tokens %q", tokens))
	}
	return p, nil
}
