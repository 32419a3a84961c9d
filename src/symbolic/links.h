/* What ties condition keys to the caller, the network, the action and to each other (reason 9), as hidden variables. */
#ifndef W403_SYMBOLIC_LINKS_H
#define W403_SYMBOLIC_LINKS_H

#include "symbolic/facts.h"

typedef enum w403_hidden {
    W403_HIDDEN_CALLER,  /* bits: w403_caller_kind */
    W403_HIDDEN_NETWORK, /* W403_NET_* */
    W403_HIDDEN_TLS,     /* none, on, off */
    W403_HIDDEN_MFA,     /* none, with, without */
    W403_HIDDEN_TYPE,    /* resource types */
    W403_HIDDEN_ACCESS_POINT,
    W403_HIDDEN_ACL,     /* neither, canned, grants */
    W403_HIDDEN_SSE,     /* none, S3, KMS */
    W403_HIDDEN_PAIRS,   /* one for each row of the table of pairs */
    W403_HIDDEN_KEYS = W403_HIDDEN_PAIRS + 6 /* from here one for each key: absent, present */
} w403_hidden;

enum { W403_NET_INTERNET = 1, W403_NET_ENDPOINT = 2, W403_NET_SERVICE = 4 };
enum { W403_KEY_IS_ABSENT = 1, W403_KEY_IS_PRESENT = 2 };

#define W403_CALLER_BIT(kind) (UINT64_C(1) << (kind))
#define W403_CALLERS_SIGNED                                                                            \
    (W403_CALLER_BIT(W403_CALLER_ROOT) | W403_CALLER_BIT(W403_CALLER_USER) | W403_CALLER_BIT(W403_CALLER_ROLE) | \
     W403_CALLER_BIT(W403_CALLER_FEDERATED))

/* Patterns of the key that is a part of another (account of an ARN, organization of a path) join the other's. Before
 * either is closed: `elements` are in the order of `uses`, NULL where a key has none. False: memory. */
bool w403_links_before(w403_arena *a, const w403_key_uses *uses, w403_elements *const *elements);
/* The hidden values of a key's classes. `index`: of the key in `uses`. */
void w403_links_key(w403_space *s, w403_dim *d, const w403_key_uses *uses, size_t index);
/* After all keys have theirs; `dims` in the order of `uses`, NULL where a key is no dimension of its own. */
void w403_links_pairs(w403_space *s, const w403_key_uses *uses, w403_dim *const *dims);
void w403_links_caller(w403_class *c, w403_caller_kind kind);
/* Which keys come with an action. */
void w403_links_action(w403_class *c, uint16_t action, const w403_key_uses *uses);

/* A language between two literal texts; wildcards of the texts are wild. False: memory. */
bool w403_language_wrap(w403_arena *a, const char *before, const w403_language *l, const char *after, bool arn,
                        w403_language *out);

#endif
