#!/usr/bin/env bash
# Formatting, vet, staticcheck, gosec, tidy modules, generated pages up to date,
# a compose file that parses.
set -euo pipefail
cd "$(dirname "$0")/.."
tools="${XDG_CACHE_HOME:-$HOME/.cache}/saebaan-tools"
mkdir -p "$tools"

unformatted=$(gofmt -l $(git ls-files '*.go'))
[ -z "$unformatted" ] || { echo "gofmt: $unformatted"; exit 1; }

go vet ./...
go mod tidy -diff

[ -x "$tools/staticcheck-0.8.2" ] || { GOBIN="$tools" go install honnef.co/go/tools/cmd/staticcheck@v0.8.2 && mv "$tools/staticcheck" "$tools/staticcheck-0.8.2"; }
"$tools/staticcheck-0.8.2" ./...

# G115 (integer conversions) is left out: it cannot see the checks before them.
[ -x "$tools/gosec-2.22.4" ] || { GOBIN="$tools" go install github.com/securego/gosec/v2/cmd/gosec@v2.22.4 && mv "$tools/gosec" "$tools/gosec-2.22.4"; }
"$tools/gosec-2.22.4" -quiet -exclude=G115 -exclude-generated ./...

go tool templ generate -path storefront >/dev/null 2>&1
changed=$(git status --porcelain -- '*_templ.go')
[ -z "$changed" ] || { echo "generated pages are not up to date; run make generate: $changed"; exit 1; }

if command -v docker-compose >/dev/null; then
  MEILI_MASTER_KEY=check S3_ACCESS_KEY=check S3_SECRET_KEY=check STRIPE_PUBLISHABLE_KEY=check \
    docker-compose -f docker-compose.yml config -q
elif [ "${CI:-}" = true ]; then
  echo "docker-compose is needed under CI"; exit 1
else
  echo "LOUD SKIP: docker-compose is not installed; docker-compose.yml was not checked"
fi
echo "lint: ok"
