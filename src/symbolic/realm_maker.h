/* The dimensions of one caller's requests while they are being made. Internal to realm_*.c. */
#ifndef W403_SYMBOLIC_REALM_MAKER_H
#define W403_SYMBOLIC_REALM_MAKER_H

#include "symbolic/document.h"
#include "symbolic/realm.h"

typedef struct w403_realm_maker {
    w403_realm_reply *x;
    w403_elements **elements;  /* of each use; NULL: no dimension */
    w403_elements *arns;       /* of a set of callers */
    w403_elements *payer;
    bool *distinct;            /* uses whose classes are each a class of its own */
    size_t next;               /* of the bits that tell such classes apart */
} w403_realm_maker;

/* ---- realm_ways.c ---- */
w403_way w403_realm_way(const w403_realm_reply *x, const w403_key_use *u);
bool w403_network_key(uint16_t id);
/* A known role of which any session may ask. */
bool w403_realm_is_role(const w403_realm_reply *x);
/* Two classes of these differ in more than in what statements say: which permissions are needed, which endpoint's policy
 * counts. */
bool w403_way_tells_more(w403_way way);

/* ---- realm_callers.c ---- */
bool w403_realm_set_of_callers(w403_realm_maker *m); /* ARNs of a set of callers, sorted */
bool w403_realm_caller_dim(w403_realm_maker *m);

/* ---- realm_keys.c ---- */
w403_key_rules w403_realm_rules(w403_realm_maker *m);
/* A class that no other may be taken for has a bit of its own, which it lacks. */
void w403_realm_tell_apart(w403_realm_maker *m, w403_class *c);
bool w403_elements_text(w403_elements *e, w403_view text); /* a literal; {NULL,0}: memory was short */

#endif
