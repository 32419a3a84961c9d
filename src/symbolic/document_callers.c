/* Who may ask, for policies alone: any principal for an identity's policy, everybody for a resource's (reason 5, 8). */
#include "symbolic/askers.h"
#include "symbolic/document.h"

#include "symbolic/value_forms.h"

#define NAME "[A-Za-z0-9_+=,.@-]+"
#define PATH_AND_NAME "[A-Za-z0-9_+=,.@/-]+"

typedef struct maker {
    w403_documents *d;
    w403_elements *arns;
    w403_dim *dim;
    bool names; /* user names matter: users without a path only, so that a pattern of a name is one of an ARN */
} maker;

static const char *const caller_types[] = {
    [W403_CALLER_ROOT] = "Account",     [W403_CALLER_USER] = "User",
    [W403_CALLER_ROLE] = "AssumedRole", [W403_CALLER_FEDERATED] = "FederatedUser",
    [W403_CALLER_SERVICE] = NULL,       [W403_CALLER_ANONYMOUS] = "Anonymous",
    [W403_CALLER_ORIGIN] = NULL,        [W403_CALLER_PROVIDER] = NULL,
};

bool w403_caller_key(uint16_t id)
{
    switch (id) {
    case W403_KEY_AWS_PRINCIPALARN:
    case W403_KEY_AWS_PRINCIPALACCOUNT:
    case W403_KEY_AWS_PRINCIPALTYPE:
    case W403_KEY_AWS_USERNAME:
    case W403_KEY_AWS_PRINCIPALISAWSSERVICE:
    case W403_KEY_AWS_PRINCIPALSERVICENAME:
    case W403_KEY_AWS_PRINCIPALSERVICENAMESLIST:
    case W403_KEY_KMS_CALLERACCOUNT:
        return true;
    default:
        return false;
    }
}

bool w403_caller_facts(w403_arena *a, const w403_caller *who, w403_class *c)
{
    enum { FACTS = 8 };
    w403_key_fact *f = W403_NEW_N(a, w403_key_fact, FACTS);
    w403_view *v = W403_NEW_N(a, w403_view, FACTS);
    bool service = who->kind == W403_CALLER_SERVICE, anonymous = who->kind == W403_CALLER_ANONYMOUS;
    bool is_signed = !service && !anonymous && who->kind != W403_CALLER_PROVIDER;
    if (!f || !v) {
        return false;
    }
    const struct {
        uint16_t id;
        bool present;
        w403_view value;
    } rows[FACTS] = {
        {W403_KEY_AWS_PRINCIPALARN, is_signed, who->principal_arn},
        {W403_KEY_AWS_PRINCIPALACCOUNT, is_signed || anonymous, anonymous ? W403_LIT("anonymous") : who->account},
        {W403_KEY_AWS_PRINCIPALTYPE, is_signed || anonymous, w403_view_of(caller_types[who->kind])},
        {W403_KEY_AWS_USERNAME, who->kind == W403_CALLER_USER, who->name},
        {W403_KEY_AWS_PRINCIPALISAWSSERVICE, !anonymous, service ? W403_LIT("true") : W403_LIT("false")},
        {W403_KEY_AWS_PRINCIPALSERVICENAME, service, who->name},
        {W403_KEY_AWS_PRINCIPALSERVICENAMESLIST, service, who->name},
        {W403_KEY_KMS_CALLERACCOUNT, is_signed, who->account},
    };
    for (size_t i = 0; i < FACTS; i++) {
        v[i] = rows[i].value;
        f[i] = (w403_key_fact){.id = rows[i].id,
                               .name = w403_view_of(w403_key_at(rows[i].id)->name),
                               .present = w403_bool(rows[i].present),
                               .values = &v[i],
                               .n = rows[i].present};
    }
    c->facts = f;
    c->n_facts = FACTS;
    return true;
}

/* ---- patterns over ARNs ---- */

static bool wrapped(maker *m, const char *before, const w403_language *l, const char *after)
{
    w403_language out;
    bool text = l->kind == W403_LANGUAGE_TEXT || l->kind == W403_LANGUAGE_GLOB;
    return !text || (w403_language_wrap(m->d->arena, before, l, after, true, &out) && w403_elements_add(m->arns, &out));
}

static bool add_seed(w403_documents *d, const w403_language *l, void *user)
{
    (void)d;
    return wrapped(user, "arn:*:iam::*:user/", l, "");
}

/* Keys that an ARN says; others, tags among them, are dimensions of their own. */
static bool is_of_arn(uint16_t id)
{
    return id == W403_KEY_AWS_PRINCIPALARN || id == W403_KEY_AWS_PRINCIPALACCOUNT || id == W403_KEY_KMS_CALLERACCOUNT ||
           id == W403_KEY_AWS_USERNAME;
}

static bool add_key(maker *m, const w403_key_use *u)
{
    bool good = true;
    for (size_t i = 0; i < u->conditions.n && good && is_of_arn(u->id); i++) {
        const w403_condition *c = u->conditions.at[i];
        for (uint32_t v = 0; v < c->n_values && good; v++) {
            w403_language l = w403_condition_language(c, &c->values[v], NULL);
            if (l.kind == W403_LANGUAGE_HANGS) {
                w403_documents_incomplete(m->d, "word-equation", NULL);
            } else if (u->id == W403_KEY_AWS_PRINCIPALARN) {
                good = w403_elements_add(m->arns, &l);
            } else if (u->id == W403_KEY_AWS_PRINCIPALACCOUNT || u->id == W403_KEY_KMS_CALLERACCOUNT) {
                good = wrapped(m, "arn:*:*::", &l, ":*");
            } else if (u->id == W403_KEY_AWS_USERNAME) {
                good = wrapped(m, "arn:*:iam::*:user/", &l, "");
            }
        }
    }
    return good && (u->id != W403_KEY_AWS_USERNAME ||
                    w403_documents_seeds(m->d, u->id, u->name, u->param, add_seed, m));
}

static bool add_principal(maker *m, const w403_principal_entry *e)
{
    w403_language l = {.kind = W403_LANGUAGE_TEXT};
    switch (e->kind) {
    case W403_PE_ACCOUNT:
        l.text = e->account;
        return wrapped(m, "arn:*:*::", &l, ":*");
    case W403_PE_USER:
    case W403_PE_ROLE:
    case W403_PE_FEDERATED_USER:
        l.text = e->text;
        return w403_elements_add(m->arns, &l);
    case W403_PE_STAR:
    case W403_PE_SESSION:
    case W403_PE_UNIQUE_ID:
    case W403_PE_SERVICE:
    case W403_PE_CANONICAL:
    case W403_PE_FEDERATED:
    case W403_PE_INVALID:
        break;
    }
    return true;
}

static bool add_forms(maker *m)
{
    w403_policy_kind k = m->d->kind;
    bool resource = k != W403_POLICY_IDENTITY && k != W403_POLICY_BOUNDARY && k != W403_POLICY_SESSION &&
                    k != W403_POLICY_SCP;
    bool session = k == W403_POLICY_SESSION;
    const struct {
        const char *form;
        bool in;
    } forms[] = {
        {m->names ? "arn:P:iam::[0-9]{12}:user/" NAME : "arn:P:iam::[0-9]{12}:user/" PATH_AND_NAME, !session},
        {"arn:P:iam::[0-9]{12}:role/" PATH_AND_NAME, true},
        {"arn:P:iam::[0-9]{12}:root", resource || k == W403_POLICY_SCP},
        {"arn:P:sts::[0-9]{12}:federated-user/" NAME, session || resource},
    };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        w403_view form = w403_form_in(m->d->arena, w403_view_of(forms[i].form), m->d->partition);
        if (forms[i].in && (!form.p || !w403_elements_form(m->arns, form))) {
            return false;
        }
    }
    static const char *const samples[] = {"arn:P:iam::444455556666:role/someone", "arn:P:iam::444455556666:user/someone",
                                          "arn:P:iam::444455556666:root", "arn:P:iam::999988887777:role/someone",
                                          "arn:P:iam::999988887777:user/someone", "arn:P:iam::999988887777:root"};
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        if (!w403_elements_favour(m->arns, w403_form_in(m->d->arena, w403_view_of(samples[i]), m->d->partition))) {
            return false;
        }
    }
    return true;
}

/* ---- classes ---- */

static w403_caller caller_of(maker *m, w403_view text)
{
    w403_arn arn = w403_arn_split(text);
    w403_view rest = arn.part[5], name = rest;
    while (w403_view_find_char(name, '/') != SIZE_MAX) {
        w403_view_cut(&name, '/');
    }
    w403_caller who = {.partition = arn.part[1], .account = arn.part[4], .principal_arn = text, .arn = text, .name = name};
    who.unique_id = W403_LIT("AIDAEXAMPLEOTHERID");
    who.canonical_id = W403_LIT("0000000000000000000000000000000000000000000000000000000000000000");
    if (w403_view_eq(rest, W403_LIT("root"))) {
        who.kind = W403_CALLER_ROOT;
        who.name = who.account;
    } else if (w403_view_starts(rest, W403_LIT("user/"))) {
        who.kind = W403_CALLER_USER;
    } else if (w403_view_starts(rest, W403_LIT("role/"))) {
        who.kind = W403_CALLER_ROLE;
        who.unique_id = W403_LIT("AROAEXAMPLEOTHERID");
        who.session = W403_LIT("session");
        who.arn = w403_arena_printf(m->d->arena, "arn:%.*s:sts::%.*s:assumed-role/%.*s/session",
                                    W403_ARG(who.partition), W403_ARG(who.account), W403_ARG(name));
    } else {
        who.kind = W403_CALLER_FEDERATED;
        who.issuer_arn = w403_arena_printf(m->d->arena, "arn:%.*s:iam::%.*s:user/issuer", W403_ARG(who.partition),
                                           W403_ARG(who.account));
    }
    return who;
}

static bool add_class(maker *m, w403_caller who, w403_view name, uint32_t element, bool is_set)
{
    w403_class *c = w403_space_class(&m->d->space, m->dim);
    w403_caller_class *cc = c ? W403_NEW(m->d->arena, w403_caller_class) : NULL;
    if (!cc || !w403_caller_facts(m->d->arena, &who, c)) {
        return false;
    }
    *cc = (w403_caller_class){who, name, is_set};
    c->caller = cc;
    c->element = element;
    w403_links_caller(c, who.kind);
    return true;
}

/* Two statements, or both documents, may name it. */
static bool add_once(maker *m, w403_caller who, w403_view name)
{
    for (size_t i = 0; i < m->dim->classes.n; i++) {
        if (w403_view_eq(m->dim->classes.at[i].caller->name, name)) {
            return true;
        }
    }
    return name.p && add_class(m, who, name, UINT32_MAX, false);
}

/* One caller that a Principal element names by more than an ARN of IAM's. */
static bool add_named(maker *m, const w403_principal_entry *e)
{
    w403_caller who;
    w403_view arn;
    switch (e->kind) {
    case W403_PE_SERVICE:
        who = (w403_caller){.kind = W403_CALLER_SERVICE, .name = e->text, .arn = e->text};
        return add_once(m, who, w403_arena_printf(m->d->arena, "service:%.*s", W403_ARG(e->text)));
    case W403_PE_SESSION: {
        w403_view rest = w403_arn_split(e->text).part[5];
        w403_view_cut(&rest, '/');
        w403_view role = w403_view_cut(&rest, '/');
        arn = w403_arena_printf(m->d->arena, "arn:%.*s:iam::%.*s:role/%.*s", W403_ARG(m->d->partition),
                                W403_ARG(e->account), W403_ARG(role));
        who = caller_of(m, arn);
        who.session = rest;
        who.arn = e->text;
        return add_class(m, who, e->text, UINT32_MAX, false);
    }
    case W403_PE_UNIQUE_ID: {
        bool role = w403_view_starts(e->text, W403_LIT("AROA"));
        arn = w403_arena_printf(m->d->arena, "arn:%.*s:iam::444455556666:%s/renamed", W403_ARG(m->d->partition),
                                role ? "role" : "user");
        who = caller_of(m, arn);
        who.unique_id = e->text;
        return add_class(m, who, e->text, UINT32_MAX, false);
    }
    case W403_PE_CANONICAL:
        who = caller_of(m, w403_arena_printf(m->d->arena, "arn:%.*s:iam::444455556666:role/canonical",
                                             W403_ARG(m->d->partition)));
        who.canonical_id = e->text;
        return add_class(m, who, w403_arena_printf(m->d->arena, "canonical:%.*s", W403_ARG(e->text)), UINT32_MAX, true);
    case W403_PE_FEDERATED: /* N-8: takes a role, no more */
        if (m->d->kind != W403_POLICY_TRUST) {
            return true;
        }
        who = (w403_caller){.kind = W403_CALLER_PROVIDER, .name = e->text, .arn = e->text};
        return add_once(m, who, w403_provider_name(m->d->arena, e->text));
    case W403_PE_STAR:
    case W403_PE_ACCOUNT:
    case W403_PE_USER:
    case W403_PE_ROLE:
    case W403_PE_FEDERATED_USER:
    case W403_PE_INVALID:
        break;
    }
    return true;
}

static bool each_principal(maker *m, bool (*fn)(maker *m, const w403_principal_entry *e))
{
    for (size_t i = 0; i < m->d->n_statements; i++) {
        const w403_statement *st = w403_documents_statement(m->d, i);
        for (uint32_t p = 0; p < st->n_principals; p++) {
            if (!fn(m, &st->principals[p])) {
                return false;
            }
        }
    }
    return true;
}

static bool everybody_else(maker *m)
{
    w403_policy_kind k = m->d->kind;
    if (k == W403_POLICY_IDENTITY || k == W403_POLICY_BOUNDARY || k == W403_POLICY_SESSION || k == W403_POLICY_SCP) {
        return true;
    }
    w403_view any = W403_LIT("some-service.amazonaws.com");
    return add_class(m, (w403_caller){.kind = W403_CALLER_ANONYMOUS, .name = W403_LIT("anonymous"),
                                      .arn = W403_LIT("anonymous")},
                     W403_LIT("anonymous"), UINT32_MAX, false) &&
           add_class(m, (w403_caller){.kind = W403_CALLER_SERVICE, .name = any, .arn = any}, W403_LIT("service:any"),
                     UINT32_MAX, true) &&
           each_principal(m, add_named);
}

bool w403_documents_callers(w403_documents *d)
{
    maker m = {.d = d, .arns = w403_elements_new(d->arena, W403_ELEMENTS_TEXT)};
    bool good = m.arns != NULL;
    for (size_t i = 0; i < d->uses.n; i++) {
        m.names |= d->uses.at[i].id == W403_KEY_AWS_USERNAME;
    }
    for (size_t i = 0; i < d->uses.n && good; i++) {
        good = add_key(&m, &d->uses.at[i]);
    }
    good = good && each_principal(&m, add_principal) && add_forms(&m);
    if (!good || (!w403_elements_close(m.arns, d->space.budget) && !d->space.budget->spent)) {
        return false;
    }
    d->caller_dim = d->space.dims.n;
    m.dim = w403_space_dim(&d->space, W403_DIM_CALLER, W403_LIT("caller"));
    if (!m.dim) {
        return false;
    }
    m.dim->elements = m.arns;
    for (uint32_t i = 0; i < m.arns->list.n && good; i++) {
        w403_view text = m.arns->list.at[i].value;
        good = add_class(&m, caller_of(&m, text), text, i, !m.arns->list.at[i].literal);
    }
    return good && everybody_else(&m);
}
