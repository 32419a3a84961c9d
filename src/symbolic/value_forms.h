/* The values that condition keys and resources can have (data/value-forms.tsv, data/resource-types.tsv,
 * data/closed-networks.tsv), compiled in by tools/gen_value_forms.py. Forms are those of w403_automaton_domain; `P` stands for the partition. */
#ifndef W403_SYMBOLIC_VALUE_FORMS_H
#define W403_SYMBOLIC_VALUE_FORMS_H

#include "base/arena.h"
#include "base/ip.h"
#include "symbolic/automaton.h"

typedef struct w403_value_form {
    const char *key;
    const char *forms, *samples; /* separated by blanks */
    bool always;                 /* in every request that can have the key */
} w403_value_form;

typedef struct w403_resource_form {
    const char *service, *type, *form;
} w403_resource_form;

/* A resource type of check no-public-access, and the kind of document that it has. */
typedef struct w403_check_type {
    const char *type, *kind;
} w403_check_type;

extern const w403_cidr w403_closed_nets[]; /* no request from the internet comes from there */
extern const size_t w403_closed_net_count;
extern const w403_check_type w403_check_type_rows[];
extern const size_t w403_check_type_count;
extern const w403_value_form w403_value_form_rows[];
extern const size_t w403_value_form_count;
extern const w403_resource_form w403_resource_form_rows[];
extern const size_t w403_resource_form_count;

/* NULL: no row. */
const w403_value_form *w403_value_form_of(uint16_t key_id);
const w403_resource_form *w403_resource_form_of(w403_view service, w403_view type);
/* `P` at the beginning of a form's second ARN part replaced; {NULL,0}: memory. */
w403_view w403_form_in(w403_arena *a, w403_view form, w403_view partition);

#endif
