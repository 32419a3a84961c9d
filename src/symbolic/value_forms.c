#include "symbolic/value_forms.h"

#include "catalog/catalog.h"

const w403_value_form *w403_value_form_of(uint16_t key_id)
{
    const w403_key *k = w403_key_at(key_id);
    for (size_t i = 0; k && i < w403_value_form_count; i++) {
        if (strcmp(w403_value_form_rows[i].key, k->name) == 0) {
            return &w403_value_form_rows[i];
        }
    }
    return NULL;
}

const w403_resource_form *w403_resource_form_of(w403_view service, w403_view type)
{
    for (size_t i = 0; i < w403_resource_form_count; i++) {
        const w403_resource_form *f = &w403_resource_form_rows[i];
        if (w403_view_eq(w403_view_of(f->service), service) && w403_view_ieq(w403_view_of(f->type), type)) {
            return f;
        }
    }
    return NULL;
}

w403_view w403_form_in(w403_arena *a, w403_view form, w403_view partition)
{
    if (!w403_view_starts(form, W403_LIT("arn:P:"))) {
        return form;
    }
    return w403_arena_printf(a, "arn:%.*s:%.*s", W403_ARG(partition), (int)(form.n - 6), form.p + 6);
}
