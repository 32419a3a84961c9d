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

typedef struct w403_automaton_named { /* a character beyond ASCII that a letter names */
    uint32_t c;
    uint32_t symbol;
} w403_automaton_named;

struct w403_automaton {
    w403_arena *a;
    w403_arena *work;             /* of states and tables, while they are found */
    W403_ARRAY(w403_automaton_letter) letters;
    W403_ARRAY(w403_automaton_place) places;
    W403_ARRAY(uint32_t) starts;
    W403_ARRAY(uint32_t) ends;    /* of patterns, then of forms, by is_form */
    W403_ARRAY(uint8_t) is_form;
    size_t patterns, forms;
    size_t words;                 /* of a set of places */
    uint64_t *loops, *skips, *form_places;
    W403_ARRAY(uint32_t) symbols; /* one character for all that no letter tells apart */
    size_t tried;                 /* those of them that a witness may have */
    uint32_t symbol_of[129];      /* ASCII characters, and any other that is not of `named` */
    W403_ARRAY(w403_automaton_named) named;
    uint64_t *symbol_places;      /* symbols x words: places that read it */
    W403_ARRAY(w403_automaton_state) states;
    uint32_t *table;
    uint32_t mask;
};

/* ---- automaton_alphabet.c ---- */
bool w403_automaton_alphabet(w403_automaton *m); /* fills `symbols` and what finds them. False: memory */
bool w403_automaton_readers(w403_automaton *m);  /* fills `symbol_places`; after the alphabet, with `words`. */
uint32_t w403_automaton_symbol(const w403_automaton *m, uint32_t c);

#endif
