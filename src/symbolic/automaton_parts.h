/* What an automaton is made of: the places of its patterns, and the states that are found from them. Its own files only. */
#ifndef W403_SYMBOLIC_AUTOMATON_PARTS_H
#define W403_SYMBOLIC_AUTOMATON_PARTS_H

#include "symbolic/automaton.h"
#include "symbolic/bits.h"

/* What one place of a pattern reads. */
typedef enum w403_letter_kind { W403_LETTER_ONE, W403_LETTER_ANY, W403_LETTER_NO_COLON, W403_LETTER_SET } w403_letter_kind;

typedef struct w403_automaton_letter {
    w403_letter_kind kind;
    uint32_t one;
    uint64_t set[2]; /* ASCII */
} w403_automaton_letter;

typedef struct w403_automaton_place {
    uint16_t letter;
    bool loop, skip; /* may read more than one, or none */
    bool last;       /* the end of a pattern: reads nothing */
} w403_automaton_place;

typedef struct w403_automaton_state {
    const uint64_t *set; /* of places */
    uint32_t from;       /* the state and the symbol it was reached by */
    uint32_t symbol;
} w403_automaton_state;

struct w403_automaton {
    w403_arena *a;
    W403_ARRAY(w403_automaton_letter) letters;
    W403_ARRAY(w403_automaton_place) places;
    W403_ARRAY(uint32_t) starts;
    W403_ARRAY(uint32_t) ends;    /* of patterns, then of forms, by is_form */
    W403_ARRAY(uint8_t) is_form;
    size_t patterns, forms;
    size_t words;                 /* of a set of places */
    uint64_t *letter_places;      /* letters x words: places that read it */
    uint64_t *loops, *skips, *form_places;
    W403_ARRAY(uint32_t) symbols; /* one character for all that no letter tells apart */
    uint64_t *symbol_places;      /* symbols x words */
    W403_ARRAY(w403_automaton_state) states;
    uint32_t *table;
    uint32_t mask;
};

#endif
