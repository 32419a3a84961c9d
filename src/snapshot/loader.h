/* What the loaders of this room share: the load at hand, the file at hand, and typed reads of JSON values.
 * A problem in a file never stops the load: it is reported and the rest goes on, so that one run lists all of
 * them. The only failure that loaders return is W403_NOMEM. */
#ifndef W403_SNAPSHOT_LOADER_H
#define W403_SNAPSHOT_LOADER_H

#include "snapshot/snapshot.h"

struct w403_org_files; /* organization.c */

typedef struct w403_loader {
    w403_snapshot *s;
    w403_arena    *a;       /* s->arena: what stays */
    w403_arena    *scratch; /* JSON nodes of one file, emptied after it */
    w403_problems *problems;
    w403_map       members;     /* names of members that were met -> the name that was meant, "" for none */
    w403_map       bucket_dirs; /* accounts/<id>/s3/<bucket> -> w403_bucket * */
    struct w403_org_files *org;
    bool           nomem; /* a text could not be copied: checked after each file */
    /* Where problems are placed: below a directory, or in the one file that holds all. */
    bool           directory;
    w403_json_doc  whole;
    bool           usable; /* a bad file of one bucket leaves unknown what it says, and the load goes on */
    w403_fault    *fault;  /* of the file at hand; NULL: its problems are the load's */
    bool           again; /* over a snapshot that was loaded before: what is wrong with its own files was said */
} w403_loader;

/* One file of the snapshot while it is read. */
typedef struct w403_source {
    w403_loader         *ld;
    const w403_json_doc *doc;  /* source: its path in the snapshot */
    const w403_json     *root; /* NULL: the file is empty */
    size_t               base; /* where its text begins in ld->whole */
    w403_view            part[3]; /* what `*` of its path pattern stood for */
    w403_account        *account; /* of accounts/<id>/... */
    w403_view            pointer; /* of doc->root in the file: "" but for w403_source_entry */
    w403_view            as;      /* the name of the file, where it is not the path below the root */
} w403_source;

/* One entry of a long list of `src` as a source of its own. Pointers are then found from the entry on: from the top
 * each would cost a walk over all entries before it. `doc` is where it is kept. */
w403_status w403_source_entry(const w403_source *src, const char *list, uint32_t index, const w403_json *entry,
                              w403_json_doc *doc, w403_source *out, w403_error *err);

/* ---- problems (convert.c) ---- */
/* Places *err in the file as the user knows it, and adds it. */
void w403_report(const w403_source *src, bool warning, w403_error *err);
void w403_problem_at(const w403_source *src, bool warning, const w403_json *at, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* ---- typed reads: absent and null are the same; a wrong type is reported and reads as absent ---- */
const w403_json *w403_read(const w403_source *src, const w403_json *obj, const char *name, w403_json_type t);
/* The same, but its absence is reported too. */
const w403_json *w403_read_needed(const w403_source *src, const w403_json *obj, const char *name,
                                  w403_json_type t);
/* Is this value a `t`? Reported when it is not. */
bool      w403_expect(const w403_source *src, const w403_json *v, w403_json_type t, const char *what);
w403_view w403_read_str(const w403_source *src, const w403_json *obj, const char *name);
bool      w403_read_bool(const w403_source *src, const w403_json *obj, const char *name, bool fallback);
/* Text that outlives the JSON nodes: as it is where it points into the source, else a copy. */
w403_view w403_keep(const w403_source *src, w403_view v);
/* [{"Key": k, "Value": v}, ...] (KMS: TagKey, TagValue) of `obj`'s member; *n is 0 when there is none. */
w403_status w403_read_tags(const w403_source *src, const w403_json *list, const w403_tag **out, uint32_t *n,
                           w403_error *err);
/* A member `Tags`: the list, what a call printed around it, or its error. ABSENT where it is not there. */
W403_NODISCARD w403_status w403_read_tag_member(const w403_source *src, const w403_json *v, w403_tags *out,
                                                w403_error *err);

/* A closed list of words that AWS uses as a value. */
typedef struct w403_value_word {
    const char *text;
    int         value;
} w403_value_word;
/* The value of string member `name`; `fallback` when it is absent or, reported, none of the words. */
int w403_read_word(const w403_source *src, const w403_json *obj, const char *name, const w403_value_word *words,
                   size_t n_words, int fallback);
#define W403_WORDS(table) (table), sizeof(table) / sizeof *(table)

/* ---- facts and policies (convert.c) ---- */
/* KNOWN, or what {"error": {"code": ...}} stands for; ABSENT for NULL and null. Leaves fact->path. */
void w403_read_fact(const w403_source *src, const w403_json *v, w403_fact *fact);
/* The policy in a value: a document, {"Policy": document}, a string that holds one. Its problems are reported; *out
 * is NULL when it cannot be read. */
w403_status w403_read_policy(const w403_source *src, w403_policy_kind kind, const w403_json *v,
                             w403_policy **out, w403_error *err);
/* A set over an array that is in the arena; indexed when that pays. */
w403_policy_set w403_policy_set_of(w403_loader *ld, const w403_policy *const *at, uint32_t n);
/* A fact with its policy and set in one go, for the places that hold a single resource policy. */
w403_status w403_read_resource_policy(const w403_source *src, w403_policy_kind kind, const w403_json *v,
                                      w403_fact *fact, const w403_policy **policy, w403_policy_set *set,
                                      w403_error *err);
/* {"PublicAccessBlockConfiguration": {...}} or the inner object, into a fact that is already KNOWN. */
void w403_read_bpa(const w403_source *src, const w403_json *v, w403_bpa *out);

/* The account `id`; made when it is not there yet. */
w403_status w403_account_of(w403_loader *ld, w403_view id, w403_account **out, w403_error *err);
bool        w403_is_account_id(w403_view v);

/* ---- loaders: one for each kind of file ---- */
typedef w403_status w403_load_fn(w403_source *src, w403_error *err);
w403_load_fn w403_load_organization, w403_load_parents, w403_load_attachments, w403_load_org_policy;
w403_load_fn w403_load_roots, w403_load_effective, w403_load_org_accounts;
w403_load_fn w403_load_iam, w403_load_account_bpa, w403_load_access_point, w403_load_multi_region, w403_load_object_lambda;
w403_load_fn w403_load_bucket_file, w403_load_inventory, w403_load_kms_key, w403_load_vpc_endpoints;

/* The loader of a path, NULL when it is no file of a snapshot. parts: what `*` of its pattern stands for, in order. */
w403_load_fn *w403_rule_find(w403_view path, w403_view parts[3], bool *may_be_empty);

/* Does a bucket's folder have a file of this name, and may it be empty (formats 6)? */
bool w403_bucket_file_known(w403_view name, bool *may_be_empty);

/* The name of the i-th kind of file; {NULL,0}: there are no more. */
w403_view w403_bucket_file_name(size_t i);
/* A bucket of which nothing is known, in ld->bucket_dirs. */
W403_NODISCARD w403_status w403_bucket_new(w403_loader *ld, w403_view dir, w403_view name, w403_account *account,
                                           w403_bucket **out, w403_error *err);
/* After its last file. */
void w403_bucket_settle(const w403_snapshot *s, w403_bucket *b);
/* The bucket of a file below accounts/<id>/s3/<bucket>/; made when it is not there yet. */
w403_status w403_bucket_of(w403_source *src, w403_bucket **out, w403_error *err);
w403_status w403_read_objects(const w403_source *src, w403_bucket *b, w403_error *err);
/* {"Owner", "Grants"} into an ACL whose fact is already KNOWN. */
w403_status w403_read_acl(const w403_source *src, const w403_json *v, w403_acl *out, w403_error *err);

/* members.c: warns about names that are nearly those of members that are read. */
W403_NODISCARD w403_status w403_members_check(const w403_source *src, w403_error *err);

/* ---- after the last file ---- */
w403_status w403_finish_buckets(w403_loader *ld, w403_error *err);
w403_status w403_finish_endpoints(w403_loader *ld, w403_error *err);
w403_status w403_org_add_accounts(w403_loader *ld, w403_error *err); /* before account_list is built */
w403_status w403_finish_organization(w403_loader *ld, w403_error *err);

/* ---- documents of AWS managed policies that are known without being in the snapshot (managed.c) ---- */
/* The policy of an ARN (arn:aws:iam::aws:policy/AmazonS3FullAccess) or organization policy id (p-FullAWSAccess);
 * *out is NULL for any other. */
w403_status w403_builtin_policy(w403_loader *ld, w403_policy_kind kind, w403_view id, w403_policy **out,
                                w403_error *err);
/* The text alone; {NULL,0} for any other. */
w403_view w403_builtin_document(w403_view id);

/* For %.*s, the beginning of a view that a message only shows. */
#define W403_SHORT(v) (int)((v).n > 200 ? 200 : (v).n), (v).p ? (v).p : ""

#endif
