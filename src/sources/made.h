/* A snapshot that is being made. */
#ifndef W403_SOURCES_MADE_H
#define W403_SOURCES_MADE_H

#include "base/array.h"
#include "json/json.h"
#include "sources/sources.h"

typedef enum w403_made_kind { W403_MADE_USER, W403_MADE_GROUP, W403_MADE_ROLE, W403_MADE_POLICY } w403_made_kind;

typedef struct w403_made_document {
    w403_view        name;
    const w403_json *document; /* an object, or a text that holds one; NULL: it is there, and not known */
} w403_made_document;

typedef struct w403_made_entity { /* a user, group, role or managed policy */
    w403_made_kind   kind;
    w403_view        account, name, arn, path, id, boundary;
    bool             boundary_unknown;
    const w403_json *trust;    /* of a role; NULL: not known */
    const w403_json *tags;     /* [{Key, Value}] or {key: value} */
    const w403_json *document; /* of a managed policy */
    W403_ARRAY(w403_made_document) documents;
    W403_ARRAY(w403_view) attached;
    W403_ARRAY(w403_view) groups;
    w403_view        rest;     /* more may be attached than is known: where that stands; {NULL,0}: no */
} w403_made_entity;

typedef struct w403_made_file {
    w403_view path, text;
} w403_made_file;

typedef struct w403_made {
    w403_arena *a;
    const w403_source_options *options;
    w403_view   partition;
    bool        whole_iam; /* who is not there is not in the account */
    W403_ARRAY(w403_made_entity *) entities;
    W403_ARRAY(w403_made_file) files;
    bool        nomem;
} w403_made;

/* Finds or adds. */
w403_made_entity *w403_made_entity_of(w403_made *m, w403_made_kind kind, w403_view account, w403_view name);
void w403_made_add_document(w403_made *m, w403_made_entity *e, w403_view name, const w403_json *document);
void w403_made_add_attached(w403_made *m, w403_made_entity *e, w403_view arn);
void w403_made_add_group(w403_made *m, w403_made_entity *e, w403_view name);
/* The ARN that an entity of this kind, path ("/" for {NULL,0}) and name has. */
w403_view w403_made_arn(w403_made *m, w403_made_kind kind, w403_view account, w403_view path, w403_view name);

/* accounts/ACCOUNT/s3/BUCKET/FILE: `value` inside an object of that member; member NULL: as it is. value NULL: unknown. */
void w403_made_bucket_file(w403_made *m, w403_view account, w403_view bucket, const char *file, const char *member,
                           const w403_json *value);
/* Any file; one that is there stays. `text` is JSON. */
void w403_made_file_text(w403_made *m, w403_view path, w403_view text);
bool w403_made_has(const w403_made *m, w403_view path);
/* A bucket that is there, of which perhaps nothing is known. */
void w403_made_bucket(w403_made *m, w403_view account, w403_view bucket);

void w403_made_tell(w403_made *m, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
W403_NODISCARD w403_status w403_made_text(w403_made *m, w403_view *out, w403_error *err);

/* A member that is a text and says something. */
w403_view w403_made_str(const w403_json *object, const char *name);
/* The first of a list, or the value itself: blocks of Terraform are lists of one. */
const w403_json *w403_made_block(const w403_json *object, const char *name);

#endif
