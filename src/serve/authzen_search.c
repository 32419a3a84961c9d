/* AuthZEN 1.0 searches: who, on what, and what may be done, over what the snapshot holds. Each candidate is decided; those that
 * nobody can tell are no results, and their number stands beside. */
#include <stdio.h>
#include <string.h>

#include "catalog/catalog.h"
#include "serve/authzen.h"

typedef struct search {
    w403_serving     *q;
    w403_authzen_item item;
    w403_request      r;
    w403_arena       *one;   /* of one candidate */
    w403_context_entry *context; /* of the request, with what a candidate adds */
    size_t            n_said;
    w403_json_writer  w;
    uint64_t          from, limit;
    uint64_t          found, written, unknown;
    w403_error        err;
    w403_status       status;
} search;

/* ---- pages ---- */

/* Of this process and this generation only: a token of another world begins in the middle of nothing. */
static void seal(const w403_serving *q, uint64_t at, char out[static 17])
{
    w403_sha256 s;
    uint8_t     hash[W403_SHA256_BYTES];
    w403_sha256_begin(&s);
    w403_sha256_add(&s, (w403_view){(const char *)q->server->seal, sizeof q->server->seal});
    w403_sha256_add(&s, w403_view_of(q->route->id));
    w403_sha256_add(&s, w403_view_of(q->world->name));
    w403_sha256_add(&s, (w403_view){(const char *)&at, sizeof at});
    w403_sha256_end(&s, hash);
    for (unsigned i = 0; i < 8; i++) {
        (void)snprintf(out + 2 * i, 3, "%02x", hash[i]);
    }
}

static const char *read_page(search *s, const w403_json *root)
{
    const w403_json *page = w403_json_get(root, "page"), *limit = w403_json_get(page, "limit");
    w403_view        token = w403_json_str(page, "token");
    char             good[17];
    s->limit = s->q->server->options.limits.page;
    if (limit && (limit->type != W403_JSON_NUMBER || !w403_view_u64(limit->text, &s->limit) || s->limit == 0 || s->limit > 1000)) {
        return "the limit of a page is a number from 1 to 1000";
    }
    if (token.n) {
        w403_view sealed = token;
        w403_view at = w403_view_cut(&sealed, '.');
        if (!w403_view_u64(at, &s->from)) {
            return "there is no such page: start again";
        }
        seal(s->q, s->from, good);
        return w403_view_eq(sealed, w403_view_of(good)) ? NULL : "there is no such page any more: start again";
    }
    return NULL;
}

/* ---- one candidate ---- */

static bool judge(search *s)
{
    w403_decision d;
    w403_arena_reset(s->one);
    s->r.dialect = s->q->server->options.dialect;
    w403_status status = w403_decide(s->q->world->world->snapshot, NULL, &s->r, W403_DETAIL_VERDICT, s->one, &d, &s->err);
    if (status == W403_NOMEM || atomic_load(&s->q->stop)) {
        s->status = W403_NOMEM;
        return false;
    }
    s->unknown += status == W403_OK && d.verdict == W403_UNDETERMINED;
    return status == W403_OK && d.verdict == W403_ALLOWED;
}

/* Does this one stand on the page? */
static bool on_page(search *s)
{
    uint64_t at = s->found++;
    return at >= s->from && s->written < s->limit;
}

static void put_entity(search *s, w403_view type, w403_view id)
{
    s->written++;
    w403_jw_object(&s->w);
    w403_jw_text(&s->w, "type", type);
    w403_jw_text(&s->w, "id", id);
    w403_jw_end_object(&s->w);
}

/* ---- begin and end ---- */

static bool begin(search *s, w403_serving *q, w403_authzen_open_member without)
{
    w403_json_doc doc;
    *s = (search){.q = q, .status = W403_OK};
    if (!w403_body_json(q, &doc)) {
        return false;
    }
    const char *wrong = doc.root->type == W403_JSON_OBJECT ? NULL : "the request is an object";
    s->item = w403_authzen_item_of(doc.root, NULL);
    wrong = wrong ? wrong : w403_authzen_request(q, &s->item, without, &s->r);
    wrong = wrong ? wrong : read_page(s, doc.root);
    if (wrong) {
        w403_refuse(q, 400, "semantic", wrong, NULL);
        return false;
    }
    s->one = w403_arena_new(q->server->options.limits.memory);
    if (!s->one) {
        w403_refuse(q, 503, "overload", "out of memory", NULL);
        return false;
    }
    w403_jw_init(&s->w, &q->x->out, false);
    w403_jw_object(&s->w);
    w403_jw_key(&s->w, "results");
    w403_jw_array(&s->w);
    return true;
}

static void finish(search *s)
{
    w403_serving *q = s->q;
    char          token[48] = "", good[17];
    w403_arena_free(s->one);
    if (s->status != W403_OK) {
        w403_buf_clear(&q->x->out);
        w403_refuse(q, 503, "timeout", "the search takes longer than an answer may", NULL);
        return;
    }
    uint64_t next = s->from + s->written;
    if (next < s->found) {
        seal(q, next, good);
        (void)snprintf(token, sizeof token, "%llu.%s", (unsigned long long)next, good);
    }
    w403_jw_end_array(&s->w);
    w403_jw_key(&s->w, "page");
    w403_jw_object(&s->w);
    w403_jw_word(&s->w, "next_token", token);
    w403_jw_number(&s->w, "count", s->written);
    w403_jw_number(&s->w, "total", s->found);
    w403_jw_end_object(&s->w);
    if (s->unknown) {
        w403_jw_key(&s->w, "context");
        w403_jw_object(&s->w);
        w403_jw_key(&s->w, "why403");
        w403_jw_object(&s->w);
        w403_jw_number(&s->w, "undetermined", s->unknown);
        w403_jw_end_object(&s->w);
        w403_jw_end_object(&s->w);
    }
    w403_jw_end_object(&s->w);
    w403_answer(q, 200, "application/json");
}

static void run(w403_serving *q, w403_authzen_open_member without, void each(search *s))
{
    search       s;
    w403_watched watched;
    if (!begin(&s, q, without)) {
        return;
    }
    w403_watch_begin(q->server, &watched, &q->stop);
    if (q->world->world->snapshot) {
        each(&s);
    }
    w403_watch_end(q->server, &watched);
    finish(&s);
}

/* ---- subjects ---- */

static void try_subjects(search *s, const w403_map *entities, w403_view type, w403_view template)
{
    for (size_t i = 0; i < entities->cap && s->status == W403_OK; i++) {
        const w403_entity *e = entities->slots[i].value;
        w403_view          id = e ? (template.p ? w403_authzen_id(template, e->arn) : e->arn) : (w403_view){NULL, 0};
        if (!id.p) {
            continue;
        }
        s->r.principal = e->arn;
        if (judge(s) && on_page(s)) {
            put_entity(s, type, id);
        }
    }
}

static void subjects(search *s)
{
    const w403_authzen_map *map = s->q->server->authzen;
    const w403_snapshot    *snapshot = s->q->world->world->snapshot;
    w403_view               type = w403_json_str(s->item.subject, "type");
    w403_view               template = map ? w403_authzen_find(&map->subjects, type) : (w403_view){NULL, 0};
    bool                    users = template.p || w403_view_eq(type, W403_LIT("iam_user"));
    bool                    roles = template.p || w403_view_eq(type, W403_LIT("iam_role"));
    for (uint32_t i = 0; i < snapshot->n_accounts; i++) {
        const w403_account *a = snapshot->account_list[i];
        if (users) {
            try_subjects(s, &a->users, type, template);
        }
        if (roles) {
            try_subjects(s, &a->roles, type, template);
        }
    }
}

/* ---- resources ---- */

/* What the words call properties of a resource are an object's tags: of a candidate we know them. */
static void set_tags(search *s, const w403_object *o)
{
    static const w403_view  prefix = {"s3:ExistingObjectTag/", 21};
    const w403_authzen_map *map = s->q->server->authzen;
    s->r.n_context = s->n_said;
    for (size_t i = 0; map && i < map->properties.n; i++) {
        w403_view key = map->properties.at[i].value;
        for (uint32_t k = 0; w403_view_starts(key, prefix) && k < o->n_tags; k++) {
            if (w403_view_eq(o->tags[k].key, w403_view_sub(key, prefix.n, key.n))) {
                s->context[s->r.n_context++] = (w403_context_entry){.key = key, .present = W403_YES, .values = &o->tags[k].value, .n_values = 1};
                break;
            }
        }
    }
}

/* Room for them behind what was said. */
static bool make_room(search *s)
{
    const w403_authzen_map *map = s->q->server->authzen;
    s->n_said = s->r.n_context;
    s->context = W403_NEW_N(s->q->arena, w403_context_entry, s->n_said + (map ? map->properties.n : 0) + 1);
    if (s->context && s->n_said) {
        memcpy(s->context, s->r.context, s->n_said * sizeof *s->context);
    }
    s->r.context = s->context;
    return s->context != NULL;
}

static void try_resource(search *s, w403_view type, w403_view template, w403_view arn)
{
    w403_view id = template.p ? w403_authzen_id(template, arn) : arn;
    s->r.resource = arn;
    if (id.p && judge(s) && on_page(s)) {
        put_entity(s, type, id);
    }
}

static void try_bucket(search *s, const w403_bucket *b, w403_view type, w403_view template)
{
    w403_buf  arn = {0};
    w403_view partition = s->q->world->world->snapshot->partition;
    bool      objects = template.p || w403_view_eq(type, W403_LIT("s3_object"));
    w403_buf_printf(&arn, "arn:%.*s:s3:::%.*s", W403_ARG(partition), W403_ARG(b->name));
    size_t n = arn.n;
    if (template.p || w403_view_eq(type, W403_LIT("s3_bucket"))) {
        try_resource(s, type, template, w403_buf_view(&arn));
    }
    for (uint32_t i = 0; objects && i < b->n_objects && s->status == W403_OK; i++) {
        arn.n = n;
        w403_buf_putc(&arn, '/');
        w403_buf_put(&arn, b->object_list[i]->key);
        w403_view key = b->object_list[i]->key;
        bool      plain = !memchr(key.p, '*', key.n) && !memchr(key.p, '?', key.n) && !memchr(key.p, '$', key.n);
        if (plain && w403_map_get(&b->objects, key) == b->object_list[i]) { /* one of each key */
            set_tags(s, b->object_list[i]);
            try_resource(s, type, template, w403_buf_view(&arn));
        }
    }
    s->r.n_context = s->n_said;
    w403_buf_free(&arn);
}

static void resources(search *s)
{
    const w403_authzen_map *map = s->q->server->authzen;
    const w403_snapshot    *snapshot = s->q->world->world->snapshot;
    w403_view               type = w403_json_str(s->item.resource, "type");
    w403_view               template = map ? w403_authzen_find(&map->resources, type) : (w403_view){NULL, 0};
    s->status = make_room(s) ? W403_OK : W403_NOMEM;
    for (uint32_t i = 0; i < snapshot->n_accounts; i++) {
        for (uint32_t k = 0; k < snapshot->account_list[i]->n_buckets && s->status == W403_OK; k++) {
            try_bucket(s, w403_account_bucket(snapshot, snapshot->account_list[i], k), type, template);
        }
    }
}

/* ---- actions ---- */

static void try_action(search *s, w403_view name, w403_view action)
{
    s->r.operation = s->r.action = (w403_view){NULL, 0};
    if (w403_view_find_char(action, ':') < action.n) {
        s->r.action = action;
    } else {
        s->r.operation = action;
    }
    if (judge(s) && on_page(s)) {
        s->written++;
        w403_jw_object(&s->w);
        w403_jw_text(&s->w, "name", name);
        w403_jw_end_object(&s->w);
    }
}

/* Is it an action on such a thing? */
static bool fits(const w403_action *a, bool object)
{
    w403_view types = w403_view_of(a->resource_types);
    while (types.n > 0) {
        w403_view one = w403_view_cut(&types, ' ');
        one.n -= one.n && one.p[one.n - 1] == '*';
        if (w403_view_eq(one, object ? W403_LIT("object") : W403_LIT("bucket"))) {
            return true;
        }
    }
    return false;
}

static void actions(search *s)
{
    const w403_authzen_map *map = s->q->server->authzen;
    bool                    object = w403_view_find_char(s->r.resource, '/') < s->r.resource.n;
    if (map && map->actions.n) {
        for (size_t i = 0; i < map->actions.n && s->status == W403_OK; i++) {
            try_action(s, map->actions.at[i].name, map->actions.at[i].value);
        }
        return;
    }
    for (uint16_t i = 0; i < W403_ACTION_COUNT && s->status == W403_OK; i++) {
        const w403_action *a = w403_action_at(i);
        w403_view          name = {a->name, a->name_n};
        if (w403_view_starts(name, W403_LIT("s3:")) && fits(a, object)) {
            try_action(s, name, name);
        }
    }
}

void w403_route_search_subject(w403_serving *q)
{
    run(q, W403_AUTHZEN_NO_SUBJECT, subjects);
}

void w403_route_search_resource(w403_serving *q)
{
    run(q, W403_AUTHZEN_NO_RESOURCE, resources);
}

void w403_route_search_action(w403_serving *q)
{
    run(q, W403_AUTHZEN_NO_ACTION, actions);
}
