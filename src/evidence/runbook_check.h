/* Between the syntax of parameters and what they mean. Internal to the runbook files. */
#ifndef W403_EVIDENCE_RUNBOOK_CHECK_H
#define W403_EVIDENCE_RUNBOOK_CHECK_H

#include "evidence/build.h"
#include "evidence/runbook.h"

typedef struct w403_runbook_reader {
    w403_build b; /* arena and notes; its evidence is thrown away */
    w403_evidence unused;
    w403_runbook_input *in;
    w403_error *err;
} w403_runbook_reader;

/* The values given, checked and made into a request. */
w403_status w403_runbook_check(w403_runbook_reader *r);

/* ContextKeyList: `values` are JSON texts, one entry or a list of them each. */
w403_status w403_runbook_context(w403_runbook_reader *r, const w403_runbook_value *values);

#endif
