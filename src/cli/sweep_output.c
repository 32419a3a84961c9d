#include "cli/sweep_output.h"
#include "evidence/target.h"

#include <stdio.h>

#include "catalog/catalog.h"
#include "cli/again.h"
#include "render/style.h"

enum { NUMBER = 32, COUNT_WIDTH = 15 };

typedef struct page {
    w403_buf *out;
    const w403_sweep_answer *x;
    const w403_sweep_totals *t;
    bool color;
    size_t width;
} page;

/* 1,234,567 */
static w403_view number(char text[NUMBER], uint64_t n)
{
    char digits[NUMBER];
    size_t len = (size_t)snprintf(digits, sizeof digits, "%llu", (unsigned long long)n), at = 0;
    for (size_t i = 0; i < len; i++) {
        if (i && (len - i) % 3 == 0) {
            text[at++] = ',';
        }
        text[at++] = digits[i];
    }
    return (w403_view){text, at};
}

static void right(const page *p, uint64_t n, size_t width)
{
    char text[NUMBER];
    w403_view v = number(text, n);
    w403_style_blanks(p->out, v.n < width ? width - v.n : 0);
    w403_buf_put(p->out, v);
}

static void styled(const page *p, w403_style style, const char *text)
{
    w403_style_word(p->out, p->color, style, text);
}

static w403_view asked(const w403_sweep_answer *x)
{
    return x->request->operation.p ? x->request->operation : x->request->action;
}

static uint64_t all(const w403_sweep_totals *t)
{
    return t->objects[0] + t->objects[1] + t->objects[2];
}

/* ---- text ---- */

static void head(const page *p)
{
    static const uint8_t styles[] = {W403_STYLE_GOOD, W403_STYLE_ERROR, W403_STYLE_WARNING};
    char text[NUMBER];
    uint64_t n = all(p->t);
    if (p->x->interrupted) {
        styled(p, W403_STYLE_WARNING, "INTERRUPTED");
        w403_buf_puts(p->out, "  what was read until then:\n");
    }
    w403_view count = number(text, n);
    w403_view line = w403_arena_printf(p->x->arena, "%.*s as %.*s, %.*s object%s", (int)asked(p->x).n, asked(p->x).p,
                                       (int)p->x->request->principal.n, p->x->request->principal.p, (int)count.n,
                                       count.p, n == 1 ? "" : "s");
    w403_style_lines(p->out, line, 0, 0, p->width);
    w403_buf_putc(p->out, '\n');
    for (int v = 0; v < 3; v++) {
        w403_style_blanks(p->out, 2);
        const char *name = w403_verdict_name((w403_verdict)v);
        styled(p, (w403_style)styles[v], name);
        w403_style_blanks(p->out, 14 - strlen(name));
        right(p, p->t->objects[v], COUNT_WIDTH);
        w403_buf_printf(p->out, "%8.2f%%\n", n ? 100.0 * (double)p->t->objects[v] / (double)n : 0.0);
    }
    if (p->t->older) {
        right(p, p->t->older, COUNT_WIDTH + 16);
        w403_buf_puts(p->out, "  of them older versions, asked for by their version ids\n");
    }
    if (p->t->not_asked) {
        right(p, p->t->not_asked, COUNT_WIDTH + 16);
        w403_buf_puts(p->out, "  older versions not asked for: the operation takes no version id\n");
    }
}

static w403_view account_of(const page *p, w403_view canonical)
{
    const w403_account *a = p->x->snapshot ? w403_map_get(&p->x->snapshot->by_canonical, canonical) : NULL;
    return a ? a->id : (w403_view){NULL, 0};
}

static w403_view what(const page *p, const w403_sweep_group *g)
{
    const w403_cause_info *info = g->cause ? w403_cause_info_find(w403_view_of(g->cause)) : NULL;
    if (g->verdict == W403_UNDETERMINED) {
        return w403_arena_printf(p->x->arena, "undetermined: %.*s", (int)g->action.n, g->action.p ? g->action.p : "");
    }
    if (g->verdict == W403_ALLOWED) {
        return w403_arena_printf(p->x->arena, "allowed, but S3 answers %d", g->status);
    }
    return w403_arena_printf(p->x->arena, "%s%s%.*s: %s (%d)%s", g->cause ? g->cause : "denied",
                             g->action.n ? " " : "", (int)g->action.n, g->action.n ? g->action.p : "",
                             info ? info->title : "", g->status, g->older ? ", older versions" : "");
}

static void causes(const page *p)
{
    bool any = false;
    for (size_t i = 0; i < p->t->groups.n; i++) {
        const w403_sweep_group *g = &p->t->groups.at[i];
        if (g->verdict == W403_ALLOWED && g->status < 300) {
            continue;
        }
        if (!any) {
            w403_style_title(p->out, p->color, "By cause");
        }
        any = true;
        right(p, g->objects, COUNT_WIDTH);
        w403_style_blanks(p->out, 2);
        w403_style_lines(p->out, what(p, g), COUNT_WIDTH + 2, COUNT_WIDTH + 2, p->width);
        if (g->owner.n) {
            w403_view account = account_of(p, g->owner);
            w403_view line =
                w403_arena_printf(p->x->arena, "owner %.*s%s%.*s", (int)g->owner.n, g->owner.p,
                                  account.p ? ", account " : "", (int)account.n, account.p ? account.p : "");
            w403_style_blanks(p->out, COUNT_WIDTH + 2);
            w403_style_lines(p->out, line, COUNT_WIDTH + 2, COUNT_WIDTH + 2, p->width);
        }
        for (uint32_t k = 0; k < g->n_examples; k++) {
            w403_style_blanks(p->out, COUNT_WIDTH + 2);
            w403_style_begin(p->out, p->color, W403_STYLE_DIM);
            w403_buf_puts(p->out, "s3://");
            w403_style_text(p->out, g->bucket);
            w403_buf_putc(p->out, '/');
            w403_style_text(p->out, g->examples[k]);
            w403_style_end(p->out, p->color);
            w403_buf_putc(p->out, '\n');
        }
    }
}

static void prefixes(const page *p)
{
    size_t n = p->t->prefixes.n < p->x->top ? p->t->prefixes.n : p->x->top;
    if (n) {
        w403_style_title(p->out, p->color, "By prefix");
        w403_buf_printf(p->out, "%*s%*s\n", COUNT_WIDTH, "denied", COUNT_WIDTH, "undetermined");
    }
    for (size_t i = 0; i < n; i++) {
        const w403_sweep_prefix *f = &p->t->prefixes.at[i];
        right(p, f->denied, COUNT_WIDTH);
        right(p, f->undetermined, COUNT_WIDTH);
        w403_style_blanks(p->out, 2);
        w403_style_text(p->out, f->text.n ? f->text : W403_LIT("(no folder)"));
        w403_buf_putc(p->out, '\n');
    }
    uint64_t denied = p->t->other_denied, undetermined = p->t->other_undetermined;
    for (size_t i = n; i < p->t->prefixes.n; i++) {
        denied += p->t->prefixes.at[i].denied;
        undetermined += p->t->prefixes.at[i].undetermined;
    }
    if (denied + undetermined) {
        right(p, denied, COUNT_WIDTH);
        right(p, undetermined, COUNT_WIDTH);
        w403_buf_puts(p->out, "  (others)\n");
    }
}

static w403_view select_owner(const page *p, const w403_sweep_group *g)
{
    w403_view owner = w403_command_json(p->x->arena, g->owner), bucket = w403_command_json(p->x->arena, g->bucket);
    return w403_arena_printf(p->x->arena,
                             "select(.owner == %.*s and .bucket == %.*s) | {Bucket: .bucket, Key: .key, "
                             "VersionId: .version_id, ACL: \"bucket-owner-full-control\"} | "
                             "with_entries(select(.value)) | tojson + \"\\u0000\"",
                             W403_ARG(owner), W403_ARG(bucket));
}

/* Each object that the list names, by the API's own JSON: a key reaches aws as it is. */
static w403_view give_control(const page *p, const w403_sweep_group *g)
{
    w403_command c = {.arena = p->x->arena};
    w403_command_run(&c, "why403", "sweep", NULL, 0);
    w403_again_files(p->x->cli, &c);
    w403_again_options(p->x->cli, W403_FOR_SWEEP, W403_AGAIN_REQUEST | W403_AGAIN_POLICIES | W403_AGAIN_REPORTS, &c);
    w403_command_run_on(&c, "--list --quiet", NULL, 0);
    w403_command_pipe(&c);
    w403_command_break(&c);
    w403_command_run(&c, "jq", "-j", NULL, 0);
    w403_command_word(&c, select_owner(p, g));
    w403_command_pipe(&c);
    w403_command_break(&c);
    w403_command_run(&c, "xargs", "-0 -n 1 aws s3api put-object-acl --cli-input-json", NULL, 0);
    return w403_command_end(&c);
}

/* 4.2: only the account that owns an object can open its ACL; or the bucket owner ends ACLs for all. */
static void repair_owner(const page *p, const w403_sweep_group *g, unsigned count)
{
    char text[NUMBER];
    w403_view n = number(text, g->objects), account = account_of(p, g->owner);
    w403_buf_printf(p->out, "%s  %u. ", count > 1 ? "\n" : "", count);
    w403_view line = w403_arena_printf(p->x->arena,
                                       "%.*s objects of bucket %.*s: account %.*s, their owner, gives the bucket "
                                       "owner full control of each",
                                       (int)n.n, n.p, (int)g->bucket.n, g->bucket.p,
                                       (int)(account.p ? account.n : g->owner.n), account.p ? account.p : g->owner.p);
    w403_style_lines(p->out, line, 5, 5, p->width);
    if (w403_again_possible(p->x->cli)) {
        w403_style_command(p->out, give_control(p, g), 5);
        w403_buf_puts(p->out, "\n     or the bucket's owner turns ACLs off, and owns every object from then on:\n");
    } else {
        w403_buf_puts(p->out, "     its bucket's owner turns ACLs off, and owns every object from then on:\n");
    }
    w403_style_command(p->out,
                       W403_AWS(p->x->arena,
                                "s3api put-bucket-ownership-controls --bucket <bucket> --ownership-controls "
                                "Rules=[{ObjectOwnership=BucketOwnerEnforced}]",
                                g->bucket),
                       5);
}

/* Any other cause is one policy or setting: explain shows which, and proposes the change. */
static void repair_other(const page *p, const w403_sweep_group *g, unsigned count)
{
    w403_view op = asked(p->x);
    if (!g->n_examples || !w403_again_possible(p->x->cli)) {
        return;
    }
    w403_buf_printf(p->out, "%s  %u. ", count > 1 ? "\n" : "", count);
    w403_view line = w403_arena_printf(p->x->arena, "%s: one change for all of them; this shows it", g->cause);
    w403_style_lines(p->out, line, 5, 5, p->width);
    w403_command c = {.arena = p->x->arena};
    w403_command_run(&c, "why403", "explain <operation> s3://<bucket>/<key>", W403_VALUES(op, g->bucket, w403_key_to_write(c.arena, g->examples[0])));
    if (g->older) {
        w403_command_option(&c, "version-id", W403_LIT("null")); /* as each older version was asked for */
    }
    w403_again_options(p->x->cli, W403_FOR_EXPLAIN, W403_AGAIN_REQUEST | W403_AGAIN_POLICIES, &c);
    w403_style_command(p->out, w403_command_end(&c), 5);
}

static void repairs(const page *p)
{
    unsigned count = 0;
    for (size_t i = 0; i < p->t->groups.n && count < p->x->top; i++) {
        const w403_sweep_group *g = &p->t->groups.at[i];
        if (g->verdict != W403_DENIED || !g->cause) {
            continue;
        }
        if (count == 0) {
            w403_style_title(p->out, p->color, "Repair");
        }
        (g->owner.n ? repair_owner : repair_other)(p, g, ++count);
    }
}

static void list(const page *p, const char *name, const w403_view *at, size_t n)
{
    if (n) {
        w403_style_title(p->out, p->color, name);
    }
    for (size_t i = 0; i < n; i++) {
        w403_buf_puts(p->out, "  - ");
        w403_style_lines(p->out, at[i], 4, 4, p->width);
    }
}

void w403_sweep_text(w403_buf *out, const w403_sweep_answer *x, bool color, size_t width)
{
    page p = {.out = out, .x = x, .t = x->totals, .color = color, .width = width < 60 ? 60 : width};
    head(&p);
    causes(&p);
    prefixes(&p);
    repairs(&p);
    list(&p, "Unknown", p.t->unknown.at, p.t->objects[W403_UNDETERMINED] ? p.t->unknown.n : 0);
    list(&p, "Assuming", p.t->assumptions.at, p.t->assumptions.n);
    list(&p, "Limits", p.t->limits.at, p.t->limits.n);
    if (p.t->damaged + x->missing + p.t->malformed) {
        w403_style_title(p.out, p.color, "Not read");
        w403_buf_printf(out, "  %llu of %llu files damaged or missing, %llu malformed rows\n",
                        (unsigned long long)(p.t->damaged + x->missing),
                        (unsigned long long)(p.t->files + x->missing), (unsigned long long)p.t->malformed);
    }
}
