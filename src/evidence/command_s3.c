/* `aws s3 cp|mv|sync|ls|rm|mb|rb|website|presign`: which API requests it sends comes from data/aws-s3-highlevel.tsv; what
 * each of them is aimed at, and which headers it carries, from here. */
#include "evidence/command.h"

#define MULTIPART_THRESHOLD ((uint64_t)8 << 20) /* the CLI's default */

typedef enum shape { SHAPE_NONE, SHAPE_UP, SHAPE_DOWN, SHAPE_COPY, SHAPE_ONE } shape;

typedef struct transfer {
    w403_cli   *cli;
    shape       shape;
    w403_target from, to; /* S3 sides; SHAPE_ONE uses `to` */
    bool        many;     /* recursive, or sync: no single key */
    bool        list_to;  /* the listing is of the destination */
    bool        listing;  /* ls: s3:prefix and s3:delimiter are sent */
} transfer;

/* Which of an option's requests is this (command.h), and does it aim at the source? */
static const struct {
    const char *operation;
    uint8_t     on;
    bool        source;
} roles[] = {
    {"PutObject", W403_ON_UPLOAD, false},
    {"CreateMultipartUpload", W403_ON_UPLOAD, false},
    {"CopyObject", W403_ON_UPLOAD | W403_ON_COPIED, false},
    {"UploadPart", W403_ON_PART, false},
    {"UploadPartCopy", W403_ON_PART | W403_ON_COPIED, false},
    {"CompleteMultipartUpload", W403_ON_REST, false},
    {"PutObjectTagging", W403_ON_REST, false},
    {"GetObjectTagging", W403_ON_REST, true},
    {"GetObject", W403_ON_READ, true},
    {"HeadObject", W403_ON_READ, true},
    {"ListObjectsV2", W403_ON_LIST, true},
    {"DeleteObject", W403_ON_DELETE, true},
};

static bool is_bucket_operation(const w403_operation *op)
{
    return strcmp(op->resource_kind, "bucket") == 0;
}

static void add_headers(const transfer *t, uint8_t on, w403_pairs *headers)
{
    w403_cli *c = t->cli;
    for (size_t i = 0; i < c->headers.n; i++) {
        const w403_cli_header *h = &c->headers.at[i];
        /* a header of copies only goes with copies; one of uploads and reads with either */
        bool fits = h->on == W403_ON_COPIED ? (on & W403_ON_COPIED) != 0 : (h->on & on & ~W403_ON_COPIED) != 0;
        if (fits) {
            w403_build_header(&c->b, headers, h->name, h->value);
        }
    }
}

static void add_copy_source(const transfer *t, w403_pairs *headers)
{
    w403_build *b = &t->cli->b;
    w403_view   v = w403_bucket_is_arn(t->from.bucket)
                        ? w403_build_printf(b, "%.*s/object/%.*s", W403_ALL(t->from.bucket), W403_ALL(t->from.key))
                        : w403_build_printf(b, "%.*s/%.*s", W403_ALL(t->from.bucket), W403_ALL(t->from.key));
    w403_build_header(b, headers, W403_LIT("x-amz-copy-source"), v);
}

static void add_listing(const transfer *t, const w403_target *side, w403_pairs *query)
{
    w403_build *b = &t->cli->b;
    for (size_t i = 0; i < t->cli->query.n; i++) {
        w403_build_pair(b, query, t->cli->query.at[i].name, t->cli->query.at[i].value);
    }
    w403_view prefix = side->key;
    if (prefix.n && prefix.p[prefix.n - 1] == '*') {
        prefix.n--; /* our own placeholder for any key */
    }
    w403_build_pair(b, query, W403_LIT("prefix"), prefix);
    if (t->listing && !t->cli->recursive) {
        w403_build_pair(b, query, W403_LIT("delimiter"), W403_LIT("/"));
    }
}

static void add_request(const transfer *t, w403_view name, bool on_destination, const char *why)
{
    w403_cli *c = t->cli;
    const w403_operation *op = w403_operation_find(name);
    if (!op) {
        return;
    }
    uint8_t on = W403_ON_REST;
    bool    source = false;
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
        if (w403_view_eq(name, w403_view_of(roles[i].operation))) {
            on = roles[i].on;
            source = roles[i].source;
        }
    }
    w403_target side = source && !on_destination && t->shape != SHAPE_ONE && t->shape != SHAPE_UP ? t->from : t->to;
    w403_request r = c->base;
    w403_pairs   headers = {0}, query = {0};
    add_headers(t, on, &headers);
    if ((on & W403_ON_COPIED) && t->shape == SHAPE_COPY) {
        add_copy_source(t, &headers);
    }
    if (on == W403_ON_LIST) {
        add_listing(t, &side, &query);
    }
    if (is_bucket_operation(op)) {
        side.key = (w403_view){NULL, 0};
    }
    r.operation = w403_view_of(op->name);
    r.resource = strcmp(op->resource_kind, "service") == 0 ? W403_LIT("*") : w403_target_arn(&c->b, &side);
    r.headers = headers.at;
    r.n_headers = headers.n;
    r.query = query.at;
    r.n_query = query.n;
    const w403_pair *key = NULL;
    if ((on & W403_ON_PART) || w403_view_eq(name, W403_LIT("CompleteMultipartUpload"))) {
        w403_pairs up = {0};
        add_headers(t, W403_ON_UPLOAD, &up);
        key = w403_pairs_get(&up, "x-amz-server-side-encryption-aws-kms-key-id");
    }
    if (key && w403_view_starts(key->value, W403_LIT("arn:"))) {
        r.upload_kms_key = key->value;
    }
    for (size_t i = 0; i < c->b.readings.n; i++) {
        w403_reading *had = &c->b.readings.at[i];
        if (w403_view_eq(had->request.operation, r.operation) && w403_view_eq(had->request.resource, r.resource)) {
            /* sent whatever the size is */
            had->why = w403_build_printf(&c->b, "%s %.*s sends %s", "aws s3", W403_FMT(c->command), op->name);
            return;
        }
    }
    w403_build_reading(&c->b, &r, "%s %.*s sends %s%s%s", "aws s3", W403_FMT(c->command), op->name, why[0] ? " " : "", why);
}

typedef enum when_kind { WHEN_ALWAYS, WHEN_SMALL, WHEN_LARGE, WHEN_TAGS, WHEN_NEVER } when_kind;

/* The `when` column, longest first. */
static const struct {
    const char *text;
    when_kind   kind;
} whens[] = {
    {"size >= multipart_threshold & --copy-props", WHEN_TAGS},
    {"size >= multipart_threshold", WHEN_LARGE},
    {"size < multipart_threshold", WHEN_SMALL},
    {"multipart upload fails", WHEN_NEVER},
    {"validation", WHEN_NEVER},
};

static bool when_holds(const w403_cli *c, const char *when, const char **why)
{
    when_kind kind = WHEN_ALWAYS;
    for (size_t i = 0; i < sizeof whens / sizeof *whens && kind == WHEN_ALWAYS; i++) {
        if (w403_view_starts(w403_view_of(when), w403_view_of(whens[i].text))) {
            kind = whens[i].kind;
        }
    }
    bool known = c->size != UINT64_MAX;
    switch (kind) {
    case WHEN_NEVER: return false;
    case WHEN_SMALL:
        *why = known ? "for a file below the multipart threshold" : "if the file is smaller than 8 MiB";
        return !known || c->size < MULTIPART_THRESHOLD;
    case WHEN_LARGE:
        *why = known ? "for a file of multipart size" : "if the file is 8 MiB or larger";
        return !known || c->size >= MULTIPART_THRESHOLD;
    case WHEN_TAGS:
        *why = "for a copy of multipart size (version 2 of the CLI copies tags)";
        return !c->copy_props_off && (!known || c->size >= MULTIPART_THRESHOLD);
    case WHEN_ALWAYS: break;
    }
    return true;
}

/* Every request of the rows of one command form. False: no row. `skip`: an operation left out, or NULL. */
static bool add_rows(const transfer *t, const char *form, const char *skip, bool on_destination)
{
    size_t n;
    bool   any = false;
    const w403_s3_command *rows = w403_s3_commands(&n);
    for (size_t i = 0; i < n; i++) {
        const char *why = "";
        if (strcmp(rows[i].command, form) != 0) {
            continue;
        }
        any = true;
        if (!when_holds(t->cli, rows[i].when, &why)) {
            continue;
        }
        w403_view rest = w403_view_of(rows[i].operations);
        while (rest.p) {
            w403_view name = w403_view_cut(&rest, ' ');
            bool      both = w403_view_ends(name, W403_LIT("(both)"));
            name.n -= both ? 6 : 0;
            if (skip && w403_view_eq(name, w403_view_of(skip))) {
                continue;
            }
            bool list = w403_view_eq(name, W403_LIT("ListObjectsV2"));
            add_request(t, name, on_destination || (list && t->list_to), why);
            if (both) {
                add_request(t, name, true, "of the destination");
            }
        }
    }
    return any;
}

static w403_view base_name(w403_view path)
{
    size_t i = path.n;
    while (i > 0 && path.p[i - 1] != '/' && path.p[i - 1] != '\\') {
        i--;
    }
    return w403_view_sub(path, i, path.n);
}

/* cp a.txt s3://b/dir/ writes dir/a.txt; many files write what cannot be told from here. */
static void complete_key(transfer *t, w403_target *side, w403_view other)
{
    w403_cli *c = t->cli;
    if (t->many) {
        bool slash = side->key.n && side->key.p[side->key.n - 1] == '/';
        side->key = w403_build_printf(&c->b, "%.*s%s*", W403_ALL(side->key), side->key.n && !slash ? "/" : "");
        w403_build_missing(&c->b, "key", "RESOURCE", "the command is about many keys: `*` stands for one of them");
        return;
    }
    if (side->key.n == 0 || side->key.p[side->key.n - 1] == '/') {
        w403_view name = base_name(other);
        if (name.n == 0 || w403_view_eq(name, W403_LIT("-")) || w403_view_eq(name, W403_LIT("."))) {
            return;
        }
        side->key = w403_build_printf(&c->b, "%.*s%.*s", W403_ALL(side->key), W403_ALL(name));
        w403_build_inferred(&c->b, "key", side->key, "the name of the source");
    }
}

static bool is_s3(w403_view path)
{
    return w403_view_starts(path, W403_LIT("s3://")) || w403_view_starts(path, W403_LIT("S3://"));
}

static w403_status bad_path(const w403_cli *c, const char *expected, w403_error *err)
{
    w403_error_set(err, W403_SYNTAX, "`aws s3 %.*s` needs %s", W403_FMT(c->command), expected);
    w403_error_hint(err, "an S3 path is written s3://bucket/key; quote a key that has blanks");
    return W403_SYNTAX;
}

static w403_status read_side(transfer *t, w403_view path, w403_target *side, w403_error *err)
{
    *side = t->cli->where;
    if (!w403_target_from_uri(path, side)) {
        return bad_path(t->cli, "a bucket in its S3 path", err);
    }
    w403_build_said(&t->cli->b, "bucket", side->bucket, "the S3 path");
    if (side->key.n) {
        w403_build_said(&t->cli->b, "key", side->key, "the S3 path");
    }
    return W403_OK;
}

static const char *const forms[3][SHAPE_ONE] = {
    {NULL, "aws s3 cp file s3://b/k", "aws s3 cp s3://b/k file", "aws s3 cp s3://a/k s3://b/k"},
    {NULL, "aws s3 cp file s3://b/k", "aws s3 cp --recursive s3://b/p dir", "aws s3 cp s3://a/k s3://b/k"},
    {NULL, "aws s3 sync dir s3://b/p", "aws s3 sync s3://b/p dir", "aws s3 sync s3://a s3://b"},
};

static w403_status read_transfer(w403_cli *c, w403_error *err)
{
    bool sync = w403_view_eq(c->command, W403_LIT("sync"));
    bool move = w403_view_eq(c->command, W403_LIT("mv"));
    if (c->paths.n != 2) {
        return bad_path(c, "two paths, a source and a destination", err);
    }
    w403_view a = c->paths.at[0], z = c->paths.at[1];
    transfer  t = {.cli = c, .many = sync || c->recursive};
    t.shape = is_s3(a) && is_s3(z) ? SHAPE_COPY : is_s3(a) ? SHAPE_DOWN : is_s3(z) ? SHAPE_UP : SHAPE_NONE;
    if (t.shape == SHAPE_NONE) {
        return bad_path(c, "at least one path that begins with s3://", err);
    }
    if (t.shape != SHAPE_UP) {
        W403_TRY(read_side(&t, a, &t.from, err));
        if (t.many) {
            complete_key(&t, &t.from, a);
        } else if (t.from.key.n == 0) {
            return bad_path(c, "a key in its source path, or --recursive", err);
        }
    }
    if (t.shape != SHAPE_DOWN) {
        W403_TRY(read_side(&t, z, &t.to, err));
        complete_key(&t, &t.to, t.shape == SHAPE_UP ? a : t.from.key);
    }
    t.list_to = sync && t.shape == SHAPE_UP;
    /* a recursive copy lists first and then needs no HEAD of each object */
    if (c->recursive && !sync && t.shape == SHAPE_COPY) {
        add_request(&t, W403_LIT("ListObjectsV2"), false, "to find the keys");
    }
    const char *skip = c->recursive && !sync && t.shape == SHAPE_COPY ? "HeadObject" : NULL;
    (void)add_rows(&t, forms[sync ? 2 : c->recursive ? 1 : 0][t.shape], skip, false);
    if (move && t.shape != SHAPE_UP) {
        (void)add_rows(&t, "aws s3 mv", NULL, false);
    }
    if (sync && c->del && t.shape != SHAPE_DOWN) {
        (void)add_rows(&t, "aws s3 sync --delete", NULL, true);
    }
    if (c->size == UINT64_MAX && t.shape != SHAPE_DOWN) {
        w403_build_missing(&c->b, "size", "the file itself, where the command can be read",
                           "from 8 MiB on the CLI uploads in parts, which needs more permissions");
    }
    return W403_OK;
}

static w403_status read_presign(transfer *t, w403_error *err)
{
    w403_cli *c = t->cli;
    if (t->to.key.n == 0) {
        return bad_path(c, "a key in its S3 path", err);
    }
    w403_request r = c->base;
    r.operation = W403_LIT("GetObject");
    r.resource = w403_target_arn(&c->b, &t->to);
    r.presigned = true;
    if (r.expires_in_s == UINT64_MAX) {
        r.expires_in_s = 3600; /* the CLI's default */
    }
    w403_build_note(&c->b, "aws s3 presign sends no request: this is the use of the URL it prints, with the signer's "
                           "permissions and the user's network");
    w403_build_reading(&c->b, &r, "the URL that aws s3 presign prints is a GetObject");
    return W403_OK;
}

/* Commands with one S3 path (ls: or none). */
static w403_status read_one(w403_cli *c, w403_error *err)
{
    static const struct {
        const char *command, *form, *recursive, *force;
        bool        needs_key;
    } ones[] = {
        {"ls", "aws s3 ls s3://b[/p]", NULL, NULL, false},
        {"rm", "aws s3 rm s3://b/k", "aws s3 rm --recursive s3://b/p", NULL, true},
        {"mb", "aws s3 mb s3://b", NULL, NULL, false},
        {"rb", "aws s3 rb s3://b", NULL, "aws s3 rb --force s3://b", false},
        {"website", "aws s3 website s3://b", NULL, NULL, false},
        {"presign", NULL, NULL, NULL, true},
    };
    transfer t = {.cli = c, .shape = SHAPE_ONE};
    for (size_t i = 0; i < sizeof ones / sizeof *ones; i++) {
        if (!w403_view_eq(c->command, w403_view_of(ones[i].command))) {
            continue;
        }
        t.listing = w403_view_eq(c->command, W403_LIT("ls"));
        if (c->paths.n == 0 && t.listing) {
            (void)add_rows(&t, "aws s3 ls", NULL, false);
            return W403_OK;
        }
        if (c->paths.n != 1) {
            return bad_path(c, "one S3 path", err);
        }
        W403_TRY(read_side(&t, c->paths.at[0], &t.to, err));
        if (!ones[i].form) {
            return read_presign(&t, err);
        }
        bool many = (c->recursive && ones[i].recursive) || (c->force && ones[i].force);
        if (many) {
            t.many = true;
            complete_key(&t, &t.to, c->paths.at[0]);
        } else if (ones[i].needs_key && t.to.key.n == 0) {
            return bad_path(c, "a key in its S3 path, or --recursive", err);
        }
        (void)add_rows(&t, !many ? ones[i].form : ones[i].recursive ? ones[i].recursive : ones[i].force, NULL, false);
        return W403_OK;
    }
    w403_error_set(err, W403_SYNTAX, "`aws s3 %.*s` is no command", W403_FMT(c->command));
    w403_error_hint(err, "expected one of ls, cp, mv, sync, rm, mb, rb, website, presign");
    return W403_SYNTAX;
}

w403_status w403_cli_read_s3(w403_cli *c, w403_error *err)
{
    static const char *const transfers[] = {"cp", "mv", "sync"};
    for (size_t i = 0; i < sizeof transfers / sizeof *transfers; i++) {
        if (w403_view_eq(c->command, w403_view_of(transfers[i]))) {
            return read_transfer(c, err);
        }
    }
    return read_one(c, err);
}
