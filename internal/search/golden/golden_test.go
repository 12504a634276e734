package golden_test

import (
	"testing"

	"saebaan/internal/search/golden"
)

func TestJudgements(t *testing.T) {
	all, err := golden.Questions()
	if err != nil {
		t.Fatal(err)
	}
	by := map[string]golden.Question{}
	for _, q := range all {
		if _, twice := by[q.Text]; twice {
			t.Errorf("%s is asked twice", q.Text)
		}
		by[q.Text] = q
	}
	if len(by) < 200 {
		t.Errorf("%d questions", len(by))
	}
	white := golden.Piece{ID: "1", Title: "White kurtas, cotton", Says: "White kurtas, cotton with tepchi chikan", Colour: "white", Tag: 1_999_00}
	dear := white
	dear.ID, dear.Tag = "2", 2_001_00
	red := golden.Piece{ID: "3", Title: "Red saree", Says: "Red saree, worn with a kurta", Colour: "red", Tag: 1_000_00}
	pieces := map[string]golden.Piece{"1": white, "2": dear, "3": red}
	for text, want := range map[string]int{"white kurta under 2000": 1, "kurta": 2, "saree": 1, "chikan kurta under 2000": 1, "लाल साड़ी": 1, "zardozi": 0} {
		if s := golden.Judge(by[text], pieces, []string{"1", "2", "3"}); s.Answers != want || s.Found != want {
			t.Errorf("%s: %d answers, %d found, want %d", text, s.Answers, s.Found, want)
		}
	}
	half := golden.Judge(by["kurta"], pieces, []string{"1", "3"})
	recall, precision, counted := golden.Mean([]golden.Score{half, golden.Judge(by["zardozi"], pieces, nil)})
	if recall != 0.5 || precision != 0.5 || counted != 1 {
		t.Errorf("recall %g, precision %g of %d", recall, precision, counted)
	}
}
