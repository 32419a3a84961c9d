/* Inside the evidence room: one `aws` command line while it is read. */
#ifndef W403_EVIDENCE_COMMAND_H
#define W403_EVIDENCE_COMMAND_H

#include "evidence/shell.h"
#include "evidence/target.h"

/* Which requests of a high-level `aws s3` command carry an option's header. */
enum {
    W403_ON_UPLOAD = 1,    /* PutObject, CreateMultipartUpload, CopyObject */
    W403_ON_READ = 2,      /* GetObject, HeadObject */
    W403_ON_PART = 4,      /* UploadPart, UploadPartCopy */
    W403_ON_COPIED = 8,    /* CopyObject, UploadPartCopy */
    W403_ON_LIST = 16,
    W403_ON_DELETE = 32,
    W403_ON_REST = 64,
    W403_ON_ALL = 127
};

/* Does an option stand alone, take a value, perhaps take one, or take all words up to the next option? */
typedef enum w403_cli_arg { W403_ARG_FLAG, W403_ARG_VALUE, W403_ARG_MAYBE, W403_ARG_MANY } w403_cli_arg;

typedef enum w403_cli_effect {
    W403_CLI_NOTHING,
    W403_CLI_HEADER,
    W403_CLI_QUERY,
    W403_CLI_BUCKET,
    W403_CLI_KEY,
    W403_CLI_VERSION,
    W403_CLI_REGION,
    W403_CLI_SOURCE_REGION,
    W403_CLI_ENDPOINT,
    W403_CLI_PROFILE,
    W403_CLI_ANONYMOUS,
    W403_CLI_GRANTS,
    W403_CLI_RECURSIVE,
    W403_CLI_DELETE,
    W403_CLI_FORCE,
    W403_CLI_DRYRUN,
    W403_CLI_EXPIRES_IN,
    W403_CLI_COPY_PROPS,
    W403_CLI_POLICY,
    W403_CLI_ACL,
    W403_CLI_KEYS,
    W403_CLI_BODY,
    W403_CLI_ACCOUNT,
    W403_CLI_NAME,
    W403_CLI_INPUT
} w403_cli_effect;

enum { W403_TOOL_S3 = 1, W403_TOOL_API = 2, W403_TOOL_ANY = 3 };

typedef struct w403_cli_option {
    const char *name;
    uint8_t     tools, arg, effect, on;
    const char *target;  /* header or query parameter, or the body's element */
    const char *implied; /* value of a flag, or of an option given without one */
} w403_cli_option;

/* NULL: not in the table. */
const w403_cli_option *w403_cli_option_find(w403_view name, uint8_t tool);

typedef struct w403_cli_header {
    w403_view name, value;
    uint8_t   on;
} w403_cli_header;

typedef struct w403_cli {
    w403_build  b;
    w403_words  words;
    size_t      i;       /* next word */
    uint8_t     tool;
    w403_view   service; /* s3, s3api, s3control */
    w403_view   command; /* cp, get-object */
    uint64_t    size;    /* of the local file; UINT64_MAX: unknown */
    w403_request base;
    w403_target where;   /* Region, partition, bucket and key given by options */
    w403_view   name, account; /* s3control */
    W403_ARRAY(w403_view) paths;
    W403_ARRAY(w403_cli_header) headers;
    w403_pairs  query, body;
    W403_ARRAY(w403_object_id) keys;
    bool        recursive, del, force, profile_said, copy_props_off;
} w403_cli;

void        w403_cli_add_header(w403_cli *c, w403_view name, w403_view value, uint8_t on);
w403_status w403_cli_read_s3(w403_cli *c, w403_error *err);
w403_status w403_cli_read_api(w403_cli *c, w403_error *err);
/* JSON, or the CLI's shorthand, of a structure option, flattened to Path.Name = value. */
void w403_cli_read_body(w403_cli *c, const char *root, w403_view value);
/* --delete of delete-objects. */
void w403_cli_read_keys(w403_cli *c, w403_view value);

#endif
