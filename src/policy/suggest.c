/* What may have been meant by the name of an action that there is not. */
#include <stdio.h>

#include "base/nearest.h"
#include "catalog/catalog.h"
#include "policy/policy.h"

/* Is it needed by the plain form of the operation: always, or where no version is named? */
static bool plain_need(const w403_permission *p)
{
    w403_view when = w403_view_of(p->when_text ? p->when_text : "");
    bool plain = !p->when || (w403_view_starts(when, W403_LIT("!")) && w403_view_ends(when, W403_LIT(":versionId")) &&
                              w403_view_find_char(when, ' ') == SIZE_MAX);
    return plain && p->need == W403_NEED_REQUIRED && p->bucket_type == W403_BT_GENERAL;
}

/* "`s3:GetObject` and `s3:PutObject`" */
static void name_needs(const w403_operation *op, char *out, size_t room)
{
    size_t n = 0;
    out[0] = '\0';
    for (uint16_t i = 0; i < op->n_permissions; i++) {
        const w403_permission *p = &op->permissions[i];
        char quoted[80];
        (void)snprintf(quoted, sizeof quoted, "`%s`", p->action);
        if (!plain_need(p) || w403_view_find(w403_view_of(out), w403_view_of(quoted)) != SIZE_MAX) {
            continue;
        }
        int more = snprintf(out + n, room - n, "%s%s", n ? " and " : "", quoted);
        n += more > 0 && (size_t)more < room - n ? (size_t)more : 0;
    }
    if (n == 0) {
        (void)snprintf(out, room, "`%s`", op->permissions[0].action);
    }
}

bool w403_action_suggest(w403_view text, char *hint, size_t room)
{
    size_t colon = w403_view_find_char(text, ':');
    const w403_operation *op = w403_operation_find(w403_view_sub(text, colon + 1, text.n));
    if (op && op->n_permissions && w403_view_ieq(w403_view_sub(text, 0, colon), W403_LIT("s3"))) {
        char needs[160];
        name_needs(op, needs, sizeof needs);
        (void)snprintf(hint, room, "%s is an API operation; what it needs is %s", op->name, needs);
        return true;
    }
    const char *best = NULL;
    unsigned best_distance = w403_edit_tolerance(text) + 1;
    for (uint16_t id = 0; id < W403_ACTION_COUNT; id++) {
        const char *name = w403_action_at(id)->name;
        unsigned d = w403_edit_distance(text, w403_view_of(name), best_distance);
        if (d < best_distance) {
            best = name;
            best_distance = d;
        }
    }
    if (best) {
        (void)snprintf(hint, room, "did you mean `%s`?", best);
    }
    return best != NULL;
}
