#include "cli/collect_output.h"

#include <stdio.h>
#include <unistd.h>

#include "base/command.h"
#include "collect/answer.h"
#include "collect/names.h"
#include "collect/places.h"
#include "live/calls.h"
#include "render/style.h"

enum { PLAIN_EVERY_S = 10, MESSAGE = 240 };

void w403_collect_page_open(w403_collect_page *p, w403_cli *cli, const w403_collect_options *options)
{
    const char *progress = w403_args_value(&cli->args, W403_OPT_PROGRESS);
    const char *format = w403_args_value(&cli->args, W403_OPT_COLLECT_FORMAT);
    bool        automatic = !progress || strcmp(progress, "auto") == 0;
    bool        json = format && strcmp(format, "json") == 0;
    bool        terminal = isatty(STDERR_FILENO);
    *p = (w403_collect_page){.cli = cli,
                             .options = options,
                             .json = json,
                             .line = automatic && terminal,
                             .plain = (automatic && !terminal && !json) || (progress && strcmp(progress, "plain") == 0)};
}

/* ---- while it goes on ---- */

static void wipe(w403_collect_page *p)
{
    if (p->drawn) {
        (void)fputs("\r\033[K", stderr);
        (void)fflush(stderr);
        p->drawn = false;
    }
}

void w403_collect_page_close(w403_collect_page *p)
{
    wipe(p);
}

void w403_collect_page_note(void *page, w403_view text)
{
    w403_collect_page *p = page;
    wipe(p);
    w403_diag_note(p->cli, "%.*s", W403_CUT(text));
}

/* 1,204 */
static void thousands(w403_buf *out, uint64_t n)
{
    if (n >= 1000) {
        thousands(out, n / 1000);
        w403_buf_printf(out, ",%03u", (unsigned)(n % 1000));
    } else {
        w403_buf_printf(out, "%u", (unsigned)n);
    }
}

static void progress_text(w403_buf *out, const w403_collect_progress *now)
{
    double left = now->calls_done ? now->seconds / (double)now->calls_done * (double)(now->calls - now->calls_done) : 0;
    w403_buf_printf(out, "account %zu/%zu  %.*s  ", now->accounts_done + (now->accounts_done < now->accounts), now->accounts,
                    W403_ARG(now->account));
    thousands(out, now->calls_done);
    w403_buf_putc(out, '/');
    thousands(out, now->calls);
    w403_buf_printf(out, " calls  %zu unknown  ~%.0f s", now->unknown, left);
}

static void progress_event(w403_collect_page *p, const w403_collect_progress *now)
{
    w403_json_writer w;
    w403_jw_init(&w, &p->cli->out, false);
    w403_jw_object(&w);
    w403_jw_word(&w, "event", "progress");
    w403_jw_number(&w, "accounts", now->accounts);
    w403_jw_number(&w, "accounts_done", now->accounts_done);
    w403_jw_text(&w, "account", now->account);
    w403_jw_number(&w, "calls", now->calls);
    w403_jw_number(&w, "calls_done", now->calls_done);
    w403_jw_number(&w, "unknown", now->unknown);
    w403_jw_end_object(&w);
    w403_buf_putc(&p->cli->out, '\n');
    (void)w403_cli_flush(p->cli);
}

void w403_collect_page_progress(void *page, const w403_collect_progress *now)
{
    w403_collect_page *p = page;
    double             every = p->line ? 0.1 : p->json ? 1 : PLAIN_EVERY_S;
    if (now->seconds - p->last < every || (!p->line && !p->plain && !p->json)) {
        return;
    }
    p->last = now->seconds;
    if (p->json) {
        progress_event(p, now);
        return;
    }
    w403_buf text = {0};
    progress_text(&text, now);
    w403_buf_putc(&text, '\0');
    if (w403_buf_ok(&text)) {
        (void)fprintf(stderr, p->line ? "\r\033[K%s" : "%s\n", text.p);
        (void)fflush(stderr);
        p->drawn = p->line;
    }
    w403_buf_free(&text);
}

/* ---- what is unknown ---- */

static const char *permission_of(const w403_collect_unknown *u)
{
    bool               refused = u->kind == W403_UNKNOWN_CALL && w403_code_refuses(u->code);
    const char *const *list = refused ? w403_calls[u->row].permissions : NULL;
    return list && *list ? *list : NULL;
}

static void names(w403_buf *out, const w403_collect_unknown *u)
{
    for (size_t i = 0; i < u->n_names; i++) {
        w403_buf_puts(out, i ? ", " : "");
        w403_style_text(out, u->names[i]);
    }
    if (u->n > u->n_names) {
        w403_buf_printf(out, " and %zu more", u->n - u->n_names);
    }
}

/* "all buckets of 111122223333", "3 of 20: a, b and 1 more" */
static void of_what(w403_buf *out, const w403_collect_unknown *u)
{
    const char *scope = w403_calls[u->row].scope;
    bool        bucket = strcmp(scope, "bucket") == 0;
    if (bucket && u->asked > 1 && u->n == u->asked) {
        w403_buf_printf(out, " (all buckets of %.*s)", W403_ARG(u->account));
    } else if (u->n_names) {
        w403_buf_puts(out, " (");
        names(out, u);
        w403_buf_puts(out, ")");
    } else if (u->account.n) {
        w403_buf_printf(out, " (%.*s)", W403_ARG(u->account));
    }
}

static bool by_resource(const w403_collect_unknown *u)
{
    return w403_view_find(u->message, W403_LIT("resource-based policy")) != SIZE_MAX;
}

/* "Access Denied" says no more than AccessDenied. */
static bool says_more(const w403_collect_unknown *u)
{
    size_t at = 0;
    for (size_t i = 0; i < u->message.n; i++) {
        char c = u->message.p[i];
        if (c == ' ' || c == '.') {
            continue;
        }
        if (at >= u->code.n || w403_lower(c) != w403_lower(u->code.p[at++])) {
            return true;
        }
    }
    return false;
}

static void said(const w403_collect_page *p, w403_buf *out, const w403_collect_unknown *u)
{
    w403_view text = {u->message.p, u->message.n > MESSAGE ? MESSAGE : u->message.n};
    if (says_more(u)) {
        w403_style_blanks(out, 4);
        w403_style_lines(out, text, 4, 4, (size_t)p->cli->width);
    }
}

static void one_line(const w403_collect_page *p, w403_buf *out, const w403_collect_unknown *u)
{
    w403_buf    line = {0};
    const char *permission = permission_of(u);
    switch (u->kind) {
    case W403_UNKNOWN_CALL:
        w403_style_text(&line, u->code);
        w403_buf_printf(&line, " %zux: %s:%s", u->n, w403_calls[u->row].service, w403_calls[u->row].operation);
        of_what(&line, u);
        if (permission) {
            w403_buf_printf(&line, "; the permission is %s", permission);
        }
        break;
    case W403_UNKNOWN_BUCKET:
        names(&line, u);
        w403_buf_printf(&line, " of %.*s %s us everything; %s", W403_ARG(u->account), u->n > 1 ? "deny" : "denies",
                        by_resource(u) ? "its policy is the cause, and root of the account can read it"
                                       : "AWS does not say by which policy");
        break;
    case W403_UNKNOWN_REGION:
        w403_style_text(&line, u->code);
        w403_buf_printf(&line, ": every call of %.*s in ", W403_ARG(u->account));
        names(&line, u);
        break;
    case W403_UNKNOWN_ACCOUNT:
        w403_style_text(&line, u->code);
        w403_buf_puts(&line, ": the role could not be taken in ");
        names(&line, u);
        break;
    case W403_UNKNOWN_NAME:
        w403_buf_printf(&line, "%zux: no name of AWS's for a %s: ", u->n, w403_name_kind_text((w403_name_kind)u->row));
        names(&line, u);
        break;
    }
    w403_style_blanks(out, 2);
    w403_style_lines(out, w403_buf_view(&line), 2, 4, (size_t)p->cli->width);
    said(p, out, u);
    out->failed |= line.failed;
    w403_buf_free(&line);
}

static void unknowns(const w403_collect_page *p, w403_buf *out, const w403_collect_report *r)
{
    bool refused = false;
    if (!r->unknowns.n) {
        return;
    }
    w403_style_title(out, p->cli->color_out, "Unknown");
    for (size_t i = 0; i < r->unknowns.n; i++) {
        one_line(p, out, &r->unknowns.at[i]);
        refused |= permission_of(&r->unknowns.at[i]) != NULL;
    }
    if (refused) {
        w403_buf_puts(out, "  What a collector needs, as a policy:\n");
        w403_style_command(out, W403_LIT("why403 collect --print-policy"), 4);
    }
}

/* ---- the end ---- */

static void count(w403_buf *out, size_t n, const char *one, const char *many)
{
    thousands(out, n);
    w403_buf_printf(out, " %s", n == 1 ? one : many);
}

static void head(const w403_collect_page *p, w403_buf *out, const w403_collect_report *r, const w403_live_counts *c)
{
    double seconds = (double)(r->finished - r->started) / 1e6;
    w403_style_word(out, p->cli->color_out, r->interrupted ? W403_STYLE_WARNING : W403_STYLE_GOOD,
                    r->interrupted ? "INTERRUPTED" : "COLLECTED");
    w403_buf_puts(out, "  ");
    count(out, r->accounts, "account", "accounts");
    w403_buf_puts(out, ", ");
    count(out, r->buckets, "bucket", "buckets");
    w403_buf_puts(out, ", ");
    count(out, r->regions, "Region", "Regions");
    w403_buf_puts(out, " into ");
    w403_style_text(out, r->folder);
    w403_buf_puts(out, "\n  ");
    count(out, r->calls, "call", "calls");
    w403_buf_printf(out, " in %.1f s", p->options->resume ? p->last : seconds);
    if (c->retried) {
        w403_buf_puts(out, ", ");
        thousands(out, c->retried);
        w403_buf_puts(out, " sent again");
    }
    w403_buf_puts(out, "; ");
    thousands(out, r->known);
    w403_buf_puts(out, " facts known, ");
    thousands(out, r->not_configured);
    w403_buf_puts(out, " not configured, ");
    thousands(out, r->unknown);
    w403_buf_puts(out, " unknown");
    if (r->kept) {
        w403_buf_puts(out, "; ");
        thousands(out, r->kept);
        w403_buf_puts(out, " of a run before");
    }
    w403_buf_putc(out, '\n');
}

static void next(const w403_collect_page *p, w403_buf *out, const w403_collect_report *r)
{
    w403_view path = w403_command_path(p->cli->arena, w403_view_of(p->options->path));
    w403_view command = w403_command_of(p->cli->arena, "why403",
                                        !r->interrupted          ? "lint <path>"
                                        : p->options->refresh    ? "collect --refresh --resume <path>"
                                                                 : "collect --resume <path>",
                                        &path, 1);
    w403_style_title(out, p->cli->color_out, r->interrupted ? "To go on" : "What may be wrong in it");
    w403_style_command(out, command, 2);
}

static void notes(w403_collect_page *p, const w403_collect_report *r)
{
    for (size_t i = 0; i < r->regions_off.n; i++) {
        w403_diag_note(p->cli, "Region %.*s is not enabled: skipped", W403_CUT(r->regions_off.at[i]));
    }
    if (r->gone) {
        w403_diag_note(p->cli, "%zu of what was listed was deleted meanwhile", r->gone);
    }
    if (r->newer_members) {
        w403_diag_note(p->cli, "AWS sent %lu members that are newer than this program: kept as they came", r->newer_members);
    }
}

/* ---- events ---- */

static const char *const kinds[] = {[W403_UNKNOWN_CALL] = "call",
                                    [W403_UNKNOWN_BUCKET] = "bucket",
                                    [W403_UNKNOWN_REGION] = "region",
                                    [W403_UNKNOWN_ACCOUNT] = "account",
                                    [W403_UNKNOWN_NAME] = "name"};

static void unknown_event(w403_cli *cli, const w403_collect_unknown *u)
{
    w403_json_writer w;
    w403_jw_init(&w, &cli->out, false);
    w403_jw_object(&w);
    w403_jw_word(&w, "event", "unknown");
    w403_jw_word(&w, "kind", kinds[u->kind]);
    w403_jw_text(&w, "code", u->code);
    w403_jw_text_unless_empty(&w, "message", u->message);
    w403_jw_text_unless_empty(&w, "account", u->account);
    if (u->kind == W403_UNKNOWN_CALL) {
        w403_jw_text(&w, "call", w403_place_call_name(cli->arena, u->row));
        if (permission_of(u)) {
            w403_jw_word(&w, "permission", permission_of(u));
        }
    }
    w403_jw_number(&w, "times", u->n);
    w403_jw_texts(&w, "names", u->names, u->n_names);
    w403_jw_end_object(&w);
    w403_buf_putc(&cli->out, '\n');
}

static void finished_event(w403_collect_page *p, const w403_collect_report *r, const w403_live_counts *c)
{
    w403_cli        *cli = p->cli;
    w403_json_writer w;
    w403_jw_init(&w, &cli->out, false);
    w403_jw_object(&w);
    w403_jw_word(&w, "event", r->interrupted ? "interrupted" : "finished");
    w403_jw_text(&w, "folder", r->folder);
    w403_jw_text(&w, "caller", r->caller);
    w403_jw_text(&w, "partition", r->partition);
    w403_jw_number(&w, "accounts", r->accounts);
    w403_jw_number(&w, "buckets", r->buckets);
    w403_jw_number(&w, "regions", r->regions);
    w403_jw_number(&w, "calls", r->calls);
    w403_jw_number(&w, "requests", c->requests);
    w403_jw_number(&w, "retried", c->retried);
    w403_jw_number(&w, "throttled", c->throttled);
    w403_jw_number(&w, "known", r->known);
    w403_jw_number(&w, "not_configured", r->not_configured);
    w403_jw_number(&w, "unknown", r->unknown);
    w403_jw_number(&w, "gone", r->gone);
    w403_jw_number(&w, "kept", r->kept);
    w403_jw_texts(&w, "regions_off", r->regions_off.at, r->regions_off.n);
    w403_jw_end_object(&w);
    w403_buf_putc(&cli->out, '\n');
}

void w403_collect_page_report(w403_collect_page *p, const w403_collect_report *r, const w403_live_counts *counts)
{
    if (p->json) {
        for (size_t i = 0; i < r->unknowns.n; i++) {
            unknown_event(p->cli, &r->unknowns.at[i]);
        }
        finished_event(p, r, counts);
        return;
    }
    notes(p, r);
    head(p, &p->cli->out, r, counts);
    unknowns(p, &p->cli->out, r);
    next(p, &p->cli->out, r);
}
