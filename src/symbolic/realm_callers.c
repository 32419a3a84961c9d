/* The callers of a set as a dimension: ARNs sorted by what policies say of them (reason 5). */
#include "policy/pattern.h"
#include "symbolic/realm_maker.h"

static bool wrap_arn(w403_realm_maker *m, const char *before, const w403_language *l, const char *after)
{
    w403_language out;
    bool text = l->kind == W403_LANGUAGE_TEXT || l->kind == W403_LANGUAGE_GLOB;
    return !text ||
           (w403_language_wrap(m->x->arena, before, l, after, true, &out) && w403_elements_add(m->arns, &out));
}

static bool caller_conditions(w403_realm_maker *m)
{
    for (size_t i = 0; i < m->x->uses.n; i++) {
        const w403_key_use *u = &m->x->uses.at[i];
        for (size_t k = 0; k < u->conditions.n; k++) {
            const w403_condition *c = u->conditions.at[k];
            for (uint32_t v = 0; v < c->n_values; v++) {
                w403_language l = w403_condition_language(c, &c->values[v], NULL);
                bool good = true;
                if (u->id == W403_KEY_AWS_PRINCIPALARN) {
                    good = l.kind == W403_LANGUAGE_HANGS || w403_elements_add(m->arns, &l);
                } else if (u->id == W403_KEY_AWS_PRINCIPALACCOUNT || u->id == W403_KEY_KMS_CALLERACCOUNT) {
                    good = wrap_arn(m, "arn:*:*::", &l, ":*");
                } else if (u->id == W403_KEY_AWS_USERNAME) {
                    good = wrap_arn(m, "arn:*:iam::*:user/", &l, "");
                }
                if (!good) {
                    return false;
                }
            }
        }
    }
    return true;
}

/* What the resource that is asked about has in the place of ${aws:username}. */
static bool caller_seeds(w403_realm_maker *m, const w403_statement *st)
{
    for (uint32_t r = 0; r < st->n_resources; r++) {
        const w403_template *t = &st->resources[r].whole;
        for (size_t at = 0; t->has_variable && at + 1 < t->text.n; at++) {
            w403_variable v;
            w403_view rest = m->x->wanted->resource;
            if (t->text.p[at] != '$' || !w403_variable_at(t->text, at, &v)) {
                continue;
            }
            if (w403_view_starts(rest, w403_view_sub(t->text, 0, at))) {
                rest = w403_view_sub(rest, at, rest.n);
                w403_language l = {.kind = W403_LANGUAGE_TEXT, .text = rest};
                l.text = v.end < t->text.n && t->text.p[v.end] != '*' ? w403_view_cut(&rest, t->text.p[v.end]) : rest;
                if (l.text.n && !wrap_arn(m, "arn:*:iam::*:user/", &l, "")) {
                    return false;
                }
            }
            at = v.end - 1;
        }
    }
    return true;
}

static bool caller_principals(w403_realm_maker *m)
{
    for (size_t i = 0; i < m->x->statements.n; i++) {
        const w403_statement *st = m->x->statements.at[i];
        for (uint32_t p = 0; p < st->n_principals; p++) {
            const w403_principal_entry *e = &st->principals[p];
            w403_language account = {.kind = W403_LANGUAGE_TEXT, .text = e->account};
            bool person = e->kind == W403_PE_USER || e->kind == W403_PE_ROLE;
            if ((person && !w403_elements_text(m->arns, e->text)) ||
                (e->kind == W403_PE_ACCOUNT && !wrap_arn(m, "arn:*:*::", &account, ":*"))) {
                return false;
            }
        }
        if (!caller_seeds(m, st)) {
            return false;
        }
    }
    return true;
}

static bool caller_forms(w403_realm_maker *m)
{
    static const char *const parts[] = {"role/[A-Za-z0-9_+=,.@/-]+", "user/[A-Za-z0-9_+=,.@-]+", "root"};
    static const char *const samples[] = {"role/someone", "user/someone", "root"};
    static const char *const accounts[] = {"999988887777", "555566667777", "121234345656", "888877776666"};
    w403_view partition = w403_realm_rules(m).partition;
    const w403_mentions *men = &m->x->realm->mentions;
    const char *free_account = accounts[0];
    for (size_t k = 0; k < sizeof accounts / sizeof *accounts; k++) {
        bool taken = false;
        for (size_t i = 0; i < men->accounts.n; i++) {
            taken |= w403_view_eq(men->accounts.at[i], w403_view_of(accounts[k]));
        }
        if (!taken) {
            free_account = accounts[k];
            break;
        }
    }
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        w403_view account = m->x->asker->account.p ? m->x->asker->account : W403_LIT("[0-9]{12}");
        w403_view sample = m->x->asker->account.p ? m->x->asker->account : w403_view_of(free_account);
        if (!w403_elements_form(m->arns, w403_arena_printf(m->x->arena, "arn:%.*s:iam::%.*s:%s", W403_ARG(partition),
                                                           W403_ARG(account), parts[i])) ||
            !w403_elements_favour(m->arns, w403_arena_printf(m->x->arena, "arn:%.*s:iam::%.*s:%s", W403_ARG(partition),
                                                             W403_ARG(sample), samples[i]))) {
            return false;
        }
    }
    for (size_t i = 0; !m->x->asker->account.p && i < men->accounts.n; i++) { /* each a class, to be left out */
        w403_language l = {.kind = W403_LANGUAGE_TEXT, .text = men->accounts.at[i]};
        if (!wrap_arn(m, "arn:*:*::", &l, ":*")) {
            return false;
        }
    }
    return true;
}

bool w403_realm_set_of_callers(w403_realm_maker *m)
{
    m->arns = w403_elements_new(m->x->arena, W403_ELEMENTS_TEXT);
    return m->arns && caller_principals(m) && caller_conditions(m) && caller_forms(m) &&
           (w403_elements_close(m->arns, m->x->realm->budget) || m->x->realm->budget->spent);
}

static bool is_mentioned(const w403_realm_maker *m, w403_view arn)
{
    w403_view account = w403_arn_split(arn).part[4];
    for (size_t i = 0; !m->x->asker->account.p && i < m->x->realm->mentions.accounts.n; i++) {
        if (w403_view_eq(account, m->x->realm->mentions.accounts.at[i])) {
            return true;
        }
    }
    return false;
}

static w403_caller_kind kind_of_arn(w403_view arn)
{
    w403_view rest = w403_arn_split(arn).part[5];
    return w403_view_starts(rest, W403_LIT("user/"))   ? W403_CALLER_USER
           : w403_view_starts(rest, W403_LIT("role/")) ? W403_CALLER_ROLE
                                                       : W403_CALLER_ROOT;
}

bool w403_realm_caller_dim(w403_realm_maker *m)
{
    w403_realm_reply *x = m->x;
    const w403_call *call = x->sample[0] ? x->sample[0] : x->sample[1];
    w403_dim *d = w403_space_dim(&x->space, W403_DIM_CALLER, W403_LIT("caller"));
    x->caller_dim = x->space.dims.n - 1;
    if (!d) {
        return false;
    }
    d->elements = m->arns;
    for (uint32_t i = 0; m->arns && i < m->arns->list.n; i++) {
        w403_view arn = m->arns->list.at[i].value;
        w403_class *c = is_mentioned(m, arn) ? NULL : w403_space_class(&x->space, d);
        w403_caller_class *cc = c ? W403_NEW(x->arena, w403_caller_class) : NULL;
        if (is_mentioned(m, arn)) {
            continue;
        }
        if (!cc) {
            return false;
        }
        *cc = (w403_caller_class){.name = arn, .is_set = !m->arns->list.at[i].literal};
        cc->who = (w403_caller){.kind = kind_of_arn(arn), .arn = arn, .principal_arn = arn};
        c->caller = cc;
        c->element = i;
        w403_links_caller(c, cc->who.kind);
        w403_realm_tell_apart(m, c);
    }
    if (m->arns) {
        return true;
    }
    w403_class *c = w403_space_class(&x->space, d);
    w403_caller_class *cc = c ? W403_NEW(x->arena, w403_caller_class) : NULL;
    if (!cc) {
        return false;
    }
    *cc = (w403_caller_class){.who = call->caller, .name = x->asker->name};
    c->caller = cc;
    w403_links_caller(c, call->caller.kind);
    return true;
}
