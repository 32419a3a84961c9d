#include "inventory/manifest.h"

#include <stdio.h>
#include <sys/stat.h>

#include "base/file.h"
#include "json/json.h"

static const struct {
    const char *name;
    w403_inv_format format;
} formats[] = {
    {"CSV", W403_INV_CSV},
    {"ORC", W403_INV_ORC},
    {"Parquet", W403_INV_PARQUET},
};

static w403_status format_of(const w403_json_doc *doc, w403_inv_format *out, w403_error *err)
{
    const w403_json *v = w403_json_get(doc->root, "fileFormat");
    if (!v && w403_json_get(doc->root, "ReportSchema")) {
        return w403_json_error(doc, doc->root, err,
                               "this is the manifest of a completion report of S3 Batch Operations, not of S3 Inventory");
    }
    if (!w403_json_is(v, W403_JSON_STRING)) {
        return w403_json_error(doc, v ? v : doc->root, err,
                               "no `fileFormat` that is a string: is this a manifest.json"
                               " of S3 Inventory?");
    }
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        if (w403_view_ieq(v->text, w403_view_of(formats[i].name))) {
            *out = formats[i].format;
            return W403_OK;
        }
    }
    return w403_json_error(doc, v, err, "unknown fileFormat `%.*s`: CSV, ORC or Parquet is expected", (int)v->text.n,
                           v->text.p);
}

/* creationTimestamp: milliseconds since 1970, as a string; a number is accepted too. */
static void created_of(const w403_json *root, w403_instant *out)
{
    const w403_json *v = w403_json_get(root, "creationTimestamp");
    uint64_t ms = 0;
    if ((w403_json_is(v, W403_JSON_STRING) || w403_json_is(v, W403_JSON_NUMBER)) && w403_view_u64(v->text, &ms) &&
        ms < (uint64_t)INT64_MAX / 1000) {
        *out = (w403_instant)ms * 1000;
    }
}

/* A key that would lead out of the delivery is no key that S3 Inventory writes. */
static const char *leads_out(w403_view key)
{
    if (w403_view_starts(key, W403_LIT("/"))) {
        return "an absolute path";
    }
    if (w403_view_find(key, W403_LIT("://")) != SIZE_MAX) {
        return "a URL";
    }
    for (w403_view rest = key; rest.p;) {
        if (w403_view_eq(w403_view_cut(&rest, '/'), W403_LIT(".."))) {
            return "a key with `..` in it";
        }
    }
    return memchr(key.p, '\0', key.n) ? "a key with a NUL byte" : NULL;
}

static w403_status file_of(const w403_json_doc *doc, const w403_json *v, w403_inv_file *f, w403_error *err)
{
    const w403_json *key = w403_json_get(v, "key");
    const w403_json *size = w403_json_get(v, "size");
    const w403_json *md5 = w403_json_get(v, "MD5checksum");
    if (!w403_json_is(key, W403_JSON_STRING) || key->text.n == 0) {
        return w403_json_error(doc, v, err, "a file without `key`");
    }
    const char *out = leads_out(key->text);
    if (out) {
        return w403_json_error(doc, key, err, "%s is not followed: a report lies in its own delivery", out);
    }
    f->key = key->text;
    f->size = UINT64_MAX;
    if (size && !((w403_json_is(size, W403_JSON_NUMBER) || w403_json_is(size, W403_JSON_STRING)) &&
                  w403_view_u64(size->text, &f->size))) {
        return w403_json_error(doc, size, err, "a file's `size` is no number of bytes");
    }
    f->has_md5 = md5 != NULL;
    if (md5 && !(w403_json_is(md5, W403_JSON_STRING) && w403_md5_parse(md5->text, &f->md5))) {
        return w403_json_error(doc, md5, err, "`MD5checksum` is not 32 hexadecimal digits");
    }
    return W403_OK;
}

static w403_status files_of(w403_arena *a, const w403_json_doc *doc, w403_problems *problems, w403_manifest *m,
                            w403_error *err)
{
    const w403_json *list = w403_json_get(doc->root, "files");
    if (!w403_json_is(list, W403_JSON_ARRAY)) {
        return w403_json_error(doc, list ? list : doc->root, err, "no `files` that is an array");
    }
    m->files = W403_NEW_N(a, w403_inv_file, list->count);
    W403_NEED(m->files, err);
    for (const w403_json *v = list->first; v; v = v->next) {
        w403_inv_file f = {0};
        w403_error e = {0};
        if (file_of(doc, v, &f, &e) == W403_OK) {
            m->files[m->n_files++] = f;
        } else {
            w403_problems_add(problems, false, &e);
            m->damaged++;
        }
    }
    return W403_OK;
}

w403_status w403_manifest_parse(w403_arena *a, w403_view source, w403_view text, w403_problems *problems,
                                w403_manifest *out, w403_error *err)
{
    *out = (w403_manifest){.source = source, .checksum = W403_UNKNOWN};
    w403_json_doc doc;
    W403_TRY(w403_json_parse(a, source, text, NULL, &doc, NULL, err));
    if (!w403_json_is(doc.root, W403_JSON_OBJECT)) {
        return w403_json_error(&doc, doc.root, err, "a manifest is an object, this is %s",
                               w403_json_type_name(doc.root->type));
    }
    out->source_bucket = w403_json_str(doc.root, "sourceBucket");
    out->destination_bucket = w403_json_str(doc.root, "destinationBucket");
    created_of(doc.root, &out->created);
    W403_TRY(format_of(&doc, &out->format, err));
    if (out->format == W403_INV_CSV) {
        const w403_json *schema = w403_json_get(doc.root, "fileSchema");
        w403_error e = {0};
        if (!w403_json_is(schema, W403_JSON_STRING)) {
            return w403_json_error(&doc, schema ? schema : doc.root, err, "no `fileSchema` that is a string");
        }
        if (w403_inv_schema_parse(schema->text, &out->schema, &e) != W403_OK) {
            return w403_json_error(&doc, schema, err, "%s", e.message);
        }
    }
    return files_of(a, &doc, problems, out, err);
}

/* ---- on disk ---- */

static void problem(w403_problems *problems, const w403_manifest *m, w403_status code, w403_view file,
                    const char *what)
{
    w403_error e = {0};
    w403_error_set(&e, code, "`%.*s` %s", (int)(file.n < 400 ? file.n : 400), file.p, what);
    snprintf(e.source, sizeof e.source, "%.*s", (int)(m->source.n < 500 ? m->source.n : 500), m->source.p);
    w403_problems_add(problems, false, &e);
}

/* manifest.checksum lies beside the manifest and holds its MD5; S3 writes it last, so without it the delivery may
 * not be complete. */
static w403_status check_manifest(w403_arena *a, const char *path, w403_view text, w403_problems *problems,
                                  w403_manifest *m, w403_error *err)
{
    const char *slash = strrchr(path, '/');
    int dir = slash ? (int)(slash - path) + 1 : 0;
    w403_view at = w403_arena_printf(a, "%.*smanifest.checksum", dir, path);
    W403_NEED(at.p, err);
    struct stat st;
    w403_view hex;
    w403_error e = {0};
    if (stat(at.p, &st) != 0) {
        return W403_OK;
    }
    w403_md5 want, have;
    if (w403_file_read(a, at.p, &hex, &e) != W403_OK) {
        w403_problems_add(problems, false, &e);
    } else if (!w403_md5_parse(hex, &want)) {
        m->checksum = W403_NO;
        problem(problems, m, W403_SYNTAX, at, "does not hold 32 hexadecimal digits");
    } else if (!w403_md5_is_there()) {
        problem(problems, m, W403_SEMANTIC, at, "cannot be compared: this build has no MD5 (libmd)");
    } else {
        w403_md5_of(text, &have);
        m->checksum = w403_md5_eq(&want, &have) ? W403_YES : W403_NO;
        if (m->checksum == W403_NO) {
            problem(problems, m, W403_SYNTAX, at, "does not agree with the manifest, which was changed or cut off");
        }
    }
    return W403_OK;
}

static void check_files(w403_problems *problems, w403_manifest *m)
{
    for (size_t i = 0; i < m->n_files; i++) {
        w403_inv_file *f = &m->files[i];
        struct stat st;
        if (!f->path.p) {
            m->missing++;
            problem(problems, m, W403_NOT_FOUND, f->key,
                    f->outside ? "is a link that leads out of the delivery: not followed" : "is missing");
        } else if (f->size != UINT64_MAX && stat(f->path.p, &st) == 0 && (uint64_t)st.st_size != f->size) {
            f->damaged = true;
            m->damaged++;
            problem(problems, m, W403_SYNTAX, f->path, "is not of the size that the manifest states");
        }
    }
}

w403_status w403_manifest_load(w403_arena *a, const char *path, w403_problems *problems, w403_manifest *out,
                               w403_error *err)
{
    w403_view text, source = w403_arena_copy(a, w403_view_of(path));
    W403_NEED(source.p, err);
    W403_TRY(w403_file_read(a, path, &text, err));
    W403_TRY(w403_manifest_parse(a, source, text, problems, out, err));
    W403_TRY(check_manifest(a, path, text, problems, out, err));
    W403_NEED(w403_manifest_resolve(a, path, out), err);
    check_files(problems, out);
    return W403_OK;
}

w403_status w403_manifest_require_csv(const w403_manifest *m, w403_error *err)
{
    if (m->format == W403_INV_CSV) {
        return W403_OK;
    }
    const char *name = formats[m->format].name;
    w403_error_set(err, W403_SEMANTIC, "`%.*s` is of %s files: only CSV reports are read",
                   (int)(m->source.n < 400 ? m->source.n : 400), m->source.p, name);
    w403_error_hint(err,
                    "set `Format` to `CSV` in the inventory configuration (aws s3api "
                    "put-bucket-inventory-configuration), or convert the %s files to CSV with a header line and give "
                    "those",
                    name);
    return W403_SEMANTIC;
}

w403_status w403_inv_file_verify(const w403_inv_file *f, w403_error *err)
{
    if (!f->path.p) {
        return w403_error_set(err, W403_NOT_FOUND, "the report's file `%.*s` is missing",
                              (int)(f->key.n < 400 ? f->key.n : 400), f->key.p);
    }
    w403_md5 have;
    if (!f->has_md5) {
        return W403_OK;
    }
    W403_TRY(w403_md5_file(f->path.p, &have, err));
    if (w403_md5_eq(&have, &f->md5)) {
        return W403_OK;
    }
    w403_error_set(err, W403_SYNTAX, "`%s` does not have the MD5 that the manifest states", f->path.p);
    w403_error_hint(err, "fetch it again from the destination bucket");
    return W403_SYNTAX;
}
