/* The request of a command line, or the likeliest of those that its evidence may be about, decided and explained. */
#ifndef W403_CLI_JUDGE_H
#define W403_CLI_JUDGE_H

#include "cli/cli.h"
#include "collect/narrow.h"
#include "render/render.h"

typedef struct w403_judged {
    w403_request request;
    w403_decision decision;
    w403_explanation explanation;
    bool aws_s3; /* the request was sent by `aws s3` */
    const w403_render_evidence *evidence; /* NULL: the request was said in so many words */
} w403_judged;

/* Reads operands, options and evidence, and decides. `policies` may gain those of a session that was found; the
 * caller frees them in any case. With evidence and nothing to judge it by, the decision is undetermined and the
 * evidence says what the message alone tells. Results live in cli->arena. Errors: usage, unreadable evidence, and
 * w403_decide's. With `live` AWS is asked for what each request needs, and the snapshot is what came of it; a caller that
 * nobody names is that of the credentials. */
w403_status w403_judge(w403_cli *cli, const w403_snapshot *snapshot, w403_policies **policies, w403_narrow *live,
                       w403_judged *out, w403_error *err);

#endif
