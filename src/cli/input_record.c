#include "cli/input_record.h"

#include "logs/judge.h"
#include "logs/reader.h"

typedef struct found {
    w403_arena   *arena;
    w403_log_form form;
    w403_view     raw; /* of the first */
    uint64_t      n;
} found;

static w403_status on_record(void *user, const w403_record *r, w403_error *err)
{
    found *f = user;
    if (f->n++ == 0) {
        f->form = r->form;
        f->raw = w403_arena_copy(f->arena, r->raw);
        W403_NEED(f->raw.p, err);
    }
    return W403_OK;
}

w403_status w403_input_marks(w403_arena *a, const w403_record *r, w403_evidence *out, w403_error *err)
{
    w403_view *notes = W403_NEW_N(a, w403_view, out->n_notes + W403_MARKS);
    size_t     n = out->n_notes;
    W403_NEED(notes, err);
    for (size_t i = 0; i < n; i++) {
        notes[i] = out->notes[i];
    }
    for (unsigned bit = 0; bit < W403_MARKS; bit++) {
        if (r->marks >> bit & 1 && w403_mark_is_odd(bit)) {
            notes[n++] = w403_view_of(w403_mark_about(bit));
        }
    }
    out->notes = notes;
    out->n_notes = n;
    return W403_OK;
}

/* The reader of logs, on one file. */
static w403_status read_file(const char *path, w403_view text, found *f, w403_log_stats *stats, w403_error *err)
{
    const w403_log_sink sink = {.user = f, .record = on_record};
    w403_log_reader    *r = w403_log_reader_new(NULL, NULL);
    W403_NEED(r, err);
    w403_status status = strcmp(path, "-") == 0 ? w403_log_read_text(r, W403_LIT("-"), text, &sink, stats, err)
                                                : w403_log_read(r, path, &sink, stats, err);
    w403_log_reader_free(r);
    return status;
}

w403_status w403_input_record(w403_cli *cli, const char *path, w403_view text, w403_evidence *out, w403_error *err)
{
    found          f = {.arena = cli->arena};
    w403_log_stats stats = {0};
    w403_error     other = {0};
    w403_case      c;
    w403_status    status = read_file(path, text, &f, &stats, &other);
    if (status != W403_OK) {
        *err = other;
        return status;
    }
    if (f.n == 0) {
        return err->code;
    }
    if (f.n > 1) {
        (void)w403_error_set(err, W403_SEMANTIC, "expected one event, not %llu", (unsigned long long)f.n);
        w403_error_hint(err, "give the one denied event; `why403 logs` reads whole files");
        return W403_SEMANTIC;
    }
    W403_TRY(w403_case_read(cli->arena, f.form, w403_view_of(path), f.raw, NULL, &c, err));
    *out = c.evidence;
    return w403_input_marks(cli->arena, &c.record, out, err);
}
