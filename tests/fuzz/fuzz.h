/* What the targets of whole questions share. */
#ifndef W403_TESTS_FUZZ_H
#define W403_TESTS_FUZZ_H

#include "evidence/case_file.h"
#include "fix/fix.h"
#include "render/render.h"

void must(bool holds); /* else abort */

/* A printed command starts the programs that it names and nothing else: outside of quotes, here-documents and remarks there
 * is no character that a shell acts upon but blanks and our own pipes and `&&`, and each program is one of ours. */
void must_be_words(w403_view command);

/* Every change of a list is a proof: documents are JSON, patches too, commands are words. */
void must_be_fixes(w403_arena *a, const w403_fix_list *list);

/* All renderers: JSON is JSON, text has no power, a page has one script. */
void must_render(w403_arena *a, const w403_render_input *in);

/* The snapshot and policies of a case, and its request decided, explained, mended and rendered. */
void ask_case(w403_arena *a, const w403_case *c);

#endif
