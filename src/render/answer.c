#include "render/answer.h"

static const w403_request no_request;

/* ---- causes ---- */

w403_span w403_answer_element(const w403_statement *s, w403_element element)
{
    w403_span span = {0, 0};
    switch (element) {
    case W403_ELEMENT_PRINCIPAL:
        span = s->principal_span;
        break;
    case W403_ELEMENT_ACTION:
        span = s->action_span;
        break;
    case W403_ELEMENT_RESOURCE:
        span = s->resource_span;
        break;
    case W403_ELEMENT_CONDITION:
        span = s->condition_span;
        break;
    default:
        break;
    }
    return span.len ? span : s->span;
}

/* "The nearest statement, AllowRead, does not apply: ..." */
static w403_view nearest(const w403_answer *r, const w403_cause *c)
{
    const w403_match *m = c->match;
    if (!m || !m->statement || !c->check || m->deny || m->verdict == W403_YES) {
        return (w403_view){NULL, 0};
    }
    w403_view why = w403_match_why(c->check, m, r->arena);
    w403_view name = w403_answer_match(r, c->layer, m);
    if (why.n == 0 || !name.p) {
        return (w403_view){NULL, 0};
    }
    return w403_say(r->arena, "The nearest statement, {statement}, does not apply: {why}.", W403_P("statement", name),
                    W403_P("why", why));
}

static void open_cause(const w403_answer *r, const w403_cause *c, w403_answer_cause *out)
{
    out->cause = c;
    out->info = c->id ? w403_cause_info_find(w403_view_of(c->id)) : NULL;
    out->nearest = nearest(r, c);
    out->n_blames = w403_cause_blames(c, r->arena, out->blames, W403_ANSWER_BLAMES);
    const w403_statement *s = c->match ? c->match->statement : NULL;
    if (out->n_blames == 0 && s) {
        out->blames[0] = (w403_blame){.policy = s->policy, .span = w403_answer_element(s, c->element)};
        out->n_blames = 1;
    }
}

/* ---- what an undetermined answer hangs on ---- */

w403_view w403_answer_unknown(const w403_answer *r, w403_view key)
{
    static const struct {
        const char *key, *hint;
    } hints[] = {
        {"aws:SourceIp", N_("{key}: `--from IP` says it")},
        {"aws:VpcSourceIp", N_("{key}: `--context aws:VpcSourceIp=IP` says it")},
        {"aws:SourceVpce", N_("{key}: `--via VPCE-ID` says it, or `--from IP` that there was none")},
        {"aws:SourceVpc", N_("{key}: `--via VPCE-ID` says it, or `--from IP` that there was none")},
        {"aws:MultiFactorAuthPresent", N_("{key}: `--mfa` says it")},
        {"aws:MultiFactorAuthAge", N_("{key}: `--mfa` says it")},
    };
    for (size_t i = 0; i < sizeof hints / sizeof *hints; i++) {
        if (w403_view_ieq(key, w403_view_of(hints[i].key))) {
            return w403_say(r->arena, hints[i].hint, W403_P("key", key));
        }
    }
    if (w403_key_find(key, NULL) != 0) {
        return w403_say(r->arena, "{key}: `--context {key}=VALUE` says it", W403_P("key", key));
    }
    return key;
}

w403_status w403_answer_open(w403_answer *r, const w403_render_input *in, w403_error *err)
{
    const w403_explanation *x = in->explanation;
    *r = (w403_answer){.in = in, .decision = in->decision, .request = in->request ? in->request : &no_request};
    r->arena = w403_arena_new(0);
    W403_NEED(r->arena, err);
    w403_arena_speak(r->arena, in->language);
    uint32_t n = x ? x->n_causes : 0;
    w403_answer_cause *causes = W403_NEW_N(r->arena, w403_answer_cause, n ? n : 1);
    if (!causes) {
        w403_answer_close(r);
        return w403_error_nomem(err);
    }
    r->message = x ? x->message : (w403_view){NULL, 0};
    r->causes = causes;
    r->n_causes = n;
    if (n > 0 && x->causes[0].check) {
        r->check = x->causes[0].check;
    } else if (r->decision->n_checks > 0) {
        r->check = &r->decision->checks[0];
    }
    for (uint32_t i = 0; i < n; i++) {
        open_cause(r, &x->causes[i], &causes[i]);
    }
    if (n == 0) {
        w403_answer_questions(r);
    }
    return W403_OK;
}

void w403_answer_close(w403_answer *r)
{
    w403_arena_free(r->arena);
    r->arena = NULL;
}

/* ---- layers ---- */

/* Of the levels of an SCP the worst counts: every level must allow. */
static int badness(w403_layer_verdict v)
{
    static const uint8_t order[] = {
        [W403_LAYER_NOT_APPLICABLE] = 0, [W403_LAYER_ALLOW] = 1, [W403_LAYER_UNKNOWN] = 2,
        [W403_LAYER_NO_ALLOW] = 3,       [W403_LAYER_DENY] = 4,
    };
    return order[v];
}

bool w403_answer_blocks(const w403_answer *r, const w403_layer *layer)
{
    return r->n_causes > 0 && r->causes[0].cause->layer == layer && layer->verdict != W403_LAYER_ALLOW;
}

bool w403_answer_row(const w403_answer *r, const w403_check *check, uint32_t *i, w403_row *row)
{
    if (!check || *i >= check->n_layers) {
        return false;
    }
    const w403_layer *first = &check->layers[*i];
    *row = (w403_row){.kind = first->kind, .verdict = first->verdict, .layers = first};
    for (; *i < check->n_layers && check->layers[*i].kind == row->kind; ++*i) {
        const w403_layer *l = &check->layers[*i];
        row->verdict = badness(l->verdict) > badness(row->verdict) ? l->verdict : row->verdict;
        row->blocks = row->blocks || w403_answer_blocks(r, l);
        row->n_layers++;
    }
    return true;
}

bool w403_answer_gate(const w403_answer *r, const w403_check *check, const w403_gate *gate)
{
    const w403_decision *d = r->decision;
    if (gate->check < 0) {
        return check == r->check;
    }
    return (uint32_t)gate->check < d->n_checks && check == &d->checks[gate->check];
}

const char *w403_answer_gate_word(const w403_answer *r, const w403_gate *gate)
{
    if (gate->closed != W403_YES) {
        return w403_word_in(r->arena, "gate", "unknown");
    }
    if (r->decision->verdict != W403_ALLOWED) {
        return w403_word_in(r->arena, "gate", "refuses");
    }
    return gate->status == 405   ? w403_word_in(r->arena, "gate", "answers 405")
           : gate->status == 404 ? w403_word_in(r->arena, "gate", "answers 404")
                                 : w403_word_in(r->arena, "gate", "answers");
}

const w403_answer_cause *w403_answer_aside(const w403_answer *r, const w403_check *check)
{
    const w403_cause *c = r->n_causes > 0 ? r->causes[0].cause : NULL;
    if (!c || !check || c->check != check || c->gate || (c->layer && w403_answer_blocks(r, c->layer))) {
        return NULL;
    }
    return &r->causes[0];
}

/* ---- names ---- */

const char *w403_answer_layer_name(const w403_answer *r, const w403_check *check, w403_layer_kind kind)
{
    static const char *const names[W403_LAYERS] = {
        [W403_LAYER_SCP] = N_("Organization (SCP)"),
        [W403_LAYER_RCP] = N_("Organization (RCP)"),
        [W403_LAYER_VPC_ENDPOINT] = N_("VPC endpoint"),
        [W403_LAYER_IDENTITY] = N_("Identity policies"),
        [W403_LAYER_SESSION] = N_("Session policy"),
        [W403_LAYER_BOUNDARY] = N_("Permissions boundary"),
        [W403_LAYER_ACCESS_POINT] = N_("Access point"),
        [W403_LAYER_RESOURCE] = N_("Bucket policy"),
        [W403_LAYER_KEY] = N_("Key policy"),
        [W403_LAYER_GRANT] = N_("KMS grants"),
        [W403_LAYER_BUCKET_ACL] = N_("Bucket ACL"),
        [W403_LAYER_OBJECT_ACL] = N_("Object ACL"),
        [W403_LAYER_TRUST] = N_("Trust policy"),
    };
    if (kind == W403_LAYER_RESOURCE && check && !w403_view_starts(check->action, W403_LIT("s3:"))) {
        return w403_word(r->arena, "Resource policy");
    }
    return kind < W403_LAYERS ? w403_word(r->arena, names[kind]) : "";
}

const char *w403_answer_verdict_word(const w403_answer *r, w403_layer_verdict v)
{
    static const char *const words[] = {
        [W403_LAYER_NOT_APPLICABLE] = NC_("layer", "not in play"),
        [W403_LAYER_ALLOW] = NC_("layer", "allows"),
        [W403_LAYER_NO_ALLOW] = NC_("layer", "does not allow"),
        [W403_LAYER_DENY] = NC_("layer", "denies"),
        [W403_LAYER_UNKNOWN] = NC_("layer", "unknown"),
    };
    return w403_word_in(r->arena, "layer", words[v]);
}

const char *w403_answer_decided(const w403_answer *r, w403_verdict v)
{
    static const char *const words[] = {[W403_ALLOWED] = NC_("decided", "allowed"),
                                        [W403_DENIED] = NC_("decided", "denied"),
                                        [W403_UNDETERMINED] = NC_("decided", "undetermined")};
    return w403_word_in(r->arena, "decided", words[v]);
}

static bool digits(w403_view v)
{
    uint64_t unused;
    return v.n == 12 && w403_view_u64(v, &unused);
}

w403_view w403_answer_level(const w403_answer *r, w403_view level)
{
    const char *text = w403_view_starts(level, W403_LIT("r-"))    ? N_("root {id}")
                       : w403_view_starts(level, W403_LIT("ou-")) ? N_("OU {id}")
                       : digits(level)                            ? N_("account {id}")
                                                                  : NULL;
    return text ? w403_say(r->arena, text, W403_P("id", level)) : level;
}

/* A Sid is one word; one that S3 stored with blanks in it would read as part of the sentence. */
static bool is_word(w403_view sid)
{
    for (size_t i = 0; i < sid.n; i++) {
        bool alphanumeric = (sid.p[i] >= '0' && sid.p[i] <= '9') || ((sid.p[i] | 0x20) >= 'a' && (sid.p[i] | 0x20) <= 'z');
        if (!alphanumeric && sid.p[i] != '-' && sid.p[i] != '_') {
            return false;
        }
    }
    return true;
}

w403_view w403_answer_statement(const w403_answer *r, const w403_statement *s)
{
    if (s->sid.n == 0) {
        return w403_say(r->arena, "statement {n}", W403_N("n", s->index + 1));
    }
    return is_word(s->sid) ? s->sid : w403_arena_printf(r->arena, "`%.*s`", W403_ARG(s->sid));
}

/* Last part of an ARN: `p-FullAWSAccess`, `ReadOnlyAccess`. */
static w403_view arn_name(w403_view arn)
{
    size_t at = arn.n;
    while (at > 0 && arn.p[at - 1] != '/' && arn.p[at - 1] != ':') {
        at--;
    }
    return w403_view_sub(arn, at, arn.n);
}

static w403_view acl_grant(const w403_answer *r, const w403_grant *g)
{
    static const char *const groups[] = {
        [W403_GRANTEE_CANONICAL] = "",
        [W403_GRANTEE_ALL_USERS] = N_("everyone (AllUsers)"),
        [W403_GRANTEE_AUTHENTICATED_USERS] = N_("any AWS account (AuthenticatedUsers)"),
        [W403_GRANTEE_LOG_DELIVERY] = N_("log delivery"),
        [W403_GRANTEE_OTHER] = N_("another grantee"),
    };
    static const char *const names[] = {"READ", "WRITE", "READ_ACP", "WRITE_ACP"};
    w403_view who = g->kind == W403_GRANTEE_CANONICAL ? g->canonical_id : w403_view_of(w403_word(r->arena, groups[g->kind]));
    w403_view what = g->permissions == W403_ACL_FULL ? W403_LIT("FULL_CONTROL") : (w403_view){NULL, 0};
    for (unsigned i = 0; i < 4 && g->permissions != W403_ACL_FULL; i++) {
        if (g->permissions & 1u << i) {
            w403_view more = w403_view_of(names[i]);
            what = what.n ? w403_say(r->arena, "{permissions} and {permission}", W403_P("permissions", what),
                                     W403_P("permission", more))
                          : more;
        }
    }
    return w403_say(r->arena, "{permissions} for {grantee}", W403_P("permissions", what), W403_P("grantee", who));
}

static w403_view grant_name(const w403_answer *r, const w403_layer *layer, const void *grant)
{
    if (layer && grant && (layer->kind == W403_LAYER_BUCKET_ACL || layer->kind == W403_LAYER_OBJECT_ACL)) {
        return acl_grant(r, grant);
    }
    const w403_kms_grant *g = layer && layer->kind == W403_LAYER_GRANT ? grant : NULL;
    return g ? w403_say(r->arena, "grant {id}", W403_P("id", g->id)) : w403_view_of(w403_word(r->arena, "a grant"));
}

w403_view w403_answer_match(const w403_answer *r, const w403_layer *layer, const w403_match *m)
{
    const w403_statement *s = m->statement;
    if (!s) {
        return grant_name(r, layer, m->grant);
    }
    w403_view name = w403_answer_statement(r, s), policy = s->policy->name;
    if (policy.n == 0 && s->policy->arn.n > 0) {
        policy = arn_name(s->policy->arn);
    }
    bool several = layer && (layer->kind == W403_LAYER_IDENTITY || layer->kind == W403_LAYER_SCP ||
                             layer->kind == W403_LAYER_RCP);
    if (policy.n == 0 && several) {
        policy = s->policy->doc.source;
    }
    return policy.n == 0 ? name
                         : w403_say(r->arena, "{statement} of {policy}", W403_P("statement", name), W403_P("policy", policy));
}

w403_view w403_answer_levels(const w403_answer *r, const w403_row *row)
{
    w403_view said = {NULL, 0};
    for (uint32_t i = 0; i < row->n_layers; i++) {
        w403_view level = w403_answer_level(r, row->layers[i].level);
        if (level.n > 0) { /* "" is what nobody said of the path */
            said = w403_arena_printf(r->arena, "%.*s%s%.*s", (int)said.n, said.n ? said.p : "", said.n ? ", " : "",
                                     (int)level.n, level.p);
        }
    }
    return said;
}

w403_view w403_answer_capital(const w403_answer *r, w403_view text)
{
    if (text.n == 0 || text.p[0] < 'a' || text.p[0] > 'z') {
        return text;
    }
    return w403_arena_printf(r->arena, "%c%.*s", text.p[0] - 'a' + 'A', (int)text.n - 1, text.p + 1);
}

w403_view w403_answer_title(const w403_answer *r, const w403_answer_cause *c)
{
    return w403_answer_capital(r, w403_view_of(c->info ? w403_word(r->arena, c->info->title) : c->cause->id));
}

w403_view w403_answer_asked(const w403_answer *r)
{
    return r->request->operation.n > 0 ? r->request->operation : r->request->action;
}

/* ---- what a layer said ---- */

/* The statements of one effect and verdict: the first by name, the others as a number. */
static w403_view listed(const w403_answer *r, const w403_layer *l, bool deny, w403_tri verdict)
{
    const w403_match *first = NULL;
    uint32_t n = 0;
    for (uint32_t i = 0; i < l->n_matches; i++) {
        const w403_match *m = &l->matches[i];
        if (m->deny == deny && m->verdict == verdict) {
            first = first ? first : m;
            n++;
        }
    }
    if (!first) {
        return (w403_view){NULL, 0};
    }
    w403_view name = w403_answer_match(r, l, first);
    return n == 1 ? name : w403_say(r->arena, "{first} and {n} more", W403_P("first", name), W403_N("n", n - 1));
}

/* A statement that would count if a fact were known. */
static w403_view undecided(const w403_answer *r, const w403_check *check, const w403_layer *l)
{
    for (uint32_t i = 0; i < l->n_matches; i++) {
        const w403_match *m = &l->matches[i];
        if (m->verdict != W403_UNKNOWN || !m->statement) {
            continue;
        }
        w403_view name = w403_answer_match(r, l, m), why = w403_match_why(check, m, r->arena);
        const char *text = m->deny ? why.n ? N_("{statement} may deny: {why}") : N_("{statement} may deny")
                           : why.n ? N_("{statement} may allow: {why}")
                                   : N_("{statement} may allow");
        return w403_say(r->arena, text, W403_P("statement", name), W403_P("why", why));
    }
    return w403_view_of(w403_word(r->arena, "it depends on what is not known"));
}

/* A layer whose policy is not known: an error code of AWS, or a phrase. */
static w403_view unreadable(const w403_answer *r, const w403_layer *l)
{
    w403_view source = l->source.n ? l->source : w403_view_of(w403_word(r->arena, "the policy")), why = l->unknown;
    if (w403_view_find_char(why, ' ') == SIZE_MAX) {
        return w403_say(r->arena, "{source} could not be read: {code}", W403_P("source", source), W403_P("code", why));
    }
    if (w403_view_starts(why, W403_LIT("not "))) {
        return w403_arena_printf(r->arena, "%.*s is %.*s", (int)source.n, source.p, (int)why.n, why.p);
    }
    return why;
}

static w403_view silence(const w403_answer *r, const w403_layer *l)
{
    bool acl = l->kind == W403_LAYER_GRANT || l->kind == W403_LAYER_BUCKET_ACL || l->kind == W403_LAYER_OBJECT_ACL;
    if (acl) {
        return w403_view_of(w403_word(r->arena, "no grant for it"));
    }
    if (l->n_near == 0) {
        return l->n_matches == 0 ? w403_view_of(w403_word(r->arena, "there is none")) : (w403_view){NULL, 0};
    }
    return w403_say_plural(r->arena, l->n_near, "its one statement does not match", "none of its {n} statements matches");
}

w403_view w403_answer_said(const w403_answer *r, const w403_check *check, const w403_layer *l)
{
    w403_view said = {NULL, 0};
    switch (l->verdict) {
    case W403_LAYER_DENY:
        said = listed(r, l, true, W403_YES);
        break;
    case W403_LAYER_ALLOW:
        said = listed(r, l, false, W403_YES);
        break;
    case W403_LAYER_UNKNOWN:
        said = l->unknown.n ? unreadable(r, l) : undecided(r, check, l);
        break;
    case W403_LAYER_NO_ALLOW:
        said = silence(r, l);
        break;
    default:
        break;
    }
    return said;
}

uint64_t w403_answer_file_offset(const w403_answer *r, const w403_blame *blame)
{
    const w403_policy *p = blame->policy;
    w403_json_doc doc;
    const w403_json_doc *file =
        p->embedded && r->in->snapshot ? w403_map_get(&r->in->snapshot->files, p->file) : NULL;
    if (!file || w403_json_parse(r->arena, file->source, file->text, NULL, &doc, NULL, NULL) != W403_OK) {
        return 0;
    }
    const w403_json *value = w403_json_at(&doc, p->pointer);
    bool same = w403_json_is(value, W403_JSON_STRING) && w403_view_eq(value->text, p->doc.text); /* not URL-encoded */
    return same ? w403_json_source_offset(&doc, value, blame->span.off) : 0;
}

w403_place w403_answer_place(w403_view text, w403_span span)
{
    w403_place p;
    size_t end = (size_t)span.off + span.len;
    w403_line_column(text, span.off < text.n ? span.off : text.n, &p.line, &p.column);
    w403_line_column(text, end < text.n ? end : text.n, &p.end_line, &p.end_column);
    return p;
}
