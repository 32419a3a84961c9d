#!/bin/sh
# Completions are valid scripts, man pages render, and both name every option that help names.
. "${0%/*}/lib.sh" || exit 2

commands=$(why403 help | sed -n '/^Commands:/,/^$/s/^  \([a-z-]*\) .*/\1/p')
options_of() { why403 help "$1" | grep -oE '^ {2,6}(-[a-zA-Z], )?--[a-z-]+' | grep -oE -- '--[a-z-]+'; }

for shell in bash zsh fish; do
    run completion $shell
    expect "a completion for $shell" 0 'explain'
    cp "$out" "$scratch/completion.$shell"
    if command -v $shell >/dev/null 2>&1; then
        status=0
        $shell -n "$scratch/completion.$shell" >"$out" 2>"$err" || status=$?
        expect "$shell reads it" 0 '!2:.'
    else
        skip "$shell reads it" "$shell is not installed"
    fi
    missing=
    for command in $commands; do
        for option in $(options_of "$command"); do
            name=${option#--}
            grep -qE -- "(--|-l )$name" "$scratch/completion.$shell" || missing="$missing $option"
        done
    done
    if [ -z "$missing" ]; then ok "$shell: every option"; else bad "$shell: every option" "missing:$missing"; fi
done

# What bash offers, asked as bash asks it.
complete_line() { # WORDS...: prints the offers for the last word
    bash -c '. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _why403; printf "%s\n" "${COMPREPLY[@]}"' \
        - "$scratch/completion.bash" "$@"
}
status=0
complete_line why403 ex >"$out" 2>"$err"
expect "bash completes a command" 0 '^explain$'
complete_line why403 explain --bound >"$out" 2>"$err"
expect "bash completes an option" 0 '^--boundary$'
complete_line why403 explain --format j >"$out" 2>"$err"
expect "bash completes a value" 0 '^json$'
complete_line why403 test tests/cas >"$out" 2>"$err"
expect "bash completes a path" 0 '^tests/cases$'

missing=
for command in $commands; do
    grep -q "'$command'" docs/meson.build || missing="$missing $command"
done
if [ -z "$missing" ]; then ok "every man page is installed"; else bad "docs/meson.build lacks man pages:$missing"; fi
for page in '' $commands; do
    # shellcheck disable=SC2086 # no page name is no argument
    run __man $page
    expect "man page ${page:-why403}" 0 '^\.TH ' '^\.SH NAME' '^\.SH EXIT STATUS'
    cp "$out" "$scratch/page.1"
    if command -v groff >/dev/null 2>&1; then
        status=0
        groff -man -Tutf8 -ww "$scratch/page.1" >"$out" 2>"$err" || status=$?
        expect "it renders without warnings: ${page:-why403}" 0 '!2:.'
    else
        skip "it renders without warnings: ${page:-why403}" "groff is not installed"
    fi
    missing=
    for option in $([ -n "$page" ] && options_of "$page"); do
        sed 's/\\-/-/g' "$scratch/page.1" | grep -qF -- "$option" || missing="$missing $option"
    done
    if [ -z "$missing" ]; then ok "every option: ${page:-why403}"; else bad "every option: $page" "missing:$missing"; fi
done

finish
