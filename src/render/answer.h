/* What every format shows, gathered once: the reported check, its layers joined by kind, the causes with the bytes
 * to blame, and names for people. */
#ifndef W403_RENDER_ANSWER_H
#define W403_RENDER_ANSWER_H

#include "catalog/catalog.h"
#include "explain/explain.h"
#include "render/render.h"
#include "words/words.h"
#include "snapshot/snapshot.h"

enum { W403_ANSWER_BLAMES = 4, W403_ANSWER_QUESTIONS = 4 };

/* The layers of one kind in a check: one, or for SCPs and RCPs one a level. */
typedef struct w403_row {
    w403_layer_kind kind;
    w403_layer_verdict verdict; /* of all levels together: the worst */
    const w403_layer *layers;
    uint32_t n_layers;
    bool blocks; /* the reported cause stands here */
} w403_row;

/* Where a span stands, both from 1; the end is the first byte after it. */
typedef struct w403_place {
    uint32_t line, column, end_line, end_column; /* columns in bytes */
} w403_place;

typedef struct w403_answer_cause {
    const w403_cause *cause;
    const w403_cause_info *info;           /* NULL: not in the table */
    w403_blame blames[W403_ANSWER_BLAMES]; /* the first is the one to underline */
    uint32_t n_blames;
    w403_view nearest; /* a sentence on the statement that came near; {NULL,0}: none */
} w403_answer_cause;

/* One thing that an undetermined answer hangs on. */
typedef struct w403_answer_question {
    w403_view sentence;
    w403_blame blame; /* policy NULL: nothing to underline */
} w403_answer_question;

typedef struct w403_answer {
    w403_arena *arena;
    const w403_render_input *in;
    const w403_request *request; /* never NULL */
    const w403_decision *decision;
    w403_view message;       /* AWS's words */
    const w403_check *check; /* the reported one; NULL when there is none */
    const w403_answer_cause *causes;
    uint32_t n_causes;
    w403_answer_question questions[W403_ANSWER_QUESTIONS]; /* of an undetermined answer without causes */
    uint32_t n_questions;
} w403_answer;

/* Everything lives in answer->arena until w403_answer_close. */
w403_status w403_answer_open(w403_answer *r, const w403_render_input *in, w403_error *err);
void w403_answer_close(w403_answer *r);
/* Fills in r->questions. */
void w403_answer_questions(w403_answer *r);

/* Rows of a check in order: start with *i = 0; false after the last. */
bool w403_answer_row(const w403_answer *r, const w403_check *check, uint32_t *i, w403_row *row);
/* Does the reported cause stand in this layer? */
bool w403_answer_blocks(const w403_answer *r, const w403_layer *layer);
/* Does a gate belong to the check (or to the whole request and the check is the reported one)? */
bool w403_answer_gate(const w403_answer *r, const w403_check *check, const w403_gate *gate);
/* "refuses", "unknown", or what it answers instead ("answers 404"). */
const char *w403_answer_gate_word(const w403_answer *r, const w403_gate *gate);
/* The reported cause where neither a layer's verdict nor a gate shows it (RestrictPublicBuckets takes an Allow away),
 * if it belongs to the check; else NULL. */
const w403_answer_cause *w403_answer_aside(const w403_answer *r, const w403_check *check);

/* ---- names for people; constant or in the answer's arena ---- */
const char *w403_answer_layer_name(const w403_answer *r, const w403_check *check, w403_layer_kind kind); /* "Bucket policy" */
const char *w403_answer_verdict_word(const w403_answer *r, w403_layer_verdict v);                        /* "does not allow" */
/* "allowed", as a sentence says it of a request. */
const char *w403_answer_decided(const w403_answer *r, w403_verdict v);
/* A text of ours in the answer's language. */
static inline const char *w403_answer_word(const w403_answer *r, const char *text)
{
    return w403_word(r->arena, text);
}
w403_view w403_answer_level(const w403_answer *r, w403_view level);                /* "OU ou-ab12-1" */
/* All levels of a row: "root r-ab12, account 111122223333". */
w403_view w403_answer_levels(const w403_answer *r, const w403_row *row);
/* The same words, as a sentence or heading begins. */
w403_view w403_answer_capital(const w403_answer *r, w403_view text);
/* The cause in a few words, with a capital letter. */
w403_view w403_answer_title(const w403_answer *r, const w403_answer_cause *c);
/* The Sid, or "statement 2" where there is none. */
w403_view w403_answer_statement(const w403_answer *r, const w403_statement *s);
/* A statement with the policy that it stands in, where the layer may hold several: "AllowRead of s3-read"; or a
 * grant: "READ for everyone (AllUsers)". */
w403_view w403_answer_match(const w403_answer *r, const w403_layer *layer, const w403_match *m);
/* What a layer said, in a phrase: the statements that count, or why there is none. */
w403_view w403_answer_said(const w403_answer *r, const w403_check *check, const w403_layer *layer);
/* An unknown key or fact, and the option that says it. */
w403_view w403_answer_unknown(const w403_answer *r, w403_view key);
/* "GetObject", or the action that was asked for. */
w403_view w403_answer_asked(const w403_answer *r);

w403_place w403_answer_place(w403_view text, w403_span span);
/* Where a blame begins in the snapshot's file, if its policy stands in a string there; 0: it does not. */
uint64_t w403_answer_file_offset(const w403_answer *r, const w403_blame *blame);
/* The statement's part that an element names; the statement where it has none. */
w403_span w403_answer_element(const w403_statement *s, w403_element element);

#endif
