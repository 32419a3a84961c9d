/* Any bytes as a log: reading ends, offsets are inside, wanting nothing or everything sees the same records, and a
 * glance that does not doubt itself is what the strict parser reads. */
#include <stdlib.h>

#include "logs/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

typedef struct fuzzed {
    size_t   n;
    uint64_t denied;
    bool     want_all;
} fuzzed;

static bool want(void *user, const w403_glance *g)
{
    const fuzzed *f = user;
    return f->want_all || g->error_code.p || g->status == 403;
}

static w403_status on_record(void *user, const w403_record *r, w403_error *err)
{
    fuzzed *f = user;

    (void)err;
    /* an event is told by its name; a line of an access log may have `-` there */
    if (r->offset > f->n || (r->form == W403_LOG_TRAIL && !r->operation.p)) {
        abort();
    }
    f->denied += r->error_code.p || r->status == 403;
    return W403_OK;
}

static void on_damage(void *user, const w403_error *what)
{
    const fuzzed *f = user;
    if (what->offset > f->n) {
        abort();
    }
}

static w403_status on_item(void *user, const w403_glance *g, bool *broken, w403_error *err)
{
    w403_arena   *a = w403_arena_new(0);
    w403_json_doc doc;

    (void)user;
    (void)err;
    *broken = false;
    if (a && w403_json_parse(a, W403_LIT("f"), g->raw, NULL, &doc, NULL, NULL) != W403_OK) {
        *broken = true;
    } else if (a && !g->doubt) {
        if (!w403_view_eq(g->operation, w403_json_str(doc.root, "eventName")) ||
            !w403_view_eq(g->error_code, w403_json_str(doc.root, "errorCode")) ||
            !w403_view_eq(g->event_source, w403_json_str(doc.root, "eventSource"))) {
            abort();
        }
    }
    w403_arena_free(a);
    return W403_OK;
}

static void ignore(void *user, uint64_t offset, uint64_t length, const char *what)
{
    (void)user;
    (void)offset;
    (void)length;
    (void)what;
}

static uint64_t read_all(w403_view text, bool want_all)
{
    w403_log_reader    *r = w403_log_reader_new(NULL, NULL);
    fuzzed              f = {.n = text.n, .want_all = want_all};
    w403_log_stats      stats = {0};
    const w403_log_sink sink = {.user = &f, .want = want, .record = on_record, .damage = on_damage};

    if (r && w403_log_read_text(r, W403_LIT("f"), text, &sink, &stats, NULL) != W403_OK) {
        abort();
    }
    w403_log_reader_free(r);
    return f.denied;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const w403_view       text = {(const char *)data, n};
    const w403_trail_sink sink = {.item = on_item, .damage = ignore};
    w403_window           w = {0};

    (void)read_all(text, false);
    (void)read_all(text, true);
    if (w403_window_open(&w, NULL, text, NULL) == W403_OK && w403_trail_scan(&w, &sink, NULL) != W403_OK) {
        abort();
    }
    w403_window_free(&w);
    return 0;
}
