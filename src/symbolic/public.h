/* S3's own notion of public, and who outside gets in whatever it says (reason 12). */
#ifndef W403_SYMBOLIC_PUBLIC_H
#define W403_SYMBOLIC_PUBLIC_H

#include "symbolic/targets.h"

typedef enum w403_public_source { W403_PUBLIC_NOT, W403_PUBLIC_POLICY, W403_PUBLIC_ACL, W403_PUBLIC_ACCESS_POINT } w403_public_source;

/* One caller from outside, with what it is let do. */
typedef struct w403_public_finding {
    w403_asker asker;
    w403_access state;         /* the strongest of its actions */
    W403_ARRAY(uint16_t) actions;
    w403_view resource;        /* one that it gets at */
    const w403_statement *statement; /* the Allow that lets it in; NULL: an ACL */
    bool by_acl, is_public, own_access_point, confused_deputy;
    w403_request witness;      /* decided: allowed; of UNKNOWN: undetermined */
    w403_view via_access_point;
} w403_public_finding;

typedef struct w403_public {
    const w403_bucket *bucket;
    w403_view arn;
    w403_tri s3_public;
    w403_public_source because;
    const w403_statement *statement; /* of `because` POLICY */
    w403_tri effective;
    const char *closed_by;           /* cause id of what keeps a public policy or ACL shut; NULL */
    W403_ARRAY(w403_public_finding) findings;
    const char *reason;              /* of an unknown */
} w403_public;

/* Told of every box that lets somebody in (or, of a finding that is UNKNOWN, may), while its classes live. */
typedef struct w403_public_told {
    size_t finding; /* its place in `findings` */
    const w403_realm_reply *reply;
    const w403_box *box;
    uint16_t action;
    w403_resource_class on;
    const w403_elements *of; /* NULL: the resource itself */
} w403_public_told;
typedef w403_status w403_public_told_fn(void *user, const w403_public_told *told, w403_error *err);

/* `trust`: accounts inside the zone of trust; n 0: the snapshot's organization, else the bucket's account. Lives in the
 * realm's arena. `tell` may be NULL. */
w403_status w403_public_bucket(w403_realm *r, const w403_bucket *b, const w403_view *trust, size_t n_trust,
                               w403_public_told_fn *tell, void *user, w403_public *out, w403_error *err);

#endif
