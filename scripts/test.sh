#!/usr/bin/env bash
# All tests. The loops are sized for two cores and the race detector; the long
# ones live in scripts/soak.sh.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/need.sh
scripts/lint.sh

echo "packages, with the race detector"
go test -race -short -timeout 40m $(go list ./... | grep -v -e /cmd/saebaan$ -e /bench$)

echo "the program as a process, black-box, on both databases"
CGO_ENABLED=0 go build -o bin/saebaan-test ./cmd/saebaan
SAEBAAN_TEST_BINARY="$PWD/bin/saebaan-test" go test -timeout 40m ./cmd/saebaan ./bench

echo "the program built with the race detector"
go build -race -o bin/saebaan-race ./cmd/saebaan
SAEBAAN_TEST_BINARY="$PWD/bin/saebaan-race" go test -timeout 40m -run 'Day|TwoHundred|Fifty|Opposite|TwentyRuns|TwentyApprovals' ./cmd/saebaan
