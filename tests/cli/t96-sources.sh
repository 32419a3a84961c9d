#!/bin/sh
# Plans, templates and trees of iam-collect in place of a snapshot: what they say counts, what they do not is unknown.
. "${0%/*}/lib.sh" || exit 2
plan=tests/sources/plan.json template=tests/sources/template.yaml tree=tests/sources/iam-data
key=s3://amzn-s3-demo-reports/k

# ---- a plan of Terraform ----
set -- explain GetObject $key --from-terraform $plan
run "$@" --as alice --from 198.51.100.1
expect "plan: a bucket policy denies, whose bucket is named by a reference" 1 '^DENIED' '✓ Identity policies +allows +Read of read' \
    '✗ Bucket policy +denies +OnlyFromTheOffice' '!Assuming.*organization'
run "$@" --as alice --from 203.0.113.9
expect "plan: what it does not hold is unknown, never absent" 3 '^UNDETERMINED' 'Organization \(SCP\) +unknown' '✓ Identity policies +allows'
run "$@" --as old --from 203.0.113.9
expect "plan: one who was there before may have more" 3 '\? Identity policies +unknown +inline policy that tests/sources/plan.json does not hold'
run "$@" --as app-a --from 203.0.113.9
expect "plan: a policy of one instance of a module" 3 '✓ Identity policies +allows +Read of read'
run "$@" --as app-b --from 203.0.113.9
expect "plan: and of no other" 1 '✗ Identity policies +does not allow +there is none'
run explain PutObject s3://amzn-s3-demo-logs/k --as alice --from 203.0.113.9 --from-terraform $plan
expect "plan: a bucket without a policy: unknown which it has" 3 'Bucket policy +unknown'
run explain GetObject s3://no-such-bucket/k --as alice --from 203.0.113.9 --from-terraform $plan
expect "plan: a bucket that is not there is no bucket that does not exist" 3 '!NoSuchBucket' '!404'
run who-can GetObject $key --from-terraform $plan
expect "plan: who can" 3 'perhaps' 'role/app-a' 'user/alice' '--from-terraform tests/sources/plan.json' '!role/app-b'
run what-can arn:aws:iam::111122223333:user/alice --from-terraform $plan
expect "plan: what can" 3 's3:GetObject'
sed 's/203\.0\.113\.0\/24/0.0.0.0\/0/' $plan >"$scratch/wider.json"
run diff --from-terraform $plan --from-terraform "$scratch/wider.json" --format json
expect "two plans: what the second newly allows" 3 '"newly_allowed": ?"unknown"'
run decide --from-terraform $plan
expect "plan: a filter over requests takes it too" 0
sed 's/"prior_state"/"before"/' $plan | sed 's/"arn": "arn:aws:iam::111122223333:user\/old",//' >"$scratch/nobody.json"
run "$@" --as arn:aws:iam::111122223333:user/alice --from-terraform "$scratch/nobody.json"
refused "two sources" '2:stands in place of a snapshot'
run explain GetObject $key --as arn:aws:iam::111122223333:user/alice --from-terraform "$scratch/nobody.json"
refused "a plan that does not say whose account" '2:does not say which account' '2:--account ID'
run explain GetObject $key --as alice --from 198.51.100.1 --from-terraform "$scratch/nobody.json" --account 111122223333
expect "then it is said" 1 'OnlyFromTheOffice'
run explain GetObject $key --as alice --from-terraform "$scratch/nobody.json" --account 1111
refused "no account" '2:twelve digits'
run explain GetObject $key --as alice --from-terraform $template
refused "a template is no plan"
run explain GetObject $key --as alice --from-terraform examples/cases/finance.json
refused "JSON that is no plan" '2:is no plan'
run explain GetObject $key --as alice --from-terraform $plan --snapshot examples/account
refused "a plan and a snapshot" '2:stands in place of a snapshot'

# ---- a template of CloudFormation ----
key=s3://amzn-s3-demo-test-reports/k
set -- explain GetObject $key --from-cloudformation $template --account 111122223333 --from 198.51.100.1
run "$@" --as app --parameter Office=203.0.113.0/24
expect "template: names and parameters filled in" 1 '✓ Identity policies +allows +Read of read' '✗ Bucket policy +denies' \
    '2:`Unnamed` has a name that only the deployment knows' '2:`Sometimes` hangs on a condition'
run "$@" --as app
expect "template: a parameter without a value leaves its policy unknown" 3 '\? Bucket policy +unknown'
run "$@" --as other --parameter Office=198.51.100.0/24
expect "template: a policy on what only the deployment knows" 3 '\? Identity policies +unknown +inline policy open'
run explain GetObject s3://amzn-s3-demo-prod-reports/k --from-cloudformation $template --account 111122223333 --from 198.51.100.1 \
    --as app --parameter Office=203.0.113.0/24 --parameter Stage=prod
expect "template: a parameter's value over its default" 1 'DENIED' 'amzn-s3-demo-prod-reports'
sed 's/Roles: \[!Ref App\]/Roles: [!Ref Whose]/; /Condition: InProduction/d; s/^  Office: .*/&\n  Whose: {Type: String}/' $template >"$scratch/whose.yaml"
run explain GetObject $key --from-cloudformation "$scratch/whose.yaml" --account 111122223333 --from 203.0.113.9 --as app \
    --parameter Office=203.0.113.0/24
expect "template: a policy of nobody knows whom may be anybody's" 3 '\? Identity policies +unknown'
run explain GetObject $key --from-cloudformation "$scratch/whose.yaml" --account 111122223333 --from 203.0.113.9 --as app \
    --parameter Office=203.0.113.0/24 --parameter Whose=app
expect "template: then it is said whose" 1 '✗ Identity policies +denies'
run explain GetObject $key --from-cloudformation $template --as app
refused "template: no account" '2:which account'
run explain GetObject $key --from-cloudformation $template --account 111122223333 --as app --parameter Office
refused "template: half a parameter" '2:NAME=VALUE'
run explain GetObject $key --from-cloudformation $plan --account 111122223333 --as app
refused "a plan is no template" '2:is no template'
printf 'Resources: [' >"$scratch/cut.yaml"
run explain GetObject $key --from-cloudformation "$scratch/cut.yaml" --account 111122223333 --as app
refused "broken YAML is located" '2:cut.yaml'

# ---- a tree of iam-collect ----
key=s3://amzn-s3-demo-reports/k
run explain GetObject $key --as Alice --from 198.51.100.1 --from-iam-collect $tree
expect "tree: names as they are, a policy by a group" 1 'user/Alice' '✓ Identity policies +allows +Read of Read' '✗ Bucket policy +denies'
run explain GetObject $key --as app --from 203.0.113.9 --from-iam-collect $tree/aws/aws
expect "tree: from any folder above the accounts" 3 '✓ Identity policies +allows' 'Object ACL +unknown'
run explain GetObject $key --as arn:aws:iam::111122223333:role/other --from 203.0.113.9 --from-iam-collect $tree
refused "tree: its list of principals is whole" '2:has no role `other`'
run explain GetObject $key --as app --from-iam-collect examples/seeds
refused "no tree" '2:is no tree of iam-collect'
run explain GetObject $key --as app --from-iam-collect "$scratch/nowhere"
refused "no folder"
finish
