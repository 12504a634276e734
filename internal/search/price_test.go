package search_test

import (
	"testing"

	"saebaan/internal/money"
	"saebaan/internal/search"
)

func TestPricesInWords(t *testing.T) {
	for text, want := range map[string]search.Query{
		"white kurta under 2000":           {Text: "white kurta", MaxPrice: 2_000_00},
		"Kurta UNDER ₹2,000":               {Text: "kurta", MaxPrice: 2_000_00},
		"kurta below rs. 1500/-":           {Text: "kurta", MaxPrice: 1_500_00},
		"kurta less than 999 rupees":       {Text: "kurta", MaxPrice: 999_00},
		"kurta under 2k":                   {Text: "kurta", MaxPrice: 2_000_00},
		"kurta upto 2 hazar":               {Text: "kurta", MaxPrice: 2_000_00},
		"saree 5000 se kam":                {Text: "saree", MaxPrice: 5_000_00},
		"2000 se kam ka kurta":             {Text: "ka kurta", MaxPrice: 2_000_00},
		"कुर्ता २००० तक":                   {Text: "कुर्ता", MaxPrice: 2_000_00},
		"2000 के अंदर कुर्ता":              {Text: "कुर्ता", MaxPrice: 2_000_00},
		"5 हज़ार से कम साड़ी":              {Text: "साड़ी", MaxPrice: 5_000_00},
		"کرتا ۲۰۰۰ تک":                     {Text: "کرتا", MaxPrice: 2_000_00},
		"saree above 10000":                {Text: "saree", MinPrice: 10_000_00},
		"saree 10000 se zyada":             {Text: "saree", MinPrice: 10_000_00},
		"साड़ी 10000 से ज़्यादा":           {Text: "साड़ी", MinPrice: 10_000_00},
		"kurta between 1000 and 2000":      {Text: "kurta", MinPrice: 1_000_00, MaxPrice: 2_000_00},
		"kurta 1000 to 2000":               {Text: "kurta", MinPrice: 1_000_00, MaxPrice: 2_000_00},
		"kurta 1000-2000":                  {Text: "kurta", MinPrice: 1_000_00, MaxPrice: 2_000_00},
		"kurta 1000 se 2000 tak":           {Text: "kurta", MinPrice: 1_000_00, MaxPrice: 2_000_00},
		"under 2000":                       {Text: "", MaxPrice: 2_000_00},
		"kurta":                            {Text: "kurta"},
		"Kurta 38 to 40":                   {Text: "Kurta 38 to 40"},
		"underwear":                        {Text: "underwear"},
		"overcoat 3":                       {Text: "overcoat 3"},
		"pack of 3":                        {Text: "pack of 3"},
		"under":                            {Text: "under"},
		"under 99999999999999999999999999": {Text: "under 99999999999999999999999999"},
	} {
		if got := search.Understand(search.Query{Text: text}); got.Text != want.Text || got.MinPrice != want.MinPrice || got.MaxPrice != want.MaxPrice {
			t.Errorf("%q: %q from %d to %d; want %q from %d to %d", text, got.Text, got.MinPrice, got.MaxPrice, want.Text, want.MinPrice, want.MaxPrice)
		}
	}
	chosen := search.Understand(search.Query{Text: "kurta under 2000", MaxPrice: 500_00})
	if chosen.MaxPrice != money.Paise(500_00) || chosen.Text != "kurta" {
		t.Errorf("what she chose in the filter: %+v", chosen)
	}
}
