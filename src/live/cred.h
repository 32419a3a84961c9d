/* What the sources of credentials share. A source is found first, from files and the environment alone (cred_find.c), and
 * asked later, as often as its keys run out (w403_source_keys). */
#ifndef W403_LIVE_CRED_H
#define W403_LIVE_CRED_H

#include "json/json.h"
#include "live/credentials.h"

typedef enum w403_source_kind {
    W403_SOURCE_STATIC, /* of the environment or a file */
    W403_SOURCE_ROLE,
    W403_SOURCE_WEB_IDENTITY,
    W403_SOURCE_SSO,
    W403_SOURCE_PROCESS,
    W403_SOURCE_EXPORT, /* what only the aws command itself can get */
    W403_SOURCE_CONTAINER,
    W403_SOURCE_METADATA, /* of an EC2 instance */
} w403_source_kind;

typedef struct w403_source {
    w403_source_kind    kind;
    w403_view           profile;  /* whose settings it is made of; empty: none's */
    w403_view           about;    /* for messages: "profile `dev`", "the environment" */
    w403_view           role_arn, session_name, external_id, mfa_serial;
    uint64_t            duration; /* seconds; 0: as AWS has it */
    struct w403_source *from;     /* whose credentials assume the role */
    w403_view           token_file; /* of web identity */
    w403_view           command;    /* credential_process */
    w403_view           sso_region, sso_account, sso_role, sso_name; /* sso_name: session or start URL: the cache's key */
    w403_keys           keys;       /* serial 0: none yet */
    w403_instant        try_again;  /* a renewal failed while the old ones hold */
} w403_source;

struct w403_credentials {
    w403_parts               *parts;
    const w403_live_options  *options;
    w403_arena               *arena;   /* as long as the session */
    w403_arena               *scratch; /* of one request */
    w403_config               config;
    w403_view                 profile;
    bool                      profile_named; /* by --profile: the environment's keys are not looked at */
    w403_http                *http;
    w403_source              *own;
    w403_map                  accounts; /* -> struct w403_account */
    uint32_t                  serial;   /* of keys, the last one given */
    bool                      mfa_code_used;
    char                      session_name[16];
    W403_ARRAY(w403_view) looked; /* where there was nothing, a line each */
};

/* ---- cred_find.c ---- */
/* The first source of the aws command's order that is configured; NULL: none is, and `looked` says why. */
W403_NODISCARD w403_status w403_source_find(w403_credentials *c, w403_source **out, w403_error *err);
/* One line of `looked`. */
w403_status w403_looked(w403_credentials *c, w403_error *err, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
w403_source *w403_source_new(w403_credentials *c, w403_source_kind kind, w403_view profile); /* NULL: memory is short */

/* ---- cred_keys.c ---- */
/* Takes keys over into the block, in the place of the source's old ones. W403_SEMANTIC: they are none. */
W403_NODISCARD w403_status w403_keys_set(w403_credentials *c, w403_keys *keys, w403_view id, w403_view secret,
                                         w403_view token, w403_instant expires, w403_error *err);
/* JSON with these members, some of them in milliseconds since 1970; nothing of it is repeated in a message. */
typedef struct w403_key_names {
    const char *id, *secret, *token, *expires;
    bool        milliseconds, version; /* version: "Version" must be 1 */
    const char *inside;                /* the member that they are in; NULL: the root */
} w403_key_names;
W403_NODISCARD w403_status w403_keys_read_json(w403_credentials *c, w403_keys *keys, w403_view text,
                                               const w403_key_names *names, w403_view about, w403_error *err);
/* The answer of sts:AssumeRole or AssumeRoleWithWebIdentity. */
W403_NODISCARD w403_status w403_keys_read_sts(w403_credentials *c, w403_keys *keys, w403_view body, w403_view about,
                                              w403_error *err);
/* Are they good for another five minutes? */
bool w403_keys_fresh(const w403_keys *keys, w403_instant now);
/* A parsed document's decoded strings, which are copies, are overwritten. */
void w403_json_wipe(const w403_json *root);
/* Printable ASCII without blanks: what may be a header's value. */
bool w403_is_token(w403_view v);

/* ---- the sources: each asks for keys and sets those of `s` ---- */
W403_NODISCARD w403_status w403_role_keys(w403_credentials *c, w403_source *s, w403_error *err);
W403_NODISCARD w403_status w403_web_identity_keys(w403_credentials *c, w403_source *s, w403_error *err);
W403_NODISCARD w403_status w403_sso_keys(w403_credentials *c, w403_source *s, w403_error *err);
W403_NODISCARD w403_status w403_process_keys(w403_credentials *c, w403_source *s, w403_error *err);
W403_NODISCARD w403_status w403_export_keys(w403_credentials *c, w403_source *s, w403_error *err);
W403_NODISCARD w403_status w403_container_keys(w403_credentials *c, w403_source *s, w403_error *err);
W403_NODISCARD w403_status w403_metadata_keys(w403_credentials *c, w403_source *s, w403_error *err);
/* The region that the instance is in; {NULL,0}: it does not say. */
w403_view w403_metadata_region(w403_credentials *c);
/* Why metadata are not asked; {NULL,0}: they are. */
w403_view w403_metadata_off(const w403_credentials *c);

/* ---- cred_sso.c ---- */
/* The token of a file of ~/.aws/sso/cache, as a copy in the block; empty: `*why` says why it is of no use. */
W403_NODISCARD w403_status w403_sso_token_read(w403_credentials *c, w403_view text, w403_view *token, const char **why,
                                               w403_error *err);

/* ---- credentials.c ---- */
/* Keys that are good for five minutes, if such can be had. */
W403_NODISCARD w403_status w403_source_keys(w403_credentials *c, w403_source *s, const w403_keys **out, w403_error *err);
/* One request, tried again where that may help; an answer of another status than 200 is W403_OK too. */
W403_NODISCARD w403_status w403_credentials_send(w403_credentials *c, const w403_http_request *r, unsigned attempts,
                                                 w403_http_answer *out, w403_error *err);

/* ---- cred_sts.c ---- */
typedef struct w403_sts_request {
    w403_http_request request;
    w403_header       headers[4];
    w403_view         body; /* of the block of secrets */
} w403_sts_request;
/* AssumeRole, signed with `keys`; texts are of `a`, the body goes back by w403_secrets_drop. `own`: a role of a profile. */
W403_NODISCARD w403_status w403_sts_assume(w403_credentials *c, w403_arena *a, const w403_source *role, bool own,
                                           const w403_keys *keys, w403_view mfa_code, w403_sts_request *out,
                                           w403_error *err);

/* ---- mfa.c ---- */
/* Six digits: --mfa-code once, then asked on the terminal. They lie in the arena of the request. */
W403_NODISCARD w403_status w403_mfa_ask(w403_credentials *c, w403_view serial, w403_view *code, w403_error *err);

#endif
