/* Which language: of a name, of the environment. */
#include <stdlib.h>
#include <strings.h>

#include "words/mo.h"
#include "words/words.h"

/* `ko` of ko_KR.UTF-8, ko-KR, KO. */
static w403_view language_part(w403_view name)
{
    size_t n = 0;
    while (n < name.n && name.p[n] != '_' && name.p[n] != '-' && name.p[n] != '.' && name.p[n] != '@') {
        n++;
    }
    return w403_view_sub(name, 0, n);
}

const w403_language *w403_language_of(w403_view language)
{
    w403_view name = language_part(language);
    for (const struct w403_language *w = w403_catalogues; w->name; w++) {
        if (w403_view_ieq(name, w403_view_of(w->name))) {
            return w;
        }
    }
    return NULL;
}

bool w403_language_known(w403_view language)
{
    return w403_view_ieq(language, W403_LIT("en")) || w403_language_of(language);
}

const char *w403_language_name(const w403_language *words)
{
    return words ? words->name : "en";
}

bool w403_locale_is_no_utf8(const char *locale)
{
    const char *charset = strchr(locale, '.');
    return charset && strncasecmp(charset, ".utf8", 5) != 0 && strncasecmp(charset, ".utf-8", 6) != 0;
}

static bool plain_locale(const char *locale)
{
    return strcmp(locale, "C") == 0 || strcmp(locale, "POSIX") == 0 || strncmp(locale, "C.", 2) == 0;
}

static const char *set(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

/* The first of a list `fr:ko` that is known; English is. */
static const w403_language *first_known(w403_view list, bool *found)
{
    while (list.n && !*found) {
        w403_view one = w403_view_cut(&list, ':');
        const w403_language *words = w403_language_of(one);
        *found = words || w403_view_ieq(language_part(one), W403_LIT("en"));
        if (words) {
            return words;
        }
    }
    return NULL;
}

const w403_language *w403_language_of_environment(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    const char *own = set("WHY403_LANG"), *list = set("LANGUAGE"), *locale = NULL;
    bool found = false;
    for (size_t i = 0; i < sizeof names / sizeof *names && !locale; i++) {
        locale = set(names[i]);
    }
    if (own) {
        return w403_language_of(w403_view_of(own));
    }
    if (!locale || plain_locale(locale) || w403_locale_is_no_utf8(locale)) {
        return NULL;
    }
    const w403_language *words = list ? first_known(w403_view_of(list), &found) : NULL;
    return found ? words : w403_language_of(w403_view_of(locale));
}
