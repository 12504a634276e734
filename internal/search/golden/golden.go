package golden

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"saebaan/internal/money"
)

//go:embed questions.csv
var questions string

// Question is what somebody types, how its answers are judged, and why it is asked.
type Question struct {
	Text, Judgement, Why string
	conditions           []condition
}

// Piece is what a piece says of itself.
type Piece struct {
	ID     string
	Title  string // in English
	Says   string // title, description and whatever else its page shows
	Colour string
	Tag    money.Paise
}

type condition func(Piece) bool

// Questions reads the set. Each judgement is conditions that must all hold, a space
// between: t:a|b says that the title has one of these words, n:a|b that the title or
// the description has, c:a|b that the colour or the title is one, <N and >N bound the
// tag in rupees (the bound included). _ stands for a space within a word; a word
// matches whole, in the singular or plural.
func Questions() ([]Question, error) {
	r := csv.NewReader(strings.NewReader(questions))
	r.Comment, r.FieldsPerRecord = '#', 3
	rows, err := r.ReadAll()
	if err != nil {
		return nil, err
	}
	var out []Question
	for _, row := range rows {
		q := Question{Text: row[0], Judgement: row[1], Why: row[2]}
		for part := range strings.FieldsSeq(row[1]) {
			c, err := read(part)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", q.Text, err)
			}
			q.conditions = append(q.conditions, c)
		}
		if len(q.conditions) == 0 {
			return nil, fmt.Errorf("%s has no judgement", q.Text)
		}
		out = append(out, q)
	}
	return out, nil
}

func read(part string) (condition, error) {
	if part[0] == '<' || part[0] == '>' {
		rupees, err := strconv.ParseInt(part[1:], 10, 64)
		bound := money.Paise(rupees * 100)
		if part[0] == '<' {
			return func(p Piece) bool { return p.Tag <= bound }, err
		}
		return func(p Piece) bool { return p.Tag >= bound }, err
	}
	kind, list, ok := strings.Cut(part, ":")
	if !ok || list == "" {
		return nil, fmt.Errorf("%q is no condition", part)
	}
	for _, word := range strings.Split(list, "|") {
		if word == "" {
			return nil, fmt.Errorf("%q has an empty word", part)
		}
	}
	words, err := regexp.Compile(`(?i)(^|[^\pL\pN])(` + strings.ReplaceAll(list, "_", `[ _-]`) + `)(s|es|'s)?($|[^\pL\pN])`)
	if err != nil {
		return nil, err
	}
	switch kind {
	case "t":
		return func(p Piece) bool { return words.MatchString(p.Title) }, nil
	case "n":
		return func(p Piece) bool { return words.MatchString(p.Says) }, nil
	case "c":
		return func(p Piece) bool { return words.MatchString(p.Colour) || words.MatchString(p.Title) }, nil
	}
	return nil, fmt.Errorf("%q is no condition", part)
}

// Answers reports whether a piece answers the question.
func (q Question) Answers(p Piece) bool {
	return !slices.ContainsFunc(q.conditions, func(c condition) bool { return !c(p) })
}

// First is how many of the results are judged.
const First = 10

// Score is how well one question was answered.
type Score struct {
	Question  Question
	Answers   int // in the shop
	Found     int // of them among the first ten
	Shown     int // results among the first ten
	Recall    float64
	Precision float64 // 0 when nothing is shown
}

// Judge scores the ids that an engine gave for a question. Recall is what was found
// of the answers that ten places could hold.
func Judge(q Question, pieces map[string]Piece, ids []string) Score {
	s := Score{Question: q, Shown: min(len(ids), First)}
	for _, p := range pieces {
		if q.Answers(p) {
			s.Answers++
		}
	}
	for _, id := range ids[:s.Shown] {
		if q.Answers(pieces[id]) {
			s.Found++
		}
	}
	if possible := min(s.Answers, First); possible > 0 {
		s.Recall = float64(s.Found) / float64(possible)
	}
	if s.Shown > 0 {
		s.Precision = float64(s.Found) / float64(s.Shown)
	}
	return s
}

// Mean is the mean recall and precision of the questions that have an answer.
func Mean(scores []Score) (recall, precision float64, counted int) {
	for _, s := range scores {
		if s.Answers > 0 {
			recall, precision, counted = recall+s.Recall, precision+s.Precision, counted+1
		}
	}
	if counted == 0 {
		return 0, 0, 0
	}
	return recall / float64(counted), precision / float64(counted), counted
}
