/* The session: calls that wait, requests on their way, and what each answer leads to. One thread, one loop. */
#ifndef W403_LIVE_ENGINE_H
#define W403_LIVE_ENGINE_H

#include <signal.h>

#include "live/credentials.h"
#include "live/lanes.h"
#include "live/transfer.h"

struct w403_live_session {
    w403_live_options      options; /* with what the user's files say; texts live in `arena` */
    w403_arena            *arena;
    w403_parts            *parts; /* configuration, credentials, signer, endpoints */
    w403_lanes             lanes;
    CURLM                 *multi;
    w403_transfer        **transfers; /* all: options.jobs of them at most */
    unsigned               n_transfers;
    w403_transfer        **idle;
    unsigned               n_idle;
    w403_buf               json; /* of one page */
    w403_live_answer_fn   *deliver;
    void                  *user;
    w403_live_counts       counts;
    uint32_t               clock; /* how often it was put right */
    uint64_t               random;
    volatile sig_atomic_t  stopped;
};

/* ---- engine.c: as live.h says ---- */

W403_NODISCARD w403_status w403_session_open(const w403_live_options *options, w403_live_session **out, w403_error *err);
W403_NODISCARD w403_status w403_session_add(w403_live_session *s, const w403_live_call *call, w403_error *err);
W403_NODISCARD w403_status w403_session_run(w403_live_session *s, w403_live_answer_fn *answer, void *user, w403_error *err);
void                       w403_session_stop(w403_live_session *s);
void                       w403_session_count(const w403_live_session *s, w403_live_counts *out);
w403_view                  w403_session_origin(const w403_live_session *s);
void                       w403_session_close(w403_live_session *s);

/* ---- send.c ---- */

/* Where this call goes. Texts live in `a`. */
W403_NODISCARD w403_status w403_session_endpoint(const w403_live_session *s, w403_arena *a, const w403_job *job,
                                                 w403_endpoint *out, w403_error *err);
/* Puts a job into its lane, with the host that its region gives. */
W403_NODISCARD w403_status w403_session_queue(w403_live_session *s, w403_job *job, bool first, w403_error *err);
/* Sends it, or has it wait for its account's role. What cannot be sent for reasons of its own is answered. */
W403_NODISCARD w403_status w403_session_send(w403_live_session *s, w403_job *job, w403_error *err);

/* ---- outcome.c ---- */

/* What came back: an answer is delivered, another page or another try put into the queue. The transfer is idle then. */
W403_NODISCARD w403_status w403_session_finish(w403_live_session *s, w403_transfer *t, CURLcode result, w403_error *err);
/* The end of a call that was not sent. */
void w403_session_refuse(w403_live_session *s, w403_job *job, w403_view code, w403_view message);

int64_t w403_session_now(void); /* microseconds that never go back */
void    w403_session_say(const w403_live_session *s, w403_live_note kind, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
