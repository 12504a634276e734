package main_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"saebaan/internal/testkit"
)

// people are the columns of the role table, in this order. The key belongs to a
// person who holds every role.
var people = []string{"nobody", "guest", "shopper", "trade", "coordinator", "preparer", "approver", "stall", "admin", "key"}

// permission is what each of the people is told at a route, when the request
// itself is in order. {id} is a thing that exists where the table says so in
// known, else one that does not, so 404 behind a 401 or 403 column means "may".
type permission struct {
	body  any
	known string
	told  string
}

const (
	everybody   = "200 200 200 200 200 200 200 200 200 200"
	everybody1  = "201 201 201 201 201 201 201 201 201 201"
	missing     = "404 404 404 404 404 404 404 404 404 404"
	invalid     = "400 400 400 400 400 400 400 400 400 400"
	acceptsWork = "401 401 403 403 404 403 403 403 404 403" // a key never accepts
	finance     = "401 401 403 403 403 200 200 403 200 200"
	finance404  = "401 401 403 403 403 404 404 403 404 404"
	field       = "401 401 403 403 201 403 403 403 201 201" // coordinators of the area and administrators
	field200    = "401 401 403 403 200 403 403 403 200 200"
	field404    = "401 401 403 403 404 403 403 403 404 404"
	readers     = "401 401 403 403 200 200 200 403 200 200" // field and finance
	admin404    = "401 401 403 403 403 403 403 403 404 404"
	prepares404 = "401 401 403 403 403 404 403 403 403 404"
	banks404    = "401 401 403 403 403 404 404 403 403 404"
	banks       = "401 401 403 403 403 200 200 403 403 200"
	ofOrder     = "404 404 404 404 404 200 200 404 200 200" // somebody else's order is not there
	ofOrder409  = "404 404 404 404 404 409 409 404 409 409"
	shopOnly404 = "404 404 404 404 404 403 403 404 404 404" // of finance's, who see the order, neither buyer nor shop
)

// roleTable is every route of the interface: a new one fails the test until
// somebody has written down here who may use it.
var roleTable = map[string]permission{
	"POST /v1/sessions":           {body: obj{"user": "shopper", "password": password}, told: everybody1},
	"DELETE /v1/sessions/current": {told: "401 401 204 204 204 204 204 204 204 401"},
	"GET /v1/me":                  {told: "401 401 200 200 200 200 200 200 200 200"},

	"GET /v1/passkeys":              {told: "401 401 200 200 200 200 200 200 200 403"}, // a key has none and changes none
	"POST /v1/passkeys/challenges":  {body: obj{"password": password}, told: "401 401 201 201 201 201 201 201 201 403"},
	"POST /v1/passkeys":             {body: obj{"label": "Role", "credential": obj{}}, told: "401 401 403 403 403 403 403 403 403 403"}, // no passkey made that
	"POST /v1/passkeys/{id}/remove": {body: obj{"password": password}, told: "401 401 404 404 404 404 404 404 404 403"},

	"GET /v1/artisans":                      {told: readers},
	"POST /v1/artisans":                     {body: obj{"name": obj{"en": "Role"}, "area": "lucknow", "crafts": []string{"chikan"}}, told: field},
	"GET /v1/artisans/{id}":                 {known: "artisan", told: readers},
	"GET /v1/artisans/{id}/statement":       {known: "artisan", told: readers},
	"GET /v1/artisans/{id}/statement/voice": {known: "artisan", told: readers},
	"GET /v1/artisans/{id}/card":            {known: "artisan", told: "401 401 403 403 404 404 404 403 404 404"}, // she has none yet
	"POST /v1/artisans/{id}/card":           {body: obj{"years": 2}, known: "artisan", told: field},
	"POST /v1/artisans/{id}/card/revoke":    {body: obj{"reason": "lost"}, told: field404},
	"GET /v1/cards/{token}":                 {told: missing},
	"GET /v1/artisans/{id}/statement.pdf":   {known: "artisan", told: readers},
	"POST /v1/artisans/{id}/payees":         {body: obj{"kind": "upi", "holder": "Role", "upi": "role@upi", "confirmed": "thumbprint before Asha"}, known: "artisan", told: field},
	"POST /v1/artisans/{id}/pan":            {body: obj{"pan": "ABMPA3211G"}, known: "artisan", told: field},
	"POST /v1/artisans/{id}/consents":       {body: obj{"purpose": "name", "granted": true, "notice": "1", "language": "en"}, known: "artisan", told: field},

	"GET /v1/collections":            {told: everybody},
	"GET /v1/collections/{id}":       {told: missing},
	"POST /v1/collections":           {body: obj{"title": obj{"en": "Role"}, "pieces": []string{"none"}}, told: "401 401 403 403 403 403 403 403 422 422"}, // there is no such piece
	"POST /v1/collections/{id}/edit": {body: obj{"edition": 1, "facts": obj{"title": obj{"en": "Role"}, "search": obj{"q": "kurta"}}}, told: admin404},
	"POST /v1/collections/{id}/end":  {told: admin404},

	"GET /v1/palette":       {told: everybody},
	"GET /v1/products":      {told: field200},
	"POST /v1/products":     {body: obj{"title": obj{"en": "Role"}, "area": "lucknow", "craft": "chikan", "garment": "kurta", "fabric": "cotton", "colour": "white", "hsn": "6206"}, told: field},
	"GET /v1/products/{id}": {known: "draft", told: "404 404 404 404 200 404 404 404 200 200"},
	"POST /v1/products/{id}/edit": {told: field404, body: obj{"edition": 1, "facts": obj{"title": obj{"en": "Role"}, "area": "lucknow", "craft": "chikan",
		"garment": "kurta", "fabric": "cotton", "colour": "white", "hsn": "6206"}}},
	"GET /v1/products/{id}/editions":              {known: "draft", told: field200},
	"POST /v1/products/{id}/photos":               {body: onePixel, known: "draft", told: "401 401 403 403 200 403 403 403 200 200"},
	"POST /v1/products/{id}/photos/{hash}/remove": {known: "draft", told: "401 401 403 403 200 403 403 403 200 200"},
	"POST /v1/products/{id}/submit":               {told: field404},
	"POST /v1/products/{id}/publish":              {told: admin404},
	"POST /v1/products/{id}/send-back":            {body: obj{"note": "n"}, told: admin404},
	"POST /v1/products/{id}/archive":              {told: admin404},
	"POST /v1/products/{id}/measurements":         {body: obj{"sizes": []obj{{"variant_id": "var_1", "measurements": []obj{{"name": "chest", "millimetres": 1020}}}}}, told: field404},
	"POST /v1/products/{id}/variants":             {body: obj{"sku": "ROLE", "size": "M"}, told: field404},
	"POST /v1/variants/{id}/price-cards": {told: field404, body: obj{"list_price": inr(121500),
		"heads": []obj{{"kind": "wage", "head": "embroidery", "amount": inr(121500), "minutes": 1110}}}},
	"POST /v1/variants/{id}/lots": {body: obj{"owner_id": "art_1", "pieces": 1, "makers": []obj{{"stage": "embroidery", "artisan_id": "art_1", "weight": 1}}}, told: field404},
	"GET /v1/lots/{id}":           {known: "lot", told: field200},
	"GET /v1/write-offs":          {told: finance},
	"POST /v1/write-offs": {body: obj{"lot_id": "lot_1", "place": "aside", "pieces": 1, "reason": "r"},
		told: "401 401 403 403 403 404 403 403 404 404"},
	"POST /v1/write-offs/{id}/approve": {told: "401 401 403 403 403 403 404 403 404 403"}, // a key never approves
	"GET /v1/search":                   {told: everybody},
	"GET /v1/suggestions":              {told: everybody},

	"POST /v1/carts":            {told: everybody1},
	"GET /v1/carts/{id}":        {known: "cart", told: missing},
	"POST /v1/carts/{id}/lines": {body: obj{"variant_id": "var_1", "quantity": 1}, known: "cart", told: missing},
	"POST /v1/carts/{id}/quote": {body: obj{}, known: "cart", told: missing},

	"POST /v1/orders":               {body: placeBody("crt_1", "09"), told: missing},
	"GET /v1/orders":                {told: finance},
	"GET /v1/orders/{id}":           {known: "order", told: ofOrder},
	"POST /v1/orders/{id}/pay":      {known: "order", told: ofOrder409}, // it is paid
	"POST /v1/orders/{id}/claim":    {known: "order", told: "404 404 404 404 404 403 403 404 409 409"},
	"GET /v1/orders/{id}/payments":  {known: "order", told: ofOrder},
	"POST /v1/orders/{id}/money":    {body: obj{"method": "cash", "amount": inr(1), "reference": "ROLE-1"}, told: banks404},
	"POST /v1/orders/{id}/cancel":   {body: obj{"line_id": "lin_1"}, known: "order", told: shopOnly404},
	"POST /v1/orders/{id}/mail":     {body: obj{"email": "buyer@example.org"}, known: "order", told: "404 404 404 404 404 403 403 404 200 200"},
	"POST /v1/orders/{id}/dispatch": {told: admin404},
	"POST /v1/orders/{id}/deliver":  {told: admin404},
	"POST /v1/deliveries":           {body: "tracking_number,status\n", told: "401 401 403 403 403 403 403 403 200 200"},
	"POST /v1/orders/{id}/returns":  {body: obj{"line_id": "lin_1", "pieces": 1, "reason": "size"}, known: "order", told: shopOnly404},
	"GET /v1/orders/{id}/returns":   {known: "order", told: ofOrder},
	"GET /v1/orders/{id}/refunds":   {known: "order", told: ofOrder},
	"GET /v1/orders/{id}/documents": {known: "order", told: ofOrder},

	"GET /v1/returns":               {told: finance},
	"GET /v1/returns/{id}":          {known: "return", told: ofOrder},
	"POST /v1/returns/{id}/receive": {body: obj{"outcome": "restock"}, told: admin404},
	"POST /v1/returns/{id}/end":     {known: "return", told: "404 404 404 404 404 403 403 404 422 422"}, // the shop must say why
	"GET /v1/refunds":               {told: finance},
	"POST /v1/refunds/{id}/record":  {body: obj{"method": "bank", "reference": "ROLE-1"}, told: banks404},
	"GET /v1/disputes":              {told: finance},
	"GET /v1/coupons":               {told: finance},
	"POST /v1/coupons": {body: obj{"code": "ROLE", "kind": "fixed", "amount": inr(100), "from": "2020-01-01", "to": "2099-12-31"},
		told: "401 401 403 403 403 201 409 403 409 409"}, // the first to ask makes it
	"POST /v1/coupons/{code}/end": {told: finance404},
	"POST /v1/subsidies":          {body: obj{"name": "role", "amount": inr(1), "reason": "r"}, told: "401 401 403 403 403 403 201 403 403 201"},

	"POST /v1/bank-statements":                       {body: "date,narration,credit\n", told: banks},
	"GET /v1/receipts":                               {told: banks},
	"POST /v1/receipts/{id}/place":                   {body: obj{"decision": "settlement"}, told: banks404},
	"GET /v1/reconciliations":                        {told: finance},
	"POST /v1/reconciliations":                       {told: "401 401 403 403 403 201 201 403 201 201"},
	"GET /v1/registrations":                          {told: finance},
	"POST /v1/registrations":                         {body: trustAtHome, told: "401 401 403 403 403 403 403 403 201 201"},
	"GET /v1/documents/{id}":                         {known: "document", told: ofOrder},
	"GET /v1/documents/{id}/pdf":                     {known: "document", told: ofOrder},
	"GET /v1/gst-returns/{registration}/{month}":     {told: finance},
	"GET /v1/gst-returns/{registration}/{month}/csv": {told: finance},

	"POST /v1/webhooks/stripe": {body: obj{}, told: invalid},

	"GET /v1/groups":                           {told: readers},
	"POST /v1/groups":                          {body: obj{"name": obj{"en": "Role"}, "area": "lucknow"}, told: field},
	"GET /v1/groups/{id}":                      {told: "401 401 403 403 404 404 404 403 404 404"},
	"POST /v1/groups/{id}/members":             {body: obj{"artisan_id": "art_1", "date": "2026-04-01", "role": "member"}, told: field404},
	"POST /v1/groups/{id}/payees":              {body: obj{"kind": "upi", "holder": "Samuh", "upi": "samuh@upi"}, told: field404},
	"GET /v1/artisans/{id}/deduction-consents": {known: "artisan", told: readers},
	"POST /v1/artisans/{id}/deduction-consents": {body: obj{"group_id": "grp_1", "kind": "savings", "most": inr(100), "from": "2026-04-01", "notice": "1", "language": "hi", "confirmed": "thumb"},
		known: "artisan", told: "401 401 403 403 409 403 403 403 409 409"}, // she is no member
	"POST /v1/deduction-consents/{id}/revoke": {told: field404},

	"POST /v1/artisans/{id}/phones": {body: obj{"phone": "9876543210"}, known: "artisan", told: field},
	"GET /v1/notices":               {told: field200},
	"POST /v1/notices/{id}/told":    {body: obj{"how": "call"}, told: acceptsWork},

	"GET /v1/advances":                        {told: finance},
	"POST /v1/advances":                       {body: obj{"artisan_id": "art_1", "kind": "cash", "amount": inr(100), "reason": "r"}, told: prepares404},
	"POST /v1/advances/{id}/challenges":       {body: obj{"act": "decide", "decision": "no", "content_hash": strings.Repeat("0", 64)}, told: "401 401 403 403 403 403 404 403 403 403"},
	"POST /v1/advances/{id}/decide":           {body: obj{"decision": "no", "password": password}, told: "401 401 403 403 403 403 404 403 403 403"}, // a key never decides
	"POST /v1/advances/{id}/pause":            {body: obj{"reason": "r"}, told: prepares404},
	"POST /v1/advances/{id}/write-off":        {body: obj{"reason": "r"}, told: prepares404},
	"POST /v1/advances/{id}/write-off/decide": {body: obj{"decision": "no", "password": password}, told: "401 401 403 403 403 403 404 403 403 403"},

	"GET /v1/jobs":                           {told: readers},
	"POST /v1/jobs":                          {body: obj{"variant_id": "var_1", "pieces": 1, "stages": []obj{{"stage": "embroidery", "makers": []obj{{"artisan_id": "art_1", "weight": 1}}}}}, told: field404},
	"GET /v1/jobs/{id}":                      {told: "401 401 403 403 404 404 404 403 404 404"},
	"POST /v1/jobs/{id}/hand-ins":            {body: obj{"stage": "embroidery", "pieces": 1}, told: field404},
	"POST /v1/hand-ins/{id}/accept":          {body: obj{"passed": 1}, told: acceptsWork},
	"POST /v1/jobs/{id}/materials":           {body: obj{"what": "cloth", "cost": inr(100)}, told: field404},
	"POST /v1/jobs/{id}/finish":              {body: obj{"good": 1}, told: field404},
	"POST /v1/jobs/{id}/cancel":              {told: field404},
	"GET /v1/agreement-changes":              {told: "401 401 403 403 404 404 404 403 404 404"},
	"POST /v1/agreement-changes":             {body: obj{"job_id": "job_1", "stage": "embroidery", "rate": inr(100), "reason": "r"}, told: field404},
	"POST /v1/agreement-changes/{id}/decide": {body: obj{"decision": "yes"}, told: acceptsWork},

	"GET /v1/payout-runs":                               {told: finance},
	"POST /v1/payout-runs":                              {told: "401 401 403 403 403 201 403 403 403 201"},
	"GET /v1/payout-runs/{id}":                          {told: finance404},
	"GET /v1/payout-runs/{id}/artisans/{artisan}/parts": {told: finance404},
	"POST /v1/payout-runs/{id}/submit":                  {told: prepares404},
	"POST /v1/payout-runs/{id}/withdraw":                {told: prepares404},
	"POST /v1/payout-runs/{id}/challenges": {body: obj{"content_hash": strings.Repeat("0", 64)},
		told: "401 401 403 403 403 403 404 403 403 403"}, // 404: she has no passkey
	"POST /v1/payout-runs/{id}/approve": {body: obj{"content_hash": strings.Repeat("0", 64), "password": password},
		told: "401 401 403 403 403 403 404 403 403 403"}, // a key never approves
	"GET /v1/payout-runs/{id}/bank-file":     {told: banks404},
	"POST /v1/payout-runs/{id}/bank-answers": {body: "reference,status,utr,reason\n", told: banks404},

	"GET /v1/ledger/accounts":                     {told: finance},
	"GET /v1/ledger/accounts/{account}/movements": {told: finance},
	"GET /v1/ledger/trial-balance":                {told: finance},
	"GET /v1/ledger/entries":                      {told: finance},
	"GET /v1/ledger/entries/{id}":                 {told: finance404},
	"GET /v1/ledger/blocks":                       {told: finance},
	"GET /v1/tds/{year}/{quarter}":                {told: finance},

	"GET /v1/bills": {told: finance},
	"POST /v1/bills": {body: obj{"account": "head:packing", "supplier": "Role", "number": "R-1", "date": "2026-04-01", "amount": inr(100), "paid_from": "owed"},
		told: "401 401 403 403 403 201 403 403 403 409"}, // the first to ask enters it
	"POST /v1/bills/{id}/pay":           {body: obj{"from": "bank", "reference": "UTR-1"}, told: prepares404},
	"GET /v1/closings":                  {told: finance},
	"POST /v1/closings":                 {body: obj{"month": "2020-01"}, told: "401 401 403 403 403 201 403 403 403 409"}, // one waits then
	"POST /v1/closings/{id}/challenges": {body: obj{"decision": "no", "content_hash": strings.Repeat("0", 64)}, told: "401 401 403 403 403 403 404 403 403 403"},
	"POST /v1/closings/{id}/decide":     {body: obj{"decision": "no", "password": password}, told: "401 401 403 403 403 403 404 403 403 403"},
	"GET /v1/open-books/variances":      {told: everybody},
	"GET /v1/open-books/keys":           {told: everybody},
	"GET /v1/open-books/heads":          {told: everybody},
	"GET /v1/open-books/years":          {told: everybody},
	"GET /v1/open-books/years/{year}":   {told: missing},
	"GET /v1/open-books/{token}":        {told: missing},

	"POST /v1/test/clock":                            {body: obj{"advance": "1s"}, told: everybody},
	"POST /v1/test/payments/{intent}/confirm":        {body: obj{"outcome": "succeeded"}, told: missing},
	"POST /v1/test/payments/{intent}/dispute":        {body: obj{"state": "open", "amount": inr(1)}, told: missing},
	"POST /v1/test/refunds/{provider_refund}/settle": {body: obj{"outcome": "succeeded"}, told: missing},
}

// trustAtHome completes the registration that the program begins with.
var trustAtHome = obj{"id": "09", "prefix": "SB", "gstin": "09AAATL1234Q1ZB", "state": "09", "kind": "regular", "legal_name": "Trust of the Tests",
	"address": "1 Test Road, Lucknow", "from": "2017-07-01"}

// onePixel is the smallest picture: a PNG of one point.
const onePixel = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\b\x06\x00\x00\x00\x1f\x15\xc4\x89" +
	"\x00\x00\x00\x11IDATx\x9cbb```\x00\x04\x00\x00\xff\xff\x00\x0f\x00\x03\xfe\x8f\xeb\xcf\x00\x00\x00\x00IEND\xaeB`\x82"

// operations are the routes that the description names.
func (s *shop) operations() []string {
	s.t.Helper()
	var api struct {
		Paths map[string]map[string]json.RawMessage
	}
	if err := json.Unmarshal(s.guest.Get("/openapi.json").Raw, &api); err != nil {
		s.t.Fatal(err)
	}
	var out []string
	for path, methods := range api.Paths {
		for method := range methods {
			out = append(out, strings.ToUpper(method)+" "+path)
		}
	}
	slices.Sort(out)
	return out
}

func TestEveryRouteIsInTheRoleTable(t *testing.T) {
	s := bare(t)
	listed := slices.Sorted(maps.Keys(roleTable))
	if found := s.operations(); !slices.Equal(found, listed) {
		for _, o := range found {
			if _, ok := roleTable[o]; !ok {
				t.Errorf("%s is in no role table", o)
			}
		}
		for _, o := range listed {
			if !slices.Contains(found, o) {
				t.Errorf("%s is in the role table and not in the program", o)
			}
		}
	}
}

// everyone signs the people in, in the order of the table.
func (s *shop) everyone() []testkit.REST {
	s.t.Helper()
	s.user("all", "administrator", "coordinator", "finance_preparer", "finance_approver", "shopper")
	key := strings.TrimSpace(must(s.t, s.Data, s.Env, "keys", "create", "--user", "all"))
	guest := s.baskets(1)[0].buyer
	return []testkit.REST{s.guest, guest, s.user("shopper", "shopper"), s.user("trade", "trade_buyer"), s.guest.SignIn("asha", password),
		s.guest.SignIn("preparer", password), s.guest.SignIn("approver", password), s.user("stall", "stall_seller"), s.guest.SignIn("admin", password), s.guest.As(key)}
}

// ask makes the table's request of a route.
func (p permission) ask(as testkit.REST, route, id string) (testkit.Answer, error) {
	method, path, _ := strings.Cut(route, " ")
	path = strings.NewReplacer("years/{year}", "years/2019-20", "{id}", id, "{intent}", id, "{provider_refund}", id, "{code}", "NONE", "{hash}", strings.Repeat("0", 64), "{token}", strings.Repeat("a", 26), "{registration}", "09", "{month}", "2026-11",
		"{account}", "asset:stripe", "{year}", "2026-27", "{quarter}", "3").Replace(path)
	if _, csv := p.body.(string); csv {
		return as.Try(method, path, p.body, "Content-Type", "text/csv")
	}
	return as.Try(method, path, p.body)
}

func TestRoles(t *testing.T) {
	eachDatabase(t, func(t *testing.T, environment []string) {
		s := open(t, environment)
		known := map[string]string{"artisan": s.artisan("Role Maker"), "cart": s.baskets(1)[0].id}
		_, v := s.kurta("ROLE-1", 5, map[string]string{"embroidery": known["artisan"]}, false)
		known["order"] = s.buy(t, map[string]int64{v: 1}, "09")
		known["lot"] = s.admin.Get("/v1/orders/"+known["order"]).Str("allocations", 0, "lot_id")
		known["return"], known["document"] = s.waitingReturn(t, v)
		known["draft"] = s.asha.Post("/v1/products", roleTable["POST /v1/products"].body).Str("id")
		all := s.everyone()
		routes := slices.Sorted(maps.Keys(roleTable))
		last := slices.Index(routes, "DELETE /v1/sessions/current")
		routes = append(slices.Delete(routes, last, last+1), "DELETE /v1/sessions/current")
		told := 0
		for _, route := range routes {
			p := roleTable[route]
			columns := strings.Fields(p.told)
			if len(columns) != len(people) {
				t.Fatalf("%s has %d columns, not %d", route, len(columns), len(people))
			}
			id := known[p.known]
			if id == "" {
				id = "non_" + strings.Repeat("0", 26)
			}
			for i, who := range people {
				a, err := p.ask(all[i], route, id)
				if err != nil {
					t.Fatal(err)
				}
				if got := fmt.Sprint(a.Status); got != columns[i] {
					t.Errorf("%s as %s: %s, want %s: %s", route, who, got, columns[i], a.Raw)
				}
				told++
			}
		}
		t.Logf("%d routes × %d people: %d answers as in the table", len(routes), len(people), told)
		for i, who := range people[2:9] { // signing out ended each session at once
			if a := all[i+2].Do(401, "GET", "/v1/me", nil); a.Str("code") != "auth.unauthenticated" {
				t.Errorf("%s after signing out: %s", who, a.Raw)
			}
		}
	})
}

// waitingReturn is a return of a piece that was sent, and a document of its order.
func (s *shop) waitingReturn(t *testing.T, variant string) (returnID, document string) {
	t.Helper()
	order := s.buy(t, map[string]int64{variant: 1}, "09")
	s.admin.Post("/v1/orders/"+order+"/dispatch", nil)
	line := s.admin.Get("/v1/orders/"+order).Str("lines", 0, "id")
	returnID = s.admin.Post("/v1/orders/"+order+"/returns", obj{"line_id": line, "pieces": 1, "reason": "size"}).Str("id")
	return returnID, s.admin.Get("/v1/orders/"+order+"/documents").Str("data", 0, "id")
}

// Nobody changes anything without proof of who she is: not with an empty body,
// not with a text, not with a staff token in a cookie instead of a header.
func TestAnonymousChangesNothing(t *testing.T) {
	s := open(t, nil)
	known := s.baskets(1)[0].id
	public := []string{"POST /v1/carts", "POST /v1/sessions", "POST /v1/test/clock", "POST /v1/test/payments/{intent}/confirm"}
	d := s.books()
	s.quiet(d)
	before := contents(t, d)
	tried := 0
	for route, p := range roleTable {
		if strings.HasPrefix(route, "GET ") || slices.Contains(public, route) {
			continue
		}
		cookie := "__Host-session=" + s.admin.Token + "; session=" + s.admin.Token + "; token=" + s.admin.Token
		method, path, _ := strings.Cut(route, " ")
		path = strings.ReplaceAll(path, "{id}", known)
		for name, ask := range map[string]func() (testkit.Answer, error){
			"whole":    func() (testkit.Answer, error) { return p.ask(s.guest, route, known) },
			"empty":    func() (testkit.Answer, error) { return s.guest.Try(method, path, nil) },
			"no value": func() (testkit.Answer, error) { return s.guest.Try(method, path, obj{}) },
			"text":     func() (testkit.Answer, error) { return s.guest.Try(method, path, "{}", "Content-Type", "text/plain") },
			"cookie":   func() (testkit.Answer, error) { return s.guest.Try(method, path, p.body, "Cookie", cookie) },
			"as GET":   func() (testkit.Answer, error) { return s.guest.Try("GET", path+"?access_token="+s.admin.Token, nil) },
		} {
			a, err := ask()
			if err != nil {
				t.Fatal(err)
			}
			if name == "as GET" && a.Status == 200 {
				continue // it is a route of its own, which only reads
			}
			if !slices.Contains([]int{400, 401, 403, 404, 405, 415, 422}, a.Status) {
				t.Errorf("%s, %s: %d %s", route, name, a.Status, a.Raw)
			}
			tried++
		}
	}
	unchanged(t, d, before)
	t.Logf("%d tries, nothing changed", tried)
}
