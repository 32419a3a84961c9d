/* Any bytes are a configuration file or are refused with a place inside them, and no message repeats a value. What was
 * read is found again, and any value can be split into words. */
#include <stdlib.h>

#include "live/config.h"
#include "live/words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { LOOKED_AT = 64 };

static void must(bool ok)
{
    if (!ok) {
        abort();
    }
}

static void warned(void *user, const w403_error *w)
{
    size_t n = *(size_t *)user;
    must(w->message[0] && w->line > 0 && w->offset <= n);
}

static bool inside(w403_view part, w403_view text)
{
    return part.n == 0 || (part.p >= text.p && part.p + part.n <= text.p + text.n);
}

static void check_section(w403_arena *a, const w403_config *c, const w403_ini_section *section)
{
    const w403_ini *file = &c->config;
    must(w403_ini_section_find(file, section->name) == section && inside(section->name, file->text));
    for (size_t i = 0; i < section->settings.n && i < LOOKED_AT; i++) {
        const w403_ini_setting *s = &section->settings.at[i];
        w403_words              words;
        w403_error              err;
        must(w403_ini_setting_find(section, s->name) == s && inside(s->value, file->text) && s->offset < file->text.n);
        (void)w403_ini_nested(s, W403_LIT("endpoint_url"));
        if (w403_words_split(a, s->value, &words, &err) == W403_OK) {
            size_t all = 0;
            for (size_t k = 0; k < words.n; k++) {
                must(words.at[k].p[words.at[k].n] == '\0');
                all += words.at[k].n;
            }
            must(all <= s->value.n);
        } else {
            must(err.code == W403_SYNTAX);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    w403_view   text = {(const char *)data, n};
    w403_config c;
    w403_error  err;
    w403_arena *a = w403_arena_new(0);
    if (!a) {
        return 0;
    }
    if (w403_config_parse(a, text, (w403_view){NULL, 0}, warned, &n, &c, &err) == W403_OK) {
        for (size_t i = 0; i < c.config.sections.n && i < LOOKED_AT; i++) {
            check_section(a, &c, &c.config.sections.at[i]);
        }
        (void)w403_profile_get(&c, W403_LIT("default"), "region");
    } else {
        must(err.code == W403_SYNTAX && err.message[0] && err.line > 0 && err.column > 0 && err.offset <= n);
    }
    w403_arena_free(a);
    return 0;
}
