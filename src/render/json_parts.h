/* What the files of the JSON answer share. Names are only ever added to it. */
#ifndef W403_RENDER_JSON_PARTS_H
#define W403_RENDER_JSON_PARTS_H

#include "json/json.h"
#include "render/answer.h"

typedef struct w403_answer_writer {
    w403_json_writer jw;
    const w403_answer *answer;
    unsigned with; /* W403_WITH_* */
} w403_answer_writer;

const char *w403_json_tri(unsigned t);                /* "yes" */
const char *w403_json_element_name(w403_element e);   /* "Condition"; NULL: none */
/* Members of the open object. Positions of a document that was a JSON string in a file are those of the decoded document. */
void w403_json_place(w403_answer_writer *w, const w403_policy *p, w403_span span);
void w403_json_statement(w403_answer_writer *w, const w403_statement *s);
/* The member `layers` of a check. */
void w403_json_layers(w403_answer_writer *w, const w403_check *check);
/* The member `request`: what was asked, as it was understood; itself a request that can be asked again. */
void w403_json_request(w403_answer_writer *w, const w403_request *r);

/* ---- json_more.c: members that are written for those who ask for them ---- */

/* `elements` of a statement: does each of them match? */
void w403_json_elements(w403_answer_writer *w, const w403_check *check, const w403_match *m);
/* `context` of a check: every condition key that a policy reads, and what the request has of it. */
void w403_json_context(w403_answer_writer *w, const w403_check *check);
/* `documents`: the policies that take part, by the name that `document` of a statement gives. */
void w403_json_documents(w403_answer_writer *w);
/* Name of a policy's document: its file, and the place in it. In the answer's arena. */
w403_view w403_json_document_name(const w403_answer_writer *w, const w403_policy *p);
/* `branches`: what an undetermined answer would be, a fact known. */
void w403_json_branches(w403_answer_writer *w);

#endif
