/* Texts on failed inventory exports, in the languages of the console: the word and the date. */
#include "evidence/error_text.h"

/* The word for inventory in the console's languages. */
static const char *const inventory_words[] = {
    "nventory", "nventaire", "nventario", "nvent\xc3\xa1rio", "Bestand", "nventaris", "nvanter",
    "\xec\x9d\xb8\xeb\xb2\xa4\xed\x86\xa0\xeb\xa6\xac",                 /* ko */
    "\xe3\x82\xa4\xe3\x83\xb3\xe3\x83\x99\xe3\x83\xb3\xe3\x83\x88\xe3\x83\xaa", /* ja */
    "\xe6\xb8\x85\xe5\x8d\x95", "\xe6\xb8\x85\xe5\x96\xae", "\xe5\xba\xab\xe5\xad\x98", /* zh */
};

static bool says_inventory(w403_view text, w403_view around)
{
    bool word = false;
    for (size_t i = 0; i < sizeof inventory_words / sizeof *inventory_words; i++) {
        word |= w403_view_find(around, w403_view_of(inventory_words[i])) != SIZE_MAX;
    }
    bool s3 = w403_view_find(text, W403_LIT("S3")) != SIZE_MAX;
    /* product names are not translated: a short text with S3, KMS and a date is this one in the languages not listed */
    return s3 && (word || (text.n < 600 && w403_view_find(text, W403_LIT("KMS")) != SIZE_MAX));
}

static bool digit(w403_view v, size_t i)
{
    return i < v.n && v.p[i] >= '0' && v.p[i] <= '9';
}

/* A run of 1..4 digits at *i; its length, 0: none or longer. */
static unsigned number_at(w403_view v, size_t *i, unsigned *out)
{
    unsigned n = 0, value = 0;
    while (digit(v, *i + n) && n <= 4) {
        value = value * 10 + (unsigned)(v.p[*i + n] - '0');
        n++;
    }
    *i += n;
    *out = value;
    return n > 4 ? 0 : n;
}

/* What stands between the parts of a date: `-`, `/`, `. `, or a character as in 2021年2月19日, but no longer text. */
static bool skip_separator(w403_view v, size_t *i)
{
    size_t start = *i;
    while (*i < v.n && !digit(v, *i) && *i - start < 5) {
        *i += 1;
    }
    return *i > start && digit(v, *i);
}

/* A date at `i`, which is its first digit. */
static w403_view date_at(w403_build *b, w403_view text, size_t i, bool *unsure)
{
    unsigned v[3], len[3];
    for (int k = 0; k < 3; k++) {
        len[k] = number_at(text, &i, &v[k]);
        if (len[k] == 0 || (k < 2 && !skip_separator(text, &i))) {
            return (w403_view){NULL, 0};
        }
    }
    unsigned year, month, day;
    *unsure = false;
    if (len[0] == 4 && len[1] <= 2 && len[2] <= 2) {
        year = v[0], month = v[1], day = v[2];
    } else if (len[2] == 4 && len[0] <= 2 && len[1] <= 2) {
        bool american = v[1] > 12; /* 02/19/2021 */
        year = v[2], day = american ? v[1] : v[0], month = american ? v[0] : v[1];
        *unsure = v[0] <= 12 && v[1] <= 12 && v[0] != v[1];
    } else {
        return (w403_view){NULL, 0};
    }
    bool sane = year >= 2016 && year < 2200 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
    return sane ? w403_build_printf(b, "%04u-%02u-%02u", year, month, day) : (w403_view){NULL, 0};
}

w403_view w403_error_inventory(w403_build *b, w403_view text, bool *unsure)
{
    for (size_t i = 0; i < text.n; i++) {
        if (!digit(text, i) || (i > 0 && digit(text, i - 1))) {
            continue;
        }
        w403_view date = date_at(b, text, i, unsure);
        size_t    from = i > 120 ? i - 120 : 0, to = text.n - i > 130 ? i + 130 : text.n;
        if (date.p && says_inventory(text, w403_view_sub(text, from, to))) {
            return date;
        }
    }
    return (w403_view){NULL, 0};
}
