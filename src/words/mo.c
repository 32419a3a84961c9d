#include "words/mo.h"

enum { MAGIC = 0, COUNT = 8, KEYS = 12, TEXTS = 16, HEADER = 28, ROW = 8 };

static bool number(w403_view mo, size_t at, uint32_t *out)
{
    if (at > mo.n || mo.n - at < 4) {
        return false;
    }
    const unsigned char *p = (const unsigned char *)mo.p + at;
    *out = (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
    return true;
}

/* String `i` of a table: its bytes, with the NUL that must follow them. */
static bool string(w403_view mo, uint32_t table, uint32_t i, w403_view *out)
{
    uint32_t length, at;
    size_t row = (size_t)table + (size_t)i * ROW;
    if (!number(mo, row, &length) || !number(mo, row + 4, &at) || at >= mo.n || length >= mo.n - at ||
        mo.p[at + length] != '\0') {
        return false;
    }
    *out = w403_view_sub(mo, at, (size_t)at + length);
    return true;
}

/* The key up to its first NUL, beside `context` \004 `text`: less, equal, more. */
static int compare(w403_view key, const char *context, const char *text)
{
    const char *k = key.p;
    for (const char *c = context; c && *c; c++, k++) {
        if (*k != *c) {
            return (unsigned char)*k < (unsigned char)*c ? -1 : 1;
        }
    }
    if (context) {
        if (*k != '\004') {
            return (unsigned char)*k < '\004' ? -1 : 1;
        }
        k++;
    }
    return strcmp(k, text);
}

w403_view w403_mo_find(w403_view mo, const char *context, const char *text)
{
    uint32_t magic, count, keys, texts;
    w403_view found = {NULL, 0};
    if (mo.n < HEADER || !number(mo, MAGIC, &magic) || magic != 0x950412deu || !number(mo, COUNT, &count) ||
        !number(mo, KEYS, &keys) || !number(mo, TEXTS, &texts) || !*text) {
        return found;
    }
    for (uint32_t low = 0, high = count; low < high;) {
        uint32_t middle = low + (high - low) / 2;
        w403_view key;
        if (!string(mo, keys, middle, &key)) {
            return found;
        }
        int order = compare(key, context, text);
        if (order == 0) {
            return string(mo, texts, middle, &found) && found.n ? found : (w403_view){NULL, 0};
        }
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle;
    }
    return found;
}
