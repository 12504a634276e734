#!/usr/bin/env bash
# Measures the program beside the limits of this machine, in one run, and prints
# a table of ratios. Nothing fails because of a figure.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/need.sh bench
mkdir -p bin
CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o bin/saebaan-bench ./cmd/saebaan
SAEBAAN_TEST_BINARY="$PWD/bin/saebaan-bench" SAEBAAN_TEST_FSYNC=1 SAEBAAN_BENCH=1 SAEBAAN_BENCH_OUT="$PWD/bin/bench.md" \
  go test -count=1 -timeout 30m -run "TestTable|TestPayoutScale|TestLedgerPosts|TestCatalogueScale|TestPhotoBesideVips" -v ./bench
