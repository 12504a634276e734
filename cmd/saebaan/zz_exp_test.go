package main_test
import ("testing";"time";"sort";"saebaan/internal/testkit")
func TestZZ(t *testing.T) {
	eachDatabase(t, func(t *testing.T, environment []string) {
		s := open(t, environment)
		_, v := s.kurta("FEW-1", 150, map[string]string{"embroidery": s.artisan("Few Maker")}, false)
		buyers := s.baskets(300, v)
		d := make([]time.Duration, 300)
		b := time.Now()
		answers := atOnce(len(buyers), func(i int) (testkit.Answer, error) { defer func(){d[i]=time.Since(b)}(); return buyers[i].place("few") })
		got := map[string]int{}
		for _, a := range answers { got[a.code()]++ }
		sort.Slice(d, func(i,j int) bool {return d[i]<d[j]})
		t.Log(got, d[150], d[299])
	})
}
