/* manifest.json of a delivered inventory: what the report is of, which columns it has, where its files lie. */
#ifndef W403_INVENTORY_MANIFEST_H
#define W403_INVENTORY_MANIFEST_H

#include "base/time.h"
#include "inventory/checksum.h"
#include "inventory/schema.h"

typedef enum w403_inv_format { W403_INV_CSV, W403_INV_ORC, W403_INV_PARQUET } w403_inv_format;

typedef struct w403_inv_file {
    w403_view key;  /* files[].key, as the manifest has it */
    w403_view path; /* where it lies on disk, NUL-terminated; {NULL,0}: missing, or not looked for */
    uint64_t size;  /* UINT64_MAX: not stated */
    w403_md5 md5;
    bool has_md5;
    bool damaged; /* there, but not of the stated size */
    bool outside; /* there, but a link leads out of the delivery */
} w403_inv_file;

typedef struct w403_manifest {
    w403_view source; /* its path, for messages */
    w403_view source_bucket;
    w403_view destination_bucket; /* ARN */
    w403_instant created;         /* start of the scan; 0: not stated */
    w403_inv_format format;
    w403_inv_schema schema; /* of CSV; n == 0 for the others */
    w403_inv_file *files;
    size_t n_files;
    size_t missing, damaged; /* of files, as far as w403_manifest_load can see */
    w403_tri checksum;       /* does manifest.checksum agree? UNKNOWN: there is none */
} w403_manifest;

/* Parses the text of a manifest; looks at no file. What is wrong with single entries of `files` is added to
 * *problems and the rest is still read. Views point into `text` and the arena.
 * Errors: W403_SYNTAX; W403_SEMANTIC: no fileFormat, fileSchema or files, or an unknown format. */
w403_status w403_manifest_parse(w403_arena *a, w403_view source, w403_view text, w403_problems *problems,
                                w403_manifest *out, w403_error *err);

/* Reads and parses `path`, checks it against manifest.checksum beside it, and looks for its files: ever shorter ends of
 * each key, below the manifest's own directory and below the delivery's, nowhere else. A checksum that disagrees, a file that is
 * missing or not of its stated size are problems, not failures. Errors as above, and W403_IO. */
w403_status w403_manifest_load(w403_arena *a, const char *path, w403_problems *problems, w403_manifest *out,
                               w403_error *err);

/* W403_SEMANTIC, with what to do instead, unless the report is CSV. */
w403_status w403_manifest_require_csv(const w403_manifest *m, w403_error *err);

/* Reads the whole file once more and compares its MD5. W403_SYNTAX: it differs. W403_OK: it agrees or none is
 * stated. Gzip's own checksum is tested by reading rows anyway; this also finds a file taken for another.
 * Cost: about 0.6 GB/s of compressed bytes. Threads: any. */
w403_status w403_inv_file_verify(const w403_inv_file *f, w403_error *err);

/* resolve.c: fills the paths of m->files (see w403_manifest_load); false: memory is short. */
bool w403_manifest_resolve(w403_arena *a, const char *manifest_path, w403_manifest *m);

#endif
