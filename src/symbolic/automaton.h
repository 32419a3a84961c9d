/* The texts of one dimension, sorted by which patterns match them: every combination that some text of the domain has,
 * with the shortest such text. A union automaton, determinised breadth first over characters that the patterns tell
 * apart. */
#ifndef W403_SYMBOLIC_AUTOMATON_H
#define W403_SYMBOLIC_AUTOMATON_H

#include "base/array.h"
#include "policy/language.h"
#include "symbolic/budget.h"

typedef struct w403_text_class {
    const uint64_t *bits; /* pattern i matches: bit i; then the forms of the domain, in their order */
    w403_view witness;
} w403_text_class;

typedef struct w403_automaton w403_automaton;

/* NULL: memory is short. It lives in the arena. */
w403_automaton *w403_automaton_new(w403_arena *a);
/* A pattern (NONE, ALL, TEXT, GLOB); its bit is the number of patterns before it. False: memory. */
bool w403_automaton_add(w403_automaton *m, const w403_language *l);
/* The domain is the union of the forms that are added; without any it is every text. A form: characters stand for
 * themselves, `[a-z0-9]` for one of them (`\s`: a blank), `@` for any character, `\` takes the next one as it is; `?`, `*`, `+`, `{n}`
 * and `{n,}` follow what they repeat. False: memory. */
bool w403_automaton_domain(w403_automaton *m, w403_view form);

size_t w403_automaton_words(const w403_automaton *m); /* of a class's bits */
/* Which patterns match a text; false: it is not in the domain. After w403_automaton_classes. */
bool w403_automaton_read(const w403_automaton *m, w403_view text, uint64_t *bits);

typedef W403_ARRAY(w403_text_class) w403_text_classes;
/* All classes, shortest witness first. A false return is memory, or the budget: then it is spent and `out` holds
 * those that were found. */
bool w403_automaton_classes(w403_automaton *m, w403_budget *budget, w403_text_classes *out);

#endif
