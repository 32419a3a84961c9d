#include "symbolic/document_kind.h"

const char w403_document_kind_names[] =
    "identity boundary session scp rcp vpc-endpoint bucket-policy access-point key trust";

static const struct {
    const char *name;
    w403_policy_kind kind;
} kinds[] = {
    {"identity", W403_POLICY_IDENTITY},
    {"boundary", W403_POLICY_BOUNDARY},
    {"session", W403_POLICY_SESSION},
    {"scp", W403_POLICY_SCP},
    {"rcp", W403_POLICY_RCP},
    {"vpc-endpoint", W403_POLICY_VPC_ENDPOINT},
    {"bucket-policy", W403_POLICY_RESOURCE},
    {"resource", W403_POLICY_RESOURCE},
    {"access-point", W403_POLICY_ACCESS_POINT},
    {"key", W403_POLICY_KEY},
    {"trust", W403_POLICY_TRUST},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

w403_status w403_document_kind_find(w403_view name, w403_policy_kind *out, w403_error *err)
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

const char *w403_document_kind_name(w403_policy_kind k)
{
    for (size_t i = 0; i < KINDS; i++) {
        if (kinds[i].kind == k) {
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

w403_status w403_document_kind_guess(w403_arena *a, const w403_document_text *at, size_t n, w403_policy_kind *out,
                                     w403_error *err)
{
    look l = {0};
    for (size_t i = 0; i < n; i++) {
        w403_policy *p;
        W403_TRY(w403_policy_from_value(a, W403_POLICY_RESOURCE, at[i].doc, at[i].value, NULL, &p, err));
        look_at(p, &l);
    }
    *out = W403_POLICY_RESOURCE;
    if (!l.principal) {
        *out = W403_POLICY_IDENTITY;
    } else if (l.assume && !l.kms && !l.other_action) {
        *out = W403_POLICY_TRUST;
    } else if (l.access_point) {
        *out = W403_POLICY_ACCESS_POINT;
    } else if (l.kms && !l.assume && !l.other_action) {
        *out = W403_POLICY_KEY;
    }
    return W403_OK;
}

/* ---- reading ---- */

w403_status w403_document_read(w403_arena *a, w403_policy_kind kind, const w403_document_text *at,
                               w403_problems *warnings, const w403_policy **out, w403_error *err)
{
    w403_policy *p;
    W403_TRY(w403_policy_from_value(a, kind, at->doc, at->value, warnings, &p, err));
    *out = p;
    return W403_OK;
}

static bool partition_of(w403_view text, w403_view *out)
{
    if (!w403_view_starts(text, W403_LIT("arn:"))) {
        return false;
    }
    w403_view rest = w403_view_sub(text, 4, text.n);
    w403_view part = w403_view_cut(&rest, ':');
    if (!rest.p || part.n == 0) {
        return false;
    }
    for (size_t i = 0; i < part.n; i++) { /* no wildcard, no variable: it becomes part of a form */
        if (part.p[i] != '-' && (part.p[i] < 'a' || part.p[i] > 'z')) {
            return false;
        }
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
