/* Snapshots in one file: whatever loads keeps the promises of snapshot.h, and every text in it can be read. */
#include <stdlib.h>

#include "snapshot/inventory_config.h"
#include "snapshot/load.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static volatile unsigned sink; /* keeps the reads */

static void need(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* Reads every byte, so that a sanitizer sees a view that points nowhere. */
static void read_view(w403_view v)
{
    unsigned sum = 0;
    for (size_t i = 0; i < v.n; i++) {
        sum += (unsigned char)v.p[i];
    }
    sink = sum;
}

static void check_fact(const w403_fact *f)
{
    need(f->state <= W403_FACT_UNKNOWN);
    read_view(f->path);
    read_view(f->code);
}

static void check_set(const w403_policy_set *set)
{
    for (uint32_t i = 0; i < set->n; i++) {
        const w403_policy *p = set->at[i];
        need(p->doc.root == NULL);
        read_view(p->doc.source);
        read_view(p->doc.text);
        read_view(p->pointer);
        read_view(p->name);
        read_view(p->arn);
        for (uint32_t j = 0; j < p->n_statements; j++) {
            need(p->statements[j].policy == p);
            need(p->statements[j].span.off + p->statements[j].span.len <= p->doc.text.n);
            read_view(p->statements[j].sid);
        }
    }
}

static void check_entities(const w403_account *account, const w403_map *m)
{
    for (size_t i = 0; i < m->cap; i++) {
        const w403_entity *e = m->slots[i].value;
        if (e) {
            need(e->account == account && (e->boundary != NULL) == (e->boundary_fact.state == W403_FACT_KNOWN));
            check_set(&e->identity);
            read_view(e->path);
            read_view(e->pointer);
            for (uint32_t j = 0; j < e->n_missing; j++) {
                read_view(e->missing[j]);
            }
            for (uint32_t j = 0; j < e->n_tags; j++) {
                read_view(e->tags[j].value);
            }
        }
    }
}

static void check_acl(const w403_acl *acl)
{
    check_fact(&acl->fact);
    read_view(acl->owner);
    for (uint32_t i = 0; i < acl->n_grants; i++) {
        read_view(acl->grants[i].canonical_id);
        need(acl->grants[i].permissions <= W403_ACL_FULL);
    }
}

static void check_bucket(const w403_bucket *b)
{
    check_acl(&b->acl);
    check_fact(&b->policy_fact);
    check_fact(&b->objects_fact);
    check_set(&b->policy_set);
    read_view(b->region);
    read_view(b->kms_key);
    need(b->n_objects >= b->objects.n);
    for (uint32_t i = 0; i < b->n_objects; i++) {
        const w403_object *o = b->object_list[i];
        const w403_object *latest = w403_bucket_object(b, o->key, (w403_view){NULL, 0});
        need(w403_map_get(&b->objects, o->key) && (!latest || latest->is_latest));
        check_acl(&o->acl);
        read_view(o->version_id);
    }
    for (uint32_t i = 0; i < b->n_inventory; i++) {
        check_fact(&b->inventory[i].fact);
        read_view(b->inventory[i].id);
        read_view(b->inventory[i].destination_name);
    }
}

static void check_account(const w403_snapshot *s, const w403_account *a)
{
    need(w403_snapshot_account(s, a->id) == a && a->id.n == 12);
    need(a->n_levels == 0 || w403_view_eq(a->levels[a->n_levels - 1].id, a->id));
    check_entities(a, &a->users);
    check_entities(a, &a->roles);
    read_view(a->org_path);
    for (uint32_t i = 0; i < a->n_levels; i++) {
        read_view(a->levels[i].id);
        check_fact(&a->levels[i].scp_fact);
        check_set(&a->levels[i].scps);
        check_set(&a->levels[i].rcps);
    }
    for (uint32_t i = 0; i < a->n_buckets; i++) {
        need(a->buckets[i]->account == a);
        check_bucket(a->buckets[i]);
    }
}

static void check_keys(const w403_snapshot *s)
{
    for (size_t i = 0; i < s->keys.cap; i++) {
        const w403_kms_key *k = s->keys.slots[i].value;
        if (k) {
            check_fact(&k->fact);
            check_set(&k->policy_set);
            for (uint32_t j = 0; j < k->n_grants; j++) {
                read_view(k->grants[j].grantee);
            }
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    w403_snapshot *s = NULL;
    w403_error     err = {0};
    char          *text = malloc(n + 1); /* gone before the snapshot is read: it must hold its own copy */
    need(text != NULL);
    if (n) {
        memcpy(text, data, n);
    }
    w403_status st = w403_snapshot_parse(W403_LIT("snap.json"), (w403_view){text, n}, NULL, NULL, &s, &err);
    free(text);
    need((st == W403_OK) == (s != NULL) && (st == W403_OK || err.message[0]));
    if (s) {
        for (uint32_t i = 0; i < s->n_accounts; i++) {
            check_account(s, s->account_list[i]);
        }
        for (uint32_t i = 0; i < s->n_endpoints; i++) {
            check_set(&s->endpoint_list[i]->policy_set);
        }
        for (uint32_t i = 0; i < s->n_files; i++) {
            need(s->file_list[i]->root == NULL);
            read_view(s->file_list[i]->text);
        }
        check_keys(s);
        w403_snapshot_free(s);
    }
    return 0;
}
