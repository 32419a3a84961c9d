#!/bin/sh
# What can be asked for beside an answer (docs/json.md): --with, --without, and a table of principals by actions.
. "${0%/*}/lib.sh" || exit 2

alice=arn:aws:iam::111122223333:user/alice
q3=s3://example-reports/finance/q3.csv
explain() { run explain GetObject $q3 --as $alice --snapshot examples/account "$@"; }

explain --format json --without layers,fixes
expect "without layers and fixes" 3 '"checks":\[' '!"settle":\[\],"notes":\[\],"fixes":\[\{' '!"statement":null,"causes":\[\],"layers"'
explain --format json --with branches,context --with near
expect "words of several --with" 3 '"branches":\[\{"fact":"aws:SourceVpce","value":null,"decision":"denied"' '"state":"unknown"' '"near":'
explain --format json --with everything
expect "everything" 3 '"documents":\{' '"elements":\[' '"layer":"boundary","verdict":"not-applicable","said":"the caller has no permissions boundary"'
explain --with documents
refused "--with without JSON" '2:JSON answer'
explain --format json --with nothing
refused "a word that is none" '2:nothing. is nothing that one question asks for' '2:near, elements'
explain --format json --without causes
refused "what cannot be left out" '2:layers or fixes'
explain --format json --with head-object
refused "head-object without --live" '2:goes with .--live.'

matrix() { printf '%s' "$1" >"$scratch/m.json"; run decide --matrix "$scratch/m.json" --snapshot examples/account; }
matrix '{"principals":["'$alice'","anonymous"],"actions":["GetObject","s3:ListBucket"],"resource":"'$q3'","request":{"from":"203.0.113.9"}}'
expect "a matrix" 0 '"cells":\[\[\["denied","deny.bucket-policy"\],\["allowed",null\]\],\[\["denied","deny.bucket-policy"\],'
for what in GetObject:$q3 s3:ListBucket:s3://example-reports; do
    action=${what%:s3:*} where=s3:${what##*:s3:}
    case $action in GetObject) name='"operation":"GetObject"' ;; *) name='"action":"'$action'"' ;; esac
    printf '{%s,"resource":"%s","principal":"%s","from":"203.0.113.9"}\n' "$name" "$where" $alice | sed 's#s3://#arn:aws:s3:::#' |
        "$program" decide --snapshot examples/account >"$out" 2>"$err" && status=0
    case $action in GetObject) wanted=denied ;; *) wanted=allowed ;; esac
    expect "the same, alone: $action" 0 "\"decision\":\"$wanted\""
done
matrix '{"principals":["'$alice'","arn:aws:iam::111122223333:user/nobody"],"actions":["GetObject"],"resource":"s3://example-reports"}'
expect "cells of which no request can be made" 0 '"cells":\[\[null\],\[null\]\]' 'asked of objects, and the resource is a bucket'
matrix '{"principals":[],"actions":[],"resource":"'$q3'"}'
expect "an empty matrix" 0 '"cells":\[\],"errors":\[\]'
matrix '{"principals":["'$alice'"],"actions":"GetObject","resource":"'$q3'"}'
refused "actions that are no list" '2:a list of strings' '2::1:'
matrix '{"principals":["'$alice'"],"actions":["GetObject"],"resource":"'$q3'","request":{"principal":"x"}}'
refused "what cells say cannot be common" '2:what the matrix says of each cell'
matrix '{"principals":["'$alice'"],"actions":["GetObject"],"resource":"a:b"}'
refused "a resource that is none"
matrix '{"principals":["'$alice'"],"actions":["GetObject"],"ressource":"'$q3'"}'
refused "an unknown member" '2:resource'
run decide --matrix "$scratch/none.json" --snapshot examples/account
refused "a file that is not there"
finish
