#include "snapshot/inventory_config.h"

#include "snapshot/loader.h"

static const w403_value_word formats[] = {
    {"CSV", W403_INVENTORY_CSV}, {"ORC", W403_INVENTORY_ORC}, {"Parquet", W403_INVENTORY_PARQUET}};
static const w403_value_word frequencies[] = {{"Daily", W403_INVENTORY_DAILY}, {"Weekly", W403_INVENTORY_WEEKLY}};
static const w403_value_word versions[] = {{"All", true}, {"Current", false}};

/* XML says SSE-S3 and SSE-KMS, the CLI's JSON SSES3 and SSEKMS (formats 2.1). */
static void read_encryption(const w403_source *src, const w403_json *v, w403_inventory_config *out)
{
    const w403_json *kms = w403_json_get(v, "SSEKMS");
    kms = kms ? kms : w403_json_get(v, "SSE-KMS");
    if (kms && kms->type != W403_JSON_NULL) {
        out->encryption = W403_INVENTORY_ENCRYPTION_SSE_KMS;
        if (w403_expect(src, kms, W403_JSON_OBJECT, "SSEKMS")) {
            out->kms_key = w403_read_str(src, kms, "KeyId");
        }
    } else if (w403_json_get(v, "SSES3") || w403_json_get(v, "SSE-S3")) {
        out->encryption = W403_INVENTORY_ENCRYPTION_SSE_S3;
    }
}

static void read_destination(const w403_source *src, const w403_json *v, w403_inventory_config *out)
{
    const w403_json *outer = w403_read_needed(src, v, "Destination", W403_JSON_OBJECT);
    const w403_json *d = outer ? w403_read_needed(src, outer, "S3BucketDestination", W403_JSON_OBJECT) : NULL;
    if (!d || !w403_read_needed(src, d, "Bucket", W403_JSON_STRING)) {
        return;
    }
    out->destination_bucket = w403_read_str(src, d, "Bucket");
    out->destination_account = w403_read_str(src, d, "AccountId");
    out->destination_prefix = w403_read_str(src, d, "Prefix");
    out->format = (w403_inventory_format)w403_read_word(src, d, "Format", W403_WORDS(formats), W403_INVENTORY_CSV);
    size_t name = w403_view_find(out->destination_bucket, W403_LIT(":s3:::"));
    if (w403_view_starts(out->destination_bucket, W403_LIT("arn:")) && name != SIZE_MAX) {
        out->destination_name = w403_view_sub(out->destination_bucket, name + 6, out->destination_bucket.n);
    }
    const w403_json *encryption = w403_read(src, d, "Encryption", W403_JSON_OBJECT);
    if (encryption) {
        read_encryption(src, encryption, out);
    }
}

static w403_status read_fields(const w403_source *src, const w403_json *v, w403_inventory_config *out,
                               w403_error *err)
{
    const w403_json *list = w403_read(src, v, "OptionalFields", W403_JSON_ARRAY);
    if (!list || list->count == 0) {
        return W403_OK;
    }
    w403_view *fields = W403_NEW_N(src->ld->a, w403_view, list->count);
    W403_NEED(fields, err);
    for (const w403_json *f = list->first; f; f = f->next) {
        if (w403_expect(src, f, W403_JSON_STRING, "OptionalFields")) {
            fields[out->n_optional_fields++] = w403_keep(src, f->text);
        }
    }
    out->optional_fields = fields;
    return W403_OK;
}

static w403_status read_config(const w403_source *src, const w403_json *v, w403_inventory_config *out,
                               w403_error *err)
{
    if (!w403_expect(src, v, W403_JSON_OBJECT, "InventoryConfiguration")) {
        return W403_OK;
    }
    w403_view id = w403_read_str(src, v, "Id");
    out->id = id.p ? id : out->id;
    out->is_enabled = w403_read_bool(src, v, "IsEnabled", true);
    out->all_versions = w403_read_word(src, v, "IncludedObjectVersions", W403_WORDS(versions), false);
    const w403_json *filter = w403_read(src, v, "Filter", W403_JSON_OBJECT);
    if (filter) {
        out->filter_prefix = w403_read_str(src, filter, "Prefix");
    }
    const w403_json *schedule = w403_read(src, v, "Schedule", W403_JSON_OBJECT);
    if (schedule) {
        out->frequency = (w403_inventory_frequency)w403_read_word(src, schedule, "Frequency", W403_WORDS(frequencies),
                                                                  W403_INVENTORY_DAILY);
    }
    read_destination(src, v, out);
    return read_fields(src, v, out, err);
}

/* One more at the end of the bucket's array, which doubles whenever its length is a power of two. */
static w403_inventory_config *push(w403_arena *a, w403_bucket *b)
{
    uint32_t               n = b->n_inventory;
    w403_inventory_config *all = (w403_inventory_config *)(uintptr_t)b->inventory; /* ours: made below */
    if ((n & (n - 1)) == 0) {
        all = W403_NEW_N(a, w403_inventory_config, n ? 2 * (size_t)n : 1);
        if (!all) {
            return NULL;
        }
        if (n) {
            memcpy(all, b->inventory, n * sizeof *all);
        }
        b->inventory = all;
    }
    b->n_inventory++;
    return &all[n];
}

static w403_status add(const w403_source *src, w403_bucket *b, const w403_json *v, w403_fact fact, w403_error *err)
{
    w403_inventory_config *config = push(src->ld->a, b);
    W403_NEED(config, err);
    config->fact = fact;
    config->id = src->part[2];
    return fact.state == W403_FACT_KNOWN ? read_config(src, v, config, err) : W403_OK;
}

/* One configuration, bare or as get-bucket-inventory-configuration has it, or the list of them. */
w403_status w403_load_inventory(w403_source *src, w403_error *err)
{
    const w403_json *root = src->root;
    w403_bucket     *b;
    w403_fact        fact = {.path = src->doc->source};
    W403_TRY(w403_bucket_of(src, &b, err));
    w403_read_fact(src, root, &fact);
    const w403_json *list = w403_read(src, root, "InventoryConfigurationList", W403_JSON_ARRAY);
    if (!list) {
        const w403_json *one = w403_json_get(root, "InventoryConfiguration");
        return add(src, b, one ? one : root, fact, err);
    }
    for (const w403_json *v = list->first; v; v = v->next) {
        W403_TRY(add(src, b, v, fact, err));
    }
    return W403_OK;
}

const w403_inventory_config *w403_bucket_inventory(const w403_bucket *b, w403_view id)
{
    for (uint32_t i = 0; i < b->n_inventory; i++) {
        if (w403_view_eq(b->inventory[i].id, id)) {
            return &b->inventory[i];
        }
    }
    return NULL;
}
