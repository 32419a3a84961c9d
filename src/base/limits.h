/* Every hard limit of the program, in one place; each is tested at the limit and one beyond. */
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
};
#define W403_LIMIT_FILE_BYTES ((size_t)1 << 30) /* one snapshot file; spans are 32-bit */

#endif
