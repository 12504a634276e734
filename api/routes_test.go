package api_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"saebaan/api"
	"saebaan/internal/payment"
	"saebaan/internal/web"
)

var parameter = regexp.MustCompile(`:([a-z_]+)`)

// The description names every route that the program answers, and no other: the
// role table of cmd/saebaan is checked against the description.
func TestTheDescriptionNamesEveryRoute(t *testing.T) {
	app := web.NewApp(web.Options{ErrorHandler: api.ErrorHandler})
	api.Register(app, api.Config{Simulator: &payment.Simulator{}})
	res, err := app.Test(httptest.NewRequest(http.MethodGet, "/openapi.json", nil))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var description struct {
		Paths map[string]map[string]json.RawMessage
	}
	if err := json.NewDecoder(res.Body).Decode(&description); err != nil {
		t.Fatal(err)
	}
	described := map[string]bool{}
	for path, methods := range description.Paths {
		for method := range methods {
			described[strings.ToUpper(method)+" "+path] = true
		}
	}
	answered := map[string]bool{}
	for _, r := range app.GetRoutes(true) { // without middleware
		if strings.HasPrefix(r.Path, "/v1/") && r.Method != http.MethodHead {
			answered[r.Method+" "+parameter.ReplaceAllString(r.Path, "{$1}")] = true
		}
	}
	for route := range answered {
		if !described[route] {
			t.Errorf("%s is answered and not described", route)
		}
	}
	for route := range described {
		if !answered[route] {
			t.Errorf("%s is described and not answered", route)
		}
	}
	if len(answered) < 80 {
		t.Errorf("only %d routes", len(answered))
	}
}
