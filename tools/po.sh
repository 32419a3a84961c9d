#!/bin/sh
# po.sh update: gathers every sentence for people from src/ and data/ into po/why403.pot and merges it into the catalogues.
# po.sh check: fails when the template is not of today, or a catalogue is not whole. po.sh todo: what is not translated yet.
set -eu
cd "$(dirname "$0")/.."
mode=${1:-check}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

gather() { # OUT.pot
    mkdir -p "$work/data"
    python3 tools/po_data.py . >"$work/data/data.c"
    find src -name '*.c' | LC_ALL=C sort >"$work/files"
    xgettext -L C --from-code=UTF-8 --no-wrap --add-comments=TRANSLATORS: --add-location=file --omit-header -kN_ -kNC_:1c,2 \
        -kw403_word:2 -kw403_word_in:2c,3 -kw403_say:2 -kw403_say_in:2c,3 -kw403_say_plural:3,4 -kW403_FIX_SAY:2 -kw403_assume:2 -kw403_note:2 -kw403_gate_add:6 -kw403_inv_say:4 -kw403_inv_blame:3 -kw403_inv_note:3 -kW403_FIX_WORD:2 --flag=w403_say:2:python-brace-format --flag=w403_say_in:3:python-brace-format --flag=W403_FIX_SAY:2:python-brace-format --flag=w403_assume:2:python-brace-format --flag=w403_note:2:python-brace-format --flag=w403_gate_add:6:python-brace-format --flag=w403_inv_say:4:python-brace-format --flag=w403_inv_blame:3:python-brace-format --flag=w403_inv_note:3:python-brace-format \
        --flag=w403_say_plural:3:python-brace-format --flag=w403_say_plural:4:python-brace-format \
        --flag=N_:1:pass-c-format -o "$1" -f "$work/files" "$work/data/data.c" 2>"$work/said" || { cat "$work/said" >&2; exit 1; }
    sed -i "s|$work/data/data.c|data|" "$1"
}

case $mode in
update)
    gather po/why403.pot
    while read -r language; do
        msgmerge --quiet --no-wrap --no-fuzzy-matching --add-location=file --update --backup=off "po/$language.po" po/why403.pot
        msgattrib --no-wrap --no-obsolete -o "po/$language.po" "po/$language.po"
    done <po/LINGUAS
    ;;
todo)
    msgattrib --untranslated --no-wrap "po/$2.po"
    ;;
check)
    gather "$work/why403.pot"
    cmp -s "$work/why403.pot" po/why403.pot || {
        echo "po/why403.pot is not of today: tools/po.sh update, and translate what is new" >&2
        diff po/why403.pot "$work/why403.pot" | head -20 >&2
        exit 1
    }
    while read -r language; do
        said=$(msgfmt --check --statistics -o /dev/null "po/$language.po" 2>&1) || { echo "$said" >&2; exit 1; }
        case $said in *fuzzy* | *untranslated*) echo "po/$language.po: $said" >&2; exit 1 ;; esac
        msgcmp "po/$language.po" po/why403.pot 2>"$work/said" || { cat "$work/said" >&2; exit 1; }
        echo "$language: $said"
    done <po/LINGUAS
    python3 tools/po_rules.py po
    ;;
*) echo "usage: po.sh update|check|todo LANGUAGE" >&2; exit 2 ;;
esac
