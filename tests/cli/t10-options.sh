#!/bin/sh
# Unknown options and commands, and values that make no sense: what is wrong, what was meant, exit status 2.
. "${0%/*}/lib.sh" || exit 2

alice=arn:aws:iam::111122223333:user/alice

run explian
refused "a command misspelled" '2:unknown command `explian`' '2:help: did you mean `why403 explain`'
run zzz
refused "a command of another world" '2:unknown command `zzz`' '2:why403 help'
run help tset
refused "help of a command misspelled" '2:did you mean `why403 test`'
run help explain test
refused "help of two commands"
run -q explain
refused "an option before the command" '2:unknown option .-q.'

run explain --boundry f
refused "an option misspelled" '2:unknown option `--boundry`' '2:did you mean `--boundary`'
run explain --snapshto=x
refused "with a value" '2:did you mean `--snapshot`'
run explain --zzzzzzz
refused "an option of another world" '2:unknown option' '2:why403 help explain'
run explain -Z
refused "a letter that is no option" '2:unknown option `-Z`'
run test --as x
refused "an option of another command" '2:`why403 test` has no option `--as`'
run explain --as
refused "a value is missing" '2:`--as` needs a value: PRINCIPAL'
run explain --http=no
refused "a value too many" '2:`--http` takes no value'
run explain --as a --as b
refused "given twice" '2:only once'
run explain --format yaml
refused "a word that is none of the list" '2:does not take `yaml`' '2:text json sarif html'
run explain --color pink
refused "a colour" '2:auto always never'
run test --jobs 0 tests/cases
refused "no jobs" '2:--jobs'
run test --jobs many tests/cases
refused "jobs in words" '2:--jobs'

set -- --snapshot examples/account --as "$alice"
run explain "$@"
refused "no operation" '2:no operation or action given'
run explain GetObject "$@"
refused "no resource" '2:no resource given'
run explain GetObject s3://b/k surplus "$@"
refused "one argument too many" '2:`surplus`'
run explain GetObject s3://b/k --snapshot examples/account
refused "no principal" '2:no principal given' '2:--as'
run explain GetObject example-reports/finance/q3.csv "$@"
refused "a resource without s3://" '2:is no resource' '2:did you mean `s3://example-reports/finance/q3.csv`'
run explain GetObject https://example-reports.s3.amazonaws.com/k "$@"
expect "a URL of S3" 0 'GetObject on arn:aws:s3:::example-reports/k'
run explain GetObject https://example.com/k "$@"
refused "a URL of something else" '2:is no URL of S3'
run explain GetObject s3:///key "$@"
refused "no bucket" '2:names no bucket'
run explain GetObject '' "$@"
refused "an empty resource" '2:is no resource'
run explain '' s3://b/k "$@"
refused "an empty operation" '2:the operation is empty'
run explain GetObject s3://b/k --as ''
refused "an empty principal"
for wrong in --context=novalue --context==x --header=novalue --query=novalue --mfa=often --expires-in=soon; do
    run explain GetObject s3://b/k "$@" "$wrong"
    refused "a value that makes no sense: $wrong" "2:${wrong%%=*}"
done

cd "$scratch" || exit 2
run explain GetObject s3://b/k --as "$alice"
refused "nothing to judge by" '2:no snapshot and no policies' '2:--snapshot'
run explain GetObject s3://b/k --as "$alice" --snapshot nowhere
refused "a snapshot that is not there" '2:nowhere'
WHY403_SNAPSHOT=elsewhere
export WHY403_SNAPSHOT
run explain GetObject s3://b/k --as "$alice"
refused "\$WHY403_SNAPSHOT is used" '2:elsewhere'
unset WHY403_SNAPSHOT
cd "$top" || exit 2

finish
