/* why403 public: who outside gets in, whatever S3 calls public. */
#include "cli/commands.h"
#include "cli/reason_html.h"
#include "cli/public_boxes.h"
#include "render/style.h"
#include "render/warnings.h"

static const char *yes_no(w403_tri t)
{
    return t == W403_YES ? "yes" : t == W403_NO ? "no" : "unknown";
}

static w403_texts action_names(w403_rows *r, const w403_public_finding *f)
{
    uint64_t bits[8] = {0};
    w403_texts out = {0};
    for (size_t i = 0; i < f->actions.n; i++) {
        w403_bit_set(bits, f->actions.at[i]);
    }
    (void)w403_action_names(r->cli->arena, bits, bits, &out);
    return out;
}

/* ---- JSON ---- */

static const char *source_type(const w403_public_finding *f)
{
    return f->own_access_point        ? "S3_ACCESS_POINT_ACCOUNT"
           : f->via_access_point.p    ? "S3_ACCESS_POINT"
           : f->by_acl                ? "BUCKET_ACL"
                                      : "POLICY";
}

static void principal(w403_json_writer *w, const w403_asker *a)
{
    w403_jw_key(w, "principal");
    w403_jw_object(w);
    switch (a->kind) {
    case W403_ASKER_SERVICE:
        w403_jw_text(w, "Service", w403_view_sub(a->name, 8, a->name.n));
        break;
    case W403_ASKER_ACCOUNT:
        w403_jw_text(w, "AWS", a->account);
        break;
    case W403_ASKER_NAMED:
    case W403_ASKER_SESSION:
    case W403_ASKER_ORIGIN:
    case W403_ASKER_KNOWN:
    case W403_ASKER_ROOT:
        w403_jw_text(w, "AWS", a->principal);
        break;
    case W403_ASKER_PROVIDER:
        w403_jw_text(w, "Federated", w403_view_starts(a->name, W403_LIT("federated:")) ? w403_view_sub(a->name, 10, a->name.n)
                                                                                       : a->name);
        break;
    case W403_ASKER_ORGANIZATION:
    case W403_ASKER_ANY_ACCOUNT:
    case W403_ASKER_ANONYMOUS:
    case W403_ASKER_ANY_SERVICE:
        w403_jw_word(w, "AWS", "*");
        break;
    }
    w403_jw_end_object(w);
}

/* Conditions as Access Analyzer shows them: key and first value. */
static void condition(w403_json_writer *w, const w403_statement *st)
{
    w403_jw_key(w, "condition");
    w403_jw_object(w);
    for (uint32_t i = 0; st && i < st->n_conditions; i++) {
        if (st->conditions[i].n_values) {
            w403_jw_keyv(w, st->conditions[i].key);
            w403_jw_str(w, st->conditions[i].values[0].text.text);
        }
    }
    w403_jw_end_object(w);
}

static uint64_t finding_id(const w403_public *p, const w403_public_finding *f)
{
    uint64_t h = w403_hash(p->arn.p, p->arn.n) * 31 + w403_hash(f->asker.name.p, f->asker.name.n);
    h = h * 31 + w403_hash(f->actions.at, f->actions.n * sizeof *f->actions.at);
    return h * 31 + (f->statement ? f->statement->index + 1 : 0);
}

static void finding_json(const w403_public_boxes *boxes, w403_json_writer *w, const w403_public *p, size_t index)
{
    w403_rows *r = boxes->rows;
    const w403_public_finding *f = &p->findings.at[index];
    w403_texts actions = action_names(r, f);
    bool rcp = r->realm.snap[0]->org.id.n > 0;
    w403_jw_object(w);
    w403_jw_text(w, "id", w403_arena_printf(r->cli->arena, "%016llx", (unsigned long long)finding_id(p, f)));
    principal(w, &f->asker);
    w403_jw_texts(w, "action", actions.at, actions.n);
    condition(w, f->statement);
    w403_jw_flag(w, "isPublic", f->is_public);
    w403_jw_key(w, "sources");
    w403_jw_array(w);
    w403_jw_object(w);
    w403_jw_word(w, "type", source_type(f));
    if (f->via_access_point.p) {
        w403_jw_key(w, "detail");
        w403_jw_object(w);
        w403_jw_text(w, "accessPointArn", f->via_access_point);
        w403_jw_end_object(w);
    }
    w403_jw_end_object(w);
    w403_jw_end_array(w);
    w403_jw_word(w, "resourceControlPolicyRestriction", rcp ? "APPLICABLE" : "NOT_APPLICABLE");
    w403_jw_word(w, "status", "ACTIVE");
    w403_jw_text(w, "caller", f->asker.name);
    w403_jw_word(w, "state", w403_access_name(f->state));
    if (f->confused_deputy) {
        w403_jw_flag(w, "confused_deputy", true);
    }
    w403_jw_key(w, "statement");
    w403_reason_statement_json(w, f->statement);
    w403_public_boxes_json(w, boxes, p, index);
    if (f->witness.resource.p) {
        w403_jw_key(w, "witness");
        w403_reason_request_json(w, &f->witness);
        w403_jw_text(w, "command", w403_reason_command(r->cli, r->cli->arena, &f->witness));
    }
    w403_jw_end_object(w);
}

static void bucket_json(const w403_public_boxes *boxes, w403_json_writer *w, const w403_public *p)
{
    static const char *const because[] = {NULL, "policy", "acl", "access-point"};
    w403_jw_object(w);
    w403_jw_text(w, "resource", p->arn);
    w403_jw_word(w, "resourceType", "AWS::S3::Bucket");
    w403_jw_key(w, "s3_public");
    if (p->s3_public == W403_UNKNOWN) {
        w403_jw_null(w);
    } else {
        w403_jw_bool(w, p->s3_public == W403_YES);
    }
    if (because[p->because]) {
        w403_jw_key(w, "s3_public_because");
        w403_jw_object(w);
        w403_jw_word(w, "source", because[p->because]);
        w403_jw_key(w, "statement");
        w403_reason_statement_json(w, p->statement);
        w403_jw_end_object(w);
    }
    w403_jw_word(w, "effective", yes_no(p->effective));
    w403_jw_key(w, "closed_by");
    w403_jw_array(w);
    if (p->closed_by) {
        w403_jw_cstr(w, p->closed_by);
    }
    w403_jw_end_array(w);
    w403_jw_key(w, "findings");
    w403_jw_array(w);
    for (size_t i = 0; i < p->findings.n; i++) {
        finding_json(boxes, w, p, i);
    }
    w403_jw_end_array(w);
    w403_reason_unknown_json(w, &boxes->rows->budget, p->reason, NULL);
    w403_jw_end_object(w);
}

/* ---- text ---- */

static const char *const says[] = {[W403_NO] = "not public", [W403_YES] = "PUBLIC", [W403_UNKNOWN] = "perhaps public"};

static w403_view finding_words(w403_rows *r, const w403_public_finding *f)
{
    w403_texts actions = action_names(r, f);
    w403_view names = w403_texts_words(r->cli->arena, &actions, "and");
    return w403_arena_printf(r->cli->arena, "%.*s: %.*s, %s%s%s", W403_ARG(f->asker.name), W403_ARG(names),
                             w403_access_name(f->state), f->own_access_point ? ", through an access point of their own" : "",
                             f->confused_deputy ? ", for whoever the service acts for" : "");
}

static void bucket_html(w403_rows *r, w403_reason_page *page, const w403_public *p)
{
    static const char *const gets[] = {[W403_NO] = "nobody", [W403_YES] = "somebody", [W403_UNKNOWN] = "not certain"};
    w403_view why = p->closed_by ? w403_view_of(p->closed_by) : W403_LIT("");
    const w403_view what = p->statement && p->s3_public == W403_YES ? w403_reason_statement_words(r->cli->arena, p->statement) : why;
    w403_page_row(page, (const w403_view[]){p->bucket->name, w403_view_of(says[p->s3_public]), w403_view_of(gets[p->effective]),
                                            W403_LIT(""), what}, 5);
    for (size_t i = 0; i < p->findings.n; i++) {
        const w403_public_finding *f = &p->findings.at[i];
        w403_view by = f->statement ? w403_reason_statement_words(r->cli->arena, f->statement) : W403_LIT("its ACL");
        w403_page_row(page, (const w403_view[]){p->bucket->name, W403_LIT(""), W403_LIT(""), finding_words(r, f), by}, 5);
    }
}

/* A line for each box, or one for the finding where there is none to show (another's access point). */
static void finding_text(const w403_public_boxes *boxes, const w403_public *p, size_t finding)
{
    w403_rows *r = boxes->rows;
    const w403_public_finding *f = &p->findings.at[finding];
    size_t n = 0;
    for (size_t i = 0; i < boxes->list.n; i++) {
        const w403_public_shown *s = &boxes->list.at[i];
        if (s->finding == finding && n++ < r->budget.max_boxes) {
            w403_view line = w403_arena_printf(r->cli->arena, "%.*s: %.*s%s%s", W403_ARG(f->asker.name),
                                               W403_ARG(w403_public_box_words(boxes, s)),
                                               f->state == W403_ACCESS_UNKNOWN ? ", perhaps" : "",
                                               f->confused_deputy ? ", for whoever the service acts for" : "");
            w403_buf_puts(&r->cli->out, "    ");
            w403_style_lines(&r->cli->out, line, 4, 6, (size_t)r->cli->width);
        }
    }
    if (n > r->budget.max_boxes) {
        w403_buf_printf(&r->cli->out, "    and %zu more: --max-boxes shows them\n", n - r->budget.max_boxes);
    }
    if (n == 0) {
        w403_buf_puts(&r->cli->out, "    ");
        w403_style_lines(&r->cli->out, finding_words(r, f), 4, 6, (size_t)r->cli->width);
    }
}

static void bucket_text(const w403_public_boxes *boxes, const w403_public *p)
{
    w403_rows *r = boxes->rows;
    w403_buf *out = &r->cli->out;
    static const char *const gets[] = {[W403_NO] = "nobody outside gets in", [W403_YES] = "somebody outside gets in",
                                       [W403_UNKNOWN] = "whether somebody outside gets in is not certain"};
    w403_style_text(out, p->bucket->name);
    w403_view because = p->statement && p->s3_public == W403_YES
                            ? w403_arena_printf(r->cli->arena, " (%.*s)", W403_ARG(w403_reason_statement_words(r->cli->arena, p->statement)))
                            : p->because == W403_PUBLIC_ACL ? W403_LIT(" (its ACL)") : W403_LIT("");
    w403_buf_puts(out, "\n  ");
    w403_style_lines(out, w403_arena_printf(r->cli->arena, "S3 says: %s%.*s", says[p->s3_public], W403_ARG(because)), 2, 4,
                     (size_t)r->cli->width);
    w403_buf_printf(out, "  %s%s%s%s\n", gets[p->effective], p->closed_by ? " (" : "", p->closed_by ? p->closed_by : "",
                    p->closed_by ? ")" : "");
    for (size_t i = 0; i < p->findings.n; i++) {
        finding_text(boxes, p, i);
    }
}

/* ---- the run ---- */

static w403_status accounts(w403_rows *r, w403_view *out, size_t *n, w403_error *err)
{
    const char *trust = w403_args_value(&r->cli->args, W403_OPT_TRUST);
    w403_view rest = trust ? w403_view_of(trust) : (w403_view){NULL, 0};
    while (rest.p && *n < 64) {
        w403_view one = w403_view_trim(w403_view_cut(&rest, ','));
        if (w403_view_eq(one, W403_LIT("organization"))) {
            continue; /* the default, where the snapshot has one */
        }
        if (!w403_view_eq(one, W403_LIT("account")) && !w403_is_account_id(one)) {
            w403_status st = w403_error_set(err, W403_SEMANTIC, "`%.*s` is no account to trust", W403_ARG(one));
            w403_error_hint(err, "write `account`, `organization`, or ids of 12 digits");
            return st;
        }
        out[(*n)++] = one;
    }
    return W403_OK;
}

static w403_status choose(w403_rows *r, const w403_bucket ***out, size_t *n, w403_error *err)
{
    const w403_snapshot *s = r->realm.snap[0];
    const w403_bucket **list = W403_NEW_N(r->cli->arena, const w403_bucket *, s->buckets.n + r->cli->args.operands.n + 1);
    W403_NEED(list, err);
    for (size_t i = 0; i < r->cli->args.operands.n; i++) {
        w403_view name = w403_view_of(r->cli->args.operands.at[i]), arn = name;
        const w403_bucket *b = w403_snapshot_bucket(s, name);
        if (!b) {
            W403_TRY(w403_view_find_char(name, ':') == SIZE_MAX
                         ? w403_error_set(err, W403_NOT_FOUND, "the snapshot has no bucket `%.*s`", W403_ARG(name))
                         : w403_input_resource(r->cli->arena, name, s->partition, &arn, err));
            b = w403_bucket_behind(s, arn);
        }
        if (!b) {
            return w403_error_set(err, W403_NOT_FOUND, "the snapshot has no bucket `%.*s`", W403_ARG(name));
        }
        list[(*n)++] = b;
    }
    for (uint32_t a = 0; r->cli->args.operands.n == 0 && a < s->n_accounts; a++) {
        for (uint32_t i = 0; i < s->account_list[a]->n_buckets; i++) {
            list[*n] = w403_account_bucket(s, s->account_list[a], i);
            *n += !list[*n]->missing;
        }
    }
    *out = list;
    return W403_OK;
}

/* One bucket after the other, in the format that was asked for. */
typedef struct writer {
    w403_rows *r;
    w403_public_boxes boxes;
    bool text, lines, html;
    w403_json_writer json;
    w403_reason_page page;
} writer;

static void begin(writer *x)
{
    static const char *const columns[] = {"Bucket", "S3 says", "Gets in", "Who and what", "Because of", NULL};
    w403_cli *cli = x->r->cli;
    x->text = w403_reason_format_is(cli, "text");
    x->lines = w403_reason_format_is(cli, "ndjson");
    x->html = w403_reason_format_is(cli, "html");
    w403_jw_init(&x->json, &cli->out, !x->lines);
    if (x->html) {
        w403_page_open(&x->page, cli, "public", "undetermined", W403_LIT("Who gets in from outside"));
        w403_page_table(&x->page, W403_LIT(""), columns);
    } else if (!x->text && !x->lines) {
        w403_jw_object(&x->json);
        w403_jw_number(&x->json, "format", 1);
        w403_jw_word(&x->json, "question", "public");
        w403_jw_key(&x->json, "resources");
        w403_jw_array(&x->json);
    }
}

static void put(writer *x, const w403_public *p)
{
    if (x->html) {
        bucket_html(x->r, &x->page, p);
    } else if (x->text) {
        bucket_text(&x->boxes, p);
    } else {
        if (x->lines) {
            w403_jw_init(&x->json, &x->r->cli->out, false);
        }
        bucket_json(&x->boxes, &x->json, p);
        w403_buf_puts(&x->r->cli->out, x->lines ? "\n" : "");
    }
}

static void end(writer *x, int status)
{
    if (x->html) {
        w403_page_table_end(&x->page);
        w403_page_close(&x->page);
    } else if (!x->text && !x->lines) {
        w403_jw_end_array(&x->json);
        w403_jw_number(&x->json, "exit", (uint64_t)status);
        w403_warnings_json(&x->json, x->r->cli->warnings);
        w403_jw_end_object(&x->json);
        w403_buf_putc(&x->r->cli->out, '\n');
    }
}

static w403_status run(w403_rows *r, int *status, w403_error *err)
{
    w403_view trust[64];
    size_t n_trust = 0, n = 0;
    const w403_bucket **list = NULL;
    w403_tri any = W403_NO;
    writer x = {.r = r, .boxes = {.rows = r}};
    if (!r->realm.snap[0]) {
        w403_status st = w403_error_set(err, W403_SEMANTIC, "no snapshot: there is no bucket to look at");
        w403_error_hint(err, "name one with `--snapshot DIR`");
        return st;
    }
    W403_TRY(accounts(r, trust, &n_trust, err));
    W403_TRY(choose(r, &list, &n, err));
    begin(&x);
    for (size_t i = 0; i < n; i++) {
        w403_public p;
        x.boxes.list.n = 0;
        W403_TRY(w403_public_bucket(&r->realm, list[i], trust, n_trust, w403_public_box_add, &x.boxes, &p, err));
        any = w403_or(any, p.effective);
        put(&x, &p);
    }
    *status = any == W403_YES ? W403_EXIT_FOUND : any == W403_NO ? W403_EXIT_GOOD : W403_EXIT_UNKNOWN;
    if (x.text && n != 1) {
        w403_buf_printf(&r->cli->out, "%zu buckets: %s\n", n, any == W403_YES  ? "somebody outside gets in"
                                                              : any == W403_NO ? "nobody outside gets in"
                                                                               : "whether somebody outside gets in is not certain");
    }
    end(&x, *status);
    return W403_OK;
}

int w403_cmd_public(w403_cli *cli)
{
    return w403_rows_answer(cli, run);
}
