#include "symbolic/check_access.h"

#include "decide/check.h"
#include "symbolic/value_forms.h"

typedef W403_ARRAY(const w403_statement *) statements;

static bool keep(w403_arena *a, statements *list, const w403_statement *st)
{
    for (size_t i = 0; i < list->n; i++) {
        if (list->at[i] == st) {
            return true;
        }
    }
    const w403_statement **slot = W403_PUSH(a, list);
    if (slot) {
        *slot = st;
    }
    return slot != NULL;
}

/* The Allows of the new document that admit a witness of a box. */
static bool admitting(w403_check_result *out, statements *list)
{
    const w403_documents *d = &out->diff.documents;
    for (size_t i = 0; i < out->diff.boxes.n; i++) {
        const w403_changed_box *b = &out->diff.boxes.at[i];
        for (uint32_t s = 0; b->change == W403_NEWLY_ALLOWED && s < d->policy[1]->n_statements; s++) {
            const w403_statement *st = &d->policy[1]->statements[s];
            bool matches = st->effect == W403_EFFECT_ALLOW;
            for (size_t dim = 0; matches && dim < d->space.dims.n; dim++) {
                const w403_dim *x = &d->space.dims.at[dim];
                const w403_class *c = &x->classes.at[x->slot_class[b->box.witness[dim]]];
                matches = w403_bit(c->yes, d->first[1] + s);
            }
            if (matches && !keep(d->arena, list, st)) {
                return false;
            }
        }
    }
    return true;
}

/* What AWS's samples say that its checks do not know (reason 11). */
static void may_differ(w403_check_result *out)
{
    bool caller = false, organization = false, nowhere = false;
    for (int side = 0; side < 2; side++) {
        const w403_policy *p = out->diff.documents.policy[side];
        for (uint32_t i = 0; p && i < p->n_statements; i++) {
            const w403_statement *st = &p->statements[i];
            for (uint32_t c = 0; c < st->n_conditions; c++) {
                uint16_t id = st->conditions[c].key_id;
                caller |= st->has_principal && id == W403_KEY_AWS_PRINCIPALARN;
                organization |= id == W403_KEY_AWS_PRINCIPALORGID || id == W403_KEY_AWS_PRINCIPALORGPATHS;
            }
            bool all = st->n_resources == 0 || st->not_resource;
            for (uint32_t k = 0; k < st->n_resources && !all; k++) {
                all = w403_view_eq(st->resources[k].whole.text, W403_LIT("*"));
            }
            bool lists = w403_bit(st->catalog_actions, W403_ACTION_S3_LISTALLMYBUCKETS);
            nowhere |= w403_statement_may_deny(st) && !all && lists;
        }
    }
    const struct {
        bool is;
        const char *why;
    } rows[] = {
        {caller, "Access Analyzer takes Principal and aws:PrincipalArn for unrelated"},
        {organization, "Access Analyzer does not know which accounts are in an organization"},
        {nowhere, "Access Analyzer asks every action of every resource: a Deny of some resources leaves it actions that have none"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].is) {
            out->may_differ[out->n_may_differ++] = rows[i].why;
        }
    }
}

static w403_status finish(w403_check_result *out, const char *pass, const char *fail, w403_error *err)
{
    statements list = {0};
    w403_tri found = out->diff.answers[W403_NEWLY_ALLOWED];
    W403_NEED(admitting(out, &list), err);
    may_differ(out);
    out->pass = w403_not(found);
    out->message = found == W403_YES ? fail : pass;
    out->why = list.at;
    out->n_why = list.n;
    return W403_OK;
}

w403_status w403_check_no_new_access(w403_check_result *out, w403_budget *budget, w403_error *err)
{
    W403_TRY(w403_diff_documents(&out->diff, budget, err));
    out->reason_format = "New access in the statement with %s: %s.";
    return finish(out, "The modified permissions do not grant new access compared to your existing policy.",
                  "The modified permissions grant new access compared to your existing policy.", err);
}

w403_status w403_check_access_not_granted(w403_check_result *out, w403_budget *budget, w403_error *err)
{
    out->diff.documents.policy[0] = NULL;
    W403_TRY(w403_diff_documents(&out->diff, budget, err));
    out->reason_format = "One or more of the listed actions in the statement with %s: %s.";
    const w403_document_focus *f = &out->diff.documents.focus;
    if (f->n_actions == 0) {
        out->reason_format = "One or more of the listed resources in the statement with %s: %s.";
        return finish(out, "The policy document does not grant access to perform the listed actions or resources.",
                      "The policy document grants access to one or more of the listed resources.", err);
    }
    return finish(out, "The policy document does not grant access to perform the listed actions or resources.",
                  "The policy document grants access to perform one or more of the listed actions.", err);
}

w403_status w403_check_kind(w403_view type, w403_view *kind, w403_error *err)
{
    for (size_t i = 0; i < w403_check_type_count; i++) {
        if (w403_view_eq(type, w403_view_of(w403_check_type_rows[i].type))) {
            *kind = w403_view_of(w403_check_type_rows[i].kind);
            return W403_OK;
        }
    }
    w403_status st = w403_error_set(err, W403_SEMANTIC, "`%.*s` is no resource type of this check", W403_ARG(type));
    w403_error_hint(err, "one of AWS's is AWS::S3::Bucket, AWS::S3::AccessPoint, AWS::KMS::Key, "
                         "AWS::IAM::AssumeRolePolicyDocument");
    return st;
}

/* Is the witness unsigned, or of an account that the document does not name? */
static bool of_a_stranger(const w403_document_diff *d, const w403_changed_box *b)
{
    const w403_caller *who = &b->request.caller->who;
    bool named = who->account.n && w403_view_find(d->documents.policy[1]->doc.text, who->account) != SIZE_MAX;
    return who->kind == W403_CALLER_ANONYMOUS || (who->account.n && !named);
}

/* What the public Allows let through, with the document's Denies: a box of a stranger's request first. S3's notion does not
 * hang on it: a Deny may keep everybody out of a policy that is public all the same (S3 4.4). */
static w403_status public_requests(w403_check_result *out, const statements *public, w403_budget *budget, w403_error *err)
{
    w403_documents *d = &out->diff.documents;
    const w403_policy *whole = d->policy[1];
    w403_policy *only = W403_NEW(d->arena, w403_policy);
    w403_statement *list = W403_NEW_N(d->arena, w403_statement, whole->n_statements + 1);
    W403_NEED(only && list, err);
    *only = *whole;
    only->statements = list;
    only->n_statements = 0;
    for (uint32_t i = 0; i < whole->n_statements; i++) {
        bool is = w403_statement_may_deny(&whole->statements[i]);
        for (size_t k = 0; k < public->n; k++) {
            is |= public->at[k] == &whole->statements[i];
        }
        if (is) {
            list[only->n_statements] = whole->statements[i];
            list[only->n_statements++].policy = only;
        }
    }
    d->policy[1] = only;
    W403_TRY(w403_diff_documents(&out->diff, budget, err));
    for (size_t i = 0, first = 0; i < out->diff.boxes.n; i++) {
        w403_changed_box b = out->diff.boxes.at[i];
        if (b.change == W403_NEWLY_ALLOWED && of_a_stranger(&out->diff, &b)) {
            out->diff.boxes.at[i] = out->diff.boxes.at[first];
            out->diff.boxes.at[first++] = b;
        }
    }
    return W403_OK;
}

w403_status w403_check_no_public_access(w403_check_result *out, w403_view resource_type, w403_budget *budget,
                                        w403_error *err)
{
    statements list = {0};
    w403_tri any = W403_NO;
    const w403_policy *p = out->diff.documents.policy[1];
    w403_view kind;
    W403_TRY(w403_check_kind(resource_type, &kind, err));
    for (uint32_t i = 0; i < p->n_statements; i++) {
        w403_tri is = w403_statement_is_public(&p->statements[i]);
        any = w403_or(any, is);
        if (is == W403_YES) {
            W403_NEED(keep(out->diff.documents.arena, &list, &p->statements[i]), err);
        }
    }
    out->pass = w403_not(any);
    out->why = list.at;
    out->n_why = list.n;
    out->reason_format = "Public access granted in the following statement with %s: %s.";
    out->message = list.n ? "The resource policy grants public access for the given resource type."
                          : "The resource policy does not grant public access for the given resource type.";
    return list.n ? public_requests(out, &list, budget, err) : W403_OK;
}
