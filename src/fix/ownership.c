/* Objects that belong to another account than their bucket, and objects that are not there (4.2, 4.7). */
#include "evidence/evidence.h"
#include "fix/change.h"

static w403_view owner_account(const w403_fixer *f, w403_view canonical)
{
    const w403_snapshot *s = f->world->snapshot;
    const w403_account *a = s ? w403_map_get(&s->by_canonical, canonical) : NULL;
    return a ? a->id : canonical;
}

w403_view w403_put_ownership(w403_fixer *f, w403_view bucket, w403_view setting)
{
    return W403_FIX_AWS(f,
                        "s3api put-bucket-ownership-controls --bucket <bucket> --ownership-controls "
                        "Rules=[{ObjectOwnership=<setting>}]",
                        bucket, setting);
}

/* put-object-acl by the owner of the object, so that the caller's account gets at it. */
static void by_owner(w403_fixer *f, w403_object *o)
{
    const w403_target *t = f->w->target;
    const w403_account *mine = t->bucket->account, *who = f->w->call->account;
    bool own_bucket = who && mine && who == mine;
    w403_view id = who ? who->canonical_id : (w403_view){NULL, 0};
    w403_grant *grants = W403_NEW_N(f->arena, w403_grant, (size_t)o->acl.n_grants + 2);
    w403_acl acl = o->acl;
    if (!id.p || !grants) {
        return;
    }
    uint32_t n = 0;
    for (uint32_t i = 0; i < acl.n_grants; i++) {
        grants[n++] = acl.grants[i];
    }
    grants[n++] = (w403_grant){W403_GRANTEE_CANONICAL, own_bucket ? W403_ACL_FULL : W403_ACL_READ, id, {NULL, 0}};
    acl.grants = grants;
    acl.n_grants = n;
    acl.owner = acl.owner.p ? acl.owner : o->owner;
    acl.fact.state = W403_FACT_KNOWN;
    w403_view title = own_bucket ? W403_FIX_WORD(f, "let the object's owner give the bucket's owner full control")
                                 : W403_FIX_WORD(f, "let the object's owner grant the caller's account READ");
    w403_change *c =
        w403_candidate(f, W403_FIX_SETTING, "put-object-acl", W403_RANK_EXTEND, title, owner_account(f, o->owner));
    w403_change_write(f, c, &o->acl, &acl, sizeof acl);
    w403_text_add(&c->commands,
                  W403_FIX_AWS(f,
                               own_bucket ? "s3api put-object-acl --bucket <bucket> --key <key> --acl "
                                            "bucket-owner-full-control"
                                          : "s3api put-object-acl --bucket <bucket> --key <key> --grant-read id=<id>",
                               t->bucket_name, t->key, id));
    w403_text_add(&c->rollback, W403_FIX_AWS(f, "s3api put-object-acl --bucket <bucket> --key <key> --acl private",
                                             t->bucket_name, t->key));
    w403_text_add(&c->side_effects, W403_FIX_WORD(f, "the object's owner stays the same: copy it in place to take it over"));
    if (!own_bucket) {
        w403_text_add(&c->side_effects, W403_FIX_WORD(f, "--grant-read replaces the object's ACL: name the old grants too"));
    }
}

/* The bucket's account copies the object onto itself, and so owns it. */
static void copy_in_place(w403_fixer *f, w403_object *o)
{
    const w403_target *t = f->w->target;
    w403_view mine = t->bucket->account ? t->bucket->account->canonical_id : (w403_view){NULL, 0};
    w403_acl acl = {.fact = {.state = W403_FACT_ABSENT, .path = o->acl.fact.path}};
    if (!mine.p) {
        return;
    }
    w403_change *c = w403_candidate(
        f, W403_FIX_SETTING, "copy-in-place", W403_RANK_SETTING,
        W403_FIX_WORD(f, "copy the object onto itself as the bucket's account, which then owns it"), t->bucket->account->id);
    w403_change_write(f, c, &o->owner, &mine, sizeof mine);
    w403_change_write(f, c, &o->acl, &acl, sizeof acl);
    w403_text_add(&c->commands,
                  W403_FIX_AWS(f, "s3 cp s3://<bucket>/<key> s3://<bucket>/<key> --storage-class STANDARD",
                               t->bucket_name, t->key, t->bucket_name, t->key));
    w403_text_add(&c->side_effects, W403_FIX_WORD(f, "the copy needs READ on the object: its owner must grant it before"));
    w403_text_add(&c->side_effects,
                  W403_FIX_WORD(f, "the object gets a new date, and a new version where versioning is on; ACL, and "
                           "storage class are set anew"));
    w403_text_add(&c->side_effects,
                  W403_FIX_WORD(f, "a version under Object Lock stays beside the copy until its retention ends"));
}

static void enforce_owner(w403_fixer *f)
{
    w403_bucket *b = f->w->target->bucket;
    w403_ownership enforced = W403_OWNER_ENFORCED;
    w403_fact fact = b->ownership_fact;
    fact.state = W403_FACT_KNOWN;
    w403_change *c =
        w403_candidate(f, W403_FIX_SETTING, "enforce-owner", W403_RANK_SETTING + 1,
                       W403_FIX_SAY(f, "set Object Ownership of {bucket} to BucketOwnerEnforced", W403_P("bucket", b->name)),
                       b->account ? b->account->id : f->w->target->owner);
    w403_change_write(f, c, &b->ownership, &enforced, sizeof enforced);
    w403_change_write(f, c, &b->ownership_fact, &fact, sizeof fact);
    bool preferred = b->ownership == W403_OWNER_PREFERRED;
    w403_text_add(&c->commands, w403_put_ownership(f, b->name, W403_LIT("BucketOwnerEnforced")));
    w403_text_add(&c->rollback, w403_put_ownership(f, b->name, preferred ? W403_LIT("BucketOwnerPreferred")
                                                                         : W403_LIT("ObjectWriter")));
    w403_text_add(&c->side_effects,
                  W403_FIX_WORD(f, "every ACL of the bucket and its objects is ignored: what they grant now must "
                           "stand in the bucket policy"));
    w403_text_add(&c->side_effects,
                  W403_FIX_WORD(f, "uploads with another ACL than bucket-owner-full-control are answered with 400"));
}

void w403_fix_object_acl(w403_fixer *f)
{
    const w403_target *t = f->w ? f->w->target : NULL;
    if (!t || !t->bucket || !t->object) {
        return;
    }
    w403_object *o = w403_world_object(f->world, t->bucket, t->object);
    if (!o) {
        return;
    }
    by_owner(f, o);
    copy_in_place(f, o);
    enforce_owner(f);
}

/* ---- 4.7 ---- */

/* A key that is there and nearly has this name (004-38): blanks, `+`, letters composed otherwise, a slip. */
static void near_key(w403_fixer *f, const w403_target *t)
{
    enum { MOST = 3 };
    const w403_bucket *b = t->bucket;
    w403_view *keys = W403_NEW_N(f->arena, w403_view, b->n_objects);
    const w403_near_key *near = NULL;
    size_t n = 0, n_near = 0;
    if (!keys) {
        f->nomem = true;
        return;
    }
    for (uint32_t i = 0; i < b->n_objects; i++) {
        if (!b->object_list[i]->is_delete_marker) {
            keys[n++] = b->object_list[i]->key;
        }
    }
    if (w403_nearest_keys(f->arena, t->key, keys, n, MOST, &near, &n_near, NULL) != W403_OK) {
        f->nomem = true;
        return;
    }
    for (size_t i = 0; i < n_near; i++) {
        w403_request r = f->world->request;
        r.resource = w403_sayf(f, "%.*s%.*s", (int)(t->arn.n - t->key.n), t->arn.p, W403_ARG(near[i].key));
        w403_fix_request(f, &r, "use-key", W403_RANK_HEADER,
                         W403_FIX_SAY(f, "ask for the key `{key}`, which is there ({why})", W403_P("key", near[i].key), W403_P("why", near[i].why)),
                         (w403_view){NULL, 0});
    }
}

static void upload(w403_fixer *f, const w403_target *t)
{
    bool whole = false;
    w403_change *c =
        w403_candidate(f, W403_FIX_SETTING, "upload-object", W403_RANK_CORRECT + 5,
                       W403_FIX_SAY(f, "upload the object {key}: it is not there", W403_P("key", t->key)), t->owner);
    if (t->object && t->object->is_delete_marker) {
        w403_object *o = w403_world_object(f->world, t->bucket, t->object);
        if (o) {
            w403_change_write(f, c, &o->is_delete_marker, &whole, sizeof whole);
        }
    } else {
        w403_change_write(f, c, &t->bucket->objects_complete, &whole, sizeof whole);
    }
    w403_text_add(&c->commands, W403_FIX_AWS(f, "s3api put-object --bucket <bucket> --key <key> --body FILE",
                                             t->bucket_name, t->key));
    w403_text_add(&c->rollback,
                  W403_FIX_AWS(f, "s3api delete-object --bucket <bucket> --key <key>", t->bucket_name, t->key));
}

/* The version that is asked for does not exist: the current one does. */
static void current_version(w403_fixer *f, const w403_target *t)
{
    w403_request r = f->world->request;
    r.version_id = (w403_view){NULL, 0};
    if (t->version_missing && t == &w403_fix_call(f)->target) {
        w403_fix_request(f, &r, "drop-version", W403_RANK_HEADER,
                         W403_FIX_WORD(f, "ask for the current version: this one is not there"),
                         W403_FIX_HINT(f, "leave --version-id out of the command"));
    }
}

void w403_fix_masked(w403_fixer *f)
{
    const w403_call *c = w403_fix_call(f);
    const w403_target *t = c->has_source && c->source.exists == W403_NO ? &c->source : &c->target;
    if (t->bucket && t->key.p) {
        near_key(f, t);
        current_version(f, t);
        upload(f, t);
    }
    if (c->hangs_on >> W403_OPEN_MASKED_PREFIX & 1) {
        return; /* by the other reading the caller may list already: nothing is widened for one of the two */
    }
    if (f->cause->match && f->cause->match->deny) {
        w403_fix_deny(f);
    } else {
        w403_fix_allow(f, f->cause->layer ? f->cause->layer->kind : W403_LAYER_IDENTITY);
    }
}
