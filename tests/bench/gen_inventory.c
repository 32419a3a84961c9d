/* Writes a delivered S3 Inventory: data files, manifest.json and manifest.checksum, laid out as in a destination
 * bucket. The same options give the same rows on every machine.
 *
 *     gen_inventory DIR [--rows N] [--seed N] [--files N] [--acl] [--plain] [--level 1..9]
 *
 * Rows look like those of a data lake: 9 quoted columns, keys of about 100 bytes, an ETag that does not compress.
 * --acl adds ObjectAccessControlList and ObjectOwner, three owners and a handful of ACLs. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <md5.h>
#include <zlib.h>

#define SOURCE "amzn-s3-demo-source"
#define CONFIG "inv/" SOURCE "/daily"
#define SCAN   "2026-11-21T01-00Z"

enum { ROW_BYTES = 4096, PATH_BYTES = 1024, ACLS = 6 };

typedef struct options {
    const char *dir;
    uint64_t rows, seed;
    unsigned files, level;
    bool acl, plain;
} options;

static const char *const owners[3] = {
    "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be",
    "c1daexampleaaf850ea79cf0430f33d72579fd1611c97f7ded193374c0b163b6",
    "4e63f7a3ec6a0f0dcd4f1e1a0c66bd79e5c8c2be5aef44a0b6b2a5bb0d5c3a11",
};
static char acls[ACLS][1024]; /* base64 */

static uint64_t state;

/* splitmix64: small, and the same everywhere */
static uint64_t next(void)
{
    uint64_t z = (state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static void base64(char *out, const char *text, size_t n)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < n; i += 3) {
        uint32_t bits = 0;
        for (size_t k = 0; k < 3; k++) {
            bits = bits << 8 | (i + k < n ? (unsigned char)text[i + k] : 0);
        }
        for (size_t k = 0; k < 4; k++) {
            *out++ = i + k > n ? '=' : digits[bits >> (18 - 6 * k) & 63];
        }
    }
    *out = '\0';
}

static void make_acls(void)
{
    for (int i = 0; i < ACLS; i++) {
        char json[700];
        int n =
            snprintf(json, sizeof json,
                     "{\"version\":\"2022-11-10\",\"status\":\"%s\",\"grants\":[{\"canonicalId\":\"%s\",\"type\":"
                     "\"CanonicalUser\",\"permission\":\"FULL_CONTROL\"}%s]}",
                     i == 5 ? "UNAVAILABLE" : "AVAILABLE", owners[i % 3],
                     i < 3    ? ""
                     : i == 3 ? ",{\"uri\":\"http://acs.amazonaws.com/groups/global/AllUsers\",\"type\":\"Group\","
                                "\"permission\":\"READ\"}"
                              : ",{\"canonicalId\":\"79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef"
                                "2be\",\"type\":\"CanonicalUser\",\"permission\":\"READ\"}");
        base64(acls[i], json, (size_t)n);
    }
}

static int make_key(char *out, size_t room)
{
    static const char *const tops[] = {"data/raw", "data/curated", "logs/app", "exports/finance", "backup/db"};
    static const char *const ends[] = {"snappy.parquet", "json.gz", "csv", "pdf"};
    uint64_t r = next(), id = next();
    unsigned day = (unsigned)(r % 28 + 1), month = (unsigned)((r >> 8) % 12 + 1);
    return snprintf(out, room, "%s/year=2026/month=%02u/day=%02u/customer%s%05u/part-%05u-%08" PRIx64 "-c000.%s",
                    tops[(r >> 16) % 5], month, day, (r >> 20) % 16 ? "%3D" : "+no.+", (unsigned)((r >> 24) % 50000),
                    (unsigned)((r >> 40) % 1000), id & 0xffffffffffffu, ends[(r >> 56) % 4]);
}

static int make_row(char *out, size_t room, bool acl)
{
    char key[512];
    make_key(key, sizeof key);
    uint64_t r = next(), e1 = next(), e2 = next();
    unsigned a = (unsigned)((r >> 44) % 100), which = a < 90 ? 0 : a % ACLS;
    int n = snprintf(out, room,
                     "\"" SOURCE "\",\"%s\",\"%" PRIu64 "\",\"2026-%02u-%02uT%02u:%02u:%02u.000Z\",\"%016" PRIx64
                     "%016" PRIx64 "\",\"%s\",\"%s\",\"\",\"%s\"",
                     key, r % 5000000000u, (unsigned)(r >> 33) % 12 + 1, (unsigned)(r >> 37) % 28 + 1,
                     (unsigned)(r >> 40) % 24, (unsigned)(r >> 45) % 60, (unsigned)(r >> 51) % 60, e1, e2,
                     (r >> 57) % 8 ? "STANDARD" : "GLACIER", (r >> 60) % 4 ? "false" : "true",
                     (r >> 58) % 4 ? "SSE-S3" : "SSE-KMS");
    if (acl) {
        n += snprintf(out + n, room - (size_t)n, ",\"%s\",\"%s\"", acls[which],
                      which == 5 ? "UNAVAILABLE" : owners[which % 3]);
    }
    n += snprintf(out + n, room - (size_t)n, "\n");
    return n;
}

static void die(const char *what, const char *path)
{
    fprintf(stderr, "gen_inventory: cannot %s %s\n", what, path);
    exit(2);
}

static void make_directories(const char *path)
{
    char at[PATH_BYTES];
    snprintf(at, sizeof at, "%s", path);
    for (char *p = at + 1; *p; p++) {
        if (*p == '/') {
            *p = '\0';
            (void)mkdir(at, 0777);
            *p = '/';
        }
    }
}

static void hex_md5(const char *path, char out[33], uint64_t *size)
{
    static char buf[1 << 16];
    FILE *f = fopen(path, "rb");
    if (!f) {
        die("read", path);
    }
    MD5_CTX ctx;
    MD5Init(&ctx);
    *size = 0;
    for (size_t n; (n = fread(buf, 1, sizeof buf, f)) > 0; *size += n) {
        MD5Update(&ctx, (const uint8_t *)buf, n);
    }
    uint8_t digest[MD5_DIGEST_LENGTH];
    MD5Final(digest, &ctx);
    for (int i = 0; i < 16; i++) {
        snprintf(out + (size_t)2 * i, 3, "%02x", digest[i]);
    }
    fclose(f);
}

static void write_data(const options *o, const char *path, uint64_t rows)
{
    char mode[8], row[ROW_BYTES];
    snprintf(mode, sizeof mode, "wb%u%s", o->level, o->plain ? "T" : "");
    gzFile f = gzopen(path, mode);
    if (!f) {
        die("write", path);
    }
    gzbuffer(f, 1 << 17);
    for (uint64_t i = 0; i < rows; i++) {
        int n = make_row(row, sizeof row, o->acl);
        if (gzwrite(f, row, (unsigned)n) != n) {
            die("write", path);
        }
    }
    if (gzclose(f) != Z_OK) {
        die("write", path);
    }
}

static void write_report(const options *o)
{
    char manifest[PATH_BYTES], path[PATH_BYTES], md5[33];
    snprintf(manifest, sizeof manifest, "%s/" CONFIG "/" SCAN "/manifest.json", o->dir);
    make_directories(manifest);
    snprintf(path, sizeof path, "%s/" CONFIG "/data/", o->dir);
    make_directories(path);
    FILE *f = fopen(manifest, "w");
    if (!f) {
        die("write", manifest);
    }
    fprintf(
        f,
        "{\n  \"sourceBucket\" : \"" SOURCE
        "\",\n  \"destinationBucket\" : \"arn:aws:s3:::amzn-s3-demo-inventory\",\n"
        "  \"version\" : \"2016-11-30\",\n  \"creationTimestamp\" : \"1795222800000\",\n  \"fileFormat\" : \"CSV\",\n"
        "  \"fileSchema\" : \"Bucket, Key, Size, LastModifiedDate, ETag, StorageClass, IsMultipartUploaded, "
        "ReplicationStatus, EncryptionStatus%s\",\n  \"files\" : [",
        o->acl ? ", ObjectAccessControlList, ObjectOwner" : "");
    for (unsigned i = 0; i < o->files; i++) {
        char key[256];
        uint64_t size = 0, rows = o->rows / o->files + (i < o->rows % o->files);
        snprintf(key, sizeof key, CONFIG "/data/part-%05u.csv%s", i, o->plain ? "" : ".gz");
        snprintf(path, sizeof path, "%s/%s", o->dir, key);
        write_data(o, path, rows);
        hex_md5(path, md5, &size);
        fprintf(f, "%s {\n    \"key\" : \"%s\",\n    \"size\" : %" PRIu64 ",\n    \"MD5checksum\" : \"%s\"\n  }",
                i ? "," : "", key, size, md5);
    }
    fprintf(f, " ]\n}\n");
    fclose(f);
    uint64_t size = 0;
    hex_md5(manifest, md5, &size);
    snprintf(path, sizeof path, "%s/" CONFIG "/" SCAN "/manifest.checksum", o->dir);
    f = fopen(path, "w");
    if (!f || fprintf(f, "%s", md5) < 0 || fclose(f) != 0) {
        die("write", path);
    }
    puts(manifest);
}

static uint64_t number(const char *s)
{
    char *end = NULL;
    uint64_t v = s ? strtoull(s, &end, 10) : 0;
    if (!s || end == s || *end) {
        die("understand", s ? s : "a missing number");
    }
    return v;
}

int main(int argc, char **argv)
{
    options o = {.rows = 100000, .seed = 1, .files = 1, .level = 6};
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;
        if (strcmp(argv[i], "--acl") == 0) {
            o.acl = true;
        } else if (strcmp(argv[i], "--plain") == 0) {
            o.plain = true;
        } else if (strcmp(argv[i], "--rows") == 0) {
            o.rows = number(value), i++;
        } else if (strcmp(argv[i], "--seed") == 0) {
            o.seed = number(value), i++;
        } else if (strcmp(argv[i], "--files") == 0) {
            o.files = (unsigned)number(value), i++;
        } else if (strcmp(argv[i], "--level") == 0) {
            o.level = (unsigned)number(value), i++;
        } else {
            o.dir = argv[i];
        }
    }
    if (!o.dir || strlen(o.dir) > 512 || o.files == 0 || o.level < 1 || o.level > 9) {
        fputs("usage: gen_inventory DIR [--rows N] [--seed N] [--files N] [--acl] [--plain] [--level 1..9]\n",
              stderr);
        return 2;
    }
    state = o.seed;
    make_acls();
    write_report(&o);
    return 0;
}
