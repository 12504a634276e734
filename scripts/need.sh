#!/usr/bin/env bash
# Installs the programs that the tests need and this machine lacks, with apt when
# it can; otherwise it says what to install. It never removes anything. With
# "bench", also those that are measured beside it.
set -euo pipefail

missing=()
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null || missing+=(postgresql)
command -v chromium >/dev/null || command -v google-chrome >/dev/null || missing+=(chromium)
command -v hledger >/dev/null || missing+=(hledger)
command -v pdftoppm >/dev/null || missing+=(poppler-utils)
command -v docker-compose >/dev/null || missing+=(docker-compose)
compgen -G "/usr/share/fonts/truetype/noto/NotoSansDevanagari*" >/dev/null || missing+=(fonts-noto-core)
[ "${1:-}" != bench ] || command -v vipsthumbnail >/dev/null || missing+=(libvips-tools)

[ ${#missing[@]} -eq 0 ] && exit 0
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  echo "installing ${missing[*]}"
  apt-get update -qq
  for package in "${missing[@]}"; do
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >/dev/null || echo "could not install $package"
  done
else
  echo "The tests need: ${missing[*]}. Install them, for example: sudo apt-get install ${missing[*]}" >&2
  exit 1
fi
