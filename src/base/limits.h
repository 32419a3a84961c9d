/* Every hard limit of the program, in one place (tools/check_limits.py sees to it): how much is read, kept, tried or told.
 * Where one is met that is said, and what hangs on what was left out is unknown. What only lays out a page, sizes a
 * buffer that grows, or is a number of AWS's stays where it is used. */
#ifndef W403_BASE_LIMITS_H
#define W403_BASE_LIMITS_H

enum {
    W403_LIMIT_JSON_DEPTH = 128,           /* nesting of objects and arrays */
    W403_LIMIT_POLICY_BYTES = 1 << 20,     /* one policy document: AWS's largest is 32 KiB */
    W403_LIMIT_STATEMENTS = 20000,         /* in one policy document */
    W403_LIMIT_PROBLEMS = 200,             /* reported of one load; the rest are counted */
    W403_LIMIT_KEY_BYTES = 1024,           /* an S3 object key */
    W403_LIMIT_ARN_BYTES = 2048,
    W403_LIMIT_SWEEP_GROUPS = 4096,        /* answers kept apart by owner and action; further ones are joined */
    W403_LIMIT_SWEEP_PREFIXES = 65536,     /* folders that are counted; further ones together */
    W403_LIMIT_SWEEP_REMARKS = 64,         /* assumptions, and unknown facts, of a sweep */
    W403_LIMIT_SWEEP_KEPT = 64 << 20,      /* bytes of a list that wait for the files before */
    W403_LIMIT_FOLDER_DEPTH = 64,          /* folders below the one that was named */
    W403_LIMIT_LISTED = 1 << 22,           /* entries below it */
    W403_LIMIT_FIX_STEPS = 16,             /* changes that one fix is made of */
    W403_LIMIT_FIX_TRIALS = 2000,          /* changes that are tried in the search for fixes of one request */
    W403_LIMIT_ORG_LEVELS = 64,            /* levels of an organization, from the root to an account: AWS has 7 */
    W403_LIMIT_NARROW_ROUNDS = 6,          /* decisions of a collection for one question */
    W403_LIMIT_LIVE_JOBS = 1024,           /* requests to AWS at a time */
    W403_LIMIT_LIVE_ATTEMPTS = 100,        /* times that one call is made */
    W403_LIMIT_LIVE_SECONDS = 3600,        /* that one request may take */
    W403_LIMIT_RESIDUAL_CLASSES = 1 << 20, /* classes of objects of one residual; with more it is refused */
    W403_LIMIT_FIX_PRINCIPALS = 200,       /* principals that are asked whether a fix allows them more */
    W403_LIMIT_FIX_NODES = 20000,          /* classes of their requests that are looked at */
    W403_LIMIT_LOG_IDS = 4 << 20,          /* ids of records that are told apart from their copies */
    W403_LIMIT_LOG_SHAPES = 100000,        /* kinds of denied requests that are kept apart */
    W403_LIMIT_LOG_SESSIONS = 100000,      /* sessions that are known by name */
    W403_LIMIT_LOG_CHANGES = 20000,        /* changes of settings and policies that are kept */
    W403_LIMIT_LOG_LINKS = 1 << 20,        /* denials that are joined with the same one of another log */
    W403_LIMIT_LOG_WORKED = 1 << 14,       /* kinds of requests that worked */
    W403_LIMIT_LOG_KINDS = 8192,           /* kinds of callers and operations with a decision of their own */
    W403_LIMIT_LOG_THREADS = 64,           /* threads that read logs */
    W403_LIMIT_LOG_DAMAGE = 20,            /* places that cannot be read and are told; the rest are counted */
    W403_LIMIT_LOG_FIXES = 50,             /* causes for which fixes are looked for: those with the most denials */
    W403_LIMIT_LOG_PROOFS = 2000,          /* causes whose beginning is looked for */
    W403_LIMIT_INVENTORY_KEYS = 100000,    /* keys that a prefix is compared with */
    W403_LIMIT_REPORT_KEY_BYTES = 4096,    /* a decoded key of a report; S3's keys have 1024 */
    W403_LIMIT_TEST_JOBS = 64,             /* threads of why403 test */
    W403_LIMIT_SWEEP_JOBS = 256,           /* threads of why403 sweep */
    W403_LIMIT_EVIDENCE_REPAIRS = 64,      /* ways to read a damaged document that are tried */
    W403_LIMIT_EVIDENCE_REPAIR_BYTES = 1 << 18, /* a document that is repaired */
    W403_LIMIT_ERROR_FACTS = 4096,         /* places of an error text that say something */
    W403_LIMIT_SYMBOLIC_PATHS = 512,       /* paths to one set of requests that are followed */
    W403_LIMIT_SYMBOLIC_INSTANCES = 4096,  /* instances of the statements of one document */
    W403_LIMIT_SYMBOLIC_PAIRS = 40000,     /* pairs of them that are compared */
    W403_LIMIT_SYMBOLIC_TARGETS = 200,     /* resources that are listed */
    W403_LIMIT_SYMBOLIC_LITERALS = 64,     /* texts that a set is listed as, in place of its patterns */
    W403_LIMIT_LINT_PAIRS = 1 << 22,       /* values or statements of one policy that lint compares with each other */
    W403_LIMIT_LINT_FINDINGS = 2000,       /* of one policy; the rest are counted */
    W403_LIMIT_LINT_CONDITIONS = 2000,     /* of one statement: with more, nothing is said of what they do together */
    W403_LIMIT_LINT_PROOFS = 64,           /* searches over all requests that one policy may cost */
    W403_LIMIT_LINT_PROOF_NODES = 1 << 16, /* of each */
    W403_LIMIT_LINT_PROOF_MS = 2000,       /* of all of them: only a policy made for it takes as long */
    W403_LIMIT_QUESTION_ROUNDS = 4,        /* rounds of questions until a verdict is settled */
    W403_LIMIT_LIVE_FILE_BYTES = 1 << 20,  /* a configuration, credentials, token or cache file of the aws command */
    W403_LIMIT_LIVE_ANSWER_BYTES = 1 << 18, /* what a source of credentials answers */
    W403_LIMIT_LIVE_BODY = 8 << 20,        /* of an answer of AWS's: its own largest documents have 20 KB */
    W403_LIMIT_LIVE_DETAILS = 64 << 20,    /* of GetAccountAuthorizationDetails */
    W403_LIMIT_LIVE_HEAD = 64 << 10,       /* bytes of an answer's headers */
    W403_LIMIT_LIVE_HEADERS = 200,
    W403_LIMIT_LIVE_JSON = 32 << 20,       /* memory that a JSON answer may take */
    W403_LIMIT_LIVE_ERROR = 64 << 10,      /* bytes of an error in JSON */
    W403_LIMIT_LIVE_XML_DEPTH = 32,
    W403_LIMIT_LIVE_XML_ELEMENTS = 400000, /* 1000 roles with all that a role may have: 300,000 */
    W403_LIMIT_LIVE_XML_NAME = 256,
    W403_LIMIT_LIVE_XML_TAG = 64 << 10,    /* bytes of one tag, comment or instruction */
    W403_LIMIT_LIVE_UNKNOWN = 4096,        /* members of one element that no table has */
    W403_LIMIT_LIVE_PAGES = 100000,        /* of one listing */
    W403_LIMIT_LIVE_TOKEN = 32 << 10,      /* bytes of a page's token */
    W403_LIMIT_LIVE_CHAIN = 16,            /* profiles of one chain of assumed roles */
    W403_LIMIT_LINT_MENDING = 64 << 20,    /* bytes that are read again to prove the repairs which are offered */
    W403_LIMIT_SERVE_THREADS = 8,          /* that answer, where nobody says how many */
    W403_LIMIT_SERVE_CONNECTIONS = 120,    /* of each: more is for the epoll mode of libmicrohttpd 0.9.75 to stall with */
    W403_LIMIT_SERVE_ADDRESS = 32,         /* connections of one address that is not this machine's */
    W403_LIMIT_SERVE_BODY = 1 << 20,       /* of a question; this and the following are what options begin with */
    W403_LIMIT_SERVE_PDP_BODY = 256 << 10, /* of what a decision point is asked */
    W403_LIMIT_SERVE_LINE = 1 << 20,       /* of a batch */
    W403_LIMIT_SERVE_HEAD = 32 << 10,      /* bytes of a request's head */
    W403_LIMIT_SERVE_NODES = 200000,       /* values of one body */
    W403_LIMIT_SERVE_EVALUATIONS = 1000,   /* in one call of AuthZEN */
    W403_LIMIT_SERVE_PAGE = 100,           /* results of a search; at most ten times as many */
    W403_LIMIT_SERVE_MEMORY = 64 << 20,    /* of one question */
    W403_LIMIT_SERVE_REQUEST_S = 15,       /* in which a request must have come whole */
    W403_LIMIT_SERVE_IDLE_S = 10,          /* without a byte of it */
    W403_LIMIT_SERVE_KEEP_S = 30,          /* between two */
    W403_LIMIT_SERVE_ANSWER_MS = 2000,     /* of one question */
    W403_LIMIT_LINT_ALIASES = 1 << 20,     /* nodes that the aliases of a YAML document stand for */
};
#define W403_LIMIT_FILE_BYTES ((size_t)1 << 30) /* one snapshot file; spans are 32-bit */
/* Longer records of a log are counted as damaged and skipped, so that memory stays bounded. CloudTrail's own largest event
 * is 1 MiB; a line of an access log holds a few headers of 8 KiB and a key. */
#define W403_LIMIT_LOG_EVENT    ((size_t)4 << 20)
#define W403_LIMIT_LOG_LINE     ((size_t)1 << 18)
#define W403_LIMIT_LOG_DOCUMENT ((size_t)64 << 20) /* one document that carries many records: a query's result */

#endif
