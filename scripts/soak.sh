#!/usr/bin/env bash
# The long loops: kills, races and properties in full, on both databases.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/need.sh
CGO_ENABLED=0 go build -o bin/saebaan-test ./cmd/saebaan
export SAEBAAN_TEST_BINARY="$PWD/bin/saebaan-test" SAEBAAN_TEST_FSYNC=1 SAEBAAN_KILLS="${SAEBAAN_KILLS:-200}"
SAEBAAN_BUYERS="${SAEBAAN_BUYERS:-2000}" go test -timeout 120m -run 'Killed|Buyers|Fifty|Opposite|TwentyRuns|Hundred' -v ./cmd/saebaan
# Random histories of orders, 50,000 steps on each database.
SAEBAAN_MODEL_STEPS="${SAEBAAN_MODEL_STEPS:-50000}" go test -timeout 240m -run AnyHistory -rapid.checks=10 -rapid.steps=60 -v ./orders
go test -timeout 60m -skip AnyHistory ./orders
SAEBAAN_PLANTED=1 go test -timeout 60m -run PlantedBugs -v ./internal/arch
SAEBAAN_SPLITS=1000000 go test -timeout 60m ./internal/money ./catalog -rapid.checks=200000
go test -timeout 60m ./internal/ledger -rapid.checks=1000
SAEBAAN_MODEL_STEPS="${SAEBAAN_PAYOUT_STEPS:-5000}" go test -timeout 120m ./payouts -rapid.checks=100
SAEBAAN_MODEL_STEPS="${SAEBAAN_MONTH_STEPS:-10000}" go test -timeout 120m -run MonthsOfTheWhole -rapid.steps=60 -v ./openbooks
