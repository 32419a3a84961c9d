#include "collect/names.h"

#define SMALL "abcdefghijklmnopqrstuvwxyz0123456789"
#define LARGE "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

static const struct rule {
    const char *what, *prefix, *letters;
    size_t least, most;
} rules[] = {
    [W403_NAME_ACCOUNT] = {"account", "", "0123456789", 12, 12},
    [W403_NAME_REGION] = {"region", "", SMALL "-", 4, 32},
    /* Before March 2018 us-east-1 took capitals, underscores and 255 letters. */
    [W403_NAME_BUCKET] = {"bucket", "", SMALL LARGE ".-_", 3, 255},
    [W403_NAME_KEY] = {"KMS key", "", SMALL LARGE "-", 1, 128},
    [W403_NAME_ACCESS_POINT] = {"access point", "", SMALL ".-", 3, 63},
    [W403_NAME_INVENTORY] = {"inventory configuration", "", SMALL LARGE ".-_", 1, 64},
    [W403_NAME_POLICY] = {"policy", "p-", SMALL LARGE "_", 3, 130},
    [W403_NAME_ORG_UNIT] = {"root or organizational unit", "", SMALL "-", 4, 68},
};

bool w403_name_is(w403_name_kind kind, w403_view name)
{
    const struct rule *r = &rules[kind];
    w403_view prefix = w403_view_of(r->prefix), rest;
    bool sound = name.n >= r->least && name.n <= r->most && w403_view_starts(name, prefix) && name.p[0] != '.' &&
                 w403_view_find(name, W403_LIT("..")) == SIZE_MAX;
    if (!sound) {
        return false;
    }
    rest = w403_view_sub(name, prefix.n, name.n);
    for (size_t i = 0; i < rest.n; i++) {
        if (!rest.p[i] || !strchr(r->letters, rest.p[i])) {
            return false;
        }
    }
    return true;
}

const char *w403_name_kind_text(w403_name_kind kind)
{
    return rules[kind].what;
}
