#include "live/accounts.h"

typedef struct w403_account {
    w403_source      role;
    w403_sts_request request;
    w403_arena      *arena; /* of the request */
    bool             asked, refused;
    w403_view        code, message; /* refused */
} w403_account;

/* `name`, `path/name`, or an ARN, whose account is then another one in each account. */
static w403_view role_arn(w403_credentials *c, w403_view account)
{
    w403_view role = c->options->role;
    size_t    name = w403_view_find(role, W403_LIT(":role/"));
    if (w403_view_starts(role, W403_LIT("arn:")) && name != SIZE_MAX) {
        w403_view rest = w403_view_sub(role, 4, name), partition = w403_view_cut(&rest, ':');
        return w403_arena_printf(c->arena, "arn:%.*s:iam::%.*s%.*s", W403_ARG(partition), W403_ARG(account),
                                 (int)(role.n - name), role.p + name);
    }
    while (role.n && role.p[0] == '/') {
        role = w403_view_sub(role, 1, role.n);
    }
    return w403_arena_printf(c->arena, "arn:%s:iam::%.*s:role/%.*s", w403_endpoints_partition(c->parts->endpoints),
                             W403_ARG(account), W403_ARG(role));
}

static w403_status account_of(w403_credentials *c, w403_view number, w403_account **out, w403_error *err)
{
    w403_account *a = w403_map_get(&c->accounts, number);
    if (!a) {
        uint64_t digits;
        if (number.n != 12 || !w403_view_u64(number, &digits)) {
            return w403_error_set(err, W403_SEMANTIC, "`%.*s` is no account: it has 12 digits", W403_CUT(number));
        }
        w403_view key = w403_arena_copy(c->arena, number);
        a = W403_NEW(c->arena, w403_account);
        W403_NEED(key.p && a, err);
        a->role = (w403_source){.kind = W403_SOURCE_ROLE, .external_id = c->options->external_id,
                                .role_arn = role_arn(c, key), .session_name = w403_view_of(c->session_name),
                                .about = w403_arena_printf(c->arena, "account %.*s", W403_ARG(key))};
        if (c->options->role_session_name.n) {
            a->role.session_name = c->options->role_session_name;
        }
        W403_NEED(a->role.role_arn.p && a->role.about.p && w403_map_put(c->arena, &c->accounts, key, a), err);
    }
    *out = a;
    return W403_OK;
}

static w403_status ask(w403_credentials *c, w403_account *a, w403_error *err)
{
    const w403_keys *keys;
    W403_TRY(w403_source_keys(c, c->own, &keys, err));
    a->arena = a->arena ? a->arena : w403_arena_new(0);
    W403_NEED(a->arena, err);
    w403_arena_reset(a->arena);
    W403_TRY(w403_sts_assume(c, a->arena, &a->role, false, keys, (w403_view){NULL, 0}, &a->request, err));
    a->asked = true;
    return W403_OK;
}

w403_status w403_account_find(w403_credentials *c, w403_view number, w403_credentials_found *out, w403_error *err)
{
    w403_account *a;
    W403_TRY(account_of(c, number, &a, err));
    if (a->refused) {
        *out = (w403_credentials_found){.how = W403_CREDENTIALS_REFUSED, .code = a->code, .message = a->message};
    } else if (a->asked) {
        *out = (w403_credentials_found){.how = W403_CREDENTIALS_WAIT};
    } else if (w403_keys_fresh(&a->role.keys, w403_instant_now())) {
        *out = (w403_credentials_found){.how = W403_CREDENTIALS_THERE, .keys = &a->role.keys};
    } else {
        W403_TRY(ask(c, a, err));
        *out = (w403_credentials_found){.how = W403_CREDENTIALS_SEND, .request = &a->request.request};
    }
    return W403_OK;
}

void w403_credentials_again(w403_credentials *c, w403_view number)
{
    w403_account *a = w403_map_get(&c->accounts, number);
    if (a && a->asked) {
        a->asked = false;
        w403_secrets_drop(c->parts->secrets, &a->request.body);
    }
}

w403_status w403_credentials_answer(w403_credentials *c, w403_view number, w403_view body, w403_view code,
                                    w403_view message, w403_error *err)
{
    w403_account *a = w403_map_get(&c->accounts, number);
    if (!a || !a->asked) {
        return w403_error_set(err, W403_BUG, "an account was answered for that nobody asked about");
    }
    w403_error wrong;
    a->asked = false;
    w403_secrets_drop(c->parts->secrets, &a->request.body);
    if (!code.n) {
        w403_status status = w403_keys_read_sts(c, &a->role.keys, body, a->role.about, &wrong);
        if (status == W403_OK || status == W403_NOMEM) {
            return status == W403_OK ? W403_OK : w403_error_nomem(err);
        }
        code = W403_LIT("why403.InvalidResponse");
        message = w403_view_of(wrong.message);
    }
    /* a renewal that fails while the old keys hold is tried again at the next question */
    a->refused = !a->role.keys.serial || a->role.keys.expires <= w403_instant_now();
    a->code = w403_arena_copy(c->arena, code);
    a->message = w403_arena_copy(c->arena, message);
    W403_NEED(a->code.p && a->message.p, err);
    return W403_OK;
}

bool w403_account_expired(w403_credentials *c, w403_view number)
{
    w403_account *a = w403_map_get(&c->accounts, number);
    if (a) {
        a->role.keys.expires = 0;
    }
    return a != NULL;
}

void w403_accounts_free(w403_credentials *c)
{
    for (size_t i = 0; i < c->accounts.cap; i++) {
        w403_account *a = c->accounts.slots[i].value;
        if (a) {
            w403_arena_free(a->arena);
        }
    }
}
