/* One candidate: what would be written where, and how a person does it. Internal to fix/. */
#ifndef W403_FIX_CHANGE_H
#define W403_FIX_CHANGE_H

#include "decide/check.h"
#include "fix/edit.h"
#include "fix/fix.h"
#include "fix/text.h"
#include "fix/world.h"
#include "words/words.h"

/* Where a policy stands, or would stand. */
typedef struct w403_place {
    w403_policy_kind kind;
    const w403_policy *policy; /* NULL: there is none yet */
    size_t given;              /* index among those given by hand; SIZE_MAX: in the snapshot */
    unsigned level;            /* of a given SCP or RCP */
    w403_entity *entity;       /* identity, boundary: whose; NULL: not in the snapshot */
    w403_bucket *bucket;
    w403_access_point *access_point;
    w403_kms_key *key;
    w403_vpc_endpoint *endpoint;
    w403_view name;     /* for people: "the bucket policy of b" */
    w403_view source;   /* path in the snapshot, or the name it was given by */
    w403_view owner;    /* account */
    w403_view resource; /* bucket, access point, key or endpoint id, also where there is no struct */
} w403_place;

/* Candidates are tried in the order of these, then by size. What the sender does alone comes first: it is the smallest
 * change, nobody gets a right by it. */
enum {
    W403_RANK_HEADER = 0,     /* the sender alone: a header or an option */
    W403_RANK_ROUTE = 8,      /* the sender alone: another way */
    W403_RANK_CORRECT = 10,   /* a slip of the pen in a policy */
    W403_RANK_SERVICE = 18,   /* the exception that AWS's article has */
    W403_RANK_EXTEND = 20,    /* one value more in a statement */
    W403_RANK_EXCEPTION = 30, /* an exception to a Deny */
    W403_RANK_STATEMENT = 40, /* a new statement */
    W403_RANK_POLICY = 50,    /* a new policy */
    W403_RANK_SETTING = 55,
    W403_RANK_OTHER_SIDE = 70, /* the same by a policy of somebody else */
    W403_RANK_LOOSE = 80,      /* more than was asked for */
    W403_RANK_CREDENTIALS = 90
};

enum { W403_CHANGE_WRITES = 4, W403_CHANGE_TEXTS = 4 };

typedef struct w403_fix_texts {
    w403_view at[W403_CHANGE_TEXTS];
    uint32_t n;
} w403_fix_texts;

typedef struct w403_change {
    w403_fix_kind kind;
    const char *id;
    unsigned rank;
    size_t order; /* of equal ranks the first found goes first */
    w403_view title, owner;
    w403_place place;       /* POLICY */
    w403_view after, patch; /* POLICY */
    struct {                /* the others: bytes to write into the world */
        void *at;
        const void *value;
        size_t size;
    } writes[W403_CHANGE_WRITES];
    uint32_t n_writes;
    w403_fix_texts commands, rollback, side_effects; /* POLICY: made by commands.c */
    w403_view covers;                            /* what else the caller gets: "s3:GetObject on ARN"; {NULL,0}: nothing */
    bool opens;                                  /* it makes something public by itself */
} w403_change;

/* A search: the world, the state it is in, and the candidates for one cause of it. */
typedef struct w403_fixer {
    w403_arena *arena; /* of the candidates for one cause: what lasts longer is copied */
    w403_world *world;
    const w403_fix_options *options;
    const w403_decision *decision;
    const w403_explanation *explanation;
    const w403_cause *cause;
    const w403_check_work *w; /* of the cause's check; NULL: there is none */
    W403_ARRAY(w403_change) found;
    const w403_snapshot *base;     /* as they were given; NULL: none */
    const w403_policies *policies;
    bool was_public; /* before any change */
    bool wide;       /* only candidates that may take away several causes */
    bool nomem;
} w403_fixer;

static inline const w403_check_work *w403_fix_work(const w403_check *check)
{
    return check ? check->detail : NULL;
}
static inline const w403_call *w403_fix_call(const w403_fixer *f)
{
    return f->decision->detail;
}

/* A new candidate; never NULL (memory short: a spare one that nobody reads). */
w403_change *w403_candidate(w403_fixer *f, w403_fix_kind kind, const char *id, unsigned rank, w403_view title,
                            w403_view owner);
/* A statement in a title: "statement Sid", "statement `Sid of words`", "statement 2". */
bool w403_sid_is_plain(w403_view sid); /* without a blank in it */
w403_view w403_statement_title(w403_fixer *f, const w403_statement *st);
/* One for a policy that was edited. */
void w403_candidate_edit(w403_fixer *f, const char *id, unsigned rank, w403_view title, const w403_place *place,
                         w403_edit *e, const char *side_effect);
/* Puts it in force in the world. False: it cannot be. *after is the policy that it made; NULL: none. */
bool w403_change_apply(w403_fixer *f, w403_change *c, const w403_policy **after);
void w403_change_write(w403_fixer *f, w403_change *c, void *at, const void *value, size_t size);
void w403_text_add(w403_fix_texts *t, w403_view text);
w403_view w403_sayf(w403_fixer *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A title, an effect, a reason: one whole text in the language of the answer (words/words.h); memory short is kept in mind. */
static inline w403_view w403_fix_text(w403_fixer *f, w403_view text)
{
    f->nomem |= text.p == NULL;
    return text.p ? text : W403_LIT("");
}
#define W403_FIX_SAY(f, text, ...) w403_fix_text((f), w403_say((f)->arena, (text), __VA_ARGS__))
#define W403_FIX_WORD(f, text)     w403_view_of(w403_word((f)->arena, (text)))

/* A printed command, or its lack of memory. */
static inline w403_view w403_fix_said(w403_fixer *f, w403_view command)
{
    f->nomem |= command.p == NULL;
    return command.p ? command : W403_LIT("");
}
#define W403_FIX_AWS(f, ...) w403_fix_said((f), W403_AWS((f)->arena, __VA_ARGS__))
#define W403_FIX_REMARK(f, ...) w403_fix_said((f), W403_REMARK((f)->arena, __VA_ARGS__))
#define W403_FIX_HINT(f, words) w403_fix_said((f), w403_command_remark_of((f)->arena, (words), NULL, 0))

/* ---- state.c ---- */
typedef struct w403_tried {
    w403_arena *arena;
    w403_decision decision;
    w403_explanation explanation;
} w403_tried;

bool w403_tried_look(w403_fixer *f, w403_tried *s, w403_status *status); /* decides the world as it is */
bool w403_tried_holds(const w403_explanation *x, const w403_cause *c);
bool w403_tried_progress(const w403_explanation *before, const w403_tried *after, const w403_cause *cause);

/* ---- place.c ---- */
/* Of a policy that took part in a check. */
w403_place w403_place_of(w403_fixer *f, const w403_check_work *w, w403_layer_kind layer, const w403_policy *policy);
/* Where an Allow would be added: the policy that the user most likely owns. kind of the layer; `layer` may be NULL.
 */
w403_place w403_place_for(w403_fixer *f, const w403_check_work *w, w403_layer_kind kind, const w403_layer *layer);
/* Is it AWS's own, which nobody can edit? */
bool w403_policy_is_aws(const w403_policy *p);
w403_view w403_policy_user(w403_fixer *f, const w403_check_work *w); /* the user or role whose policies count */

/* ---- commands.c ---- */
/* The commands that put a document in its place, and back. Gives the name of the file that the first one writes. */
w403_view w403_policy_commands(w403_fixer *f, const w403_place *place, w403_view before, w403_view after,
                               w403_fix_texts *commands, w403_fix_texts *rollback);

/* ---- statement.c ---- */
/* A new statement for what a check asks, in the words of a kind of policy. *opens: it is for everybody. */
w403_view w403_statement_for(w403_fixer *f, const w403_check_work *w, w403_policy_kind kind, const w403_policy *in,
                             bool *opens);
/* The principal that it names: {"AWS": ...}; {NULL,0}: nobody can be named (anonymous). */
w403_view w403_principal_for(w403_fixer *f, const w403_check_work *w);
w403_view w403_context_value(const w403_check_work *w, const char *key); /* {NULL,0}: absent or not known */
w403_view w403_pattern_escape(w403_fixer *f, w403_view arn);             /* wildcards of a key made literal */
/* What is asked for as a Resource: a service's delivery by its prefix, not by one key. */
w403_view w403_resource_for(w403_fixer *f, const w403_check_work *w, w403_policy_kind kind);
void w403_add_statement(w403_fixer *f, const w403_check_work *w, const w403_place *place, unsigned rank);

/* ---- the generators: each adds candidates for f->cause ---- */
void w403_fix_allow(w403_fixer *f, w403_layer_kind layer); /* allow.c: no-allow.* */
void w403_fix_broken(w403_fixer *f, w403_layer_kind layer,
                     const w403_layer *l); /* broken.c: slips in what came near */
void w403_fix_deny(w403_fixer *f);         /* deny.c: deny.* */
/* condition.c: make a condition of a statement come out as wanted. */
void w403_fix_condition(w403_fixer *f, const w403_place *place, const w403_statement *st, const w403_condition *c,
                        bool wanted);
enum { W403_WANTED_VALUES = 4 };
/* Values that the condition's list asks for, as they would be sent, the nearest to what the request has first; how many. */
uint32_t w403_wanted_values(const w403_fixer *f, const w403_condition *c, w403_view *out);
/* The request with a condition key set by hand; {NULL,0}: absent. False: memory is short. */
bool w403_with_context(w403_fixer *f, w403_request *r, w403_view key, w403_view value);
bool w403_set_by_hand(const w403_fixer *f, w403_view key);
/* facts.c: what nobody sends */
void w403_fix_principal_tag(w403_fixer *f, const w403_condition *c);
void w403_fix_object_tag(w403_fixer *f, const w403_condition *c);
void w403_fix_resource_tag(w403_fixer *f, const w403_condition *c);
void w403_fix_vpc(w403_fixer *f, const w403_condition *c);
/* request.c */
void w403_fix_header(w403_fixer *f, w403_view name, w403_view value, const char *id, unsigned rank, w403_view title);
void w403_fix_request(w403_fixer *f, const w403_request *changed, const char *id, unsigned rank, w403_view title,
                      w403_view command);
void w403_fix_mfa(w403_fixer *f);
void w403_fix_network(w403_fixer *f, bool endpoint, w403_view value);
void w403_fix_presign(w403_fixer *f);
void w403_fix_credentials(w403_fixer *f);
w403_view w403_request_header(const w403_request *r, w403_view name);
/* settings.c, ownership.c, encryption.c */
void w403_fix_gate(w403_fixer *f); /* causes of S3's own gates */
void w403_fix_public_block(w403_fixer *f);
void w403_fix_object_acl(w403_fixer *f);
w403_view w403_put_ownership(w403_fixer *f, w403_view bucket, w403_view setting); /* the command that sets it */
void w403_fix_masked(w403_fixer *f);
void w403_fix_key(w403_fixer *f);       /* kms.* */
void w403_fix_key_grant(w403_fixer *f); /* a KMS grant in place of a key policy */

/* ---- guard.c ---- */
/* Why a change must not be proposed: it makes something public, or takes the last administrator. {NULL,0}: it may. */
w403_view w403_guard(w403_fixer *f, const w403_change *c, const w403_policy *before, const w403_policy *after);

/* Is what the request asks allowed to everybody, from everywhere? */
bool w403_is_public(w403_fixer *f);
/* Fills also_allows of a fix that is in force, and takes it back to `mark`. */
w403_status w403_others_gain(w403_fixer *f, size_t mark, w403_fix *fix, w403_error *err);

/* ---- reach.c ---- */
typedef struct w403_fix_gain {
    w403_view principal, words; /* principal: of one alone */
    bool anonymous;
} w403_fix_gain;
typedef struct w403_fix_reached {
    W403_ARRAY(w403_fix_gain) list;
    bool open; /* of somebody it is not settled */
} w403_fix_reached;
/* Whoever gains by the fix that is in force, over all requests for the operation and resource. */
W403_NODISCARD w403_status w403_fix_reach(w403_fixer *f, w403_fix_reached *out, w403_error *err);

/* ---- publish.c ---- */
typedef struct w403_applied { /* a change that is in force, with what it removed */
    w403_change change;
    const w403_policy *made; /* POLICY: what it put in its place */
    w403_view before; /* POLICY: the text that was there, */
    w403_view file, pointer; /* and where that stands */
    const w403_view *removes;
    uint32_t n_removes;
} w403_applied;
w403_status w403_publish(w403_fixer *f, const w403_applied *at, size_t n, w403_fix *out, w403_error *err);

/* ---- list.c ---- */
typedef W403_ARRAY(w403_fix) w403_fixes;
bool w403_fixes_hold(const w403_fixes *list, const w403_fix *fix); /* another way to the same documents is the same */
void w403_fixes_sort(w403_fixes *list);

#endif
