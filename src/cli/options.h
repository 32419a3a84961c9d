/* The one table of options. Parsing, help, man pages and completions are all made from it. */
#ifndef W403_CLI_OPTIONS_H
#define W403_CLI_OPTIONS_H

#include "base/array.h"
#include "base/error.h"

typedef enum w403_option_id {
    W403_OPT_AS,
    W403_OPT_FROM,
    W403_OPT_VIA,
    W403_OPT_HEADER,
    W403_OPT_QUERY,
    W403_OPT_VERSION_ID,
    W403_OPT_CONTEXT,
    W403_OPT_CONTEXT_ABSENT,
    W403_OPT_CONTEXT_UNKNOWN,
    W403_OPT_SESSION_NAME,
    W403_OPT_ISSUER,
    W403_OPT_MFA,
    W403_OPT_AT,
    W403_OPT_HTTP,
    W403_OPT_EXPECTED_BUCKET_OWNER,
    W403_OPT_EXPECTED_SOURCE_OWNER,
    W403_OPT_REQUEST_PAYER,
    W403_OPT_PRESIGNED,
    W403_OPT_EXPIRES_IN,
    W403_OPT_RESOURCE_ACCOUNT,
    W403_OPT_REQUEST,
    W403_OPT_ERROR,
    W403_OPT_EVENT,
    W403_OPT_LOG_LINE,
    W403_OPT_COMMAND,
    W403_OPT_CURL,
    W403_OPT_SESSION_EVENTS,
    W403_OPT_CALLER_IDENTITY,
    W403_OPT_CONFIGURE_LIST,
    W403_OPT_PARAMETERS,
    W403_OPT_LIVE,
    W403_OPT_SAVE,
    W403_OPT_FOR,
    W403_OPT_PRINT_POLICY,
    W403_OPT_TRUSTED,
    W403_OPT_ORGANIZATION,
    W403_OPT_COLLECT_ACCOUNT,
    W403_OPT_ALL_REGIONS,
    W403_OPT_COLLECT_ONLY,
    W403_OPT_COLLECT_BUCKET,
    W403_OPT_WITH,
    W403_OPT_WITHOUT,
    W403_OPT_RESUME,
    W403_OPT_REFRESH,
    W403_OPT_MAX_AGE,
    W403_OPT_FORCE,
    W403_OPT_DRY_RUN,
    W403_OPT_PROBE,
    W403_OPT_PROFILE,
    W403_OPT_REGION,
    W403_OPT_ROLE,
    W403_OPT_EXTERNAL_ID,
    W403_OPT_ROLE_SESSION_NAME,
    W403_OPT_MFA_CODE,
    W403_OPT_ENDPOINT_URL,
    W403_OPT_CA_BUNDLE,
    W403_OPT_S3_ADDRESSING,
    W403_OPT_NO_SIGN_REQUEST,
    W403_OPT_ALLOW_HTTP,
    W403_OPT_MAX_ATTEMPTS,
    W403_OPT_TIMEOUT,
    W403_OPT_RATE,
    W403_OPT_DEBUG_SIGN,
    W403_OPT_SNAPSHOT,
    W403_OPT_NO_SNAPSHOT,
    W403_OPT_FROM_TERRAFORM,
    W403_OPT_FROM_CLOUDFORMATION,
    W403_OPT_FROM_IAM_COLLECT,
    W403_OPT_SOURCE_ACCOUNT,
    W403_OPT_IDENTITY_POLICY,
    W403_OPT_BOUNDARY,
    W403_OPT_SESSION_POLICY,
    W403_OPT_SCP,
    W403_OPT_RCP,
    W403_OPT_VPCE_POLICY,
    W403_OPT_BUCKET_POLICY,
    W403_OPT_ACCESS_POINT_POLICY,
    W403_OPT_KEY_POLICY,
    W403_OPT_TRUST_POLICY,
    W403_OPT_OPERATION,
    W403_OPT_ACTION,
    W403_OPT_CREATED_AT,
    W403_OPT_DELIVERED,
    W403_OPT_INVENTORY_ERROR,
    W403_OPT_SCHEMA,
    W403_OPT_LIST,
    W403_OPT_TOP,
    W403_OPT_WHEN,
    W403_OPT_NEAR,
    W403_OPT_DIRECT_ONLY,
    W403_OPT_NOT,
    W403_OPT_ALL,
    W403_OPT_TRUST,
    W403_OPT_DIFF_KIND,
    W403_OPT_CHECK_TYPE,
    W403_OPT_CHECK_RESOURCE_TYPE,
    W403_OPT_CHECK_ACTION,
    W403_OPT_CHECK_RESOURCE,
    W403_OPT_SINCE,
    W403_OPT_UNTIL,
    W403_OPT_LOGS_BUCKET,
    W403_OPT_LOGS_PRINCIPAL,
    W403_OPT_LOGS_STATUS,
    W403_OPT_AGAINST,
    W403_OPT_POLICY,
    W403_OPT_TYPE, /* of lint */
    W403_OPT_POLICY_TYPE,
    W403_OPT_RESOURCE_TYPE,
    W403_OPT_LINT_BUCKET,
    W403_OPT_LINT_ACCOUNT,
    W403_OPT_LINT_PARTITION,
    W403_OPT_PARAMETER,
    W403_OPT_LEVEL,
    W403_OPT_DENY_LEVEL,
    W403_OPT_ONLY,
    W403_OPT_IGNORE,
    W403_OPT_PEDANTIC,
    W403_OPT_AWS_ONLY,
    W403_OPT_STORE,
    W403_OPT_BASELINE,
    W403_OPT_WRITE_BASELINE,
    W403_OPT_FIX,
    W403_OPT_DIFF,
    W403_OPT_EXPLAIN,
    W403_OPT_FORMAT,
    W403_OPT_INVENTORY_FORMAT, /* one name, other words for other commands */
    W403_OPT_SWEEP_FORMAT,
    W403_OPT_LOGS_FORMAT,
    W403_OPT_REPLAY_FORMAT,
    W403_OPT_RUNBOOK_FORMAT,
    W403_OPT_LINT_FORMAT,
    W403_OPT_REASON_FORMAT,
    W403_OPT_WHAT_FORMAT,
    W403_OPT_DIFF_FORMAT,
    W403_OPT_COLLECT_FORMAT,
    W403_OPT_TEST_FORMAT,
    W403_OPT_PROGRESS,
    W403_OPT_FULL,
    W403_OPT_WIDER_ONLY,
    W403_OPT_DIFF_FAIL_ON,
    W403_OPT_CHECK_AWS_ONLY,
    W403_OPT_MAX_BOXES,
    W403_OPT_MAX_MS,
    W403_OPT_MAX_STATES,
    W403_OPT_ALLOW_PUBLIC,
    W403_OPT_NO_FIXES,
    W403_OPT_SETTLE_SCRIPT,
    W403_OPT_WRITE_FIXES,
    W403_OPT_FILTER,
    W403_OPT_FOLDER,
    W403_OPT_QUESTIONS,
    W403_OPT_LISTEN,
    W403_OPT_PDP_LISTEN,
    W403_OPT_SOCKET,
    W403_OPT_HOST,
    W403_OPT_PUBLIC_URL,
    W403_OPT_TOKENS,
    W403_OPT_NO_AUTH,
    W403_OPT_BEHIND_PROXY,
    W403_OPT_TRUST_PROXY,
    W403_OPT_CERT,
    W403_OPT_TLS_KEY,
    W403_OPT_CLIENT_CA,
    W403_OPT_KEYS,
    W403_OPT_UNDETERMINED,
    W403_OPT_SNAPSHOT_AGE,
    W403_OPT_OPEN,
    W403_OPT_LOG_NAMES,
    W403_OPT_SERVE_THREADS,
    W403_OPT_MAX_BODY,
    W403_OPT_MAX_PDP_BODY,
    W403_OPT_MAX_LINE,
    W403_OPT_MAX_HEADER,
    W403_OPT_MAX_DEPTH,
    W403_OPT_MAX_NODES,
    W403_OPT_MAX_EVALUATIONS,
    W403_OPT_SEARCH_PAGE,
    W403_OPT_MAX_CONNECTIONS,
    W403_OPT_MAX_PER_ADDRESS,
    W403_OPT_MAX_MEMORY,
    W403_OPT_REQUEST_TIME,
    W403_OPT_IDLE_TIME,
    W403_OPT_KEEP_ALIVE,
    W403_OPT_ANSWER_TIME,
    W403_OPT_JOBS,
    W403_OPT_QUIET,
    W403_OPT_STRICT,
    W403_OPT_DIALECT,
    W403_OPT_STORE_HOST,
    W403_OPT_AUTHZEN,
    W403_OPT_MATRIX,
    W403_OPT_COLOR,
    W403_OPT_LANG,
    W403_OPT_LOCALE,
    W403_OPT_PAGER,
    W403_OPT_HYPERLINKS,
    W403_OPT_HELP,
    W403_OPTIONS
} w403_option_id;

typedef enum w403_option_arg { W403_ARG_NONE, W403_ARG_REQUIRED, W403_ARG_OPTIONAL } w403_option_arg;
typedef enum w403_option_times { W403_ONCE, W403_LAST_WINS, W403_MANY } w403_option_times;

/* What a shell offers after it. */
typedef enum w403_complete {
    W403_COMPLETE_NONE,
    W403_COMPLETE_FILE,
    W403_COMPLETE_DIR,
    W403_COMPLETE_WORDS,   /* option.words */
    W403_COMPLETE_COMMANDS /* names of commands */
} w403_complete;

typedef enum w403_option_group {
    W403_GROUP_REQUEST,
    W403_GROUP_EVIDENCE,
    W403_GROUP_POLICIES,
    W403_GROUP_LIVE,
    W403_GROUP_QUESTION,
    W403_GROUP_REPORTS,
    W403_GROUP_LOGS,
    W403_GROUP_SERVE,
    W403_GROUP_LIMITS,
    W403_GROUP_TESTS,
    W403_GROUP_CHECKS,
    W403_GROUP_OUTPUT,
    W403_GROUPS
} w403_option_group;

/* Commands as bits of w403_option.commands. */
enum {
    W403_FOR_EXPLAIN = 1,
    W403_FOR_TEST = 2,
    W403_FOR_HELP = 4,
    W403_FOR_VERSION = 8,
    W403_FOR_COMPLETION = 16,
    W403_FOR_DECIDE = 32,
    W403_FOR_INVENTORY = 64,
    W403_FOR_SWEEP = 128,
    W403_FOR_LOGS = 1024,
    W403_FOR_REPLAY = 2048,
    W403_FOR_RUNBOOK = 4096,
    W403_FOR_LINT = 1 << 16,
    W403_FOR_WHO_CAN = 1 << 17,
    W403_FOR_WHAT_CAN = 1 << 18,
    W403_FOR_PUBLIC = 1 << 19,
    W403_FOR_DIFF = 1 << 20,
    W403_FOR_CHECK = 1 << 21,
    W403_FOR_COLLECT = 1 << 22,
    W403_FOR_MCP = 1 << 23,
    W403_FOR_SERVE = 1 << 24,
    W403_FOR_QUESTIONS = W403_FOR_WHO_CAN | W403_FOR_WHAT_CAN | W403_FOR_PUBLIC | W403_FOR_DIFF | W403_FOR_CHECK,
    W403_FOR_ALL = 0x7FFFFFFF
};

typedef struct w403_option {
    const char       *name;     /* without the dashes */
    char              letter;   /* short form, 0: none */
    w403_option_arg   arg;
    const char       *arg_name; /* "FILE" */
    w403_option_times times;
    w403_option_group group;
    uint32_t          commands; /* W403_FOR_* */
    w403_complete     complete;
    const char       *words;    /* of W403_COMPLETE_WORDS, separated by blanks; then no other value is taken */
    const char       *help;     /* one sentence; `code` in backticks */
} w403_option;

/* 0..W403_OPTIONS-1, in the order in which help shows them. */
const w403_option *w403_option_at(w403_option_id id);
/* Is it one of the words of an option that takes only these? */
bool w403_option_takes(const w403_option *o, const char *word);
/* The option as a user types it, with its argument: `--as PRINCIPAL`. */
w403_view w403_option_usage(w403_arena *a, const w403_option *o);

/* The options of commands, group by group: begin with {0}. */
typedef struct w403_option_walk {
    unsigned    group, id; /* where to look next */
    const char *begins;    /* the title of the group whose first option the last one was, or NULL */
} w403_option_walk;
/* NULL at the end. commands: W403_FOR_*. */
const w403_option *w403_option_next(w403_option_walk *w, uint32_t commands);

/* ---- a command line, parsed ---- */

struct w403_command;

typedef struct w403_given {
    w403_option_id id;
    const char    *value; /* NULL: none */
} w403_given;

typedef struct w403_args {
    W403_ARRAY(w403_given) given; /* in the order in which they were typed */
    W403_ARRAY(const char *) operands;
} w403_args;

/* Parses what follows the command's name: `--name value`, `--name=value`, `-n value`, `-nvalue`, `--` ends the
 * options, `-` is an operand. Errors (W403_SEMANTIC): an option that the command does not have (the hint names the
 * nearest), a missing or superfluous value, a value outside `words`, an option given twice that counts once. */
w403_status w403_args_parse(w403_arena *a, const struct w403_command *command, int argc, char *const *argv,
                            w403_args *out, w403_error *err);

/* Adds one option that stood on no command line, under the same rules; `value` may be NULL where it is optional. */
w403_status w403_args_give(w403_arena *a, const struct w403_command *command, w403_option_id id, const char *value,
                           w403_args *out, w403_error *err);
/* The option of a command by its long name; W403_OPTIONS: it has none of that name. */
w403_option_id w403_option_find(uint32_t command, w403_view name);

/* The (last) value of an option: NULL when it was not given or has none. */
const char *w403_args_value(const w403_args *args, w403_option_id id);
bool        w403_args_has(const w403_args *args, w403_option_id id);
/* Each time an option was given, in order; start with *at == 0. NULL at the end. */
const w403_given *w403_args_each(const w403_args *args, w403_option_id id, size_t *at);

#endif
