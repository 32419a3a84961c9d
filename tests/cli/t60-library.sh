#!/bin/sh
# libwhy403 from outside: what it exports, its header alone in C and C++, and a program built with pkg-config.
# t60-library.sh PROGRAM BUILD_DIR
build=$2
. "${0%/*}/lib.sh" || exit 2

library=$(find "$build" -maxdepth 1 -type f -name 'libwhy403.so.*.*' | head -n 1)
nm -D --defined-only "$library" | awk '$2 ~ /[TDBR]/ { print $3 }' | sort >"$scratch/exported"
tr '\n' ' ' <include/why403.h | grep -oE 'W403_API[^;{]*;' | grep -oE '\bw403_[a-z0-9_]+\(' | tr -d '(' | sort -u >"$scratch/declared"
status=0
diff "$scratch/declared" "$scratch/exported" >"$out" 2>"$err" || status=1
expect "it exports what the header declares, and nothing else" 0
objdump -p "$library" >"$out" 2>"$err" || status=9
expect "its soname" 0 'SONAME +libwhy403\.so\.0$'

for language in c11 gnu17 c++17; do
    case $language in
    c++*) compiler=c++ kind=c++ ;;
    *) compiler=cc kind=c ;;
    esac
    if ! command -v $compiler >/dev/null 2>&1; then
        skip "the header alone in $language" "no $compiler"
        continue
    fi
    status=0
    printf '#include "why403.h"\n' | $compiler -x $kind -std=$language -Wall -Wextra -Wpedantic -Werror -Iinclude \
        -fsyntax-only - >"$out" 2>"$err" || status=$?
    expect "the header alone in $language" 0
done

# Installed somewhere, found by pkg-config, used by a program that knows nothing but the header.
if nm -D "$library" | grep -q __asan_init; then
    skip "a program that uses it" "a build with sanitizers"
    finish
    exit
fi
status=0
DESTDIR=$scratch/root meson install -C "$build" --no-rebuild >"$out" 2>"$err" || status=$?
expect "it installs" 0 'why403\.pc' 'why403-explain\.1' 'completions' 'why403\.h'
pc=$(find "$scratch/root" -name why403.pc)
cat >"$scratch/use.c" <<'EOF'
#include <stdio.h>
#include <string.h>
#include <why403.h>

static w403_view view(const char *s) { return (w403_view){s, strlen(s)}; }

int main(void)
{
    static const char policy[] = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\","
                                 "\"Action\":\"s3:GetObject\",\"Resource\":\"*\"}]}";
    w403_error     err;
    w403_request   request;
    w403_decision  decision;
    w403_arena    *arena = w403_arena_new(0);
    w403_policies *policies = w403_policies_new();
    if (!arena || !policies ||
        w403_policies_add(policies, W403_POLICY_IDENTITY, 0, view("p"), view(policy), &err) != W403_OK) {
        return 2;
    }
    w403_request_init(&request);
    request.action = view("s3:GetObject");
    request.resource = view("arn:aws:s3:::bucket/key");
    request.resource_account = view("111122223333");
    request.principal = view("arn:aws:iam::111122223333:user/alice");
    if (w403_decide(NULL, policies, &request, W403_DETAIL_VERDICT, arena, &decision, &err) != W403_OK) {
        puts(err.message);
        return 2;
    }
    printf("%s by %s\n", w403_verdict_name(decision.verdict), w403_version());
    w403_policies_free(policies);
    w403_arena_free(arena);
    return 0;
}
EOF
status=0
flags=$(PKG_CONFIG_PATH=$(dirname "$pc") pkg-config --define-variable=prefix="$scratch/root$(sed -n 's/^prefix=//p' "$pc")" \
    --cflags --libs why403) || status=9
# shellcheck disable=SC2086 # flags are words
cc -o "$scratch/use" "$scratch/use.c" $flags >"$out" 2>"$err" || status=$?
expect "a program builds with pkg-config" 0
LD_LIBRARY_PATH=$(dirname "$(find "$scratch/root" -name libwhy403.so.0)") "$scratch/use" >"$out" 2>"$err" || status=$?
expect "and runs" 0 '^allowed by [0-9]'

finish
