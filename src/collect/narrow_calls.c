/* Calls of a narrow collection: sent, answered, and made into files. */
#include <stdio.h>

#include "base/time.h"
#include "collect/narrow_state.h"

bool w403_narrow_once(w403_narrow *n, const char *kind, w403_view what)
{
    w403_view key = w403_arena_printf(n->a, "%s %.*s", kind, W403_ARG(what));
    if (!key.p || w403_map_get(&n->asked, key)) {
        return false; /* short memory is found by who writes next */
    }
    return w403_map_put(n->a, &n->asked, key, n);
}

bool w403_narrow_asked(const w403_narrow *n, const char *kind, w403_view what)
{
    w403_view key = w403_arena_printf(n->a, "%s %.*s", kind, W403_ARG(what));
    return key.p && w403_map_get(&n->asked, key);
}

/* ---- refusals ---- */

static w403_view permission_of(unsigned row)
{
    const char *const *list = w403_calls[row].permissions;
    return list && list[0] ? w403_view_of(list[0]) : (w403_view){NULL, 0};
}

static w403_status refuse(w403_narrow *n, const w403_inquiry *ask, w403_view code, w403_view message, w403_error *err)
{
    w403_narrow_refusal *r = W403_PUSH(n->a, &n->refusals);
    W403_NEED(r, err);
    *r = (w403_narrow_refusal){.call = w403_place_call_name(n->a, ask->row),
                               .permission = permission_of(ask->row),
                               .about = ask->about,
                               .code = w403_arena_copy(n->a, code),
                               .message = w403_arena_copy(n->a, message)};
    W403_NEED(r->call.p && r->code.p && r->message.p, err);
    return W403_OK;
}

/* ---- sending ---- */

w403_status w403_narrow_send(w403_narrow *n, w403_inquiry ask, w403_view account, w403_view region,
                             const w403_live_argument *arguments, size_t n_arguments, w403_error *err)
{
    bool own = !account.n || w403_view_eq(account, n->account);
    w403_inquiry *kept = W403_NEW(n->a, w403_inquiry);
    W403_NEED(kept, err);
    *kept = ask;
    w403_live_call call = {.row = ask.row,
                           .account = own || !n->o.other_accounts ? (w403_view){NULL, 0} : account,
                           .region = region,
                           .arguments = arguments,
                           .n_arguments = n_arguments,
                           .tag = kept};
    W403_TRY(n->o.live->add(n->o.session, &call, err));
    n->queued++;
    return W403_OK;
}

/* ---- answers ---- */

bool w403_narrow_not_configured(const w403_inquiry *ask, const w403_page *page)
{
    return page->code.n && w403_call_not_configured(ask->row, page->code);
}

w403_view w403_narrow_error(w403_narrow *n, const w403_inquiry *ask, const w403_page *page)
{
    bool none = w403_narrow_not_configured(ask, page);
    w403_compose_failure why = {.code = page->code,
                                .message = none ? (w403_view){NULL, 0} : page->answer->message,
                                .call = none ? (w403_view){NULL, 0} : w403_place_call_name(n->a, ask->row),
                                .at = none ? (w403_view){NULL, 0} : w403_instant_format(n->a, w403_instant_now())};
    w403_buf out = {0};
    w403_compose_error_flat(&out, &why);
    return w403_buf_take(&out, n->a);
}

w403_view w403_narrow_raw(const w403_page *page, const w403_json *v)
{
    return w403_view_sub(page->doc.text, v->span.off, v->span.off + v->span.len);
}

w403_view w403_narrow_members(const w403_page *page, const w403_json *v)
{
    w403_view text = w403_narrow_raw(page, v);
    return text.n > 2 ? w403_view_trim(w403_view_sub(text, 1, text.n - 1)) : W403_LIT("");
}

static w403_status take(w403_narrow *n, const w403_live_answer *answer, w403_error *err)
{
    w403_inquiry *ask = answer->tag;
    w403_page page = {.answer = answer, .code = answer->code};
    w403_error bad = {0};
    n->counts.calls++;
    if (!answer->code.n) {
        w403_view text = w403_arena_copy(n->a, answer->json);
        W403_NEED(text.p, err);
        w403_status st = w403_json_parse(n->a, W403_LIT("answer"), text, NULL, &page.doc, NULL, &bad);
        if (st == W403_NOMEM) {
            return w403_error_nomem(err);
        }
        page.root = st == W403_OK ? page.doc.root : NULL;
        page.code = page.root ? (w403_view){NULL, 0} : W403_LIT("why403.InvalidResponse");
    }
    if (page.code.n && !ask->quiet && !w403_narrow_not_configured(ask, &page)) {
        W403_TRY(refuse(n, ask, page.code, answer->message, err));
    }
    return ask->answered(n, ask, &page, err);
}

void w403_narrow_deliver(void *user, const w403_live_answer *answer)
{
    w403_narrow *n = user;
    if (n->failed == W403_OK) {
        n->failed = take(n, answer, &n->error);
    }
}

/* ---- files ---- */

w403_status w403_narrow_put(w403_narrow *n, w403_view path, w403_view text, w403_error *err)
{
    size_t at = (size_t)(uintptr_t)w403_map_get(&n->file_at, path);
    if (at) {
        n->files.at[at - 1].text = text;
        return W403_OK;
    }
    w403_file_text *file = W403_PUSH(n->a, &n->files);
    w403_view copy = w403_arena_copy(n->a, path);
    W403_NEED(file && copy.p && w403_map_put(n->a, &n->file_at, copy, (void *)(uintptr_t)n->files.n), err);
    *file = (w403_file_text){.path = copy, .text = text};
    return W403_OK;
}

w403_status w403_narrow_put_json(w403_narrow *n, w403_view path, w403_buf *flat, w403_error *err)
{
    w403_view json = w403_buf_take(flat, n->a), laid_out;
    w403_buf text = {0};
    W403_NEED(json.p, err);
    w403_compose_file(&text, json, (w403_view){NULL, 0});
    laid_out = w403_buf_take(&text, n->a);
    W403_NEED(laid_out.p, err);
    return w403_narrow_put(n, path, laid_out, err);
}

/* ---- a file that calls of the table make ---- */

typedef struct part {
    w403_view member; /* {NULL,0}: the answer is the file */
    w403_join *pages;
    w403_view value;  /* flat JSON */
    bool failed, gone;
} part;

typedef struct made {
    w403_view path;
    size_t open, n;
    part parts[4];
} made;

static w403_status finish(w403_narrow *n, const made *m, w403_error *err)
{
    w403_compose_part parts[sizeof m->parts / sizeof *m->parts];
    w403_buf flat = {0};
    for (size_t i = 0; i < m->n; i++) {
        const part *p = &m->parts[i];
        parts[i] = (w403_compose_part){p->member.p ? p->member : W403_LIT(""), p->value};
        if (p->failed && (!p->member.p || p->gone)) { /* nothing else of it counts */
            w403_buf_put(&flat, p->value);
            return w403_narrow_put_json(n, m->path, &flat, err);
        }
    }
    w403_compose_members(&flat, parts, m->n);
    return w403_narrow_put_json(n, m->path, &flat, err);
}

/* Of {"KeyMetadata": {...}} the inner value, where the file has it as a member. */
static w403_status value_of(w403_narrow *n, part *p, w403_error *err)
{
    w403_buf text = {0};
    w403_json_doc doc;
    w403_status st = w403_join_text(p->pages, &text, err);
    w403_join_close(p->pages);
    p->pages = NULL;
    if (st != W403_OK) {
        w403_buf_free(&text);
        return st;
    }
    p->value = w403_buf_take(&text, n->a);
    W403_NEED(p->value.p, err);
    if (p->member.p) {
        W403_TRY(w403_json_parse(n->a, W403_LIT("answer"), p->value, NULL, &doc, NULL, err));
        for (const w403_json *m = doc.root->first; m; m = m->next) {
            if (w403_view_eq(m->key, p->member)) {
                p->value = w403_view_sub(p->value, m->span.off, m->span.off + m->span.len);
            }
        }
    }
    return W403_OK;
}

static w403_status part_answered(w403_narrow *n, w403_inquiry *ask, const w403_page *page, w403_error *err)
{
    made *m = ask->into;
    part *p = NULL;
    for (size_t i = 0; i < m->n; i++) {
        p = w403_view_eq(m->parts[i].member.p ? m->parts[i].member : W403_LIT(""), ask->word) ? &m->parts[i] : p;
    }
    if (!page->root) {
        p->value = w403_narrow_error(n, ask, page);
        p->failed = true;
        p->gone = ask->row == W403_CALL_KMS_DESCRIBEKEY && w403_narrow_not_configured(ask, page);
        W403_NEED(p->value.p, err);
    } else {
        if (page->answer->page == 0) { /* once more: the listing began anew */
            w403_join_close(p->pages);
            p->pages = NULL;
        }
        if (!p->pages) {
            W403_TRY(w403_join_open(NULL, m->path, (w403_view){NULL, 0}, &p->pages, err));
        }
        W403_TRY(w403_join_page(p->pages, w403_narrow_raw(page, page->root), err));
    }
    if (!page->answer->last) {
        return W403_OK;
    }
    if (p->pages && !p->failed) {
        W403_TRY(value_of(n, p, err));
    }
    w403_join_close(p->pages); /* an error ended it */
    p->pages = NULL;
    return --m->open ? W403_OK : finish(n, m, err);
}

/* What the path does not say: the one policy that a key has, the type of an effective policy; keys by their ARN,
 * which reaches across accounts, access points by theirs where their tags are asked for. */
static size_t complete(w403_narrow *n, const made *m, const w403_place_call *c, w403_live_argument *out)
{
    size_t count = 0;
    for (; count < c->n_arguments; count++) {
        out[count] = c->arguments[count];
        if (w403_view_eq(out[count].name, W403_LIT("KeyId"))) {
            out[count].value =
                w403_arena_printf(n->a, "arn:%.*s:kms:%.*s:%.*s:key/%.*s", W403_ARG(n->partition),
                                  W403_ARG(c->region), W403_ARG(c->account), W403_ARG(out[count].value));
        }
    }
    if (c->row == W403_CALL_KMS_GETKEYPOLICY) {
        out[count++] = (w403_live_argument){W403_LIT("PolicyName"), W403_LIT("default")};
    } else if (c->row == W403_CALL_ORGANIZATIONS_DESCRIBEEFFECTIVEPOLICY) {
        out[count++] = (w403_live_argument){W403_LIT("PolicyType"), W403_LIT("S3_POLICY")};
    } else if (c->row == W403_CALL_S3CONTROL_LISTTAGSFORRESOURCE) {
        w403_view name = m->path;
        for (w403_view rest = m->path; rest.p;) {
            name = w403_view_cut(&rest, '/');
        }
        name = w403_view_sub(name, 0, name.n - (sizeof ".json" - 1));
        w403_view arn = w403_arena_printf(n->a, "arn:%.*s:s3:%.*s:%.*s:accesspoint/%.*s", W403_ARG(n->partition),
                                          W403_ARG(c->region), W403_ARG(c->account), W403_ARG(name));
        out[count++] = (w403_live_argument){W403_LIT("ResourceArn"), arn};
    }
    return count;
}

/* The calls of the table that make a file. Its tags are asked for by themselves, when a condition reads them. */
static size_t calls_of(w403_view path, bool tags, w403_place_call out[W403_PLACE_CALLS])
{
    size_t count = w403_place_calls(path, W403_CALL_NARROW, out), kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (w403_view_eq(out[i].member, W403_LIT("Tags")) == tags) {
            out[kept++] = out[i];
        }
    }
    return kept;
}

/* What the file says so far stays; where it is an error there is nothing to add to. */
static w403_status begin(w403_narrow *n, made *m, bool tags, bool *useless, w403_error *err)
{
    size_t at = (size_t)(uintptr_t)w403_map_get(&n->file_at, m->path);
    w403_json_doc doc;
    *useless = tags && !at;
    if (!tags || !at) {
        return W403_OK;
    }
    m->parts[m->n].value = n->files.at[at - 1].text;
    W403_TRY(w403_json_parse(n->a, m->path, m->parts[m->n++].value, NULL, &doc, NULL, err));
    *useless = w403_json_get(doc.root, "error") != NULL;
    return W403_OK;
}

w403_status w403_narrow_make(w403_narrow *n, w403_view path, w403_view region, w403_error *err)
{
    w403_place_call calls[W403_PLACE_CALLS];
    bool tags = w403_view_ends(path, W403_LIT("#tags")), useless;
    if (!w403_narrow_once(n, "file", path)) {
        return W403_OK;
    }
    made *m = W403_NEW(n->a, made);
    W403_NEED(m, err);
    m->path = w403_arena_copy(n->a, tags ? w403_view_sub(path, 0, path.n - (sizeof "#tags" - 1)) : path);
    W403_NEED(m->path.p, err);
    W403_TRY(begin(n, m, tags, &useless, err));
    size_t count = useless ? 0 : calls_of(m->path, tags, calls), room = sizeof m->parts / sizeof *m->parts - m->n;
    part *parts = &m->parts[m->n];
    m->open = count < room ? count : room;
    m->n += m->open;
    for (size_t i = 0; i < m->open; i++) {
        parts[i].member = calls[i].member;
    }
    for (size_t i = 0, sent = m->open; i < sent; i++) {
        w403_live_argument arguments[W403_PLACE_ARGUMENTS + 1];
        size_t n_arguments = complete(n, m, &calls[i], arguments);
        w403_inquiry ask = {.answered = part_answered,
                        .row = calls[i].row,
                        .about = n_arguments ? arguments[0].value : calls[i].account,
                        .word = calls[i].member.p ? calls[i].member : W403_LIT(""),
                        .into = m};
        W403_TRY(w403_narrow_send(n, ask, calls[i].account, calls[i].region.p ? calls[i].region : region, arguments,
                                  n_arguments, err));
    }
    return W403_OK;
}
