/* The resources of a plan or of a state. */
#ifndef W403_SOURCES_TERRAFORM_H
#define W403_SOURCES_TERRAFORM_H

#include "base/hash.h"
#include "sources/made.h"

typedef struct w403_tf_resource {
    w403_view        module, type, name, address;
    const w403_json *index, *values, *expressions; /* expressions: of the configuration; NULL where there is none */
    bool             created;                      /* by this plan: nobody else had a hand in it yet */
    struct w403_tf_resource *next;                 /* another instance of the same */
} w403_tf_resource;

typedef struct w403_tf {
    w403_made   made;
    w403_view   name;    /* of the file, for sentences */
    w403_view   account;
    w403_map    by_name; /* "module\ntype.name" -> the first */
    w403_map    changes; /* address -> the change's actions */
    W403_ARRAY(w403_tf_resource *) resources;
} w403_tf;

/* A value of a resource: as it stands, or that of the resource which its configuration refers to (`aws_s3_bucket.x.id`,
 * whose own id only AWS knows). {NULL,0}: known after apply. */
w403_view w403_tf_text(w403_tf *t, const w403_tf_resource *r, const char *attribute);
/* A document in a member; NULL: known after apply, or empty. */
const w403_json *w403_tf_document(const w403_tf_resource *r, const char *attribute);

/* False: no resource of theirs. */
bool w403_tf_s3(w403_tf *t, const w403_tf_resource *r);
bool w403_tf_iam(w403_tf *t, const w403_tf_resource *r);

#endif
