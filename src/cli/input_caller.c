/* --as, and the caller of what-can, in the words of the snapshot: `alice`, `user/alice`, `role/deploy` are the one user or role of that name. */
#include "cli/input.h"

#include "base/array.h"
#include "snapshot/snapshot.h"

#define SHOWN(v) (int)((v).n > 200 ? 200 : (v).n), ((v).p ? (v).p : "")

enum { NEAREST = 3 };

typedef struct search {
    w403_arena *arena;
    w403_view   name, path; /* of the user or role; the path that was given, or {NULL,0} */
    bool        users, roles;
    const w403_entity *found;
    const w403_entity *other; /* a second one */
    W403_ARRAY(w403_view) near;
} search;

/* user/team/alice: the kind, the path and the name. */
static void read_words(search *q, w403_view text)
{
    w403_view rest = text;
    w403_view type = w403_view_cut(&rest, '/');
    bool user = w403_view_eq(type, W403_LIT("user")), role = w403_view_eq(type, W403_LIT("role"));
    rest = (user || role) && rest.p ? rest : text;
    q->users = !role || !(rest.p != text.p);
    q->roles = !user || !(rest.p != text.p);
    size_t slash = SIZE_MAX;
    for (size_t i = 0; i < rest.n; i++) {
        slash = rest.p[i] == '/' ? i : slash;
    }
    q->name = slash == SIZE_MAX ? rest : w403_view_sub(rest, slash + 1, rest.n);
    q->path = slash == SIZE_MAX ? (w403_view){NULL, 0} : w403_view_sub(rest, 0, slash + 1);
}

static void look(search *q, const w403_map *names)
{
    const w403_entity *e = w403_map_get(names, q->name);
    w403_view near[NEAREST];
    if (e && (!q->path.p || w403_view_ends(e->path, q->path))) {
        q->other = q->found ? e : q->other;
        q->found = q->found ? q->found : e;
        return;
    }
    size_t n = w403_nearest_names(names, q->name, near, NEAREST);
    for (size_t i = 0; i < n; i++) {
        w403_view *slot = W403_PUSH(q->arena, &q->near);
        if (slot) {
            *slot = near[i];
        }
    }
}

static w403_status not_one(const search *q, w403_view text, w403_error *err)
{
    if (q->other) {
        (void)w403_error_set(err, W403_SEMANTIC, "`%.*s` names several principals", SHOWN(text));
        w403_error_hint(err, "give one ARN: `%.*s`, `%.*s` ...", SHOWN(q->found->arn), SHOWN(q->other->arn));
        return W403_SEMANTIC;
    }
    (void)w403_error_set(err, W403_NOT_FOUND, "the snapshot has no %s `%.*s`",
                         !q->roles ? "user" : !q->users ? "role" : "user or role", SHOWN(q->name));
    if (q->near.n > 0) {
        w403_error_hint(err, "did you mean `%.*s`?", SHOWN(q->near.at[0]));
    } else {
        w403_error_hint(err, "give an ARN, `anonymous`, or `service:s3.amazonaws.com`");
    }
    return W403_NOT_FOUND;
}

static bool is_short(w403_view v)
{
    bool word = v.n > 0 && v.p[0] != '*';
    for (size_t i = 0; i < v.n && word; i++) {
        word = v.p[i] != ':' && (unsigned char)v.p[i] > ' ';
    }
    return word && !w403_view_eq(v, W403_LIT("anonymous")) && !w403_view_eq(v, W403_LIT("any-account"));
}

static w403_status resolve(w403_cli *cli, const w403_snapshot *s, w403_view text, w403_view *out, w403_error *err)
{
    search q = {.arena = cli->arena};
    if (w403_view_ends(text, W403_LIT(".amazonaws.com"))) {
        *out = w403_arena_printf(cli->arena, "service:%.*s", (int)text.n, text.p);
        W403_NEED(out->p, err);
        return W403_OK;
    }
    if (!s) {
        (void)w403_error_set(err, W403_SEMANTIC, "`%.*s` is no ARN, and there is no snapshot to find it in",
                             SHOWN(text));
        w403_error_hint(err, "write an ARN, arn:aws:iam::ACCOUNT:user/NAME, or name a snapshot with `--snapshot DIR`");
        return W403_SEMANTIC;
    }
    read_words(&q, text);
    for (uint32_t i = 0; i < s->n_accounts; i++) {
        if (q.users) {
            look(&q, &s->account_list[i]->users);
        }
        if (q.roles) {
            look(&q, &s->account_list[i]->roles);
        }
    }
    if (!q.found || q.other) {
        return not_one(&q, text, err);
    }
    *out = q.found->arn;
    return W403_OK;
}

w403_status w403_input_caller_name(w403_cli *cli, const w403_snapshot *snapshot, w403_view *name, w403_error *err)
{
    return is_short(*name) ? resolve(cli, snapshot, *name, name, err) : W403_OK;
}

w403_status w403_input_caller(w403_cli *cli, const w403_snapshot *snapshot, w403_error *err)
{
    for (size_t i = 0; i < cli->args.given.n; i++) {
        w403_given *g = &cli->args.given.at[i];
        w403_view text = w403_view_of(g->id == W403_OPT_AS && g->value ? g->value : ""), arn = {NULL, 0};
        if (!is_short(text)) {
            continue;
        }
        W403_TRY(resolve(cli, snapshot, text, &arn, err));
        w403_view copy = w403_arena_copy(cli->arena, arn); /* ends in NUL */
        W403_NEED(copy.p, err);
        g->value = copy.p;
    }
    return W403_OK;
}
