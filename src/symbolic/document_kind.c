#include "symbolic/document_kind.h"

const char w403_document_kind_names[] =
    "identity boundary session scp rcp vpc-endpoint bucket-policy access-point key trust";

static const struct {
    const char *name;
    w403_document_kind kind;
} kinds[] = {
    {"identity", {W403_POLICY_IDENTITY, false}},
    {"boundary", {W403_POLICY_BOUNDARY, false}},
    {"session", {W403_POLICY_SESSION, false}},
    {"scp", {W403_POLICY_SCP, false}},
    {"rcp", {W403_POLICY_RCP, false}},
    {"vpc-endpoint", {W403_POLICY_VPC_ENDPOINT, false}},
    {"bucket-policy", {W403_POLICY_RESOURCE, false}},
    {"resource", {W403_POLICY_RESOURCE, false}},
    {"access-point", {W403_POLICY_ACCESS_POINT, false}},
    {"key", {W403_POLICY_KEY, false}},
    {"trust", {W403_POLICY_KEY, true}},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

w403_status w403_document_kind_find(w403_view name, w403_document_kind *out, w403_error *err)
{
    for (size_t i = 0; i < KINDS; i++) {
        if (w403_view_eq(name, w403_view_of(kinds[i].name))) {
            *out = kinds[i].kind;
            return W403_OK;
        }
    }
    w403_status st = w403_error_set(err, W403_SEMANTIC, "`%.*s` is no kind of policy", W403_ARG(name));
    w403_error_hint(err, "the kinds are %s", w403_document_kind_names);
    return st;
}

const char *w403_document_kind_name(w403_document_kind k)
{
    for (size_t i = 0; i < KINDS; i++) {
        if (kinds[i].kind.kind == k.kind && kinds[i].kind.trust == k.trust) {
            return kinds[i].name;
        }
    }
    return "";
}

/* ---- guessing ---- */

typedef struct look {
    bool principal, access_point, other_action, kms, assume;
} look;

static void look_at(const w403_policy *p, look *l)
{
    for (uint32_t i = 0; i < p->n_statements; i++) {
        const w403_statement *st = &p->statements[i];
        l->principal |= st->principal_span.len > 0;
        for (uint32_t a = 0; a < st->n_actions; a++) {
            w403_view t = st->actions[a].text;
            bool kms = w403_view_starts(t, W403_LIT("kms:")), sts = w403_view_starts(t, W403_LIT("sts:"));
            l->kms |= kms;
            l->assume |= sts;
            l->other_action |= (!kms && !sts) || st->not_action;
        }
        for (uint32_t r = 0; r < st->n_resources; r++) {
            l->access_point |=
                w403_view_find(st->resources[r].whole.text, W403_LIT(":accesspoint/")) != SIZE_MAX;
        }
    }
}

w403_status w403_document_kind_guess(w403_arena *a, const w403_document_text *at, size_t n, w403_document_kind *out,
                                     w403_error *err)
{
    look l = {0};
    for (size_t i = 0; i < n; i++) {
        w403_policy *p;
        W403_TRY(w403_policy_from_value(a, W403_POLICY_RESOURCE, at[i].doc, at[i].value, NULL, &p, err));
        look_at(p, &l);
    }
    *out = (w403_document_kind){W403_POLICY_RESOURCE, false};
    if (!l.principal) {
        out->kind = W403_POLICY_IDENTITY;
    } else if (l.assume && !l.kms && !l.other_action) {
        *out = (w403_document_kind){W403_POLICY_KEY, true};
    } else if (l.access_point) {
        out->kind = W403_POLICY_ACCESS_POINT;
    } else if (l.kms && !l.assume && !l.other_action) {
        out->kind = W403_POLICY_KEY;
    }
    return W403_OK;
}

/* ---- reading ---- */

/* A trust policy says nothing of its resource: it is the role. */
static w403_status the_role(w403_arena *a, const w403_policy *p, const w403_policy **out, w403_error *err)
{
    w403_policy *copy = W403_NEW(a, w403_policy);
    w403_statement *st = W403_NEW_N(a, w403_statement, p->n_statements + 1);
    w403_resource_pattern *star = W403_NEW(a, w403_resource_pattern);
    W403_NEED(copy && st && star, err);
    star->whole.text = W403_LIT("*");
    star->whole.has_wildcard = 1;
    star->is_star = 1;
    *copy = *p;
    copy->statements = st;
    for (uint32_t i = 0; i < p->n_statements; i++) {
        st[i] = p->statements[i];
        st[i].policy = copy;
        if (!st[i].has_resource) {
            st[i].has_resource = true;
            st[i].resources = star;
            st[i].n_resources = 1;
        }
    }
    *out = copy;
    return W403_OK;
}

w403_status w403_document_read(w403_arena *a, w403_document_kind kind, const w403_document_text *at,
                               w403_problems *warnings, const w403_policy **out, w403_error *err)
{
    w403_policy *p;
    W403_TRY(w403_policy_from_value(a, kind.kind, at->doc, at->value, warnings, &p, err));
    *out = p;
    return kind.trust ? the_role(a, p, out, err) : W403_OK;
}

static bool partition_of(w403_view text, w403_view *out)
{
    if (!w403_view_starts(text, W403_LIT("arn:"))) {
        return false;
    }
    w403_view rest = w403_view_sub(text, 4, text.n);
    w403_view part = w403_view_cut(&rest, ':');
    if (!rest.p || part.n == 0 || w403_view_find_char(part, '*') != SIZE_MAX) {
        return false;
    }
    *out = part;
    return true;
}

w403_view w403_document_partition(const w403_policy *p)
{
    w403_view out = W403_LIT("aws");
    for (uint32_t i = 0; p && i < p->n_statements; i++) {
        const w403_statement *st = &p->statements[i];
        for (uint32_t k = 0; k < st->n_principals; k++) {
            if (partition_of(st->principals[k].text, &out)) {
                return out;
            }
        }
        for (uint32_t r = 0; r < st->n_resources; r++) {
            if (partition_of(st->resources[r].whole.text, &out)) {
                return out;
            }
        }
    }
    return out;
}
