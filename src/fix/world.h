/* A private copy of what a question is decided by, to try changes in. Its shape is the snapshot's own, so that the
 * engine decides on it; texts and parsed policies are shared, the structs that hold them are copied. Every change is
 * a write that can be taken back. */
#ifndef W403_FIX_WORLD_H
#define W403_FIX_WORLD_H

#include "base/array.h"
#include "policy/policies.h"
#include "snapshot/snapshot.h"

typedef struct w403_world_given {
    w403_policy_kind kind;
    unsigned level;
    w403_view source, text;
} w403_world_given;

typedef struct w403_world_undo {
    void *at;
    const void *was;
    size_t size;
} w403_world_undo;

typedef struct w403_world_owned { /* policies that are freed when the writes after `mark` are taken back */
    w403_policies *policies;
    size_t mark;
} w403_world_owned;

typedef struct w403_world {
    w403_arena *arena;             /* of what is written; may be another one for each change */
    w403_arena *log;               /* of what was there before: as long as the world */
    w403_snapshot *snapshot;       /* NULL: none */
    const w403_policies *policies; /* those of `given`; NULL: none */
    w403_world_given *given;
    size_t n_given;
    w403_request request;
    W403_ARRAY(w403_world_undo) undo;
    W403_ARRAY(w403_world_owned) owned;
    bool nomem;
} w403_world;

/* `arena` holds the copy and must outlive the world. Cost O(entities + buckets + keys). */
w403_status w403_world_open(w403_world *w, const w403_snapshot *snapshot, const w403_policies *policies,
                            const w403_request *request, w403_arena *arena, w403_error *err);
void w403_world_close(w403_world *w);
/* Takes every write back, and goes on with another question: what is written from then on lives in `arena`, and what
 * was written before no longer needs its own. */
void w403_world_again(w403_world *w, const w403_request *request, w403_arena *arena);

/* Writes into the copy (or into w->request). */
void w403_world_write(w403_world *w, void *at, const void *value, size_t size);
size_t w403_world_mark(const w403_world *w);
void w403_world_back(w403_world *w, size_t mark);

/* The policies given by hand with another text at `index`, or with one more at the end (index = n_given). *made is the
 * policy of that text. */
W403_NODISCARD w403_status w403_world_give(w403_world *w, size_t index, const w403_world_given *given,
                                           const w403_policy **made, w403_error *err);
/* Where a policy was given by hand; SIZE_MAX: it is the snapshot's. */
size_t w403_world_given_index(const w403_world *w, const w403_policy *policy);

/* Every place of the copy that holds `old` gets `with`: a managed policy is everybody's. */
void w403_world_replace(w403_world *w, const w403_policy *old, const w403_policy *with);
/* A set with one policy more. */
w403_policy_set w403_world_set_with(w403_world *w, const w403_policy_set *set, const w403_policy *more);
/* The copy's own struct of an object, so that it can be written; NULL when memory is short. */
w403_object *w403_world_object(w403_world *w, w403_bucket *bucket, const w403_object *object);
/* A policy of a text; NULL when it is none. */
w403_policy *w403_world_policy(w403_world *w, w403_policy_kind kind, w403_view source, w403_view text);

/* guard.c: is what the request asks allowed to everybody? It is asked unsigned, from an address that no policy names
 * (RFC 2544). */
bool w403_world_is_public(w403_world *w, w403_arena *arena);

/* The document of a policy, alone. */
w403_view w403_policy_text(const w403_policy *p);

#endif
