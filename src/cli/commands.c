#include "cli/commands.h"

static const w403_example explain_examples[] = {
    {"which policy denies alice this object, in the snapshot of an account",
     "why403 explain GetObject s3://example-reports/finance/q3.csv \\\n"
     "    --as arn:aws:iam::111122223333:user/alice --from 203.0.113.9 --snapshot examples/account"},
    {"with two policy files and no snapshot",
     "why403 explain s3:PutObject s3://bucket/key --as arn:aws:iam::111122223333:user/alice \\\n"
     "    --resource-account 111122223333 --identity-policy alice.json --bucket-policy bucket.json"},
    {"from what the program printed; a URL, a command, an event or a log line will do as well",
     "why403 explain --error \"$(cat error.txt)\" --from 203.0.113.9 --snapshot examples/account"},
    {"through a VPC endpoint, for a program",
     "why403 explain ListObjectsV2 s3://example-data --as arn:aws:iam::111122223333:user/alice \\\n"
     "    --via vpce-0123456789abcdef0 --snapshot examples/account --format json"},
    {NULL, NULL},
};

static const w403_example decide_examples[] = {
    {"one verdict a line", "why403 decide --snapshot examples/account < requests.ndjson"},
    {"count the denied", "why403 decide -s snapshot < requests.ndjson | grep -c '\"decision\":\"denied\"'"},
    {NULL, NULL},
};

static const w403_example inventory_examples[] = {
    {"why the reports of a bucket do not come", "why403 inventory example-reports --snapshot examples/account"},
    {"from the console's text, with what did arrive",
     "why403 inventory amzn-s3-demo-source daily --error \"$(pbpaste)\" --delivered ./inventory-bucket"},
    {NULL, NULL},
};

static const w403_example sweep_examples[] = {
    {"which objects a role cannot read, and why",
     "why403 sweep inventory/example-reports/daily/2026-11-21T01-00Z/manifest.json \\\n"
     "    --as arn:aws:iam::111122223333:role/app --snapshot snapshot"},
    {"their keys, for a program",
     "why403 sweep objects.csv --schema 'Bucket, Key, ObjectOwner' --as arn:aws:iam::111122223333:user/alice \\\n"
     "    --operation DeleteObject --list > denied.ndjson"},
    {NULL, NULL},
};

static const w403_example logs_examples[] = {
    {"what is denied in these logs, why, and since which change",
     "why403 logs examples/trail/logs --snapshot examples/trail/snapshot"},
    {"access logs of one bucket, since yesterday, for a spreadsheet",
     "why403 logs access-logs/ --bucket example-reports --since 2026-11-21 --format csv > denials.csv"},
    {"from the event history, without a trail",
     "aws cloudtrail lookup-events --output json | why403 logs -"},
    {NULL, NULL},
};

static const w403_example replay_examples[] = {
    {"would the new bucket policy break anything that works today",
     "why403 replay access-logs/ --snapshot snapshot --policy new-policy.json"},
    {"a commit that changes one file of a snapshot kept in git",
     "why403 replay trail/ --snapshot before --policy snapshot/accounts/111122223333/s3/doc-example-bucket/policy.json"},
    {"two snapshots", "why403 replay trail/ --snapshot before --against after"},
    {NULL, NULL},
};

static const w403_example runbook_examples[] = {
    {"the runbooks", "why403 runbook"},
    {"why alice is refused, as AWS's runbook would put it",
     "why403 runbook AWSSupport-TroubleshootS3AccessSameAccount --snapshot examples/account --parameters \\\n"
     "    S3ResourceArn=arn:aws:s3:::example-reports/finance/q3.csv,S3Action=GetObject,"
     "RequesterArn=arn:aws:iam::111122223333:user/alice"},
    {"which objects everyone can read",
     "why403 runbook AWSSupport-TroubleshootS3PublicRead --parameters S3BucketName=example-reports \\\n"
     "    --snapshot examples/account --format json"},
    {NULL, NULL},
};

static const w403_example who_can_examples[] = {
    {"who can read a report, and when",
     "why403 who-can GetObject s3://example-reports/finance/q3.csv --snapshot examples/account"},
    {"and why the others cannot",
     "why403 who-can GetObject s3://example-reports/finance/q3.csv --near --snapshot examples/account"},
    {"who can delete what below a prefix",
     "why403 who-can DeleteObject 's3://example-reports/finance/*' --format json --snapshot examples/account"},
    {NULL, NULL},
};

static const w403_example what_can_examples[] = {
    {"everything that alice can do",
     "why403 what-can arn:aws:iam::111122223333:user/alice --snapshot examples/account"},
    {"the writes that she cannot do, with causes",
     "why403 what-can arn:aws:iam::111122223333:user/alice 's3:Put*' --not --snapshot examples/account"},
    {NULL, NULL},
};

static const w403_example public_examples[] = {
    {"every bucket", "why403 public --all --snapshot examples/account"},
    {"one, as findings", "why403 public example-reports --format json --snapshot examples/account"},
    {NULL, NULL},
};

static const w403_example diff_examples[] = {
    {"what a changed policy newly allows",
     "why403 diff examples/seeds/inventory-deny-by-ip.json examples/seeds/inventory-deny-by-ip-updated.json"},
    {"the same as a comment for a review",
     "why403 diff examples/seeds/inventory-deny-by-ip.json examples/seeds/inventory-deny-by-ip-updated.json \\\n"
     "    --format markdown"},
    {NULL, NULL},
};

static const w403_example check_examples[] = {
    {"must not let anybody delete objects",
     "why403 check access-not-granted examples/seeds/inventory-allow.json --type RESOURCE_POLICY \\\n"
     "    --action s3:DeleteObject"},
    {"must not be public", "why403 check no-public-access examples/seeds/inventory-allow.json"},
    {NULL, NULL},
};

static const w403_example test_examples[] = {
    {"every case below a folder", "why403 test tests/cases"},
    {"only those about KMS, failures only", "why403 test --quiet --filter kms tests/cases"},
    {NULL, NULL},
};

static const w403_example lint_examples[] = {
    {"is this policy well-formed, and does it say what is meant", "why403 lint policy.json"},
    {"a bucket's policy, and what S3 would answer", "why403 lint --type bucket --bucket example-data --store policy.json"},
    {"every policy of a Terraform plan", "terraform show -json plan | why403 lint -"},
    {"mend what can be mended without a doubt", "why403 lint --fix policies/"},
    {"what a check looks for", "why403 lint --explain W403_LOCKOUT_BUCKET"},
    {NULL, NULL},
};

static const w403_example mcp_examples[] = {
    {"an agent may ask about this account, and read these logs", "why403 mcp --snapshot examples/account --folder logs"},
    {"the shape of questions", "why403 mcp --schema > question.schema.json"},
    {NULL, NULL},
};

static const w403_example serve_examples[] = {
    {"the page, in a browser", "why403 serve --snapshot examples/account --open"},
    {"decisions for a store of this machine", "why403 serve --snapshot snapshot --listen 127.0.0.1:8181 --no-auth"},
    {NULL, NULL},
};

static const w403_example completion_examples[] = {
    {"for this user's bash",
     "why403 completion bash > ~/.local/share/bash-completion/completions/why403"},
    {NULL, NULL},
};

static const w403_example help_examples[] = {
    {"the options of a command", "why403 help explain"},
    {NULL, NULL},
};

static const w403_example collect_examples[] = {
    {"the caller's account, into ./snapshot", "why403 collect"},
    {"every account of the organization", "why403 collect --organization --role why403-collector org-snapshot"},
    {"what that would ask, and how long it takes", "why403 collect --dry-run --probe"},
    {"what one question needs, into ./snapshot",
     "why403 collect --for GetObject s3://example-data/uploads/report.csv \\\n"
     "    --as arn:aws:iam::111122223333:role/service/app"},
    {"the least policy for that", "why403 collect --print-policy --for GetObject s3://example-data/uploads/report.csv \\\n"
     "    --as arn:aws:iam::111122223333:role/service/app"},
    {"the least policies for a collector of whole accounts",
     "why403 collect --print-policy --role why403-collector --trusted arn:aws:iam::444455556666:root"},
    {NULL, NULL},
};

static const w403_example version_examples[] = {
    {"which version is this", "why403 version"},
    {NULL, NULL},
};

const w403_command w403_commands[] = {
    {"explain", W403_FOR_EXPLAIN, "decide one request and say why", "OPERATION|ACTION RESOURCE --as PRINCIPAL",
     "Decides as AWS does, across every layer at once, whether a request is allowed, denied or undetermined, and "
     "names the policy, the statement and the element that says so.\n"
     "\n"
     "OPERATION is S3's API name (`GetObject`, `CreateMultipartUpload`, `HeadObject`) and stands for all the "
     "permissions that it needs; ACTION is one IAM action of any service (`s3:GetObject`). RESOURCE is "
     "`s3://bucket/key`, an ARN, an access point ARN or alias, or `*` (ListBuckets).\n"
     "\n"
     "It is judged by a snapshot, the JSON that the `aws` command printed about an account; by policy files; or by "
     "both. What neither says is not guessed: it is named as an assumption, or makes the verdict undetermined.\n"
     "\n"
     "In place of a request there may be evidence of one: AWS's error text, a CloudTrail event, a log line, a command, a "
     "URL. Operands and options win over what it says. Where it may be about several requests, each is decided and the "
     "one that agrees with AWS's words is taken. Without a snapshot and policies the message alone speaks.\n"
     "\n"
     "With `--live` AWS is asked for what the request needs, and for no more: read-only calls, with the credentials that the "
     "`aws` command would use. What it refuses to tell stays unknown, and the permission that would open it is named.",
     explain_examples, W403_COMPLETE_NONE, NULL, w403_cmd_explain},
    {"collect", W403_FOR_COLLECT, "ask AWS, read-only, and keep the answers as a snapshot", "[DIR]",
     "Makes the snapshot that the other commands read: of the caller's account, of `--account ID,ID` or of the whole "
     "`--organization` by `--role`, in the Regions of its buckets and those of `--region`. Credentials are found as the `aws` "
     "command finds them. All calls are List, Get and Describe; no object is read.\n"
     "\n"
     "What AWS refuses is kept as unknown, never as *not configured*, and named at the end with the permission that opens it. "
     "Files appear whole or not at all: `--resume` goes on with a run that was interrupted, `--refresh` replaces a finished one. "
     "The exit status is 0 when everything was answered, 1 when something is unknown, 2 when nothing could be collected, 130 "
     "when it was interrupted.\n"
     "\n"
     "With `--for`, asks for what one request needs: it is decided, what the decision wanted is asked for, and it is decided "
     "again, until nothing more is wanted. DIR, by default ./snapshot, must not hold anything yet. The exit status is 1 when AWS "
     "left something unanswered; each is named, with the permission that would open it.\n"
     "\n"
     "`--print-policy` prints three documents and asks nobody: `collector`, what to allow in each account; `organization`, what "
     "more in the management account or a delegated administrator's; `trust`, who may take the role.",
     collect_examples, W403_COMPLETE_DIR, NULL, w403_cmd_collect},
    {"decide", W403_FOR_DECIDE, "decide requests from stdin, one JSON object a line", "",
     "Reads requests as NDJSON on stdin and writes one JSON verdict a line on stdout, in order: the filter for pipes. "
     "A request is the `request` object of a case: operation or action, resource, principal, and what else is known.\n"
     "\n"
     "A line that is no request is answered in its place with an `error` object, and the rest goes on; `--strict` "
     "stops there. The exit status is 0 when every line was a request, whatever the verdicts, and 2 when one was not.",
     decide_examples, W403_COMPLETE_NONE, NULL, w403_cmd_decide},
    {"inventory", W403_FOR_INVENTORY, "why a report of S3 Inventory is not delivered", "BUCKET [CONFIG]",
     "Judges an inventory configuration of the snapshot (without CONFIG: every one of BUCKET), and shows everything "
     "that stands in its way at once: switched off, too young, the destination missing, of another owner or in another "
     "Region, its policy, every Deny that hits `s3.amazonaws.com`, the KMS key, a prefix filter that matches no key. AWS "
     "has no call that tells, and an empty `Last export` proves nothing; a manifest.json below the destination does.\n"
     "\n"
     "S3's put is judged with the context that it really sends: aws:SourceArn, aws:SourceAccount and `x-amz-acl: "
     "bucket-owner-full-control`, but no address, no endpoint and no organization. With `--as`, it also says whether "
     "that principal may set the configuration up.",
     inventory_examples, W403_COMPLETE_NONE, NULL, w403_cmd_inventory},
    {"sweep", W403_FOR_SWEEP, "which objects of an inventory report a principal cannot reach, and why",
     "MANIFEST|CSV... --as PRINCIPAL",
     "Decides one operation about every object of delivered S3 Inventory reports, with what the report says of it: "
     "owner, ACL, encryption, Object Lock, delete marker, version. Current versions are asked for without a version id, "
     "older ones by theirs. A report is named by its manifest.json, or is a CSV file with a header line or `--schema`; "
     "gzip is read as it is.\n"
     "\n"
     "Prints how many objects are allowed, denied and undetermined, by cause and by prefix, with examples and the "
     "commands that repair them; `--list` writes every object that is not allowed. A file that is missing or damaged is "
     "named and counted, the others are still read, and the exit status is then 2; else 1 when something is denied, 3 "
     "when something is undetermined. Ctrl-C ends it with a summary of what was read, and status 130.",
     sweep_examples, W403_COMPLETE_FILE, NULL, w403_cmd_sweep},
    {"logs", W403_FOR_LOGS, "every denial in access logs and CloudTrail by root cause, and the change that began it",
     "PATH...",
     "Reads server access logs (text, or the JSON of CloudWatch Logs) and CloudTrail (files of a trail, event history, "
     "one event a line), gzip or plain, mixed, from files, folders or `-`; what a file is, its content tells. Denials "
     "with one cause are shown as one, with count, first and last time, and ids of requests.\n"
     "\n"
     "The cause is AWS's own where its words name one, else what the snapshot says; where both do and they differ, that "
     "is said. For each cause the last change before it that explains it is named (policies, Block Public Access, keys, "
     "grants, IAM, the organization, endpoints), and where the logs hold the documents it is proved: the first denied "
     "request is decided with the policy before and the policy after.\n"
     "\n"
     "A record that cannot be read is named and counted, and the rest goes on. The exit status is 0 when nothing is "
     "denied, 1 when something is, 2 when something could not be read.",
     logs_examples, W403_COMPLETE_FILE, NULL, w403_cmd_logs},
    {"replay", W403_FOR_REPLAY, "what a changed policy would break, judged on real traffic", "LOGS...",
     "Decides every logged request under two states: `--snapshot`, and `--against` or the same with changed documents. "
     "What worked and would be denied is listed, and what was denied and would be allowed.\n"
     "\n"
     "`--policy FILE` puts a document in the place of the old one: the file of the snapshot whose path has the longest "
     "tail in common with FILE's, so that a snapshot kept in git needs no more; else the bucket or access point that a "
     "resource policy names. `--policy PLACE=FILE` says it: a path in the snapshot, a bucket, the ARN of a managed policy, "
     "key, access point or SCP, an endpoint's id, `USER-OR-ROLE-ARN/NAME` for an inline policy. `--bucket-policy` is the "
     "same for the policy of `--bucket`. Other policies are added to what there is.\n"
     "\n"
     "A session's own policies and tags hold in both states: they come from the AssumeRole events of the same logs. A "
     "request that the old state already answers otherwise than the log is shown apart: nothing can be said of it. What cannot be "
     "decided is counted by reason.\n"
     "\n"
     "The exit status is 1 when something that worked would break, 3 when it may, or when nothing could be decided, 2 when "
     "something could not be read, else 0: a check before a policy is changed.",
     replay_examples, W403_COMPLETE_FILE, NULL, w403_cmd_replay},
    {"runbook", W403_FOR_RUNBOOK, "AWS's own troubleshooting runbooks, offline", "[NAME]",
     "Runs AWSSupport-TroubleshootS3AccessSameAccount or AWSSupport-TroubleshootS3PublicRead on a snapshot: the same "
     "parameters, the same steps in their order, and with `--format json` the same document that `aws ssm "
     "get-automation-execution` prints, with a member `why403` beside it. Without a name it lists them and their "
     "relatives; without parameters it lists those of one.\n"
     "\n"
     "What AWS's runbooks refuse is taken where it makes sense, and said: endpoint ids of 8 digits, any key, root and "
     "role sessions, other accounts, several SCPs, more than 5 context keys. Such a document can be read back with "
     "`why403 explain --event`.",
     runbook_examples, W403_COMPLETE_WORDS,
     "AWSSupport-TroubleshootS3AccessSameAccount AWSSupport-TroubleshootS3PublicRead", w403_cmd_runbook},
    {"who-can", W403_FOR_WHO_CAN, "every caller that can do something, and when", "OPERATION|ACTION RESOURCE",
     "Asks for all requests at once: users, roles and root users of the snapshot, other accounts, organizations, anybody, "
     "services. Each can always, under conditions, or never; conditions are said in full, each with a request that has "
     "been decided. RESOURCE may hold wildcards in its key, OPERATION may be a list with commas or an action with "
     "wildcards: equal answers share a block.\n"
     "\n"
     "Callers of accounts outside the snapshot are taken to be allowed by their own account. The exit status is 0 when "
     "somebody can, 1 when nobody can, 3 when nobody certainly can and somebody may.",
     who_can_examples, W403_COMPLETE_NONE, NULL, w403_cmd_who_can},
    {"what-can", W403_FOR_WHAT_CAN, "everything that one caller can do, and when",
     "CALLER [ACTION-GLOB] [RESOURCE-GLOB]",
     "For every bucket of the snapshot and every action of S3's: which a caller is allowed, on which keys, and under what "
     "conditions. CALLER is an ARN, the name of a user or role of the snapshot, `anonymous`, `account:444455556666`, "
     "`any-account`, `organization:o-...` or `service:NAME`. With `--format policy` it is one policy document that allows the "
     "same, and the exit status is 3 when the two could not be proved equal.\n"
     "\n"
     "The exit status is 0 when something is allowed, 1 when nothing is, 3 when nothing certainly is and something may be.",
     what_can_examples, W403_COMPLETE_NONE, NULL, w403_cmd_what_can},
    {"public", W403_FOR_PUBLIC, "who from outside gets at buckets, whatever S3 calls public", "[BUCKET...]",
     "Says of each bucket whether S3 calls it public (what get-bucket-policy-status prints), and whether anybody outside "
     "the zone of trust gets in after all layers: Denies, Block Public Access, ownership, encryption, organization. What "
     "gets in is listed as findings with the fields of Access Analyzer's.\n"
     "\n"
     "The exit status is 0 when nobody outside gets in, 1 when somebody does, 3 when that is not certain.",
     public_examples, W403_COMPLETE_NONE, NULL, w403_cmd_public},
    {"diff", W403_FOR_DIFF, "what one policy, or one state of an account, allows that another does not", "OLD NEW",
     "Two policies: every request that the new one newly allows, no longer denies, newly denies or no longer allows, with "
     "the statements behind it; or the proof that there is none. Two snapshots, or `--snapshot DIR --policy FILE`: the "
     "same over all layers, for every caller.\n"
     "\n"
     "The exit status is 1 when something of the kind that `--fail-on` names changed, 3 when that is not certain, else 0.",
     diff_examples, W403_COMPLETE_FILE, NULL, w403_cmd_diff},
    {"check", W403_FOR_CHECK, "Access Analyzer's checks of a policy, offline", "CHECK POLICY...",
     "`no-new-access OLD NEW`: the new policy allows nothing that the old one does not. `access-not-granted POLICY`: none "
     "of the actions is allowed on any of the resources. `no-public-access POLICY`: it is not public. The JSON is AWS's "
     "answer, with witnesses and places beside it.\n"
     "\n"
     "The exit status is 0 for PASS, 1 for FAIL, 3 when it could not be decided.",
     check_examples, W403_COMPLETE_FILE, NULL, w403_cmd_check},
    {"test", W403_FOR_TEST, "run cases: requests with the verdict that is expected", "PATH...",
     "Runs the cases of files, or of every `*.json` file below a folder, and prints TAP: `ok 12 - name`, or `not ok` "
     "with what was expected and what came out side by side. The last line is `N passed, N failed`; the exit status "
     "is 0 only when all pass.\n"
     "\n"
     "A case holds a snapshot or the path of one (relative to the case's file), or policies or their paths, one "
     "request, and what is expected of it: `decision`, and if wanted `status`, `cause`, `causes` (a set), `action`, "
     "`sid`, `message`, `allowed_after_fix`.",
     test_examples, W403_COMPLETE_FILE, NULL, w403_cmd_test},
    {"lint", W403_FOR_LINT, "are policies well-formed, and do they say what is meant", "[PATH...]",
     "Checks policies offline: the checks of ValidatePolicy (IAM Access Analyzer) under AWS's own codes, and those that only an "
     "engine that knows S3 can make, under W403_ codes: what S3, KMS, IAM or Organizations refuse to store, statements that never "
     "match, lock-outs, Denies that hit deliveries, absent keys.\n"
     "\n"
     "A PATH is a policy, what `aws` printed of one (`get-bucket-policy`, `get-account-authorization-details` ...), a "
     "CloudFormation or SAM template in JSON or YAML, a Terraform plan (`terraform show -json`), a snapshot, a folder of these, or "
     "`-`. The kind of a policy is told by its place or guessed by its content; `--type` says it.\n"
     "\n"
     "A file `.why403-lint` beside the policies or above holds lines `CODE path-glob [pointer] # reason` of findings to leave "
     "out. The exit status is 1 when a finding of `--deny-level` or above is left, 2 when something could not be read, else 0.",
     lint_examples, W403_COMPLETE_FILE, NULL, w403_cmd_lint},
    {"mcp", W403_FOR_MCP, "answer an agent's questions (Model Context Protocol, on standard input and output)", "",
     "Serves the tools `explain`, `fix`, `lint`, `who_can`, `diff` and `logs` to the program that started it, one JSON-RPC message a "
     "line. Tools take what the command of that name takes, with texts in place of files, and answer with its text and its JSON.\n"
     "\n"
     "Tools only read. Files are read below the folders of `--folder` alone, links followed; the snapshot is loaded once.",
     mcp_examples, W403_COMPLETE_NONE, NULL, w403_cmd_mcp},
    {"serve", W403_FOR_SERVE, "answer over HTTP: the page, questions, and decisions for stores and proxies", "",
     "Prints an address with a token that works once; a browser that opens it has a session. Programs ask with tokens (`--tokens`).\n"
     "\n"
     "`/v1/ask` takes the questions of the library and answers as the command of that name with `--format json`; `/v1/batch` takes the "
     "lines of `decide`. Ceph RGW, MinIO, RustFS, Envoy, nginx and what speaks AuthZEN or OPA's data API ask it for decisions: an "
     "undetermined one is no permission there.\n"
     "\n"
     "It listens at this machine's own address. The snapshot is loaded anew when its files change, and by SIGHUP; requests on their way "
     "are answered by the one that they came to. SIGTERM lets them end; SIGUSR1 prints a new address.",
     serve_examples, W403_COMPLETE_NONE, NULL, w403_cmd_serve},
    {"completion", W403_FOR_COMPLETION, "print a completion script for a shell", "bash|zsh|fish",
     "Prints the script; where it goes depends on the shell.", completion_examples, W403_COMPLETE_WORDS,
     "bash zsh fish", w403_cmd_completion},
    {"help", W403_FOR_HELP, "show the commands, or the options of one", "[COMMAND]", "Shows help, on stdout.",
     help_examples, W403_COMPLETE_COMMANDS, NULL, w403_cmd_help},
    {"version", W403_FOR_VERSION, "print the version", "", "Prints the program's name and version.",
     version_examples, W403_COMPLETE_NONE, NULL, w403_cmd_version},
};

const size_t w403_commands_count = sizeof w403_commands / sizeof *w403_commands;

const char *const w403_exit_lines[] = {
    "0  allowed, or nothing was found",
    "1  denied, or something was found",
    "2  bad usage, or input that cannot be read or makes no sense",
    "3  undetermined: what is missing is named",
    NULL,
};
