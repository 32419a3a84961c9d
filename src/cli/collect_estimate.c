/* What a run would ask, how long that takes and what it costs: `why403 collect --dry-run`. */
#include <stdio.h>

#include "cli/collect_output.h"
#include "live/calls.h"
#include "render/style.h"

enum { LATENCY_MS = 60 };
static const double share_of_rate = 0.8, get_price = 0.0004 / 1000, list_price = 0.005 / 1000;

typedef struct sum {
    size_t calls, of[W403_SERVICE_COUNT];
    double seconds, dollars;
} sum;

/* Calls at one time do not wait for each other; those with a documented rate wait for it. */
static sum sum_of(const w403_collect_report *r, unsigned jobs)
{
    sum s = {0};
    for (unsigned row = 0; row < W403_CALL_COUNT; row++) {
        const w403_call_row *c = &w403_calls[row];
        size_t n = r->estimate.calls[row];
        bool   s3 = c->service_id == W403_SERVICE_S3 || c->service_id == W403_SERVICE_S3CONTROL;
        double slow = c->rate ? (double)r->estimate.busiest[row] / ((double)c->rate * share_of_rate) : 0;
        s.calls += n;
        s.of[c->service_id] += n;
        s.seconds = slow > s.seconds ? slow : s.seconds;
        s.dollars += s3 ? (double)n * (strncmp(c->operation, "List", 4) == 0 ? list_price : get_price) : 0;
    }
    double together = (double)s.calls * LATENCY_MS / 1000 / jobs;
    s.seconds = together > s.seconds ? together : s.seconds;
    return s;
}

static void as_json(w403_cli *cli, const w403_collect_report *r, const sum *s, bool probed)
{
    w403_json_writer w;
    w403_jw_init(&w, &cli->out, false);
    w403_jw_object(&w);
    w403_jw_word(&w, "event", "estimate");
    w403_jw_text(&w, "caller", r->caller);
    w403_jw_flag(&w, "probed", probed);
    w403_jw_number(&w, "calls", s->calls);
    w403_jw_number(&w, "seconds", (uint64_t)(s->seconds + 0.5));
    w403_jw_key(&w, "operations");
    w403_jw_object(&w);
    for (unsigned row = 0; row < W403_CALL_COUNT; row++) {
        if (r->estimate.calls[row]) {
            w403_view name = w403_arena_printf(cli->arena, "%s:%s", w403_calls[row].service, w403_calls[row].operation);
            w403_jw_keyv(&w, name);
            w403_jw_u64(&w, r->estimate.calls[row]);
        }
    }
    w403_jw_end_object(&w);
    w403_jw_end_object(&w);
    w403_buf_putc(&cli->out, '\n');
}

static void table(w403_buf *out, const w403_collect_report *r, const sum *s)
{
    for (unsigned service = 0; service < W403_SERVICE_COUNT; service++) {
        if (!s->of[service]) {
            continue;
        }
        w403_buf_printf(out, "  %-14s %8zu  ", w403_services[service], s->of[service]);
        bool first = true;
        for (unsigned row = 0; row < W403_CALL_COUNT; row++) {
            if (w403_calls[row].service_id == service && r->estimate.calls[row]) {
                w403_buf_printf(out, "%s%s %zu", first ? "" : ", ", w403_calls[row].operation, r->estimate.calls[row]);
                first = false;
            }
        }
        w403_buf_putc(out, '\n');
    }
}

void w403_collect_page_estimate(w403_collect_page *p, const w403_collect_report *r, unsigned jobs)
{
    w403_buf *out = &p->cli->out;
    sum       s = sum_of(r, jobs);
    if (p->json) {
        as_json(p->cli, r, &s, p->options->probe);
        return;
    }
    w403_buf_puts(out, "As ");
    w403_style_text(out, r->caller.n ? r->caller : r->account);
    w403_buf_printf(out, ", about %zu calls in %.0f s", s.calls, s.seconds < 1 ? 1 : s.seconds);
    if (s.dollars < 0.01) {
        w403_buf_puts(out, ", for less than a cent\n");
    } else {
        w403_buf_printf(out, ", for about $%.2f (S3's prices of us-east-1; the others cost nothing)\n", s.dollars);
    }
    table(out, r, &s);
    if (p->options->probe) {
        w403_buf_printf(out, "Pages of the users, roles and policies of IAM come on top: one for a thousand of them\n");
    } else {
        w403_buf_puts(out, "Not counted: 11 calls for each bucket, 3 for each KMS key, 2 for each access point, 4 for each "
                           "Region with\nbuckets, the tree and the policies of the organization; `--probe` asks for the lists and counts "
                           "them\n");
    }
}
