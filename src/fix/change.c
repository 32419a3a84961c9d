/* Candidates: made, and put in force in the world. */
#include "fix/change.h"

#include <stdio.h>

/* ---- candidates ---- */

void w403_text_add(w403_fix_texts *t, w403_view text)
{
    if (t->n < W403_CHANGE_TEXTS && text.p) {
        t->at[t->n++] = text;
    }
}

w403_view w403_sayf(w403_fixer *f, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    w403_view v = w403_arena_vprintf(f->arena, fmt, args);
    va_end(args);
    f->nomem |= v.p == NULL;
    return v.p ? v : W403_LIT("");
}

w403_change *w403_candidate(w403_fixer *f, w403_fix_kind kind, const char *id, unsigned rank, w403_view title,
                            w403_view owner)
{
    const size_t order = f->found.n;
    w403_change *c = W403_PUSH(f->arena, &f->found);
    if (!c) {
        static _Thread_local w403_change spare; /* the search ends with W403_NOMEM before anyone reads it */
        f->nomem = true;
        c = &spare;
    }
    *c = (w403_change){
        .kind = kind, .id = id, .rank = rank, .order = order, .title = title, .owner = owner, .place = {.given = SIZE_MAX}};
    return c;
}

bool w403_sid_is_plain(w403_view sid)
{
    for (size_t i = 0; i < sid.n; i++) {
        if ((unsigned char)sid.p[i] <= ' ') {
            return false;
        }
    }
    return true;
}

w403_view w403_statement_title(w403_fixer *f, const w403_statement *st)
{
    if (st->sid.n && !w403_sid_is_plain(st->sid)) { /* where it ends would not be seen */
        return W403_FIX_SAY(f, "statement `{sid}`", W403_P("sid", st->sid));
    }
    return st->sid.n ? W403_FIX_SAY(f, "statement {sid}", W403_P("sid", st->sid)) : W403_FIX_SAY(f, "statement {n}", W403_N("n", st->index + 1));
}

void w403_candidate_edit(w403_fixer *f, const char *id, unsigned rank, w403_view title, const w403_place *place,
                         w403_edit *e, const char *side_effect)
{
    if (e->failed || !e->edits) {
        return;
    }
    w403_change *c = w403_candidate(f, W403_FIX_POLICY, id, rank, title, place->owner);
    c->place = *place;
    c->after = e->doc.text;
    c->patch = w403_edit_patch(e);
    if (side_effect) {
        w403_text_add(&c->side_effects, W403_FIX_WORD(f, side_effect));
    }
}

void w403_change_write(w403_fixer *f, w403_change *c, void *at, const void *value, size_t size)
{
    void *copy = w403_arena_alloc(f->world->arena, size);
    if (!copy || c->n_writes >= W403_CHANGE_WRITES) {
        f->nomem = true;
        return;
    }
    memcpy(copy, value, size);
    c->writes[c->n_writes].at = at;
    c->writes[c->n_writes].value = copy;
    c->writes[c->n_writes++].size = size;
}

/* ---- putting a change in force ---- */

/* A policy where there was none. */
static bool put_new(w403_fixer *f, const w403_place *p, w403_policy *policy)
{
    w403_policy_set set =
        w403_world_set_with(f->world, p->entity ? &p->entity->identity : &(w403_policy_set){0}, policy);
    const struct {
        bool here;
        const w403_policy **policy;
        w403_policy_set *set;
        w403_fact *fact;
    } holders[] = {
        {p->bucket != NULL, p->bucket ? &p->bucket->policy : NULL, p->bucket ? &p->bucket->policy_set : NULL,
         p->bucket ? &p->bucket->policy_fact : NULL},
        {p->access_point != NULL, p->access_point ? &p->access_point->policy : NULL,
         p->access_point ? &p->access_point->policy_set : NULL,
         p->access_point ? &p->access_point->policy_fact : NULL},
        {p->key != NULL, p->key ? &p->key->policy : NULL, p->key ? &p->key->policy_set : NULL,
         p->key ? &p->key->policy_fact : NULL},
        {p->endpoint != NULL, p->endpoint ? &p->endpoint->policy : NULL,
         p->endpoint ? &p->endpoint->policy_set : NULL, p->endpoint ? &p->endpoint->policy_fact : NULL},
        {p->entity != NULL, NULL, p->entity ? &p->entity->identity : NULL, NULL},
    };
    for (size_t i = 0; i < sizeof holders / sizeof *holders; i++) {
        if (!holders[i].here) {
            continue;
        }
        w403_world_write(f->world, holders[i].set, &set, sizeof set);
        if (holders[i].policy) {
            const w403_policy *one = policy;
            w403_fact fact = *holders[i].fact;
            fact.state = W403_FACT_KNOWN;
            w403_world_write(f->world, holders[i].policy, &one, sizeof one);
            w403_world_write(f->world, holders[i].fact, &fact, sizeof fact);
        }
        return true;
    }
    return false;
}

static w403_policy *parsed(w403_fixer *f, const w403_place *p, w403_view text)
{
    w403_view source = p->source.p ? p->source : W403_LIT("policy");
    w403_policy *policy = w403_world_policy(f->world, p->kind, source, text);
    if (policy && p->policy) {
        policy->file = p->policy->file;
        policy->pointer = p->policy->pointer;
        policy->arn = p->policy->arn;
        policy->name = p->policy->name;
        policy->embedded = true; /* the text is the document alone */
    }
    return policy;
}

static bool put_policy(w403_fixer *f, w403_change *c, const w403_policy **after)
{
    w403_place *p = &c->place;
    if (p->given != SIZE_MAX) {
        w403_world_given g = {p->kind, p->level, p->source.p ? p->source : W403_LIT("policy"), c->after};
        w403_status status = w403_world_give(f->world, p->given, &g, after, NULL);
        f->nomem |= status == W403_NOMEM;
        return status == W403_OK;
    }
    w403_policy *policy = parsed(f, p, c->after);
    if (!policy) {
        return false;
    }
    *after = policy;
    if (p->policy) {
        w403_world_replace(f->world, p->policy, policy);
        return true;
    }
    return put_new(f, p, policy);
}

bool w403_change_apply(w403_fixer *f, w403_change *c, const w403_policy **after)
{
    *after = NULL;
    if (c->kind == W403_FIX_POLICY) {
        return put_policy(f, c, after);
    }
    for (uint32_t i = 0; i < c->n_writes; i++) {
        w403_world_write(f->world, c->writes[i].at, c->writes[i].value, c->writes[i].size);
    }
    return c->n_writes > 0;
}
