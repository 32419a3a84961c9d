/* Inside the evidence room: one CloudTrail event while it is read. */
#ifndef W403_EVIDENCE_EVENT_H
#define W403_EVIDENCE_EVENT_H

#include "evidence/target.h"
#include "json/json.h"

typedef struct w403_event {
    w403_build       b;
    w403_json_doc    doc;
    const w403_json *ev, *parameters;
    w403_request     base; /* what every reading of it shares */
    w403_contexts    context;
    w403_pairs       headers, query;
    w403_target      target;
    w403_view        name, source;
} w403_event;

/* The event object in a text: itself, {"Records":[it]}, or an item of lookup-events with its CloudTrailEvent. */
w403_status w403_event_unwrap(w403_arena *a, w403_json_doc *doc, const w403_json **out, w403_error *err);

/* userIdentity to principal, issuer, MFA and the context keys it settles (formats 4.2). */
void w403_event_identity(w403_event *e);

/* A member that is a string, or an array of one string (CloudTrail's Host). */
w403_view w403_event_text(const w403_json *object, const char *name);

#endif
