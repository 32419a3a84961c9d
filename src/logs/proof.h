/* Of the proof: what was where before a change and after it, and a copy of the snapshot that has it there. */
#ifndef W403_LOGS_PROOF_H
#define W403_LOGS_PROOF_H

#include "base/buf.h"
#include "fix/edit.h"
#include "fix/world.h"
#include "logs/survey_state.h"

/* What is in a place at some time. */
typedef enum w403_known {
    W403_CONTENT_UNKNOWN,
    W403_CONTENT_AS_IT_IS, /* what the snapshot has */
    W403_CONTENT_NONE,     /* nothing: no document, not attached, the setting's default */
    W403_CONTENT_DOCUMENT,
    W403_CONTENT_SETTING, /* what a change of this place set, or put there */
    W403_CONTENT_BACK     /* where MoveAccount took the account from */
} w403_known;
typedef struct w403_content {
    w403_known             known;
    bool                   assumed; /* NONE: the logs do not reach back far enough to say so */
    w403_view              text;    /* of a document */
    const w403_log_change *setting; /* of a setting, and of a document: the change that wrote it */
} w403_content;

/* Before a change, by the changes before it, by an older snapshot, or by the call's own inverse. */
w403_content w403_content_before(const w403_survey *s, const w403_survey_options *o, const w403_log_change *c);
w403_content w403_content_after(const w403_survey *s, const w403_survey_options *o, const w403_log_change *c);

/* undo.c: the commands that put a content back, a line each, in the arena; {NULL,0}: there are none. */
w403_view w403_undo_commands(w403_arena *a, const w403_log_change *c, const w403_content *was);

/* What serves all proofs: a copy of the snapshot, and files of it that were read again, as JSON. */
typedef struct w403_sources {
    w403_arena *arena;
    w403_map    docs;  /* path -> w403_json_doc * */
    w403_world  world; /* arena NULL: not opened yet */
} w403_sources;
/* NULL: it is not in the snapshot, or no JSON. */
const w403_json_doc *w403_source_doc(w403_sources *src, const w403_snapshot *s, w403_view path);

/* A copy of the snapshot in which one place has another content, until the world takes its writes back. */
typedef struct w403_rewound {
    w403_world    *world;
    w403_snapshot *part; /* loaded for it: what was put points into it; NULL: nothing was */
    const char    *why;  /* it could not be put: half a sentence */
} w403_rewound;
void w403_rewound_close(w403_rewound *r);

/* proof_world.c: puts a content in the place that the change writes. False: it cannot be, r->why says why not. */
bool w403_content_put(w403_rewound *r, w403_sources *src, const w403_log_change *change, const w403_content *what);

/* ---- its parts ---- */

/* A few files as a snapshot of their own, in the room of the copy: {"path": text, ...}. */
typedef struct w403_excerpt {
    w403_rewound *r;
    w403_buf      json;
} w403_excerpt;
void w403_excerpt_open(w403_excerpt *x, w403_rewound *r);
void w403_excerpt_add(w403_excerpt *x, w403_view path, w403_view text);
/* Loads it into r->part. False: it cannot be. */
bool w403_excerpt_load(w403_excerpt *x);

/* proof_iam.c: users, roles, groups and managed policies, as far as the request's principal has them. */
bool w403_content_put_iam(w403_rewound *r, w403_sources *src, const w403_log_change *c, const w403_content *what);
/* proof_org.c: the organization. */
bool w403_content_put_org(w403_rewound *r, const w403_log_change *c, const w403_content *what);
/* proof_settings.c: settings of buckets and accounts; state and grants of keys. */
bool w403_content_put_setting(w403_rewound *r, const w403_log_change *c, const w403_content *what);
bool w403_content_put_grant(w403_rewound *r, const w403_log_change *c, const w403_content *what);
/* A key by ARN or bare id. */
w403_kms_key *w403_change_key(const w403_snapshot *s, const w403_log_change *c);

/* A list's element, found by a member (NULL: it is a string itself), put there or taken away; `json` {NULL,0}: away. */
bool w403_edit_listed(w403_edit *e, const char *list, const char *member, w403_view id, w403_view json);
/* A member of the document, whatever was there; `json` {NULL,0}: away. */
bool w403_edit_member(w403_edit *e, const char *name, w403_view json);

#endif
