// Package words says amounts of money in words, in Hindi, Urdu and English, for
// women who read little: as text, and as a recording put together from clips.
//
// Invariants: text and recording are made from the same tokens, so they cannot
// differ; Value reads any amount back from its tokens; the Indian system is used
// throughout (hundred, thousand, lakh, crore) and above 99 crore the crores are
// counted, without arab and kharab; no float is ever used.
//
// words.tsv is the one table of words, for a native reader to correct. hi.zip and
// ur.zip are made from it by clips.sh, which lets espeak-ng 1.51 speak the last
// two columns; a test fails when they are older than the table. A recording of a
// person can take the place of any clip.
//
// The words were not checked against themselves: testdata/golden.py writes the
// expected 729 amounts of golden.tsv with the number spelling of CLDR in ICU 78.3
// (icukit-pyicu 78.3.1) for Hindi and English, which has no Urdu, and with to-words
// 5.7.0 for Urdu; and what these and n2words 4.0.0, indic-numtowords 1.1.0 and
// num2words2 1.0.20 say for 0–99 into sources.tsv. The libraries differ in the
// spelling of 24 of the Hindi and 16 of the Urdu numbers; the usual spelling is the
// one that most of them have. What this makes of CLDR's and to-words' own
// spelling stands above TestGolden. Of indic-numtowords and num2words2 only 0–99
// were compared, and of num2words2 only Hindi (its Urdu adds tens and units).
//
// It imports only internal/fault and internal/money.
package words
