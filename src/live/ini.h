/* The grammar of ~/.aws/config and ~/.aws/credentials, as the aws command reads it (Python's configparser). No message
 * repeats what a line holds: it may be a secret. */
#ifndef W403_LIVE_INI_H
#define W403_LIVE_INI_H

#include "base/array.h"
#include "base/error.h"
#include "base/hash.h"

typedef struct w403_ini_setting {
    w403_view name;  /* small letters */
    w403_view value; /* of the text, blanks around it taken off; several lines of it where it went on in indented ones */
    bool      nested; /* nothing stood behind the `=`: the lines of `value` are settings themselves */
    size_t    offset; /* where its line begins to say something */
} w403_ini_setting;

typedef struct w403_ini_section {
    w403_view name; /* between the brackets, as it stands */
    W403_ARRAY(w403_ini_setting) settings;
    w403_map by_name; /* 1 + index */
} w403_ini_section;

typedef struct w403_ini {
    w403_view source, text;
    W403_ARRAY(w403_ini_section) sections; /* in order; no name twice */
    w403_map by_name; /* 1 + index */
} w403_ini;

/* What is read in another way than it seems to be written is told to `warn`: a section or a setting that is there twice.
 * Errors (W403_SYNTAX) have file, line and column. */
typedef void w403_ini_warn_fn(void *user, const w403_error *warning);
W403_NODISCARD w403_status w403_ini_parse(w403_arena *a, w403_view source, w403_view text, w403_ini_warn_fn *warn,
                                          void *user, w403_ini *out, w403_error *err);

const w403_ini_section *w403_ini_section_find(const w403_ini *ini, w403_view name);
const w403_ini_setting *w403_ini_setting_find(const w403_ini_section *section, w403_view name); /* NULL-safe */

/* A setting of a nested one: `addressing_style` of `s3 =`. {NULL,0}: it is not there. */
w403_view w403_ini_nested(const w403_ini_setting *setting, w403_view name); /* NULL-safe */

#endif
