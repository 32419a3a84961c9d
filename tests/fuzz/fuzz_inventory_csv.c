/* CSV rows against a byte-at-a-time reading of the same rules: same rows, same fields, same malformed rows at the
 * same places, from memory and through a stream, whatever the window. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/unpack.h"
#include "inventory/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define CHECK(x)                                                                                                     \
    do {                                                                                                             \
        if (!(x)) {                                                                                                  \
            (void)fprintf(stderr, "line %d: %s\n", __LINE__, #x);                                                    \
            abort();                                                                                                 \
        }                                                                                                            \
    } while (0)

typedef struct reading {
    w403_view text;
    size_t max_row, n_columns;
    size_t at; /* where the next row begins */
    size_t n;  /* fields of the row at hand */
    size_t from[W403_REPORT_COLUMNS + 1], to[W403_REPORT_COLUMNS + 1];
    uint64_t number;
} reading;

typedef enum kind { ROW, MALFORMED, END } kind;

/* One field from *i; false: its quotes are wrong. *i is then at `,`, at a newline or at the end. */
static bool read_field(const reading *r, size_t *i, size_t *from, size_t *to)
{
    const char *p = r->text.p;
    size_t n = r->text.n;
    *from = *i;
    if (*i < n && p[*i] == '"') {
        for ((*i)++;; (*i)++) {
            if (*i >= n) {
                return false;
            }
            if (p[*i] == '"' && *i + 1 < n && p[*i + 1] == '"') {
                (*i)++;
            } else if (p[*i] == '"') {
                break;
            }
        }
        *to = ++*i;
        if (*i < n && p[*i] == '\r' && (*i + 1 == n || p[*i + 1] == '\n')) {
            (*i)++;
        }
        return *i == n || p[*i] == ',' || p[*i] == '\n';
    }
    while (*i < n && p[*i] != ',' && p[*i] != '\n') {
        if (p[*i] == '"') {
            return false;
        }
        (*i)++;
    }
    *to = *i;
    if ((*i == n || p[*i] == '\n') && *to > *from && p[*to - 1] == '\r') {
        (*to)--;
    }
    return true;
}

static kind read_row(reading *r, size_t *offset)
{
    const char *p = r->text.p;
    size_t n = r->text.n, i = r->at, start = r->at;
    bool good = true;
    *offset = start;
    if (start == n) {
        return END;
    }
    r->number++;
    for (r->n = 0; good; i++) {
        size_t k = r->n < W403_REPORT_COLUMNS ? r->n : W403_REPORT_COLUMNS;
        good = read_field(r, &i, &r->from[k], &r->to[k]);
        r->n++;
        if (good && (i == n || p[i] == '\n')) {
            break;
        }
    }
    if (!good || i - start > r->max_row) {
        const char *nl = memchr(p + start, '\n', n - start);
        r->at = nl ? (size_t)(nl - p) + 1 : n;
        return MALFORMED;
    }
    r->at = i < n ? i + 1 : n;
    return (r->n_columns ? r->n == r->n_columns : r->n <= W403_REPORT_COLUMNS) ? ROW : MALFORMED;
}

static bool same_field(const reading *r, size_t k, w403_view v)
{
    const char *p = r->text.p;
    size_t i = r->from[k], end = r->to[k], n = 0;
    bool quoted = end > i && p[i] == '"';
    for (i += quoted, end -= quoted; i < end; i++, n++) {
        if (n >= v.n || v.p[n] != p[i]) {
            return false;
        }
        i += quoted && p[i] == '"';
    }
    return n == v.n;
}

typedef struct expected {
    reading read;
    uint64_t malformed;
} expected;

static void on_malformed(void *user, bool warning, const w403_error *e)
{
    expected *x = user;
    size_t offset = 0;
    CHECK(!warning && read_row(&x->read, &offset) == MALFORMED);
    CHECK(e->offset == offset && e->line == x->read.number);
    x->malformed++;
}

static void compare(w403_report *r, expected *x, const uint16_t *wanted, size_t n_wanted)
{
    const w403_report_row *row = NULL;
    w403_error err = {0};
    uint64_t rows = 0;
    size_t offset = 0;
    CHECK(w403_report_select(r, x->read.n_columns, wanted, n_wanted, &err) == W403_OK);
    for (;;) {
        CHECK(w403_report_next(r, &row, &err) == W403_OK);
        if (!row) {
            break;
        }
        CHECK(read_row(&x->read, &offset) == ROW);
        CHECK(row->offset == offset && row->number == x->read.number);
        CHECK(row->n == (wanted ? n_wanted : x->read.n));
        for (size_t i = 0; i < row->n; i++) {
            size_t k = wanted ? wanted[i] : i;
            CHECK(k < x->read.n ? same_field(&x->read, k, row->at[i]) : row->at[i].p == NULL);
        }
        rows++;
    }
    CHECK(read_row(&x->read, &offset) == END);
    w403_report_stats s = w403_report_progress(r);
    CHECK(s.rows == rows && s.malformed == x->malformed && s.bytes == x->read.text.n);
    w403_report_close(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const uint16_t wanted[2] = {1, 0};
    if (n < 3 || n > 8192) {
        return 0;
    }
    w403_view text = {(const char *)data + 3, n - 3};
    size_t max_row = 1 + data[0] * (data[1] & 64 ? 32u : 1u);
    expected x = {.read = {.text = text, .max_row = max_row, .n_columns = data[1] & 7}};
    expected y = x;
    bool some = (data[1] & 8) != 0 && x.read.n_columns != 1;
    w403_report_options opt = {max_row, 1 + data[2], on_malformed, &x, NULL};
    w403_report *r = NULL;
    w403_error err = {0};
    CHECK(w403_report_of(W403_LIT("memory"), text, &opt, &r, &err) == W403_OK);
    compare(r, &x, some ? wanted : NULL, some ? 2 : 0);
    const char *name, *command;
    w403_view head = w403_view_sub(text, 0, text.n < W403_PACK_HEAD ? text.n : W403_PACK_HEAD);
    bool gzip = text.n >= 2 && (uint8_t)text.p[0] == 0x1f && (uint8_t)text.p[1] == 0x8b;
    if (gzip || w403_pack_of(head, &name, &command) != W403_PACK_NONE) {
        return 0; /* a stream would take it for what is packed, or is no text */
    }
    int fd = memfd_create("csv", 0);
    char path[64];
    CHECK(fd >= 0 && write(fd, text.p, text.n) == (ssize_t)text.n);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    opt.user = &y;
    CHECK(w403_report_open(path, &opt, &r, &err) == W403_OK);
    compare(r, &y, some ? wanted : NULL, some ? 2 : 0);
    close(fd);
    return 0;
}
