#!/usr/bin/env python3
"""Writes golden.tsv and sources.tsv from other people's libraries, never from ours.

    pip install icukit-pyicu==78.3.1 indic-numtowords==1.1.0 num2words2==1.0.20
    npm install to-words@5.7.0 n2words@4.0.0      # where NODE_PATH points
    NODE_PATH=…/node_modules python3 golden.py

Counts come from ICU (hi and en_IN, the rules of CLDR) and to-words (ur-PK), with
the spellings of USUAL put in place. Ours alone are: no arab, kharab and trillion
(the crores are counted instead), the words rupee and paisa, and minus.
"""
import json
import os
import random
import subprocess
import unicodedata

import icu
from indic_numtowords import num2words as indic
from indic_numtowords.urd.data.nums import direct_dict as indic_urdu
from num2words2 import num2words as num2words2

MAX = 10**13

# Where our spelling is not that of the source: it is the one most of the
# libraries in sources.tsv have.
USUAL = {
    "hi": {
        "पन्द्रह": "पंद्रह", "तिरेसठ": "तिरसठ", "इक्यानबे": "इक्यानवे", "बानबे": "बानवे", "तिरानबे": "तिरानवे",
        "चौरानबे": "चौरानवे", "पंचानबे": "पचानवे", "छियानबे": "छियानवे", "सत्तानबे": "सत्तानवे",
        "अट्ठानबे": "अट्ठानवे", "निन्यानबे": "निन्यानवे",
    },
    "ur": {"تریسٹھ": "ترسٹھ", "نناوے": "ننانوے"},
    "en": {},
}
UNITS = {
    "hi": (("रुपया", "रुपये"), ("पैसा", "पैसे"), "माइनस", " "),
    "ur": (("روپیہ", "روپے"), ("پیسہ", "پیسے"), "منفی", " "),
    "en": (("rupee", "rupees"), ("paisa", "paise"), "minus", " and "),
}


def node(script, numbers):
    """Runs a line of JavaScript over numbers, which it finds as n, and returns its answers."""
    code = f"const n = JSON.parse(require('fs').readFileSync(0)); (async () => {{ {script} }})()"
    out = subprocess.run(["node", "-e", code], input=json.dumps(numbers), capture_output=True, text=True, check=True, env=os.environ)
    return json.loads(out.stdout)


def to_words(locale, numbers):
    return node(f"const w = new (require('to-words').ToWords)({{localeCode: '{locale}'}}); console.log(JSON.stringify(n.map(x => w.convert(x))))", numbers)


def n2words(locale, numbers):
    return node(f"const w = require('n2words/{locale}'); console.log(JSON.stringify(n.map(x => w.toCardinal(x))))", numbers)


def spell(locale):
    rules = icu.RuleBasedNumberFormat(icu.URBNFRuleSetTag.SPELLOUT, icu.Locale(locale))
    return rules.format


def crores(cldr, word, n):
    """Counts crores where CLDR goes on to arab and kharab, or to trillion."""
    many, rest = divmod(n, 10**7)
    if not many:
        return cldr(n)
    return crores(cldr, word, many) + " " + word + (" " + cldr(rest) if rest else "")


def amounts():
    rupees = set(range(131))
    for k in range(12):
        rupees |= {10**k - 1, 10**k, 10**k + 1}
    for big in (10**5, 10**7):
        for k in (1, 2, 9, 10, 21, 99, 100, 101, 999, 1000, 9999):
            rupees |= {k * big - 1, k * big, k * big + 1, k * big + 100, k * big + 1000}
    paise = {r * 100 for r in rupees if r * 100 <= MAX}
    paise |= set(range(100)) | {12345600 + p for p in range(100)} | {100 + p for p in (1, 2, 50, 99)}
    for k in range(14):
        paise |= {10**k - 1, 10**k, min(10**k + 1, MAX)}
    chance = random.Random(26)
    for _ in range(200):
        paise.add(chance.randrange(10 ** chance.randint(3, 13)))
    paise |= {-p for p in chance.sample(sorted(paise), 60)} | {-1, -100, -101, -MAX}
    return sorted(paise - {10**14 - 1}) + [10**14, 123 * 10**14 + 1]  # one lakh crore and more, above MAX


def usual(lang, text):
    text = unicodedata.normalize("NFC", text)
    return " ".join(USUAL[lang].get(w, w) for w in text.split())


def in_full(p, lang, word):
    (rupee, rupees), (paisa, paise), minus, between = UNITS[lang]
    whole, frac = divmod(abs(p), 100)
    parts = []
    if whole or not frac:
        parts.append(usual(lang, word[whole]) + " " + (rupee if whole == 1 else rupees))
    if frac:
        parts.append(usual(lang, word[frac]) + " " + (paisa if frac == 1 else paise))
    return (minus + " " if p < 0 else "") + between.join(parts)


def write(name, rows):
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), name)
    with open(path, "w", encoding="utf-8") as f:
        f.writelines(unicodedata.normalize("NFC", "\t".join(map(str, r))) + "\n" for r in rows)
    print(name, len(rows) - 1, "rows")


def main():
    paise = amounts()
    numbers = sorted({n for p in paise for n in divmod(abs(p), 100)})
    hindi, english = spell("hi"), spell("en_IN")
    words = {
        "hi": {n: crores(hindi, "करोड़", n) for n in numbers},
        "ur": dict(zip(numbers, to_words("ur-PK", numbers))),
        "en": {n: crores(english, "crore", n) for n in numbers},
    }
    write("golden.tsv", [("paise", "hi", "ur", "en")] + [(p, *(in_full(p, lang, words[lang]) for lang in ("hi", "ur", "en"))) for p in paise])
    low = list(range(100))
    write("sources.tsv", [("n", "hi CLDR", "hi to-words", "hi n2words", "hi indic-numtowords", "hi num2words2", "ur to-words", "ur n2words", "ur indic-numtowords")] + list(zip(
        low, map(spell("hi"), low), to_words("hi-IN", low), n2words("hi-IN", low), [indic(n, lang="hi") for n in low], [num2words2(n, lang="hi") for n in low],
        to_words("ur-PK", low), n2words("ur-PK", low), [indic_urdu[str(n)][0] for n in low])))


if __name__ == "__main__":
    main()
