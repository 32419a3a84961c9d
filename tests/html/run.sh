#!/bin/sh
# The HTML report in a headless browser: run.sh WHY403 [ROOT]. Prints TAP. Exit 77 (skipped) without chromium, node or
# the npm package playwright-core, which is installed into a temporary directory.
set -u
why403=$(realpath "$1") || exit 2
root=$(realpath "${2:-$(dirname "$0")/../..}") || exit 2
here=$root/tests/html

skip() {
    echo "1..0 # SKIP $1"
    exit 77
}
chromium=$(command -v chromium || command -v chromium-browser) || skip "no chromium"
command -v node >/dev/null || skip "no node"
command -v npm >/dev/null || skip "no npm"

work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
cp "$here/package.json" "$here/check.mjs" "$here/page.mjs" "$work/"
(cd "$work" && npm install --no-audit --no-fund --loglevel=error >npm.log 2>&1) || {
    sed 's/^/# /' "$work/npm.log"
    skip "playwright-core cannot be installed"
}

# page NAME ARGUMENTS...: the same request as a page and as JSON
page() {
    name=$1
    shift
    for format in html json; do
        "$why403" explain "$@" --format "$format" >"$work/$name.$format"
        status=$?
        [ "$status" -eq 0 ] || [ "$status" -eq 1 ] || [ "$status" -eq 3 ] || {
            echo "Bail out! why403 explain --format $format: exit $status"
            exit 1
        }
    done
}
cd "$root" || exit 2
account=examples/account
iam=arn:aws:iam::111122223333
page denied GetObject s3://example-reports/finance/q3.csv --as "$iam:user/alice" --from 203.0.113.9 --snapshot "$account"
page missing PutObject s3://example-data/app/new.json --as arn:aws:sts::111122223333:assumed-role/app/i-0abc \
    --from 203.0.113.9 --snapshot "$account"
page unknown GetObject s3://example-reports/finance/q3.csv --as "$iam:user/alice" --snapshot "$account"
page allowed GetObject s3://example-reports/daily.csv --as "$iam:role/deploy" --from 203.0.113.9 --snapshot "$account"
page evidence --error "An error occurred (AccessDenied) when calling the GetObject operation: User: $iam:user/alice is not \
authorized to perform: s3:GetObject on resource: \"arn:aws:s3:::example-reports/finance/q3.csv\" with an explicit deny in a \
resource-based policy" --snapshot "$account"
page hostile GetObject "s3://b/</title><script>alert(3)</script>'\"&\`k" --as "$iam:user/alice" --from 203.0.113.9 \
    --bucket-policy tests/html/hostile.json --identity-policy examples/seeds/upload-with-kms.json
CHROMIUM=$chromium node "$work/check.mjs" "$work" "$root" "$root/$account"
