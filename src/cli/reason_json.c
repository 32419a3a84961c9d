/* Sets, boxes, requests and statements as JSON (reason 3). */
#include "cli/reason_write.h"

static void texts(w403_json_writer *w, const char *name, const w403_texts *list)
{
    if (list->n) {
        w403_jw_texts(w, name, list->at, list->n);
    }
}

static void intervals(w403_json_writer *w, const w403_set *s)
{
    w403_jw_key(w, "intervals");
    w403_jw_array(w);
    for (size_t i = 0; i < s->intervals.n; i++) {
        const w403_interval *x = &s->intervals.at[i];
        w403_jw_object(w);
        w403_jw_text_or_null(w, "from", x->from);
        w403_jw_text_or_null(w, "to", x->to);
        w403_jw_flag(w, "from_open", x->from_open);
        w403_jw_flag(w, "to_open", x->to_open);
        w403_jw_end_object(w);
    }
    w403_jw_end_array(w);
}

static void bools(w403_json_writer *w, const w403_texts *list)
{
    w403_jw_key(w, "bool");
    w403_jw_array(w);
    for (size_t i = 0; i < list->n; i++) {
        w403_jw_bool(w, w403_view_eq(list->at[i], W403_LIT("true")));
    }
    w403_jw_end_array(w);
}

static void key_sets(w403_json_writer *w, const w403_set *s)
{
    w403_jw_key(w, "keys");
    w403_jw_array(w);
    for (size_t i = 0; i < s->keys.n; i++) {
        w403_jw_array(w);
        for (size_t k = 0; k < s->keys.at[i].n; k++) {
            w403_jw_str(w, s->keys.at[i].at[k]);
        }
        w403_jw_end_array(w);
    }
    w403_jw_end_array(w);
}

void w403_reason_set_json(w403_json_writer *w, const w403_set *s)
{
    w403_jw_object(w);
    if (s->any) {
        w403_jw_flag(w, "any", true);
        w403_jw_end_object(w);
        return;
    }
    if (s->not_in || s->in.n) {
        w403_jw_texts(w, s->not_in ? "not_in" : "in", s->in.at, s->in.n);
    }
    texts(w, s->net ? "cidr" : "like", &s->like);
    texts(w, s->net ? "not_cidr" : "unlike", &s->unlike);
    if (s->intervals.n) {
        intervals(w, s);
    }
    if (s->bools.n) {
        bools(w, &s->bools);
    }
    if (s->keys.n) {
        key_sets(w, s);
    }
    if (s->ignore_case) {
        w403_jw_flag(w, "ignore_case", true);
    }
    if (s->absent) {
        w403_jw_flag(w, "absent", true);
    }
    if (!s->whole) {
        w403_jw_flag(w, "partial", true);
    }
    w403_jw_end_object(w);
}

void w403_reason_class_json(w403_json_writer *w, const w403_texts *actions, w403_view resource, w403_view caller, w403_view members)
{
    bool globs = false;
    for (size_t i = 0; i < actions->n; i++) {
        globs |= w403_view_find_char(actions->at[i], '*') != SIZE_MAX;
    }
    w403_jw_key(w, "action");
    w403_jw_object(w);
    w403_jw_texts(w, globs ? "like" : "in", actions->at, actions->n);
    w403_jw_end_object(w);
    w403_jw_key(w, "resource");
    w403_jw_raw(w, resource);
    w403_jw_texts(w, "caller", &caller, 1);
    if (members.n) {
        w403_buf_putc(w->out, ',');
        w403_buf_put(w->out, members);
    }
}

/* ---- requests ---- */

static void pairs(w403_json_writer *w, const char *name, const w403_pair *at, size_t n)
{
    if (n == 0) {
        return;
    }
    w403_jw_key(w, name);
    w403_jw_object(w);
    for (size_t i = 0; i < n; i++) {
        w403_jw_keyv(w, at[i].name);
        w403_jw_str(w, at[i].value);
    }
    w403_jw_end_object(w);
}

static void context(w403_json_writer *w, const w403_request *r)
{
    if (r->n_context == 0) {
        return;
    }
    w403_jw_key(w, "context");
    w403_jw_object(w);
    for (size_t i = 0; i < r->n_context; i++) {
        const w403_context_entry *e = &r->context[i];
        w403_jw_keyv(w, e->key);
        if (e->present != W403_YES) {
            w403_jw_null(w);
        } else if (e->n_values == 1) {
            w403_jw_str(w, e->values[0]);
        } else {
            w403_jw_array(w);
            for (size_t k = 0; k < e->n_values; k++) {
                w403_jw_str(w, e->values[k]);
            }
            w403_jw_end_array(w);
        }
    }
    w403_jw_end_object(w);
}

void w403_reason_request_json(w403_json_writer *w, const w403_request *r)
{
    w403_jw_object(w);
    w403_jw_text(w, "operation", r->operation);
    w403_jw_text(w, "action", r->action);
    w403_jw_text(w, "resource", r->resource);
    w403_jw_text(w, "principal", r->principal);
    w403_jw_text(w, "session_name", r->session_name);
    w403_jw_text(w, "from", r->from);
    w403_jw_text(w, "via", r->via);
    if (r->secure == W403_NO) {
        w403_jw_flag(w, "secure", false);
    }
    w403_jw_text(w, "at", r->at);
    pairs(w, "headers", r->headers, r->n_headers);
    pairs(w, "query", r->query, r->n_query);
    context(w, r);
    w403_jw_end_object(w);
}

void w403_reason_statement_json(w403_json_writer *w, const w403_statement *st)
{
    uint32_t line = 0, column = 0;
    if (!st) {
        w403_jw_null(w);
        return;
    }
    w403_line_column(st->policy->doc.text, st->span.off, &line, &column);
    w403_jw_object(w);
    w403_jw_text(w, "policy", st->policy->doc.source);
    w403_jw_text(w, "sid", st->sid);
    w403_jw_number(w, "index", st->index);
    w403_jw_number(w, "offset", st->span.off);
    w403_jw_number(w, "length", st->span.len);
    w403_jw_number(w, "line", line);
    w403_jw_number(w, "column", column);
    w403_jw_text_unless_empty(w, "name", st->policy->name);
    w403_jw_text_unless_empty(w, "arn", st->policy->arn);
    w403_jw_end_object(w);
}

/* ---- what is not known ---- */

/* What a statement leaves open. */
static w403_view statement_words(w403_arena *a, const char *reason, const w403_statement *st)
{
    w403_view name = w403_reason_statement_words(a, st);
    if (st->inert) {
        return w403_arena_printf(a, "could not be decided: AWS would not have stored %.*s", W403_ARG(name));
    }
    if (strcmp(reason, "not-principal") == 0) {
        return w403_arena_printf(a, "could not be decided: whom the NotPrincipal of %.*s leaves out is not certain", W403_ARG(name));
    }
    return w403_arena_printf(a, "could not be decided: AWS does not say when %.*s matches", W403_ARG(name));
}

w403_view w403_reason_unknown_words(w403_arena *a, const w403_budget *b, const char *reason, const w403_statement *st)
{
    if (b->spent && strcmp(b->limit, "max-ms") == 0) {
        return w403_arena_printf(a, "could not be decided within %u ms", b->limit_value);
    }
    if (b->spent && strcmp(b->limit, "memory") == 0) {
        return w403_arena_printf(a, "could not be decided in %u MiB of memory", b->limit_value);
    }
    if (b->spent) {
        w403_view what = b->what.p ? b->what : W403_LIT("the search");
        return w403_arena_printf(a, "could not be decided: %.*s needs more than --%s %u", W403_ARG(what), b->limit,
                                 b->limit_value);
    }
    if (reason && strcmp(reason, "word-equation") == 0) {
        return W403_LIT("could not be decided: a policy variable stands beside a wildcard or another variable");
    }
    if (reason && strcmp(reason, "multi-valued") == 0) {
        return W403_LIT("could not be decided: too many values of one multivalued key, or an operator of another type");
    }
    return reason && st ? statement_words(a, reason, st)
                        : W403_LIT("hangs on what could not be read, or on what AWS does not document");
}

void w403_reason_unknown_json(w403_json_writer *w, const w403_budget *b, const char *reason, const w403_statement *st)
{
    w403_arena *a = w403_arena_new(0);
    if (a) {
        w403_reason_unknown_what(w, b, reason, b->spent || reason ? w403_reason_unknown_words(a, b, reason, st) : W403_LIT(""), st);
    }
    w403_arena_free(a);
}

void w403_reason_unknown_what(w403_json_writer *w, const w403_budget *b, const char *reason, w403_view words,
                              const w403_statement *st)
{
    w403_jw_key(w, "unknown");
    w403_jw_array(w);
    if (b->spent || reason) {
        w403_jw_object(w);
        w403_jw_word(w, "reason", b->spent ? "budget" : reason);
        w403_jw_text(w, "what", words);
        if (st && !b->spent) {
            w403_jw_key(w, "statement");
            w403_reason_statement_json(w, st);
        }
        if (b->spent) {
            w403_jw_word(w, "limit", b->limit);
            w403_jw_number(w, "limit_value", b->limit_value);
            w403_jw_word(w, "hint", "--when, a narrower RESOURCE, --max-ms or --max-states");
        }
        w403_jw_end_object(w);
    }
    w403_jw_end_array(w);
}

/* ---- boxes ---- */

typedef struct box_parts {
    w403_set ip, vpce, vpc;
    bool has_ip, has_vpce, has_vpc;
} box_parts;

static bool of_network(uint16_t id)
{
    return id == W403_KEY_AWS_SOURCEIP || id == W403_KEY_AWS_SOURCEVPCE || id == W403_KEY_AWS_SOURCEVPC;
}

static bool values(const w403_set *s)
{
    return s->any || s->not_in || s->in.n || s->like.n || s->keys.n;
}

static void network(w403_json_writer *w, const box_parts *p)
{
    bool restricted = (p->has_ip && !p->ip.any) || (p->has_vpce && !p->vpce.any) || (p->has_vpc && !p->vpc.any);
    if (!restricted) {
        return;
    }
    bool no_endpoint = !p->has_vpce || p->vpce.any || p->vpce.absent, internet = !p->has_ip || values(&p->ip);
    bool no_ip = !p->has_ip || p->ip.any || p->ip.absent, endpoint = !p->has_vpce || values(&p->vpce);
    no_endpoint = no_endpoint && (!p->has_vpc || p->vpc.any || p->vpc.absent);
    w403_jw_key(w, "network");
    w403_jw_array(w);
    if (no_endpoint && internet) {
        w403_jw_object(w);
        w403_jw_word(w, "kind", "internet");
        if (p->has_ip && !p->ip.any) {
            w403_set ip = p->ip;
            ip.absent = false;
            w403_jw_key(w, "ip");
            w403_reason_set_json(w, &ip);
        }
        w403_jw_end_object(w);
    }
    if (no_ip && endpoint) {
        w403_set vpce = p->vpce, vpc = p->vpc;
        vpce.absent = vpc.absent = false;
        w403_jw_object(w);
        w403_jw_word(w, "kind", "endpoint");
        if (p->has_vpce && !vpce.any) {
            w403_jw_key(w, "vpce");
            w403_reason_set_json(w, &vpce);
        }
        if (p->has_vpc && !vpc.any) {
            w403_jw_key(w, "vpc");
            w403_reason_set_json(w, &vpc);
        }
        w403_jw_end_object(w);
    }
    w403_jw_end_array(w);
}

static void callers(w403_json_writer *w, const w403_space *s, const w403_box *b, size_t dim)
{
    const w403_dim *d = &s->dims.at[dim];
    w403_set set;
    w403_jw_key(w, "caller");
    w403_jw_array(w);
    for (size_t i = 0; i < d->classes.n; i++) {
        bool named = d->classes.at[i].element == UINT32_MAX;
        if (named && w403_bit(b->live[dim], d->classes.at[i].slot)) {
            w403_jw_str(w, d->classes.at[i].caller->name);
        }
    }
    if (d->elements && w403_set_of(s, b, dim, &set) && (set.in.n || set.like.n || set.not_in)) {
        w403_reason_set_json(w, &set);
    }
    w403_jw_end_array(w);
}

static void actions(w403_json_writer *w, const w403_space *s, const w403_box *b, size_t dim)
{
    w403_texts list = {0};
    bool globs = false;
    if (!w403_box_action_names(s, b, dim, &list)) {
        return;
    }
    for (size_t i = 0; i < list.n; i++) {
        globs |= w403_view_find_char(list.at[i], '*') != SIZE_MAX;
    }
    w403_jw_key(w, "action");
    w403_jw_object(w);
    w403_jw_texts(w, globs ? "like" : "in", list.at, list.n);
    w403_jw_end_object(w);
}

static void joined(w403_json_writer *w, const w403_space *s, const w403_dim *d, const uint64_t *slots)
{
    w403_jw_key(w, "pairs"); /* what a variable ties together: no set of the one alone says it */
    w403_jw_array(w);
    for (size_t i = 0, shown = 0; i < d->classes.n && shown < 20; i++) {
        const w403_class *c = &d->classes.at[i];
        if (!w403_bit(slots, c->slot)) {
            continue;
        }
        shown++;
        w403_jw_object(w);
        for (uint32_t p = 0; p < d->n_parts; p++) {
            const w403_class *part = &d->parts[p].classes.at[c->part[p]];
            w403_jw_keyv(w, d->parts[p].name);
            if (part->caller) {
                w403_jw_str(w, part->caller->name);
            } else if (part->resource.p) {
                w403_jw_str(w, part->resource);
            } else if (part->n_facts && part->facts[0].present == W403_YES) {
                w403_jw_str(w, part->facts[0].values[0]);
            } else {
                w403_jw_null(w);
            }
        }
        w403_jw_end_object(w);
    }
    w403_jw_end_array(w);
    (void)s;
}

void w403_reason_box_json(w403_json_writer *w, const w403_space *s, const w403_box *b)
{
    box_parts parts = {.has_ip = false};
    bool keys = false;
    for (size_t i = 0; i < s->dims.n; i++) {
        const w403_dim *d = &s->dims.at[i];
        w403_set set;
        if (d->n_parts) {
            joined(w, s, d, b->slots[i]);
        } else if (d->kind == W403_DIM_CALLER && d->classes.n > 1 && !w403_box_full(s, b, i)) {
            callers(w, s, b, i);
        } else if (d->kind == W403_DIM_ACTION) {
            actions(w, s, b, i);
        } else if (d->kind == W403_DIM_RESOURCE && w403_set_of(s, b, i, &set)) {
            w403_jw_key(w, "resource");
            w403_reason_set_json(w, &set);
        } else if (d->kind == W403_DIM_KEY && of_network(d->id) && w403_set_of(s, b, i, &set)) {
            parts.ip = d->id == W403_KEY_AWS_SOURCEIP ? set : parts.ip;
            parts.vpce = d->id == W403_KEY_AWS_SOURCEVPCE ? set : parts.vpce;
            parts.vpc = d->id == W403_KEY_AWS_SOURCEVPC ? set : parts.vpc;
            parts.has_ip |= d->id == W403_KEY_AWS_SOURCEIP;
            parts.has_vpce |= d->id == W403_KEY_AWS_SOURCEVPCE;
            parts.has_vpc |= d->id == W403_KEY_AWS_SOURCEVPC;
        } else if (d->kind == W403_DIM_KEY && !w403_box_full(s, b, i)) {
            keys = true;
        }
    }
    network(w, &parts);
    if (!keys) {
        return;
    }
    w403_jw_key(w, "keys");
    w403_jw_object(w);
    for (size_t i = 0; i < s->dims.n; i++) {
        const w403_dim *d = &s->dims.at[i];
        w403_set set;
        if (d->kind == W403_DIM_KEY && !d->n_parts && !of_network(d->id) && !w403_box_full(s, b, i) &&
            w403_set_of(s, b, i, &set) && !set.any) {
            w403_jw_keyv(w, d->name);
            w403_reason_set_json(w, &set);
        }
    }
    w403_jw_end_object(w);
}
