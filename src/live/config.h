/* The two files of the aws command, as one: profiles, SSO sessions, endpoints of services. */
#ifndef W403_LIVE_CONFIG_H
#define W403_LIVE_CONFIG_H

#include "live/ini.h"
#include "live/secrets.h"

typedef enum w403_config_kind {
    W403_CONFIG_PROFILE,
    W403_CONFIG_SSO_SESSION, /* of the configuration file alone, as services */
    W403_CONFIG_SERVICES,
    W403_CONFIG_KINDS
} w403_config_kind;

typedef struct w403_config {
    w403_secrets *secrets;
    w403_ini      config, credentials; /* their texts lie in the block of secrets */
    w403_map      sections[W403_CONFIG_KINDS]; /* of the configuration file: name -> struct w403_config_section */
} w403_config;

/* AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE, else those of ~/.aws. A file that is not there is empty. */
W403_NODISCARD w403_status w403_config_load(w403_arena *a, w403_secrets *secrets, w403_ini_warn_fn *warn, void *user,
                                            w403_config *out, w403_error *err);
void                       w403_config_wipe(w403_config *c);
/* The same from texts, which the caller keeps. */
W403_NODISCARD w403_status w403_config_parse(w403_arena *a, w403_view config, w403_view credentials,
                                             w403_ini_warn_fn *warn, void *user, w403_config *out, w403_error *err);

/* Is there a section of this name, in any of the two files? */
bool w403_config_has(const w403_config *c, w403_config_kind kind, w403_view name);

/* A setting and the file that has it. */
typedef struct w403_configured {
    const w403_ini_setting *setting; /* NULL: it is in none */
    const w403_ini         *file;
} w403_configured;

/* Where both files have it, the credentials file wins. */
w403_configured w403_config_find(const w403_config *c, w403_config_kind kind, w403_view name, const char *setting);
/* Its value; {NULL,0}: it is not there. */
w403_view w403_config_get(const w403_config *c, w403_config_kind kind, w403_view name, const char *setting);
w403_view w403_profile_get(const w403_config *c, w403_view profile, const char *setting);
/* Of one file alone, as static keys are looked for. */
w403_view w403_profile_get_of(const w403_config *c, const w403_ini *file, w403_view profile, const char *setting);

/* Puts the place of a setting into an error. */
void w403_config_place(const w403_configured *at, w403_error *err);

#endif
