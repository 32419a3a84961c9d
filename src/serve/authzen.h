/* AuthZEN 1.0: subjects, actions and resources as requests. */
#ifndef W403_SERVE_AUTHZEN_H
#define W403_SERVE_AUTHZEN_H

#include "serve/pdp.h"

/* What the words of clients stand for (--authzen FILE): a template has `{id}` where the id goes. */
typedef struct w403_authzen_word {
    w403_view name, value;
} w403_authzen_word;

typedef W403_ARRAY(w403_authzen_word) w403_authzen_words;

typedef struct w403_authzen_map {
    w403_authzen_words subjects, resources, actions; /* types, types, names */
    w403_authzen_words properties;                   /* `subject.role` -> a condition key */
} w403_authzen_map;

W403_NODISCARD w403_status w403_authzen_open(w403_server *s, const char *path, w403_error *err);

/* The members of one evaluation; those that it leaves out are `defaults`. NULL: none. */
typedef struct w403_authzen_item {
    const w403_json *subject, *action, *resource, *context;
} w403_authzen_item;

typedef enum w403_authzen_open_member { W403_AUTHZEN_ALL, W403_AUTHZEN_NO_SUBJECT, W403_AUTHZEN_NO_RESOURCE, W403_AUTHZEN_NO_ACTION } w403_authzen_open_member;

/* `without`: the member that a search leaves open. NULL: it is fine; else what is wrong with it. */
const char *w403_authzen_request(w403_serving *q, const w403_authzen_item *item, w403_authzen_open_member without, w403_request *r);
w403_authzen_item w403_authzen_item_of(const w403_json *object, const w403_authzen_item *defaults);
/* The id that a template was filled with; {NULL,0}: it is not of that template. */
w403_view w403_authzen_id(w403_view template, w403_view text);
w403_view w403_authzen_find(const w403_authzen_words *list, w403_view name); /* the value of a word; {NULL,0} */
w403_view w403_authzen_fill(w403_serving *q, w403_view template, w403_view id);

#endif
