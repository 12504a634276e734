package arch_test

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
)

type pkg struct {
	ImportPath string
	Imports    []string
	Deps       []string
}

func packages(t *testing.T) map[string]pkg {
	t.Helper()
	out, err := exec.Command("go", "list", "-deps", "-json=ImportPath,Imports,Deps", "saebaan/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]pkg{}
	for d := json.NewDecoder(strings.NewReader(string(out))); d.More(); {
		var p pkg
		if err := d.Decode(&p); err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(p.ImportPath, "saebaan/") {
			found[p.ImportPath] = p
		}
	}
	if len(found) < 20 {
		t.Fatalf("only %d packages found", len(found))
	}
	return found
}

// below lists, for each layer, what it may import of ours (DESIGN §2).
var below = map[string][]string{
	"artisans": {}, "catalog": {"artisans"}, "workshop": {"artisans", "catalog"}, "orders": {"catalog", "artisans"}, "payouts": {"artisans"},
	"openbooks":  {"artisans", "catalog", "orders", "payouts"},
	"api":        {"artisans", "catalog", "openbooks", "orders", "payouts", "workshop"},
	"storefront": {"artisans", "catalog", "openbooks", "orders", "payouts", "workshop", "storefront"},
}

func TestImportsRunDownwards(t *testing.T) {
	for path, p := range packages(t) {
		layer, _, _ := strings.Cut(strings.TrimPrefix(path, "saebaan/"), "/")
		allowed, domain := below[layer]
		for _, i := range p.Imports {
			target, ours := strings.CutPrefix(i, "saebaan/")
			top, _, _ := strings.Cut(target, "/")
			switch {
			case !ours || top == "migrations":
			case layer == "internal" && top != "internal":
				t.Errorf("%s imports %s: internal packages know no domain", path, i)
			case domain && top != "internal" && top != layer && !contains(allowed, top):
				t.Errorf("%s imports %s: imports run downwards only", path, i)
			}
		}
	}
}

func TestDomainKnowsNoHTTPAndNoGateway(t *testing.T) {
	foreign := []string{"net/http", "github.com/gofiber/", "github.com/danielgtaylor/huma", "github.com/stripe/", "github.com/meilisearch/", "github.com/aws/",
		"modernc.org/sqlite", "github.com/jackc/pgx", "github.com/riverqueue/", "github.com/a-h/templ"}
	for path, p := range packages(t) {
		layer, _, _ := strings.Cut(strings.TrimPrefix(path, "saebaan/"), "/")
		if layer == "api" || layer == "storefront" || layer == "cmd" || layer == "internal" || layer == "migrations" || layer == "bench" {
			continue
		}
		for _, i := range p.Imports {
			for _, f := range foreign {
				if i == f || strings.HasPrefix(i, f) && strings.HasSuffix(f, "/") || strings.HasPrefix(i, f+"/") {
					t.Errorf("%s imports %s", path, i)
				}
			}
		}
	}
}

// only lists who alone may import what.
func TestOneOwnerPerLibrary(t *testing.T) {
	only := map[string][]string{
		"github.com/stripe/stripe-go/": {"saebaan/internal/payment"},
		"modernc.org/sqlite":           {"saebaan/internal/db"},
		"github.com/jackc/pgx/":        {"saebaan/internal/db", "saebaan/internal/testdb"},
		"github.com/riverqueue/":       {"saebaan/internal/outbox"},
		"github.com/tink-crypto/":      {"saebaan/internal/vault"},
		"github.com/wneessen/":         {"saebaan/internal/mail"},
		"github.com/go-webauthn/":      {"saebaan/internal/auth"},
		"github.com/aws/":              {"saebaan/internal/media/s3store"},
		"github.com/meilisearch/":      {"saebaan/internal/search/meili"},
	}
	for path, p := range packages(t) {
		for _, i := range p.Imports {
			for prefix, owners := range only {
				if strings.HasPrefix(i, prefix) && !contains(owners, path) {
					t.Errorf("%s imports %s, which only %v may", path, i, owners)
				}
			}
		}
	}
}

func TestPayoutsNeverSeesOrders(t *testing.T) {
	all := packages(t)
	for _, d := range all["saebaan/payouts"].Deps {
		if d == "saebaan/orders" || d == "saebaan/catalog" {
			t.Errorf("payouts depends on %s: the ledger is their only meeting place", d)
		}
	}
	for _, pair := range [][2]string{{"saebaan/api", "saebaan/storefront"}, {"saebaan/storefront", "saebaan/api"}} {
		if contains(all[pair[0]].Deps, pair[1]) {
			t.Errorf("%s depends on %s", pair[0], pair[1])
		}
	}
	for path, p := range all {
		for _, d := range p.Deps {
			if strings.HasPrefix(d, "github.com/gofiber/fiber/v3") {
				t.Errorf("%s links Fiber v3 beside v2", path)
			}
		}
	}
}

func contains(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}
