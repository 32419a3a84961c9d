/* Condition keys that nobody sends: they are changed where they live. Tags of the principal, the object or the resource, and
 * the VPC that a request comes from. What the snapshot does not hold is set in the request, as far as the proof goes. */
#include "fix/change.h"

static const w403_tag *with_tag(w403_fixer *f, const w403_tag *tags, uint32_t n, w403_view key, w403_view value,
                                uint32_t *n_out)
{
    w403_tag *out = W403_NEW_N(f->arena, w403_tag, (size_t)n + 1);
    uint32_t k = 0;
    if (!out) {
        f->nomem = true;
        return NULL;
    }
    for (uint32_t i = 0; i < n; i++) {
        if (!w403_view_ieq(tags[i].key, key)) {
            out[k++] = tags[i];
        }
    }
    out[k++] = (w403_tag){w403_arena_copy(f->arena, key), value};
    *n_out = k;
    return out;
}

/* A change of a fact that stands in no snapshot: what the request would then have is what the proof decides by. */
static w403_change *elsewhere(w403_fixer *f, const w403_condition *c, w403_view value, const char *id, w403_view title,
                              w403_view owner)
{
    w403_request r = f->world->request;
    if (!w403_with_context(f, &r, c->key, value)) {
        return NULL;
    }
    w403_change *ch = w403_candidate(f, W403_FIX_SETTING, id, W403_RANK_EXTEND + 6, title, owner);
    w403_change_write(f, ch, &f->world->request, &r, sizeof r);
    return ch;
}

void w403_fix_principal_tag(w403_fixer *f, const w403_condition *c)
{
    w403_view values[W403_WANTED_VALUES];
    uint32_t n = w403_wanted_values(f, c, values);
    const w403_caller *who = &f->w->call->caller;
    bool role = who->kind == W403_CALLER_ROLE;
    w403_entity *e = (w403_entity *)(uintptr_t)f->w->call->entity; /* the world's own */
    w403_view kind = role ? W403_LIT("role") : W403_LIT("user"), name = e ? e->name : who->name; /* words of the command */
    for (uint32_t i = 0; (role || who->kind == W403_CALLER_USER) && i < n; i++) {
        w403_view title = W403_FIX_SAY(f, role ? N_("tag role {name} with {tag} = {value}") : N_("tag user {name} with {tag} = {value}"),
                                       W403_P("name", name), W403_P("tag", c->key_param), W403_P("value", values[i]));
        uint32_t n_tags = 0;
        bool known = e && !w403_set_by_hand(f, c->key);
        const w403_tag *tags = known ? with_tag(f, e->tags, e->n_tags, c->key_param, values[i], &n_tags) : NULL;
        w403_change *ch = known ? w403_candidate(f, W403_FIX_SETTING, "tag-principal", W403_RANK_EXTEND + 6, title, who->account)
                                : elsewhere(f, c, values[i], "tag-principal", title, who->account);
        if (!ch) {
            return;
        }
        if (known) {
            w403_change_write(f, ch, &e->tags, &tags, sizeof tags);
            w403_change_write(f, ch, &e->n_tags, &n_tags, sizeof n_tags);
        }
        w403_text_add(&ch->commands,
                      W403_FIX_AWS(f, "iam tag-<kind> --<kind>-name <name> --tags [{\"Key\":<\"key>,\"Value\":<\"value>}]",
                                   kind, kind, name, c->key_param, values[i]));
        w403_text_add(&ch->rollback, W403_FIX_AWS(f, "iam untag-<kind> --<kind>-name <name> --tag-keys <key>", kind, kind,
                                                  name, c->key_param));
        w403_text_add(&ch->side_effects, W403_FIX_WORD(f, "other policies may look at the tag as well"));
    }
}

void w403_fix_object_tag(w403_fixer *f, const w403_condition *c)
{
    const w403_target *t = f->w->target;
    w403_view values[W403_WANTED_VALUES];
    uint32_t n = w403_wanted_values(f, c, values);
    bool known = t->bucket && t->object && !w403_set_by_hand(f, c->key);
    w403_object *o = known && n ? w403_world_object(f->world, t->bucket, t->object) : NULL;
    for (uint32_t i = 0; t->key.p && (o || !known) && i < n; i++) {
        w403_view title =
            W403_FIX_SAY(f, "tag the object with {tag} = {value}", W403_P("tag", c->key_param), W403_P("value", values[i]));
        w403_change *ch = o ? w403_candidate(f, W403_FIX_SETTING, "tag-object", W403_RANK_EXTEND + 6, title, t->owner)
                            : elsewhere(f, c, values[i], "tag-object", title, t->owner);
        if (!ch) {
            return;
        }
        if (o) {
            uint32_t n_tags = 0;
            const w403_tag *tags = with_tag(f, o->tags, o->n_tags, c->key_param, values[i], &n_tags);
            bool yes = true;
            w403_change_write(f, ch, &o->tags, &tags, sizeof tags);
            w403_change_write(f, ch, &o->n_tags, &n_tags, sizeof n_tags);
            w403_change_write(f, ch, &o->tags_known, &yes, sizeof yes);
        }
        w403_text_add(
            &ch->commands,
            W403_FIX_AWS(f,
                         "s3api put-object-tagging --bucket <bucket> --key <key> --tagging "
                         "{\"TagSet\":[{\"Key\":<\"name>,\"Value\":<\"value>}]}",
                         t->bucket_name, t->key, c->key_param, values[i]));
        w403_text_add(&ch->side_effects,
                      W403_FIX_WORD(f, "put-object-tagging replaces all tags of the object: name the old ones too"));
    }
}

/* A bucket's tags count only where the bucket has ABAC switched on; a key's always do. */
void w403_fix_resource_tag(w403_fixer *f, const w403_condition *c)
{
    const w403_target *t = f->w->target;
    bool key = t->kind == W403_TARGET_KEY;
    w403_view values[W403_WANTED_VALUES];
    uint32_t n = w403_wanted_values(f, c, values);
    for (uint32_t i = 0; (key || t->bucket_name.p) && i < n; i++) {
        w403_view title = W403_FIX_SAY(f, key ? N_("tag the KMS key with {tag} = {value}") : N_("tag the bucket with {tag} = {value}"),
                                       W403_P("tag", c->key_param), W403_P("value", values[i]));
        w403_change *ch = elsewhere(f, c, values[i], "tag-resource", title, t->owner);
        if (!ch) {
            return;
        }
        w403_text_add(&ch->commands,
                      key ? W403_FIX_AWS(f, "kms tag-resource --key-id <key> --tags [{\"TagKey\":<\"name>,\"TagValue\":<\"value>}]",
                                         t->arn, c->key_param, values[i])
                          : W403_FIX_AWS(f,
                                         "s3control tag-resource --account-id <account> --resource-arn arn:aws:s3:::<bucket> "
                                         "--tags [{\"Key\":<\"name>,\"Value\":<\"value>}]",
                                         t->owner, t->bucket_name, c->key_param, values[i]));
        w403_text_add(&ch->side_effects, W403_FIX_WORD(f, "other policies may look at the tag as well"));
    }
}

/* A VPC is a way, not a field of the request: through an endpoint in it. */
void w403_fix_vpc(w403_fixer *f, const w403_condition *c)
{
    w403_view values[W403_WANTED_VALUES];
    uint32_t n = w403_wanted_values(f, c, values);
    for (uint32_t i = 0; i < n; i++) {
        w403_request r = f->world->request;
        r.from = (w403_view){NULL, 0};
        if (w403_with_context(f, &r, c->key, values[i])) {
            w403_fix_request(f, &r, "use-endpoint", W403_RANK_ROUTE + 1,
                             W403_FIX_SAY(f, "send the request through a VPC endpoint in {vpc}", W403_P("vpc", values[i])),
                             (w403_view){NULL, 0});
        }
    }
}
