#include "live/config.h"

#include "live/secret_file.h"
#include "live/words.h"

/* Sections of one name; the one that stands last in the file comes first. */
typedef struct section_list {
    size_t               section; /* of config.sections */
    struct section_list *before;
} section_list;

static const char *const kinds[W403_CONFIG_KINDS] = {"profile", "sso-session", "services"};

/* ---- reading ---- */

static w403_status add_section(w403_arena *a, w403_config *c, w403_config_kind kind, w403_view name, size_t section,
                               w403_error *err)
{
    section_list *one = W403_NEW(a, section_list);
    W403_NEED(one, err);
    *one = (section_list){section, w403_map_get(&c->sections[kind], name)};
    W403_NEED(w403_map_put(a, &c->sections[kind], name, one), err);
    return W403_OK;
}

/* `default`, or the word for the kind and a name, which may be quoted. Anything else is no section of ours. */
static w403_status sort_section(w403_arena *a, w403_config *c, size_t section, w403_error *err)
{
    w403_view   name = c->config.sections.at[section].name;
    w403_words  words;
    w403_error  ignored;
    w403_status status = w403_words_split(a, name, &words, &ignored);
    if (status == W403_NOMEM) {
        return w403_error_nomem(err);
    }
    if (w403_view_eq(name, W403_LIT("default"))) {
        return add_section(a, c, W403_CONFIG_PROFILE, name, section, err);
    }
    for (int kind = 0; status == W403_OK && words.n == 2 && kind < W403_CONFIG_KINDS; kind++) {
        if (w403_view_eq(words.at[0], w403_view_of(kinds[kind]))) {
            return add_section(a, c, (w403_config_kind)kind, words.at[1], section, err);
        }
    }
    return W403_OK;
}

static w403_status sort_sections(w403_arena *a, w403_config *c, w403_error *err)
{
    for (size_t i = 0; i < c->config.sections.n; i++) {
        W403_TRY(sort_section(a, c, i, err));
    }
    return W403_OK;
}

w403_status w403_config_parse(w403_arena *a, w403_view config, w403_view credentials, w403_ini_warn_fn *warn, void *user,
                              w403_config *out, w403_error *err)
{
    *out = (w403_config){0};
    W403_TRY(w403_ini_parse(a, W403_LIT("config"), config, warn, user, &out->config, err));
    W403_TRY(w403_ini_parse(a, W403_LIT("credentials"), credentials, warn, user, &out->credentials, err));
    return sort_sections(a, out, err);
}

static w403_status load(w403_arena *a, w403_config *c, const char *variable, w403_view otherwise, w403_ini *out,
                        w403_ini_warn_fn *warn, void *user, w403_error *err)
{
    w403_view named = w403_environment(variable), text;
    w403_view path = w403_path_expand(a, named.n ? named : otherwise);
    W403_NEED(path.p, err);
    out->source = named.n ? path : otherwise; /* told as people write it: ~/.aws/config */
    W403_TRY(w403_secret_file_read(c->secrets, path.p, 0, &text, err));
    out->text = text;
    return w403_ini_parse(a, out->source, text, warn, user, out, err);
}

w403_status w403_config_load(w403_arena *a, w403_secrets *secrets, w403_ini_warn_fn *warn, void *user, w403_config *out,
                             w403_error *err)
{
    *out = (w403_config){.secrets = secrets};
    w403_status status = load(a, out, "AWS_CONFIG_FILE", W403_LIT("~/.aws/config"), &out->config, warn, user, err);
    if (status == W403_OK) {
        status = load(a, out, "AWS_SHARED_CREDENTIALS_FILE", W403_LIT("~/.aws/credentials"), &out->credentials, warn,
                      user, err);
    }
    if (status == W403_OK) {
        status = sort_sections(a, out, err);
    }
    if (status != W403_OK) {
        w403_config_wipe(out);
    }
    return status;
}

void w403_config_wipe(w403_config *c)
{
    if (c->secrets) {
        w403_secrets_drop(c->secrets, &c->config.text);
        w403_secrets_drop(c->secrets, &c->credentials.text);
    }
}

/* ---- asking ---- */

bool w403_config_has(const w403_config *c, w403_config_kind kind, w403_view name)
{
    return w403_map_get(&c->sections[kind], name) ||
           (kind == W403_CONFIG_PROFILE && w403_ini_section_find(&c->credentials, name));
}

static const w403_ini_setting *find_in_config(const w403_config *c, w403_config_kind kind, w403_view name,
                                              w403_view setting)
{
    const w403_ini_setting *found = NULL;
    for (const section_list *l = w403_map_get(&c->sections[kind], name); l && !found; l = l->before) {
        found = w403_ini_setting_find(&c->config.sections.at[l->section], setting);
    }
    return found;
}

static const w403_ini_setting *find_in(const w403_config *c, const w403_ini *file, w403_config_kind kind, w403_view name,
                                       w403_view setting)
{
    return file == &c->config ? find_in_config(c, kind, name, setting)
                              : w403_ini_setting_find(w403_ini_section_find(file, name), setting);
}

w403_configured w403_config_find(const w403_config *c, w403_config_kind kind, w403_view name, const char *setting)
{
    const w403_ini_setting *found = NULL;
    if (kind == W403_CONFIG_PROFILE) {
        found = find_in(c, &c->credentials, kind, name, w403_view_of(setting));
        if (found) {
            return (w403_configured){found, &c->credentials};
        }
    }
    found = find_in(c, &c->config, kind, name, w403_view_of(setting));
    return (w403_configured){found, found ? &c->config : NULL};
}

w403_view w403_config_get(const w403_config *c, w403_config_kind kind, w403_view name, const char *setting)
{
    w403_configured found = w403_config_find(c, kind, name, setting);
    return found.setting ? found.setting->value : (w403_view){NULL, 0};
}

w403_view w403_profile_get(const w403_config *c, w403_view profile, const char *setting)
{
    return w403_config_get(c, W403_CONFIG_PROFILE, profile, setting);
}

w403_view w403_profile_get_of(const w403_config *c, const w403_ini *file, w403_view profile, const char *setting)
{
    const w403_ini_setting *found = find_in(c, file, W403_CONFIG_PROFILE, profile, w403_view_of(setting));
    return found ? found->value : (w403_view){NULL, 0};
}

void w403_config_place(const w403_configured *at, w403_error *err)
{
    if (at->setting) {
        w403_error_place(err, at->file->source, at->file->text, at->setting->offset, 0);
    }
}
