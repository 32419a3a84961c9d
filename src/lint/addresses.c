/* Address ranges in conditions (Ip1, Ip2): well-formed, tidy, and public where only public ones occur. */
#include "lint/check.h"

enum { RANGES = 16 };

typedef struct ranges {
    w403_cidr at[RANGES];
    size_t n;
} ranges;

static ranges private_ranges(void)
{
    ranges out = {.n = 0};
    w403_view text;
    for (size_t i = 0; out.n < RANGES && (text = w403_list_next(W403_LIST_PRIVATE_RANGE, &i)).p;)
        out.n += w403_cidr_parse(text, &out.at[out.n]);
    return out;
}

static bool is_private(const ranges *hidden, const w403_cidr *net)
{
    for (size_t i = 0; i < hidden->n; i++) {
        if (w403_cidr_covers(&hidden->at[i], net))
            return true;
    }
    return false;
}

static w403_view network(w403_lint_run *l, const w403_cidr *net)
{
    w403_view base = w403_ip_text(l->arena, &net->base);
    return w403_arena_printf(l->arena, "%.*s/%u", W403_ARG(base), net->prefix);
}

/* Bits right of the mask: S3 takes 203.0.113.9/24 for 203.0.113.0/24 (Ip2). */
static bool untidy(w403_view text, const w403_cidr *net)
{
    w403_ip ip;
    size_t slash = w403_view_find_char(text, '/');
    return slash != SIZE_MAX && w403_ip_parse(w403_view_sub(text, 0, slash), &ip) &&
           memcmp(ip.bytes, net->base.bytes, sizeof ip.bytes) != 0;
}

void w403_lint_addresses(w403_lint_run *l, const w403_lint_condition *c)
{
    static const w403_lint_code codes[] = {
        W403_L_TYPE_MISMATCH_IP_RANGE, W403_L_IMPROVE_IP_RANGE, W403_L_PRIVATE_NOT_IP_ADDRESS,
        W403_L_PRIVATE_IP_ADDRESS, W403_L_PRIVATE_NOT_IP_ADDRESS_SUBSET, W403_L_PRIVATE_IP_ADDRESS_SUBSET,
    };
    uint32_t n = 0, hidden = 0;
    if (c->op->family != W403_OP_IP || !w403_lint_wants_any(l, codes, sizeof codes / sizeof *codes))
        return;
    ranges all = private_ranges();
    w403_lint_place *at = W403_NEW_N(l->arena, w403_lint_place, c->node->count + 1);
    l->nomem = l->nomem || !at;
    W403_LINT_EACH_SCALAR(v, c->node) {
        w403_cidr net;
        if (!w403_cidr_parse(v->text, &net)) {
            w403_lint_value(l, W403_L_TYPE_MISMATCH_IP_RANGE, v, W403_LINT_WORDS({"v", v->text}));
            continue;
        }
        if (untidy(v->text, &net)) {
            w403_view x = network(l, &net);
            w403_lint_value(l, W403_L_IMPROVE_IP_RANGE, v, W403_LINT_WORDS({"x", x}, {"X", x}));
        }
        n++;
        if (is_private(&all, &net) && at)
            at[hidden++] = w403_lint_at_value(v);
    }
    if (!hidden || !w403_lint_is_key(c, "aws:SourceIp"))
        return;
    if (hidden == n)
        w403_lint_value(l, c->op->negated ? W403_L_PRIVATE_NOT_IP_ADDRESS : W403_L_PRIVATE_IP_ADDRESS, c->node, NULL);
    else
        w403_lint_add(l, c->op->negated ? W403_L_PRIVATE_NOT_IP_ADDRESS_SUBSET : W403_L_PRIVATE_IP_ADDRESS_SUBSET, at,
                      hidden, NULL);
}
