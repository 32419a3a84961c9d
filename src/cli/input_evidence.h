/* What a user has in place of a request: the options that name evidence, read. */
#ifndef W403_CLI_INPUT_EVIDENCE_H
#define W403_CLI_INPUT_EVIDENCE_H

#include "cli/cli.h"
#include "evidence/evidence.h"

/* NULL: not given. */
typedef struct w403_testimony {
    const w403_evidence *request; /* an event, a log line, a command, a URL; or the error text, where that is all */
    const w403_evidence *error;   /* the error text, where there is another one beside it */
    const w403_evidence *credentials; /* --configure-list, --caller-identity */
    const w403_evidence *session;     /* --session-events */
    w403_view expected;               /* who the caller should be: --as, else what the evidence says */
} w403_testimony;

/* Reads them all; empty when no such option was given. Errors: those of the readers, with what was expected. */
w403_status w403_input_testimony(w403_cli *cli, w403_testimony *out, w403_error *err);

static inline bool w403_testimony_given(const w403_testimony *t)
{
    return t->request || t->credentials || t->session;
}

/* What AWS said of it; NULL: nothing was asked for that AWS answered. */
const w403_reported *w403_testimony_reported(const w403_testimony *t);

#endif
