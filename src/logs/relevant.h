/* Which fields of a request the policies at hand can look at: two requests that agree in those are decided alike. */
#ifndef W403_LOGS_RELEVANT_H
#define W403_LOGS_RELEVANT_H

#include "base/array.h"
#include "base/error.h"
#include "base/ip.h"
#include "base/time.h"

enum { W403_RELEVANT_NETS = 4096, W403_RELEVANT_TIMES = 4096 };

/* All false and no nets: nothing is judged by policies. */
typedef struct w403_relevant {
    bool source_ip, user_agent, referer, prefix, session, tls;
    bool session_tags; /* aws:PrincipalTag, aws:SourceIdentity */
    bool max_keys, delimiter, version_id;
    bool time, token_time; /* aws:CurrentTime and aws:EpochTime; aws:TokenIssueTime */
    W403_ARRAY(w403_cidr) nets; /* that a policy names: addresses in the same ones are alike */
    W403_ARRAY(w403_instant) times; /* that a policy compares them with, in order: times between the same ones are alike */
} w403_relevant;

/* Adds what the documents of a snapshot, or policies given by hand, look at; NULL adds nothing. Documents in any
 * wrapping (a JSON string, URL-encoded) are read as text: too much may be found relevant, never too little.
 * Cost: one pass over the texts. */
W403_NODISCARD w403_status w403_relevant_snapshot(w403_arena *a, w403_relevant *r, const w403_snapshot *s,
                                                  w403_error *err);
W403_NODISCARD w403_status w403_relevant_policies(w403_arena *a, w403_relevant *r, const w403_policies *ps,
                                                  w403_error *err);
/* The same of one text. */
W403_NODISCARD w403_status w403_relevant_text(w403_arena *a, w403_relevant *r, w403_view text, w403_error *err);

/* Equal for addresses, or times, that the policies cannot tell apart. */
uint64_t w403_relevant_network(const w403_relevant *r, w403_view address);
uint64_t w403_relevant_period(const w403_relevant *r, w403_instant t);

#endif
