#!/usr/bin/env python3
"""What msgfmt does not see in the catalogues: po_rules.py PO_DIR. One line a problem, exit status 1 when there is any.

The same places, code in backticks and numbers stand in a text and its translation; Korean has no particle after a name, French
its no-break spaces; and the words of AWS's machine translations that the glossary rejects are nowhere (docs/languages.md).
"""
import collections
import pathlib
import re
import sys

PLACE = re.compile(r"\{[a-z_]+\}")
CODE = re.compile(r"`[^`]*`")
NUMBER = re.compile(r"(?<![\w{.-])\d+(?![\w}])", re.ASCII)
# Their words end in a vowel whatever fills them: a particle may follow ("... 보안 주체가").
PHRASES = {"principal"}
PARTICLE = re.compile(r"\{([a-z_]+)\}(은|는|이|가|을|를|과|와|으로)(?![가-힣])")
REJECTED = {
    "ko": ["개체", "접근 ", "암시적", "위탁자", "“", "–"],
    "fr": ["bucket ", "stratégie", "déclaration", "subvention", "directeur", "’"],
}
BARE_SIGN = re.compile(r"[^\u00a0\s][:;!?](?=\s|$)")
EXEMPT = re.compile(r"For(?:Any|All)Values?:|\\\"[^\"]*\\\":|`[^`]*`|\{[a-z_]+\}: ?\{[a-z_]+\}|x-[a-z-]+:|[\w-]+: \{|https?:|\w+:\w|arn:")
ARTICLE = re.compile(r"\b(?:le|la|du|de|d'|que|qu') ?\{([a-z_]+)\}", re.IGNORECASE)
# Places that are filled with a phrase of ours which begins with an article (la politique ..., l'instruction ...).
OURS = {"place", "statement", "principal", "who", "fact", "first", "second", "limit", "n", "time", "date"}


def texts(path):
    """(msgid, [msgstr...], where) of each entry."""
    entry, key = {}, None
    for line in path.read_text(encoding="utf-8").splitlines() + [""]:
        if not line.strip():
            if entry.get("msgid"):
                yield entry
            entry, key = {}, None
            continue
        found = re.match(r'(msgctxt|msgid_plural|msgid|msgstr(?:\[\d\])?) "(.*)"$', line)
        if found:
            key = found.group(1)
            entry[key] = found.group(2)
        elif line.startswith('"') and key:
            entry[key] += line[1:-1]


def counts(pattern, text):
    return collections.Counter(pattern.findall(text))


def problems(language, entry):
    english = entry.get("msgid_plural", entry["msgid"])
    for key, said in entry.items():
        if not key.startswith("msgstr") or not said:
            continue
        places = counts(PLACE, english)
        if key == "msgstr" and counts(PLACE, said) != places:
            yield f"other places than {sorted(places)}: {said}"
        if key == "msgstr" and counts(CODE, said) != counts(CODE, english):
            yield f"other code than in English: {said}"
        if key == "msgstr" and set(counts(NUMBER, english)) - set(counts(NUMBER, said)):  # words may become numbers (`April`)
            yield f"a number of the English text is missing: {said}"
        for word in REJECTED[language]:
            if word in CODE.sub("", said):
                yield f"`{word}` is rejected by the glossary: {said}"
        if language == "ko":
            for place, particle in PARTICLE.findall(said):
                if place not in PHRASES:
                    yield f"the particle {particle} after {{{place}}}: {said}"
            if re.search(r"[가-힣]요[.]", said) and not re.search(r"(세|십시)요[.]", said) and not re.search(r"오[.]", said):
                yield f"not the register of the articles: {said}"
        else:
            bare = BARE_SIGN.search(EXEMPT.sub("", said))
            if bare:
                yield f"no no-break space before `{bare.group(0)[-1]}`: {said}"
            for place in ARTICLE.findall(said):
                if place not in OURS:
                    yield f"an article or elision before {{{place}}}: {said}"


def main():
    root = pathlib.Path(sys.argv[1])
    found = [f"po/{language}.po: {problem}" for language in REJECTED for entry in texts(root / f"{language}.po")
             for problem in problems(language, entry)]
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
