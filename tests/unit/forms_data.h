/* Reads tests/forms/forms.tsv: one text for each row of data/error-forms.tsv. */
#ifndef W403_FORMS_DATA_H
#define W403_FORMS_DATA_H

#include <stdlib.h>

#include "base/array.h"
#include "json/json.h"

typedef struct form_case {
    w403_view id, text, expect;
} form_case;

typedef struct form_cases {
    form_case *at;
    size_t     n, cap;
} form_cases;

static inline w403_view whole_file(w403_arena *a, const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f) {
        fprintf(stderr, "cannot read %s\n", path);
        abort();
    }
    size_t cap = (size_t)4 << 20;
    char  *text = w403_arena_alloc(a, cap);
    size_t n = text ? fread(text, 1, cap, f) : 0;
    fclose(f);
    return (w403_view){text, n};
}

static inline void form_cases_read(w403_arena *a, const char *root, form_cases *list)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/tests/forms/forms.tsv", root);
    w403_view rest = whole_file(a, path);
    bool      head = true;
    *list = (form_cases){0};
    while (rest.p) {
        w403_view line = w403_view_cut(&rest, '\n');
        if (!line.n || line.p[0] == '#') {
            continue;
        }
        if (head) {
            head = false;
            continue;
        }
        form_case *c = W403_PUSH(a, list);
        c->id = w403_view_cut(&line, '\t');
        w403_view     json = w403_view_cut(&line, '\t');
        w403_json_doc doc;
        w403_error    err;
        if (w403_json_parse(a, W403_LIT("forms.tsv"), json, NULL, &doc, NULL, &err) != W403_OK) {
            fprintf(stderr, "%.*s: %s\n", (int)c->id.n, c->id.p, err.message);
            abort();
        }
        c->text = doc.root->text;
        c->expect = line;
    }
}

#endif
