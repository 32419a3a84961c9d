/* A diagnosis while it is made. Internal to diagnose*.c. */
#ifndef W403_INVENTORY_DIAGNOSIS_H
#define W403_INVENTORY_DIAGNOSIS_H

#include "base/array.h"
#include "base/command.h"
#include "inventory/diagnose.h"
#include "words/words.h"

typedef struct w403_inv_work {
    const w403_snapshot *snap;
    const w403_policies *policies;
    const w403_inv_question *q;
    w403_arena *a;
    w403_inv_diagnosis *d;
    W403_ARRAY(w403_cause) causes;
    W403_ARRAY(w403_view) assumptions, unknown, notes, settle;
    w403_instant created; /* of the configuration; 0: not known */
    bool too_early, nomem;
} w403_inv_work;

/* A row of the table. */
void w403_inv_say_of(w403_inv_work *w, const char *topic, w403_inv_state state, w403_view said);
/* Said by a whole text with named places (words/words.h); so below. */
#define w403_inv_say(w, topic, state, text, ...)                                                                       \
    w403_inv_say_of((w), (topic), (state), w403_say((w)->a, (text), ##__VA_ARGS__))
/* A cause of our own (inventory.*); `detail` fills its sentence. */
void w403_inv_blame_of(w403_inv_work *w, unsigned cause, w403_view detail);
#define w403_inv_blame(w, cause, text, ...) w403_inv_blame_of((w), (cause), w403_say((w)->a, (text), ##__VA_ARGS__))
/* Adds to a list of texts, once. */
void w403_inv_settle(w403_inv_work *w, w403_view command); /* a printed command, that would tell */
void w403_inv_note_of(w403_inv_work *w, void *list, w403_view text);
#define w403_inv_note(w, list, text, ...) w403_inv_note_of((w), (list), w403_say((w)->a, (text), ##__VA_ARGS__))

/* diagnose_put.c: the puts that S3 makes, and the key they are encrypted with. */
w403_status w403_inv_judge_put(w403_inv_work *w, w403_error *err);
/* diagnose_when.c: enabled, old enough, delivered already. */
w403_status w403_inv_judge_schedule(w403_inv_work *w, w403_error *err);
/* The last cause of all: nothing need be wrong yet. */
void w403_inv_judge_waiting(w403_inv_work *w);
/* diagnose_prefix.c: does the filter match any key? */
w403_status w403_inv_judge_prefix(w403_inv_work *w, w403_error *err);

#endif
