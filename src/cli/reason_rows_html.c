/* who-can and what-can as pages. */
#include "cli/reason_html.h"
#include "cli/reason_rows.h"

static const char *tone(const w403_rows *r)
{
    int exit = w403_rows_exit(r);
    return exit == W403_EXIT_GOOD ? "allowed" : exit == W403_EXIT_FOUND ? "denied" : "undetermined";
}

static w403_view names(const w403_rows *r, const w403_row_block *b)
{
    w403_texts list = {0};
    for (size_t i = 0; i < b->whats.n; i++) {
        w403_view *slot = W403_PUSH(r->cli->arena, &list);
        if (slot) {
            *slot = b->whats.at[i].name;
        }
    }
    return w403_texts_words(r->cli->arena, &list, "and");
}

static w403_view resources(w403_rows *r, const w403_row_block *b)
{
    w403_row_sets sets = {0};
    return w403_rows_sets(r, b, &sets) ? w403_rows_sets_words(r->cli->arena, &sets, 0) : W403_LIT("");
}

static void limits(w403_rows *r, w403_reason_page *p, const w403_row_block *b)
{
    W403_ARRAY(const w403_statement *) seen = {0};
    for (size_t i = 0; i < b->rows.n; i++) {
        for (size_t k = 0; k < b->rows.at[i].limited_by.n; k++) {
            const w403_statement *st = b->rows.at[i].limited_by.at[k];
            bool again = false;
            for (size_t s = 0; s < seen.n; s++) {
                again |= seen.at[s] == st;
            }
            const w403_statement **slot = again ? NULL : W403_PUSH(r->cli->arena, &seen);
            if (slot) {
                *slot = st;
                w403_page_note(p, w403_arena_printf(r->cli->arena, "Limited by %.*s.",
                                                    W403_ARG(w403_reason_statement_words(r->cli->arena, st))));
            }
        }
    }
}

static void unknown(w403_rows *r, w403_reason_page *p, const w403_row_block *b)
{
    const char *reason;
    w403_view words = w403_rows_unknown(r, b, &reason);
    if (reason) {
        w403_page_note(p, w403_arena_printf(r->cli->arena, "What is not listed for certain %.*s.", W403_ARG(words)));
    }
}

void w403_rows_html(w403_rows *r)
{
    static const char *const columns[] = {"Caller", "When", "Granted by", NULL};
    w403_reason_page p;
    w403_view title = W403_LIT("Who can");
    for (size_t i = 0; i < r->blocks.n && r->blocks.n == 1; i++) {
        title = w403_arena_printf(r->cli->arena, "Who can %.*s", W403_ARG(names(r, &r->blocks.at[i])));
    }
    w403_page_open(&p, r->cli, "who-can", tone(r), title);
    for (size_t i = 0; i < r->blocks.n; i++) {
        const w403_row_block *b = &r->blocks.at[i];
        size_t cannot = 0;
        w403_page_table(&p, w403_arena_printf(r->cli->arena, "%.*s on %.*s", W403_ARG(names(r, b)), W403_ARG(resources(r, b))),
                        columns);
        for (size_t k = 0; k < b->rows.n; k++) {
            const w403_row *row = &b->rows.at[k];
            cannot += row->state == W403_NEVER;
            if (row->state != W403_NEVER) {
                const char *own = row->asker->needs_own ? ", if its own account allows it too" : "";
                w403_view when = w403_arena_printf(r->cli->arena, "%.*s%s", W403_ARG(w403_rows_when(r, row)), own);
                w403_page_row(&p, (const w403_view[]){row->asker->name, when, w403_rows_granted(r, row)}, 3);
            }
        }
        w403_page_table_end(&p);
        w403_page_note(&p, w403_arena_printf(r->cli->arena, "%zu other callers, or classes of callers, cannot.", cannot));
        limits(r, &p, b);
        unknown(r, &p, b);
    }
    w403_page_note(&p, W403_LIT("Assuming that no session policy narrows a role, and that endpoints outside the snapshot have the "
                                "default policy."));
    w403_page_close(&p);
}

void w403_rows_what_html(w403_rows *r, const w403_what_row *rows, size_t n, bool not)
{
    static const char *const columns[] = {"Access", "Actions", "Resources", "When", "Granted by", NULL};
    w403_reason_page p;
    w403_page_open(&p, r->cli, "what-can", tone(r),
                   w403_arena_printf(r->cli->arena, "What %.*s %s do", W403_ARG(r->askers.at[0].name), not ? "cannot" : "can"));
    w403_page_table(&p, W403_LIT(""), columns);
    for (size_t i = 0; i < n; i++) {
        w403_page_row(&p, (const w403_view[]){rows[i].level, rows[i].actions, rows[i].resources, rows[i].when, rows[i].by}, 5);
    }
    w403_page_table_end(&p);
    for (size_t i = 0; i < r->blocks.n; i++) {
        if (r->blocks.at[i].rows.at[0].reason) {
            unknown(r, &p, &r->blocks.at[i]);
            break;
        }
    }
    w403_page_close(&p);
}
