#include "cli/options.h"

#include "base/about.h"

#define WORDS(list) W403_COMPLETE_WORDS, list
#define NOTHING W403_COMPLETE_NONE, NULL
#define A_FILE W403_COMPLETE_FILE, NULL
#define A_DIR W403_COMPLETE_DIR, NULL
#define REQUEST(times) times, W403_GROUP_REQUEST, W403_FOR_EXPLAIN | W403_FOR_COLLECT
#define EVIDENCE W403_ONCE, W403_GROUP_EVIDENCE, W403_FOR_EXPLAIN
#define REQUESTS(times) times, W403_GROUP_REQUEST, W403_FOR_EXPLAIN | W403_FOR_SWEEP | W403_FOR_COLLECT
#define POLICY(times) times, W403_GROUP_POLICIES, \
    W403_FOR_EXPLAIN | W403_FOR_DECIDE | W403_FOR_INVENTORY | W403_FOR_SWEEP | W403_FOR_LOGS | W403_FOR_RUNBOOK | \
    W403_FOR_WHO_CAN | W403_FOR_WHAT_CAN | W403_FOR_PUBLIC
#define ANY_POLICY(times) POLICY(times) | W403_FOR_REPLAY /* of a whole state, not of one session, access point or key */
#define LOGS(times) times, W403_GROUP_LOGS, W403_FOR_LOGS | W403_FOR_REPLAY
#define SWEEP(group, times) times, group, W403_FOR_SWEEP
#define QUESTION(times, commands) times, W403_GROUP_QUESTION, commands
#define COLLECT(times) times, W403_GROUP_LIVE, W403_FOR_COLLECT
#define LIVE(times) times, W403_GROUP_LIVE, W403_FOR_COLLECT | W403_FOR_EXPLAIN | W403_FOR_INVENTORY | W403_FOR_LOGS
#define INVENTORY(times) times, W403_GROUP_REPORTS, W403_FOR_INVENTORY

static const w403_option options[W403_OPTIONS] = {
    [W403_OPT_AS] = {"as", 0, W403_ARG_REQUIRED, "PRINCIPAL", W403_ONCE, W403_GROUP_REQUEST,
        W403_FOR_EXPLAIN | W403_FOR_INVENTORY | W403_FOR_SWEEP | W403_FOR_COLLECT, NOTHING,
        ABOUT("who asks: ARN of a user, role, role session, federated user, root, identity provider or CloudFront "
              "origin access "
        "identity, `anonymous`, or `service:s3.amazonaws.com`")},
    [W403_OPT_FROM] = {"from", 0, W403_ARG_REQUIRED, "IP", REQUESTS(W403_ONCE) | W403_FOR_RUNBOOK, NOTHING,
        ABOUT("source address of a request over the public internet; without it and `--via` the network keys are "
              "unknown")},
    [W403_OPT_VIA] = {"via", 0, W403_ARG_REQUIRED, "VPCE", REQUESTS(W403_ONCE), NOTHING,
        ABOUT("VPC endpoint that the request goes through: `vpce-...`")},
    [W403_OPT_HEADER] = {"header", 'H', W403_ARG_REQUIRED, "'NAME: VALUE'", REQUESTS(W403_MANY), NOTHING,
        ABOUT("a request header, as `x-amz-acl: private`")},
    [W403_OPT_QUERY] = {"query", 0, W403_ARG_REQUIRED, "NAME=VALUE", REQUESTS(W403_MANY), NOTHING,
        ABOUT("a query parameter, as `prefix=reports/`")},
    [W403_OPT_VERSION_ID] = {"version-id", 0, W403_ARG_REQUIRED, "ID", REQUEST(W403_ONCE), NOTHING,
        ABOUT("version of the object that is asked for")},
    [W403_OPT_CONTEXT] = {"context", 'c', W403_ARG_REQUIRED, "KEY=VALUE", REQUESTS(W403_MANY), NOTHING,
        ABOUT("value of a condition key; wins over what is derived, and several values of one key make a list")},
    [W403_OPT_CONTEXT_ABSENT] = {"context-absent", 0, W403_ARG_REQUIRED, "KEY", REQUESTS(W403_MANY), NOTHING,
        ABOUT("a condition key that the request does not have")},
    [W403_OPT_CONTEXT_UNKNOWN] = {"context-unknown", 0, W403_ARG_REQUIRED, "KEY", REQUESTS(W403_MANY), NOTHING,
        ABOUT("a condition key of which nobody knows whether the request has it")},
    [W403_OPT_SESSION_NAME] = {"session-name", 0, W403_ARG_REQUIRED, "NAME", REQUESTS(W403_ONCE), NOTHING,
        ABOUT("name of the role session, where `--as` is a role")},
    [W403_OPT_ISSUER] = {"issuer", 0, W403_ARG_REQUIRED, "ARN", REQUESTS(W403_ONCE), NOTHING,
        ABOUT("the IAM user behind a federated user")},
    [W403_OPT_MFA] = {"mfa", 0, W403_ARG_OPTIONAL, "SECONDS|no", REQUESTS(W403_ONCE), NOTHING,
        ABOUT("the session was made with MFA, so many seconds ago; `--mfa=no` without")},
    [W403_OPT_AT] = {"at", 0, W403_ARG_REQUIRED, "TIME", W403_ONCE, W403_GROUP_REQUEST,
        W403_FOR_EXPLAIN | W403_FOR_INVENTORY | W403_FOR_SWEEP | W403_FOR_COLLECT, NOTHING,
        ABOUT("when the request is made, as `2026-11-21T10:00:00Z` or epoch seconds; default: now")},
    [W403_OPT_HTTP] = {"http", 0, W403_ARG_NONE, NULL, REQUESTS(W403_LAST_WINS), NOTHING,
        ABOUT("the request is sent without TLS")},
    [W403_OPT_EXPECTED_BUCKET_OWNER] = {"expected-bucket-owner", 0, W403_ARG_REQUIRED, "ACCOUNT",
        REQUESTS(W403_ONCE), NOTHING, ABOUT("sends `x-amz-expected-bucket-owner`")},
    [W403_OPT_EXPECTED_SOURCE_OWNER] = {"expected-source-bucket-owner", 0, W403_ARG_REQUIRED, "ACCOUNT",
        REQUEST(W403_ONCE), NOTHING, ABOUT("sends `x-amz-source-expected-bucket-owner` (copies)")},
    [W403_OPT_REQUEST_PAYER] = {"request-payer", 0, W403_ARG_NONE, NULL, REQUESTS(W403_LAST_WINS), NOTHING,
        ABOUT("sends `x-amz-request-payer: requester`")},
    [W403_OPT_PRESIGNED] = {"presigned", 0, W403_ARG_OPTIONAL, "SIGNED-AT", REQUEST(W403_ONCE), NOTHING,
        ABOUT("the request is a presigned URL, signed at that time")},
    [W403_OPT_EXPIRES_IN] = {"expires-in", 0, W403_ARG_REQUIRED, "SECONDS", REQUEST(W403_ONCE), NOTHING,
        ABOUT("how long the presigned URL is good for")},
    [W403_OPT_RESOURCE_ACCOUNT] = {"resource-account", 0, W403_ARG_REQUIRED, "ACCOUNT", REQUESTS(W403_ONCE), NOTHING,
        ABOUT("account that owns the resource, where neither its ARN nor the snapshot says so")},
    [W403_OPT_REQUEST] = {"request", 0, W403_ARG_REQUIRED, "FILE", REQUEST(W403_ONCE), A_FILE,
        ABOUT("a JSON file with the whole request, as in a case; other options win over it")},

    [W403_OPT_ERROR] = {"error", 0, W403_ARG_REQUIRED, "TEXT", EVIDENCE, NOTHING,
        ABOUT("what the program printed when it was refused, whole and in any language; `-` reads standard input")},
    [W403_OPT_EVENT] = {"event", 0, W403_ARG_REQUIRED, "FILE", EVIDENCE, A_FILE,
        ABOUT("one CloudTrail event, or what `aws ssm get-automation-execution` printed of a runbook")},
    [W403_OPT_LOG_LINE] = {"log-line", 0, W403_ARG_REQUIRED, "TEXT", EVIDENCE, NOTHING,
        ABOUT("one line of a server access log; `-` reads standard input")},
    [W403_OPT_COMMAND] = {"command", 0, W403_ARG_REQUIRED, "TEXT", EVIDENCE, NOTHING,
        ABOUT("the `aws s3`, `aws s3api` or `aws s3control` command that was refused")},
    [W403_OPT_CURL] = {"curl", 0, W403_ARG_REQUIRED, "TEXT", EVIDENCE, NOTHING,
        ABOUT("a URL, presigned or not, or the `curl` command with it")},
    [W403_OPT_SESSION_EVENTS] = {"session-events", 0, W403_ARG_REQUIRED, "FILE", EVIDENCE, A_FILE,
        ABOUT("CloudTrail events: the AssumeRole of the caller's session is looked for, and its session policies "
              "count")},
    [W403_OPT_CALLER_IDENTITY] = {"caller-identity", 0, W403_ARG_REQUIRED, "FILE", EVIDENCE, A_FILE,
        ABOUT("what `aws sts get-caller-identity` printed; `--as` is then who it should be")},
    [W403_OPT_CONFIGURE_LIST] = {"configure-list", 0, W403_ARG_REQUIRED, "FILE", EVIDENCE, A_FILE,
        ABOUT("what `aws configure list` printed")},
    [W403_OPT_PARAMETERS] = {"parameters", 0, W403_ARG_REQUIRED, "NAME=VALUE,...", W403_ONCE, W403_GROUP_REQUEST,
        W403_FOR_RUNBOOK, A_FILE,
        ABOUT("the runbook's parameters, as `aws ssm start-automation-execution` takes them, or a JSON file")},

    [W403_OPT_LIVE] = {"live", 0, W403_ARG_NONE, NULL, W403_LAST_WINS, W403_GROUP_POLICIES,
        W403_FOR_EXPLAIN | W403_FOR_INVENTORY | W403_FOR_LOGS, NOTHING,
        ABOUT("ask AWS for what the question needs, read-only, in place of a snapshot")},
    [W403_OPT_SAVE] = {"save", 0, W403_ARG_REQUIRED, "DIR", W403_ONCE, W403_GROUP_LIVE,
        W403_FOR_EXPLAIN | W403_FOR_INVENTORY, A_DIR, ABOUT("with `--live`: keep what was collected, as a snapshot")},
    [W403_OPT_FOR] = {"for", 0, W403_ARG_NONE, NULL, W403_LAST_WINS, W403_GROUP_LIVE, W403_FOR_COLLECT, NOTHING,
        ABOUT("collect what one request needs, `OPERATION RESOURCE --as PRINCIPAL`, and no more")},
    [W403_OPT_PRINT_POLICY] = {"print-policy", 0, W403_ARG_NONE, NULL, W403_LAST_WINS, W403_GROUP_LIVE, W403_FOR_COLLECT,
        NOTHING,
        ABOUT("print the least policies for a collector, as JSON; with `--for`, for that one question. AWS is not asked")},
    [W403_OPT_TRUSTED] = {"trusted", 0, W403_ARG_REQUIRED, "ARN", W403_ONCE, W403_GROUP_LIVE, W403_FOR_COLLECT, NOTHING,
        ABOUT("with `--print-policy`: who may take the role, in its trust policy")},
    [W403_OPT_ORGANIZATION] = {"organization", 0, W403_ARG_NONE, NULL, COLLECT(W403_LAST_WINS), NOTHING,
        ABOUT("every active account of the organization, entered by `--role`")},
    [W403_OPT_COLLECT_ACCOUNT] = {"account", 0, W403_ARG_REQUIRED, "ID,...", COLLECT(W403_MANY), NOTHING,
        ABOUT("these accounts, entered by `--role`")},
    [W403_OPT_ALL_REGIONS] = {"all-regions", 0, W403_ARG_NONE, NULL, COLLECT(W403_LAST_WINS), NOTHING,
        ABOUT("look at every Region that is enabled, not only at those with buckets")},
    [W403_OPT_COLLECT_ONLY] = {"only", 0, W403_ARG_REQUIRED, "SERVICE,...", COLLECT(W403_MANY), NOTHING,
        ABOUT("ask these services alone: `s3`, `iam`, `kms`, `ec2`, `organizations`, `s3control`; the rest is "
              "then unknown")},
    [W403_OPT_COLLECT_BUCKET] = {"bucket", 0, W403_ARG_REQUIRED, "PATTERN", COLLECT(W403_ONCE), NOTHING,
        ABOUT("only buckets of such a name, with `*` and `?`; the others are then unknown")},
    [W403_OPT_WITH] = {"with", 0, W403_ARG_REQUIRED, "WHAT,...", COLLECT(W403_MANY) | W403_FOR_EXPLAIN, NOTHING,
        ABOUT("what else is asked for: `access-grants`, `object-lambda`, `directory-buckets`, `events`, `tags`; of one question "
              "(`--for`, `--live`): `head-object`, the headers of its object; in the JSON answer of `explain`: `near`, `elements`, "
              "`all-layers`, `documents`, `context`, `branches`, `changed`, or `everything`")},
    [W403_OPT_WITHOUT] = {"without", 0, W403_ARG_REQUIRED, "WHAT,...", W403_MANY, W403_GROUP_OUTPUT, W403_FOR_EXPLAIN, NOTHING,
        ABOUT("what is left out of the JSON answer: `layers` at the top, which `checks` have too; `fixes`, which are then not "
              "looked for")},
    [W403_OPT_RESUME] = {"resume", 0, W403_ARG_NONE, NULL, COLLECT(W403_LAST_WINS), NOTHING,
        ABOUT("go on with an interrupted run: values and refusals stay, what failed in passing is asked again")},
    [W403_OPT_REFRESH] = {"refresh", 0, W403_ARG_NONE, NULL, COLLECT(W403_LAST_WINS), NOTHING,
        ABOUT("make the snapshot anew, and put it in the old one's place when it is complete")},
    [W403_OPT_MAX_AGE] = {"max-age", 0, W403_ARG_REQUIRED, "TIME", COLLECT(W403_LAST_WINS), NOTHING,
        ABOUT("how old a run may be that `--resume` goes on with; default: `24h`")},
    [W403_OPT_FORCE] = {"force", 0, W403_ARG_NONE, NULL, COLLECT(W403_LAST_WINS), NOTHING,
        ABOUT("write into a folder that holds other files")},
    [W403_OPT_DRY_RUN] = {"dry-run", 0, W403_ARG_NONE, NULL, COLLECT(W403_LAST_WINS), NOTHING,
        ABOUT("say which calls would be made, how long they take and what they cost; only who asks is asked")},
    [W403_OPT_PROBE] = {"probe", 0, W403_ARG_NONE, NULL, COLLECT(W403_LAST_WINS), NOTHING,
        ABOUT("with `--dry-run`: list buckets, keys and access points, to count them")},
    [W403_OPT_PROFILE] = {"profile", 0, W403_ARG_REQUIRED, "NAME", LIVE(W403_ONCE), NOTHING,
        ABOUT("credentials and settings of this profile of `~/.aws`; default: as the `aws` command finds them")},
    [W403_OPT_REGION] = {"region", 0, W403_ARG_REQUIRED, "REGION", LIVE(W403_MANY), NOTHING,
        ABOUT("Region of calls that name none; of `collect`, one more that is looked at")},
    [W403_OPT_ROLE] = {"role", 0, W403_ARG_REQUIRED, "NAME|ARN", LIVE(W403_ONCE), NOTHING,
        ABOUT("role that is taken in each account that is not the caller's")},
    [W403_OPT_EXTERNAL_ID] = {"external-id", 0, W403_ARG_REQUIRED, "ID", LIVE(W403_ONCE), NOTHING,
        ABOUT("what the role's trust policy wants as `sts:ExternalId`")},
    [W403_OPT_ROLE_SESSION_NAME] = {"role-session-name", 0, W403_ARG_REQUIRED, "NAME", LIVE(W403_ONCE), NOTHING,
        ABOUT("name of the sessions of that role; default: `why403-` and eight digits")},
    [W403_OPT_MFA_CODE] = {"mfa-code", 0, W403_ARG_REQUIRED, "N", LIVE(W403_ONCE), NOTHING,
        ABOUT("the code of the profile's MFA device; default: it is asked for")},
    [W403_OPT_ENDPOINT_URL] = {"endpoint-url", 0, W403_ARG_REQUIRED, "URL", LIVE(W403_ONCE), NOTHING,
        ABOUT("where all calls go, in place of AWS: a store that speaks S3, a test server")},
    [W403_OPT_CA_BUNDLE] = {"ca-bundle", 0, W403_ARG_REQUIRED, "FILE", LIVE(W403_ONCE), A_FILE,
        ABOUT("certificates that are trusted, in place of the system's")},
    [W403_OPT_S3_ADDRESSING] = {"s3-addressing", 0, W403_ARG_REQUIRED, "STYLE", LIVE(W403_LAST_WINS),
        WORDS("auto path virtual"), ABOUT("how buckets are named to S3: `auto`, `path` or `virtual`")},
    [W403_OPT_NO_SIGN_REQUEST] = {"no-sign-request", 0, W403_ARG_NONE, NULL, LIVE(W403_LAST_WINS), NOTHING,
        ABOUT("send calls without credentials")},
    [W403_OPT_ALLOW_HTTP] = {"allow-http", 0, W403_ARG_NONE, NULL, LIVE(W403_LAST_WINS), NOTHING,
        ABOUT("send credentials over plain HTTP, where an endpoint says so")},
    [W403_OPT_MAX_ATTEMPTS] = {"max-attempts", 0, W403_ARG_REQUIRED, "N", LIVE(W403_LAST_WINS), NOTHING,
        ABOUT("how often a call is made before it is given up; default: 5")},
    [W403_OPT_TIMEOUT] = {"timeout", 0, W403_ARG_REQUIRED, "TIME", LIVE(W403_LAST_WINS), NOTHING,
        ABOUT("how long one request may take, as `10s`")},
    [W403_OPT_RATE] = {"rate", 0, W403_ARG_REQUIRED, "SERVICE=N", LIVE(W403_MANY), NOTHING,
        ABOUT("at most so many calls a second of a service")},
    [W403_OPT_DEBUG_SIGN] = {"debug-sign", 0, W403_ARG_NONE, NULL, LIVE(W403_LAST_WINS), NOTHING,
        ABOUT("show on stderr what is signed, never with what")},
    [W403_OPT_SNAPSHOT] = {"snapshot", 's', W403_ARG_REQUIRED, "DIR", ANY_POLICY(W403_ONCE) | W403_FOR_DIFF | W403_FOR_LINT | W403_FOR_MCP, A_DIR,
        ABOUT("snapshot directory or file; default: `$WHY403_SNAPSHOT`, else `./snapshot` if it is there")},
    [W403_OPT_NO_SNAPSHOT] = {"no-snapshot", 0, W403_ARG_NONE, NULL, ANY_POLICY(W403_LAST_WINS) | W403_FOR_MCP, NOTHING,
        ABOUT("use the given policies only")},
    [W403_OPT_IDENTITY_POLICY] = {"identity-policy", 0, W403_ARG_REQUIRED, "FILE", ANY_POLICY(W403_MANY), A_FILE,
        ABOUT("an identity-based policy of the principal")},
    [W403_OPT_BOUNDARY] = {"boundary", 0, W403_ARG_REQUIRED, "FILE", ANY_POLICY(W403_ONCE), A_FILE,
        ABOUT("the principal's permissions boundary")},
    [W403_OPT_SESSION_POLICY] = {"session-policy", 0, W403_ARG_REQUIRED, "FILE", POLICY(W403_MANY), A_FILE,
        ABOUT("a policy that was given when the session was made")},
    [W403_OPT_SCP] = {"scp", 0, W403_ARG_REQUIRED, "[LEVEL:]FILE", ANY_POLICY(W403_MANY), A_FILE,
        ABOUT("a service control policy; LEVEL 0 (the default) is the root, each further one lies below")},
    [W403_OPT_RCP] = {"rcp", 0, W403_ARG_REQUIRED, "[LEVEL:]FILE", ANY_POLICY(W403_MANY), A_FILE,
        ABOUT("a resource control policy, as `--scp`")},
    [W403_OPT_VPCE_POLICY] = {"vpce-policy", 0, W403_ARG_REQUIRED, "FILE", ANY_POLICY(W403_ONCE), A_FILE,
        ABOUT("the policy of the VPC endpoint")},
    [W403_OPT_BUCKET_POLICY] = {"bucket-policy", 0, W403_ARG_REQUIRED, "FILE", ANY_POLICY(W403_ONCE), A_FILE,
        ABOUT("the policy of the bucket, or of any other resource")},
    [W403_OPT_ACCESS_POINT_POLICY] = {"access-point-policy", 0, W403_ARG_REQUIRED, "FILE", POLICY(W403_ONCE), A_FILE,
        ABOUT("the policy of the access point")},
    [W403_OPT_KEY_POLICY] = {"key-policy", 0, W403_ARG_REQUIRED, "FILE", POLICY(W403_ONCE), A_FILE,
        ABOUT("the policy of the KMS key")},
    [W403_OPT_TRUST_POLICY] = {"trust-policy", 0, W403_ARG_REQUIRED, "FILE", POLICY(W403_ONCE), A_FILE,
        ABOUT("the trust policy of the role that is taken, for sts:AssumeRole and its kin")},

    [W403_OPT_OPERATION] = {"operation", 0, W403_ARG_REQUIRED, "NAME", SWEEP(W403_GROUP_REQUEST, W403_ONCE), NOTHING,
        ABOUT("what is asked of every object: S3's API name, as `GetObject`; default: GetObject")},
    [W403_OPT_ACTION] = {"action", 0, W403_ARG_REQUIRED, "ACTION", SWEEP(W403_GROUP_REQUEST, W403_ONCE), NOTHING,
        ABOUT("one IAM action instead, as `s3:GetObject`")},

    [W403_OPT_CREATED_AT] = {"created-at", 0, W403_ARG_REQUIRED, "TIME", INVENTORY(W403_ONCE), NOTHING,
        ABOUT("when the configuration was made: AWS prints it nowhere, and the first report may take 48 hours")},
    [W403_OPT_DELIVERED] = {"delivered", 0, W403_ARG_REQUIRED, "DIR", INVENTORY(W403_ONCE), A_DIR,
        ABOUT("a copy of the destination bucket, or of a part of it: which reports did arrive")},
    [W403_OPT_INVENTORY_ERROR] = {"error", 0, W403_ARG_REQUIRED, "TEXT", INVENTORY(W403_ONCE), NOTHING,
        ABOUT("the console's text, in any language: its date is the one that is looked at")},
    [W403_OPT_SCHEMA] = {"schema", 0, W403_ARG_REQUIRED, "'Bucket, Key, ...'", SWEEP(W403_GROUP_REPORTS, W403_ONCE),
        NOTHING, ABOUT("columns of a CSV file that has neither a manifest nor a header line")},
    [W403_OPT_LIST] = {"list", 0, W403_ARG_NONE, NULL, SWEEP(W403_GROUP_REPORTS, W403_LAST_WINS), NOTHING,
        ABOUT("write each object that is not allowed on stdout, with its cause; the summary goes to stderr")},
    [W403_OPT_TOP] = {"top", 0, W403_ARG_REQUIRED, "N", SWEEP(W403_GROUP_REPORTS, W403_LAST_WINS), NOTHING,
        ABOUT("so many prefixes and examples; default: 10")},

    [W403_OPT_WHEN] = {"when", 0, W403_ARG_REQUIRED, "KEY[=VALUE]", QUESTION(W403_MANY, W403_FOR_QUESTIONS), NOTHING,
        ABOUT("only requests with that value of a condition key; `KEY=` is the empty text, `KEY` alone an absent "
              "key")},
    [W403_OPT_NEAR] = {"near", 0, W403_ARG_NONE, NULL, QUESTION(W403_LAST_WINS, W403_FOR_WHO_CAN), NOTHING,
        ABOUT("also say why those cannot who are known and cannot")},
    [W403_OPT_DIRECT_ONLY] = {"direct-only", 0, W403_ARG_NONE, NULL, QUESTION(W403_LAST_WINS, W403_FOR_WHO_CAN), NOTHING,
        ABOUT("do not look at the bucket's access points")},
    [W403_OPT_NOT] = {"not", 0, W403_ARG_NONE, NULL, QUESTION(W403_LAST_WINS, W403_FOR_WHAT_CAN), NOTHING,
        ABOUT("show what the caller cannot do, with the cause")},
    [W403_OPT_ALL] = {"all", 0, W403_ARG_NONE, NULL, QUESTION(W403_LAST_WINS, W403_FOR_PUBLIC), NOTHING,
        ABOUT("every bucket of the snapshot; the default where none is named")},
    [W403_OPT_TRUST] = {"trust", 0, W403_ARG_REQUIRED, "account|organization|ACCOUNT,...",
        QUESTION(W403_ONCE, W403_FOR_PUBLIC), NOTHING,
        ABOUT("who is not outside; default: the organization of the snapshot, else the bucket's account")},
    [W403_OPT_DIFF_KIND] = {"kind", 0, W403_ARG_REQUIRED, "KIND", QUESTION(W403_ONCE, W403_FOR_DIFF),
        WORDS("identity boundary session scp rcp vpc-endpoint bucket-policy access-point key trust"),
        ABOUT("what kind of policies the two documents are; default: what they look like")},
    [W403_OPT_CHECK_TYPE] = {"type", 0, W403_ARG_REQUIRED, "TYPE", QUESTION(W403_ONCE, W403_FOR_CHECK),
        WORDS("IDENTITY_POLICY RESOURCE_POLICY"),
        ABOUT("`IDENTITY_POLICY` or `RESOURCE_POLICY`, as Access Analyzer takes it")},
    [W403_OPT_CHECK_RESOURCE_TYPE] = {"resource-type", 0, W403_ARG_REQUIRED, "TYPE", QUESTION(W403_ONCE, W403_FOR_CHECK),
        NOTHING,
        ABOUT("whose policy it is, as `AWS::S3::Bucket` (the default), `AWS::S3::AccessPoint`, `AWS::KMS::Key`")},
    [W403_OPT_CHECK_ACTION] = {"action", 0, W403_ARG_REQUIRED, "ACTION", QUESTION(W403_MANY, W403_FOR_CHECK), NOTHING,
        ABOUT("an action that must not be granted")},
    [W403_OPT_CHECK_RESOURCE] = {"resource", 0, W403_ARG_REQUIRED, "ARN", QUESTION(W403_MANY, W403_FOR_CHECK), NOTHING,
        ABOUT("a resource on which nothing (or none of the actions) must be granted")},

    [W403_OPT_SINCE] = {"since", 0, W403_ARG_REQUIRED, "TIME", LOGS(W403_ONCE), NOTHING,
        ABOUT("only requests from then on, as `2026-11-21T10:00:00Z`, `2d` or `yesterday`")},
    [W403_OPT_UNTIL] = {"until", 0, W403_ARG_REQUIRED, "TIME", LOGS(W403_ONCE), NOTHING,
        ABOUT("only requests before that")},
    [W403_OPT_LOGS_BUCKET] = {"bucket", 0, W403_ARG_REQUIRED, "NAME", LOGS(W403_ONCE), NOTHING,
        ABOUT("only requests on this bucket")},
    [W403_OPT_LOGS_PRINCIPAL] = {"principal", 0, W403_ARG_REQUIRED, "ARN", LOGS(W403_ONCE), NOTHING,
        ABOUT("only requests of this caller; a role stands for its sessions")},
    [W403_OPT_LOGS_STATUS] = {"status", 0, W403_ARG_REQUIRED, "CODE", W403_ONCE, W403_GROUP_LOGS, W403_FOR_LOGS, NOTHING,
        ABOUT("look for this HTTP status; default: 403")},
    [W403_OPT_AGAINST] = {"against", 0, W403_ARG_REQUIRED, "DIR", W403_ONCE, W403_GROUP_LOGS, W403_FOR_REPLAY, A_DIR,
        ABOUT("the snapshot of the new state")},
    [W403_OPT_POLICY] = {"policy", 0, W403_ARG_REQUIRED, "[PLACE=]FILE", W403_MANY, W403_GROUP_LOGS, W403_FOR_REPLAY | W403_FOR_DIFF,
        A_FILE,
        ABOUT("a changed document in place of the old one: the file of the snapshot whose path ends as FILE's does, else "
        "the resource that the policy names; PLACE says it: a path in the snapshot, an ARN, a bucket")},

    [W403_OPT_TYPE] = {"type", 't', W403_ARG_REQUIRED, "KIND", W403_ONCE, W403_GROUP_CHECKS, W403_FOR_LINT,
        NOTHING,
        ABOUT("kind of the policies: `identity`, `bucket`, `access-point`, `mrap`, `object-lambda`, `trust`, `key`, "
        "`endpoint`, `table`, `resource`, `scp`, `rcp`, or AWS's own name (`AWS::S3::Bucket`); without it the place says "
        "it, or the content")},
    [W403_OPT_POLICY_TYPE] = {"policy-type", 0, W403_ARG_REQUIRED, "NAME", W403_ONCE, W403_GROUP_CHECKS, W403_FOR_LINT,
        WORDS("IDENTITY_POLICY RESOURCE_POLICY SERVICE_CONTROL_POLICY RESOURCE_CONTROL_POLICY"),
        ABOUT("the kind as ValidatePolicy is told it")},
    [W403_OPT_RESOURCE_TYPE] = {"resource-type", 0, W403_ARG_REQUIRED, "NAME", W403_ONCE, W403_GROUP_CHECKS,
        W403_FOR_LINT,
        WORDS("AWS::S3::Bucket AWS::S3::AccessPoint AWS::S3::MultiRegionAccessPoint AWS::S3ObjectLambda::AccessPoint "
              "AWS::IAM::AssumeRolePolicyDocument AWS::DynamoDB::Table AWS::KMS::Key AWS::EC2::VPCEndpoint"),
        ABOUT("what a resource policy is of, as ValidatePolicy is told it")},
    [W403_OPT_LINT_BUCKET] = {"bucket", 0, W403_ARG_REQUIRED, "NAME", W403_ONCE, W403_GROUP_CHECKS, W403_FOR_LINT,
        NOTHING, ABOUT("the bucket whose policy it is: S3 refuses the resources of another")},
    [W403_OPT_LINT_ACCOUNT] = {"account", 0, W403_ARG_REQUIRED, "ID", W403_ONCE, W403_GROUP_CHECKS, W403_FOR_LINT,
        NOTHING, ABOUT("the account that they are for: `AWS::AccountId` of templates, whose key policy it is")},
    [W403_OPT_LINT_PARTITION] = {"partition", 0, W403_ARG_REQUIRED, "NAME", W403_ONCE, W403_GROUP_CHECKS, W403_FOR_LINT,
        NOTHING, ABOUT("the partition that they are for: `AWS::Partition` of templates")},
    [W403_OPT_PARAMETER] = {"parameter", 0, W403_ARG_REQUIRED, "NAME=VALUE", W403_MANY, W403_GROUP_CHECKS,
        W403_FOR_LINT, NOTHING, ABOUT("value of a template's parameter, in place of its default")},
    [W403_OPT_LEVEL] = {"level", 0, W403_ARG_REQUIRED, "LEVEL", W403_LAST_WINS, W403_GROUP_CHECKS, W403_FOR_LINT,
        WORDS("error security-warning warning suggestion"),
        ABOUT("show findings of this level and above (all of them)")},
    [W403_OPT_DENY_LEVEL] = {"deny-level", 0, W403_ARG_REQUIRED, "LEVEL", W403_LAST_WINS, W403_GROUP_CHECKS,
        W403_FOR_LINT, WORDS("error security-warning warning suggestion none"),
        ABOUT("exit with 1 from this level on (`security-warning`)")},
    [W403_OPT_ONLY] = {"only", 0, W403_ARG_REQUIRED, "CODE", W403_MANY, W403_GROUP_CHECKS, W403_FOR_LINT, NOTHING,
        ABOUT("these checks alone; `*` stands for any text")},
    [W403_OPT_IGNORE] = {"ignore", 0, W403_ARG_REQUIRED, "CODE[@POINTER][@FILE]", W403_MANY, W403_GROUP_CHECKS,
        W403_FOR_LINT, NOTHING, ABOUT("not these; `*` stands for any text")},
    [W403_OPT_PEDANTIC] = {"pedantic", 0, W403_ARG_NONE, NULL, W403_LAST_WINS, W403_GROUP_CHECKS, W403_FOR_LINT,
        NOTHING, ABOUT("also checks that are right, and rarely wanted")},
    [W403_OPT_AWS_ONLY] = {"aws-only", 0, W403_ARG_NONE, NULL, W403_LAST_WINS, W403_GROUP_CHECKS, W403_FOR_LINT,
        NOTHING, ABOUT("only what ValidatePolicy of IAM Access Analyzer reports")},
    [W403_OPT_STORE] = {"store", 0, W403_ARG_NONE, NULL, W403_LAST_WINS, W403_GROUP_CHECKS, W403_FOR_LINT, NOTHING,
        ABOUT("what the service would answer when the document is stored")},
    [W403_OPT_BASELINE] = {"baseline", 0, W403_ARG_REQUIRED, "FILE", W403_ONCE, W403_GROUP_CHECKS, W403_FOR_LINT,
        A_FILE, ABOUT("leave out the findings of this file")},
    [W403_OPT_WRITE_BASELINE] = {"write-baseline", 0, W403_ARG_REQUIRED, "FILE", W403_ONCE, W403_GROUP_CHECKS,
        W403_FOR_LINT, A_FILE, ABOUT("write the findings to a file, for `--baseline`")},
    [W403_OPT_FIX] = {"fix", 0, W403_ARG_OPTIONAL, "NAME,...", W403_ONCE, W403_GROUP_CHECKS, W403_FOR_LINT, NOTHING,
        ABOUT("mend what can be mended without a doubt, in the files; with names of repairs or codes, only those, "
              "and those alone "
        "that change what is meant")},
    [W403_OPT_DIFF] = {"diff", 0, W403_ARG_NONE, NULL, W403_LAST_WINS, W403_GROUP_CHECKS, W403_FOR_LINT, NOTHING,
        ABOUT("with `--fix`: print the changes as a patch, and write nothing")},
    [W403_OPT_EXPLAIN] = {"explain", 0, W403_ARG_REQUIRED, "CODE", W403_ONCE, W403_GROUP_CHECKS, W403_FOR_LINT, NOTHING,
        ABOUT("what a check looks for, and by which source")},
    [W403_OPT_FORMAT] = {"format", 'f', W403_ARG_REQUIRED, "FORMAT", W403_LAST_WINS, W403_GROUP_OUTPUT,
        W403_FOR_EXPLAIN, WORDS("text json sarif html"), ABOUT("`text`, `json`, `sarif` or `html`")},
    [W403_OPT_INVENTORY_FORMAT] = {"format", 'f', W403_ARG_REQUIRED, "FORMAT", W403_LAST_WINS, W403_GROUP_OUTPUT,
        W403_FOR_INVENTORY, WORDS("text json"), ABOUT("`text` or `json`")},
    [W403_OPT_RUNBOOK_FORMAT] = {"format", 'f', W403_ARG_REQUIRED, "FORMAT", W403_LAST_WINS, W403_GROUP_OUTPUT,
        W403_FOR_RUNBOOK, WORDS("text json"),
        ABOUT("`text`, or `json` as `aws ssm get-automation-execution` prints it")},
    [W403_OPT_SWEEP_FORMAT] = {"format", 'f', W403_ARG_REQUIRED, "FORMAT", W403_LAST_WINS, W403_GROUP_OUTPUT,
        W403_FOR_SWEEP, WORDS("text json csv"), ABOUT("`text`, `json` (with `--list`: one object a line) or `csv`")},
    [W403_OPT_LOGS_FORMAT] = {"format", 'f', W403_ARG_REQUIRED, "FORMAT", W403_LAST_WINS, W403_GROUP_OUTPUT,
        W403_FOR_LOGS, WORDS("text json csv html"), ABOUT("`text`, `json`, `csv` or `html`")},
    [W403_OPT_REPLAY_FORMAT] = {"format", 'f', W403_ARG_REQUIRED, "FORMAT", W403_LAST_WINS, W403_GROUP_OUTPUT,
        W403_FOR_REPLAY, WORDS("text json csv junit"), ABOUT("`text`, `json`, `csv` or `junit`")},
    [W403_OPT_LINT_FORMAT] = {"format", 'f', W403_ARG_REQUIRED, "FORMAT", W403_LAST_WINS, W403_GROUP_OUTPUT,
        W403_FOR_LINT, WORDS("text json validate-policy sarif github junit markdown html tap"),
        ABOUT("`text`, `json` (one object a document), `validate-policy` as AWS answers, `sarif`, `github`, "
              "`junit`, `markdown`, "
        "`html` or `tap`")},
    [W403_OPT_REASON_FORMAT] = {"format", 'f', W403_ARG_REQUIRED, "FORMAT", W403_LAST_WINS, W403_GROUP_OUTPUT,
        W403_FOR_WHO_CAN | W403_FOR_PUBLIC | W403_FOR_CHECK, WORDS("text json ndjson html"),
        ABOUT("`text`, `json`, `ndjson` or `html`")},
    [W403_OPT_WHAT_FORMAT] = {"format", 'f', W403_ARG_REQUIRED, "FORMAT", W403_LAST_WINS, W403_GROUP_OUTPUT,
        W403_FOR_WHAT_CAN, WORDS("text json ndjson html policy"),
        ABOUT("`text`, `json`, `ndjson`, `html`, or `policy`: one document that allows the same, and proved to")},
    [W403_OPT_DIFF_FORMAT] = {"format", 'f', W403_ARG_REQUIRED, "FORMAT", W403_LAST_WINS, W403_GROUP_OUTPUT,
        W403_FOR_DIFF, WORDS("text json ndjson markdown html"),
        ABOUT("`text`, `json`, `ndjson`, `html`, or `markdown` for a review comment")},
    [W403_OPT_COLLECT_FORMAT] = {"format", 'f', W403_ARG_REQUIRED, "FORMAT", W403_LAST_WINS, W403_GROUP_OUTPUT,
        W403_FOR_COLLECT, WORDS("text json"), ABOUT("`text`, or `json`: an event a line")},
    [W403_OPT_TEST_FORMAT] = {"format", 'f', W403_ARG_REQUIRED, "FORMAT", W403_LAST_WINS, W403_GROUP_OUTPUT, W403_FOR_TEST,
        WORDS("tap junit"), ABOUT("`tap`, or `junit`: XML that CI systems show")},
    [W403_OPT_PROGRESS] = {"progress", 0, W403_ARG_REQUIRED, "HOW", W403_LAST_WINS, W403_GROUP_OUTPUT, W403_FOR_COLLECT,
        WORDS("auto plain none"),
        ABOUT("how far the run has come, on stderr: `auto`, `plain` (a line every ten seconds), `none`")},
    [W403_OPT_FULL] = {"full", 0, W403_ARG_NONE, NULL, W403_LAST_WINS, W403_GROUP_OUTPUT,
        W403_FOR_EXPLAIN | W403_FOR_RUNBOOK | W403_FOR_DECIDE | W403_FOR_INVENTORY, NOTHING,
        ABOUT("also show what did not matter: every layer, every statement that did not match")},
    [W403_OPT_WIDER_ONLY] = {"wider-only", 0, W403_ARG_NONE, NULL, W403_LAST_WINS, W403_GROUP_OUTPUT, W403_FOR_DIFF, NOTHING,
        ABOUT("show only what is newly allowed or no longer denied")},
    [W403_OPT_DIFF_FAIL_ON] = {"fail-on", 0, W403_ARG_REQUIRED, "CHANGE", W403_LAST_WINS, W403_GROUP_OUTPUT, W403_FOR_DIFF,
        WORDS("wider narrower any never"), ABOUT("which changes make the exit status 1; default: wider")},
    [W403_OPT_CHECK_AWS_ONLY] = {"aws-only", 0, W403_ARG_NONE, NULL, W403_LAST_WINS, W403_GROUP_OUTPUT, W403_FOR_CHECK, NOTHING,
        ABOUT("in JSON only what Access Analyzer answers")},
    [W403_OPT_MAX_BOXES] = {"max-boxes", 0, W403_ARG_REQUIRED, "N", W403_LAST_WINS, W403_GROUP_OUTPUT, W403_FOR_QUESTIONS,
        NOTHING, ABOUT("show at most so many boxes of an answer; default: 20")},
    [W403_OPT_MAX_MS] = {"max-ms", 0, W403_ARG_REQUIRED, "N", W403_LAST_WINS, W403_GROUP_OUTPUT, W403_FOR_QUESTIONS, NOTHING,
        ABOUT("give up after so many milliseconds, and say what is not known; default: 2000")},
    [W403_OPT_MAX_STATES] = {"max-states", 0, W403_ARG_REQUIRED, "N", W403_LAST_WINS, W403_GROUP_OUTPUT, W403_FOR_QUESTIONS,
        NOTHING, ABOUT("the most states of one automaton over patterns; default: 65536")},
    [W403_OPT_SETTLE_SCRIPT] = {"settle-script", 0, W403_ARG_NONE, NULL, W403_LAST_WINS, W403_GROUP_OUTPUT,
        W403_FOR_EXPLAIN, NOTHING,
        ABOUT("instead of the answer a shell script: the `aws` calls that this request hangs on, written into "
              "`./snapshot`")},
    [W403_OPT_WRITE_FIXES] = {"write-fixes", 0, W403_ARG_REQUIRED, "DIR", W403_ONCE, W403_GROUP_OUTPUT,
        W403_FOR_EXPLAIN | W403_FOR_LOGS, A_DIR,
        ABOUT("write each changed policy to a folder: the whole new document, the old one, a patch")},
    [W403_OPT_ALLOW_PUBLIC] = {"allow-public", 0, W403_ARG_NONE, NULL, W403_LAST_WINS, W403_GROUP_OUTPUT,
        W403_FOR_EXPLAIN, NOTHING,
        ABOUT("also propose fixes that make something public, or take the last administrator")},

    [W403_OPT_FILTER] = {"filter", 0, W403_ARG_REQUIRED, "TEXT", W403_ONCE, W403_GROUP_TESTS, W403_FOR_TEST, NOTHING,
        ABOUT("run only the cases whose name holds TEXT")},
    [W403_OPT_FOLDER] = {"folder", 0, W403_ARG_REQUIRED, "DIR", W403_MANY, W403_GROUP_POLICIES, W403_FOR_MCP, A_DIR,
        ABOUT("a folder whose files a tool may read (`paths`); without one no file is opened but the snapshot")},
    [W403_OPT_QUESTIONS] = {"schema", 0, W403_ARG_NONE, NULL, W403_LAST_WINS, W403_GROUP_OUTPUT, W403_FOR_MCP, NOTHING,
        ABOUT("print the JSON Schema of all questions, and end")},
    [W403_OPT_JOBS] = {"jobs", 'j', W403_ARG_REQUIRED, "N", W403_LAST_WINS, W403_GROUP_OUTPUT,
        W403_FOR_TEST | W403_FOR_DECIDE | W403_FOR_SWEEP | W403_FOR_LOGS | W403_FOR_REPLAY | W403_FOR_COLLECT, NOTHING,
        ABOUT("work on so many at a time; default: one per processor, and 64 calls of `collect`")},
    [W403_OPT_QUIET] = {"quiet", 'q', W403_ARG_NONE, NULL, W403_LAST_WINS, W403_GROUP_OUTPUT,
        W403_FOR_WHO_CAN | W403_FOR_TEST | W403_FOR_DECIDE | W403_FOR_SWEEP | W403_FOR_LOGS | W403_FOR_REPLAY | W403_FOR_LINT, NOTHING,
        ABOUT("no progress on a terminal; of `test`, failures and the last line only; of `who-can`, the callers "
              "only")},
    [W403_OPT_STRICT] = {"strict", 0, W403_ARG_NONE, NULL, W403_LAST_WINS, W403_GROUP_OUTPUT, W403_FOR_DECIDE, NOTHING,
        ABOUT("stop at the first line that is no request")},

    [W403_OPT_COLOR] = {"color", 0, W403_ARG_REQUIRED, "WHEN", W403_LAST_WINS, W403_GROUP_OUTPUT, W403_FOR_ALL,
        WORDS("auto always never"), ABOUT("`auto`, `always` or `never`; `NO_COLOR` in the environment is respected")},
    [W403_OPT_LANG] = {"lang", 0, W403_ARG_REQUIRED, "LANGUAGE", W403_LAST_WINS, W403_GROUP_OUTPUT, W403_FOR_ALL,
        WORDS("auto en ko fr"),
        ABOUT("the language of what people read: `ko` Korean, `fr` French, `en`; default `auto`: as `WHY403_LANG`, "
        "else the locale says. What programs read (JSON, SARIF, TAP, CSV) is English in every language")},
    [W403_OPT_LOCALE] = {"locale", 0, W403_ARG_REQUIRED, "LANGUAGE", W403_LAST_WINS, W403_GROUP_OUTPUT, W403_FOR_LINT,
        WORDS("en ko fr"), ABOUT("the same as `--lang`, by ValidatePolicy's name")},
    [W403_OPT_HELP] = {"help", 'h', W403_ARG_NONE, NULL, W403_LAST_WINS, W403_GROUP_OUTPUT, W403_FOR_ALL, NOTHING,
        ABOUT("show this help")},
};

const w403_option *w403_option_at(w403_option_id id)
{
    return &options[id];
}

static const char *group_title(w403_option_group g)
{
    static const char *const titles[W403_GROUPS] = {
        [W403_GROUP_REQUEST] = "The request",
        [W403_GROUP_EVIDENCE] = "In place of a request",
        [W403_GROUP_POLICIES] = "What it is judged by",
        [W403_GROUP_LIVE] = "Asking AWS",
        [W403_GROUP_LOGS] = "Which records",
        [W403_GROUP_QUESTION] = "The question",
        [W403_GROUP_REPORTS] = "Reports",
        [W403_GROUP_CHECKS] = "Checks",
        [W403_GROUP_TESTS] = "Cases",
        [W403_GROUP_OUTPUT] = "Output",
    };
    return titles[g];
}

const w403_option *w403_option_next(w403_option_walk *w, uint32_t commands)
{
    bool same_group = w->id > 0;
    for (; w->group < W403_GROUPS; w->group++, w->id = 0, same_group = false) {
        while (w->id < W403_OPTIONS) {
            const w403_option *o = &options[w->id++];
            if (o->group == w->group && (o->commands & commands)) {
                w->begins = same_group ? NULL : group_title(o->group);
                return o;
            }
        }
    }
    return NULL;
}

w403_view w403_option_usage(w403_arena *a, const w403_option *o)
{
    const char *open = o->arg == W403_ARG_OPTIONAL ? "[=" : o->arg == W403_ARG_REQUIRED ? " " : "";
    const char *close = o->arg == W403_ARG_OPTIONAL ? "]" : "";
    const char *name = o->arg_name ? o->arg_name : "";
    return o->letter ? w403_arena_printf(a, "-%c, --%s%s%s%s", o->letter, o->name, open, name, close)
                     : w403_arena_printf(a, "--%s%s%s%s", o->name, open, name, close);
}
