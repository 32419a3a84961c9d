/* What the organization was before a change, or after it: its files, one of them edited as the call edits it, loaded
 * again; then each account's place and levels. */
#include "logs/proof.h"

static bool fail(w403_rewound *r, const char *why)
{
    r->why = why;
    return false;
}

static w403_view path_of(w403_arena *a, const w403_log_change *c)
{
    switch (c->kind->place) {
    case W403_PLACE_ORG_POLICY:
        return w403_arena_printf(a, "organization/policies/%.*s.json", W403_ARG(c->policy));
    case W403_PLACE_ORG_PARENT:
        return W403_LIT("organization/parents.json");
    default:
        return W403_LIT("organization/attachments.json");
    }
}

/* MoveAccount names both ends. */
static w403_view parent_of(w403_arena *a, const w403_log_change *c, const w403_content *what)
{
    bool            back = what->known == W403_CONTENT_BACK;
    const w403_log_change *set = back ? c : what->setting;
    return w403_change_parameter(a, set, back ? W403_LIT("sourceParentId") : W403_LIT("destinationParentId"));
}

static bool edit(w403_edit *e, const w403_log_change *c, const w403_content *what)
{
    w403_view        target = w403_arena_copy(e->arena, c->target); /* ends in NUL */
    w403_view        none = {NULL, 0};
    const w403_json *content = w403_json_path(e->doc.root, "Policy", "Content", NULL);
    if (!target.p || !target.n) {
        return false;
    }
    if (c->kind->place == W403_PLACE_ORG_POLICY) {
        return content && w403_edit_replace(e, content, what->text);
    }
    if (c->kind->place == W403_PLACE_ORG_PARENT) {
        w403_view parent = parent_of(e->arena, c, what);
        return parent.n && w403_edit_member(e, target.p, w403_json_quote(e->arena, parent));
    }
    bool there = what->known != W403_CONTENT_NONE;
    return w403_edit_listed(e, target.p, NULL, c->policy, there ? w403_json_quote(e->arena, c->policy) : none);
}

static void graft(w403_rewound *r)
{
    w403_world *w = r->world;
    for (uint32_t i = 0; i < w->snapshot->n_accounts; i++) {
        w403_account       *a = w->snapshot->account_list[i];
        const w403_account *was = w403_snapshot_account(r->part, a->id);
        if (!was) {
            continue;
        }
        w403_world_write(w, &a->levels, &was->levels, sizeof a->levels);
        w403_world_write(w, &a->n_levels, &was->n_levels, sizeof a->n_levels);
        w403_world_write(w, &a->org_path, &was->org_path, sizeof a->org_path);
        w403_world_write(w, &a->org_bpa, &was->org_bpa, sizeof a->org_bpa);
        w403_world_write(w, &a->in_org, &was->in_org, sizeof a->in_org);
        w403_world_write(w, &a->in_org_unsure, &was->in_org_unsure, sizeof a->in_org_unsure);
    }
}

/* All accounts are named, also those that only have a folder. */
static void add_accounts(w403_excerpt *x, const w403_snapshot *s)
{
    for (uint32_t i = 0; i < s->n_accounts; i++) {
        w403_view path =
            w403_arena_printf(x->r->world->arena, "accounts/%.*s/account.json", W403_ARG(s->account_list[i]->id));
        w403_excerpt_add(x, path, W403_LIT("{}"));
    }
}

bool w403_content_put_org(w403_rewound *r, const w403_log_change *c, const w403_content *what)
{
    w403_arena          *a = r->world->arena;
    const w403_snapshot *s = r->world->snapshot;
    w403_view            path = path_of(a, c);
    const w403_json_doc *file = s ? w403_map_get(&s->files, path) : NULL;
    w403_edit            e;
    w403_excerpt         x;
    if (!file) {
        return fail(r, "that part of the organization is not in the snapshot");
    }
    if (!w403_edit_text(&e, a, path, file->text) || !edit(&e, c, what)) {
        return fail(r, "the organization's files do not have the place that it changes");
    }
    w403_excerpt_open(&x, r);
    for (uint32_t i = 0; i < s->n_files; i++) {
        const w403_json_doc *f = s->file_list[i];
        bool                 one = w403_view_eq(f->source, path);
        bool                 of_now = w403_view_starts(f->source, W403_LIT("organization/effective/"));
        if (w403_view_starts(f->source, W403_LIT("organization/")) && !of_now && w403_view_trim(f->text).n) {
            w403_excerpt_add(&x, f->source, one ? e.doc.text : f->text);
        }
    }
    add_accounts(&x, s);
    if (!w403_excerpt_load(&x)) {
        return false;
    }
    graft(r);
    return !r->world->nomem;
}
