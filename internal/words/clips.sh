#!/usr/bin/env bash
# Makes hi.zip and ur.zip, the spoken words of words.tsv, anew. Needs espeak-ng,
# sox and zip (Debian: apt-get install espeak-ng sox zip). The same versions give
# the same bytes. To put a person's recording in place of the machine's, replace
# the WAV of that name in the zip: 8 kHz, mono, 8-bit unsigned PCM.
#
# Both languages are pronounced from the "said" columns, Devanagari that shows
# every vowel: Urdu script leaves short vowels out, and espeak-ng 1.51 then
# guesses them (چھپن, chhappan, became "chhapan").
set -euo pipefail
cd "$(dirname "$0")"
export LC_ALL=C.UTF-8 TZ=UTC
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# clip LANGUAGE TOKEN SAID: one word without silence, with the pause that follows it.
clip() {
  local sounds end=, tail=0.05
  case $2 in
    rupee* | rupees | pais*) end=. tail=0.15 ;; # an amount may end here: let the voice fall
    owed | paid | earned | total) tail=0.30 ;;
  esac
  sounds=$(espeak-ng -v hi -q -x "$3")
  espeak-ng -v "$1" -s 150 -w "$work/raw.wav" "[[${sounds# }]]$end" </dev/null
  sox -D "$work/raw.wav" -r 8000 -c 1 -b 8 -e unsigned-integer "$work/$1/$2.wav" \
    silence 1 0.005 0.4% reverse silence 1 0.005 0.4% reverse norm -3 pad 0 "$tail"
}

for language in hi ur; do
  mkdir "$work/$language"
  while IFS=$'\t' read -r token _ _ _ hi ur; do
    said=${!language}
    [ "$token" != token ] && [ -n "$said" ] || continue
    clip "$language" "$token" "$said"
    printf '%s\t%s\n' "$token" "$said" >>"$work/$language/said.tsv"
  done <words.tsv
  find "$work/$language" -exec touch -d 2026-01-01 {} +
  rm -f "$language.zip"
  (cd "$work/$language" && find . -type f -printf '%P\n' | sort | zip -q -X -9 -@ "$OLDPWD/$language.zip")
done
ls -l hi.zip ur.zip
