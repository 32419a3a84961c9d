#include "logs/trail_glance.h"

#define QUOTED(s) "\"" s "\"", sizeof("\"" s "\"") - 1

static const struct {
    const char *quoted;
    uint8_t     n;
    uint16_t    offset;
} MEMBERS[W403_GLANCE_MEMBERS] = {
    {QUOTED("eventName"), offsetof(w403_glance, operation)},
    {QUOTED("eventSource"), offsetof(w403_glance, event_source)},
    {QUOTED("errorCode"), offsetof(w403_glance, error_code)},
    {QUOTED("eventTime"), offsetof(w403_glance, time_text)},
    {QUOTED("eventType"), offsetof(w403_glance, event_type)},
    {QUOTED("eventCategory"), offsetof(w403_glance, event_category)},
};

int w403_glance_member(const char *p)
{
    /* The capital that follows "event or "error tells most names apart. */
    switch (p[6]) {
    case 'N':
        return memcmp(p, "\"eventName\"", 11) == 0 ? 0 : -1;
    case 'S':
        return memcmp(p, "\"eventSource\"", 13) == 0 ? 1 : -1;
    case 'C':
        return memcmp(p, "\"errorCode\"", 11) == 0 ? 2 : memcmp(p, "\"eventCategory\"", 15) == 0 ? 5 : -1;
    case 'T':
        return memcmp(p, "\"eventTime\"", 11) == 0 ? 3 : memcmp(p, "\"eventType\"", 11) == 0 ? 4 : -1;
    default:
        return -1;
    }
}

static size_t skip_blanks(w403_view v, size_t i)
{
    while (i < v.n && (v.p[i] == ' ' || v.p[i] == '\t' || v.p[i] == '\n' || v.p[i] == '\r')) {
        i++;
    }
    return i;
}

/* The string behind the member name that ends before raw[i]; false where only the parser can tell. */
static bool read_value(w403_view raw, size_t i, w403_view *out)
{
    i = skip_blanks(raw, i);
    if (i >= raw.n || raw.p[i] != ':') {
        return false;
    }
    i = skip_blanks(raw, i + 1);
    if (raw.n - i > 4 && memcmp(raw.p + i, "null", 4) == 0) {
        return true;
    }
    if (i >= raw.n || raw.p[i] != '"') {
        return false;
    }
    const char *text = raw.p + i + 1;
    const char *end = memchr(text, '"', raw.n - i - 1);
    if (!end || memchr(text, '\\', (size_t)(end - text))) {
        return false;
    }
    *out = (w403_view){text, (size_t)(end - text)};
    return true;
}

void w403_glance_fill(w403_glance *g, const uint32_t at[W403_GLANCE_MEMBERS])
{
    for (int m = 0; m < W403_GLANCE_MEMBERS; m++) {
        w403_view value = {NULL, 0};
        if (at[m] != 0 && !read_value(g->raw, at[m] + MEMBERS[m].n, &value)) {
            g->doubt = true;
        }
        memcpy((char *)g + MEMBERS[m].offset, &value, sizeof value);
    }
    if (!g->operation.p) {
        g->doubt = true;
    } else {
        g->form = W403_LOG_TRAIL;
    }
}
