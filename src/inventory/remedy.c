#include "inventory/remedy.h"

#include "base/array.h"
#include "base/command.h"
#include "json/json.h"
#include "words/words.h"

#define ARG(v) (int)(v).n, (v).p ? (v).p : ""

enum { PROPOSED = 3 };

typedef struct maker {
    const w403_snapshot *snap;
    const w403_inv_diagnosis *d;
    w403_arena *a;
    w403_inv_remedies *out;
    bool nomem;
} maker;

static w403_inv_remedy *add(maker *m, const char *cause, const char *title)
{
    w403_inv_remedy *r = W403_PUSH(m->a, m->out);
    if (!r) {
        m->nomem = true;
        return NULL;
    }
    *r = (w403_inv_remedy){.cause = cause, .title = w403_view_of(w403_word(m->a, title)), .owner = m->d->source_account};
    return r;
}

/* ---- the configuration, with one value changed ---- */

static const w403_json *object_of(const w403_json_doc *doc, w403_view id)
{
    const w403_json *list = w403_json_get(doc->root, "InventoryConfigurationList");
    const w403_json *one = w403_json_get(doc->root, "InventoryConfiguration");
    for (const w403_json *v = list ? list->first : NULL; v; v = v->next) {
        if (w403_view_eq(w403_json_str(v, "Id"), id)) {
            return v;
        }
    }
    return one ? one : doc->root;
}

/* The InventoryConfiguration with the member that `path` names set to `value` (JSON); {NULL,0}: it cannot be. */
static w403_view changed(maker *m, const char *const path[4], w403_view value)
{
    const w403_json_doc *file = w403_map_get(&m->snap->files, m->d->config->fact.path);
    w403_json_doc all, own;
    w403_view text;
    if (!file || w403_json_parse(m->a, file->source, file->text, NULL, &all, NULL, NULL) != W403_OK) {
        return (w403_view){NULL, 0}; /* trees of files are not kept: only their texts are */
    }
    const w403_json *at = object_of(&all, m->d->config->id);
    w403_view alone = w403_view_sub(all.text, at->span.off, at->span.off + at->span.len);
    if (w403_json_parse(m->a, all.source, alone, NULL, &own, NULL, NULL) != W403_OK) {
        return (w403_view){NULL, 0};
    }
    const w403_json *v = own.root;
    for (int i = 0; path[i] && v; i++) {
        v = w403_json_get(v, path[i]);
    }
    if (!v || w403_json_edit_replace(m->a, &own, v, value, &text, NULL) != W403_OK) {
        return (w403_view){NULL, 0};
    }
    return text;
}

static w403_view quoted(maker *m, w403_view v)
{
    w403_view text = w403_json_quote(m->a, v);
    m->nomem |= !text.p;
    return text;
}

/* An id as the name of a file of this folder. */
static w403_view file_stem(maker *m, w403_view id)
{
    w403_view stem = w403_arena_copy(m->a, id.n ? id : W403_LIT("configuration"));
    char *bytes = (char *)(uintptr_t)stem.p; /* just made, ours */
    for (size_t i = 0; bytes && i < stem.n; i++) {
        char c = bytes[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
                     (i > 0 && (c == '-' || c == '.'));
        bytes[i] = plain ? c : '_';
    }
    return stem;
}

static void put_command(maker *m, w403_inv_remedy *r, w403_view document)
{
    if (!r || !document.p) {
        return;
    }
    r->document = document;
    r->file = w403_arena_printf(m->a, "%.*s.json", ARG(file_stem(m, m->d->config->id)));
    r->command = W403_AWS(m->a,
                          "s3api put-bucket-inventory-configuration --bucket <bucket> --id <id> "
                          "--inventory-configuration file://<file>",
                          m->d->source->name, m->d->config->id, r->file);
    m->nomem |= !r->command.p || !r->file.p;
}

static const char *const bucket_path[4] = {"Destination", "S3BucketDestination", "Bucket", NULL};
static const char *const account_path[4] = {"Destination", "S3BucketDestination", "AccountId", NULL};
static const char *const enabled_path[4] = {"IsEnabled", NULL, NULL, NULL};
static const char *const prefix_path[4] = {"Filter", "Prefix", NULL, NULL};

/* ---- one function a cause ---- */

static void enable(maker *m)
{
    w403_inv_remedy *r = add(m, "inventory.disabled", N_("Enable the configuration"));
    put_command(m, r, changed(m, enabled_path, W403_LIT("true")));
}

static void wait_for_it(maker *m)
{
    w403_inv_remedy *r = add(m, "inventory.too-early", "");
    w403_view due = w403_instant_format(m->a, m->d->due);
    if (r) {
        r->title = w403_say(m->a, "Wait until {time}", W403_P("time", due));
        r->remark = w403_view_of(w403_word(m->a, "nothing need be wrong before"));
        m->nomem |= !r->title.p;
    }
}

/* Buckets that could take the report: the source's Region, its account, no Object Lock, not the source. */
static void other_destination(maker *m, const char *cause, const char *why)
{
    const w403_inv_diagnosis *d = m->d;
    const w403_account *a = d->source->account;
    unsigned n = 0;
    for (uint32_t i = 0; a && i < a->n_buckets && n < PROPOSED; i++) {
        const w403_bucket *b = w403_account_bucket(m->snap, a, i);
        if (b == d->destination || b->missing || !b->region.p || !d->source->region.p ||
            !w403_view_eq(b->region, d->source->region) || b->default_lock_mode != W403_LOCK_NONE ||
            b->requester_pays || (b == d->source && a->n_buckets > 1)) {
            continue;
        }
        w403_inv_remedy *r = add(m, cause, "");
        w403_view arn = w403_arena_printf(m->a, "arn:%.*s:s3:::%.*s", ARG(m->snap->partition), ARG(b->name));
        if (r && arn.p) {
            r->title =
                w403_say(m->a, "Deliver to bucket {bucket}, which is in {region}", W403_P("bucket", b->name), W403_P("region", b->region));
            put_command(m, r, changed(m, bucket_path, quoted(m, arn)));
            r->remark =
                w403_view_of(w403_word(m->a, "run `why403 inventory` again with the changed configuration: the new destination's policy "
                         "must admit S3 as well"));
            n++;
        }
    }
    w403_inv_remedy *r = n == 0 ? add(m, cause, "") : NULL;
    if (r) {
        r->title = d->source->region.p ? w403_say(m->a, "Create a bucket in {region} and deliver there", W403_P("region", d->source->region))
                                       : w403_view_of(w403_word(m->a, "Create a bucket and deliver there"));
        r->command = d->source->region.p
                         ? W403_AWS(m->a, "s3 mb s3://NEW-BUCKET --region <region>", d->source->region)
                         : w403_command_of(m->a, "aws", "s3 mb s3://NEW-BUCKET", NULL, 0);
        r->remark = w403_view_of(w403_word(m->a, why));
    }
}

static void correct_owner(maker *m)
{
    w403_inv_remedy *r = add(m, "inventory.destination-owner", "");
    if (r) {
        r->title =
            w403_say(m->a, "Name account {account} as the destination's, if that is whom you trust with the list of your keys",
                            W403_P("account", m->d->destination_account));
        put_command(m, r, changed(m, account_path, quoted(m, m->d->destination_account)));
    }
}

static void correct_prefix(maker *m)
{
    const w403_inv_diagnosis *d = m->d;
    for (size_t i = 0; i < d->near_prefixes.n; i++) {
        w403_inv_remedy *r = add(m, "inventory.prefix-unmatched", "");
        if (r) {
            r->title = w403_say(m->a, "Filter by `{prefix}`: {why}", W403_P("prefix", d->near_prefixes.at[i]), W403_P("why", d->near_why.at[i]));
            put_command(m, r, changed(m, prefix_path, quoted(m, d->near_prefixes.at[i])));
        }
    }
    if (d->near_prefixes.n == 0) {
        w403_inv_remedy *r =
            add(m, "inventory.prefix-unmatched", N_("Take the filter out, or name a prefix that keys have"));
        if (r) {
            r->command = W403_AWS(m->a,
                                  "s3api list-objects-v2 --bucket <bucket> --delimiter / --query "
                                  "CommonPrefixes[].Prefix",
                                  d->source->name);
        }
    }
}

static void customer_key(maker *m)
{
    w403_inv_remedy *r = add(m, "inventory.kms-managed-key",
                             N_("Encrypt the reports with a customer managed key, and let s3.amazonaws.com use it"));
    if (r) {
        r->remark =
            w403_view_of(w403_word(m->a, "set Encryption.SSEKMS.KeyId of the configuration to the key's ARN, and add to its key policy "
                     "kms:GenerateDataKey for the service s3.amazonaws.com, limited by aws:SourceAccount and "
                     "aws:SourceArn; or choose SSES3"));
    }
}

static bool has(const w403_inv_diagnosis *d, const char *cause)
{
    for (uint32_t i = 0; i < d->explanation.n_causes; i++) {
        if (strcmp(d->explanation.causes[i].id, cause) == 0) {
            return true;
        }
    }
    return false;
}

w403_status w403_inventory_remedies(const w403_snapshot *snapshot, const w403_inv_diagnosis *d, w403_arena *arena,
                                    w403_inv_remedies *out, w403_error *err)
{
    static const struct {
        const char *cause;
        void (*make)(maker *);
    } rows[] = {{"inventory.disabled", enable},
                {"inventory.destination-owner", correct_owner},
                {"inventory.kms-managed-key", customer_key},
                {"inventory.prefix-unmatched", correct_prefix},
                {"inventory.too-early", wait_for_it}};
    maker m = {.snap = snapshot, .d = d, .a = arena, .out = out};
    *out = (w403_inv_remedies){0};
    if (has(d, "inventory.destination-missing")) {
        other_destination(&m, "inventory.destination-missing", N_("or create the bucket that the configuration names"));
    }
    if (has(d, "inventory.region")) { /* 000-15: objects never leave their bucket's Region by themselves */
        other_destination(&m, "inventory.region", N_("S3 Inventory never delivers into another Region"));
    }
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (has(d, rows[i].cause)) {
            rows[i].make(&m);
        }
    }
    W403_NEED(!m.nomem, err);
    return W403_OK;
}
