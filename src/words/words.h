/* What people read, in their language. A text is written in English where it is said, whole and with named places:
 *
 *     w403_say(arena, "allow {action} on {resource}", W403_P("action", a), W403_P("resource", r))
 *
 * and that English is the key of the catalogues (po/ko.po, po/fr.po of GNU gettext, compiled in as .mo). Which language is
 * said is a property of the arena that it is said in: w403_arena_speak. Without one, and for what a catalogue does not
 * have, it is English. No locale, no global state: two threads may speak two languages. */
#ifndef W403_WORDS_WORDS_H
#define W403_WORDS_WORDS_H

#include "base/arena.h"

/* Marks for xgettext a text that stands in a table, said elsewhere: by w403_word; NC_ with the context that it is said in. */
#define N_(text)           text
#define NC_(context, text) text

/* One named place of a text, and what is said there: a text, or a number in plain digits. */
typedef struct w403_part {
    const char *name;
    w403_view text;
    uint64_t number;
    bool is_number;
} w403_part;

#define W403_P(place, view) ((w403_part){.name = (place), .text = (view)})
#define W403_S(place, s)    ((w403_part){.name = (place), .text = w403_view_of(s)})
#define W403_N(place, n)    ((w403_part){.name = (place), .number = (n), .is_number = true})

/* "ko", "fr_CA.UTF-8": the catalogue of the language; NULL for English, and for a language that there is none of. */
const w403_language *w403_language_of(w403_view language);
/* Is it the name of a language that can be asked for: en, or one with a catalogue. */
bool w403_language_known(w403_view language);
/* en, or the name of the catalogue: `ko`. */
const char *w403_language_name(const w403_language *words);
/* Does a locale (`ko_KR.EUC-KR`) name a charset other than UTF-8? A terminal that is told so cannot show Hangul, nor signs. */
bool w403_locale_is_no_utf8(const char *locale);
/* The language of the environment: WHY403_LANG, LANGUAGE, LC_ALL, LC_MESSAGES, LANG, as gettext reads them. NULL: English. */
const w403_language *w403_language_of_environment(void);

/* A text without places, in the language of the arena (NULL: English): the translation lives as long as the program. */
const char *w403_word(const w403_arena *a, const char *text);
/* The same English may be said differently where it says another thing: the context tells them apart. */
const char *w403_word_in(const w403_arena *a, const char *context, const char *text);

/* What stands between a label and its text: ": ", in French with a blank before it that does not break. */
const char *w403_colon(const w403_arena *a);

/* The parts of a call, and how many: none is fine. */
#define W403_PARTS(...)                                                                                                \
    (const w403_part[]){{.name = NULL}, ##__VA_ARGS__} + 1,                                                            \
        sizeof((const w403_part[]){{.name = NULL}, ##__VA_ARGS__}) / sizeof(w403_part) - 1

/* A text with its places filled, in the arena. {NULL,0} when memory is short. */
#define w403_say(arena, text, ...)                                                                                     \
    w403_say_parts((arena), (text), W403_PARTS(__VA_ARGS__))
#define w403_say_in(arena, context, text, ...)                                                                         \
    w403_say_parts_in((arena), (context), (text), W403_PARTS(__VA_ARGS__))
/* One text for a number of one, another for more: {n} is the number. */
#define w403_say_plural(arena, n, one, many, ...)                                                                      \
    w403_say_number((arena), (n), (one), (many), W403_PARTS(W403_N("n", n), ##__VA_ARGS__))

w403_view w403_say_parts(w403_arena *a, const char *text, const w403_part *parts, size_t n_parts);
w403_view w403_say_parts_in(w403_arena *a, const char *context, const char *text, const w403_part *parts,
                            size_t n_parts);
w403_view w403_say_number(w403_arena *a, uint64_t n, const char *one, const char *many, const w403_part *parts,
                          size_t n_parts);

#endif
