/* What the options name, made into what the library takes. */
#ifndef W403_CLI_INPUT_H
#define W403_CLI_INPUT_H

#include "base/time.h"
#include "cli/cli.h"

/* RESOURCE as people write it: `s3://bucket/key`, `s3://ALIAS-s3alias/key`, `s3://arn:aws:s3:..:accesspoint/NAME/key`,
 * an ARN, an access point alias, `*`. `partition` completes an ARN ("aws" when empty).
 * Errors: W403_SEMANTIC with a hint. */
w403_status w403_input_resource(w403_arena *a, w403_view text, w403_view partition, w403_view *out, w403_error *err);

/* The request of the command line: --request FILE, then the operands and options over it. Operands may be missing
 * only where --request gives them. */
w403_status w403_input_request(w403_cli *cli, w403_view partition, w403_request *out, w403_error *err);

/* The same over `base` (what evidence says), and without asking that operation, resource and principal are known. */
w403_status w403_input_request_over(w403_cli *cli, const w403_request *base, w403_view partition, w403_request *out,
                                    w403_error *err);

/* The host's, else --snapshot, else $WHY403_SNAPSHOT, else ./snapshot where it is one. NULL with W403_OK: there is none.
 * Every problem of the load is said on stderr, warnings too: the caller only leaves, and frees it unless there is a host. */
w403_status w403_input_snapshot(w403_cli *cli, w403_snapshot **out);
/* Its path; NULL: there is none. */
const char *w403_input_snapshot_path(const w403_cli *cli);

/* The policy files of the command line, `--bucket-policy` only where asked for; NULL when none is given. Free with
 * w403_policies_free. Errors are said on stderr, all of them. */
w403_status w403_input_policies(w403_cli *cli, bool bucket_policy, w403_policies **out);

/* Says the warnings of `policies` from the `told`-th on; gives how many there are. NULL has none. */
size_t w403_input_warn(w403_cli *cli, const w403_policies *policies, size_t told);

/* --as, where it is a name and no ARN: the one user or role of the snapshot (may be NULL) that is called so, put into
 * cli->args. Errors: W403_NOT_FOUND with the nearest name, W403_SEMANTIC for several. */
w403_status w403_input_caller(w403_cli *cli, const w403_snapshot *snapshot, w403_error *err);
/* One such name, in place; an ARN and the names of what is outside stay as they are. */
W403_NODISCARD w403_status w403_input_caller_name(w403_cli *cli, const w403_snapshot *snapshot, w403_view *name, w403_error *err);

/* A snapshot that the user named: a text, a folder or a file. */
w403_status w403_input_load(w403_cli *cli, const char *path, w403_problem_fn *fn, void *user, w403_snapshot **out,
                            w403_error *err);

/* What requests are judged by. */
typedef struct w403_input {
    w403_snapshot *snapshot; /* NULL: there is none */
    bool borrowed;           /* the snapshot belongs to the host */
    w403_policies *policies; /* NULL: none is given */
} w403_input;

/* Both of the above. False: every problem was said on stderr, of the one and of the other. Close it in either case. */
bool w403_input_open(w403_cli *cli, w403_input *out);
void w403_input_close(w403_input *in);
/* Where a command has nothing to say without either. */
w403_status w403_input_needed(const w403_input *in, w403_error *err);

/* An option's number from 1 to `most`; *out stays as it is where the option is not given. */
w403_status w403_input_number(const w403_cli *cli, w403_option_id id, uint64_t most, uint64_t *out, w403_error *err);
/* `90m`, `12h`, `2d`: how long that is. False: it is no such text. */
bool w403_read_span(w403_view text, w403_instant *out);
/* --jobs, else as many as there are processors; at most `most`. */
w403_status w403_input_jobs(const w403_cli *cli, unsigned most, unsigned *out, w403_error *err);

#endif
