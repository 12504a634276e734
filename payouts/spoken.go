package payouts

import (
	"strings"

	"saebaan/internal/money"
	"saebaan/internal/words"
)

// Said is one sentence of a statement that is read aloud: a phrase and an amount.
type Said struct {
	Phrase string // a phrase of internal/words
	Paise  money.Paise
}

// Said is what a statement says aloud: what she earned and was paid in the
// period, and what she is owed now, wherever that stands.
func (st Statement) Said() []Said {
	return []Said{{words.Earned, st.Earned}, {words.Paid, st.PaidOut}, {words.Owed, st.Held + st.Payable + st.Claimed + st.InTransit}}
}

// Aloud is the statement in words, a sentence a line, in en, hi or ur.
func (st Statement) Aloud(lang string) []string { return aloud(st.Said(), lang) }

func aloud(said []Said, lang string) []string {
	var out []string
	for _, s := range said {
		out = append(out, words.Phrase(s.Phrase, lang)+" "+words.Rupees(s.Paise, lang))
	}
	return out
}

// Voice is the same recording by recording: a WAV in hi or ur, made of the same
// tokens as the words, so that the two cannot differ. Another language is Hindi.
func (st Statement) Voice(lang string) ([]byte, error) { return voice(st.Said(), lang) }

func voice(said []Said, lang string) ([]byte, error) {
	if lang != "ur" {
		lang = "hi"
	}
	var tokens []string
	for _, s := range said {
		tokens = append(append(tokens, s.Phrase), words.Tokens(s.Paise, lang)...)
	}
	return words.Voice(tokens, lang)
}

// VoiceName names the recording's file, with nothing that tells who she is but
// her id.
func (st Statement) VoiceName() string {
	return strings.Join([]string{st.Artisan.ID, st.From, st.To}, "_") + ".wav"
}
